//! `veche manifest copy`: last year's vote as a draft of the next, without anybody of last year's in it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use jiff::tz::TimeZoneDatabase;
use jiff::{Span, Timestamp as Instant, ZonedDateTime};
use thiserror::Error;
use veche_record::ManifestError;
use veche_record::manifest::{Manifest, ManifestDocument, Text, Timestamp};

use crate::Outcome;
use crate::dated::texts_with_years;
use crate::error::Error;
use crate::report::counted;

/// Why there is no copy.
#[derive(Debug, Error)]
pub enum CopyError {
    /// The file is no manifest.
    #[error("{}: {source}", .path.display())]
    Manifest {
        /// The file.
        path: PathBuf,
        /// What is wrong in it.
        source: ManifestError,
    },
    /// Hours that cannot be moved: the zone is unknown, or the year has too many digits.
    #[error("{}: {hour} cannot be moved by {weeks} weeks in the time zone {zone:?}; write the draft's hours by hand", .path.display())]
    Hour {
        /// The file.
        path: PathBuf,
        /// Which hour.
        hour: Timestamp,
        /// How far.
        weeks: u16,
        /// The manifest's zone.
        zone: String,
    },
}

/// Copies a manifest.
pub(super) fn run(file: &Path, out: &Path, weeks: u16) -> Result<Outcome, Error> {
    let read = Manifest::parse(&crate::files::read(file)?);
    let manifest = read.map_err(|source| CopyError::Manifest { path: file.to_owned(), source })?;
    let old = manifest.document();
    let moved = |hour: Timestamp| {
        let failed = || CopyError::Hour { path: file.to_owned(), hour, weeks, zone: old.time_zone.clone() };
        later(hour, &old.time_zone, weeks).ok_or_else(failed)
    };
    let maybe = |hour: Option<Timestamp>| hour.map(moved).transpose();
    let draft = ManifestDocument {
        opens: moved(old.opens)?,
        closes: moved(old.closes)?,
        closes_latest: maybe(old.closes_latest)?,
        paper_until: maybe(old.paper_until)?,
        notice: Some(notice(old)),
        // Whose keys these are decides anew whether to watch.
        witnesses: None,
        ..old.clone()
    };
    let mut bytes = serde_json::to_vec_pretty(&draft)?;
    bytes.push(b'\n');
    Manifest::parse(&bytes).map_err(|source| CopyError::Manifest { path: out.to_owned(), source })?;
    crate::files::write_new(out, &bytes)?;

    let mut report = format!("{}: a draft, with the hours {weeks} weeks later\n", out.display());
    let hours = [
        ("opens", Some(old.opens), Some(draft.opens)),
        ("closes", Some(old.closes), Some(draft.closes)),
        ("closes_latest", old.closes_latest, draft.closes_latest),
        ("paper_until", old.paper_until, draft.paper_until),
    ];
    for (name, was, is) in hours {
        if let (Some(was), Some(is)) = (was, is) {
            let _ = writeln!(report, "check: {name:13} {is}, was {was}");
        }
    }
    let dated = texts_with_years(old)?;
    if !dated.is_empty() {
        let dated: Vec<String> = dated.into_iter().map(|(place, _)| place).collect();
        let _ = writeln!(report, "check: a year stands in {}", some_of(&dated));
    }
    report.push_str("check: projects, costs, budgets and electorates are those of the vote before\n");
    if draft.endpoints.is_some() {
        report.push_str("check: \"endpoints\" names the ballot box of the vote before\n");
    }
    if let Some(witnesses) = &old.witnesses {
        let witnesses = counted(witnesses.keys.len(), "witness, who is", "witnesses, who are");
        let _ = writeln!(report, "left out: {witnesses} to be asked anew");
    }
    report.push_str("Every page says that this is a draft until \"notice\" is changed back; take it out when all is checked.\n");
    Ok(Outcome::passed(report))
}

/// The same hour of the clock, so many weeks later: clocks may have been put forward or back.
fn later(hour: Timestamp, zone: &str, weeks: u16) -> Option<Timestamp> {
    let instant = Instant::from_second(i64::try_from(hour.unix()).ok()?).ok()?;
    let zone = TimeZoneDatabase::bundled().get(zone).ok()?;
    let moved =
        ZonedDateTime::new(instant, zone).checked_add(Span::new().try_weeks(i64::from(weeks)).ok()?).ok()?;
    Timestamp::from_unix(u64::try_from(moved.timestamp().as_second()).ok()?)
}

/// What every page says until somebody has checked the draft; what it said before stands behind it.
fn notice(old: &ManifestDocument) -> Text {
    let words = |language: &str| match language {
        "pl" => "Wersja robocza: godziny i projekty są z poprzedniego głosowania i wymagają sprawdzenia.",
        "ru" => "Черновик: время и проекты взяты из прошлого голосования, их нужно проверить.",
        "es" => "Borrador: las horas y los proyectos son de la votación anterior y están por revisar.",
        "fr" => "Brouillon : les heures et les projets viennent du vote précédent et sont à vérifier.",
        "de" => "Entwurf: Zeiten und Projekte sind aus der vorigen Abstimmung und noch zu prüfen.",
        "ar" => "مسودة: المواعيد والمشاريع من التصويت السابق ويجب التحقق منها.",
        _ => "A draft: hours and projects are those of the vote before, and are to be checked.",
    };
    old.languages.iter().fold(Text::default(), |text, language| {
        let before = old.notice.as_ref().and_then(|notice| notice.get(language));
        let words = words(language);
        let said = before.map_or_else(|| words.to_owned(), |before| format!("{words} {before}"));
        text.and(language, &said)
    })
}

/// The first few of some places.
fn some_of(places: &[String]) -> String {
    const SHOWN: usize = 8;
    let mut shown: Vec<String> = places.iter().take(SHOWN).cloned().collect();
    if places.len() > SHOWN {
        shown.push(format!("{} more", places.len() - SHOWN));
    }
    shown.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_stays_the_same_on_the_clock_and_the_day_the_same_in_the_week() {
        for (hour, zone, weeks, expected) in [
            ("2026-06-01T06:00:00Z", "Europe/Warsaw", 52, "2027-05-31T06:00:00Z"),
            // In 2026 summer time began on 29 March, in 2027 on the 28th.
            ("2026-03-29T06:00:00Z", "Europe/Warsaw", 52, "2027-03-28T06:00:00Z"),
            ("2026-03-28T07:00:00Z", "Europe/Warsaw", 52, "2027-03-27T07:00:00Z"),
            ("2026-10-25T07:00:00Z", "Europe/Warsaw", 51, "2027-10-17T06:00:00Z"),
            ("2026-06-01T06:00:00Z", "UTC", 104, "2028-05-29T06:00:00Z"),
        ] {
            let moved = later(Timestamp::parse(hour).unwrap(), zone, weeks).map(|moved| moved.to_string());
            assert_eq!(moved.as_deref(), Some(expected), "{hour} {zone}");
        }
        let hour = Timestamp::parse("2026-06-01T06:00:00Z").unwrap();
        assert_eq!(later(hour, "Europe/Nowhere", 52), None);
    }
}
