use super::*;
use crate::testing::{key, origin, receipt};
use crate::{LogKey, SignedCheckpoint, cosign, leaf_hash};

const SCOPE: [u8; SCOPE_LEN] = *b"election";

fn compact(index: u64, n: usize) -> CompactReceipt {
    CompactReceipt::new(SCOPE, &receipt(index, n), &origin(), &key().public(), None).unwrap()
}

#[test]
fn what_is_written_is_read_and_holds() {
    for (index, n) in [(0, 1), (0, 2), (1, 2), (6, 7), (127, 300), (128, 300), (299, 300), (200, 1_000)] {
        let whole = receipt(index, n);
        let written = compact(index, n);
        for read in [
            CompactReceipt::from_bytes(&written.to_bytes()).unwrap(),
            CompactReceipt::from_text(&written.to_text()).unwrap(),
        ] {
            assert_eq!(read, written);
            let checkpoint = read.check(&origin(), &key().public(), None).unwrap();
            assert_eq!(checkpoint.size, n as u64);
            assert_eq!(read.leaf_hash, leaf_hash(format!("entry {index}").as_bytes()));
            // The very note that the log signed comes out of it.
            assert_eq!(read.expand(&origin(), &key().public(), None).unwrap(), whole);
        }
    }
}

#[test]
fn witnesses_lines_are_carried_and_those_of_strangers_are_not() {
    let mut receipt = receipt(2, 9);
    let checkpoint = SignedCheckpoint::open(&receipt.checkpoint, &key().public(), &origin()).unwrap();
    let known: Vec<WitnessKey> = [1u8, 2, 3]
        .map(|number| {
            let name: Origin = format!("witness.example/{number}").parse().unwrap();
            let key = LogKey::from_seed(&[100 + number; 32]);
            receipt.checkpoint.push_str(&cosign(&checkpoint, &name, &key, 1_777_622_400));
            WitnessKey::new(name, key.public())
        })
        .to_vec();
    let two = Witnesses::new(2, known[..2].to_vec()).unwrap();
    let written = CompactReceipt::new(SCOPE, &receipt, &origin(), &key().public(), Some(&two)).unwrap();
    assert_eq!(written.signatures.len(), 3, "the log's and two witnesses'");
    let read = CompactReceipt::from_bytes(&written.to_bytes()).unwrap();
    read.check(&origin(), &key().public(), Some(&two)).unwrap();
    let expanded = read.expand(&origin(), &key().public(), Some(&two)).unwrap();
    assert_eq!(two.of(expanded.checkpoint.as_bytes()).unwrap().len(), 2);
    assert!(!expanded.checkpoint.contains("witness.example/3"));
    // Without them it is the log's word alone, which is not enough where the manifest names witnesses.
    let own = CompactReceipt::new(SCOPE, &receipt, &origin(), &key().public(), None).unwrap();
    assert_eq!(own.signatures.len(), 1);
    own.check(&origin(), &key().public(), None).unwrap();
    assert!(own.check(&origin(), &key().public(), Some(&two)).is_err());
}

/// The proof and the log's signature are the receipt; the scope only says what it is about.
#[test]
fn attack_33_every_changed_byte_is_noticed() {
    let honest = compact(6, 11);
    let bytes = honest.to_bytes();
    for place in 0..bytes.len() {
        for flip in [0x01, 0x80, 0xff] {
            let mut changed = bytes.clone();
            changed[place] ^= flip;
            if let Ok(read) = CompactReceipt::from_bytes(&changed) {
                assert_eq!(read.to_bytes(), changed, "one receipt has one spelling");
                let in_scope = (1..=SCOPE_LEN).contains(&place);
                assert_eq!(read.scope != SCOPE, in_scope, "byte {place}");
                assert_eq!(read.check(&origin(), &key().public(), None).is_ok(), in_scope, "byte {place}");
            }
        }
    }
    let other = LogKey::from_seed(&[8; 32]).public();
    assert!(honest.check(&origin(), &other, None).is_err());
    assert!(honest.check(&"board.example/2027".parse().unwrap(), &key().public(), None).is_err());
}

#[test]
fn attack_33_no_other_spelling_is_read() {
    let bytes = compact(6, 300).to_bytes();
    for len in 0..bytes.len() {
        assert!(CompactReceipt::from_bytes(&bytes[..len]).is_err(), "cut to {len}");
    }
    let with = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut changed = bytes.clone();
        change(&mut changed);
        CompactReceipt::from_bytes(&changed).unwrap_err()
    };
    assert_eq!(with(&|bytes| bytes.push(0)), CompactError::Trailing(1));
    assert_eq!(with(&|bytes| bytes[0] = 2), CompactError::Version(2));
    // The index 6 in two bytes, then an endless number.
    assert_eq!(with(&|bytes| drop(bytes.splice(9..10, [0x86, 0]))), CompactError::Number);
    assert_eq!(with(&|bytes| drop(bytes.splice(9..10, [0xff; 10]))), CompactError::Number);
    assert!(matches!(with(&|bytes| drop(bytes.splice(9..12, [7, 7]))), CompactError::Inclusion(_)));
    let count = bytes.len() - 64 - 1 - 4 - 1;
    assert_eq!(bytes[count], 1);
    assert_eq!(with(&|bytes| bytes[count] = 0), CompactError::Signatures(0));
    assert_eq!(with(&|bytes| bytes[count] = 65), CompactError::Signatures(65));
    assert_eq!(with(&|bytes| bytes[count + 5] = 0), CompactError::Number);
    assert_eq!(
        with(&|bytes| {
            bytes[count] = 2;
            let line = bytes[count + 1..].to_vec();
            bytes.extend(line);
        }),
        CompactError::Repeated
    );
    assert_eq!(CompactReceipt::from_bytes(&[1; MAX_COMPACT_BYTES + 1]), Err(CompactError::TooLong));
    let text = compact(6, 300).to_text();
    for loose in [
        format!("{text}="),
        format!(" {text}"),
        format!("{text}\n"),
        text.replace('-', "+").replace('_', "/") + "+",
    ] {
        assert!(CompactReceipt::from_text(&loose).is_err(), "{loose}");
    }
    assert_eq!(CompactReceipt::from_text("%"), Err(CompactError::Base64));
}

#[test]
fn only_a_receipt_that_holds_is_written() {
    let mut wrong = receipt(2, 9);
    wrong.index = 3;
    let written = CompactReceipt::new(SCOPE, &wrong, &origin(), &key().public(), None);
    assert!(matches!(written, Err(CompactError::Inclusion(_))));
    let other = LogKey::from_seed(&[8; 32]).public();
    let written = CompactReceipt::new(SCOPE, &receipt(2, 9), &origin(), &other, None);
    assert!(matches!(written, Err(CompactError::Checkpoint(_))));
}

/// What the protocol's text says of the size.
#[test]
fn how_large_it_is() {
    let bytes = compact(700, 1_000).to_bytes().len();
    assert_eq!((bytes, compact(700, 1_000).to_text().len()), (435, 580));
    // 200,000 entries need up to 18 hashes and three bytes for each number.
    let hashes = inclusion_proof_len(100_000, 200_000).unwrap();
    assert_eq!(bytes - 10 * 32 + hashes * 32 + 2, 693);
}
