//! The proof of a partial decryption: many slots, two scalars.
//!
//! # Statement
//!
//! A trustee with shares s_1 … s_μ and public shares S_j = s_j·G computed M_j = s_j·α for the
//! aggregate's α.
//!
//! # Proof
//!
//! ```text
//! e = H("equality-e"; context, α, β_1 … β_μ, S_1 … S_μ, M_1 … M_μ)
//! k uniform     c = H("equality-c"; context, e, k·G, k·α)     z = k + c·Σ e^j·s_j
//! ```
//!
//! # Verification
//!
//! `c = H("equality-c"; context, e, z·G - c·Σ e^j·S_j, z·α - c·Σ e^j·M_j)`
//!
//! The context is a digest of everything else the proof must bind: election, tally, contest, group,
//! trustee, ballot count. The counts of β, S and M are equal, or there is no proof. (Without any β
//! the proof says nothing of ciphertexts: that S and M have one logarithm, to the bases G and α.)
//!
//! # Encoding
//!
//! c then z, 64 bytes.
//!
//! # Source
//!
//! Chaum and Pedersen (1992), for many slots by the small-exponent argument with powers of e.

use curve25519_dalek::constants::RISTRETTO_BASEPOINT_TABLE;
use curve25519_dalek::ristretto::RistrettoPoint;
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::VartimeMultiscalarMul;
use zeroize::Zeroizing;

use crate::ballot_proof::powers;
use crate::group::{AnyPoint, GroupError, Point, Reader};
use crate::hash::{Digest, Hasher, tag};

/// What a partial decryption is about.
#[derive(Clone, Copy)]
pub struct Decryption<'a> {
    /// A digest of election, tally input, contest, group, trustee and ballot count.
    pub context: &'a Digest,
    /// α_Σ. Never the identity: an empty aggregate is not decrypted.
    pub alpha: &'a Point,
    /// β_Σ of every slot; none where the statement is not about ciphertexts.
    pub betas: &'a [AnyPoint],
    /// S_j, the trustee's public share of every slot.
    pub shares: &'a [Point],
}

impl Decryption<'_> {
    fn e(&self, factors: &[Point]) -> Option<Scalar> {
        let slots = self.shares.len();
        if !(self.betas.is_empty() || self.betas.len() == slots) || factors.len() != slots {
            return None;
        }
        let mut hasher =
            Hasher::new(tag::EQUALITY_E).with(self.context.as_bytes()).with(self.alpha.as_bytes());
        for bytes in self.betas.iter().map(AnyPoint::as_bytes) {
            hasher.field(bytes);
        }
        for bytes in self.shares.iter().chain(factors).map(Point::as_bytes) {
            hasher.field(bytes);
        }
        Some(hasher.scalar())
    }

    fn c(&self, e: &Scalar, k_g: RistrettoPoint, k_alpha: RistrettoPoint) -> Scalar {
        Hasher::new(tag::EQUALITY_C)
            .with(self.context.as_bytes())
            .with(e.as_bytes())
            .with(k_g.compress().as_bytes())
            .with(k_alpha.compress().as_bytes())
            .scalar()
    }
}

/// The proof (c, z), decoded but not verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DecryptionProof {
    c: Scalar,
    z: Scalar,
}

/// M_j = s_j·α for every slot, with their proof. `None` when the number of secrets is not the
/// number of public shares, or a secret is zero.
///
/// The nonce k is `H("equality-nonce"; context, α, every s_j)`: no random source is needed.
pub fn decrypt(decryption: &Decryption<'_>, secrets: &[Scalar]) -> Option<(Vec<Point>, DecryptionProof)> {
    let alpha = decryption.alpha.inner();
    let factors: Vec<Point> = secrets.iter().map(|s| Point::new(alpha * s).ok()).collect::<Option<_>>()?;
    let e = decryption.e(&factors)?;
    let mut hasher = Hasher::new(tag::EQUALITY_NONCE);
    hasher.field(decryption.context.as_bytes()).field(decryption.alpha.as_bytes());
    secrets.iter().for_each(|s| {
        hasher.field(s.as_bytes());
    });
    let k = Zeroizing::new(hasher.scalar());
    let c = decryption.c(&e, RISTRETTO_BASEPOINT_TABLE * &*k, alpha * *k);
    let merged = Zeroizing::new(
        secrets.iter().zip(powers(&e, secrets.len())).map(|(s, power)| s * power).sum::<Scalar>(),
    );
    Some((factors, DecryptionProof { c, z: *k + c * *merged }))
}

impl DecryptionProof {
    /// Whether the factors are the shares' partial decryption of the aggregate.
    pub fn verify(&self, decryption: &Decryption<'_>, factors: &[Point]) -> bool {
        let Some(e) = decryption.e(factors) else { return false };
        let merge = |fixed: &RistrettoPoint, points: &[Point]| {
            RistrettoPoint::vartime_multiscalar_mul(
                [self.z].into_iter().chain(powers(&e, points.len()).iter().map(|power| -(self.c * power))),
                [fixed].into_iter().chain(points.iter().map(Point::inner)),
            )
        };
        let g = curve25519_dalek::constants::RISTRETTO_BASEPOINT_POINT;
        let k_g = merge(&g, decryption.shares);
        let k_alpha = merge(decryption.alpha.inner(), factors);
        decryption.c(&e, k_g, k_alpha) == self.c
    }

    /// Decodes c then z.
    ///
    /// # Errors
    /// [`GroupError::UnreducedScalar`].
    pub fn from_bytes(bytes: &[u8; 64]) -> Result<Self, GroupError> {
        let mut reader = Reader(bytes);
        Ok(DecryptionProof { c: reader.scalar()?, z: reader.scalar()? })
    }

    /// Encodes c then z.
    pub fn to_bytes(&self) -> [u8; 64] {
        let mut bytes = [0; 64];
        let (c, z) = bytes.split_at_mut(32);
        c.copy_from_slice(self.c.as_bytes());
        z.copy_from_slice(self.z.as_bytes());
        bytes
    }
}
