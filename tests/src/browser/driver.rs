//! The programs that drive a browser: started on a free port, and ended with every browser they started.

use super::{Browser, WIDTHS};
use anyhow::{Context, Result, bail, ensure};
use fantoccini::ClientBuilder;
use fantoccini::wd::Capabilities;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};
use veche_xtask::ballot_box::free_port;
use veche_xtask::tools;

/// Which browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Chromium, by chromedriver.
    Chromium,
    /// Firefox, by geckodriver.
    Firefox,
    /// WebKitGTK, by its own driver and on a screen that nobody sees. It stands for Safari, which has the same engine.
    WebKit,
}

impl Kind {
    /// The two that every page is looked at in, for tests that ask the same of each.
    pub const ALL: [Self; 2] = [Self::Chromium, Self::Firefox];

    /// Its name in the names of pictures.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
            Self::WebKit => "webkit",
        }
    }

    fn capabilities(self, waiting: Waiting) -> Result<Capabilities> {
        let options = match self {
            Self::Chromium => {
                let mut arguments = vec![
                    "--headless=new",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                    "--no-first-run",
                ];
                if tools::is_root() {
                    // Chromium's sandbox refuses to run as root, which is what a CI container is.
                    arguments.push("--no-sandbox");
                }
                json!({ "goog:chromeOptions": { "args": arguments }, "goog:loggingPrefs": { "browser": "ALL" } })
            }
            Self::Firefox => {
                let binary =
                    tools::firefox().context("Firefox is missing; `cargo xtask tools` installs it")?;
                // The driver's own fresh profile turns updates, studies and reports off.
                json!({ "moz:firefoxOptions": { "binary": binary, "args": ["-headless"] } })
            }
            // The driver knows its browser.
            Self::WebKit => json!({}),
        };
        let Value::Object(mut capabilities) = options else { bail!("not an object") };
        if waiting == Waiting::ForNothing {
            capabilities.insert("pageLoadStrategy".into(), "none".into());
        }
        Ok(Capabilities::from_iter(capabilities))
    }
}

/// What a browser waits for before it does what it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Waiting {
    /// The page and all that it names.
    ForThePage,
    ForNothing,
}

/// A driver, and with it every browser it started. All end when this is dropped, in a failing test too.
#[derive(Debug)]
pub struct Driver {
    kind: Kind,
    // The drivers of Firefox and WebKit have one browser at a time, so each browser has one of its own.
    processes: Mutex<Vec<Process>>,
}

impl Driver {
    /// A driver of Chromium.
    ///
    /// # Errors
    /// When there is none: a missing browser is a failure, never a reason to skip.
    pub fn start() -> Result<Self> {
        Self::of(Kind::Chromium)
    }

    /// A driver of either browser.
    ///
    /// # Errors
    /// When there is none.
    pub fn of(kind: Kind) -> Result<Self> {
        Ok(Self { kind, processes: Mutex::new(vec![Process::start(kind)?]) })
    }

    /// Opens a browser with a fresh profile: a person with a browser of their own.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn open(&self) -> Result<Browser> {
        self.open_waiting(Waiting::ForThePage).await
    }

    /// The same, for whoever looks while a page is being loaded: going to an address waits for nothing.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn open_impatient(&self) -> Result<Browser> {
        self.open_waiting(Waiting::ForNothing).await
    }

    /// The same, for whoever has a browser that keeps nothing of one site where it stands in a frame of another; in
    /// Chromium only.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn open_forgetful(&self, frame: &str, page: &str) -> Result<Browser> {
        let mut capabilities = self.kind.capabilities(Waiting::ForThePage)?;
        let blocked = json!({ "profile.content_settings.exceptions.cookies": { format!("{frame},{page}"): { "setting": 2 } } });
        let options = capabilities.get_mut("goog:chromeOptions").and_then(Value::as_object_mut);
        options.context("only Chromium is told so")?.insert("prefs".into(), blocked);
        self.open_as(capabilities).await
    }

    async fn open_waiting(&self, waiting: Waiting) -> Result<Browser> {
        self.open_as(self.kind.capabilities(waiting)?).await
    }

    async fn open_as(&self, capabilities: Capabilities) -> Result<Browser> {
        let port = self.port()?;
        let client = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .with_context(|| format!("{:?} did not start", self.kind))?;
        let session = client.session_id().await?;
        for process in self.processes()?.iter_mut().filter(|process| process.port == port) {
            process.session.clone_from(&session);
        }
        let browser = Browser { client, kind: self.kind };
        browser.width(WIDTHS[0]).await?;
        Ok(browser)
    }

    /// A driver's port that can open another browser.
    fn port(&self) -> Result<u16> {
        let mut processes = self.processes()?;
        let free = |process: &&Process| self.kind == Kind::Chromium || process.session.is_none();
        if let Some(process) = processes.iter().find(free) {
            return Ok(process.port);
        }
        let process = Process::start(self.kind)?;
        let port = process.port;
        processes.push(process);
        Ok(port)
    }

    fn processes(&self) -> Result<std::sync::MutexGuard<'_, Vec<Process>>> {
        self.processes.lock().ok().context("another browser of this driver failed to start")
    }
}

#[derive(Debug)]
struct Process {
    kind: Kind,
    child: Child,
    /// The screen of a browser that cannot do without.
    screen: Option<Child>,
    port: u16,
    /// The latest browser.
    session: Option<String>,
}

impl Process {
    fn start(kind: Kind) -> Result<Self> {
        match kind {
            Kind::Chromium => {
                Self::announced(kind, "chromedriver".into(), &["--port=0"], "successfully on port ")
            }
            // Setting the page's width and reading errors happens in Firefox itself.
            Kind::Firefox => Self::announced(
                kind,
                tools::program("geckodriver"),
                &["--port=0", "--allow-system-access"],
                "Listening on 127.0.0.1:",
            ),
            Kind::WebKit => Self::webkit(),
        }
    }

    /// Starts a driver that chooses its port and says which.
    fn announced(kind: Kind, program: PathBuf, arguments: &[&str], before_port: &str) -> Result<Self> {
        let start = || -> Result<_> {
            let mut child = spawn(Command::new(&program).args(arguments).stdout(Stdio::piped()))?;
            let line = line_with(&mut child, before_port)?;
            Ok((child, line))
        };
        // The port that chromedriver has chosen in one family of addresses may be taken in the other: it then ends.
        let (child, line) = start().or_else(|_| start())?;
        let port = line.trim_end_matches('.').parse().context("the driver names no port")?;
        Ok(Self { kind, child, screen: None, port, session: None })
    }

    /// Starts WebKit's driver, which is told its port and says nothing.
    fn webkit() -> Result<Self> {
        let arguments = ["-displayfd", "1", "-screen", "0", "1400x1000x24", "-nolisten", "tcp", "-ac"];
        let mut screen = spawn(Command::new("Xvfb").args(arguments).stdout(Stdio::piped()))?;
        let display = line_with(&mut screen, "")?;
        let port = free_port()?;
        let child = spawn(
            Command::new("WebKitWebDriver")
                .arg(format!("--port={port}"))
                .env("DISPLAY", format!(":{display}"))
                .env_remove("WAYLAND_DISPLAY")
                .stdout(Stdio::null()),
        )?;
        let process = Self { kind: Kind::WebKit, child, screen: Some(screen), port, session: None };
        let began = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            ensure!(began.elapsed() < Duration::from_secs(20), "WebKitWebDriver does not listen");
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(process)
    }
}

fn spawn(command: &mut Command) -> Result<Child> {
    let name = command.get_program().to_string_lossy().into_owned();
    let started = command.stdin(Stdio::null()).stderr(Stdio::null()).spawn();
    started
        .with_context(|| format!("{name} could not be started; `cargo xtask tools` installs it or says how"))
}

/// Waits for a line with these words, and gives what stands behind them.
fn line_with(child: &mut Child, words: &str) -> Result<String> {
    let output = child.stdout.take().context("a driver without output")?;
    let mut lines = BufReader::new(output).lines();
    for line in lines.by_ref() {
        if let Some((_, rest)) = line?.split_once(words) {
            let rest = rest.to_owned();
            // Read on, or it would stand still before a full pipe.
            std::thread::spawn(move || lines.map_while(std::io::Result::ok).for_each(drop));
            return Ok(rest);
        }
    }
    bail!("a driver ended before it was ready");
}

impl Drop for Process {
    fn drop(&mut self) {
        // Killed outright they would leave their browsers running.
        let address = format!("http://127.0.0.1:{}", self.port);
        match self.kind {
            Kind::Chromium => {
                let _ = ureq::get(format!("{address}/shutdown")).call();
                let asked = Instant::now();
                while asked.elapsed() < Duration::from_secs(10) {
                    if let Ok(Some(_)) = self.child.try_wait() {
                        return;
                    }
                    std::thread::sleep(Duration::from_millis(50));
                }
            }
            Kind::Firefox | Kind::WebKit => {
                if let Some(session) = &self.session {
                    // Gone already when the test closed it.
                    let _ = ureq::delete(format!("{address}/session/{session}")).call();
                }
            }
        }
        for process in [Some(&mut self.child), self.screen.as_mut()].into_iter().flatten() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}
