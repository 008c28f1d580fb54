//! Legal ballots pass, every illegal small ballot fails, every flipped bit is refused — over random
//! ballot programs with derived bits, quadratic constraints and any number of options.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod support;

use proptest::prelude::*;
use support::{Case, Forger, fresh};
use veche_crypto::ballot_proof::{Prepared, ProofError, Section, Sections, Statement};
use veche_crypto::batch::Batch;
use veche_crypto::hash::digest;
use veche_crypto::program::{Affine, BallotProgram, Constraint};

fn forms(bits: u32) -> impl Strategy<Value = Affine> {
    (proptest::collection::vec(-3_i128..=3, bits as usize), -2_i128..=2).prop_map(|(ks, c)| {
        let terms: Vec<Affine> = (0..).zip(ks).map(|(bit, k)| Affine::bit(bit).scale(k)).collect();
        Affine::sum(terms.iter().chain([&Affine::constant(c)]))
    })
}

/// A constraint that at least the assignment `legal` satisfies, so that programs have legal ballots.
fn constraint(bits: u32, legal: Vec<u8>) -> impl Strategy<Value = Constraint> {
    let through = move |form: &Affine, legal: &[u8]| form.minus(&Affine::constant(form.value(legal)));
    prop_oneof![
        // A derived bit: an affine form that is a bit.
        (forms(bits), 0_i128..=1).prop_map({
            let legal = legal.clone();
            move |(form, bit)| Constraint::is_bit(&through(&form, &legal).plus(&Affine::constant(bit)))
        }),
        // A product of two forms, one of which vanishes.
        (forms(bits), forms(bits)).prop_map({
            let legal = legal.clone();
            move |(l, r)| Constraint::new(vec![(through(&l, &legal), r)], Affine::default())
        }),
        // Two products and a linear part that add up to zero together.
        (forms(bits), forms(bits)).prop_map(move |(l, r)| {
            let value = l.value(&legal) * r.value(&legal) + r.value(&legal) * r.value(&legal);
            Constraint::new(vec![(l, r.clone()), (r.clone(), r)], Affine::constant(-value))
        }),
    ]
}

fn program() -> impl Strategy<Value = BallotProgram> {
    (1_u32..=5)
        .prop_flat_map(|bits| (Just(bits), proptest::collection::vec(0_u8..=1, bits as usize)))
        .prop_flat_map(|(bits, legal)| {
            let constraints = proptest::collection::vec(constraint(bits, legal), 0..4);
            let outputs = proptest::collection::vec(forms(bits), 1..4);
            (Just(bits), constraints, outputs)
        })
        .prop_map(|(bits, constraints, outputs)| BallotProgram::new(bits, constraints, outputs).unwrap())
}

fn seal(case: &Case, bits: &[u8], seed: u8) -> Section {
    let statement = Statement { contest: &case.contest, program: &case.program, keys: &case.keys };
    let sealed =
        Prepared::new(&statement, &[seed; 32]).unwrap().seal(&case.header, &statement, bits).unwrap();
    sealed.sections()[0].clone()
}

fn assignments(bits: usize) -> impl Iterator<Item = Vec<u8>> {
    (0_u32..1 << bits).map(move |mask| (0..bits).map(|i| (mask >> i & 1) as u8).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn exactly_the_legal_ballots_can_be_proved(program in program()) {
        let case = Case::new(program);
        let mut legal = 0;
        for bits in assignments(case.program.bits()) {
            let expected = case.program.is_satisfied(&bits);
            legal += u32::from(expected);
            prop_assert_eq!(case.accepts(&seal(&case, &bits, 1)), expected, "{:?}", bits);
        }
        prop_assert!(legal > 0);
    }

    #[test]
    fn values_that_are_not_bits_cannot_be_proved(program in program(), at in any::<prop::sample::Index>(), bad in prop_oneof![Just(2_i128), Just(-1), Just(1_000)]) {
        let case = Case::new(program);
        let bits = assignments(case.program.bits()).find(|bits| case.program.is_satisfied(bits)).unwrap();
        let mut values: Vec<i128> = bits.iter().map(|&b| i128::from(b)).collect();
        prop_assert!(case.accepts(&Forger::new(&case, &values).prove()), "the second prover is right");
        let at = at.index(values.len());
        values[at] = bad;
        prop_assert!(!case.accepts(&Forger::new(&case, &values).prove()));
    }

    #[test]
    fn a_batch_names_exactly_the_false_ones(program in program(), bad in proptest::collection::btree_set(0_usize..9, 0..4)) {
        let case = Case::new(program);
        let bits = assignments(case.program.bits()).find(|bits| case.program.is_satisfied(bits)).unwrap();
        let mut batch = Batch::new(&case.keys);
        for position in 0..9 {
            let section = seal(&case, &bits, position as u8);
            let other = digest("test", &[b"another header"]);
            let header = if bad.contains(&position) { &other } else { &case.header };
            let ballot = Sections::new(header, vec![section]);
            batch.push_section(&ballot, 0, &case.contest, &case.program).unwrap();
        }
        let expected: Vec<usize> = bad.iter().copied().collect();
        prop_assert_eq!(batch.verify(&fresh(3)).err().unwrap_or_default(), expected);
    }
}

/// Two of three options, the third derived: two slots, the second half empty.
fn exactly_one_of_three() -> Case {
    let derived = Affine::constant(1).minus(&Affine::sum([&Affine::bit(0), &Affine::bit(1)]));
    let outputs = vec![Affine::bit(0).plus(&Affine::bit(1).scale(1 << 17)), derived.clone()];
    Case::new(BallotProgram::new(2, vec![Constraint::is_bit(&derived)], outputs).unwrap())
}

#[test]
fn every_flipped_bit_of_a_section_is_refused() {
    let case = exactly_one_of_three();
    let bytes = seal(&case, &[1, 0], 1).to_bytes();
    assert_eq!(bytes.len(), 32 * (2 + 2 + 6));
    assert!(case.accepts(&Section::from_bytes(&case.program, &bytes).unwrap()));
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let refused =
            Section::from_bytes(&case.program, &flipped).map_or(true, |section| !case.accepts(&section));
        assert!(refused, "bit {bit}");
    }
}

#[test]
fn both_provers_make_the_same_kind_of_section() {
    let case = exactly_one_of_three();
    assert!(case.accepts(&seal(&case, &[0, 0], 9)));
    assert!(case.accepts(&Forger::new(&case, &[0, 0]).prove()));
    assert!(!case.accepts(&seal(&case, &[1, 1], 9)), "two of exactly one");
}

#[test]
fn one_seed_gives_one_section_byte_for_byte() {
    let case = exactly_one_of_three();
    assert_eq!(seal(&case, &[0, 1], 5).to_bytes(), seal(&case, &[0, 1], 5).to_bytes());
    assert_ne!(seal(&case, &[0, 1], 5).alpha, seal(&case, &[0, 1], 6).alpha);
    assert_eq!(seal(&case, &[0, 1], 5).alpha, seal(&case, &[1, 0], 5).alpha, "the nonce is the seed's alone");
}

#[test]
fn what_is_no_bit_is_not_sealed() {
    let case = exactly_one_of_three();
    let statement = Statement { contest: &case.contest, program: &case.program, keys: &case.keys };
    for bits in [[2, 0], [0, 2], [1, 255]] {
        let refused = Prepared::new(&statement, &[1; 32]).unwrap().seal(&case.header, &statement, &bits);
        assert_eq!(refused, Err(ProofError::WrongBits));
    }
}
