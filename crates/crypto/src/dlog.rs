//! The discrete logarithm of a total: baby steps and giant steps over a bounded range.
//!
//! Totals are small numbers (below 2⁴⁰), so v is found from v·G with a table of 2^k baby steps
//! and at most bound / 2^k giant steps. The table holds 8 bytes of each baby step's encoding;
//! a match is confirmed against the whole point.

use std::collections::HashMap;

use curve25519_dalek::constants::RISTRETTO_BASEPOINT_TABLE;
use curve25519_dalek::ristretto::RistrettoPoint;
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::Identity;

/// The largest total that can be asked for.
pub const MAX_TOTAL: u64 = 1 << 40;

/// The most baby steps that are kept: about 32 MiB of table.
const MAX_BABY_BITS: u32 = 20;

/// Points encoded in one go; encoding shares one inversion among them.
const CHUNK: usize = 256;

/// A table that solves for totals from 0 to a bound.
pub struct DiscreteLog {
    bound: u64,
    baby: u64,
    table: HashMap<u64, u32>,
    half: Scalar,
    giant: RistrettoPoint,
}

impl DiscreteLog {
    /// Builds the table for totals from 0 to `bound`, `bound` included. `None` over [`MAX_TOTAL`].
    ///
    /// `solutions` is about how many totals will be looked up: the more, the larger a table pays.
    pub fn new(bound: u64, solutions: u64) -> Option<Self> {
        if bound > MAX_TOTAL {
            return None;
        }
        // Building costs one step a baby, solving bound / babies: the square root balances them.
        let wanted = bound.saturating_add(1).saturating_mul(solutions.max(1)).isqrt().max(1);
        let bits = wanted.ilog2().min(MAX_BABY_BITS);
        let baby = 1_u64 << bits;
        let half = Scalar::from(2_u64).invert();
        let step = RISTRETTO_BASEPOINT_TABLE * &half;
        let mut table = HashMap::with_capacity(baby as usize);
        walk(RistrettoPoint::identity(), step, baby, |index, key| {
            table.entry(key).or_insert(index as u32);
            None::<()>
        });
        let giant = RISTRETTO_BASEPOINT_TABLE * &(half * Scalar::from(baby));
        Some(DiscreteLog { bound, baby, table, half, giant })
    }

    /// The v from 0 to the bound with v·G = `point`, or `None`.
    pub fn solve(&self, point: &RistrettoPoint) -> Option<u64> {
        let giants = self.bound / self.baby + 1;
        walk(point * self.half, -self.giant, giants, |giant, key| {
            let baby = u64::from(*self.table.get(&key)?);
            let v = giant * self.baby + baby;
            (v <= self.bound && RISTRETTO_BASEPOINT_TABLE * &Scalar::from(v) == *point).then_some(v)
        })
    }
}

/// Visits start, start + step, …, `count` points, as the first 8 bytes of the encoding of *twice*
/// each (the cheap batch encoding doubles), until the visitor answers.
fn walk<T>(
    start: RistrettoPoint,
    step: RistrettoPoint,
    count: u64,
    mut visit: impl FnMut(u64, u64) -> Option<T>,
) -> Option<T> {
    let mut next = start;
    let mut done = 0_u64;
    let mut points = Vec::with_capacity(CHUNK);
    while done < count {
        points.clear();
        for _ in 0..(count - done).min(CHUNK as u64) {
            points.push(next);
            next += step;
        }
        for (encoded, index) in RistrettoPoint::double_and_compress_batch(&points).iter().zip(done..) {
            let key = encoded.as_bytes().first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes));
            if let Some(answer) = visit(index, key) {
                return Some(answer);
            }
        }
        done += points.len() as u64;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times_g(v: u64) -> RistrettoPoint {
        RISTRETTO_BASEPOINT_TABLE * &Scalar::from(v)
    }

    #[test]
    fn every_total_up_to_the_bound_is_found_and_none_beyond() {
        for bound in [0, 1, 2, 255, 256, 257, 1_000] {
            let log = DiscreteLog::new(bound, 1).unwrap();
            for v in 0..=bound {
                assert_eq!(log.solve(&times_g(v)), Some(v), "bound {bound}");
            }
            assert_eq!(log.solve(&times_g(bound + 1)), None);
            assert_eq!(log.solve(&-times_g(1)), None);
        }
    }

    #[test]
    fn a_large_total_is_found() {
        let bound = (1 << 34) - 1;
        let log = DiscreteLog::new(bound, 10).unwrap();
        for v in [0, 1, 12_345_678_901, bound - 1, bound] {
            assert_eq!(log.solve(&times_g(v)), Some(v));
        }
    }

    #[test]
    fn attack_47_a_bound_out_of_reach_is_refused() {
        assert!(DiscreteLog::new(MAX_TOTAL + 1, 1).is_none());
    }
}
