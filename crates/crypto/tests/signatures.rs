//! Schnorr signatures: what they bind, in a batch and alone.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod support;

use support::fresh;
use veche_crypto::VerifyError;
use veche_crypto::batch::Batch;
use veche_crypto::group::Scalar;
use veche_crypto::signature::{SecretKey, Signature};

fn key(secret: u64) -> SecretKey {
    SecretKey::new(Scalar::from(secret)).unwrap()
}

#[test]
fn a_signature_binds_domain_message_and_key() {
    let key_a = key(11);
    let public = key_a.public();
    let signature = key_a.sign("domain", b"message").unwrap();
    let refused = Err(VerifyError::Equation);
    assert_eq!(public.verify("domain", b"message", &signature), Ok(()));
    assert_eq!(public.verify("domaim", b"message", &signature), refused);
    assert_eq!(public.verify("domain", b"massage", &signature), refused);
    assert_eq!(key(12).public().verify("domain", b"message", &signature), refused);
}

#[test]
fn every_flipped_bit_of_a_signature_is_refused() {
    let key = key(11);
    let public = key.public();
    let bytes = key.sign("domain", b"message").unwrap().to_bytes();
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes;
        flipped[bit / 8] ^= 1 << (bit % 8);
        let accepted =
            Signature::from_bytes(&flipped).is_ok_and(|s| public.verify("domain", b"message", &s).is_ok());
        assert!(!accepted, "bit {bit}");
    }
}

#[test]
fn a_batch_names_the_false_signatures() {
    let keys: Vec<SecretKey> = (1..=6).map(key).collect();
    let mut batch = Batch::new(&[]);
    for (i, key) in keys.iter().enumerate() {
        let signature = key.sign("domain", &[i as u8]).unwrap();
        let claimed = if i % 3 == 1 { 99 } else { i as u8 };
        batch.push_signature("domain", &key.public(), &[claimed], &signature);
    }
    assert_eq!(batch.verify(&fresh(5)), Err(vec![1, 4]));
}

#[test]
fn attack_14_zero_is_no_key() {
    assert!(SecretKey::new(Scalar::ZERO).is_err());
}
