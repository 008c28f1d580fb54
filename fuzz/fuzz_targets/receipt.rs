//! A receipt file. Whatever is read can be written and read again; nothing but the entry it is for passes its check.
#![no_main]

use libfuzzer_sys::fuzz_target;
use veche_board::Receipt;
use veche_fuzz::{LOG_PUBLIC_KEY, origin};

fuzz_target!(|json: &[u8]| {
    if let Ok(receipt) = Receipt::parse(json) {
        assert_eq!(Receipt::parse(receipt.to_json().as_bytes()).expect("it was read before"), receipt);
        assert!(receipt.check(&origin(), &LOG_PUBLIC_KEY, b"another entry").is_err());
        let _ = receipt.check(&origin(), &LOG_PUBLIC_KEY, b"entry 2");
    }
});
