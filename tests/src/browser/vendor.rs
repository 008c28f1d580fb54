//! What each browser only does in a way of its own.

use super::{Browser, Kind};
use anyhow::{Context, Result, bail};
use fantoccini::wd::WebDriverCompatibleCommand;
use serde_json::{Value, json};

impl Browser {
    /// Sets the width of the page, with the height of a phone or of a desk.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn width(&self, width: u32) -> Result<()> {
        let (height, mobile) = if width < 600 { (740, true) } else { (900, false) };
        match self.kind {
            Kind::Chromium => {
                let size =
                    json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile });
                self.devtools("Emulation.setDeviceMetricsOverride", size).await.map(drop)
            }
            // Its windows have a least width; the page in it need not have it.
            Kind::Firefox => {
                let script = "const { style } = gBrowser.selectedBrowser;
                    [style.width, style.height] = [`${arguments[0]}px`, `${arguments[1]}px`];";
                self.chrome(script, vec![width.into(), height.into()]).await.map(drop)
            }
            // As narrow as its window can be: that of a phone is too narrow for it.
            Kind::WebKit => Ok(self.client.set_window_size(width, height).await?),
        }
    }

    /// Shows the page as on a device that is set to dark, or to light.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn dark(&self, dark: bool) -> Result<()> {
        match self.kind {
            Kind::Chromium => {
                let value = if dark { "dark" } else { "light" };
                let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": value }] });
                self.devtools("Emulation.setEmulatedMedia", features).await.map(drop)
            }
            Kind::Firefox => {
                let script = "Services.prefs.setIntPref('layout.css.prefers-color-scheme.content-override', arguments[0])";
                self.chrome(script, vec![u8::from(!dark).into()]).await.map(drop)
            }
            Kind::WebKit => bail!("WebKitGTK cannot be told to be dark"),
        }
    }

    /// What the page logged since last asked, violations of its policy included. Firefox keeps errors and warnings
    /// only, and WebKit tells nothing.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn log(&self) -> Result<Vec<String>> {
        let lines = match self.kind {
            Kind::Chromium => {
                let body = json!({ "type": "browser" });
                self.client.issue_cmd(Vendor { path: "se/log", body }).await?
            }
            // Firefox's own pages complain too; a page from an address is what we ask about.
            Kind::Firefox => {
                let script = "const lines = Services.console.getMessageArray()
                        .filter((line) => line instanceof Ci.nsIScriptError && /^https?:/.test(line.sourceName))
                        .map(({ message }) => ({ message }));
                    Services.console.reset();
                    return lines;";
                self.chrome(script, vec![]).await?
            }
            Kind::WebKit => Value::Null,
        };
        let text = |line: &Value| line.get("message").and_then(Value::as_str).map(str::to_owned);
        Ok(lines.as_array().into_iter().flatten().filter_map(text).collect())
    }

    /// A command of Chromium's own protocol.
    ///
    /// # Errors
    /// When Chromium refuses it, or the browser is not Chromium.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Result<Value> {
        let body = json!({ "cmd": command, "params": parameters });
        self.client
            .issue_cmd(Vendor { path: "goog/cdp/execute", body })
            .await
            .with_context(|| format!("{command} failed"))
    }

    /// Runs a script in Firefox itself and not in the page.
    async fn chrome(&self, script: &str, arguments: Vec<Value>) -> Result<Value> {
        let enter = |context: &str| Vendor { path: "moz/context", body: json!({ "context": context }) };
        self.client.issue_cmd(enter("chrome")).await?;
        let answer = self.client.execute(script, arguments).await;
        self.client.issue_cmd(enter("content")).await?;
        answer.context("a script failed in Firefox")
    }
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
