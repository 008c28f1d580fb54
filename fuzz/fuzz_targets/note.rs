//! A signed note, and the verifier key of a log or of a witness. No note can pass for signed by a key that signs
//! nothing here but one known note.
#![no_main]

use libfuzzer_sys::fuzz_target;
use veche_board::note::Note;
use veche_board::{Checkpoint, EMPTY_ROOT, LogPublicKey, SignedCheckpoint, WitnessKey};
use veche_fuzz::{LOG_PUBLIC_KEY, origin};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(note) = Note::parse(bytes)
        && let Ok(text) = note.verify(&origin(), &LOG_PUBLIC_KEY)
    {
        assert!(bytes.starts_with(text.as_bytes()));
        let known = Checkpoint { origin: origin(), size: 0, root: EMPTY_ROOT };
        assert_eq!(SignedCheckpoint::open(bytes, &LOG_PUBLIC_KEY, &origin()), Ok(known));
    }
    if let Ok(note) = Note::parse(bytes) {
        // This key has cosigned nothing.
        let witness = WitnessKey::new(origin(), *LOG_PUBLIC_KEY);
        assert!(!matches!(witness.cosigned(&note), Ok(Some(_))));
    }
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(witness) = WitnessKey::from_vkey(text)
    {
        assert_eq!(witness.to_vkey(), text);
    }
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok((name, key)) = LogPublicKey::from_vkey(text)
    {
        assert_eq!(key.to_vkey(&name), text);
    }
});
