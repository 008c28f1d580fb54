use proptest::prelude::*;

use super::*;
use crate::testing::{bit_flips, checkpoint, entries, key, origin, tree};

fn open(note: &str) -> Result<Checkpoint, CheckpointError> {
    SignedCheckpoint::open(note, &key().public(), &origin())
}

fn signed(text: &str) -> String {
    note::sign(text, &origin(), &key())
}

#[test]
fn a_checkpoint_is_three_lines_and_a_signature() {
    let claim = checkpoint(&tree(&entries(7)));
    let note = claim.sign(&key());
    let lines: Vec<&str> = note.split('\n').collect();
    let root = claim.root.to_base64();
    assert_eq!(lines[..4], ["board.example/2026", "7", root.as_str(), ""]);
    assert!(lines[4].starts_with("— board.example/2026 "), "{note}");
    assert_eq!(lines[5..], [""]);
    assert_eq!(open(&note), Ok(claim));
}

#[test]
fn every_flipped_bit_of_a_checkpoint_is_refused() {
    let note = checkpoint(&tree(&entries(7))).sign(&key());
    for (bit, flipped) in bit_flips(note.as_bytes()) {
        let result = SignedCheckpoint::open(&flipped, &key().public(), &origin());
        assert!(matches!(result, Err(CheckpointError::Note(_))), "bit {bit}: {result:?}");
    }
}

#[test]
fn another_log_and_another_key_are_refused() {
    let note = checkpoint(&tree(&entries(7))).sign(&key());
    let stranger: Origin = "board.example/2027".parse().unwrap();
    let result = SignedCheckpoint::open(&note, &key().public(), &stranger);
    assert_eq!(result, Err(NoteError::NotSigned { name: stranger.clone() }.into()));
    let other = LogKey::from_seed(&[8; 32]).public();
    let result = SignedCheckpoint::open(&note, &other, &origin());
    assert_eq!(result, Err(NoteError::NotSigned { name: origin() }.into()));
    // One name on the signature, another in the text.
    let claim = Checkpoint { origin: stranger, ..checkpoint(&tree(&entries(7))) };
    assert_eq!(open(&signed(&claim.text())), Err(CheckpointError::OtherLog { expected: origin() }));
}

#[test]
fn attack_33_only_one_spelling_of_a_checkpoint_is_accepted_even_when_signed() {
    let root = tree(&entries(7)).root().to_base64();
    let name = origin();
    assert!(open(&signed(&format!("{name}\n7\n{root}\n"))).is_ok());
    for (text, error) in [
        (format!("{name}\n07\n{root}\n"), CheckpointError::Form),
        (format!("{name}\n+7\n{root}\n"), CheckpointError::Form),
        (format!("{name}\n 7\n{root}\n"), CheckpointError::Form),
        (format!("{name}\n-7\n{root}\n"), CheckpointError::Form),
        (format!("{name}\n\n{root}\n"), CheckpointError::Form),
        (format!("{name}\n7.0\n{root}\n"), CheckpointError::Form),
        (format!("{name}\n18446744073709551616\n{root}\n"), CheckpointError::Form),
        (format!("{name}\n7\n{}\n", root.trim_end_matches('=')), CheckpointError::Form),
        (format!("{name}\n7\n{root}=\n"), CheckpointError::Form),
        (format!("{name}\n7\n{root} \n"), CheckpointError::Form),
        (format!("{name}\n7\n{}\n", &root[4..]), CheckpointError::Form),
        (format!("{name}\n7\n\n"), CheckpointError::Form),
        (format!("{name}\n7\n"), CheckpointError::Form),
        (format!("{name}\n"), CheckpointError::Form),
        (format!("{name}\n7\n{root}\nextension\n"), CheckpointError::Extension),
        (format!("{name}\n7\n{root}\n\n"), CheckpointError::Extension),
        ("\n".to_owned(), CheckpointError::OtherLog { expected: origin() }),
        (format!("\n{name}\n7\n{root}\n"), CheckpointError::OtherLog { expected: origin() }),
        (format!("{name} \n7\n{root}\n"), CheckpointError::OtherLog { expected: origin() }),
        (format!("{name}\n0\n{root}\n"), CheckpointError::EmptyRoot),
    ] {
        assert_eq!(open(&signed(&text)), Err(error), "{text:?}");
    }
    let empty = checkpoint(&tree(&[]));
    assert_eq!(open(&empty.sign(&key())), Ok(empty));
}

#[test]
fn growth_is_checked_within_one_log() {
    let whole = tree(&entries(11));
    let at = |size| Checkpoint { origin: origin(), size, root: whole.root_at(size).unwrap() };
    for old in 0..=11 {
        let proof = whole.consistency_proof(old, 11).unwrap();
        assert_eq!(at(11).verify_extends(&at(old), &proof), Ok(()));
        let stranger = Checkpoint { origin: "board.example/2027".parse().unwrap(), ..at(old) };
        let error = CheckpointError::OtherLog { expected: stranger.origin.clone() };
        assert_eq!(at(11).verify_extends(&stranger, &proof), Err(error));
    }
}

#[test]
fn attack_23_two_roots_of_one_size_and_an_older_checkpoint_are_refused() {
    let ours = checkpoint(&tree(&entries(7)));
    let mut others = entries(7);
    others[3] = b"another entry".to_vec();
    let fork = checkpoint(&tree(&others));
    let error = CheckpointError::Inconsistent(ProofError::WrongOldRoot);
    assert_eq!(fork.verify_extends(&ours, &[]), Err(error));
    let older = checkpoint(&tree(&entries(5)));
    let proof = tree(&entries(7)).consistency_proof(5, 7).unwrap();
    let error = CheckpointError::Inconsistent(ProofError::Shrinking { old: 7, new: 5 });
    assert_eq!(older.verify_extends(&ours, &proof), Err(error));
}

proptest! {
    #[test]
    fn checkpoints_read_back(size in 1u64.., root in any::<[u8; 32]>(), seed in any::<[u8; 32]>()) {
        let claim = Checkpoint { origin: origin(), size, root: Hash(root) };
        let key = LogKey::from_seed(&seed);
        prop_assert_eq!(SignedCheckpoint::open(&claim.sign(&key), &key.public(), &origin()), Ok(claim));
    }
}
