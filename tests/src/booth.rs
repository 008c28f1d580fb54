//! A person who votes in a browser: what they click, screen by screen.

use crate::browser::Browser;
use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use veche_xtask::ballot_box::BallotBox;

/// Has a page count what a person sees and does: every screen that comes into it, every press, and every field typed
/// into that was not pressed first. Some drivers leave a field and come back while they fill it in: that is one.
pub const COUNTING: &str = "
    const isScreen = ({ localName }) => localName?.startsWith('veche-');
    const screensOf = (nodes) => [...nodes].filter(isScreen).map(({ localName }) => localName.slice(6));
    window.counted = { screens: screensOf(document.querySelector('main')?.children ?? []), taps: 0 };
    let pressed = null;
    let filled = null;
    addEventListener('pointerdown', (event) => {
        if (event.isTrusted) window.counted.taps += 1;
        pressed = event.target;
    }, true);
    addEventListener('focusin', ({ target }) => {
        const typed = target.matches('input:not([type=radio], [type=checkbox], [type=file])');
        if (typed && target !== pressed && target !== filled) window.counted.taps += 1;
        if (typed) filled = target;
    }, true);
    new MutationObserver((changes) => {
        for (const { target, addedNodes } of changes)
            if (target.localName === 'main') window.counted.screens.push(...screensOf(addedNodes));
    }).observe(document, { childList: true, subtree: true });";

/// A browser on the voting page.
#[derive(Debug)]
pub struct Booth {
    /// The browser, for everything that is not a step of voting.
    pub browser: Browser,
    address: String,
}

impl Booth {
    /// Opens the voting page.
    ///
    /// # Errors
    /// When it does not load.
    pub async fn enter(browser: Browser, address: &str) -> Result<Self> {
        browser.goto(address).await?;
        Ok(Self { browser, address: address.to_owned() })
    }

    /// Types a phone number, on the welcome page or wherever it is asked for, then the code that the ballot box sent to
    /// it.
    ///
    /// # Errors
    /// When a step is not offered, or the ballot box refuses.
    pub async fn sign_in(&self, ballot_box: &BallotBox, phone: &str) -> Result<()> {
        self.browser.fill("veche-phone-form input[name=tel]", phone).await?;
        self.browser.click("veche-phone-form button.primary").await?;
        self.browser.see("veche-code input").await?;
        let code = ballot_box.next_code()?;
        self.browser.fill("veche-code input", &code).await?;
        self.browser.click("veche-code button.primary").await
    }

    /// Says which district is theirs, and that it is.
    ///
    /// # Errors
    /// When it is not offered.
    pub async fn live_in(&self, district: &str) -> Result<()> {
        self.browser.click(&format!("veche-district button[value='{district}']")).await?;
        self.browser.click("veche-district button.primary").await
    }

    /// Says which other contest they add to their ballot; the empty name is none.
    ///
    /// # Errors
    /// When it is not offered.
    pub async fn also_vote_in(&self, contest: &str) -> Result<()> {
        self.browser.click(&format!("veche-extra label:has(input[value='{contest}'])")).await?;
        self.browser.click("veche-extra button.primary").await
    }

    /// Ticks or unticks an option of the contest on the screen.
    ///
    /// # Errors
    /// When it is not offered.
    pub async fn tick(&self, option: &str) -> Result<()> {
        self.browser.click(&format!("veche-option:has(input[value='{option}']) label")).await
    }

    /// Gives an option one more point or vote, so many times.
    ///
    /// # Errors
    /// When it has no such button.
    pub async fn give(&self, option: &str, times: u32) -> Result<()> {
        self.press(option, ".more", times).await
    }

    /// Takes a point or vote back from an option, so many times.
    ///
    /// # Errors
    /// When it has no such button.
    pub async fn take_back(&self, option: &str, times: u32) -> Result<()> {
        self.press(option, ".less", times).await
    }

    async fn press(&self, option: &str, button: &str, times: u32) -> Result<()> {
        for _ in 0..times {
            self.browser.click(&format!("veche-option[data-option='{option}'] {button}")).await?;
        }
        Ok(())
    }

    /// What the lower bar says of the choice.
    ///
    /// # Errors
    /// When the page shows no contest.
    pub async fn bar(&self) -> Result<String> {
        Ok(self.browser.see("veche-choice-bar .bar-inside").await?.text().await?)
    }

    /// What is ticked on the screen.
    ///
    /// # Errors
    /// When the page shows no contest.
    pub async fn ticked(&self) -> Result<Vec<String>> {
        self.browser.see("veche-choose veche-option").await?;
        let script =
            "return [...document.querySelectorAll('veche-option input:checked')].map((input) => input.value)";
        Ok(serde_json::from_value(self.browser.run(script, vec![]).await?)?)
    }

    /// Goes on to the next contest, or to the review after the last.
    ///
    /// # Errors
    /// When the button is missing.
    pub async fn next(&self) -> Result<()> {
        self.browser.click("veche-choice-bar button.primary").await
    }

    /// Waits on the review until the ballot is sealed, and returns the confirmation code shown.
    ///
    /// # Errors
    /// When the page does not seal.
    pub async fn seal(&self) -> Result<String> {
        self.shown_code("veche-review").await
    }

    /// Casts the sealed ballot and waits for the receipt, whose code must be the one shown before.
    ///
    /// # Errors
    /// When no receipt appears, or one with another code.
    pub async fn cast(&self, code: &str) -> Result<()> {
        self.browser.click("veche-review button.primary").await?;
        let receipt = self.receipt_code().await?;
        ensure!(receipt == code, "the receipt says {receipt} and the sealed ballot said {code}");
        Ok(())
    }

    /// Waits for the receipt and returns its confirmation code.
    ///
    /// # Errors
    /// When no receipt appears.
    pub async fn receipt_code(&self) -> Result<String> {
        self.shown_code("veche-receipt").await
    }

    /// Loads the page anew, at its address or where the voter stands.
    ///
    /// # Errors
    /// When it does not load.
    pub async fn reload(&self) -> Result<()> {
        Ok(self.browser.client().refresh().await?)
    }

    /// Goes to the start page.
    ///
    /// # Errors
    /// When it does not load.
    pub async fn return_to_start(&self) -> Result<()> {
        self.browser.goto("about:blank").await?;
        self.browser.goto(&self.address).await
    }

    /// Which screens were seen and how many taps it took, as [`COUNTING`] counts.
    ///
    /// # Errors
    /// When nothing was counted.
    pub async fn counted(&self) -> Result<(Vec<String>, u64)> {
        let counted = self.browser.run("return window.counted", vec![]).await?;
        let screens = serde_json::from_value(counted.get("screens").cloned().unwrap_or_default())?;
        Ok((screens, counted.get("taps").and_then(Value::as_u64).context("nothing was counted")?))
    }

    async fn shown_code(&self, screen: &str) -> Result<String> {
        let groups = self.browser.see(&format!("{screen} .code-groups")).await?;
        let script = "return [...arguments[0].children].map((group) => group.textContent).join('-')";
        let code = self.browser.run(script, vec![serde_json::to_value(&groups)?]).await?;
        let code = code.as_str().unwrap_or_default().to_owned();
        ensure!(code.len() == 24, "\"{code}\" is not a confirmation code");
        Ok(code)
    }
}
