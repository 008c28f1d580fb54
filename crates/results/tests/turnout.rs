//! A town signs the turnout of the whole vote: districts where nobody has come stand in it with their voters.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

use serde_json::json;
use veche_record::Manifest;
use veche_results::{Cell, Results, Words, every_district, sheets};
use veche_verify::RouteTurnout;

/// Three districts of 100, 200 and 300 voters, two ways of voting.
fn manifest() -> Manifest {
    let style = |id: &str, electorate: u32| json!({"id": id, "title": {"en": id}, "contests": ["town"], "electorate": electorate});
    let route = |id: &str, entered: bool| json!({"id": id, "title": {"en": id}, "entered": entered});
    let document = json!({
        "veche": 1, "phase": "election", "languages": ["en"], "title": {"en": "Town"}, "text": {"en": "A vote"},
        "opens": "2026-06-01T00:00:00Z", "closes": "2026-06-14T23:59:59Z", "paper_until": "2026-06-15T12:00:00Z",
        "time_zone": "UTC", "early_close": false,
        "contests": [{"id": "town", "title": {"en": "Town"}, "options": [{"id": "a", "name": {"en": "a"}}, {"id": "b", "name": {"en": "b"}}],
            "report_by": "contest", "rule": {"type": "approval", "min": 1, "max": 1, "blank": false}, "funding": {"method": "none"}}],
        "styles": [style("north", 100), style("east", 200), style("west", 300)],
        "routes": [route("sms", false), route("paper", true)],
        "trustees": {"count": 1, "threshold": 1}, "minimum_group": 3, "revote": false, "registration": "roll"
    });
    Manifest::parse(document.to_string().as_bytes()).unwrap()
}

/// People of one district came, all by one way.
fn found() -> [RouteTurnout; 1] {
    [RouteTurnout { style: "east".to_owned(), route: "sms".to_owned(), voters: 12, ballots: 10 }]
}

#[test]
fn every_district_stands_in_the_sheet_and_in_its_total() {
    let (manifest, words) = (manifest(), Words::of("en").unwrap());
    let sheets = sheets(&manifest, &[], &found(), &words, "en");
    let turnout = sheets.last().unwrap();
    let rows: Vec<_> = turnout.rows.iter().map(|row| (&row[0], &row[2..])).collect();
    let text = |text: &str| Cell::Text(text.to_owned());
    let numbers = |voters, ballots, electorate, share| {
        [Cell::Number(voters), Cell::Number(ballots), Cell::Number(electorate), Cell::Share(share)]
    };
    assert_eq!(rows.len(), 5, "{rows:?}");
    assert_eq!(rows[0], (&text("north"), &numbers(0, 0, 100, 0)[..]));
    assert_eq!(rows[2], (&text("east"), &numbers(12, 10, 200, 500)[..]));
    assert_eq!(rows[3], (&text("west"), &numbers(0, 0, 300, 0)[..]));
    assert_eq!(
        rows[4],
        (&text("Total"), &numbers(12, 10, 600, 167)[..]),
        "10 of 600, and not of the 200 of the east"
    );
}

#[test]
fn software_gets_every_district_and_every_way() {
    let turnout = every_district(&manifest(), &found());
    let text = Results::new(&[], "en").counted(None, &turnout).to_json().unwrap();
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let rows = json["turnout"].as_array().unwrap().iter();
    let rows: Vec<_> =
        rows.map(|row| format!("{} {} {}", row["style"], row["route"], row["ballots"])).collect();
    let wanted =
        ["north sms 0", "north paper 0", "east sms 10", "east paper 0", "west sms 0", "west paper 0"];
    assert_eq!(rows.join("\n").replace('"', ""), wanted.join("\n"));
}
