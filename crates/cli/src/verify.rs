//! `veche verify`: the whole record, recomputed from its files by anyone, offline, without trusting anyone.

use std::path::Path;

use clap::Args;
use veche_crypto::hash::Digest;
use veche_verify::{Audit, RecordSource, audit};

use crate::Outcome;
use crate::error::Error;
use crate::folder::{Folder, MemoryRecord};
use crate::progress::Progress;
use crate::remote::{Remote, is_address};
use crate::{random, report};

/// Checks a whole record.
///
/// Exit code 0: everything passed; 1: a check failed, and the report says which one and who is to blame; 2: there is
/// nothing to read.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// The record: a folder, or an address such as https://town.example/record/.
    #[arg(value_name = "DIR|URL")]
    record: String,
    /// The published fingerprint that the election must have (64 hexadecimal digits).
    #[arg(long, value_name = "HASH", value_parser = parse_fingerprint)]
    election: Option<Digest>,
    /// Print one JSON document instead of the report.
    #[arg(long)]
    json: bool,
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
    /// Fetched from an address.
    Memory(MemoryRecord),
}

impl Record {
    /// Finds a record in a folder, or fetches it.
    ///
    /// # Errors
    /// When there is no such folder, or nobody answers.
    pub fn open(place: &str) -> Result<Self, Error> {
        if !is_address(place) {
            return Ok(Self::Folder(Folder::open(Path::new(place))?));
        }
        let progress = Progress::start("Fetching the record", 0);
        Ok(Self::Memory(Remote::new(place)?.record(|done, of| progress.reached(done, of))?))
    }

    /// Verifies it.
    ///
    /// # Errors
    /// When the platform gives no randomness.
    pub fn audit(&self, expected: Option<Digest>) -> Result<Audit, Error> {
        match self {
            Self::Folder(folder) => audit_shown(folder, expected),
            Self::Memory(memory) => audit_shown(memory, expected),
        }
    }
}

/// Verifies a record, with a bar on a terminal.
///
/// # Errors
/// When the platform gives no randomness.
pub fn audit_shown(source: &impl RecordSource, expected: Option<Digest>) -> Result<Audit, Error> {
    let progress = Progress::start("Verifying", 0);
    Ok(audit(source, expected, &random::fresh()?, |done, of| progress.reached(done, of)))
}

/// Runs the command.
///
/// # Errors
/// [`enum@Error`] when there is nothing to verify.
pub fn run(args: &VerifyArgs) -> Result<Outcome, Error> {
    let record = Record::open(&args.record)?;
    let audit = record.audit(args.election)?;
    let text = if args.json { report::json(&audit.report)? } else { report::text(&audit.report) };
    Ok(Outcome { text, code: audit.report.exit_code() })
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
