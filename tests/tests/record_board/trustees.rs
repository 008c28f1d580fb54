//! What a trustee's device remembers, and what becomes of a trustee whose device does not.

use serde_json::{Value, json};
use veche_record::Entry;
use veche_record::entry::TallyKind;
use veche_tests::closing::{witness_key, witness_name};
use veche_tests::small::manifest_json;
use veche_trustee::{Kept, Refusal, Secret, Seen, Shown, Step, Waiting};
use veche_verify::Course;

use crate::board::{Board, CLOSES, NORTH, SOUTH, blind};

/// Five trustees of whom three decrypt: four must agree.
fn five() -> Value {
    let mut manifest = manifest_json();
    manifest["trustees"] = json!({"count": 5, "threshold": 3});
    manifest
}

/// The same, with so many witnesses needed of so many.
fn witnessed(needed: u64, all: u64) -> Value {
    let vkey = |number| {
        veche_board::WitnessKey::new(witness_name(number).unwrap(), witness_key(number).public()).to_vkey()
    };
    let mut manifest = five();
    manifest["witnesses"] = json!({"needed": needed, "keys": (1..=all).map(vkey).collect::<Vec<_>>()});
    manifest
}

/// A board whose sums are fixed, with the ballot of a third voter or without it.
fn counting(manifest: &Value, with: bool) -> Board {
    let mut board = Board::open_of(manifest);
    board.vote(1, NORTH, 0);
    board.vote(2, SOUTH, 0);
    if with {
        board.vote(3, SOUTH, 2);
    }
    board.append(board.signed_close());
    board.append(TallyKind::Vote.marker());
    board
}

/// A device of one trustee.
struct Device {
    secret: Secret,
    kept: Kept,
}

impl Device {
    /// The one that has made the secret.
    fn first(board: &Board, trustee: u8) -> Self {
        Device { secret: board.small.secrets[usize::from(trustee) - 1].clone(), kept: board.memory(trustee) }
    }

    /// Another one, with the words.
    fn from_words(board: &Board, trustee: u8) -> Self {
        let secret = board.small.secrets[usize::from(trustee) - 1].clone();
        let kept = Kept::recover(&board.state, &secret, trustee).unwrap();
        Device { secret, kept }
    }

    fn next(&self, board: &Board) -> Result<Step, Refusal> {
        board.step(&self.secret, &self.kept, CLOSES)
    }

    /// Does what comes next, and remembers it.
    #[track_caller]
    fn act(&mut self, board: &mut Board, want: &str) -> Vec<u8> {
        let Step::Act(action) = self.next(board).unwrap() else { panic!("it waits, and not to {want}") };
        assert_eq!(action.kind.name(), want);
        board.append(Entry::parse(&action.message).unwrap());
        self.kept = action.keep;
        action.message
    }
}

fn others(needed: usize, who: &[u8]) -> Step {
    Step::Wait(Waiting::OthersConsents { of: TallyKind::Vote, needed, who: who.to_vec() })
}

#[test]
fn attack_49_a_second_consent_words_typed_on_a_second_device_agree_to_nothing() {
    // Dishonest 4 and 5, t - 1 of them, agree to everything. Of the honest, 2 sees one board and 3 the other.
    let (mut one, mut other) = (counting(&five(), true), counting(&five(), false));
    for trustee in [4, 5] {
        one.append(one.consent_of(TallyKind::Vote, trustee));
        other.append(other.consent_of(TallyKind::Vote, trustee));
    }
    let mut second = Device::first(&one, 2);
    second.act(&mut one, "consent");
    Device::first(&other, 3).act(&mut other, "consent");
    // Trustee 1 agrees on the laptop. The box says that it went wrong; the words are typed on the telephone, which is
    // shown the other board.
    Device::first(&one, 1).act(&mut one, "consent");
    let telephone = Device::from_words(&other, 1);
    assert!(!telephone.kept.is_whole());
    assert_eq!(telephone.next(&other), Ok(others(1, &[2])));
    assert!(one.state.count(TallyKind::Vote).unwrap().has_quorum());
    assert!(!other.state.count(TallyKind::Vote).unwrap().has_quorum());
    // What has its quorum any device decrypts, and only that.
    let mut telephone = Device::from_words(&one, 1);
    telephone.act(&mut one, "decrypt");
    second.act(&mut one, "decrypt");
    let older = Refusal::OlderBoard { shown: other.next(), seen: one.next() - 1 };
    assert_eq!(second.next(&other), Err(older));
}

#[test]
fn a_device_without_memory_says_when_the_others_are_too_few() {
    let mut board = counting(&manifest_json(), true);
    board.append(board.consent_of(TallyKind::Vote, 2));
    // Of two-of-three all must agree: one device that has lost its memory ends the vote.
    assert_eq!(Device::from_words(&board, 1).next(&board), Ok(others(2, &[3])));
    board.append(board.consent_of(TallyKind::Vote, 3));
    assert_eq!(Device::from_words(&board, 1).next(&board), Ok(others(1, &[])));
    Device::first(&board, 1).act(&mut board, "consent");
    Device::from_words(&board, 1).act(&mut board, "decrypt");
}

#[test]
fn a_device_without_memory_agrees_to_no_rehearsal_either() {
    let mut board = Board::of(&five());
    board.append(board.small.rehearsal_ballot().unwrap());
    board.append(TallyKind::Rehearsal.marker());
    let who = vec![2, 3, 4, 5];
    let waits = Waiting::OthersConsents { of: TallyKind::Rehearsal, needed: 4, who };
    assert_eq!(Device::from_words(&board, 1).next(&board), Ok(Step::Wait(waits)));
}

#[test]
fn attack_49_a_second_consent_a_recovered_device_agrees_where_witnesses_see_one_board() {
    // Any two of three have one in common: while that one is honest there is one board.
    let board = counting(&witnessed(2, 3), true);
    let Ok(Step::Act(action)) = Device::from_words(&board, 1).next(&board) else { panic!() };
    assert_eq!(action.kind.name(), "consent");
    assert!(!action.keep.is_whole(), "it never becomes whole");
    // Two of four may be two pairs, who see a board each.
    let board = counting(&witnessed(2, 4), true);
    let shown = Shown::under(&board.state, &board.note()).map(|shown| shown.is_the_only_one());
    assert_eq!(shown, Ok(false));
    assert_eq!(Device::from_words(&board, 1).next(&board), Ok(others(4, &[2, 3, 4, 5])));
}

#[test]
fn attack_49_a_second_consent_under_witnesses_a_board_that_too_few_have_seen_is_not_acted_on() {
    let manifest = witnessed(2, 3);
    let (mut one, other) = (counting(&manifest, true), counting(&manifest, false));
    let mut device = Device::first(&one, 1);
    // Somebody copies the whole device before it agrees, and puts the copy back afterwards.
    let mut copy = Device { secret: device.secret.clone(), kept: device.kept.clone() };
    let sent = device.act(&mut one, "consent");
    // The witnesses have seen `one`; of the other board one of them may be dishonest, which is too few.
    for times in [&[][..], &[CLOSES]] {
        let note = other.small.sealer().note_at(&other.leaves, times).unwrap();
        let shown = Shown::under(&other.state, &note).map(|_| ());
        assert!(matches!(shown, Err(Refusal::Checkpoint(_))), "{shown:?}");
    }
    // Of the board that they have seen the copy signs the same bytes again.
    assert_eq!(copy.act(&mut counting(&manifest, true), "consent"), sent);
}

/// Stated in docs/trustees.md as what no software stops.
#[test]
fn attack_49_a_second_consent_from_an_older_copy_of_the_memory_is_not_stopped_without_witnesses() {
    let (mut one, mut other) = (counting(&five(), true), counting(&five(), false));
    let mut device = Device::first(&one, 1);
    let mut copy = Device { secret: device.secret.clone(), kept: device.kept.clone() };
    device.act(&mut one, "consent");
    copy.act(&mut other, "consent");
}

#[test]
fn a_board_that_is_older_or_another_than_what_the_device_has_seen_is_refused() {
    let mut board = counting(&five(), true);
    let mut device = Device::first(&board, 1);
    device.act(&mut board, "consent");
    let seen = device.kept.seen().unwrap();
    assert_eq!(seen.size + 1, board.next(), "the board as it was when it was signed");
    let saw = |board: &Board| {
        let note = board.note();
        device.kept.saw(&Shown::under(&board.state, &note).unwrap(), CLOSES)
    };
    let later = saw(&board).unwrap().unwrap();
    assert_eq!(later.seen(), Seen::of(&board.state));
    // Older.
    let older = Refusal::OlderBoard { shown: seen.size - 1, seen: seen.size };
    let mut short = Board::open_of(&five());
    short.vote(1, NORTH, 0);
    short.vote(2, SOUTH, 0);
    short.vote(3, SOUTH, 2);
    short.append(short.signed_close());
    assert_eq!(device.next(&short), Err(older.clone()));
    assert_eq!(saw(&short), Err(older));
    // As long or longer, and another one.
    let mut fork = counting(&five(), false);
    for trustee in [2, 3, 4, 5] {
        fork.append(fork.consent_of(TallyKind::Vote, trustee));
    }
    assert_eq!(device.next(&fork), Err(Refusal::ForkedBoard(seen.size)));
    assert_eq!(saw(&fork), Err(Refusal::ForkedBoard(seen.size)));
    // One of which nobody has looked at that size is not compared, and so not believed.
    let mut state = veche_verify::BoardState::new(&board.small.manifest).unwrap();
    for (index, leaf) in (0..).zip(&board.leaves) {
        state.apply(index, leaf, &crate::board::fresh()).unwrap();
    }
    let note = board.note();
    let shown = Shown::under(&state, &note).unwrap();
    let next = veche_trustee::next_step(&shown, &device.secret, &device.kept, CLOSES);
    assert_eq!(next, Err(Refusal::Unverified));
}

#[test]
fn a_board_that_no_log_has_signed_is_good_for_the_ceremony_only() {
    let board = counting(&five(), true);
    let device = Device::first(&board, 1);
    let shown = Shown::unsigned(&board.state).unwrap();
    let next = veche_trustee::next_step(&shown, &device.secret, &device.kept, CLOSES);
    assert_eq!(next, Err(Refusal::Unsigned));
    let note = counting(&five(), false).note();
    assert!(matches!(Shown::under(&board.state, &note), Err(Refusal::Checkpoint(_))));
}

/// A ceremony in which all have dealt, and the first trustee has confirmed where `confirmed` says so.
fn dealt(confirmed: bool) -> (Board, Vec<Device>) {
    let mut board = Board::founded(&manifest_json());
    let mut devices: Vec<Device> = (1..=3).map(|trustee| Device::first(&board, trustee)).collect();
    for step in ["commit", "deal"] {
        devices.iter_mut().for_each(|device| drop(device.act(&mut board, step)));
    }
    if confirmed {
        devices[0].act(&mut board, "confirm");
    }
    (board, devices)
}

#[test]
fn a_later_attempt_is_joined_only_where_the_board_shows_ones_confirmation_of_the_earlier() {
    let (mut board, mut devices) = dealt(true);
    board.append(board.restart(2));
    devices[0].act(&mut board, "commit");
    // The same on a board that holds the confirmation back: there attempt 1 may have come to its end elsewhere.
    let (mut hidden, _) = dealt(false);
    let mut device = {
        let (mut board, mut devices) = dealt(true);
        let mut device = devices.remove(0);
        board.append(board.restart(2));
        device.kept = blind(&device.kept);
        device
    };
    hidden.append(hidden.restart(2));
    assert_eq!(device.next(&hidden), Err(Refusal::ConfirmNotShown(1)));
    // With a new secret the trustee goes on.
    device.secret = Secret::from_bytes(&[7; 32]);
    device.kept = Kept::new(&hidden.state, &device.secret, 1).unwrap();
    device.act(&mut hidden, "commit");
}

#[test]
fn who_has_confirmed_a_later_attempt_does_nothing_in_an_earlier_one() {
    let (mut board, mut devices) = dealt(true);
    board.append(board.restart(2));
    for step in ["commit", "deal", "confirm"] {
        devices.iter_mut().for_each(|device| drop(device.act(&mut board, step)));
    }
    assert_eq!(board.state.course(), Course::Setup);
    // Another board, on which attempt 1 has come to its end and the votes are cast.
    let earlier = counting(&manifest_json(), true);
    let mut device = devices.remove(0);
    device.kept = blind(&device.kept);
    let refusal = Refusal::EarlierAttempt { shown: 1, confirmed: 2 };
    assert_eq!(device.next(&earlier), Err(refusal));
}

#[test]
fn a_recovered_device_neither_commits_nor_deals_in_another_attempt() {
    // With the words two devices would deal the same secret to two sets of people.
    let (mut board, mut devices) = dealt(false);
    let mut recovered = Device::from_words(&board, 1);
    assert!(matches!(recovered.next(&board), Ok(Step::Act(_))), "it may confirm what it finds");
    board.append(board.restart(2));
    assert_eq!(recovered.next(&board), Err(Refusal::NothingToRecover(1)));
    devices.iter_mut().for_each(|device| drop(device.act(&mut board, "commit")));
    assert_eq!(recovered.next(&board), Err(Refusal::CannotRecoverYet(1)));
    devices[0].act(&mut board, "deal");
    recovered.kept = Kept::recover(&board.state, &recovered.secret, 1).unwrap();
    assert!(matches!(recovered.next(&board), Ok(Step::Wait(_))));
}

#[test]
fn what_is_kept_is_read_back_and_says_whose_it_is() {
    let board = counting(&five(), true);
    for device in [Device::first(&board, 1), Device::from_words(&board, 1)] {
        let read = Kept::from_json(device.kept.to_json().unwrap().as_bytes()).unwrap();
        assert_eq!(read, device.kept);
        assert_eq!(read.is_whole(), device.kept.is_whole());
        assert_eq!(read.name(), Kept::name_for(&board.state, &device.secret, 1).unwrap());
        // The name is not the secret, nor of a key that signs.
        assert_ne!(read.name(), hex::encode(device.secret.bytes()));
        let key = board.small.election.communication_key(1).unwrap();
        assert_ne!(read.name(), hex::encode(key.to_bytes()));
    }
    let of = |trustee| Device::first(&board, trustee).kept.name();
    assert_ne!(of(1), of(2));
}
