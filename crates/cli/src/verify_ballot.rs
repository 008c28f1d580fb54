//! `veche verify-ballot`: sealed ballots in, one JSON line each, and out whether each is right by itself.
//!
//! All that wait are verified as batches on all cores, which costs half of one after the other; a wrong ballot does not
//! harm its neighbours, and the check that it fails is named.

use std::io::{BufRead, Read as _, Write as _};
use std::path::PathBuf;
use std::sync::mpsc::sync_channel;

use clap::Args;
use rayon::prelude::*;
use serde_json::{Value, json};
use thiserror::Error;
use veche_board::{LogFile, decode_bundle, layout};
use veche_crypto::hash::Digest;
use veche_record::Election;
use veche_verify::source::stated_size;
use veche_verify::{BoardState, VerifiedBallot};

use crate::Outcome;
use crate::error::Error;
use crate::folder::{CHECKPOINT, Folder, MANIFEST};
use crate::keeper::line::{self, Fault, Fields, MAX_LINE, Refusal};
use crate::random;
use crate::verify::parse_fingerprint;

/// Lines that are read ahead: a window of them is verified together.
const WINDOW: usize = 4_096;
/// Ballots of one batch: more are hardly cheaper, and fewer leave cores idle.
pub const BATCH: usize = 128;

/// Verifies sealed ballots by themselves: form, signature and proofs. A JSON line on standard input is a ballot, and a
/// JSON line on standard output says whether it is right, in the same order.
///
/// In: {"id": 1, "ballot": "BASE64"}, and where they are known "credential" (the key in hexadecimal), "sequence" and
/// "previous", which the ballot must then carry. Out: {"id": 1, "ok": {"hash", "code", "credential", "sequence",
/// "previous"}}, or {"id": 1, "error": {"code", "fault", "message", "check"}}. Whether the voter may cast it only the
/// board says. Exits with 1 where a ballot is refused.
#[derive(Debug, Args)]
pub struct VerifyBallotArgs {
    /// A folder with the election's record: as much of it as was published.
    #[arg(long, value_name = "DIR")]
    election: PathBuf,
    /// The published fingerprint that the election must have.
    #[arg(long, value_name = "HASH", value_parser = parse_fingerprint)]
    fingerprint: Option<Digest>,
}

/// Why no ballot can be verified.
#[derive(Debug, Error)]
pub enum VerifyBallotError {
    /// The record has no election, or is none.
    #[error("{}: {why}", folder.display())]
    Record {
        /// The folder.
        folder: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// Another election.
    #[error("the record is of the election {found}, and {named} was named")]
    Other {
        /// What was named.
        named: Digest,
        /// What is there.
        found: Digest,
    },
    /// Nobody reads the answers.
    #[error("the answers cannot be written: {0}")]
    Write(std::io::Error),
}

/// Runs the command.
///
/// # Errors
/// [`enum@Error`].
pub fn run(args: &VerifyBallotArgs) -> Result<Outcome, Error> {
    let folder = Folder::open(&args.election)?;
    let election =
        election(&folder).map_err(|why| VerifyBallotError::Record { folder: args.election.clone(), why })?;
    let found = election.fingerprint();
    if let Some(named) = args.fingerprint.filter(|named| *named != found) {
        return Err(VerifyBallotError::Other { named, found }.into());
    }
    let (lines, waiting) = sync_channel(WINDOW);
    std::thread::spawn(move || {
        let mut input = std::io::stdin().lock();
        while let Some(line) = next_line(&mut input) {
            if lines.send(line).is_err() {
                return;
            }
        }
    });
    let mut out = std::io::stdout().lock();
    let mut refused = false;
    while let Ok(first) = waiting.recv() {
        let window: Vec<_> = std::iter::once(first).chain(waiting.try_iter().take(WINDOW - 1)).collect();
        let batch = BATCH.min(window.len().div_ceil(rayon::current_num_threads())).max(1);
        let answers: Vec<Vec<(String, bool)>> =
            window.par_chunks(batch).map(|lines| answer_all(&election, lines)).collect();
        for (answer, right) in answers.into_iter().flatten() {
            refused |= !right;
            writeln!(out, "{answer}").map_err(VerifyBallotError::Write)?;
        }
        out.flush().map_err(VerifyBallotError::Write)?;
    }
    let text = String::new();
    Ok(if refused { Outcome::failed(text) } else { Outcome::passed(text) })
}

/// The election of a record: as far as its entries make the keys.
///
/// # Errors
/// What is wrong with the record.
pub fn election(folder: &Folder) -> Result<Election, String> {
    let file = |path: &str| match folder.file(path) {
        Ok(Some(bytes)) => Ok(bytes),
        Ok(None) => Err(format!("{path} is missing")),
        Err(error) => Err(error.to_string()),
    };
    let mut state = BoardState::new(&file(MANIFEST)?).map_err(|error| error.to_string())?;
    let size = stated_size(&file(CHECKPOINT)?).ok_or_else(|| format!("{CHECKPOINT} states no size"))?;
    let mut index = 0u64;
    for bundle in layout(size) {
        let LogFile::Bundle(bundle) = bundle else { continue };
        let path = LogFile::Bundle(bundle).to_string();
        let bytes = file(&path)?;
        let entries = decode_bundle(&bytes, bundle.width().into());
        for entry in entries.map_err(|error| format!("{path}: {error}"))? {
            state.restore(index, entry).map_err(|failure| format!("entry {index}: {failure}"))?;
            if let Some(election) = state.election() {
                return Ok(Election::clone(election));
            }
            index += 1;
        }
    }
    Err("its trustees have not made the key yet".to_owned())
}

/// The next line without its end, or a refusal for one that is too long; nothing at the end.
fn next_line(input: &mut impl BufRead) -> Option<Result<Vec<u8>, Refusal>> {
    loop {
        let mut line = Vec::new();
        let most = MAX_LINE as u64 + 1;
        if input.take(most).read_until(b'\n', &mut line).unwrap_or(0) == 0 {
            return None;
        }
        if line.last() != Some(&b'\n') && line.len() > MAX_LINE {
            // The rest of it is read and forgotten.
            while line.last().is_some_and(|last| *last != b'\n') {
                line.clear();
                let _ = input.take(1 << 20).read_until(b'\n', &mut line);
            }
            return Some(Err(line::too_long()));
        }
        if !line.trim_ascii().is_empty() {
            return Some(Ok(line));
        }
    }
}

/// A ballot to be verified, and what it must carry.
struct Asked {
    id: Value,
    credential: Option<[u8; 32]>,
    sequence: Option<u64>,
    previous: Option<[u8; 32]>,
}

fn read(line: &[u8]) -> Result<(Asked, Vec<u8>), (Value, Refusal)> {
    let (id, mut fields) = line::object(line)?;
    let mut read = || {
        let ballot = fields.bytes("ballot")?;
        let asked = Asked {
            id: id.clone(),
            credential: fields.optional("credential", Fields::hex)?,
            sequence: fields.optional("sequence", Fields::number)?,
            previous: fields.optional("previous", Fields::hex)?,
        };
        fields.finish()?;
        Ok((asked, ballot))
    };
    read().map_err(|refusal| (id.clone(), refusal))
}

/// Verifies the ballots of some lines as one batch. Each answer comes with whether the ballot is right.
fn answer_all(election: &Election, lines: &[Result<Vec<u8>, Refusal>]) -> Vec<(String, bool)> {
    let (mut asked, mut ballots) = (Vec::with_capacity(lines.len()), Vec::with_capacity(lines.len()));
    for line in lines {
        let line = line.as_ref().map_err(|refusal| (Value::Null, refusal.clone()));
        asked.push(line.and_then(|line| read(line)).map(|(asked, ballot)| {
            ballots.push(ballot);
            asked
        }));
    }
    let verified = match random::randomness() {
        Ok(fresh) => VerifiedBallot::verify_all(election, &ballots, &fresh),
        Err(_) => Vec::new(),
    };
    let mut verified = verified.into_iter();
    let answers = asked.into_iter().map(|asked| match asked {
        Err((id, refusal)) => (id, Err(refusal)),
        Ok(asked) => {
            let dead = || Refusal::new("server-fault", Fault::Server, "This machine gives no randomness.");
            let verified =
                verified.next().ok_or_else(dead).and_then(|verified| verified.map_err(Refusal::from));
            let answer = verified.and_then(|verified| carries(&asked, &verified));
            (asked.id, answer)
        }
    });
    answers.map(|(id, answer)| (line::answer(&id, &answer), answer.is_ok())).collect()
}

/// What a ballot says, where that is what it must say.
fn carries(asked: &Asked, verified: &VerifiedBallot) -> Result<Value, Refusal> {
    let ballot = verified.ballot();
    let header = ballot.header();
    let other = |name, carried: String| {
        let why = format!("The ballot carries another `{name}`: {carried}.");
        Err(Refusal::new("other-place", Fault::Ballot, why).with("field", name))
    };
    let key = header.credential.to_bytes();
    if asked.credential.is_some_and(|named| named != key) {
        return other("credential", hex::encode(key));
    }
    if asked.sequence.is_some_and(|named| named != u64::from(header.sequence)) {
        return other("sequence", header.sequence.to_string());
    }
    if asked.previous.is_some_and(|named| named != *header.previous.as_bytes()) {
        return other("previous", header.previous.to_string());
    }
    Ok(json!({
        "hash": ballot.hash().to_string(),
        "code": ballot.code().to_string(),
        "credential": hex::encode(key),
        "sequence": header.sequence,
        "previous": header.previous.to_string(),
    }))
}
