//! Signing in: a whole message that is pasted, reloads that lose nothing, the district that is asked for once more, and
//! what is left on a device that others use, too.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use veche_tests::booth::Booth;
use veche_tests::browser::{Browser, Driver};
use veche_tests::town;

const PHONE: &str = "+447700900123";

/// What this tab keeps, as text.
async fn kept_in_tab(browser: &Browser) -> Result<String> {
    let kept = browser.run("return JSON.stringify({ ...sessionStorage })", vec![]).await?;
    kept.as_str().map(str::to_owned).context("no text")
}

/// What is said of the screen that has the focus.
async fn focused(browser: &Browser) -> Result<Value> {
    browser.run("return document.activeElement.textContent", vec![]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn reloads_while_signing_in_lose_nothing() -> Result<()> {
    let town = town::open(&town::one_other()?)?;
    let driver = Driver::start()?;
    let voter = Booth::enter(driver.open().await?, &town.page()).await?;
    let browser = &voter.browser;
    browser.fill("veche-phone-form input[name=tel]", PHONE).await?;
    browser.click("veche-phone-form button.primary").await?;
    browser.see("veche-code input").await?;
    let first = town.town.ballot_box.next_code()?;
    voter.reload().await?;
    browser.see("veche-code input").await?;
    browser.says("+44\u{a0}770\u{a0}090\u{a0}0123").await?;
    // The number is still known: another code goes to it.
    town.wait_for_resend().await;
    browser.click("veche-code .after-form button").await?;
    let code = town.town.ballot_box.next_code()?;
    ensure!(code != first, "another code was sent");
    // At once, as from the clipboard.
    let message = format!("Vote 2026: {code} is your code. Help: +48 22 123 45 67");
    browser.click("veche-code input").await?;
    browser.devtools("Input.insertText", json!({ "text": message })).await?;
    let typed = browser.see("veche-code input").await?.prop("value").await?;
    assert_eq!(typed, Some(code), "of the message the code stays in sight");
    browser.look("sign-in-code").await?;
    browser.click("veche-code button.primary").await?;

    browser.see("veche-district button[value=north]").await?;
    voter.reload().await?;
    browser.look("sign-in-district").await?;
    browser.click("veche-district button[value=south]").await?;
    browser.says("Your district: ").await?;
    browser.says("It cannot be changed later in this vote.").await?;
    assert_eq!(focused(browser).await?, json!("Your district: The south"));
    voter.reload().await?;
    browser.says("Your district: The south").await?;
    browser.look("sign-in-district-asked").await?;
    browser.fits().await?;
    // A finger slipped: nothing was said yet.
    browser.click("veche-district button.secondary").await?;
    assert_eq!(focused(browser).await?, json!("The south"));
    voter.live_in("north").await?;

    browser.click("veche-extra label:has(input[value=east])").await?;
    voter.reload().await?;
    browser.see("veche-extra input[value=east]:checked").await?;
    browser.click("veche-extra button.primary").await?;
    browser.see("veche-choose veche-option").await?;

    // Whoever changes the mind after a reload is still signed in, and gives the device to the next with nothing left.
    voter.reload().await?;
    browser.click("veche-frame a.frame-back").await?;
    voter.also_vote_in("").await?;
    voter.tick("well").await?;
    ensure!(kept_in_tab(browser).await?.contains("token"), "the search below can find what is kept");
    voter.next().await?;
    let code = voter.seal().await?;
    voter.cast(&code).await?;
    browser.click("veche-receipt > .actions button.link").await?;
    browser.see("veche-phone-form").await?;
    assert_eq!(kept_in_tab(browser).await?, "{}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_was_used_is_not_asked_for_again_when_registering_failed() -> Result<()> {
    let mut undivided = town::manifest()?;
    undivided["styles"] = json!([undivided["styles"][1]]);
    undivided["contests"] = json!([undivided["contests"][1]]);
    let town = town::open(&undivided)?;
    let driver = Driver::start()?;
    let voter = Booth::enter(driver.open().await?, &town.page()).await?;
    let browser = &voter.browser;
    browser.devtools("Network.enable", json!({})).await?;
    browser.devtools("Network.setBlockedURLs", json!({ "urls": ["*/v1/credential"] })).await?;
    voter.sign_in(&town.town.ballot_box, PHONE).await?;
    browser.see("veche-code .trouble").await?;
    browser.devtools("Network.setBlockedURLs", json!({ "urls": [] })).await?;
    voter.reload().await?;
    browser.says("You are signed in").await?;
    browser.look("sign-in-signed-in").await?;
    browser.click("veche-code button.primary").await?;
    browser.see("veche-choose veche-option").await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_for_a_code_signs_in_as_themself_and_not_as_who_was_here_before() -> Result<()> {
    let town = town::open(&town::manifest()?)?;
    let driver = Driver::start()?;
    let voter = Booth::enter(driver.open().await?, &town.page()).await?;
    let browser = &voter.browser;
    voter.sign_in(&town.town.ballot_box, PHONE).await?;
    browser.see("veche-district").await?;
    let first = kept_in_tab(browser).await?;
    browser.click("veche-frame a.frame-back").await?;
    voter.sign_in(&town.town.ballot_box, "+447700900124").await?;
    browser.see("veche-district").await?;
    let second = kept_in_tab(browser).await?;
    let who = |kept: &str| kept.split("pseudonym").nth(1).and_then(|rest| rest.get(..40)).map(str::to_owned);
    ensure!(who(&first).is_some() && who(&first) != who(&second), "{first}\n{second}");
    Ok(())
}
