//! The threat model says which attacks are tested; the tests are named after them. Both must agree.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::path::Path;

/// Rows of the threat model's table whose state is "tested".
fn claimed() -> BTreeSet<u32> {
    let table = include_str!("../../docs/threat-model.md");
    let rows = table.lines().filter(|line| line.starts_with("| ") && line.ends_with("| tested |"));
    rows.map(|line| line.split('|').nth(1).unwrap().trim().parse().unwrap()).collect()
}

/// Numbers NN of all functions `attack_NN_…` and `and_NN` in the sources.
fn tested(folder: &Path, found: &mut BTreeSet<u32>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if !path.ends_with("target") && !path.ends_with("node_modules") {
                tested(&path, found);
            }
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            for line in std::fs::read_to_string(&path).unwrap().lines() {
                let Some((_, name)) = line.split_once("fn attack_") else { continue };
                let name = name.split('(').next().unwrap();
                let numbers = name.split('_').map_while(|part| match part {
                    "and" => Some(None),
                    _ => part.parse::<u32>().ok().map(Some),
                });
                found.extend(numbers.flatten());
            }
        }
    }
}

#[test]
fn every_attack_called_tested_has_a_test() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = BTreeSet::new();
    tested(&root.join("crates"), &mut found);
    tested(&root.join("tests"), &mut found);
    let missing: Vec<_> = claimed().difference(&found).copied().collect();
    assert!(missing.is_empty(), "called tested, and no test attack_NN is named so: {missing:?}");
    assert!(claimed().len() > 20, "the table was not found");
}
