//! A published result is taken only when its election can have it; and what a page is told of one that is.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

use serde_json::{Value, json};
use veche_record::Manifest;
use veche_results::published::{GroupMisfit, Misfit, read};
use veche_results::view::TurnoutOf;
use veche_results::{Standing, View, csv, language};

/// Two districts: one contest is on all ballots, one is the east's, and in the east people may add the west's.
fn manifest(report_by: &str, minimum_group: u32) -> Manifest {
    let contest = |id: &str, options: &[&str], budget: u64, blank: bool| {
        let options: Vec<Value> = options
            .iter()
            .enumerate()
            .map(|(place, id)| json!({"id": id, "name": {"en": id}, "cost": 40 + 10 * place}))
            .collect();
        json!({"id": id, "title": {"en": id}, "budget": budget, "options": options,
               "report_by": report_by, "rule": {"type": "approval", "min": u32::from(blank), "max": 2, "blank": blank}, "funding": {"method": "greedy", "unaffordable": "skip", "minimum_votes": 1, "ties": "cheaper", "exclusive": []}})
    };
    let document = json!({
        "veche": 1, "phase": "election", "languages": ["en"], "title": {"en": "Town"}, "text": {"en": "A vote"},
        "opens": "2026-06-01T00:00:00Z", "closes": "2026-06-14T23:59:59Z", "time_zone": "UTC", "early_close": false,
        "contests": [contest("town", &["a", "b", "c"], 90, true), contest("east", &["e", "f"], 40, false), contest("west", &["w", "x"], 500, false)],
        "styles": [
            {"id": "east", "title": {"en": "East"}, "contests": ["town", "east"], "plus_one_of": ["west"], "electorate": 40, "inhabitants": 61},
            {"id": "west", "title": {"en": "West"}, "contests": ["town", "west"], "electorate": 20, "inhabitants": 39}
        ],
        "routes": [{"id": "sms", "title": {"en": "By SMS"}, "entered": false}],
        "trustees": {"count": 1, "threshold": 1}, "minimum_group": minimum_group,
        "revote": false, "registration": "roll"
    });
    Manifest::parse(document.to_string().as_bytes()).unwrap()
}

fn whole() -> Value {
    json!({"contests": [
        {"id": "town", "ballots": 15, "options": [{"id": "a", "total": 7}, {"id": "b", "total": 7}, {"id": "c", "total": 9}], "blank": 1},
        {"id": "east", "ballots": 10, "options": [{"id": "e", "total": 3}, {"id": "f", "total": 10}]},
        {"id": "west", "ballots": 8, "options": [{"id": "w", "total": 0}, {"id": "x", "total": 8}]}
    ]})
}

fn by_district() -> Value {
    json!({"contests": [
        {"id": "town", "styles": ["east"], "ballots": 10, "options": [{"id": "a", "total": 7}, {"id": "b", "total": 2}, {"id": "c", "total": 9}], "blank": 1},
        {"id": "town", "styles": ["west"], "ballots": 5, "options": [{"id": "a", "total": 0}, {"id": "b", "total": 5}, {"id": "c", "total": 0}], "blank": 0},
        {"id": "east", "styles": ["east"], "ballots": 10, "options": [{"id": "e", "total": 3}, {"id": "f", "total": 10}]},
        {"id": "west", "styles": ["west", ""], "ballots": 7, "options": [{"id": "w", "total": 2}, {"id": "x", "total": 5}]}
    ]})
}

/// The misfit of a file in which one value is another.
#[track_caller]
fn refused(mut file: Value, pointer: &str, value: Value) -> Misfit {
    let manifest = if file.pointer("/contests/0/styles").is_some() {
        manifest("contest-and-style", 3)
    } else {
        manifest("contest", 3)
    };
    read(&manifest, file.to_string().as_bytes()).unwrap();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    file.pointer_mut(parent).unwrap().as_object_mut().unwrap().insert(key.to_owned(), value);
    read(&manifest, file.to_string().as_bytes()).unwrap_err()
}

fn why(misfit: Misfit) -> GroupMisfit {
    match misfit {
        Misfit::Group { why, .. } => why,
        other => panic!("{other}"),
    }
}

#[test]
fn a_file_in_another_form_is_refused() {
    for (pointer, value) in [
        ("/contests/0/ballots", json!(15.0)),
        ("/contests/0/ballots", json!("15")),
        ("/contests/0/ballots", json!(-1)),
        ("/contests/0/extra", json!(1)),
        ("/contests/0/withheld", json!(false)),
        ("/contests/1/blank", json!(null)),
        ("/contests/0/options", json!({})),
        ("/extra", json!(1)),
    ] {
        assert!(matches!(refused(whole(), pointer, value.clone()), Misfit::Json(_)), "{pointer}: {value}");
    }
    let manifest = manifest("contest", 3);
    let twice = whole().to_string().replacen("\"ballots\":15", "\"ballots\":15,\"ballots\":15", 1);
    for bytes in [twice.as_str(), "", "null", "[]", "{\"contests\":[]} x"] {
        assert!(matches!(read(&manifest, bytes.as_bytes()), Err(Misfit::Json(_))), "{bytes}");
    }
    let none = read(&manifest, b"{\"contests\":[]}").unwrap_err();
    assert_eq!(none, Misfit::Groups("town".into()));
}

#[test]
fn a_result_that_the_election_cannot_have_is_refused() {
    let of = |pointer: &str, value: Value| why(refused(whole(), pointer, value));
    assert_eq!(of("/contests/1/id", json!("west")), GroupMisfit::Other("east".into()));
    assert_eq!(of("/contests/1/styles", json!(["east"])), GroupMisfit::Other("east".into()));
    assert_eq!(of("/contests/0/ballots", json!(61)), GroupMisfit::Electorate { ballots: 61, electorate: 60 });
    assert_eq!(of("/contests/1/ballots", json!(41)), GroupMisfit::Electorate { ballots: 41, electorate: 40 });
    assert_eq!(of("/contests/1/ballots", json!(2)), GroupMisfit::Withheld(2));
    assert_eq!(of("/contests/1/withheld", json!(true)), GroupMisfit::Withheld(10));
    assert_eq!(of("/contests/1/options/0/id", json!("f")), GroupMisfit::Options);
    assert_eq!(of("/contests/1/options", json!([])), GroupMisfit::Options);
    assert_eq!(of("/contests/1/blank", json!(0)), GroupMisfit::Blank);
    let total = |option: &str, total, ballots| GroupMisfit::Total { option: option.into(), total, ballots };
    assert_eq!(of("/contests/1/options/1/total", json!(11)), total("f", 11, 10));
    assert_eq!(of("/contests/0/blank", json!(16)), total("blank", 16, 15));
    // Whoever votes blank chooses nothing: 15 ballots of which 7 are blank give at most 8 votes.
    assert_eq!(of("/contests/0/blank", json!(7)), total("c", 9, 15));
}

#[test]
fn a_result_by_district_is_held_against_the_districts() {
    let of = |pointer: &str, value: Value| why(refused(by_district(), pointer, value));
    assert_eq!(of("/contests/1/styles", json!(["east"])), GroupMisfit::Other("town in \"west\"".into()));
    assert_eq!(of("/contests/3/styles", json!(["", "west"])), GroupMisfit::Other("west in \"west\"".into()));
    assert_eq!(
        of("/contests/3/styles", json!(["west", "west"])),
        GroupMisfit::Other("west in \"west\"".into())
    );
    assert_eq!(of("/contests/0/styles", json!([])), GroupMisfit::Other("town in \"east\"".into()));
    assert_eq!(of("/contests/1/ballots", json!(21)), GroupMisfit::Electorate { ballots: 21, electorate: 20 });
    assert_eq!(of("/contests/2/ballots", json!(11)), GroupMisfit::Uneven { wanted: 10, found: 11 });
    assert_eq!(of("/contests/3/ballots", json!(2)), GroupMisfit::Withheld(2));
    assert_eq!(of("/contests/3/ballots", json!(61)), GroupMisfit::Electorate { ballots: 61, electorate: 60 });
    // A part of a contest is not left out, nor joined where it has no ballots.
    let manifest = manifest("contest-and-style", 3);
    let mut file = by_district();
    *file.pointer_mut("/contests/3/styles").unwrap() = json!(["west"]);
    *file.pointer_mut("/contests/3/ballots").unwrap() = json!(5);
    let misfit = read(&manifest, file.to_string().as_bytes()).unwrap_err();
    assert_eq!(misfit, Misfit::Groups("west".into()));
    let mut file = by_district();
    let nobody = json!({"id": "west", "styles": ["west", ""], "ballots": 0,
        "options": [{"id": "w", "total": 0}, {"id": "x", "total": 0}]});
    *file.pointer_mut("/contests/3").unwrap() = nobody;
    assert_eq!(why(read(&manifest, file.to_string().as_bytes()).unwrap_err()), GroupMisfit::Joined);
    // Withheld beside one that has ballots: it would have been joined with it.
    let mut file = by_district();
    let few = json!({"id": "town", "styles": ["west"], "ballots": 2, "options": [], "withheld": true});
    *file.pointer_mut("/contests/1").unwrap() = few;
    assert_eq!(why(read(&manifest, file.to_string().as_bytes()).unwrap_err()), GroupMisfit::Joined);
}

#[test]
fn a_page_is_told_the_order_the_money_and_the_turnout() {
    let manifest = manifest("contest", 3);
    let file = read(&manifest, whole().to_string().as_bytes()).unwrap();
    let view = View::new(&manifest, &file, &[]);
    let [town, east, west] = view.contests.as_slice() else { panic!("{view:?}") };
    let places = |contest: &veche_results::view::ContestView| -> Vec<_> {
        contest.places.iter().map(|place| (place.option, place.total, place.verdict.unwrap())).collect()
    };
    assert_eq!(places(town), [(2, 9, "funded"), (0, 7, "too-dear"), (1, 7, "too-dear")]);
    assert_eq!((town.budget, town.spent, town.short_at, town.blank), (Some(90), Some(60), Some(1), Some(1)));
    assert_eq!(town.places[1].left, Some(30));
    assert!(town.ties.is_empty() && town.districts.is_empty());
    assert_eq!(places(east), [(1, 10, "too-dear"), (0, 3, "funded")]);
    assert_eq!(east.short_at, Some(0));
    assert_eq!(places(west), [(1, 8, "funded"), (0, 0, "too-few-votes")]);
    // 15 of 60, and of 100 inhabitants. The east's own contest says how many voted there; the west's may be added.
    let all = TurnoutOf {
        ballots: Some(15),
        electorate: 60,
        inhabitants: Some(100),
        of_electorate: Some(2500),
        of_inhabitants: Some(1500),
    };
    assert_eq!(view.turnout.all, all);
    let ballots: Vec<_> = view.turnout.districts.iter().map(|district| district.ballots).collect();
    assert_eq!(ballots, [Some(10), None]);
    assert_eq!(view.turnout.districts[0].of_inhabitants, Some(1639), "10 of 61, rounded");
}

#[test]
fn a_tie_at_the_line_is_told() {
    let manifest = manifest("contest", 3);
    let mut tied = whole();
    *tied.pointer_mut("/contests/0/options/2/total").unwrap() = json!(1);
    let file = read(&manifest, tied.to_string().as_bytes()).unwrap();
    let view = View::new(&manifest, &file, &[]);
    // 90 pay for a at 40 and b at 50; with the budget of the east only the cheaper of two equal ones is paid.
    assert!(view.contests[0].ties.is_empty());
    *tied.pointer_mut("/contests/1/options/0/total").unwrap() = json!(10);
    let file = read(&manifest, tied.to_string().as_bytes()).unwrap();
    assert_eq!(View::new(&manifest, &file, &[]).contests[1].ties, [[0, 1]]);
}

#[test]
fn a_page_is_told_the_districts_and_what_is_withheld() {
    let manifest = manifest("contest-and-style", 3);
    let file = read(&manifest, by_district().to_string().as_bytes()).unwrap();
    let view = View::new(&manifest, &file, &[]);
    let [town, _, west] = view.contests.as_slice() else { panic!("{view:?}") };
    let district =
        |index: usize| (town.districts[index].styles.clone(), town.districts[index].totals.clone());
    assert_eq!([district(0), district(1)], [(vec![0], vec![7, 2, 9]), (vec![1], vec![0, 5, 0])]);
    assert_eq!((west.districts[0].styles.as_slice(), west.districts[0].others), (&[1][..], true));
    assert!(!view.withheld);
    let ballots: Vec<_> = view.turnout.districts.iter().map(|district| district.ballots).collect();
    assert_eq!(ballots, [Some(10), Some(5)]);
    assert_eq!(view.turnout.all.ballots, Some(15));
    let table = csv(&Standing::all(&manifest, &file, &[]), language(&manifest)).unwrap();
    assert!(table.contains("west,\"west, (other districts)\",w,w,2,,,,\n"), "{table}");
}
