//! The site in every language: a vote from welcome to receipt, and what fits on a narrow phone.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use veche_tests::booth::Booth;
use veche_tests::browser::{Browser, Driver};
use veche_tests::town::{self, TestTown};
use veche_xtask::workspace::root;

const PHONE: &str = "+447700900501";

/// The texts of a file of a language.
fn messages(language: &str, file: &str) -> Result<Value> {
    let path = root().join(format!("www/app/messages/{language}/{file}.json"));
    Ok(serde_json::from_slice(&std::fs::read(&path).with_context(|| path.display().to_string())?)?)
}

fn message(language: &str, file: &str, key: &str) -> Result<String> {
    let messages = messages(language, file)?;
    Ok(messages[key].as_str().with_context(|| format!("{key} in {language}"))?.to_owned())
}

/// The languages that are offered, as the page says.
async fn offered(browser: &Browser) -> Result<Vec<String>> {
    browser.see("veche-frame main h1").await?;
    let script = "return [...document.querySelectorAll('#language option')].map(({ value }) => value)";
    Ok(serde_json::from_value(browser.run(script, vec![]).await?)?)
}

/// The heading is what this language calls the screen, and the page is written as the language is.
async fn reads(browser: &Browser, language: &str, file: &str, key: &str) -> Result<()> {
    browser.says(&message(language, file, key)?).await?;
    let direction = browser.run("return document.documentElement.dir", vec![]).await?;
    ensure!(direction == if language == "ar" { "rtl" } else { "ltr" }, "{language} is written {direction}");
    Ok(())
}

/// Where the groups of the confirmation code stand: those of a line one after the other, from the left to the right.
async fn code_is_not_mirrored(browser: &Browser) -> Result<()> {
    let script = "const groups = [...document.querySelectorAll('main .code-groups')]
            .find((one) => one.offsetParent)?.children ?? [];
        const places = [...groups].map((group) => group.getBoundingClientRect());
        return places.length === 5 && places.every(({ left, top, right }, at) =>
            left >= 0 && right <= innerWidth && (at === 0 || top > places[at - 1].top + 1 || left > places[at - 1].left))";
    ensure!(browser.run(script, vec![]).await? == json!(true), "the code is mirrored, or beyond the screen");
    Ok(())
}

/// The languages of which the page has asked for texts.
async fn texts_asked_for(browser: &Browser) -> Result<Vec<String>> {
    let script = "return performance.getEntriesByType('resource')
        .map(({ name }) => /\\/assets\\/voter-([a-z]{2})\\W.*json$/.exec(name)?.[1]).filter(Boolean)";
    Ok(serde_json::from_value(browser.run(script, vec![]).await?)?)
}

/// A vote from welcome to receipt in one language, and a reload that still speaks it.
async fn vote_in(town: &TestTown, driver: &Driver, language: &str, phone: &str) -> Result<()> {
    let voter = Booth::enter(driver.open().await?, &town.page()).await?;
    let browser = &voter.browser;
    browser.speak(language).await?;
    reads(browser, language, "booth", "welcome.open").await?;
    browser.small_phone().await?;
    browser.shot(&format!("{language}-welcome")).await?;
    voter.sign_in(&town.town.ballot_box, phone).await?;
    voter.live_in("south").await?;
    browser.see("veche-choose veche-option").await?;
    browser.small_phone().await?;
    browser.shot(&format!("{language}-choose")).await?;
    voter.tick("lawn").await?;
    // The town has written in English alone: its words say so.
    let script = "const { lang, dir } = document.querySelector('main h1 span'); return [lang, dir]";
    ensure!(browser.run(script, vec![]).await? == json!(["en", "auto"]), "the town's words have no language");
    voter.next().await?;
    let code = voter.seal().await?;
    reads(browser, language, "booth", "last.not-voted").await?;
    code_is_not_mirrored(browser).await?;
    browser.small_phone().await?;
    browser.shot(&format!("{language}-review")).await?;
    browser.accessible().await?;
    voter.cast(&code).await?;
    reads(browser, language, "receipt", "receipt.title").await?;
    code_is_not_mirrored(browser).await?;
    browser.small_phone().await?;
    browser.shot(&format!("{language}-receipt")).await?;
    browser.accessible().await?;
    voter.return_to_start().await?;
    reads(browser, language, "booth", "welcome.look-up").await?;
    let asked = texts_asked_for(browser).await?;
    ensure!(asked == [language], "texts of {asked:?} were loaded");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vote_in_polish_and_one_in_arabic_from_welcome_to_receipt() -> Result<()> {
    let town = town::open(&town::manifest()?)?;
    let driver = Driver::start()?;
    vote_in(&town, &driver, "pl", PHONE).await?;
    vote_in(&town, &driver, "ar", "+447700900502").await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: `cargo xtask test --all` does it"]
async fn a_language_that_is_chosen_while_the_page_opens_is_what_it_speaks() -> Result<()> {
    let town = town::open(&town::manifest()?)?;
    let driver = Driver::start()?;
    let browser = driver.open().await?;
    // Whenever the reader is quick enough to choose: before the texts are there, while they come, and after.
    let choose = "const [delay] = [DELAY];
        addEventListener('DOMContentLoaded', () => setTimeout(() => {
            const select = document.querySelector('#language');
            select.value = 'pl';
            select.dispatchEvent(new Event('change', { bubbles: true }));
        }, delay));
        try { localStorage.clear(); } catch {}";
    for delay in (0..240).step_by(15) {
        let source = choose.replace("DELAY", &delay.to_string());
        let script =
            browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": source })).await?;
        browser.goto("about:blank").await?;
        browser.goto(&town.page()).await?;
        browser.devtools("Page.removeScriptToEvaluateOnNewDocument", script).await?;
        reads(&browser, "pl", "booth", "welcome.open")
            .await
            .with_context(|| format!("{delay} ms after the page was there"))?;
    }
    browser.close().await
}

/// Looks at the screen in every language. The words that are typed meanwhile stay.
async fn fits_in_all(browser: &Browser, languages: &[String], tall: &mut [(String, u64)]) -> Result<()> {
    for (language, sum) in languages.iter().zip(tall) {
        browser.speak(language).await?;
        browser.see("main h1").await?;
        let screen = browser.run("return document.querySelector('main').className", vec![]).await?;
        browser.fits().await.with_context(|| format!("{screen} in {}", sum.0))?;
        let height = browser.run("return document.documentElement.scrollHeight", vec![]).await?;
        sum.1 += height.as_u64().unwrap_or(0);
    }
    browser.speak("en").await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_screen_fits_in_every_language_and_nothing_typed_is_lost() -> Result<()> {
    let town = town::open(&town::manifest()?)?;
    let driver = Driver::start()?;
    let voter = Booth::enter(driver.open().await?, &town.page()).await?;
    let browser = &voter.browser;
    let languages = offered(browser).await?;
    let mut heights: Vec<(String, u64)> = languages.iter().map(|language| (language.clone(), 0)).collect();
    let tall = &mut heights;
    browser.fill("veche-phone-form input[name=tel]", PHONE).await?;
    fits_in_all(browser, &languages, tall).await?;
    let typed = "return document.querySelector('main form input').value";
    assert_eq!(browser.run(typed, vec![]).await?, json!(PHONE));
    browser.click("veche-phone-form button.primary").await?;
    browser.fill("veche-code input", "12").await?;
    fits_in_all(browser, &languages, tall).await?;
    assert_eq!(browser.run(typed, vec![]).await?, json!("12"));
    let code = town.town.ballot_box.next_code()?;
    browser.fill("veche-code input", &code).await?;
    browser.click("veche-code button.primary").await?;
    browser.see("veche-district").await?;
    fits_in_all(browser, &languages, tall).await?;
    voter.live_in("south").await?;
    voter.tick("lawn").await?;
    fits_in_all(browser, &languages, tall).await?;
    assert_eq!(voter.ticked().await?, ["lawn"]);
    voter.next().await?;
    let code = voter.seal().await?;
    fits_in_all(browser, &languages, tall).await?;
    assert_eq!(voter.seal().await?, code);
    voter.cast(&code).await?;
    fits_in_all(browser, &languages, tall).await?;
    for place in ["#mine", "#welcome", "#results", "#verify", "#find", "#trustee"] {
        browser.goto(&format!("{}{place}", town.page())).await?;
        browser.see("veche-frame main h1").await?;
        fits_in_all(browser, &languages, tall).await.with_context(|| place.to_owned())?;
    }
    heights.sort_by_key(|(_, height)| std::cmp::Reverse(*height));
    eprintln!("all screens one above the other, in pixels: {heights:?}");
    Ok(())
}
