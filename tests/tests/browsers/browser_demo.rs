//! `cargo xtask demo`, used as its reader uses it: open the address, vote, type `close`, read what it says.

use anyhow::{Context, Result, ensure};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;
use veche_tests::booth::Booth;
use veche_tests::browser::Driver;
use veche_xtask::ballot_box::free_port;
use veche_xtask::workspace::cargo;

/// Building included: the demo may be the first to build something.
const PATIENCE: Duration = Duration::from_secs(900);

struct Demo {
    process: Child,
    lines: Receiver<String>,
    said: String,
}

impl Demo {
    fn start() -> Result<Self> {
        let mut command: Command = cargo();
        command.args(["xtask", "demo", "--ballots", "30", "--port"]).arg(free_port()?.to_string());
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let output = process.stdout.take().context("no output")?;
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        Ok(Self { process, lines, said: String::new() })
    }

    /// Waits for a line and returns what stands behind the words given.
    fn says(&mut self, words: &str) -> Result<String> {
        loop {
            let line = self
                .lines
                .recv_timeout(PATIENCE)
                .with_context(|| format!("the demo never said \"{words}\":\n{}", self.said))?;
            self.said += &format!("{line}\n");
            if let Some((_, rest)) = line.split_once(words) {
                return Ok(rest.trim().to_owned());
            }
        }
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // Without its input the demo closes the vote and ends by itself, its server with it.
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ballot_cast_in_a_browser_is_in_the_verified_result_of_the_demo() -> Result<()> {
    let mut demo = Demo::start()?;
    let address = demo.says("Vote here")?;
    let driver = Driver::start()?;
    let voter = Booth::enter(driver.open().await?, &address).await?;
    voter.browser.see("veche-welcome veche-phone-form").await?;
    voter.browser.picture("demo-1-welcome").await?;
    voter.browser.fill("veche-phone-form input[name=tel]", "+44 7700 900123").await?;
    voter.browser.click("veche-phone-form button.primary").await?;
    let code = demo.says("your Veche code is")?;
    voter.browser.fill("veche-code input", &code).await?;
    voter.browser.click("veche-code button.primary").await?;
    voter.live_in("upper-orchards").await?;
    voter.give("quillhaven-1", 3).await?;
    voter.give("quillhaven-5", 1).await?;
    voter.browser.picture("demo-2-points").await?;
    voter.next().await?;
    voter.tick("upper-orchards-2").await?;
    voter.tick("upper-orchards-4").await?;
    voter.browser.picture("demo-2-budget").await?;
    voter.next().await?;
    voter.browser.see("veche-review .review-contest").await?;
    voter.browser.picture("demo-2-review").await?;
    let code = voter.seal().await?;
    voter.cast(&code).await?;
    voter.browser.picture("demo-3-receipt").await?;
    voter.browser.close().await?;

    demo.process.stdin.as_mut().context("no input")?.write_all(b"close\n")?;
    assert_eq!(demo.says("quillhaven:")?, "31 ballots", "every ballot has the town's contest");
    let ballots = demo.says("upper-orchards:")?;
    assert_eq!(ballots, "11 ballots", "ten simulated ones and the one from the browser");
    demo.says("31 sealed ballots among them")?;
    demo.says("Verified: every check passed")?;
    ensure!(demo.says("The result")?.ends_with("/#results"), "no address of the result:\n{}", demo.said);
    drop(demo.process.stdin.take());
    let status = demo.process.wait()?;
    ensure!(status.success(), "the demo ended with {status}:\n{}", demo.said);
    Ok(())
}
