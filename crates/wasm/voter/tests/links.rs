//! What the two modules are linked from.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::Command;

/// Every package in a module, and `NAME feature "FEATURE"` for each feature in use.
fn linked(package: &str) -> Vec<String> {
    let tree = Command::new(env!("CARGO"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["tree", "--package", package, "--target", "wasm32-unknown-unknown"])
        .args(["--edges", "normal,features", "--prefix", "none"])
        .output()
        .unwrap();
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let name = |line: &str| {
        let mut words = line.split(' ');
        let name = words.next().unwrap_or_default();
        match (words.next(), words.next()) {
            (Some("feature"), Some(feature)) => format!("{name} {}", feature.trim_matches('"')),
            _ => name.to_owned(),
        }
    };
    String::from_utf8(tree.stdout).unwrap().lines().map(name).collect()
}

#[test]
fn a_voters_module_links_no_audit_no_ceremony_and_no_trustee() {
    let (voter, observer) = (linked("veche-wasm-voter"), linked("veche-wasm-observer"));
    for part in
        ["veche-verify audit", "veche-verify opening", "veche-trustee", "veche-results", "bip39", "csv"]
    {
        assert!(observer.iter().any(|name| name == part), "an observer's module does not link {part}");
        assert!(!voter.iter().any(|name| name == part), "a voter's module links {part}");
    }
    assert!(!observer.iter().any(|name| name == "veche-voter"), "an observer's module can seal");
}

#[test]
fn both_modules_keep_the_libraries_between_rust_and_javascript() {
    for package in ["veche-wasm-voter", "veche-wasm-observer"] {
        let linked = linked(package);
        for library in ["wasm-bindgen", "web-sys", "getrandom", "serde-wasm-bindgen"] {
            assert!(linked.iter().any(|name| name == library), "{package} does not link {library}");
        }
    }
}
