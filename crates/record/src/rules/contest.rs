//! A contest whose rule has become a ballot program, and how its options share ciphertext slots.
//!
//! # Packing
//!
//! A slot carries as many options as fit, in manifest order, with "blank" as one more option at the end: those of
//! a slot are the digits of one number, v = v_1 + v_2·M + v_3·M² + …. M is the least power of two above (the sum
//! of the maximum electorates of the styles that have the contest) × (largest number one ballot can give one
//! option), so that no sum of counted ballots carries over into the next digit. ⌊46 / log2 M⌋ digits fit: what is
//! left of a slot's sum can be found again by [`veche_crypto::dlog`]. A contest whose M is above 2⁴⁶ is refused.

use std::sync::Arc;

use veche_crypto::ballot_proof::Section;
use veche_crypto::dlog::{Digits, MAX_SEARCH_BITS};
use veche_crypto::program::{Affine, BallotProgram};
use zeroize::Zeroizing;

use super::{Arm, Options, Rule, RuleError, SelectionError, UnpackError};
use crate::selection::Selection;

/// What one slot can sum to stays below two to this power, or totals could not be found again.
pub const MAX_SLOT_BITS: u32 = MAX_SEARCH_BITS;
/// Most ciphertext slots of a contest.
pub const MAX_SLOTS: usize = 500;
/// Most options of a contest.
const MAX_OPTIONS: usize = 500;

/// How the options of a contest share its slots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packing {
    /// log2 M.
    bits: u32,
}

impl Packing {
    /// For totals up to electorate × largest; `None` beyond [`MAX_SLOT_BITS`].
    fn new(electorate: u64, largest: u64) -> Option<Self> {
        let most = electorate.checked_mul(largest)?;
        let bits = (u64::BITS - most.leading_zeros()).max(1);
        (bits <= MAX_SLOT_BITS).then_some(Packing { bits })
    }

    /// M, above every total of one option.
    pub fn base(&self) -> u64 {
        1 << self.bits
    }

    /// How many options share a slot.
    pub fn options(&self) -> usize {
        // At most 46.
        (MAX_SLOT_BITS / self.bits) as usize
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
    arm: Arc<dyn Arm>,
    options: usize,
    blank: bool,
    packing: Packing,
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
        // Before anything is allocated for them.
        if count > MAX_OPTIONS {
            return Err(RuleError::Options(count));
        }
        let arm = rule.kind().fit(options)?;
        let shape = arm.shape();
        let blank = shape.values.len() > count;
        let packing = Packing::new(electorate, shape.largest)
            .ok_or(RuleError::TotalTooLarge { electorate, largest: shape.largest })?;
        let outputs: Vec<Affine> =
            shape.values.chunks(packing.options()).map(|values| pack(values, packing)).collect();
        if outputs.len() > MAX_SLOTS {
            return Err(RuleError::Slots(outputs.len()));
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

    /// How options share slots.
    pub fn packing(&self) -> Packing {
        self.packing
    }

    /// The largest number that one ballot can put into one slot.
    pub fn largest_slot_value(&self) -> u64 {
        // λ·(1 + M + M² + …) is below M to the number of options of a slot: this does not saturate.
        let values = self.packing.options().min(self.values());
        (0..values).fold(0, |sum, _| sum.saturating_mul(self.packing.base()).saturating_add(self.largest))
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

    /// How many totals there are: one for each option, and one more for blank where the contest has it.
    pub fn values(&self) -> usize {
        self.options + usize::from(self.blank)
    }

    /// What a slot's total is made of, when so many ballots are counted.
    pub fn digits(&self, ballots: u32) -> Digits {
        // At most the packing's 46 options.
        let count = self.packing.options().min(self.values()) as u32;
        Digits { base: self.packing.base(), count, most: self.most(ballots) }
    }

    /// The most that so many ballots give one option. More than the electorate cannot be counted.
    fn most(&self, ballots: u32) -> u64 {
        u64::from(ballots).min(self.electorate).saturating_mul(self.largest)
    }

    /// The totals of the options from the totals of the slots, when so many ballots are counted.
    ///
    /// # Errors
    /// [`UnpackError`] when no legal ballots, so many of them, give these totals.
    pub fn unpack(&self, slots: &[u64], ballots: u32) -> Result<Totals, UnpackError> {
        if slots.len() != self.slots() {
            return Err(UnpackError::Length { given: slots.len(), slots: self.slots() });
        }
        let digits = self.digits(ballots);
        let mut totals = Vec::with_capacity(self.values());
        for (slot, &total) in slots.iter().enumerate() {
            let count = (self.values() - totals.len()).min(self.packing.options()) as u32;
            let digits = Digits { count, ..digits };
            totals.extend(digits.of(total).ok_or(UnpackError::OutOfReach(slot))?);
        }
        self.totals(totals, ballots)
    }

    /// The totals of the slots from stated totals of all options and then of blank where the contest has it, when
    /// so many ballots are counted. Each is looked at before it is multiplied into its slot: t_1 + M and t_2 - 1
    /// would make the same slot as t_1 and t_2.
    ///
    /// # Errors
    /// [`UnpackError`] when no legal ballots, so many of them, give these totals.
    pub fn pack(&self, stated: &[u64], ballots: u32) -> Result<(Totals, Vec<u64>), UnpackError> {
        let totals = self.totals(stated.to_vec(), ballots)?;
        let slot = |values: &[u64]| {
            values
                .iter()
                .rev()
                .fold(0_u64, |sum, &value| sum.saturating_mul(self.packing.base()).saturating_add(value))
        };
        Ok((totals, stated.chunks(self.packing.options()).map(slot).collect()))
    }

    fn totals(&self, mut options: Vec<u64>, ballots: u32) -> Result<Totals, UnpackError> {
        if options.len() != self.values() {
            return Err(UnpackError::Length { given: options.len(), slots: self.values() });
        }
        let most = self.most(ballots);
        if let Some(option) = options.iter().position(|&total| total > most) {
            return Err(UnpackError::OutOfReach(option / self.packing.options()));
        }
        let blank = if self.blank { options.pop() } else { None };
        Ok(Totals { options, blank })
    }
}

fn pack(values: &[Affine], packing: Packing) -> Affine {
    let mut weight = 1_i128;
    let weighted: Vec<Affine> = values
        .iter()
        .map(|value| {
            let weighted = value.scale(weight);
            weight <<= packing.bits;
            weighted
        })
        .collect();
    Affine::sum(&weighted)
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
        for (electorate, m, options) in [
            (1, 2, 46),
            (7, 8, 15),
            (8, 16, 11),
            (2_000, 2_048, 4),
            (20_000, 32_768, 3),
            (500_000, 524_288, 2),
            ((1 << 23) - 1, 1 << 23, 2),
            (1 << 23, 1 << 24, 1),
            ((1 << 46) - 1, 1 << 46, 1),
        ] {
            let packing = approval(3, false, electorate).packing();
            assert_eq!((packing.base(), packing.options()), (m, options), "{electorate}");
        }
    }

    #[test]
    fn slots_shrink_and_blank_is_one_more_option() {
        assert_eq!(approval(5, false, 9).slots(), 1);
        assert_eq!(approval(11, false, 9).slots(), 1);
        assert_eq!(approval(11, true, 9).slots(), 2);
        assert_eq!(approval(40, false, 20_000).slots(), 14);
        assert_eq!(approval(5, true, 500_000).slots(), 3);
        assert_eq!(approval(5, true, 1 << 23).slots(), 6);
    }

    #[test]
    fn attack_05_wrap_around_totals_beyond_reach_are_refused_before_any_ballot() {
        let rule = Rule::Approval(Approval { min: 0, max: 1, blank: false });
        for electorate in [1 << 46, u64::MAX / 2, u64::MAX] {
            let refused = CompiledContest::compile(&rule, 3, electorate);
            assert!(matches!(refused, Err(RuleError::TotalTooLarge { .. })), "{electorate}");
        }
        CompiledContest::compile(&rule, 3, (1 << 46) - 1).unwrap();
    }

    #[test]
    fn totals_unpack_to_what_was_packed_and_impossible_ones_are_refused() {
        let contest = approval(15, true, 6); // M = 8, 15 to a slot
        assert_eq!(contest.slots(), 2);
        let mut stated = vec![0; 16];
        (stated[0], stated[1], stated[14], stated[15]) = (5, 6, 2, 4);
        let (totals, slots) = contest.pack(&stated, 6).unwrap();
        assert_eq!(slots, [5 + 8 * 6 + (2 << 42), 4]);
        assert_eq!((totals.options.as_slice(), totals.blank), (&stated[..15], Some(4)));
        assert_eq!(contest.unpack(&slots, 6), Ok(totals));
        // A digit over what so many ballots give, and a digit that the slot does not have.
        assert_eq!(contest.unpack(&slots, 5), Err(UnpackError::OutOfReach(0)));
        assert_eq!(contest.unpack(&[7, 0], 7), Err(UnpackError::OutOfReach(0)));
        assert_eq!(contest.unpack(&[0, 8], 6), Err(UnpackError::OutOfReach(1)));
        assert_eq!(contest.unpack(&[1 << 45, 0], 6), Err(UnpackError::OutOfReach(0)));
        assert_eq!(contest.unpack(&[0], 6), Err(UnpackError::Length { given: 1, slots: 2 }));
        assert_eq!(contest.pack(&[0; 15], 6), Err(UnpackError::Length { given: 15, slots: 16 }));
    }

    #[test]
    fn attack_80_two_totals_of_one_product_are_refused_before_multiplying() {
        let contest = approval(3, false, 6);
        let (_, honest) = contest.pack(&[5, 6, 0], 6).unwrap();
        // The slot is the same number: nothing but the bound of each total tells the two apart.
        assert_eq!(5 + 8 + 8 * (6 - 1), honest[0]);
        assert_eq!(contest.pack(&[5 + 8, 6 - 1, 0], 6), Err(UnpackError::OutOfReach(0)));
    }

    #[test]
    fn too_many_slots_and_options_are_refused() {
        let rule = Rule::Approval(Approval { min: 1, max: 1, blank: true });
        for options in [501, u32::MAX] {
            let refused = CompiledContest::compile(&rule, options, 9).unwrap_err();
            assert_eq!(refused, RuleError::Options(options as usize));
        }
        assert_eq!(CompiledContest::compile(&rule, 500, 1 << 23).unwrap_err(), RuleError::Slots(501));
        assert_eq!(CompiledContest::compile(&rule, 500, 1 << 19).unwrap().slots(), 251);
    }
}
