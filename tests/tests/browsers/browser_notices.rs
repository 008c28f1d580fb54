//! What the organiser says to everybody, on a voter's page: what is on the board, and nothing that the box alone says.

use anyhow::{Context as _, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use veche_crypto::hash::Digest;
use veche_crypto::signature::SecretKey;
use veche_record::entry::{Notice, NoticeForm, Signed};
use veche_record::{Entry, tag};
use veche_server::KeyName;
use veche_tests::browser::{Browser, Driver};
use veche_tests::town::{self, TestTown};

const NOT_ALL: &str = "The voting server does not show everything that the organiser has announced";

/// A notice that the organiser's key has signed and that is on no board.
fn unsaid(town: &TestTown, number: u16) -> Result<String> {
    let mut election = [0; 32];
    hex::decode_to_slice(&town.town.fingerprint, &mut election)?;
    let election = Digest::from_bytes(election);
    let content =
        Notice { number, form: NoticeForm::Cancellation, time: 1, texts: vec!["Go home.".to_owned()] };
    let entry = Signed::new(content, &organiser(town)?, &election)?;
    Ok(STANDARD.encode(Entry::from(entry).to_bytes()))
}

fn organiser(town: &TestTown) -> Result<SecretKey> {
    let seed = veche_server::seed(&town.town.folder.join("box"), KeyName::Organiser)?;
    Ok(SecretKey::from_seed(tag::ORGANISER_KEY, &*seed.context("the key is elsewhere")?)?)
}

/// Has the ballot box answer something else about the election as it is now.
async fn lying(browser: &Browser, lie: &str) -> Result<()> {
    let script = format!(
        "const real = fetch;
         window.fetch = async (target, options) => {{
             const answer = await real(target, options);
             if (!String(target?.url ?? target).endsWith('/v1/election')) return answer;
             const told = await answer.json();
             {lie};
             return new Response(JSON.stringify(told), answer);
         }};"
    );
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script })).await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_is_shown_when_it_is_on_the_board_and_one_kept_back_is_missed() -> Result<()> {
    let town = town::open(&town::manifest()?)?;
    let driver = Driver::start()?;
    for words in ["The hall is open.", "The hall is closed."] {
        town.town.organise(&["notice", "--text", &format!("en={words}")])?;
    }
    let forged = unsaid(&town, 2)?;
    let invented = format!("told.statements.push({{ ...told.statements[1], entry: '{forged}' }})");
    let leaf = "told.statements[1].leaf = btoa('x'.repeat(32))";
    for (lie, shown, hidden) in [
        ("", vec!["The hall is open.", "The hall is closed."], NOT_ALL),
        // Signed by the organiser, and on no board.
        (&invented, vec!["The hall is open.", "The hall is closed.", NOT_ALL], "Go home."),
        (leaf, vec!["The hall is open.", NOT_ALL], "The hall is closed."),
        // A later one tells of the first.
        ("told.statements.shift()", vec!["The hall is closed.", NOT_ALL], "The hall is open."),
    ] {
        let browser = driver.open().await?;
        lying(&browser, lie).await?;
        browser.goto(&town.page()).await?;
        for words in shown {
            browser.says(words).await.with_context(|| lie.to_owned())?;
        }
        let text = browser.text().await?;
        ensure!(!text.contains(hidden), "{lie}: {text}");
        browser.fits().await?;
        browser.close().await?;
    }
    // The last one is missed by a browser that has seen it, and by no other.
    let browser = driver.open().await?;
    browser.goto(&town.page()).await?;
    browser.says("The hall is closed.").await?;
    lying(&browser, "told.statements.pop()").await?;
    browser.goto(&town.page()).await?;
    browser.says(NOT_ALL).await?;
    browser.look("notice-kept-back").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn voting_that_opens_late_and_a_vote_that_is_cancelled_say_so_and_take_no_number() -> Result<()> {
    let town = town::open(&town::manifest()?)?;
    let driver = Driver::start()?;
    let says = async |browser: &Browser, picture: &str, said: [&str; 2], not: &[&str]| {
        browser.goto("about:blank").await?;
        browser.goto(&town.page()).await?;
        browser.see("veche-check-line.done").await?;
        for words in said {
            browser.says(words).await?;
        }
        let text = browser.text().await?;
        ensure!(!not.iter().any(|words| text.contains(words)), "{picture}: {text}");
        let forms =
            browser.run("return document.querySelectorAll('veche-phone-form').length", vec![]).await?;
        ensure!(forms == 0, "{picture}: a number is asked for");
        browser.fits().await?;
        browser.look(picture).await?;
        // Nor by the address, nor from what is read.
        browser.run("location.hash = 'phone'", vec![]).await?;
        browser.see("veche-welcome").await?;
        browser.run("location.hash = 'contest/square'", vec![]).await?;
        browser.see("veche-contest").await?;
        let votes = "return document.querySelectorAll('main a[href^=\"#vote\"]').length";
        ensure!(browser.run(votes, vec![]).await? == 0, "{picture}: a vote is offered");
        anyhow::Ok(())
    };
    // The hour has come, and the organiser has not opened yet.
    let late = driver.open().await?;
    lying(&late, "told.phase = 'setup'").await?;
    let said = ["Voting has not begun", "It was to open on "];
    says(&late, "hours-late", said, &["Voting is open", "It opens on"]).await?;

    let browser = driver.open().await?;
    town.town.organise(&["cancel", "--text", "en=The lists were wrong."])?;
    let said = ["The organiser has cancelled this vote", "No more ballots are taken"];
    says(&browser, "hours-cancelled", said, &["It closed on", "Voting is open", "until "]).await?;
    browser.says("The lists were wrong.").await
}
