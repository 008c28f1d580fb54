//! The discrete logarithm of a total: baby steps and giant steps over several small numbers in one.
//!
//! What is decrypted is v·G for v = t_0 + t_1·M + t_2·M² + …, where every t_i, a *digit*, is a total from 0 to the
//! same bound, which is below M. There are far fewer such v than numbers up to the largest of them. They are cut in
//! two inside a digit: baby steps are the digits below with the low part of that one, giant steps its high part with
//! the digits above. The table of baby steps holds 41 bits of each one's encoding; a match is confirmed against the
//! whole point.

use crate::generators::G;
use curve25519_dalek::ristretto::RistrettoPoint;
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::Identity;

/// There are at most two to this power numbers to look among, up to the power of two above each digit's bound.
pub const MAX_SEARCH_BITS: u32 = 46;

/// Most baby steps, and most giant steps, as a power of two: 64 MiB of table.
const MAX_STEP_BITS: u32 = MAX_SEARCH_BITS / 2;

/// Points encoded in one go; encoding shares one inversion among them.
const CHUNK: usize = 256;

/// The numbers t_0 + t_1·base + … of so many digits t_i, each from 0 to `most`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Digits {
    /// M, above `most`.
    pub base: u64,
    /// How many digits.
    pub count: u32,
    /// The largest that a digit can be.
    pub most: u64,
}

impl Digits {
    /// Plain numbers from 0 to `most`, below 2⁴⁶.
    pub fn up_to(most: u64) -> Self {
        Digits { base: most.saturating_add(1), count: 1, most }
    }

    /// The digits of a number, lowest first; `None` if it is none of these.
    pub fn of(&self, mut number: u64) -> Option<Vec<u64>> {
        let mut digits = Vec::with_capacity(self.count as usize);
        for _ in 0..self.count {
            digits.push(number.checked_rem(self.base)?);
            number = number.checked_div(self.base)?;
        }
        (number == 0 && digits.iter().all(|digit| *digit <= self.most)).then_some(digits)
    }

    /// How the search is cut in two for about so many numbers: baby steps, then giant steps.
    fn cut(&self, solutions: u64) -> Option<(Grid, Grid)> {
        let bits = u64::BITS - self.most.leading_zeros();
        let searched = bits.checked_mul(self.count).filter(|bits| *bits <= MAX_SEARCH_BITS)?;
        let largest = u128::from(self.base).checked_pow(self.count)?;
        if self.count == 0 || self.most >= self.base || largest > 1 << MAX_SEARCH_BITS {
            return None;
        }
        // Building costs one step a baby, a solution all giants: the square root balances them.
        let balanced = searched.saturating_add(solutions.max(1).ilog2()).div_ceil(2);
        let babies = balanced.clamp(searched.saturating_sub(MAX_STEP_BITS), MAX_STEP_BITS.min(searched));
        let (whole, low) = match bits {
            0 => (0, 0),
            bits if babies / bits < self.count => (babies / bits, babies % bits),
            bits => (self.count - 1, bits),
        };
        let (mut baby, mut giant) = (Grid::default(), Grid::default());
        let (mut weight, every) = (1_u64, self.most.checked_add(1)?);
        for digit in 0..self.count {
            if digit < whole {
                baby.push(every, weight);
            } else if digit == whole {
                baby.push(every.min(1 << low), weight);
                giant.push(every.div_ceil(1 << low), weight.checked_shl(low)?);
            } else {
                giant.push(every, weight);
            }
            weight = weight.checked_mul(self.base).unwrap_or(0);
        }
        Some((baby, giant))
    }
}

/// The numbers Σ d_i·w_i with 0 ≤ d_i < r_i, in the order in which d_0 changes first.
#[derive(Default)]
struct Grid {
    /// r_i and w_i.
    places: Vec<(u64, u64)>,
}

impl Grid {
    fn push(&mut self, radix: u64, weight: u64) {
        if radix > 1 {
            self.places.push((radix, weight));
        }
    }

    fn len(&self) -> u64 {
        self.places.iter().fold(1, |len, (radix, _)| len.saturating_mul(*radix))
    }

    /// The number at a position.
    fn number(&self, mut position: u64) -> u64 {
        let mut number = 0_u64;
        for (radix, weight) in &self.places {
            number = number.wrapping_add((position % radix).wrapping_mul(*weight));
            position /= radix;
        }
        number
    }

    /// What is added to a number to come to the next one, for each place that changes last, times a unit.
    fn steps(&self, unit: &Scalar) -> Vec<RistrettoPoint> {
        let mut below = Scalar::ZERO;
        let mut steps = Vec::with_capacity(self.places.len());
        for (radix, weight) in &self.places {
            let weight = Scalar::from(*weight);
            steps.push(&*G * &(unit * (weight - below)));
            below += Scalar::from(radix.saturating_sub(1)) * weight;
        }
        steps
    }

    /// Visits start + number·unit·G for every number, in order, as the first 8 bytes of the encoding of *twice* that
    /// (the cheap batch encoding doubles), until the visitor answers.
    fn walk<T>(
        &self,
        start: RistrettoPoint,
        unit: &Scalar,
        mut visit: impl FnMut(u64, u64) -> Option<T>,
    ) -> Option<T> {
        let steps = self.steps(unit);
        let mut place = vec![0_u64; self.places.len()];
        let mut next = start;
        let (mut done, count) = (0_u64, self.len());
        let mut points = Vec::with_capacity(CHUNK);
        while done < count {
            points.clear();
            for _ in 0..(count - done).min(CHUNK as u64) {
                points.push(next);
                for ((at, (radix, _)), step) in place.iter_mut().zip(&self.places).zip(&steps) {
                    *at += 1;
                    if *at < *radix {
                        next += step;
                        break;
                    }
                    *at = 0;
                }
            }
            let encoded = RistrettoPoint::double_and_compress_batch(&points);
            for (encoded, index) in encoded.iter().zip(done..) {
                let key = encoded.as_bytes().first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes));
                if let Some(answer) = visit(index, key) {
                    return Some(answer);
                }
            }
            done += points.len() as u64;
        }
        None
    }
}

/// A table that solves for numbers of some digits.
pub struct DiscreteLog {
    digits: Digits,
    baby: Grid,
    giant: Grid,
    table: Table,
    half: Scalar,
}

impl DiscreteLog {
    /// Builds the table for these numbers. `None` when there are too many of them, or the base is not above the
    /// bound of a digit.
    ///
    /// `solutions` is about how many numbers will be looked up: the more, the larger a table pays.
    pub fn new(digits: &Digits, solutions: u64) -> Option<Self> {
        let (baby, giant) = digits.cut(solutions)?;
        let half = Scalar::from(2_u64).invert();
        let mut entries = Vec::with_capacity(usize::try_from(baby.len()).ok()?);
        baby.walk(RistrettoPoint::identity(), &half, |index, key| {
            entries.push(Table::entry(key, index));
            None::<()>
        });
        Some(DiscreteLog { digits: *digits, baby, giant, table: Table::new(entries), half })
    }

    /// The number v of these digits with v·G = `point`, or `None`.
    pub fn solve(&self, point: &RistrettoPoint) -> Option<u64> {
        self.giant.walk(point * self.half, &-self.half, |giant, key| {
            self.table.of(key).find_map(|baby| {
                let v = self.giant.number(giant).checked_add(self.baby.number(baby))?;
                self.digits.of(v)?;
                (&*G * &Scalar::from(v) == *point).then_some(v)
            })
        })
    }
}

/// Baby steps by their keys: 41 bits of the key, then 23 of the position, in order.
struct Table {
    entries: Vec<u64>,
    /// Where the entries begin whose first bits are at least these.
    begins: Vec<u32>,
    /// How many bits those are.
    bits: u32,
}

impl Table {
    fn entry(key: u64, index: u64) -> u64 {
        key >> MAX_STEP_BITS << MAX_STEP_BITS | index
    }

    fn new(mut entries: Vec<u64>) -> Self {
        entries.sort_unstable();
        // About four entries begin alike.
        let bits = (entries.len() as u64 / 4).max(2).ilog2();
        let mut begins = vec![0_u32; (1 << bits) + 1];
        for entry in &entries {
            if let Some(count) = begins.get_mut((entry >> (u64::BITS - bits)) as usize + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        begins.iter_mut().for_each(|begin| {
            sum += *begin;
            *begin = sum;
        });
        Table { entries, begins, bits }
    }

    /// The positions of the entries of a key.
    fn of(&self, key: u64) -> impl Iterator<Item = u64> {
        let first = (key >> (u64::BITS - self.bits)) as usize;
        let begin = self.begins.get(first).copied().unwrap_or(0) as usize;
        let end = self.begins.get(first + 1).copied().unwrap_or(0) as usize;
        let entries = self.entries.get(begin..end).unwrap_or_default();
        let same = move |entry: &&u64| **entry >> MAX_STEP_BITS == key >> MAX_STEP_BITS;
        entries.iter().filter(same).map(|entry| entry & ((1 << MAX_STEP_BITS) - 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times_g(v: u64) -> RistrettoPoint {
        &*G * &Scalar::from(v)
    }

    #[test]
    fn every_total_up_to_the_bound_is_found_and_none_beyond() {
        for bound in [0, 1, 2, 255, 256, 257, 1_000] {
            let log = DiscreteLog::new(&Digits::up_to(bound), 1).unwrap();
            for v in 0..=bound {
                assert_eq!(log.solve(&times_g(v)), Some(v), "bound {bound}");
            }
            assert_eq!(log.solve(&times_g(bound + 1)), None);
            assert_eq!(log.solve(&-times_g(1)), None);
        }
    }

    #[test]
    fn exactly_the_numbers_of_these_digits_are_found_wherever_the_search_is_cut() {
        for (base, count, most) in
            [(4, 3, 3), (8, 3, 4), (8, 3, 6), (16, 2, 9), (2, 8, 1), (64, 2, 0), (128, 1, 100)]
        {
            let digits = Digits { base, count, most };
            for solutions in [1, 4, 16, 256, 100_000] {
                let log = DiscreteLog::new(&digits, solutions).unwrap();
                for v in 0..base.pow(count) + base {
                    let expected = digits.of(v).map(|_| v);
                    assert_eq!(log.solve(&times_g(v)), expected, "{digits:?}, {solutions}: {v}");
                }
            }
        }
    }

    #[test]
    fn a_large_total_is_found() {
        let bound = (1 << 34) - 1;
        let log = DiscreteLog::new(&Digits::up_to(bound), 10).unwrap();
        for v in [0, 1, 12_345_678_901, bound - 1, bound] {
            assert_eq!(log.solve(&times_g(v)), Some(v));
        }
        // Three totals of 2,000 ballots in a district of 20,000.
        let digits = Digits { base: 1 << 15, count: 3, most: 2_000 };
        let log = DiscreteLog::new(&digits, 14).unwrap();
        for totals in [[0, 0, 0], [2_000; 3], [0, 0, 2_000], [1_999, 0, 1], [17, 1_234, 2_000]] {
            let v = totals[0] + (totals[1] << 15) + (totals[2] << 30);
            assert_eq!(log.solve(&times_g(v)), Some(v));
        }
        assert_eq!(log.solve(&times_g(2_001)), None);
    }

    #[test]
    fn no_search_takes_more_than_two_to_the_23_steps_of_a_kind() {
        for count in 1..=46 {
            let bits = 46 / count;
            for most in [1, 2, (1 << bits) / 2, (1 << bits) * 3 / 5, (1 << bits) - 1] {
                for solutions in [1, 14, 501, 1 << 30] {
                    let digits = Digits { base: 1 << bits, count, most: most.min((1 << bits) - 1) };
                    let (baby, giant) = digits.cut(solutions).unwrap();
                    let most = 1 << MAX_STEP_BITS;
                    assert!(baby.len() <= most && giant.len() <= most, "{digits:?}, {solutions}");
                    let all = (u128::from(digits.most) + 1).pow(count);
                    assert!(u128::from(baby.len()) * u128::from(giant.len()) >= all);
                }
            }
        }
    }

    #[test]
    fn attack_47_a_bound_out_of_reach_is_refused() {
        for (base, count, most) in
            [((1 << 46) + 1, 1, 1 << 46), (1 << 16, 3, 1), (8, 1, 8), (8, 0, 1), (0, 1, 0)]
        {
            assert!(DiscreteLog::new(&Digits { base, count, most }, 1).is_none(), "{base}, {count}, {most}");
        }
    }
}
