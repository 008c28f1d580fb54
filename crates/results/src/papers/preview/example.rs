//! Made-up ballots, counted as real ones are, with the tables of the protocol.

use maud::html;

use super::{EXAMPLE, Kit, PreviewPage};
use crate::example::BALLOTS;
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
            @for standing in standings { (contests.section(standing)) }
        };
        self.in_language(EXAMPLE, &words.example_title, &words.made_up, &body)
    }
}
