//! Boards whose manifest names witnesses.

use serde_json::{Value, json};
use veche_board::{Checkpoint, LogKey, Origin, SignedCheckpoint, WitnessKey, cosign};
use veche_tests::closing::{witness_key, witness_name};
use veche_tests::small::manifest_json;
use veche_verify::{Check, Outcome, Report, Status};

use crate::board::{Board, Files, assert_fails, assert_passes, audit_files, log_files_as_they_are};

const TIME: u64 = 1_795_000_000;

fn name(number: u64) -> Origin {
    witness_name(number).unwrap()
}

fn key(number: u64) -> LogKey {
    witness_key(number)
}

/// Two of three witnesses are needed.
pub fn manifest() -> Value {
    let vkey = |number| WitnessKey::new(name(number), key(number).public()).to_vkey();
    let mut manifest = manifest_json();
    manifest["witnesses"] = json!({"needed": 2, "keys": [vkey(1), vkey(2), vkey(3)]});
    manifest
}

fn finished() -> Board {
    let mut board = Board::closed_of(&manifest());
    board.fix_sums();
    board.finish();
    board
}

/// The checkpoint as the log alone has signed it.
fn checkpoint(board: &Board, files: &Files) -> Checkpoint {
    let genesis = &board.small.genesis;
    SignedCheckpoint::open(&files["checkpoint"], &genesis.log_key, &genesis.origin).unwrap()
}

fn report(board: &Board, lines: &[String]) -> Report {
    let mut files = board.files();
    lines.iter().for_each(|line| files.get_mut("checkpoint").unwrap().extend_from_slice(line.as_bytes()));
    audit_files(&files, Some(board.fingerprint())).report
}

/// The report on a board as it is, under a checkpoint that two witnesses have seen.
pub fn report_as_it_is(board: &Board) -> Report {
    let mut files = board.files();
    files.extend(log_files_as_they_are(&board.small, &board.small.log_key, &board.leaves));
    let seen = checkpoint(board, &files);
    for number in [1, 2] {
        let line = cosign(&seen, &name(number), &key(number), TIME);
        files.get_mut("checkpoint").unwrap().extend_from_slice(line.as_bytes());
    }
    audit_files(&files, Some(board.fingerprint())).report
}

#[test]
fn a_checkpoint_that_too_few_witnesses_saw_is_refused() {
    let board = finished();
    let seen = checkpoint(&board, &board.files());
    let line = |number| cosign(&seen, &name(number), &key(number), TIME);
    for lines in [vec![], vec![line(2)], vec![line(3), line(4)]] {
        let report = report(&board, &lines);
        assert_fails(&report, Check::Witnesses, None, "publisher");
        assert!(report.to_string().contains("2 must have"), "{report}");
    }
}

#[test]
fn a_checkpoint_that_enough_witnesses_saw_passes() {
    let board = finished();
    let seen = checkpoint(&board, &board.files());
    let line = |number| cosign(&seen, &name(number), &key(number), TIME);
    for lines in [vec![line(1), line(2)], vec![line(3), line(1)], vec![line(2), line(4), line(1), line(3)]] {
        let report = report(&board, &lines);
        assert_passes(&report, Outcome::Verified);
        assert_eq!(report.status(Check::Witnesses), Status::Passed);
    }
}

#[test]
fn a_false_cosignature_is_refused_even_beside_enough() {
    let board = finished();
    let seen = checkpoint(&board, &board.files());
    let line = |number| cosign(&seen, &name(number), &key(number), TIME);
    let older = Checkpoint { size: seen.size - 1, ..seen.clone() };
    for bad in [line(1), cosign(&older, &name(3), &key(3), TIME)] {
        let report = report(&board, &[line(1), line(2), bad]);
        assert_fails(&report, Check::Witnesses, None, "publisher");
    }
}

#[test]
fn an_unfinished_board_needs_its_witnesses_too() {
    let mut board = Board::founded(&manifest());
    let refused = report(&board, &[]);
    assert_fails(&refused, Check::Witnesses, None, "publisher");
    let entry = board.small.ceremony[0].clone();
    board.append(entry);
    let seen = checkpoint(&board, &board.files());
    let line = |number| cosign(&seen, &name(number), &key(number), TIME);
    let mut files = board.files();
    files.get_mut("checkpoint").unwrap().extend_from_slice((line(1) + &line(3)).as_bytes());
    let report = audit_files(&files, None).report;
    assert_passes(&report, Outcome::NotFinished);
}

#[test]
fn a_board_without_witnesses_needs_none() {
    let report = Board::closed().audit();
    assert_passes(&report, Outcome::NotFinished);
    assert_eq!(report.status(Check::Witnesses), Status::NotApplicable);
}
