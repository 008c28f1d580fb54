//! Ballots that are typed from paper, and the papers that are counted by hand.

use veche_record::entry::{CredentialTerms, PaperCount, RevocationReason, Signed};
use veche_tests::small::manifest_json;
use veche_verify::{Check, Outcome, PaperFault, Status};

use crate::board::{Board, NORTH, PAPER, SOUTH, assert_fails, assert_passes};
use crate::voters::with_paper;

/// Open, with voters 1 to 3 as ever, and the ballot of one paper of the north.
fn with_one_paper() -> Board {
    let mut board = Board::open_of(&with_paper());
    enter(&mut board, 20);
    board.vote(20, NORTH, 1);
    board
}

fn enter(board: &mut Board, voter: u64) {
    let terms = CredentialTerms { route: PAPER, ..board.terms(voter, voter, NORTH) };
    board.append(board.issue(terms, voter, None));
}

#[test]
fn attack_82_more_paper_ballots_than_papers_are_refused() {
    for (count, closes) in [(None, false), (Some(0), false), (Some(1), true), (Some(2), true)] {
        let mut board = with_one_paper();
        if let Some(count) = count {
            board.count_papers(NORTH, count);
        }
        assert_eq!(board.state.paper_faults().is_empty(), closes);
        if closes {
            board.close();
            board.fix_sums();
            board.finish();
            let report = board.audit();
            assert_passes(&report, Outcome::Verified);
            assert_eq!(report.status(Check::PaperCount), Status::Passed);
        } else {
            board.end_voting();
            let at = board.force(board.signed_close());
            assert_fails(&board.audit(), Check::PaperCount, Some(at), "organiser");
        }
    }
}

#[test]
fn attack_82_a_second_ballot_of_an_entered_pseudonym_is_refused() {
    let mut board = with_one_paper();
    let second = board.ballot(20, NORTH, 0);
    let at = board.force_ballot(&second);
    assert_fails(&board.audit(), Check::BallotSequence, Some(at), "ballot box");
}

#[test]
fn the_last_count_of_a_style_holds_and_an_entered_pseudonym_that_is_struck_off_needs_no_paper() {
    let mut board = with_one_paper();
    board.count_papers(NORTH, 7);
    board.count_papers(NORTH, 0);
    assert_eq!(board.state.papers(0), Some(0));
    let entered = PaperFault::Entered { style: 0, entered: 1, papers: 0 };
    assert_eq!(board.state.paper_faults(), [entered]);
    board.struck(20, 20, RevocationReason::NotEntitled);
    assert_eq!(board.state.paper_faults(), []);
    board.close();
}

#[test]
fn attack_70_whoever_voted_on_paper_is_struck_off_and_has_a_paper() {
    let mut board = Board::open();
    board.vote(2, SOUTH, 1);
    board.struck(2, 2, RevocationReason::VotedOnPaper);
    assert_eq!(board.state.paper_faults(), [PaperFault::NotCounted { style: 1 }]);
    board.count_papers(SOUTH, 0);
    assert_eq!(board.state.paper_faults(), [PaperFault::StruckOff { style: 1, voters: 1, papers: 0 }]);
    board.end_voting();
    let at = board.force(board.signed_close());
    assert_fails(&board.audit(), Check::PaperCount, Some(at), "organiser");
    board.leaves.pop();
    board.count_papers(SOUTH, 1);
    // Online after paper: the other order is refused, too.
    let ballot = board.ballot(2, SOUTH, 0);
    assert!(board.cast(&ballot).is_err());
    board.close();
    board.fix_sums();
    board.finish();
    let report = board.audit();
    assert_passes(&report, Outcome::Verified);
    assert!(report.tallies.unwrap().contests.iter().all(|contest| contest.ballots == 0));
}

#[test]
fn a_count_of_papers_is_the_next_of_its_style_and_signed_by_the_organiser() {
    let mut board = Board::open();
    board.count_papers(NORTH, 3);
    let signed = |board: &Board, style, number, registrar| {
        let key = if registrar { board.registrar() } else { board.organiser() };
        Signed::new(PaperCount { style, number, count: 3 }, key, &board.fingerprint()).unwrap()
    };
    for (style, number, registrar, culprit) in [
        (0, 0, false, "ballot box"),
        (0, 2, false, "ballot box"),
        (1, 1, false, "ballot box"),
        (2, 0, false, "organiser"),
        (0, 1, true, "ballot box"),
    ] {
        let mut spoilt = Board::open();
        spoilt.count_papers(NORTH, 3);
        let at = spoilt.force(signed(&spoilt, style, number, registrar));
        assert_fails(&spoilt.audit(), Check::PaperCount, Some(at), culprit);
    }
    board.append(signed(&board, 0, 1, false));
    assert_eq!((board.state.next_paper_count(0), board.state.next_paper_count(1)), (Some(2), Some(0)));
    for mut misplaced in [Board::closed(), Board::of(&manifest_json())] {
        let at = misplaced.force(signed(&misplaced, 1, 0, false));
        assert_fails(&misplaced.audit(), Check::Course, Some(at), "ballot box");
    }
}
