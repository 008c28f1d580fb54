//! The languages that there are sentences in.

use std::fmt;
use std::str::FromStr;

/// A language of the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Russian.
    Ru,
    /// Polish.
    Pl,
    /// Spanish.
    Es,
    /// French.
    Fr,
    /// German.
    De,
    /// Arabic.
    Ar,
}

impl Language {
    /// All of them.
    pub const ALL: [Language; 7] =
        [Language::En, Language::Ru, Language::Pl, Language::Es, Language::Fr, Language::De, Language::Ar];

    /// Its code.
    pub fn code(self) -> &'static str {
        match self {
            Language::En => "en",
            Language::Ru => "ru",
            Language::Pl => "pl",
            Language::Es => "es",
            Language::Fr => "fr",
            Language::De => "de",
            Language::Ar => "ar",
        }
    }

    /// The language of a tag: `de-AT` is in German.
    pub fn of_tag(tag: &str) -> Option<Self> {
        tag.split('-').next().unwrap_or_default().parse().ok()
    }

    /// Whether it is written from right to left.
    pub fn is_right_to_left(self) -> bool {
        self == Language::Ar
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Language {
    type Err = String;

    fn from_str(code: &str) -> Result<Self, String> {
        let known = Language::ALL.into_iter().find(|language| language.code() == code);
        known.ok_or_else(|| "write one of en, ru, pl, es, fr, de, ar".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_named_by_its_code() {
        for language in Language::ALL {
            assert_eq!(language.to_string().parse(), Ok(language));
        }
        assert!("xx".parse::<Language>().is_err());
        assert_eq!(Language::of_tag("de-AT"), Some(Language::De));
        assert_eq!(Language::of_tag("xx"), None);
    }
}
