//! The organiser at `veche desk`: the program, and its page in a browser.

use anyhow::{Context as _, Result};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use veche_site::Pin;

use crate::browser::{Browser, Driver};
use crate::town;

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
        let mut desk = Command::new(&town::built()?.veche);
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
            browser.see("veche-desk-words .words").await?;
            browser.click("veche-desk-words button.primary").await?;
        }
        browser.see("veche-desk-home").await?;
        let public = browser.run("return document.querySelector('.hex').textContent", vec![]).await?;
        let public = public.as_str().context("no public key")?.replace(char::is_whitespace, "");
        Ok((browser, public))
    }
}

impl Drop for RunningDesk {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
