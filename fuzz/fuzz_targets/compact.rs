//! A receipt out of a QR code. Whatever is read has one spelling; nothing that the log did not sign passes its check.
#![no_main]

use libfuzzer_sys::fuzz_target;
use veche_board::{CompactReceipt, leaf_hash};
use veche_fuzz::{LOG_PUBLIC_KEY, origin};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(receipt) = CompactReceipt::from_bytes(bytes) {
        assert_eq!(receipt.to_bytes(), bytes, "one receipt has one spelling");
        let text = receipt.to_text();
        assert_eq!(CompactReceipt::from_text(&text).expect("it was read before"), receipt);
        if receipt.check(&origin(), &LOG_PUBLIC_KEY, None).is_ok() {
            // The seeds are receipts of this log's entries, and nobody here can sign others.
            assert!((0..10).any(|entry| receipt.leaf_hash == leaf_hash(format!("entry {entry}").as_bytes())));
        }
    }
});
