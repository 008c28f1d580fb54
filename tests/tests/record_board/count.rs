//! What a dishonest organiser or trustee can do to the count.

use veche_crypto::group::{AnyPoint, Point};
use veche_crypto::hash::Digest;
use veche_crypto::signature::SecretKey;
use veche_record::Entry;
use veche_record::entry::{Consent, GroupInput, Partial, ResultEntry, Signed, TallyInput, TallyKind};
use veche_verify::state::Applied;
use veche_verify::{Audit, Cause, Check, Course, Culprit, Outcome, Status, Tally, TallyError};

use crate::board::{Board, SOUTH, assert_fails, assert_passes, audit_files, fresh};

/// Even a trustee that consents to other sums than the board's does not have its consent counted.
#[track_caller]
fn sums_are_refused(change: impl FnOnce(&mut TallyInput)) {
    let mut board = Board::closed();
    board.append(TallyKind::Vote.marker());
    let tally = board.state.verified_tally().unwrap();
    let size = board.next() - 1;
    let mut input = TallyInput { kind: TallyKind::Vote, size, groups: tally.groups().to_vec() };
    assert_eq!(input.hash(), tally.input_hash());
    change(&mut input);
    let consent = Consent { trustee: 2, tally: input.hash() };
    let consent = Signed::new(consent, &board.communication_key(2), &board.fingerprint()).unwrap();
    let at = board.force(consent);
    assert_fails(&board.audit(), Check::Consent, Some(at), "ballot box");
}

/// The sums of a board on which not all of these votes were cast.
fn sums_of(votes: &[(u64, u16, usize)]) -> Vec<GroupInput> {
    let mut board = Board::open();
    votes.iter().for_each(|&(voter, style, choice)| board.vote(voter, style, choice));
    board.append(board.signed_close());
    board.state.compute(TallyKind::Vote).unwrap().groups().to_vec()
}

#[test]
fn attack_21_wrong_aggregate_one_ballot_dropped_or_a_replaced_one_counted_is_refused() {
    let [north, first, other, last] = [(1, 0, 0), (2, SOUTH, 0), (3, SOUTH, 2), (2, SOUTH, 1)];
    let honest = sums_of(&[north, first, other, last]);
    assert_eq!(honest, Board::closed().state.compute(TallyKind::Vote).unwrap().groups());
    let dropped = sums_of(&[north, first, last]);
    sums_are_refused(|input| input.groups = dropped);
    let replaced_counted = sums_of(&[north, first, other]);
    sums_are_refused(|input| input.groups = replaced_counted);
}

#[test]
fn attack_21_wrong_aggregate_one_ballot_counted_twice_is_refused() {
    // α and β of the north contest doubled: its one ballot twice.
    sums_are_refused(|input| {
        let double = |point: &AnyPoint| AnyPoint::new(point.inner() + point.inner());
        let north = &mut input.groups[1];
        north.alpha = double(&north.alpha);
        north.betas = north.betas.iter().map(double).collect();
        north.ballots = 2;
    });
}

#[test]
fn attack_21_wrong_labels_sums_swapped_between_slots_groups_or_contests_are_refused() {
    sums_are_refused(|input| input.groups[2].betas.swap(0, 1));
    sums_are_refused(|input| input.groups.swap(0, 1));
    sums_are_refused(|input| input.groups[0].group.contest = 1);
    sums_are_refused(|input| input.groups[0].group.styles = vec![0]);
}

#[test]
fn attack_21_counts_and_groups_that_are_not_the_computed_ones_are_refused() {
    sums_are_refused(|input| input.groups[0].ballots = 4);
    sums_are_refused(|input| input.groups[1].withheld = true);
    sums_are_refused(|input| drop(input.groups.pop()));
    sums_are_refused(|input| input.groups.push(input.groups[0].clone()));
    sums_are_refused(|input| input.groups.clear());
    sums_are_refused(|input| input.size -= 1);
    sums_are_refused(|input| input.size += 1);
    sums_are_refused(|input| input.kind = TallyKind::Rehearsal);
}

#[test]
fn attack_83_a_sum_that_everyone_computes_cannot_be_stated() {
    // With sums after its kind byte, a marker is no entry: nothing stated is ever believed.
    let mut board = Board::closed();
    let stated = board.state.compute(TallyKind::Vote).unwrap();
    let input = TallyInput { kind: TallyKind::Vote, size: board.next(), groups: stated.groups().to_vec() };
    let at = board.force_leaf(input.to_bytes());
    assert_fails(&board.audit(), Check::Form, Some(at), "ballot box");
}

#[test]
fn attack_19_bad_partial_decryption_is_refused_and_its_trustee_named() {
    let refused = |change: &dyn Fn(&mut Partial, &Partial)| {
        let mut board = Board::counting();
        let other = board.partial_of(TallyKind::Vote, 1);
        let bad = board.false_partial(TallyKind::Vote, 2, |bad| change(bad, &other));
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
        let bad = board.false_partial(TallyKind::Vote, 2, |bad| change(bad));
        let at = board.force(bad);
        assert_fails(&board.audit(), Check::PartialForm, Some(at), culprit);
    };
    // Signed, but not for these sums: the box has no reason to take it. Nobody is trustee 0 or 4.
    refused(&|bad| bad.tally = Digest::from_bytes([1; 32]), "ballot box");
    refused(&|bad| bad.trustee = 0, "ballot box");
    refused(&|bad| bad.trustee = 4, "ballot box");
    refused(&|bad| drop(bad.groups.pop()), "trustee 2");
    refused(&|bad| bad.groups.push(bad.groups[0].clone()), "trustee 2");
    refused(&|bad| bad.groups[0].factors.truncate(1), "trustee 2");

    let mut board = Board::counting();
    board.decrypt(1);
    let at = board.force(board.partial_of(TallyKind::Vote, 1));
    assert_fails(&board.audit(), Check::PartialForm, Some(at), "ballot box");
}

#[test]
fn attack_52_what_no_trustee_has_signed_names_no_trustee() {
    // Garbage in the place of trustee 2's signature, over a true part and over a false one; another's signature.
    let with = |make: &dyn Fn(&Board) -> Signed<Partial>, flip: bool| {
        let mut board = Board::counting();
        let mut bytes = Entry::from(make(&board)).to_bytes();
        let z = bytes.len() - 32;
        bytes[z] ^= u8::from(flip);
        let at = board.force_leaf(bytes);
        assert_fails(&board.audit(), Check::PartialSignature, Some(at), "ballot box");
    };
    with(&|board| board.partial_of(TallyKind::Vote, 2), true);
    with(&|board| board.false_partial(TallyKind::Vote, 2, |bad| bad.groups.clear()), true);
    with(&|board| board.false_partial(TallyKind::Vote, 2, |bad| bad.groups[0].factors.swap(0, 1)), true);
    with(&|board| board.false_partial(TallyKind::Vote, 2, |bad| bad.trustee = 3), false);
    // A consent likewise.
    let mut board = Board::closed();
    board.append(TallyKind::Vote.marker());
    let mut consent = Entry::from(board.consent_of(TallyKind::Vote, 2)).to_bytes();
    let z = consent.len() - 32;
    consent[z] ^= 1;
    let at = board.force_leaf(consent);
    assert_fails(&board.audit(), Check::Consent, Some(at), "ballot box");
}

#[test]
fn attack_52_a_ballot_that_its_voter_has_not_signed_names_no_voter() {
    // The box needs no secret for this: any bytes under voter 2's header.
    let ballot = |flip: &[usize]| {
        let mut board = Board::open();
        let mut ballot = board.ballot(2, SOUTH, 0);
        for back in flip {
            let at = ballot.len() - back;
            ballot[at] ^= 1;
        }
        let at = board.force_ballot(&ballot);
        (board.audit(), at)
    };
    let blamed = |report: &veche_verify::Report| -> Vec<(Check, String)> {
        report
            .failed()
            .map(|failed| (failed.check, failed.failure.as_ref().unwrap().culprit.clone()))
            .collect()
    };
    let ballot_box = "the ballot box".to_owned();
    let (report, at) = ballot(&[32]);
    assert_fails(&report, Check::BallotSignature, Some(at), &ballot_box);
    // With a false proof as well: the voter has made neither.
    let (report, _) = ballot(&[64 + 32]);
    assert_eq!(
        blamed(&report),
        [(Check::BallotSignature, ballot_box.clone()), (Check::BallotProof, ballot_box.clone())]
    );
    // Bytes that are no ballot, and a true ballot in a place that is not its own.
    let mut board = Board::open();
    let mut cut = board.ballot(2, SOUTH, 0);
    cut.truncate(300);
    let at = board.force_ballot(&cut);
    assert_fails(&board.audit(), Check::BallotForm, Some(at), &ballot_box);
    let mut board = Board::open();
    board.vote(2, SOUTH, 0);
    let at = board.force_leaf(board.leaves.last().unwrap().clone());
    assert_fails(&board.audit(), Check::BallotSequence, Some(at), &ballot_box);
    // A ballot with another's nonce that its voter has not signed.
    let mut board = Board::open();
    board.vote(2, SOUTH, 0);
    let theirs =
        veche_record::Ballot::parse(&board.small.election, &board.leaves.last().unwrap()[1..]).unwrap();
    let own = veche_record::Ballot::parse(&board.small.election, &board.ballot(3, SOUTH, 0)).unwrap();
    let mut sections = own.sections().to_vec();
    sections[0].alpha = theirs.sections()[0].alpha;
    let stranger =
        SecretKey::from_bytes(&veche_tests::small::SmallElection::voter(99).unwrap().secret()).unwrap();
    let copy = veche_record::Ballot::sign(&board.small.election, own.header(), &sections, &stranger).unwrap();
    let at = board.force_ballot(&copy);
    assert_fails(&board.audit(), Check::BallotNonce, Some(at), &ballot_box);
}

/// Decrypted, with no result yet.
fn decrypted() -> Board {
    let mut board = Board::counting();
    board.decrypt(2);
    board.decrypt(3);
    board
}

/// Makes the first total of some slot of the contest "town" larger by M and the second smaller by 1: the slot's number
/// is the same.
fn with_the_same_product(board: &Board, totals: &mut [u64]) {
    let contest = board.small.election.contest(0).unwrap();
    assert_eq!(contest.packing().options(), 2);
    let base = contest.packing().base();
    let slots = |totals: &[u64]| totals.chunks(2).map(|pair| pair[0] + base * pair[1]).collect::<Vec<_>>();
    let honest = slots(totals);
    let pair = totals.chunks_mut(2).find(|pair| pair[1] > 0).unwrap();
    pair[0] += base;
    pair[1] -= 1;
    assert_eq!(slots(totals), honest);
}

#[test]
fn attack_80_two_totals_of_one_product_are_refused_in_a_result() {
    let mut board = decrypted();
    let mut result = board.state.make_result().unwrap();
    with_the_same_product(&board, &mut result.groups[0].totals);
    let at = board.force(result);
    board.state.apply(at, &board.leaves[at as usize], &fresh()).unwrap();
    let report = board.audit();
    assert_fails(&report, Check::Result, Some(at), "ballot box");
    // Nobody looks for the totals of a false result.
    assert_ne!(report.status(Check::ResultFile), Status::Passed);
}

#[test]
fn attack_80_two_totals_of_one_product_are_refused_in_the_result_file() {
    let board = Board::finished();
    let mut files = board.files();
    let mut document: serde_json::Value = serde_json::from_slice(&files["result.json"]).unwrap();
    let contest = &mut document["contests"][0];
    let options = contest["options"].as_array().unwrap();
    let mut totals: Vec<u64> = options.iter().map(|option| option["total"].as_u64().unwrap()).collect();
    totals.push(contest["blank"].as_u64().unwrap());
    with_the_same_product(&board, &mut totals);
    let blank = totals.pop().unwrap();
    contest["blank"] = blank.into();
    let options = contest["options"].as_array_mut().unwrap();
    options.iter_mut().zip(totals).for_each(|(option, total)| option["total"] = total.into());
    files.insert("result.json".into(), document.to_string().into_bytes());
    assert_fails(&audit_files(&files, None).report, Check::ResultFile, None, "publisher");
}

#[test]
fn attack_83_a_false_result_is_named_and_a_right_one_may_follow() {
    let with = |change: &dyn Fn(&mut ResultEntry)| {
        let mut board = decrypted();
        let right = board.state.make_result().unwrap();
        let mut stated = right.clone();
        change(&mut stated);
        // The box's own software does not put it there.
        let refused = board.state.admit_entry(&stated.clone().into(), &fresh()).unwrap_err();
        assert_eq!((refused.check, refused.culprit), (Check::Result, Culprit::BallotBox));
        // Once it is there it is named, as long as it is the last.
        let at = board.force(stated.clone());
        assert_eq!(board.state.apply(at, &board.leaves[at as usize], &fresh()).unwrap(), Applied::Result);
        assert_eq!(board.state.result_failure().unwrap().entry, Some(at));
        assert_fails(&board.audit(), Check::Result, Some(at), "ballot box");
        // A right one may follow, and after it everything is well.
        let again = board.state.make_result().unwrap();
        assert_eq!(again, right);
        board.append(again);
        assert!(board.state.result_failure().is_none());
        assert_passes(&board.audit(), Outcome::Verified);
        // So may a false one.
        let at = board.force(stated);
        assert_fails(&board.audit(), Check::Result, Some(at), "ballot box");
    };
    with(&|result| result.groups[0].totals[0] += 1);
    with(&|result| result.groups[2].totals.swap(0, 1));
    with(&|result| result.groups.swap(0, 1));
    with(&|result| drop(result.groups.pop()));
    with(&|result| result.groups[0].totals.truncate(3));
    with(&|result| result.groups.push(result.groups[0].clone()));
    with(&|result| result.groups[0].ballots -= 1);
    with(&|result| result.groups[1].withheld = true);
    with(&|result| result.groups[1].group.styles = vec![0]);
    with(&|result| result.tally = Digest::ZERO);
}

#[test]
fn the_same_result_may_be_stated_twice() {
    let mut board = Board::finished();
    board.append(board.state.make_result().unwrap());
    assert_passes(&board.audit(), Outcome::Verified);
}

#[test]
fn a_result_of_fewer_trustees_than_the_threshold_has_no_place() {
    let mut board = Board::counting();
    board.decrypt(2);
    assert!(board.state.make_result().is_err());
    let too_few = TallyError::TooFewPartials { needed: 2, found: 1 };
    assert_eq!(board.state.tally().unwrap_err(), too_few);
    assert_eq!(Tally::combine(board.state.verified_tally().unwrap(), board.state.partials()), Err(too_few));
    let finished = Board::finished();
    let at = board.force(Entry::parse(finished.leaves.last().unwrap()).unwrap());
    assert_fails(&board.audit(), Check::Course, Some(at), "ballot box");
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
    board.leaves.push(admitted.leaf().to_vec());
    board.state.record(admitted).unwrap();
    assert_eq!(board.state.owed().collect::<Vec<_>>(), [replaced]);
    board.append(board.signed_close());
    assert_eq!(board.state.course(), Course::Closed);
    let failure = board.state.admit_entry(&Entry::TallyInput, &fresh()).unwrap_err();
    assert_eq!(failure.culprit, Culprit::Caller);
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
    assert_eq!(board.state.compute(TallyKind::Vote).unwrap().groups()[2].ballots, 1);
    board.fix_sums();
    board.decrypt(1);
    board.decrypt(2);
    assert_eq!(board.state.tally().unwrap().groups()[2].numbers(), [0, 1, 0, 0, 0]);
}
