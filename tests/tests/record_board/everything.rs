//! One record with everything that can happen to a vote in it: both verifiers read it, count it and name it.

use serde_json::{Value, json};
use veche_record::entry::{
    ClosingKind, CredentialTerms, Draw, Extension, Notice, NoticeForm, RevocationReason, Signed,
};
use veche_verify::{Check, Outcome, Status};

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
    board.vote(30, NORTH, 2);
    board.vote(31, NORTH, 1);
    board.count_papers(NORTH, 2);
    board.count_papers(SOUTH, 0);
    board.append(board.closed_at(later));
    board.fix_sums();
    board.finish();
    // Lamp, tree and bench compete for the money of two.
    let tied =
        board.audit_as_it_is().funding.iter().find(|funding| funding.contest == "town").unwrap().clone();
    assert!(!tied.to_be_drawn.is_empty(), "{tied:?}");
    let order: Vec<u16> = [2, 1, 0]
        .into_iter()
        .filter(|at| tied.to_be_drawn.iter().any(|id| id == ["bench", "tree", "lamp"][usize::from(*at)]))
        .collect();
    board.append(Signed::new(Draw { contest: 0, order }, board.organiser(), &election).unwrap());

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
    println!("{}", serde_json::to_string_pretty(&report).unwrap());
}
