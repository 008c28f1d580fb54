//! A real browser under WebDriver: Chromium, and Firefox and WebKit with the same steps.

mod driver;
mod look;
mod vendor;

pub use driver::{Driver, Kind};
pub use look::{WIDTHS, artefacts};

use anyhow::{Context, Result, bail};
use fantoccini::error::CmdError;
use fantoccini::{Client, Locator, elements::Element};
use serde_json::Value;
use std::time::{Duration, Instant};

/// How long a page may take for one step. Sealing takes well under a second; a loaded machine does not.
const PATIENCE: Duration = Duration::from_secs(30);

/// One person's browser.
#[derive(Debug)]
pub struct Browser {
    client: Client,
    kind: Kind,
}

impl Browser {
    /// Everything else WebDriver can do.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Which browser it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Goes to an address.
    ///
    /// # Errors
    /// When the page does not load.
    pub async fn goto(&self, address: &str) -> Result<()> {
        self.client.goto(address).await.with_context(|| format!("{address} did not load"))
    }

    /// Waits for an element that can be seen.
    ///
    /// # Errors
    /// When none appears in time; the sentence quotes the page.
    pub async fn see(&self, selector: &str) -> Result<Element> {
        let began = Instant::now();
        loop {
            for element in self.client.find_all(Locator::Css(selector)).await? {
                if element.is_displayed().await.unwrap_or(false) {
                    return Ok(element);
                }
            }
            if began.elapsed() > PATIENCE {
                bail!(
                    "nothing on the page matches {selector}; it says:\n{}\n{}",
                    self.text().await?,
                    self.log().await?.join("\n")
                );
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits for an element, brings it to the middle of the window as a person would, and clicks it. One that the page
    /// replaces meanwhile is looked for again, as a person looks again.
    ///
    /// # Errors
    /// When none appears in time, or something covers it.
    pub async fn click(&self, selector: &str) -> Result<()> {
        let began = Instant::now();
        loop {
            match self.click_once(selector).await {
                Err(error) if is_stale(&error) && began.elapsed() < PATIENCE => {}
                clicked => return clicked,
            }
        }
    }

    async fn click_once(&self, selector: &str) -> Result<()> {
        let element = self.see(selector).await?;
        let target = serde_json::to_value(&element)?;
        let cannot = || format!("{selector} cannot be clicked");
        self.client
            .execute("arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' })", vec![target])
            .await
            .with_context(cannot)?;
        element.click().await.with_context(cannot)
    }

    /// Waits for a field and types into it, replacing what it holds.
    ///
    /// # Errors
    /// When none appears in time, or it cannot be typed into.
    pub async fn fill(&self, selector: &str, text: &str) -> Result<()> {
        let element = self.see(selector).await?;
        element.clear().await?;
        element.send_keys(text).await.with_context(|| format!("{selector} takes no text"))
    }

    /// Waits until the page says something.
    ///
    /// # Errors
    /// When it does not in time; the sentence quotes the page.
    pub async fn says(&self, wanted: &str) -> Result<()> {
        let began = Instant::now();
        loop {
            let text = self.text().await?;
            if text.contains(wanted) {
                return Ok(());
            }
            if began.elapsed() > PATIENCE {
                bail!(
                    "the page does not say \"{wanted}\"; it says:\n{text}\n{}",
                    self.log().await?.join("\n")
                );
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// What a reader of the page reads, inside its components too.
    ///
    /// # Errors
    /// When the page is gone.
    pub async fn text(&self) -> Result<String> {
        let text = self.run("return document.body ? document.body.innerText : ''", vec![]).await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// Runs a script as WebDriver may and an attacker may not: outside the page's policy.
    ///
    /// # Errors
    /// When it throws.
    pub async fn run(&self, script: &str, arguments: Vec<Value>) -> Result<Value> {
        self.client.execute(script, arguments).await.context("a script failed in the page")
    }

    /// Everything that the page has kept in this browser, as text.
    ///
    /// # Errors
    /// When the page is gone.
    pub async fn kept(&self) -> Result<String> {
        let script = "
            const done = arguments[0];
            (async () => {
                const found = [JSON.stringify(localStorage), JSON.stringify(sessionStorage)];
                for (const { name } of await indexedDB.databases()) {
                    const database = await new Promise((resolve) => {
                        const request = indexedDB.open(name);
                        request.onsuccess = () => resolve(request.result);
                    });
                    for (const store of database.objectStoreNames) {
                        const values = await new Promise((resolve) => {
                            const request = database.transaction(store).objectStore(store).getAll();
                            request.onsuccess = () => resolve(request.result);
                        });
                        found.push(store, JSON.stringify(values));
                    }
                    database.close();
                }
                return found.join('\\n');
            })().then(done, (error) => done(String(error)));";
        Ok(self.client.execute_async(script, vec![]).await?.as_str().unwrap_or_default().to_owned())
    }

    /// Closes the browser. Dropping the driver does so too.
    ///
    /// # Errors
    /// When it was gone already.
    pub async fn close(self) -> Result<()> {
        self.client.close().await.context("the browser had ended by itself")
    }
}

/// Whether the page has taken the element away that it was about.
fn is_stale(error: &anyhow::Error) -> bool {
    error.downcast_ref::<CmdError>().is_some_and(CmdError::is_stale_element_reference)
}
