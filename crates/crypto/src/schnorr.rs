//! The proof that somebody knows the secrets behind many public points (a proof of possession): one
//! proof for all of them.
//!
//! # Statement
//!
//! The prover knows a_1 … a_m with A_j = a_j·G.
//!
//! # Proof
//!
//! ```text
//! k uniform   R = k·G   c = H("possession"; context, A_1 … A_m, R)   z = k + Σ c^j·a_j
//! ```
//!
//! The context is a digest of everything else the proof must bind. The nonce k is
//! `H("possession-nonce"; context, every a_j)`.
//!
//! # Verification
//!
//! `z·G = R + Σ c^j·A_j`
//!
//! # Encoding
//!
//! R then z, 64 bytes.
//!
//! # Constant time
//!
//! [`Proof::prove`] does the same operations in the same order whatever the secrets are. Verification is
//! of public values and takes variable time.
//!
//! # Source
//!
//! Schnorr (1991), for many points by powers of the challenge. Extraction takes m + 1 transcripts with
//! one R and different c (a Vandermonde system).
//!
//! # Example
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use veche_crypto::feldman::Polynomial;
//! use veche_crypto::hash::{digest, scalar};
//! use veche_crypto::schnorr::Proof;
//!
//! let polynomial = Polynomial::new([b"a", b"b"].map(|label| scalar("example", &[label])).to_vec());
//! let commitments = polynomial.commitments()?;
//! let context = digest("example", &[b"election, attempt, trustee"]);
//! let secrets: Vec<_> = polynomial.coefficients().collect();
//! let proof = Proof::prove(&context, &secrets, &commitments)?;
//! proof.verify(&context, &commitments)?;
//! assert!(proof.verify(&digest("example", &[b"another trustee"]), &commitments).is_err());
//! # Ok(())
//! # }
//! ```

use crate::generators::G;
use curve25519_dalek::ristretto::RistrettoPoint;
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::VartimeMultiscalarMul;
use zeroize::Zeroizing;

use crate::error::VerifyError;
use crate::group::{GroupError, Point, Reader};
use crate::hash::{Digest, Hasher, tag};
use crate::scalars::powers;

/// The proof (R, z), decoded but not verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proof {
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

impl Proof {
    /// Proves knowledge of the secrets a_j with A_j = a_j·G.
    ///
    /// # Errors
    /// [`GroupError::Identity`] with probability 2⁻²⁵².
    pub fn prove(context: &Digest, secrets: &[&Scalar], publics: &[Point]) -> Result<Self, GroupError> {
        let mut hasher = Hasher::new(tag::POSSESSION_NONCE).with(context.as_bytes());
        secrets.iter().for_each(|secret| {
            hasher.field(secret.as_bytes());
        });
        let k = Zeroizing::new(hasher.scalar());
        let r = Point::new(&*G * &*k)?;
        let c = challenge(context, publics, &r);
        let z = *k
            + secrets
                .iter()
                .zip(powers(&c, secrets.len()))
                .map(|(secret, power)| *secret * power)
                .sum::<Scalar>();
        Ok(Proof { r, z })
    }

    /// Verifies that the prover knew the secrets of all these points, in this order and context.
    ///
    /// # Errors
    /// [`VerifyError::Equation`].
    pub fn verify(&self, context: &Digest, publics: &[Point]) -> Result<(), VerifyError> {
        let c = challenge(context, publics, &self.r);
        let sum = RistrettoPoint::vartime_multiscalar_mul(
            powers(&c, publics.len()),
            publics.iter().map(Point::inner),
        );
        VerifyError::unless(&*G * &self.z == self.r.inner() + sum)
    }

    /// Decodes R then z.
    ///
    /// # Errors
    /// [`GroupError`].
    pub fn from_bytes(bytes: &[u8; 64]) -> Result<Self, GroupError> {
        let mut reader = Reader(bytes);
        Ok(Proof { r: reader.point()?, z: reader.scalar()? })
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
