//! A contest whose rule has become a ballot program, and how its options share ciphertext slots.
//!
//! # Packing
//!
//! Slot j carries options 2j-1 and 2j in manifest order, with "blank" as one more option at the end
//! and 0 for an absent partner: v = v_1 + M·v_2. M is the least power of two above (the sum of the
//! maximum electorates of the styles that have the contest) × (largest number one ballot can give
//! one option), so that no sum of counted ballots carries over. Above M = 2^[`MAX_PACKING_BITS`]
//! each option has a slot.

use std::sync::Arc;

use veche_crypto::ballot_proof::Section;
use veche_crypto::program::{Affine, BallotProgram};
use zeroize::Zeroizing;

use super::{Arm, Options, Rule, RuleError, SelectionError, UnpackError};
use crate::selection::Selection;

/// Two options share a slot while M is at most two to this power.
pub const MAX_PACKING_BITS: u32 = 20;
/// What one slot can sum to stays below two to this power, or totals could not be found again.
pub const MAX_TOTAL_BITS: u32 = 40;
/// Most ciphertext slots of a contest.
pub const MAX_SLOTS: usize = 500;

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
    arm: Arc<dyn Arm>,
    options: usize,
    blank: bool,
    packing: Option<u64>,
    largest: u64,
    largest_value: u32,
    electorate: u64,
    program: BallotProgram,
}

impl CompiledContest {
    /// Compiles a rule for a number of options without costs, and the sum of the maximum electorates
    /// of the styles that have the contest.
    ///
    /// # Errors
    /// [`RuleError`] when the rule does not fit, or its numbers could wrap.
    pub fn compile(rule: &Rule, options: u32, electorate: u64) -> Result<Self, RuleError> {
        Self::fit(rule, Options { count: options, costs: &[] }, electorate)
    }

    /// Compiles a rule for options with their costs, and the sum of the maximum electorates of the
    /// styles that have the contest.
    ///
    /// # Errors
    /// [`RuleError`] when the rule does not fit, or its numbers could wrap.
    pub fn with_costs(rule: &Rule, costs: &[Option<u64>], electorate: u64) -> Result<Self, RuleError> {
        // A number of options that saturates is refused for its slots.
        let count = u32::try_from(costs.len()).unwrap_or(u32::MAX);
        Self::fit(rule, Options { count, costs }, electorate)
    }

    fn fit(rule: &Rule, options: Options<'_>, electorate: u64) -> Result<Self, RuleError> {
        let count = options.count as usize;
        if count == 0 {
            return Err(RuleError::NothingToChoose);
        }
        // Before anything is allocated for them. Two options share a slot at most.
        if count.div_ceil(2) > MAX_SLOTS {
            return Err(RuleError::Slots(count.div_ceil(2)));
        }
        let arm = rule.kind().fit(options)?;
        let shape = arm.shape();
        let blank = shape.values.len() > count;
        let packing = packing(electorate, shape.largest);
        let outputs: Vec<Affine> = match packing {
            None => shape.values,
            Some(m) => shape.values.chunks(2).map(|pair| pack(pair, m)).collect(),
        };
        if outputs.len() > MAX_SLOTS {
            return Err(RuleError::Slots(outputs.len()));
        }
        let largest = largest_slot_value(count + usize::from(blank), packing, shape.largest);
        if electorate.checked_mul(largest).is_none_or(|total| total >> MAX_TOTAL_BITS != 0) {
            return Err(RuleError::TotalTooLarge { electorate, largest });
        }
        Ok(CompiledContest {
            arm,
            options: count,
            blank,
            packing,
            largest: shape.largest,
            largest_value: shape.largest_value,
            electorate,
            program: BallotProgram::new(shape.bits, shape.constraints, outputs)?,
        })
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
        largest_slot_value(self.options + usize::from(self.blank), self.packing, self.largest)
    }

    /// The largest number that one ballot can give one option in the totals.
    pub fn largest_count(&self) -> u64 {
        self.largest
    }

    /// The largest value that one option can have in a legal [`Selection`]: 1 where options are
    /// picked, otherwise the most points or votes for one option, or the last place.
    pub fn largest_value(&self) -> u32 {
        self.largest_value
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
        let given = selection.values.len();
        if given != self.options {
            return Err(SelectionError::Length { given, options: self.options });
        }
        if !self.blank && selection.blank {
            return Err(SelectionError::NoBlank);
        }
        // Enough from the start: a vector that grows leaves a copy of the secret behind.
        let mut bits = Zeroizing::new(Vec::with_capacity(self.program.bits()));
        self.arm.push_bits(selection, &mut bits)?;
        Ok(bits)
    }

    /// Some legal selection, for ballots that are made up.
    pub fn made_up_selection(&self) -> Selection {
        Selection::new(self.arm.made_up(), false)
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

fn largest_slot_value(values: usize, packing: Option<u64>, largest: u64) -> u64 {
    match packing {
        Some(m) if values > 1 => largest.saturating_mul(m.saturating_add(1)),
        _ => largest,
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
    use crate::rules::Approval;

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
        for options in [1_001, u32::MAX] {
            let refused = CompiledContest::compile(&rule, options, 9).unwrap_err();
            assert_eq!(refused, RuleError::Slots(options.div_ceil(2) as usize));
        }
        assert_eq!(CompiledContest::compile(&rule, 500, 1 << 21).unwrap_err(), RuleError::Slots(501));
        assert_eq!(CompiledContest::compile(&rule, 500, 1 << 19).unwrap().slots(), 251);
    }
}
