//! Threshold sharing of one secret: Shamir's polynomial with Feldman's commitments (verifiable secret
//! sharing).
//!
//! # Statement
//!
//! A polynomial a_0 + a_1·X + … + a_{t-1}·X^{t-1} shares the secret a_0. Trustee i, counted from 1,
//! holds its value at i. The commitments C_k = a_k·G let anyone compute each trustee's public share
//! Σ i^k·C_k. Any t shares determine the secret; here they are only ever used "in the exponent", so
//! the secret itself is never put together.
//!
//! # Proof
//!
//! The commitments are the proof. A dealer shows besides, by [`schnorr`](crate::schnorr), that it knows
//! the coefficients.
//!
//! # Verification
//!
//! One share s of trustee i: `s·G = Σ i^k·C_k`. The shares s_j of many slots at once, with
//! e = `H("share-check"; context, i, every s_j)`: `Σ_j e^j·s_j·G = Σ_j Σ_k e^j·i^k·C_(j,k)`. The context
//! binds the commitments, which were fixed before; a false share passes with probability at most μ/ℓ.
//! Everyone who checks comes to the same answer.
//!
//! # Encoding
//!
//! None of its own: shares are scalars, commitments are points.
//!
//! # Constant time
//!
//! [`Polynomial`] computes in constant time, and the share that is verified meets the fixed-base
//! multiplication only, which is constant-time too. Whether it is right is no secret.
//!
//! # Source
//!
//! Shamir (1979), Feldman (1987).
//!
//! # Example
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use veche_crypto::feldman::{Polynomial, lagrange_at_zero, verify_share};
//! use veche_crypto::group::Scalar;
//!
//! // Any two of three can compute with the secret 7.
//! let polynomial = Polynomial::new([7_u64, 11].map(Scalar::from).to_vec());
//! let commitments = polynomial.commitments()?;
//! let share = polynomial.share(3);
//! verify_share(&commitments, 3, &share)?;
//! assert!(verify_share(&commitments, 2, &share).is_err());
//!
//! let factors = lagrange_at_zero(&[1, 3])?;
//! assert_eq!(factors[0] * polynomial.share(1) + factors[1] * share, Scalar::from(7_u64));
//! # Ok(())
//! # }
//! ```

use crate::generators::G;
use curve25519_dalek::ristretto::RistrettoPoint;
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::{Identity, VartimeMultiscalarMul};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::error::VerifyError;
use crate::group::{GroupError, Point};
use crate::hash::{Digest, Hasher, tag};
use crate::scalars::powers;

/// The coefficients of one sharing. Wiped when dropped, never printed.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Polynomial(Vec<Scalar>);

impl Polynomial {
    /// Takes t coefficients, the shared secret first.
    pub fn new(coefficients: Vec<Scalar>) -> Self {
        Polynomial(coefficients)
    }

    /// a_0 … a_{t-1}, for the proof of possession.
    pub fn coefficients(&self) -> impl Iterator<Item = &Scalar> {
        self.0.iter()
    }

    /// C_0 … C_{t-1}.
    ///
    /// # Errors
    /// [`GroupError::Identity`] when a coefficient is zero, which a working random source never
    /// gives.
    pub fn commitments(&self) -> Result<Vec<Point>, GroupError> {
        self.0.iter().map(|a| Point::new(&*G * a)).collect()
    }

    /// The share of trustee `index`, counted from 1.
    pub fn share(&self, index: u8) -> Scalar {
        let x = Scalar::from(index);
        self.0.iter().rev().fold(Scalar::ZERO, |sum, a| sum * x + a)
    }
}

/// Σ index^k·C_k: the public share of trustee `index`, counted from 1.
///
/// # Errors
/// [`GroupError::Identity`] when that trustee would hold the share zero.
pub fn public_share(commitments: &[Point], index: u8) -> Result<Point, GroupError> {
    let add = |sum, c: &Point| times_small(&sum, index) + c.inner();
    Point::new(commitments.iter().rev().fold(RistrettoPoint::identity(), add))
}

/// A public point times a number of at most 8 bits: a few additions instead of 255 doublings.
fn times_small(point: &RistrettoPoint, factor: u8) -> RistrettoPoint {
    (0..8).rev().map(|bit| factor >> bit & 1 == 1).fold(RistrettoPoint::identity(), |sum, set| {
        let double = sum + sum;
        if set { double + point } else { double }
    })
}

/// Verifies that trustee `index` was given the shares that the commitments promise, one share for each
/// slot: one multiscalar multiplication for all of them.
///
/// # Errors
/// [`VerifyError`], for which the dealer is to blame.
pub fn verify_shares(
    context: &Digest,
    commitments: &[Vec<Point>],
    index: u8,
    shares: &[Scalar],
) -> Result<(), VerifyError> {
    if shares.len() != commitments.len() {
        return Err(VerifyError::Shape);
    }
    let mut hasher = Hasher::new(tag::SHARE_CHECK).with(context.as_bytes()).with(&[index]);
    shares.iter().for_each(|share| {
        hasher.field(share.as_bytes());
    });
    let weights = powers(&hasher.scalar(), shares.len());
    let merged = Zeroizing::new(shares.iter().zip(&weights).map(|(share, w)| share * w).sum::<Scalar>());
    let x = Scalar::from(index);
    // The multiplication asks its iterators for an exact length.
    let mut scalars = Vec::new();
    for (w, slot) in weights.iter().zip(commitments) {
        scalars.extend(std::iter::successors(Some(*w), |power| Some(power * x)).take(slot.len()));
    }
    let points: Vec<_> = commitments.iter().flatten().map(Point::inner).collect();
    let promised = RistrettoPoint::vartime_multiscalar_mul(scalars, points);
    VerifyError::unless(&*G * &*merged == promised)
}

/// Verifies that a share is the one the commitments promise to trustee `index`.
///
/// # Errors
/// [`VerifyError::Equation`], for which the dealer is to blame.
pub fn verify_share(commitments: &[Point], index: u8, share: &Scalar) -> Result<(), VerifyError> {
    let public = public_share(commitments, index).map_err(|_| VerifyError::Equation)?;
    VerifyError::unless(public.is_times_base(share))
}

/// Why trustees' shares cannot be put together. The fault is with the calling code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InterpolationError {
    /// The secret itself is at 0; no trustee is.
    #[error("trustees are counted from 1")]
    Zero,
    /// One trustee twice.
    #[error("trustee {0} is given twice")]
    Repeated(u8),
}

/// The factors λ_i with Σ λ_i·f(i) = f(0), for distinct trustees counted from 1, in their order.
///
/// # Errors
/// [`InterpolationError`].
pub fn lagrange_at_zero(indices: &[u8]) -> Result<Vec<Scalar>, InterpolationError> {
    if indices.contains(&0) {
        return Err(InterpolationError::Zero);
    }
    let repeated = |(n, i): &(usize, &u8)| indices.iter().take(*n).any(|earlier| earlier == *i);
    if let Some((_, index)) = indices.iter().enumerate().find(repeated) {
        return Err(InterpolationError::Repeated(*index));
    }
    let lambda = |&i: &u8| {
        let others = indices.iter().filter(|&&m| m != i);
        let (top, bottom) = others.fold((Scalar::ONE, Scalar::ONE), |(top, bottom), &m| {
            (top * Scalar::from(m), bottom * (Scalar::from(m) - Scalar::from(i)))
        });
        top * bottom.invert()
    };
    Ok(indices.iter().map(lambda).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn polynomial() -> Polynomial {
        Polynomial::new([7_u64, 11, 13].map(Scalar::from).to_vec())
    }

    #[test]
    fn any_three_of_five_interpolate_the_secret_and_two_do_not() {
        let poly = polynomial();
        for set in [[1_u8, 2, 3], [5, 1, 4], [2, 5, 3]] {
            let lambda = lagrange_at_zero(&set).unwrap();
            let sum: Scalar = set.iter().zip(&lambda).map(|(i, l)| poly.share(*i) * l).sum();
            assert_eq!(sum, Scalar::from(7_u64));
        }
        let lambda = lagrange_at_zero(&[1, 2]).unwrap();
        assert_ne!(poly.share(1) * lambda[0] + poly.share(2) * lambda[1], Scalar::from(7_u64));
    }

    #[test]
    fn commitments_accept_the_right_share_only() {
        let poly = polynomial();
        let commitments = poly.commitments().unwrap();
        let verify = |share| verify_share(&commitments, 4, &share);
        assert_eq!(verify(poly.share(4)), Ok(()));
        assert_eq!(verify(poly.share(3)), Err(VerifyError::Equation));
        assert_eq!(verify(poly.share(4) + Scalar::ONE), Err(VerifyError::Equation));
    }

    #[test]
    fn the_shares_of_many_slots_are_checked_at_once() {
        let polynomials: Vec<Polynomial> = (0..4_u64)
            .map(|slot| [slot + 1, slot * slot + 7, 3].map(Scalar::from).to_vec())
            .map(Polynomial::new)
            .collect();
        let commitments: Vec<_> = polynomials.iter().map(|p| p.commitments().unwrap()).collect();
        let context = crate::hash::digest("test", &[b"context"]);
        let verify = |index, shares: &[Scalar]| verify_shares(&context, &commitments, index, shares);
        let shares = |index| polynomials.iter().map(|p| p.share(index)).collect::<Vec<_>>();
        for index in 1..=15 {
            assert_eq!(verify(index, &shares(index)), Ok(()));
            assert_eq!(verify(index, &shares(index + 1)), Err(VerifyError::Equation));
        }
        let honest = shares(4);
        for slot in 0..4 {
            let mut shares = honest.clone();
            shares[slot] += Scalar::ONE;
            assert_eq!(verify(4, &shares), Err(VerifyError::Equation), "slot {slot}");
        }
        // Errors that cancel in a plain sum.
        let mut shares = honest.clone();
        shares[0] += Scalar::ONE;
        shares[1] -= Scalar::ONE;
        assert_eq!(verify(4, &shares), Err(VerifyError::Equation));
        assert_eq!(verify(4, &honest[..3]), Err(VerifyError::Shape));
    }

    #[test]
    fn attack_16_index_zero_and_repeated_indices_have_no_interpolation() {
        assert_eq!(lagrange_at_zero(&[0, 1]), Err(InterpolationError::Zero));
        assert_eq!(lagrange_at_zero(&[1, 2, 1]), Err(InterpolationError::Repeated(1)));
        assert!(lagrange_at_zero(&[1, 2]).is_ok());
    }
}
