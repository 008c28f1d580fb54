//! Any text, signed by the log: read as a checkpoint, it is the only spelling of it.
#![no_main]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::sync::LazyLock;

use ed25519_dalek::{Signer as _, SigningKey};
use libfuzzer_sys::fuzz_target;
use veche_board::SignedCheckpoint;
use veche_fuzz::{LOG_KEY, LOG_PUBLIC_KEY, log_seed, origin};

/// The log's key as the library below ours has it, to sign what the log would never sign.
static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::from_bytes(&log_seed()));

fuzz_target!(|text: &str| {
    let mut signature = LOG_PUBLIC_KEY.id(&origin()).to_vec();
    signature.extend(KEY.sign(text.as_bytes()).to_bytes());
    let note = format!("{text}\n— {} {}\n", origin(), STANDARD.encode(&signature));
    if let Ok(checkpoint) = SignedCheckpoint::open(&note, &LOG_PUBLIC_KEY, &origin()) {
        assert_eq!(checkpoint.text(), text);
        assert_eq!(checkpoint.sign(&LOG_KEY), note);
    }
});
