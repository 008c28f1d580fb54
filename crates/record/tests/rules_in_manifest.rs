//! Every rule as a manifest writes it: compiled with the options' costs and the styles' electorates,
//! refused at its place when it does not fit them.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use serde_json::{Value, json};
use veche_record::manifest::{Manifest, ManifestError, Problem};
use veche_record::rules::RuleError;

fn manifest(rule: Value, costs: [Option<u64>; 3], electorate: u64) -> Result<Manifest, ManifestError> {
    let option = |(cost, id): (Option<u64>, &str)| {
        let mut option = json!({"id": id, "name": {"en": id}});
        if let Some(cost) = cost {
            option["cost"] = cost.into();
        }
        option
    };
    let options: Vec<Value> = costs.into_iter().zip(["a", "b", "c"]).map(option).collect();
    let document = json!({
        "veche": 1, "phase": "election", "languages": ["en"],
        "title": {"en": "A vote"}, "text": {"en": "For a test"},
        "opens": "2026-11-22T08:00:00Z", "closes": "2026-12-01T20:00:00Z", "time_zone": "UTC", "early_close": false,
        "contests": [{"id": "all", "title": {"en": "All"}, "report_by": "contest", "rule": rule, "funding": {"method": "none"}, "options": options}],
        "styles": [{"id": "all", "title": {"en": "All"}, "contests": ["all"], "electorate": electorate}],
        "routes": [{"id": "sms", "title": {"en": "By SMS"}, "entered": false}],
        "trustees": {"count": 3, "threshold": 2},
        "minimum_group": 10, "revote": true, "registration": "roll"
    });
    Manifest::parse(document.to_string().as_bytes())
}

fn rules() -> [Value; 5] {
    [
        json!({"type": "approval", "min": 1, "max": 2, "blank": true}),
        json!({"type": "knapsack", "budget": 50, "min": 1, "max": 2, "blank": true}),
        json!({"type": "cumulative", "points": 7, "min_points": 1, "max_per_option": 3, "blank": true}),
        json!({"type": "ranked", "places": 3, "min": 1, "scores": [3, 2, 1], "blank": true}),
        json!({"type": "quadratic", "credits": 100, "min_credits": 1, "blank": true}),
    ]
}

fn refused(rule: Value, costs: [Option<u64>; 3], electorate: u64) -> RuleError {
    let error = manifest(rule, costs, electorate).unwrap_err();
    assert_eq!(error.path, "contests[0].rule");
    match error.problem {
        Problem::Rule(rule) => rule,
        other => panic!("{other}"),
    }
}

#[test]
fn every_rule_compiles_with_what_the_manifest_says() {
    let costs = [Some(10), Some(20), Some(30)];
    // n = 3 + 1 + 0; 3 + 1 + 2 + 0 (B' = 5, R = 1); 3·2 + 1 + 2; 3·3; 3·4 + 1 + 7.
    for (rule, bits) in rules().into_iter().zip([4, 6, 9, 9, 20]) {
        let manifest = manifest(rule.clone(), costs, 100_000).unwrap();
        let [contest] = manifest.compiled() else { panic!("one contest") };
        assert_eq!(
            (contest.program().bits(), contest.slots(), contest.has_blank()),
            (bits, 2, true),
            "{rule}"
        );
    }
}

#[test]
fn money_limits_choice_only_where_every_option_has_a_cost() {
    let [_, knapsack, ..] = rules();
    assert_eq!(refused(knapsack, [Some(10), None, Some(30)], 1_000), RuleError::Cost(1));
    for rule in [0, 2, 3, 4].map(|rule| rules().into_iter().nth(rule).unwrap()) {
        manifest(rule, [Some(10), None, Some(30)], 1_000).unwrap();
    }
}

#[test]
fn attack_05_wrap_around_a_manifest_with_numbers_that_could_wrap_is_refused() {
    let costs = [Some(1), Some(2), Some(3)];
    let most = u64::from(u32::MAX);
    // An electorate is at most 2^32 - 1: with a largest number above 2^14 it reaches 2^46.
    let points = |p: u32| json!({"type": "cumulative", "points": p, "min_points": 0, "max_per_option": p, "blank": false});
    let scores = |s: u32| json!({"type": "ranked", "places": 2, "min": 0, "scores": [1, s], "blank": false});
    let credits = |c: u32| json!({"type": "quadratic", "credits": c * c, "min_credits": 0, "blank": false});
    for rule in [points(16_385), scores(16_385), credits(16_385)] {
        assert!(matches!(refused(rule, costs, most), RuleError::TotalTooLarge { .. }));
    }
    for rule in [points(16_384), scores(16_384), credits(16_384)] {
        manifest(rule, costs, most).unwrap();
    }
    let budget = |b: u64| json!({"type": "knapsack", "budget": b, "min": 0, "blank": false});
    for b in [1 << 60, u64::MAX] {
        assert!(matches!(refused(budget(b), costs, 1_000), RuleError::Program(_)));
    }
    manifest(budget(1 << 53), costs, 1_000).unwrap();
}
