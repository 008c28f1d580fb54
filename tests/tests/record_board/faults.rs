//! Which check fails, in what order, and what ends the replay: section 12 of docs/protocol.md.

use serde_json::json;
use veche_crypto::signature::SecretKey;
use veche_record::entry::{CredentialEntry, Open};
use veche_record::{Entry, EntryKind};
use veche_tests::small::{SmallElection, manifest_json};
use veche_verify::{Check, Report, Status};

use crate::board::{Board, CLOSES, Files, NORTH, SOUTH, assert_fails, audit_files};

fn stranger() -> SecretKey {
    SecretKey::from_bytes(&SmallElection::voter(99).unwrap().secret()).unwrap()
}

/// The checks that fail, each with the entries it names.
fn named(report: &Report) -> Vec<(Check, Vec<Option<u64>>)> {
    let entries = report.failed().map(|failed| {
        let all = failed.failure.iter().chain(&failed.more_failures);
        (failed.check, all.map(|failure| failure.entry).collect())
    });
    entries.collect()
}

/// A credential that the registrar did not sign.
fn false_credential(board: &Board, voter: u64) -> CredentialEntry {
    let honest = board.credential(voter, NORTH);
    CredentialEntry::sign(&stranger(), &board.fingerprint(), honest.terms, None, honest.possession).unwrap()
}

/// The bytes with a point in place of R, or a scalar in place of z, that is none; counted from the end.
fn undecodable(mut bytes: Vec<u8>, from_end: usize) -> Vec<u8> {
    let at = bytes.len() - from_end;
    bytes[at..at + 32].fill(0xff);
    bytes
}

#[test]
fn a_false_credential_takes_its_place_and_what_ends_the_replay_is_named_too() {
    let mut board = Board::open();
    let credential = board.force(false_credential(&board, 4));
    let open = board.force(board.signed_open());
    // Nothing after it is looked at.
    board.force(false_credential(&board, 5));
    let report = board.audit();
    let expected = [(Check::Course, vec![Some(open)]), (Check::CredentialSignature, vec![Some(credential)])];
    assert_eq!(named(&report), expected, "{report}");
    assert_eq!(report.status(Check::Possession), Status::NotReached);
    assert_eq!(report.status(Check::Open), Status::Passed);
}

#[test]
fn a_false_signature_of_the_organiser_ends_the_replay() {
    let mut board = Board::of(&manifest_json());
    board.rehearse();
    let open = board.force(Open::sign(&stranger(), &board.fingerprint(), 1_777_622_400).unwrap());
    board.force(board.signed_open());
    assert_fails(&board.audit(), Check::Open, Some(open), "ballot box");
}

#[test]
fn of_one_entry_the_first_fault_is_named() {
    // The registrar has signed none of them: who has put them there is to blame.
    let fails = |entry: &dyn Fn(&Board) -> CredentialEntry, check| {
        let mut board = Board::open();
        let at = board.force(entry(&board));
        assert_fails(&board.audit(), check, Some(at), "ballot box");
    };
    let signed = |board: &Board, voter: u64, key: u64, style: u16, signer: &SecretKey| {
        let honest = board.credential_of(voter, key, style);
        CredentialEntry::sign(signer, &board.fingerprint(), honest.terms, None, honest.possession).unwrap()
    };
    // No style, a key of someone else, and a false signature.
    fails(&|board| signed(board, 4, 1, 9, &stranger()), Check::CredentialHolder);
    // A key of someone else, a second key, and a false signature.
    fails(&|board| signed(board, 2, 1, SOUTH, &stranger()), Check::CredentialKey);
    // A second key and a false signature.
    fails(&|board| signed(board, 2, 4, SOUTH, &stranger()), Check::CredentialHolder);
}

#[test]
fn both_signatures_of_a_credential_and_both_halves_of_a_ballot_are_judged() {
    let mut board = Board::open();
    // Another voter's proof of possession under a stranger's signature.
    let (honest, other) = (board.credential(4, NORTH), board.credential(5, NORTH));
    let twice =
        CredentialEntry::sign(&stranger(), &board.fingerprint(), honest.terms, None, other.possession);
    let twice = twice.unwrap();
    let credential = board.force(twice);
    let mut ballot = board.ballot(1, NORTH, 0);
    // The last scalar of the last section, then z of the signature.
    for from_end in [96, 32] {
        let at = ballot.len() - from_end;
        ballot[at] ^= 1;
    }
    let ballot = board.force_ballot(&ballot);
    let report = board.audit();
    let expected = [
        (Check::CredentialSignature, vec![Some(credential)]),
        (Check::Possession, vec![Some(credential)]),
        (Check::BallotSignature, vec![Some(ballot)]),
        (Check::BallotProof, vec![Some(ballot)]),
    ];
    assert_eq!(named(&report), expected, "{report}");
}

#[test]
fn what_has_no_encoding_fails_the_form_of_its_kind() {
    for from_end in [64, 32] {
        let mut board = Board::open();
        let credential = undecodable(Entry::from(board.credential(4, NORTH)).to_bytes(), from_end);
        let at = board.force_leaf(credential);
        assert_fails(&board.audit(), Check::Form, Some(at), "ballot box");

        let mut board = Board::open();
        let ballot = undecodable(board.ballot(1, NORTH, 0), from_end);
        let at = board.force_ballot(&ballot);
        assert_fails(&board.audit(), Check::BallotForm, Some(at), "ballot box");

        let mut board = Board::of(&manifest_json());
        let ballot = undecodable(board.small.rehearsal_ballot().unwrap().to_bytes(), from_end);
        let at = board.force_leaf(ballot);
        assert_fails(&board.audit(), Check::RehearsalBallot, Some(at), "ballot box");
    }
}

#[test]
fn attack_13_repeated_nonce_a_rehearsal_ballot_that_repeats_one_keeps_its_place() {
    let mut board = Board::of(&manifest_json());
    let ballot = board.small.rehearsal_ballot().unwrap();
    board.append(ballot.clone());
    let again = board.force(ballot);
    let close = board.force(board.signed_close());
    let report = board.audit();
    let expected = [(Check::Course, vec![Some(close)]), (Check::BallotNonce, vec![Some(again)])];
    assert_eq!(named(&report), expected, "{report}");
}

#[test]
fn attack_44_blocking_by_copied_alpha_a_false_rehearsal_ballot_makes_no_nonce_seen() {
    let mut board = Board::of(&manifest_json());
    let ballot = board.small.rehearsal_ballot().unwrap().to_bytes();
    let mut thief = ballot.clone();
    let z = thief.len() - 32;
    thief[z] ^= 1;
    let at = board.force_leaf(thief);
    board.force_leaf(ballot);
    assert_fails(&board.audit(), Check::BallotSignature, Some(at), "ballot box");
}

#[test]
fn a_failure_elsewhere_leaves_what_the_record_has_not_not_applicable() {
    let board = Board::finished();
    let mut files = board.files();
    files.insert("result.json".into(), b"{}".to_vec());
    let report = audit_files(&files, Some(board.fingerprint())).report;
    assert_fails(&report, Check::ResultFile, None, "publisher");
    for check in [Check::Revocation, Check::Restart, Check::Complaint] {
        assert_eq!(report.status(check), Status::NotApplicable, "{check}");
    }
    // A vote that is not finished may still have them.
    let report = Board::open().audit();
    for check in [Check::Revocation, Check::Restart, Check::Close, Check::ResultFile] {
        assert_eq!(report.status(check), Status::NotReached, "{check}");
    }
    assert_eq!(report.status(Check::Witnesses), Status::NotApplicable);
}

#[test]
fn what_was_not_judged_has_not_passed() {
    // A false result, and something after it that has no place: nobody knows that it would have been the last one.
    let mut board = Board::finished();
    let mut result = board.state.make_result().unwrap();
    result.groups[0].ballots += 1;
    board.force(result);
    let at = board.force(board.signed_close());
    let report = board.audit_as_it_is();
    assert_fails(&report, Check::Course, Some(at), "ballot box");
    assert_eq!(report.status(Check::Result), Status::NotReached, "{report}");

    let without = |path: &str| {
        let board = Board::finished();
        let mut files = board.files();
        assert!(files.remove(path).is_some(), "{path} is in {:?}", files.keys());
        let report = audit_files(&files, Some(board.fingerprint())).report;
        assert_fails(&report, Check::Files, None, "publisher");
        report
    };
    assert_eq!(without("result.json").status(Check::ResultFile), Status::NotApplicable);
    assert_eq!(without("tile/0/000.p/34").status(Check::Tiles), Status::NotApplicable);

    // The close is signed and its note is right, but it is too early: the entry that ends the replay has passed
    // nothing.
    let mut board = Board::open();
    let at = board.force(board.closed_at(CLOSES - 1));
    let report = board.audit_as_it_is();
    assert_fails(&report, Check::ClosingHour, Some(at), "organiser");
    assert_eq!(report.status(Check::Close), Status::NotReached, "{report}");
}

#[test]
fn a_board_without_keys_fails_the_fingerprint_only_where_nothing_else_fails() {
    let board = Board::founded(&manifest_json());
    assert_fails(&board.audit(), Check::Fingerprint, None, "caller");
    let mut files = board.files();
    files.insert("README".into(), Vec::new());
    let report = audit_files(&files, Some(board.fingerprint())).report;
    assert_fails(&report, Check::Files, None, "publisher");
    assert_eq!(report.status(Check::Fingerprint), Status::NotReached);
}

#[test]
fn attack_33_a_checkpoint_in_another_form_fails_before_anything_else_is_read() {
    let board = Board::open();
    let honest = board.files();
    let note = String::from_utf8(honest["checkpoint"].clone()).unwrap();
    let size = board.next().to_string();
    let sizes = [format!("0{size}"), format!("+{size}"), format!("{size} "), String::new(), "1e1".into()];
    let mut notes: Vec<String> =
        sizes.iter().map(|other| note.replacen(&format!("\n{size}\n"), &format!("\n{other}\n"), 1)).collect();
    notes.push(note.replacen(&format!("\n{size}\n"), "\n18446744073709551616\n", 1));
    notes.push(note.replacen("\n\n", "\nextension\n\n", 1));
    notes.push(note.trim_end().to_owned());
    notes.push(note.replacen("\u{2014} ", "- ", 1));
    for other in notes {
        assert_ne!(other, note);
        let mut files = Files::new();
        files.insert("manifest.json".into(), honest["manifest.json"].clone());
        files.insert("checkpoint".into(), other.into_bytes());
        let report = audit_files(&files, None).report;
        assert_fails(&report, Check::Checkpoint, None, "publisher");
        assert_eq!(report.status(Check::Witnesses), Status::NotApplicable);
    }
}

#[test]
fn a_ballot_that_fails_only_its_proof_takes_its_place() {
    let mut manifest = manifest_json();
    manifest["revote"] = json!(true);
    let mut board = Board::open_of(&manifest);
    let mut ballot = board.ballot(1, NORTH, 0);
    let at = ballot.len() - 96;
    ballot[at] ^= 1;
    let first = board.force_ballot(&ballot);
    // The state takes it over as an auditor's does, and the voter goes on after it.
    let leaf = board.leaves[first as usize].clone();
    assert_eq!(EntryKind::of(&leaf), Some(EntryKind::Ballot));
    board.state.restore(first, &leaf).unwrap();
    let next = board.ballot(1, NORTH, 1);
    board.force_ballot(&next);
    let report = board.audit();
    let expected = [(Check::BallotSignature, vec![Some(first)]), (Check::BallotProof, vec![Some(first)])];
    assert_eq!(named(&report), expected, "{report}");
}
