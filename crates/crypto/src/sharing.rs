//! Threshold sharing of one secret: Shamir's polynomial with Feldman's commitments.
//!
//! A polynomial a_0 + a_1·X + … + a_{t-1}·X^{t-1} shares the secret a_0. Trustee i, counted from 1,
//! holds its value at i. The commitments C_k = a_k·G let anyone compute each trustee's public share
//! Σ i^k·C_k. Any t shares determine the secret; here they are only ever used "in the exponent", so
//! the secret itself is never put together.

use curve25519_dalek::constants::RISTRETTO_BASEPOINT_TABLE;
use curve25519_dalek::ristretto::RistrettoPoint;
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::Identity;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::group::{GroupError, Point};

/// The coefficients of one sharing. Wiped when dropped, never printed.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Polynomial(Vec<Scalar>);

impl Polynomial {
    /// Takes t coefficients, the shared secret first.
    pub fn new(coefficients: Vec<Scalar>) -> Self {
        Polynomial(coefficients)
    }

    /// C_0 … C_{t-1}.
    ///
    /// # Errors
    /// [`GroupError::Identity`] when a coefficient is zero, which a working random source never
    /// gives.
    pub fn commitments(&self) -> Result<Vec<Point>, GroupError> {
        self.0.iter().map(|a| Point::new(RISTRETTO_BASEPOINT_TABLE * a)).collect()
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
    let x = Scalar::from(index);
    Point::new(commitments.iter().rev().fold(RistrettoPoint::identity(), |sum, c| sum * x + c.inner()))
}

/// Whether a share is the one the commitments promise to trustee `index`.
pub fn share_is_valid(commitments: &[Point], index: u8, share: &Scalar) -> bool {
    public_share(commitments, index).is_ok_and(|public| public.is_times_base(share))
}

/// The factors λ_i with Σ λ_i·f(i) = f(0), for distinct trustees counted from 1, in their order.
/// `None` when an index is 0 or appears twice.
pub fn lagrange_at_zero(indices: &[u8]) -> Option<Vec<Scalar>> {
    let repeated = |(n, i): (usize, &u8)| indices.iter().take(n).any(|earlier| earlier == i);
    if indices.contains(&0) || indices.iter().enumerate().any(repeated) {
        return None;
    }
    let lambda = |&i: &u8| {
        let others = indices.iter().filter(|&&m| m != i);
        let (top, bottom) = others.fold((Scalar::ONE, Scalar::ONE), |(top, bottom), &m| {
            (top * Scalar::from(m), bottom * (Scalar::from(m) - Scalar::from(i)))
        });
        top * bottom.invert()
    };
    Some(indices.iter().map(lambda).collect())
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
        assert!(share_is_valid(&commitments, 4, &poly.share(4)));
        assert!(!share_is_valid(&commitments, 4, &poly.share(3)));
        assert!(!share_is_valid(&commitments, 4, &(poly.share(4) + Scalar::ONE)));
    }

    #[test]
    fn attack_16_index_zero_and_repeated_indices_have_no_interpolation() {
        assert!(lagrange_at_zero(&[0, 1]).is_none());
        assert!(lagrange_at_zero(&[1, 2, 1]).is_none());
        assert!(lagrange_at_zero(&[1, 2]).is_some());
    }
}
