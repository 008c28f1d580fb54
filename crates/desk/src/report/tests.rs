use veche_phrases::Language;
use veche_sheet::{Options, read};

use crate::{Asked, describe};

const VOTE: &str = "setting;value\nlanguages;pl\ntytuł;Budżet\nopens;2099-06-01 08:00\ncloses;2099-06-14 20:00\n\
                    time zone;Europe/Warsaw\nmost projects;2\nfunding;skip\nties;lot\ncurrency;PLN\n";
const DISTRICTS: &str = "code;name;electorate;budget\nA;Zarzecze;1200;50000\nB;Rynek;900;40000\n";
const PROJECTS: &str = "number;name;district;cost\n1;Park;A;15.000\n2;Plac;A;20 000\n3;Kino;B;8 000\n";

fn described(projects: &str, answers: &[(&str, &str)]) -> crate::Description {
    let files = [("vote.csv", VOTE), ("districts.csv", DISTRICTS), ("projects.csv", projects)];
    let books: Vec<_> =
        files.iter().map(|(name, text)| read(name, text.as_bytes(), &Options::default()).unwrap()).collect();
    let answers = answers.iter().map(|(place, answer)| ((*place).to_owned(), (*answer).to_owned()));
    describe(&books, &Asked { now: 1_800_000_000, answers: answers.collect(), ..Asked::default() })
}

#[test]
fn findings_have_their_places_and_are_said_in_the_language_asked_for() {
    let description = described(&PROJECTS.replace("8 000", "osiem"), &[]);
    let report = serde_json::to_value(description.report(Language::Pl)).unwrap();
    assert_eq!(report["language"], "pl");
    let error = &report["findings"][0];
    assert_eq!(
        *error,
        serde_json::json!({
            "severity": "error",
            "code": "amount.not_a_number",
            "sheet": "projects",
            "row": 4,
            "column": "D",
            "place": "projects!D4",
            "cell": "osiem",
            "sentence": "to nie jest kwota; wpisz samą liczbę, na przykład 48500 albo 48 500,50",
            "choices": [],
        })
    );
    let question = &report["findings"][1];
    assert_eq!((&question["severity"], &question["place"]), (&"question".into(), &"projects!D2".into()));
    assert_eq!(
        question["choices"],
        serde_json::json!([
            { "answer": "15000", "shown": "15000", "means": "z tysiącami", "whole_column": "thousands" },
            { "answer": "15", "shown": "15", "means": "z częścią dziesiętną", "whole_column": "decimals" },
        ])
    );
    assert_eq!(report["summary"], serde_json::Value::Null);
    assert!(report["columns"].as_array().unwrap().iter().any(|column| {
        *column
            == serde_json::json!({ "sheet": "projects", "column": "D", "header": "cost", "kind": "koszt", "doubtful": false })
    }));
    let taken = serde_json::json!({ "setting": "powiernicy klucza", "value": "5" });
    assert!(report["taken"].as_array().unwrap().contains(&taken), "{}", report["taken"]);
}

#[test]
fn an_answered_spreadsheet_is_a_vote_in_short() {
    let description = described(PROJECTS, &[("projects!D", "thousands")]);
    let report = serde_json::to_value(description.report(Language::Ar)).unwrap();
    let summary = &report["summary"];
    assert_eq!(
        summary["opens"],
        serde_json::json!({ "unix": 4_083_976_800_u64, "local": "2099-06-01 08:00+02:00" })
    );
    assert_eq!((&summary["early_close"], &summary["minimum_group"]), (&false.into(), &10.into()));
    assert_eq!((&summary["projects"], &summary["electorate"]), (&3.into(), &2_100.into()));
    assert_eq!(summary["money"], serde_json::json!([{ "currency": "PLN", "amount": 90_000 }]));
    let first = &summary["lists"][0];
    assert_eq!((&first["id"], &first["projects"], &first["cost"]), (&"A".into(), &2.into(), &35_000.into()));
    assert_eq!(summary["ballots"][1]["lists"], serde_json::json!(["B"]));
    // Ways to vote are read in the language of the page, and not in the vote's alone.
    let route = &summary["routes"][0];
    assert_eq!(
        (&route["pl"], &route["ar"]),
        (&"Kodem wysłanym na telefon".into(), &"برمز يُرسل إلى الهاتف".into())
    );
}

#[test]
fn columns_stand_in_the_order_of_reading_and_what_is_doubtful_is_marked() {
    let projects = PROJECTS.replace("cost\n", "cost;autor;Xyz\n").replace("15.000", "15.000;Jan;1");
    let report = described(&projects, &[]).report(Language::En);
    let of: Vec<_> =
        report.columns.iter().map(|column| (column.sheet.as_str(), column.header.as_str())).collect();
    assert_eq!(of[..2], [("vote", "setting"), ("vote", "value")], "the vote comes first");
    let sheets: Vec<&str> = of.iter().map(|(sheet, _)| *sheet).collect();
    let first = |name: &str| sheets.iter().position(|sheet| *sheet == name).unwrap();
    assert!(first("districts") < first("projects"), "{sheets:?}");
    let doubtful = report.columns.iter().filter(|column| column.doubtful);
    let doubtful: Vec<_> = doubtful.map(|column| (column.header.as_str(), column.kind.is_empty())).collect();
    assert_eq!(doubtful, [("autor", false), ("Xyz", true)], "one has no room, the other is not known");
}

#[test]
fn a_guessed_encoding_is_said_as_a_page_can_change_it() {
    let bytes = PROJECTS.replace("Plac", "Łąka ćma żółw gęś").chars().map(cp1250).collect::<Vec<u8>>();
    let files =
        [("vote.csv", VOTE.as_bytes()), ("districts.csv", DISTRICTS.as_bytes()), ("projects.csv", &bytes)];
    let books: Vec<_> =
        files.iter().map(|(name, bytes)| read(name, bytes, &Options::default()).unwrap()).collect();
    let report = describe(&books, &Asked { now: 1_800_000_000, ..Asked::default() }).report(Language::En);
    let guessed = report.findings.iter().find(|found| found.code == "warning.guessed").unwrap();
    assert!(guessed.sentence.ends_with("choose another encoding beside the file"), "{}", guessed.sentence);
}

/// A letter in CP1250, as far as this test writes any.
fn cp1250(letter: char) -> u8 {
    match letter {
        'Ł' => 0xa3,
        'ą' => 0xb9,
        'ć' => 0xe6,
        'ż' => 0xbf,
        'ó' => 0xf3,
        'ł' => 0xb3,
        'ę' => 0xea,
        'ś' => 0x9c,
        letter => u8::try_from(letter).unwrap(),
    }
}

#[test]
fn a_manifest_says_of_small_districts_what_its_spreadsheet_says() {
    let said = |vote: &str, districts: &str| {
        let files = [("vote.csv", vote), ("districts.csv", districts), ("projects.csv", PROJECTS)];
        let books: Vec<_> = files
            .iter()
            .map(|(name, text)| read(name, text.as_bytes(), &Options::default()).unwrap())
            .collect();
        let answers = [("projects!D".to_owned(), "thousands".to_owned())].into();
        let asked = Asked { now: 1_800_000_000, answers, ..Asked::default() };
        let description = describe(&books, &asked);
        let report = description.report(Language::De);
        let sentences = report.findings.into_iter().filter(|found| found.code.starts_with("warning.small_"));
        let sentences: Vec<_> = sentences.map(|found| found.sentence).collect();
        let small = super::small(&description.document.unwrap(), Language::De);
        let of_manifest: Vec<_> = small.iter().map(|small| small.sentence.clone()).collect();
        assert_eq!(of_manifest, sentences, "{districts}");
        small.iter().map(|small| small.title.get("pl").unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    let few = DISTRICTS.replace("1200", "60");
    assert_ne!(few, DISTRICTS);
    assert_eq!(said(VOTE, &few), ["Zarzecze"], "its own list is withheld");
    assert!(said(VOTE, DISTRICTS).is_empty());
}
