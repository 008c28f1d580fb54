//! A witness on a real folder: what it cosigns, what it never cosigns, and that it remembers.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

use std::path::Path;
use std::sync::Arc;

use veche_board::{
    Checkpoint, Hash, LogKey, MerkleTree, Origin, ProofError, SignedCheckpoint, Witnesses, leaf_hash,
};
use veche_witness::{OpenError, Refusal, Request, StoreError, Witness, create};

const TIME: u64 = 1_795_000_000;

fn origin() -> Origin {
    "board.example/2026".parse().unwrap()
}

fn key() -> LogKey {
    LogKey::from_seed(&[7; 32])
}

fn tree(size: usize, label: &str) -> MerkleTree {
    (0..size).map(|i| leaf_hash(format!("{label} {i}").as_bytes())).collect()
}

fn at(tree: &MerkleTree, size: u64) -> Checkpoint {
    Checkpoint { origin: origin(), size, root: tree.root_at(size).unwrap() }
}

fn note(tree: &MerkleTree, size: u64) -> String {
    at(tree, size).sign(&key())
}

fn body(old: u64, proof: Vec<Hash>, note: &str) -> Vec<u8> {
    Request { old, proof, note }.to_body().into_bytes()
}

/// The honest request for the step from `old` to `new`.
fn step(tree: &MerkleTree, old: u64, new: u64) -> Vec<u8> {
    body(old, tree.consistency_proof(old, new).unwrap(), &note(tree, new))
}

fn found(folder: &Path) {
    create(folder, &"witness.example/w1".parse().unwrap(), &[3; 32]).unwrap();
}

fn open(folder: &Path) -> Witness {
    Witness::open(folder, &[(origin(), key().public())]).unwrap()
}

fn cosigned(witness: &Witness, note: &str, line: &str) {
    let one = Witnesses::new(1, vec![witness.key()]).unwrap();
    let whole = format!("{note}{line}");
    SignedCheckpoint::open_witnessed(&whole, &key().public(), &origin(), Some(&one)).unwrap();
}

#[test]
fn a_log_that_grows_is_cosigned_step_by_step() {
    let folder = tempfile::tempdir().unwrap();
    found(folder.path());
    let tree = tree(40, "entry");
    let mut last = 0;
    for size in [1, 2, 7, 8, 8, 31, 40] {
        // Opened anew each time: what it remembers is in the folder.
        let witness = open(folder.path());
        let line = witness.add_checkpoint(&step(&tree, last, size), TIME).unwrap();
        cosigned(&witness, &note(&tree, size), &line);
        last = size;
    }
}

#[test]
fn attack_23_two_roots_of_one_size_are_never_both_cosigned_and_both_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    found(folder.path());
    let (honest, fork) = (tree(9, "entry"), tree(9, "other"));
    let witness = open(folder.path());
    witness.add_checkpoint(&step(&honest, 0, 9), TIME).unwrap();
    let refused = witness.add_checkpoint(&body(9, vec![], &note(&fork, 9)), TIME);
    assert!(matches!(refused, Err(Refusal::Contradiction)), "{refused:?}");
    let kept: Vec<_> = std::fs::read_dir(folder.path().join("logs"))
        .unwrap()
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "contradiction"))
        .collect();
    let kept = std::fs::read_to_string(&kept[0]).unwrap();
    assert!(kept.contains(&note(&honest, 9)) && kept.contains(&note(&fork, 9)), "{kept}");
    // The honest one is cosigned again, whoever asks.
    witness.add_checkpoint(&step(&honest, 9, 9), TIME).unwrap();
}

#[test]
fn attack_23_an_older_checkpoint_and_a_rewritten_past_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    found(folder.path());
    let (honest, fork) = (tree(20, "entry"), tree(20, "other"));
    let witness = open(folder.path());
    witness.add_checkpoint(&step(&honest, 0, 9), TIME).unwrap();
    // Older, with and without pretending.
    let older = witness.add_checkpoint(&body(9, vec![], &note(&honest, 5)), TIME);
    assert!(matches!(older, Err(Refusal::Malformed(_))), "{older:?}");
    for old in [0, 5] {
        let older = witness.add_checkpoint(&step(&honest, old, 5), TIME);
        assert!(matches!(older, Err(Refusal::Elsewhere { size: 9 })), "{older:?}");
    }
    // Another past of the same length, with the best proofs there are.
    for proof in [fork.consistency_proof(9, 20).unwrap(), honest.consistency_proof(9, 20).unwrap(), vec![]] {
        let rewritten = witness.add_checkpoint(&body(9, proof, &note(&fork, 20)), TIME);
        assert!(matches!(rewritten, Err(Refusal::Inconsistent(_))), "{rewritten:?}");
    }
    // The right next step with a proof that is a hash too long.
    let mut proof = honest.consistency_proof(9, 20).unwrap();
    proof.push(Hash([0; 32]));
    let long = witness.add_checkpoint(&body(9, proof, &note(&honest, 20)), TIME);
    assert!(matches!(long, Err(Refusal::Inconsistent(ProofError::WrongLength { .. }))), "{long:?}");
    // Nothing of all this changed what it remembers, here or in the folder.
    drop(witness);
    open(folder.path()).add_checkpoint(&step(&honest, 9, 20), TIME).unwrap();
}

#[test]
fn only_the_logs_own_signature_counts() {
    let folder = tempfile::tempdir().unwrap();
    found(folder.path());
    let tree = tree(5, "entry");
    let witness = open(folder.path());
    let forged = at(&tree, 5).sign(&LogKey::from_seed(&[8; 32]));
    let refused = witness.add_checkpoint(&body(0, vec![], &forged), TIME);
    assert!(matches!(refused, Err(Refusal::NotSigned)), "{refused:?}");
    let other: Origin = "board.example/2027".parse().unwrap();
    let unknown = Checkpoint { origin: other, ..at(&tree, 5) }.sign(&key());
    let refused = witness.add_checkpoint(&body(0, vec![], &unknown), TIME);
    assert!(matches!(refused, Err(Refusal::UnknownLog)), "{refused:?}");
    for nothing in [&b""[..], b"old 0\n\n", b"old 0\n\nnot a note", b"old 0"] {
        let refused = witness.add_checkpoint(nothing, TIME);
        assert!(matches!(refused, Err(Refusal::Malformed(_))), "{refused:?}");
    }
}

#[test]
fn of_two_requests_from_one_old_size_one_succeeds() {
    let folder = tempfile::tempdir().unwrap();
    found(folder.path());
    let tree = Arc::new(tree(64, "entry"));
    let witness = Arc::new(open(folder.path()));
    for round in 0..8 {
        let last = round * 8;
        let threads: Vec<_> = (1..=8)
            .map(|more| {
                let (tree, witness) = (Arc::clone(&tree), Arc::clone(&witness));
                std::thread::spawn(move || witness.add_checkpoint(&step(&tree, last, last + more), TIME))
            })
            .collect();
        let answers: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
        let reached = answers.iter().find_map(|answer| match answer {
            Err(Refusal::Elsewhere { size }) => Some(*size),
            _ => None,
        });
        witness.add_checkpoint(&step(&tree, reached.unwrap(), last + 8), TIME).unwrap();
    }
}

#[test]
fn a_damaged_memory_is_never_taken_for_an_empty_one() {
    let folder = tempfile::tempdir().unwrap();
    found(folder.path());
    let tree = tree(9, "entry");
    open(folder.path()).add_checkpoint(&step(&tree, 0, 9), TIME).unwrap();
    let logs = folder.path().join("logs");
    let file = std::fs::read_dir(&logs).unwrap().next().unwrap().unwrap().path();
    let whole = std::fs::read(&file).unwrap();
    for damaged in [&b""[..], &whole[..whole.len() - 1], b"x", &[&whole[..], b"x"].concat()] {
        std::fs::write(&file, damaged).unwrap();
        let opened = Witness::open(folder.path(), &[(origin(), key().public())]);
        assert!(matches!(opened, Err(OpenError::Store(StoreError::State { .. }))), "{opened:?}");
    }
    // What a power cut leaves of a writing that was not finished counts for nothing.
    std::fs::write(&file, &whole).unwrap();
    std::fs::write(file.with_extension("new"), b"half").unwrap();
    open(folder.path()).add_checkpoint(&step(&tree, 9, 9), TIME).unwrap();
}

#[test]
fn a_disk_that_refuses_gets_nothing_cosigned() {
    let folder = tempfile::tempdir().unwrap();
    found(folder.path());
    let tree = tree(9, "entry");
    let witness = open(folder.path());
    let logs = folder.path().join("logs");
    std::fs::remove_dir(&logs).unwrap();
    let refused = witness.add_checkpoint(&step(&tree, 0, 9), TIME);
    assert!(matches!(refused, Err(Refusal::Store(_))), "{refused:?}");
    std::fs::create_dir(&logs).unwrap();
    witness.add_checkpoint(&step(&tree, 0, 5), TIME).unwrap();
}

#[test]
fn a_folder_has_one_witness_and_one_process() {
    let folder = tempfile::tempdir().unwrap();
    found(folder.path());
    let again = create(folder.path(), &"witness.example/w2".parse().unwrap(), &[4; 32]);
    assert!(matches!(again, Err(StoreError::Exists(_))), "{again:?}");
    let witness = open(folder.path());
    let second = Witness::open(folder.path(), &[]);
    assert!(matches!(second, Err(OpenError::Store(StoreError::InUse(_)))), "{second:?}");
    drop(witness);
    let twice = Witness::open(folder.path(), &[(origin(), key().public()), (origin(), key().public())]);
    assert!(matches!(twice, Err(OpenError::Repeated(_))), "{twice:?}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let path = folder.path().join("key");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        let exposed = Witness::open(folder.path(), &[]);
        assert!(matches!(exposed, Err(OpenError::Store(StoreError::Exposed(_)))), "{exposed:?}");
    }
}
