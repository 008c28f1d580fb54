//! The programs that drive a browser: started on a free port, and ended with every browser they started.

use super::{Browser, WIDTHS};
use anyhow::{Context, Result, bail};
use fantoccini::ClientBuilder;
use fantoccini::wd::Capabilities;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};
use veche_xtask::tools;

/// Which browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Chromium, by chromedriver.
    Chromium,
    /// Firefox, by geckodriver.
    Firefox,
}

impl Kind {
    /// Both, for tests that ask the same of each.
    pub const ALL: [Self; 2] = [Self::Chromium, Self::Firefox];

    /// Its name in the names of pictures.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
        }
    }

    fn capabilities(self) -> Result<Capabilities> {
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
        };
        let Value::Object(capabilities) = options else { bail!("not an object") };
        Ok(Capabilities::from_iter(capabilities))
    }
}

/// A driver, and with it every browser it started. All end when this is dropped, in a failing test too.
#[derive(Debug)]
pub struct Driver {
    kind: Kind,
    // geckodriver has one browser at a time, so each browser has one of its own.
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
        let port = self.port()?;
        let client = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new())
            .capabilities(self.kind.capabilities()?)
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
    port: u16,
    /// The latest browser.
    session: Option<String>,
}

impl Process {
    fn start(kind: Kind) -> Result<Self> {
        let (program, arguments, before_port): (_, &[&str], _) = match kind {
            Kind::Chromium => ("chromedriver".into(), &["--port=0"], "successfully on port "),
            // Setting the page's width and reading errors happens in Firefox itself.
            Kind::Firefox => (
                tools::program("geckodriver"),
                &["--port=0", "--allow-system-access"],
                "Listening on 127.0.0.1:",
            ),
        };
        let mut child = Command::new(&program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| {
                format!(
                    "{} could not be started; `cargo xtask tools` installs it or says how",
                    program.display()
                )
            })?;
        let output = child.stdout.take().with_context(|| format!("{} has no output", program.display()))?;
        let mut lines = BufReader::new(output).lines();
        for line in lines.by_ref() {
            let line = line?;
            if let Some((_, rest)) = line.split_once(before_port) {
                let port = rest.trim_end_matches('.').parse().context("the driver names no port")?;
                // Read on, or it would stand still before a full pipe.
                std::thread::spawn(move || lines.map_while(std::io::Result::ok).for_each(drop));
                return Ok(Self { kind, child, port, session: None });
            }
        }
        bail!("{} ended before it was ready", program.display());
    }
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
            Kind::Firefox => {
                if let Some(session) = &self.session {
                    // Gone already when the test closed it.
                    let _ = ureq::delete(format!("{address}/session/{session}")).call();
                }
            }
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
