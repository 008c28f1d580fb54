use proptest::prelude::*;

use super::meta::parse_day;
use super::*;

const GOOD: &str = "META\nkey;value\ndescription;A vote\nvote_type;approval\nbudget;100\nPROJECTS\nproject_id;cost;votes;name\n\
    p1;10;1;One\np2;20;2;\"Two; or \"\"more\"\"\"\nVOTES\nvoter_id;vote\n1;p2\n2;p1,p2\n";

fn parse(text: &str) -> Result<PabulibFile, PabulibError> {
    PabulibFile::parse(text.as_bytes())
}

fn error(text: &str) -> String {
    parse(text).unwrap_err().to_string()
}

fn picks(file: &PabulibFile) -> Vec<Result<Vec<usize>, String>> {
    file.votes
        .iter()
        .map(|vote| vote.picks.clone().map_err(|problem| format!("{}: {problem}", vote.line)))
        .collect()
}

#[test]
fn reads_all_three_sections() {
    let file = parse(GOOD).unwrap();
    assert_eq!(file.meta.get("description"), Some("A vote"));
    assert_eq!(file.meta.number("budget"), Ok(Some(100)));
    assert_eq!(file.projects.len(), 2);
    assert_eq!(file.projects[1].name, "Two; or \"more\"");
    assert_eq!(file.projects[1].votes, Some(2));
    assert_eq!(file.projects[1].line, 9);
    // There is no `public_id` in this file.
    assert_eq!(file.projects[1].number.as_deref(), Some(file.projects[1].id.as_str()));
    assert_eq!(picks(&file), [Ok(vec![1]), Ok(vec![0, 1])]);
}

#[test]
fn what_is_known_of_a_project_besides_is_read_where_it_can_be() {
    let text = "META\nkey;value\nvote_type;approval\nPROJECTS\nproject_id;cost;public_id;category;latitude;longitude\n\
        1;10;L010;green,sport;52.22970001;-21\n2;20;;None;91;0\n3;20;x;y;;21\n4;20;x;y;1e1;21\nVOTES\nvoter_id;vote\n";
    let projects = parse(text).unwrap().projects;
    assert_eq!(projects[0].number.as_deref(), Some("L010"));
    assert_eq!(projects[0].category.as_deref(), Some("green,sport"));
    assert_eq!(projects[0].coordinates.as_deref(), Some("52.2297,-21"));
    assert_eq!((&projects[1].number, &projects[1].category, &projects[1].coordinates), (&None, &None, &None));
    assert!(projects[2..].iter().all(|project| project.coordinates.is_none()));
}

#[test]
fn follows_what_real_files_do() {
    let windows = format!("\u{feff}{}", GOOD.replace('\n', "\r\n"));
    assert_eq!(parse(&windows).map(|file| picks(&file)), parse(GOOD).map(|file| picks(&file)));
    let padded: String = GOOD.lines().map(|line| format!("{line};;\n")).collect();
    assert_eq!(picks(&parse(&padded).unwrap()), [Ok(vec![1]), Ok(vec![0, 1])]);
    assert_eq!(parse(&padded).unwrap().meta.get("description"), Some("A vote"));
    let split = GOOD.replace("A vote", "A vote; of the town");
    assert_eq!(parse(&split).unwrap().meta.get("description"), Some("A vote;of the town"));
    let spaced = GOOD.replace("p1,p2", " p1 , p2 ").replace("VOTES", "Votes ");
    assert_eq!(picks(&parse(&spaced).unwrap()), [Ok(vec![1]), Ok(vec![0, 1])]);
}

#[test]
fn a_file_without_votes_yet_is_fine() {
    let (before, _) = GOOD.split_once("voter_id").unwrap();
    assert_eq!(parse(before).unwrap().votes, []);
}

#[test]
fn broken_rows_stay_in_their_place_with_their_line() {
    let text = format!("{GOOD}\n\n3;p3\n4;p1;p2\n5;p1,p1\n6;p1,\n7;\n8;p1\n");
    let found = picks(&parse(&text).unwrap());
    assert_eq!(
        found[2..],
        [
            Err("16: it names the project \"p3\", which is not in PROJECTS".to_owned()),
            Err("17: the row has 3 fields, the header has 2".to_owned()),
            Err("18: it names the project \"p1\" twice".to_owned()),
            Err("19: it has nothing between two commas".to_owned()),
            Ok(vec![]),
            Ok(vec![0]),
        ]
    );
}

#[test]
fn a_quote_left_open_never_swallows_rows_in_silence() {
    let text = format!("{GOOD}3;\"p1\n4;p2\n5;p1\"\n6;p1\n");
    let found = picks(&parse(&text).unwrap());
    assert_eq!(
        found[2..],
        [Err("14: the row runs over 3 lines: is a quote left open?".to_owned()), Ok(vec![0])]
    );
    let text = format!("{GOOD}3;\"p1\n4;p2\n");
    assert_eq!(
        picks(&parse(&text).unwrap())[2..],
        [Err("14: the row runs over 3 lines: is a quote left open?".to_owned())]
    );
}

#[test]
fn errors_name_the_line() {
    assert_eq!(error(""), "line 1: the section META is missing");
    assert_eq!(
        error("\n\n<html>"),
        "line 3: expected the section META, found \"<html>\": this is not a Pabulib file"
    );
    assert_eq!(error("META\nkey;value\n"), "line 3: the section PROJECTS is missing");
    assert_eq!(error(&GOOD.replace("VOTES\n", "")), "line 10: a project has 2 fields, the header has 4");
    assert_eq!(error("META\nPROJECTS\nproject_id;cost\np;1\n"), "line 5: the section VOTES is missing");
    assert_eq!(error("META\nPROJECTS\nproject_id;cost\nVOTES\n"), "line 3: there are no projects");
    assert_eq!(error(&GOOD.replace("project_id", "id")), "line 7: PROJECTS has no column \"project_id\"");
    assert_eq!(
        error(&GOOD.replace("voter_id;vote", "voter_id;vote;vote")),
        "line 11: VOTES has two columns \"vote\""
    );
    assert_eq!(error(&GOOD.replace("budget", "vote_type")), "line 5: META gives \"vote_type\" twice");
    assert_eq!(error(&GOOD.replace("p2;20", "p1;20")), "line 9: the project \"p1\" is listed twice");
    assert_eq!(error(&GOOD.replace("p2;20", ";20")), "line 9: a project has no id");
    assert_eq!(
        error(&GOOD.replace("p2;20", "p2;-20")),
        "line 9: cost is \"-20\", expected an amount such as 15000 or 15000.50"
    );
    assert_eq!(error(&GOOD.replace("20;2;", "20;2.5;")), "line 9: votes is \"2.5\", expected a whole number");
    let mut bytes = GOOD.as_bytes().to_vec();
    bytes[30] = 0xff;
    assert_eq!(PabulibFile::parse(&bytes).unwrap_err().to_string(), "line 3: the file is not UTF-8 text");
    let meta = parse(&GOOD.replace("100", "1e3")).unwrap().meta;
    assert_eq!(
        meta.number("budget").unwrap_err().to_string(),
        "line 5: budget is \"1e3\", expected a whole number"
    );
    let flood = "z".repeat(1000);
    assert_eq!(error(&flood).chars().filter(|c| *c == 'z').count(), 60);
}

const POINTS: &str = "META\nkey;value\nvote_type;cumulative\nPROJECTS\nproject_id;cost;score\na;10,50;4\nb;20;0\nVOTES\n\
    voter_id;vote;points\n1;a,b;3,1\n2;\"b\";2.0\n3;;\n4;a;\n5;a;1,2\n6;a;-1\n7;a;1.5\n8;b,a;1,\n";

#[test]
fn points_stand_beside_their_projects() {
    let file = parse(POINTS).unwrap();
    assert_eq!(
        (file.projects[0].cost, file.projects[0].score),
        (Amount { units: 10, fraction: true }, Some(4))
    );
    let read: Vec<_> =
        file.votes.iter().take(3).map(|vote| (vote.picks.clone().unwrap(), vote.points.clone())).collect();
    assert_eq!(read, [(vec![0, 1], vec![3, 1]), (vec![1], vec![2]), (vec![], vec![])]);
    assert_eq!(
        picks(&file)[3..],
        [
            Err("13: projects named: 1, numbers of points given: 0".to_owned()),
            Err("14: projects named: 1, numbers of points given: 2".to_owned()),
            Err("15: the points \"-1\" are not a whole number from 0 upwards".to_owned()),
            Err("16: the points \"1.5\" are not a whole number from 0 upwards".to_owned()),
            Err("17: the points \"\" are not a whole number from 0 upwards".to_owned()),
        ]
    );
    let approval = parse(&POINTS.replace("cumulative", "approval")).unwrap();
    assert!(approval.votes.iter().all(|vote| vote.picks.is_ok() && vote.points.is_empty()));
    assert_eq!(error(&POINTS.replace(";points", ";point")), "line 9: VOTES has no column \"points\"");
}

#[test]
fn amounts_and_days() {
    let amount = |text| Amount::parse(text).map(|amount| (amount.units, amount.fraction));
    assert_eq!(amount("15000"), Some((15000, false)));
    assert_eq!(amount("15000.00"), Some((15000, false)));
    assert_eq!(amount("15000.50"), Some((15000, true)));
    assert_eq!(amount("15000,00"), Some((15000, false)));
    assert_eq!(amount("15000,5"), Some((15000, true)));
    assert_eq!(amount("0.125"), Some((0, true)));
    assert_eq!(amount("1500.125"), Some((1500, true)));
    for bad in
        ["", ".5", "-1", "+1", "1 000", "15.000", "15,000", "1.2.3", "1,2.3", "1,2,3", "99999999999999999999"]
    {
        assert_eq!(amount(bad), None, "{bad}");
    }
    let day = |text| parse_day(text, (12, 31)).map(|date| date.to_string());
    assert_eq!(day("7.10.2019").as_deref(), Some("2019-10-07"));
    assert_eq!(day("2019-10-07").as_deref(), Some("2019-10-07"));
    assert_eq!(day("2019").as_deref(), Some("2019-12-31"));
    for bad in ["31.02.2022", "7.10.19", "x", "", "1.2", "+1.1.2020", "1.1.1.2020"] {
        assert_eq!(day(bad), None, "{bad}");
    }
}

proptest! {
    #[test]
    fn never_panics_on_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = PabulibFile::parse(&bytes);
    }

    /// Whatever is cut from or put into a good file: an answer, and lines that exist.
    #[test]
    fn never_panics_on_a_damaged_file(at in 0..GOOD.len(), cut in 0..8usize, put in "[\";,\nA-Zp0-9]{0,6}") {
        let mut text = GOOD.to_owned();
        let end = (at + cut).min(text.len());
        text.replace_range(at..end, &put);
        let lines = u64::try_from(text.lines().count()).unwrap() + 1;
        match parse(&text) {
            Err(error) => prop_assert!(error.line >= 1 && error.line <= lines, "{error}"),
            Ok(file) => prop_assert!(file.votes.iter().all(|vote| vote.line <= lines)),
        }
    }

    /// No voter vanishes: as many rows come out as were written, whatever they contain on one line without
    /// quotes.
    #[test]
    fn every_row_is_accounted_for(rows in proptest::collection::vec("[0-9]{1,4};[p12,;x ]{0,9}", 0..20)) {
        let text = format!("{GOOD}{}\n", rows.join("\n"));
        prop_assert_eq!(parse(&text).unwrap().votes.len(), 2 + rows.len());
    }
}

#[test]
fn no_control_character_of_a_key_reaches_a_terminal() {
    let file = parse(&GOOD.replace("budget;100", "bud\u{1}get;x")).unwrap();
    let said = file.meta.number("bud\u{1}get").unwrap_err().to_string();
    assert!(!said.contains('\u{1}') && said.contains("\\u{1}"), "{said}");
}
