//! How a voter's key changes, and how a voter is struck off: everybody sees it.

use serde_json::{Value, json};
use veche_record::Entry;
use veche_record::entry::{CredentialEntry, CredentialTerms, RevocationReason};
use veche_tests::small::{SmallElection, manifest_json};
use veche_verify::{Check, KeyChange, KeyChanges, Outcome, Refusal, Report, RouteTurnout, Status};

use crate::board::{Board, NORTH, ONLINE, PAPER, SOUTH, assert_fails, assert_passes, fresh, pseudonym};

const FINAL: [RevocationReason; 2] = [RevocationReason::VotedOnPaper, RevocationReason::NotEntitled];

/// A manifest with a second route, whose ballots are typed from paper.
pub fn with_paper() -> Value {
    let mut manifest = manifest_json();
    let paper = json!({"id": "paper", "title": {"en": "On paper"}, "entered": true});
    manifest["routes"].as_array_mut().unwrap().push(paper);
    manifest["paper_until"] = manifest["closes"].clone();
    manifest
}

fn changes(report: &Report) -> KeyChanges {
    report.key_changes.unwrap()
}

fn change(count: u64, after_ballot: u64) -> KeyChange {
    KeyChange { count, after_ballot }
}

fn row(style: &str, route: &str, voters: u32, ballots: u32) -> RouteTurnout {
    RouteTurnout { style: style.into(), route: route.into(), voters, ballots }
}

/// Ends the vote, and gives the report of the whole record.
fn finished(mut board: Board) -> Report {
    board.close();
    board.fix_sums();
    board.finish();
    board.audit()
}

/// Casts the next ballot of a voter under the key number `key`.
pub fn vote_with(board: &mut Board, voter: u64, key: u64, style: u16, choice: usize) {
    let status = board.state.voter(&pseudonym(voter)).unwrap();
    let ballot = board.small.revote(style, key, choice, status.sequence, status.previous).unwrap();
    board.cast(&ballot.bytes).unwrap();
}

#[test]
fn attack_51_a_ballot_replaced_in_silence_is_counted_and_named() {
    let mut board = Board::open();
    board.vote(1, NORTH, 0);
    board.vote(2, SOUTH, 0);
    // The registrar ends voter 2's key, takes the pseudonym over and votes in the voter's place.
    board.append(board.revocation(2, 2));
    board.append(board.credential_of(2, 777, SOUTH));
    vote_with(&mut board, 2, 777, SOUTH, 1);
    let report = finished(board);
    assert_passes(&report, Outcome::Verified);
    assert_eq!(changes(&report).replaced, change(1, 1));
    assert_eq!(changes(&report).handovers, change(0, 0));
    let notice = report.notices.iter().find(|notice| notice.code == "keys-replaced").unwrap();
    assert!(notice.text.contains('1'), "{}", notice.text);
    assert!(report.to_string().contains("replaced"), "{report}");
}

#[test]
fn attack_51_whoever_registers_a_voter_first_and_hands_over_is_counted() {
    let mut board = Board::open();
    board.vote(2, SOUTH, 0);
    // The registrar gives voter 4's pseudonym a key of its own and votes with it, before voter 4 comes.
    board.append(board.credential_of(4, 777, NORTH));
    vote_with(&mut board, 4, 777, NORTH, 1);
    // To voter 4 it looks like a key handed over from another device, and so it does to everybody.
    board.append(board.handover(4, 777, 4, NORTH));
    let report = finished(board);
    assert_passes(&report, Outcome::Verified);
    assert_eq!(changes(&report).handovers, change(1, 1));
    assert_eq!(changes(&report).replaced, change(0, 0));
    // As long as voter 4 does not vote, it is the registrar's ballot that counts.
    let town = &report.tallies.as_ref().unwrap().contests[0];
    let totals: Vec<_> = town.options.iter().map(|option| option.total).collect();
    assert_eq!((town.ballots, totals), (2, vec![1, 1, 0]));
}

#[test]
fn every_change_is_counted_and_voters_are_counted_by_district_and_route() {
    let mut board = Board::of(&with_paper());
    board.register(1, NORTH);
    board.register(2, SOUTH);
    // Before the opening, too.
    board.append(board.handover(1, 1, 11, NORTH));
    board.struck(2, 2, RevocationReason::NotEntitled);
    board.rehearse();
    board.append(board.signed_open());
    for voter in 3..=8 {
        board.register(voter, SOUTH);
    }
    let paper = |voter| CredentialTerms { route: PAPER, ..board.terms(voter, voter, NORTH) };
    let entered = [board.issue(paper(20), 20, None), board.issue(paper(21), 21, None)];
    entered.into_iter().for_each(|entry| board.append(entry));
    vote_with(&mut board, 1, 11, NORTH, 0);
    board.vote(3, SOUTH, 2);
    board.vote(4, SOUTH, 1);
    board.vote(5, SOUTH, 1);
    board.vote(20, NORTH, 1);
    board.vote(21, NORTH, 1);
    board.append(board.handover(1, 11, 12, NORTH));
    vote_with(&mut board, 1, 12, NORTH, 1);
    board.append(board.revocation(3, 3));
    board.append(board.revocation(6, 6));
    board.append(board.credential_of(6, 16, SOUTH));
    board.struck(4, 4, RevocationReason::VotedOnPaper);
    board.struck(5, 5, RevocationReason::NotEntitled);
    board.struck(7, 7, RevocationReason::VotedOnPaper);
    // Whose key has ended is struck off all the same; and of the typed ones, one.
    board.struck(21, 21, RevocationReason::NotEntitled);
    board.count_papers(NORTH, 1);
    board.count_papers(SOUTH, 2);
    let report = finished(board);
    assert_passes(&report, Outcome::Verified);
    let expected = KeyChanges {
        handovers: change(2, 1),
        replaced: change(2, 1),
        voted_on_paper: change(2, 1),
        not_entitled: change(3, 2),
    };
    assert_eq!(changes(&report), expected);
    assert_eq!(
        report.turnout,
        [row("north", "sms", 1, 1), row("north", "paper", 1, 1), row("south", "sms", 3, 1)]
    );
    for check in [Check::Handover, Check::CredentialNumber, Check::StruckOff] {
        assert_eq!(report.status(check), Status::Passed);
    }
    // Voter 1's second ballot, voter 3's although the key has ended, and the typed one: nobody else's.
    let contests = report.tallies.unwrap().contests;
    let totals = |at: usize| contests[at].options.iter().map(|option| option.total).collect::<Vec<_>>();
    assert_eq!((contests[0].ballots, totals(0)), (3, vec![0, 2, 1]));
    assert_eq!((contests[1].ballots, totals(1)), (2, vec![0, 2]));
    assert_eq!((contests[2].ballots, totals(2)), (1, vec![0, 0, 1, 0, 0]));
}

#[test]
fn attack_74_a_stale_credential_that_was_withheld_fits_no_more() {
    let mut board = Board::open();
    // Signed for a key that has since been stolen; the voter gets another one instead.
    let withheld = board.handover(1, 1, 66, NORTH);
    let also = board.issue(CredentialTerms { number: 1, ..board.terms(1, 67, NORTH) }, 67, None);
    board.append(board.handover(1, 1, 11, NORTH));
    board.append(board.revocation(1, 11));
    for stale in [withheld, also] {
        let mut board = again(&board);
        assert!(board.state.admit_entry(&stale.clone().into(), &fresh()).is_err());
        let at = board.force(stale);
        assert_fails(&board.audit(), Check::CredentialNumber, Some(at), "ballot box");
    }
    // The first of a pseudonym is number 0.
    let mut first = Board::open();
    let skipped = CredentialTerms { number: 1, ..first.terms(4, 4, NORTH) };
    let at = first.force(first.issue(skipped, 4, None));
    assert_fails(&first.audit(), Check::CredentialNumber, Some(at), "ballot box");
    board.append(board.credential_of(1, 12, NORTH));
}

/// The same board once more, to be spoilt.
fn again(board: &Board) -> Board {
    let mut other = Board::open();
    for leaf in board.leaves.iter().skip(other.leaves.len()) {
        other.append(Entry::parse(leaf).unwrap());
    }
    other
}

#[test]
fn attack_75_a_handover_that_is_a_replacement_is_refused() {
    let board = Board::open();
    let right = board.terms(1, 11, NORTH);
    let election = board.fingerprint();
    let secret = |key: u64| {
        let holder = SmallElection::voter(key).unwrap();
        veche_crypto::signature::SecretKey::from_bytes(&holder.secret()).unwrap()
    };
    // By another's key, by the key itself; by the right one for another key, style, route, number or voter.
    let wrong = [
        right.hand_over(&secret(2), &election),
        right.hand_over(&secret(11), &election),
        CredentialTerms { key: board.terms(1, 12, NORTH).key, ..right }.hand_over(&secret(1), &election),
        CredentialTerms { style: SOUTH, ..right }.hand_over(&secret(1), &election),
        CredentialTerms { route: PAPER, ..right }.hand_over(&secret(1), &election),
        CredentialTerms { number: 2, ..right }.hand_over(&secret(1), &election),
        CredentialTerms { pseudonym: pseudonym(2), ..right }.hand_over(&secret(1), &election),
        right.prove_possession(&secret(1), &election),
    ];
    let possession = right.prove_possession(&secret(11), &election).unwrap();
    for handover in wrong {
        let entry =
            CredentialEntry::sign(board.registrar(), &election, right, Some(handover.unwrap()), possession);
        let mut board = Board::open();
        let at = board.force(entry.unwrap());
        assert_fails(&board.audit(), Check::Handover, Some(at), "ballot box");
    }
    // By a key that has ended, and for a voter who has none.
    let mut ended = Board::open();
    ended.append(ended.revocation(1, 1));
    let at = ended.force(ended.handover(1, 1, 11, NORTH));
    assert_fails(&ended.audit(), Check::Handover, Some(at), "ballot box");
    let mut nobody = Board::open();
    let at = nobody.force(nobody.handover(4, 1, 4, NORTH));
    assert_fails(&nobody.audit(), Check::Handover, Some(at), "ballot box");
    // What does not claim to be a handover does not end the key.
    let mut silent = Board::open();
    let at = silent.force(silent.credential_of(1, 11, NORTH));
    assert_fails(&silent.audit(), Check::CredentialHolder, Some(at), "ballot box");
}

#[test]
fn a_handover_ends_the_old_key_at_once() {
    let mut board = Board::open();
    let old = board.ballot(1, NORTH, 0);
    board.append(board.handover(1, 1, 11, NORTH));
    assert_eq!(board.cast(&old), Err(Refusal::CredentialRevoked));
    let at = board.force_ballot(&old);
    assert_fails(&board.audit(), Check::BallotCredential, Some(at), "ballot box");
}

#[test]
fn attack_76_a_voter_who_was_struck_off_does_not_come_back() {
    for reason in FINAL {
        let mut board = Board::open();
        board.vote(1, NORTH, 0);
        let next = board.ballot(1, NORTH, 1);
        let handover = board.handover(1, 1, 11, NORTH);
        board.struck(1, 1, reason);
        assert_eq!(board.cast(&next), Err(Refusal::StruckOff));
        let spoilt = |entry: Option<Entry>| {
            let mut spoilt = Board::open();
            spoilt.vote(1, NORTH, 0);
            spoilt.struck(1, 1, reason);
            let at = match entry {
                Some(entry) => spoilt.force(entry),
                None => spoilt.force_ballot(&next),
            };
            assert_fails(&spoilt.audit(), Check::StruckOff, Some(at), "ballot box");
        };
        spoilt(None);
        spoilt(Some(handover.into()));
        spoilt(Some(board.credential_of(1, 11, NORTH).into()));
        spoilt(Some(board.revocation(1, 1).into()));
        for other in FINAL {
            spoilt(Some(board.strike(1, 1, other).into()));
        }
        // The ballot is not counted.
        board.count_papers(NORTH, 1);
        let report = finished(board);
        assert_passes(&report, Outcome::Verified);
        assert_eq!(report.ballots, 1);
        assert!(report.tallies.unwrap().contests.iter().all(|contest| contest.ballots == 0));
    }
}

#[test]
fn a_struck_off_voter_makes_room_for_another_and_stays_struck_off_after_the_key_ended() {
    let mut manifest = manifest_json();
    manifest["styles"][1]["electorate"] = json!(2);
    let mut board = Board::open_of(&manifest);
    board.append(board.revocation(2, 2));
    board.struck(2, 2, RevocationReason::NotEntitled);
    board.append(board.credential(4, SOUTH));
    assert_eq!(board.state.voters_by_style(), [1, 2]);
    let at = board.force(board.credential(5, SOUTH));
    assert_fails(&board.audit(), Check::Electorate, Some(at), "ballot box");
}

#[test]
fn a_ballot_of_a_struck_off_voter_that_is_counted_all_the_same_is_found() {
    let mut board = Board::open();
    board.vote(1, NORTH, 0);
    board.vote(2, SOUTH, 0);
    let mut honest = again_with_ballots(&board);
    honest.struck(1, 1, RevocationReason::NotEntitled);
    // Consents to the sums of a board without the Revocation, on the board with it.
    board.append(board.signed_close());
    board.fix_sums();
    honest.append(honest.signed_close());
    honest.append(veche_record::entry::TallyKind::Vote.marker());
    assert_eq!(honest.state.verified_tally().unwrap().groups()[0].ballots, 1);
    let at = honest.force(board.consent_of(veche_record::entry::TallyKind::Vote, 1));
    assert_fails(&honest.audit(), Check::Consent, Some(at), "ballot box");
}

fn again_with_ballots(board: &Board) -> Board {
    let mut other = Board::open();
    for leaf in board.leaves.iter().skip(other.leaves.len()) {
        match Entry::parse(leaf).unwrap() {
            Entry::Ballot(ballot) => drop(other.cast(&ballot).unwrap()),
            entry => other.append(entry),
        }
    }
    other
}

#[test]
fn a_revocation_names_the_last_key() {
    let mut board = Board::open();
    board.append(board.handover(1, 1, 11, NORTH));
    for reason in [RevocationReason::Replaced, RevocationReason::VotedOnPaper, RevocationReason::NotEntitled]
    {
        for (voter, key) in [(1, 1), (1, 2), (1, 50), (9, 1)] {
            let mut spoilt = again(&board);
            let at = spoilt.force(spoilt.strike(voter, key, reason));
            assert_fails(&spoilt.audit(), Check::Revocation, Some(at), "ballot box");
        }
    }
    board.append(board.revocation(1, 11));
    let mut spoilt = again(&board);
    let at = spoilt.force(spoilt.revocation(1, 11));
    assert_fails(&spoilt.audit(), Check::Revocation, Some(at), "ballot box");
    board.append(board.strike(1, 11, RevocationReason::VotedOnPaper));
}

#[test]
fn a_pseudonym_has_at_most_64_credentials() {
    let mut board = Board::open();
    for number in 0..63 {
        let from = if number == 0 { 1 } else { 100 + number - 1 };
        board.append(board.handover(1, from, 100 + number, NORTH));
    }
    assert_eq!(board.state.voter(&pseudonym(1)).unwrap().number, 64);
    let at = board.force(board.handover(1, 162, 163, NORTH));
    assert_fails(&board.audit(), Check::CredentialNumber, Some(at), "registrar");
}

#[test]
fn a_route_is_one_of_the_manifest() {
    let mut board = Board::open();
    let terms = CredentialTerms { route: PAPER, ..board.terms(4, 4, NORTH) };
    let at = board.force(board.issue(terms, 4, None));
    assert_fails(&board.audit(), Check::CredentialNumber, Some(at), "registrar");
}

#[test]
fn attack_87_nobody_is_entered_after_the_fact_and_an_entered_one_has_one_credential() {
    let entered =
        |board: &Board, voter, key| CredentialTerms { route: PAPER, ..board.terms(voter, key, NORTH) };
    // An online pseudonym becomes an entered one.
    for by_handover in [true, false] {
        let mut board = Board::open_of(&with_paper());
        if !by_handover {
            board.append(board.revocation(1, 1));
        }
        let entry = board.issue(entered(&board, 1, 11), 11, by_handover.then_some(1));
        let at = board.force(entry);
        assert_fails(&board.audit(), Check::CredentialNumber, Some(at), "registrar");
    }
    // An entered pseudonym hands over, online or entered; is replaced, or has voted on paper "too".
    let open = || {
        let mut board = Board::open_of(&with_paper());
        board.append(board.issue(entered(&board, 20, 20), 20, None));
        board
    };
    for (route, culprit) in [(ONLINE, "ballot box"), (PAPER, "registrar")] {
        let mut board = open();
        let terms = CredentialTerms { route, ..board.terms(20, 21, NORTH) };
        let at = board.force(board.issue(terms, 21, Some(20)));
        assert_fails(&board.audit(), Check::CredentialNumber, Some(at), culprit);
    }
    for reason in [RevocationReason::Replaced, RevocationReason::VotedOnPaper] {
        let mut board = open();
        let at = board.force(board.strike(20, 20, reason));
        assert_fails(&board.audit(), Check::CredentialNumber, Some(at), "ballot box");
    }
    // A first one that hands over.
    let mut board = Board::open_of(&with_paper());
    let at = board.force(board.issue(entered(&board, 20, 20), 20, Some(1)));
    assert_fails(&board.audit(), Check::CredentialNumber, Some(at), "registrar");
}
