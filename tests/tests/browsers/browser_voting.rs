//! What can go wrong while someone votes: reloads, lost answers, other browsers, a ballot box that lies.

use std::time::Duration;

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use veche_site::Pin;
use veche_tests::booth::Booth;
use veche_tests::browser::{Browser, Driver};
use veche_tests::town::{self, total};
use veche_xtask::site::{self, Dist};

const PHONE: &str = "+447700900123";

/// Runs a script before any page's own, until told otherwise; returns what `forget` needs.
async fn before_every_page(browser: &Browser, script: &str) -> Result<Value> {
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script })).await
}

async fn forget(browser: &Browser, script: &Value) -> Result<()> {
    browser.devtools("Page.removeScriptToEvaluateOnNewDocument", script.clone()).await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: `cargo xtask test --all` does it"]
async fn choices_survive_a_reload_and_are_wiped_once_cast() -> Result<()> {
    let town = town::open(&town::manifest()?)?;
    let driver = Driver::start()?;
    let voter = Booth::enter(driver.open().await?, &town.page()).await?;
    voter.sign_in(&town.town.ballot_box, PHONE).await?;
    voter.live_in("north").await?;
    voter.tick("trees").await?;
    voter.tick("lamps").await?;
    voter.reload().await?;
    assert_eq!(voter.ticked().await?, ["trees", "lamps"]);
    voter.next().await?;
    voter.tick("market").await?;
    voter.reload().await?;
    assert_eq!(voter.ticked().await?, ["market"]);
    assert!(voter.browser.kept().await?.contains("market"), "the search below can find what is kept");

    voter.next().await?;
    let code = voter.seal().await?;
    voter.reload().await?;
    // A sealed ballot that was shown stays the same one, and its code too.
    assert_eq!(voter.browser.run("return location.hash", vec![]).await?, "#review");
    voter.cast(&code).await?;
    let kept = voter.browser.kept().await?;
    for choice in ["trees", "lamps", "market"] {
        assert!(!kept.contains(choice), "{choice} is still kept: {kept}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: `cargo xtask test --all` does it"]
async fn a_ballot_that_did_not_reach_the_box_is_sent_after_a_reload() -> Result<()> {
    let town = town::open(&town::manifest()?)?;
    let driver = Driver::start()?;
    let voter = Booth::enter(driver.open().await?, &town.page()).await?;
    voter.sign_in(&town.town.ballot_box, PHONE).await?;
    voter.live_in("south").await?;
    voter.tick("lawn").await?;
    voter.next().await?;
    let code = voter.seal().await?;
    voter.browser.devtools("Network.enable", json!({})).await?;
    voter.browser.devtools("Network.setBlockedURLs", json!({ "urls": ["*/v1/ballots"] })).await?;
    voter.browser.click("veche-review button.primary").await?;
    voter.browser.says("Your vote is not confirmed yet").await?;
    voter.browser.picture("9-not-confirmed").await?;

    voter.browser.devtools("Network.setBlockedURLs", json!({ "urls": [] })).await?;
    voter.reload().await?;
    assert_eq!(voter.receipt_code().await?, code, "the very same ballot was sent");
    assert_eq!(total(&town.count()?, "square", "lawn")?, 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_is_asked_for_again_and_nothing_counts_twice() -> Result<()> {
    let town = town::open(&town::manifest()?)?;
    let driver = Driver::start()?;
    let browser = driver.open().await?;
    let lose = before_every_page(
        &browser,
        "const real = fetch;
         window.fetch = async (target, options) => {
             const answer = await real(target, options);
             if (String(target?.url ?? target).endsWith('/v1/ballots')) throw new TypeError('the answer was lost');
             return answer;
         };",
    )
    .await?;
    let voter = Booth::enter(browser, &town.page()).await?;
    voter.sign_in(&town.town.ballot_box, PHONE).await?;
    voter.live_in("south").await?;
    voter.tick("market").await?;
    voter.next().await?;
    let code = voter.seal().await?;
    voter.browser.click("veche-review button.primary").await?;
    voter.browser.says("Your vote is not confirmed yet").await?;

    forget(&voter.browser, &lose).await?;
    voter.reload().await?;
    assert_eq!(voter.receipt_code().await?, code);
    let result = town.count()?;
    assert_eq!(total(&result, "square", "market")?, 1);
    let ballots = result["contests"][1]["ballots"].as_u64();
    assert_eq!(ballots, Some(1));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_that_does_not_hold_is_not_called_cast() -> Result<()> {
    let town = town::open(&town::manifest()?)?;
    let driver = Driver::start()?;
    let lies = [
        "receipt.index += 1",
        "receipt.leaf = btoa('x'.repeat(32))",
        "receipt.proof[0] = btoa('x'.repeat(32))",
        "receipt.proof.pop()",
        // Another root under the same signature, and the same root under another signature.
        "receipt.checkpoint = receipt.checkpoint.replace(/^(.*\\n.*\\n)..../, '$1AAAA')",
        "receipt.checkpoint = receipt.checkpoint.replace(/......\\n$/, 'AAAAA=\\n')",
    ];
    for (number, lie) in (0..).zip(lies) {
        let browser = driver.open().await?;
        let script = format!(
            "const real = fetch;
             window.fetch = async (target, options) => {{
                 const answer = await real(target, options);
                 if (!String(target?.url ?? target).endsWith('/v1/ballots')) return answer;
                 const receipt = await answer.json();
                 {lie};
                 return new Response(JSON.stringify(receipt), answer);
             }};"
        );
        before_every_page(&browser, &script).await?;
        let voter = Booth::enter(browser, &town.page()).await?;
        voter.sign_in(&town.town.ballot_box, &format!("+4477009002{number:02}")).await?;
        voter.live_in("south").await?;
        voter.tick("market").await?;
        voter.next().await?;
        voter.seal().await?;
        voter.browser.click("veche-review button.primary").await?;
        // "The receipt is not right" or "the box contradicts itself", whichever the lie deserves; never a receipt.
        voter.browser.see("veche-cast .trouble, veche-stop").await?;
        let said = voter.browser.text().await?;
        ensure!(!said.contains("You have voted"), "{lie}: {said}");
        ensure!(said.contains("not right") || said.contains("contradicts itself"), "{lie}: {said}");
        voter.browser.close().await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: `cargo xtask test --all` does it"]
async fn the_earlier_browser_says_that_another_one_took_over() -> Result<()> {
    let town = town::open(&town::manifest()?)?;
    let ballot_box = &town.town.ballot_box;
    let driver = Driver::start()?;
    let phone = Booth::enter(driver.open().await?, &town.page()).await?;
    phone.sign_in(ballot_box, PHONE).await?;
    phone.live_in("south").await?;
    phone.tick("lawn").await?;
    phone.next().await?;
    phone.seal().await?;

    let laptop = Booth::enter(driver.open().await?, &town.page()).await?;
    town.wait_for_resend().await;
    laptop.sign_in(ballot_box, PHONE).await?;
    laptop.browser.click("veche-takeover button.primary").await?;
    laptop.tick("fountain").await?;
    laptop.next().await?;
    let code = laptop.seal().await?;
    laptop.cast(&code).await?;

    phone.browser.click("veche-review button.primary").await?;
    phone.browser.says("The voting server says that this browser’s key no longer counts: you have signed in with another").await?;
    phone.browser.picture("10-replaced").await?;
    phone.return_to_start().await?;
    phone.browser.says("The voting server says that this browser’s key no longer counts: you have signed in with another").await?;

    let result = town.count()?;
    assert_eq!((total(&result, "square", "lawn")?, total(&result, "square", "fountain")?), (0, 1));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_pinned_to_another_election_refuses_before_anyone_signs_in() -> Result<()> {
    let town = town::open_with(&town::manifest()?, |pin| {
        // A card of another election than the fingerprint makes no site, so the page asks the box for it.
        pin.card = None;
        if let Some(fingerprint) = &mut pin.fingerprint {
            let other = if fingerprint.starts_with('0') { "1" } else { "0" };
            fingerprint.replace_range(..1, other);
        }
    })?;
    let driver = Driver::start()?;
    let voter = Booth::enter(driver.open().await?, &town.page()).await?;
    voter.browser.says("This is not the vote that was announced").await?;
    voter.browser.picture("11-wrong-election").await?;
    for way_in in ["#phone", "#choose", "#review"] {
        voter.browser.goto("about:blank").await?;
        voter.browser.goto(&format!("{}{way_in}", town.page())).await?;
        voter.browser.says("This is not the vote that was announced").await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_on_another_host_votes_in_the_same_box() -> Result<()> {
    let town = town::open_apart(&town::manifest()?)?;
    let driver = Driver::start()?;
    let voter = Booth::enter(driver.open().await?, &town.page()).await?;
    voter.sign_in(&town.town.ballot_box, PHONE).await?;
    voter.live_in("south").await?;
    voter.tick("lawn").await?;
    voter.next().await?;
    let code = voter.seal().await?;
    voter.cast(&code).await?;
    assert_eq!(total(&town.count()?, "square", "lawn")?, 1);
    Ok(())
}

/// Every file that the page on screen has asked for.
async fn asked_for(browser: &Browser) -> Result<String> {
    let script = "return performance.getEntriesByType('resource').map(({ name }) => name).join('\\n')";
    Ok(browser.run(script, vec![]).await?.as_str().unwrap_or_default().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn each_area_loads_nothing_of_the_others() -> Result<()> {
    let town = town::open(&town::manifest()?)?;
    let driver = Driver::start()?;
    let browser = driver.open().await?;
    let areas =
        [("", "voter", "voter"), ("#verify", "public", "observer"), ("#trustee", "trustee", "observer")];
    for (hash, own, program) in areas {
        browser.goto("about:blank").await?;
        browser.goto(&format!("{}{hash}", town.page())).await?;
        browser.see("veche-frame main h1").await?;
        // A voter's worker is started behind the page.
        let mut asked = asked_for(&browser).await?;
        for _ in 0..100 {
            if asked.contains(&format!("/assets/worker-{program}-")) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
            asked = asked_for(&browser).await?;
        }
        assert!(asked.contains(&format!("/assets/worker-{program}-")), "{program} in {own}:\n{asked}");
        for (_, area, other) in areas {
            assert_eq!(asked.contains(&format!("/assets/{area}-")), area == own, "{area} in {own}:\n{asked}");
            if other != program {
                assert!(!asked.contains(&format!("/assets/worker-{other}-")), "{other} in {own}:\n{asked}");
            }
        }
        assert_eq!(asked.contains("/assets/others-"), own != "voter", "{own}:\n{asked}");
        // The box hands out the compressed forms.
        let script = "return performance.getEntriesByType('resource').filter((file) => file.decodedBodySize > 2000
            && /assets|vote.[a-z]+[.]json$/.test(file.name) && file.encodedBodySize > 0.6 * file.decodedBodySize).map(({ name }) => name)";
        assert_eq!(browser.run(script, vec![]).await?, json!([]), "{own}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: `cargo xtask test --all` does it"]
async fn the_site_works_as_trunk_builds_it_without_being_bundled() -> Result<()> {
    let town = town::open(&town::manifest()?)?;
    let pin = Pin {
        fingerprint: Some(town.town.fingerprint.clone()),
        card: Some(site::card(town.town.ballot_box.http(), &town.town.fingerprint)?),
        ballot_box: "../../".into(),
        registrar: None,
        record: None,
        accent: None,
        embed_origins: Vec::new(),
    };
    veche_site::pin(&Dist::lock()?.unbundled, &pin, &town.host.join("copies/unbundled"))?;
    let driver = Driver::start()?;
    let voter = Booth::enter(driver.open().await?, &town.page_in("copies/unbundled")).await?;
    voter.sign_in(&town.town.ballot_box, "+447700900123").await?;
    voter.browser.see("veche-district").await?;
    let asked = asked_for(&voter.browser).await?;
    assert!(asked.contains("/app/areas/voter/main.js") && asked.contains("/veche-wasm-voter.js"), "{asked}");
    assert!(!asked.contains("/assets/"), "{asked}");
    Ok(())
}
