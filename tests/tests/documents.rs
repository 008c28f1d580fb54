//! The documents name files and functions; they are there.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Folders whose names begin a path of the repository.
const TOP: &[&str] =
    &["crates/", "docs/", "examples/", "fuzz/", "packages/", "tests/", "tools/", "www/", ".github/", ".ci/"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every document, with its name.
fn documents() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for folder in
        ["", "crates/board", "crates/crypto", "docs", "fuzz", "packages/core", "tests/interop", "www"]
    {
        for entry in std::fs::read_dir(root().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|ending| ending == "md") {
                found.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found
}

/// What stands in backticks, outside fenced blocks.
fn spans(text: &str) -> impl Iterator<Item = &str> {
    let outside = text.split("```").step_by(2);
    outside.flat_map(|part| part.split('`').skip(1).step_by(2))
}

/// A span that is a path of the repository, and not one of what a command writes or a pattern of many.
fn path(span: &str) -> Option<&str> {
    let plain = |span: &&str| !span.contains(['*', ' ', '…', '<', '{']);
    TOP.iter().any(|top| span.starts_with(top)).then_some(span).filter(plain)
}

/// Whether a file defines a function, of this type where one is named.
fn defines(file: &str, function: &str) -> bool {
    let (kind, name) = function.rsplit_once("::").unwrap_or(("", function));
    let words = |text: &str, word: &str| {
        text.match_indices(word).any(|(at, _)| {
            let outside = |character: Option<char>| {
                character.is_none_or(|character| !character.is_alphanumeric() && character != '_')
            };
            outside(text[..at].chars().next_back()) && outside(text[at + word.len()..].chars().next())
        })
    };
    let defined = file.lines().any(|line| {
        let line = line.trim_start();
        // Rust has the word; in JavaScript a function or a method begins its line and opens a body.
        words(line, &format!("fn {name}"))
            || words(line, &format!("function {name}"))
            || words(line, &format!("const {name} ="))
            || (words(line.split('(').next().unwrap(), name) && line.ends_with('{') && !line.contains("fn "))
    });
    defined && (kind.is_empty() || words(file, kind))
}

#[test]
fn every_path_that_a_document_names_exists() {
    let mut missing = Vec::new();
    for (name, text) in documents() {
        let paths = spans(&text).filter_map(path);
        missing
            .extend(paths.filter(|path| !root().join(path).exists()).map(|path| format!("{name}: {path}")));
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn every_function_of_the_architecture_is_in_the_file_named_before_it() {
    let text = std::fs::read_to_string(root().join("docs/architecture.md")).unwrap();
    let (mut file, mut checked, mut missing) = (None, 0, Vec::new());
    for span in spans(&text) {
        if let Some(path) = path(span) {
            file = Some(path);
        } else if let Some(function) = span.strip_suffix("()") {
            let path = file.expect("a function stands behind its file");
            let source = std::fs::read_to_string(root().join(path)).unwrap_or_default();
            if !defines(&source, function) {
                missing.push(format!("{path}: {function}"));
            }
            checked += 1;
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
    assert!(checked > 30, "only {checked} functions were found in the document");
}

#[test]
fn every_link_between_documents_leads_somewhere() {
    let mut missing = Vec::new();
    for (name, text) in documents() {
        let outside: String = text.split("```").step_by(2).collect();
        for part in outside.split("](").skip(1) {
            let target = part.split([')', ' ']).next().unwrap();
            let (file, heading) = target.split_once('#').unwrap_or((target, ""));
            if target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            let path = if file.is_empty() {
                PathBuf::from(&name)
            } else {
                Path::new(&name).parent().unwrap().join(file)
            };
            let there = path.exists() && (heading.is_empty() || has_heading(&path, heading));
            if !there {
                missing.push(format!("{name}: {target}"));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

/// Whether a document has a heading of this anchor, as forges make them.
fn has_heading(path: &Path, anchor: &str) -> bool {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().filter(|line| line.starts_with('#')).any(|line| {
        let words = line.trim_start_matches('#').trim().to_lowercase();
        let kept = words.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect::<String>() == anchor
    })
}

/// What a page says of a check is what the verifier says, where it says it in English.
#[test]
fn the_checks_read_in_english_as_the_verifier_has_them() {
    let text = std::fs::read(root().join("www/app/messages/en/checks.json")).unwrap();
    let texts: BTreeMap<String, String> = serde_json::from_slice(&text).unwrap();
    let checks: BTreeMap<String, String> = veche_verify::Check::ALL
        .iter()
        .map(|check| (format!("check.{}", check.number()), check.sentence().to_owned()))
        .collect();
    assert_eq!(texts, checks);
}

/// Whatever the verifier notes, and whomever it blames, the page has words for it.
#[test]
fn the_page_has_words_for_every_notice_and_for_whoever_is_to_blame() {
    use veche_verify::Culprit;
    let text = std::fs::read(root().join("www/app/messages/en/verify.json")).unwrap();
    let texts: BTreeMap<String, serde_json::Value> = serde_json::from_slice(&text).unwrap();
    let named = |stem: &str| -> BTreeSet<String> {
        texts.keys().filter_map(|key| key.strip_prefix(stem)).map(str::to_owned).collect()
    };
    let names = |names: &[&str]| -> BTreeSet<String> { names.iter().map(|&name| name.to_owned()).collect() };
    let mut notices = names(veche_verify::notice::Fact::CODES);
    // What the outcome says already is not said twice.
    notices.retain(|code| !["unpinned", "not-finished"].contains(&code.as_str()));
    assert_eq!(named("verify.notice."), notices);
    assert_eq!(named("verify.blame."), names(Culprit::ROLES));
    let pseudonym = veche_record::entry::Pseudonym([7; 16]);
    let culprits = [
        Culprit::Publisher,
        Culprit::Organiser,
        Culprit::Registrar,
        Culprit::BallotBox,
        Culprit::Voter(pseudonym),
        Culprit::Sender,
        Culprit::Trustee(2),
        Culprit::Trustees(0b101),
        Culprit::Caller,
    ];
    let roles: BTreeSet<String> = culprits.iter().map(|culprit| culprit.role().to_owned()).collect();
    assert_eq!(roles, names(Culprit::ROLES));
    let blamed = culprits.map(|culprit| culprit.trustee_numbers().collect::<Vec<_>>());
    assert_eq!(blamed.concat(), [2, 1, 3]);
}
