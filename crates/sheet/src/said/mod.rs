//! What is wrong with files, amounts and hours, in the languages of the site: a file for each beside this one.

use std::sync::LazyLock;

use veche_phrases::Phrases;

pub(crate) static PHRASES: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::read([
        include_str!("en.json"),
        include_str!("ru.json"),
        include_str!("pl.json"),
        include_str!("es.json"),
        include_str!("fr.json"),
        include_str!("de.json"),
        include_str!("ar.json"),
    ])
});

/// The sentences of this crate's errors.
pub fn phrases() -> &'static Phrases {
    &PHRASES
}
