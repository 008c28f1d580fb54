//! A running `veche-server`, as an organiser and a voter meet it: over HTTP, on this machine.

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// Time for the server to come up and for an SMS code to appear.
const PATIENCE: Duration = Duration::from_secs(30);

/// The server (a ballot box, its registrar, or both) and what it prints. It is stopped when this is dropped.
#[derive(Debug)]
pub struct BallotBox {
    process: Child,
    port: u16,
    output: Receiver<String>,
    http: Http,
    token: String,
}

/// Makes a new ballot box's folder (keys, database and the first entry of the board), and types the words of the
/// organiser's key back.
///
/// # Errors
/// When `veche-server init` refuses, for example because the manifest is not legal.
pub fn create(server: &Path, data: &Path, manifest: &Path, options: &[&OsStr]) -> Result<()> {
    let mut command = Command::new(server);
    command.arg("init").arg("--data").arg(data).arg("--manifest").arg(manifest).args(options);
    crate::process::read(&mut command)?;
    // Whoever holds the key elsewhere has its words there.
    if options.contains(&OsStr::new("--organiser-key")) { Ok(()) } else { type_words_back(server, data) }
}

/// Types the words of the organiser's key back, as an operator does from paper: the vote does not open before.
fn type_words_back(server: &Path, data: &Path) -> Result<()> {
    let mut words = Command::new(server);
    words.args(["words", "--key", "organiser", "--data"]).arg(data);
    let shown = crate::process::read(&mut words).context("the words of the organiser's key")?;
    let numbered = |line: &&str| line.trim_start().starts_with(|first: char| first.is_ascii_digit());
    let typed: String = shown.lines().filter(numbered).map(|line| format!("{line}\n")).collect();
    let mut check = Command::new(server);
    check.args(["words", "--check", "--data"]).arg(data);
    let mut process = check.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    process.stdin.take().context("no input")?.write_all(typed.as_bytes())?;
    let output = process.wait_with_output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

/// A port that nothing listens on at this moment.
///
/// # Errors
/// When the machine has none.
pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

impl BallotBox {
    /// Starts the server on a port of this machine.
    ///
    /// # Errors
    /// When the port is taken or the server ends before it answers.
    pub fn start(server: &Path, data: &Path, port: u16, options: &[&OsStr]) -> Result<Self> {
        ensure!(
            TcpListener::bind(("127.0.0.1", port)).is_ok(),
            "port {port} is in use; choose another with --port"
        );
        let mut command = Command::new(server);
        command.arg("serve").arg("--data").arg(data).arg("--listen").arg(format!("127.0.0.1:{port}"));
        // A portal's passes stand in the place of codes.
        if !["--sms", "--pass-key"].iter().any(|option| options.contains(&OsStr::new(option))) {
            command.args(["--sms", "terminal"]);
        }
        command.args(options);
        if std::env::var_os("RUST_LOG").is_none() {
            command.env("RUST_LOG", "warn");
        }
        let mut process = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .context("veche-server could not be started")?;
        let printed = process.stdout.take().context("veche-server has no output")?;
        let (sender, output) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(printed).lines().map_while(Result::ok) {
                // Nobody listens any more: keep reading all the same, or the server would block on a full pipe.
                let _ = sender.send(line);
            }
        });
        // A registrar apart from the ballot box has none.
        let token = std::fs::read_to_string(data.join("organiser-token")).unwrap_or_default();
        let http = Http::new(&format!("http://127.0.0.1:{port}"));
        let mut ballot_box = Self { process, port, output, http, token: token.trim().to_owned() };
        let began = Instant::now();
        while !ballot_box.http.answers() {
            ballot_box.is_running()?;
            ensure!(began.elapsed() < PATIENCE, "veche-server does not answer");
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(ballot_box)
    }

    /// Asks whether the server still runs.
    ///
    /// # Errors
    /// When it has ended.
    pub fn is_running(&mut self) -> Result<()> {
        match self.process.try_wait()? {
            Some(status) => bail!("veche-server ended with {status}"),
            None => Ok(()),
        }
    }

    /// The interface that voters and observers use.
    #[must_use]
    pub fn http(&self) -> &Http {
        &self.http
    }

    /// Waits for the next SMS and returns its code.
    ///
    /// # Errors
    /// When none appears in time.
    pub fn next_code(&self) -> Result<String> {
        loop {
            let line = match self.output.recv_timeout(PATIENCE) {
                Ok(line) => line,
                Err(RecvTimeoutError::Timeout) => bail!("no SMS appeared"),
                Err(RecvTimeoutError::Disconnected) => bail!("veche-server has ended"),
            };
            if let Some((_, code)) = line.split_once("code is ") {
                return Ok(code.trim().to_owned());
            }
        }
    }

    /// Takes the next line the server printed, waiting no longer than `patience`.
    #[must_use]
    pub fn next_line(&self, patience: Duration) -> Option<String> {
        self.output.recv_timeout(patience).ok()
    }

    /// Posts as the organiser.
    ///
    /// # Errors
    /// When the server refuses; the sentence quotes its problem document.
    pub fn organise(&self, path: &str, body: &[u8]) -> Result<Value> {
        self.http.post(path, Some(&self.token), "application/octet-stream", body)
    }

    /// The port it listens on.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The number of its process.
    #[must_use]
    pub fn process(&self) -> u32 {
        self.process.id()
    }

    /// Stops the server the hard way, as a power cut would, and waits until its port is free.
    ///
    /// # Errors
    /// When it cannot be stopped.
    pub fn stop(&mut self) -> Result<()> {
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }
}

impl Drop for BallotBox {
    fn drop(&mut self) {
        let _ = self.stop();
    }
}

/// A ballot box's HTTP interface at one address.
#[derive(Debug, Clone)]
pub struct Http {
    agent: ureq::Agent,
    address: String,
    /// Whom a proxy in front would name as the sender.
    sender: Option<String>,
}

/// An answer that is not a success.
#[derive(Debug, Clone)]
pub struct Refused {
    /// What was asked for.
    pub path: String,
    /// The status.
    pub status: u16,
    /// The problem document, or whatever came in its place.
    pub body: String,
}

impl Refused {
    /// The name of the problem, such as `busy`; nothing where the answer is no problem document.
    #[must_use]
    pub fn problem(&self) -> Option<String> {
        let document: Value = serde_json::from_str(&self.body).ok()?;
        Some(document.get("type")?.as_str()?.strip_prefix("urn:veche:")?.to_owned())
    }
}

impl std::fmt::Display for Refused {
    fn fmt(&self, text: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(text, "{}: {}: {}", self.path, self.status, self.body)
    }
}

impl std::error::Error for Refused {}

impl Http {
    /// An interface at an address without a slash at its end.
    #[must_use]
    pub fn new(address: &str) -> Self {
        Self::within(address, Duration::from_secs(60))
    }

    /// The same for somebody who waits no longer than this for an answer.
    #[must_use]
    pub fn within(address: &str, patience: Duration) -> Self {
        let config =
            ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(patience)).build();
        Self { agent: config.into(), address: address.to_owned(), sender: None }
    }

    /// The same interface over connections of its own, as a proxy in front hands it a request of this sender.
    #[must_use]
    pub fn sent_by(&self, sender: &str) -> Self {
        Self { sender: Some(sender.to_owned()), ..Self::new(&self.address) }
    }

    /// The same sender's connections, for a request of another one.
    #[must_use]
    pub fn also_sent_by(&self, sender: &str) -> Self {
        Self { sender: Some(sender.to_owned()), ..self.clone() }
    }

    /// Scheme, host and port.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Whether something answers, well or not.
    #[must_use]
    pub fn answers(&self) -> bool {
        self.agent.get(format!("{}/v1/health", self.address)).call().is_ok()
    }

    /// What `/v1/election` says.
    ///
    /// # Errors
    /// When the server does not answer.
    pub fn election(&self) -> Result<Value> {
        Ok(serde_json::from_slice(&self.get("/v1/election")?)?)
    }

    /// Reads a file or a document.
    ///
    /// # Errors
    /// When the server refuses; the sentence quotes its problem document.
    pub fn get(&self, path: &str) -> Result<Vec<u8>> {
        let mut request = self.agent.get(format!("{}{path}", self.address));
        if let Some(sender) = &self.sender {
            request = request.header("x-forwarded-for", sender);
        }
        answer(request.call(), path)
    }

    /// Posts a JSON document.
    ///
    /// # Errors
    /// When the server refuses; the sentence quotes its problem document.
    pub fn post_json(&self, path: &str, token: Option<&str>, body: &Value) -> Result<Value> {
        self.post(path, token, "application/json", body.to_string().as_bytes())
    }

    /// Puts a JSON document.
    ///
    /// # Errors
    /// When the server refuses; the sentence quotes its problem document.
    pub fn put_json(&self, path: &str, token: Option<&str>, body: &Value) -> Result<Value> {
        let request = self.agent.put(format!("{}{path}", self.address));
        self.send(request, path, token, "application/json", body.to_string().as_bytes())
    }

    /// Posts bytes.
    ///
    /// # Errors
    /// When the server refuses; the sentence quotes its problem document.
    pub fn post(&self, path: &str, token: Option<&str>, kind: &str, body: &[u8]) -> Result<Value> {
        self.send(self.agent.post(format!("{}{path}", self.address)), path, token, kind, body)
    }

    fn send(
        &self,
        request: ureq::RequestBuilder<ureq::typestate::WithBody>,
        path: &str,
        token: Option<&str>,
        kind: &str,
        body: &[u8],
    ) -> Result<Value> {
        let mut request = request.header("content-type", kind);
        if let Some(sender) = &self.sender {
            request = request.header("x-forwarded-for", sender);
        }
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let text = answer(request.send(body), path)?;
        // Some answers have no body: the status says it all.
        if text.is_empty() { Ok(Value::Null) } else { Ok(serde_json::from_slice(&text)?) }
    }
}

fn answer(response: Result<ureq::http::Response<ureq::Body>, ureq::Error>, path: &str) -> Result<Vec<u8>> {
    let mut response = response.with_context(|| format!("the ballot box did not answer {path}"))?;
    let body = response.body_mut().with_config().limit(64 << 20).read_to_vec()?;
    if !response.status().is_success() {
        let (path, body) = (path.to_owned(), String::from_utf8_lossy(&body).into_owned());
        return Err(Refused { path, status: response.status().as_u16(), body }.into());
    }
    Ok(body)
}
