//! `veche receipt check`: whether a saved receipt holds, and whether the board still keeps what it says.

use std::path::Path;

use clap::{Args, Subcommand};
use serde::Serialize;
use thiserror::Error;
use veche_board::{Checkpoint, LogPublicKey, Origin, WitnessKey, Witnesses, WitnessesError};
use veche_crypto::hash::Digest;

use veche_verify::receipt::{self, Held, Shown, ShownError, Trail};

use crate::Outcome;
use crate::error::Error;
use crate::folder::Folder;
use crate::mirror::{self, NoCopy, Seen};
use crate::remote::is_address;
use crate::report;
use crate::verify::{contradicted, parse_fingerprint};

mod board;

use board::Look;

/// Checks the receipt of a ballot.
#[derive(Debug, Args)]
pub struct ReceiptArgs {
    #[command(subcommand)]
    command: ReceiptCommand,
}

#[derive(Debug, Subcommand)]
enum ReceiptCommand {
    Check(CheckArgs),
}

/// Says whether a receipt holds and whether its ballot is still on the board.
///
/// Without a record, offline: the ballot is the one that the receipt speaks of, it is under the checkpoint, and the log
/// with this key signed the checkpoint. With a record: the ballot is recorded there, was replaced by a later one, or is
/// missing; or the board has two pasts.
///
/// Exit code 0: the receipt holds, and the ballot is on the board; 1: it does not hold, or the board does not keep what
/// it signed; 2: there is nothing that can be read.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("whose").required(true).multiple(true).args(["record", "log_key"]))]
struct CheckArgs {
    /// The receipt as the voter's page saves it, or the address that its QR code holds.
    #[arg(value_name = "FILE|LINK")]
    receipt: String,
    /// The record: a folder, or an address, which is copied first as `veche verify` does.
    #[arg(long, value_name = "DIR|URL")]
    record: Option<String>,
    /// The log's key, as `veche mirror` prints it: NAME+ID+KEY.
    #[arg(long, value_name = "KEY", value_parser = parse_log_key)]
    log_key: Option<(Origin, LogPublicKey)>,
    /// The key of a witness whose cosignature the receipt must have, as the manifest names it. Where --record is given,
    /// the manifest there says which are needed
    #[arg(long, value_name = "KEY", value_parser = parse_witness_key, requires = "log_key", conflicts_with = "record")]
    witness: Vec<WitnessKey>,
    /// How many of the witnesses are needed; all where this is left out
    #[arg(long, value_name = "N", requires = "witness")]
    witnesses_needed: Option<usize>,
    /// The published fingerprint that the election must have (64 hexadecimal digits).
    #[arg(long, value_name = "HASH", value_parser = parse_fingerprint)]
    election: Option<Digest>,
    /// Print one JSON document.
    #[arg(long)]
    json: bool,
}

fn parse_log_key(text: &str) -> Result<(Origin, LogPublicKey), String> {
    LogPublicKey::from_vkey(text.trim()).map_err(|error| error.to_string())
}

fn parse_witness_key(text: &str) -> Result<WitnessKey, String> {
    WitnessKey::from_vkey(text.trim()).map_err(|error| error.to_string())
}

impl CheckArgs {
    /// The witnesses named here, where there is no record that names them.
    fn witnesses(&self) -> Result<Option<Witnesses>, ReceiptCommandError> {
        if self.witness.is_empty() {
            return Ok(None);
        }
        let needed = self.witnesses_needed.unwrap_or(self.witness.len());
        Ok(Some(Witnesses::new(needed, self.witness.clone())?))
    }
}

/// Why nothing can be said of a receipt.
#[derive(Debug, Error)]
pub enum ReceiptCommandError {
    /// Not a receipt.
    #[error("{name}: {source}")]
    Receipt {
        /// The file, or the beginning of the link.
        name: String,
        /// What is wrong with it.
        source: ShownError,
    },
    /// Witnesses that cannot be.
    #[error("--witness: {0}")]
    Witnesses(#[from] WitnessesError),
}

/// What is found out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Standing {
    /// It holds; the record was not asked.
    Holds,
    /// The ballot is on the board and stands.
    Recorded,
    /// The ballot is on the board and a later one counts.
    Replaced,
    /// The ballot is on the board, and its voter was struck off.
    StruckOff,
    /// The ballot is on the board, and so is a false entry about its voter.
    FalseEntry,
    /// The receipt itself is wrong.
    Wrong,
    /// It is of another election than was named, or than the record.
    OtherElection,
    /// The record is not what its checkpoint signs.
    RecordBroken,
    /// The record ends before the ballot, and the vote is open in it.
    RecordOlder,
    /// The board signed that it has the ballot, and has it no more.
    Missing,
    /// The ballot is there, and the board signed two pasts.
    Forked,
}

#[derive(Debug, Serialize)]
struct Finding {
    outcome: Standing,
    sentence: String,
    election: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    index: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    cast_at: Option<String>,
    /// What the entries after it say of its voter.
    #[serde(flatten)]
    trail: Trail,
    /// Where the organiser has cancelled the vote.
    #[serde(skip_serializing_if = "Option::is_none")]
    cancelled: Option<u64>,
    /// Other ballots with the same code.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    same_code: Vec<u64>,
    /// The receipt's checkpoint, once its signature is verified.
    #[serde(skip_serializing_if = "Option::is_none")]
    receipt: Option<Seen>,
    /// The record's.
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<Seen>,
}

/// Runs the command.
///
/// # Errors
/// [`enum@Error`] when there is nothing that can be read.
pub fn run(args: &ReceiptArgs) -> Result<Outcome, Error> {
    let ReceiptCommand::Check(args) = &args.command;
    let bytes = match is_address(&args.receipt) {
        true => args.receipt.clone().into_bytes(),
        false => crate::files::read(Path::new(&args.receipt))?,
    };
    let file = Shown::parse(&bytes).map_err(|source| ReceiptCommandError::Receipt {
        name: args.receipt.chars().take(80).collect(),
        source,
    })?;
    let (election, code, cast_at) = match &file {
        Shown::File(file) => (file.election.clone(), Some(file.code.clone()), Some(file.cast_at.clone())),
        Shown::Link(link) => (hex::encode(link.scope), None, None),
    };
    let mut finding = Finding {
        outcome: Standing::Wrong,
        sentence: String::new(),
        election,
        code,
        index: file.index(),
        cast_at,
        trail: Trail::default(),
        cancelled: None,
        same_code: Vec::new(),
        receipt: None,
        record: None,
    };
    if let Some(expected) = args.election.filter(|expected| !file.is_of(expected)) {
        finding.outcome = Standing::OtherElection;
        finding.sentence = format!("The receipt is of another election than the one you named, {expected}.");
        return finding.outcome(args.json);
    }
    match &args.record {
        None => offline(args, &file, args.witnesses()?.as_ref(), &mut finding),
        Some(place) => {
            let folder = match is_address(place) {
                false => Ok(Folder::open(Path::new(place))?),
                true => mirror::keep(place, None),
            };
            match folder {
                Ok(folder) => with_record(args, &file, &folder, &mut finding),
                Err(NoCopy::Stopped(error)) => return Err(error),
                Err(NoCopy::Contradiction(found)) => return contradicted(&found, args.json),
                Err(NoCopy::NotSigned(what)) => finding.broken(&what),
            }
        }
    }
    finding.outcome(args.json)
}

fn offline(args: &CheckArgs, file: &Shown, witnesses: Option<&Witnesses>, finding: &mut Finding) {
    let Some((origin, key)) = &args.log_key else { return };
    if let Some(seen) = finding.holds(file, origin, key, witnesses) {
        finding.outcome = Standing::Holds;
        let witnessed = match witnesses {
            Some(witnesses) => {
                format!(", and at least {} of the witnesses you named saw it", witnesses.needed())
            }
            None => String::new(),
        };
        finding.sentence = format!(
            "The receipt holds: the board {origin} signed that this ballot is entry {} of its first {}{witnessed}. Whether \
             it is still there is seen with --record.",
            finding.index, seen.checkpoint.size
        );
    }
}

fn with_record(args: &CheckArgs, file: &Shown, folder: &Folder, finding: &mut Finding) {
    // The size that the receipt's checkpoint states is good enough to look for; its signature is verified below.
    let then = match file {
        Shown::File(file) => crate::remote::stated_size(file.receipt.checkpoint.as_bytes()).unwrap_or(0),
        Shown::Link(link) => link.size,
    };
    let record = match board::look(folder, file.leaf_hash(), then) {
        Ok(record) => record,
        Err(what) => return finding.broken(&what),
    };
    finding.record = Some(Seen::new(&record.checkpoint, record.note.clone()));
    let fingerprint = record.election.fingerprint();
    let named = args
        .log_key
        .as_ref()
        .is_none_or(|(origin, key)| *origin == record.genesis.origin && *key == record.genesis.log_key);
    let expected = args.election.is_none_or(|expected| expected == fingerprint);
    if !file.is_of(&fingerprint) || !named || !expected {
        finding.outcome = Standing::OtherElection;
        finding.sentence =
            format!("This record is not of the election of the receipt: the record is of {fingerprint}.");
        return;
    }
    finding.election = fingerprint.to_string();
    let witnesses = record.election.manifest().witnesses();
    let held = finding.holds(file, &record.genesis.origin, &record.genesis.log_key, witnesses);
    let Some(held) = held else { return };
    if let Err(error) = file.check_ballot(&record.election) {
        return finding.wrong(&error);
    }
    if finding.code.is_none() {
        finding.code = record.code.map(|code| code.to_string());
    }
    finding.judge(&held.checkpoint, &record);
}

impl Finding {
    fn wrong(&mut self, why: &dyn std::fmt::Display) {
        self.outcome = Standing::Wrong;
        self.sentence = format!(
            "The receipt does not hold: {why}. The file was changed, or the ballot box gave a false receipt; it proves \
             nothing."
        );
    }

    fn broken(&mut self, what: &str) {
        self.outcome = Standing::RecordBroken;
        self.sentence = format!(
            "The record cannot be used: {what}. This says nothing about the receipt; veche verify says what is wrong \
             with the record, and who is to blame."
        );
    }

    /// Checks the receipt by itself.
    fn holds(
        &mut self,
        file: &Shown,
        origin: &Origin,
        key: &LogPublicKey,
        witnesses: Option<&Witnesses>,
    ) -> Option<Held> {
        match file.check(origin, key, witnesses) {
            Ok(held) => {
                self.receipt = Some(Seen::new(&held.checkpoint, held.receipt.checkpoint.clone()));
                Some(held)
            }
            Err(error) => {
                self.wrong(&error);
                None
            }
        }
    }

    /// What a record that was signed by the same key says of a receipt that holds.
    fn judge(&mut self, seen: &Checkpoint, record: &Look) {
        let (index, size) = (self.index, record.checkpoint.size);
        let acknowledged =
            format!("the board signed that this ballot is entry {index} of its first {}", seen.size);
        let trail = record.sighting.trail();
        self.trail = trail;
        self.cancelled = record.sighting.cancelled;
        self.same_code.clone_from(&record.sighting.same_code);
        let key = trail.key_replaced.map_or_else(String::new, |entry| {
            format!("Entry {entry} ends the key that it was cast with, because the voter came with another device. ")
        });
        (self.outcome, self.sentence) = match record.sighting.judge(index, seen) {
            receipt::Standing::Missing => {
                let sentence = format!(
                    "MISSING: {acknowledged}, and this record of {size} entries, signed by the same key, does not have \
                     it. It was taken away after it was acknowledged. Receipt and record together prove this to \
                     anyone: keep both, and show them to the organiser and to an observer."
                );
                (Standing::Missing, sentence)
            }
            receipt::Standing::Forked => {
                let sentence = format!(
                    "FORKED: {acknowledged}. This record of {size} entries, signed by the same key, has the ballot, \
                     but another past: no single history has both checkpoints. Receipt and record together prove this \
                     to anyone: keep both, and show them to the organiser and to an observer."
                );
                (Standing::Forked, sentence)
            }
            receipt::Standing::RecordOlder => {
                let sentence = format!(
                    "NOT IN THIS RECORD: {acknowledged}, and this record has only {size}. A newer copy has it: get the \
                     newest one. If the board itself now has so few entries, some were taken back, and the receipt \
                     proves it."
                );
                (Standing::RecordOlder, sentence)
            }
            receipt::Standing::Replaced => {
                let sentence = format!(
                    "Replaced: this ballot is entry {index} of the board, and entry {} is a later ballot of the same \
                     voter, which stands in its place. If you did not vote again, somebody else did: tell the \
                     organiser. {key}Whether the whole record is right, veche verify says.",
                    trail.replaced_by.unwrap_or_default()
                );
                (Standing::Replaced, sentence)
            }
            receipt::Standing::StruckOff => {
                let why =
                    if trail.voted_on_paper { "having voted on paper" } else { "not being entitled to vote" };
                let sentence = format!(
                    "STRUCK OFF: this ballot is entry {index} of the board, and entry {} strikes its voter off, for \
                     {why}: no ballot of theirs counts. If that is not true, tell the organiser. Whether the whole \
                     record is right, veche verify says.",
                    trail.struck_off.unwrap_or_default()
                );
                (Standing::StruckOff, sentence)
            }
            receipt::Standing::Recorded => {
                let sentence = format!(
                    "Recorded: this ballot is entry {index} of the board, and no later ballot of the same voter stands \
                     in its place. {key}Whether the whole record is right, veche verify says."
                );
                (Standing::Recorded, sentence)
            }
            _ => {
                let sentence = format!(
                    "FALSE ENTRY: this ballot is entry {index} of the board, and entry {} speaks of its voter without \
                     being signed by whoever may say it, or stands where it cannot. The board is false: veche verify \
                     says more. Show it to an observer.",
                    trail.false_entry.unwrap_or_default()
                );
                (Standing::FalseEntry, sentence)
            }
        };
    }

    fn outcome(&self, json: bool) -> Result<Outcome, Error> {
        let text = if json { report::json(self)? } else { self.text() };
        Ok(match self.outcome {
            Standing::Holds | Standing::Recorded | Standing::Replaced | Standing::StruckOff => {
                Outcome::passed(text)
            }
            _ => Outcome::failed(text),
        })
    }

    fn text(&self) -> String {
        let mut text = format!(
            "{}\n\nConfirmation code: {}\nEntry: {}\nCast, as the device says: {}\nFingerprint of the election\n{}\n",
            self.sentence,
            self.code.as_deref().unwrap_or("-"),
            self.index,
            self.cast_at.as_deref().unwrap_or("-"),
            self.election
        );
        if let Some(entry) = self.cancelled {
            text.push_str(&format!(
                "\nThe organiser has cancelled this vote, at entry {entry}: nothing is counted.\n"
            ));
        }
        if !self.same_code.is_empty() {
            let entries: Vec<_> = self.same_code.iter().map(u64::to_string).collect();
            text.push_str(&format!(
                "\nThis code stands for more than one ballot. The others are the entries {}. Show them to an observer.\n",
                entries.join(", ")
            ));
        }
        if matches!(self.outcome, Standing::Missing | Standing::Forked)
            && let (Some(receipt), Some(record)) = (&self.receipt, &self.record)
        {
            text.push_str(&format!(
                "\nThe receipt's checkpoint:\n{}\nThe record's checkpoint:\n{}",
                receipt.note, record.note
            ));
        }
        text
    }
}
