//! An election's card: read, it is the only spelling of what it says.
#![no_main]

use libfuzzer_sys::fuzz_target;
use veche_record::Card;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(card) = Card::parse(bytes) {
        assert_eq!(card.to_bytes(), bytes);
    }
});
