//! Two people with one phone and one device: the roll tells them apart by a mark, each votes once, and both count.

use anyhow::Result;
use serde_json::json;
use std::process::Command;
use veche_tests::booth::Booth;
use veche_tests::browser::{Browser, Driver};
use veche_tests::town::{self, TestTown, total};
use veche_xtask::process::read;

const PHONE: &str = "+447700900123";

/// A town whose roll has two people of the south with this phone.
fn open() -> Result<TestTown> {
    let mut manifest = town::manifest()?;
    manifest["registration"] = json!("roll");
    let town = town::open(&manifest)?;
    let roll = town.town.folder.join("roll.csv");
    std::fs::write(&roll, format!("phone,style,Year of birth\n{PHONE},south,1953\n{PHONE},south,1951\n"))?;
    let mut replace = Command::new(&town.town.programs.server);
    replace.args(["roll", "replace", "--operator", "Ewa", "--reason", "for a test", "--data"]);
    read(replace.arg(town.town.folder.join("box")).arg(&roll))?;
    Ok(town)
}

async fn mark(browser: &Browser, mark: &str) -> Result<()> {
    browser.fill("veche-mark input", mark).await?;
    browser.click("veche-mark button.primary").await
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_of_one_phone_vote_each_and_both_count() -> Result<()> {
    let town = open()?;
    let driver = Driver::start()?;
    let voter = Booth::enter(driver.open().await?, &town.page()).await?;
    let browser = &voter.browser;
    voter.sign_in(&town.town.ballot_box, PHONE).await?;

    browser.see("veche-mark input").await?;
    browser.says("Several people vote with this phone.").await?;
    // The field is called what the town has written above the column, which a screen reader says with the sentence.
    let names = "const input = document.querySelector('veche-mark input');
        return [input.labels[0].textContent, document.activeElement.textContent,
            input.getAttribute('aria-describedby').split(' ').map((id) => document.getElementById(id) !== null)]";
    assert_eq!(browser.run(names, vec![]).await?, json!(["Year of birth", "Who is voting?", [true, true]]));
    browser.look("sign-in-mark").await?;
    browser.fits().await?;
    browser.speak("ar").await?;
    browser.picture("sign-in-mark-ar").await?;
    browser.speak("en").await?;

    // A third one is nobody; a reload asks again, and for no other code.
    mark(browser, "1999").await?;
    browser.says("Nobody who votes with this phone is known by this.").await?;
    let focus = "return document.activeElement.matches('veche-mark input[aria-invalid=true]')";
    assert_eq!(browser.run(focus, vec![]).await?, json!(true));
    browser.accessible().await?;
    browser.picture("sign-in-mark-wrong").await?;
    voter.reload().await?;
    // Without a mouse.
    let field = browser.see("veche-mark input").await?;
    field.send_keys("1953\u{e007}").await?;
    voter.tick("lawn").await?;
    voter.next().await?;
    let code = voter.seal().await?;
    voter.cast(&code).await?;

    // The other one, on the same device.
    browser.click("veche-receipt > .actions button.link").await?;
    voter.sign_in(&town.town.ballot_box, PHONE).await?;
    mark(browser, "1951").await?;
    voter.tick("lawn").await?;
    voter.next().await?;
    let code = voter.seal().await?;
    voter.cast(&code).await?;

    // The first one again, on another device, is the first one: it takes that vote over and is no third voter.
    let again = Booth::enter(driver.open().await?, &town.page()).await?;
    again.sign_in(&town.town.ballot_box, PHONE).await?;
    mark(&again.browser, "1953").await?;
    again.browser.click("veche-takeover button.primary").await?;
    again.tick("lawn").await?;
    again.next().await?;
    let code = again.seal().await?;
    again.cast(&code).await?;
    assert_eq!(total(&town.count()?, "square", "lawn")?, 2);
    Ok(())
}
