//! Trustees whose browser remembers what they signed, in one tab at a time, and trustees whose browser does not.

use std::io::Write as _;
use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use veche_tests::booth::Booth;
use veche_tests::browser::{Browser, Driver, Kind};
use veche_tests::desk::Desk;
use veche_tests::town::{self, TestTown};

async fn desk(driver: &Driver, town: &TestTown, trustee: u8) -> Result<Desk> {
    Desk::enter(driver.open().await?, &town.page(), trustee, &town.town.trustee_token(trustee)?).await
}

/// The window of a browser that is none of these.
async fn other_window(browser: &Browser) -> Result<()> {
    let client = browser.client();
    let here = client.window().await?;
    let other = client.windows().await?.into_iter().find(|window| *window != here).context("one window")?;
    Ok(client.switch_to_window(other).await?)
}

/// What a browser does that clears the data of the site.
async fn forget(browser: &Browser) -> Result<()> {
    let script = "const done = arguments[0];
        (async () => {
            for (const { name } of await indexedDB.databases())
                await new Promise((gone) => (indexedDB.deleteDatabase(name).onsuccess = gone));
        })().then(done, done);";
    browser.client().execute_async(script, vec![]).await?;
    Ok(browser.client().refresh().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn attack_49_a_second_consent_one_tab_acts_and_who_has_no_memory_agrees_to_nothing() -> Result<()> {
    let mut manifest = town::manifest()?;
    let trustees = json!({ "count": 4, "threshold": 2 });
    manifest.as_object_mut().context("no object")?.insert("trustees".into(), trustees);
    let mut town = town::found(&manifest)?;
    let driver = Driver::start()?;

    // A browser that promises nothing says so before anything is handed out, and how many devices must not forget.
    let first = desk(&driver, &town, 1).await?;
    first.browser.says("If 2 of the 4 devices forget what their trustees have signed").await?;
    let words = first.make().await?;
    first.answer(&words).await?;
    first.sees("Put your part on the board").await?;
    first.browser.says("This browser does not promise to keep what this page remembers").await?;
    first.browser.fits().await?;
    first.browser.look("trustee-memory-1-not-promised").await?;
    first.act("Put your part on the board").await?;
    first.sees("Waiting for the others").await?;
    let third = desk(&driver, &town, 3).await?;
    let third_words = third.make().await?;
    third.answer(&third_words).await?;
    third.act("Put your part on the board").await?;
    third.sees("Waiting for the others").await?;
    for trustee in [2, 4] {
        town.town.new_trustee(trustee)?;
    }

    // The tab is duplicated: one of the two acts.
    first.browser.run("window.open(location.href)", vec![]).await?;
    other_window(&first.browser).await?;
    first.come_back(&words).await?;
    first.browser.says("Another tab of this browser acts for you at this moment").await?;
    first.browser.fits().await?;
    first.browser.look("trustee-memory-2-another-tab").await?;
    first.browser.click("veche-trustee-door [role=alert] button").await?;
    first.sees("Hand out the pieces").await?;
    other_window(&first.browser).await?;
    let stopped = first.sees("Hand out the pieces").await;
    ensure!(stopped.is_err(), "both tabs go on");
    first.browser.says("You went on in another tab").await?;
    first.browser.look("trustee-memory-3-taken").await?;
    first.browser.client().close_window().await?;
    let left = first.browser.client().windows().await?.pop().context("no window")?;
    first.browser.client().switch_to_window(left).await?;

    // The ceremony, the rehearsal and the vote.
    first.act("Hand out the pieces").await?;
    third.act("Hand out the pieces").await?;
    for trustee in [2, 4] {
        town.town.trustee_step("deal", trustee)?;
    }
    for desk in [&first, &third] {
        desk.sees("Compare, then confirm").await?;
        desk.browser.click("veche-trustee-desk label.row-choice").await?;
        desk.act("Compare, then confirm").await?;
    }
    for trustee in [2, 4] {
        town.town.confirm(trustee)?;
    }
    town.town.organiser("rehearse")?;
    for trustee in [2, 4] {
        town.town.decrypt(trustee)?;
    }
    first.act("Rehearsal: agree").await?;
    first.act("Rehearsal: open it").await?;
    for trustee in [2, 4] {
        town.town.decrypt(trustee)?;
    }
    first.sees("The rehearsal has worked").await?;
    town.town.organiser("open")?;
    town.town.read_fingerprint()?;
    town.publish(Some(town.town.fingerprint.clone()))?;
    let voter = Booth::enter(driver.open().await?, &town.page()).await?;
    voter.sign_in(&town.town.ballot_box, "+447700900001").await?;
    voter.live_in("south").await?;
    voter.tick("market").await?;
    voter.next().await?;
    let code = voter.seal().await?;
    voter.cast(&code).await?;
    voter.browser.close().await?;
    town.town.close()?;

    // Another browser with the words of the first trustee, two terminals, and a browser that has forgotten.
    let second = desk(&driver, &town, 1).await?;
    second.come_back(&words).await?;
    forget(&third.browser).await?;
    third.come_back(&third_words).await?;
    for (desk, picture) in [(&second, "trustee-memory-4-second-device"), (&third, "trustee-memory-5-forgot")]
    {
        desk.sees("Waiting for the others").await?;
        desk.browser.says("This browser does not remember what you signed with these words").await?;
        desk.browser.says("3 more have to agree to the sums").await?;
        desk.browser.fits().await?;
        desk.browser.look(picture).await?;
    }
    for machine in ["one-machine", "another-machine"] {
        let said = recovered_at_a_terminal(&town, 1, &words, machine)?;
        ensure!(said.contains("does not remember what you signed on another one"), "{said}");
    }

    // The tab that remembers agrees, once its person has compared the numbers; then all may decrypt.
    for trustee in [2, 4] {
        town.town.decrypt(trustee)?;
    }
    first.sees("Agree to open the totals").await?;
    first.browser.says("Compare these numbers with what the town has announced").await?;
    let counts = "document.querySelector('veche-trustee-counts').scrollIntoView()";
    first.browser.run(counts, vec![]).await?;
    first.browser.fits().await?;
    first.browser.look("trustee-memory-6-counts").await?;
    first.agree().await?;
    first.sees("Open the totals").await?;
    for desk in [&second, &third] {
        desk.act("Open the totals").await?;
    }
    second.sees("The result is published").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "in Chromium always, in others by `cargo xtask test --all`"]
async fn attack_49_a_second_consent_one_window_acts_in_firefox() -> Result<()> {
    one_window_acts(Kind::Firefox).await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "in Chromium always, in others by `cargo xtask test --all`"]
async fn attack_49_a_second_consent_one_window_acts_in_webkit() -> Result<()> {
    one_window_acts(Kind::WebKit).await
}

/// The shortest way on which another engine shows that it keeps a memory, lends it to one window at a time, and has
/// none in a fresh profile.
async fn one_window_acts(kind: Kind) -> Result<()> {
    let town = town::found(&town::manifest()?)?;
    let driver = Driver::of(kind)?;
    let first = desk(&driver, &town, 1).await?;
    let words = first.make().await?;
    first.answer(&words).await?;
    first.act("Put your part on the board").await?;
    first.sees("Waiting for the others").await?;
    for trustee in [2, 3] {
        town.town.new_trustee(trustee)?;
    }

    // A second window of the same browser: it takes over, and the first one stops.
    // No tab: one that is behind another is hidden, and a hidden page does not look at the board.
    let other = first.browser.client().new_window(false).await?;
    first.browser.client().switch_to_window(other.handle).await?;
    let invitation = format!("{}#trustee=1&token={}", town.page(), town.town.trustee_token(1)?);
    first.browser.goto(&invitation).await?;
    first.come_back(&words).await?;
    first.browser.says("Another tab of this browser acts for you at this moment").await?;
    first.browser.click("veche-trustee-door [role=alert] button").await?;
    first.sees("Hand out the pieces").await?;
    other_window(&first.browser).await?;
    // Whether it waits or offers the same step: it hears of it when it is to do anything.
    let goes_on = "document.querySelector('veche-trustee-desk .next-step :is(.primary, .link)')?.click()";
    first.browser.run(goes_on, vec![]).await?;
    first.browser.says("You went on in another tab").await?;
    other_window(&first.browser).await?;
    first.act("Hand out the pieces").await?;
    for trustee in [2, 3] {
        town.town.trustee_step("deal", trustee)?;
    }
    first.sees("Compare, then confirm").await?;
    first.browser.click("veche-trustee-desk label.row-choice").await?;
    first.act("Compare, then confirm").await?;
    for trustee in [2, 3] {
        town.town.confirm(trustee)?;
    }
    town.town.organiser("rehearse")?;

    // A fresh profile with the words is told what it can still do, and the one that remembers agrees.
    let second = desk(&driver, &town, 1).await?;
    second.come_back(&words).await?;
    second.sees("The others are too few").await?;
    second.browser.says("This browser does not remember what you signed with these words").await?;
    second.browser.says("before the vote opens, it can be prepared anew").await?;
    first.act("Rehearsal: agree").await?;
    first.sees("Waiting for the others").await?;
    Ok(())
}

/// Sets a second machine of a trustee up from the words, at a terminal. What it says.
fn recovered_at_a_terminal(town: &TestTown, trustee: u8, words: &str, machine: &str) -> Result<String> {
    let line = format!("{trustee} {}\n", town.town.trustee_token(trustee)?);
    std::fs::write(town.town.folder.join(format!("token-{trustee}")), line)?;
    let folder = town.town.folder.join(machine);
    let mut recover = town.town.trustee_at("recover", trustee, &folder);
    let mut process = recover.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    writeln!(process.stdin.take().context("no input")?, "{words}")?;
    let output = process.wait_with_output()?;
    ensure!(output.status.success(), "the words were refused");
    Ok(String::from_utf8(output.stdout)?)
}
