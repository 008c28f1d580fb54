//! The words of the files for spreadsheets, and how numbers are written, in the languages that the site has.
//!
//! One JSON file a language, beside this one. A file without a word, or with one too many, is not read.

use serde::Deserialize;
use serde::de::DeserializeOwned;
pub(crate) use veche_phrases::fill;

use crate::error::ResultsError;

/// The languages that there are words in.
pub const LANGUAGES: [&str; 7] = ["en", "ru", "pl", "es", "fr", "de", "ar"];

/// The words of one language, and its signs in numbers.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// What stands between the columns of a table that the spreadsheet programs of this language open.
    pub(crate) separator: char,
    pub(crate) decimal: char,
    group: char,
    pub(crate) projects: String,
    pub(crate) contests: String,
    pub(crate) districts: String,
    pub(crate) turnout: String,
    pub(crate) contest: String,
    pub(crate) contest_id: String,
    pub(crate) place: String,
    pub(crate) number: String,
    pub(crate) id: String,
    pub(crate) project: String,
    pub(crate) votes: String,
    pub(crate) points: String,
    pub(crate) cost: String,
    pub(crate) currency: String,
    pub(crate) outcome: String,
    pub(crate) reason: String,
    pub(crate) funded: String,
    pub(crate) not_funded: String,
    pub(crate) undecided: String,
    too_few_votes: String,
    excluded: String,
    too_dear: String,
    stopped: String,
    to_be_drawn: String,
    waiting: String,
    drawn: String,
    pub(crate) order_only: String,
    pub(crate) blank: String,
    pub(crate) ballots: String,
    pub(crate) budget: String,
    pub(crate) spent: String,
    pub(crate) left: String,
    pub(crate) projects_funded: String,
    pub(crate) district: String,
    pub(crate) route: String,
    pub(crate) identified: String,
    pub(crate) electorate: String,
    pub(crate) share: String,
    pub(crate) total: String,
    pub(crate) other_districts: String,
    pub(crate) withheld: String,
    pub(crate) note: String,
    pub(crate) practice: String,
}

impl Words {
    /// The words of a language. A tag with a region, as `de-AT`, has those of its language.
    ///
    /// # Errors
    /// [`ResultsError::NoWords`].
    pub fn of(language: &str) -> Result<Self, ResultsError> {
        read(
            language,
            [
                include_str!("en.json"),
                include_str!("ru.json"),
                include_str!("pl.json"),
                include_str!("es.json"),
                include_str!("fr.json"),
                include_str!("de.json"),
                include_str!("ar.json"),
            ],
        )
    }

    /// A whole number as people read it. Of four digits the first is set apart, too: these numbers stand in columns,
    /// where 9,000 is above 12,000.
    pub(crate) fn count(&self, number: u64) -> String {
        let digits = number.to_string();
        let mut text = String::new();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                text.push(self.group);
            }
            text.push(digit);
        }
        text
    }

    /// A number of hundredths, without signs between its digits.
    pub(crate) fn hundredths(&self, hundredths: u64) -> String {
        format!("{}{}{:02}", hundredths / 100, self.decimal, hundredths % 100)
    }

    /// Why an option is not funded, or what decided that it is. `money` writes an amount, `option` names one.
    pub(crate) fn why(
        &self,
        standing: &crate::standing::Standing<'_>,
        place: &crate::standing::OptionPlace,
        option: impl Fn(usize) -> String,
    ) -> String {
        use veche_verify::Verdict;
        let drawn =
            standing.draws.iter().any(|draw| draw.iter().any(|one| usize::from(*one) == place.option));
        let minimum = standing.contest.funding.greedy().map_or(0, |greedy| greedy.minimum_votes);
        let why = match place.verdict {
            None | Some(Verdict::Funded) => String::new(),
            Some(Verdict::TooFewVotes) => fill(&self.too_few_votes, &[("minimum", &self.count(minimum))]),
            Some(Verdict::Excluded { by }) => fill(&self.excluded, &[("option", &option(by))]),
            Some(Verdict::TooDear { left }) => fill(&self.too_dear, &[("left", &self.count(left))]),
            Some(Verdict::Stopped) => self.stopped.clone(),
            Some(Verdict::ToBeDrawn) => self.to_be_drawn.clone(),
            Some(Verdict::Waiting) => self.waiting.clone(),
        };
        match (drawn, why.is_empty()) {
            (false, _) => why,
            (true, true) => self.drawn.clone(),
            (true, false) => format!("{why}. {}", self.drawn),
        }
    }

    /// Whether an option is funded.
    pub(crate) fn outcome(&self, place: &crate::standing::OptionPlace) -> &str {
        match place.verdict {
            None => "",
            Some(verdict) => match verdict.is_funded() {
                Some(true) => &self.funded,
                Some(false) => &self.not_funded,
                None => &self.undecided,
            },
        }
    }
}

/// The file of a language among those of all, in the order of [`LANGUAGES`].
pub(crate) fn read<T: DeserializeOwned>(language: &str, files: [&str; 7]) -> Result<T, ResultsError> {
    let own = language.split('-').next().unwrap_or_default();
    let found = LANGUAGES.iter().zip(files).find(|(known, _)| **known == own);
    let (_, file) = found.ok_or_else(|| ResultsError::NoWords { language: language.to_owned() })?;
    Ok(serde_json::from_str(file)?)
}

/// Whether a language is written from right to left.
pub fn is_right_to_left(language: &str) -> bool {
    ["ar", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"]
        .contains(&language.split('-').next().unwrap_or_default())
}

/// What the tests of these files share.
#[cfg(test)]
pub(crate) mod testing {
    use std::collections::BTreeMap;

    use veche_phrases::places;

    use super::LANGUAGES;

    /// That the files of a folder have the same words with the same places.
    pub(crate) fn agree(folder: &str) {
        let read = |language: &str| -> BTreeMap<String, String> {
            let path = format!("{}/{folder}/{language}.json", env!("CARGO_MANIFEST_DIR"));
            serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
        };
        let english = read("en");
        for language in LANGUAGES {
            let own = read(language);
            assert!(own.keys().eq(english.keys()), "{language}");
            for (key, sentence) in own {
                assert!(!sentence.is_empty(), "{language} {key}");
                assert_eq!(places(&sentence), places(&english[&key]), "{language} {key}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_every_word_with_its_places() {
        testing::agree("src/words");
        for language in LANGUAGES {
            Words::of(language).unwrap_or_else(|error| panic!("{language}: {error}"));
        }
        assert!(matches!(Words::of("eo"), Err(ResultsError::NoWords { .. })));
        assert_eq!(Words::of("de-AT").unwrap().cost, "Kosten");
    }

    #[test]
    fn numbers_are_written_as_the_language_writes_them() {
        let german = Words::of("de").unwrap();
        assert_eq!([999, 1234].map(|number| german.count(number)), ["999", "1.234"]);
        assert_eq!(german.count(12_345), "12.345");
        assert_eq!(german.count(1_234_567), "1.234.567");
        assert_eq!(german.hundredths(4567), "45,67");
        assert_eq!(Words::of("pl").unwrap().count(48_500), "48\u{a0}500");
        assert_eq!(Words::of("en").unwrap().hundredths(5), "0.05");
    }
}
