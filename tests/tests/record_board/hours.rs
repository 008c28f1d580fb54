//! When a vote may end, and who may end it.

use serde_json::{Value, json};
use veche_board::{Checkpoint, LogKey};
use veche_record::entry::{
    Closing, ClosingForm, ClosingKind, ClosingSignatures, ClosingTerms, CredentialTerms, Extension,
    RevocationReason, Signed, TallyKind,
};
use veche_tests::closing::Sealer;
use veche_tests::small::manifest_json;
use veche_trustee::{Kept, Refusal, Shown, Step, Waiting, end_vote};
use veche_verify::state::ORGANISER_GONE;
use veche_verify::{Check, Course, Outcome, Report, Status};

use crate::board::{Board, CLOSES, NORTH, PAPER, assert_fails, assert_passes, fresh};
use crate::voters::with_paper;
use crate::witnessed;

/// Two hours after the announced closing.
const LATEST: u64 = CLOSES + 7_200;

fn with(change: impl FnOnce(&mut Value)) -> Value {
    let mut manifest = manifest_json();
    change(&mut manifest);
    manifest
}

fn extendable() -> Value {
    with(|manifest| manifest["closes_latest"] = json!("2026-05-14T22:00:00Z"))
}

fn early() -> Value {
    with(|manifest| manifest["early_close"] = json!(true))
}

/// A board that is open and has one ballot.
fn voted(manifest: &Value) -> Board {
    let mut board = Board::open_of(manifest);
    board.vote(1, NORTH, 0);
    board
}

fn noted(report: &Report, code: &str) -> bool {
    report.notices.iter().any(|notice| notice.code == code)
}

/// Closed, counted by all trustees and published.
fn finish(board: &mut Board, close: Closing) {
    board.append(close);
    board.fix_sums();
    board.finish();
}

#[test]
fn attack_55_closed_early_the_check_fails() {
    for time in [0, CLOSES - 1] {
        let mut board = voted(&manifest_json());
        let failure = board.state.admit_entry(&board.closed_at(time).into(), &fresh()).unwrap_err();
        assert_eq!(failure.check, Check::ClosingHour);
        let at = board.force(board.closed_at(time));
        assert_fails(&board.audit_as_it_is(), Check::ClosingHour, Some(at), "the organiser");
    }
    for time in [CLOSES, CLOSES + 1, u64::MAX] {
        let mut board = voted(&manifest_json());
        let close = board.closed_at(time);
        finish(&mut board, close);
        let report = board.audit_as_it_is();
        assert_passes(&report, Outcome::Verified);
        assert_eq!(report.status(Check::ClosingHour), Status::Passed);
        assert!(!noted(&report, "closed-early"), "{report}");
    }
}

#[test]
fn a_manifest_may_let_the_organiser_close_early_and_the_report_says_so() {
    let mut board = voted(&early());
    let close = board.closed_at(CLOSES - 1);
    finish(&mut board, close);
    let report = board.audit_as_it_is();
    assert_passes(&report, Outcome::Verified);
    assert!(noted(&report, "closed-early") && noted(&report, "closing-not-proved"), "{report}");
}

/// What trustee 1 does at a board at a time, with what its device remembers afterwards.
fn step(board: &Board, kept: &Kept, now: u64) -> (Result<Step, Refusal>, Kept) {
    let note = board.note();
    let shown = Shown::under(&board.state, &note).unwrap();
    let kept = kept.saw(&shown, now).unwrap().unwrap_or_else(|| kept.clone());
    (board.step(&board.small.secrets[0], &kept, now), kept)
}

fn is_consent(step: &Result<Step, Refusal>) -> bool {
    matches!(step, Ok(Step::Act(action)) if action.kind.name() == "consent")
}

#[test]
fn attack_55_decrypted_early_a_trustee_waits_for_the_hour_by_its_own_clock_and_remembers() {
    // The organiser says that it is the hour. It is not.
    let mut board = voted(&manifest_json());
    board.append(board.signed_close());
    board.append(TallyKind::Vote.marker());
    let kept = board.memory(1);
    assert!(kept.early().is_none());
    let (waits, kept) = step(&board, &kept, CLOSES - 1);
    assert_eq!(waits, Ok(Step::Wait(Waiting::Hour { until: CLOSES })));
    let early = kept.early().unwrap();
    assert_eq!((early.seen, early.hour), (CLOSES - 1, CLOSES));
    // The hour comes, and the device still knows.
    let (consents, kept) = step(&board, &kept, CLOSES);
    assert!(is_consent(&consents), "{consents:?}");
    assert_eq!(kept.early(), Some(early));
    assert_eq!(Kept::from_json(kept.to_json().unwrap().as_bytes()).unwrap(), kept);
    // A device that looks in time has nothing to remember.
    let fresh = board.memory(1);
    let (consents, fresh) = step(&board, &fresh, CLOSES);
    assert!(is_consent(&consents) && fresh.early().is_none());
}

#[test]
fn a_trustee_does_not_wait_where_the_manifest_lets_the_organiser_close_early_nor_for_a_rehearsal() {
    let mut board = voted(&early());
    board.append(board.closed_at(5));
    board.append(TallyKind::Vote.marker());
    let kept = board.memory(1);
    let (consents, kept) = step(&board, &kept, 5);
    assert!(is_consent(&consents) && kept.early().is_none());

    let mut board = Board::of(&manifest_json());
    board.append(board.small.rehearsal_ballot().unwrap());
    board.append(TallyKind::Rehearsal.marker());
    let kept = board.memory(1);
    assert!(is_consent(&step(&board, &kept, 0).0));
}

/// The organiser's word at the announced hour, over a note that three witnesses have cosigned at these times.
fn witnessed_at(board: &Board, times: &[u64]) -> Closing {
    let sealer = board.small.sealer();
    let note = sealer.note_at(&board.leaves, times).unwrap();
    Closing::by_organiser(ClosingKind::Close, board.organiser(), &board.fingerprint(), CLOSES, note).unwrap()
}

#[test]
fn attack_79_the_closing_hour_backdated_two_of_three_witnesses_must_have_seen_it() {
    for times in [[CLOSES - 1, CLOSES - 1, CLOSES], [0, CLOSES, CLOSES - 1]] {
        let mut board = voted(&witnessed::manifest());
        let at = board.force(witnessed_at(&board, &times));
        let report = witnessed::report_as_it_is(&board);
        assert_fails(&report, Check::ClosingHour, Some(at), "the organiser");
    }
    for times in [&[CLOSES, CLOSES][..], &[CLOSES, CLOSES - 1, CLOSES + 1]] {
        let mut board = voted(&witnessed::manifest());
        let close = witnessed_at(&board, times);
        finish(&mut board, close);
        let report = witnessed::report_as_it_is(&board);
        assert_passes(&report, Outcome::Verified);
        assert!(!noted(&report, "closing-not-proved"), "{report}");
    }
}

#[test]
fn attack_79_the_closing_hour_backdated_without_witnesses_it_is_called_not_proved() {
    let report = Board::finished().audit();
    assert_passes(&report, Outcome::Verified);
    let notice = report.notices.iter().find(|notice| notice.code == "closing-not-proved").unwrap();
    assert!(notice.text.starts_with("Closing time not proved"), "{}", notice.text);
}

#[test]
fn the_end_of_a_vote_has_a_checkpoint_of_exactly_what_is_before_it() {
    let board = voted(&manifest_json());
    let sealer = board.small.sealer();
    let other_log = LogKey::from_seed(&[9; 32]);
    let other_origin = "veche.example/other".parse().unwrap();
    let root = board.state.checkpoint().unwrap();
    let flipped = Checkpoint { root: veche_board::leaf_hash(b"other"), ..root.clone() };
    let notes: [(&str, Vec<u8>, &str); 8] = [
        ("one entry fewer", sealer.note(&board.leaves[..board.leaves.len() - 1], 0).unwrap(), "ballot box"),
        ("one more", sealer.note(&[&board.leaves[..], &[vec![1]]].concat(), 0).unwrap(), "ballot box"),
        ("another root", flipped.sign(&board.small.log_key).into_bytes(), "ballot box"),
        (
            "another log",
            Sealer { log_key: &other_log, ..board.small.sealer() }.note(&board.leaves, 0).unwrap(),
            "the organiser",
        ),
        (
            "another origin",
            Sealer { origin: &other_origin, ..board.small.sealer() }.note(&board.leaves, 0).unwrap(),
            "the organiser",
        ),
        ("no signature", root.text().into_bytes(), "the organiser"),
        ("nothing", Vec::new(), "the organiser"),
        ("no text", vec![0xff; 40], "the organiser"),
    ];
    for (what, note, culprit) in notes {
        let mut board = voted(&manifest_json());
        let close =
            Closing::by_organiser(ClosingKind::Close, board.organiser(), &board.fingerprint(), CLOSES, note);
        let at = board.force(close.unwrap());
        let report = board.audit_as_it_is();
        assert_fails(&report, Check::Close, Some(at), culprit);
        assert!(report.to_string().contains("board"), "{what}\n{report}");
    }
}

#[test]
fn the_end_of_a_vote_is_witnessed_where_there_are_witnesses() {
    let mut board = voted(&witnessed::manifest());
    let at = board.force(witnessed_at(&board, &[CLOSES]));
    assert_fails(&witnessed::report_as_it_is(&board), Check::Close, Some(at), "the organiser");
}

/// The end of a vote that trustees sign.
fn by_trustees(board: &Board, time: u64, trustees: &[usize]) -> Closing {
    let note = board.small.sealer().note(&board.leaves, time).unwrap();
    let (kind, form) = (ClosingKind::Close, ClosingForm::Trustees);
    let terms = ClosingTerms { kind, form, time, note: note.clone() };
    let sign = |trustee: &usize| (*trustee as u8, board.small.shares[trustee - 1].close(&terms).unwrap());
    Closing::by_trustees(kind, time, note, trustees.iter().map(sign).collect())
}

#[test]
fn attack_84_the_vote_ended_for_the_organiser_by_note_refused_before_every_hour_and_three_days() {
    let gone = CLOSES + ORGANISER_GONE;
    let cases = [
        (manifest_json(), gone),
        // Closing early is the organiser's right alone.
        (early(), gone),
        // A box may have withheld an extension.
        (extendable(), LATEST + ORGANISER_GONE),
    ];
    for (manifest, hour) in cases {
        let mut board = voted(&manifest);
        let at = board.force(by_trustees(&board, hour - 1, &[1, 2, 3]));
        assert_fails(&board.audit_as_it_is(), Check::ClosingHour, Some(at), "trustees 1, 2, 3");
        let mut board = voted(&manifest);
        let close = by_trustees(&board, hour, &[1, 2, 3]);
        finish(&mut board, close);
        let report = board.audit_as_it_is();
        assert_passes(&report, Outcome::Verified);
        assert!(noted(&report, "closed-by-trustees"), "{report}");
    }
    // By the witnesses' clocks, too.
    let mut board = voted(&witnessed::manifest());
    let note = board.small.sealer().note_at(&board.leaves, &[gone, gone - 1, gone - 1]).unwrap();
    let terms = ClosingTerms {
        kind: ClosingKind::Close,
        form: ClosingForm::Trustees,
        time: gone,
        note: note.clone(),
    };
    let sign = |trustee: u8| (trustee, board.small.shares[usize::from(trustee) - 1].close(&terms).unwrap());
    let close = Closing::by_trustees(ClosingKind::Close, gone, note, (1..=3).map(sign).collect());
    let at = board.force(close);
    assert_fails(&witnessed::report_as_it_is(&board), Check::ClosingHour, Some(at), "trustees 1, 2, 3");
}

#[test]
fn attack_84_the_vote_ended_for_the_organiser_by_the_trustees_own_clock_refused() {
    let board = voted(&extendable());
    let gone = LATEST + ORGANISER_GONE;
    let share = &board.small.shares[0];
    let terms = by_trustees(&board, gone, &[1]).terms().clone();
    let refused = Err(Refusal::NotAbandoned { until: gone });
    assert_eq!(end_vote(&board.state, share, &terms, gone - 1), refused);
    let sooner = ClosingTerms { time: gone - 1, ..terms.clone() };
    assert_eq!(end_vote(&board.state, share, &sooner, gone), refused);
    assert!(end_vote(&board.state, share, &terms, gone).is_ok());
    // Of another board, or another entry.
    let mut grown = voted(&extendable());
    grown.vote(2, crate::board::SOUTH, 0);
    assert_eq!(end_vote(&grown.state, share, &terms, gone), Err(Refusal::OtherEnd));
    let ended = ClosingTerms { kind: ClosingKind::Ended, ..terms.clone() };
    assert_eq!(end_vote(&board.state, share, &ended, gone), Err(Refusal::NotToBeEnded));
    // Those who signed do not count before that either.
    let mut closed = voted(&early());
    closed.append(by_trustees(&closed, CLOSES + ORGANISER_GONE, &[1, 2, 3]));
    closed.append(TallyKind::Vote.marker());
    let kept = closed.memory(1);
    let until = CLOSES + ORGANISER_GONE;
    assert_eq!(step(&closed, &kept, until - 1).0, Ok(Step::Wait(Waiting::Hour { until })));
    assert!(is_consent(&step(&closed, &kept, until).0));
}

#[test]
fn a_vote_is_ended_by_exactly_a_quorum_of_trustees_each_with_a_good_signature() {
    let five = with(|manifest| manifest["trustees"] = json!({"count": 5, "threshold": 3}));
    let time = CLOSES + ORGANISER_GONE;
    for trustees in [&[1, 2, 3][..], &[1, 2, 3, 4, 5]] {
        let mut board = voted(&five);
        let at = board.force(by_trustees(&board, time, trustees));
        assert_fails(&board.audit_as_it_is(), Check::Close, Some(at), "ballot box");
    }
    let mut board = voted(&five);
    board.append(by_trustees(&board, time, &[5, 1, 4, 2]));
    assert_eq!(board.state.course(), Course::Closed);

    let mut board = voted(&five);
    let close = by_trustees(&board, time, &[1, 2, 3, 4]);
    let ClosingSignatures::Trustees(mut signatures) = close.signatures().clone() else { panic!() };
    signatures[3].0 = 5;
    let note = close.terms().note.clone();
    let at = board.force(Closing::by_trustees(ClosingKind::Close, time, note.clone(), signatures.clone()));
    assert_fails(&board.audit_as_it_is(), Check::Close, Some(at), "ballot box");
    for nobody in [0, 6, 255] {
        let mut board = voted(&five);
        signatures[3].0 = nobody;
        let at =
            board.force(Closing::by_trustees(ClosingKind::Close, time, note.clone(), signatures.clone()));
        assert_fails(&board.audit_as_it_is(), Check::Close, Some(at), "ballot box");
    }
}

/// Papers are typed in until two days after the closing.
const PAPER_UNTIL: u64 = CLOSES + 172_800;

fn on_paper() -> Value {
    let mut manifest = with_paper();
    manifest["paper_until"] = json!("2026-05-16T20:00:00Z");
    manifest
}

/// A board with papers whose voting has ended.
fn ended() -> Board {
    let mut board = voted(&on_paper());
    board.append(board.small.sealer().close(ClosingKind::Ended, &board.leaves, CLOSES).unwrap());
    assert_eq!(board.state.course(), Course::Ended);
    board
}

/// A pseudonym whose one ballot is typed from paper.
fn enter(board: &mut Board, voter: u64) {
    let terms = CredentialTerms { route: PAPER, ..board.terms(voter, voter, NORTH) };
    board.append(board.issue(terms, voter, None));
}

#[test]
fn after_the_voting_papers_are_typed_in_until_their_hour() {
    let mut board = ended();
    enter(&mut board, 30);
    board.vote(30, NORTH, 1);
    board.struck(1, 1, RevocationReason::VotedOnPaper);
    board.count_papers(NORTH, 1);
    let close = board.closed_at(PAPER_UNTIL);
    finish(&mut board, close);
    let report = board.audit_as_it_is();
    assert_passes(&report, Outcome::Verified);
    assert_eq!(report.status(Check::Ended), Status::Passed);

    let mut board = ended();
    let at = board.force(board.closed_at(PAPER_UNTIL - 1));
    assert_fails(&board.audit_as_it_is(), Check::ClosingHour, Some(at), "the organiser");
}

#[test]
fn when_every_paper_is_typed_in_nobody_waits_for_the_hour() {
    let mut board = ended();
    enter(&mut board, 30);
    board.count_papers(NORTH, 1);
    board.count_papers(crate::board::SOUTH, 0);
    // One paper is not typed in yet.
    let failure = board.state.admit_entry(&board.closed_at(CLOSES).into(), &fresh()).unwrap_err();
    assert_eq!(failure.check, Check::ClosingHour);
    board.vote(30, NORTH, 1);
    let close = board.closed_at(CLOSES);
    finish(&mut board, close);
    assert_passes(&board.audit_as_it_is(), Outcome::Verified);
}

#[test]
fn attack_85_ended_left_out_where_papers_are_typed_in_the_vote_does_not_close() {
    let mut board = voted(&on_paper());
    let at = board.force(board.closed_at(PAPER_UNTIL));
    assert_fails(&board.audit_as_it_is(), Check::Course, Some(at), "ballot box");
}

#[test]
fn attack_85_voters_after_the_end_of_the_voting_are_refused() {
    let mut board = ended();
    let at = board.force_ballot(&board.ballot(1, NORTH, 1));
    assert_fails(&board.audit_as_it_is(), Check::BallotHours, Some(at), "ballot box");
    // A voter who never voted; a key that nobody registered; somebody who comes after the end.
    let mut board = ended();
    let at = board.force_ballot(&board.ballot(2, crate::board::SOUTH, 0));
    assert_fails(&board.audit_as_it_is(), Check::BallotHours, Some(at), "ballot box");
    let mut board = ended();
    let at = board.force_ballot(&board.small.ballot(NORTH, 77, 0).unwrap().bytes);
    assert_fails(&board.audit_as_it_is(), Check::BallotHours, Some(at), "ballot box");
    let mut board = ended();
    let at = board.force(board.credential(9, NORTH));
    assert_fails(&board.audit_as_it_is(), Check::Course, Some(at), "ballot box");
    let mut board = ended();
    let at = board.force(board.revocation(1, 1));
    assert_fails(&board.audit_as_it_is(), Check::Course, Some(at), "ballot box");
    // A second ballot of a paper is none.
    let mut board = ended();
    enter(&mut board, 30);
    board.vote(30, NORTH, 1);
    let at = board.force_ballot(&board.ballot(30, NORTH, 0));
    assert_fails(&board.audit_as_it_is(), Check::BallotHours, Some(at), "ballot box");
}

#[test]
fn the_end_of_the_voting_is_judged_like_the_closing() {
    let mut board = voted(&on_paper());
    let early = board.small.sealer().close(ClosingKind::Ended, &board.leaves, CLOSES - 1).unwrap();
    let at = board.force(early);
    assert_fails(&board.audit_as_it_is(), Check::ClosingHour, Some(at), "the organiser");
    let mut board = voted(&on_paper());
    let older = board.small.sealer().note(&board.leaves[..5], CLOSES).unwrap();
    let ended =
        Closing::by_organiser(ClosingKind::Ended, board.organiser(), &board.fingerprint(), CLOSES, older);
    let at = board.force(ended.unwrap());
    assert_fails(&board.audit_as_it_is(), Check::Ended, Some(at), "ballot box");
    let mut board = ended_twice();
    assert_fails(&board.audit_as_it_is(), Check::Course, Some(board.next() - 1), "ballot box");
    board.leaves.pop();
    // For an organiser who is gone: after every hour, that of the papers, too.
    let gone = PAPER_UNTIL + ORGANISER_GONE;
    assert_eq!(board.state.abandoned_hour(), gone);
    let at = board.force(by_trustees(&board, gone - 1, &[1, 2, 3]));
    assert_fails(&board.audit_as_it_is(), Check::ClosingHour, Some(at), "trustees 1, 2, 3");
    board.leaves.pop();
    // Papers that nobody counted stand in the organiser's way, and in the report of those who close in its place.
    enter(&mut board, 30);
    let close = by_trustees(&board, gone, &[1, 2, 3]);
    finish(&mut board, close);
    let report = board.audit_as_it_is();
    assert_passes(&report, Outcome::Verified);
    assert!(noted(&report, "papers-not-counted"), "{report}");
}

fn ended_twice() -> Board {
    let mut board = ended();
    let again = board.small.sealer().close(ClosingKind::Ended, &board.leaves, CLOSES).unwrap();
    board.force(again);
    board
}

#[test]
fn attack_85_ended_has_no_place_where_nothing_is_entered_from_paper() {
    let mut board = voted(&manifest_json());
    let ended = board.small.sealer().close(ClosingKind::Ended, &board.leaves, CLOSES).unwrap();
    let at = board.force(ended);
    assert_fails(&board.audit_as_it_is(), Check::Course, Some(at), "ballot box");
}

fn extension(board: &Board, number: u16, signed_at: u64, closes: u64) -> Signed<Extension> {
    let content = Extension { number, signed_at, closes };
    Signed::new(content, board.organiser(), &board.fingerprint()).unwrap()
}

#[test]
fn the_closing_is_put_off_as_far_as_the_manifest_allows_and_then_counts() {
    let mut board = voted(&extendable());
    board.append(extension(&board, 0, CLOSES - 1, CLOSES + 1));
    board.append(extension(&board, 1, CLOSES, LATEST));
    assert_eq!(board.state.closing_hour(), LATEST);
    // The announced hour is no longer enough.
    let failure = board.state.admit_entry(&board.closed_at(LATEST - 1).into(), &fresh()).unwrap_err();
    assert_eq!(failure.check, Check::ClosingHour);
    board.vote(2, crate::board::SOUTH, 0);
    let close = board.closed_at(LATEST);
    finish(&mut board, close);
    let report = board.audit_as_it_is();
    assert_passes(&report, Outcome::Verified);
    let notice = report.notices.iter().find(|notice| notice.code == "extended").unwrap();
    assert!(notice.text.contains("2 times") && notice.text.contains("22:00:00Z"), "{}", notice.text);
}

#[test]
fn an_extension_that_puts_nothing_off_or_too_far_or_too_late_is_refused() {
    let odd = [
        (CLOSES - 1, CLOSES),
        (CLOSES - 1, CLOSES - 1),
        (CLOSES - 1, LATEST + 1),
        (CLOSES - 1, u64::MAX),
        (CLOSES, LATEST),
        (CLOSES + 1, LATEST),
    ];
    for (signed_at, closes) in odd {
        let mut board = voted(&extendable());
        let at = board.force(extension(&board, 0, signed_at, closes));
        assert_fails(&board.audit_as_it_is(), Check::Extension, Some(at), "the organiser");
    }
    let mut board = voted(&manifest_json());
    let at = board.force(extension(&board, 0, 1, CLOSES + 1));
    assert_fails(&board.audit_as_it_is(), Check::Extension, Some(at), "the organiser");

    let mut board = voted(&extendable());
    let stranger = veche_tests::small::SmallElection::voter(99).unwrap();
    let stranger = veche_crypto::signature::SecretKey::from_bytes(&stranger.secret()).unwrap();
    let content = Extension { number: 0, signed_at: 1, closes: LATEST };
    let at = board.force(Signed::new(content, &stranger, &board.fingerprint()).unwrap());
    assert_fails(&board.audit_as_it_is(), Check::Extension, Some(at), "ballot box");

    let mut board = voted(&extendable());
    board.append(board.signed_close());
    let at = board.force(extension(&board, 0, 1, LATEST));
    assert_fails(&board.audit_as_it_is(), Check::Course, Some(at), "ballot box");
}

#[test]
fn attack_74_a_stale_extension_that_was_withheld_fits_no_more() {
    for (first, second) in [(0, 0), (0, 2), (1, 0)] {
        let mut board = voted(&extendable());
        let at = board.force(extension(&board, first, 1, CLOSES + 1));
        let at = if first == 0 { board.force(extension(&board, second, 1, LATEST)) } else { at };
        assert_fails(&board.audit_as_it_is(), Check::Extension, Some(at), "ballot box");
    }
}
