//! Cumulative: points given to options, so many in all and so many to one option, or, where allowed,
//! a blank ballot.
//!
//! The cap c of one option is clamped to the points P, then P to m·c for m options. With
//! R = P - `min_points`, k = bitlen(c), w_1 … w_k the weights of the numbers 0 … c, d_(j,i) the digit
//! of weight w_i of option j, p_j = Σ_i w_i·d_(j,i) its points, and z the blank bit where blank is
//! allowed (the number 0 where not):
//!
//! | | sent bits, in order | stated constraint |
//! |---|---|---|
//! | R ≥ 1 | d_(1,1) … d_(1,k), d_(2,1) … d_(m,k), then z, then the slack bits of weight w_2 … | P - Σp - P·z lies in [0, R] |
//! | R = 0 | the same without d_(m,1), then z | d_(m,1) = P - Σ of all other w_i·d_(j,i) - P·z is a bit |
//!
//! So each option has between 0 and c points whatever the bits, and blank takes all of P.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use veche_crypto::program::{Affine, Constraint};

use super::range::{Digits, Range};
use super::{AnyRule, Options, RuleError, SelectionError, Shape, from_to, or_blank};
use crate::selection::Selection;

/// The rule as the manifest writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cumulative {
    /// Most points of a ballot.
    pub points: u32,
    /// Fewest points of a ballot that is not blank.
    pub min_points: u32,
    /// Most points of one option.
    pub max_per_option: u32,
    /// Whether a ballot may say "none of these" (only where `min_points` is at least 1).
    pub blank: bool,
}

/// The rule fitted to a number of options.
#[derive(Debug, Clone)]
struct Arm {
    options: u32,
    points: u32,
    min: u32,
    cap: u32,
    blank: bool,
    digits: Digits,
    /// Absent when R = 0.
    range: Option<Range>,
}

impl fmt::Display for Cumulative {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let points = from_to(self.min_points, self.points);
        write!(f, "give {points} points, at most {} to one{}", self.max_per_option, or_blank(self.blank))
    }
}

impl AnyRule for Cumulative {
    fn fit(&self, options: Options<'_>) -> Result<Arc<dyn super::Arm>, RuleError> {
        let options = options.count;
        let cap = self.max_per_option.min(self.points);
        let points = self.points.min(cap.saturating_mul(options));
        if points == 0 {
            return Err(RuleError::NothingToChoose);
        }
        if self.min_points > points {
            return Err(RuleError::MinPoints { min: self.min_points, points });
        }
        if self.blank && self.min_points == 0 {
            return Err(RuleError::BlankAndEmpty);
        }
        if !self.blank && u64::from(self.min_points) == u64::from(cap) * u64::from(options) {
            return Err(RuleError::NothingToChoose);
        }
        let digits = Digits::new(cap.into());
        let slack = options * digits.len() + u32::from(self.blank);
        let range = (points > self.min_points).then(|| Range::new((points - self.min_points).into(), slack));
        Ok(Arc::new(Arm { options, points, min: self.min_points, cap, blank: self.blank, digits, range }))
    }
}

impl Arm {
    /// How many digits of options are sent: all of them, or all but d_(m,1).
    fn sent_digits(&self) -> u32 {
        self.options * self.digits.len() - u32::from(self.range.is_none())
    }

    fn why_illegal(&self, selection: &Selection, spent: u64) -> SelectionError {
        if let Some(option) = selection.values.iter().position(|&value| value > self.cap) {
            SelectionError::Value { option, largest: self.cap.into() }
        } else if selection.blank {
            SelectionError::BlankWithPicks
        } else if spent < self.min.into() {
            SelectionError::SpentTooLittle { spent, min: self.min.into() }
        } else {
            SelectionError::SpentTooMuch { spent, max: self.points.into() }
        }
    }
}

impl super::Arm for Arm {
    fn shape(&self) -> Shape {
        let k = self.digits.len();
        let whole = if self.range.is_some() { self.options } else { self.options - 1 };
        let mut values: Vec<Affine> = (0..whole).map(|option| self.digits.number(option * k)).collect();
        // The last option without its first digit, where that one is derived.
        let rest = self.range.is_none().then(|| self.digits.number_after_first(whole * k));
        let z = self.blank.then(|| Affine::bit(self.sent_digits()));
        let all_of_points = z.iter().map(|z| z.scale(self.points.into()));
        let used = Affine::sum(&values.iter().chain(&rest).cloned().chain(all_of_points).collect::<Vec<_>>());
        let left = Affine::constant(self.points.into()).minus(&used);
        let constraint = match &self.range {
            Some(range) => range.constraint(&left),
            None => Constraint::is_bit(&left),
        };
        values.extend(rest.map(|rest| rest.plus(&left)));
        values.extend(z);
        Shape {
            bits: self.sent_digits() + u32::from(self.blank) + self.range.as_ref().map_or(0, Range::sent),
            constraints: vec![constraint],
            values,
            largest: self.cap.into(),
            largest_value: self.cap,
        }
    }

    fn push_bits(&self, selection: &Selection, bits: &mut Vec<u8>) -> Result<(), SelectionError> {
        let values = selection.values.as_slice();
        let beyond_cap = values.iter().fold(false, |any, &value| any | (value > self.cap));
        let spent: u64 = values.iter().map(|&value| u64::from(value)).sum();
        let blank = u64::from(selection.blank);
        // One comparison for blank ballots and others alike, or the time would tell which it is.
        let used = spent + u64::from(self.points) * blank;
        if beyond_cap || used < self.min.into() || used > self.points.into() {
            return Err(self.why_illegal(selection, spent));
        }
        let (last, others) = values.split_last().map_or((0, values), |(&last, others)| (last, others));
        bits.extend(others.iter().flat_map(|&value| self.digits.of(value.into())));
        bits.extend(self.digits.of(last.into()).skip(usize::from(self.range.is_none())));
        if self.blank {
            bits.push(blank as u8);
        }
        if let Some(range) = &self.range {
            range.push_digits(u64::from(self.points) - used, bits);
        }
        Ok(())
    }

    fn made_up(&self) -> Vec<u32> {
        let mut left = self.min.max(1);
        let take = |_| {
            let points = left.min(self.cap);
            left -= points;
            points
        };
        (0..self.options).map(take).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{assert_exactly_legal, own_values};
    use crate::rules::{CompiledContest, Rule};

    fn fit(
        options: u32,
        points: [u32; 3],
        blank: bool,
        electorate: u64,
    ) -> Result<CompiledContest, RuleError> {
        let [min_points, points, max_per_option] = points;
        let rule = Rule::Cumulative(Cumulative { points, min_points, max_per_option, blank });
        CompiledContest::compile(&rule, options, electorate)
    }

    fn legal([min, points, cap]: [u32; 3], blank: bool) -> impl Fn(&Selection) -> bool {
        move |s: &Selection| {
            let spent: u32 = s.values.iter().sum();
            let given = s.values.iter().all(|&v| v <= cap) && (min..=points).contains(&spent) && !s.blank;
            let empty = blank && s.blank && spent == 0;
            given || empty
        }
    }

    fn check(options: u32, most_points: u32, most_each: u32, electorate: u64) -> u32 {
        let mut compiled = 0;
        for points in 0..=most_points {
            for min in 0..=points {
                for cap in 0..=most_each {
                    for blank in [false, true] {
                        let rule = [min, points, cap];
                        let contest = match fit(options, rule, blank, electorate) {
                            Ok(contest) => contest,
                            Err(RuleError::BlankAndEmpty) => {
                                assert!(blank && min == 0);
                                continue;
                            }
                            Err(RuleError::NothingToChoose) => {
                                assert!(
                                    points == 0 || cap == 0 || (min == options * cap.min(points) && !blank)
                                );
                                continue;
                            }
                            Err(RuleError::MinPoints { min, points }) => {
                                assert!(points < min && points == options * cap);
                                continue;
                            }
                            Err(other) => panic!("{other}"),
                        };
                        compiled += 1;
                        assert_exactly_legal(&contest, legal(rule, blank), own_values);
                    }
                }
            }
        }
        compiled
    }

    #[test]
    fn exactly_the_legal_small_ballots_satisfy_the_program() {
        let compiled = check(1, 6, 7, 9) + check(2, 7, 5, 9) + check(3, 5, 3, 9) + check(5, 3, 2, 9);
        assert!(compiled > 400, "{compiled}");
    }

    #[test]
    fn exactly_the_legal_small_ballots_satisfy_the_program_without_packing() {
        assert!(check(3, 4, 2, 1 << 23) > 30);
    }

    #[test]
    fn sent_bits_are_as_many_as_the_table_says() {
        let sent = |options, points, blank| fit(options, points, blank, 9).unwrap().program().bits();
        assert_eq!(sent(30, [0, 7, 3], false), 30 * 2 + 2, "m·bitlen(3) + bitlen(7) - 1");
        assert_eq!(sent(47, [3, 3, 3], false), 47 * 2 - 1, "R = 0: one bit is derived");
        assert_eq!(sent(30, [1, 7, 3], true), 30 * 2 + 1 + 2, "blank: one more");
        assert_eq!(sent(30, [0, 7, 100], false), 30 * 3 + 2, "the cap is clamped to the points");
        assert_eq!(sent(2, [0, 100, 3], false), 2 * 2 + 2, "the points are clamped to m·c = 6");
    }

    #[test]
    fn sent_bits_come_in_the_published_order() {
        let bits = |contest: &CompiledContest, values: [u32; 2], blank| {
            contest.bits(&Selection::new(values.to_vec(), blank)).unwrap().to_vec()
        };
        // Weights 1, 2, 2 of c = 5 for each option, z, slack of weight 2, 4 (R = 7: 1, 2, 4).
        let contest = fit(2, [1, 8, 5], true, 9).unwrap();
        assert_eq!(bits(&contest, [1, 0], false), [1, 0, 0, 0, 0, 0, 0, 1, 1]);
        assert_eq!(bits(&contest, [4, 2], false), [0, 1, 1, 0, 0, 1, 0, 1, 0]);
        assert_eq!(bits(&contest, [5, 3], false), [1, 1, 1, 1, 0, 1, 0, 0, 0]);
        assert_eq!(bits(&contest, [0, 0], true), [0, 0, 0, 0, 0, 0, 1, 0, 0]);
        // R = 0: the last option's bit of weight 1 is not sent.
        let exact = fit(2, [3, 3, 3], true, 9).unwrap();
        assert_eq!(bits(&exact, [0, 3], false), [0, 0, 1, 0]);
        assert_eq!(bits(&exact, [1, 2], false), [1, 0, 1, 0]);
        assert_eq!(bits(&exact, [2, 1], false), [0, 1, 0, 0]);
        assert_eq!(bits(&exact, [0, 0], true), [0, 0, 0, 1]);
    }

    #[test]
    fn an_illegal_selection_is_refused_with_its_reason() {
        let contest = fit(3, [2, 7, 3], true, 9).unwrap();
        let refused =
            |values: &[u32], blank| contest.bits(&Selection::new(values.to_vec(), blank)).unwrap_err();
        assert_eq!(refused(&[3, 3, 2], false), SelectionError::SpentTooMuch { spent: 8, max: 7 });
        assert_eq!(refused(&[1, 0, 0], false), SelectionError::SpentTooLittle { spent: 1, min: 2 });
        assert_eq!(refused(&[0, 4, 0], false), SelectionError::Value { option: 1, largest: 3 });
        assert_eq!(refused(&[u32::MAX; 3], false), SelectionError::Value { option: 0, largest: 3 });
        assert_eq!(refused(&[1, 1, 1], true), SelectionError::BlankWithPicks);
    }

    #[test]
    fn a_rule_that_cannot_be_kept_is_refused() {
        let refused = |points, blank| fit(3, points, blank, 9).unwrap_err();
        assert_eq!(refused([0, 0, 3], false), RuleError::NothingToChoose);
        assert_eq!(refused([0, 5, 0], false), RuleError::NothingToChoose);
        assert_eq!(refused([6, 6, 2], false), RuleError::NothingToChoose);
        assert_eq!(refused([7, 9, 2], false), RuleError::MinPoints { min: 7, points: 6 });
        assert_eq!(refused([5, 4, 2], false), RuleError::MinPoints { min: 5, points: 4 });
        assert_eq!(refused([0, 4, 2], true), RuleError::BlankAndEmpty);
    }

    #[test]
    fn attack_05_wrap_around_points_that_could_wrap_are_refused() {
        let huge = [0, u32::MAX, u32::MAX];
        for electorate in [16_385, 1 << 20, 1 << 40, u64::MAX] {
            let refused = fit(3, huge, false, electorate);
            assert!(matches!(refused, Err(RuleError::TotalTooLarge { .. })), "{electorate}");
        }
        let contest = fit(3, huge, false, 16_384).unwrap();
        let most = contest.bits(&Selection::new(vec![u32::MAX, 0, 0], false)).unwrap();
        assert!(contest.program().is_satisfied(&most));
        contest.bits(&Selection::new(vec![u32::MAX, 1, 0], false)).unwrap_err();
        contest.bits(&Selection::new(vec![u32::MAX; 3], false)).unwrap_err();
    }
}
