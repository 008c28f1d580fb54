//! The proof of a partial decryption, that many pairs of points have one logarithm each: many slots,
//! two scalars.
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
//! The nonce k is `H("equality-nonce"; every s_j, e)`: no random source is needed, and a dead one
//! reveals nothing.
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
//! # Constant time
//!
//! [`decrypt`] does the same operations in the same order whatever the shares are. Verification is of
//! public values and takes variable time.
//!
//! # Source
//!
//! Chaum and Pedersen (1992), for many slots by the small-exponent argument with powers of e.
//!
//! # Example
//!
//! One of three trustees, any two of whom decrypt, contributes its part. (The crate's front page has a
//! whole decryption.)
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use veche_crypto::chaum_pedersen::{Statement, decrypt};
//! use veche_crypto::feldman::{Polynomial, public_share};
//! use veche_crypto::group::AnyPoint;
//! use veche_crypto::hash::{digest, scalar};
//!
//! let polynomial = Polynomial::new([b"a", b"b"].map(|label| scalar("example", &[label])).to_vec());
//! let share = polynomial.share(3);
//! let public = public_share(&polynomial.commitments()?, 3)?;
//!
//! # let ciphertext = Polynomial::new(vec![scalar("example", &[b"r"])]).commitments()?;
//! # let [alpha] = ciphertext[..] else { unreachable!() };
//! // α and β of the aggregate, which are on the board, as `alpha` and `beta`.
//! # let beta = AnyPoint::from(alpha);
//! let context = digest("example", &[b"election, tally, contest, group, trustee 3, 120 ballots"]);
//! let statement = Statement { context: &context, alpha: &alpha, betas: &[beta], shares: &[public] };
//! let (factors, proof) = decrypt(&statement, &[share])?;
//! proof.verify(&statement, &factors)?;
//!
//! // The same proof for another tally is refused.
//! let context = digest("example", &[b"another tally"]);
//! assert!(proof.verify(&Statement { context: &context, ..statement }, &factors).is_err());
//! # Ok(())
//! # }
//! ```

use crate::generators::G;
use curve25519_dalek::constants::RISTRETTO_BASEPOINT_POINT;
use curve25519_dalek::ristretto::RistrettoPoint;
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::VartimeMultiscalarMul;
use zeroize::Zeroizing;

use crate::error::VerifyError;
use crate::group::{AnyPoint, GroupError, Point, Reader};
use crate::hash::{Digest, Hasher, tag};
use crate::scalars::powers;

/// What a partial decryption is about.
#[derive(Clone, Copy)]
pub struct Statement<'a> {
    /// A digest of election, tally input, contest, group, trustee and ballot count.
    pub context: &'a Digest,
    /// α_Σ. Never the identity: an empty aggregate is not decrypted.
    pub alpha: &'a Point,
    /// β_Σ of every slot; none where the statement is not about ciphertexts.
    pub betas: &'a [AnyPoint],
    /// S_j, the trustee's public share of every slot.
    pub shares: &'a [Point],
}

impl Statement<'_> {
    /// e, where the lists fit each other.
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

/// Why nothing is decrypted. The fault is with the calling code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecryptError {
    /// The number of secrets, of public shares and of β is not one number.
    #[error("there is not one secret share for each public share")]
    Shape,
    /// A secret share is zero, which no sharing gives.
    #[error("a secret share is zero")]
    ZeroShare,
}

/// The proof (c, z), decoded but not verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proof {
    c: Scalar,
    z: Scalar,
}

/// M_j = s_j·α for every slot, with their proof.
///
/// # Errors
/// [`DecryptError`].
pub fn decrypt(statement: &Statement<'_>, secrets: &[Scalar]) -> Result<(Vec<Point>, Proof), DecryptError> {
    let alpha = statement.alpha.inner();
    let factors: Vec<Point> = secrets
        .iter()
        .map(|s| Point::new(alpha * s).map_err(|_| DecryptError::ZeroShare))
        .collect::<Result<_, _>>()?;
    let e = statement.e(&factors).ok_or(DecryptError::Shape)?;
    // e hashes the whole statement, so that no two statements share a nonce.
    let mut hasher = Hasher::new(tag::EQUALITY_NONCE);
    secrets.iter().for_each(|s| {
        hasher.field(s.as_bytes());
    });
    hasher.field(e.as_bytes());
    let k = Zeroizing::new(hasher.scalar());
    let c = statement.c(&e, &*G * &*k, alpha * *k);
    let merged = Zeroizing::new(
        secrets.iter().zip(powers(&e, secrets.len())).map(|(s, power)| s * power).sum::<Scalar>(),
    );
    Ok((factors, Proof { c, z: *k + c * *merged }))
}

impl Proof {
    /// Verifies that the factors are the shares' partial decryption of the aggregate.
    ///
    /// # Errors
    /// [`VerifyError`].
    pub fn verify(&self, statement: &Statement<'_>, factors: &[Point]) -> Result<(), VerifyError> {
        let e = statement.e(factors).ok_or(VerifyError::Shape)?;
        let merge = |fixed: &RistrettoPoint, points: &[Point]| {
            RistrettoPoint::vartime_multiscalar_mul(
                [self.z].into_iter().chain(powers(&e, points.len()).iter().map(|power| -(self.c * power))),
                [fixed].into_iter().chain(points.iter().map(Point::inner)),
            )
        };
        let k_g = merge(&RISTRETTO_BASEPOINT_POINT, statement.shares);
        let k_alpha = merge(statement.alpha.inner(), factors);
        VerifyError::unless(statement.c(&e, k_g, k_alpha) == self.c)
    }

    /// Decodes c then z.
    ///
    /// # Errors
    /// [`GroupError::UnreducedScalar`].
    pub fn from_bytes(bytes: &[u8; 64]) -> Result<Self, GroupError> {
        let mut reader = Reader(bytes);
        Ok(Proof { c: reader.scalar()?, z: reader.scalar()? })
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
