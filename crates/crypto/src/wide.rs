//! Arithmetic modulo ℓ that reduces as seldom as it can: a verifier's scalars are sums of thousands of products, and
//! reducing is what a product of scalars costs.
//!
//! Nothing here depends in time on the numbers, and [`merge`], which provers use, wipes what it computes with. The
//! rest has no business with secrets: nothing wipes it.

use curve25519_dalek::scalar::Scalar;
use zeroize::{Zeroize, Zeroizing};

/// ℓ = 2²⁵² + 27742317777372353535851937790883648493, lowest limb first.
const ORDER: [u64; 4] = [0x5812_631a_5cf5_d3ed, 0x14de_f9de_a2f7_9cd6, 0, 0x1000_0000_0000_0000];

/// -1/ℓ modulo 2⁶⁴.
const ORDER_INVERSE: u64 = 0xd2b5_1da3_1254_7e1b;

/// 2²⁵⁶ modulo ℓ, which [`PublicScalar::product`] divides by.
const RADIX: PublicScalar = PublicScalar([
    0xd6ec_3174_8d98_951d,
    0xc6ef_5bf4_737d_cf70,
    0xffff_ffff_ffff_fffe,
    0x0fff_ffff_ffff_ffff,
]);

/// A public scalar in four limbs of 64 bits: what costs a conversion in a [`Scalar`] costs a comparison here. Below ℓ
/// unless a function says otherwise; then it is equal to others only as a [`Scalar`].
#[derive(Clone, Copy, PartialEq, Eq, Zeroize)]
pub struct PublicScalar([u64; 4]);

impl PublicScalar {
    /// Decodes 32 little-endian bytes of a number below ℓ, else `None`.
    pub fn from_bytes(bytes: &[u8; 32]) -> Option<Self> {
        let number = Self::from_limbs(bytes);
        number.0.iter().rev().lt(ORDER.iter().rev()).then_some(number)
    }

    fn from_limbs(bytes: &[u8; 32]) -> Self {
        let mut limbs = [0; 4];
        let (chunks, _) = bytes.as_chunks::<8>();
        limbs.iter_mut().zip(chunks).for_each(|(limb, chunk)| *limb = u64::from_le_bytes(*chunk));
        PublicScalar(limbs)
    }

    /// The 32 little-endian bytes.
    pub fn to_bytes(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        let (chunks, _) = bytes.as_chunks_mut::<8>();
        chunks.iter_mut().zip(self.0).for_each(|(chunk, limb)| *chunk = limb.to_le_bytes());
        bytes
    }

    /// The same number as a scalar.
    pub fn scalar(&self) -> Scalar {
        Scalar::from_bytes_mod_order(self.to_bytes())
    }

    /// One.
    pub(crate) const ONE: Self = PublicScalar([1, 0, 0, 0]);

    /// 2²⁵⁶, which [`Self::product`] divides by, as a scalar.
    pub(crate) fn radix() -> Scalar {
        RADIX.scalar()
    }

    /// a - b + ℓ, below 2ℓ.
    pub(crate) fn minus(&self, b: &Self) -> Self {
        let mut rest = 0_i128;
        let mut limbs = [0; 4];
        for (place, ((a, b), order)) in limbs.iter_mut().zip(self.0.iter().zip(b.0).zip(ORDER)) {
            rest += i128::from(*a) - i128::from(b) + i128::from(order);
            *place = rest as u64;
            rest >>= 64;
        }
        PublicScalar(limbs)
    }

    /// a·b/2²⁵⁶ modulo ℓ, below 9ℓ/8 where a is below 9ℓ/8 and b below 2ℓ (Montgomery 1985).
    pub(crate) fn product(&self, b: &Self) -> Self {
        let mut sum = [0_u64; 5];
        for a in self.0 {
            let high = add_multiple(&mut sum, a, &b.0);
            let [low, ..] = sum;
            let over = add_multiple(&mut sum, low.wrapping_mul(ORDER_INVERSE), &ORDER);
            // The lowest limb is 0 now. Every sum is below 2⁶⁶·ℓ and fits its five limbs, so neither carries.
            debug_assert!(!high && !over);
            sum.rotate_left(1);
            if let Some(last) = sum.last_mut() {
                *last = 0;
            }
        }
        let [a, b, c, d, _] = sum;
        PublicScalar([a, b, c, d])
    }
}

impl From<Scalar> for PublicScalar {
    fn from(scalar: Scalar) -> Self {
        Self::from_limbs(scalar.as_bytes())
    }
}

impl core::fmt::Debug for PublicScalar {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.scalar().fmt(f)
    }
}

/// Adds k·b to a number of more limbs; whether it did not fit.
#[inline(always)]
fn add_multiple(number: &mut [u64], k: u64, b: &[u64; 4]) -> bool {
    let mut carry = 0_u64;
    let mut places = number.iter_mut();
    // The numbers first: a zip takes one place too many where it asks for the place first.
    for (b, place) in b.iter().zip(places.by_ref()) {
        // At most (2⁶⁴ - 1)² + 2·(2⁶⁴ - 1) = 2¹²⁸ - 1.
        let sum = u128::from(k) * u128::from(*b) + u128::from(*place) + u128::from(carry);
        *place = sum as u64;
        carry = (sum >> 64) as u64;
    }
    for place in places {
        let (sum, over) = place.overflowing_add(carry);
        *place = sum;
        carry = u64::from(over);
    }
    carry != 0
}

/// Products that a [`Wide`] takes before it is reduced: each is below (9ℓ/8)² < 2⁵⁰⁵, and 100 with a rest below ℓ are
/// below 2⁵¹².
const MOST: u32 = 100;

/// A sum of products: a whole number below 2⁵¹², in eight limbs of 64 bits, reduced once.
#[derive(Clone, Copy, Zeroize)]
pub(crate) struct Wide {
    limbs: [u64; 8],
    products: u32,
}

impl Wide {
    pub const ZERO: Self = Wide { limbs: [0; 8], products: 0 };

    /// Adds a·b.
    pub fn add_product(&mut self, a: &PublicScalar, b: &PublicScalar) {
        self.add(a.0, b);
    }

    /// Adds k·a for a number of 128 bits.
    pub fn add_weighted(&mut self, k: u128, a: &PublicScalar) {
        self.add([k as u64, (k >> 64) as u64], a);
    }

    /// Adds k·a for a number of 64 bits.
    pub fn add_multiple(&mut self, k: u64, a: &PublicScalar) {
        self.add([k], a);
    }

    #[inline(always)]
    fn add<const N: usize>(&mut self, a: [u64; N], b: &PublicScalar) {
        if self.products == MOST {
            let sum = PublicScalar::from(self.scalar());
            *self = Self::ZERO;
            self.limbs.iter_mut().zip(sum.0).for_each(|(place, limb)| *place = limb);
        }
        self.products += 1;
        let mut rest: &mut [u64] = &mut self.limbs;
        for a in a {
            add_multiple(rest, a, &b.0);
            rest = rest.split_first_mut().map_or(&mut [], |(_, rest)| rest);
        }
    }

    /// Whether nothing was added.
    pub fn is_empty(&self) -> bool {
        self.products == 0
    }

    /// The sum divided by 2⁶⁴, modulo ℓ, of multiples that are 2⁶¹ together at most; then below 9ℓ/8.
    pub fn divided(&self) -> PublicScalar {
        let mut sum = self.limbs;
        let [low, ..] = sum;
        add_multiple(&mut sum, low.wrapping_mul(ORDER_INVERSE), &ORDER);
        let [_, a, b, c, d, ..] = sum;
        PublicScalar([a, b, c, d])
    }

    /// The sum modulo ℓ.
    pub fn scalar(&self) -> Scalar {
        let mut bytes = Zeroizing::new([0; 64]);
        let (chunks, _) = bytes.as_chunks_mut::<8>();
        chunks.iter_mut().zip(self.limbs).for_each(|(chunk, limb)| *chunk = limb.to_le_bytes());
        Scalar::from_bytes_mod_order_wide(&bytes)
    }
}

/// How many powers [`merge`] is given at least: so many values it takes between two reductions.
pub(crate) const BLOCK: usize = 8;

/// w, w², …, w^count, each below 9ℓ/8.
pub(crate) fn powers(w: &Scalar, count: usize) -> Vec<PublicScalar> {
    let times = PublicScalar::from(w * PublicScalar::radix());
    core::iter::successors(Some(PublicScalar::from(*w)), |power| Some(power.product(&times)))
        .take(count)
        .collect()
}

/// Σ_i w^i·v_i, i = 1, 2, …, of values below 9ℓ/8, given [`powers`] of w, at least one.
pub(crate) fn merge(powers: &[PublicScalar], values: &[PublicScalar]) -> Scalar {
    let last = powers.last().copied().unwrap_or(PublicScalar([0; 4]));
    values.chunks(powers.len().max(1)).rev().fold(Scalar::ZERO, |sum, block| {
        let mut wide = Zeroizing::new(Wide::ZERO);
        // What comes after a block is as many powers above it; only the last is shorter, and has nothing after it.
        wide.add_product(&Zeroizing::new(PublicScalar::from(sum)), &last);
        block.iter().zip(powers).for_each(|(value, power)| wide.add_product(value, power));
        wide.scalar()
    })
}

/// Σ_i w^i·v_i, i = 1, 2, …, of values that are wiped.
pub(crate) fn merge_secrets(powers: &[PublicScalar], values: impl Iterator<Item = Scalar>) -> Scalar {
    merge(powers, &Zeroizing::new(values.map(PublicScalar::from).collect::<Vec<_>>()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::Hasher;

    /// Σ_i w^i·v_i, i = 1, 2, …, the plain way.
    fn horner(w: &Scalar, values: &[Scalar]) -> Scalar {
        values.iter().rev().fold(Scalar::ZERO, |sum, value| (sum + value) * w)
    }

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
                wide.add_product(&a.into(), &b.into());
                wide.add_weighted(k, &a.into());
                wide.add_multiple(k as u64, &b.into());
                sum += a * b + a * Scalar::from(k) + b * Scalar::from(k as u64);
                largest.add_product(&minus_one.into(), &minus_one.into());
                largest.add_weighted(u128::MAX, &minus_one.into());
                largest.add_multiple(u64::MAX, &minus_one.into());
                expected += Scalar::ONE - Scalar::from(u128::MAX) - Scalar::from(u64::MAX);
            }
            assert_eq!(wide.scalar(), sum, "{count}");
            assert_eq!(largest.scalar(), expected, "{count}");
        }
    }

    #[test]
    fn merging_is_horner_from_the_last() {
        let w = random("w", 0);
        for known in [1, 2, 8, 13, 200] {
            let powers = powers(&w, known);
            let scalars = crate::scalars::powers(&w, known);
            assert!(powers.iter().zip(&scalars).all(|(power, scalar)| power.scalar() == *scalar));
            for count in [0, 1, 7, 8, 9, 16, 17, 100, 250] {
                let values: Vec<Scalar> = (0..count).map(|i| random("v", i)).collect();
                let merged = merge_secrets(&powers, values.iter().copied());
                assert_eq!(merged, horner(&w, &values), "{known} {count}");
            }
        }
    }

    #[test]
    fn sums_of_multiples_are_divided() {
        let largest = -Scalar::ONE;
        for count in [0, 1, 99] {
            let (mut wide, mut sum) = (Wide::ZERO, Scalar::ZERO);
            for i in 0..count {
                let (k, a) = ((1 << 61) / 100, if i % 2 == 0 { largest } else { random("a", i) });
                wide.add_multiple(k, &a.into());
                sum += a * Scalar::from(k);
            }
            let divided = wide.divided();
            assert_eq!(divided.scalar() * Scalar::from(1_u128 << 64), sum, "{count}");
            let [.., high] = divided.0;
            assert!(high <= 0x1200_0000_0000_0000);
        }
    }

    #[test]
    fn products_and_differences_are_those_of_scalars() {
        let radix = Scalar::from(u128::MAX) * Scalar::from(u128::MAX)
            + Scalar::from(u128::MAX)
            + Scalar::from(u128::MAX)
            + Scalar::ONE;
        assert_eq!(PublicScalar::radix(), radix);
        let edges = [Scalar::ZERO, Scalar::ONE, -Scalar::ONE, radix, -radix, Scalar::from(u128::MAX)];
        let values: Vec<Scalar> = edges.into_iter().chain((0..20).map(|i| random("edge", i))).collect();
        for a in &values {
            for b in &values {
                let (x, y) = (PublicScalar::from(*a), PublicScalar::from(*b));
                assert_eq!(x.minus(&y).scalar(), a - b);
                assert_eq!(x.product(&y).scalar() * radix, a * b);
                // The largest that a product is asked for: b below 2ℓ; and what comes out is below 9ℓ/8.
                let product = x.product(&y.minus(&x));
                assert_eq!(product.scalar() * radix, a * (b - a));
                let [.., high] = product.0;
                assert!(high <= 0x1200_0000_0000_0000);
            }
        }
    }

    #[test]
    fn only_numbers_below_the_order_are_decoded() {
        let order = PublicScalar(ORDER).to_bytes();
        assert_eq!(PublicScalar::from_bytes(&order), None);
        let mut below = order;
        below[0] -= 1;
        assert_eq!(PublicScalar::from_bytes(&below).unwrap().scalar(), -Scalar::ONE);
        for place in 0..32 {
            for change in [1, 0x80, 0xff] {
                let mut bytes = order;
                bytes[place] = bytes[place].wrapping_add(change);
                let expected: Option<Scalar> = Scalar::from_canonical_bytes(bytes).into();
                let decoded = PublicScalar::from_bytes(&bytes);
                assert_eq!(decoded.map(|number| number.scalar()), expected, "{place} {change}");
                assert!(decoded.is_none_or(|number| number.to_bytes() == bytes));
            }
        }
    }
}
