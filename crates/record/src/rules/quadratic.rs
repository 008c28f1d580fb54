//! Quadratic: votes for options, where v votes for one option cost v² of the ballot's credits, or,
//! where allowed, a blank ballot.
//!
//! With C the credits, k = bitlen(⌊√C⌋), d_(j,i) the digit of weight 2^(i-1) of option j,
//! v_j = Σ_i 2^(i-1)·d_(j,i) its votes, R = C - `min_credits`, and z the blank bit where blank is
//! allowed (the number 0 where not), one constraint is stated, with a product for each option:
//!
//! Σ_j v_j·v_j + (slack + C·z - C) = 0
//!
//! Sent bits, in order: d_(1,1) … d_(1,k), d_(2,1) … d_(m,k), then z, then the bits of the slack, by
//! the weights of the numbers 0 … R, all of them (none when R = 0).
//!
//! Digits can say more than ⌊√C⌋ votes, which the equation forbids.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use veche_crypto::program::{Affine, Constraint};

use super::range::Digits;
use super::{AnyRule, Options, RuleError, SelectionError, Shape, from_to, or_blank};
use crate::selection::Selection;

/// The rule as the manifest writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quadratic {
    /// Most credits of a ballot.
    pub credits: u32,
    /// Fewest credits spent by a ballot that is not blank; at most the largest square within
    /// `credits`, so that every voter can spend them on one option alone.
    pub min_credits: u32,
    /// Whether a ballot may say "none of these" (only where `min_credits` is at least 1).
    pub blank: bool,
}

/// The rule fitted to a number of options.
#[derive(Debug, Clone)]
struct Arm {
    options: u32,
    credits: u32,
    min: u32,
    /// ⌊√C⌋.
    most: u32,
    blank: bool,
    digits: Digits,
    slack: Digits,
}

impl fmt::Display for Quadratic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let credits = from_to(self.min_credits, self.credits);
        write!(f, "spend {credits} credits, v votes cost v times v{}", or_blank(self.blank))
    }
}

impl AnyRule for Quadratic {
    fn fit(&self, options: Options<'_>) -> Result<Arc<dyn super::Arm>, RuleError> {
        let most = self.credits.isqrt();
        let square = most * most;
        if most == 0 {
            return Err(RuleError::NothingToChoose);
        }
        if self.min_credits > square {
            return Err(RuleError::MinCredits { min: self.min_credits, most: square });
        }
        if self.blank && self.min_credits == 0 {
            return Err(RuleError::BlankAndEmpty);
        }
        let one_less = (most - 1) * (most - 1);
        if !self.blank && options.count == 1 && self.min_credits > one_less {
            return Err(RuleError::NothingToChoose);
        }
        Ok(Arc::new(Arm {
            options: options.count,
            credits: self.credits,
            min: self.min_credits,
            most,
            blank: self.blank,
            // 2^k - 1, so that the weights are the powers of two.
            digits: Digits::new(u64::MAX >> u64::from(most).leading_zeros()),
            slack: Digits::new((self.credits - self.min_credits).into()),
        }))
    }
}

impl Arm {
    fn why_illegal(&self, selection: &Selection, spent: u64) -> SelectionError {
        if let Some(option) = selection.values.iter().position(|&value| value > self.most) {
            SelectionError::Value { option, largest: self.most.into() }
        } else if selection.blank {
            SelectionError::BlankWithPicks
        } else if spent < self.min.into() {
            SelectionError::SpentTooLittle { spent, min: self.min.into() }
        } else {
            SelectionError::SpentTooMuch { spent, max: self.credits.into() }
        }
    }
}

impl super::Arm for Arm {
    fn shape(&self) -> Shape {
        let k = self.digits.len();
        let mut values: Vec<Affine> =
            (0..self.options).map(|option| self.digits.number(option * k)).collect();
        let z = self.blank.then(|| Affine::bit(self.options * k));
        let first_slack = self.options * k + u32::from(self.blank);
        let credits = i128::from(self.credits);
        let all_of_credits = z.as_ref().map_or(Affine::default(), |z| z.scale(credits));
        let not_voted =
            self.slack.number(first_slack).plus(&all_of_credits).minus(&Affine::constant(credits));
        let squares = values.iter().map(|votes| (votes.clone(), votes.clone())).collect();
        values.extend(z);
        Shape {
            bits: first_slack + self.slack.len(),
            constraints: vec![Constraint::new(squares, not_voted)],
            values,
            largest: self.most.into(),
            largest_value: self.most,
        }
    }

    fn push_bits(&self, selection: &Selection, bits: &mut Vec<u8>) -> Result<(), SelectionError> {
        let values = selection.values.as_slice();
        let beyond = values.iter().fold(false, |any, &value| any | (value > self.most));
        // The votes of 500 options at 2^32 each: their squares add up within 128 bits.
        let spent: u128 = values.iter().map(|&value| u128::from(value) * u128::from(value)).sum();
        let blank = u128::from(selection.blank);
        // One comparison for blank ballots and others alike, or the time would tell which it is.
        let used = spent + u128::from(self.credits) * blank;
        if beyond || used < self.min.into() || used > self.credits.into() {
            return Err(self.why_illegal(selection, u64::try_from(spent).unwrap_or(u64::MAX)));
        }
        bits.extend(values.iter().flat_map(|&value| self.digits.of(value.into())));
        if self.blank {
            bits.push(blank as u8);
        }
        bits.extend(self.slack.of(u64::from(self.credits) - used as u64));
        Ok(())
    }

    fn made_up(&self) -> Vec<u32> {
        // The largest square within the credits is at least the least that must be spent.
        (0..self.options).map(|option| if option == 0 { self.most } else { 0 }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{assert_exactly_legal, own_values};
    use crate::rules::{CompiledContest, Rule};

    fn fit(options: u32, min_credits: u32, credits: u32, blank: bool) -> Result<CompiledContest, RuleError> {
        let rule = Rule::Quadratic(Quadratic { credits, min_credits, blank });
        CompiledContest::compile(&rule, options, 9)
    }

    fn legal(min: u32, credits: u32, blank: bool) -> impl Fn(&Selection) -> bool {
        move |s: &Selection| {
            let spent: u32 = s.values.iter().map(|v| v * v).sum();
            let voted = (min..=credits).contains(&spent) && !s.blank;
            let empty = blank && s.blank && spent == 0;
            voted || empty
        }
    }

    #[test]
    fn exactly_the_legal_small_ballots_satisfy_the_program() {
        let mut compiled = 0;
        for (options, credits) in [(1, 0..=20), (2, 1..=12), (3, 1..=9), (5, 1..=4)] {
            for credits in credits {
                for min in 0..=credits.min(5) {
                    for blank in [false, true] {
                        let contest = match fit(options, min, credits, blank) {
                            Ok(contest) => contest,
                            Err(RuleError::BlankAndEmpty) => {
                                assert!(blank && min == 0);
                                continue;
                            }
                            Err(RuleError::NothingToChoose) => {
                                let most = credits.isqrt();
                                assert!(most == 0 || (options == 1 && min > (most - 1).pow(2) && !blank));
                                continue;
                            }
                            Err(RuleError::MinCredits { most, .. }) => {
                                assert!(most < min);
                                continue;
                            }
                            Err(other) => panic!("{other}"),
                        };
                        compiled += 1;
                        assert_exactly_legal(&contest, legal(min, credits, blank), own_values);
                    }
                }
            }
        }
        assert!(compiled > 200, "{compiled}");
    }

    #[test]
    fn sent_bits_are_as_many_as_the_table_says() {
        let sent = |options, min, credits, blank| fit(options, min, credits, blank).unwrap().program().bits();
        assert_eq!(sent(10, 0, 100, false), 10 * 4 + 7, "m·bitlen(10) + bitlen(100)");
        assert_eq!(sent(10, 1, 100, true), 10 * 4 + 1 + 7, "blank: one more");
        assert_eq!(sent(10, 100, 100, false), 10 * 4, "all credits must be spent: no slack");
    }

    #[test]
    fn sent_bits_come_in_the_published_order() {
        let contest = fit(2, 1, 14, true).unwrap();
        let bits =
            |values: [u32; 2], blank| contest.bits(&Selection::new(values.to_vec(), blank)).unwrap().to_vec();
        // Weights 1, 2 for each option, z, slack of weight 1, 2, 4, 6 (R = 13).
        assert_eq!(bits([1, 2], false), [1, 0, 0, 1, 0, 1, 1, 0, 1]);
        assert_eq!(bits([3, 0], false), [1, 1, 0, 0, 0, 1, 0, 1, 0]);
        assert_eq!(bits([1, 0], false), [1, 0, 0, 0, 0, 1, 1, 1, 1]);
        assert_eq!(bits([0, 0], true), [0, 0, 0, 0, 1, 0, 0, 0, 0]);
    }

    #[test]
    fn an_illegal_selection_is_refused_with_its_reason() {
        let contest = fit(3, 2, 14, true).unwrap();
        let refused =
            |values: &[u32], blank| contest.bits(&Selection::new(values.to_vec(), blank)).unwrap_err();
        assert_eq!(refused(&[3, 2, 2], false), SelectionError::SpentTooMuch { spent: 17, max: 14 });
        assert_eq!(refused(&[1, 0, 0], false), SelectionError::SpentTooLittle { spent: 1, min: 2 });
        assert_eq!(refused(&[0, 4, 0], false), SelectionError::Value { option: 1, largest: 3 });
        assert_eq!(refused(&[u32::MAX; 3], false), SelectionError::Value { option: 0, largest: 3 });
        assert_eq!(refused(&[1, 1, 0], true), SelectionError::BlankWithPicks);
    }

    #[test]
    fn a_rule_that_cannot_be_kept_is_refused() {
        assert_eq!(fit(3, 0, 0, false).unwrap_err(), RuleError::NothingToChoose);
        assert_eq!(fit(1, 9, 15, false).unwrap_err(), RuleError::NothingToChoose);
        assert_eq!(fit(3, 0, 9, true).unwrap_err(), RuleError::BlankAndEmpty);
        assert_eq!(fit(3, 10, 15, false).unwrap_err(), RuleError::MinCredits { min: 10, most: 9 });
        assert_eq!(fit(3, 5, 4, false).unwrap_err(), RuleError::MinCredits { min: 5, most: 4 });
    }

    #[test]
    fn attack_05_wrap_around_credits_that_could_wrap_are_refused() {
        let rule = Rule::Quadratic(Quadratic { credits: u32::MAX, min_credits: 0, blank: false });
        for electorate in [1 << 31, 1 << 40, u64::MAX] {
            let refused = CompiledContest::compile(&rule, 3, electorate);
            assert!(matches!(refused, Err(RuleError::TotalTooLarge { .. })), "{electorate}");
        }
        let contest = CompiledContest::compile(&rule, 3, 1 << 30).unwrap();
        let most = contest.bits(&Selection::new(vec![65_535, 362, 5], false)).unwrap();
        assert!(contest.program().is_satisfied(&most));
        contest.bits(&Selection::new(vec![65_535, 363, 0], false)).unwrap_err();
        contest.bits(&Selection::new(vec![u32::MAX; 3], false)).unwrap_err();
    }
}
