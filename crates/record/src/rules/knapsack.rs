//! Knapsack: options that together cost no more than a budget, perhaps so many in number, or, where
//! allowed, a blank ballot.
//!
//! With B the budget, m the number of options and g the greatest common divisor of all costs:
//! c'_j = cost_j / g and B' = ⌊B / g⌋. `max` is clamped to m, and is m when it is left out. With
//! R = max - min, b the option bits and z the blank bit where blank is allowed (the number 0 where
//! not), two constraints are stated, the budget first:
//!
//! | | sent bits, in order | stated constraints |
//! |---|---|---|
//! | min = 0 and max = m | b_1 … b_m, slack of the budget | B' - Σc'b lies in [0, B'], and no other |
//! | R ≥ 1 | b_1 … b_m, then z, slack of the budget, slack of the number | B' - Σc'b - B'·z lies in [0, B']; max - Σb - max·z lies in [0, R] |
//! | R = 0 | b_1 … b_(m-1), then z, slack of the budget | the same for the budget, with b_m = max - Σ others - max·z; this b_m is a bit |
//!
//! One option at least has a cost of 1 … B, so that g and B' are at least 1; others may cost 0.
//!
//! "Slack" are the bits of weight w_2 … w_k of each range. An option that costs more than the budget
//! stays on the ballot, and nobody can choose it.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use veche_crypto::program::{Affine, Constraint, MAX_FORM_BITS, ProgramError};

use super::range::Range;
use super::{AnyRule, Options, RuleError, SelectionError, Shape, from_to, or_blank};
use crate::selection::Selection;

/// The rule as the manifest writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Knapsack {
    /// The most that the chosen options may cost together, in the currency of their costs.
    pub budget: u64,
    /// Fewest options of a ballot that is not blank.
    pub min: u32,
    /// Most options of a ballot. Left out, only the budget limits them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<u32>,
    /// Whether a ballot may say "none of these" (only where `min` is at least 1).
    pub blank: bool,
}

/// The rule fitted to its options.
#[derive(Debug, Clone)]
struct Arm {
    /// c'.
    costs: Vec<u64>,
    /// B'.
    budget: u64,
    /// g: what a unit of c' and B' is worth.
    unit: u64,
    /// B.
    money: u64,
    min: u32,
    max: u32,
    blank: bool,
    budget_range: Range,
    /// Absent when the number of options is not limited, or is one number.
    count_range: Option<Range>,
}

impl fmt::Display for Knapsack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.min, self.max) {
            (0, None) => write!(f, "pick any number")?,
            (min, None) => write!(f, "pick {min} or more")?,
            (min, Some(max)) => write!(f, "pick {}", from_to(min, max))?,
        }
        write!(f, " that cost {} together at most{}", self.budget, or_blank(self.blank))
    }
}

impl AnyRule for Knapsack {
    fn fit(&self, options: Options<'_>) -> Result<Arc<dyn super::Arm>, RuleError> {
        let costs = costs(options)?;
        let max = self.max.unwrap_or(options.count).min(options.count);
        let affordable = affordable(&costs, self.budget);
        // One option at least takes some of the budget. So g and B' are at least 1, too.
        let spendable = costs.iter().any(|cost| (1..=self.budget).contains(cost));
        if max == 0 || !spendable {
            return Err(RuleError::NothingToChoose);
        }
        if self.min > max {
            return Err(RuleError::MinAboveMax { min: self.min, max });
        }
        if self.min > affordable {
            return Err(RuleError::BudgetBelowMin { min: self.min, affordable });
        }
        if self.blank && self.min == 0 {
            return Err(RuleError::BlankAndEmpty);
        }
        if !self.blank && self.min == options.count {
            return Err(RuleError::NothingToChoose);
        }
        let unit = costs.iter().copied().fold(0, gcd);
        let budget = self.budget / unit;
        let costs: Vec<u64> = costs.iter().map(|cost| cost / unit).collect();
        // The program's forms hold differences of costs where b_m is derived: bound the costs too.
        let all = costs.iter().fold(budget, |sum, &cost| sum.saturating_add(cost));
        if all >> MAX_FORM_BITS != 0 {
            return Err(ProgramError::Wrap.into());
        }
        let limited = self.min > 0 || max < options.count;
        let exact = self.min == max;
        let sent_options = options.count - u32::from(exact);
        let budget_range = Range::new(budget, sent_options + u32::from(self.blank));
        let after = sent_options + u32::from(self.blank) + budget_range.sent();
        let count_range = (limited && !exact).then(|| Range::new((max - self.min).into(), after));
        Ok(Arc::new(Arm {
            costs,
            budget,
            unit,
            money: self.budget,
            min: self.min,
            max,
            blank: self.blank,
            budget_range,
            count_range,
        }))
    }
}

/// The costs of all options.
fn costs(options: Options<'_>) -> Result<Vec<u64>, RuleError> {
    let cost = |i: usize| options.costs.get(i).copied().flatten();
    (0..options.count as usize).map(|i| cost(i).ok_or(RuleError::Cost(i))).collect()
}

/// How many options the budget pays for, the cheapest first.
fn affordable(costs: &[u64], budget: u64) -> u32 {
    let mut sorted = costs.to_vec();
    sorted.sort_unstable();
    let spent = sorted.iter().scan(0_u64, |spent, &cost| {
        *spent = spent.saturating_add(cost);
        Some(*spent)
    });
    spent.take_while(|&spent| spent <= budget).count() as u32
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

impl Arm {
    fn exact(&self) -> bool {
        self.min == self.max
    }

    fn sent_options(&self) -> u32 {
        self.costs.len() as u32 - u32::from(self.exact())
    }

    fn why_illegal(&self, selection: &Selection, picked: u64, cost: u64) -> SelectionError {
        if let Some(option) = selection.values.iter().position(|&value| value > 1) {
            SelectionError::Value { option, largest: 1 }
        } else if selection.blank && picked > 0 {
            SelectionError::BlankWithPicks
        } else if cost > self.budget {
            SelectionError::OverBudget { cost: cost.saturating_mul(self.unit), budget: self.money }
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
        let z = self.blank.then(|| Affine::bit(self.sent_options()));
        let left = |most: i128, used: &[Affine]| {
            let blank = z.iter().map(|z| z.scale(most));
            let used: Vec<Affine> = used.iter().cloned().chain(blank).collect();
            Affine::constant(most).minus(&Affine::sum(&used))
        };
        let options_left = left(self.max.into(), &values);
        let on_number = if self.exact() {
            values.push(options_left.clone());
            Some(Constraint::is_bit(&options_left))
        } else {
            self.count_range.as_ref().map(|range| range.constraint(&options_left))
        };
        let priced: Vec<Affine> =
            values.iter().zip(&self.costs).map(|(bit, &cost)| bit.scale(cost.into())).collect();
        let on_budget = self.budget_range.constraint(&left(self.budget.into(), &priced));
        let slack = self.budget_range.sent() + self.count_range.as_ref().map_or(0, Range::sent);
        values.extend(z);
        Shape {
            bits: self.sent_options() + u32::from(self.blank) + slack,
            constraints: [on_budget].into_iter().chain(on_number).collect(),
            values,
            largest: 1,
            largest_value: 1,
        }
    }

    fn push_bits(&self, selection: &Selection, bits: &mut Vec<u8>) -> Result<(), SelectionError> {
        let values = selection.values.as_slice();
        let beyond_one = values.iter().fold(0, |all, value| all | (value & !1));
        let picked: u64 = values.iter().map(|&value| u64::from(value)).sum();
        // A value beyond 1 is refused below, and must not overflow the sum before.
        let cost: u64 =
            values.iter().zip(&self.costs).map(|(&value, cost)| u64::from(value & 1) * cost).sum();
        let blank = u64::from(selection.blank);
        // One comparison for blank ballots and others alike, or the time would tell which it is.
        let used = picked + u64::from(self.max) * blank;
        let bad =
            (beyond_one != 0) | (cost > self.budget) | (used < self.min.into()) | (used > self.max.into());
        if bad {
            return Err(self.why_illegal(selection, picked, cost));
        }
        bits.extend(values.iter().take(self.sent_options() as usize).map(|&value| value as u8));
        if self.blank {
            bits.push(blank as u8);
        }
        // Blank takes the whole budget; with nothing chosen, because the number says so.
        self.budget_range.push_digits(self.budget - cost - self.budget * blank, bits);
        if let Some(range) = &self.count_range {
            range.push_digits(u64::from(self.max) - used, bits);
        }
        Ok(())
    }

    fn made_up(&self) -> Vec<u32> {
        // The cheapest ones: the budget pays for them if it pays for any.
        let mut picked = vec![0; self.costs.len()];
        for _ in 0..self.min {
            let left = self.costs.iter().zip(&mut picked).filter(|(_, picked)| **picked == 0);
            if let Some((_, cheapest)) = left.min_by_key(|(cost, _)| **cost) {
                *cheapest = 1;
            }
        }
        picked
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{assert_exactly_legal, own_values};
    use crate::rules::{CompiledContest, Rule};

    fn fit(
        costs: &[u64],
        budget: u64,
        min: u32,
        max: Option<u32>,
        blank: bool,
    ) -> Result<CompiledContest, RuleError> {
        let costs: Vec<Option<u64>> = costs.iter().copied().map(Some).collect();
        CompiledContest::with_costs(&Rule::Knapsack(Knapsack { budget, min, max, blank }), &costs, 9)
    }

    fn legal(
        costs: &[u64],
        budget: u64,
        min: u32,
        max: Option<u32>,
        blank: bool,
    ) -> impl Fn(&Selection) -> bool {
        move |s: &Selection| {
            let picked: u32 = s.values.iter().sum();
            let cost: u64 = s.values.iter().zip(costs).map(|(&v, c)| u64::from(v) * c).sum();
            let number = (min..=max.unwrap_or(u32::MAX)).contains(&picked);
            let picks = s.values.iter().all(|&v| v <= 1) && number && cost <= budget && !s.blank;
            let empty = blank && s.blank && s.values.iter().all(|&v| v == 0);
            picks || empty
        }
    }

    #[test]
    fn exactly_the_legal_small_ballots_satisfy_the_program() {
        let mut compiled = 0;
        for costs in [
            &[1][..],
            &[3],
            &[2, 3],
            &[4, 6, 10],
            &[1, 2, 4],
            &[5, 5, 5, 5],
            &[6, 9, 12, 30, 3],
            &[0, 3],
            &[0, 4, 0, 6],
        ] {
            for budget in [0, 1, 3, 4, 7, 10, 13, 21, 60] {
                let most = costs.len() as u32;
                for max in [None].into_iter().chain((0..=most + 1).map(Some)) {
                    for min in 0..=max.unwrap_or(most).min(most) {
                        for blank in [false, true] {
                            let contest = match fit(costs, budget, min, max, blank) {
                                Ok(contest) => contest,
                                Err(RuleError::BlankAndEmpty) => {
                                    assert!(blank && min == 0);
                                    continue;
                                }
                                Err(RuleError::NothingToChoose) => {
                                    let spendable = |cost: &&u64| **cost > 0 && **cost <= budget;
                                    let none = max == Some(0) || costs.iter().find(spendable).is_none();
                                    assert!(none || (min == most && !blank));
                                    continue;
                                }
                                Err(RuleError::BudgetBelowMin { affordable, .. }) => {
                                    assert!(affordable < min);
                                    continue;
                                }
                                Err(other) => panic!("{other}"),
                            };
                            compiled += 1;
                            let legal = legal(costs, budget, min, max, blank);
                            assert_exactly_legal(&contest, legal, own_values);
                        }
                    }
                }
            }
        }
        assert!(compiled > 300, "{compiled}");
    }

    #[test]
    fn sent_bits_are_as_many_as_the_table_says() {
        let sent =
            |costs, budget, min, max, blank| fit(costs, budget, min, max, blank).unwrap().program().bits();
        assert_eq!(sent(&[3, 5, 7], 100, 0, None, false), 3 + 6, "m + bitlen(100) - 1");
        assert_eq!(sent(&[30, 50, 70], 1_009, 0, None, false), 3 + 6, "costs and budget over 10");
        assert_eq!(sent(&[3, 5, 7], 100, 0, Some(3), false), 3 + 6, "a limit that is none");
        assert_eq!(sent(&[3, 5, 7], 100, 1, None, false), 3 + 6 + 1, "at least 1: bitlen(2) - 1 more");
        assert_eq!(sent(&[3, 5, 7], 100, 1, Some(3), true), 3 + 1 + 6 + 1, "blank: one more");
        assert_eq!(sent(&[3, 5, 7], 100, 2, Some(2), false), 2 + 6, "exactly 2: one bit is derived");
    }

    #[test]
    fn sent_bits_come_in_the_published_order() {
        let contest = fit(&[20, 40, 60], 119, 1, None, true).unwrap();
        let bits =
            |values: [u32; 3], blank| contest.bits(&Selection::new(values.to_vec(), blank)).unwrap().to_vec();
        // b_1 b_2 b_3, z, the budget's slack of weight 2 (B' = 5: 1, 2, 2), hence 2 and 2, and the
        // number's slack of weight 1 (R = 2: 1, 1).
        assert_eq!(bits([1, 0, 0], false), [1, 0, 0, 0, 1, 1, 1]);
        assert_eq!(bits([0, 1, 1], false), [0, 1, 1, 0, 0, 0, 1]);
        assert_eq!(bits([0, 0, 1], false), [0, 0, 1, 0, 0, 1, 1]);
        assert_eq!(bits([0, 0, 0], true), [0, 0, 0, 1, 0, 0, 0]);
    }

    #[test]
    fn an_illegal_selection_is_refused_with_its_reason() {
        let contest = fit(&[200, 300, 400], 650, 1, Some(2), true).unwrap();
        let refused =
            |values: &[u32], blank| contest.bits(&Selection::new(values.to_vec(), blank)).unwrap_err();
        assert_eq!(refused(&[0, 1, 1], false), SelectionError::OverBudget { cost: 700, budget: 650 });
        assert_eq!(refused(&[0, 0, 0], false), SelectionError::TooFew { picked: 0, min: 1 });
        assert_eq!(refused(&[2, 0, 0], false), SelectionError::Value { option: 0, largest: 1 });
        assert_eq!(refused(&[0, 0, u32::MAX], false), SelectionError::Value { option: 2, largest: 1 });
        assert_eq!(refused(&[1, 0, 0], true), SelectionError::BlankWithPicks);
        let cheap = fit(&[2, 3, 4], 1_000, 1, Some(2), false).unwrap();
        let three = cheap.bits(&Selection::new(vec![1, 1, 1], false)).unwrap_err();
        assert_eq!(three, SelectionError::TooMany { picked: 3, max: 2 });
    }

    #[test]
    fn a_rule_that_cannot_be_kept_is_refused() {
        let refused = |costs, budget, min, max, blank| fit(costs, budget, min, max, blank).unwrap_err();
        assert_eq!(refused(&[5, 6], 4, 0, None, false), RuleError::NothingToChoose);
        assert_eq!(refused(&[5, 6], 20, 0, Some(0), false), RuleError::NothingToChoose);
        assert_eq!(refused(&[5, 6], 20, 2, Some(1), false), RuleError::MinAboveMax { min: 2, max: 1 });
        assert_eq!(refused(&[5, 6], 20, 3, None, false), RuleError::MinAboveMax { min: 3, max: 2 });
        let poor = RuleError::BudgetBelowMin { min: 2, affordable: 1 };
        assert_eq!(refused(&[5, 6, 7], 10, 2, None, false), poor);
        assert_eq!(refused(&[5, 6], 20, 0, None, true), RuleError::BlankAndEmpty);
        for free in [&[0, 0][..], &[0, 21]] {
            assert_eq!(refused(free, 20, 0, None, false), RuleError::NothingToChoose);
        }
        let rule = Rule::Knapsack(Knapsack { budget: 20, min: 0, max: None, blank: false });
        let costs = [Some(5), None, Some(3)];
        assert_eq!(CompiledContest::with_costs(&rule, &costs, 9).unwrap_err(), RuleError::Cost(1));
        assert_eq!(CompiledContest::compile(&rule, 3, 9).unwrap_err(), RuleError::Cost(0));
    }

    #[test]
    fn attack_05_wrap_around_costs_and_budgets_that_could_wrap_are_refused() {
        let wrap = RuleError::Program(ProgramError::Wrap);
        let huge = u64::MAX;
        assert_eq!(fit(&[1, 1], huge, 0, None, false).unwrap_err(), wrap);
        assert_eq!(fit(&[1, 1], 1 << 60, 0, None, false).unwrap_err(), wrap);
        assert_eq!(fit(&[huge, huge - 1], huge, 0, None, false).unwrap_err(), wrap);
        // Only differences of these costs are in the program, and they are small; their sum is not.
        let alike: Vec<u64> = (0..100).map(|i| (1 << 58) + i).collect();
        assert_eq!(fit(&alike, (1 << 58) + 100, 1, Some(1), false).unwrap_err(), wrap);
        let half = 1 << 58;
        assert_eq!(fit(&[half, half + 1, half], half, 0, None, false).unwrap_err(), wrap);
        let eighth = 1 << 57;
        fit(&[eighth, eighth + 1, eighth], eighth, 0, None, false).unwrap();
        // A common divisor is taken out first.
        fit(&[1 << 62, 1 << 63], huge, 0, None, false).unwrap();
    }
}
