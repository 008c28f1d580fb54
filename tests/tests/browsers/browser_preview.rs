//! A preview in a real browser: every district's ballot on the voters' own screens, in each language, with the mark
//! across it, and nothing that is sent, sealed or cast.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;
use veche_tests::browser::{Browser, Driver};
use veche_tests::host::Host;
use veche_tests::{sheet_town, town};
use veche_xtask::process::read;
use veche_xtask::site::Dist;

/// What is written across the page, as far as it can be seen.
const MARK: &str = "
    const over = document.querySelector('veche-preview-mark .watermark');
    if (!over) return null;
    const { position, pointerEvents, backgroundImage, display, visibility } = getComputedStyle(over);
    const { top, left, right, bottom } = over.getBoundingClientRect();
    const whole = top <= 0 && left <= 0 && right >= innerWidth && bottom >= innerHeight;
    const seen = position === 'fixed' && display !== 'none' && visibility === 'visible' && whole;
    return { mark: over.dataset.mark, seen, through: pointerEvents === 'none',
        drawn: decodeURIComponent(backgroundImage).includes(over.dataset.mark) };";

/// Everything that the page has asked for, and anybody's ballot that it has kept.
const ASKED: &str = "return performance.getEntriesByType('resource').map(({ name }) => name)";

/// Counts what is posted, from before the first script.
const WATCH: &str = "
    window.posted = [];
    const real = fetch;
    window.fetch = (target, options) => {
        if (options?.method && options.method !== 'GET') window.posted.push(String(target?.url ?? target));
        return real(target, options);
    };";

/// A preview of the made-up town's spreadsheet, behind a host of static files.
fn previewed(folder: &Path) -> Result<Host> {
    let programs = town::built()?;
    let (sheet, manifest) = (folder.join("town.xlsx"), folder.join("manifest.json"));
    std::fs::write(&sheet, sheet_town::workbook(2099)?)?;
    read(Command::new(&programs.veche).arg("describe").arg(&sheet).arg("--out").arg(&manifest))?;
    let out = folder.join("preview");
    let dist = Dist::lock()?;
    let mut preview = Command::new(&programs.veche);
    preview.arg("preview").arg(&manifest).arg("--out").arg(&out).arg("--site").arg(&dist.folder);
    let said = read(&mut preview)?;
    ensure!(said.contains("on the screen    pages/"), "{said}");
    Host::of(&out)
}

async fn marked(browser: &Browser, mark: &str) -> Result<()> {
    browser.says(mark).await?;
    let found = browser.run(MARK, vec![]).await?;
    ensure!(
        found == json!({ "mark": mark, "seen": true, "through": true, "drawn": true }),
        "{mark}: {found}"
    );
    Ok(())
}

async fn anew(browser: &Browser, address: &str) -> Result<()> {
    browser.goto("about:blank").await?;
    browser.goto(address).await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: `cargo xtask test --all` does it"]
async fn every_districts_ballot_is_seen_marked_and_none_is_cast() -> Result<()> {
    const ENGLISH: &str = "Preview – not a vote";
    let scratch = tempfile::tempdir()?;
    let host = previewed(scratch.path())?;
    let driver = Driver::start()?;
    let browser = driver.open().await?;
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": WATCH })).await?;

    // From the first page to a ballot, as somebody goes whom the folder was passed to.
    browser.goto(&host.address).await?;
    browser.see("a[href='pages/?lang=en#ballot/D02']").await?;
    browser.look("preview-1-index").await?;
    browser.click("a[href='pages/?lang=en#ballot/D02']").await?;
    browser.see("veche-extra").await?;
    marked(&browser, ENGLISH).await?;
    browser.look("preview-2-extra").await?;
    browser.click("veche-extra label:has(input[value=''])").await?;
    browser.click("veche-extra button.primary").await?;
    browser.says("Whole town").await?;
    marked(&browser, ENGLISH).await?;
    browser.look("preview-3-choose").await?;
    for _ in 0..2 {
        browser.click("veche-choose veche-option label").await?;
        browser.click("veche-choice-bar button.primary").await?;
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    }
    browser.see("veche-review button.primary").await?;
    marked(&browser, ENGLISH).await?;
    browser.look("preview-4-review").await?;
    // No code of a sealed ballot, for none was sealed.
    ensure!(browser.run("return document.querySelector('.code-groups')", vec![]).await? == Value::Null);
    browser.click("veche-review button.primary").await?;
    browser.says("The preview ends here").await?;
    marked(&browser, ENGLISH).await?;
    browser.look("preview-5-end").await?;

    // Every other ballot.
    browser.click("veche-preview-end a[href='#ballots']").await?;
    browser.see("veche-preview-ballots a.row-choice").await?;
    browser.look("preview-6-ballots").await?;
    browser.fits().await?;
    for (code, _, name, ..) in sheet_town::DISTRICTS {
        anew(&browser, &format!("{}/pages/?lang=en#ballot/{code}", host.address)).await?;
        browser.click("veche-extra label:has(input[value=''])").await?;
        browser.click("veche-extra button.primary").await?;
        browser.click("veche-choice-bar button.primary").await.context(name)?;
        marked(&browser, ENGLISH).await?;
    }

    // What the announcement says of an election is not said of a preview, and no page of a running vote opens.
    anew(&browser, &format!("{}/pages/?lang=en", host.address)).await?;
    browser.see("veche-preview-mark strong").await?;
    let untrue = "return document.querySelectorAll('veche-check-line, .fingerprint').length";
    ensure!(browser.run(untrue, vec![]).await? == json!(0));
    browser.look("preview-7-welcome").await?;
    browser.click("a[href='#find']").await?;
    browser.says("This page comes with the vote").await?;
    // A page that is no ballot's, by an address that somebody types.
    anew(&browser, &format!("{}/pages/?lang=en#results", host.address)).await?;
    marked(&browser, ENGLISH).await?;
    // A number is typed by somebody who has not looked at a ballot yet, and goes nowhere.
    browser.run("sessionStorage.clear()", vec![]).await?;
    anew(&browser, &format!("{}/pages/?lang=en", host.address)).await?;
    browser.fill("veche-phone-form input[name=tel]", "600 700 800").await?;
    browser.click("veche-phone-form button.primary").await?;
    browser.see("veche-preview-ballots").await?;
    ensure!(browser.run("return window.posted", vec![]).await? == json!([]), "something was posted");
    let asked = browser.run(ASKED, vec![]).await?.to_string();
    ensure!(!asked.contains("/v1/"), "the page asked a ballot box: {asked}");
    let kept = browser.kept().await?;
    let at = kept.find("600 700").unwrap_or_default();
    let around: String = kept.chars().skip(at.saturating_sub(150)).take(300).collect();
    ensure!(!kept.contains("600 700"), "the number is kept: {around}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: `cargo xtask test --all` does it"]
async fn a_preview_speaks_every_language_and_can_be_used_by_keys_alone() -> Result<()> {
    let scratch = tempfile::tempdir()?;
    let host = previewed(scratch.path())?;
    let driver = Driver::start()?;
    let browser = driver.open().await?;
    for (language, mark) in [
        ("en", "Preview – not a vote"),
        ("ru", "Предпросмотр – не голосование"),
        ("pl", "Podgląd – to nie jest głosowanie"),
        ("es", "Vista previa – no es una votación"),
        ("fr", "Aperçu – ceci n’est pas un scrutin"),
        ("de", "Vorschau – keine Abstimmung"),
        ("ar", "معاينة – ليست تصويتًا"),
    ] {
        // The language of the link, whatever was chosen before it.
        anew(&browser, &format!("{}/pages/?lang={language}#ballots", host.address)).await?;
        browser.see("veche-preview-ballots a.row-choice").await?;
        marked(&browser, mark).await?;
        let spoken = browser.run("return document.documentElement.lang", vec![]).await?;
        ensure!(spoken == json!(language), "{spoken}");
    }
    browser.look("preview-8-arabic").await?;
    // Another one is chosen at the switch, and the mark with it.
    browser.speak("fr").await?;
    marked(&browser, "Aperçu – ceci n’est pas un scrutin").await?;
    browser.says("Quel bulletin voulez-vous voir").await?;

    let tab = "return document.activeElement?.getAttribute('href')";
    let mut reached = Value::Null;
    for _ in 0..40 {
        let keys = fantoccini::key::Key::Tab.to_string();
        browser.client().active_element().await?.send_keys(&keys).await?;
        reached = browser.run(tab, vec![]).await?;
        if reached == json!("#ballot/D01") {
            break;
        }
    }
    ensure!(reached == json!("#ballot/D01"), "no key leads to a ballot: {reached}");
    browser.client().active_element().await?.send_keys(&fantoccini::key::Key::Enter.to_string()).await?;
    browser.see("veche-extra").await?;
    Ok(())
}
