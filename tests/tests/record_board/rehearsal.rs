//! The rehearsal before the vote, the trustees' consent, and records shown in two versions.

use serde_json::json;
use veche_crypto::hash::Digest;
use veche_crypto::signature::SecretKey;
use veche_record::Entry;
use veche_record::ballot::{Ballot, BallotHeader};
use veche_record::entry::{Consent, Signed, TallyKind};
use veche_tests::small::{SmallElection, manifest_json, randomness};
use veche_trustee::{Kept, Refusal, ShareError, Step, Waiting};
use veche_verify::{Check, Outcome, TallyError};
use veche_voter::PreparedBallot;

use crate::board::{Board, CLOSES, NORTH, SOUTH, assert_fails, assert_passes, blind, fresh};

#[track_caller]
fn refused(mut board: Board, entry: impl Into<Entry>, check: Check, culprit: &str) {
    let entry = entry.into();
    let failure = board.state.admit_entry(&entry, &fresh()).unwrap_err();
    assert_eq!(failure.check, check, "{failure}");
    let at = board.force(entry);
    assert_fails(&board.audit(), check, Some(at), culprit);
}

/// With the rehearsal's sums on the board.
fn rehearsing() -> Board {
    let mut board = Board::of(&manifest_json());
    board.append(board.small.rehearsal_ballot().unwrap());
    board.append(TallyKind::Rehearsal.marker());
    board
}

#[test]
fn voting_opens_only_after_a_quorum_has_decrypted_the_rehearsal() {
    let mut board = Board::of(&manifest_json());
    let open = board.signed_open();
    refused(Board::of(&manifest_json()), open.clone(), Check::Rehearsal, "ballot box");
    refused(rehearsing(), open.clone(), Check::Rehearsal, "ballot box");
    board.rehearse();
    // The last leaf is the third partial decryption: two are t, and not the quorum.
    let mut two = rehearsing();
    two.consent_all(TallyKind::Rehearsal);
    two.append(two.partial_of(TallyKind::Rehearsal, 1));
    two.append(two.partial_of(TallyKind::Rehearsal, 2));
    let too_few = TallyError::TooFewPartials { needed: 3, found: 2 };
    assert_eq!(two.state.count(TallyKind::Rehearsal).unwrap().totals().unwrap_err(), too_few);
    refused(two, open.clone(), Check::Rehearsal, "ballot box");
    board.append(open);
}

/// A rehearsal ballot, changed and signed again.
fn rehearsal_ballot(board: &Board, change: impl FnOnce(&mut BallotHeader)) -> Entry {
    let Entry::RehearsalBallot(bytes) = board.small.rehearsal_ballot().unwrap() else { panic!() };
    let ballot = Ballot::parse_rehearsal(&board.small.election, &bytes).unwrap();
    let mut header = *ballot.header();
    change(&mut header);
    let voter = SmallElection::voter(u64::MAX).unwrap();
    let key = SecretKey::from_bytes(&voter.secret()).unwrap();
    Entry::RehearsalBallot(Ballot::sign(&board.small.election, &header, ballot.sections(), &key).unwrap())
}

#[test]
fn a_rehearsal_ballot_is_cast_for_nobody_and_never_a_vote() {
    let fresh = || Board::of(&manifest_json());
    let board = fresh();
    let with = |change: fn(&mut BallotHeader)| {
        refused(fresh(), rehearsal_ballot(&board, change), Check::RehearsalBallot, "ballot box");
    };
    with(|header| header.sequence = 1);
    with(|header| header.previous = Digest::from_bytes([1; 32]));
    // A vote is no rehearsal ballot, and a rehearsal ballot no vote, whoever signs it.
    let vote = board.small.ballot(NORTH, 1, 0).unwrap().bytes;
    refused(fresh(), Entry::RehearsalBallot(vote), Check::RehearsalBallot, "ballot box");
    let Entry::RehearsalBallot(bytes) = board.small.rehearsal_ballot().unwrap() else { panic!() };
    let mut open = Board::open();
    let at = open.force_ballot(&bytes);
    assert_fails(&open.audit(), Check::BallotForm, Some(at), "ballot box");
    // It is signed as any ballot is.
    let mut unsigned = bytes;
    let z = unsigned.len() - 32;
    unsigned[z] ^= 1;
    refused(fresh(), Entry::RehearsalBallot(unsigned), Check::BallotSignature, "ballot box");
}

#[test]
fn attack_13_repeated_nonce_of_a_rehearsal_ballot_is_never_used_again() {
    let mut board = Board::of(&manifest_json());
    let ballot = board.small.rehearsal_ballot().unwrap();
    board.append(ballot.clone());
    refused(board, ballot, Check::BallotNonce, "ballot box");
}

#[test]
fn the_rehearsals_ballots_need_every_slot_key() {
    // Without a ballot, or with one of smaller contests only, some keys would never be tried.
    let bare = Board::of(&manifest_json());
    assert_eq!(bare.state.compute(TallyKind::Rehearsal).unwrap_err().check, Check::RehearsalInput);
    refused(bare, Entry::RehearsalInput, Check::RehearsalInput, "ballot box");
    // There is one rehearsal.
    refused(rehearsing(), Entry::RehearsalInput, Check::Course, "ballot box");
    let late = rehearsal_ballot(&Board::of(&manifest_json()), |_| {});
    refused(rehearsing(), late, Check::Course, "ballot box");
}

#[test]
fn a_consent_is_signed_by_its_trustee_for_these_sums_and_given_once() {
    let consent = |board: &Board, trustee: u8, change: &dyn Fn(&mut Consent), key: usize| {
        let tally = board.state.count(TallyKind::Rehearsal).unwrap().input().input_hash();
        let mut content = Consent { trustee, tally };
        change(&mut content);
        let ceremony = board.small.genesis.hash();
        let secret = board.small.secrets[key - 1].bytes();
        let fields: [&[u8]; 4] = [secret, ceremony.as_bytes(), &[1], &[key as u8]];
        let key = SecretKey::new(veche_crypto::hash::scalar("trustee-communication", &fields)).unwrap();
        Signed::new(content, &key, &board.fingerprint()).unwrap()
    };
    let board = rehearsing();
    let with = |trustee, change: &dyn Fn(&mut Consent), key| {
        refused(rehearsing(), consent(&board, trustee, change, key), Check::Consent, "ballot box");
    };
    // What a trustee has not signed for this place is the fault of who has put it there.
    with(2, &|consent| consent.tally = Digest::ZERO, 2);
    with(2, &|_| {}, 1);
    with(0, &|_| {}, 1);
    with(4, &|_| {}, 1);
    let mut twice = rehearsing();
    let honest = consent(&twice, 2, &|_| {}, 2);
    assert_eq!(honest, twice.consent_of(TallyKind::Rehearsal, 2));
    twice.append(honest.clone());
    refused(twice, honest, Check::Consent, "ballot box");
    // Before there is anything to decrypt there is nothing to consent to.
    let honest = consent(&board, 2, &|_| {}, 2);
    refused(Board::of(&manifest_json()), honest, Check::Course, "ballot box");
}

#[test]
fn nobody_decrypts_before_the_quorum_has_consented() {
    let partial = {
        let board = Board::counting();
        board.partial_of(TallyKind::Vote, 1)
    };
    let mut board = Board::closed();
    board.append(TallyKind::Vote.marker());
    board.append(board.consent_of(TallyKind::Vote, 1));
    board.append(board.consent_of(TallyKind::Vote, 2));
    let refusal = board.small.shares[0].decrypt(board.state.count(TallyKind::Vote).unwrap());
    assert_eq!(refusal, Err(ShareError::NoQuorum { needed: 3, found: 2 }));
    refused(board, partial, Check::Quorum, "ballot box");
}

/// A town of five trustees of whom three decrypt: four must agree, one may be missing.
fn five() -> serde_json::Value {
    let mut manifest = manifest_json();
    manifest["trustees"] = json!({"count": 5, "threshold": 3});
    manifest
}

/// Two records of one election that differ by one ballot: voter 3 is on one of them only.
fn two_records() -> (Board, Board) {
    let board = |with: bool| {
        let mut board = Board::open_of(&five());
        board.vote(1, NORTH, 0);
        board.vote(2, SOUTH, 0);
        if with {
            board.vote(3, SOUTH, 2);
        }
        board.append(board.signed_close());
        board.append(TallyKind::Vote.marker());
        board
    };
    (board(true), board(false))
}

#[test]
fn attack_41_split_view_at_decryption_two_records_find_no_two_quorums() {
    let (mut one, mut other) = two_records();
    let hash = |board: &Board| board.state.count(TallyKind::Vote).unwrap().input().input_hash();
    assert_ne!(hash(&one), hash(&other));
    // t - 1 = 2 trustees, 4 and 5, do whatever the server asks; honest 1, 2 and 3 are shown one record each.
    for trustee in [1, 2, 4, 5] {
        one.append(one.consent_of(TallyKind::Vote, trustee));
    }
    for trustee in [3, 4, 5] {
        other.append(other.consent_of(TallyKind::Vote, trustee));
    }
    assert!(one.state.count(TallyKind::Vote).unwrap().has_quorum());
    let refusal = other.small.shares[2].decrypt(other.state.count(TallyKind::Vote).unwrap());
    assert_eq!(refusal, Err(ShareError::NoQuorum { needed: 4, found: 3 }));
    let partial = {
        // What trustee 4 would have to make without its own software.
        let mut full = two_records().1;
        full.consent_all(TallyKind::Vote);
        full.partial_of(TallyKind::Vote, 4)
    };
    refused(other, partial, Check::Quorum, "ballot box");
}

#[test]
fn attack_41_split_view_at_decryption_a_trustee_consents_to_one_record_only() {
    let (one, other) = two_records();
    let secret = &one.small.secrets[0].clone();
    let Step::Act(action) = one.step(secret, &one.memory(1), CLOSES).unwrap() else { panic!() };
    assert_eq!(action.kind.name(), "consent");
    // The device remembers, whatever it is shown later; also where it has forgotten which board it was.
    let size = action.keep.seen().unwrap().size;
    assert!(other.state.size() < size);
    let refusal = Refusal::OlderBoard { shown: other.state.size(), seen: size };
    assert_eq!(other.step(secret, &action.keep, CLOSES), Err(refusal));
    assert_eq!(other.step(secret, &blind(&action.keep), CLOSES), Err(Refusal::OtherTally));
    // The same bytes again, as often as one likes.
    let Step::Act(again) = one.step(secret, &action.keep, CLOSES).unwrap() else { panic!() };
    assert_eq!(again, action);
}

#[test]
fn attack_42_changed_set_after_a_first_decryption_is_never_decrypted_again() {
    let (mut one, mut other) = two_records();
    let secret = one.small.secrets[0].clone();
    let mut kept = one.memory(1);
    for trustee in [2, 3, 4] {
        one.append(one.consent_of(TallyKind::Vote, trustee));
        other.append(other.consent_of(TallyKind::Vote, trustee));
    }
    for kind in ["consent", "decrypt"] {
        let Step::Act(action) = one.step(&secret, &kept, CLOSES).unwrap() else { panic!() };
        assert_eq!(action.kind.name(), kind);
        one.append(Entry::parse(&action.message).unwrap());
        kept = action.keep;
    }
    assert_eq!(other.step(&secret, &blind(&kept), CLOSES), Err(Refusal::OtherTally));
    // Also who has only decrypted, as a device without memory may, decrypts nothing else.
    let (mut one, mut other) = two_records();
    for trustee in [2, 3, 4, 5] {
        one.append(one.consent_of(TallyKind::Vote, trustee));
        other.append(other.consent_of(TallyKind::Vote, trustee));
    }
    let kept = Kept::recover(&one.state, &secret, 1).unwrap();
    let Step::Act(action) = one.step(&secret, &kept, CLOSES).unwrap() else { panic!() };
    assert_eq!(action.kind.name(), "decrypt");
    assert_eq!(other.step(&secret, &blind(&action.keep), CLOSES), Err(Refusal::OtherTally));
}

#[test]
fn attack_20_decrypting_one_ballot_a_trustee_computes_the_sums_itself() {
    // The server has the others consent to "sums" of one voter's ballot alone. Whoever replays the whole board computes
    // the whole sums: those consents are of other sums, and nobody decrypts.
    let mut board = Board::closed_of(&five());
    let mut single = {
        let mut only = Board::open_of(&five());
        only.vote(1, NORTH, 0);
        only.append(only.signed_close());
        only
    };
    board.append(TallyKind::Vote.marker());
    single.append(TallyKind::Vote.marker());
    refused(board, single.consent_of(TallyKind::Vote, 2), Check::Consent, "ballot box");
}

#[test]
fn one_of_five_may_be_missing_at_the_count_and_two_may_not() {
    let mut board = Board::closed_of(&five());
    board.append(TallyKind::Vote.marker());
    for trustee in [1, 2, 4] {
        board.append(board.consent_of(TallyKind::Vote, trustee));
    }
    let waiting = board.step(&board.small.secrets[3], &board.memory(4), CLOSES).unwrap();
    let who = vec![3, 5];
    assert_eq!(waiting, Step::Wait(Waiting::Consents { of: TallyKind::Vote, needed: 1, who }));
    assert_passes(&board.audit(), Outcome::NotFinished);
    board.append(board.consent_of(TallyKind::Vote, 5));
    for trustee in [4, 2, 1] {
        board.decrypt(trustee);
    }
    board.append(board.state.make_result().unwrap());
    assert_passes(&board.audit(), Outcome::Verified);
}

#[test]
fn a_rehearsal_ballot_needs_every_slot_key_of_any_rule() {
    // One contest of each rule, each in turn the largest: its made-up choices are legal.
    for (rule, options) in [
        (json!({"type": "knapsack", "budget": 900, "min": 2, "blank": false}), 9),
        (json!({"type": "cumulative", "points": 7, "min_points": 3, "max_per_option": 2, "blank": false}), 9),
        (json!({"type": "ranked", "places": 3, "min": 2, "scores": [3, 2, 1], "blank": false}), 9),
        (json!({"type": "quadratic", "credits": 10, "min_credits": 9, "blank": false}), 9),
    ] {
        let mut manifest = manifest_json();
        let list =
            (0..options).map(|i| json!({"id": i.to_string(), "name": {"en": "x"}, "cost": 100 * (9 - i)}));
        manifest["contests"][2]["options"] = list.collect();
        manifest["contests"][2]["rule"] = rule;
        let small = SmallElection::of(&manifest, "rules").unwrap();
        let credential = SmallElection::voter(1).unwrap();
        let ballot = PreparedBallot::rehearsal(
            &small.election,
            &credential,
            &randomness("rules", 1).unwrap(),
            &fresh(),
        );
        let ballot = Ballot::parse_rehearsal(&small.election, &ballot.unwrap().bytes).unwrap();
        assert_eq!(ballot.header().style, SOUTH);
    }
}
