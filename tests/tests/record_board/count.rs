//! What a dishonest organiser or trustee can do to the count.

use veche_crypto::group::{AnyPoint, Point};
use veche_crypto::hash::Digest;
use veche_crypto::signature::SecretKey;
use veche_record::Entry;
use veche_record::entry::{GroupInput, Partial, ResultEntry, TallyInput, TallyKind};
use veche_tests::small::SmallElection;
use veche_verify::{Audit, Cause, Check, Course, Tally, TallyError};

use crate::board::{Board, SOUTH, assert_fails, audit_files, fresh};

fn stranger() -> SecretKey {
    SecretKey::from_bytes(&SmallElection::voter(99).unwrap().secret()).unwrap()
}

/// A tally input of the honest sums, changed and signed again.
fn tally_input(board: &Board, change: impl FnOnce(&mut Vec<GroupInput>)) -> TallyInput {
    let honest = board.state.make_tally_input(board.organiser()).unwrap();
    let mut groups = honest.groups;
    change(&mut groups);
    TallyInput::sign(TallyKind::Vote, board.organiser(), &board.fingerprint(), honest.size, groups).unwrap()
}

#[track_caller]
fn sums_are_refused(change: impl FnOnce(&mut Vec<GroupInput>)) {
    let mut board = Board::closed();
    let at = board.force(tally_input(&board, change));
    assert_fails(&board.audit(), Check::TallySums, Some(at), "organiser");
}

/// The sums of a board on which not all of these votes were cast.
fn sums_of(votes: &[(u64, u16, usize)]) -> Vec<GroupInput> {
    let mut board = Board::open();
    votes.iter().for_each(|&(voter, style, choice)| board.vote(voter, style, choice));
    board.append(board.signed_close());
    board.state.make_tally_input(board.organiser()).unwrap().groups
}

#[test]
fn attack_21_wrong_aggregate_one_ballot_dropped_or_a_replaced_one_counted_is_refused() {
    let [north, first, other, last] = [(1, 0, 0), (2, SOUTH, 0), (3, SOUTH, 2), (2, SOUTH, 1)];
    let honest = sums_of(&[north, first, other, last]);
    assert_eq!(honest, Board::closed().state.make_tally_input(Board::closed().organiser()).unwrap().groups);
    let dropped = sums_of(&[north, first, last]);
    sums_are_refused(|groups| *groups = dropped);
    let replaced_counted = sums_of(&[north, first, other]);
    sums_are_refused(|groups| *groups = replaced_counted);
}

#[test]
fn attack_21_wrong_aggregate_one_ballot_counted_twice_is_refused() {
    // α and β of the north contest doubled: its one ballot twice.
    sums_are_refused(|groups| {
        let double = |point: &AnyPoint| AnyPoint::new(point.inner() + point.inner());
        let north = &mut groups[1];
        north.alpha = double(&north.alpha);
        north.betas = north.betas.iter().map(double).collect();
        north.ballots = 2;
    });
}

#[test]
fn attack_21_wrong_labels_sums_swapped_between_slots_groups_or_contests_are_refused() {
    sums_are_refused(|groups| groups[2].betas.swap(0, 1));
    sums_are_refused(|groups| groups.swap(0, 1));
    sums_are_refused(|groups| groups[0].group.contest = 1);
    sums_are_refused(|groups| groups[0].group.style = Some(0));
}

#[test]
fn attack_21_counts_and_groups_that_are_not_the_recomputed_ones_are_refused() {
    sums_are_refused(|groups| groups[0].ballots = 4);
    sums_are_refused(|groups| groups[1].withheld = true);
    sums_are_refused(|groups| drop(groups.pop()));
    sums_are_refused(|groups| groups.push(groups[0].clone()));
    sums_are_refused(Vec::clear);
}

#[test]
fn a_tally_input_counts_the_whole_board_and_is_signed() {
    for off in [-1, 1] {
        let mut board = Board::closed();
        let honest = board.state.make_tally_input(board.organiser()).unwrap();
        let size = honest.size.checked_add_signed(off).unwrap();
        let at = board.force(
            TallyInput::sign(TallyKind::Vote, board.organiser(), &board.fingerprint(), size, honest.groups)
                .unwrap(),
        );
        assert_fails(&board.audit(), Check::TallyInput, Some(at), "organiser");
    }
    let mut board = Board::closed();
    let honest = board.state.make_tally_input(&stranger()).unwrap();
    let at = board.force(honest);
    assert_fails(&board.audit(), Check::TallyInput, Some(at), "ballot box");
}

fn partial(board: &Board, trustee: usize) -> Partial {
    board.partial_of(TallyKind::Vote, trustee)
}

#[test]
fn attack_19_bad_partial_decryption_is_refused_and_its_trustee_named() {
    let refused = |change: &dyn Fn(&mut Partial, &Partial)| {
        let mut board = Board::counting();
        let (mut bad, other) = (partial(&board, 2), partial(&board, 1));
        change(&mut bad, &other);
        let at = board.force(bad);
        assert_fails(&board.audit(), Check::PartialProof, Some(at), "trustee 2");
    };
    refused(&|bad, other| bad.groups[0].factors[0] = other.groups[0].factors[0]);
    refused(&|bad, other| bad.groups[2].proof = other.groups[2].proof);
    refused(&|bad, other| bad.groups = other.groups.clone());
    refused(&|bad, _| bad.groups[0].factors.swap(0, 1));
    // Errors of two slots that cancel in a plain sum.
    refused(&|bad, _| {
        let shift = *bad.groups[1].factors[0].inner();
        let factors = &mut bad.groups[0].factors;
        factors[0] = Point::new(factors[0].inner() + shift).unwrap();
        factors[1] = Point::new(factors[1].inner() - shift).unwrap();
    });
}

#[test]
fn a_partial_decryption_is_complete_of_this_tally_and_the_only_one_of_its_trustee() {
    let refused = |change: &dyn Fn(&mut Partial), culprit: &str| {
        let mut board = Board::counting();
        let mut bad = partial(&board, 2);
        change(&mut bad);
        let at = board.force(bad);
        assert_fails(&board.audit(), Check::PartialForm, Some(at), culprit);
    };
    refused(&|bad| bad.tally = Digest::from_bytes([1; 32]), "trustee 2");
    refused(&|bad| bad.trustee = 0, "trustee 0");
    refused(&|bad| bad.trustee = 4, "trustee 4");
    refused(&|bad| drop(bad.groups.pop()), "trustee 2");
    refused(&|bad| bad.groups.push(bad.groups[0].clone()), "trustee 2");
    refused(&|bad| bad.groups[0].factors.truncate(1), "trustee 2");

    let mut board = Board::counting();
    board.decrypt(1);
    let at = board.force(partial(&board, 1));
    assert_fails(&board.audit(), Check::PartialForm, Some(at), "trustee 1");
}

#[test]
fn a_result_states_the_computed_totals_and_is_signed() {
    let with = |key: Option<SecretKey>, change: &dyn Fn(&mut ResultEntry), culprit: &str| {
        let mut board = Board::counting();
        board.decrypt(2);
        board.decrypt(3);
        let mut result = board.state.make_result(board.organiser()).unwrap();
        change(&mut result);
        let key = key.unwrap_or_else(|| board.organiser().clone());
        let result = ResultEntry::sign(&key, &board.fingerprint(), result.tally, result.totals).unwrap();
        let at = board.force(result);
        assert_fails(&board.audit(), Check::Result, Some(at), culprit);
    };
    with(Some(stranger()), &|_| {}, "ballot box");
    with(None, &|result| result.totals[0][0] += 1, "organiser");
    with(None, &|result| result.totals[2].swap(0, 1), "organiser");
    with(None, &|result| result.totals.swap(0, 1), "organiser");
    with(None, &|result| drop(result.totals.pop()), "organiser");
    with(None, &|result| result.totals[0].truncate(3), "organiser");
    with(None, &|result| result.totals.push(vec![]), "organiser");
    with(None, &|result| result.tally = Digest::ZERO, "organiser");
}

#[test]
fn a_result_of_fewer_trustees_than_the_threshold_is_refused() {
    let mut board = Board::counting();
    board.decrypt(2);
    assert!(board.state.make_result(board.organiser()).is_err());
    let too_few = TallyError::TooFewPartials { needed: 2, found: 1 };
    assert_eq!(board.state.tally().unwrap_err(), too_few);
    assert_eq!(Tally::combine(board.state.verified_tally().unwrap(), board.state.partials()), Err(too_few));
    let finished = Board::finished();
    let at = board.force(Entry::parse(finished.leaves.last().unwrap()).unwrap());
    assert_fails(&board.audit(), Check::Result, Some(at), "organiser");
    // Having asked too early does not stand in the way later.
    board.decrypt(3);
    assert_eq!(board.state.tally().unwrap().groups().len(), 3);
}

#[test]
fn attack_20_decrypting_one_ballot_only_a_clean_record_gives_what_a_trustee_decrypts() {
    let tally =
        |board: &Board| audit_files(&board.files(), Some(board.fingerprint())).verified_tally().cloned();
    assert!(tally(&Board::counting()).is_some());
    // Before the tally input there is nothing to decrypt, whatever the board holds.
    assert!(tally(&Board::closed()).is_none());
    // A tally input of one ballot alone is refused, and gives the trustee nothing.
    let mut board = Board::closed();
    let one = sums_of(&[(1, 0, 0)]);
    board.force(tally_input(&board, |groups| *groups = one));
    assert!(tally(&board).is_none());
    // Nor does a record with any other failure, even where the sums are right.
    let mut files = Board::counting().files();
    files.insert("README".into(), vec![]);
    let audit: Audit = audit_files(&files, None);
    assert!(audit.verified_tally().is_none());
    // Nor another election than the one the trustee asked for.
    let other = Some(Digest::from_bytes([1; 32]));
    assert!(audit_files(&Board::counting().files(), other).verified_tally().is_none());
}

#[test]
fn replaced_ballots_must_be_read_back_before_the_sums_are_made() {
    let mut board = Board::open();
    board.vote(2, SOUTH, 0);
    let (first, ballot) = (board.leaves.last().unwrap().clone(), board.ballot(2, SOUTH, 1));
    let admitted = board.state.admit(&ballot, &fresh()).unwrap();
    let replaced = admitted.replaces().unwrap();
    board.state.record(admitted).unwrap();
    assert_eq!(board.state.owed().collect::<Vec<_>>(), [replaced]);
    board.append(board.signed_close());
    assert_eq!(board.state.course(), Course::Closed);
    let failure = board.state.make_tally_input(board.organiser()).unwrap_err();
    assert_eq!(failure.check, Check::TallySums);
    // Nor is a tally input taken, whose sums are right.
    let groups = sums_of(&[(2, SOUTH, 0), (2, SOUTH, 1)]);
    let input = TallyInput::sign(
        TallyKind::Vote,
        board.organiser(),
        &board.fingerprint(),
        board.state.size(),
        groups,
    )
    .unwrap();
    let failure = board.state.admit_entry(&input.into(), &fresh()).unwrap_err();
    assert!(matches!(*failure.cause, Cause::Unsettled(1)), "{failure}");
    // What is read back is the ballot that was counted, or nothing.
    let mut other = first.clone();
    other[200] ^= 1;
    let another = board.small.ballot(SOUTH, 3, 0).unwrap().bytes;
    let another = [&[4], another.as_slice()].concat();
    for wrong in [other, another, first[1..].to_vec(), Vec::new()] {
        assert!(board.state.settle(replaced, &wrong).is_err());
    }
    board.state.settle(replaced, &first).unwrap();
    board.state.settle(replaced, &first).unwrap(); // twice changes nothing
    let inputs = board.state.make_tally_input(board.organiser()).unwrap().groups;
    assert_eq!(inputs[2].ballots, 1);
    board.fix_sums();
    board.decrypt(1);
    board.decrypt(2);
    assert_eq!(board.state.tally().unwrap().numbers()[2], [0, 1, 0, 0, 0]);
}
