//! A person who verifies a record in a browser, and the same at a terminal.

use crate::browser::Browser;
use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};
use veche_xtask::workspace::Programs;

/// A browser on the page that verifies.
#[derive(Debug)]
pub struct Observer {
    /// The browser, for everything that is not a step of verifying.
    pub browser: Browser,
}

impl Observer {
    /// Opens the page of a site.
    ///
    /// # Errors
    /// When it does not load.
    pub async fn enter(browser: Browser, site: &str) -> Result<Self> {
        browser.goto(&format!("{site}#verify")).await?;
        browser.see("veche-verify [data-act=start]").await?;
        Ok(Self { browser })
    }

    /// Presses a button.
    ///
    /// # Errors
    /// When it is not offered.
    pub async fn press(&self, act: &str) -> Result<()> {
        self.browser.click(&format!("veche-verify [data-act={act}]")).await
    }

    /// What the page is doing.
    ///
    /// # Errors
    /// When the page is gone.
    pub async fn state(&self) -> Result<String> {
        Ok(self.ask("state").await?.as_str().unwrap_or_default().to_owned())
    }

    /// How many entries are verified, and how many there are.
    ///
    /// # Errors
    /// When the page is gone.
    pub async fn progress(&self) -> Result<(u64, u64)> {
        let progress = self.ask("progress").await?;
        let number = |name: &str| progress.get(name).and_then(Value::as_u64).unwrap_or(0);
        Ok((number("entries"), number("total")))
    }

    async fn ask(&self, what: &str) -> Result<Value> {
        let script = format!("return document.querySelector('veche-verify').{what}");
        self.browser.run(&script, vec![]).await
    }

    /// Waits until a part of the record is verified: there is more to come.
    ///
    /// # Errors
    /// When the page ends before that, or does not come to it.
    pub async fn begins(&self) -> Result<u64> {
        let began = Instant::now();
        loop {
            let (entries, total) = self.progress().await?;
            if entries > 0 && entries < total {
                return Ok(entries);
            }
            let state = self.state().await?;
            ensure!(state == "running", "the page is {state} at entry {entries} of {total}");
            ensure!(began.elapsed() < Duration::from_secs(120), "the page does not begin");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits for the end and returns the report.
    ///
    /// # Errors
    /// When it does not come to its end in time; the sentence quotes the page.
    pub async fn report(&self, patience: Duration) -> Result<Value> {
        let began = Instant::now();
        loop {
            match self.state().await?.as_str() {
                "done" => return self.ask("report").await,
                "running" if began.elapsed() < patience => {}
                state => bail!(
                    "the page is {state} at {:?}; it says:\n{}\n{}",
                    self.progress().await?,
                    self.browser.text().await?,
                    self.browser.log().await?.join("\n")
                ),
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Begins to measure the time between frames.
    ///
    /// # Errors
    /// When the page is gone.
    pub async fn watch_frames(&self) -> Result<()> {
        let script = "let last = performance.now();
            window.longestGap = 0;
            const frame = (now) => {
                window.longestGap = Math.max(window.longestGap, now - last);
                last = now;
                requestAnimationFrame(frame);
            };
            requestAnimationFrame(frame);";
        self.browser.run(script, vec![]).await.map(drop)
    }

    /// The longest time between two frames since then.
    ///
    /// # Errors
    /// When nothing was measured.
    pub async fn longest_gap(&self) -> Result<Duration> {
        let gap = self.browser.run("return window.longestGap", vec![]).await?;
        let gap = gap.as_f64().filter(|gap| *gap > 0.0).context("no frame was drawn")?;
        Ok(Duration::from_secs_f64(gap / 1000.0))
    }
}

/// What `veche verify --json` says of a record, a copy of which it makes in `scratch`.
///
/// # Errors
/// When it prints no report.
pub fn at_a_terminal(
    programs: &Programs,
    record: &str,
    fingerprint: Option<&str>,
    scratch: &Path,
) -> Result<Value> {
    let mut command = Command::new(&programs.veche);
    command.args(["verify", record, "--json", "--no-resume"]);
    if let Some(fingerprint) = fingerprint {
        command.args(["--election", fingerprint]);
    }
    let output = command.env("XDG_CACHE_HOME", scratch).env("LOCALAPPDATA", scratch).output()?;
    serde_json::from_slice(&output.stdout)
        .with_context(|| format!("no report: {}", String::from_utf8_lossy(&output.stderr)))
}

/// Where two documents differ, each place as a path with both values.
#[must_use]
pub fn differences(here: &Value, there: &Value) -> Vec<String> {
    let mut found = Vec::new();
    compare("", here, there, &mut found);
    found
}

fn compare(path: &str, here: &Value, there: &Value, found: &mut Vec<String>) {
    match (here, there) {
        (Value::Object(one), Value::Object(other)) => {
            let names: std::collections::BTreeSet<_> = one.keys().chain(other.keys()).collect();
            for name in names {
                let absent = &Value::from("(absent)");
                let (one, other) = (one.get(name).unwrap_or(absent), other.get(name).unwrap_or(absent));
                compare(&format!("{path}/{name}"), one, other, found);
            }
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            for (number, (one, other)) in one.iter().zip(other).enumerate() {
                compare(&format!("{path}/{number}"), one, other, found);
            }
        }
        _ if here == there => {}
        _ => found.push(format!("{path}: {here} and {there}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_difference_is_found_wherever_it_is() {
        let honest = json!({ "outcome": "verified", "checks": [{ "number": 1 }, { "number": 2 }] });
        assert!(differences(&honest, &honest).is_empty());
        for other in [
            json!({ "outcome": "failed", "checks": [{ "number": 1 }, { "number": 2 }] }),
            json!({ "outcome": "verified", "checks": [{ "number": 1 }, { "number": 3 }] }),
            json!({ "outcome": "verified", "checks": [{ "number": 1 }] }),
            json!({ "outcome": "verified" }),
        ] {
            assert_eq!(differences(&honest, &other).len(), 1);
            assert_eq!(differences(&other, &honest).len(), 1);
        }
    }
}
