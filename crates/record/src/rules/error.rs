//! What can be wrong with a rule, with a selection, and with totals.

use veche_crypto::program::ProgramError;

use super::{MAX_SLOT_BITS, MAX_SLOTS};

/// Why a rule does not fit its contest. The fault is with the manifest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RuleError {
    /// Only one ballot would be legal, or none.
    #[error("this rule leaves nothing to choose; add options, or lower \"min\", or raise \"max\"")]
    NothingToChoose,
    /// The lower bound is above the upper one.
    #[error("\"min\" is {min} but at most {max} can be chosen; lower \"min\"")]
    MinAboveMax {
        /// The lower bound.
        min: u32,
        /// The upper bound, after clamping to the number of options.
        max: u32,
    },
    /// A blank ballot beside an empty selection.
    #[error("\"blank\" needs a minimum of at least 1: with 0, choosing nothing says the same")]
    BlankAndEmpty,
    /// An option without a price, where choosing is limited by money.
    #[error("option {0} (counted from 0) needs a \"cost\" for this rule")]
    Cost(usize),
    /// The budget does not pay for as many options as must be chosen.
    #[error("the budget pays for {affordable} options at most, and \"min\" is {min}; raise \"budget\"")]
    BudgetBelowMin {
        /// The rule's lower bound.
        min: u32,
        /// How many of the cheapest options the budget pays for.
        affordable: u32,
    },
    /// The lower bound on points is above what can be given.
    #[error("\"min_points\" is {min} but at most {points} can be given; lower it")]
    MinPoints {
        /// The lower bound.
        min: u32,
        /// The most points, after clamping to what all options together can take.
        points: u32,
    },
    /// The lower bound on credits is above what one option can take.
    #[error("\"min_credits\" is {min} but one option takes {most} at most, a square; lower it")]
    MinCredits {
        /// The lower bound.
        min: u32,
        /// The largest square within the credits.
        most: u32,
    },
    /// Not one score for each place.
    #[error("\"places\" is {places} but there are {found} scores; give each place one")]
    Scores {
        /// How many places there are.
        places: u32,
        /// How many scores there are.
        found: usize,
    },
    /// No place is worth anything.
    #[error("every score is 0, so that no ballot counts; give a place a score of at least 1")]
    NoScore,
    /// The total of one option could be too large to be found again.
    #[error("{electorate} voters times {largest} for one option reach 2^{MAX_SLOT_BITS}; lower either")]
    TotalTooLarge {
        /// The sum of the maximum electorates of the contest's styles.
        electorate: u64,
        /// The largest number that one ballot gives one option.
        largest: u64,
    },
    /// More options than a contest may have.
    #[error("a contest has at most 500 options, not {0}; split it")]
    Options(usize),
    /// More slots than a ballot may have.
    #[error("the contest needs {0} ciphertext slots and may have {MAX_SLOTS}; split it")]
    Slots(usize),
    /// The program itself is out of bounds.
    #[error(transparent)]
    Program(#[from] ProgramError),
}

/// Why a selection is not a legal ballot of its contest. The fault is with the caller.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SelectionError {
    /// Not one value for each option.
    #[error("the selection has {given} values, the contest has {options} options")]
    Length {
        /// Values in the selection.
        given: usize,
        /// Options of the contest.
        options: usize,
    },
    /// A value that no option can have.
    #[error("option {option} (counted from 0) may have at most the value {largest}")]
    Value {
        /// The option, counted from 0.
        option: usize,
        /// The largest legal value.
        largest: u64,
    },
    /// Fewer than the rule asks for.
    #[error("{picked} chosen, at least {min} needed")]
    TooFew {
        /// How many were chosen.
        picked: u64,
        /// The rule's lower bound.
        min: u64,
    },
    /// More than the rule allows.
    #[error("{picked} chosen, at most {max} allowed")]
    TooMany {
        /// How many were chosen.
        picked: u64,
        /// The rule's upper bound.
        max: u64,
    },
    /// More money than there is.
    #[error("the chosen options cost {cost}, the budget is {budget}")]
    OverBudget {
        /// What the chosen options cost.
        cost: u64,
        /// The rule's budget.
        budget: u64,
    },
    /// Fewer points, or credits, than the rule asks for.
    #[error("{spent} spent, at least {min} needed")]
    SpentTooLittle {
        /// How much was spent.
        spent: u64,
        /// The rule's lower bound.
        min: u64,
    },
    /// More points, or credits, than the rule allows.
    #[error("{spent} spent, at most {max} allowed")]
    SpentTooMuch {
        /// How much was spent.
        spent: u64,
        /// The rule's upper bound.
        max: u64,
    },
    /// Two options at one place of a ranking.
    #[error("two options share place {0}; each place takes one")]
    SharedPlace(u32),
    /// A place left out before one that is taken.
    #[error("place {0} is empty and a later one is not; rank without gaps")]
    Gap(u32),
    /// Blank where the contest has no blank.
    #[error("this contest has no blank ballot")]
    NoBlank,
    /// Blank together with choices.
    #[error("a blank ballot chooses nothing else")]
    BlankWithPicks,
}

/// Why slot totals are not the sum of legal ballots. The fault is with whoever made the totals.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnpackError {
    /// Not one total for each slot, or for each option and blank.
    #[error("{given} totals in place of {slots}")]
    Length {
        /// Totals given.
        given: usize,
        /// How many there must be.
        slots: usize,
    },
    /// A total that so many ballots cannot reach.
    #[error("a total in slot {0} (counted from 0) is beyond what the counted ballots can give")]
    OutOfReach(usize),
}
