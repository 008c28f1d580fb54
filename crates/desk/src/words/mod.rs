//! The words by which sheets, columns, settings and choices are recognised and which the template writes: one file for
//! each language, with the same keys. The first word of a key is what the template writes, all of them are recognised.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use veche_sheet::ColumnKind;

mod keys;

pub use keys::{Choice, DistrictColumn, Key, ProjectColumn, Setting, SheetKind, VoteColumn};

/// A language of the template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// English.
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

    /// Its words.
    pub fn words(self) -> &'static Words {
        match self {
            Language::En => &EN,
            Language::Ru => &RU,
            Language::Pl => &PL,
            Language::Es => &ES,
            Language::Fr => &FR,
            Language::De => &DE,
            Language::Ar => &AR,
        }
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

/// The words of a language, by their keys.
#[derive(Debug)]
pub struct Words(BTreeMap<String, Vec<String>>);

static EN: LazyLock<Words> = LazyLock::new(|| Words::read(include_str!("en.json")));
static RU: LazyLock<Words> = LazyLock::new(|| Words::read(include_str!("ru.json")));
static PL: LazyLock<Words> = LazyLock::new(|| Words::read(include_str!("pl.json")));
static ES: LazyLock<Words> = LazyLock::new(|| Words::read(include_str!("es.json")));
static FR: LazyLock<Words> = LazyLock::new(|| Words::read(include_str!("fr.json")));
static DE: LazyLock<Words> = LazyLock::new(|| Words::read(include_str!("de.json")));
static AR: LazyLock<Words> = LazyLock::new(|| Words::read(include_str!("ar.json")));

impl Words {
    /// A file that is part of this program, and that a test reads: one that is broken has no words.
    fn read(json: &str) -> Self {
        Words(serde_json::from_str(json).unwrap_or_default())
    }

    /// All words of a key.
    pub fn all(&self, key: &str) -> &[String] {
        self.0.get(key).map_or(&[], Vec::as_slice)
    }

    /// The first word of a key.
    pub fn first(&self, key: &str) -> &str {
        self.all(key).first().map_or("", String::as_str)
    }

    /// Every key.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

/// Kinds with their words in every language.
#[derive(Debug)]
pub struct Known<K>(Vec<(K, Vec<&'static str>)>);

impl<K: Key> Known<K> {
    /// These kinds.
    pub fn of(kinds: &[K]) -> Self {
        let words = |kind: &K| {
            let all = Language::ALL.into_iter().flat_map(|language| language.words().all(&kind.key()));
            (*kind, all.map(String::as_str).collect())
        };
        Known(kinds.iter().map(words).collect())
    }

    /// As they are looked for.
    pub fn kinds(&self) -> Vec<ColumnKind<'_, K>> {
        self.0.iter().map(|(kind, words)| ColumnKind { kind: *kind, words }).collect()
    }
}

/// What a kind is called in English.
pub fn english<K: Key>(kind: K) -> &'static str {
    EN.first(&kind.key())
}

#[cfg(test)]
mod tests;
