//! The desk's page of the trustees: who is waited for, what to write to them, and invitations to print.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use std::ffi::OsStr;
use veche_tests::browser::{Browser, Driver};
use veche_tests::organiser::{RunningDesk, connect};
use veche_tests::town;

/// The sentences to send, with whom they are for.
async fn sentences(browser: &Browser) -> Result<Vec<(String, String)>> {
    let script = "return [...document.querySelectorAll('.desk-sentences li')]
        .map((item) => [item.querySelector('strong').textContent, item.querySelector('.sentence').textContent])";
    Ok(serde_json::from_value(browser.run(script, vec![]).await?)?)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: `cargo xtask test --all` does it"]
async fn trustees_are_invited_and_reminded_from_the_desk() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let desk = RunningDesk::start(&folder.path().join("vote"))?;
    let driver = Driver::start()?;
    let (browser, public) = desk.enter(&driver).await?;
    let mut manifest: Value = town::manifest()?;
    manifest["languages"] = json!(["en", "pl"]);
    town::say_in(&mut manifest, "pl");
    let init = ["--organiser-key", &public].map(OsStr::new);
    let town = town::found_with(&manifest, &init)?;

    // Without a ballot box there is nobody to wait for.
    browser.click("a[href='#desk/trustees']").await?;
    browser.says("No ballot box is connected yet.").await?;
    browser.click("a[href='#desk/box']").await?;
    connect(&browser, town.town.ballot_box.http().address(), &town.organiser_token()?).await?;
    browser.see("veche-desk-home").await?;

    browser.click("a[href='#desk/trustees']").await?;
    browser.says("The trustees are to make their shares.").await?;
    assert_eq!(sentences(&browser).await?.len(), 3);
    browser.fill("input[name=trustee-2]", "Anna Nowak").await?;
    browser.click("veche-desk-trustees form button.secondary").await?;
    browser.says("Anna Nowak, the vote “Mirogrod decides” is waiting for you").await?;
    let choose = "const choice = document.querySelector('#sentence-language');
        choice.value = 'pl'; choice.dispatchEvent(new Event('change'))";
    browser.run(choose, vec![]).await?;
    browser.says("Anna Nowak: głosowanie „Mirogrod decides” czeka").await?;
    browser.fits().await?;
    browser.look("desk-trustees-1").await?;

    // One has made a share, and is not waited for any more.
    town.town.new_trustee(2)?;
    browser.click("veche-desk-trustees > .actions button").await?;
    for _ in 0..100 {
        if sentences(&browser).await?.len() == 2 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(sentences(&browser).await?.iter().filter(|(name, _)| name.contains("Anna")).count(), 0);

    // A trustee has lost what they had: everybody begins again, and all three are waited for.
    browser.click("details.desk-anew summary").await?;
    browser.click("details.desk-anew .actions button").await?;
    for _ in 0..100 {
        if sentences(&browser).await?.len() == 3 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(sentences(&browser).await?.len(), 3);

    // Invitations: no file, another file, then the right one.
    browser.fill("input[name=site]", "https://vote.example/").await?;
    browser.click("veche-desk-invitations button.primary").await?;
    browser.says("Please choose the file trustee-tokens.").await?;
    let tokens = town.town.folder.join("box/trustee-tokens");
    let field = browser.see("input[name=tokens]").await?;
    field.send_keys(&town.town.folder.join("manifest.json").to_string_lossy()).await?;
    browser.click("veche-desk-invitations button.primary").await?;
    browser.says("This is not the list of passes for this vote’s trustees").await?;
    let field = browser.see("input[name=tokens]").await?;
    browser.run("document.querySelector('input[name=tokens]').value = ''", vec![]).await?;
    field.send_keys(&tokens.to_string_lossy()).await?;
    browser.click("veche-desk-invitations button.primary").await?;
    browser.see(".desk-invitations a").await?;
    browser.fits().await?;
    browser.look("desk-trustees-2-invitations").await?;
    browser.speak("ar").await?;
    browser.see("veche-desk-trustees .desk-sentences").await?;
    browser.fits().await?;
    browser.accessible().await?;
    browser.picture("desk-trustees-3-ar").await?;
    browser.speak("en").await?;

    // Made again in the new language's page: what was made before is still there, by its address.
    let state = "const done = arguments[0];
        fetch('desk/v1/state', { headers: { authorization: `Bearer ${sessionStorage.getItem('veche-desk')}` } })
            .then((answer) => answer.json()).then(({ shown }) => done(shown));";
    let shown = browser.client().execute_async(state, vec![]).await?;
    let here = desk.link.split('#').next().unwrap_or_default();
    let invitation = format!("{here}shown/{}/invitation/2", shown.as_str().unwrap_or_default());
    browser.goto(&invitation).await?;
    browser.says("Invitation for trustee 2").await?;
    let text = browser.text().await?;
    ensure!(text.contains(&town.town.trustee_token(2)?) && text.contains("Anna Nowak"), "{text}");
    ensure!(text.contains("Zaproszenie dla powiernika klucza 2"), "in every language of the vote: {text}");
    browser.accessible().await?;
    browser.picture("invitation").await?;
    let other = format!("{here}shown/{}/invitation/2", "0".repeat(64));
    browser.goto(&other).await?;
    ensure!(!browser.text().await?.contains(&town.town.trustee_token(2)?));
    // Nothing of the passes lies in the folder.
    for file in std::fs::read_dir(&desk.folder)? {
        let bytes = std::fs::read(file?.path())?;
        let token = town.town.trustee_token(2)?;
        ensure!(!bytes.windows(token.len()).any(|window| window == token.as_bytes()), "a pass is kept");
    }
    // Forgotten, it is gone: the tab that showed it says so in the desk's language, and leads back into the desk.
    browser.goto(&format!("{here}#desk/trustees")).await?;
    browser.speak("pl").await?;
    browser.click(".desk-invitations a").await?;
    let client = browser.client();
    let page = client.window().await?;
    let mut tabs = Vec::new();
    for _ in 0..100 {
        tabs = client.windows().await?;
        if tabs.len() == 2 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let tab = tabs.into_iter().find(|window| *window != page).context("no tab was opened")?;
    client.switch_to_window(tab.clone()).await?;
    browser.says("Zaproszenie dla powiernika klucza 1").await?;
    client.switch_to_window(page).await?;
    browser.click("veche-desk-invitations .actions button").await?;
    browser.says("Zaproszenia usunięto z pamięci.").await?;
    client.switch_to_window(tab).await?;
    client.refresh().await?;
    browser.says("Zaproszeń nie ma już w pamięci programu. Proszę je utworzyć jeszcze raz.").await?;
    let text = browser.text().await?;
    ensure!(!text.contains("urn:veche") && !text.contains(&town.town.trustee_token(1)?), "{text}");
    browser.fits().await?;
    browser.accessible().await?;
    browser.picture("invitation-gone").await?;
    browser.click("main a").await?;
    browser.see("veche-desk-trustees .desk-sentences").await?;
    browser.goto(&invitation).await?;
    ensure!(!browser.text().await?.contains(&town.town.trustee_token(2)?), "it is still shown");
    browser.close().await
}
