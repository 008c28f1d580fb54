//! Scalars as numbers below ℓ, and sums over powers of a challenge.

use curve25519_dalek::scalar::Scalar;

/// The limbs of ℓ, the lowest first; the third is zero.
pub(crate) const L: [u64; 4] = [0x5812_631a_5cf5_d3ed, 0x14de_f9de_a2f7_9cd6, 0, 0x1000_0000_0000_0000];

/// The number that these bytes are, the lowest limb first.
pub(crate) fn limbs(bytes: &[u8; 32]) -> [u64; 4] {
    let mut limbs = [0; 4];
    let (chunks, _) = bytes.as_chunks::<8>();
    limbs.iter_mut().zip(chunks).for_each(|(limb, chunk)| *limb = u64::from_le_bytes(*chunk));
    limbs
}

/// The number less ℓ, modulo 2²⁵⁶, and whether it was below ℓ. Takes as long for every number.
pub(crate) fn less_l(number: [u64; 4]) -> ([u64; 4], bool) {
    let mut less = [0; 4];
    let mut borrow = false;
    for ((place, a), b) in less.iter_mut().zip(number).zip(L) {
        let (difference, first) = a.overflowing_sub(b);
        let (difference, second) = difference.overflowing_sub(u64::from(borrow));
        (*place, borrow) = (difference, first | second);
    }
    (less, borrow)
}

/// The scalar that these bytes encode, if they are below ℓ. How long it takes says no more than that. The group's own
/// constructor multiplies to find out.
pub(crate) fn from_canonical(bytes: &[u8; 32]) -> Option<Scalar> {
    let (_, below) = less_l(limbs(bytes));
    #[expect(clippy::disallowed_methods, reason = "they are below ℓ, which is what this does not look at")]
    below.then(|| Scalar::from_bits(*bytes))
}

/// w, w², …, w^count.
pub(crate) fn powers(w: &Scalar, count: usize) -> Vec<Scalar> {
    core::iter::successors(Some(*w), |power| Some(power * w)).take(count).collect()
}

/// Σ_i w^i·v_i, i = 1, 2, …, for values given last first.
pub(crate) fn horner(w: &Scalar, values_from_last: impl Iterator<Item = Scalar>) -> Scalar {
    values_from_last.fold(Scalar::ZERO, |sum, value| (sum + value) * w)
}

/// A signed integer as a scalar.
pub(crate) fn scalar_from_i128(value: i128) -> Scalar {
    let magnitude = Scalar::from(value.unsigned_abs());
    if value < 0 { -magnitude } else { magnitude }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::Hasher;

    #[test]
    fn exactly_the_numbers_below_l_are_scalars() {
        let bytes = |limbs: [u64; 4]| -> [u8; 32] {
            limbs.map(u64::to_le_bytes).concat().try_into().expect("four limbs are 32 bytes")
        };
        let [l0, l1, l2, l3] = L;
        assert_eq!(limbs((-Scalar::ONE).as_bytes()), [l0 - 1, l1, l2, l3]);
        // At ℓ, around each of its limbs, and at the ends.
        let mut numbers = vec![[0; 4], [1, 0, 0, 0], [u64::MAX; 4], [0, 0, 0, 1 << 63], L];
        for place in 0..4 {
            for change in [1, 2, 1 << 32, 1 << 63, u64::MAX] {
                for rest in [L, [0; 4], [u64::MAX; 4], [0, 0, 0, l3], [l0, l1, 0, 0]] {
                    let (mut more, mut less) = (rest, rest);
                    more[place] = more[place].wrapping_add(change);
                    less[place] = less[place].wrapping_sub(change);
                    numbers.extend([more, less]);
                }
            }
        }
        for index in 0..10_000_u64 {
            let wide = Hasher::new("scalars-test").with(&index.to_le_bytes()).digest();
            let mut number = limbs(wide.as_bytes());
            // Few of all numbers are below ℓ: half of these.
            number[3] &= 0x1fff_ffff_ffff_ffff;
            numbers.push(number);
        }
        let mut taken = 0;
        for number in numbers {
            let bytes = bytes(number);
            let theirs: Option<Scalar> = Scalar::from_canonical_bytes(bytes).into();
            assert_eq!(from_canonical(&bytes), theirs, "{number:x?}");
            taken += u32::from(theirs.is_some());
        }
        assert!((4_000..6_500).contains(&taken), "{taken}");
    }
}
