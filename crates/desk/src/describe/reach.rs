//! What a spreadsheet can make a manifest refuse: tried with odd values in every setting and column.

use std::collections::BTreeSet;

use veche_phrases::{Language, Said as _};
use veche_sheet::{Options, Workbook, read};

use super::{Asked, Description, describe};
use crate::words::{Choice, DistrictColumn, Key, ProjectColumn, Setting, Words};

/// Rows of cells, the first one with the headers.
type Rows = Vec<Vec<String>>;

fn word<K: Key>(key: K) -> String {
    Words::of(Language::En).first(&key.key()).to_owned()
}

fn rows(table: &[&[&str]]) -> Rows {
    table.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect()
}

/// A vote that is complete, with the settings by their keys.
fn vote(more: &[(Setting, &str)]) -> Rows {
    let mut all = vec![
        (Setting::Title, "Budget"),
        (Setting::Text, "Choose"),
        (Setting::Languages, "en"),
        (Setting::Opens, "2099-06-01 08:00"),
        (Setting::Closes, "2099-06-14 20:00"),
        (Setting::TimeZone, "Europe/Warsaw"),
        (Setting::Max, "2"),
        (Setting::Points, "6"),
        (Setting::PointsPerProject, "3"),
        (Setting::Funding, "stop"),
    ];
    for (setting, value) in more {
        all.retain(|(known, _)| known != setting);
        all.push((*setting, value));
    }
    let head = rows(&[&["setting", "value"]]).into_iter();
    head.chain(all.into_iter().map(|(setting, value)| vec![word(setting), value.to_owned()])).collect()
}

const DISTRICTS: &[&[&str]] = &[
    &["T", "Town", "yes", "", "100000"],
    &["N", "North", "no", "1200", "50000"],
    &["S", "South", "no", "900", "50000"],
];

const PROJECTS: &[&[&str]] = &[
    &["1", "Trees", "T", "60000"],
    &["2", "Benches", "T", "30000"],
    &["3", "Playground", "N", "40000"],
    &["4", "Pitch", "N", "30000"],
    &["5", "Cinema", "S", "8000"],
];

/// The districts under the headers of the template.
fn districts(rows_below: &[&[&str]]) -> Rows {
    use DistrictColumn::{Budget, City, Electorate, Id, Name};
    let head = [Id, Name, City, Electorate, Budget].map(word).to_vec();
    [vec![head], rows(rows_below)].concat()
}

/// The projects under theirs.
fn projects(rows_below: &[&[&str]]) -> Rows {
    use ProjectColumn::{Cost, District, Name, Number};
    let head = [Number, Name, District, Cost].map(word).to_vec();
    [vec![head], rows(rows_below)].concat()
}

fn book(name: &str, rows: &Rows) -> Workbook {
    let cell = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
    let line = |row: &Vec<String>| row.iter().map(cell).collect::<Vec<_>>().join(";");
    let text = rows.iter().map(line).collect::<Vec<_>>().join("\n");
    read(&format!("{name}.csv"), text.as_bytes(), &Options::default()).unwrap()
}

fn described(vote: &Rows, districts: &Rows, projects: &Rows) -> Description {
    let books = [book("vote", vote), book("districts", districts), book("projects", projects)];
    describe(&books, &Asked { now: 1_800_000_000, ..Asked::default() })
}

/// What a manifest can refuse of a description, by the codes of its sentences.
#[derive(Default)]
struct Met(BTreeSet<&'static str>);

impl Met {
    fn look(&mut self, description: &Description, what: &str) {
        for error in &description.errors {
            let code = error.what.code();
            assert_ne!(code, "manifest.other", "{what}: {}", error.what);
            self.0.extend(code.starts_with("manifest.").then_some(code));
        }
        // Whoever gets no manifest is told why.
        let told = !description.errors.is_empty() || !description.questions.is_empty();
        assert!(description.document.is_some() || told, "{what}: nothing is said, and nothing was made");
    }
}

fn odd() -> Vec<String> {
    let mut odd: Vec<String> = [
        "\u{a0}",
        "0",
        "-1",
        "7 %",
        "501",
        "4294967295",
        "9007199254740991",
        "9007199254740992",
        "no",
        "paper",
        "spend",
        "en, pl",
        "a\u{7}b",
        "one\ntwo",
        "../up",
        "90.0000001,180",
        "-0.0000001; -0",
        "1.1.1969",
        "31.12.9999",
        "2099-06-20",
        "Etc/GMT+5",
        "{code}{code}",
        "N+S",
    ]
    .map(str::to_owned)
    .to_vec();
    odd.push("ż".repeat(600));
    odd
}

/// Looks at a vote with each odd value in the place that `put` gives it.
fn with_odd_values(put: impl Fn(&str) -> Vec<(String, Description)>) -> Vec<&'static str> {
    let mut met = Met::default();
    for value in odd() {
        for (what, description) in put(&value) {
            met.look(&description, &format!("{what} {value:.40}"));
        }
    }
    met.0.into_iter().collect()
}

#[test]
fn whatever_a_setting_says_is_refused_in_a_sentence_of_its_own() {
    let (districts, projects) = (districts(DISTRICTS), projects(PROJECTS));
    assert!(described(&vote(&[]), &districts, &projects).document.is_some(), "the vote that is changed");
    let met = with_odd_values(|value| {
        let with = |setting: &Setting| described(&vote(&[(*setting, value)]), &districts, &projects);
        Setting::ALL.iter().map(|setting| (format!("{setting:?}"), with(setting))).collect()
    });
    assert_eq!(met, ["manifest.currency", "manifest.min_above_max"]);
}

#[test]
fn whatever_a_row_says_is_refused_in_a_sentence_of_its_own() {
    let (districts, projects) = (districts(DISTRICTS), projects(PROJECTS));
    let with = |rows: &Rows, header: String, value: &str| {
        let mut rows = rows.clone();
        let at = rows[0].iter().position(|known| *known == header).unwrap_or_else(|| {
            rows.iter_mut().for_each(|row| row.push(String::new()));
            rows[0].len() - 1
        });
        rows[0][at] = header;
        value.clone_into(&mut rows[2][at]);
        rows
    };
    let met = with_odd_values(|value| {
        let of_district = |column: &DistrictColumn| {
            let districts = with(&districts, word(*column), value);
            (format!("{column:?}"), described(&vote(&[]), &districts, &projects))
        };
        let of_project = |column: &ProjectColumn| {
            let projects = with(&projects, word(*column), value);
            (format!("{column:?}"), described(&vote(&[]), &districts, &projects))
        };
        let all = DistrictColumn::ALL.iter().map(of_district);
        all.chain(ProjectColumn::ALL.iter().map(of_project)).collect()
    });
    assert_eq!(met, ["manifest.id", "manifest.min_above_max", "manifest.money", "manifest.zero"]);
}

#[test]
fn whatever_a_rule_or_too_much_of_something_is_refused_in_a_sentence_of_its_own() {
    let mut met = Met::default();
    rules(&mut met, &districts(DISTRICTS), &projects(PROJECTS));
    sizes(&mut met);
    let sentences: Vec<&str> = met.0.into_iter().collect();
    let expected = "blank_and_empty count min_above_max min_points program repeated total_too_large";
    assert_eq!(sentences, expected.split(' ').map(|code| format!("manifest.{code}")).collect::<Vec<_>>());
}

/// Every rule with every bound.
fn rules(met: &mut Met, districts: &Rows, projects: &Rows) {
    for kind in [Choice::Choose, Choice::Points, Choice::Ranking, Choice::Money] {
        for funding in [Choice::Skip, Choice::None] {
            for bounds in
                ["0 1", "0 2", "1 2", "2 1", "3 4", "99 99", "1 4294967295", "4294967295 4294967295"]
            {
                for blank in ["yes", "no"] {
                    let (min, max) = bounds.split_once(' ').unwrap();
                    let (kind, funding) = (word(kind), word(funding));
                    let settings = [
                        (Setting::Rule, kind.as_str()),
                        (Setting::Funding, &funding),
                        (Setting::Min, min),
                        (Setting::Max, max),
                        (Setting::Points, max),
                        (Setting::PointsPerProject, max),
                        (Setting::Blank, blank),
                        (Setting::OtherDistrict, "yes"),
                        (Setting::ByDistrict, "yes"),
                    ];
                    let what = format!("{kind} {funding} {bounds} {blank}");
                    met.look(&described(&vote(&settings), districts, projects), &what);
                    let without = projects.iter().map(|row| row[..3].to_vec()).collect();
                    met.look(&described(&vote(&settings), districts, &without), &what);
                }
            }
        }
    }
}

/// More of everything than there can be.
fn sizes(met: &mut Met) {
    let number = |number: usize| number.to_string();
    let town = |count: usize, each: usize| {
        let (mut list, mut all) = (districts(&[]), projects(&[]));
        for district in 1..=count {
            let name = format!("D{district}");
            list.push(vec![name.clone(), name.clone(), "no".into(), "4294967295".into(), "50000".into()]);
            all.extend((1..=each).map(|at| vec![number(at), number(at), name.clone(), "5".into()]));
        }
        (list, all)
    };
    let other: &[(Setting, &str)] = &[(Setting::OtherDistrict, "yes")];
    let points: &[(Setting, &str)] = &[
        (Setting::Rule, "points"),
        (Setting::Points, "4294967295"),
        (Setting::PointsPerProject, "4294967295"),
    ];
    let ranking: &[(Setting, &str)] = &[(Setting::Rule, "ranking"), (Setting::Max, "500")];
    for (count, each, settings) in [
        (1, 501, &[] as &[_]),
        (501, 1, &[]),
        (70, 2, other),
        (3, 3, points),
        (1, 300, ranking),
        (2, 400, points),
        (400, 40, &[]),
    ] {
        let (list, all) = town(count, each);
        met.look(&described(&vote(settings), &list, &all), &format!("{count} {each} {settings:?}"));
    }
    // The ballot of a district with another's list, and a district that is called so.
    let mut list = districts(DISTRICTS);
    list.push(["N+S", "East", "no", "70", "5"].map(str::to_owned).to_vec());
    let mut all = projects(PROJECTS);
    all.push(["9", "Bridge", "N+S", "5"].map(str::to_owned).to_vec());
    met.look(&described(&vote(other), &list, &all), "a district that is called as a ballot is");
}

/// What the manifest refuses is said at the row that it comes from.
#[test]
fn a_refusal_of_the_manifest_stands_where_its_cause_does() {
    let place = |vote: &Rows, districts: &Rows, projects: &Rows| {
        let errors = described(vote, districts, projects).errors;
        assert_eq!(errors.len(), 1, "{errors:?}");
        errors[0].place.as_ref().unwrap().to_string()
    };
    let (plain, some) = (districts(DISTRICTS), projects(PROJECTS));
    assert_eq!(place(&vote(&[(Setting::Currency, "złotych polskich")]), &plain, &some), "vote!B12");
    let last = |table: &Rows, row: &[&str]| [table.clone(), rows(&[row])].concat();
    let (called_so, bridge) =
        (last(&plain, &["N+S", "East", "no", "70", "5"]), last(&some, &["9", "Bridge", "N+S", "5"]));
    assert_eq!(place(&vote(&[(Setting::OtherDistrict, "yes")]), &called_so, &bridge), "districts!5");
    let name = "ż".repeat(60);
    assert_eq!(
        place(&vote(&[]), &plain, &last(&some, &["0", "Bridge", "N", "9007199254740991"])),
        "districts!3"
    );
    assert_eq!(
        place(
            &vote(&[]),
            &last(&plain, &[&name, "East", "no", "70", "5"]),
            &last(&some, &["9", "B", &name, "5"])
        ),
        "districts!5"
    );
}

/// What only the manifest refuses of one list, or of one ballot, is said beside what is wrong in the cells of others.
#[test]
fn what_the_manifest_refuses_of_a_list_is_said_beside_other_errors() {
    let last = |table: &Rows, row: &[&str]| [table.clone(), rows(&[row])].concat();
    let (plain, some) = (districts(DISTRICTS), projects(PROJECTS));
    // A date that cannot be read, a list with a number too large, and a list with a name too long.
    let name = "ż".repeat(60);
    let lists = last(&plain, &[&name, "East", "no", "70", "5"]);
    let many = last(&last(&some, &["0", "Bridge", "N", "9007199254740991"]), &["9", "B", &name, "5"]);
    let errors = described(&vote(&[(Setting::Opens, "soon")]), &lists, &many).errors;
    let places: Vec<String> = errors.iter().map(|error| error.place.as_ref().unwrap().to_string()).collect();
    let opens = places[0].starts_with("vote!");
    assert!(opens && places[1..] == ["districts!3", "districts!5"], "{places:?}");
    // What concerns every list is said once.
    let errors =
        described(&vote(&[(Setting::Opens, "soon"), (Setting::Currency, "złotych polskich")]), &plain, &some)
            .errors;
    assert_eq!(errors.len(), 2, "{errors:?}");
}
