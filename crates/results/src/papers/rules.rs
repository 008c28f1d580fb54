//! The rules of a vote in sentences, to be read before they can no longer be changed.

use serde::Serialize;
use veche_record::Manifest;

use super::contest::Contests;
use super::preview::blank_possible;
use super::wording::PaperWords;
use crate::error::ResultsError;
use crate::words::Words;

/// The rules that some lists have in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rules {
    /// The lists, by their identifiers.
    pub lists: Vec<String>,
    /// What a ballot can choose.
    pub ballot: String,
    /// How the totals decide who is funded.
    pub funding: String,
}

/// The rules of all lists in a language, lists with the same rules together: the sentences of the proof.
///
/// # Errors
/// [`ResultsError::NoWords`].
pub fn rules(manifest: &Manifest, language: &str) -> Result<Vec<Rules>, ResultsError> {
    let (words, papers) = (Words::of(language)?, PaperWords::of(language)?);
    let blank_possible = blank_possible(language)?;
    let names = crate::language_of_names(manifest, language);
    let contests =
        Contests { manifest, words: &words, papers: &papers, names, funding_together: false, draws: &[] };
    let mut all: Vec<Rules> = Vec::new();
    for contest in manifest.contests() {
        let (mut ballot, blank) = contests.choice(contest);
        if blank {
            ballot.push(' ');
            ballot.push_str(&blank_possible);
        }
        let funding = contests.funding(contest);
        match all.iter_mut().find(|rules| rules.ballot == ballot && rules.funding == funding) {
            Some(same) => same.lists.push(contest.id.clone()),
            None => all.push(Rules { lists: vec![contest.id.clone()], ballot, funding }),
        }
    }
    Ok(all)
}
