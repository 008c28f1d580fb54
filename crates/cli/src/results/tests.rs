use veche_verify::result::{GroupResult, OptionTotal};

use super::*;

const MANIFEST: &str = r#"{
  "veche": 1, "phase": "election", "languages": ["en"], "title": {"en": "Town"}, "text": {"en": "A vote"},
  "opens": "2026-06-01T00:00:00Z", "closes": "2026-06-14T23:59:59Z", "time_zone": "UTC", "early_close": false,
  "contests": [{
    "id": "green", "title": {"en": "Green"}, "budget": 100, "currency": "EUR",
    "report_by": "contest-and-style", "rule": {"type": "approval", "min": 1, "max": 1, "blank": true}, "funding": {"method": "greedy", "unaffordable": "skip", "minimum_votes": 1, "ties": "cheaper", "exclusive": []},
    "options": [{"id": "a", "name": {"en": "Trees"}, "cost": 60}, {"id": "b", "name": {"en": "Benches"}, "cost": 50}]
  }],
  "styles": [
    {"id": "east", "title": {"en": "East"}, "contests": ["green"], "electorate": 50},
    {"id": "west", "title": {"en": "West"}, "contests": ["green"], "electorate": 50}
  ],
  "routes": [{"id": "sms", "title": {"en": "By SMS"}, "entered": false}],
  "trustees": {"count": 3, "threshold": 2}, "minimum_group": 5,
  "revote": true, "registration": "roll"
}"#;

fn manifest() -> Manifest {
    Manifest::parse(MANIFEST.as_bytes()).unwrap()
}

fn group(style: &str, totals: Option<[u64; 2]>, blank: u64) -> GroupResult {
    let option = |(id, total): (&str, u64)| OptionTotal { id: id.to_owned(), total };
    GroupResult {
        id: "green".to_owned(),
        styles: Some(style.split('+').map(str::to_owned).collect()),
        ballots: 9,
        options: totals
            .into_iter()
            .flat_map(|totals| ["a", "b"].into_iter().zip(totals))
            .map(option)
            .collect(),
        blank: totals.map(|_| blank),
        withheld: totals.is_none(),
    }
}

fn shown(totals: &ResultFile, shape: Format) -> Result<String, Error> {
    let args = ResultsArgs {
        record: PathBuf::new(),
        format: shape,
        contest: None,
        language: None,
        for_excel: false,
        draws: None,
        out: None,
    };
    let tongue = args.tongue(&manifest())?;
    let bytes = format(&args, &manifest(), totals, &Beside::default(), &tongue)?;
    Ok(String::from_utf8(bytes).unwrap())
}

#[test]
fn districts_are_added_up_and_blank_is_counted() {
    let totals =
        ResultFile { contests: vec![group("east", Some([3, 4]), 2), group("west", Some([5, 1]), 3)] };
    assert_eq!(
        shown(&totals, Format::Table).unwrap(),
        "\n  green: 18 ballots\n  pick exactly 1, or blank\n    east: 9 ballots: a 3, b 4, blank 2\n    \
         west: 9 ballots: a 5, b 1, blank 3\n  Budget 100 EUR: 1 of 2 funded for 60, 40 left. The money first ran \
         short at b, when 40 was left.\n  Funded: the largest total first, passing over what the money left does not pay \
         for; at least 1 needed; of equal totals the cheaper first.\n    funded         8  60  a  Trees\n\
         \u{20}                  5  50  b  Benches (40 left)\n\
         \u{20}                  5  blank\n\n"
    );
    assert_eq!(
        shown(&totals, Format::Csv).unwrap(),
        "contest,styles,option,name,total,cost,place,funded,outcome\ngreen,east,a,Trees,3,,,,\n\
         green,east,b,Benches,4,,,,\ngreen,east,,blank,2,,,,\ngreen,west,a,Trees,5,,,,\n\
         green,west,b,Benches,1,,,,\ngreen,west,,blank,3,,,,\ngreen,,a,Trees,8,60,1,1,funded\n\
         green,,b,Benches,5,50,2,0,too-dear\ngreen,,,blank,5,,,,\n"
    );
    let json: serde_json::Value = serde_json::from_str(&shown(&totals, Format::Json).unwrap()).unwrap();
    let contest = json.pointer("/contests/0").unwrap();
    assert_eq!(contest.get("blank"), Some(&5.into()));
    assert_eq!(contest.pointer("/groups/1/options/0/total"), Some(&5.into()));
    let pb = shown(&totals, Format::Pb).unwrap();
    assert!(pb.contains("\nnum_votes;18\n") && pb.contains("#3: Blank ballots: 5."), "{pb}");
    assert!(!pb.contains("country") && !pb.contains("unknown"), "{pb}");
    assert!(pb.contains("\nproject_id;cost;votes;name;selected\na;60;8;Trees;1\nb;50;5;Benches;0\n"), "{pb}");
}

#[test]
fn joined_districts_are_named_together() {
    let totals =
        ResultFile { contests: vec![group("east+west", Some([3, 4]), 2), group("", Some([1, 0]), 8)] };
    let table = shown(&totals, Format::Table).unwrap();
    assert!(table.contains("    east, west: 9 ballots: a 3, b 4, blank 2\n"), "{table}");
    assert!(table.contains("    (other districts): 9 ballots: a 1, b 0, blank 8\n"), "{table}");
    let csv = shown(&totals, Format::Csv).unwrap();
    assert!(csv.contains("green,\"east, west\",a,Trees,3,,,,\n"), "{csv}");
    assert!(csv.contains("green,(other districts),a,Trees,1,,,,\n"), "{csv}");
}

#[test]
fn attack_48_a_vote_without_any_total_is_no_result() {
    let totals = ResultFile { contests: vec![group("east+west", None, 0)] };
    let table = shown(&totals, Format::Table).unwrap();
    assert!(table.starts_with("\n  There is no result: too few people voted in every contest"), "{table}");
    let open = ResultFile { contests: vec![group("east+west", Some([3, 4]), 2)] };
    assert!(!shown(&open, Format::Table).unwrap().contains("There is no result"));
}

#[test]
fn what_is_withheld_has_no_order_and_no_winner() {
    let totals = ResultFile { contests: vec![group("east", Some([3, 4]), 2), group("west", None, 0)] };
    let table = shown(&totals, Format::Table).unwrap();
    assert!(table.contains("west: 9 ballots, too few to publish totals of"), "{table}");
    assert!(!table.contains("funded") && !table.contains("Trees"), "{table}");
    let csv = shown(&totals, Format::Csv).unwrap();
    assert!(
        csv.ends_with("green,west,,withheld: too few ballots,,,,,\ngreen,,,withheld: too few ballots,,,,,\n"),
        "{csv}"
    );
    let json: serde_json::Value = serde_json::from_str(&shown(&totals, Format::Json).unwrap()).unwrap();
    let contest = json.pointer("/contests/0").unwrap();
    assert_eq!((contest.get("withheld"), contest.get("spent")), (Some(&true.into()), None));
    assert!(contest.get("options").unwrap().as_array().unwrap().is_empty());
    let refused = shown(&totals, Format::Pb).unwrap_err().to_string();
    assert_eq!(refused, "the contest \"green\" makes no Pabulib file: its totals are withheld");
}

#[test]
fn a_contest_has_the_voters_of_its_own_districts() {
    let mut document: serde_json::Value = serde_json::from_str(MANIFEST).unwrap();
    let contests = document.get_mut("contests").unwrap().as_array_mut().unwrap();
    let mut blue = contests.first().unwrap().clone();
    blue["id"] = "blue".into();
    contests.push(blue);
    document["styles"][1]["contests"] = serde_json::json!(["blue"]);
    document["styles"][1]["plus_one_of"] = serde_json::json!(["green"]);
    let manifest = Manifest::parse(document.to_string().as_bytes()).unwrap();
    let voters =
        |style: &str| RouteTurnout { style: style.into(), route: "sms".into(), voters: 9, ballots: 7 };
    let turnout = [voters("east"), voters("west")];
    assert_eq!(of_contest(&manifest, "green", &turnout), [voters("east")]);
    assert_eq!(of_contest(&manifest, "blue", &turnout), [voters("west")]);
    assert_eq!(may_add(&manifest, "green"), "  Voters of west could add this contest to their ballots.\n");
    assert_eq!(may_add(&manifest, "blue"), "");
}

/// The table for a spreadsheet program, in German.
fn for_excel(manifest: &Manifest, totals: &ResultFile, draws: &[Drawn]) -> String {
    let args = ResultsArgs {
        record: PathBuf::new(),
        format: Format::Csv,
        contest: None,
        language: Some("de".to_owned()),
        for_excel: true,
        draws: None,
        out: None,
    };
    let tongue = args.tongue(manifest).unwrap();
    let beside = Beside { draws, ..Beside::default() };
    String::from_utf8(format(&args, manifest, totals, &beside, &tongue).unwrap()).unwrap()
}

#[test]
fn a_spreadsheet_says_what_a_draw_has_decided_and_what_is_still_to_be_drawn() {
    let manifest = Manifest::parse(MANIFEST.replace("cheaper", "lot").as_bytes()).unwrap();
    let totals =
        ResultFile { contests: vec![group("east", Some([3, 4]), 2), group("west", Some([4, 3]), 2)] };
    let text = for_excel(&manifest, &totals, &[]);
    assert!(text.contains(";Nicht entschieden;Gleiche Summen: wird ausgelost\r\n"), "{text}");
    assert!(!text.contains(";Finanziert;"), "{text}");
    let text = for_excel(&manifest, &totals, &[Drawn { contest: 0, order: vec![1, 0] }]);
    let drawn = "Gleiche Summen: ausgelost, siehe öffentliches Protokoll";
    assert!(text.contains(&format!(";b;Benches;7;50;EUR;Finanziert;{drawn}\r\n")), "{text}");
    assert!(
        text.contains(&format!(";a;Trees;7;60;EUR;Nicht finanziert;Es waren noch 50 übrig. {drawn}\r\n")),
        "{text}"
    );
}

#[test]
fn a_spreadsheet_says_which_groups_are_withheld() {
    let totals = ResultFile { contests: vec![group("east", Some([3, 4]), 2), group("west", None, 0)] };
    let text = for_excel(&manifest(), &totals, &[]);
    assert!(text.contains("green;Green;West;9;;;Nicht veröffentlicht: zu wenige Stimmzettel;\r\n"), "{text}");
    assert!(text.contains("green;Green;East;9;;a;Trees;3\r\n"), "{text}");
    assert!(
        text.contains("green;Green;18;;100;EUR;;;;2;Nicht veröffentlicht: zu wenige Stimmzettel\r\n"),
        "{text}"
    );
}
