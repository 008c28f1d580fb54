//! What hides nothing, what is asked as people say it, and what can never win.

use super::tests::{DISTRICTS, PROJECTS, VOTE, asked_of, book, described, plain, said};
use super::*;

#[test]
fn a_language_that_is_not_understood_is_said_once_and_hides_nothing() {
    let vote =
        VOTE.replace("14.06.2099", "31.06.2099").replace("zatrzymaj", "perhaps").replace("próg;50", "próg;x");
    let districts = DISTRICTS.replace("1200", "many");
    let projects = PROJECTS.replace("60 000", "6O 000");
    let others = |errors: &[String]| {
        let mut errors = errors.to_vec();
        errors.retain(|error| !error.contains("a language") && !error.contains("in which language"));
        errors
    };
    let known = said(&plain(&(vote.clone() + "languages;polski, English;\n"), &districts, &projects).errors);
    assert_eq!(known.len(), 5, "{known:#?}");
    for (strange, named) in
        [("polski, klingon", "klingon"), ("klingon", "klingon"), ("quenya; klingon", "quenya, klingon")]
    {
        let errors = said(&plain(&format!("{vote}languages;\"{strange}\";\n"), &districts, &projects).errors);
        assert_eq!(others(&errors), known);
        let about = format!("\"{strange}\" \"{named}\" is not understood as a language");
        assert_eq!(errors.iter().filter(|error| error.contains(&about)).count(), 1, "{errors:#?}");
        assert_eq!(errors.len(), 6, "{errors:#?}");
    }
    // Where nothing names a language at all.
    let bare = |text: &str| text.replace(" (pl)", "").replace(";value (en)", "").replace(";nazwa (en)", ";x");
    let errors =
        said(&plain(&bare(&vote), &bare(&districts), &bare(&projects).replace("opis (en)", "y")).errors);
    assert_eq!(others(&errors), known, "{errors:#?}");
    assert_eq!(errors.len(), 6, "{errors:#?}");
}

#[test]
fn languages_are_named_by_name_in_any_of_the_seven() {
    for names in [
        "polski, english",
        "Polnisch und Englisch",
        "польский и английский",
        "polaco; inglés",
        "polonais / anglais",
        "البولندية، الإنجليزية",
        "pl EN",
    ] {
        let vote = format!("{VOTE}languages;\"{names}\";\n");
        let description = plain(&vote, DISTRICTS, PROJECTS);
        assert_eq!(said(&description.errors), [""; 0], "{names}");
        assert_eq!(description.document.unwrap().languages, ["pl", "en"], "{names}");
    }
}

#[test]
fn a_sheet_that_is_missing_hides_no_mistake_of_the_others() {
    let vote = VOTE.replace("14.06.2099", "31.06.2099");
    let districts = DISTRICTS.replace("1200", "many");
    let books = [book("vote", &vote), book("districts", &districts)];
    let errors = said(&describe(&books, &Asked { now: 1_800_000_000, ..Asked::default() }).errors);
    assert_eq!(errors.len(), 3, "{errors:#?}");
    assert!(errors[1].starts_with("vote!B5") && errors[2].starts_with("districts!E3"), "{errors:#?}");
}

/// Hours are asked about as people write them, and one that a day has twice is told apart.
#[test]
fn an_hour_is_asked_about_as_people_write_it() {
    let vote = VOTE.replace("1.06.2099 8:00", "3/4/2099").replace("14.06.2099 20:00", "25.10.2099 2:30");
    let description = plain(&vote, DISTRICTS, PROJECTS);
    let shown = |language| {
        let report = description.report(language);
        let all: Vec<String> = report
            .findings
            .iter()
            .flat_map(|found| &found.choices)
            .map(|choice| choice.shown.clone())
            .collect();
        assert!(report.findings.iter().flat_map(|found| &found.choices).all(|choice| choice.means.is_none()));
        all
    };
    assert_eq!(
        shown(Language::En),
        [
            "3 April 2099, 00:00",
            "4 March 2099, 00:00",
            "25 October 2099, 02:30, UTC+2",
            "25 October 2099, 02:30, UTC+1",
        ]
    );
    assert_eq!(shown(Language::Pl)[1], "4 marca 2099, 00:00");
    assert_eq!(shown(Language::De)[0], "3. April 2099, 00:00");
    assert_eq!(shown(Language::Es)[0], "3 de abril de 2099, 00:00");
    assert_eq!(shown(Language::Ru)[0], "3 апреля 2099 г., 00:00");
    assert_eq!(shown(Language::Fr)[1], "4 mars 2099, 00:00");
    assert_eq!(shown(Language::Ar)[1], "4 مارس 2099، 00:00");
}

/// Spanish thousands are millions elsewhere: a person says which, for a cell or for the column.
#[test]
fn mil_is_asked_about_and_other_thousands_are_not() {
    let projects = PROJECTS
        .replace("60 000", "60 tysięcy zł")
        .replace("48 500", "48 mil zł")
        .replace("40 000", "40 mil");
    let mut asked = Asked { now: 1_800_000_000, ..Asked::default() };
    let description = described(VOTE, DISTRICTS, &projects, &asked);
    let own = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    assert_eq!(
        asked_of(&description),
        [
            ("projects!G3".into(), own(&["48000", "48000000"])),
            ("projects!G4".into(), own(&["40000", "40000000"])),
        ]
    );
    let means = description.questions[0].what.choices[0].1;
    assert_eq!(means.said(Language::Pl).as_deref(), Some("„mil” oznacza tysiąc"));
    let word = means.for_column().unwrap();
    asked.answers.insert("projects!G".into(), word.into());
    let document = described(VOTE, DISTRICTS, &projects, &asked).document.unwrap();
    let costs: Vec<_> =
        document.contests.iter().flat_map(|list| &list.options).map(|option| option.cost).collect();
    assert_eq!(costs[..3], [Some(60_000), Some(48_000), Some(40_000)]);
}

/// A threshold that all voters together cannot reach is warned of, where it stands, and once.
#[test]
fn a_threshold_above_the_electorate_is_warned_of() {
    let warned = |vote: &str, districts: &str| {
        let mut warned = said(&plain(vote, districts, PROJECTS).warnings);
        warned.retain(|warning| warning.contains("nothing can win"));
        warned
    };
    let reached = |threshold: &str| VOTE.replace("próg;50", &format!("próg;{threshold}"));
    // A vote in another district counts, too: all 2100 can vote for what Zarzecze has.
    assert_eq!(warned(&reached("2100"), DISTRICTS), [""; 0]);
    let [warning] = &warned(&reached("2101"), DISTRICTS)[..] else { panic!("said once") };
    assert!(warning.starts_with("vote!B10 \"2101\" a project needs 2101 votes or points"), "{warning}");
    assert!(warning.contains("give it 2100 at most"), "{warning}");
    let alone = VOTE.replace("jeden inny okręg;tak;\n", "").replace("próg;50", "próg;901");
    assert_eq!(warned(&alone, DISTRICTS).len(), 1, "the Market has 900");
    let points = alone + "rule;points;\npoints;10;\npoints per project;5;\n";
    let two = format!("{PROJECTS}R2;Dom;House;;;R;9 000;;;;;;\n");
    let description = plain(&points, DISTRICTS, &two);
    assert!(!said(&description.warnings).iter().any(|said| said.contains("nothing can win")), "five of each");
    // Nothing is said while somebody's number of voters is wrong.
    assert_eq!(warned(&reached("2101"), &DISTRICTS.replace("1200", "many")), [""; 0]);
    let own =
        DISTRICTS.replace("budżet;najwięcej projektów", "budżet;próg").replace("100 000;3", "100 000;3000");
    let [warning] = &warned(VOTE, &own)[..] else { panic!("the district's own") };
    assert!(warning.starts_with("districts!H2 \"3000\""), "{warning}");
}

/// An answer for a column is for the cells that it fits: the others are asked about by themselves.
#[test]
fn an_answer_for_a_column_leaves_the_cells_that_it_does_not_fit_to_be_asked() {
    let projects =
        PROJECTS.replace("60 000", "60.000").replace("48 500", "48 500,50 zł").replace("40 000", "40 mil");
    let mut asked = Asked { now: 1_800_000_000, ..Asked::default() };
    asked.answers.insert("projects!G".into(), "thousands".into());
    let description = described(VOTE, DISTRICTS, &projects, &asked);
    assert_eq!(said(&description.errors), [""; 0]);
    let places: Vec<String> = asked_of(&description).into_iter().map(|(place, _)| place).collect();
    assert_eq!(places, ["projects!G3", "projects!G4"]);
    // What is no answer at all is said.
    asked.answers.insert("projects!G".into(), "thousandths".into());
    assert!(!described(VOTE, DISTRICTS, &projects, &asked).errors.is_empty());
}
