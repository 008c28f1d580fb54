//! The table of docs/booth.md: what a vote asks of a line, of a person and of a browser, in each of the three.
//! Times are printed and never asserted: they are the machine's as much as ours.
//!
//! `cargo test -p veche-tests --test browsers the_table -- --ignored --nocapture`

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use veche_tests::booth::{Booth, COUNTING};
use veche_tests::browser::{Browser, Driver, Kind};
use veche_tests::slow::SlowLine;
use veche_tests::town::{self, TestTown};

/// Time for one step over the slowest line.
const PATIENCE: Duration = Duration::from_secs(180);

/// A way to the server, and how many times slower than it is the page's processor is made.
struct Line {
    name: &'static str,
    bits_per_second: u32,
    round_trip: Duration,
    slower: u32,
}

const LINES: [Line; 3] = [
    Line { name: "as it is", bits_per_second: u32::MAX, round_trip: Duration::ZERO, slower: 1 },
    Line { name: "slow line", bits_per_second: 400_000, round_trip: Duration::from_millis(400), slower: 1 },
    Line {
        name: "slow line, processor 6 times slower",
        bits_per_second: 400_000,
        round_trip: Duration::from_millis(400),
        slower: 6,
    },
];

/// What is waited for when the page is opened.
const READABLE: &str = "veche-welcome .dates";
const VERIFIED: &str = "veche-check-line.done";
const SEALED: &str = "veche-review veche-code-shown";

/// Notes in the page when each of these is first on the screen, and how much has moved by itself. It is told again and
/// again until the page is there.
const WATCH: &str = "
    const [address, wanted] = arguments;
    if (!location.href.startsWith(address) || !document.documentElement) return false;
    if (window.first) return true;
    window.first = {};
    const look = () => {
        for (const [name, selector] of Object.entries(wanted))
            if (!(name in window.first) && document.querySelector(selector))
                requestAnimationFrame(() => (window.first[name] ??= performance.now()));
    };
    look();
    new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
    if (PerformanceObserver.supportedEntryTypes.includes('layout-shift')) {
        window.first.moved = 0;
        new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.first.moved += entry.value;
        }).observe({ type: 'layout-shift', buffered: true });
    }";

/// What is found in one browser: the first column says what, the second what came out.
type Rows = Vec<(String, String)>;

fn seconds(milliseconds: f64) -> String {
    format!("{:.1} s", milliseconds / 1_000.0)
}

/// What the page has noted under a name.
async fn noted(browser: &Browser, name: &str) -> Result<f64> {
    let began = Instant::now();
    loop {
        let first = browser.run("return window.first", vec![]).await?;
        if let Some(noted) = first.get(name).and_then(Value::as_f64) {
            return Ok(noted);
        }
        if began.elapsed() > PATIENCE {
            bail!("{name} is not there; the page says:\n{}", browser.text().await?);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// A first vote on the city's ballot over a line, with nothing in the cache.
async fn vote(kind: Kind, town: &TestTown, option: &str, line: &Line, number: usize) -> Result<Rows> {
    let page = town.page();
    let server = page.trim_start_matches("http://").split('/').next().context("no address")?.parse()?;
    let carrying = SlowLine::to(server, line.bits_per_second, line.round_trip)?;
    let address = format!("{}/{}/", carrying.address, town::SUBFOLDER);
    let driver = Driver::of(kind)?;
    let browser = driver.open_impatient().await?;
    if kind == Kind::Chromium {
        browser.small_phone().await?;
        browser.devtools("Emulation.setCPUThrottlingRate", json!({ "rate": line.slower })).await?;
    }
    let wanted = json!({ "readable": READABLE, "verified": VERIFIED, "sealed": SEALED });
    let voter = Booth::enter(browser, &address).await?;
    let browser = &voter.browser;
    let began = Instant::now();
    // Between two pages there is none to be told.
    while !matches!(browser.run(WATCH, vec![json!(address), wanted.clone()]).await, Ok(Value::Bool(true))) {
        ensure!(began.elapsed() < PATIENCE, "{address} does not come");
    }
    let readable = noted(browser, "readable").await?;
    browser.run(COUNTING, vec![]).await?;
    let verified = noted(browser, "verified").await?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let carried = carrying.carried();
    let moved = browser.run("return window.first.moved ?? null", vec![]).await?;

    voter.sign_in(&town.town.ballot_box, &format!("+4851234567{number}")).await?;
    voter.tick(option).await?;
    browser.see("veche-choice-bar button.primary").await?;
    let pressed = browser.run("return performance.now()", vec![]).await?.as_f64().context("no time")?;
    voter.next().await?;
    let sealed = noted(browser, "sealed").await? - pressed;
    let code = voter.seal().await?;
    voter.cast(&code).await?;
    let (screens, taps) = voter.counted().await?;
    ensure!((screens.len(), taps) == (6, 7), "{kind:?}: {taps} taps on {screens:?}");
    let whole = carrying.carried();
    voter.browser.close().await?;

    let name = line.name;
    let mut rows = vec![
        (format!("first page can be read, {name}"), seconds(readable)),
        (format!("program there, vote verified, {name}"), seconds(verified)),
        (format!("ballot sealed after the last choice, {name}"), seconds(sealed)),
    ];
    if number == 0 {
        rows.insert(0, ("bytes until the vote is verified".into(), format!("{carried}")));
        rows.insert(1, ("bytes of a whole vote".into(), format!("{whole}")));
        rows.push(("screens of a vote".into(), format!("{}", screens.len())));
        rows.push(("taps of a vote".into(), format!("{taps}")));
        let moved = moved.as_f64();
        ensure!(moved.is_none_or(|moved| moved <= 0.1), "{moved:?} of the screen moved by itself");
        let moved = moved.map_or("not told by this browser".into(), |moved| format!("{moved:.3}"));
        rows.push(("moved by itself until verified".into(), moved));
    }
    Ok(rows)
}

/// Every state of a vote and the other pages, with what axe-core finds on it.
async fn axe(kind: Kind) -> Result<Rows> {
    let town = town::open(&town::manifest()?)?;
    let driver = Driver::of(kind)?;
    let voter = Booth::enter(driver.open().await?, &town.page()).await?;
    let browser = &voter.browser;
    let (mut states, mut found) = (0, Vec::new());
    let mut look = async |state: &str, selector: &str| -> Result<()> {
        browser.see(selector).await?;
        let violations = browser.violations().await?;
        found.extend(violations.into_iter().map(|violation| format!("{state}: {violation}")));
        states += 1;
        Ok(())
    };
    look("welcome", VERIFIED).await?;
    browser.goto(&format!("{}#contest/square", town.page())).await?;
    look("contest", "veche-contest veche-option").await?;
    browser.goto(&format!("{}#project/square/lawn", town.page())).await?;
    look("project", "veche-project").await?;
    browser.goto(&format!("{}#welcome", town.page())).await?;
    browser.fill("veche-phone-form input[name=tel]", "12").await?;
    browser.click("veche-phone-form button.primary").await?;
    look("number refused", "veche-phone-form [aria-invalid]").await?;
    browser.fill("veche-phone-form input[name=tel]", "+447700900123").await?;
    browser.click("veche-phone-form button.primary").await?;
    look("code", "veche-code input").await?;
    browser.fill("veche-code input", &town.town.ballot_box.next_code()?).await?;
    browser.click("veche-code button.primary").await?;
    look("district", "veche-district button[value=south]").await?;
    browser.click("veche-district button[value=south]").await?;
    look("district asked once more", "veche-district button.primary").await?;
    browser.click("veche-district button.primary").await?;
    look("choose", "veche-choose veche-option").await?;
    voter.tick("lawn").await?;
    look("one is chosen", "veche-option input:checked").await?;
    voter.next().await?;
    let code = voter.seal().await?;
    look("the last step", "veche-review").await?;
    voter.cast(&code).await?;
    look("receipt", "veche-receipt").await?;
    for (page, selector) in [
        ("mine", "veche-mine"),
        ("find", "veche-find form"),
        ("results", "veche-results"),
        ("verify", "veche-verify"),
        ("trustee", "veche-trustee-invite"),
    ] {
        browser.goto("about:blank").await?;
        browser.goto(&format!("{}#{page}", town.page())).await?;
        look(page, selector).await?;
    }
    ensure!(found.is_empty(), "{kind:?}: {}", found.join("\n"));
    Ok(vec![("axe-core: faults on so many states".into(), format!("{} on {states}", found.len()))])
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement, not a test"]
async fn the_table_of_the_booth_in_each_browser() -> Result<()> {
    let Some(manifest) = town::city()? else { return Ok(()) };
    let option = manifest.pointer("/contests/0/options/0/id").and_then(Value::as_str).context("no option")?;
    let mut columns = Vec::new();
    for kind in [Kind::Chromium, Kind::Firefox, Kind::WebKit] {
        let town = town::open(&manifest)?;
        let mut rows = axe(kind).await?;
        for (number, line) in LINES.iter().enumerate() {
            // The others cannot be slowed.
            if line.slower == 1 || kind == Kind::Chromium {
                let voting = tokio::time::timeout(2 * PATIENCE, vote(kind, &town, option, line, number));
                rows.extend(voting.await.with_context(|| format!("{kind:?} stands still, {}", line.name))??);
            }
        }
        columns.push(rows);
    }
    println!("| what | Chromium | Firefox | WebKitGTK |\n| --- | --- | --- | --- |");
    for (what, value) in columns.first().into_iter().flatten() {
        let of = |rows: &Rows| rows.iter().find(|(name, _)| name == what).map(|(_, value)| value.clone());
        let others =
            columns.iter().skip(1).map(|rows| of(rows).unwrap_or_else(|| "not told by this browser".into()));
        println!("| {what} | {value} | {} |", others.collect::<Vec<_>>().join(" | "));
    }
    Ok(())
}
