//! What goes wrong, at a terminal in another language than English: in the sentence that the page has for it.

use std::sync::LazyLock;

use veche_phrases::{Language, Phrases};

use super::{Kind, Problem};
use crate::error::Error;

/// The page's sentences, where they stand for commands, too.
macro_rules! page {
    ($file:literal) => {
        LazyLock::new(|| {
            Phrases::read([
                include_str!(concat!("../../../../../www/app/messages/en/", $file)),
                include_str!(concat!("../../../../../www/app/messages/ru/", $file)),
                include_str!(concat!("../../../../../www/app/messages/pl/", $file)),
                include_str!(concat!("../../../../../www/app/messages/es/", $file)),
                include_str!(concat!("../../../../../www/app/messages/fr/", $file)),
                include_str!(concat!("../../../../../www/app/messages/de/", $file)),
                include_str!(concat!("../../../../../www/app/messages/ar/", $file)),
            ])
        })
    };
}

static DESK: LazyLock<Phrases> = page!("desk.json");
static TRUSTEES: LazyLock<Phrases> = page!("desk-trustees.json");

/// What the desk is called in a language.
pub(crate) fn name_of_desk(language: Language) -> String {
    DESK.say(language, "desk.name", &[])
}

impl Problem {
    /// The page's sentence for it, where it quotes nothing.
    pub(crate) fn sentence(&self, language: Language) -> String {
        DESK.say(language, &format!("trouble.{}", self.kind.name()), &[])
    }
}

/// An error in a language, with the program's own words behind the sentence: they name the file. Where the page has no
/// sentence, and in English, it stays as it is.
pub(crate) fn said(error: Error, language: Option<&str>) -> Error {
    let language = language.and_then(Language::of_tag).filter(|language| *language != Language::En);
    // What a command has said by itself needs no other words.
    let Some(language) = language.filter(|_| !matches!(error, Error::Said { .. })) else { return error };
    let english = error.to_string();
    let problem = Problem::of(&error);
    // A page has nothing to do with files that somebody names at a terminal: there they are no fault of the program.
    let kind = if problem.kind == Kind::DeskFault { Kind::DeskRefused } else { problem.kind };
    let code = format!("trouble.{}", kind.name());
    let tables = [&DESK, &TRUSTEES];
    let found = tables.into_iter().find(|table| !table.sentence(language, &code).is_empty());
    // One that names an hour is written by the page, in the town's zone.
    let Some(table) = found.filter(|table| !table.sentence(language, &code).contains("{hour}")) else {
        return error;
    };
    let quotes = table.sentence(language, &code).contains("{detail}");
    // A terminal has no need of the marks that a page has.
    let sentence = table.say(language, &code, &[("detail", english.clone())]);
    let sentence = sentence.replace(['\u{2068}', '\u{2069}'], "");
    let sentence = if quotes { sentence } else { format!("{sentence} ({english})") };
    Error::Said { sentence, source: Box::new(error) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::election::trustees::TrusteesError;

    #[test]
    fn an_error_is_said_in_the_language_with_what_the_program_says_of_it() {
        let tokens = || -> Error { TrusteesError::Tokens { path: "trustee-tokens".into() }.into() };
        let missing = || Error::Read { path: "nowhere".into(), source: std::io::ErrorKind::NotFound.into() };
        for error in [said(tokens(), None), said(tokens(), Some("en-GB")), said(tokens(), Some("eo"))] {
            assert_eq!(error.to_string(), tokens().to_string());
        }
        for language in Language::ALL.into_iter().filter(|language| *language != Language::En) {
            for error in [tokens(), missing()] {
                let english = error.to_string();
                let text = said(error, Some(language.code())).to_string();
                assert!(text.contains(&english) && text.len() > english.len() + 20, "{text}");
                assert!(!text.contains(['{', '\u{2068}']), "{text}");
            }
        }
        let polish = said(tokens(), Some("pl")).to_string();
        assert!(polish.starts_with("To nie jest lista"), "{polish}");
        let polish = said(missing(), Some("pl")).to_string();
        assert!(polish.starts_with("Nie wykonano tego. Program podaje: nowhere"), "{polish}");
        let own = Error::Said { sentence: "coś".to_owned(), source: Box::new(missing()) };
        assert_eq!(said(own, Some("pl")).to_string(), "coś");
    }
}
