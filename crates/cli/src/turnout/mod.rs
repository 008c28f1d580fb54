//! `veche turnout`: the turnout against time, from the board.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use veche_record::Manifest;
use veche_results::{By, ByHour, CourseError, Replay, Sighting};
use veche_verify::RecordSource;
use veche_verify::report::Report;
use veche_verify::source::{CHECKPOINT, MANIFEST, stated_size};

use crate::Outcome;
use crate::error::Error;
use crate::mirror::Contradiction;
use crate::report;
use crate::verify::{FoundRecord, Record, contradicted, find};

mod table;

/// Says how many people have signed in and voted, by district and route, at every hour that the board has.
///
/// A ballot has no hour. The organiser signs the hour with the opening, with each notice and extension, and with the
/// end of voting; witnesses sign when they saw the board. With --keep this machine's own looks are added: run every
/// hour, it makes a line of points. Between the points nothing is known.
///
/// The record is verified first, whether the vote is finished or not. Exit code 0: here it is; 1: the record does not
/// pass.
#[derive(Debug, Args)]
pub struct TurnoutArgs {
    /// The record: a folder, or its address.
    #[arg(value_name = "DIR|URL")]
    record: String,
    /// How to print it.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// The same as --format json.
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// A file of this machine's own looks at the board: it is read, and this one is added to it.
    #[arg(long, value_name = "FILE")]
    keep: Option<PathBuf>,
    /// Where the copy of a record behind an address is kept. Left out: in the user's cache folder.
    #[arg(long, value_name = "DIR")]
    mirror: Option<PathBuf>,
}

/// How the turnout is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people, with the hours of the vote's time zone.
    Table,
    /// One line for each hour, district and route, with the hours of UTC.
    Csv,
    /// Everything, with the hours in seconds since 1970.
    Json,
}

/// Why there is no turnout to print.
#[derive(Debug, Error)]
pub enum TurnoutError {
    /// The entries.
    #[error(transparent)]
    Course(#[from] CourseError),
    /// A table that could not be written.
    #[error(transparent)]
    Table(#[from] veche_results::ResultsError),
    /// A file of looks that is none, or one of another board.
    #[error("{}: this is no file of looks at this board: {why}", .path.display())]
    Kept {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// The record has changed while it was read.
    #[error("the record has got a newer checkpoint while it was read; try again")]
    Moved,
}

/// A file of looks.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeptFile {
    /// The fingerprint of the election.
    election: String,
    looks: Vec<Look>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Look {
    size: u64,
    time: u64,
}

/// What was counted, or why nothing was.
pub(crate) enum Counted {
    /// The record passes.
    Passed {
        /// Its manifest.
        manifest: Box<Manifest>,
        /// What was counted.
        by_hour: ByHour,
    },
    /// The record does not pass.
    Failed(Box<Report>),
    /// The board is not the one that was copied before.
    Contradicted(Box<Contradiction>),
}

/// Verifies a record, and counts. `mirror` is the folder of the copy of a record behind an address, `keep` the file of
/// this machine's own looks.
///
/// # Errors
/// [`enum@Error`] when there is no record.
pub(crate) fn count(place: &str, mirror: Option<&Path>, keep: Option<&Path>) -> Result<Counted, Error> {
    let record = match find(place, mirror)? {
        FoundRecord::Record(record) => record,
        FoundRecord::Contradiction(found) => return Ok(Counted::Contradicted(found)),
    };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
    let audit = record.audit(None)?;
    let (Some(board), 0) = (audit.board(), audit.report.exit_code()) else {
        return Ok(Counted::Failed(Box::new(audit.report)));
    };
    let mut looks = Vec::new();
    if let Some(path) = keep {
        let election =
            board.election().map(|election| election.fingerprint().to_string()).unwrap_or_default();
        looks = read_looks(path, &election)?;
        let look = Look { size: audit.report.entries, time: now };
        if looks.last().is_none_or(|last| last.size < look.size || last.time < look.time) {
            looks.push(look);
        }
        let file = KeptFile { election, looks: looks.clone() };
        crate::files::replace(path, &serde_json::to_vec(&file)?)?;
    }
    let by_hour = match &record {
        Record::Folder(folder) => replay(folder, &looks, now),
        Record::Live(live) => replay(live, &looks, now),
        Record::Remote(remote) => {
            let found = replay(remote, &looks, now);
            remote.problem().map_or(found, |problem| Err(problem.into()))
        }
    }?;
    Ok(Counted::Passed { manifest: Box::new(board.manifest().clone()), by_hour })
}

/// Runs the command.
///
/// # Errors
/// [`enum@Error`] when there is no record.
pub fn run(args: &TurnoutArgs) -> Result<Outcome, Error> {
    let counted = count(&args.record, args.mirror.as_deref(), args.keep.as_deref())?;
    let (manifest, by_hour) = match counted {
        Counted::Passed { manifest, by_hour } => (manifest, by_hour),
        Counted::Contradicted(found) => return contradicted(&found, args.json),
        Counted::Failed(report) => {
            return Ok(Outcome { text: report::text(&report), code: report.exit_code().max(1) });
        }
    };
    let format = if args.json { Format::Json } else { args.format };
    Ok(Outcome::passed(match format {
        Format::Table => table::table(&manifest, &by_hour),
        Format::Csv => by_hour.csv().map_err(TurnoutError::from)?,
        Format::Json => report::json(&by_hour)?,
    }))
}

/// Reads a record that an audit has found right.
fn replay(source: &impl RecordSource, looks: &[Look], now: u64) -> Result<ByHour, Error> {
    let read = |path: &str| -> Result<Vec<u8>, TurnoutError> {
        let file = source.file(path).map_err(CourseError::from)?;
        Ok(file.ok_or_else(|| CourseError::File(path.to_owned()))?)
    };
    let (manifest, note) = (read(MANIFEST)?, read(CHECKPOINT)?);
    let size = stated_size(&note).ok_or(TurnoutError::Moved)?;
    let parsed = Manifest::parse(&manifest).map_err(CourseError::from).map_err(TurnoutError::from)?;
    let kept = looks.iter().map(|look| (look.size, look.time)).chain([(size, now)]);
    let mut seen: Vec<Sighting> = kept.map(|(size, time)| Sighting { size, time, by: By::Keeper }).collect();
    seen.extend(veche_results::course::witnessed(&parsed, &note));
    let mut replay = Replay::new(&manifest, &seen).map_err(CourseError::from).map_err(TurnoutError::from)?;
    for file in veche_board::layout(size) {
        let veche_board::LogFile::Bundle(bundle) = file else { continue };
        replay.add(bundle, &read(&bundle.to_string())?).map_err(TurnoutError::from)?;
    }
    Ok(ByHour::of(&parsed, replay))
}

fn read_looks(path: &Path, election: &str) -> Result<Vec<Look>, Error> {
    if path.symlink_metadata().is_err() {
        return Ok(Vec::new());
    }
    let wrong = |why: String| TurnoutError::Kept { path: path.to_owned(), why };
    let file: KeptFile =
        serde_json::from_slice(&crate::files::read(path)?).map_err(|error| wrong(error.to_string()))?;
    if file.election != election {
        return Err(wrong(format!("it is of the election {}", file.election)).into());
    }
    Ok(file.looks)
}
