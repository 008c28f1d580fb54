//! A trustee in a browser: what they read and click, step by step.

use crate::browser::Browser;
use anyhow::{Context as _, Result, ensure};

/// Types the words of a key that a page asks back.
///
/// # Errors
/// When it asks for none.
pub async fn type_words(browser: &Browser, words: &str) -> Result<()> {
    browser.see("veche-words-ask form").await?;
    let script = "return [...document.querySelectorAll('veche-words-ask input')].map(({ name }) => name)";
    let names: Vec<String> = serde_json::from_value(browser.run(script, vec![]).await?)?;
    ensure!(names.len() == 4, "{} words are asked back", names.len());
    for name in names {
        let place: usize = name.strip_prefix("word-").context("a field of another kind")?.parse()?;
        let word = words.split(' ').nth(place - 1).context("a word that there is not")?;
        browser.fill(&format!("input[name={name}]"), word).await?;
    }
    browser.click("veche-words-ask button.primary").await
}

/// The 24 words that a page shows.
///
/// # Errors
/// When there are not 24.
pub async fn shown_words(browser: &Browser) -> Result<String> {
    browser.see(".words").await?;
    let script =
        "return [...document.querySelectorAll('.words li')].map((word) => word.innerText.trim()).join(' ')";
    let words = browser.run(script, vec![]).await?.as_str().unwrap_or_default().to_owned();
    ensure!(words.split(' ').count() == 24, "these are not 24 words");
    Ok(words)
}

/// A browser on the trustees' page.
#[derive(Debug)]
pub struct Desk {
    /// The browser, for everything that is not a step of a trustee.
    pub browser: Browser,
}

impl Desk {
    /// Opens the link of an invitation.
    ///
    /// # Errors
    /// When the page does not load.
    pub async fn enter(browser: Browser, page: &str, trustee: u8, token: &str) -> Result<Self> {
        browser.goto(&format!("{page}#trustee={trustee}&token={token}")).await?;
        Ok(Self { browser })
    }

    /// Makes a share: copies the words from the screen, and gives them.
    ///
    /// # Errors
    /// When a step is not offered.
    pub async fn make(&self) -> Result<String> {
        self.browser.click("veche-trustee-door .next-step button.primary").await?;
        self.words().await
    }

    /// The words on the screen.
    ///
    /// # Errors
    /// When there are not 24.
    pub async fn words(&self) -> Result<String> {
        self.browser.see("veche-trustee-words .words").await?;
        shown_words(&self.browser).await
    }

    /// Says that the words are written down, and types those that are asked back.
    ///
    /// # Errors
    /// When the page does not go on.
    pub async fn answer(&self, words: &str) -> Result<()> {
        self.browser.click("veche-trustee-words button.primary").await?;
        type_words(&self.browser, words).await
    }

    /// Waits until the next step has this heading, looking at the board again meanwhile.
    ///
    /// # Errors
    /// When it does not come to that.
    pub async fn sees(&self, heading: &str) -> Result<()> {
        for _ in 0..60 {
            let script = "const title = document.querySelector('veche-trustee-desk h1');
                const found = title !== null && title.textContent.includes(arguments[0]);
                if (!found) document.querySelector('veche-trustee-desk .next-step.wait button.link')?.click();
                return found";
            if self.browser.run(script, vec![heading.into()]).await? == true {
                return Ok(());
            }
            tokio::time::sleep(std::time::Duration::from_millis(250)).await;
        }
        self.browser.says(heading).await
    }

    /// Waits for a step and does it.
    ///
    /// # Errors
    /// When it is not offered.
    pub async fn act(&self, heading: &str) -> Result<()> {
        self.sees(heading).await?;
        self.browser.click("veche-trustee-desk .next-step button.primary").await
    }

    /// Says that the numbers were compared, and agrees to the sums.
    ///
    /// # Errors
    /// When it is not offered.
    pub async fn agree(&self) -> Result<()> {
        self.sees("Agree to open the totals").await?;
        self.browser.click("veche-trustee-desk label.row-choice").await?;
        self.act("Agree to open the totals").await
    }

    /// Types the words to go on.
    ///
    /// # Errors
    /// When the page asks for none.
    pub async fn come_back(&self, words: &str) -> Result<()> {
        self.browser.fill("veche-trustee-door textarea", words).await?;
        self.browser.click("veche-trustee-door form button").await
    }

    /// The transcript hash on the screen.
    ///
    /// # Errors
    /// When there is none.
    pub async fn transcript(&self) -> Result<String> {
        let shown = self.browser.see("veche-trustee-desk .hash-groups").await?.text().await?;
        Ok(shown.split_whitespace().collect())
    }
}
