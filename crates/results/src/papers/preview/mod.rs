//! What there is to read and to print before a vote: the proof, the ballots on paper, an example of the funding rule,
//! and a page that leads to all of it.

mod ballot;
mod example;
mod index;
mod proof;
mod wording;

use maud::{Markup, html};
use veche_record::Manifest;
use veche_record::manifest::{Contest, Style};

use self::wording::PreviewWords;
use super::contest::Contests;
use super::hours::Hours;
use super::page::styled;
use super::wording::PaperWords;
use crate::error::ResultsError;
use crate::example::example;
use crate::standing::Standing;
use crate::words::Words;

/// The pages of a manifest that nobody has voted by yet.
#[derive(Debug, Clone, Copy)]
pub struct Preview<'a> {
    /// The manifest.
    pub manifest: &'a Manifest,
    /// The version of the program.
    pub version: &'a str,
    /// The ballots on the screen, where there are any.
    pub screen: Option<Screen<'a>>,
}

/// Where the ballots are to be seen as on a voter's screen.
#[derive(Debug, Clone, Copy)]
pub struct Screen<'a> {
    /// The site's address, relative to the first page, ending in a slash.
    pub address: &'a str,
    /// The languages that it speaks.
    pub languages: &'a [&'a str],
}

/// One page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewPage {
    /// The name of its file, such as `pl/proof.html`.
    pub name: String,
    /// What is in it.
    pub html: String,
}

/// The first page's name.
const INDEX: &str = "index.html";
/// The proof's name in the folder of its language.
const PROOF: &str = "proof.html";
/// The example's name there.
const EXAMPLE: &str = "example-result.html";

/// The name of a ballot's file there.
fn ballot_name(position: usize) -> String {
    format!("ballot-{}.html", position + 1)
}

impl Preview<'_> {
    /// Every page: the first one, and for each language of the manifest the proof, the example and a ballot for each
    /// district. Words are in the manifest's first language that has any, or in English, where there are none in a
    /// language.
    ///
    /// # Errors
    /// [`ResultsError`]: none in practice.
    pub fn pages(&self) -> Result<Vec<PreviewPage>, ResultsError> {
        let totals = example(self.manifest)?;
        let standings = Standing::all(self.manifest, &totals, &[]);
        let languages = &self.manifest.document().languages;
        let first = languages.iter().find(|one| Words::of(one).is_ok()).map_or("en", String::as_str);
        let mut pages = Vec::new();
        for (position, names) in languages.iter().enumerate() {
            let language = if Words::of(names).is_ok() { names } else { first };
            let kit = Kit::new(*self, language, names)?;
            if position == 0 {
                pages.push(kit.index());
            }
            pages.push(kit.proof());
            pages.push(kit.example(&standings));
            pages.extend(self.manifest.styles().iter().enumerate().map(|(at, style)| kit.ballot(at, style)));
        }
        Ok(pages)
    }
}

/// What the pages of one language are written with.
struct Kit<'a> {
    of: Preview<'a>,
    /// The language of the words.
    language: &'a str,
    /// The language of the names.
    names: &'a str,
    words: Words,
    papers: PaperWords,
    own: PreviewWords,
}

impl<'a> Kit<'a> {
    fn new(of: Preview<'a>, language: &'a str, names: &'a str) -> Result<Self, ResultsError> {
        let (words, papers) = (Words::of(language)?, PaperWords::of(language)?);
        Ok(Kit { of, language, names, words, papers, own: PreviewWords::of(language)? })
    }

    fn contests(&self) -> Contests<'_> {
        Contests {
            manifest: self.of.manifest,
            words: &self.words,
            papers: &self.papers,
            names: self.names,
            funding_together: false,
            draws: &[],
        }
    }

    fn hours(&self) -> Hours<'_> {
        Hours::of(&self.of.manifest.document().time_zone, &self.papers.date)
    }

    fn title(&self) -> &str {
        self.of.manifest.document().title.get(self.names).unwrap_or_default()
    }

    /// The contests of a district, in the order of its ballot.
    fn lists(&self, ids: &'a [String]) -> impl Iterator<Item = &'a Contest> {
        let contests = self.of.manifest.contests();
        ids.iter().filter_map(move |id| contests.iter().find(|contest| contest.id == *id))
    }

    fn district<'s>(&self, style: &'s Style) -> &'s str {
        style.title.get(self.names).unwrap_or(&style.id)
    }

    fn in_language(&self, name: &str, title: &str, mark: &str, body: &Markup) -> PreviewPage {
        PreviewPage { name: format!("{}/{name}", self.names), html: self.whole(title, mark, body) }
    }

    /// A page across which it is written what it is not.
    fn whole(&self, title: &str, mark: &str, body: &Markup) -> String {
        let marked = html! {
            div.watermark data-words=(mark) {}
            main { (body) }
            footer { (crate::words::fill(&self.own.made, &[("version", self.of.version)])) }
        };
        styled(self.language, &format!("{title}: {}", self.title()), include_str!("style.css"), &marked)
    }
}

/// The sentence that a ballot may be blank.
pub(super) fn blank_possible(language: &str) -> Result<String, ResultsError> {
    Ok(PreviewWords::of(language)?.blank_possible)
}

#[cfg(test)]
mod tests;
