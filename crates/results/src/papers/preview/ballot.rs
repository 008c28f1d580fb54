//! A district's ballot on paper, as a specimen.

use maud::{Markup, html};
use veche_record::BallotKind;
use veche_record::manifest::{Contest, Style};
use veche_record::rules::Rule;

use super::{Kit, PreviewPage, ballot_name};
use crate::papers::page::{facts, listed, own};
use crate::words::fill;

impl<'a> Kit<'a> {
    pub(super) fn ballot(&self, position: usize, style: &'a Style) -> PreviewPage {
        let (words, contests) = (&self.own, self.contests());
        let document = self.of.manifest.document();
        let others = || listed(self.lists(&style.plus_one_of).map(|one| contests.title(one).to_owned()));
        let body = html! {
            h1 { (words.ballot_title) }
            p.title { (own(self.title())) }
            p.mark { (words.specimen) }
            @if document.ballot_kind != BallotKind::Election { p.mark { (self.papers.rehearsal) } }
            (facts(&[(&self.words.district, Some(own(self.district(style))))]))
            @for contest in self.lists(&style.contests) { (self.paper(contest)) }
            @if !style.plus_one_of.is_empty() {
                p { (fill(&words.other_list, &[("lists", &others())])) }
            }
        };
        let title = format!("{}, {}", words.ballot_title, self.district(style));
        self.in_language(&ballot_name(position), &title, &words.specimen, &body)
    }

    fn paper(&self, contest: &Contest) -> Markup {
        let (words, contests) = (&self.own, self.contests());
        let (rule, blank) = contests.choice(contest);
        let (how, written) = match &contest.rule {
            Rule::Approval(_) | Rule::Knapsack(_) => (&words.how_tick, false),
            Rule::Cumulative(_) => (&words.how_points, true),
            Rule::Quadratic(_) => (&words.how_votes, true),
            Rule::Ranked(_) => (&words.how_places, true),
        };
        html! {
            section {
                h2 { (own(contests.title(contest))) }
                p { (rule) " " (how) }
                ul.options {
                    @for option in &contest.options {
                        li {
                            div.box.wide[written] {}
                            div {
                                @if let Some(number) = &option.number { (own(number)) " " }
                                strong { (own(option.name.get(self.names).unwrap_or(&option.id))) }
                                @if let Some(place) = &option.place { span.hint { (own(place)) } }
                            }
                            div.n { @if let Some(cost) = option.cost { (contests.money(contest, cost)) } }
                        }
                    }
                    @if blank { li { div.box {} div { (words.blank_box) } div {} } }
                }
            }
        }
    }
}
