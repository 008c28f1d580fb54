//! `docs/integrating.md` as a portal's developer uses it: its blocks are the program that votes.

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use veche_tests::browser::Driver;
use veche_tests::town::{self, total};
use veche_xtask::process::read;
use veche_xtask::site::Dist;
use veche_xtask::workspace::root;

/// The blocks of a language in the guide, in their order.
fn blocks(language: &str) -> Result<Vec<String>> {
    let text = std::fs::read_to_string(root().join("docs/integrating.md"))?;
    let mut found = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(named) = line.strip_prefix("```") else { continue };
        let block: Vec<_> = lines.by_ref().take_while(|line| *line != "```").collect();
        if named == language {
            found.push(block.join("\n"));
        }
    }
    ensure!(!found.is_empty(), "the guide has no block of {language:?}");
    Ok(found)
}

/// What the guide calls the portal's own: in this test it tells the page, which tells the test.
const PORTAL: &str = r#"
export const box = new URL("../../", import.meta.url);
export const fingerprint = "FINGERPRINT";
/** Shows something to the page and waits until it answers. */
const turn = (what, value) =>
  new Promise((resolve) => {
    self.addEventListener("message", ({ data }) => resolve(data), { once: true });
    self.postMessage({ what, value });
  });
export async function signIn(ask) {
  const post = async (path, body) => {
    const headers = { "content-type": "application/json" };
    return (await ask(path, { method: "POST", headers, body: JSON.stringify(body) })).json();
  };
  const { session } = await post("v1/sign-in", { phone: "+447700900001" });
  const voter = await post("v1/sign-in/code", { session, code: await turn("code") });
  return { ...voter, style: "town" };
}
const kept = [];
export const store = async (name) => void kept.push(name);
export const show = (what, code) => turn(what, { code, kept });
"#;

const PAGE: &str = "<!doctype html><title>A portal</title><script type='module' src='page.js'></script>";
const PAGE_SCRIPT: &str = r#"
window.worker = new Worker("./vote.js", { type: "module" });
window.said = [];
worker.addEventListener("message", ({ data }) => said.push(data));
worker.addEventListener("error", ({ message }) => said.push({ what: "error", value: message }));
"#;

#[tokio::test(flavor = "multi_thread")]
async fn the_blocks_of_the_integration_guide_cast_a_ballot_that_counts() -> Result<()> {
    let town = town::open(&town::every_rule()?)?;
    let site = town.site();
    std::fs::write(site.join("portal.html"), PAGE)?;
    std::fs::write(site.join("page.js"), PAGE_SCRIPT)?;
    for file in ["veche-wasm-voter.js", "veche-wasm-voter_bg.wasm"] {
        std::fs::copy(Dist::lock()?.unbundled.join(file), site.join(file))?;
    }
    std::fs::write(site.join("portal.js"), PORTAL.replace("FINGERPRINT", &town.town.fingerprint))?;
    // A rejection of a module's own top level is no event of the worker; it is thrown where it is one.
    let program = blocks("js")?.join("\n");
    std::fs::write(site.join("blocks.js"), program)?;
    let worker = "import('./blocks.js').catch((problem) => setTimeout(() => { throw problem; }));";
    std::fs::write(site.join("vote.js"), worker)?;

    let driver = Driver::start()?;
    let browser = driver.open().await?;
    browser.goto(&format!("{}portal.html", town.page())).await?;
    let turn = async |what: &str, answer: Value| -> Result<Value> {
        for _ in 0..600 {
            let said = browser.run("return window.said?.shift() ?? null", vec![]).await?;
            if said.is_null() {
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                continue;
            }
            ensure!(said.get("what").is_some_and(|found| found == what), "{what} was expected: {said}");
            browser.run("window.worker.postMessage(arguments[0])", vec![answer]).await?;
            return Ok(said.get("value").cloned().unwrap_or_default());
        }
        anyhow::bail!("the program does not come to {what}")
    };
    turn("code", json!(town.town.ballot_box.next_code()?)).await?;
    let sealed = turn("sealed", Value::Null).await?;
    let cast = turn("cast", Value::Null).await?;
    assert_eq!(sealed.get("code"), cast.get("code"));
    assert_eq!(cast.get("kept"), Some(&json!(["secret", "attempt", "ballot", "receipt"])));
    browser.close().await?;

    let result = town.count()?;
    // Option and total by contest; the second place counts 3, as the manifest's scores have it.
    for (contest, trees, bench) in
        [("picks", 1, 1), ("budget", 1, 0), ("points", 3, 1), ("order", 3, 5), ("credits", 3, 1)]
    {
        assert_eq!((total(&result, contest, "trees")?, total(&result, contest, "bench")?), (trees, bench));
    }

    // The command, as it stands there.
    let [command] = &blocks("")?[..] else { anyhow::bail!("the guide has one command") };
    let record = town.town.save()?;
    let words = command.replace("FINGERPRINT", &town.town.fingerprint);
    let mut words =
        words.split_whitespace().map(|word| if word == "DIR" { record.as_os_str() } else { word.as_ref() });
    ensure!(words.next() == Some("veche".as_ref()), "the command is veche");
    let said = read(std::process::Command::new(&town.town.programs.veche).args(words))?;
    let report: Value = serde_json::from_str(&said)?;
    assert_eq!(report.get("outcome"), Some(&json!("verified")));
    assert_eq!(report.get("ballots"), Some(&json!(1)));
    Ok(())
}
