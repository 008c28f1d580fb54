//! An entry of the board: read, it is the only spelling of what it says.
#![no_main]

use libfuzzer_sys::fuzz_target;
use veche_record::Entry;

fuzz_target!(|message: &[u8]| {
    if let Ok(entry) = Entry::parse(message) {
        assert_eq!(entry.to_bytes(), message);
    }
});
