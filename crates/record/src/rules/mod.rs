//! The rule compiler: a contest of the manifest becomes a
//! [`BallotProgram`](veche_crypto::program::BallotProgram).
//!
//! One file for each kind of rule. It says how the manifest writes the rule, which bits are sent and
//! in which order, which constraints hold on them, and the number that each option gets. What all
//! rules share is in [`contest`](CompiledContest). `docs/adding-a-rule.md` is a short how-to.
//!
//! # Time
//!
//! The bits of a legal selection are computed in a time that depends on the rule alone: without
//! branches or indices that the selection decides. Only an illegal selection, which is never
//! sealed, takes another time, because its reason is looked for.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use veche_crypto::program::{Affine, Constraint};

use crate::selection::Selection;

mod approval;
mod contest;
mod cumulative;
mod error;
mod knapsack;
mod quadratic;
mod range;
mod ranked;
#[cfg(test)]
pub(crate) mod testing;

pub use approval::Approval;
pub use contest::{CompiledContest, MAX_SLOT_BITS, MAX_SLOTS, Packing, Totals};
pub use cumulative::Cumulative;
pub use error::{RuleError, SelectionError, UnpackError};
pub use knapsack::Knapsack;
pub use quadratic::Quadratic;
pub use ranked::Ranked;

/// The rule of a contest as the manifest writes it.
///
/// Displayed, it is one English line for whoever writes a manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Rule {
    /// A number of options within bounds.
    Approval(Approval),
    /// Options that together cost no more than a budget.
    Knapsack(Knapsack),
    /// Points given to options, so many in all.
    Cumulative(Cumulative),
    /// Options in order, with a score for each place.
    Ranked(Ranked),
    /// Votes for options, v of them at the price of v² credits.
    Quadratic(Quadratic),
}

impl Rule {
    fn kind(&self) -> &dyn AnyRule {
        match self {
            Rule::Approval(rule) => rule,
            Rule::Knapsack(rule) => rule,
            Rule::Cumulative(rule) => rule,
            Rule::Ranked(rule) => rule,
            Rule::Quadratic(rule) => rule,
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind().fmt(f)
    }
}

/// A rule as written, displayed as one English line.
trait AnyRule: fmt::Display {
    /// Fits the rule to its options.
    fn fit(&self, options: Options<'_>) -> Result<Arc<dyn Arm>, RuleError>;
}

/// A rule fitted to its options.
trait Arm: fmt::Debug + Send + Sync {
    /// What it compiles to.
    fn shape(&self) -> Shape;

    /// Appends the sent bits of a selection that has one value for each option, and is blank only
    /// where the shape has a blank. For legal selections, the time taken is the same for all.
    fn push_bits(&self, selection: &Selection, bits: &mut Vec<u8>) -> Result<(), SelectionError>;

    /// The values of some legal selection that is not blank.
    fn made_up(&self) -> Vec<u32>;
}

/// As many values of 1 as asked for, then zeros.
fn first_ones(ones: u32, options: u32) -> Vec<u32> {
    (0..options).map(|option| u32::from(option < ones)).collect()
}

/// What a rule may know of the options of its contest.
#[derive(Clone, Copy)]
struct Options<'a> {
    /// How many there are, at least 1.
    count: u32,
    /// What each costs, in manifest order.
    costs: &'a [Option<u64>],
}

/// What a rule compiles to, before packing.
struct Shape {
    /// How many bits are sent.
    bits: u32,
    /// Everything besides "bits are bits".
    constraints: Vec<Constraint>,
    /// The number that each option gets, then 1 or 0 for blank where the contest has it.
    values: Vec<Affine>,
    /// The largest number one ballot can give one option.
    largest: u64,
    /// The largest value of one option in a legal selection.
    largest_value: u32,
}

/// ", or blank" at the end of a displayed rule.
fn or_blank(blank: bool) -> &'static str {
    if blank { ", or blank" } else { "" }
}

/// "exactly 3", "at most 3" or "1 to 3", in a displayed rule.
fn from_to(min: u32, max: u32) -> String {
    match min {
        0 => format!("at most {max}"),
        _ if min == max => format!("exactly {max}"),
        _ => format!("{min} to {max}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_is_read_as_documented_and_displayed_in_one_line() {
        for (json, line) in [
            (r#"{"type":"approval","min":1,"max":5,"blank":true}"#, "pick 1 to 5, or blank"),
            (r#"{"type":"approval","min":1,"max":1,"blank":false}"#, "pick exactly 1"),
            (
                r#"{"type":"knapsack","budget":900,"min":0,"blank":false}"#,
                "pick any number that cost 900 together at most",
            ),
            (
                r#"{"type":"knapsack","budget":900,"min":1,"blank":true}"#,
                "pick 1 or more that cost 900 together at most, or blank",
            ),
            (
                r#"{"type":"knapsack","budget":900,"min":0,"max":4,"blank":false}"#,
                "pick at most 4 that cost 900 together at most",
            ),
            (
                r#"{"type":"cumulative","points":7,"min_points":1,"max_per_option":3,"blank":false}"#,
                "give 1 to 7 points, at most 3 to one",
            ),
            (
                r#"{"type":"ranked","places":3,"min":3,"scores":[3,2,1],"blank":false}"#,
                "rank exactly 3, scores 3-2-1",
            ),
            (
                r#"{"type":"quadratic","credits":100,"min_credits":1,"blank":true}"#,
                "spend 1 to 100 credits, v votes cost v times v, or blank",
            ),
        ] {
            let rule: Rule = crate::json::typed(json.as_bytes()).unwrap();
            assert_eq!(serde_json::to_string(&rule).unwrap(), json);
            assert_eq!(rule.to_string(), line);
        }
    }

    #[test]
    fn attack_33_encoding_ambiguity_a_field_too_many_too_few_or_null_is_refused() {
        for json in [
            r#"{"type":"knapsack","budget":900,"min":0,"max":null,"blank":false}"#,
            r#"{"type":"knapsack","budget":900,"blank":false}"#,
            r#"{"type":"cumulative","points":7,"min_points":1,"max_per_option":3,"blank":false,"min":1}"#,
            r#"{"type":"ranked","places":3,"scores":[3,2,1],"blank":false}"#,
            r#"{"type":"ranked","places":1,"min":1,"scores":[-1],"blank":false}"#,
            r#"{"type":"quadratic","credits":4294967296,"min_credits":1,"blank":true}"#,
            r#"{"type":"quadratic","credits":100,"min_credits":1}"#,
            r#"{"type":"lottery"}"#,
        ] {
            assert!(crate::json::typed::<Rule>(json.as_bytes()).is_err(), "{json}");
        }
    }
}
