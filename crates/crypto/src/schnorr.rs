//! One proof that somebody knows the secrets behind many public points.
//!
//! ```text
//! k uniform   R = k·G   c = H("possession"; context, A_1 … A_m, R)   z = k + Σ c^j·a_j
//! verify:  z·G = R + Σ c^j·A_j
//! ```
//!
//! The context is a digest of everything else the proof must bind. Encoding: R then z, 64 bytes.
//! Extraction takes m + 1 transcripts with one R and different c (a Vandermonde system).

use curve25519_dalek::constants::RISTRETTO_BASEPOINT_TABLE;
use curve25519_dalek::ristretto::RistrettoPoint;
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::VartimeMultiscalarMul;
use zeroize::Zeroizing;

use crate::ballot_proof::powers;
use crate::group::{GroupError, Point, Reader};
use crate::hash::{Digest, Hasher, tag};

/// A proof of possession, decoded but not verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Possession {
    r: Point,
    z: Scalar,
}

fn challenge(context: &Digest, publics: &[Point], r: &Point) -> Scalar {
    let mut hasher = Hasher::new(tag::POSSESSION).with(context.as_bytes());
    publics.iter().for_each(|point| {
        hasher.field(point.as_bytes());
    });
    hasher.with(r.as_bytes()).scalar()
}

impl Possession {
    /// Proves knowledge of the secrets a_j with A_j = a_j·G.
    ///
    /// The nonce is `H("possession-nonce"; context, every a_j)`.
    ///
    /// # Errors
    /// [`GroupError::Identity`] with probability 2⁻²⁵².
    pub fn prove(context: &Digest, secrets: &[&Scalar], publics: &[Point]) -> Result<Self, GroupError> {
        let mut hasher = Hasher::new(tag::POSSESSION_NONCE).with(context.as_bytes());
        secrets.iter().for_each(|secret| {
            hasher.field(secret.as_bytes());
        });
        let k = Zeroizing::new(hasher.scalar());
        let r = Point::new(RISTRETTO_BASEPOINT_TABLE * &*k)?;
        let c = challenge(context, publics, &r);
        let z = *k
            + secrets
                .iter()
                .zip(powers(&c, secrets.len()))
                .map(|(secret, power)| *secret * power)
                .sum::<Scalar>();
        Ok(Possession { r, z })
    }

    /// Whether the prover knew the secrets of all these points, in this order and context.
    pub fn verify(&self, context: &Digest, publics: &[Point]) -> bool {
        let c = challenge(context, publics, &self.r);
        let sum = RistrettoPoint::vartime_multiscalar_mul(
            powers(&c, publics.len()),
            publics.iter().map(Point::inner),
        );
        RISTRETTO_BASEPOINT_TABLE * &self.z == self.r.inner() + sum
    }

    /// Decodes R then z.
    ///
    /// # Errors
    /// [`GroupError`].
    pub fn from_bytes(bytes: &[u8; 64]) -> Result<Self, GroupError> {
        let mut reader = Reader(bytes);
        Ok(Possession { r: reader.point()?, z: reader.scalar()? })
    }

    /// Encodes R then z.
    pub fn to_bytes(&self) -> [u8; 64] {
        let mut bytes = [0; 64];
        let (r, z) = bytes.split_at_mut(32);
        r.copy_from_slice(self.r.as_bytes());
        z.copy_from_slice(self.z.as_bytes());
        bytes
    }
}
