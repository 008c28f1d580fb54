//! What `veche import` says at a terminal in another language than English: in the sentences of the page.

use std::fmt::Write as _;

use veche_desk::phrases;
use veche_phrases::{Language, Said as _};
use veche_results::papers::rules;

use super::page::lines::{Line, lines};
use super::{ImportError, Made, Remark};
use crate::error::Error;
use crate::results::ResultsError;

/// What became of the files: the lists with their rules, as the proof has them, and what should be known.
pub(super) fn report(file: &str, made: &Made, language: Language) -> Result<String, Error> {
    let say = |code: &str, values: &[(&str, String)]| phrases().say(language, code, values);
    let counted = |of: &str, number: usize| say(of, &[("n", number.to_string())]);
    let manifest = &made.manifest;
    let projects = manifest.contests().iter().map(|contest| contest.options.len()).sum();
    let values = [
        ("file", file.to_owned()),
        ("lists", counted("report.lists", manifest.contests().len())),
        ("projects", counted("report.projects", projects)),
        ("ballots", counted("report.ballots", manifest.styles().len())),
    ];
    let mut report = say("report.valid", &values);
    // Writing to a string does not fail.
    for rules in rules(manifest, language.code()).map_err(ResultsError::from)? {
        let _ = write!(report, "\n{}: {}\n  {}", rules.lists.join(", "), rules.ballot, rules.funding);
    }
    for note in &made.notes {
        let note = Line::of(note.clone()).at_terminal(language);
        let _ =
            write!(report, "\n{}", Remark::new("import.report.note", "").with("note", note).said(language));
    }
    report.push('\n');
    Ok(plain(&report))
}

/// Without the marks of direction that a page needs: a terminal is shown none, whoever wrote them.
pub(super) fn plain(text: &str) -> String {
    text.replace(['\u{200e}', '\u{200f}', '\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}'], "")
}

/// An importer's refusal in a language; in English, and where another command can fail so, too, it stays as it is.
pub(super) fn refusal(error: Error, language: Language) -> Error {
    match &error {
        Error::Import(own) if language != Language::En => {
            Error::Said { sentence: sentence(own, language), source: Box::new(error) }
        }
        _ => error,
    }
}

fn sentence(error: &ImportError, language: Language) -> String {
    if let Some((file, options)) = unsaid(error) {
        let remark = Remark::new("import.unsaid", "").with("options", options);
        let file = file.map(|file| format!("{file}: ")).unwrap_or_default();
        return file + &remark.at_terminal(language);
    }
    let lines = lines(error, language).into_iter().map(|line| line.at_terminal(language));
    plain(&lines.collect::<Vec<_>>().join("\n"))
}

/// What is only to be said beside a file: a page asks for it with a field, a terminal with these options.
fn unsaid(error: &ImportError) -> Option<(Option<String>, String)> {
    let (path, options) = match error {
        ImportError::Unsaid { path, missing, .. } => {
            let options: Vec<String> = missing.iter().map(|(name, _)| format!("--{name}")).collect();
            (Some(path), options.join(", "))
        }
        ImportError::WhichLanguage { path, languages } if languages.is_empty() => {
            (Some(path), "--language".to_owned())
        }
        ImportError::Points { path, .. } => (Some(path), "--points".to_owned()),
        ImportError::Electorate { path } => (Some(path), "--electorate".to_owned()),
        ImportError::Hours { which } => (None, format!("--{which}")),
        _ => return None,
    };
    Some((path.map(|path| path.display().to_string()), options))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::import::Platform;

    /// A page asks for these with a field, and has no sentence for them.
    #[test]
    fn what_is_only_to_be_said_beside_a_file_is_asked_for_by_its_option() {
        let path = || PathBuf::from("town.pb");
        let missing = vec![("title", "--title TEXT  what it is called".to_owned()), ("opens", String::new())];
        let asked = || {
            [
                (ImportError::WhichLanguage { path: path(), languages: Vec::new() }, "--language"),
                (
                    ImportError::Points { path: path(), line: 3, needed: "max_points", whose: "one" },
                    "--points",
                ),
                (ImportError::Electorate { path: path() }, "--electorate"),
                (ImportError::Hours { which: "closes" }, "--closes"),
                (
                    ImportError::Unsaid { path: path(), from: Platform::Consul, missing: missing.clone() },
                    "--title, --opens",
                ),
            ]
        };
        for language in Language::ALL {
            for (error, options) in asked() {
                let english = error.to_string();
                let said = refusal(error.into(), language).to_string();
                if language == Language::En {
                    assert_eq!(said, english);
                } else {
                    assert!(said.ends_with(options) && said.len() > options.len() + 10, "{said}");
                    assert!(!said.contains("say it") && !said.contains('\u{2068}'), "{said}");
                }
            }
        }
    }
}
