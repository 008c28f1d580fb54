//! Brute force: every small ballot, and every assignment of the sent bits.

use std::collections::BTreeMap;

use super::CompiledContest;
use crate::selection::Selection;

/// Every vector of `len` numbers from 0 to `largest`.
pub(crate) fn every_vector(len: usize, largest: u32) -> impl Iterator<Item = Vec<u32>> {
    let base = u64::from(largest) + 1;
    (0..base.pow(len as u32)).map(move |mut number| {
        (0..len)
            .map(|_| {
                let digit = number % base;
                number /= base;
                digit as u32
            })
            .collect()
    })
}

/// What a selection counts where an option's value is also what it gets in the totals.
pub(crate) fn own_values(selection: &Selection) -> Vec<u64> {
    selection.values.iter().map(|&value| value.into()).collect()
}

fn every_selection(contest: &CompiledContest) -> impl Iterator<Item = Selection> {
    every_vector(contest.options(), contest.largest_value() + 1)
        .flat_map(|values| [false, true].map(|blank| Selection::new(values.clone(), blank)))
}

fn slot_values(contest: &CompiledContest, selection: &Selection, counted: &[u64]) -> Vec<i128> {
    let mut values: Vec<i128> = counted.iter().map(|&v| v.into()).collect();
    if contest.has_blank() {
        values.push(selection.blank.into());
    }
    let packing = contest.packing();
    let slot = |values: &[i128]| values.iter().rev().fold(0, |sum, v| sum * i128::from(packing.base()) + v);
    values.chunks(packing.options()).map(slot).collect()
}

/// The legal selections, and only they, have bits that satisfy the program; of all assignments of
/// the sent bits, those that satisfy it encrypt what a legal selection counts, and nothing else; and
/// unpacking gives that back. Every number that the contest says of itself is reached and kept.
///
/// Returns how many assignments satisfy the program.
pub(crate) fn assert_exactly_legal(
    contest: &CompiledContest,
    legal: impl Fn(&Selection) -> bool,
    counted: impl Fn(&Selection) -> Vec<u64>,
) -> usize {
    let mut by_slots = BTreeMap::new();
    let mut largest_value = 0;
    for selection in every_selection(contest) {
        let bits = match contest.bits(&selection) {
            Ok(bits) => bits,
            Err(_) => {
                assert!(!legal(&selection), "a legal selection was refused: {:?}", selection.values);
                continue;
            }
        };
        assert!(legal(&selection), "an illegal selection was given bits: {:?}", selection.values);
        assert!(contest.program().is_satisfied(&bits), "{:?}: {:?}", selection.values, *bits);
        let counted = counted(&selection);
        let slots = slot_values(contest, &selection, &counted);
        assert_eq!(contest.program().outputs_of(&bits), slots);
        assert!(slots.iter().all(|&slot| slot <= contest.largest_slot_value().into()));
        assert!(counted.iter().all(|&count| count <= contest.largest_count()));
        let totals = contest.unpack(&slots.iter().map(|&v| v as u64).collect::<Vec<_>>(), 1).unwrap();
        assert_eq!(totals.options, counted);
        assert_eq!(totals.blank, contest.has_blank().then_some(selection.blank.into()));
        largest_value = selection.values.iter().copied().chain([largest_value]).max().unwrap();
        by_slots.insert(slots, false);
    }
    assert!(largest_value <= contest.largest_value());
    assert!(legal(&contest.made_up_selection()), "{:?}", contest.made_up_selection().values);
    let mut satisfied = 0;
    for bits in every_vector(contest.program().bits(), 1) {
        let bits: Vec<u8> = bits.into_iter().map(|b| b as u8).collect();
        if contest.program().is_satisfied(&bits) {
            satisfied += 1;
            let found = by_slots.get_mut(&contest.program().outputs_of(&bits));
            *found.expect("bits satisfy the program but encrypt no legal selection") = true;
        }
    }
    assert!(by_slots.values().all(|&found| found));
    satisfied
}
