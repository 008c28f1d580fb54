//! `cargo xtask test`: everything that must hold before a change is kept.

use crate::process::{find, run, say};
use crate::site::{self, Bundled};
use crate::workspace::{PROGRAMS, build_programs, cargo, root};
use crate::{crash, flood, npm, style, tools};
use anyhow::{Context, Result, ensure};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

struct Suite {
    name: &'static str,
    what: &'static str,
    run: fn() -> Result<()>,
}

const fn suite(name: &'static str, what: &'static str, run: fn() -> Result<()>) -> Suite {
    Suite { name, what, run }
}

const FULL: &[Suite] = &[
    suite("format", "rustfmt and Prettier have nothing to change, no comment is too wide", format),
    suite("lints", "clippy has nothing to say, natively and for WebAssembly", lints),
    suite("docs", "rustdoc has nothing to say", docs),
    suite("licences", "deny.toml: licences, sources, unwanted packages", licences),
    suite("crates", "the crates for crates.io are complete: packed, and built from what was packed", crates),
    suite("site", "trunk builds the site", build_site),
    suite("types", "tsc reads the JavaScript of the site and of the package", types),
    suite("javascript", "node --test in www/ and packages/booth/", javascript),
    suite("rust", "unit and property tests, whole elections, real browsers", rust),
    suite("packages", "the npm package, installed and used by the newest bundlers and runtimes", packages),
    suite("interop", "the second verifier, in Python, against the public vectors and against ours", interop),
];

const FAST: &[Suite] = &[
    suite("format", "rustfmt has nothing to change, no comment is too wide", style::check_rust),
    suite("lints", "clippy has nothing to say, natively and for WebAssembly", lints),
    suite("rust", "unit and property tests, whole elections", rust_without_browsers),
];

/// What takes an hour or more, in release builds, where everything else is done.
const LONG: &[Suite] = &[
    suite("bundlers", "the npm package, installed and used by every bundler and runtime", bundlers),
    suite("browsers", "more of the pages in Chromium, some in Firefox and WebKitGTK, too", more_browsers),
    suite("packed", "the program with the site in it publishes what `cargo xtask site` does", packed),
    suite("package", "the archive and the Debian package, made and unpacked", packaged),
    suite("whole-job", "a town's vote from its spreadsheet to its papers, from the desk alone", whole_job),
    suite("flips", "a record with every single bit of it flipped, one by one", flips),
    suite("cities", "real cities, every row of them", cities),
    suite("large-board", "the page that verifies, on a board of 100,000 entries", large_board),
    suite("crash", "a ballot box that is killed a thousand times while people vote", crashes),
    suite("flood", "a ballot box that is flooded in every known way while people vote", floods),
    suite("explorer", "the models of a vote and of its keys, in their larger games", explorer),
    suite("mutations", "both verifiers on thousands of changed records", mutations),
];

/// Which suites are run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// What needs neither a browser nor the site.
    Fast,
    /// What must hold before a change is kept.
    Usual,
    /// The long ones, too.
    All,
}

/// Runs the suites, all of them even when one fails, and prints what each took and a closing line that counts them.
///
/// # Errors
/// When a suite failed, or a tool that a suite needs is missing.
pub fn test(extent: Extent) -> Result<()> {
    let began = Instant::now();
    let suites = match extent {
        Extent::Fast => {
            say(
                "Everything but browsers, site, docs, licences and the second verifier: about 10 minutes the first time, 2 after that.",
            );
            tools::for_web_server()?;
            tools::for_postgres()?;
            tools::for_other_languages()?;
            FAST.iter().chain(&[])
        }
        Extent::Usual => {
            say(
                "Everything but what takes long: about an hour the first time on two cores, less after that.",
            );
            tools::for_tests()?;
            FULL.iter().chain(&[])
        }
        Extent::All => {
            say("Everything, whole cities and a thousand crashes too: some hours on two cores.");
            tools::for_tests()?;
            FULL.iter().chain(LONG)
        }
    };
    if std::env::var_os("VECHE_PABULIB").is_none() {
        say(
            "VECHE_PABULIB names no folder of Pabulib files: the tests on real cities' ballots will print \"not run\".",
        );
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

    say(&format!("\nrunning {} suites", outcomes.len()));
    for (name, passed, time) in &outcomes {
        say(&format!("suite {name} ({}) ... {}", minutes(*time), if *passed { "ok" } else { "FAILED" }));
    }
    say(&format!("in all {}", minutes(began.elapsed())));
    let failed = outcomes.iter().filter(|(_, passed, _)| !passed).count();
    summary(outcomes.len() - failed, failed, began);
    ensure!(failed == 0, "{failed} of {} suites failed", outcomes.len());
    Ok(())
}

fn minutes(time: Duration) -> String {
    format!("{:.1} min", time.as_secs_f32() / 60.0)
}

/// The closing line, as cargo writes it.
fn summary(passed: usize, failed: usize, began: Instant) {
    let verdict = if failed == 0 { "ok" } else { "FAILED" };
    let seconds = began.elapsed().as_secs_f32();
    say(&format!("\ntest result: {verdict}. {passed} passed; {failed} failed; finished in {seconds:.2}s"));
}

fn format() -> Result<()> {
    style::check_rust()?;
    style::check_prettier()
}

fn lints() -> Result<()> {
    run(cargo().args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    // Half of these crates is compiled for the browser only.
    let packages = ["veche-wasm-voter", "veche-wasm-observer", "veche-testkit"];
    let mut wasm = cargo();
    wasm.arg("clippy").args(packages.iter().flat_map(|package| ["--package", package]));
    run(wasm.args(["--target", "wasm32-unknown-unknown", "--", "-D", "warnings"]))
}

fn docs() -> Result<()> {
    // An address in the help of a command must not be written as a link.
    let flags = "-D warnings -A rustdoc::bare-urls";
    run(cargo().args(["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", flags))
}

fn licences() -> Result<()> {
    run(Command::new(tools::program("cargo-deny")).current_dir(root()).args([
        "--log-level",
        "error",
        "--all-features",
        "check",
        "licenses",
        "bans",
        "sources",
    ]))
}

/// The crates that others build on; RELEASING.md says what their versions promise.
const PUBLISHED: [&str; 4] = ["veche-crypto", "veche-board", "veche-record", "veche-verify"];

fn crates() -> Result<()> {
    forget_packed()?;
    let packages = PUBLISHED.iter().flat_map(|package| ["--package", package]);
    run(cargo().args(["publish", "--dry-run", "--quiet", "--allow-dirty"]).args(packages))
}

/// Cargo unpacks what it has just packed into its own folder, under a name made of the target folder's path, and does
/// not unpack it again while the version is the same: the next run would build the crates of this one.
fn forget_packed() -> Result<()> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(std::env::home_dir()?.join(".cargo"))).context("Cargo has no folder")?;
    let Ok(sources) = std::fs::read_dir(home.join("registry/src")) else { return Ok(()) };
    for source in sources {
        let source = source?;
        // The name of a registry on the network begins with its host.
        if source.file_name().as_encoded_bytes().starts_with(b"-") {
            std::fs::remove_dir_all(source.path())?;
        }
    }
    Ok(())
}

fn rust() -> Result<()> {
    run(&mut cargo_test()?)
}

fn rust_without_browsers() -> Result<()> {
    run(cargo_test()?.args(["--", "--skip", "browser"]))
}

/// Programs and tests in one build: apart, they would want the same libraries with different features, twice.
const TEST_BUILD: &[&str] = &["--workspace", "--bins", "--tests"];

fn cargo_test() -> Result<Command> {
    let programs = build_programs(TEST_BUILD)?;
    let folder = programs.server.parent().context("the programs are in no folder")?;
    let mut command = cargo();
    command.args(["test", "--workspace", "--no-fail-fast"]).env(PROGRAMS, folder);
    // A failing test says what is wrong in a sentence; a page of frames behind it only hides that.
    command.env("RUST_LIB_BACKTRACE", "0");
    Ok(command)
}

fn build_site() -> Result<()> {
    site::build(Bundled::Always).map(drop)
}

fn types() -> Result<()> {
    run(Command::new("npm").current_dir(root().join("www")).args(["run", "--silent", "types"]))?;
    run(Command::new(root().join("www/node_modules/.bin/tsc")).arg("-p").arg(root().join("packages/core")))
}

fn packages() -> Result<()> {
    matrix(&npm::matrix::Extent::Newest)
}

fn bundlers() -> Result<()> {
    matrix(&npm::matrix::Extent::All)
}

fn matrix(extent: &npm::matrix::Extent) -> Result<()> {
    npm::matrix::matrix(extent, build_programs(TEST_BUILD)?)
}

fn javascript() -> Result<()> {
    tools::JAVASCRIPT.iter().try_for_each(|folder| node_tests(&root().join(folder)))
}

fn node_tests(folder: &Path) -> Result<()> {
    let began = Instant::now();
    let node = find("node").context("node is not on PATH")?;
    // Without a terminal Node.js reports in TAP, whose last lines count the tests.
    let output = Command::new(node)
        .current_dir(folder)
        .args(["--test", "--test-reporter=tap"])
        .stderr(Stdio::inherit())
        .output()
        .context("node could not be started")?;
    let report = String::from_utf8_lossy(&output.stdout);
    let count = |what: &str| -> usize {
        report.lines().rev().find_map(|line| line.strip_prefix(what)?.trim().parse().ok()).unwrap_or(0)
    };
    let (passed, failed) = (count("# pass "), count("# fail ") + count("# cancelled "));
    if !output.status.success() || failed > 0 {
        say(&report);
    }
    summary(passed, failed, began);
    ensure!(output.status.success(), "node --test ended with {}", output.status);
    ensure!(passed > 0, "node --test found no test");
    Ok(())
}

/// One test program of the whole elections, as it is shipped.
fn released(program: &str, tests: &str) -> Command {
    let mut command = cargo();
    command.args(["test", "--release", "--package", "veche-tests", "--test", program, tests]);
    command.args(["--", "--nocapture"]);
    command
}

/// Browser tests that are not run otherwise: all whose names have the filter, but the ones to skip.
fn ignored(filter: &str, skipped: &[&str]) -> Result<()> {
    let mut command = cargo_test()?;
    command.args(["--test", "browsers", filter, "--", "--ignored"]);
    run(command.args(skipped.iter().flat_map(|name| ["--skip", name])))
}

fn more_browsers() -> Result<()> {
    ignored("browser_", &["browser_packed", "browser_table", "browser_desk_whole", "large_board"])
}

fn packed() -> Result<()> {
    ignored("browser_packed", &[])
}

fn packaged() -> Result<()> {
    run(cargo_test()?.args(["--test", "server_ballots", "packaged", "--", "--ignored"]))
}

fn whole_job() -> Result<()> {
    ignored("browser_desk_whole", &[])
}

fn cities() -> Result<()> {
    run(released("cli", "city").env("VECHE_CITIES", "1"))
}

fn flips() -> Result<()> {
    run(released("cli", "flips").arg("--include-ignored"))
}

fn large_board() -> Result<()> {
    run(released("browsers", "large_board").arg("--include-ignored").env("VECHE_BOARD_ENTRIES", "100000"))
}

fn crashes() -> Result<()> {
    let alone = crash::Options { times: 1000, voters: 8, servers: 1, seconds: 600, without: Vec::new() };
    crash::crash(&alone)?;
    crash::crash(&crash::Options { servers: 3, ..alone })
}

fn floods() -> Result<()> {
    flood::flood(&flood::Options { seconds: 60, only: Vec::new() })
}

fn explorer() -> Result<()> {
    let mut command = cargo();
    command.args(["test", "--release", "--package", "veche-explorer", "--", "--nocapture"]);
    run(command.env("VECHE_EXPLORER", "1"))
}

/// One half is one process; the comparison takes whatever cores there are.
fn interop() -> Result<()> {
    let python = find("python3").context("python3 is not on PATH")?;
    let folder = root().join("tests").join("interop");
    let mut own = Command::new(&python).current_dir(&folder).args(["-m", "unittest"]).spawn()?;
    let compared = compare("40");
    let status = own.wait()?;
    ensure!(status.success(), "python3 -m unittest ended with {status}");
    compared
}

/// Both verifiers read the same records, among them so many that somebody has changed.
fn compare(changed: &str) -> Result<()> {
    let python = find("python3").context("python3 is not on PATH")?;
    let folder = root().join("tests").join("interop");
    let veche = build_programs(TEST_BUILD)?.veche;
    run(Command::new(&python).current_dir(&folder).arg("compare.py").arg(veche).args(["--random", changed]))
}

fn mutations() -> Result<()> {
    compare("3000")
}
