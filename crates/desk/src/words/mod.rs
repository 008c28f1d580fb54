//! The words by which sheets, columns, settings and choices are recognised and which the template writes: one file for
//! each language, with the same keys. The first word of a key is what the template writes, all of them are recognised.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use veche_phrases::Language;
use veche_sheet::ColumnKind;

mod keys;

pub use keys::{Choice, DistrictColumn, Key, ProjectColumn, Setting, SheetKind, VoteColumn};

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

    /// The words of a language.
    pub fn of(language: Language) -> &'static Self {
        match language {
            Language::En => &EN,
            Language::Ru => &RU,
            Language::Pl => &PL,
            Language::Es => &ES,
            Language::Fr => &FR,
            Language::De => &DE,
            Language::Ar => &AR,
        }
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
            let all = Language::ALL.into_iter().flat_map(|language| Words::of(language).all(&kind.key()));
            (*kind, all.map(String::as_str).collect())
        };
        Known(kinds.iter().map(words).collect())
    }

    /// As they are looked for.
    pub fn kinds(&self) -> Vec<ColumnKind<'_, K>> {
        self.0.iter().map(|(kind, words)| ColumnKind { kind: *kind, words }).collect()
    }
}

/// What a sheet, a column, a setting or a choice is called: the first of its words, which the template writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term(String);

impl Term {
    /// That of a kind.
    pub fn of<K: Key>(kind: K) -> Self {
        Term(kind.key())
    }

    /// Those of several.
    pub fn all<K: Key>(kinds: &[K]) -> Vec<Self> {
        kinds.iter().map(|kind| Term::of(*kind)).collect()
    }

    /// The points that a ranking gives its places: no column and no setting says them.
    pub fn place_points() -> Self {
        Term("term.place_points".to_owned())
    }

    /// The word.
    pub fn word(&self, language: Language) -> &'static str {
        Words::of(language).first(&self.0)
    }

    /// The key of the word, by which programs know it.
    pub fn key(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests;
