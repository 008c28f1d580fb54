//! "This sum lies between 0 and R", as slack bits.
//!
//! S lies in [0, R] exactly when S = Σ w_i·s_i for k = bitlen(R) bits of weight
//! 1, 2, 4, …, 2^(k-2), R - (2^(k-1) - 1): the sums of these weights leave no gap and end at R.
//! The bits of weight w_2 … w_k are sent, in this order; the one of weight w_1 = 1 is derived as
//! S - Σ others, and stated to be a bit.

use subtle::{ConditionallySelectable, ConstantTimeLess};
use veche_crypto::program::{Affine, Constraint};

/// The slack bits of one range.
#[derive(Debug, Clone)]
pub(crate) struct Range {
    /// Position of the first slack bit among the sent bits.
    first: u32,
    /// w_2 … w_k.
    sent_weights: Vec<u64>,
}

impl Range {
    /// A range [0, `bound`] with `bound` ≥ 1, whose slack bits start at sent bit `first`.
    pub fn new(bound: u64, first: u32) -> Self {
        let k = u64::BITS - bound.leading_zeros();
        let mut sent_weights: Vec<u64> = (1..k.saturating_sub(1)).map(|i| 1 << i).collect();
        if k >= 2 {
            sent_weights.push(bound - ((1 << (k - 1)) - 1));
        }
        Range { first, sent_weights }
    }

    /// How many slack bits are sent.
    pub fn sent(&self) -> u32 {
        self.sent_weights.len() as u32
    }

    /// "`sum` lies in the range."
    pub fn constraint(&self, sum: &Affine) -> Constraint {
        let sent =
            self.sent_weights.iter().zip(self.first..).map(|(&w, bit)| Affine::bit(bit).scale(w.into()));
        let sent: Vec<Affine> = sent.collect();
        Constraint::is_bit(&sum.minus(&Affine::sum(&sent)))
    }

    /// Appends the sent slack bits of a sum that lies in the range: the last bit is [S ≥ w_k], the
    /// others are the remainder in binary. The time taken depends on the range, never on the sum.
    pub fn push_digits(&self, sum: u64, bits: &mut Vec<u8>) {
        let Some((&last_weight, powers)) = self.sent_weights.split_last() else {
            return;
        };
        let last = !sum.ct_lt(&last_weight);
        let rest = u64::conditional_select(&sum, &sum.wrapping_sub(last_weight), last);
        bits.extend((1..=powers.len()).map(|i| ((rest >> i) & 1) as u8));
        bits.push(last.unwrap_u8());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weights(range: &Range) -> Vec<u64> {
        [1].iter().chain(&range.sent_weights).copied().collect()
    }

    #[test]
    fn weights_are_the_published_ones() {
        for (bound, expected) in [
            (1, vec![1]),
            (2, vec![1, 1]),
            (3, vec![1, 2]),
            (4, vec![1, 2, 1]),
            (7, vec![1, 2, 4]),
            (8, vec![1, 2, 4, 1]),
            (13, vec![1, 2, 4, 6]),
        ] {
            assert_eq!(weights(&Range::new(bound, 0)), expected, "R = {bound}");
        }
    }

    #[test]
    fn every_sum_in_the_range_has_digits_and_no_other_sum_has_any() {
        for bound in 1..=70_u64 {
            let range = Range::new(bound, 0);
            for sum in 0..=bound {
                let mut bits = Vec::new();
                range.push_digits(sum, &mut bits);
                assert_eq!(bits.len() as u32, range.sent());
                let others: u64 = bits.iter().zip(&range.sent_weights).map(|(&b, w)| u64::from(b) * w).sum();
                assert!(others <= sum && sum - others <= 1, "R = {bound}, S = {sum}: {bits:?}");
            }
            // All sums that any bits can make: exactly 0 … R.
            let mut sums = vec![0];
            for w in weights(&range) {
                sums = sums.iter().flat_map(|s| [*s, s + w]).collect();
            }
            sums.sort_unstable();
            sums.dedup();
            assert_eq!(sums, (0..=bound).collect::<Vec<_>>());
        }
    }
}
