//! `veche mirror`, `verify` and `receipt check` of a vote whose manifest names witnesses, of whom two must have
//! cosigned.

use std::collections::BTreeMap;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use veche_board::{MerkleTree, Receipt, decode_bundle, leaf_hash};
use veche_record::entry::Genesis;
use veche_record::{Ballot, Entry, EntryKind};
use veche_verify::BoardState;

use crate::support::{host, run, veche};

type Files = BTreeMap<String, Vec<u8>>;

/// A finished record of the test vectors.
pub fn finished() -> Files {
    let path =
        veche_tests::vectors::folder().join("records/a_checkpoint_that_enough_witnesses_saw_passes-1.json");
    let vector: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let files = vector["files"].as_object().unwrap().iter();
    files.map(|(path, text)| (path.clone(), STANDARD.decode(text.as_str().unwrap()).unwrap())).collect()
}

fn note(files: &Files) -> String {
    String::from_utf8(files["checkpoint"].clone()).unwrap()
}

/// The same note with the cosignatures of the first `count` witnesses on it.
fn with_witnesses(note: &str, count: usize) -> String {
    let (signed, witnesses): (Vec<&str>, Vec<&str>) =
        note.lines().partition(|line| !line.starts_with("— witness.example/"));
    let lines = signed.into_iter().chain(witnesses.into_iter().take(count));
    lines.map(|line| format!("{line}\n")).collect()
}

fn write(files: &Files, folder: &Path) {
    for (path, bytes) in files {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
}

pub fn leaves(files: &Files) -> Vec<Vec<u8>> {
    let size: usize = note(files).lines().nth(1).unwrap().parse().unwrap();
    let bundle = &files[&format!("tile/entries/000.p/{size}")];
    decode_bundle(bundle, size).unwrap().into_iter().map(<[u8]>::to_vec).collect()
}

fn genesis(leaves: &[Vec<u8>]) -> Genesis {
    let Ok(Entry::Genesis(genesis)) = Entry::parse(&leaves[0]) else { panic!("no genesis") };
    genesis
}

/// What the page saves for the first ballot, under this note.
fn receipt(files: &Files, note: &str) -> Value {
    let leaves = leaves(files);
    let mut state = BoardState::new(&files["manifest.json"]).unwrap();
    let mut index = 0;
    while state.election().is_none() {
        state.restore(index, &leaves[index as usize]).unwrap();
        index += 1;
    }
    let election = state.election().unwrap();
    let at = leaves.iter().position(|leaf| EntryKind::of(leaf) == Some(EntryKind::Ballot)).unwrap();
    let ballot = Ballot::parse(election, &leaves[at][1..]).unwrap();
    let tree: MerkleTree = leaves.iter().map(|leaf| leaf_hash(leaf)).collect();
    let proof = tree.inclusion_proof(at as u64, tree.size()).unwrap();
    let receipt =
        Receipt { index: at as u64, leaf_hash: leaf_hash(&leaves[at]), proof, checkpoint: note.to_owned() };
    json!({
        "form": "veche-receipt-1",
        "election": election.fingerprint().to_string(),
        "code": ballot.code().to_string(),
        "castAt": "2026-05-02T10:00:00.000Z",
        "index": at,
        "hash": ballot.hash().to_string(),
        "ballot": STANDARD.encode(&leaves[at][1..]),
        "receipt": serde_json::from_str::<Value>(&receipt.to_json()).unwrap(),
    })
}

#[test]
fn attack_23_a_board_that_too_few_witnesses_saw_is_not_copied_and_not_verified() {
    let files = finished();
    for count in 0..=2 {
        let folder = tempfile::tempdir().unwrap();
        let mut shown = files.clone();
        shown.insert("checkpoint".into(), with_witnesses(&note(&files), count).into_bytes());
        let record = folder.path().join("record");
        write(&shown, &record);
        let host = host(&record);
        let copy = folder.path().join("copy");
        let (code, text, _) = run(veche().args(["mirror", &host.address]).arg(&copy));
        let (verified, report, _) = run(veche().args(["verify", "--no-resume"]).arg(&record));
        if count == 2 {
            assert_eq!((code, verified), (0, 0), "{text}{report}");
            assert_eq!(std::fs::read(copy.join("checkpoint")).unwrap(), shown["checkpoint"]);
        } else {
            assert_eq!((code, verified), (1, 1), "{text}{report}");
            let said = format!("{count} of the log's witnesses have cosigned the checkpoint, 2 must have");
            assert!(text.contains(&said) && report.contains(&said), "{text}{report}");
            assert!(!copy.join("checkpoint").exists());
        }
    }
}

#[test]
fn attack_23_a_receipt_that_too_few_witnesses_stand_behind_does_not_hold() {
    let files = finished();
    let manifest: Value = serde_json::from_slice(&files["manifest.json"]).unwrap();
    let keys: Vec<&str> =
        manifest["witnesses"]["keys"].as_array().unwrap().iter().map(|key| key.as_str().unwrap()).collect();
    let genesis = genesis(&leaves(&files));
    let log = genesis.log_key.to_vkey(&genesis.origin);
    let folder = tempfile::tempdir().unwrap();
    let record = folder.path().join("record");
    write(&files, &record);
    let path = folder.path().join("receipt.json");
    let check = |more: &[&str]| run(veche().args(["receipt", "check"]).arg(&path).args(more));
    let with_record = ["--record", record.to_str().unwrap()];
    let all = ["--log-key", &log, "--witness", keys[0], "--witness", keys[1], "--witness", keys[2]];
    let two = [&all[..], &["--witnesses-needed", "2"]].concat();
    for count in 0..=2 {
        std::fs::write(&path, receipt(&files, &with_witnesses(&note(&files), count)).to_string()).unwrap();
        let good = if count == 2 { 0 } else { 1 };
        for more in [&with_record[..], &two] {
            let (code, text, errors) = check(more);
            assert_eq!(code, good, "{count}: {text}{errors}");
            assert!(count == 2 || text.contains("does not hold"), "{text}");
        }
        // The third has not cosigned.
        let (code, text, _) = check(&all);
        assert_eq!(code, 1, "{text}");
        // Without the witnesses' keys nothing is said of them.
        let (code, text, _) = check(&all[..2]);
        assert_eq!(code, 0, "{text}");
        assert!(!text.contains("witnesses"), "{text}");
    }
    let (code, _, errors) = check(&[&two[..], &["--witness", keys[0]]].concat());
    assert_eq!(code, 2, "{errors}");
    assert!(errors.contains("has the name or the key of another"), "{errors}");
}
