//! One record with everything that can happen to a vote in it: both verifiers read it, count it and name it.

use serde_json::{Value, json};
use veche_record::entry::{
    ClosingKind, CredentialTerms, Draw, Extension, Notice, NoticeForm, RevocationReason, Signed,
};
use veche_verify::{Check, KeyChange, Outcome, Report, Status};

use crate::board::{Board, CLOSES, NORTH, PAPER, SOUTH, assert_passes};
use crate::voters::{vote_with, with_paper};

/// Two routes, one of paper; the closing may be put off; equal totals in the town are decided by lot.
fn manifest() -> Value {
    let mut manifest = with_paper();
    manifest["closes_latest"] = json!("2026-05-14T22:00:00Z");
    manifest["paper_until"] = json!("2026-05-16T20:00:00Z");
    manifest["contests"][0]["funding"] = json!({"method": "greedy", "unaffordable": "skip", "minimum_votes": 1, "ties": "lot", "exclusive": []});
    manifest
}

#[test]
fn two_replacements_a_strike_a_handover_an_extension_a_notice_papers_and_a_drawn_tie() {
    let mut board = Board::open_of(&manifest());
    let election = board.fingerprint();
    board.vote(1, NORTH, 0);
    board.vote(2, SOUTH, 1);
    board.vote(3, SOUTH, 2);
    for voter in [5, 6] {
        board.register(voter, SOUTH);
        board.vote(voter, SOUTH, 2);
    }
    // Two replacements: one before a ballot of the new key, one without a new key.
    board.append(board.revocation(2, 2));
    board.append(board.credential_of(2, 12, SOUTH));
    vote_with(&mut board, 2, 12, SOUTH, 1);
    board.register(4, SOUTH);
    board.append(board.revocation(4, 4));
    // A handover, and a voter struck off.
    board.append(board.handover(1, 1, 11, NORTH));
    board.struck(3, 3, RevocationReason::NotEntitled);
    // The closing is put off by an hour, and everyone is told.
    let later = CLOSES + 3_600;
    let extension = Extension { number: 0, signed_at: CLOSES - 60, closes: later };
    board.append(Signed::new(extension, board.organiser(), &election).unwrap());
    let notice = Notice {
        number: 0,
        form: NoticeForm::Words,
        time: CLOSES - 30,
        texts: vec!["The vote ends an hour later.".into()],
    };
    board.append(Signed::new(notice, board.organiser(), &election).unwrap());
    // The voting ends; papers are typed in and counted.
    board.append(board.small.sealer().close(ClosingKind::Ended, &board.leaves, later).unwrap());
    for voter in [30, 31] {
        let terms = CredentialTerms { route: PAPER, ..board.terms(voter, voter, NORTH) };
        board.append(board.issue(terms, voter, None));
    }
    board.vote(30, NORTH, 0);
    board.vote(31, NORTH, 1);
    board.count_papers(NORTH, 2);
    board.count_papers(SOUTH, 0);
    board.append(board.closed_at(later));
    board.fix_sums();
    board.finish();
    // Bench, tree and lamp have two votes each and compete for the money of two.
    let town = |report: &Report| report.funding.iter().find(|town| town.contest == "town").unwrap().clone();
    assert_eq!(town(&board.audit_as_it_is()).to_be_drawn, ["bench", "tree", "lamp"]);
    board.append(
        Signed::new(Draw { contest: 0, order: vec![2, 0, 1] }, board.organiser(), &election).unwrap(),
    );

    let report = board.audit_as_it_is();
    assert_passes(&report, Outcome::Verified);
    for check in [
        Check::Handover,
        Check::CredentialNumber,
        Check::StruckOff,
        Check::PaperCount,
        Check::Extension,
        Check::Notice,
        Check::Ended,
        Check::ClosingHour,
        Check::Draw,
    ] {
        assert_eq!(report.status(check), Status::Passed, "{check:?}\n{report}");
    }
    assert_eq!(
        (town(&report).funded, town(&report).to_be_drawn),
        (vec!["bench".into(), "lamp".into()], vec![])
    );
    let changes = report.key_changes.unwrap();
    let counts = |change: KeyChange| (change.count, change.after_ballot);
    assert_eq!(counts(changes.handovers), (1, 1));
    assert_eq!(counts(changes.replaced), (2, 1));
    assert_eq!(counts(changes.voted_on_paper), (0, 0));
    assert_eq!(counts(changes.not_entitled), (1, 1));
    let turnout: Vec<_> = report
        .turnout
        .iter()
        .map(|row| (row.style.as_str(), row.route.as_str(), row.voters, row.ballots))
        .collect();
    assert_eq!(turnout, [("north", "sms", 1, 1), ("north", "paper", 2, 2), ("south", "sms", 4, 3)]);
    let text = report.to_string();
    for named in ["handed over", "replaced", "struck off", "put off", "notice 1"] {
        assert!(text.to_lowercase().contains(named), "{named}\n{text}");
    }
}
