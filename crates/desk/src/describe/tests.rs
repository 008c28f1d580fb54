use serde_json::{Value, json};
use veche_sheet::{Options, read};

use super::*;

pub(super) const VOTE: &str = "\
setting;value (pl);value (en)
tytuł;Budżet Mirogrodu;Budget of Mirogród
opis;Wybierz.;Choose.
początek;1.06.2099 8:00;
koniec;14.06.2099 20:00;
strefa czasowa;Warsaw;
waluta;zł;
najwięcej projektów;2;
gdy zabraknie pieniędzy;zatrzymaj;
próg;50;
remis;losowanie;
jeden inny okręg;tak;
";

pub(super) const DISTRICTS: &str = "\
kod;nazwa (pl);nazwa (en);całe miasto;uprawnieni;mieszkańcy;budżet;najwięcej projektów
M;Całe miasto;Whole town;tak;;;100 000;3
Z;Zarzecze;Zarzecze;nie;1200;1500;50.000,00 zł;
R;Rynek;Market;;900;;50 000;
";

pub(super) const PROJECTS: &str = "\
numer;nazwa (pl);nazwa (en);opis (pl);opis (en);okręg;koszt;kategoria;adres;współrzędne;zdjęcie;wyklucza;wnioskodawca
M1;Drzewa;Trees;\"Raz.

Dwa.\";\"One.

Two.\";ogólnomiejski;60 000;;;;;;Jan
M2;Ławki;Benches;;;M;48 500;;;;;;
Z1;Plac;Playground;;;Zarzecze;40 000;;ul. Młyńska 4;\"52,2297; 21,0122\";pictures/plac.jpg;plac;
Z2;Boisko;Pitch;;;Z;30 000;;;;;plac;
Z3;Kino;Cinema;;;Z;8 000;;;;;;
R1;Zegar;Clock;;;R;9 000;;;;;;
";

pub(super) fn book(name: &str, text: &str) -> veche_sheet::Workbook {
    read(&format!("{name}.csv"), text.as_bytes(), &Options::default()).unwrap()
}

pub(super) fn described(vote: &str, districts: &str, projects: &str, asked: &Asked) -> Description {
    describe(&[book("vote", vote), book("districts", districts), book("projects", projects)], asked)
}

pub(super) fn plain(vote: &str, districts: &str, projects: &str) -> Description {
    described(vote, districts, projects, &Asked { now: 1_800_000_000, ..Asked::default() })
}

/// Place and sentence of every finding.
pub(super) fn said<T: ToString>(findings: &[Finding<T>]) -> Vec<String> {
    let place = |finding: &Finding<T>| finding.place.as_ref().map(ToString::to_string).unwrap_or_default();
    findings
        .iter()
        .map(|finding| format!("{} {:?} {}", place(finding), finding.cell, finding.what.to_string()))
        .collect()
}

pub(super) fn asked_of(description: &Description) -> Vec<(String, Vec<String>)> {
    let choices =
        |asked: &Finding<Asking>| asked.what.choices.iter().map(|(answer, _)| answer.clone()).collect();
    description
        .questions
        .iter()
        .map(|asked| (asked.place.as_ref().unwrap().to_string(), choices(asked)))
        .collect()
}

#[test]
fn a_spreadsheet_becomes_a_manifest() {
    let description = plain(VOTE, DISTRICTS, PROJECTS);
    assert_eq!(said(&description.errors), [""; 0]);
    let document = serde_json::to_value(description.document.unwrap()).unwrap();
    let option = |id: &str, pl: &str, en: &str, cost: u64| json!({"id": id, "name": {"pl": pl, "en": en}, "cost": cost, "number": id});
    let with = |mut option: Value, more: Value| {
        option.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        option
    };
    let greedy = |exclusive: Value| json!({"method": "greedy", "unaffordable": "stop", "minimum_votes": 50, "ties": "lot", "exclusive": exclusive});
    let expected = json!({
        "veche": 1, "phase": "election", "languages": ["pl", "en"],
        "title": {"pl": "Budżet Mirogrodu", "en": "Budget of Mirogród"},
        "text": {"pl": "Wybierz.", "en": "Choose."},
        "opens": "2099-06-01T06:00:00Z", "closes": "2099-06-14T18:00:00Z", "time_zone": "Europe/Warsaw",
        "early_close": false,
        "contests": [
            {"id": "M", "title": {"pl": "Całe miasto", "en": "Whole town"}, "budget": 100_000, "currency": "zł",
             "report_by": "contest", "rule": {"type": "approval", "min": 1, "max": 3, "blank": false},
             "funding": greedy(json!([])),
             "options": [
                with(option("M1", "Drzewa", "Trees", 60_000), json!({"text": {"pl": "Raz.\n\nDwa.", "en": "One.\n\nTwo."}})),
                option("M2", "Ławki", "Benches", 48_500)]},
            {"id": "Z", "title": {"pl": "Zarzecze", "en": "Zarzecze"}, "budget": 50_000, "currency": "zł",
             "report_by": "contest", "rule": {"type": "approval", "min": 1, "max": 2, "blank": false},
             "funding": greedy(json!([["Z1", "Z2"]])),
             "options": [
                with(option("Z1", "Plac", "Playground", 40_000),
                     json!({"place": "ul. Młyńska 4", "coordinates": "52.229700,21.012200", "picture": "pictures/plac.jpg"})),
                option("Z2", "Boisko", "Pitch", 30_000), option("Z3", "Kino", "Cinema", 8_000)]},
            {"id": "R", "title": {"pl": "Rynek", "en": "Market"}, "budget": 50_000, "currency": "zł",
             "report_by": "contest", "rule": {"type": "approval", "min": 1, "max": 1, "blank": true},
             "funding": greedy(json!([])), "options": [option("R1", "Zegar", "Clock", 9_000)]},
        ],
        "styles": [
            {"id": "Z", "title": {"pl": "Zarzecze", "en": "Zarzecze"}, "contests": ["M", "Z"], "plus_one_of": ["R"],
             "electorate": 1200, "inhabitants": 1500},
            {"id": "R", "title": {"pl": "Rynek", "en": "Market"}, "contests": ["M", "R"], "plus_one_of": ["Z"], "electorate": 900},
        ],
        "routes": [{"id": "sms", "title": {"pl": "Kodem wysłanym na telefon", "en": "By a code sent to a phone"}, "entered": false}],
        "trustees": {"count": 5, "threshold": 3}, "minimum_group": 10, "revote": true, "registration": "roll"
    });
    assert_eq!(document, expected);
    assert_eq!(
        said(&description.warnings),
        [
            "districts!4 \"R\" there is one project in this list: people are asked yes or blank",
            "projects!M1 \"wnioskodawca\" a manifest has no room for this column, and it is left out",
        ]
    );
    let en = Language::En;
    let taken: Vec<_> =
        description.taken.iter().map(|taken| (taken.setting.word(en), taken.value.said(en))).collect();
    assert!(taken.contains(&("key-holders", "5".into())), "{taken:?}");
    assert!(taken.contains(&("fewest projects", "1".into())), "{taken:?}");
    assert!(description.columns.iter().any(|column| {
        (column.place.to_string().as_str(), column.shown.as_str(), column.said(en).as_str())
            == ("projects!B1", "nazwa (pl)", "name (pl)")
    }));
    assert!(description.columns.iter().any(|column| column.said(Language::De) == "Bezeichnung (pl)"));
}

/// What is said of the trustees where a vote states their numbers so.
fn of_trustees(stated: &str) -> (veche_record::manifest::TrusteeCount, Vec<String>) {
    let description = plain(&(VOTE.to_owned() + stated), DISTRICTS, PROJECTS);
    let mut warned = said(&description.warnings);
    warned.retain(|warning| warning.contains("may be missing"));
    (description.document.unwrap().trustees, warned)
}

#[test]
fn trustees_of_whom_nobody_may_be_missing_are_warned_of_and_nobody_gets_such_without_asking() {
    let (count, warned) = of_trustees("key-holders;3;\nkey-holders needed;2;\n");
    assert_eq!((count.count, count.threshold), (3, 2));
    let [warned] = &warned[..] else { panic!("{warned:?}") };
    assert!(warned.contains("of these 3 key-holders all must take part"), "{warned}");
    for (stated, threshold) in [
        ("", 3),
        ("key-holders;5;\nkey-holders needed;3;\n", 3),
        ("key-holders;4;\n", 2),
        ("key-holders;6;\n", 4),
        ("key-holders;15;\n", 8),
    ] {
        let (count, warned) = of_trustees(stated);
        assert_eq!((count.threshold, warned), (threshold, Vec::new()), "{stated:?}");
        assert!(count.may_be_missing() > 0, "{stated:?}");
    }
}

#[test]
fn all_errors_are_said_at_once_in_the_order_of_the_sheet() {
    let vote = VOTE
        .replace("14.06.2099", "31.06.2099")
        .replace("zatrzymaj", "perhaps")
        .replace("próg;50", "próg;5%")
        .replace("waluta;zł;", "waluta;zł;PLN")
        + "Zakończenie;1;\nOwner;x;\n";
    let districts = DISTRICTS.replace("1200", "many").replace("Rynek;Market", "Rynek;").replace("R;", "z;");
    let projects = PROJECTS
        .replace("60 000", "6O 000")
        .replace("M;48 500", "Nowhere;48 500")
        .replace("pictures/plac.jpg", "https://example.org/a.jpg")
        .replace("52,2297", "152,2297")
        .replace("Z2;Boisko;Pitch", "Z1;;")
        .replace("30 000;;;;;plac", "30 000;;;;;placyk");
    let description = plain(&vote, &districts, &projects);
    assert!(description.document.is_none());
    assert_eq!(
        said(&description.errors),
        [
            "vote!B5 \"31.06.2099 20:00\" there is no such day; look at the day and the month",
            "vote!C7 \"PLN\" another column says \"zł\"; only texts differ by language",
            "vote!B9 \"perhaps\" write one of: skip, stop, order only",
            "vote!B10 \"5%\" a share of the votes cannot be kept; write how many votes are needed, as a number",
            "vote!A13 \"Zakończenie\" this setting is in row 5, too; leave one of them",
            "vote!A14 \"Owner\" this setting is not known; take its name from the template, or delete the row",
            "districts!E3 \"many\" a whole number is needed here, 1 or more, in digits, as 1200",
            "districts!A4 \"z\" this is in row 3, too; give each its own",
            "districts!C4 \"\" the text in \"en\" is missing; every text is given in every language of the vote",
            "projects!G2 \"6O 000\" this is no amount; write the number alone, as 48500 or 48 500,50",
            "projects!F3 \"Nowhere\" the sheet of districts has no district of this code or name; correct it, or add the district",
            "projects!J4 \"152,2297; 21,0122\" this is no place on the earth in degrees; write it as 52.229700, 21.012200",
            "projects!K4 \"https://example.org/a.jpg\" a picture is named as it is in the vote's folder, in plain letters without spaces, as pictures/park.jpg; addresses of the web are not loaded",
            "projects!L4 \"plac\" no other project of this list has this word; give it to two or more, or leave it empty",
            "projects!A5 \"Z1\" this is in row 4, too; give each its own",
            "projects!B5 \"\" \"name\" is empty; fill it in (of joined cells, only the first has something in it)",
            "projects!L5 \"placyk\" no other project of this list has this word; give it to two or more, or leave it empty",
            "projects!F7 \"R\" the sheet of districts has no district of this code or name; correct it, or add the district",
        ]
    );
}

#[test]
fn what_can_be_meant_in_two_ways_is_asked_until_it_is_answered() {
    let vote = VOTE.replace("1.06.2099 8:00", "3/4/2099").replace("14.06.2099 20:00", "25.10.2099 2:30");
    let districts = DISTRICTS.replace("1200", "1.200");
    let projects =
        PROJECTS.replace("60 000", "60.000").replace("48 500", "48 500,50 zł").replace("40 000", "40.500");
    let mut asked = Asked { now: 1_800_000_000, ..Asked::default() };
    let description = described(&vote, &districts, &projects, &asked);
    assert!(description.document.is_none());
    assert_eq!(said(&description.errors), [""; 0]);
    let own = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    assert_eq!(
        asked_of(&description),
        [
            ("vote!B4".into(), own(&["2099-04-03 00:00+02:00", "2099-03-04 00:00+01:00"])),
            ("vote!B5".into(), own(&["2099-10-25 02:30+02:00", "2099-10-25 02:30+01:00"])),
            ("districts!E3".into(), own(&["1200"])),
            ("projects!G2".into(), own(&["60000", "60"])),
            ("projects!G3".into(), own(&["48501", "48500"])),
            ("projects!G4".into(), own(&["40500", "41", "40"])),
        ]
    );
    for (cell, answer) in [
        ("vote!B4", "2099-03-04 00:00+01:00"),
        ("VOTE!b5", "2099-10-25 02:30+01:00"),
        ("districts!E3", "1200"),
        ("projects!G3", "48501"),
        ("projects!G", "thousands"),
    ] {
        asked.answers.insert(cell.into(), answer.into());
    }
    let description = described(&vote, &districts, &projects, &asked);
    let document = serde_json::to_value(description.document.expect("everything is answered")).unwrap();
    assert_eq!(document["opens"], "2099-03-03T23:00:00Z");
    assert_eq!(document["closes"], "2099-10-25T01:30:00Z");
    assert_eq!(document["contests"][0]["options"][0]["cost"], 60_000);
    assert_eq!(document["contests"][0]["options"][1]["cost"], 48_501);
    assert_eq!(document["contests"][1]["options"][0]["cost"], 40_500);
    assert!(
        said(&description.warnings).contains(&"projects!G3 \"48 500,50 zł\" cents: taken as 48501".into())
    );

    let answered: Vec<_> =
        description.answered.iter().map(|known| (known.what.named.as_str(), known.cell.as_str())).collect();
    assert_eq!(
        answered,
        [
            ("vote!B4", "3/4/2099"),
            ("VOTE!b5", "25.10.2099 2:30"),
            ("districts!E3", "1.200"),
            ("projects!G", "60.000"),
            ("projects!G3", "48 500,50 zł"),
        ]
    );

    asked.answers.insert("projects!G2".into(), "61000".into());
    let wrong = described(&vote, &districts, &projects, &asked);
    assert_eq!(
        said(&wrong.errors),
        ["projects!G2 \"60.000\" \"61000\" is no answer to what is asked here; answer one of: 60000, 60"]
    );
    asked.answers.insert("projects!G2".into(), "60".into());
    asked.answers.insert("projects!G9".into(), "1".into());
    let unasked = described(&vote, &districts, &projects, &asked);
    assert_eq!(
        said(&unasked.errors),
        [" \"projects!G9=1\" nothing is asked about this cell; look at its sheet, column and row"]
    );
}

#[test]
fn a_percentage_is_named_and_it_is_said_what_to_write_instead() {
    let vote = VOTE.replace("próg;50", "próg;5%");
    let districts = DISTRICTS.replace("1200", "12%").replace("50 000;", "50%;");
    assert_eq!(
        said(&plain(&vote, &districts, PROJECTS).errors),
        [
            "vote!B10 \"5%\" a share of the votes cannot be kept; write how many votes are needed, as a number",
            "districts!E3 \"12%\" this is a percentage; write the number itself, as 1200, and format the cell as a number",
            "districts!G4 \"50%\" this is a percentage; write the amount itself, as 48500, and format the cell as a number",
        ]
    );
}

#[test]
fn cents_are_kept_where_money_is_counted_in_them() {
    let vote = VOTE.to_owned() + "grosze;gr;\n";
    let projects = PROJECTS.replace("48 500", "48 500,50 zł");
    let document = plain(&vote, DISTRICTS, &projects).document.unwrap();
    let contest = &document.contests[0];
    assert_eq!((contest.currency.as_deref(), contest.budget), (Some("gr"), Some(10_000_000)));
    assert_eq!(contest.options[1].cost, Some(4_850_050));
}

#[test]
fn what_may_be_a_mistake_is_warned_of() {
    let vote = VOTE
        .replace("1.06.2099 8:00", "2020")
        .replace("14.06.2099 20:00", "14.06.2099")
        .replace("remis;losowanie;\n", "")
        .replace("opis;Wybierz.;Choose.\n", "")
        + "liczba projektów;7;\nliczba okręgów;2;\nwszystkie pieniądze;1;\n";
    let districts = DISTRICTS.replace("1200", "90").replace("tak;;", "tak;2000;").to_owned()
        + "P;Pusty;Empty;nie;500;;;\n";
    let projects = PROJECTS
        .replace("40 000", "60 000")
        .replace("Kino;Cinema", "PLAC;Cinema")
        .replace("wnioskodawca", "Xyz")
        .replace("8 000;", "8 000;Kultura");
    let description = plain(&vote, &districts, &projects);
    assert_eq!(said(&description.errors), [""; 0]);
    let warnings = said(&description.warnings);
    for expected in [
        "vote \"\" nothing says what the vote is about: its title is taken for that",
        "vote \"\" no rule for equal totals is said: taken as drawn by lot",
        "vote!B3 \"2020\" no day is said: taken as 1 January 2020, 00:00",
        "vote!B3 \"2020\" this is in the past",
        "vote!B4 \"14.06.2099\" no hour is said: taken as 15 June 2099, 00:00",
        "vote!B11 \"7\" this says 7, and 6 were counted",
        "vote!B12 \"2\" this says 2, and 3 were counted",
        "vote!B13 \"1\" this says 1, and 200000 were counted",
        "districts!E2 \"2000\" this says 2000, and 1490 were counted",
        "districts!3 \"90\" if 10 of 100 vote, there are about 9 ballots, fewer than 10: the totals of the district's own list are then not published, and nothing on it is funded; the town decides what follows",
        "districts!5 \"P\" no project is in this district: its people vote on the other lists only",
        "projects!M1 \"Xyz\" this column is not known, and left out",
        "projects!H1 \"kategoria\" this column names no language: what it says is shown in all of them",
        "projects!G4 \"60 000\" this project costs more than its whole list has to spend (50000), so it cannot win",
        "projects!B6 \"PLAC\" the project in row 4 has this name, too",
    ] {
        assert!(warnings.iter().any(|warning| warning == expected), "{expected}\nis not in {warnings:#?}");
    }
}

#[test]
fn a_stated_number_says_which_rows_are_not_counted() {
    let vote = VOTE.to_owned() + "liczba projektów;6;\nwszystkie pieniądze;200 000;\n";
    let districts =
        DISTRICTS.replace("50 000;", "50.000;").replace("tak;;", "tak;2100;").replace("1200", "wielu");
    let projects = PROJECTS.replace("M;48 500", "Nowhere;48 500").replace("R;9 000", ";9 000");
    let warnings = said(&plain(&vote, &districts, &projects).warnings);
    let left =
        |rows: &str| format!("rows with something wrong or unanswered in them are not counted yet ({rows})");
    for expected in [
        format!("vote!B13 \"6\" this says 6, and 4 were counted: {}", left("3, 7")),
        format!("vote!B14 \"200 000\" this says 200000, and 150000 were counted: {}", left("4")),
        format!("districts!E2 \"2100\" this says 2100, and 900 were counted: {}", left("3")),
    ] {
        assert!(warnings.contains(&expected), "{expected}\nis not in {warnings:#?}");
    }
}

#[test]
fn a_sheet_that_is_not_there_is_said_with_those_that_are() {
    let description = describe(&[book("vote", VOTE), book("Tabelle1", PROJECTS)], &Asked::default());
    assert_eq!(
        said(&description.errors),
        [
            " \"\" there is no sheet \"districts\"; there are: vote, Tabelle1; rename one, or begin with the template",
            " \"\" there is no sheet \"projects\"; there are: vote, Tabelle1; rename one, or begin with the template",
        ]
    );
    let twice = describe(
        &[
            book("vote", VOTE),
            book("districts", DISTRICTS),
            book("projects", PROJECTS),
            book("projekty", PROJECTS),
        ],
        &Asked::default(),
    );
    assert_eq!(said(&twice.errors), ["projekty \"\" this is another sheet of projects; leave one of them"]);
    let bare = plain("a;b\n", "a;b\n", "a;b\n");
    assert_eq!(bare.errors.len(), 3);
    let columns = plain(VOTE, "name;budget\nx;1\n", "district;cost\nx;1\n");
    assert_eq!(
        said(&columns.errors)[..3],
        [
            "districts!1 \"\" there is no column \"people who may vote\"; add it",
            "projects!1 \"\" there is no column \"number\"; add it",
            "projects!1 \"\" there is no column \"name\"; add it",
        ]
    );
}

#[test]
fn one_language_is_for_all_texts_that_name_none() {
    let bare = |text: &str| text.replace(" (pl)", "");
    let vote = "setting;value\ntitle;T\nabout;A\nopens;2099-06-01 08:00\ncloses;2099-06-02 08:00\ntime zone;UTC\nmax;2\nfunding;order only\n";
    let districts = "id;name;electorate\nD;District;100\n";
    let projects = "no;name\n1;One\n2;Two\n";
    let none = plain(vote, districts, projects);
    assert!(
        matches!(none.errors.as_slice(), [Finding { what: Problem::NoLanguage, .. }]),
        "{:?}",
        none.errors
    );
    let asked = Asked { language: Some("uk".into()), ..Asked::default() };
    let one = described(vote, districts, projects, &asked);
    let document = one.document.expect("a language was said");
    assert_eq!(document.languages, ["uk"]);
    assert_eq!(document.contests[0].options[1].name.get("uk"), Some("Two"));
    assert!(said(&one.warnings).iter().any(|warning| warning.contains("have no names in \"uk\"")));
    let two = plain(&(bare(vote) + "languages;pl, en\n"), districts, projects).document.unwrap();
    assert_eq!(two.title.get("pl"), two.title.get("en"));
}

/// Every rule, and what each needs.
#[test]
fn every_rule_of_a_ballot_is_made() {
    let rule = |more: &str| {
        let vote = VOTE.to_owned() + more;
        plain(&vote, DISTRICTS, PROJECTS)
    };
    let made = |more: &str| serde_json::to_value(&rule(more).document.unwrap().contests[1].rule).unwrap();
    assert_eq!(
        made("rule;points;\npoints;10;\npoints per project;5;\nblank;yes;\n"),
        json!({"type": "cumulative", "points": 10, "min_points": 1, "max_per_option": 5, "blank": true})
    );
    assert_eq!(
        made("rule;ranking;\nminimum;2;\n"),
        json!({"type": "ranked", "places": 2, "min": 2, "scores": [2, 1], "blank": false})
    );
    assert_eq!(
        made("rule;spend;\n"),
        json!({"type": "knapsack", "budget": 50_000, "min": 1, "max": 2, "blank": false})
    );
    assert_eq!(
        said(&rule("rule;points;\n").errors),
        [
            "vote \"\" the row \"points\" is missing, or empty; add it",
            "vote \"\" the row \"most points for one project\" is missing, or empty; add it",
        ]
    );
    // What the rule itself does not allow is said at the list that it is about.
    assert_eq!(
        said(&rule("minimum;3;\n").errors),
        ["districts!2 \"contests[0].rule\" \"min\" is 3 but at most 2 can be chosen; lower \"min\""]
    );
    let paper = rule("routes;sms, paper;\n");
    assert_eq!(
        said(&paper.errors),
        ["vote \"\" ballots on paper are taken; say until when they are typed in, not before closing"]
    );
    let paper = rule("routes;sms, paper;\npaper until;15.06.2099;\n").document.unwrap();
    assert_eq!(paper.routes.iter().map(|route| route.entered).collect::<Vec<_>>(), [false, true]);
    assert_eq!(paper.paper_until.unwrap().to_string(), "2099-06-15T22:00:00Z");
}

#[test]
fn money_that_is_needed_and_not_there_is_missed_once() {
    let description = plain(VOTE, &DISTRICTS.replace("100 000", ""), &PROJECTS.replace("48 500", ""));
    assert_eq!(
        said(&description.errors),
        [
            "districts!G2 \"\" \"budget\" is empty; fill it in (of joined cells, only the first has something in it)",
            "projects!G3 \"\" \"cost\" is empty; fill it in (of joined cells, only the first has something in it)",
        ]
    );
}
