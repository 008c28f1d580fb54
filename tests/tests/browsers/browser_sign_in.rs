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
#[ignore = "takes long: `cargo xtask test --all` does it"]
async fn reloads_while_signing_in_lose_nothing() -> Result<()> {
    let town = town::open(&town::one_other()?)?;
    let driver = Driver::start()?;
    let voter = Booth::enter(driver.open().await?, &town.page()).await?;
    let browser = &voter.browser;
    // A number that is typed and not sent, half of it too.
    browser.fill("veche-phone-form input[name=tel]", &PHONE[..9]).await?;
    voter.reload().await?;
    let field = browser.see("veche-phone-form input[name=tel]").await?;
    assert_eq!(field.prop("value").await?.as_deref(), Some(&PHONE[..9]));
    field.send_keys(&PHONE[9..]).await?;
    voter.reload().await?;
    browser.says("Your number: +44\u{a0}770\u{a0}090\u{a0}0123").await?;
    browser.click("veche-phone-form button.primary").await?;
    browser.see("veche-code input").await?;
    let first = town.town.ballot_box.next_code()?;
    voter.reload().await?;
    browser.see("veche-code input").await?;
    browser.says("+44\u{a0}770\u{a0}090\u{a0}0123").await?;
    // Whoever sees a wrong digit in it corrects that one.
    browser.click("veche-code a[href='#phone']").await?;
    let field = browser.see("veche-phone veche-phone-form input[name=tel]").await?;
    assert_eq!(field.prop("value").await?.as_deref(), Some(PHONE));
    browser.run("history.back()", vec![]).await?;
    browser.see("veche-code input").await?;
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
    assert_eq!(typed.as_ref(), Some(&code), "of the message the code stays in sight");
    // What was said of a wrong code is not said of the next one.
    browser.fill("veche-code input", &code[..5]).await?;
    browser.click("veche-code button.primary").await?;
    browser.see("veche-code input[aria-invalid]").await?;
    browser.see("veche-code .trouble").await?;
    browser.fill("veche-code input", &code).await?;
    browser.see("veche-code input:not([aria-invalid])").await?;
    let gone = "return document.querySelector('veche-code .trouble') === null";
    assert_eq!(browser.run(gone, vec![]).await?, json!(true));
    browser.look("sign-in-code").await?;
    browser.click("veche-code button.primary").await?;

    browser.see("veche-district button[value=north]").await?;
    voter.reload().await?;
    browser.see("veche-district button[value=north]").await?;
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
    browser.click("veche-district a.secondary").await?;
    browser.see("veche-district button[value=south]:focus").await?;
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
#[ignore = "takes long: `cargo xtask test --all` does it"]
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

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: `cargo xtask test --all` does it"]
async fn going_back_while_signing_in_loses_nothing() -> Result<()> {
    let town = town::open(&town::manifest()?)?;
    let driver = Driver::start()?;
    let voter = Booth::enter(driver.open().await?, &town.page()).await?;
    let browser = &voter.browser;
    // From the code, which is on its way.
    browser.fill("veche-phone-form input[name=tel]", PHONE).await?;
    browser.click("veche-phone-form button.primary").await?;
    browser.see("veche-code input").await?;
    browser.client().back().await?;
    browser.look("sign-in-back-from-the-code").await?;
    browser.fits().await?;
    browser.click("veche-welcome a[href='#code']").await?;
    browser.fill("veche-code input", &town.town.ballot_box.next_code()?).await?;
    browser.click("veche-code button.primary").await?;

    // From the question, by the browser's own button and by the page's.
    for back in ["", "veche-frame a.frame-back"] {
        browser.click("veche-district button[value=south]").await?;
        browser.says("Your district: The south").await?;
        if back.is_empty() {
            browser.client().back().await?;
        } else {
            browser.click(back).await?;
        }
        browser.see("veche-district button[value=south]:focus").await?;
    }

    // Out of the list, as far as the first page.
    browser.client().back().await?;
    browser.client().back().await?;
    browser.client().back().await?;
    browser.says("You are signed in").await?;
    browser.client().back().await?;
    browser.click("veche-welcome a[href='#code']").await?;
    browser.click("veche-code button.primary").await?;
    voter.live_in("north").await?;
    voter.tick("well").await?;

    // Once the district is said there is no way back into the question, and none out of having signed in.
    browser.client().back().await?;
    browser.see("veche-choose veche-option").await?;
    assert_eq!(voter.ticked().await?, ["well"]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: `cargo xtask test --all` does it"]
async fn a_code_that_was_guessed_at_too_often_is_said_to_be_used_up() -> Result<()> {
    let town = town::open(&town::manifest()?)?;
    let driver = Driver::start()?;
    let voter = Booth::enter(driver.open().await?, &town.page()).await?;
    let browser = &voter.browser;
    browser.fill("veche-phone-form input[name=tel]", PHONE).await?;
    browser.click("veche-phone-form button.primary").await?;
    browser.see("veche-code input").await?;
    let code = town.town.ballot_box.next_code()?;
    let wrong = if code.starts_with('1') { "222222" } else { "111111" };
    for said in [
        "You can try 4 more times with this code.",
        "You can try 3 more times with this code.",
        "You can try 2 more times with this code.",
        "You can try 1 more time with this code.",
        "This code can no longer be used. Please ask for a new one.",
    ] {
        browser.fill("veche-code input", wrong).await?;
        browser.click("veche-code button.primary").await?;
        browser.says(said).await?;
    }
    let text = browser.text().await?;
    ensure!(!text.contains("You can try"), "{text}");
    browser.look("sign-in-code-used-up").await?;
    browser.fits().await?;
    // Neither can the right one; a new one can.
    browser.fill("veche-code input", &code).await?;
    browser.click("veche-code button.primary").await?;
    browser.says("This code can no longer be used.").await?;
    town.wait_for_resend().await;
    browser.click("veche-code .after-form button").await?;
    browser.fill("veche-code input", &town.town.ballot_box.next_code()?).await?;
    browser.click("veche-code button.primary").await?;
    browser.see("veche-district").await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: `cargo xtask test --all` does it"]
async fn whoever_takes_over_where_a_vote_cannot_be_changed_is_told_before_and_not_let_vote_twice()
-> Result<()> {
    let mut manifest = town::manifest()?;
    manifest["revote"] = json!(false);
    let town = town::open(&manifest)?;
    let driver = Driver::start()?;
    let vote = async |voter: &Booth, option: &str| {
        voter.tick(option).await?;
        voter.next().await?;
        let code = voter.seal().await?;
        voter.cast(&code).await
    };
    let first = Booth::enter(driver.open().await?, &town.page()).await?;
    first.sign_in(&town.town.ballot_box, PHONE).await?;
    first.live_in("south").await?;
    first.browser.see("veche-choose").await?;

    // Begun there and not cast: this browser can vote.
    let second = Booth::enter(driver.open().await?, &town.page()).await?;
    town.wait_for_resend().await;
    second.sign_in(&town.town.ballot_box, PHONE).await?;
    let told = "If you cast a ballot there, it counts, and it cannot be changed.";
    second.browser.says(told).await?;
    second.browser.look("takeover-final").await?;
    second.browser.fits().await?;
    second.browser.click("veche-takeover button.primary").await?;
    vote(&second, "lawn").await?;

    // Cast there: this one says so, wherever its voter goes.
    let third = Booth::enter(driver.open().await?, &town.page()).await?;
    town.wait_for_resend().await;
    third.sign_in(&town.town.ballot_box, PHONE).await?;
    third.browser.says(told).await?;
    third.browser.click("veche-takeover button.primary").await?;
    let voted = "you have voted with another browser";
    third.browser.says(voted).await?;
    third.browser.look("takeover-final-voted").await?;
    third.browser.fits().await?;
    for page in ["", "#choose", "#review"] {
        third.browser.goto("about:blank").await?;
        third.browser.goto(&format!("{}{page}", town.page())).await?;
        third.browser.says(voted).await?;
        let on = "return document.querySelectorAll('main .primary, main a[href=\"#choose\"]').length";
        assert_eq!(third.browser.run(on, vec![]).await?, 0, "{page}");
    }
    third.browser.look("takeover-final-welcome").await?;
    let result = town.count()?;
    assert_eq!(town::total(&result, "square", "lawn")?, 1);
    Ok(())
}
