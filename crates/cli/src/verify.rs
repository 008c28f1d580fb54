//! `veche verify`: the whole record, recomputed from its files by anyone, offline, on nobody's word.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;
use veche_crypto::hash::Digest;
use veche_verify::audit::{Options, Progress as Reached, Snapshot, Watch};
use veche_verify::{Audit, RecordSource, audit_watched};

use crate::Outcome;
use crate::error::Error;
use crate::folder::Folder;
use crate::live::{Excuse, LiveFolder};
use crate::mirror::{self, Contradiction, NoCopy};
use crate::progress::Progress;
use crate::remote::{Remote, RemoteRecord, is_address};
use crate::resume::{ResumeFile, SavedSnapshot};
use crate::{random, report};

/// Checks a whole record.
///
/// Exit code 0: everything passed; 1: a check failed, and the report says which one and who is to blame; 2: there is
/// nothing to read, or the folder was written while it was read.
///
/// When it is interrupted, the same command goes on where it stopped: what is verified is noted in a file in your cache
/// folder, and nothing is written into the record. docs/verifying.md says how long it takes and how much memory it
/// needs.
///
/// A record behind an address is copied first, as `veche mirror` does, and the copy is verified. A board that
/// contradicts an earlier copy is refused with exit code 1.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// The record: a folder, or an address such as `https://town.example/record/`.
    #[arg(value_name = "DIR|URL")]
    record: String,
    /// The published fingerprint that the election must have (64 hexadecimal digits).
    #[arg(long, value_name = "HASH", value_parser = parse_fingerprint)]
    election: Option<Digest>,
    /// Keep the copy of a record behind an address in this folder, and not in the cache folder.
    #[arg(long, value_name = "DIR")]
    mirror: Option<PathBuf>,
    /// The folder is being published: verify what its checkpoint calls for, and leave files of other checkpoints alone.
    #[arg(long)]
    live: bool,
    /// Print one JSON document instead of the report.
    #[arg(long)]
    json: bool,
    /// Verify everything, also what an interrupted run has verified, and note nothing.
    #[arg(long)]
    no_resume: bool,
    /// Note what is verified after so many milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 5_000, hide = true)]
    note_every: u64,
}

/// Reads a fingerprint as people copy it: spaces and capital letters don't matter.
pub(crate) fn parse_fingerprint(text: &str) -> Result<Digest, String> {
    let digits: String = text.chars().filter(|character| !character.is_whitespace()).collect();
    let mut bytes = [0; 32];
    match hex::decode_to_slice(&digits, &mut bytes) {
        Ok(()) => Ok(Digest::from_bytes(bytes)),
        Err(_) => Err("a fingerprint is 64 hexadecimal digits".to_owned()),
    }
}

/// A record, wherever it is.
#[derive(Debug)]
pub enum Record {
    /// In a folder.
    Folder(Folder),
    /// In a folder that is being published.
    Live(LiveFolder),
    /// At an address, read file by file.
    Remote(RemoteRecord),
}

impl Record {
    /// Finds a record in a folder, or at an address.
    ///
    /// # Errors
    /// When there is no such folder, or nobody answers.
    pub fn open(place: &str) -> Result<Self, Error> {
        Ok(match is_address(place) {
            true => Self::Remote(Remote::new(place)?.record()?),
            false => Self::Folder(Folder::open(Path::new(place))?),
        })
    }

    /// Only what the checkpoint calls for of a folder, which may be a copy that is being published; nothing of a record
    /// that was found at an address.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub(crate) fn live(&self, place: &str) -> Result<Option<LiveFolder>, Error> {
        Ok(match self {
            Self::Folder(folder) if !is_address(place) => LiveFolder::open(folder.clone())?,
            _ => None,
        })
    }

    /// Verifies all of it.
    ///
    /// # Errors
    /// When the platform gives no randomness, or the network fails.
    pub fn audit(&self, expected: Option<Digest>) -> Result<Audit, Error> {
        self.audit_with(Options::new(expected, random::randomness()?), None, Duration::MAX)
    }

    /// Verifies all of it, for somebody who has seen the board when it had this size.
    ///
    /// # Errors
    /// When the platform gives no randomness, or the network fails.
    pub fn audit_since(&self, expected: Option<Digest>, seen: Option<u64>) -> Result<Audit, Error> {
        let recalled = seen.into_iter().collect();
        let options = Options { recalled, ..Options::new(expected, random::randomness()?) };
        self.audit_with(options, None, Duration::MAX)
    }

    /// Where it is, the same for every way of writing it. Nothing for a folder whose path is not text.
    fn place(&self) -> Option<String> {
        match self {
            Self::Folder(folder) => folder.root().canonicalize().ok()?.to_str().map(str::to_owned),
            Self::Live(live) => live.folder().root().canonicalize().ok()?.to_str().map(str::to_owned),
            Self::Remote(remote) => Some(remote.address().to_owned()),
        }
    }

    /// Verifies it and notes in a file, now and then, what is verified.
    fn audit_with(
        &self,
        options: Options,
        file: Option<&ResumeFile>,
        every: Duration,
    ) -> Result<Audit, Error> {
        match self {
            Self::Folder(folder) => shown(folder, options, file, every),
            Self::Live(live) => shown(live, options, file, every),
            Self::Remote(remote) => {
                let audit = shown(remote, options, file, every)?;
                // A file that could not be fetched says nothing about the record.
                remote.problem().map_or(Ok(audit), |problem| Err(problem.into()))
            }
        }
    }
}

/// Verifies a record, with a bar on a terminal.
///
/// # Errors
/// When the platform gives no randomness.
pub fn audit_shown(source: &impl RecordSource, expected: Option<Digest>) -> Result<Audit, Error> {
    shown(source, Options::new(expected, random::randomness()?), None, Duration::MAX)
}

fn shown(
    source: &impl RecordSource,
    mut options: Options,
    file: Option<&ResumeFile>,
    every: Duration,
) -> Result<Audit, Error> {
    let progress = Progress::start("Verifying", 0);
    match file.map_or(SavedSnapshot::Missing, ResumeFile::read) {
        SavedSnapshot::Missing => {}
        SavedSnapshot::Snapshot(snapshot) => options.resume = Some(snapshot),
        SavedSnapshot::Unusable(reason) => progress.say(&format!(
            "What an interrupted run has noted is not used: {reason}. Everything is verified."
        )),
    }
    let mut watcher = Watcher { progress: &progress, file, every, noted: Instant::now() };
    let audit = audit_watched(source, &options, &mut watcher);
    progress.done("ballots", audit.report.ballots);
    Ok(audit)
}

/// Shows how far it is, and notes what is verified.
struct Watcher<'a> {
    progress: &'a Progress,
    file: Option<&'a ResumeFile>,
    every: Duration,
    noted: Instant,
}

impl Watch for Watcher<'_> {
    fn progress(&mut self, reached: Reached) {
        self.progress.reached(reached.entries, reached.total);
    }

    fn wants_snapshot(&mut self) -> bool {
        let wanted = self.file.is_some() && self.noted.elapsed() >= self.every;
        if wanted {
            self.noted = Instant::now();
        }
        wanted
    }

    fn snapshot(&mut self, snapshot: &Snapshot) {
        if let Some(file) = self.file
            && let Err(error) = file.write(snapshot)
        {
            self.file = None;
            let path = file.path().display();
            self.progress.say(&format!(
                "{path}: {error}. An interruption would begin anew; verification itself goes on."
            ));
        }
    }

    fn resumed(&mut self, entry: u64) {
        self.progress.say(&format!(
            "An interrupted run has verified the first {entry} entries, and this one goes on from there. \
             Use --no-resume to verify everything."
        ));
    }

    fn discarded(&mut self) {
        self.progress.say(
            "What an interrupted run has noted is not about this record as it is. Everything is verified.",
        );
    }
}

/// A record that can be checked, or a board that contradicts its earlier copy.
#[derive(Debug)]
pub(crate) enum FoundRecord {
    /// In a folder, or, where what is served is not even the record that it claims to be, at its address.
    Record(Record),
    /// Two signed checkpoints that do not fit each other.
    Contradiction(Box<Contradiction>),
}

/// Finds a record in a folder, or copies it from an address into `mirror` or the cache folder.
pub(crate) fn find(place: &str, mirror: Option<&Path>) -> Result<FoundRecord, Error> {
    if !is_address(place) {
        return Record::open(place).map(FoundRecord::Record);
    }
    match mirror::keep(place, mirror) {
        Ok(folder) => Ok(FoundRecord::Record(Record::Folder(folder))),
        Err(NoCopy::Stopped(error)) => Err(error),
        Err(NoCopy::Contradiction(found)) => Ok(FoundRecord::Contradiction(found)),
        Err(NoCopy::NotSigned(what)) => {
            Progress::start("Mirroring", 0).say(&format!(
                "No copy is made: {what}. What is served is verified file by file, which says who is to blame."
            ));
            Record::open(place).map(FoundRecord::Record)
        }
    }
}

/// What is said instead of a report.
pub(crate) fn contradicted(found: &Contradiction, json: bool) -> Result<Outcome, Error> {
    Ok(Outcome::failed(if json {
        report::json(&serde_json::json!({
            "outcome": "contradiction",
            "sentence": found.sentence(),
            "contradiction": found,
        }))?
    } else {
        found.text()
    }))
}

/// What is said instead of a report of a folder that was written while it was read.
fn being_written(sentence: &str, json: bool) -> Result<Outcome, Error> {
    let text = match json {
        true => report::json(&serde_json::json!({ "outcome": "being-written", "sentence": sentence }))?,
        false => format!("{sentence}\n"),
    };
    Ok(Outcome { text, code: 2 })
}

/// Runs the command.
///
/// # Errors
/// [`enum@Error`] when there is nothing to verify.
pub fn run(args: &VerifyArgs) -> Result<Outcome, Error> {
    let record = match find(&args.record, args.mirror.as_deref())? {
        FoundRecord::Record(record) => record,
        FoundRecord::Contradiction(found) => return contradicted(&found, args.json),
    };
    let live = record.live(&args.record)?;
    let record = live.clone().filter(|_| args.live).map_or(record, Record::Live);
    let place = if args.no_resume { None } else { record.place() };
    let file = place.as_deref().and_then(ResumeFile::of);
    let options = Options::new(args.election, random::randomness()?);
    let audit = record.audit_with(options, file.as_ref(), Duration::from_millis(args.note_every))?;
    if let Some(file) = file {
        file.remove();
    }
    let report = &audit.report;
    let excuse = live.map(|live| live.excuse(report)).transpose()?.flatten();
    let text = match excuse {
        Some(excuse @ Excuse::Moved) => return being_written(excuse.sentence(), args.json),
        Some(excuse @ Excuse::OtherFiles) if !args.json => report::text_concluding(report, excuse.sentence()),
        _ if args.json => report::json(report)?,
        _ => report::text(report),
    };
    Ok(Outcome { text, code: report.exit_code() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_are_read_as_people_copy_them() {
        let plain = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
        let read = parse_fingerprint(plain).unwrap();
        assert_eq!(hex::encode(read.as_bytes()), plain);
        let spaced = " 00112233 44556677 8899AABB CCDDEEFF\n00112233 44556677 8899aabb ccddeeff";
        assert_eq!(parse_fingerprint(spaced).unwrap(), read);
        for wrong in ["", "00", &plain[1..], &format!("{plain}0"), &plain.replace('f', "g")] {
            assert!(parse_fingerprint(wrong).is_err(), "{wrong}");
        }
    }
}
