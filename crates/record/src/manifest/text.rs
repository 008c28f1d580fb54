//! A text in every language of the election.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One text in each of the manifest's languages.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text(BTreeMap<String, String>);

impl Text {
    /// A text in one language.
    pub fn new(language: &str, text: &str) -> Self {
        Text(BTreeMap::from([(language.to_owned(), text.to_owned())]))
    }

    /// The same text, said in one more language.
    #[must_use]
    pub fn and(mut self, language: &str, text: &str) -> Self {
        self.0.insert(language.to_owned(), text.to_owned());
        self
    }

    /// The text in a language.
    pub fn get(&self, language: &str) -> Option<&str> {
        self.0.get(language).map(String::as_str)
    }

    /// Every language with its text.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(language, text)| (language.as_str(), text.as_str()))
    }
}
