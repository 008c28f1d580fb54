//! `veche manifest practice`: a vote for residents to try out, of the same districts and projects, that never counts.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use thiserror::Error;
use veche_record::manifest::{Manifest, ManifestDocument, Text, Timestamp};
use veche_record::{BallotKind, ManifestError};

use crate::Outcome;
use crate::election::hours::HourOf;
use crate::error::Error;
use crate::report::counted;

/// Why there is no practice vote.
#[derive(Debug, Error)]
pub enum PracticeError {
    /// The file is no manifest, or the practice vote is none: its hours, or a title that has grown too long.
    #[error("{}: {source}", .path.display())]
    Manifest {
        /// The file.
        path: PathBuf,
        /// What is wrong in it.
        source: ManifestError,
    },
    /// The file is a practice vote's already.
    #[error("{}: this is a practice vote already (\"phase\": \"rehearsal\"); take the manifest of the vote that counts", .0.display())]
    Already(PathBuf),
    /// A practice vote that runs into the vote would be taken for it.
    #[error(
        "the practice vote would close at {closes}, when the vote that counts has opened ({opens}): people would take one \
         for the other; close it before"
    )]
    Overlaps {
        /// When the practice vote closes.
        closes: Timestamp,
        /// When the vote opens.
        opens: HourOf,
    },
}

/// The words of a practice vote in one language: what stands before its title, and what every page says.
fn words(language: &str) -> (&'static str, &'static str) {
    match language.split('-').next().unwrap_or_default() {
        "ru" => ("Пробное голосование", "Это проба, чтобы познакомиться со страницей. Она не учитывается."),
        "pl" => ("Głosowanie próbne", "To próba, żeby poznać stronę. Nie jest liczona."),
        "es" => ("Votación de prueba", "Es una prueba para conocer la página. No cuenta."),
        "fr" => ("Vote d’essai", "C’est un essai pour découvrir la page. Il ne compte pas."),
        "de" => ("Probeabstimmung", "Das ist eine Probe zum Kennenlernen der Seite. Sie zählt nicht."),
        "ar" => ("تصويت تجريبي", "هذه تجربة للتعرّف على الصفحة. لا تُحتسب."),
        _ => ("Practice vote", "This is for trying out the page. It does not count."),
    }
}

/// The practice vote of a vote, with hours of its own: the same texts, districts, rules and projects, of the kind that
/// never counts. It says so in its title and on every page; it names no ballot box and no witnesses.
pub fn practice(vote: &ManifestDocument, opens: Timestamp, closes: Timestamp) -> ManifestDocument {
    let in_each = |said: &dyn Fn(&str) -> String| {
        vote.languages.iter().fold(Text::default(), |text, language| text.and(language, &said(language)))
    };
    let title =
        |language: &str| format!("{}: {}", words(language).0, vote.title.get(language).unwrap_or_default());
    let notice = |language: &str| {
        let before = vote.notice.as_ref().and_then(|notice| notice.get(language));
        let own = words(language).1;
        before.map_or_else(|| own.to_owned(), |before| format!("{own} {before}"))
    };
    // As long after the closing as in the vote.
    let paper_until = vote.paper_until.and_then(|until| {
        Timestamp::from_unix(closes.unix().saturating_add(until.unix().saturating_sub(vote.closes.unix())))
    });
    ManifestDocument {
        ballot_kind: BallotKind::Trial,
        title: in_each(&title),
        notice: Some(in_each(&notice)),
        opens,
        closes,
        closes_latest: None,
        paper_until,
        endpoints: None,
        witnesses: None,
        ..vote.clone()
    }
}

/// Writes the manifest of a practice vote.
pub(crate) fn run(file: &Path, out: &Path, opens: Timestamp, closes: Timestamp) -> Result<Outcome, Error> {
    let vote = write(file, out, opens, closes)?;
    let vote = vote.document();
    let mut report = format!("{}: a practice vote, from {opens} to {closes}\n", out.display());
    report.push_str("Every page says in each language that it does not count. Its ballots are of another kind: no other vote takes them.\n");
    report.push_str(
        "It needs a ballot box and keys of its own; the trustees can make them as a rehearsal of theirs.\n",
    );
    if vote.closes_latest.is_some() {
        report.push_str("left out: \"closes_latest\"; the practice vote is not put off\n");
    }
    if vote.endpoints.is_some() {
        report.push_str("left out: \"endpoints\", the ballot box of the vote\n");
    }
    if let Some(witnesses) = &vote.witnesses {
        let _ = writeln!(report, "left out: {}", counted(witnesses.keys.len(), "witness", "witnesses"));
    }
    Ok(Outcome::passed(report))
}

/// Writes the practice vote of a manifest into a new file; the manifest.
pub(crate) fn write(file: &Path, out: &Path, opens: Timestamp, closes: Timestamp) -> Result<Manifest, Error> {
    let refused = |path: &Path| {
        let path = path.to_owned();
        |source| PracticeError::Manifest { path, source }
    };
    let read = Manifest::parse(&crate::files::read(file)?).map_err(refused(file))?;
    let vote = read.document();
    if vote.ballot_kind != BallotKind::Election {
        return Err(PracticeError::Already(file.to_owned()).into());
    }
    if closes > vote.opens {
        let opens = HourOf::new(vote.opens.unix(), &vote.time_zone);
        return Err(PracticeError::Overlaps { closes, opens }.into());
    }
    let mut bytes = serde_json::to_vec_pretty(&practice(vote, opens, closes))?;
    bytes.push(b'\n');
    Manifest::parse(&bytes).map_err(refused(out))?;
    crate::files::write_new(out, &bytes)?;
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_of_the_site_has_its_own_words() {
        let all: std::collections::BTreeSet<_> =
            veche_results::words::LANGUAGES.iter().map(|language| words(language)).collect();
        assert_eq!(all.len(), 7);
        assert_eq!(words("de-AT"), words("de"));
        assert_eq!(words("uk"), words("en"));
    }
}
