//! What the organiser says to everybody, and a vote that is cancelled.

use serde_json::json;
use veche_crypto::signature::SecretKey;
use veche_record::entry::{MAX_NOTICES, Notice, NoticeForm, Signed};
use veche_record::{Entry, EntryKind};
use veche_tests::small::{SmallElection, manifest_json};
use veche_trustee::Step;
use veche_verify::{Check, Course, Outcome, Phase, Refusal};

use crate::board::{Board, CLOSES, NORTH, assert_fails, assert_passes, fresh};

fn signed(board: &Board, notice: Notice) -> Signed<Notice> {
    Signed::new(notice, board.organiser(), &board.fingerprint()).unwrap()
}

fn words(number: u16) -> Notice {
    Notice { number, form: NoticeForm::Words, time: 1_777_700_000, texts: vec!["The box was slow.".into()] }
}

fn cancellation(number: u16) -> Notice {
    Notice { form: NoticeForm::Cancellation, texts: vec!["A wrong\nlist.".into()], ..words(number) }
}

fn refused(mut board: Board, notice: Signed<Notice>, culprit: &str) {
    let at = board.force(notice);
    assert_fails(&board.audit_as_it_is(), Check::Notice, Some(at), culprit);
}

#[test]
fn notices_come_from_the_last_confirmation_on_also_after_the_result() {
    let mut board = Board::of(&manifest_json());
    board.append(signed(&board, words(0)));
    board.rehearse();
    board.append(board.signed_open());
    board.register(1, NORTH);
    board.vote(1, NORTH, 0);
    board.append(signed(&board, words(1)));
    board.append(board.signed_close());
    board.append(signed(&board, words(2)));
    board.fix_sums();
    board.append(signed(&board, words(3)));
    board.finish();
    board.append(signed(&board, words(4)));
    assert_eq!(board.state.course(), Course::Published);
    assert_eq!(board.state.notices().len(), 5);
    let report = board.audit_as_it_is();
    assert_passes(&report, Outcome::Verified);
    let told: Vec<&str> =
        report.notices.iter().filter(|notice| notice.code == "notice").map(|n| n.text.as_str()).collect();
    assert_eq!(told.len(), 5);
    assert!(told[4].starts_with("Notice 5 ") && told[4].ends_with(": The box was slow."), "{}", told[4]);

    let mut board = Board::founded(&manifest_json());
    let at = board.force(signed(&Board::of(&manifest_json()), words(0)));
    let failure = board.state.apply(at, &board.leaves[at as usize], &fresh()).unwrap_err();
    assert_eq!(failure.check, Check::Course);
}

#[test]
fn there_are_at_most_64_notices() {
    let mut board = Board::open();
    for number in 0..MAX_NOTICES {
        board.append(signed(&board, words(number)));
    }
    let one_more = signed(&board, words(MAX_NOTICES));
    refused(board, one_more, "ballot box");
}

#[test]
fn attack_74_a_stale_notice_that_was_withheld_fits_no_more() {
    for (first, second) in [(words(0), words(0)), (words(0), words(2)), (words(0), cancellation(0))] {
        let mut board = Board::open();
        board.append(signed(&board, first));
        let second = signed(&board, second);
        refused(board, second, "ballot box");
    }
    let board = Board::open();
    let gap = signed(&board, words(1));
    refused(board, gap, "ballot box");
}

#[test]
fn attack_86_one_signature_two_kinds_a_notice_made_a_cancellation_is_refused() {
    let board = Board::open();
    let mut bytes = Entry::from(signed(&board, words(0))).to_bytes();
    bytes[3] = NoticeForm::Cancellation as u8;
    let Ok(Entry::Notice(notice)) = Entry::parse(&bytes) else { panic!("not a notice") };
    refused(board, notice, "ballot box");
}

#[test]
fn a_notice_has_words_in_every_language_and_the_organisers_signature() {
    let texts =
        |texts: &[&str]| Notice { texts: texts.iter().map(|&text| text.into()).collect(), ..words(0) };
    for odd in [texts(&[]), texts(&["One.", "Two."]), texts(&[""]), texts(&[" \u{2003}\n"])] {
        let board = Board::open();
        let notice = signed(&board, odd);
        refused(board, notice, "the organiser");
    }
    let mut two = manifest_json();
    two["languages"] = json!(["en", "pl"]);
    veche_tests::town::say_in(&mut two, "pl");
    let mut board = Board::open_of(&two);
    board.append(signed(&board, texts(&["Water.", "Woda."])));
    let notice = signed(&board, Notice { number: 1, ..texts(&["Water."]) });
    refused(board, notice, "the organiser");

    let board = Board::open();
    let stranger = SecretKey::from_bytes(&SmallElection::voter(99).unwrap().secret()).unwrap();
    let notice = Signed::new(words(0), &stranger, &board.fingerprint()).unwrap();
    refused(board, notice, "ballot box");
}

#[test]
fn a_cancelled_vote_is_never_counted_and_its_record_passes() {
    let before: [fn() -> Board; 3] = [|| Board::of(&manifest_json()), Board::open, Board::closed];
    for board in before {
        let mut board = board();
        board.append(signed(&board, words(0)));
        board.append(signed(&board, cancellation(1)));
        board.append(signed(&board, words(2)));
        assert_eq!(board.state.course(), Course::Cancelled);
        assert_eq!(board.state.course().phase(), Phase::Cancelled);
        let report = board.audit_as_it_is();
        assert_passes(&report, Outcome::Cancelled);
        assert!(report.to_string().contains("cancelled"), "{report}");
        assert!(report.notices.iter().any(|notice| {
            notice.code == "cancelled"
                && notice.text.contains("notice 2 ")
                && notice.text.ends_with("A wrong list.")
        }));
        let step = board.step(&board.small.secrets[0], &board.memory(1), CLOSES);
        assert_eq!(step, Ok(Step::Cancelled));
    }
}

#[test]
fn after_a_cancellation_come_only_notices() {
    let mut board = Board::open();
    let ballot = board.ballot(1, NORTH, 0);
    board.append(signed(&board, cancellation(0)));
    assert_eq!(board.cast(&ballot), Err(Refusal::Closed));
    let entries: [Entry; 3] =
        [board.signed_close().into(), board.credential(9, NORTH).into(), board.revocation(1, 1).into()];
    for entry in entries {
        let failure = board.state.admit_entry(&entry, &fresh()).unwrap_err();
        assert_eq!(failure.check, Check::Course, "{:?}", entry.kind());
    }
    let failure = board.state.admit_entry(&signed(&board, cancellation(1)).into(), &fresh()).unwrap_err();
    assert_eq!(failure.check, Check::Notice);
    let at = board.force_ballot(&ballot);
    assert_fails(&board.audit_as_it_is(), Check::BallotHours, Some(at), "ballot box");
}

#[test]
fn nobody_cancels_a_count_that_has_begun() {
    for board in [Board::counting(), Board::finished()] {
        assert!(board.position(EntryKind::TallyInput) > 0);
        let notice = signed(&board, cancellation(0));
        refused(board, notice, "ballot box");
    }
}
