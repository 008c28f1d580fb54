//! Sealed ballots that their voters had opened instead of casting them.

use veche_crypto::hash::Digest;
use veche_crypto::signature::SecretKey;
use veche_record::Entry;
use veche_record::entry::{Challenged, RevocationReason, Signed};
use veche_tests::small::SmallElection;
use veche_verify::{Check, Outcome, Status};

use crate::board::{Board, NORTH, SOUTH, assert_fails, assert_passes, fresh, pseudonym};

/// That the key number `key` has challenged a ballot.
fn challenged(board: &Board, key: u64, sequence: u32, code: Digest) -> Signed<Challenged> {
    signed_by(board, key, Challenged { key: SmallElection::voter(key).unwrap().key(), sequence, code })
}

fn signed_by(board: &Board, signer: u64, content: Challenged) -> Signed<Challenged> {
    let holder = SmallElection::voter(signer).unwrap();
    let secret = SecretKey::from_bytes(&holder.secret()).unwrap();
    Signed::new(content, &secret, &board.fingerprint()).unwrap()
}

/// The code of a voter's next ballot under the key number `key`, and the ballot.
fn sealed(board: &Board, voter: u64, key: u64, style: u16, choice: usize) -> (Digest, Vec<u8>) {
    let status = board.state.voter(&pseudonym(voter)).unwrap();
    let sealed = board.small.revote(style, key, choice, status.sequence, status.previous).unwrap();
    (sealed.code.digest(), sealed.bytes)
}

fn code(number: u8) -> Digest {
    Digest::from_bytes([number; 32])
}

#[test]
fn attack_73_a_challenged_ballot_is_never_cast_under_its_key() {
    let mut board = Board::open();
    let (code, ballot) = sealed(&board, 1, 1, NORTH, 0);
    board.append(challenged(&board, 1, 0, code));
    assert!(board.cast(&ballot).is_err());
    let at = board.force_ballot(&ballot);
    assert_fails(&board.audit(), Check::Challenged, Some(at), &pseudonym(1).to_string());
}

#[test]
fn attack_52_a_challenged_ballot_that_its_voter_has_not_signed_names_no_voter() {
    let mut board = Board::open();
    let (code, mut ballot) = sealed(&board, 1, 1, NORTH, 0);
    board.append(challenged(&board, 1, 0, code));
    // The last byte but one of the signature's z: the header and the code are the voter's.
    let z = ballot.len() - 2;
    ballot[z] ^= 1;
    let at = board.force_ballot(&ballot);
    assert_fails(&board.audit(), Check::Challenged, Some(at), "the ballot box");
}

#[test]
fn attack_73_a_challenge_blocks_nobody_elses_ballot_and_counts_for_nothing() {
    let mut board = Board::open();
    let (other, ballot) = sealed(&board, 2, 2, SOUTH, 1);
    // Voter 1 challenges the code of voter 2's ballot, which is cast all the same.
    board.append(challenged(&board, 1, 0, other));
    board.cast(&ballot).unwrap();
    // A challenge raises no sequence: the next ballot is the first.
    let (own, first) = sealed(&board, 1, 1, NORTH, 0);
    assert_ne!(own, other);
    board.cast(&first).unwrap();
    board.append(challenged(&board, 1, 1, code(9)));
    board.append(board.signed_close());
    board.fix_sums();
    board.finish();
    let report = board.audit();
    assert_passes(&report, Outcome::Verified);
    assert_eq!(report.status(Check::Challenged), Status::Passed);
    assert_eq!(report.tallies.unwrap().contests[0].ballots, 2);
}

#[test]
fn a_challenge_blocks_the_code_under_its_own_key_only() {
    let mut board = Board::open();
    board.append(challenged(&board, 1, 0, code(1)));
    board.append(board.handover(1, 1, 11, NORTH));
    // The same voter's next key may challenge the same code, and 8 are for all keys of the voter together.
    for number in 1..=7 {
        board.append(challenged(&board, 11, 0, code(number)));
    }
    let at = board.force(challenged(&board, 11, 0, code(8)));
    assert_fails(&board.audit(), Check::Challenged, Some(at), "the ballot box");
}

#[test]
fn attack_73_a_challenge_is_signed_by_an_active_key_for_its_next_ballot_and_made_once() {
    // Where it stands no voter has signed: the ballot box is to blame for all of them.
    let spoilt = |board: &Board, entry: Signed<Challenged>| {
        let mut spoilt = Board::open();
        for leaf in board.leaves.iter().skip(spoilt.leaves.len()) {
            match Entry::parse(leaf).unwrap() {
                Entry::Ballot(ballot) => drop(spoilt.cast(&ballot).unwrap()),
                entry => spoilt.append(entry),
            }
        }
        assert!(spoilt.state.admit_entry(&entry.clone().into(), &fresh()).is_err());
        let at = spoilt.force(entry);
        assert_fails(&spoilt.audit(), Check::Challenged, Some(at), "the ballot box");
    };
    let mut board = Board::open();
    board.vote(1, NORTH, 0);
    // By nobody's key, by another key than it names, before and beyond the next ballot.
    spoilt(&board, challenged(&board, 50, 0, code(1)));
    let named = *challenged(&board, 1, 1, code(1));
    spoilt(&board, signed_by(&board, 2, named));
    spoilt(&board, challenged(&board, 1, 0, code(1)));
    spoilt(&board, challenged(&board, 1, 2, code(1)));
    // Twice: a box that repeats a voter's word would use up what the voter has.
    board.append(challenged(&board, 1, 1, code(1)));
    spoilt(&board, challenged(&board, 1, 1, code(1)));
    board.append(board.revocation(1, 1));
    spoilt(&board, challenged(&board, 1, 1, code(2)));

    let mut off = Board::open();
    off.struck(1, 1, RevocationReason::NotEntitled);
    let at = off.force(challenged(&off, 1, 0, code(1)));
    assert_fails(&off.audit(), Check::StruckOff, Some(at), "the ballot box");
    for mut late in [Board::closed(), Board::of(&veche_tests::small::manifest_json())] {
        let at = late.force(challenged(&late, 1, 1, code(1)));
        assert_fails(&late.audit(), Check::Course, Some(at), "ballot box");
    }
}
