//! What a trustee's device keeps, and the words that a trustee types. Whatever is read can be written and read again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use veche_trustee::{Kept, Secret};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(kept) = Kept::from_json(bytes) {
        let written = kept.to_json().expect("it was read before");
        assert_eq!(Kept::from_json(written.as_bytes()).expect("we wrote it"), kept);
    }
    if let Some(secret) = std::str::from_utf8(bytes).ok().and_then(|text| Secret::from_words(text).ok()) {
        let again = Secret::from_words(&secret.words()).expect("we wrote them");
        assert_eq!(again.bytes(), secret.bytes());
    }
});
