//! The first metre: what is voted on can be read before anybody signs in and before any program is there, by addresses
//! that can be passed on; and every page says who stands behind the vote.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use veche_tests::booth::Booth;
use veche_tests::browser::{Browser, Driver, Kind};
use veche_tests::town::{self, TestTown};

const PHONE: &str = "+447700900123";
const VERIFIED: &str = "veche-check-line.done";

/// No worker ever answers, and no ballot box; the record's files are there.
const ALONE: &str = "
    window.Worker = class extends EventTarget {
        constructor(address, options) { super(); void options.type; }
        postMessage() {}
        terminate() {}
    };
    const real = fetch;
    window.fetch = (target, options) =>
        String(target?.url ?? target).includes('/v1/') ? new Promise(() => {}) : real(target, options);";

/// The ballot box answers when it is let.
const SLOW: &str = "
    const real = fetch;
    const let_ = new Promise((go) => (window.letGo = go));
    window.fetch = async (target, options) => {
        if (String(target?.url ?? target).endsWith('/v1/election')) await let_;
        return real(target, options);
    };";

/// The town's manifest, with all that is said of who runs the vote.
fn manifest() -> Result<Value> {
    let mut manifest = town::manifest()?;
    for (key, _) in BEHIND {
        manifest[key] = json!({ "en": format!("The {key} text.\nSecond line: https://example.org") });
    }
    let option = manifest.pointer_mut("/contests/0/options/0").context("no option")?;
    option["id"] = json!("a/well?");
    option["number"] = json!("L010");
    Ok(manifest)
}

/// What the manifest can say of who runs the vote, and how the page names it.
const BEHIND: [(&str, &str); 5] = [
    ("help", "Help"),
    ("contact", "Contact"),
    ("otherwise", "Voting without this page"),
    ("accessibility", "Accessibility"),
    ("privacy", "Your data"),
];

/// Loads the page anew: a change of what is behind the `#` alone would not.
async fn anew(browser: &Browser, address: &str) -> Result<()> {
    browser.goto("about:blank").await?;
    browser.goto(address).await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: `cargo xtask test --all` does it"]
async fn everything_is_read_before_any_program_is_there() -> Result<()> {
    let town = town::open(&manifest()?)?;
    let driver = Driver::start()?;
    let browser = driver.open().await?;
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": ALONE })).await?;
    anew(&browser, &town.page()).await?;
    browser.says("Mirogrod decides").await?;
    browser.says("Voting is open").await?;
    browser.says("(UTC)").await?;
    browser.see("veche-phone-form input[name=tel]").await?;
    browser.look("reading-1-welcome").await?;

    browser.click("a[href='#contests']").await?;
    browser.click("a[href='#contest/projects']").await?;
    browser.says("Projects of the north").await?;
    for project in ["A well", "A swing", "Forty trees", "New lamps", "A bench"] {
        browser.says(project).await?;
    }
    browser.look("reading-2-contest").await?;
    browser.click("a[href='#project/projects/a%2Fwell%3F']").await?;
    browser.says("What A well would be.").await?;
    browser.says("L010").await?;
    browser.look("reading-3-project").await?;
    browser.says("Checking…").await?;

    // By its address alone, as somebody passes it on.
    anew(&browser, &format!("{}#project/square/market", town.page())).await?;
    browser.says("What A market would be.").await?;
    anew(&browser, &format!("{}#project/square/constructor", town.page())).await?;
    browser.says("There is nothing at this address.").await?;
    // What needs the election waits, and says so.
    anew(&browser, &format!("{}#mine", town.page())).await?;
    browser.see(".opening progress").await?;
    let asked =
        "return performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('.wasm')).length";
    assert_eq!(browser.run(asked, vec![]).await?, 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_the_announced_election_stops_whatever_is_read() -> Result<()> {
    let town = town::open(&manifest()?)?;
    let driver = Driver::start()?;
    let browser = driver.open().await?;
    for page in ["", "#contest/square", "#project/square/lawn"] {
        anew(&browser, &format!("{}{page}", town.page())).await?;
        browser.see(VERIFIED).await?;
    }
    town.publish(Some("ab".repeat(32)))?;
    for page in ["", "#contest/square", "#project/square/lawn"] {
        anew(&browser, &format!("{}{page}", town.page())).await?;
        let shown = browser.see(&format!("veche-stop, {VERIFIED}")).await?;
        ensure!(shown.tag_name().await? == "veche-stop", "{page} goes on with another election");
        browser.says("This is not the vote that was announced").await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: `cargo xtask test --all` does it"]
async fn whoever_votes_from_a_contests_page_signs_in_and_comes_to_that_contest() -> Result<()> {
    let town = town::open(&manifest()?)?;
    let driver = Driver::start()?;
    let voter = Booth::enter(driver.open().await?, &format!("{}#contest/square", town.page())).await?;
    let browser = &voter.browser;
    let place = "return location.hash";
    browser.click("a[href='#vote/square']").await?;
    voter.sign_in(&town.town.ballot_box, PHONE).await?;
    voter.live_in("north").await?;
    browser.see("veche-choose").await?;
    assert_eq!(browser.run(place, vec![]).await?, "#choose/1");
    browser.says("Contest 2 of 2 · The rest of your ballot comes after this.").await?;
    browser.look("reading-4-second-contest-first").await?;
    voter.tick("lawn").await?;
    ensure!(voter.bar().await?.contains("Next"), "a contest is still to come");
    voter.next().await?;
    browser.see("veche-option:has(input[value=trees])").await?;
    browser.says("Contest 1 of 2").await?;
    assert_eq!(browser.see("veche-frame a.frame-back").await?.attr("href").await?, Some("#choose/1".into()));
    ensure!(!browser.text().await?.contains("comes after this"), "nothing is left");
    ensure!(voter.bar().await?.contains("Review"), "the review comes next");
    voter.tick("trees").await?;
    voter.next().await?;
    voter.seal().await?;

    // Signed in, the way is direct; and where a contest is not on the ballot there is none.
    browser.run("location.hash = 'project/projects/swing'", vec![]).await?;
    browser.click("a[href='#vote/projects']").await?;
    voter.tick("swing").await?;
    assert_eq!(browser.run(place, vec![]).await?, "#choose");
    ensure!(voter.bar().await?.contains("Next"), "in the ballot's order");
    voter.next().await?;
    assert_eq!(voter.ticked().await?, ["lawn"]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: `cargo xtask test --all` does it"]
async fn a_number_typed_before_the_election_is_verified_waits_and_is_sent_after() -> Result<()> {
    let town = town::open(&manifest()?)?;
    let driver = Driver::start()?;
    let browser = driver.open().await?;
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": SLOW })).await?;
    anew(&browser, &town.page()).await?;
    browser.fill("veche-phone-form input[name=tel]", PHONE).await?;
    browser.click("veche-phone-form button.primary").await?;
    browser.see("veche-phone-form button[aria-disabled=true]").await?;
    browser.says("Checking…").await?;
    let sent = "return performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('/v1/sign-in')).length";
    assert_eq!(browser.run(sent, vec![]).await?, 0);
    browser.run("window.letGo()", vec![]).await?;
    browser.see("veche-code input").await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: `cargo xtask test --all` does it"]
async fn every_page_says_who_stands_behind_the_vote() -> Result<()> {
    let town = town::open(&manifest()?)?;
    let driver = Driver::start()?;
    let browser = driver.open().await?;
    browser.small_phone().await?;
    for page in ["", "#contest/square", "#trustee", "#results", "#verify", "#find"] {
        anew(&browser, &format!("{}{page}", town.page())).await?;
        for (key, name) in BEHIND {
            let fold = format!(".frame-foot details[data-about={key}]");
            let summary = browser.see(&format!("{fold} summary")).await.with_context(|| page.to_owned())?;
            assert_eq!(summary.text().await?, name, "{page}");
            browser.click(&format!("{fold} summary")).await?;
            browser.says(&format!("The {key} text.\nSecond line: https://example.org")).await?;
        }
        let links = "return [...document.querySelectorAll('.frame-foot a')].map(({ hash }) => hash)";
        let voter = page.is_empty() || page.starts_with("#contest");
        let onward = if voter { json!(["#results", "#verify"]) } else { json!([]) };
        assert_eq!(browser.run(links, vec![]).await?, onward, "{page}: plain text leads nowhere");
    }
    browser.accessible().await?;
    browser.fits().await?;

    // What the manifest does not say is not shown.
    let silent = town::open(&town::manifest()?)?;
    anew(&browser, &silent.page()).await?;
    browser.see(VERIFIED).await?;
    let folds = "return document.querySelectorAll('.frame-foot details').length";
    assert_eq!(browser.run(folds, vec![]).await?, 0);
    browser.click(".frame-foot a[href='#verify']").await?;
    browser.see("veche-verify").await?;
    Ok(())
}

/// How much of the page has moved by itself since it was loaded.
async fn shifted(browser: &Browser) -> Result<f64> {
    let script = "return new Promise((done) => {
        let sum = 0;
        new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value;
        }).observe({ type: 'layout-shift', buffered: true });
        setTimeout(() => done(sum), 300);
    })";
    browser.run(script, vec![]).await?.as_f64().context("no sum")
}

/// From the first page to the choice nothing jumps: a tenth of the screen at most, together.
async fn nothing_jumps(town: &TestTown, kind: Kind) -> Result<()> {
    let driver = Driver::of(kind)?;
    let browser = driver.open().await?;
    browser.small_phone().await?;
    anew(&browser, &town.page()).await?;
    browser.see(VERIFIED).await?;
    let first = shifted(&browser).await?;
    let voter = Booth::enter(browser, &town.page()).await?;
    voter.sign_in(&town.town.ballot_box, PHONE).await?;
    voter.live_in("north").await?;
    voter.browser.see("veche-choose").await?;
    let all = shifted(&voter.browser).await?;
    println!("layout shift: {first:.3} on the first page, {all:.3} up to the choice");
    ensure!(first <= 0.1 && all <= 0.1, "{first} on the first page, {all} up to the choice");
    // Whoever comes back.
    for page in ["", "#contest/square", "#choose"] {
        anew(&voter.browser, &format!("{}{page}", town.page())).await?;
        voter.browser.see(if page == "#choose" { "veche-choose" } else { VERIFIED }).await?;
        let again = shifted(&voter.browser).await?;
        println!("layout shift: {again:.3} coming back to {page:?}");
        ensure!(again <= 0.1, "{again} coming back to {page:?}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: `cargo xtask test --all` does it"]
async fn nothing_jumps_from_the_first_page_to_the_choice() -> Result<()> {
    let town = town::open(&manifest()?)?;
    nothing_jumps(&town, Kind::Chromium).await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: `cargo xtask test --all` does it"]
async fn a_notice_of_the_day_moves_nothing_and_is_seen_and_heard() -> Result<()> {
    let town = town::open(&manifest()?)?;
    let words = "The hall of the old mill is closed today.\nHelp is in the library, from nine to five.";
    town.town.organise(&["notice", "--text", &format!("en={words}")])?;
    let driver = Driver::start()?;
    let browser = driver.open().await?;
    browser.small_phone().await?;
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": SLOW })).await?;
    // Where each thing on the page stands, and what there is of the notice: for readers, and in sight.
    let stand = "window.stood = [...document.querySelectorAll('main *, header *')]
        .filter((one) => !one.matches('.notices'))
        .map((one) => [one, one.getBoundingClientRect().top])";
    let moved = "return window.stood
        .filter(([one, top]) => one.isConnected && Math.abs(one.getBoundingClientRect().top - top) >= 1)
        .map(([one]) => one.outerHTML.slice(0, 100))";
    let notice = "
        const notice = document.querySelector('[role=status] > .notice.said');
        const { top, bottom } = notice.getBoundingClientRect();
        const seen = document.elementFromPoint(180, (top + bottom) / 2);
        return notice.contains(seen) && top >= 0 && bottom <= innerHeight ? top : null";
    for page in ["", "#contest/projects", "#project/square/lawn"] {
        anew(&browser, &format!("{}{page}", town.page())).await?;
        browser.see("veche-check-line progress").await?;
        browser.run(stand, vec![]).await?;
        browser.run("window.letGo()", vec![]).await?;
        browser.see(VERIFIED).await?;
        browser.says(words).await?;
        let top = browser.run(notice, vec![]).await?.as_f64().context("the notice is not in sight")?;
        ensure!(top > 400.0, "at the lower edge, not at {top}");
        assert_eq!(browser.run(moved, vec![]).await?, json!([]), "{page}");
        let shift = shifted(&browser).await?;
        ensure!(shift < 0.01, "{shift} of {page:?} has moved");
    }
    browser.shot("notice-of-the-day").await?;
    anew(&browser, &town.page()).await?;
    browser.run("window.letGo()", vec![]).await?;
    browser.says(words).await?;
    browser.shot("notice-of-the-day-welcome").await?;
    browser.look("notice-of-the-day").await?;
    browser.fits().await?;
    // The last thing of the page ends above it.
    let end = "scrollTo(0, document.documentElement.scrollHeight);
        const bottom = (one) => document.querySelector(one).getBoundingClientRect().bottom;
        return bottom('.frame-foot') <= document.querySelector('.notice.said').getBoundingClientRect().top";
    assert_eq!(browser.run(end, vec![]).await?, true);
    // On the next screen it stands above everything.
    browser.small_phone().await?;
    browser.click("a[href='#contest/projects']").await?;
    browser.see("veche-contest").await?;
    let top = browser.run(notice, vec![]).await?.as_f64().context("the notice is not in sight")?;
    ensure!(top < 20.0, "above everything, not at {top}");
    browser.shot("notice-on-the-next-screen").await
}
