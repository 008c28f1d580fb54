use proptest::prelude::*;

use super::*;
use crate::testing::{bit_flips, key, origin};

const TEXT: &str = "a text\n\nof two paragraphs\n";

fn other_key() -> LogKey {
    LogKey::from_seed(&[8; 32])
}

fn line(name: &str, bytes: &[u8]) -> String {
    format!("{LINE_START}{name} {}\n", to_base64(bytes))
}

fn verify(note: &[u8]) -> Result<String, NoteError> {
    Note::parse(note)?.verify(&origin(), &key().public()).map(str::to_owned)
}

#[test]
fn the_example_of_gos_note_package_verifies() {
    let text = "If you think cryptography is the answer to your problem,\n\
                then you don't know what your problem is.\n";
    let note = format!(
        "{text}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    );
    let (name, key) =
        LogPublicKey::from_vkey("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
            .unwrap();
    assert_eq!(Note::parse(note.as_bytes()).unwrap().verify(&name, &key), Ok(text));
}

#[test]
fn what_is_signed_verifies_and_signing_twice_gives_the_same_bytes() {
    let note = sign(TEXT, &origin(), &key());
    assert_eq!(verify(note.as_bytes()).unwrap(), TEXT);
    assert_eq!(note, sign(TEXT, &origin(), &key()));
}

#[test]
fn every_flipped_bit_of_a_note_is_refused() {
    let note = sign(TEXT, &origin(), &key());
    for (bit, flipped) in bit_flips(note.as_bytes()) {
        assert!(verify(&flipped).is_err(), "bit {bit}: {}", String::from_utf8_lossy(&flipped));
    }
}

#[test]
fn attack_33_every_cut_and_every_extension_is_refused() {
    let note = sign(TEXT, &origin(), &key());
    for cut in 0..note.len() {
        assert!(verify(&note.as_bytes()[..cut]).is_err(), "{cut}");
    }
    for more in ["\n", " ", "\0", "x", "\n\n"] {
        assert!(verify(format!("{note}{more}").as_bytes()).is_err(), "{more:?} after");
        assert!(verify(format!("{more}{note}").as_bytes()).is_err(), "{more:?} before");
    }
}

#[test]
fn signatures_of_unknown_keys_are_ignored_wherever_they_stand() {
    let ours = sign(TEXT, &origin(), &key());
    let ours = ours.strip_prefix(TEXT).unwrap().strip_prefix('\n').unwrap();
    let id = key().public().id(&origin());
    let witness: Origin = "witness.example/w1".parse().unwrap();
    let strangers = [
        line("witness.example/w1", &[&other_key().public().id(&witness)[..], &[0; 64]].concat()),
        // Of another length, as post-quantum signatures are; and of the least length.
        line("witness.example/pq", &[1; 4 + 2420]),
        line("x", &[1; 5]),
        // "even if they share a name or ID (but not both) with a known key"
        line(origin().as_str(), &[9; 68]),
        line("someone.else", &[&id[..], &[0; 64]].concat()),
        // A longer name than ours may be.
        line(&"n".repeat(400), &[1; 68]),
    ];
    for stranger in &strangers {
        assert_eq!(verify(format!("{TEXT}\n{ours}{stranger}").as_bytes()).as_deref(), Ok(TEXT));
        assert_eq!(verify(format!("{TEXT}\n{stranger}{ours}").as_bytes()).as_deref(), Ok(TEXT));
        let error = NoteError::NotSigned { name: origin() };
        assert_eq!(verify(format!("{TEXT}\n{stranger}").as_bytes()), Err(error));
    }
    let all = strangers.concat();
    assert_eq!(verify(format!("{TEXT}\n{all}{ours}{all}").as_bytes()).as_deref(), Ok(TEXT));
}

#[test]
fn the_known_key_must_have_signed_once_and_well() {
    let note = sign(TEXT, &origin(), &key());
    let ours = note.strip_prefix(TEXT).unwrap().strip_prefix('\n').unwrap();
    let twice = NoteError::SignedTwice { name: origin() };
    assert_eq!(verify(format!("{note}{ours}").as_bytes()), Err(twice));

    let bad = Err(NoteError::BadSignature { name: origin() });
    let id = key().public().id(&origin());
    for len in [1, 63, 64, 65, 128] {
        let forged = line(origin().as_str(), &[&id[..], &vec![1; len]].concat());
        assert_eq!(verify(format!("{TEXT}\n{forged}").as_bytes()), bad, "{len} bytes");
    }
    // Another key that claims our identifier.
    let theirs = line(origin().as_str(), &[&id[..], &other_key().sign(TEXT.as_bytes())].concat());
    assert_eq!(verify(format!("{TEXT}\n{theirs}").as_bytes()), bad);
    // Our signature of another text.
    assert_eq!(verify(format!("another text\n\n{ours}").as_bytes()), bad);
}

#[test]
fn attack_10_a_signature_has_one_spelling() {
    // The group's order, little-endian; s + ℓ satisfies the equation too, and RFC 8032 section 5.1.7 forbids it.
    let order = hex::decode("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010").unwrap();
    let mut signature = key().sign(TEXT.as_bytes());
    let mut carry = 0;
    for (byte, order) in signature[32..].iter_mut().zip(order) {
        let sum = u16::from(*byte) + u16::from(order) + carry;
        *byte = sum as u8;
        carry = sum >> 8;
    }
    assert_eq!(carry, 0);
    let note = line(origin().as_str(), &[&key().public().id(&origin())[..], &signature].concat());
    let error = NoteError::BadSignature { name: origin() };
    assert_eq!(verify(format!("{TEXT}\n{note}").as_bytes()), Err(error));
}

#[test]
fn attack_09_a_signature_with_a_point_of_small_order_is_refused() {
    use curve25519_dalek::Scalar;
    use sha2::{Digest as _, Sha512};

    // The log itself signs with nonce 0: R is the identity and s = h·a. The equation holds, and a verifier that isn't
    // strict would accept; whether a note is signed must not depend on the verifier.
    let secret = ed25519_dalek::SigningKey::from_bytes(&[7; 32]);
    let mut nonce_point = [0; 32];
    nonce_point[0] = 1;
    let challenge = Sha512::new()
        .chain_update(nonce_point)
        .chain_update(secret.verifying_key().as_bytes())
        .chain_update(TEXT)
        .finalize();
    let s = Scalar::from_bytes_mod_order_wide(&challenge.into()) * secret.to_scalar();
    let signature = [nonce_point, s.to_bytes()].concat();
    let loosely = ed25519_dalek::Signature::from_slice(&signature).unwrap();
    assert!(ed25519_dalek::Verifier::verify(&secret.verifying_key(), TEXT.as_bytes(), &loosely).is_ok());

    let note = line(origin().as_str(), &[&key().public().id(&origin())[..], &signature].concat());
    let error = NoteError::BadSignature { name: origin() };
    assert_eq!(verify(format!("{TEXT}\n{note}").as_bytes()), Err(error));
}

#[test]
fn attack_33_malformed_notes_are_refused() {
    let note = sign(TEXT, &origin(), &key());
    let encoded = note.trim_end().rsplit_once(' ').unwrap().1.to_owned();
    let name = origin();
    let bad_line = |line| Err(NoteError::SignatureLine { line });
    for (note, error) in [
        (String::new(), Err(NoteError::Form)),
        ("\n".to_owned(), Err(NoteError::Form)),
        ("\n\n".to_owned(), Err(NoteError::Form)),
        ("\n\n\n".to_owned(), Err(NoteError::Form)),
        (TEXT.to_owned(), bad_line(1)),
        (format!("{TEXT}\n"), Err(NoteError::Form)),
        (format!("{TEXT}\n\n"), Err(NoteError::Form)),
        (note.replace("\n\n—", "\n—"), bad_line(1)),
        (note.trim_end().to_owned(), Err(NoteError::Form)),
        (note.replace('\n', "\r\n"), Err(NoteError::Encoding)),
        (note.replace("a text", "a\ttext"), Err(NoteError::Encoding)),
        (note.replace('—', "-"), bad_line(1)),
        (note.replace('—', "–"), bad_line(1)),
        (format!("{TEXT}\n— {encoded}\n"), bad_line(1)),
        (format!("{TEXT}\n—  {encoded}\n"), bad_line(1)),
        (format!("{TEXT}\n— {name}  {encoded}\n"), bad_line(1)),
        (format!("{TEXT}\n— {name} {encoded} \n"), bad_line(1)),
        (format!("{TEXT}\n—\u{a0}{name} {encoded}\n"), bad_line(1)),
        (format!("{TEXT}\n— {name}\u{a0}x {encoded}\n"), bad_line(1)),
        (format!("{TEXT}\n— {}+ {encoded}\n", "x".repeat(300)), bad_line(1)),
        (format!("{TEXT}\n— {name}+x {encoded}\n"), bad_line(1)),
        (format!("{TEXT}\n— {name} {}\n", encoded.trim_end_matches('=')), bad_line(1)),
        (format!("{TEXT}\n— {name} {encoded}=\n"), bad_line(1)),
        (format!("{TEXT}\n— {name} \n"), bad_line(1)),
        (format!("{TEXT}\n— {name} AAAAAA==\n"), bad_line(1)),
        (format!("{note}— x\n"), bad_line(2)),
        (format!("{note}text\n"), bad_line(2)),
    ] {
        assert_eq!(verify(note.as_bytes()), error, "{note:?}");
    }
    assert_eq!(verify(&[note.as_bytes(), b"\xff\n"].concat()), Err(NoteError::Encoding));
}

#[test]
fn attack_34_long_notes_and_many_signatures_are_refused() {
    let note = sign(TEXT, &origin(), &key());
    let stranger = line("witness.example/w1", &[1; 68]);
    assert!(verify(format!("{note}{}", stranger.repeat(MAX_SIGNATURES - 1)).as_bytes()).is_ok());
    let many = format!("{note}{}", stranger.repeat(MAX_SIGNATURES));
    assert_eq!(verify(many.as_bytes()), Err(NoteError::TooManySignatures));

    // The 16 signatures "up to nearly 5kB" that the specification wants accepted.
    let large = line("witness.example/pq", &[1; 4 + 4627]).repeat(15);
    assert!(verify(format!("{note}{large}").as_bytes()).is_ok());
    let filler = sign(&format!("{}\n", "x".repeat(MAX_NOTE_BYTES)), &origin(), &key());
    assert_eq!(verify(filler.as_bytes()), Err(NoteError::TooLong));
    let most = MAX_NOTE_BYTES - (filler.len() - MAX_NOTE_BYTES);
    let fits = sign(&format!("{}\n", "x".repeat(most)), &origin(), &key());
    assert_eq!(fits.len(), MAX_NOTE_BYTES);
    assert!(verify(fits.as_bytes()).is_ok());
}

proptest! {
    #[test]
    fn any_text_can_be_signed_and_none_other_passes(
        text in "(\\PC{0,20}\n){1,5}", other in "(\\PC{0,20}\n){1,5}",
    ) {
        let note = sign(&text, &origin(), &key());
        prop_assert_eq!(verify(note.as_bytes()).unwrap(), text.as_str());
        if other != text {
            let swapped = note.replacen(&text, &other, 1);
            prop_assert!(verify(swapped.as_bytes()) != Ok(other));
        }
    }

    #[test]
    fn arbitrary_bytes_are_judged_without_panic(
        bytes in prop::collection::vec(prop_oneof![Just(b'\n'), Just(b' '), Just(b'A'), any::<u8>()], 0..200),
    ) {
        prop_assert!(verify(&bytes).is_err());
    }

    #[test]
    fn arbitrary_notes_are_judged_without_panic(note in "[a\n]{0,5}\n\n(— [a+ ]{0,3} [A=]{0,12}\n?){0,3}") {
        prop_assert!(verify(note.as_bytes()).is_err());
    }
}
