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

fn every_selection(contest: &CompiledContest, largest: u32) -> impl Iterator<Item = Selection> {
    every_vector(contest.options(), largest)
        .flat_map(|values| [false, true].map(|blank| Selection::new(values.clone(), blank)))
}

fn slot_values(contest: &CompiledContest, selection: &Selection) -> Vec<i128> {
    let mut values: Vec<i128> = selection.values.iter().map(|&v| v.into()).collect();
    if contest.has_blank() {
        values.push(selection.blank.into());
    }
    match contest.packing() {
        None => values,
        Some(m) => values.chunks(2).map(|p| p[0] + i128::from(m) * p.get(1).copied().unwrap_or(0)).collect(),
    }
}

/// The legal selections, and only they, have bits that satisfy the program; of all assignments of
/// the sent bits, those that satisfy it encrypt a legal selection; and unpacking gives it back.
pub(crate) fn assert_exactly_legal(
    contest: &CompiledContest,
    largest: u32,
    legal: impl Fn(&Selection) -> bool,
) {
    let mut by_slots = BTreeMap::new();
    for selection in every_selection(contest, largest + 1) {
        let slots = slot_values(contest, &selection);
        match contest.bits(&selection) {
            Ok(bits) => {
                assert!(legal(&selection), "an illegal selection was given bits: {:?}", selection.values);
                assert!(contest.program().is_satisfied(&bits));
                assert_eq!(contest.program().outputs_of(&bits), slots);
                let totals = contest.unpack(&slots.iter().map(|&v| v as u64).collect::<Vec<_>>()).unwrap();
                assert_eq!(totals.options, selection.values.iter().map(|&v| v.into()).collect::<Vec<u64>>());
                assert_eq!(totals.blank, contest.has_blank().then_some(selection.blank.into()));
                by_slots.insert(slots, false);
            }
            Err(_) => assert!(!legal(&selection), "a legal selection was refused: {:?}", selection.values),
        }
    }
    let sent = contest.program().bits();
    for bits in every_vector(sent, 1) {
        let bits: Vec<u8> = bits.into_iter().map(|b| b as u8).collect();
        if contest.program().is_satisfied(&bits) {
            let found = by_slots.get_mut(&contest.program().outputs_of(&bits));
            *found.expect("bits satisfy the program but encrypt no legal selection") = true;
        }
    }
    assert!(by_slots.values().all(|&found| found));
}
