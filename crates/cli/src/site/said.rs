//! What `veche site` says, in seven languages: the sentences stand in the folder `said`, a file a language.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use veche_phrases::{Language, Phrases};
use veche_site::{Holds, PictureNote, SiteError, Unshown};

use super::{BUILD, PACK, SiteCommandError};
use crate::error::Error;

static PHRASES: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::read([
        include_str!("said/en.json"),
        include_str!("said/ru.json"),
        include_str!("said/pl.json"),
        include_str!("said/es.json"),
        include_str!("said/fr.json"),
        include_str!("said/de.json"),
        include_str!("said/ar.json"),
    ])
});

/// At most so many files are named.
const SHOWN: usize = 5;

/// A sentence. A terminal has no need of the marks that a page has.
pub(super) fn say(language: Language, code: &str, values: &[(&str, String)]) -> String {
    PHRASES.say(language, code, values).replace(['\u{2068}', '\u{2069}'], "")
}

/// A number of things. English has a word for one of them; the other tables put the number beside the word.
pub(super) fn counted(language: Language, (one, many): (&str, &str), number: usize) -> String {
    say(language, if number == 1 { one } else { many }, &[("n", number.to_string())])
}

/// The first of several files.
pub(super) fn some_of(language: Language, names: &[PathBuf]) -> String {
    let mut text: Vec<String> = names.iter().take(SHOWN).map(|name| name.display().to_string()).collect();
    if let Some(more @ 1..) = names.len().checked_sub(SHOWN) {
        text.push(say(language, "site.more", &[("n", more.to_string())]));
    }
    text.join(", ")
}

/// What should be known of pictures.
pub(super) fn note(language: Language, note: &PictureNote) -> String {
    match note {
        PictureNote::Heavy { kilobytes, names } => {
            let values = [("kilobytes", kilobytes.to_string()), ("names", names.join(", "))];
            say(language, "note.heavy", &values)
        }
        PictureNote::Unused(names) => say(language, "note.unused", &[("names", names.join(", "))]),
    }
}

/// An error of this command in a language; one that other commands have, too, stays as it is.
pub(crate) fn refusal(error: Error, language: Language) -> Error {
    match &error {
        Error::Site(own) if language != Language::En => {
            Error::Said { sentence: sentence(own, language), source: Box::new(error) }
        }
        _ => error,
    }
}

fn sentence(error: &SiteCommandError, language: Language) -> String {
    let say = |code: &str, values: &[(&str, String)]| say(language, code, values);
    match error {
        SiteCommandError::NotPacked => {
            say("error.not_packed", &[("pack", PACK.to_owned()), ("build", BUILD.to_owned())])
        }
        SiteCommandError::NoCard { place } => say("error.no_card", &[("place", place.clone())]),
        SiteCommandError::PicturesOfNone => say("error.pictures_of_none", &[]),
        SiteCommandError::Site(SiteError::Pictures { folder, problems }) => {
            let mut text = say("error.pictures", &[place(folder)]);
            for (name, problem) in problems {
                let code = match problem {
                    Unshown::Missing => "error.missing",
                    Unshown::Heic => "error.heic",
                    Unshown::Svg => "error.svg",
                    Unshown::Empty => "error.empty",
                    Unshown::NoPicture => "error.no_picture",
                };
                text.push_str(&format!("\n  {name}: {}", say(code, &[])));
            }
            text
        }
        SiteCommandError::Site(SiteError::Folder { folder, holds }) => match holds {
            Holds::File => say("error.is_file", &[place(folder)]),
            Holds::Others => say("error.others", &[place(folder)]),
            Holds::Foreign { changed, in_the_way } => {
                let mut text = say("error.foreign", &[place(folder)]);
                for (code, names) in [("error.changed", changed), ("error.in_the_way", in_the_way)] {
                    if !names.is_empty() {
                        text.push_str(&format!("\n  {}", say(code, &[("names", some_of(language, names))])));
                    }
                }
                text
            }
        },
        SiteCommandError::Site(error) => {
            let code = match error {
                SiteError::Card(_) => "error.card",
                SiteError::Shape(_) => "error.shape",
                SiteError::File { .. } => "error.file",
                _ => "error.settings",
            };
            say(code, &[("detail", error.to_string())])
        }
    }
}

fn place(folder: &Path) -> (&'static str, String) {
    ("folder", folder.display().to_string())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Every way in which this command stops.
    fn refused() -> Vec<SiteCommandError> {
        let folder = || PathBuf::from("site");
        let problems = [Unshown::Missing, Unshown::Heic, Unshown::Svg, Unshown::Empty, Unshown::NoPicture];
        let problems = problems.map(|problem| ("pictures/park.jpg".to_owned(), problem)).to_vec();
        let foreign =
            Holds::Foreign { changed: vec!["index.html".into()], in_the_way: vec!["robots.txt".into(); 7] };
        let error = std::io::ErrorKind::PermissionDenied.into();
        let mut all = vec![
            SiteCommandError::NotPacked,
            SiteCommandError::NoCard { place: "https://box.example/".into() },
            SiteCommandError::PicturesOfNone,
        ];
        all.extend(
            [
                SiteError::Settings("an odd address".into()),
                SiteError::Card("an odd card".into()),
                SiteError::Shape("an odd page".into()),
                SiteError::File { path: folder(), error },
                SiteError::Pictures { folder: folder(), problems },
                SiteError::Folder { folder: folder(), holds: Holds::File },
                SiteError::Folder { folder: folder(), holds: Holds::Others },
                SiteError::Folder { folder: folder(), holds: foreign },
            ]
            .map(SiteCommandError::Site),
        );
        all
    }

    #[test]
    fn every_refusal_is_said_in_every_language() {
        assert_eq!(PHRASES.disagreements(), Vec::<String>::new());
        let count = refused().len();
        for at in 0..count {
            let english = refused().swap_remove(at).to_string();
            let in_english = refusal(refused().swap_remove(at).into(), Language::En);
            assert_eq!(in_english.to_string(), english);
            let mut said = BTreeSet::from([english.clone()]);
            for language in Language::ALL.into_iter().filter(|language| *language != Language::En) {
                let text = refusal(refused().swap_remove(at).into(), language).to_string();
                assert!(text.len() > 20 && !text.contains(['{', '\u{2068}']), "{text}");
                said.insert(text);
            }
            assert_eq!(said.len(), Language::ALL.len(), "not in every language: {english}");
        }
    }

    /// A code that nothing says, or one that has no sentence, is a mistake of this file.
    #[test]
    fn every_sentence_is_said_somewhere() {
        let text = [include_str!("said.rs"), include_str!("mod.rs")].concat();
        let own = |part: &&str| {
            let known = ["site.", "note.", "error."].iter().any(|start| part.starts_with(start));
            known
                && part.len() > 6
                && part.bytes().all(|byte| byte.is_ascii_lowercase() || b"._".contains(&byte))
        };
        let quoted: BTreeSet<&str> = text.split('"').filter(own).collect();
        assert_eq!(quoted, PHRASES.codes().collect());
    }
}
