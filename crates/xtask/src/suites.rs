//! `cargo xtask test`: everything that must hold before a change is kept.

use crate::process::{find, run, say};
use crate::workspace::{cargo, root};
use crate::{site, tools};
use anyhow::{Context, Result, ensure};
use std::process::Command;
use std::time::Instant;

struct Suite {
    name: &'static str,
    what: &'static str,
    run: fn() -> Result<()>,
}

const QUICK: &[Suite] = &[
    Suite { name: "format", what: "rustfmt has nothing to change", run: format },
    Suite { name: "lints", what: "clippy has nothing to say", run: lints },
];

const RUST: Suite =
    Suite { name: "rust", what: "unit tests, property tests, whole elections, browsers", run: rust };
const RUST_QUICK: Suite =
    Suite { name: "rust", what: "everything but the browsers", run: rust_without_browsers };

const FULL: &[Suite] = &[
    Suite { name: "licences", what: "deny.toml: licences, sources, banned packages", run: licences },
    Suite { name: "types", what: "tsc reads the site's JavaScript", run: types },
    Suite { name: "javascript", what: "node --test in www/", run: javascript },
];

/// Runs the suites, all of them even when one fails, and prints a closing line that counts them.
///
/// # Errors
/// When a suite failed, or a tool that a suite needs is missing.
pub fn test(fast: bool) -> Result<()> {
    let began = Instant::now();
    if fast {
        say("Everything but the browsers and www/: about 5 minutes the first time, 1 minute after that.");
    } else {
        say("Everything: about 30 minutes the first time, 10 minutes after that.");
        tools::for_checks()?;
        tools::for_site()?;
        tools::for_browser()?;
        tools::for_javascript()?;
    }
    let mut suites: Vec<&Suite> = QUICK.iter().collect();
    if fast {
        suites.push(&RUST_QUICK);
    } else {
        suites.push(&Suite { name: "site", what: "trunk builds the site", run: build_site });
        suites.extend(FULL);
        suites.push(&RUST);
    }

    let mut outcomes = Vec::new();
    for suite in suites {
        say(&format!("\n== {}: {}", suite.name, suite.what));
        let began = Instant::now();
        let result = (suite.run)();
        if let Err(problem) = &result {
            eprintln!("{}: {problem:#}", suite.name);
        }
        outcomes.push((suite.name, result.is_ok(), began.elapsed()));
    }

    say("");
    for (name, passed, time) in &outcomes {
        say(&format!("suite {name} ... {} ({} s)", if *passed { "ok" } else { "FAILED" }, time.as_secs()));
    }
    if fast {
        say("not run (--fast): site, licences, types, javascript, browsers");
    }
    let failed = outcomes.iter().filter(|(_, passed, _)| !passed).count();
    let verdict = if failed == 0 { "ok" } else { "FAILED" };
    let passed = outcomes.len() - failed;
    say(&format!(
        "suite result: {verdict}. {passed} passed; {failed} failed; finished in {} s",
        began.elapsed().as_secs()
    ));
    ensure!(failed == 0, "{failed} of {} suites failed", outcomes.len());
    Ok(())
}

fn format() -> Result<()> {
    run(cargo().args(["fmt", "--all", "--check"]))
}

fn lints() -> Result<()> {
    run(cargo().args(["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"]))
}

fn rust() -> Result<()> {
    run(cargo().args(["test", "--workspace", "--no-fail-fast"]).env("RUST_LIB_BACKTRACE", "0"))
}

fn rust_without_browsers() -> Result<()> {
    run(cargo().args(["test", "--workspace", "--no-fail-fast", "--", "--skip", "browser"]))
}

fn build_site() -> Result<()> {
    site::build().map(drop)
}

fn licences() -> Result<()> {
    let deny = tools::program("cargo-deny");
    run(Command::new(deny).current_dir(root()).args([
        "--log-level",
        "error",
        "--all-features",
        "check",
        "licenses",
        "bans",
        "sources",
    ]))
}

fn types() -> Result<()> {
    run(Command::new("npm").current_dir(root().join("www")).args(["run", "--silent", "types"]))
}

fn javascript() -> Result<()> {
    let node = find("node").context("node is not on PATH")?;
    run(Command::new(node).current_dir(root().join("www")).arg("--test"))
}
