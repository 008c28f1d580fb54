use super::*;
use crate::words::LANGUAGES;

/// Two districts, one of which may add the other's list; names that are markup; every rule.
fn manifest(languages: &[&str]) -> Manifest {
    let text = |words: &str| {
        let in_each = languages.iter().map(|language| ((*language).to_owned(), words.into()));
        serde_json::Value::Object(in_each.collect())
    };
    let rules = [
        serde_json::json!({"type": "approval", "min": 1, "max": 2, "blank": true}),
        serde_json::json!({"type": "cumulative", "points": 5, "min_points": 1, "max_per_option": 2, "blank": false}),
        serde_json::json!({"type": "ranked", "places": 2, "min": 1, "scores": [2, 1], "blank": false}),
        serde_json::json!({"type": "quadratic", "credits": 9, "min_credits": 1, "blank": false}),
        serde_json::json!({"type": "knapsack", "budget": 70_000, "min": 0, "blank": false}),
    ];
    let contests: Vec<serde_json::Value> = rules
        .into_iter()
        .enumerate()
        .map(|(at, rule)| {
            let option = |number: usize| {
                serde_json::json!({
                    "id": format!("p{number}"), "name": text(&format!("<b>Bench {number}</b>")),
                    "number": format!("N-{at}-{number}"), "cost": 10_000 * number, "place": "Mill & Co",
                    "category": text("Green"), "coordinates": "52.002000,21.000000", "text": text("One.\n\nTwo."),
                })
            };
            serde_json::json!({
                "id": format!("list {at}"), "title": text(&format!("List {at}")), "report_by": "contest",
                "budget": 70_000, "currency": "PLN", "rule": rule,
                "funding": {"method": "greedy", "unaffordable": "stop", "minimum_votes": 20, "ties": "lot", "exclusive": []},
                "options": (1..=4).map(option).collect::<Vec<_>>(),
            })
        })
        .collect();
    let all: Vec<String> = (0..4).map(|at| format!("list {at}")).collect();
    let document = serde_json::json!({
        "veche": 1, "phase": "rehearsal", "languages": languages, "title": text("Town"), "text": text("What is built?"),
        "opens": "2026-06-01T06:00:00Z", "closes": "2026-06-14T18:00:00Z", "time_zone": "Europe/Warsaw",
        "early_close": false, "contests": contests,
        "styles": [
            {"id": "öst 1", "title": text("East"), "contests": all, "plus_one_of": ["list 4"], "electorate": 900},
            {"id": "west", "title": text("West"), "contests": ["list 4"], "electorate": 700},
        ],
        "routes": [{"id": "sms", "title": text("By SMS"), "entered": false}],
        "trustees": {"count": 3, "threshold": 2}, "minimum_group": 10, "revote": true, "registration": "open",
        "contact": text("Town hall"), "sms": text("Code {code}"),
    });
    Manifest::parse(document.to_string().as_bytes()).unwrap()
}

fn pages(manifest: &Manifest) -> Vec<PreviewPage> {
    let screen = Some(Screen { address: "pages/", languages: &LANGUAGES });
    Preview { manifest, version: "9.9.9", screen }.pages().unwrap()
}

fn page<'a>(pages: &'a [PreviewPage], name: &str) -> &'a str {
    pages.iter().find(|page| page.name == name).map(|page| page.html.as_str()).unwrap()
}

#[test]
fn every_language_has_its_pages_and_every_page_says_what_it_is_not() {
    let manifest = manifest(&LANGUAGES);
    let pages = pages(&manifest);
    assert_eq!(pages.len(), 1 + 7 * 4);
    for language in LANGUAGES {
        let words = PreviewWords::of(language).unwrap();
        let papers = PaperWords::of(language).unwrap();
        for (name, mark) in [
            ("proof.html", &words.preview_mark),
            ("example-result.html", &words.made_up),
            ("ballot-1.html", &words.specimen),
            ("ballot-2.html", &words.specimen),
        ] {
            let html = page(&pages, &format!("{language}/{name}"));
            assert!(html.contains(&format!("<div class=\"watermark\" data-words=\"{mark}\">")), "{name}");
            assert!(html.contains(&format!("<html lang=\"{language}\"")), "{name}");
            assert_eq!(html.contains("dir=\"rtl\""), language == "ar", "{name}");
            assert!(!html.contains("<b>Bench"), "{language} {name}: markup of a name");
            assert!(!html.contains('{') || html.matches('{').count() == html.matches('}').count());
            assert!(
                !html.contains("http:") && !html.contains("https:"),
                "{language} {name}: it loads or names something elsewhere"
            );
        }
        // A practice vote says so wherever it could be taken for the vote.
        for name in ["proof.html", "ballot-1.html"] {
            assert!(
                page(&pages, &format!("{language}/{name}")).contains(&papers.rehearsal),
                "{language} {name}"
            );
        }
    }
}

#[test]
fn the_proof_has_everything_that_voters_read() {
    let manifest = manifest(&["en", "pl"]);
    let pages = pages(&manifest);
    let proof = page(&pages, "en/proof.html");
    for said in [
        "What is built?",
        "1 June 2026, 08:00",
        "14 June 2026, 20:00",
        "Europe/Warsaw",
        "East",
        "West",
        "List 0",
        "List 4",
        "&lt;b&gt;Bench 1&lt;/b&gt;",
        "N-0-1",
        "10,000\u{a0}PLN",
        "Mill &amp; Co",
        "52.002000,21.000000",
        "One.\n\nTwo.",
        "Green",
        "Town hall",
        "Code {code}",
        "By SMS",
        "A project needs a total of at least 20.",
        "Equal totals are drawn by lot",
        "A blank vote is possible.",
        "Anyone who signs in, once",
    ] {
        assert!(proof.contains(said), "{said}");
    }
    let hash: String = manifest.hash().as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(proof.contains(&hash), "it says of which file it is");
    assert_eq!(proof.matches("class=\"project\"").count(), 20);
}

#[test]
fn a_ballot_has_a_box_for_each_project_of_the_district_and_no_other() {
    let manifest = manifest(&["en"]);
    let pages = pages(&manifest);
    let (east, west) = (page(&pages, "en/ballot-1.html"), page(&pages, "en/ballot-2.html"));
    let boxes = |html: &str| html.matches("class=\"box").count();
    // Four lists of four, and one blank.
    assert_eq!((boxes(east), boxes(west)), (17, 4));
    assert!(east.contains("You may vote on one of these lists as well: \u{2068}List 4\u{2069}."));
    assert!(!west.contains("as well"));
    for how in ["Put a cross", "how many points", "how many votes", "1 for the first"] {
        assert!(east.contains(how), "{how}");
    }
}

#[test]
fn the_first_page_leads_to_every_other_and_to_every_ballot_on_the_screen() {
    let manifest = manifest(&["pl", "en"]);
    let pages = pages(&manifest);
    let index = page(&pages, "index.html");
    assert!(index.contains("Podgląd – to nie jest głosowanie"));
    for other in pages.iter().filter(|page| page.name != "index.html") {
        assert!(index.contains(&format!("href=\"{}\"", other.name)), "{}", other.name);
    }
    for address in ["pages/?lang=pl#ballot/%C3%B6st%201", "pages/?lang=en#ballot/west"] {
        assert!(index.contains(&format!("href=\"{address}\"")), "{address}");
    }
    let alone = Preview { manifest: &manifest, version: "9.9.9", screen: None }.pages().unwrap();
    assert!(!page(&alone, "index.html").contains("pages/"));
}

#[test]
fn where_there_are_no_words_the_names_stay() {
    let manifest = manifest(&["uk", "de"]);
    let pages = pages(&manifest);
    let proof = page(&pages, "uk/proof.html");
    assert!(proof.contains("Korrekturabzug") && proof.contains("East"));
    assert!(!page(&pages, "index.html").contains("lang=uk#"), "the site does not speak it");
}

#[test]
fn the_example_is_counted_by_the_funding_rule() {
    let manifest = manifest(&["en"]);
    let totals = example(&manifest).unwrap();
    let standings = Standing::all(&manifest, &totals, &[]);
    let pages = pages(&manifest);
    let html = page(&pages, "en/example-result.html");
    for standing in &standings {
        assert_eq!(standing.ballots, 200);
        let money = standing.money.as_ref().unwrap();
        assert!(money.spent <= money.budget);
        for place in &standing.places {
            assert!(html.contains(&format!("<bdi dir=\"ltr\">{}</bdi>", place.total)), "{}", place.total);
        }
    }
    assert!(html.contains("made up 200 ballots") && html.contains("Nobody has voted."));
}

#[test]
fn the_rules_are_said_before_they_are_frozen_and_the_same_of_several_lists_once() {
    let manifest = manifest(&["en", "pl"]);
    let mut document = serde_json::to_value(manifest.document()).unwrap();
    document["contests"][1]["rule"] = document["contests"][0]["rule"].clone();
    document["contests"][1]["funding"]["ties"] = "order".into();
    document["contests"][2]["rule"] = document["contests"][0]["rule"].clone();
    let manifest = Manifest::parse(document.to_string().as_bytes()).unwrap();
    let rules = crate::papers::rules(&manifest, "en").unwrap();
    assert_eq!(rules[0].lists, ["list 0", "list 2"], "{rules:#?}");
    assert_eq!(rules[1].lists, ["list 1"], "equal totals are decided otherwise");
    for said in ["A project needs a total of at least 20.", "ends it: nothing below it", "drawn by lot"] {
        assert!(rules[0].funding.contains(said), "{said} is not in {}", rules[0].funding);
    }
    assert!(rules[0].ballot.starts_with("Choose projects: "), "{}", rules[0].ballot);
    assert!(rules[1].funding.ends_with("Of equal totals the one listed first comes first."));
    let polish = crate::papers::rules(&manifest, "pl").unwrap();
    assert_eq!(polish.len(), rules.len());
    assert_ne!(polish[0].funding, rules[0].funding);
}
