//! How long the first metre is, on the ballot of a large city, over a slow line and with a slow processor. Times are
//! printed and never asserted: they are the machine's as much as ours. What moves by itself is asserted.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::time::Duration;
use veche_cli::import::{self, Behind, Choices, Hours, Settings, Source};
use veche_record::manifest::{Registration, Timestamp, TrusteeCount};
use veche_tests::booth::Booth;
use veche_tests::browser::{Browser, Driver};
use veche_tests::slow::SlowLine;
use veche_tests::town;

const PHONE: &str = "+48512345678";
/// A village's line, and a processor six times slower than this machine's.
const BITS_PER_SECOND: u32 = 400_000;
const ROUND_TRIP: Duration = Duration::from_millis(400);
const SLOWER: u32 = 6;

/// The city-wide ballot of Łódź: 160 projects.
fn city() -> Result<Option<Value>> {
    let Some(folder) = std::env::var_os("VECHE_PABULIB") else {
        println!("not run: VECHE_PABULIB does not say where the city's ballot is");
        return Ok(None);
    };
    let file = PathBuf::from(folder).join("lodz-2022/poland_lodz_2022_.pb");
    let sources = Source::read_all(&[file], &Choices::default())?;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_secs();
    let time = |seconds| Timestamp::from_unix(seconds).context("this machine's clock is wrong");
    let settings = Settings {
        language: None,
        title: None,
        electorates: vec![500_000],
        hours: Hours {
            opens: time(now)?,
            closes: time(now + 24 * 3_600)?,
            closes_latest: None,
            time_zone: "Europe/Warsaw".into(),
            early_close: true,
        },
        trustees: TrusteeCount { count: 3, threshold: 2 },
        minimum_group: 10,
        registration: Registration::Open,
        simulated: false,
        behind: Behind::default(),
    };
    let (bytes, _) = import::manifest(&sources, &settings)?;
    Ok(Some(serde_json::from_slice(&bytes)?))
}

/// Notes, in the page itself, when each of these is first on the screen, and how much has moved by itself.
fn watch(wanted: &[(&str, &str)]) -> String {
    format!(
        "window.first = {{ moved: 0 }};
         const wanted = {};
         const look = () => {{
             for (const [name, selector] of wanted)
                 if (!(name in window.first) && document.querySelector(selector))
                     requestAnimationFrame(() => (window.first[name] ??= Math.round(performance.now())));
         }};
         new MutationObserver(look).observe(document, {{ subtree: true, childList: true, attributes: true }});
         new PerformanceObserver((list) => {{
             for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.first.moved += entry.value;
         }}).observe({{ type: 'layout-shift', buffered: true }});",
        json!(wanted)
    )
}

/// Opens an address with nothing in the cache, and waits until all that is watched has come.
async fn visit(browser: &Browser, address: &str, wanted: &[(&str, &str)]) -> Result<Value> {
    browser.goto("about:blank").await?;
    browser.devtools("Network.enable", json!({})).await?;
    browser.devtools("Network.clearBrowserCache", json!({})).await?;
    let script =
        browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": watch(wanted) })).await?;
    browser.goto(address).await?;
    for (name, selector) in wanted {
        browser.see(selector).await.with_context(|| format!("{name} at {address}"))?;
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    browser.devtools("Page.removeScriptToEvaluateOnNewDocument", script).await?;
    browser.run("return window.first", vec![]).await
}

fn print(name: &str, first: &Value, wanted: &[(&str, &str)], bytes: u64) {
    for (what, _) in wanted {
        let seconds = first.get(*what).and_then(Value::as_f64).unwrap_or(f64::NAN) / 1_000.0;
        println!("| {name:<32} | {what:<40} | {seconds:>5.1} s |");
    }
    let moved = first.get("moved").and_then(Value::as_f64).unwrap_or(f64::NAN);
    println!("| {name:<32} | {:<40} | {moved:>7.3} |", "layout shift");
    println!("| {name:<32} | {:<40} | {:>4} kB |", "from the server", bytes / 1_000);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: `cargo xtask test --all` does it"]
async fn the_first_metre_of_a_large_city_over_a_slow_line() -> Result<()> {
    let Some(manifest) = city()? else { return Ok(()) };
    let contest =
        manifest.pointer("/contests/0/id").and_then(Value::as_str).context("no contest")?.to_owned();
    let town = town::open(&manifest)?;
    let page = town.page();
    let server = page.trim_start_matches("http://").split('/').next().context("no address")?.parse()?;
    let line = SlowLine::to(server, BITS_PER_SECOND, ROUND_TRIP)?;
    let slow = format!("{}/{}/", line.address, town::SUBFOLDER);
    let driver = Driver::start()?;
    let browser = driver.open().await?;
    browser.small_phone().await?;
    browser.devtools("Emulation.setCPUThrottlingRate", json!({ "rate": SLOWER })).await?;

    println!("| visit                            | what                                     |  first  |");
    println!("| -------------------------------- | ---------------------------------------- | ------- |");
    let readable = ("title and hours can be read", "veche-welcome .dates");
    let verified = ("verified: the program is there", "veche-check-line.done");
    let mut visits = Vec::new();
    let before = line.carried();
    let wanted = [readable, verified];
    let first = visit(&browser, &slow, &wanted).await?;
    print("the first page", &first, &wanted, line.carried() - before);
    visits.push(first);

    let before = line.carried();
    let wanted = [("all 160 projects can be read", "veche-contest veche-option:nth-child(160)"), verified];
    let first = visit(&browser, &format!("{slow}#contest/{contest}"), &wanted).await?;
    print("a contest, by its address", &first, &wanted, line.carried() - before);
    visits.push(first);

    // Somebody who chose yesterday opens the last step, with nothing in the cache.
    let voter = Booth::enter(browser, &slow).await?;
    voter.sign_in(&town.town.ballot_box, PHONE).await?;
    let browser = &voter.browser;
    browser.see("veche-choose veche-option").await?;
    browser.run("document.querySelector('veche-choose veche-option input').click()", vec![]).await?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let before = line.carried();
    let wanted = [("the ballot is sealed", "veche-review veche-code-shown")];
    let first = visit(browser, &format!("{slow}#review"), &wanted).await?;
    print("the last step, by its address", &first, &wanted, line.carried() - before);
    visits.push(first);

    for first in visits {
        let moved = first.get("moved").and_then(Value::as_f64).context("nothing was watched")?;
        ensure!(moved <= 0.1, "{moved} of the screen moved by itself");
    }
    Ok(())
}
