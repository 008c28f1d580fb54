//! `veche keeper` as a child process, and the trustees who work from the record that it publishes.
#![allow(clippy::indexing_slicing, reason = "a field that an answer has not is null")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use veche_xtask::process::read;

/// How long a step of the vote may take.
pub const SOON: Duration = Duration::from_secs(60);

/// A keeper as a child process.
#[derive(Debug)]
pub struct Keeper {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    /// Everything that it has answered.
    said: String,
}

impl Keeper {
    /// Starts one by its whole command.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(command: &mut Command) -> Result<Self> {
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let input = process.stdin.take().context("it reads nothing")?;
        let output = process.stdout.take().context("it says nothing")?;
        Ok(Keeper { process, input, output: BufReader::new(output), said: String::new() })
    }

    /// Sends a line. One that was killed reads nothing.
    pub fn send(&mut self, line: &str) {
        let _ = writeln!(self.input, "{line}");
    }

    /// The next answer; nothing where the process has ended.
    pub fn next_answer(&mut self) -> Option<Value> {
        let mut line = String::new();
        if self.output.read_line(&mut line).unwrap_or(0) == 0 {
            return None;
        }
        self.said.push_str(&line);
        serde_json::from_str(&line).ok()
    }

    /// Asks something and waits for the answer, as it is.
    ///
    /// # Errors
    /// When the process has ended, or answers something else.
    pub fn ask(&mut self, what: &str, mut fields: Value) -> Result<Value> {
        fields["do"] = what.into();
        fields["id"] = what.into();
        self.send(&fields.to_string());
        let answer = self.next_answer().with_context(|| format!("no answer to {what}"))?;
        ensure!(answer["id"] == what, "{answer}");
        Ok(answer)
    }

    /// Asks something that is granted.
    ///
    /// # Errors
    /// When it is not.
    pub fn granted(&mut self, what: &str, fields: Value) -> Result<Value> {
        let answer = self.ask(what, fields)?;
        ensure!(answer["error"].is_null(), "{what}: {answer}");
        Ok(answer["ok"].clone())
    }

    /// Waits for a phase of the vote.
    ///
    /// # Errors
    /// When it does not come.
    pub fn wait_for(&mut self, phase: &str) -> Result<Value> {
        let begun = Instant::now();
        loop {
            let status = self.granted("status", json!({}))?;
            if status["phase"] == phase {
                return Ok(status);
            }
            ensure!(begun.elapsed() < SOON, "{status}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Kills it.
    ///
    /// # Errors
    /// When it cannot be killed.
    pub fn kill(mut self) -> Result<()> {
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }

    /// Ends it as a portal does: by ending its input. What it has said in all its time.
    ///
    /// # Errors
    /// When it fails.
    pub fn end(mut self) -> Result<String> {
        drop(self.input);
        self.output.read_to_string(&mut self.said)?;
        ensure!(self.process.wait()?.success(), "the keeper has failed");
        Ok(self.said)
    }
}

/// A folder with a keeper (`data`), what it publishes (`record`), and three trustees (`trustee-1`…). `veche` begins
/// each command.
#[derive(Debug, Clone, Copy)]
pub struct Hall<'a> {
    /// The folder.
    pub folder: &'a Path,
    /// The program, with nothing said yet.
    pub veche: fn() -> Command,
}

impl Hall<'_> {
    /// The keeper's own folder.
    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// Where the record is published.
    pub fn record(&self) -> PathBuf {
        self.folder.join("record")
    }

    /// A trustee's folder.
    pub fn trustee(&self, number: u8) -> PathBuf {
        self.folder.join(format!("trustee-{number}"))
    }

    /// Makes the keeper.
    ///
    /// # Errors
    /// When it refuses.
    pub fn init(&self, manifest: &[u8]) -> Result<()> {
        let path = self.folder.join("manifest.json");
        std::fs::write(&path, manifest)?;
        let mut init = (self.veche)();
        init.args(["keeper", "init", "--data"]).arg(self.data()).arg("--manifest").arg(path);
        read(&mut init).map(drop)
    }

    /// Starts the keeper.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(&self) -> Result<Keeper> {
        Keeper::start((self.veche)().args(["keeper", "--data"]).arg(self.data()))
    }

    /// From a keeper that was just made to an open vote: three trustees make their keys and rehearse. What the status
    /// says then.
    ///
    /// # Errors
    /// When a step fails.
    pub fn open(&self, keeper: &mut Keeper) -> Result<Value> {
        let all = 1..=3;
        self.publish(keeper)?;
        all.clone().try_for_each(|number| self.new_trustee(number))?;
        all.clone().try_for_each(|number| self.carry(keeper, number))?;
        self.publish(keeper)?;
        all.clone().try_for_each(|number| self.step(number, "deal", &[]))?;
        all.clone().try_for_each(|number| self.carry(keeper, number))?;
        self.publish(keeper)?;
        let mut status = (self.veche)();
        let status = read(status.args(["trustee", "status", "--json", "--dir"]).arg(self.trustee(1)))?;
        let status: Value = serde_json::from_str(&status)?;
        let transcript = ["--transcript", status["transcript"].as_str().context("no transcript")?];
        all.clone().try_for_each(|number| self.step(number, "confirm", &transcript))?;
        all.clone().try_for_each(|number| self.carry(keeper, number))?;
        keeper.granted("rehearse", json!({}))?;
        self.decrypt(keeper, &[1, 2, 3])?;
        keeper.wait_for("open")
    }

    /// From an open vote whose manifest lets it be closed early to a verified result. These trustees decrypt.
    ///
    /// # Errors
    /// When a step fails, or a check.
    pub fn count(&self, keeper: &mut Keeper, who: &[u8]) -> Result<()> {
        keeper.granted("close", json!({}))?;
        keeper.wait_for("counting")?;
        self.decrypt(keeper, who)?;
        let status = keeper.wait_for("published")?;
        self.publish(keeper)?;
        let fingerprint = status["fingerprint"].as_str().context("no fingerprint")?;
        let mut verify = (self.veche)();
        read(verify.arg("verify").arg(self.record()).args(["--election", fingerprint])).map(drop)
    }

    /// Publishes the record.
    ///
    /// # Errors
    /// When it is refused.
    pub fn publish(&self, keeper: &mut Keeper) -> Result<()> {
        keeper.granted("publish", json!({ "to": self.record() })).map(drop)
    }

    /// All agree, and then these decrypt: all of the rehearsal, two of the vote.
    ///
    /// # Errors
    /// When a step fails.
    pub fn decrypt(&self, keeper: &mut Keeper, who: &[u8]) -> Result<()> {
        for numbers in [&[1, 2, 3], who] {
            self.publish(keeper)?;
            numbers.iter().try_for_each(|number| self.step(*number, "decrypt", &[]))?;
            numbers.iter().try_for_each(|number| self.carry(keeper, *number))?;
        }
        Ok(())
    }

    /// Carries what a trustee has signed to the board, twice.
    fn carry(&self, keeper: &mut Keeper, number: u8) -> Result<()> {
        for entry in std::fs::read_dir(self.trustee(number).join("outbox"))? {
            let path = entry?.path();
            let message = STANDARD.encode(std::fs::read(&path)?);
            let first = keeper.granted("post", json!({ "message": message }))?;
            let again = keeper.granted("post", json!({ "message": message }))?;
            ensure!(first == again, "the same message is the same entry");
            std::fs::remove_file(path)?;
        }
        Ok(())
    }

    /// `veche trustee new` with the board in a folder: the words are read and typed back.
    fn new_trustee(&self, number: u8) -> Result<()> {
        let mut command = (self.veche)();
        command.args(["trustee", "new", "--board"]).arg(self.record());
        command.args(["--trustee", &number.to_string(), "--dir"]).arg(self.trustee(number));
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut shown = BufReader::new(process.stdout.take().context("it says nothing")?).lines();
        let mut words = Vec::new();
        while words.len() < 24 {
            let line = shown.next().context("the words end")??;
            if let [number, word] = line.split_whitespace().collect::<Vec<_>>()[..]
                && number.parse::<u8>().is_ok()
            {
                words.push(word.to_owned());
            }
        }
        writeln!(process.stdin.take().context("it reads nothing")?, "{}", words.join(" "))?;
        shown.for_each(drop);
        ensure!(process.wait()?.success(), "trustee {number} has no share");
        Ok(())
    }

    fn step(&self, number: u8, what: &str, more: &[&str]) -> Result<()> {
        let mut command = (self.veche)();
        read(command.args(["trustee", what, "--dir"]).arg(self.trustee(number)).args(more)).map(drop)
    }
}
