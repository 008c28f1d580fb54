//! Whom an auditor asks whether they took part: drawn from the board up to its closing, and by dice.

use std::collections::BTreeSet;

use veche_record::Pseudonym;
use veche_record::entry::{CredentialTerms, Notice, NoticeForm, RevocationReason, Signed};
use veche_tests::small::manifest_json;
use veche_verify::sample::{Dice, Sample, SampleError, draw};

use crate::board::{Board, NORTH, PAPER, SOUTH, pseudonym};
use crate::voters::with_paper;

const THROWS: &str = "3166 2453 2165 4326 5416";

fn drawn(board: &Board, throws: &str, number: u32) -> Sample {
    draw(&board.state, &throws.parse().unwrap(), number).unwrap()
}

fn names(sample: &Sample) -> Vec<Pseudonym> {
    sample.drawn.iter().map(|voter| voter.pseudonym).collect()
}

/// Voters 20 to 59 have voted; 60 to 69 have not.
fn forty() -> Board {
    let mut board = Board::open_of(&manifest_json());
    for voter in 20..60 {
        let style = if voter % 2 == 0 { NORTH } else { SOUTH };
        board.register(voter, style);
        board.vote(voter, style, 0);
    }
    (60..70).for_each(|voter| board.register(voter, NORTH));
    board
}

#[test]
fn a_draw_is_of_the_closed_board_and_the_dice_and_of_nothing_else() {
    let mut board = forty();
    let dice: Dice = THROWS.parse().unwrap();
    assert_eq!(draw(&board.state, &dice, 10), Err(SampleError::NotClosed));
    board.close();
    let sample = drawn(&board, THROWS, 10);
    assert_eq!((sample.counted, sample.drawn.len(), sample.size), (40, 10, board.next()));
    let distinct: BTreeSet<_> = names(&sample).into_iter().collect();
    let voted: BTreeSet<_> = (20..60).map(pseudonym).collect();
    assert_eq!(distinct.len(), 10, "nobody is drawn twice");
    assert!(distinct.is_subset(&voted), "nobody is drawn who has not voted");
    for voter in &sample.drawn {
        assert_eq!(board.state.voter(&voter.pseudonym).unwrap().last, Some(voter.entry));
    }
    // More are the same ones and then others; other dice draw others; all that follows the closing changes nothing.
    assert_eq!(names(&drawn(&board, THROWS, 25))[..10], names(&sample));
    assert_eq!(drawn(&board, THROWS, 300).drawn.len(), 40);
    assert_ne!(names(&drawn(&board, "3166 2453 2165 4326 5415", 10)), names(&sample));
    board.fix_sums();
    board.finish();
    assert_eq!(drawn(&board, THROWS, 10), sample);
}

#[test]
fn of_a_cancelled_vote_nobody_is_drawn() {
    let mut board = forty();
    board.close();
    let texts = vec!["The list of projects was wrong.".to_owned()];
    let notice = Notice { number: 0, form: NoticeForm::Cancellation, time: 1_777_700_000, texts };
    board.append(Signed::new(notice, board.organiser(), &board.fingerprint()).unwrap());
    assert_eq!(draw(&board.state, &THROWS.parse().unwrap(), 10), Err(SampleError::Cancelled));
}

/// A voter more who came and did not vote, and so another root, and so another root: others come first.
#[test]
fn another_board_draws_others() {
    let (mut one, mut other) = (forty(), forty());
    other.register(70, NORTH);
    one.close();
    other.close();
    let (one, other) = (drawn(&one, THROWS, 40), drawn(&other, THROWS, 40));
    assert_eq!(one.drawn.len(), other.drawn.len());
    assert_ne!(names(&one), names(&other));
}

#[test]
fn whoever_was_struck_off_or_typed_from_paper_is_never_drawn() {
    let mut board = Board::open_of(&with_paper());
    for voter in 20..30 {
        board.register(voter, NORTH);
        board.vote(voter, NORTH, 0);
    }
    for voter in 30..33 {
        let terms = CredentialTerms { route: PAPER, ..board.terms(voter, voter, NORTH) };
        board.append(board.issue(terms, voter, None));
        board.vote(voter, NORTH, 1);
    }
    board.struck(21, 21, RevocationReason::NotEntitled);
    board.struck(22, 22, RevocationReason::VotedOnPaper);
    board.count_papers(NORTH, 3);
    board.close();
    let sample = drawn(&board, THROWS, 300);
    let expected: BTreeSet<_> = (20..30).filter(|voter| ![21, 22].contains(voter)).map(pseudonym).collect();
    assert_eq!(names(&sample).into_iter().collect::<BTreeSet<_>>(), expected);
    assert_eq!(sample.counted, 8);
}

/// Each of forty voters is drawn about as often as any other: 10 of 40 in 400 draws is 100 times each, and a fair draw
/// is further off than 40 once in many thousand voters.
#[test]
fn nobody_is_preferred() {
    let mut board = forty();
    board.close();
    let mut times = std::collections::BTreeMap::new();
    for number in 0..400_u32 {
        let throws: String =
            (0..20).map(|at| char::from(b'1' + (number / 6_u32.pow(at % 4) % 6) as u8)).collect();
        let throws = format!("{throws}{}", if number < 200 { "1" } else { "2" });
        for name in names(&drawn(&board, &throws, 10)) {
            *times.entry(name).or_insert(0) += 1;
        }
    }
    assert_eq!(times.len(), 40);
    assert!(times.values().all(|times: &i32| (60..=140).contains(times)), "{times:?}");
}
