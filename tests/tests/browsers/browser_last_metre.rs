//! The last metre of a vote: how many screens and taps it takes, and that nobody believes to have voted who has not.

use anyhow::{Result, ensure};
use serde_json::json;
use std::time::{Duration, Instant};
use veche_tests::booth::{Booth, COUNTING};
use veche_tests::browser::{Browser, Driver};
use veche_tests::town::{self, TestTown};

const PHONE: &str = "+447700900123";

/// Counts from the first page on.
async fn counting(browser: &Browser) -> Result<()> {
    let source = json!({ "source": COUNTING });
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", source).await.map(drop)
}

/// The table of docs/booth.md: a first vote from the welcome page to the receipt, one option ticked in each contest.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: `cargo xtask test --all` does it"]
async fn screens_and_taps_of_a_vote_are_counted() -> Result<()> {
    let driver = Driver::start()?;
    let mut found = Vec::new();
    let mut undivided = town::manifest()?;
    undivided["styles"] = json!([undivided["styles"][1]]);
    undivided["contests"] = json!([undivided["contests"][1]]);
    for (ballot, manifest, district, extra, options) in [
        ("one contest in an undivided town", undivided, "", None, ["lawn", ""]),
        ("one contest", town::manifest()?, "south", None, ["lawn", ""]),
        ("two contests", town::manifest()?, "north", None, ["well", "lawn"]),
        ("one other district added", town::one_other()?, "north", Some("east"), ["well", "path"]),
    ] {
        let town = town::open(&manifest)?;
        let browser = driver.open().await?;
        counting(&browser).await?;
        let voter = Booth::enter(browser, &town.page()).await?;
        voter.sign_in(&town.town.ballot_box, PHONE).await?;
        if !district.is_empty() {
            voter.live_in(district).await?;
        }
        if let Some(extra) = extra {
            voter.also_vote_in(extra).await?;
        }
        for option in options.into_iter().filter(|option| !option.is_empty()) {
            voter.tick(option).await?;
            voter.next().await?;
        }
        let code = voter.seal().await?;
        voter.cast(&code).await?;
        let (screens, taps) = voter.counted().await?;
        println!("| {ballot} | {} | {taps} | {} |", screens.len(), screens.join(", "));
        found.push((ballot, screens.len(), taps));
        voter.browser.close().await?;
    }
    let promised = [
        ("one contest in an undivided town", 6, 7),
        ("one contest", 7, 9),
        ("two contests", 8, 11),
        ("one other district added", 9, 13),
    ];
    assert_eq!(found, promised);
    Ok(())
}

/// A voter of the south with a ballot that is made and not cast, and its code.
async fn at_the_last_step(town: &TestTown, driver: &Driver) -> Result<(Booth, String)> {
    let browser = driver.open().await?;
    browser.small_phone().await?;
    let voter = Booth::enter(browser, &town.page()).await?;
    voter.sign_in(&town.town.ballot_box, PHONE).await?;
    voter.live_in("south").await?;
    voter.tick("lawn").await?;
    voter.next().await?;
    let code = voter.seal().await?;
    Ok((voter, code))
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: `cargo xtask test --all` does it"]
async fn the_last_step_says_what_is_left_to_do_with_its_button_in_sight() -> Result<()> {
    // What was chosen fills more than the screen.
    let mut manifest = town::manifest()?;
    manifest["contests"][1]["options"][0]["name"]["en"] = json!("A lawn as wide as the square ".repeat(10));
    let town = town::open(&manifest)?;
    let driver = Driver::start()?;
    let (voter, _) = at_the_last_step(&town, &driver).await?;
    let browser = &voter.browser;
    assert_eq!(browser.see("main h1").await?.text().await?, "You have NOT voted yet");
    let script = "
        const button = document.querySelector('veche-review button.primary');
        const { left, top, right, bottom } = button.getBoundingClientRect();
        const at = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
        const code = document.querySelector('veche-code-shown');
        return [scrollY, innerHeight, top >= 0 && bottom <= innerHeight && button.contains(at),
            Boolean(button.compareDocumentPosition(code) & Node.DOCUMENT_POSITION_FOLLOWING)]";
    assert_eq!(browser.run(script, vec![]).await?, json!([0, 616, true, true]));
    browser.shot("last-step").await?;
    browser.look("last-step").await?;
    browser.fits().await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: `cargo xtask test --all` does it"]
async fn whoever_comes_back_with_a_ballot_not_cast_lands_on_the_last_step_from_every_entrance() -> Result<()>
{
    let town = town::open(&town::manifest()?)?;
    let driver = Driver::start()?;
    let (voter, code) = at_the_last_step(&town, &driver).await?;
    let browser = &voter.browser;
    for entrance in ["", "#welcome", "#mine", "#choose", "#review", "#receipt", "#phone", "#seal"] {
        browser.goto("about:blank").await?;
        browser.goto(&format!("{}{entrance}", town.page())).await?;
        // What was announced can be read until it is known where this voter stands.
        browser.see("veche-review button.primary").await?;
        let heading = browser.see("main h1").await?.text().await?;
        assert_eq!(heading, "You have NOT voted yet", "at {entrance}");
    }
    voter.reload().await?;
    assert_eq!(voter.seal().await?, code, "the same ballot");

    // Whoever leaves the last step reads on every page that leads away what is left to do, and is led back.
    browser.click("veche-frame .frame-mine").await?;
    browser.see("veche-mine .unsent").await?;
    browser.says("You have NOT voted yet").await?;
    browser.shot("mine-not-cast").await?;
    browser.accessible().await?;
    browser.click("veche-mine .unsent a").await?;
    browser.see("veche-review").await?;
    browser.click("veche-frame .frame-name").await?;
    browser.see("veche-welcome .unsent").await?;
    browser.shot("welcome-not-cast").await?;
    browser.look("welcome-not-cast").await?;

    // Another tab of this browser casts it: this one says so when it is seen again.
    let first = browser.client().window().await?;
    let other = browser.client().new_window(true).await?;
    browser.client().switch_to_window(other.handle).await?;
    browser.goto(&town.page()).await?;
    voter.cast(&code).await?;
    browser.client().close_window().await?;
    browser.client().switch_to_window(first).await?;
    browser.run("document.dispatchEvent(new Event('visibilitychange'))", vec![]).await?;
    browser.says("You have voted from this browser").await?;
    ensure!(!browser.text().await?.contains("NOT voted"), "the voter has voted");
    Ok(())
}

/// Has the page's next request to cast hang, as on a network that went away under it.
const HANG: &str = "
    const real = fetch;
    window.fetch = (target, options) => {
        if (!String(target?.url ?? target).endsWith('/v1/ballots') || window.hung) return real(target, options);
        window.hung = true;
        return new Promise((_, fail) => options.signal.addEventListener('abort', () => fail(new Error('given up'))));
    };";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: `cargo xtask test --all` does it"]
async fn sending_goes_on_by_itself_when_the_network_or_the_voter_is_back() -> Result<()> {
    let town = town::open(&town::manifest()?)?;
    let driver = Driver::start()?;
    let (voter, code) = at_the_last_step(&town, &driver).await?;
    let browser = &voter.browser;
    let network = async |offline: bool| {
        let conditions =
            json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        browser.devtools("Network.emulateNetworkConditions", conditions).await
    };
    browser.devtools("Network.enable", json!({})).await?;
    network(true).await?;
    browser.click("veche-review button.primary").await?;
    browser.says("Your vote is not confirmed yet").await?;
    browser.says("This device has no network now. As soon as it has, your ballot is sent by itself.").await?;
    browser.shot("cast-no-network").await?;
    browser.accessible().await?;
    network(false).await?;
    let began = Instant::now();
    assert_eq!(voter.receipt_code().await?, code);
    ensure!(began.elapsed() < Duration::from_secs(10), "sent after {:?}", began.elapsed());

    // Once more, and the request hangs.
    voter.return_to_start().await?;
    browser.click("veche-welcome a[href='#choose']").await?;
    voter.tick("market").await?;
    voter.next().await?;
    let code = voter.seal().await?;
    browser.run(HANG, vec![]).await?;
    browser.click("veche-review button.primary").await?;
    browser.says("Sending…").await?;
    let began = Instant::now();
    let seen = "document.dispatchEvent(new Event('visibilitychange')); return location.hash";
    while browser.run(seen, vec![]).await? != "#receipt" {
        ensure!(began.elapsed() < Duration::from_secs(10), "not sent when the page was seen again");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(voter.receipt_code().await?, code);

    // A page that could not open goes on by itself, too.
    browser.devtools("Network.setBlockedURLs", json!({ "urls": ["*/v1/election"] })).await?;
    voter.reload().await?;
    browser.says("The voting server cannot be reached").await?;
    browser.devtools("Network.setBlockedURLs", json!({ "urls": [] })).await?;
    browser.run("window.dispatchEvent(new Event('online'))", vec![]).await?;
    browser.says("Your ballot is in the public list").await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: `cargo xtask test --all` does it"]
async fn after_casting_back_and_change_my_vote_say_what_they_show() -> Result<()> {
    let town = town::open(&town::manifest()?)?;
    let driver = Driver::start()?;
    let (voter, code) = at_the_last_step(&town, &driver).await?;
    let browser = &voter.browser;
    voter.cast(&code).await?;
    browser.click("veche-receipt button.primary").await?;
    browser.says(&format!("The file receipt-{code}.json was given to your browser.")).await?;
    browser.look("receipt-saved").await?;
    browser.fits().await?;
    browser.small_phone().await?;
    let said = "You have voted. This is a new, empty ballot.";
    browser.client().back().await?;
    browser.see("veche-choose").await?;
    browser.says(said).await?;
    browser.says("so that nobody who uses it after you can see it").await?;
    assert_eq!(voter.ticked().await?, Vec::<String>::new());
    browser.shot("after-casting-back").await?;
    browser.accessible().await?;

    voter.return_to_start().await?;
    browser.click("veche-welcome a[href='#choose']").await?;
    browser.says(said).await?;
    voter.tick("market").await?;
    voter.next().await?;
    voter.seal().await?;
    // Whoever has voted is not told otherwise.
    let heading = browser.see("main h1").await?.text().await?;
    assert_eq!(heading, "This new ballot is NOT cast yet");
    browser.goto("about:blank").await?;
    browser.goto(&format!("{}#mine", town.page())).await?;
    browser.see("veche-mine .unsent").await?;
    browser.says("Your ballot is in the public list").await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: `cargo xtask test --all` does it"]
async fn where_a_vote_cannot_be_changed_back_leads_to_the_ballot_and_not_to_a_new_one() -> Result<()> {
    let mut manifest = town::manifest()?;
    manifest["revote"] = json!(false);
    let town = town::open(&manifest)?;
    let driver = Driver::start()?;
    let (voter, code) = at_the_last_step(&town, &driver).await?;
    let browser = &voter.browser;
    browser.says("A ballot that is cast cannot be changed.").await?;
    voter.cast(&code).await?;
    browser.client().back().await?;
    browser.says("Your ballot is in the public list").await?;
    for place in ["choose", "review"] {
        browser.goto("about:blank").await?;
        browser.goto(&format!("{}#{place}", town.page())).await?;
        browser.says("Your ballot is in the public list").await?;
    }
    ensure!(!browser.text().await?.contains("Vote again"), "there is nothing to vote again");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: `cargo xtask test --all` does it"]
async fn the_old_tab_after_another_browser_took_over_leads_on() -> Result<()> {
    let town = town::open(&town::manifest()?)?;
    let driver = Driver::start()?;
    let (voter, code) = at_the_last_step(&town, &driver).await?;
    let browser = &voter.browser;
    voter.cast(&code).await?;
    // What the box answers once the voter has signed in elsewhere.
    let taken = "
        const real = fetch;
        window.fetch = async (target, options) => {
            const answer = await real(target, options);
            if (!String(target?.url ?? target).includes('/v1/credentials/')) return answer;
            return new Response(JSON.stringify({ ...(await answer.json()), state: 'revoked' }), answer);
        };";
    browser.run(taken, vec![]).await?;
    browser.click("veche-receipt a[href='#mine']").await?;
    browser.click("veche-mine a[href='#choose']").await?;
    browser.see("veche-replaced, veche-stop").await?;
    let said = browser.text().await?;
    ensure!(!said.contains("This page has stopped"), "{said}");
    let next = "return [...document.querySelectorAll('main .button.primary')].map((one) => one.hash)";
    assert_eq!(browser.run(next, vec![]).await?, json!(["#phone"]));
    browser.shot("taken-over").await?;
    browser.accessible().await?;
    browser.click("veche-replaced a.primary").await?;
    browser.see("veche-phone-form input").await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: `cargo xtask test --all` does it"]
async fn one_choice_is_changed_and_the_review_is_one_tap_away() -> Result<()> {
    let town = town::open(&town::manifest()?)?;
    let driver = Driver::start()?;
    let browser = driver.open().await?;
    counting(&browser).await?;
    let voter = Booth::enter(browser, &town.page()).await?;
    voter.sign_in(&town.town.ballot_box, PHONE).await?;
    voter.live_in("north").await?;
    voter.tick("well").await?;
    voter.next().await?;
    voter.tick("lawn").await?;
    voter.next().await?;
    let before = voter.seal().await?;
    let (_, taps) = voter.counted().await?;
    voter.browser.click("veche-review a[href^='#choose/0']").await?;
    voter.tick("trees").await?;
    voter.next().await?;
    voter.browser.see("veche-review, veche-choose [data-option='lawn']").await?;
    ensure!(voter.browser.run("return location.hash", vec![]).await? == "#review", "not the review");
    // Change, the tick, and back.
    assert_eq!(voter.counted().await?.1 - taps, 3);
    voter.browser.says("Forty trees").await?;
    let after = voter.seal().await?;
    assert_ne!(before, after);
    voter.cast(&after).await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: `cargo xtask test --all` does it"]
async fn every_look_for_a_ballot_reads_the_board_as_it_is_now() -> Result<()> {
    let town = town::open(&town::manifest()?)?;
    let driver = Driver::start()?;
    let (voter, code) = at_the_last_step(&town, &driver).await?;
    let finder = driver.open().await?;
    finder.goto(&format!("{}#find", town.page())).await?;
    finder.fill("veche-find .find-code", &code).await?;
    finder.click("veche-find form button").await?;
    finder.says("No ballot with this code").await?;
    voter.cast(&code).await?;
    finder.click("veche-find form button").await?;
    finder.says("Your ballot is in the public list").await?;

    // "My ballot", open all the time, while another tab casts another ballot.
    let browser = &voter.browser;
    browser.click("veche-receipt a[href='#mine']").await?;
    browser.says("Your ballot is in the public list").await?;
    let first = browser.client().window().await?;
    let other = browser.client().new_window(true).await?;
    browser.client().switch_to_window(other.handle).await?;
    browser.goto(&format!("{}#choose", town.page())).await?;
    voter.tick("market").await?;
    voter.next().await?;
    let code = voter.seal().await?;
    voter.cast(&code).await?;
    browser.client().close_window().await?;
    browser.client().switch_to_window(first).await?;
    browser.click("veche-mine button[data-act=again]").await?;
    browser.says("Replaced by your later ballot").await
}
