//! "This sum lies between 0 and R", as bits.
//!
//! S lies in [0, R] exactly when S = Σ w_i·s_i for k = bitlen(R) bits of weight
//! 1, 2, 4, …, 2^(k-2), R - (2^(k-1) - 1): the sums of these weights leave no gap and end at R.
//! [`Digits`] are all k bits, sent. In a [`Range`] the bits of weight w_2 … w_k are sent, in this
//! order; the one of weight w_1 = 1 is derived as S - Σ others, and stated to be a bit.

use subtle::{ConditionallySelectable, ConstantTimeLess};
use veche_crypto::program::{Affine, Constraint};

/// The weights w_1 … w_k of the numbers 0 … R.
#[derive(Debug, Clone)]
pub(crate) struct Digits(Vec<u64>);

impl Digits {
    /// The digits of the numbers from 0 to `bound`; none when `bound` is 0.
    pub fn new(bound: u64) -> Self {
        let k = u64::BITS - bound.leading_zeros();
        let mut weights: Vec<u64> = (1..k).map(|i| 1 << (i - 1)).collect();
        if k >= 1 {
            weights.push(bound - ((1 << (k - 1)) - 1));
        }
        Digits(weights)
    }

    /// The number k of digits.
    pub fn len(&self) -> u32 {
        self.0.len() as u32
    }

    #[cfg(test)]
    fn weights(&self) -> &[u64] {
        &self.0
    }

    /// Σ w_i·s_i, where the digit of weight w_1 is sent bit `first`.
    pub fn number(&self, first: u32) -> Affine {
        weighted(&self.0, first)
    }

    /// The same without the digit of weight w_1: that of weight w_2 is sent bit `first`.
    pub fn number_after_first(&self, first: u32) -> Affine {
        weighted(self.0.get(1..).unwrap_or_default(), first)
    }

    /// The digits of a number that lies in the range: the last is [S ≥ w_k], the others are the
    /// remainder in binary. The time taken depends on the range, never on the number.
    pub fn of(&self, number: u64) -> impl Iterator<Item = u8> {
        let last_weight = self.0.last().copied().unwrap_or(1);
        let last = !number.ct_lt(&last_weight);
        let rest = u64::conditional_select(&number, &number.wrapping_sub(last_weight), last);
        let powers = self.0.len().saturating_sub(1);
        let last = (!self.0.is_empty()).then(|| last.unwrap_u8());
        (0..powers).map(move |i| ((rest >> i) & 1) as u8).chain(last)
    }
}

/// The slack bits of one range.
#[derive(Debug, Clone)]
pub(crate) struct Range {
    /// Position of the first slack bit among the sent bits.
    first: u32,
    digits: Digits,
}

impl Range {
    /// A range [0, `bound`] with `bound` ≥ 1, whose slack bits start at sent bit `first`.
    pub fn new(bound: u64, first: u32) -> Self {
        Range { first, digits: Digits::new(bound) }
    }

    /// How many slack bits are sent.
    pub fn sent(&self) -> u32 {
        self.digits.len().saturating_sub(1)
    }

    /// "`sum` lies in the range."
    pub fn constraint(&self, sum: &Affine) -> Constraint {
        Constraint::is_bit(&sum.minus(&self.digits.number_after_first(self.first)))
    }

    /// Appends the sent slack bits of a sum that lies in the range, in a time that depends on the
    /// range alone.
    pub fn push_digits(&self, sum: u64, bits: &mut Vec<u8>) {
        bits.extend(self.digits.of(sum).skip(1));
    }
}

fn weighted(weights: &[u64], first: u32) -> Affine {
    let terms: Vec<Affine> =
        weights.iter().zip(first..).map(|(&w, bit)| Affine::bit(bit).scale(w.into())).collect();
    Affine::sum(&terms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_the_published_ones() {
        for (bound, expected) in [
            (0, vec![]),
            (1, vec![1]),
            (2, vec![1, 1]),
            (3, vec![1, 2]),
            (4, vec![1, 2, 1]),
            (7, vec![1, 2, 4]),
            (8, vec![1, 2, 4, 1]),
            (13, vec![1, 2, 4, 6]),
        ] {
            assert_eq!(Digits::new(bound).weights(), expected, "R = {bound}");
        }
    }

    #[test]
    fn every_number_in_the_range_has_its_digits_and_no_other_number_has_any() {
        for bound in 0..=70_u64 {
            let digits = Digits::new(bound);
            for number in 0..=bound {
                let bits: Vec<u8> = digits.of(number).collect();
                assert_eq!(bits.len() as u32, digits.len());
                assert!(bits.iter().all(|&bit| bit <= 1));
                let sum: u64 = bits.iter().zip(digits.weights()).map(|(&b, w)| u64::from(b) * w).sum();
                assert_eq!(sum, number, "R = {bound}: {bits:?}");
                assert_eq!(digits.number(0).value(&bits), number.into());
            }
            // All numbers that any bits can make: exactly 0 … R.
            let mut numbers = vec![0];
            for w in digits.weights() {
                numbers = numbers.iter().flat_map(|s| [*s, s + w]).collect();
            }
            numbers.sort_unstable();
            numbers.dedup();
            assert_eq!(numbers, (0..=bound).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_range_sends_all_digits_but_the_first() {
        for bound in 1..=70_u64 {
            let range = Range::new(bound, 0);
            for sum in 0..=bound {
                let mut bits = Vec::new();
                range.push_digits(sum, &mut bits);
                assert_eq!(bits.len() as u32, range.sent());
                assert_eq!(bits, Digits::new(bound).of(sum).skip(1).collect::<Vec<_>>());
            }
        }
    }
}
