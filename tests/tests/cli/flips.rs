//! Whichever bit of a record is flipped, the verifier notices, and says where.

use std::time::Instant;

use rayon::prelude::*;
use veche_board::LogFile;
use veche_cli::folder::{CHECKPOINT, MANIFEST, MemoryRecord, RESULT};
use veche_verify::report::Report;
use veche_verify::{RecordSource, SourceError};

use crate::support::{hold, report, run, sample, veche, write};

/// A record with one bit of one file flipped.
struct Flipped<'a> {
    record: &'a MemoryRecord,
    path: &'a str,
    bit: usize,
}

impl RecordSource for Flipped<'_> {
    fn files(&self) -> Result<Vec<String>, SourceError> {
        self.record.files()
    }

    fn file(&self, path: &str) -> Result<Option<Vec<u8>>, SourceError> {
        let mut bytes = self.record.file(path)?;
        if path == self.path
            && let Some(byte) = bytes.as_mut().and_then(|bytes| bytes.get_mut(self.bit / 8))
        {
            *byte ^= 1 << (self.bit % 8);
        }
        Ok(bytes)
    }
}

/// What must be said about a flip: that something failed, why, and for a bit of an entry, which entry it is in.
fn judge(record: &MemoryRecord, path: &str, bit: usize, report: &Report) -> Result<(), String> {
    let code = report.exit_code();
    if code == 2 {
        return Ok(());
    }
    let failed: Vec<_> =
        report.failed().map(|check| (check.check.number(), check.failure.as_ref().unwrap())).collect();
    if code != 1 || failed.is_empty() {
        return Err(format!("{path} bit {bit}: exit {code}"));
    }
    if failed.iter().any(|(_, failure)| failure.detail.is_empty() || failure.culprit.is_empty()) {
        return Err(format!("{path} bit {bit}: no reason or no culprit"));
    }
    let numbers: Vec<u8> = failed.iter().map(|(number, _)| *number).collect();
    let named = match path.parse() {
        Ok(LogFile::Bundle(bundle)) => match entry_at(&record.files[path], bit / 8) {
            Some(position) => {
                let entry = bundle.start() + position;
                let named = failed.iter().any(|(_, failure)| failure.entry == Some(entry));
                // With another key or name in the first entry, the checkpoint is nobody's.
                named || (entry == 0 && numbers == [4])
            }
            // A length in front of an entry: everything behind it moves.
            None => true,
        },
        Ok(LogFile::Tile(_)) => numbers == [6],
        Ok(LogFile::Checkpoint) => numbers.iter().all(|number| [1, 4].contains(number)),
        Err(_) if path == RESULT => numbers == [31],
        Err(_) if path == MANIFEST => numbers.iter().all(|number| [2, 3].contains(number)),
        Err(_) => false,
    };
    if named { Ok(()) } else { Err(format!("{path} bit {bit}: {failed:?}")) }
}

/// The entry of a bundle that a byte lies in, counted from 0; nothing for the bytes of its length.
fn entry_at(bundle: &[u8], byte: usize) -> Option<u64> {
    let (mut start, mut position) = (0, 0);
    while start < bundle.len() {
        let end = start + 2 + usize::from(u16::from_be_bytes([bundle[start], bundle[start + 1]]));
        if byte < end {
            return (byte >= start + 2).then_some(position);
        }
        (start, position) = (end, position + 1);
    }
    None
}

fn flip_all(record: &MemoryRecord, bits: &[(&str, usize)]) -> usize {
    assert_eq!(report(record).exit_code(), 0, "the record is honest");
    let judge_one = |(path, bit): &(&str, usize)| {
        judge(record, path, *bit, &report(&Flipped { record, path, bit: *bit })).err()
    };
    let wrong: Vec<String> = bits.par_iter().filter_map(judge_one).collect();
    assert!(
        wrong.is_empty(),
        "{} of {} flips: {:#?}",
        wrong.len(),
        bits.len(),
        &wrong[..wrong.len().min(20)]
    );
    bits.len()
}

#[test]
#[ignore = "takes long: `cargo xtask test --all` does it"]
fn every_bit_of_a_record_of_three_ballots() {
    flip_every(1);
}

#[test]
fn a_bit_of_every_byte_of_a_record_of_three_ballots() {
    // Every byte is met, and every position within a byte.
    flip_every(7);
}

/// Flips every so many bits of a record.
fn flip_every(step: usize) {
    let began = Instant::now();
    let (_, held) = hold(&[sample("mirogrod_2026_.pb")], Some(3));
    let record = &held.store;
    assert_eq!(report(record).ballots, 3);
    let bits: Vec<(&str, usize)> = record
        .files
        .iter()
        .flat_map(|(path, bytes)| (0..bytes.len() * 8).step_by(step).map(move |bit| (path.as_str(), bit)))
        .collect();
    let flips = flip_all(record, &bits);
    println!("{flips} flips in {:.0?}", began.elapsed());
}

#[test]
fn bits_of_a_record_with_ranges_and_packed_slots() {
    let (_, held) = hold(&[sample("mirogrod_2026_rynek.pb")], None);
    flip_sampled(&held.store, 200);
}

/// Bits spread evenly over every file of a record.
pub fn sampled(record: &MemoryRecord, of_each_file: usize) -> Vec<(&str, usize)> {
    record
        .files
        .iter()
        .flat_map(|(path, bytes)| {
            let all = bytes.len() * 8;
            // An odd step meets every bit position of a byte.
            let step = (all / of_each_file).max(1) | 1;
            (0..all).step_by(step).map(move |bit| (path.as_str(), bit))
        })
        .collect()
}

pub fn flip_sampled(record: &MemoryRecord, of_each_file: usize) -> usize {
    flip_all(record, &sampled(record, of_each_file))
}

#[test]
fn a_few_bits_through_the_binary() {
    let (_, held) = hold(&[sample("mirogrod_2026_.pb")], Some(3));
    let scratch = tempfile::tempdir().unwrap();
    let honest = scratch.path().join("honest");
    write(&held.store, &honest);
    let (code, text, errors) = run(veche().arg("verify").arg(&honest));
    assert_eq!((code, errors.as_str()), (0, ""), "{text}");
    assert!(text.contains("consistent; compare this fingerprint with the published one"), "{text}");
    for (number, (path, bit)) in sampled(&held.store, 2).into_iter().enumerate() {
        let mut record = held.store.clone();
        record.files.get_mut(path).unwrap()[bit / 8] ^= 1 << (bit % 8);
        let folder = scratch.path().join(number.to_string());
        write(&record, &folder);
        let (code, text, _) = run(veche().arg("verify").arg(&folder));
        assert!(
            code == 1 && text.contains("FAILED") && text.contains("who is to blame: "),
            "{path} {bit}: {code} {text}"
        );
    }
}

#[test]
fn white_space_of_the_result_file_is_free_and_nothing_else_is() {
    let (_, held) = hold(&[sample("mirogrod_2026_.pb")], Some(3));
    let mut record = held.store;
    let text = String::from_utf8(record.files[RESULT].clone()).unwrap();
    let mut with = |result: &str| {
        record.files.insert(RESULT.to_owned(), result.as_bytes().to_vec());
        report(&record).exit_code()
    };
    assert_eq!(with(&text.replace(',', ",\n\t ")), 0);
    assert_eq!(with(text.trim_end()), 0);
    for wrong in [
        text.replace("\"total\":3", "\"total\":2"),
        text.replace("\"total\":3", "\"total\":3.0"),
        text.replace("\"total\":3", "\"total\":\"3\""),
        text.replace("\"ballots\":3", "\"ballots\":3,\"ballots\":3"),
        text.replace("\"ballots\":3", "\"ballots\":3,\"note\":1"),
        format!("{text}{text}"),
        String::new(),
    ] {
        assert_eq!(with(&wrong), 1, "{wrong}");
    }
    record.files.remove(CHECKPOINT);
    assert_ne!(report(&record).exit_code(), 0);
}
