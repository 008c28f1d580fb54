//! The words of the pages before a vote: one JSON file a language in the folder `words`. A file without a word, or with
//! one too many, is not read.

use serde::Deserialize;

use crate::error::ResultsError;
use crate::words::read;

/// The words of one language.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PreviewWords {
    pub proof_title: String,
    pub proof_mark: String,
    pub proof_hash: String,
    pub who: String,
    pub anyone: String,
    pub sign_in: String,
    pub latest: String,
    pub early_close: String,
    pub early_yes: String,
    pub early_no: String,
    pub sms: String,
    pub notice: String,
    pub contact: String,
    pub help: String,
    pub otherwise: String,
    pub accessibility: String,
    pub privacy: String,
    pub ballots: String,
    pub lists: String,
    pub one_more: String,
    pub order_drawn: String,
    pub order_listed: String,
    pub blank_possible: String,
    pub category: String,
    pub located: String,
    pub coordinates: String,
    pub picture: String,
    pub approved: String,
    pub mayor: String,
    pub ballot_title: String,
    pub specimen: String,
    pub how_tick: String,
    pub how_points: String,
    pub how_votes: String,
    pub how_places: String,
    pub blank_box: String,
    pub other_list: String,
    pub example_title: String,
    pub made_up: String,
    pub made_how: String,
    /// That somebody misses the threshold, who others reach.
    pub made_below: String,
    /// Between two projects.
    pub made_and: String,
    /// That some have one total.
    pub made_tied: String,
    /// That nobody can reach the threshold.
    pub made_out_of_reach: String,
    pub made_blank: String,
    pub made_whole: String,
    pub preview_title: String,
    pub preview_mark: String,
    pub preview_text: String,
    pub screen_needs: String,
    pub documents: String,
    pub on_screen: String,
    pub on_paper: String,
    pub made: String,
}

impl PreviewWords {
    /// The words of a language.
    ///
    /// # Errors
    /// [`ResultsError::NoWords`].
    pub fn of(language: &str) -> Result<Self, ResultsError> {
        read(
            language,
            [
                include_str!("words/en.json"),
                include_str!("words/ru.json"),
                include_str!("words/pl.json"),
                include_str!("words/es.json"),
                include_str!("words/fr.json"),
                include_str!("words/de.json"),
                include_str!("words/ar.json"),
            ],
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::LANGUAGES;
    use crate::words::testing::agree;

    #[test]
    fn every_language_has_every_word_with_its_places() {
        agree("src/papers/preview/words");
        for language in LANGUAGES {
            PreviewWords::of(language).unwrap_or_else(|error| panic!("{language}: {error}"));
        }
    }
}
