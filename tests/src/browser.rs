//! A real Chromium under WebDriver.

use anyhow::{Context, Result, bail, ensure};
use fantoccini::wd::{Capabilities, WebDriverCompatibleCommand};
use fantoccini::{Client, ClientBuilder, Locator, elements::Element};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a page may take for one step. Sealing takes well under a second; a loaded machine does not.
const PATIENCE: Duration = Duration::from_secs(30);

/// The narrowest screen we draw for, and a desk. Pictures are taken at both.
pub const WIDTHS: [u32; 2] = [360, 1280];

/// chromedriver, and with it every Chromium it started. Both end when this is dropped, in a failing test too.
#[derive(Debug)]
pub struct Driver {
    process: Child,
    port: u16,
}

impl Driver {
    /// Starts chromedriver on a free port.
    ///
    /// # Errors
    /// When there is none: a missing browser is a failure, never a reason to skip.
    pub fn start() -> Result<Self> {
        let mut process = Command::new("chromedriver")
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .context("chromedriver could not be started; `cargo xtask test` installs it or says how")?;
        let output = process.stdout.take().context("chromedriver has no output")?;
        for line in BufReader::new(output).lines() {
            let line = line?;
            if let Some((_, rest)) = line.split_once("successfully on port ") {
                let port = rest.trim_end_matches('.').parse().context("chromedriver names no port")?;
                return Ok(Self { process, port });
            }
        }
        bail!("chromedriver ended before it was ready");
    }

    /// Opens a Chromium with a fresh profile: a person with a browser of their own.
    ///
    /// # Errors
    /// When Chromium does not start.
    pub async fn open(&self) -> Result<Browser> {
        let mut arguments = vec![
            "--headless=new",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
        ];
        if veche_xtask::tools::is_root() {
            // Chromium's sandbox refuses to run as root, which is what a CI container is.
            arguments.push("--no-sandbox");
        }
        let options =
            json!({ "goog:chromeOptions": { "args": arguments }, "goog:loggingPrefs": { "browser": "ALL" } });
        let Value::Object(capabilities) = options else { bail!("not an object") };
        let client = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new())
            .capabilities(Capabilities::from_iter(capabilities))
            .connect(&format!("http://127.0.0.1:{}", self.port))
            .await
            .context("Chromium did not start")?;
        let browser = Browser { client };
        browser.width(WIDTHS[0]).await?;
        Ok(browser)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // Killed outright it would leave its Chromium running.
        let _ = ureq::get(format!("http://127.0.0.1:{}/shutdown", self.port)).call();
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

/// One person's browser.
#[derive(Debug)]
pub struct Browser {
    client: Client,
}

impl Browser {
    /// Everything else WebDriver can do.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Goes to an address.
    ///
    /// # Errors
    /// When the page does not load.
    pub async fn goto(&self, address: &str) -> Result<()> {
        self.client.goto(address).await.with_context(|| format!("{address} did not load"))
    }

    /// Waits for an element that can be seen.
    ///
    /// # Errors
    /// When none appears in time; the sentence quotes the page.
    pub async fn see(&self, selector: &str) -> Result<Element> {
        let began = Instant::now();
        loop {
            for element in self.client.find_all(Locator::Css(selector)).await? {
                if element.is_displayed().await.unwrap_or(false) {
                    return Ok(element);
                }
            }
            if began.elapsed() > PATIENCE {
                bail!(
                    "nothing on the page matches {selector}; it says:\n{}\n{}",
                    self.text().await?,
                    self.log().await?.join("\n")
                );
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits for an element, brings it to the middle of the window as a person would, and clicks it.
    ///
    /// # Errors
    /// When none appears in time, or something covers it.
    pub async fn click(&self, selector: &str) -> Result<()> {
        let element = self.see(selector).await?;
        let target = serde_json::to_value(&element)?;
        self.run("arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' })", vec![target])
            .await?;
        element.click().await.with_context(|| format!("{selector} cannot be clicked"))
    }

    /// Waits for a field and types into it, replacing what it holds.
    ///
    /// # Errors
    /// When none appears in time, or it cannot be typed into.
    pub async fn fill(&self, selector: &str, text: &str) -> Result<()> {
        let element = self.see(selector).await?;
        element.clear().await?;
        element.send_keys(text).await.with_context(|| format!("{selector} takes no text"))
    }

    /// Waits until the page says something.
    ///
    /// # Errors
    /// When it does not in time; the sentence quotes the page.
    pub async fn says(&self, wanted: &str) -> Result<()> {
        let began = Instant::now();
        loop {
            let text = self.text().await?;
            if text.contains(wanted) {
                return Ok(());
            }
            if began.elapsed() > PATIENCE {
                bail!(
                    "the page does not say \"{wanted}\"; it says:\n{text}\n{}",
                    self.log().await?.join("\n")
                );
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// What a reader of the page reads, inside its components too.
    ///
    /// # Errors
    /// When the page is gone.
    pub async fn text(&self) -> Result<String> {
        let text = self.run("return document.body ? document.body.innerText : ''", vec![]).await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// Runs a script as WebDriver may and an attacker may not: outside the page's policy.
    ///
    /// # Errors
    /// When it throws.
    pub async fn run(&self, script: &str, arguments: Vec<Value>) -> Result<Value> {
        self.client.execute(script, arguments).await.context("a script failed in the page")
    }

    /// Sets the width of the window, with the height of a phone or of a desk.
    ///
    /// # Errors
    /// When Chromium refuses.
    pub async fn width(&self, width: u32) -> Result<()> {
        let height = if width < 600 { 740 } else { 900 };
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
        self.devtools("Emulation.setDeviceMetricsOverride", size).await.map(drop)
    }

    /// Shows the page as on a device that is set to dark, or to light.
    ///
    /// # Errors
    /// When Chromium refuses.
    pub async fn dark(&self, dark: bool) -> Result<()> {
        let value = if dark { "dark" } else { "light" };
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": value }] });
        self.devtools("Emulation.setEmulatedMedia", features).await.map(drop)
    }

    /// Lets axe-core look for what keeps people from using the page as it stands.
    ///
    /// # Errors
    /// When it finds something; the sentence says what and where. Also when axe-core is not installed.
    pub async fn accessible(&self) -> Result<()> {
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
        if !found.is_empty() {
            let found: Vec<&str> = found.iter().filter_map(Value::as_str).collect();
            bail!("axe-core finds fault with the page:\n{}", found.join("\n\n"));
        }
        if report.get("looked").and_then(Value::as_u64).unwrap_or(0) == 0 {
            bail!("axe-core looked at nothing");
        }
        Ok(())
    }

    /// Takes a picture at each width, named `name-360.png` and so on, into `artefacts/`.
    ///
    /// # Errors
    /// When a picture cannot be taken or written.
    pub async fn picture(&self, name: &str) -> Result<()> {
        let folder = artefacts();
        std::fs::create_dir_all(&folder)?;
        for width in WIDTHS {
            self.width(width).await?;
            // Two frames: the first lays out, the second is what a person sees.
            let frames =
                "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done()))";
            self.client.execute_async(frames, vec![]).await?;
            let picture = self.client.screenshot().await.context("no picture could be taken")?;
            std::fs::write(folder.join(format!("{name}-{width}.png")), picture)?;
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

    /// Looks whether everything fits on narrow phones: nothing lies beyond the right edge, and whatever can be pressed is 44
    /// px high and wide. (A tick is as large as its card, a link in a line as its line.)
    ///
    /// # Errors
    /// When something does not.
    pub async fn fits(&self) -> Result<()> {
        for width in [320, 360] {
            self.width(width).await?;
            let script = "return document.documentElement.scrollWidth";
            let wide = self.run(script, vec![]).await?.as_u64().unwrap_or(u64::MAX);
            ensure!(wide <= width.into(), "the page is {wide} px wide on a screen of {width}");
            let script =
                "return [...document.querySelectorAll('main button')].filter((button) => button.offsetParent)
                .map((button) => [button.getBoundingClientRect(), button.ariaLabel ?? button.textContent])
                .filter(([{ width, height }]) => width < 44 || height < 44).map(([, name]) => name)";
            let small = self.run(script, vec![]).await?;
            ensure!(small.as_array().is_some_and(Vec::is_empty), "too small to touch at {width} px: {small}");
        }
        self.width(WIDTHS[0]).await
    }

    /// Everything that the page has kept in this browser, as text.
    ///
    /// # Errors
    /// When the page is gone.
    pub async fn kept(&self) -> Result<String> {
        let script = "
            const done = arguments[0];
            (async () => {
                const found = [JSON.stringify(localStorage), JSON.stringify(sessionStorage)];
                for (const { name } of await indexedDB.databases()) {
                    const database = await new Promise((resolve) => {
                        const request = indexedDB.open(name);
                        request.onsuccess = () => resolve(request.result);
                    });
                    for (const store of database.objectStoreNames) {
                        const values = await new Promise((resolve) => {
                            const request = database.transaction(store).objectStore(store).getAll();
                            request.onsuccess = () => resolve(request.result);
                        });
                        found.push(store, JSON.stringify(values));
                    }
                    database.close();
                }
                return found.join('\\n');
            })().then(done, (error) => done(String(error)));";
        Ok(self.client.execute_async(script, vec![]).await?.as_str().unwrap_or_default().to_owned())
    }

    /// What the page logged since last asked, violations of its policy included.
    ///
    /// # Errors
    /// When chromedriver does not answer.
    pub async fn log(&self) -> Result<Vec<String>> {
        let body = json!({ "type": "browser" });
        let lines = self.client.issue_cmd(Vendor { path: "se/log", body }).await?;
        let text = |line: &Value| line.get("message").and_then(Value::as_str).map(str::to_owned);
        Ok(lines.as_array().into_iter().flatten().filter_map(text).collect())
    }

    /// A command of Chromium's own protocol.
    ///
    /// # Errors
    /// When Chromium refuses it.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Result<Value> {
        let body = json!({ "cmd": command, "params": parameters });
        self.client
            .issue_cmd(Vendor { path: "goog/cdp/execute", body })
            .await
            .with_context(|| format!("{command} failed"))
    }

    /// Closes the browser. Dropping the driver does so too.
    ///
    /// # Errors
    /// When it was gone already.
    pub async fn close(self) -> Result<()> {
        self.client.close().await.context("the browser had ended by itself")
    }
}

/// Where pictures are kept to be looked at; ignored by git.
#[must_use]
pub fn artefacts() -> PathBuf {
    veche_xtask::workspace::root().join("artefacts")
}

#[derive(Debug)]
struct Vendor {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Vendor {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(self.body.to_string()))
    }
}
