//! Made-up ballots, counted as real ones are, with the tables of the protocol.

use maud::html;

use veche_record::manifest::Funding;

use super::{EXAMPLE, Kit, PreviewPage};
use crate::example::{BALLOTS, Shown};
use crate::papers::page::own;
use crate::standing::Standing;
use crate::words::fill;

impl Kit<'_> {
    pub(super) fn example(&self, standings: &[Standing<'_>]) -> PreviewPage {
        let (words, contests) = (&self.own, self.contests());
        let how = fill(&words.made_how, &[("n", &self.words.count(BALLOTS.into()))]);
        let blank = self.of.manifest.compiled().iter().any(veche_record::rules::CompiledContest::has_blank);
        let body = html! {
            h1 { (words.example_title) }
            p.title { (own(self.title())) }
            p.mark { (words.made_up) }
            p { (how) @if blank { " " (words.made_blank) } }
            p { (words.made_whole) }
            @for standing in standings {
                (contests.section(standing))
                @for sentence in self.to_be_seen(standing) { p { (sentence) } }
            }
        };
        self.in_language(EXAMPLE, &words.example_title, &words.made_up, &body)
    }

    /// What these ballots show of a contest's funding.
    fn to_be_seen(&self, standing: &Standing<'_>) -> Vec<String> {
        let (contest, words) = (standing.contest, &self.own);
        let (Some(group), Funding::Greedy(greedy)) = (standing.groups.first(), &contest.funding) else {
            return Vec::new();
        };
        let Shown { below, tied, out_of_reach } = Shown::of(contest, group);
        let name = |at: &usize| {
            let option = contest.options.get(*at);
            option.and_then(|option| option.name.get(self.names)).unwrap_or_default().to_owned()
        };
        let least = self.words.count(greedy.minimum_votes);
        let (mut said, join) = (Vec::new(), &words.made_and);
        if out_of_reach {
            said.push(fill(&words.made_out_of_reach, &[("n", &least)]));
        }
        if let Some(below) = below {
            said.push(fill(&words.made_below, &[("project", &name(&below)), ("n", &least)]));
        }
        if !tied.is_empty() {
            let names: Vec<String> = tied.iter().map(name).collect();
            said.push(fill(&words.made_tied, &[("projects", &names.join(join))]));
        }
        said
    }
}
