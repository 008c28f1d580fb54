//! Sums of products of *public* scalars, reduced modulo ℓ once and not after every product.
//!
//! A sum is a whole number below 2⁵¹², in eight limbs of 64 bits. A verifier's scalars are sums of thousands of
//! products; the reduction is what a product of scalars costs. Secrets have no business here: nothing in this module
//! depends on them in time, but nothing wipes them either.

use curve25519_dalek::scalar::Scalar;

/// Products of two scalars that a sum takes before it is reduced: each is below ℓ² < 2⁵⁰⁵, and 100 with a rest below ℓ
/// are below 2⁵¹².
const MOST: u32 = 100;

/// A sum of products.
#[derive(Clone, Copy)]
pub(crate) struct Wide {
    limbs: [u64; 8],
    products: u32,
}

impl Wide {
    pub const ZERO: Self = Wide { limbs: [0; 8], products: 0 };

    /// Adds a·b.
    pub fn add_product(&mut self, a: &Scalar, b: &Scalar) {
        self.add(limbs(a), b);
    }

    /// Adds k·a for a number of 128 bits.
    pub fn add_weighted(&mut self, k: u128, a: &Scalar) {
        self.add([k as u64, (k >> 64) as u64], a);
    }

    /// Adds k·a for a number of 64 bits.
    pub fn add_multiple(&mut self, k: u64, a: &Scalar) {
        self.add([k], a);
    }

    #[inline(always)]
    fn add<const N: usize>(&mut self, a: [u64; N], b: &Scalar) {
        if self.products == MOST {
            *self = Wide::of(&self.scalar());
        }
        self.products += 1;
        let b = limbs(b);
        let mut rest: &mut [u64] = &mut self.limbs;
        for a in a {
            let mut carry = 0_u64;
            let mut places = rest.iter_mut();
            // The numbers first: a zip takes one place too many where it asks for the place first.
            for (b, place) in b.into_iter().zip(places.by_ref()) {
                // At most (2⁶⁴ - 1)² + 2·(2⁶⁴ - 1) = 2¹²⁸ - 1.
                let sum = u128::from(a) * u128::from(b) + u128::from(*place) + u128::from(carry);
                *place = sum as u64;
                carry = (sum >> 64) as u64;
            }
            for place in places {
                let (sum, over) = place.overflowing_add(carry);
                *place = sum;
                carry = u64::from(over);
            }
            rest = rest.split_first_mut().map_or(&mut [], |(_, rest)| rest);
        }
    }

    fn of(scalar: &Scalar) -> Self {
        let mut wide = Self::ZERO;
        wide.limbs.iter_mut().zip(limbs(scalar)).for_each(|(place, limb)| *place = limb);
        wide
    }

    /// Whether nothing was added.
    pub fn is_empty(&self) -> bool {
        self.products == 0
    }

    /// The sum modulo ℓ.
    pub fn scalar(&self) -> Scalar {
        let mut bytes = [0; 64];
        let (chunks, _) = bytes.as_chunks_mut::<8>();
        chunks.iter_mut().zip(self.limbs).for_each(|(chunk, limb)| *chunk = limb.to_le_bytes());
        Scalar::from_bytes_mod_order_wide(&bytes)
    }
}

fn limbs(scalar: &Scalar) -> [u64; 4] {
    let mut limbs = [0; 4];
    let (chunks, _) = scalar.as_bytes().as_chunks::<8>();
    limbs.iter_mut().zip(chunks).for_each(|(limb, chunk)| *limb = u64::from_le_bytes(*chunk));
    limbs
}

/// How many values [`merge`] takes between two reductions.
const BLOCK: usize = 8;

/// Σ_i w^i·v_i, i = 1, 2, …, of public values.
pub(crate) fn merge(w: &Scalar, values: &[Scalar]) -> Scalar {
    let powers = crate::scalars::powers(w, BLOCK.min(values.len()));
    let last = powers.last().copied().unwrap_or_default();
    values.chunks(BLOCK).rev().fold(Scalar::ZERO, |sum, block| {
        let mut wide = Wide::ZERO;
        // What comes after a block is BLOCK powers above it; only the last block is shorter, and has nothing after it.
        wide.add_product(&sum, &last);
        block.iter().zip(&powers).for_each(|(value, power)| wide.add_product(value, power));
        wide.scalar()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::Hasher;
    use crate::scalars::horner;

    fn random(label: &str, index: u64) -> Scalar {
        Hasher::new("wide-test").with(label.as_bytes()).with(&index.to_le_bytes()).scalar()
    }

    #[test]
    fn sums_of_products_are_those_of_scalars() {
        let minus_one = -Scalar::ONE;
        for count in [0, 1, 2, 99, 100, 101, 1_000] {
            let (mut wide, mut sum) = (Wide::ZERO, Scalar::ZERO);
            let (mut largest, mut expected) = (Wide::ZERO, Scalar::ZERO);
            for i in 0..count {
                let (a, b, k) = (
                    random("a", i),
                    random("b", i),
                    u128::from(i).wrapping_mul(0x1234_5678_9abc_def0_1234_5678_9abc_def1),
                );
                wide.add_product(&a, &b);
                wide.add_weighted(k, &a);
                wide.add_multiple(k as u64, &b);
                sum += a * b + a * Scalar::from(k) + b * Scalar::from(k as u64);
                largest.add_product(&minus_one, &minus_one);
                largest.add_weighted(u128::MAX, &minus_one);
                largest.add_multiple(u64::MAX, &minus_one);
                expected += Scalar::ONE - Scalar::from(u128::MAX) - Scalar::from(u64::MAX);
            }
            assert_eq!(wide.scalar(), sum, "{count}");
            assert_eq!(largest.scalar(), expected, "{count}");
        }
    }

    #[test]
    fn merging_is_horner_from_the_last() {
        let w = random("w", 0);
        for count in [0, 1, 7, 8, 9, 16, 17, 100] {
            let values: Vec<Scalar> = (0..count).map(|i| random("v", i)).collect();
            assert_eq!(merge(&w, &values), horner(&w, values.iter().rev().copied()), "{count}");
        }
    }
}
