//! The threat model says which attacks are tested; the tests are named after them. Both must agree.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::path::Path;

/// The attacks that are known. A new one is a new row, and this number.
const ATTACKS: u32 = 88;

/// Number and state of every row of the threat model's table.
fn rows() -> Vec<(u32, String)> {
    let table = include_str!("../../docs/threat-model.md");
    let table = table.split_once("## The attacks, and the tests that try them").unwrap().1;
    let rows = table.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix('|'));
    rows.filter_map(|row| {
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        Some((cells[0].parse().ok()?, cells.last().unwrap().to_string()))
    })
    .collect()
}

/// The numbers NN of a test's name, `attack_NN_…` or `attack_NN_and_NN_…`, without its `attack_`.
fn numbers(name: &str) -> impl Iterator<Item = u32> {
    let name = name.split(|end: char| !end.is_alphanumeric() && end != '_').next().unwrap();
    let numbers = name.split('_').map_while(|part| match part {
        "and" => Some(None),
        _ => part.parse().ok().map(Some),
    });
    numbers.flatten()
}

/// Collects what the tests below a folder are named after: functions of Rust under an attribute that makes them tests,
/// and `test("attack_NN …")` of JavaScript.
fn tested(folder: &Path, found: &mut BTreeSet<u32>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if !path.ends_with("target") && !path.ends_with("node_modules") {
                tested(&path, found);
            }
            continue;
        }
        let text = || std::fs::read_to_string(&path).unwrap();
        match path.extension().and_then(|ending| ending.to_str()) {
            Some("rs") => {
                let mut is_test = false;
                for line in text().lines().map(str::trim) {
                    match line.split_once("fn attack_") {
                        Some((_, name)) if is_test => found.extend(numbers(name)),
                        _ => is_test = line.starts_with("#[") && (is_test || line.contains("test")),
                    }
                }
            }
            Some("js" | "mjs") => {
                found.extend(text().split("test(\"attack_").skip(1).flat_map(numbers));
            }
            _ => {}
        }
    }
}

#[test]
fn the_table_of_attacks_and_the_tests_agree() {
    let rows = rows();
    let numbered: Vec<_> = rows.iter().map(|(number, _)| *number).collect();
    assert_eq!(numbered, (1..=ATTACKS).collect::<Vec<_>>(), "every attack has one row, in order");
    let claimed: BTreeSet<_> =
        rows.iter().filter(|(_, state)| state == "tested").map(|(number, _)| *number).collect();

    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = BTreeSet::new();
    for folder in ["crates", "tests", "tools", "www"] {
        tested(&root.join(folder), &mut found);
    }
    let missing: Vec<_> = claimed.difference(&found).collect();
    assert!(missing.is_empty(), "called tested, and no test attack_NN is named so: {missing:?}");
    let unclaimed: Vec<_> = found.difference(&claimed).collect();
    assert!(unclaimed.is_empty(), "tests named attack_NN, whose rows are not called tested: {unclaimed:?}");
}

#[test]
fn a_test_is_named_after_one_or_more_attacks() {
    let named = |name: &str| numbers(name).collect::<Vec<_>>();
    assert_eq!(named("09_and_10_zeros_in_2_fields()"), [9, 10]);
    assert_eq!(named("13 a prepared ballot seals once"), [13]);
    assert_eq!(named("of_another_kind()"), []);
}
