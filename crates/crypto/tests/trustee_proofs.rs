//! Partial decryptions and proofs of possession: the honest pass, and what every bound input is for.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod support;

use curve25519_dalek::constants::RISTRETTO_BASEPOINT_POINT as G;
use support::{point, random};
use veche_crypto::chaum_pedersen::{self, DecryptError, Statement, decrypt};
use veche_crypto::group::{AnyPoint, Point, Scalar};
use veche_crypto::hash::{Digest, digest};
use veche_crypto::{VerifyError, schnorr};

struct Fixture {
    context: Digest,
    alpha: Point,
    betas: Vec<AnyPoint>,
    secrets: Vec<Scalar>,
    shares: Vec<Point>,
}

fn fixture() -> Fixture {
    let secrets: Vec<Scalar> = (0..3).map(|j| random("share", j)).collect();
    Fixture {
        context: digest("test", &[b"context"]),
        alpha: point(G * random("alpha", 0)),
        betas: (0..3).map(|j| AnyPoint::new(G * random("beta", j))).collect(),
        shares: secrets.iter().map(|s| point(G * s)).collect(),
        secrets,
    }
}

impl Fixture {
    fn decryption(&self) -> Statement<'_> {
        Statement { context: &self.context, alpha: &self.alpha, betas: &self.betas, shares: &self.shares }
    }
}

#[test]
fn an_honest_partial_decryption_verifies_and_survives_its_encoding() {
    let fixture = fixture();
    let (factors, proof) = decrypt(&fixture.decryption(), &fixture.secrets).unwrap();
    for (factor, secret) in factors.iter().zip(&fixture.secrets) {
        assert_eq!(*factor.inner(), fixture.alpha.inner() * secret);
    }
    assert_eq!(proof.verify(&fixture.decryption(), &factors), Ok(()));
    assert_eq!(chaum_pedersen::Proof::from_bytes(&proof.to_bytes()), Ok(proof));
}

#[test]
fn attack_02_a_decryption_proof_binds_every_input() {
    let honest = fixture();
    let (factors, proof) = decrypt(&honest.decryption(), &honest.secrets).unwrap();
    let refused = |what: &str, change: &dyn Fn(&mut Fixture)| {
        let mut changed = fixture();
        change(&mut changed);
        assert!(proof.verify(&changed.decryption(), &factors).is_err(), "{what}");
    };
    refused("context", &|f| f.context = digest("test", &[b"other"]));
    refused("alpha", &|f| f.alpha = point(G * random("alpha", 1)));
    for slot in 0..3 {
        refused("beta", &|f| f.betas[slot] = AnyPoint::new(G * random("beta", 9)));
        refused("share", &|f| f.shares[slot] = point(G * random("share", 9)));
        let mut other = factors.clone();
        other[slot] = point(factors[slot].inner() + G);
        assert!(proof.verify(&honest.decryption(), &other).is_err(), "factor {slot}");
    }
    refused("a slot fewer", &|f| {
        f.betas.pop();
        f.shares.pop();
    });
}

#[test]
fn attack_19_a_random_factor_another_trustees_proof_and_swapped_slots_are_refused() {
    let honest = fixture();
    let (factors, proof) = decrypt(&honest.decryption(), &honest.secrets).unwrap();

    let mut random_factor = factors.clone();
    random_factor[1] = point(G * random("factor", 0));
    assert!(proof.verify(&honest.decryption(), &random_factor).is_err());

    let mut other = fixture();
    other.secrets = (0..3).map(|j| random("another trustee", j)).collect();
    other.shares = other.secrets.iter().map(|s| point(G * s)).collect();
    let (other_factors, other_proof) = decrypt(&other.decryption(), &other.secrets).unwrap();
    assert!(other_proof.verify(&honest.decryption(), &other_factors).is_err());
    assert!(other_proof.verify(&honest.decryption(), &factors).is_err());

    // Swapping two slots keeps the sum of all factors.
    let mut swapped = factors;
    swapped.swap(0, 2);
    assert!(proof.verify(&honest.decryption(), &swapped).is_err());
}

#[test]
fn attack_19_errors_of_two_slots_that_cancel_are_refused() {
    // M_1 + D and M_2 - D have the matching sum; the powers of e tell them apart.
    let honest = fixture();
    let (mut factors, proof) = decrypt(&honest.decryption(), &honest.secrets).unwrap();
    let shift = G * random("shift", 0);
    factors[0] = point(factors[0].inner() + shift);
    factors[1] = point(factors[1].inner() - shift);
    assert!(proof.verify(&honest.decryption(), &factors).is_err());
}

#[test]
fn a_flipped_bit_of_a_decryption_proof_is_refused() {
    let honest = fixture();
    let (factors, proof) = decrypt(&honest.decryption(), &honest.secrets).unwrap();
    let bytes = proof.to_bytes();
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes;
        flipped[bit / 8] ^= 1 << (bit % 8);
        let accepted = chaum_pedersen::Proof::from_bytes(&flipped)
            .is_ok_and(|p| p.verify(&honest.decryption(), &factors).is_ok());
        assert!(!accepted, "bit {bit}");
    }
}

#[test]
fn possession_of_many_secrets_is_proved_at_once() {
    let fixture = fixture();
    let proof =
        schnorr::Proof::prove(&fixture.context, &fixture.secrets.iter().collect::<Vec<_>>(), &fixture.shares)
            .unwrap();
    assert_eq!(proof.verify(&fixture.context, &fixture.shares), Ok(()));
    assert_eq!(schnorr::Proof::from_bytes(&proof.to_bytes()), Ok(proof));
    let mut reordered = fixture.shares.clone();
    reordered.swap(0, 1);
    assert!(proof.verify(&fixture.context, &reordered).is_err());
    assert!(proof.verify(&digest("test", &[b"other"]), &fixture.shares).is_err());
    assert!(proof.verify(&fixture.context, &fixture.shares[..2]).is_err());
}

#[test]
fn attack_15_a_rogue_key_has_no_proof_of_possession() {
    // K_3 = X - K_1 - K_2 would give the attacker the whole key X. Its secret is unknown, and the
    // proof made with any other secret fails.
    let fixture = fixture();
    let rogue = point(G * random("X", 0) - fixture.shares[0].inner() - fixture.shares[1].inner());
    let proof = schnorr::Proof::prove(&fixture.context, &[&random("X", 0)], &[rogue]).unwrap();
    assert!(proof.verify(&fixture.context, &[rogue]).is_err());
}

#[test]
fn what_does_not_fit_is_not_decrypted_and_not_verified() {
    let fixture = fixture();
    let statement = fixture.decryption();
    assert_eq!(decrypt(&statement, &fixture.secrets[..2]).err(), Some(DecryptError::Shape));
    let zero = [Scalar::ZERO, fixture.secrets[1], fixture.secrets[2]];
    assert_eq!(decrypt(&statement, &zero).err(), Some(DecryptError::ZeroShare));
    let (factors, proof) = decrypt(&statement, &fixture.secrets).unwrap();
    assert_eq!(proof.verify(&statement, &factors[..2]), Err(VerifyError::Shape));
}
