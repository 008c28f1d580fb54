//! What a ballot box is told before it writes.

use veche_crypto::hash::Digest;
use veche_crypto::signature::SecretKey;
use veche_record::ballot::{Ballot, MAX_BALLOT_LEN, SIGNATURE_LEN};
use veche_record::entry::ClosingKind;
use veche_tests::closing::Sealer;
use veche_tests::small::{SmallElection, manifest_json, moved};
use veche_verify::{Applied, Check, Course, Culprit, Refusal, VerifiedBallot};

use crate::board::{Board, CLOSES, NORTH, SOUTH, fresh, pseudonym};

#[test]
fn the_same_bytes_again_are_the_same_entry() {
    let mut board = Board::open();
    let ballot = board.ballot(1, NORTH, 0);
    let index = board.cast(&ballot).unwrap();
    assert_eq!(board.cast(&ballot), Err(Refusal::AlreadyRecorded { index }));
    // Another ballot replaces it. Whose entry it was is for whoever keeps all ballots to say.
    let last = board.ballot(1, NORTH, 1);
    let index = board.cast(&last).unwrap();
    assert!(matches!(board.cast(&ballot), Err(Refusal::SequenceBehind { sequence: 2, .. })));
    assert_eq!(board.cast(&last), Err(Refusal::AlreadyRecorded { index }));
    // Also when the vote is closed.
    board.append(board.signed_close());
    assert_eq!(board.cast(&last), Err(Refusal::AlreadyRecorded { index }));
    assert_eq!(board.cast(&ballot), Err(Refusal::Closed));
    assert_eq!(board.state.ballots(), 2);
}

#[test]
fn the_same_ballot_under_another_signature_is_refused() {
    let mut board = Board::open();
    let ballot = board.ballot(1, NORTH, 0);
    board.cast(&ballot).unwrap();
    let mut other = ballot.clone();
    // A well-formed signature by the same key, over something else.
    let key = SecretKey::from_bytes(&SmallElection::voter(1).unwrap().secret()).unwrap();
    let at = other.len() - SIGNATURE_LEN;
    other[at..].copy_from_slice(&key.sign("another", b"message").unwrap().to_bytes());
    let status = board.state.voter(&pseudonym(1)).unwrap();
    let behind = Refusal::SequenceBehind { sequence: 1, previous: status.previous };
    assert_eq!(board.cast(&other), Err(behind));
}

#[test]
fn each_refusal_says_what_the_voter_can_do() {
    let mut board = Board::of(&manifest_json());
    board.register(1, NORTH);
    let early = board.ballot(1, NORTH, 0);
    assert_eq!(board.cast(&early), Err(Refusal::NotOpen));
    board.rehearse();
    board.append(board.signed_open());
    assert_eq!(
        board.cast(&board.small.ballot(NORTH, 50, 0).unwrap().bytes.clone()),
        Err(Refusal::CredentialUnknown)
    );
    board.cast(&early).unwrap();

    let late = board.small.ballot(NORTH, 1, 1).unwrap().bytes;
    let status = board.state.voter(&pseudonym(1)).unwrap();
    let behind = Refusal::SequenceBehind { sequence: status.sequence, previous: status.previous };
    assert_eq!(status.sequence, 1);
    assert_eq!(board.cast(&late), Err(behind));

    let next = board.ballot(1, NORTH, 1);
    board.append(board.revocation(1, 1));
    assert_eq!(board.cast(&next), Err(Refusal::CredentialRevoked));
    let key = SmallElection::voter(1).unwrap().key();
    assert!(!board.state.credential(&key).unwrap().active);
    board.append(board.signed_close());
    assert_eq!(board.cast(&board.small.ballot(NORTH, 50, 0).unwrap().bytes.clone()), Err(Refusal::Closed));
}

#[test]
fn a_sequence_or_a_previous_ballot_that_makes_no_sense_is_refused_and_says_what_comes_next() {
    let mut board = Board::open();
    board.vote(1, NORTH, 0);
    let status = board.state.voter(&pseudonym(1)).unwrap();
    let (sequence, previous) = (status.sequence, status.previous);
    let next = Refusal::SequenceBehind { sequence, previous };
    let elsewhere = Digest::from_bytes([7; 32]);
    for (sequence, previous) in [(2, previous), (5, elsewhere), (1, elsewhere), (u32::MAX, previous)] {
        let ballot = board.small.revote(NORTH, 1, 1, sequence, previous).unwrap().bytes;
        assert_eq!(board.cast(&ballot), Err(next.clone()), "{sequence} after {previous}");
    }
    // What no ballot can be is not even sealed.
    let sealed = board.ballot(1, NORTH, 1);
    let voter = SmallElection::voter(1).unwrap();
    for (sequence, previous) in [(0, previous), (1, Digest::ZERO)] {
        assert!(board.small.revote(NORTH, 1, 1, sequence, previous).is_err());
        let ballot = moved(&board.small.election, &voter, &sealed, sequence, previous).unwrap();
        assert_eq!(board.cast(&ballot), Err(next.clone()), "{sequence} after {previous}");
    }
    assert_eq!(board.state.voter(&pseudonym(1)).unwrap().sequence, 1);
    board.vote(1, NORTH, 1);
}

#[test]
fn attack_34_a_body_beyond_every_ballot_is_refused_before_it_is_decoded() {
    let mut board = Board::open();
    assert_eq!(board.cast(&vec![1; MAX_BALLOT_LEN + 1]), Err(Refusal::TooLarge));
    let election = board.small.election.clone();
    let refusal = VerifiedBallot::verify(&election, &vec![1; MAX_BALLOT_LEN + 1], &fresh()).unwrap_err();
    assert_eq!(refusal, Refusal::TooLarge);
}

#[test]
fn a_refused_ballot_changes_nothing() {
    let mut board = Board::open();
    let mut ballot = board.ballot(1, NORTH, 0);
    let honest = ballot.clone();
    let last = ballot.len() - 1;
    ballot[last] ^= 1;
    for _ in 0..2 {
        match board.cast(&ballot).unwrap_err() {
            Refusal::Invalid(failure) => assert_eq!(failure.check, Check::BallotSignature),
            other => panic!("{other}"),
        }
    }
    board.cast(&honest).unwrap();
}

#[test]
fn verifying_apart_from_the_board_comes_to_the_same() {
    let mut board = Board::open();
    let ballot = board.ballot(2, SOUTH, 2);
    let verified = VerifiedBallot::verify(&board.small.election, &ballot, &fresh()).unwrap();
    assert_eq!(verified.ballot(), &Ballot::parse(&board.small.election, &ballot).unwrap());
    let admitted = board.state.admit_verified(verified.clone()).unwrap();
    assert_eq!((admitted.pseudonym(), admitted.replaces()), (pseudonym(2), None));
    assert_eq!(admitted.leaf()[1..], ballot);
    let applied = board.state.record(admitted).unwrap();
    assert_eq!(applied, Applied::Ballot { pseudonym: pseudonym(2), replaces: None });
    assert!(matches!(board.state.admit_verified(verified), Err(Refusal::AlreadyRecorded { .. })));
}

#[test]
fn what_was_admitted_before_the_board_grew_must_be_asked_again() {
    let mut board = Board::open();
    let (one, two) = (board.ballot(1, NORTH, 0), board.ballot(2, SOUTH, 0));
    let first = board.state.admit(&one, &fresh()).unwrap();
    let second = board.state.admit(&two, &fresh()).unwrap();
    board.state.record(first).unwrap();
    let size = board.state.size();
    assert!(board.state.record(second).is_err());
    assert_eq!(board.state.size(), size);
    board.state.admit(&two, &fresh()).unwrap();
}

#[test]
fn admitting_changes_nothing_until_it_is_recorded() {
    let board = Board::open();
    let close = veche_record::Entry::from(board.signed_close());
    let admitted = board.state.admit_entry(&close, &fresh()).unwrap();
    assert_eq!((admitted.index(), admitted.leaves().len()), (board.next(), 1));
    drop(admitted);
    assert_eq!(board.state.course(), Course::Open);
}

#[test]
fn attack_35_length_leak_every_choice_has_one_length() {
    let board = Board::open();
    let lengths: Vec<usize> =
        (0..3).map(|choice| board.small.ballot(SOUTH, 2, choice).unwrap().bytes.len()).collect();
    assert_eq!(Some(lengths[0]), board.small.election.manifest().ballot_len(SOUTH));
    assert!(lengths.iter().all(|len| *len == lengths[0]));
}

#[test]
fn a_message_is_verified_before_it_is_admitted() {
    let board = Board::open();
    let stranger = SecretKey::from_bytes(&SmallElection::voter(99).unwrap().secret()).unwrap();
    let sealer = Sealer { organiser: &stranger, ..board.small.sealer() };
    let forged = sealer.close(ClosingKind::Close, &board.leaves, CLOSES).unwrap();
    let failure = board.state.admit_entry(&forged.into(), &fresh()).unwrap_err();
    assert_eq!((failure.check, failure.culprit), (Check::Close, Culprit::BallotBox));
    board.state.admit_entry(&board.signed_close().into(), &fresh()).unwrap();
}

#[test]
fn nothing_is_admitted_into_the_middle_of_a_long_message() {
    let mut board = Board::open();
    let long = veche_record::entry::into_leaves([&[9_u8], [0; 70_000].as_slice()].concat()).unwrap();
    board.state.apply(board.next(), &long[0], &fresh()).unwrap();
    let failure = board.state.admit_entry(&board.signed_close().into(), &fresh()).unwrap_err();
    assert_eq!(failure.check, Check::Form);
    match board.state.admit(&board.ballot(1, NORTH, 0), &fresh()).unwrap_err() {
        Refusal::Invalid(failure) => assert_eq!(failure.check, Check::Form),
        other => panic!("{other}"),
    }
}
