//! What a dishonest organiser or ballot box can put on the board before the count.

use std::collections::BTreeSet;

use serde_json::json;
use veche_board::LogKey;
use veche_crypto::hash::Digest;
use veche_crypto::signature::SecretKey;
use veche_record::entry::{ClosingKind, CredentialEntry, Genesis, Open, Revocation, RevocationReason};
use veche_record::{Election, Entry, EntryKind, Manifest};
use veche_tests::closing::Sealer;
use veche_tests::small::{SmallElection, bytes32, manifest_json, moved};
use veche_verify::{BoardState, Check};

use crate::board::{Board, CLOSES, NORTH, SOUTH, assert_fails, audit_files, fresh, log_files, pseudonym};

fn stranger() -> SecretKey {
    SecretKey::from_bytes(&SmallElection::voter(99).unwrap().secret()).unwrap()
}

/// A record of these leaves, with the manifest of the board.
fn fails_with(board: &Board, leaves: &[Vec<u8>], check: Check, entry: u64, culprit: &str) {
    let mut files = log_files(&board.small, &board.small.log_key, leaves);
    files.insert("manifest.json".into(), board.small.manifest.clone());
    assert_fails(&audit_files(&files, None).report, check, Some(entry), culprit);
}

#[test]
fn a_board_begins_with_a_genesis_of_its_manifest_and_trustees() {
    let board = Board::open();
    let with = |change: fn(&mut Genesis), culprit| {
        let mut genesis = board.small.genesis.clone();
        change(&mut genesis);
        let mut leaves = board.leaves.clone();
        leaves[0] = Entry::from(genesis).to_bytes();
        fails_with(&board, &leaves, Check::Genesis, 0, culprit);
    };
    with(|genesis| genesis.manifest = Digest::from_bytes([1; 32]), "publisher");
    with(|genesis| genesis.threshold = 3, "ballot box");
    with(|genesis| genesis.trustees = 4, "ballot box");
    fails_with(&board, &board.leaves[1..], Check::Genesis, 0, "publisher");
    let mut twice = board.leaves.clone();
    twice.push(board.leaves[0].clone());
    fails_with(&board, &twice, Check::Genesis, board.next(), "ballot box");
}

#[test]
fn an_empty_board_is_no_record() {
    let board = Board::open();
    let mut files = log_files(&board.small, &board.small.log_key, &[]);
    files.insert("manifest.json".into(), board.small.manifest.clone());
    assert_fails(&audit_files(&files, None).report, Check::Genesis, None, "publisher");
}

#[test]
fn every_entry_has_its_place_in_the_course() {
    let fresh = || Board::of(&manifest_json());
    let misplaced = |mut board: Board, entry: Entry| {
        let at = board.force(entry);
        assert_fails(&board.audit(), Check::Course, Some(at), "ballot box");
    };
    let ceremony = |board: &Board| board.small.ceremony[0].clone();
    let credential = |board: &Board, voter| board.credential(voter, NORTH).into();
    let with = |board: Board, entry: &dyn Fn(&Board) -> Entry| {
        let entry = entry(&board);
        misplaced(board, entry);
    };
    with(fresh(), &|board| ceremony(board));
    with(fresh(), &|board| board.signed_close().into());
    with(Board::open(), &|board| board.signed_open().into());
    with(Board::closed(), &|board| board.signed_close().into());
    with(Board::closed(), &|board| board.signed_open().into());
    with(Board::closed(), &|board| credential(board, 4));
    with(Board::closed(), &|board| board.revocation(1, 1).into());
    with(Board::open(), &|_| Entry::TallyInput);
    with(Board::closed(), &|_| Entry::RehearsalInput);
    with(Board::counting(), &|board| credential(board, 4));
    with(Board::finished(), &|board| credential(board, 4));
    let finished = Board::finished();
    let last = |board: &Board, back: usize| Entry::parse(&board.leaves[board.leaves.len() - back]).unwrap();
    let (partial, result) = (last(&finished, 2), last(&finished, 1));
    misplaced(Board::finished(), partial.clone());
    misplaced(Board::finished(), last(&finished, 3));
    misplaced(Board::closed(), partial);
    misplaced(Board::counting(), result.clone());
    misplaced(Board::open(), result);

    let mut early = fresh();
    early.leaves.truncate(1);
    let at = early.force_leaf(Entry::from(Board::open().credential(1, NORTH)).to_bytes());
    fails_with(&early, &early.leaves, Check::Course, at, "ballot box");
}

#[test]
fn attack_42_changed_set_a_second_tally_input_is_refused() {
    let mut board = Board::counting();
    // The last leaves are the consents of three trustees.
    let again = Entry::parse(&board.leaves[board.leaves.len() - 4]).unwrap();
    assert_eq!(again, Entry::TallyInput);
    let at = board.force(again);
    assert_fails(&board.audit(), Check::Course, Some(at), "ballot box");
}

#[test]
fn attack_33_an_entry_in_another_encoding_is_refused() {
    let malformed = |leaf: Vec<u8>| {
        let mut board = Board::open();
        let at = board.force_leaf(leaf);
        assert_fails(&board.audit(), Check::Form, Some(at), "ballot box");
    };
    malformed(vec![]);
    malformed(vec![5]);
    malformed(vec![200]);
    malformed([Entry::from(Board::open().signed_close()).to_bytes(), vec![0]].concat());
    malformed(vec![11; 40]);
}

#[test]
fn a_long_message_that_is_interrupted_is_refused() {
    let mut board = Board::open();
    let long = veche_record::entry::into_leaves([&[1_u8], [0; 70_000].as_slice()].concat()).unwrap();
    board.force_leaf(long[0].clone());
    let at = board.force(board.signed_close());
    assert_fails(&board.audit(), Check::Form, Some(at), "ballot box");

    // A ballot cannot come in between either, though it is decoded apart.
    let mut board = Board::open();
    let ballot = board.ballot(1, NORTH, 0);
    board.force_leaf(long[0].clone());
    let at = board.force_ballot(&ballot);
    assert_fails(&board.audit(), Check::Form, Some(at), "ballot box");
}

#[test]
fn nothing_but_another_result_follows_the_result_not_even_the_beginning_of_a_message() {
    let mut board = Board::finished();
    let long = veche_record::entry::into_leaves([&[9_u8], [0; 70_000].as_slice()].concat()).unwrap();
    let at = board.force_leaf(long[0].clone());
    assert_fails(&board.audit(), Check::Course, Some(at), "ballot box");
}

#[test]
fn opening_and_closing_are_signed_by_the_organiser_for_this_election() {
    let small = SmallElection::of(&manifest_json(), "board").unwrap();
    let (right, other) = (small.election.fingerprint(), Digest::from_bytes([3; 32]));
    for (key, election) in [(stranger(), right), (small.registrar, right), (small.organiser, other)] {
        let mut board = Board::of(&manifest_json());
        board.rehearse();
        let at = board.force(Open::sign(&key, &election, 1).unwrap());
        assert_fails(&board.audit(), Check::Open, Some(at), "ballot box");

        let mut board = Board::open();
        let sealer = Sealer { organiser: &key, election, ..board.small.sealer() };
        let close = sealer.close(ClosingKind::Close, &board.leaves, CLOSES).unwrap();
        let at = board.force(close);
        assert_fails(&board.audit(), Check::Close, Some(at), "ballot box");
    }
}

#[test]
fn a_credential_that_the_registrar_did_not_sign_is_refused() {
    for by_stranger in [true, false] {
        let mut board = Board::open();
        let honest = board.credential(4, NORTH);
        let key = if by_stranger { stranger() } else { board.organiser().clone() };
        let forged = CredentialEntry::sign(&key, &board.fingerprint(), honest.terms, None, honest.possession);
        let at = board.force(forged.unwrap());
        assert_fails(&board.audit(), Check::CredentialSignature, Some(at), "ballot box");
    }
}

#[test]
fn attack_43_one_credential_two_pseudonyms_is_refused() {
    let mut board = Board::open();
    let at = board.force(board.credential_of(4, 1, NORTH));
    assert_fails(&board.audit(), Check::CredentialKey, Some(at), "ballot box");

    // A revoked key does not come back either.
    let mut board = Board::open();
    board.append(board.revocation(1, 1));
    let at = board.force(board.credential_of(1, 1, NORTH));
    assert_fails(&board.audit(), Check::CredentialKey, Some(at), "ballot box");
}

#[test]
fn attack_43_a_key_without_proof_of_possession_is_refused() {
    let mut board = Board::open();
    let (mine, other) = (board.credential(4, NORTH), board.credential(5, NORTH));
    for possession in [other.possession, board.credential(4, SOUTH).possession] {
        let entry =
            CredentialEntry::sign(board.registrar(), &board.fingerprint(), mine.terms, None, possession);
        let mut board = Board::open();
        let at = board.force(entry.unwrap());
        // The registrar signs no proof of possession: who let a false one in is to blame.
        assert_fails(&board.audit(), Check::Possession, Some(at), "ballot box");
    }
    board.append(mine);
}

#[test]
fn a_pseudonym_keeps_one_style_and_one_key() {
    let mut board = Board::open();
    let at = board.force(board.credential_of(1, 11, NORTH));
    assert_fails(&board.audit(), Check::CredentialHolder, Some(at), "ballot box");

    let mut board = Board::open();
    board.append(board.revocation(1, 1));
    let at = board.force(board.credential_of(1, 11, SOUTH));
    assert_fails(&board.audit(), Check::CredentialHolder, Some(at), "ballot box");

    // A style that does not exist is wrong wherever it stands.
    let mut board = Board::open();
    let at = board.force(board.credential(4, 2));
    assert_fails(&board.audit(), Check::CredentialHolder, Some(at), "registrar");
}

#[test]
fn attack_26_ballot_stuffing_more_credentials_than_the_electorate_are_refused() {
    let mut manifest = manifest_json();
    manifest["styles"][1]["electorate"] = json!(2);
    let mut board = Board::open_of(&manifest);
    // Replacing a key is not another voter.
    board.append(board.revocation(2, 2));
    board.append(board.credential_of(2, 12, SOUTH));
    let at = board.force(board.credential(4, SOUTH));
    assert_fails(&board.audit(), Check::Electorate, Some(at), "ballot box");
}

#[test]
fn attack_26_ballot_stuffing_an_added_contest_gives_no_more_voters() {
    let mut manifest = manifest_json();
    manifest["styles"][1]["electorate"] = json!(2);
    manifest["styles"][1]["plus_one_of"] = json!(["north"]);
    let mut board = Board::open_of(&manifest);
    let at = board.force(board.credential(4, 2));
    assert_fails(&board.audit(), Check::Electorate, Some(at), "ballot box");

    // Adding a contest does not make another style of one's own.
    let mut board = Board::open_of(&manifest);
    board.append(board.revocation(1, 1));
    let at = board.force(board.credential_of(1, 11, 2));
    assert_fails(&board.audit(), Check::CredentialHolder, Some(at), "ballot box");
}

#[test]
fn attack_26_ballot_stuffing_a_ballot_without_a_credential_of_its_style_is_refused() {
    let mut board = Board::open();
    let at = board.force_ballot(&board.small.ballot(NORTH, 50, 0).unwrap().bytes);
    assert_fails(&board.audit(), Check::BallotCredential, Some(at), "ballot box");

    let mut board = Board::open();
    let at = board.force_ballot(&board.small.ballot(SOUTH, 1, 0).unwrap().bytes);
    assert_fails(&board.audit(), Check::BallotCredential, Some(at), "ballot box");
}

#[test]
fn a_ballot_under_a_revoked_key_is_refused() {
    let mut board = Board::open();
    let ballot = board.ballot(1, NORTH, 0);
    board.append(board.revocation(1, 1));
    let at = board.force_ballot(&ballot);
    assert_fails(&board.audit(), Check::BallotCredential, Some(at), "ballot box");
}

#[test]
fn a_revocation_is_signed_and_ends_the_active_key() {
    let key = SmallElection::voter(1).unwrap().key();
    let reason = RevocationReason::Replaced;
    for by_stranger in [true, false] {
        let mut board = Board::open();
        let signer = if by_stranger { stranger() } else { board.organiser().clone() };
        let forged = Revocation::sign(&signer, &board.fingerprint(), pseudonym(1), key, reason).unwrap();
        let at = board.force(forged);
        assert_fails(&board.audit(), Check::Revocation, Some(at), "ballot box");
    }

    for (voter, key) in [(1, 2), (4, 1), (1, 50)] {
        let mut board = Board::open();
        let at = board.force(board.revocation(voter, key));
        assert_fails(&board.audit(), Check::Revocation, Some(at), "ballot box");
    }
    let mut board = Board::open();
    board.append(board.revocation(1, 1));
    let at = board.force(board.revocation(1, 1));
    assert_fails(&board.audit(), Check::Revocation, Some(at), "ballot box");
}

#[test]
fn attack_25_a_ballot_outside_the_hours_is_refused() {
    let mut early = Board::of(&manifest_json());
    early.register(1, NORTH);
    let at = early.force_ballot(&early.ballot(1, NORTH, 0));
    assert_fails(&early.audit(), Check::BallotHours, Some(at), "ballot box");

    for mut late in [Board::closed(), Board::counting(), Board::finished()] {
        let at = late.force_ballot(&late.ballot(1, NORTH, 1));
        assert_fails(&late.audit(), Check::BallotHours, Some(at), "ballot box");
    }

    // Before there are keys at all, nothing can be a ballot.
    let board = Board::open();
    let leaves = [board.leaves[0].clone(), vec![4, 1]];
    fails_with(&board, &leaves, Check::BallotHours, 1, "ballot box");
}

#[test]
fn attack_86_one_signature_two_kinds_the_end_of_the_voting_replayed_as_the_closing_is_refused() {
    // Both have one layout and one signer: only the domain of the signature tells them apart.
    let mut board = Board::open();
    let ended = board.small.sealer().close(ClosingKind::Ended, &board.leaves, CLOSES).unwrap();
    let mut ended = Entry::from(ended).to_bytes();
    ended[0] = EntryKind::Close as u8;
    assert!(matches!(Entry::parse(&ended), Ok(Entry::Close(_))));
    let at = board.force_leaf(ended);
    assert_fails(&board.audit(), Check::Close, Some(at), "ballot box");
}

#[test]
fn attack_24_revote_replay_an_old_ballot_made_last_is_refused() {
    let mut board = Board::open();
    let first = board.ballot(2, SOUTH, 0);
    board.cast(&first).unwrap();
    board.vote(2, SOUTH, 1);
    let at = board.force_ballot(&first);
    assert_fails(&board.audit(), Check::BallotSequence, Some(at), "ballot box");
}

#[test]
fn attack_24_revote_reorder_two_ballots_of_one_voter_swapped_are_refused() {
    let mut board = Board::open();
    let first = board.ballot(2, SOUTH, 0);
    board.cast(&first).unwrap();
    let second = board.ballot(2, SOUTH, 1);
    board.leaves.pop();
    let at = board.force_ballot(&second);
    board.force_ballot(&first);
    assert_fails(&board.audit(), Check::BallotSequence, Some(at), "ballot box");
}

#[test]
fn attack_24_a_ballot_that_names_another_ballot_before_it_is_refused() {
    let mut board = Board::open();
    board.vote(2, SOUTH, 0);
    let last = board.state.voter(&pseudonym(2)).unwrap().previous;
    let next = board.ballot(2, SOUTH, 1);
    let voter = SmallElection::voter(2).unwrap();
    for (sequence, previous) in [(1, Digest::ZERO), (1, Digest::from_bytes([1; 32])), (0, last), (2, last)] {
        let ballot = moved(&board.small.election, &voter, &next, sequence, previous).unwrap();
        let at = board.force_ballot(&ballot);
        assert_fails(&board.audit(), Check::BallotSequence, Some(at), "ballot box");
        board.leaves.pop();
    }
}

#[test]
fn a_second_ballot_where_the_vote_allows_one_is_refused() {
    let mut manifest = manifest_json();
    manifest["revote"] = json!(false);
    let mut board = Board::open_of(&manifest);
    board.vote(1, NORTH, 0);
    let at = board.force_ballot(&board.ballot(1, NORTH, 1));
    assert_fails(&board.audit(), Check::BallotSequence, Some(at), "ballot box");
}

#[test]
fn attack_33_ballots_of_other_versions_phases_styles_and_lengths_are_refused() {
    let honest = Board::open().ballot(1, NORTH, 0);
    let with = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut ballot = honest.clone();
        change(&mut ballot);
        let mut board = Board::open();
        let at = board.force_ballot(&ballot);
        assert_fails(&board.audit(), Check::BallotForm, Some(at), "ballot box");
    };
    with(&|ballot| ballot[0] = 2);
    with(&|ballot| ballot[1] = 2);
    with(&|ballot| ballot[1] = 0);
    with(&|ballot| ballot[2] ^= 1);
    with(&|ballot| ballot[34] = 2);
    with(&|ballot| ballot[34] = 1); // the other style has another length
    with(&|ballot| ballot.push(0));
    with(&|ballot| ballot.truncate(ballot.len() - 1));
    with(&|ballot| ballot.truncate(10));
    with(&|ballot| ballot.clear());

    // A byte behind an honest ballot, which its signature does not cover.
    let mut board = Board::open();
    let at = board.force_ballot(&[honest.as_slice(), &[0]].concat());
    assert_fails(&board.audit(), Check::BallotForm, Some(at), "ballot box");
}

#[test]
fn attack_08_a_ballot_of_another_election_with_the_same_slot_keys_is_refused() {
    // Same manifest, transcript and slot keys, and one of what else an election is made of: another election.
    let small = SmallElection::of(&manifest_json(), "board").unwrap();
    let other = small.registrar.public();
    let swapped = Genesis { organiser: other, registrar: small.organiser.public(), ..small.genesis.clone() };
    let others = [
        Genesis { organiser: other, ..small.genesis.clone() },
        Genesis { registrar: small.organiser.public(), ..small.genesis.clone() },
        swapped,
        Genesis { log_key: LogKey::from_seed(&bytes32("other", 1)).public(), ..small.genesis.clone() },
        Genesis { origin: "veche.example/tesT".parse().unwrap(), ..small.genesis.clone() },
    ];
    let mut fingerprints = BTreeSet::from([small.election.fingerprint().to_string()]);
    for genesis in others {
        let board = Board::open();
        let manifest = Manifest::parse(&board.small.manifest).unwrap();
        let keys = board.state.ceremony().unwrap().joint_keys().unwrap();
        let election = Election::from_manifest(manifest, &genesis, &keys).unwrap();
        assert!(fingerprints.insert(election.fingerprint().to_string()), "{genesis:?}");
        let mut other = Board::open();
        other.small.election = election.into();
        let ballot = other.small.ballot(NORTH, 1, 0).unwrap();
        let mut board = Board::open();
        let at = board.force_ballot(&ballot.bytes);
        assert_fails(&board.audit(), Check::BallotForm, Some(at), "ballot box");
    }
}

#[test]
fn entries_are_given_in_order() {
    let board = Board::open();
    let mut state = BoardState::new(&board.small.manifest).unwrap();
    let failure = state.apply(1, &board.leaves[0], &fresh()).unwrap_err();
    assert_eq!(failure.check, Check::Course);
    state.apply(0, &board.leaves[0], &fresh()).unwrap();
    assert!(state.apply(0, &board.leaves[0], &fresh()).is_err());
}

#[test]
fn applying_an_entry_verifies_it_and_a_refused_one_changes_nothing() {
    let mut board = Board::open();
    let mut ballot = [&[4], board.ballot(1, NORTH, 0).as_slice()].concat();
    let honest = ballot.clone();
    *ballot.last_mut().unwrap() ^= 1;
    let key = stranger();
    let sealer = Sealer { organiser: &key, ..board.small.sealer() };
    let close = sealer.close(ClosingKind::Close, &board.leaves, CLOSES).unwrap();
    for (leaf, check) in [(ballot, Check::BallotSignature), (Entry::from(close).to_bytes(), Check::Close)] {
        let failure = board.state.apply(board.next(), &leaf, &fresh()).unwrap_err();
        assert_eq!((failure.check, failure.entry), (check, Some(board.next())));
        assert_eq!(board.state.size(), board.next());
    }
    board.state.apply(board.next(), &honest, &fresh()).unwrap();
}
