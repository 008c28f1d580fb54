//! Whose ballots one total is made of: small groups are joined, so that nobody's vote can be read from a total.

use serde_json::{Value, json};
use veche_record::entry::CredentialTerms;
use veche_tests::small::{manifest_json, report_by};
use veche_verify::result::GroupResult;
use veche_verify::{Outcome, Report};

use crate::board::{Board, NORTH, assert_passes};

/// Five trustees, totals by district, a minimum.
fn by_district(minimum: u32) -> Value {
    let mut manifest = manifest_json();
    manifest["trustees"] = json!({"count": 5, "threshold": 3});
    manifest["minimum_group"] = json!(minimum);
    report_by(&mut manifest, "contest-and-style");
    manifest
}

fn opened(manifest: &Value) -> Board {
    let mut board = Board::of(manifest);
    board.rehearse();
    board.append(board.signed_open());
    board
}

/// Counts and verifies.
fn counted(mut board: Board) -> Report {
    board.close();
    board.fix_sums();
    if !board.state.verified_tally().unwrap().decrypted_groups(1).unwrap().is_empty() {
        (1..=3).for_each(|trustee| board.decrypt(trustee));
    }
    board.append(board.state.make_result().unwrap());
    let report = board.audit();
    assert_passes(&report, Outcome::Verified);
    report
}

fn groups(report: &Report) -> Vec<(String, String, u32, bool)> {
    let name =
        |group: &GroupResult| group.styles.as_ref().map_or_else(String::new, |styles| styles.join("+"));
    let groups = report.tallies.as_ref().unwrap().contests.iter();
    groups.map(|group| (group.id.clone(), name(group), group.ballots, group.withheld)).collect()
}

fn group(id: &str, styles: &str, ballots: u32, withheld: bool) -> (String, String, u32, bool) {
    (id.to_owned(), styles.to_owned(), ballots, withheld)
}

#[test]
fn attack_48_an_added_contest_in_a_district_of_one_gives_no_total_alone() {
    // The victim is the only one of her district who adds the contest "south". The box leaves nobody out and invents
    // nobody: her vote there is one of all that the voters of other districts and the south's own have cast.
    let mut manifest = by_district(10);
    manifest["styles"][0]["plus_one_of"] = json!(["south"]);
    let (north, plus, south) = (0_u16, 1_u16, 2_u16);
    let mut board = opened(&manifest);
    let mut vote = |voter: u64, style: u16, choice: usize| {
        board.register(voter, style);
        board.vote(voter, style, choice);
    };
    (10..22).for_each(|voter| vote(voter, north, 0));
    (30..42).for_each(|voter| vote(voter, south, 0));
    vote(1, plus, 1);
    let report = counted(board);
    assert_eq!(
        groups(&report),
        [
            group("town", "north", 13, false),
            group("town", "south", 12, false),
            group("north", "north", 13, false),
            group("south", "south+", 13, false),
        ]
    );
}

#[test]
fn attack_48_three_groups_of_six_are_one_of_eighteen() {
    let mut manifest = by_district(10);
    let style = |id: &str| json!({"id": id, "title": {"en": id}, "contests": ["town"], "electorate": 50});
    manifest["contests"].as_array_mut().unwrap().truncate(1);
    manifest["styles"] = json!([style("a"), style("b"), style("c")]);
    let mut board = opened(&manifest);
    for voter in 0..18 {
        board.register(voter, (voter % 3) as u16);
        board.vote(voter, (voter % 3) as u16, (voter % 2) as usize);
    }
    let report = counted(board);
    assert_eq!(groups(&report), [group("town", "a+b+c", 18, false)]);
    let totals = &report.tallies.as_ref().unwrap().contests[0];
    assert_eq!(totals.options.iter().map(|option| option.total).collect::<Vec<_>>(), [9, 9, 0]);
}

#[test]
fn attack_48_one_beside_nine_that_were_typed_is_not_published_alone() {
    // Ten ballots in the north, of which nine are typed from paper; in the south twelve people vote themselves.
    let mut manifest = by_district(10);
    manifest["routes"] = json!([
        {"id": "sms", "title": {"en": "By SMS"}, "entered": false},
        {"id": "paper", "title": {"en": "On paper"}, "entered": true}
    ]);
    manifest["paper_until"] = manifest["closes"].clone();
    manifest["contests"].as_array_mut().unwrap().truncate(1);
    manifest["styles"][0]["contests"] = json!(["town"]);
    manifest["styles"][1]["contests"] = json!(["town"]);
    let tally = |south: u64| {
        let mut board = opened(&manifest);
        for voter in 0..10 {
            let terms = CredentialTerms { route: u8::from(voter > 0), ..board.terms(voter, voter, NORTH) };
            board.append(board.issue(terms, voter, None));
            board.vote(voter, NORTH, 0);
        }
        for voter in 20..20 + south {
            board.register(voter, 1);
            board.vote(voter, 1, 1);
        }
        board.count_papers(NORTH, 9);
        board.close();
        board.fix_sums();
        let tally = board.state.verified_tally().unwrap();
        let styles =
            tally.groups().iter().map(|input| (input.group.styles.clone(), input.ballots, input.withheld));
        styles.collect::<Vec<_>>()
    };
    assert_eq!(tally(12), [(vec![0, 1], 22, false)]);
    // Where all who voted themselves are too few, everything is one total: whoever typed the nine learns the others'.
    assert_eq!(tally(3), [(vec![0, 1], 13, false)]);
}

#[test]
fn a_city_with_three_tiny_districts_gives_every_total_of_the_whole_city() {
    let mut manifest = by_district(10);
    let style = |(id, electorate): (usize, u32)| json!({"id": format!("d{id}"), "title": {"en": "D"}, "contests": ["town"], "electorate": electorate});
    manifest["contests"].as_array_mut().unwrap().truncate(1);
    manifest["styles"] = [60, 8, 60, 5, 3, 60].into_iter().enumerate().map(style).collect();
    let mut board = opened(&manifest);
    let mut voter = 0;
    for (district, ballots) in [(0, 24), (1, 4), (2, 17), (3, 2), (4, 1), (5, 12)] {
        for _ in 0..ballots {
            board.register(voter, district);
            board.vote(voter, district, (voter % 3) as usize);
            voter += 1;
        }
    }
    let report = counted(board);
    assert_eq!(
        groups(&report),
        [
            group("town", "d0", 24, false),
            group("town", "d1+d3+d4+d5", 19, false),
            group("town", "d2", 17, false)
        ]
    );
    let contests = &report.tallies.as_ref().unwrap().contests;
    let total = |option: usize| contests.iter().map(|group| group.options[option].total).sum::<u64>();
    assert_eq!([total(0), total(1), total(2)], [20, 20, 20]);
}

#[test]
fn attack_48_a_vote_of_too_few_is_withheld_whole_and_is_no_result() {
    let mut board = opened(&by_district(10));
    board.register(1, NORTH);
    board.vote(1, NORTH, 1);
    board.register(2, 1);
    board.vote(2, 1, 0);
    let report = counted(board);
    assert_eq!(
        groups(&report),
        [
            group("town", "north+south", 2, true),
            group("north", "north", 1, true),
            group("south", "south", 1, true)
        ]
    );
    assert!(report.tallies.as_ref().unwrap().is_all_withheld());
    assert!(report.notices.iter().any(|notice| notice.code == "withheld"));
}
