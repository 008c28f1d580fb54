//! Honest records pass, and say how far they go.

use serde_json::{Value, json};
use veche_board::leaf_hash;
use veche_record::{Entry, Selection};
use veche_tests::small::{SmallElection, manifest_json, report_by};
use veche_verify::result::GroupResult;
use veche_verify::state::StoredEntry;
use veche_verify::{BoardState, Cause, Check, Course, Outcome, Status};

use crate::board::{Board, NORTH, SOUTH, assert_fails, assert_passes, audit_files, fresh, pseudonym};

/// Five contests on one ballot, each under another rule; the last two allow a blank vote.
fn every_rule() -> Value {
    let options = |ids: &[(&str, u64)]| -> Value {
        ids.iter().map(|(id, cost)| json!({"id": id, "name": {"en": id}, "cost": cost})).collect()
    };
    let contest = |id: &str, rule: Value, options: Value| json!({"id": id, "title": {"en": id}, "report_by": "contest", "rule": rule, "funding": {"method": "none"}, "options": options});
    let three = || options(&[("bench", 10), ("tree", 30), ("lamp", 20)]);
    let mut manifest = manifest_json();
    manifest["contests"] = json!([
        contest("picks", json!({"type": "approval", "min": 1, "max": 2, "blank": false}), three()),
        contest("budget", json!({"type": "knapsack", "budget": 50, "min": 0, "blank": false}), three()),
        contest(
            "points",
            json!({"type": "cumulative", "points": 5, "min_points": 1, "max_per_option": 3, "blank": false}),
            three()
        ),
        contest(
            "order",
            json!({"type": "ranked", "places": 2, "min": 1, "scores": [3, 1], "blank": true}),
            three()
        ),
        contest(
            "credits",
            json!({"type": "quadratic", "credits": 10, "min_credits": 1, "blank": true}),
            three()
        ),
    ]);
    manifest["styles"] = json!([{"id": "town", "title": {"en": "Town"},
        "contests": ["picks", "budget", "points", "order", "credits"], "electorate": 50}]);
    manifest
}

#[test]
fn a_record_of_every_rule_is_verified_and_counted() {
    let mut board = Board::of(&every_rule());
    board.register(1, 0);
    board.register(2, 0);
    board.rehearse();
    board.append(board.signed_open());
    let choose = |values: [[u32; 3]; 5]| -> Vec<Selection> {
        let blank = |values: &[u32; 3]| values.iter().all(|&value| value == 0);
        values.iter().map(|values| Selection::new(values.to_vec(), blank(values))).collect()
    };
    let ballots = [
        choose([[1, 1, 0], [0, 1, 1], [3, 0, 2], [2, 0, 1], [3, 1, 0]]),
        choose([[0, 0, 1], [1, 0, 1], [1, 1, 1], [0, 0, 0], [0, 0, 0]]),
    ];
    for (selections, voter) in ballots.iter().zip(1..) {
        let ballot = board.small.first_ballot(0, voter, selections).unwrap();
        board.cast(&ballot.bytes).unwrap();
    }
    board.append(board.signed_close());
    board.fix_sums();
    board.finish();

    let report = board.audit();
    assert_passes(&report, Outcome::Verified);
    let result = serde_json::to_value(report.tallies.as_ref().unwrap()).unwrap();
    let totals = |contest: usize| {
        let options = result["contests"][contest]["options"].as_array().unwrap();
        options.iter().map(|option| option["total"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(totals(0), [1, 1, 1]);
    assert_eq!(totals(1), [1, 1, 2]);
    assert_eq!(totals(2), [4, 1, 3]);
    assert_eq!(totals(3), [1, 0, 3], "a first place counts 3, a second 1");
    assert_eq!(totals(4), [3, 1, 0], "votes, not credits");
    for contest in [3, 4] {
        assert_eq!(result["contests"][contest]["blank"], 1);
    }
}

#[test]
fn a_finished_record_is_verified_and_counts_each_voters_last_ballot() {
    let board = Board::finished();
    let report = board.audit();
    assert_passes(&report, Outcome::Verified);
    let result = serde_json::to_value(report.tallies.as_ref().unwrap()).unwrap();
    let options = |totals: &[(&str, u64)]| {
        totals.iter().map(|(id, total)| json!({"id": id, "total": total})).collect::<serde_json::Value>()
    };
    // Voter 1 chose 0, voter 2 first 0 and then 1, voter 3 chose 2.
    assert_eq!(
        result,
        json!({"contests": [
            {"id": "town", "ballots": 3, "blank": 0, "options": options(&[("bench", 1), ("tree", 1), ("lamp", 1)])},
            {"id": "north", "ballots": 1, "options": options(&[("swing", 1), ("slide", 0)])},
            {"id": "south", "ballots": 2,
             "options": options(&[("well", 0), ("wall", 1), ("bridge", 1), ("path", 0), ("gate", 0)])},
        ]})
    );
    assert_eq!(report.ballots, 4);
    assert_eq!(report.status(Check::BallotProof), Status::Passed);
    assert_eq!(report.status(Check::Revocation), Status::NotApplicable);
    // Nobody but the organiser says when it was closed, and nothing says who holds the keys.
    let codes: Vec<_> = report.notices.iter().map(|notice| notice.code).collect();
    assert_eq!(codes, ["closing-not-proved", "keys-differ"]);
    assert!(report.notices[1].text.contains("Who holds them the record cannot show"));
}

#[test]
fn two_roles_under_one_key_are_said_to_share_it() {
    let mut small = SmallElection::new().unwrap();
    small.genesis.registrar = small.genesis.organiser;
    let state = BoardState::new(&small.manifest).unwrap();
    let mut board = Board { small, state, leaves: Vec::new() };
    board.append(board.small.genesis.clone());
    let report = board.audit_unpinned();
    let codes: Vec<_> = report.notices.iter().map(|notice| notice.code).collect();
    assert!(codes.contains(&"keys-shared") && !codes.contains(&"keys-differ"), "{codes:?}");
}

#[test]
fn without_an_expected_fingerprint_a_record_is_only_consistent() {
    let report = audit_files(&Board::finished().files(), None).report;
    assert_passes(&report, Outcome::Consistent);
    assert_eq!(report.status(Check::Fingerprint), Status::NotApplicable);
    assert!(report.to_string().contains("compare this fingerprint with the published one"));
    assert!(report.notices.iter().any(|notice| notice.code == "unpinned"));
}

#[test]
fn an_unfinished_record_passes_only_as_not_finished() {
    let mut half_decrypted = Board::counting();
    half_decrypted.decrypt(2);
    for board in
        [Board::of(&manifest_json()), Board::open(), Board::closed(), Board::counting(), half_decrypted]
    {
        let report = board.audit();
        assert_passes(&report, Outcome::NotFinished);
        assert!(report.tallies.is_none());
        assert_eq!(report.status(Check::Result), Status::NotReached);
        assert!(report.to_string().contains("Not finished"));
    }
}

#[test]
fn where_there_is_no_record_there_is_nothing_to_read() {
    let report = audit_files(&Default::default(), None).report;
    assert_eq!((report.outcome, report.exit_code()), (Outcome::Unreadable, 2));
}

#[test]
fn the_report_is_one_json_document() {
    let report = serde_json::to_value(Board::finished().audit()).unwrap();
    assert_eq!(report["outcome"], "verified");
    assert_eq!(report["checks"][0]["number"], 1);
    assert_eq!(report["checks"][0]["status"], "passed");
    assert_eq!(report["checks"].as_array().unwrap().len(), Check::ALL.len());
    assert_eq!(report["contests"][0]["id"], "town");
    assert_eq!(report["notices"][0]["code"], "closing-not-proved");
    assert_eq!(report["notices"][1]["code"], "keys-differ");
    assert_eq!(report["notices"].as_array().map(Vec::len), Some(2));
    assert_eq!(report["fingerprint"].as_str().unwrap().len(), 64);
}

#[test]
fn applying_restoring_and_admitting_come_to_the_same_state() {
    let board = Board::finished();
    let mut applied = BoardState::new(&board.small.manifest).unwrap();
    let mut restored = BoardState::new(&board.small.manifest).unwrap();
    let mut resumed = BoardState::new(&board.small.manifest).unwrap();
    for state in [&mut applied, &mut restored, &mut resumed] {
        assert_eq!(state.course(), Course::Empty);
    }
    for (index, leaf) in (0..).zip(&board.leaves) {
        applied.apply(index, leaf, &fresh()).unwrap();
        restored.restore(index, leaf).unwrap();
        // Read before on another core, or not: it comes to the same.
        let read = StoredEntry::read(resumed.election().map(AsRef::as_ref), leaf);
        resumed.resume(index, leaf, leaf_hash(leaf), read.filter(|_| index % 2 == 0)).unwrap();
        for state in [&mut applied, &mut restored] {
            assert_eq!(state.unsummed().len(), 0);
            for owed in state.owed().collect::<Vec<_>>() {
                state.settle(owed, &board.leaves[owed as usize]).unwrap();
            }
        }
        if resumed.course() == Course::Closed {
            // Only those that count are read again: the ballots that were replaced never came into the sums.
            assert_eq!((resumed.owed().len(), resumed.unsummed().len()), (0, 3));
            let next = &board.leaves[index as usize + 1];
            let failure = resumed.resume(index + 1, next, leaf_hash(next), None).unwrap_err();
            assert!(matches!(*failure.cause, Cause::Unsettled(3)), "{failure}");
            for unsummed in resumed.unsummed().collect::<Vec<_>>() {
                resumed.settle(unsummed, &board.leaves[unsummed as usize]).unwrap();
            }
        }
    }
    assert!(applied.is_verified() && !restored.is_verified() && !resumed.is_verified());
    for state in [&applied, &restored, &resumed] {
        assert_eq!(state.course(), Course::Published);
        assert_eq!(state.result_file(), board.state.result_file());
        assert_eq!(state.voters_by_style(), [1, 2]);
    }
}

#[test]
fn a_vote_without_ballots_publishes_zeros_and_decrypts_nothing() {
    let mut board = Board::open();
    board.append(board.signed_close());
    board.fix_sums();
    assert_eq!(board.state.verified_tally().unwrap().decrypted_groups(1).unwrap().len(), 0);
    board.append(board.state.make_result().unwrap());
    let report = board.audit();
    assert_passes(&report, Outcome::Verified);
    let result = report.tallies.unwrap();
    assert!(result.contests.iter().all(|group| group.ballots == 0 && !group.withheld));
    assert!(result.contests.iter().flat_map(|group| &group.options).all(|option| option.total == 0));
}

#[test]
fn attack_37_tiny_electorate_a_group_under_the_minimum_is_not_decrypted() {
    let mut manifest = manifest_json();
    manifest["minimum_group"] = json!(2);
    let mut board = Board::closed_of(&manifest);
    board.fix_sums();
    let tally = board.state.verified_tally().unwrap();
    let withheld: Vec<bool> = tally.groups().iter().map(|group| group.withheld).collect();
    assert_eq!(withheld, [false, true, false]); // north has one ballot
    assert_eq!(tally.decrypted_groups(1).unwrap().iter().map(|g| g.position).collect::<Vec<_>>(), [0, 2]);
    board.finish();
    let report = board.audit();
    assert_passes(&report, Outcome::Verified);
    let north = &report.tallies.unwrap().contests[1];
    assert!(north.withheld && north.options.is_empty() && north.ballots == 1);
    assert!(report.notices.iter().any(|notice| notice.code == "withheld"));
}

#[test]
fn totals_by_contest_and_style_are_disjoint_groups() {
    let mut manifest = manifest_json();
    report_by(&mut manifest, "contest-and-style");
    let mut board = Board::closed_of(&manifest);
    board.fix_sums();
    board.finish();
    let report = board.audit();
    assert_passes(&report, Outcome::Verified);
    let groups: Vec<_> = report
        .tallies
        .unwrap()
        .contests
        .into_iter()
        .map(|group| (group.id, group.styles.unwrap().join("+"), group.ballots))
        .collect();
    let group = |id: &str, style: &str, ballots| (id.to_owned(), style.to_owned(), ballots);
    assert_eq!(
        groups,
        [
            group("town", "north", 1),
            group("town", "south", 2),
            group("north", "north", 1),
            group("south", "south", 2)
        ]
    );
}

#[test]
fn any_two_trustees_give_the_same_totals() {
    let results: Vec<_> = [[1, 2], [2, 3], [3, 1]]
        .map(|trustees| {
            let mut board = Board::counting();
            trustees.iter().for_each(|&trustee| board.decrypt(trustee));
            board.state.tally().unwrap().stated()
        })
        .into();
    assert!(results.iter().all(|totals| *totals == results[0]));
}

#[test]
fn a_new_key_continues_the_ballots_of_its_pseudonym() {
    let mut board = Board::open();
    board.vote(1, NORTH, 0);
    board.append(board.revocation(1, 1));
    board.append(board.credential_of(1, 11, NORTH));
    // Key 11 casts as voter 1's second ballot.
    let status = board.state.voter(&crate::board::pseudonym(1)).unwrap();
    let ballot = board.small.revote(NORTH, 11, 1, status.sequence, status.previous).unwrap();
    board.cast(&ballot.bytes).unwrap();
    board.append(board.signed_close());
    board.fix_sums();
    board.finish();
    let report = board.audit();
    assert_passes(&report, Outcome::Verified);
    assert_eq!(report.status(Check::Revocation), Status::Passed);
    let north = &report.tallies.unwrap().contests[1];
    assert_eq!((north.ballots, north.options[0].total, north.options[1].total), (1, 0, 1));
}

#[test]
fn messages_longer_than_a_leaf_are_carried_in_parts() {
    let mut manifest = manifest_json();
    let options: serde_json::Value =
        (0..420).map(|i| json!({"id": format!("o{i}"), "name": {"en": "option"}})).collect();
    manifest["contests"] = json!([{"id": "town", "title": {"en": "Town"},
        "report_by": "contest", "rule": {"type": "approval", "min": 1, "max": 1, "blank": false}, "funding": {"method": "none"}, "options": options}]);
    // So many voters that each option has a slot: 420 slots of five commitments.
    let style = |id: usize| {
        let title = json!({"en": "District"});
        json!({"id": id.to_string(), "title": title, "contests": ["town"], "electorate": 1 << 21})
    };
    manifest["styles"] = (0..6).map(style).collect();
    report_by(&mut manifest, "contest-and-style");
    manifest["trustees"] = json!({"count": 5, "threshold": 5});
    let mut board = Board::of(&manifest);
    // Commitments take two leaves each; shares and confirmations one.
    assert_eq!(board.leaves.len(), 1 + 5 * 2 + 5 + 5);
    assert!(matches!(Entry::parse(&board.leaves[2]), Ok(Entry::Part(_))));
    board.register(1, NORTH);
    board.rehearse();
    board.append(board.signed_open());
    board.vote(1, NORTH, 419);
    board.append(board.signed_close());
    let before = board.leaves.len();
    board.fix_sums();
    assert_eq!(board.leaves.len(), before + 1 + 5);
    (1..=5).for_each(|trustee| board.decrypt(trustee));
    board.append(board.state.make_result().unwrap());
    let report = board.audit();
    assert_passes(&report, Outcome::Verified);
    assert_eq!(report.tallies.unwrap().contests[0].options[419].total, 1);
}

#[test]
fn hundreds_of_entries_cross_bundles_tiles_and_batches() {
    let mut manifest = manifest_json();
    manifest["styles"][1]["electorate"] = json!(400);
    let mut board = Board::open_of(&manifest);
    board.vote(2, SOUTH, 0);
    for voter in 100..370 {
        board.register(voter, SOUTH);
        board.vote(voter, SOUTH, (voter % 3) as usize);
    }
    // The replaced ballot lies in another bundle than the one that replaces it.
    board.vote(2, SOUTH, 2);
    board.append(board.signed_close());
    board.fix_sums();
    board.finish();
    let files = board.files();
    assert!(files.contains_key("tile/1/000.p/2") && files.contains_key("tile/entries/001"));
    let report = audit_files(&files, None).report;
    assert_passes(&report, Outcome::Consistent);
    let south = &report.tallies.unwrap().contests[2];
    let totals: Vec<u64> = south.options.iter().map(|option| option.total).collect();
    assert_eq!((south.ballots, totals), (271, vec![90, 90, 91, 0, 0]));

    // Without its last bundle the replay ends early; a tile that nobody came to read is missed too.
    let mut files = files;
    let last = files.keys().rfind(|path| path.starts_with("tile/entries/")).cloned().unwrap();
    files.remove(&last).unwrap();
    files.remove("tile/1/000.p/2").unwrap();
    let report = audit_files(&files, None).report;
    assert_fails(&report, Check::Files, None, "publisher");
    assert_eq!(report.failed().next().unwrap().more_failures.len(), 1);
}

/// North's voters may add the south's contest: ballot styles are north, north+south, south.
fn plus_one(by: &str) -> Board {
    const NORTH_AND_SOUTH: u16 = 1;
    const SOUTH: u16 = 2;
    let mut manifest = manifest_json();
    manifest["styles"][0]["plus_one_of"] = json!(["south"]);
    report_by(&mut manifest, by);
    let mut board = Board::of(&manifest);
    for (voter, style) in [(1, NORTH_AND_SOUTH), (2, NORTH_AND_SOUTH), (3, SOUTH)] {
        board.register(voter, style);
    }
    board.rehearse();
    board.append(board.signed_open());
    for (voter, style) in [(1, NORTH_AND_SOUTH), (2, NORTH_AND_SOUTH), (3, SOUTH)] {
        board.vote(voter, style, 1);
    }
    // Voter 1 thinks better of it: a new key without the other district, and a ballot that replaces all of the first.
    board.append(board.revocation(1, 1));
    board.append(board.credential_of(1, 11, NORTH));
    let status = board.state.voter(&pseudonym(1)).unwrap();
    let ballot = board.small.revote(NORTH, 11, 0, status.sequence, status.previous).unwrap();
    board.cast(&ballot.bytes).unwrap();
    board.append(board.signed_close());
    board.fix_sums();
    board.finish();
    board
}

#[test]
fn a_voter_may_add_one_contest_and_drop_it_again() {
    let board = plus_one("contest");
    assert_eq!(board.state.voters_by_style(), [2, 1]);
    let report = board.audit();
    assert_passes(&report, Outcome::Verified);
    let totals = |group: &GroupResult| group.options.iter().map(|option| option.total).collect::<Vec<_>>();
    let groups = report.tallies.unwrap().contests;
    let found: Vec<_> =
        groups.iter().map(|group| (group.id.as_str(), group.ballots, totals(group))).collect();
    assert_eq!(
        found,
        [("town", 3, vec![1, 2, 0]), ("north", 2, vec![1, 1]), ("south", 2, vec![0, 2, 0, 0, 0])]
    );
}

#[test]
fn totals_by_style_are_of_declared_styles() {
    let report = plus_one("contest-and-style").audit();
    assert_passes(&report, Outcome::Verified);
    let groups = report.tallies.unwrap().contests;
    let found: Vec<_> = groups
        .iter()
        .map(|group| (group.id.as_str(), group.styles.as_ref().unwrap().join("+"), group.ballots))
        .collect();
    assert_eq!(
        found,
        [
            ("town", "north".into(), 2),
            ("town", "south".into(), 1),
            ("north", "north".into(), 2),
            ("south", "south".into(), 1),
            ("south", String::new(), 1)
        ]
    );
}
