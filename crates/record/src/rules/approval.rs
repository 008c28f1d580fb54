//! Approval: between `min` and `max` options, or, where allowed, a blank ballot.
//!
//! `max` is first clamped to the number m of options. With R = max - min, b the option bits, z the
//! blank bit where blank is allowed (and the number 0 where not):
//!
//! | | sent bits, in order | stated constraint |
//! |---|---|---|
//! | R ≥ 1 | b_1 … b_m, then z, then the slack bits of weight w_2 … w_k | max - Σb - max·z lies in [0, R] |
//! | R = 0 | b_1 … b_(m-1), then z | b_m = max - Σ others - max·z is a bit |
//!
//! So "exactly 1" sends m - 1 bits, "at most 1" sends m, and blank takes the whole of `max`.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use veche_crypto::program::{Affine, Constraint};

use super::range::Range;
use super::{AnyRule, Options, RuleError, SelectionError, Shape, from_to, or_blank};
use crate::selection::Selection;

/// The rule as the manifest writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// Fewest options of a ballot that is not blank.
    pub min: u32,
    /// Most options of a ballot.
    pub max: u32,
    /// Whether a ballot may say "none of these" (only where `min` is at least 1).
    pub blank: bool,
}

/// The rule fitted to a number of options.
#[derive(Debug, Clone)]
struct Arm {
    options: u32,
    min: u32,
    max: u32,
    blank: bool,
    /// Absent when R = 0.
    range: Option<Range>,
}

impl fmt::Display for Approval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "pick {}{}", from_to(self.min, self.max), or_blank(self.blank))
    }
}

impl AnyRule for Approval {
    fn fit(&self, options: Options<'_>) -> Result<Arc<dyn super::Arm>, RuleError> {
        let options = options.count;
        let max = self.max.min(options);
        if max == 0 {
            return Err(RuleError::NothingToChoose);
        }
        if self.min > max {
            return Err(RuleError::MinAboveMax { min: self.min, max });
        }
        if self.blank && self.min == 0 {
            return Err(RuleError::BlankAndEmpty);
        }
        if !self.blank && self.min == options {
            return Err(RuleError::NothingToChoose);
        }
        let slack = options + u32::from(self.blank);
        let range = (max > self.min).then(|| Range::new((max - self.min).into(), slack));
        Ok(Arc::new(Arm { options, min: self.min, max, blank: self.blank, range }))
    }
}

impl Arm {
    fn sent_options(&self) -> u32 {
        if self.range.is_some() { self.options } else { self.options - 1 }
    }

    fn sent(&self) -> u32 {
        self.sent_options() + u32::from(self.blank) + self.range.as_ref().map_or(0, Range::sent)
    }

    fn why_illegal(&self, selection: &Selection, picked: u64) -> SelectionError {
        if let Some(option) = selection.values.iter().position(|&value| value > 1) {
            SelectionError::Value { option, largest: 1 }
        } else if selection.blank {
            SelectionError::BlankWithPicks
        } else if picked < self.min.into() {
            SelectionError::TooFew { picked, min: self.min.into() }
        } else {
            SelectionError::TooMany { picked, max: self.max.into() }
        }
    }
}

impl super::Arm for Arm {
    fn shape(&self) -> Shape {
        let mut values: Vec<Affine> = (0..self.sent_options()).map(Affine::bit).collect();
        let blank = self.blank.then(|| Affine::bit(self.sent_options()));
        let all_of_max = blank.iter().map(|z| z.scale(self.max.into()));
        let used = Affine::sum(&values.iter().cloned().chain(all_of_max).collect::<Vec<_>>());
        let left = Affine::constant(self.max.into()).minus(&used);
        let constraint = match &self.range {
            Some(range) => range.constraint(&left),
            None => {
                let constraint = Constraint::is_bit(&left);
                values.push(left);
                constraint
            }
        };
        values.extend(blank);
        Shape { bits: self.sent(), constraints: vec![constraint], values, largest: 1, largest_value: 1 }
    }

    fn push_bits(&self, selection: &Selection, bits: &mut Vec<u8>) -> Result<(), SelectionError> {
        let values = selection.values.as_slice();
        let beyond_one = values.iter().fold(0, |all, value| all | (value & !1));
        let picked: u64 = values.iter().map(|&value| u64::from(value)).sum();
        let blank = u64::from(selection.blank);
        // One comparison for blank ballots and others alike, or the time would tell which it is.
        let used = picked + u64::from(self.max) * blank;
        if beyond_one != 0 || used < self.min.into() || used > self.max.into() {
            return Err(self.why_illegal(selection, picked));
        }
        bits.extend(values.iter().take(self.sent_options() as usize).map(|&value| value as u8));
        if self.blank {
            bits.push(blank as u8);
        }
        if let Some(range) = &self.range {
            range.push_digits(u64::from(self.max) - used, bits);
        }
        Ok(())
    }

    fn made_up(&self) -> Vec<u32> {
        super::first_ones(self.min.max(1), self.options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{assert_exactly_legal, every_vector, own_values};
    use crate::rules::{CompiledContest, Rule};

    fn fit(options: u32, min: u32, max: u32, blank: bool) -> Result<CompiledContest, RuleError> {
        CompiledContest::compile(&Rule::Approval(Approval { min, max, blank }), options, 9)
    }

    fn legal(min: u32, max: u32, blank: bool) -> impl Fn(&Selection) -> bool {
        move |s: &Selection| {
            let picked: u32 = s.values.iter().sum();
            let picks = s.values.iter().all(|&v| v <= 1) && (min..=max).contains(&picked) && !s.blank;
            let empty = blank && s.blank && s.values.iter().all(|&v| v == 0);
            picks || empty
        }
    }

    #[test]
    fn exactly_the_legal_small_ballots_satisfy_the_program() {
        for options in 1..=6 {
            for max in 1..=options + 1 {
                for min in 0..=max.min(options) {
                    for blank in [false, true] {
                        let contest = match fit(options, min, max, blank) {
                            Ok(contest) => contest,
                            Err(RuleError::BlankAndEmpty) => {
                                assert!(blank && min == 0);
                                continue;
                            }
                            Err(RuleError::NothingToChoose) => {
                                assert!(min == options && !blank);
                                continue;
                            }
                            Err(other) => panic!("{other}"),
                        };
                        assert_exactly_legal(&contest, legal(min, max, blank), own_values);
                    }
                }
            }
        }
    }

    #[test]
    fn sent_bits_are_as_many_as_the_table_says() {
        let sent = |options, min, max, blank| fit(options, min, max, blank).unwrap().program().bits();
        assert_eq!(sent(10, 1, 1, false), 9, "exactly 1: m - 1");
        assert_eq!(sent(10, 0, 1, false), 10, "at most 1: m");
        assert_eq!(sent(40, 1, 5, false), 42, "approval: m + bitlen(4) - 1");
        assert_eq!(sent(40, 1, 5, true), 43, "blank: one more");
        assert_eq!(sent(3, 1, 9, false), 4, "max is clamped to m");
    }

    #[test]
    fn sent_bits_come_in_the_published_order() {
        let contest = fit(4, 1, 4, true).unwrap();
        let bits =
            |values: [u32; 4], blank| contest.bits(&Selection::new(values.to_vec(), blank)).unwrap().to_vec();
        // b_1 … b_4, z, the slack bit of weight 2; R = 3, S = 4 - Σb - 4z.
        assert_eq!(bits([1, 0, 0, 0], false), [1, 0, 0, 0, 0, 1]);
        assert_eq!(bits([0, 1, 1, 1], false), [0, 1, 1, 1, 0, 0]);
        assert_eq!(bits([0, 0, 0, 0], true), [0, 0, 0, 0, 1, 0]);
    }

    #[test]
    fn an_illegal_selection_is_refused_with_its_reason() {
        let contest = fit(3, 1, 2, true).unwrap();
        let refused =
            |values: &[u32], blank| contest.bits(&Selection::new(values.to_vec(), blank)).unwrap_err();
        assert_eq!(refused(&[0, 0, 0], false), SelectionError::TooFew { picked: 0, min: 1 });
        assert_eq!(refused(&[1, 1, 1], false), SelectionError::TooMany { picked: 3, max: 2 });
        assert_eq!(refused(&[2, 0, 0], false), SelectionError::Value { option: 0, largest: 1 });
        assert_eq!(refused(&[u32::MAX; 3], false), SelectionError::Value { option: 0, largest: 1 });
        assert_eq!(refused(&[1, 0, 0], true), SelectionError::BlankWithPicks);
        assert_eq!(refused(&[1, 0], false), SelectionError::Length { given: 2, options: 3 });
        let without = fit(3, 1, 2, false).unwrap();
        assert_eq!(without.bits(&Selection::new(vec![0, 0, 0], true)).unwrap_err(), SelectionError::NoBlank);
    }

    #[test]
    fn a_rule_that_cannot_be_kept_is_refused() {
        assert!(matches!(fit(3, 4, 5, false), Err(RuleError::MinAboveMax { min: 4, max: 3 })));
        assert!(matches!(fit(3, 2, 1, false), Err(RuleError::MinAboveMax { .. })));
        assert!(matches!(fit(3, 0, 0, false), Err(RuleError::NothingToChoose)));
        assert!(matches!(fit(1, 1, 1, false), Err(RuleError::NothingToChoose)));
        assert!(matches!(fit(3, 3, 9, false), Err(RuleError::NothingToChoose)));
        fit(3, 3, 9, true).unwrap();
    }

    #[test]
    fn the_list_of_small_ballots_is_complete() {
        assert_eq!(every_vector(3, 1).count(), 8);
        assert_eq!(every_vector(2, 2).count(), 9);
    }
}
