//! Looking at a page: pictures at both widths, what fits, what keeps people out.

use super::{Browser, Kind, PATIENCE};
use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// The narrowest screen we draw for, and a desk. Pictures are taken at both.
pub const WIDTHS: [u32; 2] = [360, 1280];

impl Browser {
    /// Lets axe-core look for what keeps people from using the page as it stands.
    ///
    /// # Errors
    /// When it finds something; the sentence says what and where. Also when axe-core is not installed.
    pub async fn accessible(&self) -> Result<()> {
        let found = self.violations().await?;
        ensure!(found.is_empty(), "axe-core finds fault with the page:\n{}", found.join("\n\n"));
        Ok(())
    }

    /// What axe-core finds, as sentences that say what and where.
    ///
    /// # Errors
    /// When axe-core is not installed, or looks at nothing.
    pub async fn violations(&self) -> Result<Vec<String>> {
        let path = veche_xtask::workspace::root().join("www/node_modules/axe-core/axe.min.js");
        let axe = std::fs::read_to_string(&path)
            .with_context(|| format!("{} is missing; `cargo xtask test` installs it", path.display()))?;
        self.run(&format!("{axe}; window.axe = axe"), vec![]).await?;
        // A colour on its way to another one has the contrast of neither.
        let script = "const done = arguments[0];
            const frame = () => new Promise((next) => requestAnimationFrame(next));
            const still = async () => {
                await frame();
                await frame();
                await Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => undefined)));
            };
            still().then(() => axe.run(document, { resultTypes: ['violations'] })).then(
                ({ violations, passes }) => done({
                    looked: passes.length,
                    found: violations.flatMap(({ id, help, nodes }) =>
                        nodes.map(({ html, failureSummary }) => `${id}: ${help}\\n${html}\\n${failureSummary}`)),
                }),
                (error) => done({ looked: 0, found: [String(error)] }));";
        let report = self.client.execute_async(script, vec![]).await?;
        let found = report.get("found").and_then(Value::as_array).context("axe-core does not answer")?;
        let found = found.iter().filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>();
        if found.is_empty() && report.get("looked").and_then(Value::as_u64).unwrap_or(0) == 0 {
            bail!("axe-core looked at nothing");
        }
        Ok(found)
    }

    /// Takes a picture at each width, named `name-360.png` and so on, into `artefacts/`.
    ///
    /// # Errors
    /// When a picture cannot be taken or written.
    pub async fn picture(&self, name: &str) -> Result<()> {
        let folder = artefacts();
        std::fs::create_dir_all(&folder)?;
        let prefix = match self.kind {
            Kind::Chromium => String::new(),
            other => format!("{}-", other.name()),
        };
        for width in WIDTHS {
            self.width(width).await?;
            // Two frames: the first lays out, the second is what a person sees.
            let frames =
                "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done()))";
            self.client.execute_async(frames, vec![]).await?;
            let picture = self.client.screenshot().await.context("no picture could be taken")?;
            std::fs::write(folder.join(format!("{prefix}{name}-{width}.png")), picture)?;
        }
        self.width(WIDTHS[0]).await
    }

    /// Looks at the page in light and in dark: pictures at both widths, and nothing that keeps anyone out.
    ///
    /// # Errors
    /// When axe-core finds fault, or a picture cannot be taken.
    pub async fn look(&self, name: &str) -> Result<()> {
        for dark in [false, true] {
            self.dark(dark).await?;
            self.accessible().await?;
            self.picture(&if dark { format!("{name}-dark") } else { name.to_owned() }).await?;
        }
        self.dark(false).await
    }

    /// Chooses a language at the switch, and waits until the page speaks it.
    ///
    /// # Errors
    /// When it does not change.
    pub async fn speak(&self, language: &str) -> Result<()> {
        self.see("#language").await?;
        let choose = "const select = document.querySelector('#language');
            if (select.value === arguments[0]) return;
            localStorage.removeItem('veche-language');
            select.value = arguments[0];
            select.dispatchEvent(new Event('change', { bubbles: true }));";
        self.run(choose, vec![language.into()]).await?;
        let began = Instant::now();
        loop {
            let script = "return [document.documentElement.lang, document.querySelector('#language').value,
                localStorage.getItem('veche-language') ?? document.documentElement.lang]";
            if self.run(script, vec![]).await? == json!([language, language, language]) {
                return Ok(());
            }
            if began.elapsed() > PATIENCE {
                bail!("the page does not change to {language}:\n{}", self.text().await?);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Looks whether everything fits on narrow phones: nothing lies beyond the right edge, and whatever can be pressed
    /// is 44 px high and wide. (A tick is as large as its card, a link in a line as its line.)
    ///
    /// # Errors
    /// When something does not.
    pub async fn fits(&self) -> Result<()> {
        for width in [320, 360] {
            self.width(width).await?;
            let script = "return document.documentElement.scrollWidth";
            let wide = self.run(script, vec![]).await?.as_u64().unwrap_or(u64::MAX);
            let script = "return [...document.querySelectorAll('main *')]
                .filter((one) => one.getBoundingClientRect().right > arguments[0]).map((one) => one.outerHTML.slice(0, 120))";
            let beyond =
                if wide > width.into() { self.run(script, vec![width.into()]).await? } else { Value::Null };
            ensure!(wide <= width.into(), "the page is {wide} px wide on a screen of {width}: {beyond}");
            let script =
                "return [...document.querySelectorAll('main button')].filter((button) => button.offsetParent)
                .map((button) => [button.getBoundingClientRect(), button.ariaLabel ?? button.textContent])
                .filter(([{ width, height }]) => width < 44 || height < 44).map(([, name]) => name)";
            let small = self.run(script, vec![]).await?;
            ensure!(small.as_array().is_some_and(Vec::is_empty), "too small to touch at {width} px: {small}");
        }
        self.width(WIDTHS[0]).await
    }

    /// Gives the page the screen of a small phone, with the bars of its browser; in Chromium only.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn small_phone(&self) -> Result<()> {
        let size = json!({ "width": 360, "height": 616, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", size).await.map(drop)
    }

    /// Keeps a picture of what is in sight on a small phone.
    ///
    /// # Errors
    /// When the browser refuses, or nothing can be written.
    pub async fn shot(&self, name: &str) -> Result<()> {
        std::fs::create_dir_all(artefacts())?;
        Ok(std::fs::write(artefacts().join(format!("{name}-360x616.png")), self.client.screenshot().await?)?)
    }
}

/// Where pictures are kept to be looked at; ignored by git.
#[must_use]
pub fn artefacts() -> PathBuf {
    veche_xtask::workspace::root().join("artefacts")
}
