//! An entry bundle and the number of entries it should have: read, it is the only spelling of its entries.
#![no_main]

use libfuzzer_sys::fuzz_target;
use veche_board::{decode_bundle, encode_bundle};

fuzz_target!(|input: (u16, &[u8])| {
    let (count, bytes) = input;
    if let Ok(entries) = decode_bundle(bytes, count.into()) {
        assert_eq!(entries.len(), usize::from(count));
        assert_eq!(encode_bundle(&entries).as_deref(), Ok(bytes));
    }
});
