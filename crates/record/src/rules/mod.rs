//! The rule compiler: a contest of the manifest becomes a [`BallotProgram`].
//!
//! One file for each kind of rule. An arm says which bits are sent and in which order, which
//! constraints hold on them, and the number that each option gets; packing two options into one
//! ciphertext slot is done here, for all arms alike.
//!
//! # Packing
//!
//! Slot j carries options 2j-1 and 2j in manifest order, with "blank" as one more option at the end
//! and 0 for an absent partner: v = v_1 + M·v_2. M is the least power of two above (the sum of the
//! maximum electorates of the styles that have the contest) × (largest value of one option), so that
//! no sum of counted ballots carries over. Above M = 2^[`MAX_PACKING_BITS`] each option has a slot.

use serde::{Deserialize, Serialize};
use veche_crypto::ballot_proof::Section;
use veche_crypto::program::{Affine, BallotProgram, Constraint, ProgramError};
use zeroize::Zeroizing;

use crate::selection::Selection;

mod approval;
mod range;
#[cfg(test)]
pub(crate) mod testing;

pub use approval::Approval;

/// Two options share a slot while M is at most two to this power.
pub const MAX_PACKING_BITS: u32 = 20;
/// What one slot can sum to stays below two to this power, or totals could not be found again.
pub const MAX_TOTAL_BITS: u32 = 40;
/// Most ciphertext slots of a contest.
pub const MAX_SLOTS: usize = 500;

/// The rule of a contest as the manifest writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Rule {
    /// A number of options within bounds.
    Approval(Approval),
}

/// Why a rule does not fit its contest. The fault is with the manifest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
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
    #[error("\"blank\" needs \"min\" of at least 1: with 0, choosing nothing says the same")]
    BlankAndEmpty,
    /// A sum of many ballots could not be told from another.
    #[error("{electorate} voters times {largest} a ballot reach 2^{MAX_TOTAL_BITS}; lower the electorate")]
    TotalTooLarge {
        /// The sum of the maximum electorates of the contest's styles.
        electorate: u64,
        /// The largest number that one ballot puts into a slot.
        largest: u64,
    },
    /// More slots than a ballot may have.
    #[error("the contest needs {0} ciphertext slots and may have {MAX_SLOTS}; split it")]
    Slots(usize),
    /// The program itself is out of bounds.
    #[error(transparent)]
    Program(#[from] ProgramError),
}

/// Why a selection is not a legal ballot of its contest. The fault is with the caller.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
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
    /// Blank where the contest has no blank.
    #[error("this contest has no blank ballot")]
    NoBlank,
    /// Blank together with choices.
    #[error("a blank ballot chooses nothing else")]
    BlankWithPicks,
}

/// Why slot totals are not the sum of legal ballots. The fault is with whoever made the totals.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnpackError {
    /// Not one total for each slot.
    #[error("{given} totals for {slots} slots")]
    Length {
        /// Totals given.
        given: usize,
        /// Slots of the contest.
        slots: usize,
    },
    /// A total that the electorate cannot reach.
    #[error("the total of slot {0} (counted from 0) is beyond what the electorate can give")]
    OutOfReach(usize),
}

/// What an arm compiles to, before packing.
pub(crate) struct Shape {
    /// How many bits are sent.
    pub bits: u32,
    /// Everything besides "bits are bits".
    pub constraints: Vec<Constraint>,
    /// The number of each option, then of blank where the contest has it.
    pub values: Vec<Affine>,
    /// The largest number one ballot can give one option.
    pub largest: u64,
}

/// A rule fitted to its number of options.
#[derive(Debug, Clone)]
enum Arm {
    Approval(approval::Arm),
}

impl Arm {
    fn fit(rule: &Rule, options: u32) -> Result<Self, RuleError> {
        match rule {
            Rule::Approval(rule) => rule.fit(options).map(Arm::Approval),
        }
    }

    fn shape(&self) -> Shape {
        match self {
            Arm::Approval(arm) => arm.shape(),
        }
    }

    fn bits(&self, selection: &Selection) -> Result<Zeroizing<Vec<u8>>, SelectionError> {
        match self {
            Arm::Approval(arm) => arm.bits(selection),
        }
    }
}

/// What the ballots of a group gave each option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Totals {
    /// One total for each option, in manifest order.
    pub options: Vec<u64>,
    /// How many ballots were blank, where the contest allows it.
    pub blank: Option<u64>,
}

/// A contest whose rule has become a ballot program.
#[derive(Debug, Clone)]
pub struct CompiledContest {
    arm: Arm,
    options: usize,
    blank: bool,
    packing: Option<u64>,
    largest: u64,
    electorate: u64,
    program: BallotProgram,
}

impl CompiledContest {
    /// Compiles a rule for a number of options and the sum of the maximum electorates of the styles
    /// that have the contest.
    ///
    /// # Errors
    /// [`RuleError`] when the rule does not fit, or its numbers could wrap.
    pub fn compile(rule: &Rule, options: u32, electorate: u64) -> Result<Self, RuleError> {
        if options == 0 {
            return Err(RuleError::NothingToChoose);
        }
        let arm = Arm::fit(rule, options)?;
        let shape = arm.shape();
        let blank = shape.values.len() > options as usize;
        let packing = packing(electorate, shape.largest);
        let outputs: Vec<Affine> = match packing {
            None => shape.values,
            Some(m) => shape.values.chunks(2).map(|pair| pack(pair, m)).collect(),
        };
        if outputs.len() > MAX_SLOTS {
            return Err(RuleError::Slots(outputs.len()));
        }
        let program = BallotProgram::new(shape.bits, shape.constraints, outputs)?;
        let contest = CompiledContest {
            arm,
            options: options as usize,
            blank,
            packing,
            largest: shape.largest,
            electorate,
            program,
        };
        let largest = contest.largest_slot_value();
        if electorate.checked_mul(largest).is_none_or(|total| total >> MAX_TOTAL_BITS != 0) {
            return Err(RuleError::TotalTooLarge { electorate, largest });
        }
        Ok(contest)
    }

    /// The program that ballots of this contest are proved against.
    pub fn program(&self) -> &BallotProgram {
        &self.program
    }

    /// The number μ of ciphertext slots.
    pub fn slots(&self) -> usize {
        self.program.slots()
    }

    /// The number of options.
    pub fn options(&self) -> usize {
        self.options
    }

    /// Whether a blank ballot is legal.
    pub fn has_blank(&self) -> bool {
        self.blank
    }

    /// M, when two options share a slot.
    pub fn packing(&self) -> Option<u64> {
        self.packing
    }

    /// The largest number that one ballot can put into one slot.
    pub fn largest_slot_value(&self) -> u64 {
        match self.packing {
            Some(m) if self.options + usize::from(self.blank) > 1 => {
                self.largest.saturating_mul(m.saturating_add(1))
            }
            _ => self.largest,
        }
    }

    /// Bytes of a ballot section of this contest.
    pub fn section_len(&self) -> usize {
        Section::encoded_len(&self.program)
    }

    /// The sent bits of a legal selection. Takes the same time for every legal selection.
    ///
    /// # Errors
    /// [`SelectionError`] says what is illegal.
    pub fn bits(&self, selection: &Selection) -> Result<Zeroizing<Vec<u8>>, SelectionError> {
        self.arm.bits(selection)
    }

    /// The totals of the options from the totals of the slots.
    ///
    /// # Errors
    /// [`UnpackError`] when no legal ballots of the electorate give these totals.
    pub fn unpack(&self, slots: &[u64]) -> Result<Totals, UnpackError> {
        if slots.len() != self.slots() {
            return Err(UnpackError::Length { given: slots.len(), slots: self.slots() });
        }
        let most = self.electorate.saturating_mul(self.largest);
        let count = self.options + usize::from(self.blank);
        let mut options = Vec::with_capacity(count);
        for (slot, &total) in slots.iter().enumerate() {
            let parts = match self.packing {
                None => [Some(total), None],
                Some(m) if options.len() + 1 < count => [Some(total % m), Some(total / m)],
                // The last slot of an odd number: the absent partner is 0, and so must its part be.
                Some(_) => [Some(total), None],
            };
            for part in parts.into_iter().flatten() {
                if part > most {
                    return Err(UnpackError::OutOfReach(slot));
                }
                options.push(part);
            }
        }
        let blank = if self.blank { options.pop() } else { None };
        Ok(Totals { options, blank })
    }
}

fn packing(electorate: u64, largest: u64) -> Option<u64> {
    let above = electorate.checked_mul(largest)?.checked_add(1)?.checked_next_power_of_two()?;
    (above <= 1 << MAX_PACKING_BITS).then_some(above)
}

fn pack(pair: &[Affine], m: u64) -> Affine {
    match pair {
        [first, second] => first.plus(&second.scale(m.into())),
        other => Affine::sum(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn approval(options: u32, blank: bool, electorate: u64) -> CompiledContest {
        CompiledContest::compile(&Rule::Approval(Approval { min: 1, max: 2, blank }), options, electorate)
            .unwrap()
    }

    #[test]
    fn m_is_the_least_power_of_two_above_what_an_option_can_reach() {
        for (electorate, m) in [(1, 2), (7, 8), (8, 16), (5_000, 8_192), ((1 << 20) - 1, 1 << 20)] {
            assert_eq!(approval(3, false, electorate).packing(), Some(m), "{electorate}");
        }
        assert_eq!(approval(3, false, 1 << 20).packing(), None);
    }

    #[test]
    fn slots_halve_and_blank_is_one_more_option() {
        assert_eq!(approval(5, false, 9).slots(), 3);
        assert_eq!(approval(5, true, 9).slots(), 3);
        assert_eq!(approval(4, true, 9).slots(), 3);
        assert_eq!(approval(5, true, 1 << 21).slots(), 6);
    }

    #[test]
    fn attack_05_wrap_around_totals_beyond_reach_are_refused_before_any_ballot() {
        let rule = Rule::Approval(Approval { min: 0, max: 1, blank: false });
        for electorate in [1 << 40, u64::MAX / 2, u64::MAX] {
            let refused = CompiledContest::compile(&rule, 3, electorate);
            assert!(matches!(refused, Err(RuleError::TotalTooLarge { .. })), "{electorate}");
        }
        CompiledContest::compile(&rule, 3, (1 << 40) - 1).unwrap();
    }

    #[test]
    fn totals_unpack_to_what_was_packed_and_impossible_ones_are_refused() {
        let contest = approval(3, true, 6); // M = 8
        assert_eq!(contest.slots(), 2);
        let totals = contest.unpack(&[5 + 8 * 6, 2 + 8 * 4]).unwrap();
        assert_eq!(totals, Totals { options: vec![5, 6, 2], blank: Some(4) });
        assert_eq!(contest.unpack(&[7, 0]), Err(UnpackError::OutOfReach(0)));
        assert_eq!(contest.unpack(&[0, 8 * 7]), Err(UnpackError::OutOfReach(1)));
        assert_eq!(contest.unpack(&[0]), Err(UnpackError::Length { given: 1, slots: 2 }));
        let odd = approval(3, false, 6);
        assert_eq!(odd.unpack(&[0, 6]).unwrap().options, [0, 0, 6]);
        assert_eq!(odd.unpack(&[0, 8]), Err(UnpackError::OutOfReach(1)));
    }

    #[test]
    fn too_many_slots_are_refused() {
        let rule = Rule::Approval(Approval { min: 1, max: 1, blank: true });
        assert_eq!(CompiledContest::compile(&rule, 500, 1 << 21).unwrap_err(), RuleError::Slots(501));
        assert_eq!(CompiledContest::compile(&rule, 500, 1 << 19).unwrap().slots(), 251);
    }
}
