//! The organiser at `veche desk`: the program, and its page in a browser.

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use fantoccini::key::Key;
use serde_json::json;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use veche_site::Pin;

use crate::browser::{Browser, Driver};
use crate::desk::{shown_words, type_words};
use crate::town::{self, TestTown};

/// What the tests' desks are opened with.
pub const PASSPHRASE: &str = "four words and a pony";

/// A desk that runs. It ends with the test.
#[derive(Debug)]
pub struct RunningDesk {
    /// The link that opens its page once.
    pub link: String,
    /// Its folder.
    pub folder: PathBuf,
    process: Child,
    // Behind the process, which hands its files out.
    _site: tempfile::TempDir,
}

impl RunningDesk {
    /// Starts `veche desk` in a folder, with the site as it is built here.
    ///
    /// # Errors
    /// When the program does not start; what it said.
    pub fn start(folder: &Path) -> Result<Self> {
        // The site is built before it is published: otherwise this would be the one of an earlier run.
        let programs = town::built()?;
        let site = tempfile::tempdir()?;
        let page = site.path().join("site");
        let pin = Pin {
            fingerprint: None,
            card: None,
            ballot_box: "./".into(),
            registrar: None,
            record: None,
            accent: None,
            embed_origins: Vec::new(),
        };
        town::publish(&pin, &page)?;
        let mut desk = Command::new(&programs.veche);
        desk.arg("desk").arg(folder).args(["--no-browser", "--port", "0"]).arg("--site").arg(&page);
        let mut process = desk.stdout(Stdio::piped()).spawn()?;
        let said = BufReader::new(process.stdout.take().context("no output")?).lines();
        let link = said.map_while(Result::ok).find(|line| line.trim_start().starts_with("http://"));
        let link = link.context("the desk printed no link")?.trim().to_owned();
        Ok(RunningDesk { link, folder: folder.to_owned(), process, _site: site })
    }

    /// Comes in by the link, and makes the key or opens it. Gives the key's public half.
    ///
    /// # Errors
    /// When the page shows anything else.
    pub async fn enter(&self, driver: &Driver) -> Result<(Browser, String)> {
        let browser = driver.open().await?;
        browser.goto(&self.link).await?;
        browser.see("veche-desk-key form").await?;
        browser.fill("input[name=passphrase]", PASSPHRASE).await?;
        let new = browser.run("return !!document.querySelector('input[name=again]')", vec![]).await?;
        if new == true {
            browser.fill("input[name=again]", PASSPHRASE).await?;
        }
        browser.click("veche-desk-key button[type=submit]").await?;
        if new == true {
            write_words(&browser).await?;
        }
        browser.see("veche-desk-home").await?;
        let public = browser.run("return document.querySelector('.hex').textContent", vec![]).await?;
        let public = public.as_str().context("no public key")?.replace(char::is_whitespace, "");
        Ok((browser, public))
    }
}

/// Says that the words of the key are written down, and types those that are asked back.
///
/// # Errors
/// When the page shows none, or does not go on.
pub async fn write_words(browser: &Browser) -> Result<()> {
    browser.see("veche-desk-words .words").await?;
    let words = shown_words(browser).await?;
    browser.click("veche-desk-words button.primary").await?;
    type_words(browser, &words).await?;
    browser.see("veche-desk-home").await.map(drop)
}

impl Drop for RunningDesk {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Goes to a page of the desk by its name, and waits for something on it.
///
/// # Errors
/// When it does not appear.
pub async fn place(browser: &Browser, name: &str, shows: &str) -> Result<()> {
    browser.run("location.hash = arguments[0]", vec![json!(format!("#desk/{name}"))]).await?;
    browser.see(&format!("veche-desk-{name} {shows}")).await.map(drop)
}

/// Drops a file on the page, as a mouse does.
///
/// # Errors
/// When the page is gone.
pub async fn drop_file(browser: &Browser, name: &str, bytes: &[u8]) -> Result<()> {
    let script = "const [selector, name, encoded] = arguments;
        const bytes = Uint8Array.from(atob(encoded), (sign) => sign.charCodeAt(0));
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([bytes], name));
        document.querySelector(selector)
            .dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }))";
    let arguments = vec![json!("veche-desk-describe .drop-here"), json!(name), json!(STANDARD.encode(bytes))];
    browser.see("veche-desk-describe .drop-here").await?;
    browser.run(script, arguments).await.map(drop)
}

/// Names a ballot box on the desk's page of it.
///
/// # Errors
/// When the page shows no form.
pub async fn connect(browser: &Browser, address: &str, token: &str) -> Result<()> {
    browser.fill("veche-desk-box input[name=address]", address).await?;
    browser.fill("veche-desk-box input[name=token]", token).await?;
    browser.click("veche-desk-box button[type=submit]").await
}

/// A pass for the people of a vote, as whoever runs the server gives it.
///
/// # Errors
/// When the server refuses.
pub fn people_pass(town: &TestTown, purpose: &str) -> Result<String> {
    let mut give = Command::new(&town::built()?.server);
    give.args(["desk-pass", "give", "--operator", "Ewa", "--for", purpose]);
    let given = give.arg("--data").arg(town.town.folder.join("box")).output()?;
    let said = String::from_utf8(given.stdout)?;
    Ok(said.lines().next().context("no pass")?.to_owned())
}

/// Types such a pass on the page of the people.
///
/// # Errors
/// When the page shows no form.
pub async fn keep_people_pass(browser: &Browser, address: &str, pass: &str) -> Result<()> {
    browser.fill("veche-people-pass input[name=address]", address).await?;
    browser.fill("veche-people-pass input[name=token]", pass).await?;
    browser.click("veche-people-pass button[type=submit]").await
}

/// Hands a roll in on the page of the people.
///
/// # Errors
/// When the page takes none.
pub async fn hand_in_roll(browser: &Browser, file: &Path) -> Result<()> {
    let field = browser.see("input[name=roll]").await?;
    field.send_keys(&file.to_string_lossy()).await?;
    browser.click("veche-desk-people form:has(input[name=roll]) button[type=submit]").await
}

/// Waits until the page of the day says that this step is next.
///
/// # Errors
/// When it says another one.
pub async fn leads_to(browser: &Browser, next: &str) -> Result<()> {
    browser.see(&format!("veche-desk-run .next-step[data-next={next}]")).await.map(drop)
}

/// Opens a form of that page that is folded.
///
/// # Errors
/// When there is none of this title.
pub async fn unfold(browser: &Browser, form: &str) -> Result<()> {
    let script = "const form = [...document.querySelectorAll('.run-form')]
        .find((form) => form.querySelector('summary').textContent === arguments[0]);
        form.open = true; form.querySelector('input, textarea').focus();";
    browser.run(script, vec![form.into()]).await.map(drop)
}

/// Closes the vote before its hour, from the page of the day.
///
/// # Errors
/// When the page does not go on.
pub async fn close_early(browser: &Browser, reason: &str) -> Result<()> {
    unfold(browser, "Close before the hour").await?;
    let script = "const form = document.activeElement.form;
        for (const field of form.querySelectorAll('textarea')) field.value = arguments[0];
        form.requestSubmit();";
    browser.run(script, vec![reason.into()]).await?;
    // Nothing happens before the sentence beside the button is ticked: it cannot be taken back.
    leads_to(browser, "voting").await?;
    browser
        .run("const { form } = document.activeElement; form.sure.click(); form.requestSubmit()", vec![])
        .await?;
    leads_to(browser, "count").await
}

/// Ticks what the page asks for, and opens the vote.
///
/// # Errors
/// When the page does not go on.
pub async fn open_the_vote(browser: &Browser) -> Result<()> {
    leads_to(browser, "open").await?;
    for item in ["words", "sms", "backup", "site", "languages", "fingerprint"] {
        browser.click(&format!("veche-desk-run input[name=item-{item}]")).await?;
        browser.see(&format!("veche-desk-run input[name=item-{item}]:checked")).await?;
    }
    browser.click("veche-desk-run input[name=sure]").await?;
    browser.click("veche-desk-run .next-step button").await?;
    leads_to(browser, "voting").await
}

/// Enters a draw on the page of the end: options by their ids, the first drawn first.
///
/// # Errors
/// When the page asks for none, or does not take it.
pub async fn enter_draw(browser: &Browser, drawn: &[&str]) -> Result<()> {
    place(browser, "finish", "select[name=drawn-1]").await?;
    for (number, option) in (1..).zip(drawn) {
        choose(browser, &format!("select[name=drawn-{number}]"), option).await?;
    }
    let sure = "document.querySelector('veche-desk-finish .next-step input[name=sure]').checked = true";
    browser.run(sure, vec![]).await?;
    browser.click("veche-desk-finish .next-step button[type=submit]").await
}

/// Waits until the page asks for no draw any more.
///
/// # Errors
/// When it still does.
pub async fn nothing_to_draw(browser: &Browser) -> Result<()> {
    browser.says("The draw is on the public board").await?;
    for _ in 0..200 {
        let asked = "return document.querySelector('veche-desk-finish select[name=drawn-1]') !== null";
        if browser.run(asked, vec![]).await? == false {
            return Ok(());
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    anyhow::bail!("a draw is still asked for")
}

/// Chooses an option of a list.
///
/// # Errors
/// When there is no such list, or it has no such option.
pub async fn choose(browser: &Browser, list: &str, option: &str) -> Result<()> {
    browser.see(list).await?;
    let script = "const list = document.querySelector(arguments[0]);
        list.value = arguments[1];
        list.dispatchEvent(new Event('change', { bubbles: true }));
        return list.value";
    let chosen = browser.run(script, vec![list.into(), option.into()]).await?;
    anyhow::ensure!(chosen == option, "{list} has no {option}");
    Ok(())
}

/// Presses the tab key until something has the focus, as somebody without a mouse does.
///
/// # Errors
/// When it never has.
pub async fn tab_to(browser: &Browser, selector: &str) -> Result<()> {
    browser.see(selector).await?;
    let tab = char::from(Key::Tab);
    for _ in 0..80 {
        // Of the keyboard, and not of a field: one of files would take it for the name of one.
        let keys = KeyActions::new("keyboard".to_owned());
        let keys = keys.then(KeyAction::Down { value: tab }).then(KeyAction::Up { value: tab });
        browser.client().perform_actions(keys).await?;
        let there = "return document.activeElement.matches(arguments[0])";
        if browser.run(there, vec![selector.into()]).await? == true {
            return Ok(());
        }
    }
    anyhow::bail!("the tab key does not lead to {selector}")
}
