//! Lots that decide who is funded: drawn by the organiser after the result, each for exactly the tie that is next.

use serde_json::{Value, json};
use veche_record::entry::{Draw, ResultEntry, Signed};
use veche_tests::small::manifest_json;
use veche_verify::funding::ContestFunding;
use veche_verify::{Check, Outcome, Report, Status};

use crate::board::{Board, assert_fails, assert_passes};

const TOWN: u16 = 0;
const NORTH_CONTEST: u16 = 1;
const SOUTH_CONTEST: u16 = 2;

/// Ties by lot. In the town bench, tree and lamp get a vote each and two of them are paid for. In the south wall and
/// bridge (6 each) have a vote, well and path (4 each) none, the gate is too dear, and there are 10: two ties, one
/// after the other.
fn manifest() -> Value {
    let lot = |minimum: u64| json!({"method": "greedy", "unaffordable": "skip", "minimum_votes": minimum, "ties": "lot", "exclusive": []});
    let mut manifest = manifest_json();
    manifest["contests"][0]["funding"] = lot(1);
    let south = &mut manifest["contests"][2];
    south["funding"] = lot(0);
    south["budget"] = json!(10);
    for (option, cost) in south["options"].as_array_mut().unwrap().iter_mut().zip([4, 6, 6, 4, 11]) {
        option["cost"] = json!(cost);
    }
    manifest
}

fn counting() -> Board {
    let mut board = Board::closed_of(&manifest());
    board.fix_sums();
    board
}

fn finished() -> Board {
    let mut board = counting();
    board.finish();
    board
}

fn draw(board: &Board, contest: u16, order: &[u16]) -> Signed<Draw> {
    Signed::new(Draw { contest, order: order.to_vec() }, board.organiser(), &board.fingerprint()).unwrap()
}

fn funding(report: &Report, contest: &str) -> ContestFunding {
    report.funding.iter().find(|funding| funding.contest == contest).unwrap().clone()
}

#[test]
fn a_draw_says_which_of_equal_totals_is_funded() {
    let mut board = finished();
    let before = board.audit();
    assert_passes(&before, Outcome::Verified);
    assert_eq!(before.status(Check::Draw), Status::NotApplicable);
    let town = funding(&before, "town");
    assert_eq!((town.funded, town.to_be_drawn, town.spent), (vec![], ids(&["bench", "tree", "lamp"]), 0));
    board.append(draw(&board, TOWN, &[2, 0, 1]));
    let after = board.audit();
    assert_passes(&after, Outcome::Verified);
    assert_eq!(after.status(Check::Draw), Status::Passed);
    let town = funding(&after, "town");
    assert_eq!((town.funded, town.to_be_drawn, town.spent), (ids(&["bench", "lamp"]), vec![], 2_000));
    assert_eq!(town.draws, [ids(&["lamp", "bench", "tree"])]);
    assert_eq!(
        funding(&after, "south").to_be_drawn,
        ids(&["wall", "bridge"]),
        "another contest waits for its own"
    );
}

#[test]
fn the_next_tie_is_found_after_a_draw() {
    let mut board = finished();
    board.append(draw(&board, SOUTH_CONTEST, &[2, 1]));
    let south = funding(&board.audit(), "south");
    assert_eq!((south.funded, south.to_be_drawn, south.spent), (ids(&["bridge"]), ids(&["well", "path"]), 6));
    board.append(draw(&board, SOUTH_CONTEST, &[3, 0]));
    let report = board.audit();
    assert_passes(&report, Outcome::Verified);
    let south = funding(&report, "south");
    assert_eq!((south.funded, south.to_be_drawn, south.spent), (ids(&["bridge", "path"]), vec![], 10));
}

#[test]
fn a_result_may_be_stated_again_after_a_draw() {
    let mut board = finished();
    board.append(draw(&board, TOWN, &[0, 1, 2]));
    board.append(board.state.make_result().unwrap());
    let report = board.audit();
    assert_passes(&report, Outcome::Verified);
    assert_eq!(funding(&report, "town").funded, ids(&["bench", "tree"]));
}

#[test]
fn attack_81_a_draw_among_others_is_refused() {
    // Not all of the tie, more than the tie, one option twice, one that does not exist, a contest without lots, none.
    for (contest, order, culprit) in [
        (TOWN, &[0, 1][..], "the ballot box"),
        (TOWN, &[0, 1, 1], "the organiser"),
        (TOWN, &[0, 1, 3], "the organiser"),
        (TOWN, &[], "the organiser"),
        (TOWN, &[0], "the organiser"),
        (SOUTH_CONTEST, &[1, 2, 0], "the organiser"),
        (SOUTH_CONTEST, &[0, 3], "the ballot box"),
        (NORTH_CONTEST, &[0, 1], "the organiser"),
        (9, &[0, 1], "the organiser"),
    ] {
        let mut board = finished();
        let entry = draw(&board, contest, order);
        assert!(board.state.admit_entry(&entry.clone().into(), &crate::board::fresh()).is_err());
        let at = board.force(entry);
        assert_fails(&board.audit(), Check::Draw, Some(at), culprit);
    }
}

#[test]
fn attack_81_a_draw_among_others_a_second_draw_of_one_tie_is_refused() {
    for again in [&[2, 0, 1][..], &[1, 0, 2]] {
        let mut board = finished();
        board.append(draw(&board, TOWN, &[2, 0, 1]));
        let at = board.force(draw(&board, TOWN, again));
        assert_fails(&board.audit(), Check::Draw, Some(at), "the ballot box");
    }
}

#[test]
fn attack_81_a_draw_among_others_before_the_result_is_refused() {
    let mut board = counting();
    let at = board.force(draw(&board, TOWN, &[0, 1, 2]));
    assert_fails(&board.audit(), Check::Course, Some(at), "the ballot box");
}

/// The result of a board with one ballot more in its first group.
fn false_result(board: &Board) -> ResultEntry {
    let mut result = board.state.make_result().unwrap();
    result.groups[0].ballots += 1;
    result
}

#[test]
fn attack_83_a_draw_is_judged_by_a_right_result_only() {
    // A true draw, and one that nothing is drawn for: after a false result neither is judged further, nor is the
    // result.
    for (contest, order) in [(TOWN, &[2, 0, 1][..]), (9, &[0, 1])] {
        let mut board = finished();
        let draw = draw(&board, contest, order);
        board.force(false_result(&board));
        let at = board.force(draw.clone());
        let report = board.audit();
        assert_fails(&report, Check::Draw, Some(at), "the ballot box");
        assert_eq!(report.status(Check::Result), Status::NotReached, "{report}");
    }
    // A right result after the false one mends it.
    let mut board = finished();
    let right = board.state.make_result().unwrap();
    board.force(false_result(&board));
    board.force(right);
    board.force(draw(&board, TOWN, &[2, 0, 1]));
    assert_passes(&board.audit(), Outcome::Verified);
    // And a false one after the draw is named.
    board.force(false_result(&board));
    assert_fails(&board.audit(), Check::Result, Some(board.next() - 1), "the ballot box");
}

#[test]
fn attack_86_a_draw_that_the_organiser_did_not_sign_is_the_boxs_fault() {
    let mut board = finished();
    let other = Draw { contest: TOWN, order: vec![0, 1, 2] };
    let forged = Signed::new(other, board.registrar(), &board.fingerprint()).unwrap();
    let at = board.force(forged);
    assert_fails(&board.audit(), Check::Draw, Some(at), "the ballot box");
}

fn ids(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}
