use proptest::prelude::*;

use super::*;
use crate::testing::{bit_flips, checkpoint, entries, key, origin, receipt, tree};
use crate::{EMPTY_ROOT, LogKey, NoteError};

fn check(json: &[u8], entry: &[u8]) -> Result<Checkpoint, ReceiptError> {
    Receipt::parse(json)?.check(&origin(), &key().public(), entry)
}

#[test]
fn a_receipt_is_one_line_of_the_documented_shape() {
    let receipt = receipt(2, 3);
    let json = receipt.to_json();
    let expected = format!(
        "{{\"index\":2,\"leaf\":\"{}\",\"proof\":[\"{}\"],\"checkpoint\":\"{}\"}}",
        receipt.leaf_hash.to_base64(),
        receipt.proof[0].to_base64(),
        receipt.checkpoint.replace('\n', "\\n")
    );
    assert_eq!(json, expected);
    assert_eq!(Receipt::parse(json.as_bytes()).unwrap(), receipt);
    assert_eq!(check(json.as_bytes(), b"entry 2").unwrap(), checkpoint(&tree(&entries(3))));
}

#[test]
fn every_flipped_bit_of_a_receipt_or_of_its_entry_is_refused() {
    for (index, size) in [(0, 1), (2, 3), (10, 21), (20, 21)] {
        let json = receipt(index, size).to_json();
        let entry = format!("entry {index}").into_bytes();
        assert!(check(json.as_bytes(), &entry).is_ok());
        for (bit, flipped) in bit_flips(json.as_bytes()) {
            assert!(check(&flipped, &entry).is_err(), "bit {bit}: {}", String::from_utf8_lossy(&flipped));
        }
        for (bit, flipped) in bit_flips(&entry) {
            let result = check(json.as_bytes(), &flipped);
            assert!(matches!(result, Err(ReceiptError::OtherEntry)), "bit {bit}: {result:?}");
        }
    }
}

#[test]
fn each_lie_is_named() {
    let honest = receipt(4, 9);
    let check = |receipt: &Receipt| receipt.check(&origin(), &key().public(), b"entry 4");
    assert!(check(&honest).is_ok());

    let other_entry = Receipt { leaf_hash: leaf_hash(b"entry 5"), ..honest.clone() };
    assert!(matches!(check(&other_entry), Err(ReceiptError::OtherEntry)));
    let elsewhere = Receipt { index: 5, ..honest.clone() };
    assert!(matches!(check(&elsewhere), Err(ReceiptError::Inclusion(ProofError::WrongRoot))));
    let beyond = Receipt { index: 9, ..honest.clone() };
    assert!(matches!(
        check(&beyond),
        Err(ReceiptError::Inclusion(ProofError::IndexBeyondSize { index: 9, size: 9 }))
    ));
    let short = Receipt { proof: honest.proof[1..].to_vec(), ..honest.clone() };
    assert!(matches!(check(&short), Err(ReceiptError::Inclusion(ProofError::WrongLength { found: 3 }))));
    let unsigned = Receipt { checkpoint: checkpoint(&tree(&entries(9))).text(), ..honest.clone() };
    assert!(matches!(check(&unsigned), Err(ReceiptError::Checkpoint(CheckpointError::Note(_)))));
    let impostor = checkpoint(&tree(&entries(9))).sign(&LogKey::from_seed(&[8; 32]));
    let forged = Receipt { checkpoint: impostor, ..honest };
    let error = CheckpointError::Note(NoteError::NotSigned { name: origin() });
    assert!(matches!(check(&forged), Err(ReceiptError::Checkpoint(e)) if e == error));
}

#[test]
fn attack_22_a_receipt_convicts_a_log_that_dropped_its_entry() {
    let receipt = receipt(4, 9);
    let acknowledged = receipt.check(&origin(), &key().public(), b"entry 4").unwrap();
    // The log signs a later state without that entry. Whatever it offers as proof, the two can't be reconciled.
    let mut without = entries(12);
    without.remove(4);
    let rewritten = tree(&without);
    let later = checkpoint(&rewritten);
    for old in 0..=rewritten.size() {
        let proof = rewritten.consistency_proof(old, rewritten.size()).unwrap();
        assert!(later.verify_extends(&acknowledged, &proof).is_err(), "{old}");
    }
}

#[test]
fn attack_33_receipts_with_repeated_unknown_or_loose_fields_are_refused() {
    let receipt = receipt(2, 3);
    let json = receipt.to_json();
    let leaf = receipt.leaf_hash.to_base64();
    let fails = |json: &str| {
        let result = Receipt::parse(json.as_bytes());
        assert!(matches!(result, Err(ReceiptError::Form(_))), "{json}: {result:?}");
    };
    fails(&json.replacen("{\"index\":2", "{\"index\":2,\"index\":2", 1));
    fails(&json.replacen('{', "{\"more\":1,", 1));
    fails(&json.replacen("\"index\":2,", "", 1));
    for index in ["-2", "2.0", "2e0", "02", "\"2\"", "null", "18446744073709551616"] {
        fails(&json.replacen("\"index\":2", &format!("\"index\":{index}"), 1));
    }
    fails(&json.replacen(&leaf, leaf.trim_end_matches('='), 1));
    fails(&json.replacen(&leaf, &format!("{leaf}\\n"), 1));
    fails(&json.replacen(&leaf, "", 1));
    fails(&json.replacen("\"proof\":[\"", "\"proof\":[[],\"", 1));
    fails(&json.replacen("\"proof\":[\"", "\"proof\":[\"AA==\",\"", 1));
    fails(&format!("{json}{json}"));
    fails(&format!("{json}x"));
    fails(&format!("[{json}]"));
    let (proof, note) = (receipt.proof[0].to_base64(), receipt.checkpoint.replace('\n', "\\n"));
    fails(&format!("[2,\"{leaf}\",[\"{proof}\"],\"{note}\"]"));
    fails("");
    fails("null");
    for cut in 0..json.len() {
        assert!(Receipt::parse(&json.as_bytes()[..cut]).is_err(), "{cut}");
    }
}

#[test]
fn attack_34_long_receipts_proofs_and_checkpoints_are_refused() {
    let mut receipt = receipt(2, 3);
    receipt.proof = vec![EMPTY_ROOT; MAX_PROOF_LEN];
    assert!(Receipt::parse(receipt.to_json().as_bytes()).is_ok());
    receipt.proof.push(EMPTY_ROOT);
    assert!(matches!(Receipt::parse(receipt.to_json().as_bytes()), Err(ReceiptError::Form(_))));
    receipt.proof.clear();
    receipt.checkpoint = "x".repeat(MAX_NOTE_BYTES);
    assert!(Receipt::parse(receipt.to_json().as_bytes()).is_ok());
    receipt.checkpoint.push('x');
    assert!(matches!(Receipt::parse(receipt.to_json().as_bytes()), Err(ReceiptError::Form(_))));
    let json = format!("{}{}", " ".repeat(MAX_RECEIPT_BYTES), receipt.to_json());
    assert!(matches!(Receipt::parse(json.as_bytes()), Err(ReceiptError::TooLong)));
    let nested = "[".repeat(MAX_RECEIPT_BYTES);
    assert!(matches!(Receipt::parse(nested.as_bytes()), Err(ReceiptError::Form(_))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn receipts_of_any_log_hold_for_their_entry_only(size in 1usize..400, index in any::<prop::sample::Index>()) {
        let index = index.index(size) as u64;
        let json = receipt(index, size).to_json();
        let (own, next) = (format!("entry {index}"), format!("entry {}", index + 1));
        prop_assert!(check(json.as_bytes(), own.as_bytes()).is_ok());
        prop_assert!(check(json.as_bytes(), next.as_bytes()).is_err());
    }
}

#[test]
fn attack_23_a_receipt_whose_checkpoint_too_few_witnesses_saw_is_refused() {
    let secret = LogKey::from_seed(&[9; 32]);
    let name: Origin = "witness.example/w1".parse().unwrap();
    let witness = crate::WitnessKey::new(name.clone(), secret.public());
    let witnesses = Witnesses::new(1, vec![witness]).unwrap();
    let mut receipt = receipt(4, 9);
    let check =
        |receipt: &Receipt| receipt.check_witnessed(&origin(), &key().public(), Some(&witnesses), b"entry 4");
    let refused = check(&receipt);
    assert!(
        matches!(
            refused,
            Err(ReceiptError::Checkpoint(CheckpointError::TooFewWitnesses { found: 0, needed: 1 }))
        ),
        "{refused:?}"
    );
    let seen = checkpoint(&tree(&entries(9)));
    receipt.checkpoint += &crate::cosign(&seen, &name, &secret, 1_795_000_000);
    assert_eq!(check(&receipt).unwrap(), seen);
}
