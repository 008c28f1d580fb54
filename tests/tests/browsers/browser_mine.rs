//! "My ballot" against a ballot box that lies about the voter, either way: the page says no more than "recorded" until
//! the board's own entries are read, and then what they say.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use veche_tests::booth::Booth;
use veche_tests::browser::{Browser, Driver};
use veche_tests::town::{self, TestTown};

const PHONE: &str = "+447700900123";

/// Has the box answer `KeyState` and other unsigned questions as `lie` changes them, from the next page on. What a
/// proxy between page and box could do, without the page's knowledge.
async fn lying(browser: &Browser, lie: &str) -> Result<Value> {
    let script = format!(
        "const real = fetch;
         window.fetch = async (target, options) => {{
             const answer = await real(target, options);
             const path = new URL(String(target?.url ?? target), location.href).pathname;
             if (!path.includes('/v1/credentials/') || !answer.ok) return answer;
             const state = await answer.json();
             {lie};
             return new Response(JSON.stringify(state), answer);
         }};"
    );
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script })).await
}

async fn honest(browser: &Browser, lie: &Value) -> Result<()> {
    browser.devtools("Page.removeScriptToEvaluateOnNewDocument", lie.clone()).await.map(drop)
}

async fn vote(town: &TestTown, driver: &Driver, phone: &str, option: &str) -> Result<Booth> {
    let voter = Booth::enter(driver.open().await?, &town.page()).await?;
    voter.sign_in(&town.town.ballot_box, phone).await?;
    voter.live_in("south").await?;
    cast(&voter, option).await?;
    Ok(voter)
}

async fn cast(voter: &Booth, option: &str) -> Result<String> {
    voter.tick(option).await?;
    voter.next().await?;
    let code = voter.seal().await?;
    voter.cast(&code).await?;
    Ok(code)
}

/// Opens "My ballot", and gives what it says before anything was looked through.
async fn mine(town: &TestTown, browser: &Browser) -> Result<String> {
    browser.goto("about:blank").await?;
    browser.goto(&format!("{}#mine", town.page())).await?;
    browser.see("veche-aftermath button[data-act=look]").await?;
    let said = browser.text().await?;
    ensure!(said.contains("Your ballot is in the public list"), "{said}");
    for claim in
        ["it counts", "So it counts", "another browser or device", "You were struck off the list of voters\n"]
    {
        ensure!(!said.contains(claim), "\"{claim}\" is said before anything was looked at: {said}");
    }
    ensure!(said.contains("MB"), "how much is read is not said: {said}");
    Ok(said)
}

/// Strikes a voter off as the desk does, beside the running box.
fn strike(town: &TestTown, reason: &str) -> Result<()> {
    let mut child = Command::new(&town.town.programs.server)
        .args(["strike", "--reason", reason, "--data"])
        .arg(town.town.folder.join("box"))
        .stdin(Stdio::piped())
        .spawn()?;
    child.stdin.take().context("no standard input")?.write_all(format!("{PHONE}\n").as_bytes())?;
    ensure!(child.wait()?.success(), "the voter is not struck off");
    Ok(())
}

/// Nothing was asked of the observer's program before the voter asks.
async fn loaded_observer(browser: &Browser) -> Result<bool> {
    let script =
        "return performance.getEntriesByType('resource').some(({ name }) => name.includes('wasm-observer'))";
    Ok(browser.run(script, vec![]).await? == true)
}

#[tokio::test(flavor = "multi_thread")]
async fn attack_50_a_box_that_says_that_a_ballot_counts_no_more_is_not_believed() -> Result<()> {
    let town = town::open(&town::manifest()?)?;
    let driver = Driver::start()?;
    let voter = vote(&town, &driver, PHONE, "lawn").await?;
    let browser = &voter.browser;
    mine(&town, browser).await?;
    ensure!(!loaded_observer(browser).await?, "a voter's page loads an observer's program unasked");
    browser.look("mine-0-recorded").await?;
    for (number, lie) in (0..).zip([
        "state.state = 'revoked'",
        "state.state = 'struck-off'",
        "state.sequence = 2; state.previous = '11'.repeat(32)",
    ]) {
        let script = lying(browser, lie).await?;
        let said = mine(&town, browser).await?;
        if number < 2 {
            ensure!(said.contains("That is its word only"), "{lie}: {said}");
        }
        browser.click("veche-aftermath button[data-act=look]").await?;
        browser.says("Your ballot is in the public list, and it counts").await?;
        if number == 0 {
            browser.look("mine-1-counts").await?;
            browser.fits().await?;
            // The page that is shown in the place of voting says whose word it is, too.
            voter.return_to_start().await?;
            browser.says("The voting server says").await?;
            browser.look("mine-2-box-says").await?;
        }
        honest(browser, &script).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn attack_32_my_ballot_says_that_what_looks_through_the_list_was_altered() -> Result<()> {
    let town = town::open(&town::manifest()?)?;
    let driver = Driver::start()?;
    let voter = vote(&town, &driver, PHONE, "lawn").await?;
    let browser = &voter.browser;
    let is_it = |name: &PathBuf| {
        name.to_string_lossy().contains("aftermath-") && name.extension().is_some_and(|kind| kind == "js")
    };
    let name = veche_site::files(&town.site())?.into_iter().find(is_it).context("no file looks through")?;
    let says_so = async |page: &str| -> Result<()> {
        browser.goto("about:blank").await?;
        browser.goto(&format!("{page}#mine")).await?;
        browser.says("Your ballot is in the public list").await?;
        browser.says("A part of this page did not load completely").await
    };
    let file = town.site().join(&name);
    let published = std::fs::read(&file)?;

    // Another copy of the site keeps nothing of its own: it has the same ballots.
    let copy = town.host.join("copies/altered");
    veche_site::copy(&town.site(), &copy)?;
    town::rewrite(&copy.join(&name), &[&published[..], b"\n"].concat())?;
    says_so(&town.page_in("copies/altered")).await?;
    browser.look("mine-5-altered").await?;

    // What did not come at all is there after another try.
    town::rewrite(&file, b"")?;
    std::fs::remove_file(&file)?;
    says_so(&town.page()).await?;
    std::fs::write(&file, &published)?;
    browser.click("veche-mine veche-trouble button").await?;
    browser.see("veche-aftermath button[data-act=look]").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn attack_50_and_51_a_box_that_hides_who_voted_in_a_voters_place_is_found_out() -> Result<()> {
    let town = town::open(&town::manifest()?)?;
    let driver = Driver::start()?;
    let voter = vote(&town, &driver, PHONE, "lawn").await?;
    let browser = &voter.browser;
    lying(browser, "state.state = 'active'; state.sequence = 1").await?;

    // Whoever registers voters lets somebody else take the key over: the ballot counts still, and the key has ended.
    let thief = Booth::enter(driver.open().await?, &town.page()).await?;
    town.wait_for_resend().await;
    thief.sign_in(&town.town.ballot_box, PHONE).await?;
    thief.browser.click("veche-takeover button.primary").await?;
    thief.browser.see("veche-choose").await?;
    mine(&town, browser).await?;
    browser.click("veche-aftermath button[data-act=look]").await?;
    browser.says("you have signed in with another browser or device").await?;
    browser.says("Your ballot is in the public list, and it counts").await?;
    browser.look("mine-3-key-replaced").await?;

    cast(&thief, "market").await?;
    mine(&town, browser).await?;
    browser.click("veche-aftermath button[data-act=look]").await?;
    browser.says("Replaced by a later ballot").await?;
    browser.says("you have signed in with another browser or device").await?;
    browser.look("mine-4-replaced").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn attack_50_a_box_that_hides_that_a_voter_was_struck_off_is_found_out() -> Result<()> {
    let town = town::open(&town::manifest()?)?;
    let driver = Driver::start()?;
    let voter = vote(&town, &driver, PHONE, "lawn").await?;
    let browser = &voter.browser;
    lying(browser, "state.state = 'active'").await?;
    strike(&town, "not-entitled")?;
    mine(&town, browser).await?;
    browser.click("veche-aftermath button[data-act=look]").await?;
    browser.says("You were struck off").await?;
    browser.look("mine-5-struck-off").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: `cargo xtask test --all` does it"]
async fn a_chain_of_ballots_that_cannot_be_is_not_sealed_for() -> Result<()> {
    let town = town::open(&town::manifest()?)?;
    let driver = Driver::start()?;
    let voter = vote(&town, &driver, PHONE, "lawn").await?;
    let browser = &voter.browser;
    for lie in [
        // As if the first ballot were not there, or another in its place, or the chain had no beginning.
        "state.sequence = 0; state.previous = '00'.repeat(32)",
        "state.previous = '11'.repeat(32)",
        "state.sequence = 5; state.previous = '00'.repeat(32)",
    ] {
        let script = lying(browser, lie).await?;
        voter.return_to_start().await?;
        browser.click("veche-welcome a[href='#choose']").await?;
        voter.tick("market").await?;
        voter.next().await?;
        browser.says("cannot be true, so no ballot was made").await.with_context(|| lie.to_owned())?;
        honest(browser, &script).await?;
    }
    voter.return_to_start().await?;
    browser.click("veche-welcome a[href='#choose']").await?;
    voter.next().await?;
    let code = voter.seal().await?;
    voter.cast(&code).await
}
