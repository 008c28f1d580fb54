//! What a program says to people, in the languages of the site.
//!
//! A crate that speaks keeps one JSON file a language with the same keys: the code of what is said, and a sentence
//! whose places are named, as `{row}`. Sentences put their numbers where no word has to agree with them.
//!
//! ```
//! use veche_phrases::{Language, Phrases, Said};
//!
//! static PHRASES: std::sync::LazyLock<Phrases> = std::sync::LazyLock::new(|| {
//!     let polish = r#"{"twice":"to samo jest w wierszu {row}"}"#;
//!     let english = r#"{"twice":"this is in row {row}, too"}"#;
//!     Phrases::read([english, english, polish, english, english, english, english])
//! });
//!
//! struct Twice(u32);
//!
//! impl Said for Twice {
//!     fn phrases() -> &'static Phrases {
//!         &PHRASES
//!     }
//!     fn code(&self) -> &'static str {
//!         "twice"
//!     }
//!     fn values(&self, _: Language) -> Vec<(&'static str, String)> {
//!         vec![("row", self.0.to_string())]
//!     }
//! }
//!
//! assert_eq!(Twice(7).said(Language::Pl), "to samo jest w wierszu 7");
//! ```

use std::collections::{BTreeMap, BTreeSet};

mod language;

pub use language::Language;

/// The sentences of a crate, by their codes, in every language.
#[derive(Debug)]
pub struct Phrases([BTreeMap<String, String>; 7]);

impl Phrases {
    /// One file a language, in the order of [`Language::ALL`]. They are part of the program, and a test looks at
    /// [`disagreements`](Self::disagreements): a file that is broken has no sentences.
    pub fn read(files: [&str; 7]) -> Self {
        Phrases(files.map(|json| serde_json::from_str(json).unwrap_or_default()))
    }

    fn of(&self, language: Language) -> Option<&BTreeMap<String, String>> {
        Language::ALL.iter().position(|one| *one == language).and_then(|at| self.0.get(at))
    }

    /// A sentence as it stands in the table; empty where there is none.
    pub fn sentence(&self, language: Language, code: &str) -> &str {
        self.of(language).and_then(|table| table.get(code)).map_or("", String::as_str)
    }

    /// A sentence with its places filled in. Among words that run from right to left, what is filled in keeps its own
    /// direction.
    pub fn say(&self, language: Language, code: &str, values: &[(&str, String)]) -> String {
        let isolated = |value: &String| match language.is_right_to_left() {
            true => format!("\u{2068}{value}\u{2069}"),
            false => value.clone(),
        };
        let values: Vec<(&str, String)> =
            values.iter().map(|(name, value)| (*name, isolated(value))).collect();
        let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        fill(self.sentence(language, code), &values)
    }

    /// Every code of the English table.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        self.of(Language::En).into_iter().flat_map(BTreeMap::keys).map(String::as_str)
    }

    /// What is missing in a language, has no English, or has other places than the English sentence.
    pub fn disagreements(&self) -> Vec<String> {
        let mut found = Vec::new();
        let all: BTreeSet<&String> = self.0.iter().flat_map(BTreeMap::keys).collect();
        if all.is_empty() {
            found.push("there are no sentences".to_owned());
        }
        for language in Language::ALL {
            for code in &all {
                let (english, own) = (self.sentence(Language::En, code), self.sentence(language, code));
                if own.trim().is_empty() {
                    found.push(format!("{language}: {code} is missing"));
                } else if places(own) != places(english) {
                    found.push(format!("{language}: {code} has other places"));
                }
            }
        }
        found
    }
}

/// Something that is said to people.
pub trait Said {
    /// The table that its sentence is in.
    fn phrases() -> &'static Phrases;

    /// The code of its sentence.
    fn code(&self) -> &'static str;

    /// What is filled into its sentence, by the names of the places.
    fn values(&self, _language: Language) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    /// The sentence.
    fn said(&self, language: Language) -> String {
        Self::phrases().say(language, self.code(), &self.values(language))
    }

    /// What is wrong with its sentence: none in the table, or other places than there are values. For tests.
    fn mistakes(&self) -> Vec<String> {
        Language::ALL
            .into_iter()
            .filter_map(|language| {
                let sentence = Self::phrases().sentence(language, self.code());
                let values: BTreeSet<&str> = self.values(language).iter().map(|(name, _)| *name).collect();
                let fits = !sentence.is_empty() && places(sentence) == values;
                (!fits).then(|| format!("{language}: {} with {values:?}", self.code()))
            })
            .collect()
    }
}

/// Makes an error of something that is said: a program that asks for no language displays it in English.
#[macro_export]
macro_rules! error_in_english {
    ($($name:ty),+ $(,)?) => {
        $(
            impl std::fmt::Display for $name {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str(&$crate::Said::said(self, $crate::Language::En))
                }
            }

            impl std::error::Error for $name {}
        )+
    };
}

/// A sentence with its places filled in. What is filled in is not read again.
pub fn fill(sentence: &str, values: &[(&str, &str)]) -> String {
    let mut text = String::new();
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        text.push_str(values.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value));
        rest = after;
    }
    text + rest
}

/// The places of a sentence.
pub fn places(sentence: &str) -> BTreeSet<&str> {
    sentence.split('{').skip(1).map(|part| part.split('}').next().unwrap_or_default()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_filled_in_is_not_read_again() {
        assert_eq!(fill("a {x} b {y}", &[("x", "{y}"), ("y", "2")]), "a {y} b 2");
    }

    #[test]
    fn what_is_filled_in_keeps_its_direction() {
        let file = r#"{"a":"{x}!"}"#;
        let phrases = Phrases::read([file; 7]);
        assert_eq!(phrases.say(Language::Ar, "a", &[("x", "D7".into())]), "\u{2068}D7\u{2069}!");
        assert_eq!(phrases.say(Language::De, "a", &[("x", "D7".into())]), "D7!");
    }

    #[test]
    fn tables_that_disagree_are_found_out() {
        let (english, other) = (r#"{"a":"{x}","b":"b"}"#, r#"{"a":"{y}"}"#);
        let phrases = Phrases::read([english, english, other, english, english, english, english]);
        assert_eq!(phrases.disagreements(), ["pl: a has other places", "pl: b is missing"]);
        assert_eq!(Phrases::read(["no table"; 7]).disagreements(), ["there are no sentences"]);
    }
}
