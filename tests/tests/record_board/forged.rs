//! Ballots that no honest software makes: sealed by hand, without the check of legality, and signed
//! with the voter's own key, so that nothing but the check under test refuses them.

use veche_crypto::ballot_proof::{self, Prepared, Sealing, Section, Statement};
use veche_crypto::group::{Point, Scalar};
use veche_crypto::program::{Affine, BallotProgram};
use veche_crypto::signature::SecretKey;
use veche_record::Ballot;
use veche_record::ballot::{BallotHeader, HEADER_LEN, SIGNATURE_LEN};
use veche_record::tag::domain;
use veche_tests::small::{SmallElection, bytes32};
use veche_verify::{Check, Refusal, TallyError};

use crate::board::{Board, NORTH, assert_fails, fresh, pseudonym};
use crate::snapshot::reopen;

fn key(voter: u64) -> SecretKey {
    SecretKey::from_bytes(&SmallElection::voter(voter).unwrap().secret()).unwrap()
}

fn header(board: &Board, voter: u64) -> BallotHeader {
    let status = board.state.voter(&pseudonym(voter)).unwrap();
    BallotHeader {
        style: status.style,
        credential: key(voter).public(),
        sequence: status.sequence,
        previous: status.previous,
        kind: board.small.election.ballot_kind(),
    }
}

/// Seals bits for every contest of the voter's style from one seed, legal or not. `program` may
/// replace a contest's program by another of the same shape.
fn seal(
    board: &Board,
    voter: u64,
    seed: &[u8; 32],
    bits: &[&[u8]],
    program: impl Fn(&BallotProgram) -> BallotProgram,
) -> (BallotHeader, Vec<Section>) {
    let (header, election) = (header(board, voter), &board.small.election);
    let hdr = header.digest(election);
    let contests = election.manifest().style_contests(header.style);
    let honest = contests.iter().map(|&contest| election.statement(contest).unwrap());
    let programs: Vec<BallotProgram> = honest.clone().map(|honest| program(honest.program)).collect();
    let sealing = honest.zip(&programs).zip(bits).map(|((honest, program), bits)| {
        let statement = Statement { program, ..honest };
        Sealing { prepared: Prepared::new(&statement, seed).unwrap(), statement, bits }
    });
    let sealed = ballot_proof::seal(&hdr, sealing.collect()).unwrap();
    (header, sealed.sections().to_vec())
}

fn sign(board: &Board, voter: u64, (header, sections): &(BallotHeader, Vec<Section>)) -> Vec<u8> {
    Ballot::sign(&board.small.election, header, sections, &key(voter)).unwrap()
}

fn times_g(value: u64) -> curve25519_dalek::ristretto::RistrettoPoint {
    curve25519_dalek::constants::RISTRETTO_BASEPOINT_POINT * Scalar::from(value)
}

/// The legal bits of one pick in "town" (b1 b2 b3 blank, slack of [1, 2] is derived) and in "north".
const TOWN: &[u8] = &[1, 0, 0, 0];
const SWING: &[u8] = &[1];

#[test]
fn the_hand_made_ballot_is_a_ballot() {
    let mut board = Board::open();
    let ballot = sign(&board, 1, &seal(&board, 1, &bytes32("seed", 1), &[TOWN, SWING], BallotProgram::clone));
    board.cast(&ballot).unwrap();
}

#[track_caller]
fn proof_fails(bits: &[&[u8]], change: impl Fn(&mut Vec<Section>)) {
    let mut board = Board::open();
    let (header, mut sections) = seal(&board, 1, &bytes32("seed", 1), bits, BallotProgram::clone);
    change(&mut sections);
    let ballot = sign(&board, 1, &(header, sections));
    let at = board.force_ballot(&ballot);
    assert_fails(&board.audit(), Check::BallotProof, Some(at), &pseudonym(1).to_string());
}

#[test]
fn attack_04_over_the_rule_picks_and_blank_beyond_the_rule_are_refused() {
    proof_fails(&[&[1, 1, 1, 0], SWING], |_| {});
    proof_fails(&[&[0, 0, 0, 0], SWING], |_| {});
    proof_fails(&[&[1, 0, 0, 1], SWING], |_| {});
}

#[test]
fn attack_06_ciphertext_unlinked_from_proof_is_refused() {
    proof_fails(&[TOWN, SWING], |sections| sections[0].betas.swap(0, 1));
    proof_fails(&[TOWN, SWING], |sections| sections[0].betas[0] = sections[1].betas[0]);
    proof_fails(&[TOWN, SWING], |sections| {
        let shifted = sections[1].betas[0].inner() + sections[0].alpha.inner();
        sections[1].betas[0] = Point::new(shifted).unwrap();
    });
}

#[test]
fn attack_08_cross_contest_a_section_of_another_ballot_or_contest_is_refused() {
    let mut board = Board::open();
    let (header, sections) = seal(&board, 1, &bytes32("seed", 1), &[TOWN, SWING], BallotProgram::clone);
    board.cast(&sign(&board, 1, &(header, sections.clone()))).unwrap();
    // The same sections under the voter's next header: α is the same, but so would a fresh copy be.
    let fresh = Board::open();
    let mut other = self::header(&fresh, 1);
    other.sequence = 0;
    other.style = NORTH;
    let mut stolen = Board::open();
    stolen.register(4, NORTH);
    let thief = BallotHeader { credential: key(4).public(), ..other };
    let ballot = Ballot::sign(&stolen.small.election, &thief, &sections, &key(4)).unwrap();
    let at = stolen.force_ballot(&ballot);
    assert_fails(&stolen.audit(), Check::BallotProof, Some(at), &pseudonym(4).to_string());
}

#[test]
fn attack_09_and_10_zeros_and_unreduced_scalars_in_every_field_are_refused() {
    let board = Board::open();
    let honest =
        { sign(&board, 1, &seal(&board, 1, &bytes32("seed", 1), &[TOWN, SWING], BallotProgram::clone)) };
    let fields = (HEADER_LEN..honest.len()).step_by(32).chain([36]);
    for field in fields {
        for bad in [[0; 32], [0xff; 32]] {
            let mut ballot = honest.clone();
            ballot[field..field + 32].copy_from_slice(&bad);
            // What cannot be decoded has no body that anybody could sign.
            if let Some(body) = Ballot::parse(&board.small.election, &ballot).ok().map(|ballot| ballot.body())
                && field < honest.len() - SIGNATURE_LEN
            {
                let signature = key(1).sign(domain::BALLOT, body.as_bytes()).unwrap();
                ballot[honest.len() - SIGNATURE_LEN..].copy_from_slice(&signature.to_bytes());
            }
            // A zero is no point, but it is a scalar, which the proof or the signature refuses.
            match Board::open().state.admit(&ballot, &fresh()).unwrap_err() {
                Refusal::Invalid(failure) => assert!(
                    [Check::BallotForm, Check::BallotProof, Check::BallotSignature].contains(&failure.check)
                        && (bad == [0; 32] || failure.check == Check::BallotForm),
                    "field {field}: {failure}"
                ),
                other => panic!("field {field}: {other}"),
            }
        }
    }
}

#[test]
fn a_ballot_that_its_key_did_not_sign_is_refused() {
    let mut board = Board::open();
    let (header, sections) = seal(&board, 1, &bytes32("seed", 1), &[TOWN, SWING], BallotProgram::clone);
    let ballot = Ballot::sign(&board.small.election, &header, &sections, &key(2)).unwrap();
    let at = board.force_ballot(&ballot);
    assert_fails(&board.audit(), Check::BallotSignature, Some(at), "ballot box");
}

#[test]
fn attack_13_repeated_nonce_equal_alpha_in_two_ballots_is_refused() {
    let mut board = Board::open();
    let seed = bytes32("seed", 1);
    let ballot = sign(&board, 1, &seal(&board, 1, &seed, &[TOWN, SWING], BallotProgram::clone));
    board.cast(&ballot).unwrap();
    // The same randomness again under the next header: proof and signature are right.
    let again = sign(&board, 1, &seal(&board, 1, &seed, &[&[0, 1, 0, 0], SWING], BallotProgram::clone));
    let refusal = board.state.admit(&again, &fresh()).unwrap_err();
    assert!(
        matches!(&refusal, Refusal::Invalid(failure) if failure.check == Check::BallotNonce),
        "{refusal}"
    );
    // Also by a box that was killed meanwhile.
    let restarted = reopen(&board, board.state.save().unwrap()).admit(&again, &fresh()).unwrap_err();
    assert_eq!(restarted, refusal);
    let at = board.force_ballot(&again);
    assert_fails(&board.audit(), Check::BallotNonce, Some(at), &pseudonym(1).to_string());
}

#[test]
fn attack_13_one_nonce_in_two_contests_of_a_ballot_is_refused() {
    let mut board = Board::open();
    let (header, mut sections) = seal(&board, 1, &bytes32("seed", 1), &[TOWN, SWING], BallotProgram::clone);
    sections[1].alpha = sections[0].alpha;
    let at = board.force_ballot(&sign(&board, 1, &(header, sections)));
    assert_fails(&board.audit(), Check::BallotNonce, Some(at), &pseudonym(1).to_string());
}

#[test]
fn attack_44_blocking_by_copied_alpha_the_victims_own_ballot_is_still_accepted() {
    let mut board = Board::open();
    board.register(4, NORTH);
    let (_, sections) = seal(&board, 1, &bytes32("seed", 1), &[TOWN, SWING], BallotProgram::clone);
    let victim = sign(&board, 1, &seal(&board, 1, &bytes32("seed", 1), &[TOWN, SWING], BallotProgram::clone));
    // Somebody who saw the ballot on its way sends its α first, in a ballot of their own.
    let copied = sign(&board, 4, &(header(&board, 4), sections));
    let before = board.state.size();
    match board.cast(&copied).unwrap_err() {
        Refusal::Invalid(failure) => assert_eq!(failure.check, Check::BallotProof),
        other => panic!("{other}"),
    }
    assert_eq!(board.state.size(), before);
    board.cast(&victim).unwrap();
    // And now the copy is refused for its α as well.
    match board.cast(&copied).unwrap_err() {
        Refusal::Invalid(failure) => assert_eq!(failure.check, Check::BallotNonce),
        other => panic!("{other}"),
    }
}

#[test]
fn attack_44_in_a_record_the_false_ballot_is_named_not_the_victims() {
    let mut board = Board::open();
    board.register(4, NORTH);
    let (_, sections) = seal(&board, 1, &bytes32("seed", 1), &[TOWN, SWING], BallotProgram::clone);
    let victim = sign(&board, 1, &seal(&board, 1, &bytes32("seed", 1), &[TOWN, SWING], BallotProgram::clone));
    let at = board.force_ballot(&sign(&board, 4, &(header(&board, 4), sections)));
    board.force_ballot(&victim);
    assert_fails(&board.audit(), Check::BallotProof, Some(at), &pseudonym(4).to_string());
}

/// The same bits, no rule, and outputs a million times as large.
fn inflated(program: &BallotProgram) -> BallotProgram {
    let outputs: Vec<Affine> = program.outputs().iter().map(|output| output.scale(1 << 20)).collect();
    BallotProgram::new(program.bits() as u32, Vec::new(), outputs).unwrap()
}

#[test]
fn attack_47_totals_out_of_reach_the_ballot_is_refused() {
    let mut board = Board::open();
    let ballot = sign(&board, 1, &seal(&board, 1, &bytes32("seed", 1), &[TOWN, SWING], inflated));
    let at = board.force_ballot(&ballot);
    assert_fails(&board.audit(), Check::BallotProof, Some(at), &pseudonym(1).to_string());
}

#[test]
fn attack_47_totals_out_of_reach_counting_such_a_ballot_would_end_in_an_error() {
    // Were it counted after all (restoring verifies no proof), the count would stop and say where.
    let mut board = Board::open();
    let ballot = sign(&board, 1, &seal(&board, 1, &bytes32("seed", 1), &[TOWN, SWING], inflated));
    let at = board.force_ballot(&ballot);
    let leaf = board.leaves[at as usize].clone();
    board.state.restore(at, &leaf).unwrap();
    board.append(board.signed_close());
    board.fix_sums();
    board.decrypt(1);
    board.decrypt(2);
    assert_eq!(board.state.tally().unwrap_err(), TallyError::OutOfReach { group: 0, slot: 0 });
}

#[test]
fn voters_who_cancel_their_nonces_have_no_secret_and_stop_no_count() {
    // Two voters, alone in their group, agree on r and -r: α_Σ is the identity, and β_Σ is the
    // totals for everyone to read. There is nothing to decrypt, and the count goes on.
    let mut board = Board::open();
    board.register(4, NORTH);
    let (header, sections) = seal(&board, 1, &bytes32("seed", 1), &[TOWN, SWING], BallotProgram::clone);
    let first = sign(&board, 1, &(header, sections.clone()));
    let cancelled = sections.into_iter().map(|mut section| {
        section.alpha = Point::new(-section.alpha.inner()).unwrap();
        for beta in &mut section.betas {
            *beta = Point::new(times_g(2) - beta.inner()).unwrap();
        }
        section
    });
    let second = sign(&board, 4, &(self::header(&board, 4), cancelled.collect()));
    for ballot in [first, second] {
        let at = board.force_ballot(&ballot);
        let leaf = board.leaves[at as usize].clone();
        board.state.restore(at, &leaf).unwrap();
    }
    board.append(board.signed_close());
    board.fix_sums();
    let tally = board.state.verified_tally().unwrap();
    assert_eq!((tally.partials_needed(), tally.decrypted_groups(1).unwrap().len()), (0, 0));
    // Restored, not verified: 2 stands in the first option of each slot.
    let totals: Vec<_> = board.state.tally().unwrap().groups().iter().map(|group| group.numbers()).collect();
    assert_eq!(totals, [vec![2, 0, 2, 0], vec![2, 0], vec![0; 5]]);
}

#[test]
fn attack_12_several_false_ballots_in_one_batch_are_all_named() {
    let mut board = Board::open();
    board.register(4, NORTH);
    let mut expected = Vec::new();
    for voter in [1, 4] {
        let bits: &[&[u8]] = &[&[1, 1, 1, 0], SWING];
        let ballot =
            sign(&board, voter, &seal(&board, voter, &bytes32("seed", voter), bits, BallotProgram::clone));
        expected.push(board.force_ballot(&ballot));
    }
    let report = board.audit();
    assert_fails(&report, Check::BallotProof, Some(expected[0]), &pseudonym(1).to_string());
    assert_eq!(report.failed().next().unwrap().more_failures.len(), 1);
}
