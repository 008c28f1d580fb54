//! Measuring inside a real Chromium, under WebDriver.

use crate::tools;
use anyhow::{Context, Result, bail};
use base64::Engine;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// What a tab is given.
pub struct Page {
    /// The measuring module's JavaScript.
    pub glue: String,
    /// The measuring module.
    pub module: Vec<u8>,
    /// The module that voters download.
    pub shipped: Vec<u8>,
}

/// What came back.
pub struct Measured {
    /// Lines of a name and a number.
    pub figures: String,
    /// The first ballot of a new tab.
    pub cold: Cold,
}

/// Milliseconds in a tab that has compiled nothing yet: medians over several new browsers.
#[derive(Debug, Clone, Copy)]
pub struct Cold {
    /// Compiling the module that voters download.
    pub compile: f64,
    /// Tables, the contest's program, and prepare, for 40 options.
    pub prepare: f64,
    /// Sealing that ballot.
    pub seal: f64,
}

/// The first ballot: the page's own module compiled cold, then everything once.
const COLD: &str = r#"
const [glue, module, shipped, done] = arguments;
const bytes = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
(async () => {
    const own = bytes(shipped);
    const begun = performance.now();
    await WebAssembly.compile(own);
    const compiled = performance.now();
    const bindgen = new Function(`${glue}; return wasm_bindgen;`)();
    await bindgen({ module_or_path: bytes(module) });
    const ready = performance.now();
    if (!bindgen.prepare()) throw new Error("nothing was prepared");
    const prepared = performance.now();
    if (!bindgen.seal()) throw new Error("nothing was sealed");
    return [compiled - begun, prepared - ready, performance.now() - prepared];
})().then(done, (error) => done(String(error)));
"#;

/// All figures.
const FIGURES: &str = r#"
const [glue, module, done] = arguments;
const bytes = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
(async () => {
    const bindgen = new Function(`${glue}; return wasm_bindgen;`)();
    await bindgen({ module_or_path: bytes(module) });
    return bindgen.figures();
})().then(done, (error) => done(`failed ${error}`));
"#;

/// Measures a few first ballots, each in a browser of its own, and then everything.
///
/// # Errors
/// When Chromium does not start, or the page fails.
pub fn measure(page: &Page) -> Result<Measured> {
    const COLD_STARTS: usize = 5;
    let driver = Driver::start()?;
    let encode = |bytes: &[u8]| base64::engine::general_purpose::STANDARD.encode(bytes);
    let (module, shipped) = (encode(&page.module), encode(&page.shipped));
    let mut times = [Vec::new(), Vec::new(), Vec::new()];
    for _ in 0..COLD_STARTS {
        let session = driver.open()?;
        let said = session.run(COLD, json!([page.glue, module, shipped]))?;
        let Value::Array(values) = &said else { bail!("the first ballot failed in Chromium: {said}") };
        for (times, value) in times.iter_mut().zip(values) {
            times.push(value.as_f64().context("Chromium measured no time")?);
        }
    }
    let [compile, prepare, seal] = times.map(super::median);
    let said = driver.open()?.run(FIGURES, json!([page.glue, module]))?;
    let figures = said.as_str().context("Chromium said nothing")?.to_owned();
    Ok(Measured { figures, cold: Cold { compile, prepare, seal } })
}

/// chromedriver, and with it every Chromium it started.
struct Driver {
    process: Child,
    address: String,
}

impl Driver {
    fn start() -> Result<Self> {
        let mut process = Command::new("chromedriver")
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .context("chromedriver could not be started")?;
        let output = process.stdout.take().context("chromedriver has no output")?;
        for line in BufReader::new(output).lines() {
            if let Some((_, port)) = line?.split_once("successfully on port ") {
                let address = format!("http://127.0.0.1:{}", port.trim_end_matches('.'));
                return Ok(Self { process, address });
            }
        }
        bail!("chromedriver ended before it was ready");
    }

    /// A Chromium with a fresh profile, at an empty page.
    fn open(&self) -> Result<Session<'_>> {
        let mut arguments =
            vec!["--headless=new", "--disable-background-networking", "--disable-component-update"];
        arguments.extend(["--disable-sync", "--no-first-run"]);
        if tools::is_root() {
            // Chromium's sandbox refuses to run as root, which is what a CI container is.
            arguments.push("--no-sandbox");
        }
        let wanted =
            json!({ "goog:chromeOptions": { "args": arguments }, "timeouts": { "script": 900_000 } });
        let said = self
            .post("/session", &json!({ "capabilities": { "alwaysMatch": wanted } }))
            .context("Chromium did not start")?;
        let id = said.get("sessionId").and_then(Value::as_str).context("Chromium has no session")?;
        Ok(Session { driver: self, path: format!("/session/{id}") })
    }

    fn post(&self, path: &str, body: &Value) -> Result<Value> {
        let request = ureq::post(format!("{}{path}", self.address));
        let request = request.config().http_status_as_error(false).build();
        let mut answer = request.content_type("application/json").send(body.to_string())?;
        let text = answer.body_mut().read_to_string()?;
        let said: Value = serde_json::from_str(&text).context("chromedriver does not speak WebDriver")?;
        let value = said.get("value").cloned().unwrap_or_default();
        match value.get("error") {
            Some(error) => bail!("{error}: {}", value.get("message").unwrap_or(&Value::Null)),
            None => Ok(value),
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // Killed outright it would leave its Chromium running.
        let _ = ureq::get(format!("{}/shutdown", self.address)).call();
        let asked = Instant::now();
        while asked.elapsed() < Duration::from_secs(10) {
            if let Ok(Some(_)) = self.process.try_wait() {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// One browser with one tab. It closes when this is dropped.
struct Session<'a> {
    driver: &'a Driver,
    path: String,
}

impl Session<'_> {
    fn run(&self, script: &str, arguments: Value) -> Result<Value> {
        let body = json!({ "script": script, "args": arguments });
        self.driver
            .post(&format!("{}/execute/async", self.path), &body)
            .context("a script failed in Chromium")
    }
}

impl Drop for Session<'_> {
    fn drop(&mut self) {
        let _ = ureq::delete(format!("{}{}", self.driver.address, self.path)).call();
    }
}
