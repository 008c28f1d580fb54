//! The proof: everything that voters will read, to be checked and signed.

use maud::{Markup, html};
use veche_record::BallotKind;
use veche_record::manifest::{Contest, ContestOption, Registration, Style, Text};

use super::{Kit, PROOF, PreviewPage};
use crate::papers::page::{facts, isolated, listed, own, plain};
use crate::words::fill;

impl Kit<'_> {
    pub(super) fn proof(&self) -> PreviewPage {
        let (words, manifest) = (&self.own, self.of.manifest);
        let document = manifest.document();
        let body = html! {
            h1 { (words.proof_title) }
            p.title { (own(self.title())) }
            p.mark { (words.proof_mark) }
            @if document.ballot_kind != BallotKind::Election { p.mark { (self.papers.rehearsal) } }
            (self.said(&document.text))
            (self.vote())
            h2 { (words.ballots) }
            (self.ballots())
            @for contest in manifest.contests() { (self.list(contest)) }
            (self.approval())
        };
        self.in_language(PROOF, &words.proof_title, &words.preview_mark, &body)
    }

    /// A text of the town's, with its paragraphs.
    fn said(&self, text: &Text) -> Markup {
        html! { p.said dir="auto" { (text.get(self.names).unwrap_or_default()) } }
    }

    fn vote(&self) -> Markup {
        let (words, papers, manifest) = (&self.own, &self.papers, self.of.manifest);
        let document = manifest.document();
        let hours = self.hours();
        let hour = |time: veche_record::manifest::Timestamp| plain(&hours.at(time.unix()));
        let who = match document.registration {
            Registration::Roll => &papers.by_roll,
            Registration::Open => &words.anyone,
        };
        let routes = html! {
            @for (position, route) in document.routes.iter().enumerate() {
                @if position > 0 { br; }
                (own(route.title.get(self.names).unwrap_or(&route.id)))
                @if route.entered { " (" (papers.entered) ")" }
            }
        };
        let revote = if document.revote { &papers.revote_yes } else { &papers.revote_no };
        let early = if document.early_close { &words.early_yes } else { &words.early_no };
        let order = if document.shuffle == Some(true) { &words.order_drawn } else { &words.order_listed };
        let text = |text: &Option<Text>| text.as_ref().map(|text| self.said(text));
        let zone = fill(&papers.hours_of, &[("zone", &isolated(hours.zone()))]);
        html! {
            h2 { (papers.vote) }
            (facts(&[
                (&papers.announced_opening, Some(hour(document.opens))),
                (&papers.announced_closing, Some(hour(document.closes))),
                (&words.latest, document.closes_latest.map(hour)),
                (&words.early_close, Some(html! { (early) })),
                (&papers.paper_until, document.paper_until.map(hour)),
                (&words.who, Some(html! { (who) })),
                (&words.sign_in, Some(routes)),
                (&papers.revote, Some(html! { (revote) })),
                (&papers.minimum_group, Some(plain(&self.words.count(document.minimum_group.into())))),
                (&words.notice, text(&document.notice)),
                (&words.sms, text(&document.sms)),
                (&words.help, text(&document.help)),
                (&words.contact, text(&document.contact)),
                (&words.otherwise, text(&document.otherwise)),
                (&words.accessibility, text(&document.accessibility)),
                (&words.privacy, text(&document.privacy)),
            ]))
            p { (zone) }
            p { (order) }
        }
    }

    fn ballots(&self) -> Markup {
        let words = &self.words;
        html! {
            table {
                thead {
                    tr { th { (words.district) } th { (self.own.lists) } th.n { (words.electorate) } }
                }
                tbody {
                    @for style in self.of.manifest.styles() {
                        tr {
                            td { (own(self.district(style))) }
                            td { (self.lists_of(style)) }
                            td.n { (plain(&words.count(style.electorate.into()))) }
                        }
                    }
                }
            }
        }
    }

    fn lists_of(&self, style: &Style) -> Markup {
        let contests = self.contests();
        let titles = |ids| listed(self.lists(ids).map(|contest| contests.title(contest).to_owned()));
        html! {
            (titles(&style.contests))
            @if !style.plus_one_of.is_empty() {
                br;
                (fill(&self.own.one_more, &[("lists", &titles(&style.plus_one_of))]))
            }
        }
    }

    fn list(&self, contest: &Contest) -> Markup {
        let contests = self.contests();
        let (rule, blank) = contests.choice(contest);
        html! {
            h2 { (own(contests.title(contest))) }
            @if let Some(text) = &contest.text { (self.said(text)) }
            (facts(&[
                (&self.papers.rule, Some(html! { (rule) @if blank { " " (self.own.blank_possible) } })),
                (&self.papers.funding, Some(html! { (contests.funding(contest)) })),
                (&self.words.budget, contest.budget.map(|budget| contests.money(contest, budget))),
                (&self.words.projects, Some(plain(&self.words.count(contest.options.len() as u64)))),
            ]))
            @for option in &contest.options { (self.project(contest, option)) }
        }
    }

    fn project(&self, contest: &Contest, option: &ContestOption) -> Markup {
        let text = |text: &Option<String>| text.as_deref().map(own);
        html! {
            section.project {
                h3 { (own(option.name.get(self.names).unwrap_or(&option.id))) }
                (facts(&[
                    (&self.words.number, text(&option.number)),
                    (&self.words.cost, option.cost.map(|cost| self.contests().money(contest, cost))),
                    (
                        &self.own.category,
                        option.category.as_ref().map(|name| own(name.get(self.names).unwrap_or_default())),
                    ),
                    (&self.own.located, text(&option.place)),
                    (&self.own.coordinates, option.coordinates.as_deref().map(plain)),
                    (&self.own.picture, option.picture.as_deref().map(plain)),
                ]))
                @if let Some(text) = &option.text { (self.said(text)) }
            }
        }
    }

    fn approval(&self) -> Markup {
        let (words, papers) = (&self.own, &self.papers);
        let hash = hex(self.of.manifest.hash().as_bytes());
        html! {
            section.together-on-a-page {
                h2 { (words.approved) }
                p { (words.proof_hash) }
                pre dir="ltr" { (hash) }
                h3 { (papers.remarks) }
                div.lines {}
                table.sign {
                    thead {
                        tr {
                            th { (papers.function) }
                            th.name { (papers.name) }
                            th.place { (papers.place_date) }
                            th.name { (papers.signature) }
                        }
                    }
                    tbody {
                        @for function in [&words.mayor, &papers.clerk] { tr { td { (function) } td {} td {} td {} } }
                    }
                }
            }
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
