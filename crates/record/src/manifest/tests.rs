use serde_json::{Value, json};
use veche_board::{KeyError, WitnessesError};

use super::*;
use crate::rules::RuleError;

fn sample() -> Value {
    let options = |names: &[&str]| -> Value {
        names.iter().map(|name| json!({"id": name, "name": {"en": name, "pl": name}})).collect()
    };
    json!({
        "veche": 1,
        "phase": "election",
        "languages": ["en", "pl"],
        "title": {"en": "A made-up vote", "pl": "Zmyślone głosowanie"},
        "text": {"en": "For tests.", "pl": "Do testów."},
        "opens": "2026-05-01T08:00:00Z",
        "closes": "2026-05-14T20:00:00Z",
        "time_zone": "UTC",
        "early_close": false,
        "contests": [
            {"id": "town", "title": {"en": "Town", "pl": "Miasto"}, "budget": 5000, "currency": "€",
             "report_by": "contest", "rule": {"type": "approval", "min": 1, "max": 2, "blank": true}, "funding": {"method": "none"},
             "options": options(&["bench", "tree", "lamp"])},
            {"id": "north", "title": {"en": "North", "pl": "Północ"},
             "report_by": "contest", "rule": {"type": "approval", "min": 1, "max": 1, "blank": false}, "funding": {"method": "none"},
             "options": options(&["swing", "slide"])}
        ],
        "styles": [
            {"id": "n", "title": {"en": "N", "pl": "N"}, "contests": ["north", "town"], "electorate": 50},
            {"id": "s", "title": {"en": "S", "pl": "S"}, "contests": ["town"], "electorate": 14}
        ],
        "routes": [{"id": "sms", "title": {"en": "By SMS", "pl": "SMS-em"}, "entered": false}],
        "trustees": {"count": 3, "threshold": 2},
        "minimum_group": 1,
        "revote": true,
        "registration": "roll"
    })
}

fn parse(document: &Value) -> Result<Manifest, ManifestError> {
    Manifest::parse(&serde_json::to_vec(document).unwrap())
}

/// Puts a value at a place like `/contests/0/id` of the sample.
fn with(pointer: &str, value: Value) -> Result<Manifest, ManifestError> {
    let mut document = sample();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    match document.pointer_mut(parent).unwrap() {
        Value::Object(map) => {
            map.insert(key.to_owned(), value);
        }
        Value::Array(list) => match key.parse::<usize>() {
            Ok(position) if position < list.len() => list[position] = value,
            _ => list.push(value),
        },
        _ => panic!("{parent} has no children"),
    }
    parse(&document)
}

#[track_caller]
fn refused(pointer: &str, value: Value, path: &str, problem: impl Fn(&Problem) -> bool) {
    let error = with(pointer, value).unwrap_err();
    assert_eq!(error.path, path, "{error}");
    assert!(problem(&error.problem), "{error}");
}

#[test]
fn routes_are_1_to_32_with_their_own_ids_and_titles() {
    let route =
        |id: &str, entered: Value| json!({"id": id, "title": {"en": "R", "pl": "R"}, "entered": entered});
    let routes =
        |count: usize| -> Value { (0..count).map(|i| route(&i.to_string(), json!(false))).collect() };
    assert_eq!(with("/routes", routes(32)).unwrap().routes().len(), 32);
    for count in [0, 33] {
        refused("/routes", routes(count), "routes", |problem| matches!(problem, Problem::Count { .. }));
    }
    let twice = json!([route("sms", json!(false)), route("sms", json!(false))]);
    refused("/routes", twice, "routes[1].id", |problem| matches!(problem, Problem::Repeated(_)));
    refused("/routes/0/id", json!(""), "routes[0].id", |problem| matches!(problem, Problem::Id));
    let title = json!({"en": "R"});
    refused("/routes/0/title", title, "routes[0].title", |problem| {
        matches!(problem, Problem::MissingLanguage(_))
    });
    for wrong in [json!("yes"), json!(1), json!(null)] {
        refused("/routes/0/entered", wrong, "routes[0].entered", |problem| {
            matches!(problem, Problem::Json(_))
        });
    }
    let mut without = sample();
    without.as_object_mut().unwrap().remove("routes");
    assert!(matches!(parse(&without).unwrap_err().problem, Problem::Json(_)));
}

#[test]
fn papers_have_a_route_and_an_hour_or_neither() {
    let paper = |until: Option<&str>, latest: Option<&str>| {
        let mut document = sample();
        let route = json!({"id": "paper", "title": {"en": "On paper", "pl": "Na papierze"}, "entered": true});
        document["routes"].as_array_mut().unwrap().push(route);
        for (key, time) in [("paper_until", until), ("closes_latest", latest)] {
            if let Some(time) = time {
                document[key] = json!(time);
            }
        }
        parse(&document)
    };
    let (closes, later) = ("2026-05-14T20:00:00Z", "2026-05-15T20:00:00Z");
    let manifest = paper(Some(closes), None).unwrap();
    assert_eq!((manifest.route_index("paper"), manifest.route_index("post")), (Some(1), None));
    assert_eq!(
        (manifest.is_entered(0), manifest.is_entered(1), manifest.is_entered(2)),
        (false, true, false)
    );
    assert_eq!(manifest.online_route(), Some(0));
    assert!(paper(Some(later), Some(later)).is_ok());
    assert_eq!(paper(Some(closes), Some(later)).unwrap_err().problem, Problem::PaperUntil);
    assert_eq!(paper(Some("2026-05-14T19:59:59Z"), None).unwrap_err().problem, Problem::PaperUntil);
    assert_eq!(paper(None, None).unwrap_err().problem, Problem::NoPaperUntil);
}

#[test]
fn the_sample_is_read() {
    let manifest = parse(&sample()).unwrap();
    assert_eq!(manifest.style_contests(0), [1, 0]);
    assert_eq!(manifest.style_contests(1), [0]);
    assert_eq!(manifest.style_contests(2), [0; 0]);
    assert_eq!(manifest.style_index("s"), Some(1));
    assert_eq!(manifest.contest_index("north"), Some(1));
    assert_eq!(manifest.styles()[0].inhabitants, None);
    let known = with("/styles/0/inhabitants", json!(u32::MAX)).unwrap();
    assert_eq!(known.styles()[0].inhabitants, Some(u32::MAX));
    // 50 and 14 voters: M is the least power of two above 64.
    assert_eq!(manifest.compiled()[0].packing().base(), 128);
    assert_eq!(manifest.compiled()[1].packing().base(), 64);
    // Three options and blank, two options: one slot each.
    assert_eq!(manifest.slots(), 1);
    assert_eq!(manifest.groups().len(), 2);
}

#[test]
fn the_hash_is_of_the_exact_bytes() {
    let compact = serde_json::to_vec(&sample()).unwrap();
    let pretty = serde_json::to_vec_pretty(&sample()).unwrap();
    let (a, b) = (Manifest::parse(&compact).unwrap(), Manifest::parse(&pretty).unwrap());
    assert_eq!(a.document(), b.document());
    assert_ne!(a.hash(), b.hash());
    assert_eq!(a.hash(), digest("manifest", &[&compact]));
}

#[test]
fn what_is_written_is_what_was_read() {
    let document = parse(&sample()).unwrap().document().clone();
    assert_eq!(serde_json::to_value(document).unwrap(), sample());
}

#[test]
fn ballot_lengths_are_those_of_the_layout() {
    let manifest = parse(&sample()).unwrap();
    // town: μ = 1, n = 3 + 1 (blank) + 0 slack (R = 1); north: μ = 1, n = 1.
    let (town, north) = (32 * (1 + 4 + 6), 32 * (1 + 1 + 6));
    assert_eq!(manifest.ballot_len(0), Some(104 + town + north + 64));
    assert_eq!(manifest.ballot_len(1), Some(104 + town + 64));
    assert_eq!(manifest.ballot_len(2), None);
}

#[test]
fn groups_by_style_are_disjoint_and_in_order() {
    let group = |contest, style| Group { contest, style };
    let by_style = |document: &mut Value, contest: usize| {
        document["contests"][contest]["report_by"] = json!("contest-and-style");
    };
    let mut document = sample();
    by_style(&mut document, 0);
    let one = parse(&document).unwrap();
    assert_eq!(one.groups(), [group(0, Some(0)), group(0, Some(1)), group(1, None)]);
    by_style(&mut document, 1);
    let manifest = parse(&document).unwrap();
    assert_eq!(manifest.groups(), [group(0, Some(0)), group(0, Some(1)), group(1, Some(0))]);
    refused("/contests/0/report_by", json!("style"), "contests[0].report_by", |problem| {
        matches!(problem, Problem::Json(_))
    });
    let mut at_the_top = sample();
    at_the_top["report_by"] = json!("contest");
    assert!(matches!(parse(&at_the_top).unwrap_err().problem, Problem::Json(_)));
}

#[test]
fn attack_33_encoding_ambiguity_in_a_manifest_is_refused() {
    let json = |p: &Problem| matches!(p, Problem::Json(_));
    refused("/surprise", json!(1), "surprise", json);
    refused("/contests/0/surprise", json!(1), "contests[0].surprise", json);
    refused("/contests/0/rule/surprise", json!(1), "contests[0].rule", json);
    refused("/contests/0/options/0/surprise", json!(1), "contests[0].options[0].surprise", json);
    refused("/notice", Value::Null, "notice", json);
    refused("/trustees", json!([3, 2]), "trustees", json);
    refused("/minimum_group", json!(1.0), "minimum_group", json);
    refused("/minimum_group", json!("1"), "minimum_group", json);
    refused("/minimum_group", json!(-1), "minimum_group", json);
    refused("/revote", json!("true"), "revote", json);
    refused("/phase", json!("Election"), "phase", json);
    refused("/opens", json!("2026-05-01T10:00:00+02:00"), "opens", json);
    refused("/contests/0/rule/type", json!("lottery"), "contests[0].rule.type", json);

    let text = serde_json::to_string(&sample()).unwrap();
    for (from, to) in [
        (r#""en":"Town""#, r#""en":"Town","en":"Village""#),
        (r#""minimum_group":1"#, r#""minimum_group":1,"minimum_group":1"#),
        (r#""max":2"#, r#""max":2,"max":3"#),
    ] {
        let doubled = text.replacen(from, to, 1);
        assert_ne!(doubled, text, "{from} is in the sample");
        let error = Manifest::parse(doubled.as_bytes()).unwrap_err();
        assert!(error.to_string().contains("twice"), "{error}");
    }
    assert!(Manifest::parse(format!("{text} x").as_bytes()).is_err());
    assert!(Manifest::parse(format!("\u{feff}{text}").as_bytes()).is_err());
}

#[test]
fn attack_34_a_manifest_that_is_too_large_is_not_even_parsed() {
    let error = Manifest::parse(&vec![b' '; MAX_MANIFEST_LEN + 1]).unwrap_err();
    assert_eq!(error.problem, Problem::FileTooLarge(MAX_MANIFEST_LEN + 1));
}

#[test]
fn attack_05_numbers_that_could_wrap_are_refused() {
    let money = |p: &Problem| matches!(p, Problem::Money);
    refused("/contests/0/budget", json!(MAX_MONEY + 1), "contests[0].budget", money);
    refused("/contests/0/budget", json!(u64::MAX), "contests[0].budget", money);
    refused("/contests/0/options/0/cost", json!(MAX_MONEY + 1), "contests[0].options[0].cost", money);
    // Each cost is possible, their sum is not.
    let mut document = sample();
    for option in document["contests"][0]["options"].as_array_mut().unwrap() {
        option["cost"] = json!(MAX_MONEY);
    }
    let error = parse(&document).unwrap_err();
    assert_eq!((error.path.as_str(), &error.problem), ("contests[0].options", &Problem::Money));
    let text = serde_json::to_string(&sample()).unwrap();
    let beyond = text.replacen("\"budget\":5000", "\"budget\":18446744073709551616", 1);
    assert_ne!(beyond, text);
    assert_eq!(Manifest::parse(beyond.as_bytes()).unwrap_err().path, "contests[0].budget");
    // Electorates of 32 bits in 500 styles reach 2^41, and with 100 points 2^47.
    let mut document = sample();
    document["contests"][0]["rule"] =
        json!({"type": "cumulative", "points": 100, "min_points": 0, "max_per_option": 100, "blank": false});
    document["styles"] = (0..300)
        .map(|i| {
            json!({"id": i.to_string(), "title": {"en": "S", "pl": "S"}, "contests": ["town", "north"],
                   "electorate": u32::MAX})
        })
        .collect();
    let error = parse(&document).unwrap_err();
    assert!(matches!(error.problem, Problem::Rule(RuleError::TotalTooLarge { .. })), "{error}");
}

#[test]
fn every_consistency_check_names_its_place() {
    refused("/veche", json!(2), "veche", |p| matches!(p, Problem::Format(2)));
    refused("/languages", json!([]), "languages", |p| matches!(p, Problem::Count { found: 0, .. }));
    refused("/languages", json!(["en", "pl", "en"]), "languages[2]", |p| matches!(p, Problem::Repeated(_)));
    refused("/languages", json!(["en", "Polish"]), "languages[1]", |p| matches!(p, Problem::Language(_)));
    refused("/languages", json!(["en", "pl", "de"]), "title", |p| {
        *p == Problem::MissingLanguage("de".into())
    });
    refused("/title/de", json!("x"), "title.de", |p| *p == Problem::ExtraLanguage("de".into()));
    refused("/contests/1/title/pl", json!("  "), "contests[1].title.pl", |p| *p == Problem::Empty);
    refused("/notice", json!({"en": "x"}), "notice", |p| matches!(p, Problem::MissingLanguage(_)));
    refused("/closes", json!("2026-05-01T08:00:00Z"), "closes", |p| *p == Problem::Hours);
    for latest in ["2026-05-14T20:00:00Z", "2026-05-14T19:59:59Z"] {
        refused("/closes_latest", json!(latest), "closes_latest", |p| *p == Problem::LatestClosing);
    }
    let latest = with("/closes_latest", json!("2026-05-14T20:00:01Z")).unwrap();
    assert_eq!(latest.document().closes_latest.map(Timestamp::unix), Some(1_778_788_801));
    refused("/paper_until", json!("2026-05-20T20:00:00Z"), "paper_until", |p| *p == Problem::NoPaper);
    for zone in ["", "Europe/Kraków", "Europe Warsaw", "UTC ", "a:b", &"z".repeat(65)] {
        refused("/time_zone", json!(zone), "time_zone", |p| *p == Problem::TimeZone);
    }
    for zone in ["UTC", "Etc/GMT+5", "America/Port-au-Prince", &"z".repeat(64)] {
        assert_eq!(with("/time_zone", json!(zone)).unwrap().document().time_zone, *zone);
    }
    refused("/early_close", json!(0), "early_close", |p| matches!(p, Problem::Json(_)));
    for (count, threshold) in [(3, 0), (3, 4), (16, 2), (0, 0)] {
        let trustees = json!({"count": count, "threshold": threshold});
        refused("/trustees", trustees, "trustees", |p| *p == Problem::Trustees);
    }
    refused("/minimum_group", json!(0), "minimum_group", |p| *p == Problem::Zero);
    refused("/contests", json!([]), "contests", |p| matches!(p, Problem::Count { found: 0, .. }));
    refused("/contests/1/id", json!("town"), "contests[1].id", |p| *p == Problem::Repeated("town".into()));
    for id in ["", " a", "a\n", &"x".repeat(101)] {
        refused("/contests/0/id", json!(id), "contests[0].id", |p| *p == Problem::Id);
    }
    refused("/contests/0/options/1/id", json!("bench"), "contests[0].options[1].id", |p| {
        *p == Problem::Repeated("bench".into())
    });
    refused("/contests/0/options", json!([]), "contests[0].options", |p| matches!(p, Problem::Count { .. }));
    refused("/contests/0/budget", json!(0), "contests[0].budget", |p| *p == Problem::Zero);
    refused("/contests/0/currency", json!("123456789"), "contests[0].currency", |p| *p == Problem::Currency);
    refused("/contests/0/options/2/place", json!(""), "contests[0].options[2].place", |p| {
        *p == Problem::Empty
    });
    refused("/contests/0/rule/min", json!(4), "contests[0].rule", |p| {
        matches!(p, Problem::Rule(RuleError::MinAboveMax { .. }))
    });
    refused("/styles", json!([]), "styles", |p| matches!(p, Problem::Count { .. }));
    refused("/styles/1/id", json!("n"), "styles[1].id", |p| matches!(p, Problem::Repeated(_)));
    refused("/styles/1/contests", json!([]), "styles[1].contests", |p| matches!(p, Problem::Count { .. }));
    refused("/styles/1/contests/0", json!("west"), "styles[1].contests[0]", |p| {
        *p == Problem::UnknownContest("west".into())
    });
    refused("/styles/1/contests/+", json!("town"), "styles[1].contests[1]", |p| {
        matches!(p, Problem::Repeated(_))
    });
    refused("/styles/0/contests", json!(["town"]), "contests[1]", |p| *p == Problem::Orphan);
    refused("/styles/0/electorate", json!(0), "styles[0].electorate", |p| *p == Problem::Zero);
    refused("/styles/0/inhabitants", json!(0), "styles[0].inhabitants", |p| *p == Problem::Zero);
    for other in [json!(1_u64 << 32), json!(null), json!("90"), json!(1.5)] {
        assert!(with("/styles/0/inhabitants", other.clone()).is_err(), "{other}");
    }
}

#[test]
fn addresses_and_pictures_are_plain() {
    for url in ["https://box.example/", "http://localhost:8080/", "http://127.0.0.1/", "https://a.example/b/"]
    {
        with("/endpoints", json!({"box": url})).unwrap();
    }
    for url in [
        "http://box.example/",
        "https://box.example",
        "https:///",
        "https://a.example/; script-src *//",
        "https://a.example/?x=/",
        "http://localhost.example/",
        "javascript:alert(1)/",
        "//box.example/",
    ] {
        refused("/endpoints", json!({"box": url}), "endpoints.box", |p| *p == Problem::Endpoint);
    }
    with("/contests/0/options/0/picture", json!("pictures/bench_1.svg")).unwrap();
    for path in ["/etc/x", "../x", "a/../x", "a//b", "https://x/y.png", "", "a b", "x?y", "%2e%2e/x"] {
        refused("/contests/0/options/0/picture", json!(path), "contests[0].options[0].picture", |p| {
            *p == Problem::Picture
        });
    }
}

#[test]
fn a_ballot_must_fit_an_entry() {
    // 500 options of 32 bytes and 250 slots: one such contest fits, three do not.
    let large = |id: usize| {
        let options: Value =
            (0..500).map(|i| json!({"id": format!("o{i}"), "name": {"en": "o", "pl": "o"}})).collect();
        json!({"id": format!("c{id}"), "title": {"en": "C", "pl": "C"},
               "report_by": "contest", "rule": {"type": "approval", "min": 0, "max": 1, "blank": false}, "funding": {"method": "none"}, "options": options})
    };
    let many = |contests: usize| {
        let mut document = sample();
        document["contests"] = (0..contests).map(large).collect();
        let ids: Value = (0..contests).map(|id| format!("c{id}")).collect();
        document["styles"] =
            json!([{"id": "n", "title": {"en": "N", "pl": "N"}, "contests": ids, "electorate": 50}]);
        parse(&document)
    };
    many(3).unwrap();
    let error = many(4).unwrap_err();
    assert_eq!(error.path, "styles[0].contests");
    assert!(matches!(error.problem, Problem::BallotTooLarge { most: 65_534, .. }), "{error}");
}

#[test]
fn a_style_may_let_its_voters_add_one_contest() {
    let manifest = with("/styles/1/plus_one_of", json!(["north"])).unwrap();
    let ids: Vec<_> =
        manifest.ballot_styles().iter().map(|style| (style.id.as_str(), style.declared)).collect();
    assert_eq!(ids, [("n", 0), ("s", 1), ("s+north", 1)]);
    assert_eq!((manifest.style_contests(1), manifest.style_contests(2)), (&[0][..], &[0, 1][..]));
    assert_eq!(manifest.style_index("s+north"), Some(2));
    assert_eq!(manifest.declared_style(2).unwrap().id, "s");
    assert!(manifest.declared_style(3).is_none() && manifest.ballot_len(3).is_none());
    assert!(manifest.ballot_len(2) > manifest.ballot_len(1));
    // North may now have ballots of all 64 voters.
    assert_eq!(manifest.compiled()[1].packing().base(), 128);

    let mut document = sample();
    document["styles"][1]["plus_one_of"] = json!(["north"]);
    for contest in document["contests"].as_array_mut().unwrap() {
        contest["report_by"] = json!("contest-and-style");
    }
    let manifest = parse(&document).unwrap();
    let groups: Vec<_> = manifest.groups().iter().map(|group| (group.contest, group.style)).collect();
    assert_eq!(groups, [(0, Some(0)), (0, Some(1)), (1, Some(0)), (1, Some(OTHER_DISTRICTS))]);
    let of = |style: u16, place| {
        manifest
            .group_of(manifest.ballot_style(style).unwrap(), place)
            .map(|group| (group.contest, group.style))
    };
    assert_eq!([of(0, 0), of(0, 1), of(0, 2)], [Some((1, Some(0))), Some((0, Some(0))), None]);
    assert_eq!([of(2, 0), of(2, 1)], [Some((0, Some(1))), Some((1, Some(OTHER_DISTRICTS)))]);
}

#[test]
fn what_may_be_added_is_a_list_of_other_contests() {
    let repeated = |problem: &Problem| matches!(problem, Problem::Repeated(_));
    refused("/styles/1/plus_one_of", json!(["town"]), "styles[1].plus_one_of[0]", repeated);
    refused("/styles/1/plus_one_of", json!(["north", "north"]), "styles[1].plus_one_of[1]", repeated);
    refused("/styles/1/plus_one_of", json!(["west"]), "styles[1].plus_one_of[0]", |problem| {
        matches!(problem, Problem::UnknownContest(_))
    });
    let mut document = sample();
    document["styles"][1]["plus_one_of"] = json!(["north"]);
    document["styles"][0]["id"] = json!("s+north");
    let error = parse(&document).unwrap_err();
    assert_eq!((error.path.as_str(), repeated(&error.problem)), ("styles[1]", true));
}

/// An election with so many contests, which every one of so many styles may add.
fn many(contests: usize, styles: usize) -> Value {
    let mut document = sample();
    let contest = |id: usize| {
        let mut contest = sample()["contests"][1].clone();
        contest["id"] = json!(format!("c{id}"));
        contest
    };
    let ids: Vec<String> = (1..contests).map(|id| format!("c{id}")).collect();
    let style = |id: usize| json!({"id": format!("s{id}"), "title": {"en": "S", "pl": "S"}, "contests": ["c0"], "plus_one_of": ids, "electorate": 1});
    document["contests"] = (0..contests).map(contest).collect();
    document["styles"] = (0..styles).map(style).collect();
    document
}

#[test]
fn ballot_styles_are_limited() {
    assert_eq!(parse(&many(64, 64)).unwrap().ballot_styles().len(), MAX_BALLOT_STYLES);
    let error = parse(&many(65, 64)).unwrap_err();
    assert!(matches!(error.problem, Problem::Count { found: 4_160, most: MAX_BALLOT_STYLES }), "{error}");
}

/// 499 districts with two contests of 500 options, and one whose voters may add one of so many others.
fn adding(others: usize) -> Value {
    let mut document = sample();
    let options: Value =
        (0..500).map(|id| json!({"id": id.to_string(), "name": {"en": "O", "pl": "O"}})).collect();
    let contest = |id: usize| {
        json!({"id": format!("c{id}"), "title": {"en": "C", "pl": "C"}, "report_by": "contest-and-style",
               "rule": {"type": "approval", "min": 1, "max": 1, "blank": false}, "funding": {"method": "none"}, "options": options})
    };
    let added: Vec<String> = (2..2 + others).map(|id| format!("c{id}")).collect();
    let style = |id: usize| match id {
        0 => json!({"id": "s0", "title": {"en": "S", "pl": "S"}, "contests": ["c0"], "plus_one_of": added,
                    "electorate": 1 << 23}),
        _ => json!({"id": format!("s{id}"), "title": {"en": "S", "pl": "S"}, "contests": ["c0", "c1"],
                    "electorate": 20_000}),
    };
    document["contests"] = (0..2 + others).map(contest).collect();
    document["styles"] = (0..500).map(style).collect();
    document
}

#[test]
fn attack_54_what_must_be_put_on_the_board_fits_a_message() {
    // 1,045 groups of 500 slots: their sums have 16,764,935 bytes, and a partial decryption 16,788,970.
    let fits = parse(&adding(45)).unwrap();
    assert_eq!((fits.groups().len(), fits.slots()), (1_044, 500));
    let error = parse(&adding(46)).unwrap_err();
    assert_eq!(error.path, "contests");
    assert!(
        matches!(error.problem, Problem::TallyTooLarge { size: 16_788_970, most: 16_777_088 }),
        "{error}"
    );
}

/// Verifier keys of witnesses 1, 2, ….
fn witness_keys(count: u8) -> Vec<String> {
    let key = |number: u8| {
        let key = veche_board::LogKey::from_seed(&[number; 32]).public();
        veche_board::WitnessKey::new(format!("witness.example/w{number}").parse().unwrap(), key).to_vkey()
    };
    (1..=count).map(key).collect()
}

#[test]
fn witnesses_are_distinct_and_some_of_them_are_needed() {
    let keys = witness_keys(16);
    let manifest = with("/witnesses", json!({"needed": 2, "keys": keys[..3]})).unwrap();
    let witnesses = manifest.witnesses().unwrap();
    assert_eq!((witnesses.needed(), witnesses.keys().len(), witnesses.spare()), (2, 3, 1));
    assert!(parse(&sample()).unwrap().witnesses().is_none());
    for (needed, count) in [(1, 1), (1, 15), (15, 15)] {
        with("/witnesses", json!({"needed": needed, "keys": keys[..count]})).unwrap();
    }
    let impossible = |problem: &Problem| *problem == Problem::Witnesses(WitnessesError::Count);
    for (needed, count) in [(0, 1), (2, 1), (4, 3)] {
        refused("/witnesses", json!({"needed": needed, "keys": keys[..count]}), "witnesses", impossible);
    }
    let number = |problem: &Problem| matches!(problem, Problem::Count { .. });
    refused("/witnesses", json!({"needed": 1, "keys": []}), "witnesses.keys", number);
    refused("/witnesses", json!({"needed": 1, "keys": keys}), "witnesses.keys", number);
    let repeated = |problem: &Problem| matches!(problem, Problem::Witnesses(WitnessesError::Repeated { .. }));
    refused("/witnesses", json!({"needed": 1, "keys": [keys[0], keys[0]]}), "witnesses", repeated);

    let log =
        veche_board::LogKey::from_seed(&[1; 32]).public().to_vkey(&"witness.example/w1".parse().unwrap());
    for (text, error) in [
        (log, KeyError::NotWitness(1)),
        (keys[0].to_uppercase(), KeyError::Form),
        (format!("{} ", keys[0]), KeyError::Form),
        (keys[0].replacen("w1", "w2", 1), KeyError::Identifier),
    ] {
        let wrong = |problem: &Problem| matches!(problem, Problem::WitnessKey(_));
        refused("/witnesses", json!({"needed": 1, "keys": [keys[1], text]}), "witnesses.keys[1]", wrong);
        let found = with("/witnesses", json!({"needed": 1, "keys": [text]})).unwrap_err().problem;
        assert!(found == Problem::WitnessKey(error) || text.starts_with("WITNESS"), "{text}: {found}");
    }
    let form = |problem: &Problem| matches!(problem, Problem::Json(_));
    refused("/witnesses", json!(null), "witnesses", form);
    refused("/witnesses", json!({"needed": 1}), "witnesses", form);
    refused("/witnesses", json!({"needed": 1, "keys": keys[..1], "url": "x"}), "witnesses.url", form);
}

/// The greedy method with these values.
fn greedy(minimum_votes: u64, exclusive: Value) -> Value {
    json!({"method": "greedy", "unaffordable": "stop", "minimum_votes": minimum_votes, "ties": "lot",
           "exclusive": exclusive})
}

/// Puts a way of funding into the first contest, whose options have these costs.
fn funded(costs: [u64; 3], funding: Value) -> Result<Manifest, ManifestError> {
    let mut document = sample();
    let contest = &mut document["contests"][0];
    for (option, cost) in contest["options"].as_array_mut().unwrap().iter_mut().zip(costs) {
        option["cost"] = json!(cost);
    }
    contest["funding"] = funding;
    parse(&document)
}

#[test]
fn funding_is_read_as_documented() {
    let manifest = funded([0, 7, 8], greedy(3, json!([["tree", "bench"], ["lamp", "tree"]]))).unwrap();
    let contest = &manifest.contests()[0];
    assert_eq!(contest.rivals(), [vec![1], vec![0, 2], vec![1]]);
    assert_eq!(
        contest.funding.to_string(),
        "the largest total first, until the first one that the money left does not pay for; at least 3 needed; equal \
         totals are drawn where that decides; one at most of tree, bench; one at most of lamp, tree"
    );
    assert_eq!(manifest.contests()[1].funding, Funding::None {});
    funded([0, 0, 0], greedy(0, json!([]))).unwrap();
    funded([1, 2, 3], greedy(MAX_MONEY, json!(vec![["tree", "bench"]; MAX_EXCLUSIVE]))).unwrap();
}

#[test]
fn funding_that_cannot_be_followed_is_refused_at_its_place() {
    let refused = |funding: Value, path: &str| {
        let error = funded([1, 2, 3], funding).unwrap_err();
        assert_eq!(error.path, path, "{error}");
        error.problem
    };
    let exclusive =
        |list: Value, path: &str| refused(greedy(1, list), &format!("contests[0].funding.exclusive{path}"));
    assert_eq!(exclusive(json!([["tree"]]), "[0]"), Problem::Exclusive(1));
    assert_eq!(exclusive(json!([["tree", "lamp"], []]), "[1]"), Problem::Exclusive(0));
    assert_eq!(exclusive(json!([["tree", "swing"]]), "[0][1]"), Problem::UnknownOption("swing".into()));
    assert_eq!(exclusive(json!([["tree", "tree"]]), "[0][1]"), Problem::Repeated("tree".into()));
    let many = exclusive(json!(vec![["tree", "bench"]; MAX_EXCLUSIVE + 1]), "");
    assert_eq!(many, Problem::Count { found: MAX_EXCLUSIVE + 1, most: MAX_EXCLUSIVE });
    assert_eq!(
        refused(greedy(MAX_MONEY + 1, json!([])), "contests[0].funding.minimum_votes"),
        Problem::Money
    );
    // The second contest names neither a budget nor costs.
    let funding = with("/contests/1/funding", greedy(1, json!([]))).unwrap_err();
    assert_eq!((funding.path.as_str(), funding.problem), ("contests[1].budget", Problem::FundingBudget));
    let funding = with("/contests/0/funding", greedy(1, json!([]))).unwrap_err();
    assert_eq!(
        (funding.path.as_str(), funding.problem),
        ("contests[0].options[0].cost", Problem::FundingCost)
    );
    for loose in [
        json!(null),
        json!("none"),
        json!({}),
        json!({"method": "none", "ties": "lot"}),
        json!({"method": "equalshares"}),
        json!({"method": "greedy", "unaffordable": "skip", "minimum_votes": 1, "ties": "order"}),
        json!({"method": "greedy", "unaffordable": "skip", "minimum_votes": 1, "ties": "order", "exclusive": null}),
        json!({"method": "greedy", "unaffordable": "wait", "minimum_votes": 1, "ties": "order", "exclusive": []}),
        json!({"method": "greedy", "unaffordable": "skip", "minimum_votes": -1, "ties": "order", "exclusive": []}),
        json!({"method": "greedy", "unaffordable": "skip", "minimum_votes": 1, "ties": "order", "exclusive": [], "x": 1}),
    ] {
        assert!(funded([1, 2, 3], loose.clone()).is_err(), "{loose}");
    }
    let mut document = sample();
    document["contests"][0].as_object_mut().unwrap().remove("funding");
    assert!(parse(&document).is_err(), "every contest says who is funded");
}
