//! Attacks on the ballot proof. Each names its row of the list of attacks in the threat model.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod support;

use curve25519_dalek::constants::RISTRETTO_BASEPOINT_POINT as G;
use curve25519_dalek::traits::IsIdentity;
use support::{Case, Forger, Forget, fresh, point, random, scalar, slot_keys};
use veche_crypto::ballot_proof::{Prepared, Sealing, Section, Sections, Statement, seal};
use veche_crypto::batch::Batch;
use veche_crypto::group::{Point, Scalar};
use veche_crypto::hash::{Digest, digest};
use veche_crypto::program::{Affine, BallotProgram, Constraint, ProgramError};

/// At most 2 of 3 options: the sum of all is 0, 1 or 2, shown by one slack bit of weight 1 sent and
/// one derived; an odd number of options in two packed slots.
fn approval() -> BallotProgram {
    let options: Vec<Affine> = (0..3).map(Affine::bit).collect();
    let slack = Affine::bit(3);
    let derived = Affine::constant(2).minus(&Affine::sum(&options)).minus(&slack);
    let outputs = vec![options[0].plus(&options[1].scale(1 << 17)), options[2].clone()];
    BallotProgram::new(4, vec![Constraint::is_bit(&derived)], outputs).unwrap()
}

fn case() -> Case {
    Case::new(approval())
}

const HONEST: [i128; 4] = [1, 0, 1, 0];

#[test]
fn attack_01_a_challenge_that_forgets_any_bound_field_is_refused() {
    let case = case();
    let mut forger = Forger::new(&case, &HONEST);
    assert!(case.accepts(&forger.prove()), "nothing forgotten");
    use Forget::{A, Alpha, B, Betas, Code, Contest, Context, Delta, First, Header, Keys, Program, T};
    for forget in [Header, Contest, Program, Keys, Context, Alpha, Betas, Code, A, First, B, T, Delta] {
        forger.forget = forget;
        assert!(!case.accepts(&forger.prove()), "{forget:?}");
    }
}

#[test]
fn attack_01_what_the_proof_is_about_cannot_be_changed_afterwards() {
    let honest = case();
    let section = Forger::new(&honest, &HONEST).prove();
    assert!(honest.accepts(&section));
    let mut header = honest.clone();
    header.header = digest("test", &[b"another"]);
    let mut contest = honest.clone();
    contest.contest = b"contesu".to_vec();
    let mut keys = honest.clone();
    keys.keys.swap(0, 1);
    let mut program = honest.clone();
    let laxer = Affine::sum((0..3).map(Affine::bit).collect::<Vec<_>>().iter());
    program.program = BallotProgram::new(
        4,
        vec![Constraint::new(vec![(laxer.clone(), laxer)], Affine::constant(-4))],
        approval().outputs().to_vec(),
    )
    .unwrap();
    for changed in [header, contest, keys, program] {
        assert!(!changed.accepts(&section));
    }
}

#[test]
fn attack_01_a_ciphertext_chosen_after_the_challenge_is_refused() {
    // With w, x, the responses and everything but β_2 fixed first, equation (2) can be solved for
    // β_2. The challenges bind β_2, so they change when it is put in.
    let case = case();
    let mut forger = Forger::new(&case, &HONEST);
    forger.values[1] = scalar(1_000);
    forger.forget = Forget::Betas;
    let mut section = forger.prove();
    let w = forger.w(&section.alpha, &section.betas, &section.a);
    let x = forger.x(&section.alpha, &section.betas, [&section.a, &section.b, &section.t], &section.delta);
    let [_, residual] = forger.residuals(&section);
    let correction = residual * (x * w * w).invert();
    section.betas[1] = point(section.betas[1].inner() - correction);
    assert!(forger.residuals(&section).iter().all(IsIdentity::is_identity), "it fools the weak challenge");
    assert!(!case.accepts(&section));
}

#[test]
fn attack_03_invalid_plaintexts_are_refused() {
    let case = case();
    for bits in [[2, 0, 0, 0], [-1, 0, 0, 0], [0, 0, 2, 0], [1, 1, 1, -1], [0, 0, 0, 2], [0, 0, 0, 0]] {
        // The last has derived bit 2: nothing chosen and no slack sent.
        assert!(!case.accepts(&Forger::new(&case, &bits).prove()), "{bits:?}");
    }
}

#[test]
fn attack_03_responses_not_of_the_form_x_b_plus_d_are_refused() {
    let case = case();
    let honest = Forger::new(&case, &HONEST).prove();
    for index in 0..honest.f.len() {
        let mut section = honest.clone();
        section.f[index] += Scalar::ONE;
        assert!(!case.accepts(&section));
    }
    let mut section = honest.clone();
    section.zeta += Scalar::ONE;
    assert!(!case.accepts(&section));
    let mut section = honest;
    section.delta += Scalar::ONE;
    assert!(!case.accepts(&section));
}

#[test]
fn attack_04_more_than_the_maximum_is_refused() {
    let case = case();
    for slack in [0, 1] {
        assert!(!case.accepts(&Forger::new(&case, &[1, 1, 1, slack]).prove()));
    }
    assert!(case.accepts(&Forger::new(&case, &[1, 1, 0, 0]).prove()));
}

#[test]
fn attack_05_numbers_that_could_wrap_are_refused() {
    let huge = Affine::bit(0).scale(1 << 61);
    let refused = |constraints: Vec<Constraint>, outputs: Vec<Affine>| {
        assert_eq!(BallotProgram::new(1, constraints, outputs).unwrap_err(), ProgramError::Wrap);
    };
    refused(vec![], vec![huge.clone()]);
    refused(vec![Constraint::is_zero(huge.clone())], vec![Affine::bit(0)]);
    refused(vec![Constraint::is_bit(&huge)], vec![Affine::bit(0)]);
    refused(vec![Constraint::is_zero(Affine::bit(0).scale(i128::MAX).scale(2))], vec![Affine::bit(0)]);
    let large = Affine::bit(0).scale((1 << 60) - 1);
    let products = vec![(large.clone(), large); 17];
    refused(vec![Constraint::new(products, Affine::default())], vec![Affine::bit(0)]);
}

#[test]
fn attack_06_a_ciphertext_unlinked_from_its_proof_is_refused() {
    let case = case();
    let honest = Forger::new(&case, &HONEST).prove();
    let mut swapped = honest.clone();
    swapped.betas.swap(0, 1);
    assert!(!case.accepts(&swapped));

    let rho = random("re-randomise", 0);
    let mut rerandomised = honest.clone();
    rerandomised.alpha = point(honest.alpha.inner() + G * rho);
    for (beta, key) in rerandomised.betas.iter_mut().zip(&case.keys) {
        *beta = point(beta.inner() + key.inner() * rho);
    }
    assert!(!case.accepts(&rerandomised));

    let mut elsewhere = case.clone();
    elsewhere.contest = b"elsewhere".to_vec();
    let other = Forger::new(&elsewhere, &[0, 1, 0, 1]).prove();
    let mut mixed = honest;
    mixed.betas = other.betas;
    assert!(!case.accepts(&mixed));
}

/// A ballot of two contests of one program and one statement but the contest's name.
fn two_contests(header: &[u8], seeds: [u8; 2]) -> (Digest, Vec<Section>) {
    let case = case();
    let header = digest("test", &[header]);
    let contests = [b"one".as_slice(), b"two"].into_iter().zip(seeds).map(|(contest, seed)| {
        let statement = Statement { contest, program: &case.program, keys: &case.keys };
        Sealing { prepared: Prepared::new(&statement, &[seed; 32]).unwrap(), statement, bits: &[1, 0, 1, 0] }
    });
    let sealed = seal(&header, contests.collect()).unwrap();
    (header, sealed.sections().to_vec())
}

/// Which of two sections are refused in a ballot of this header.
fn refused(header: &Digest, sections: Vec<Section>) -> Vec<usize> {
    let case = case();
    let ballot = Sections::new(header, sections);
    let mut batch = Batch::new(&case.keys);
    for (position, contest) in [b"one", b"two"].into_iter().enumerate() {
        batch.push_section(&ballot, position, contest, &case.program).unwrap();
    }
    batch.verify(&fresh(7)).err().unwrap_or_default()
}

#[test]
fn attack_06_every_proof_binds_the_ciphertexts_of_all_contests() {
    let (header, honest) = two_contests(b"mine", [1, 2]);
    assert!(refused(&header, honest.clone()).is_empty());
    // A voter who re-proves one contest changes nothing for the other; a ciphertext that changes does.
    for contest in 0..2 {
        let mut changed = honest.clone();
        changed[contest].betas.swap(0, 1);
        assert_eq!(refused(&header, changed), [0, 1], "contest {contest}");
    }
}

#[test]
fn attack_07_and_08_a_section_stays_in_its_contest_and_in_its_ballot() {
    let (header, honest) = two_contests(b"mine", [1, 2]);
    let mut exchanged = honest.clone();
    exchanged.swap(0, 1);
    assert_eq!(refused(&header, exchanged), [0, 1], "contests exchanged");
    let (other, theirs) = two_contests(b"theirs", [3, 4]);
    assert_eq!(refused(&other, honest.clone()), [0, 1], "another header");
    let mixed = vec![honest[0].clone(), theirs[1].clone()];
    assert_eq!(refused(&other, mixed), [0, 1], "one section of another ballot");
    // Under one header two ballots of one contest's choice: a whole section is not taken over either.
    let (_, again) = two_contests(b"mine", [1, 5]);
    assert_eq!(honest[0].alpha, again[0].alpha);
    assert_eq!(refused(&header, vec![honest[0].clone(), again[1].clone()]), [0]);
}

#[test]
fn the_body_says_every_byte_and_the_code_no_more_than_the_ciphertexts() {
    let (header, honest) = two_contests(b"mine", [1, 2]);
    let ballot = Sections::new(&header, honest.clone());
    for contest in 0..2 {
        let bytes = honest[contest].to_bytes();
        for at in (0..bytes.len()).step_by(32) {
            let mut field = bytes[at..at + 32].to_vec();
            // Another value of the same form: the next field but one, or one more.
            let points = 32 * (case().program.slots() + 4);
            if at < points {
                field.copy_from_slice(if at == 0 { &bytes[32..64] } else { &bytes[..32] });
            } else {
                field[0] ^= 1;
            }
            let mut changed = bytes.clone();
            changed[at..at + 32].copy_from_slice(&field);
            let mut sections = honest.clone();
            sections[contest] = Section::from_bytes(&case().program, &changed).unwrap();
            let changed = Sections::new(&header, sections);
            assert_ne!(changed.body(), ballot.body(), "contest {contest}, byte {at}");
            let ciphertext = at < Section::ciphertext_len(&case().program);
            assert_eq!(changed.code() != ballot.code(), ciphertext, "contest {contest}, byte {at}");
        }
    }
    let encoded: Vec<Vec<u8>> = honest.iter().map(Section::to_bytes).collect();
    let program = case().program;
    let read: Vec<_> = encoded.iter().map(|bytes| (&program, bytes.as_slice())).collect();
    assert_eq!(Sections::read(&header, &read), Ok(ballot));
}

#[test]
fn attack_06_encrypting_another_value_than_the_proved_one_is_refused() {
    let case = case();
    for slot in 0..2 {
        let mut forger = Forger::new(&case, &HONEST);
        forger.values[slot] += Scalar::ONE;
        assert!(!case.accepts(&forger.prove()), "slot {slot}");
    }
}

#[test]
fn attack_09_the_identity_in_any_point_field_is_refused() {
    let case = case();
    let bytes = Forger::new(&case, &HONEST).prove().to_bytes();
    let points = case.program.slots() + 4;
    for field in 0..points {
        let mut zeroed = bytes.clone();
        zeroed[32 * field..32 * (field + 1)].fill(0);
        assert!(Section::from_bytes(&case.program, &zeroed).is_err(), "field {field}");
    }
}

#[test]
fn attack_10_an_unreduced_scalar_in_any_field_is_refused() {
    let case = case();
    let bytes = Forger::new(&case, &HONEST).prove().to_bytes();
    let points = case.program.slots() + 4;
    let scalars = case.program.bits() + 2;
    let order = hex::decode("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010").unwrap();
    for field in points..points + scalars {
        let mut raised = bytes.clone();
        let mut carry = 0_u16;
        for (byte, add) in raised[32 * field..32 * (field + 1)].iter_mut().zip(&order) {
            carry += u16::from(*byte) + u16::from(*add);
            *byte = carry as u8;
            carry >>= 8;
        }
        assert_eq!(carry, 0, "s + ℓ fits in 32 bytes");
        assert!(Section::from_bytes(&case.program, &raised).is_err(), "field {field}");
    }
}

#[test]
fn attack_11_a_proof_under_another_generator_is_refused() {
    // A' = A + (P' - P_1)·b_1 is what a table with another first generator P' would give.
    let case = case();
    let mut forger = Forger::new(&case, &HONEST);
    forger.shift_a = G * random("another generator", 0);
    assert!(!case.accepts(&forger.prove()));
}

#[test]
fn attack_12_two_bad_ballots_whose_errors_cancel_are_both_named() {
    let case = case();
    let good = Forger::new(&case, &HONEST).prove();
    let error = G * random("error", 0);
    let bad = |shift| {
        let mut forger = Forger::new(&case, &HONEST);
        forger.shift_t = shift;
        let section = forger.prove();
        let residuals = forger.residuals(&section);
        (section, residuals)
    };
    let (one, [_, error_one]) = bad(error);
    let (two, [_, error_two]) = bad(-error);
    assert!(!error_one.is_identity());
    assert!((error_one + error_two).is_identity(), "equal weights would accept the two together");
    let mut batch = Batch::new(&case.keys);
    for section in [&good, &one, &good, &two, &good] {
        batch.push_section(&case.ballot(section), 0, &case.contest, &case.program).unwrap();
    }
    // The weights bind the fresh bytes and every item, so no choice of the bytes lets the pair by.
    for byte in 0..8 {
        assert_eq!(batch.verify(&fresh(byte)), Err(vec![1, 3]));
    }
}

#[test]
fn attack_39_errors_that_cancel_between_the_equations_are_refused() {
    let case = case();
    let mut forger = Forger::new(&case, &HONEST);
    let shift = G * random("shift", 0);
    forger.shift_alpha = shift;
    forger.shift_a = -shift;
    let section = forger.prove();
    let [one, two] = forger.residuals(&section);
    assert!(!one.is_identity() && !two.is_identity());
    assert!((one + two).is_identity(), "one weight a ballot would accept this");
    assert!(!case.accepts(&section));
    let mut alone = Forger::new(&case, &HONEST);
    alone.shift_alpha = shift;
    assert!(!case.accepts(&alone.prove()));
}

#[test]
fn attack_40_a_thousand_votes_with_known_slot_keys_are_refused() {
    // The secrets of the slot keys are known. β_1 encrypts 1,000 more than was proved, and the
    // merged equation (2) is satisfied by claiming another nonce r' once w is known:
    // (r - r')·(1 + Σ w^j·x_j) + w·1000 = 0.  Equation (1) binds r in A and refuses it.
    let (secrets, _) = slot_keys(2);
    let case = case();
    let mut forger = Forger::new(&case, &HONEST);
    forger.values[0] += scalar(1_000);
    let open = |w: &Scalar| {
        let weight = Scalar::ONE + w * secrets[0] + w * w * secrets[1];
        random("r", 0) + scalar(1_000) * w * weight.invert()
    };
    let section = forger.prove_with_opening(Some(&open));
    let [one, two] = forger.residuals(&section);
    assert!(two.is_identity(), "the ciphertext equation alone would accept this");
    assert!(!one.is_identity());
    assert!(!case.accepts(&section));
}

#[test]
fn a_batch_refuses_a_section_it_cannot_place() {
    let case = case();
    let section = Forger::new(&case, &HONEST).prove();
    let mut batch = Batch::new(&[] as &[Point]);
    let ballot = case.ballot(&section);
    assert!(batch.push_section(&ballot, 0, &case.contest, &case.program).is_err());
    let mut batch = Batch::new(&case.keys);
    assert!(batch.push_section(&ballot, 1, &case.contest, &case.program).is_err());
    assert!(batch.push_section(&ballot, 0, &case.contest, &case.program).is_ok());
}
