//! Sums of ciphertexts: slot-key ElGamal with one nonce for all slots.
//!
//! A ciphertext is α = r·G and β_j = v_j·G + r·K_j. Adding ciphertexts adds their values, so the
//! sum of all counted ballots encrypts the totals and nothing else is ever decrypted.

use curve25519_dalek::ristretto::RistrettoPoint;
use curve25519_dalek::traits::Identity;

use crate::ballot_proof::Section;
use crate::group::AnyPoint;

/// A sum of ciphertexts of one contest. The empty sum is the identity in every place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aggregate {
    alpha: RistrettoPoint,
    betas: Vec<RistrettoPoint>,
}

impl Aggregate {
    /// The empty sum of a contest with this many slots.
    pub fn new(slots: usize) -> Self {
        Aggregate { alpha: RistrettoPoint::identity(), betas: vec![RistrettoPoint::identity(); slots] }
    }

    /// The sum that a message states.
    pub fn from_points(alpha: &AnyPoint, betas: &[AnyPoint]) -> Self {
        Aggregate { alpha: *alpha.inner(), betas: betas.iter().map(|beta| *beta.inner()).collect() }
    }

    /// Adds a ballot's section. Returns `false`, and changes nothing, when it has another number
    /// of slots.
    #[must_use]
    pub fn add(&mut self, section: &Section) -> bool {
        self.combine(section, |sum, point| sum + point)
    }

    /// Takes a replaced ballot's section out again. Returns `false`, and changes nothing, when it
    /// has another number of slots.
    #[must_use]
    pub fn subtract(&mut self, section: &Section) -> bool {
        self.combine(section, |sum, point| sum - point)
    }

    fn combine(
        &mut self,
        section: &Section,
        op: impl Fn(&RistrettoPoint, &RistrettoPoint) -> RistrettoPoint,
    ) -> bool {
        if section.betas.len() != self.betas.len() {
            return false;
        }
        self.alpha = op(&self.alpha, section.alpha.inner());
        for (sum, beta) in self.betas.iter_mut().zip(&section.betas) {
            *sum = op(sum, beta.inner());
        }
        true
    }

    /// Adds another sum of the same contest. Returns `false`, and changes nothing, when it has
    /// another number of slots.
    #[must_use]
    pub fn merge(&mut self, other: &Aggregate) -> bool {
        if other.betas.len() != self.betas.len() {
            return false;
        }
        self.alpha += other.alpha;
        self.betas.iter_mut().zip(&other.betas).for_each(|(sum, beta)| *sum += beta);
        true
    }

    /// α_Σ.
    pub fn alpha(&self) -> AnyPoint {
        AnyPoint::new(self.alpha)
    }

    /// β_Σ of every slot, in order.
    pub fn betas(&self) -> Vec<AnyPoint> {
        self.betas.iter().map(|beta| AnyPoint::new(*beta)).collect()
    }
}
