//! Sums of products of *public* scalars, reduced modulo ℓ once and not after every product.
//!
//! A sum is a whole number below 2⁵¹², in eight limbs of 64 bits. A verifier's scalars are sums of thousands of
//! products; the reduction is what a product of scalars costs. Secrets have no business here: times depend on the
//! numbers, and nothing wipes them.
//!
//! What only goes into another product is reduced Montgomery's way ("Modular multiplication without trial division",
//! 1985), which divides by R = 2²⁵⁶: a sum gives a [`MontgomeryReduced`] value, v/R, whose product with a
//! [`MontgomeryForm`], w·R, is v·w again.

use curve25519_dalek::scalar::Scalar;

use crate::scalars::{self, L, less_l};

/// Products of two scalars that a sum takes before it is reduced: each is below ℓ² < 2⁵⁰⁵, and 100 with a rest below ℓ
/// are below 2⁵¹².
const MOST: u32 = 100;

/// -1/ℓ modulo 2⁶⁴.
const MINUS_INVERSE: u64 = 0xd2b5_1da3_1254_7e1b;

/// R² = 2⁵¹² modulo ℓ.
const R_SQUARED: [u64; 4] =
    [0xa406_11e3_449c_0f01, 0xd00e_1ba7_6885_9347, 0xceec_73d2_17f5_be65, 0x0399_411b_7c30_9a3d];

/// Products in a sum that can be reduced so: 15·ℓ² and a rest are below ℓ·R, which leaves a quotient below 2·ℓ.
const MOST_REDUCED: u32 = 15;

/// v/R modulo ℓ, below ℓ.
#[derive(Clone, Copy)]
pub(crate) struct MontgomeryReduced([u64; 4]);

/// w·R modulo ℓ, below ℓ.
#[derive(Clone, Copy)]
pub(crate) struct MontgomeryForm([u64; 4]);

impl MontgomeryReduced {
    /// a/R.
    pub fn of(a: &Scalar) -> Self {
        Wide::of(a).montgomery_reduce()
    }
}

impl MontgomeryForm {
    /// a·R.
    fn of(a: &Scalar) -> Self {
        MontgomeryForm(product(&limbs(a), &R_SQUARED))
    }

    /// w, w², …, w^count.
    pub fn powers(w: &Scalar, count: usize) -> Vec<Self> {
        let w = MontgomeryForm::of(w);
        core::iter::successors(Some(w), |power| Some(MontgomeryForm(product(&power.0, &w.0))))
            .take(count)
            .collect()
    }

    /// a·w.
    pub fn times(&self, a: &Scalar) -> Scalar {
        let mut bytes = [0; 32];
        let (chunks, _) = bytes.as_chunks_mut::<8>();
        let limbs = product(&limbs(a), &self.0);
        chunks.iter_mut().zip(limbs).for_each(|(chunk, limb)| *chunk = limb.to_le_bytes());
        // A product is below ℓ already.
        scalars::from_canonical(&bytes).unwrap_or_else(|| Scalar::from_bytes_mod_order(bytes))
    }
}

/// a·b/R modulo ℓ.
fn product(a: &[u64; 4], b: &[u64; 4]) -> [u64; 4] {
    let mut wide = Wide::ZERO;
    wide.add(*a, *b);
    wide.montgomery_reduce().0
}

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
        self.add(limbs(a), limbs(b));
    }

    /// Adds v·w.
    pub fn add_montgomery(&mut self, v: &MontgomeryReduced, w: &MontgomeryForm) {
        self.add(v.0, w.0);
    }

    /// Adds k·a for a number of 128 bits.
    pub fn add_weighted(&mut self, k: u128, a: &Scalar) {
        self.add([k as u64, (k >> 64) as u64], limbs(a));
    }

    /// Adds k·a for a number of 64 bits.
    pub fn add_multiple(&mut self, k: u64, a: &Scalar) {
        self.add([k], limbs(a));
    }

    #[inline(always)]
    fn add<const N: usize>(&mut self, a: [u64; N], b: [u64; 4]) {
        if self.products == MOST {
            *self = Wide::of(&self.scalar());
        }
        self.products += 1;
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

    /// The sum divided by R, modulo ℓ.
    pub fn montgomery_reduce(&self) -> MontgomeryReduced {
        let wide = if self.products > MOST_REDUCED { Wide::of(&self.scalar()) } else { *self };
        let [mut t0, mut t1, mut t2, mut t3, t4, t5, t6, t7] = wide.limbs;
        let mut over = 0;
        for next in [t4, t5, t6, t7] {
            // m·ℓ makes the lowest limb zero; it goes, and the next one comes.
            let m = t0.wrapping_mul(MINUS_INVERSE);
            let [l0, l1, _, l3] = L;
            let (_, carry) = multiply_add(m, l0, t0, 0);
            let (first, carry) = multiply_add(m, l1, t1, carry);
            let (second, carry) = add(t2, carry, 0);
            let (third, carry) = multiply_add(m, l3, t3, carry);
            let (fourth, carry) = add(next, carry, over);
            (t0, t1, t2, t3, over) = (first, second, third, fourth, carry);
        }
        MontgomeryReduced(below_l([t0, t1, t2, t3]))
    }

    /// The sum modulo ℓ.
    pub fn scalar(&self) -> Scalar {
        let mut bytes = [0; 64];
        let (chunks, _) = bytes.as_chunks_mut::<8>();
        chunks.iter_mut().zip(self.limbs).for_each(|(chunk, limb)| *chunk = limb.to_le_bytes());
        Scalar::from_bytes_mod_order_wide(&bytes)
    }
}

/// a·b + c + d, as low and high limb.
fn multiply_add(a: u64, b: u64, c: u64, d: u64) -> (u64, u64) {
    let sum = u128::from(a) * u128::from(b) + u128::from(c) + u128::from(d);
    (sum as u64, (sum >> 64) as u64)
}

/// a + b + c, as low and high limb.
fn add(a: u64, b: u64, c: u64) -> (u64, u64) {
    let sum = u128::from(a) + u128::from(b) + u128::from(c);
    (sum as u64, (sum >> 64) as u64)
}

/// A number below 2·ℓ, modulo ℓ.
fn below_l(number: [u64; 4]) -> [u64; 4] {
    let (less, below) = less_l(number);
    if below { number } else { less }
}

fn limbs(scalar: &Scalar) -> [u64; 4] {
    scalars::limbs(scalar.as_bytes())
}

/// How many values [`merge`] takes between two reductions.
const BLOCK: usize = 8;

/// Σ_i w^i·v_i, i = 1, 2, …, of public values.
pub(crate) fn merge(w: &Scalar, values: &[MontgomeryReduced]) -> Scalar {
    let powers = MontgomeryForm::powers(w, BLOCK.min(values.len()));
    let mut sum = Wide::ZERO;
    for block in values.chunks(BLOCK).rev() {
        let after = sum.montgomery_reduce();
        sum = Wide::ZERO;
        // What comes after a block is BLOCK powers above it; only the last block is shorter, and has nothing after it.
        powers.last().into_iter().for_each(|last| sum.add_montgomery(&after, last));
        block.iter().zip(&powers).for_each(|(value, power)| sum.add_montgomery(value, power));
    }
    sum.scalar()
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
            let reduced: Vec<MontgomeryReduced> = values.iter().map(MontgomeryReduced::of).collect();
            assert_eq!(merge(&w, &reduced), horner(&w, values.iter().rev().copied()), "{count}");
        }
    }

    #[test]
    fn reduced_times_form_is_the_product() {
        let minus_one = -Scalar::ONE;
        let edges = [Scalar::ZERO, Scalar::ONE, minus_one, Scalar::from(u128::MAX)];
        let numbers: Vec<Scalar> = edges.into_iter().chain((0..200).map(|i| random("n", i))).collect();
        for (a, b) in numbers.iter().flat_map(|a| numbers.iter().map(move |b| (a, b))) {
            let form = MontgomeryForm::of(b);
            let mut wide = Wide::ZERO;
            wide.add_montgomery(&MontgomeryReduced::of(a), &form);
            assert_eq!(wide.scalar(), a * b);
            assert_eq!(form.times(a), a * b);
        }
        for count in [1, 14, 15, 16, 100, 101] {
            let (mut largest, mut expected) = (Wide::ZERO, Scalar::ZERO);
            for _ in 0..count {
                largest.add_product(&minus_one, &minus_one);
                expected += Scalar::ONE;
            }
            let mut wide = Wide::ZERO;
            wide.add_montgomery(&largest.montgomery_reduce(), &MontgomeryForm::of(&minus_one));
            assert_eq!(wide.scalar(), -expected, "{count}");
        }
        let powers = MontgomeryForm::powers(&minus_one, 3)
            .iter()
            .map(|power| power.times(&Scalar::ONE))
            .collect::<Vec<_>>();
        assert_eq!(powers, [minus_one, Scalar::ONE, minus_one]);
    }

    #[test]
    fn the_constants_are_of_this_group() {
        let [l0, l1, l2, l3] = L;
        assert_eq!(limbs(&-Scalar::ONE), [l0 - 1, l1, l2, l3]);
        assert_eq!(l0.wrapping_mul(MINUS_INVERSE), u64::MAX);
        let r = (0..256).fold(Scalar::ONE, |power, _| power + power);
        assert_eq!(limbs(&(r * r)), R_SQUARED);
    }
}
