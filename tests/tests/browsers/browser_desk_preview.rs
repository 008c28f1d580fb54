//! The desk's page of the preview: made with one button, every ballot in a tab of its own, and the practice vote.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use fantoccini::key::Key;
use serde_json::{Value, json};
use veche_tests::browser::{Browser, Driver};
use veche_tests::organiser::RunningDesk;
use veche_tests::{sheet_town, town};
use veche_xtask::process::read;

/// Goes to a link's address in this tab. It opens in one of its own.
async fn follow(browser: &Browser, selector: &str) -> Result<()> {
    browser.see(selector).await?;
    let script = "const link = document.querySelector(arguments[0]);
        return link.target === '_blank' && link.rel === 'noopener' ? link.href : null";
    let address = browser.run(script, vec![selector.into()]).await?;
    browser.goto(address.as_str().context("the link stays in this tab")?).await
}

/// Types a moment into a field that browsers make of one.
async fn moment(browser: &Browser, name: &str, value: &str) -> Result<()> {
    let script = "document.querySelector(`input[name=${arguments[0]}]`).value = arguments[1]";
    browser.run(script, vec![name.into(), value.into()]).await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: `cargo xtask test --all` does it"]
async fn a_clerk_makes_the_preview_and_a_practice_vote() -> Result<()> {
    let scratch = tempfile::tempdir()?;
    let folder = scratch.path().join("vote");
    let desk = RunningDesk::start(&folder)?;
    let driver = Driver::start()?;
    let (browser, _) = desk.enter(&driver).await?;
    browser.click("a[href='#desk/preview']").await?;
    browser.says("There is no manifest in the folder yet").await?;

    let sheet = scratch.path().join("town.xlsx");
    std::fs::write(&sheet, sheet_town::workbook(2099)?)?;
    let mut describe = std::process::Command::new(&town::built()?.veche);
    read(describe.arg("describe").arg(&sheet).arg("--out").arg(folder.join("manifest.json")))?;
    browser.client().refresh().await?;
    browser.see("veche-desk-preview form").await?;
    browser.look("desk-preview-1-before").await?;

    // With the keyboard alone.
    let script = "const active = document.activeElement;
        return active?.localName === 'button' && active.textContent === 'Make the preview'";
    let mut reached = false;
    for _ in 0..40 {
        browser.client().active_element().await?.send_keys(&Key::Tab.to_string()).await?;
        reached = browser.run(script, vec![]).await? == true;
        if reached {
            break;
        }
    }
    ensure!(reached, "no key leads to the button");
    browser.client().active_element().await?.send_keys(&Key::Enter.to_string()).await?;
    browser.see("veche-desk-preview table").await?;
    let cells =
        browser.run("return document.querySelectorAll('veche-desk-preview td').length", vec![]).await?;
    ensure!(cells == json!(22), "{cells} ballots are linked");
    browser.look("desk-preview-2-made").await?;
    browser.fits().await?;

    // Hours by the town's clock; a practice vote that runs into the vote is refused in a sentence.
    browser.click("veche-desk-preview form button").await?;
    browser.says("Please enter the day and the hour of both").await?;
    moment(&browser, "opens", "2099-05-20T08:00").await?;
    moment(&browser, "closes", "2099-06-20T20:00").await?;
    browser.click("veche-desk-preview form button").await?;
    browser.says("people would take one for the other").await?;
    moment(&browser, "closes", "2099-05-24T20:00").await?;
    browser.click("veche-desk-preview form button").await?;
    browser.says("There is a practice vote in the folder").await?;
    let practice: Value = serde_json::from_slice(&std::fs::read(folder.join("practice.json"))?)?;
    ensure!(practice["phase"] == "rehearsal" && practice["opens"] == "2099-05-20T06:00:00Z", "{practice}");
    browser.look("desk-preview-3-practice").await?;

    for language in ["ru", "pl", "es", "fr", "de", "ar"] {
        browser.speak(language).await?;
        browser.see("veche-desk-preview table").await?;
        browser.accessible().await?;
        browser.fits().await?;
    }
    browser.picture("desk-preview-4-arabic").await?;
    browser.speak("en").await?;

    // A file from before stands for nothing: the page says so.
    let began = Instant::now();
    let manifest = std::fs::read_to_string(folder.join("manifest.json"))?;
    std::fs::write(folder.join("manifest.json"), manifest.replace("A playground", "A playing field"))?;
    browser.client().refresh().await?;
    browser.says("The manifest has changed since this preview was made").await?;
    browser.click("veche-desk-preview .actions button.primary").await?;
    while !std::fs::read_to_string(folder.join("preview/en/proof.html"))?.contains("A playing field") {
        ensure!(began.elapsed() < Duration::from_secs(30), "the preview is not made again");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }

    follow(&browser, "veche-desk-preview a[href*='pages/?lang=pl#ballot/D03']").await?;
    browser.says("Podgląd – to nie jest głosowanie").await?;
    browser.see("veche-extra").await?;
    browser.client().back().await?;
    follow(&browser, "veche-desk-preview a[href$='/preview/en/proof.html']").await?;
    browser.says("Read and approved").await?;
    browser.picture("desk-preview-5-proof").await?;
    Ok(())
}
