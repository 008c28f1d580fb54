use proptest::prelude::*;

use super::*;

#[test]
fn the_bytes_are_big_endian_lengths_and_entries() {
    let long = vec![0xaa; 258];
    let bundle = encode_bundle(&[b"".as_slice(), b"ab", &long]).unwrap();
    assert_eq!(bundle[..8], [0, 0, 0, 2, b'a', b'b', 1, 2]);
    assert_eq!(bundle[8..], long);
}

#[test]
fn limits_of_encoding() {
    assert_eq!(encode_bundle::<&[u8]>(&[]), Err(BundleError::Count { count: 0 }));
    assert!(encode_bundle(&[b""; 256]).is_ok());
    assert_eq!(encode_bundle(&[b""; 257]), Err(BundleError::Count { count: 257 }));
    let entry = vec![0; 65_536];
    assert!(encode_bundle(&[&entry[..65_535]]).is_ok());
    let error = BundleError::EntryTooLong { position: 1, len: 65_536 };
    assert_eq!(encode_bundle(&[&[], &entry[..]]), Err(error));
}

#[test]
fn attack_34_lengths_and_counts_beyond_the_bytes_are_refused() {
    assert_eq!(decode_bundle(&[0xff, 0xff], 1), Err(BundleError::Truncated { position: 0 }));
    assert_eq!(decode_bundle(&[0, 0], 2), Err(BundleError::Truncated { position: 1 }));
    for count in [0, 257, usize::MAX] {
        assert_eq!(decode_bundle(&[0, 0], count), Err(BundleError::Count { count }));
    }
}

#[test]
fn attack_33_every_cut_and_every_extension_is_refused() {
    let entries = [b"one".as_slice(), b"", b"three"];
    let bundle = encode_bundle(&entries).unwrap();
    assert_eq!(decode_bundle(&bundle, 3).unwrap(), entries);
    for cut in 0..bundle.len() {
        let result = decode_bundle(&bundle[..cut], 3);
        assert!(matches!(result, Err(BundleError::Truncated { .. })), "{cut}: {result:?}");
    }
    let longer = [bundle.as_slice(), &[0]].concat();
    assert_eq!(decode_bundle(&longer, 3), Err(BundleError::Trailing { surplus: 1 }));
    assert_eq!(decode_bundle(&bundle, 2), Err(BundleError::Trailing { surplus: 7 }));
}

proptest! {
    #[test]
    fn bundles_read_back(entries in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..600), 1..=256)) {
        let bundle = encode_bundle(&entries).unwrap();
        prop_assert_eq!(decode_bundle(&bundle, entries.len()).unwrap(), entries);
    }

    #[test]
    fn whatever_is_read_was_the_only_spelling(
        bytes in prop::collection::vec(prop_oneof![Just(0u8), Just(1), Just(2), any::<u8>()], 0..40), count in 1usize..8,
    ) {
        if let Ok(entries) = decode_bundle(&bytes, count) {
            prop_assert_eq!(encode_bundle(&entries).unwrap(), bytes);
        }
    }
}
