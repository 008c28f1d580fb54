//! The booth inside a portal's page: what that page, and every script in it, hears of a voter.

use anyhow::{Context, Result, bail, ensure};
use fantoccini::elements::{Element, ElementRef};
use serde_json::{Value, json};
use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;
use veche_site::Pin;
use veche_tests::booth::Booth;
use veche_tests::browser::{Browser, Driver, Kind, WIDTHS};
use veche_tests::host::Host;
use veche_tests::portal::PortalKey;
use veche_tests::town::{self, TestTown};
use veche_xtask::process;
use veche_xtask::site::Dist;
use veche_xtask::workspace::root;

/// A portal under a policy as strict as can be, with a script that was there before everything else.
const PAGE: &str = r##"<!doctype html>
<html lang="en">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self'; frame-src BOOTH; connect-src BOOTH">
<title>A portal</title>
<script src="spy.js"></script>
<script type="module" src="booth.js"></script>
<script type="module" src="portal.js"></script>
<h1>Our town</h1>
<veche-booth src="BOOTH/" fingerprint="FINGERPRINT" accent="#20639b" density="compact" scheme="light"></veche-booth>
"##;

/// What a script of the portal can listen to, and what it can look at: all of it, as texts in their order. A message is
/// written down as a whole, so that its size is compared, too; of sealed bytes there is their number.
const SPY: &str = r#"
window.heard = [];
window.seen = { events: [], sizes: [] };
const show = (value) =>
  JSON.stringify(value, (_, part) => (part instanceof Uint8Array ? `${part.length} bytes` : part));
const note = (...words) => window.heard.push(words.join(" "));

// Messages: those to the page, and those of the element's own channel, both ways.
window.addEventListener("message", ({ origin, data }) => note("message", origin, show(data)), true);
const Channel = MessageChannel;
window.MessageChannel = class extends Channel {
  constructor() {
    super();
    this.port1.addEventListener("message", ({ data }) => note("from the frame", show(data)));
    const post = this.port1.postMessage.bind(this.port1);
    this.port1.postMessage = (data) => {
      note("to the frame", show(data));
      post(data);
    };
  }
};

// Every event that there is.
const names = new Set();
for (const owner of [window, document, HTMLElement.prototype, Document.prototype])
  for (const name in owner) if (name.startsWith("on")) names.add(name.slice(2));
for (const name of ["ready", "step", "sealed", "stored", "cast", "replaced", "resize", "error"]) names.add(`veche:${name}`);
for (const name of ["focusin", "focusout"]) names.add(name);
for (const name of names) if (name === "message" || name.startsWith("device")) names.delete(name);
// When the page itself is first drawn: before, or after, whatever else it is loading.
names.delete("pagereveal");
// Whether the voter is so far.
const told = (what) => window.heard.some((line) => /^veche:(ready|step)/.test(line) && line.includes(what));
for (const name of names)
  window.addEventListener(
    name,
    (event) => {
      const said = [event.type, event.target.localName ?? "window", show(event.detail ?? null)].join(" ");
      if (event.type.startsWith("veche:")) window.heard.push(said);
      // The page's own loading comes in any order, and so does the frame's focus before anybody can choose.
      else if (told("choose") || (told("ready") && !/^(focus|blur)/.test(event.type))) window.seen.events.push(said);
    },
    true,
  );

// The page, whatever is hidden in it, and the sizes of its elements.
const sizes = new ResizeObserver((entries) => {
  for (const { target, contentRect } of entries)
    window.seen.sizes.push([target.localName, Math.round(contentRect.width), Math.round(contentRect.height)]);
});
const changes = new MutationObserver((records) => {
  for (const { type, target, attributeName, addedNodes } of records) {
    // While the page itself is being read; and what the browser's driver marks its frames with.
    if (document.readyState === "loading" || attributeName?.startsWith("cd_frame")) continue;
    note("change", type, target.localName, attributeName, attributeName && target.getAttribute(attributeName));
    for (const added of addedNodes) if (added.localName) sizes.observe(added);
  }
});
const watch = (root) =>
  changes.observe(root, { subtree: true, childList: true, attributes: true, characterData: true });
watch(document);
const attach = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (how) {
  const root = attach.call(this, how);
  window.inside = root;
  sizes.observe(this);
  watch(root);
  return root;
};

// What can be looked at again and again: each thing's values, in their order.
const look = () => {
  const frame = window.inside?.querySelector("iframe");
  const states = {
    history: history.length,
    frames: frame?.contentWindow?.length,
    document: String(frame?.contentDocument),
    cookies: document.cookie,
    stored: show({ ...localStorage }) + show({ ...sessionStorage }),
    loaded: performance.getEntriesByType("resource").length,
    ...(told("choose") && { focus: document.activeElement?.localName }),
    scrolled: Math.round(scrollY),
  };
  for (const [name, value] of Object.entries(states)) {
    const all = (window.seen[name] ??= []);
    if (all.at(-1) !== value) all.push(value);
  }
};
window.addEventListener("veche:ready", () => setInterval(look, 20), { once: true });
"#;

/// A script in the booth's own page that tells the page around how many were chosen, each time that a screen is left.
const LEAK: &str = "
addEventListener('hashchange', () => parent.postMessage({ chosen: [...document.querySelectorAll('input:checked')].length }, '*'));
";

/// A portal's host and a town whose booth it may show, of different origins and sites.
struct Embedded {
    town: TestTown,
    _portal: Host,
    page: String,
    folder: tempfile::TempDir,
}

impl Embedded {
    fn open() -> Result<Self> {
        Self::open_with(&[])
    }

    /// With more options for the ballot box.
    fn open_with(options: &[&OsStr]) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        std::fs::write(folder.path().join("index.html"), "")?;
        let portal = Host::of(folder.path())?;
        let origin = portal.address.replace("127.0.0.1", "localhost");
        let town = town::open_embedded(&town::manifest()?, &origin, options)?;
        let booth = town.top();
        let page =
            PAGE.replace("BOOTH", booth.trim_end_matches('/')).replace("FINGERPRINT", &town.town.fingerprint);
        std::fs::write(folder.path().join("index.html"), page)?;
        std::fs::write(folder.path().join("spy.js"), SPY)?;
        std::fs::write(folder.path().join("portal.js"), "")?;
        std::fs::copy(root().join("packages/booth/booth.js"), folder.path().join("booth.js"))?;
        Ok(Self { town, _portal: portal, page: format!("{origin}/"), folder })
    }

    /// Changes a file of the portal.
    fn write(&self, name: &str, change: impl FnOnce(String) -> String) -> Result<()> {
        let file = self.folder.path().join(name);
        let text = std::fs::read_to_string(&file)?;
        let changed = change(text.clone());
        ensure!(changed != text, "nothing was changed in {name}");
        Ok(std::fs::write(file, changed)?)
    }

    /// Publishes the site again, after a change of what was built.
    fn publish(&self, change: impl FnOnce(&Path) -> Result<()>, pin: impl FnOnce(&mut Pin)) -> Result<()> {
        let scratch = tempfile::tempdir()?;
        let built = scratch.path().join("dist");
        veche_site::copy(&Dist::lock()?.folder, &built)?;
        change(&built)?;
        let mut pinned = town::pinned(&self.town.town)?;
        pinned.ballot_box = "./".into();
        pinned.embed_origins = vec![self.page.trim_end_matches('/').to_owned()];
        pin(&mut pinned);
        Ok(veche_site::pin(&built, &pinned, &self.town.host)?)
    }

    /// A voter in the booth inside the page.
    async fn enter(&self, driver: &Driver) -> Result<Booth> {
        self.enter_with(driver.open().await?).await
    }

    async fn enter_with(&self, browser: Browser) -> Result<Booth> {
        // As tall as the whole page: what is clicked inside then scrolls nothing outside.
        browser.width(WIDTHS[1]).await?;
        let voter = Booth::enter(browser, &self.page).await?;
        self.step_in(&voter.browser).await?;
        Ok(voter)
    }

    /// From the page into the frame. A driver that counts frames does not find those of an element.
    async fn step_in(&self, browser: &Browser) -> Result<()> {
        browser.see("veche-booth").await?;
        let frame = browser.run("return window.inside.querySelector('iframe')", vec![]).await?;
        let id = frame.as_object().and_then(|frame| frame.values().next()?.as_str()).context("no frame")?;
        let frame = Element::from_element_id(browser.client().clone(), ElementRef::from(id.to_owned()));
        Ok(frame.enter_frame().await?)
    }

    /// Whether the page around shows the whole frame.
    async fn is_in_sight(&self, browser: &Browser) -> Result<bool> {
        browser.client().enter_parent_frame().await?;
        let whole = "const { top, bottom } = window.inside.querySelector('iframe').getBoundingClientRect();
            return top >= -1 && bottom <= innerHeight + 1;";
        let whole = browser.run(whole, vec![]).await? == json!(true);
        self.step_in(browser).await?;
        Ok(whole)
    }

    /// Votes as far as the last step, for these projects.
    async fn choose(&self, voter: &Booth, phone: &str, projects: &[&str], square: &str) -> Result<()> {
        voter.sign_in(&self.town.town.ballot_box, phone).await?;
        voter.live_in("north").await?;
        for project in projects {
            voter.tick(project).await?;
        }
        voter.next().await?;
        voter.tick(square).await?;
        voter.next().await
    }
}

/// What the portal's script has written down.
#[derive(Debug, PartialEq)]
struct Overheard {
    heard: Vec<String>,
    seen: Value,
}

impl Overheard {
    /// The element's own events, but how tall it is.
    fn told(&self) -> Vec<&str> {
        let told = self.heard.iter().filter_map(|line| line.strip_prefix("veche:"));
        told.filter(|line| !line.starts_with("resize")).collect()
    }
}

/// What a portal is told of a voter who signs in, chooses and casts.
const VOTED: [&str; 7] = [
    "ready veche-booth {}",
    r#"step veche-booth {"step":"sign-in"}"#,
    r#"step veche-booth {"step":"choose"}"#,
    r#"step veche-booth {"step":"review"}"#,
    "sealed veche-booth {}",
    r#"step veche-booth {"step":"cast"}"#,
    "cast veche-booth {}",
];

async fn overheard(browser: &Browser) -> Result<Overheard> {
    browser.client().enter_parent_frame().await?;
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    let found = browser.run("return [window.heard, window.seen]", vec![]).await?;
    let (heard, seen) = serde_json::from_value(found)?;
    Ok(Overheard { heard, seen })
}

#[tokio::test(flavor = "multi_thread")]
async fn attack_67_a_portals_scripts_hear_nothing_of_a_choice() -> Result<()> {
    let embedded = Embedded::open()?;
    let driver = Driver::start()?;
    let mut runs = Vec::new();
    for (phone, projects, square) in
        [("+447700900123", &["well"][..], "lawn"), ("+447700900124", &["swing", "bench"], "market")]
    {
        let voter = embedded.enter(&driver).await?;
        embedded.choose(&voter, phone, projects, square).await?;
        let code = voter.seal().await?;
        voter.cast(&code).await?;
        let overheard = overheard(&voter.browser).await?;

        // It cannot look inside either, and a second page around the frame is not listened to.
        let forge = "
            const done = arguments[0];
            const frame = window.inside.querySelector('iframe');
            const barred = ['document', 'location.href', 'localStorage', 'indexedDB'].filter((path) => {
              try { return path.split('.').reduce((value, name) => value[name], frame.contentWindow) === undefined; }
              catch (error) { return error.name === 'SecurityError'; }
            });
            const { port1, port2 } = new MessageChannel();
            let answered = false;
            port1.onmessage = () => { answered = true; };
            frame.contentWindow.postMessage({ veche: 'connect', signs: true, submits: true, look: {} }, '*', [port2]);
            setTimeout(() => done([barred.length, answered]), 500);";
        assert_eq!(voter.browser.client().execute_async(forge, vec![]).await?, json!([4, false]));
        voter.browser.close().await?;
        runs.push(overheard);
    }
    let [one, other] = &runs[..] else { unreachable!() };
    assert_eq!(one, other);

    assert_eq!(one.told(), VOTED);

    // The same eyes and ears notice a booth that tells how many were chosen.
    embedded.publish(
        |built| {
            let entry = town::entry(built)?;
            let script = std::fs::read_to_string(&entry)?;
            town::rewrite(&entry, format!("{script}{LEAK}").as_bytes())
        },
        |_| (),
    )?;
    let mut leaks = Vec::new();
    for (phone, projects) in [("+447700900125", &["well"][..]), ("+447700900126", &["swing", "bench"])] {
        let voter = embedded.enter(&driver).await?;
        embedded.choose(&voter, phone, projects, "lawn").await?;
        voter.seal().await?;
        leaks.push(overheard(&voter.browser).await?.heard);
        voter.browser.close().await?;
    }
    assert_ne!(leaks[0], leaks[1], "the planted leak is not noticed");
    for leak in &mut leaks {
        leak.retain(|line| !line.contains("chosen"));
    }
    assert_eq!(leaks[0], leaks[1], "something else was noticed");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: `cargo xtask test --all` does it"]
async fn on_a_low_phone_the_whole_frame_is_in_sight_when_a_voter_chooses() -> Result<()> {
    let embedded = Embedded::open()?;
    let driver = Driver::start()?;
    let browser = driver.open().await?;
    browser.small_phone().await?;
    let voter = Booth::enter(browser, &embedded.page).await?;
    embedded.step_in(&voter.browser).await?;
    voter.sign_in(&embedded.town.town.ballot_box, "+447700900129").await?;
    voter.live_in("north").await?;
    voter.browser.see("veche-choose veche-option").await?;
    ensure!(embedded.is_in_sight(&voter.browser).await?, "a part of the frame is out of sight");
    voter.browser.shot("portal-choose").await?;
    voter.browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "in Chromium always, in others by `cargo xtask test --all`"]
async fn a_vote_in_the_frame_is_cast_in_firefox() -> Result<()> {
    one_vote(Kind::Firefox).await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "in Chromium always, in others by `cargo xtask test --all`"]
async fn a_vote_in_the_frame_is_cast_in_webkit() -> Result<()> {
    one_vote(Kind::WebKit).await
}

async fn one_vote(kind: Kind) -> Result<()> {
    let embedded = Embedded::open()?;
    let driver = Driver::of(kind)?;
    let voter = embedded.enter(&driver).await?;
    // A frame of another origin may not take the focus by itself in WebKit: somebody has to press there first.
    voter.browser.click("veche-phone-form input[name=tel]").await?;
    embedded.choose(&voter, "+447700900129", &["well"], "lawn").await?;
    let code = voter.seal().await?;
    voter.cast(&code).await?;
    assert_eq!(overheard(&voter.browser).await?.told(), VOTED);

    // What the frame has kept is there again when the portal's page is loaded anew.
    voter.reload().await?;
    embedded.step_in(&voter.browser).await?;
    voter.browser.says("You have voted").await?;
    voter.browser.close().await?;
    assert_eq!(town::total(&embedded.town.count()?, "projects", "well")?, 1);
    Ok(())
}

/// A portal that posts ballots itself: at first its backend says something else than a receipt, then it only keeps
/// them, and later it has a receipt.
const SUBMITS: &str = "
const answers = [{ status: 201, body: { receipt: {} } }, { status: 202 }];
document.querySelector('veche-booth').submit = async (ballot) => {
  if (answers.length) return answers.shift();
  return fetch('BOOTH/v1/ballots', {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: ballot,
  });
};
";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: `cargo xtask test --all` does it"]
async fn what_a_backend_only_keeps_is_stored_and_not_cast() -> Result<()> {
    let embedded = Embedded::open()?;
    let booth = embedded.town.top();
    embedded.write("portal.js", |_| SUBMITS.replace("BOOTH", booth.trim_end_matches('/')))?;
    let driver = Driver::start()?;
    let voter = embedded.enter(&driver).await?;
    embedded.choose(&voter, "+447700900127", &["well"], "lawn").await?;
    let code = voter.seal().await?;
    voter.browser.click("veche-review button.primary").await?;
    voter.browser.says("answered with a receipt that is not right").await?;
    voter.browser.click("veche-cast button.primary").await?;
    voter.browser.says("Your ballot is stored").await?;
    assert!(voter.browser.text().await?.contains("Keep this code"));
    assert!(!voter.browser.text().await?.contains("You have voted"));
    ensure!(!voter.browser.kept().await?.contains("\"well\""), "the choice is still kept");
    voter.browser.shot("portal-stored").await?;

    // The same ballot again, after a reload of the page too.
    voter.browser.click("veche-cast button.primary").await?;
    assert_eq!(voter.receipt_code().await?, code);
    let heard = overheard(&voter.browser).await?.heard;
    let told: Vec<_> =
        heard.iter().filter_map(|line| line.strip_prefix("veche:")?.split(' ').next()).collect();
    let order = |name| told.iter().position(|told| *told == name);
    ensure!(order("sealed") < order("stored") && order("stored") < order("cast"), "{told:?}");
    assert_eq!(told.iter().filter(|name| ["sealed", "stored", "cast"].contains(name)).count(), 3);
    let wrong = "veche:error veche-booth {\"code\":\"receipt-wrong\"}";
    assert_eq!(heard.iter().filter(|line| line.starts_with(wrong)).count(), 1, "{heard:?}");
    voter.browser.close().await?;
    assert_eq!(town::total(&embedded.town.count()?, "projects", "well")?, 1);
    Ok(())
}

/// A portal whose own people need no code: its backend's passes lie beside the page.
const SIGNS: &str = "
document.querySelector('veche-booth').signIn = async () => {
  const answer = await fetch('pass.txt', { cache: 'no-store' });
  return { pass: await answer.text() };
};
";

/// Puts a pass of somebody beside the portal's page, made by the helper of examples/pass.
fn give_pass(key: &PortalKey, embedded: &Embedded, subject: &str) -> Result<()> {
    let script = "import { makePass } from './veche-pass.mjs'; import { readFileSync } from 'node:fs'; \
        const [key, election, subject] = process.argv.slice(1); \
        process.stdout.write(makePass(readFileSync(key), { election, subject, route: 'sms' }));";
    let made = process::read(
        Command::new("node")
            .current_dir(root().join("examples/pass"))
            .args(["--input-type=module", "-e", script])
            .arg(key.pem())
            .args([&embedded.town.town.fingerprint, subject]),
    )?;
    Ok(std::fs::write(embedded.folder.path().join("pass.txt"), made.trim())?)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_portals_pass_signs_in_inside_its_page_and_in_a_tab() -> Result<()> {
    let key = PortalKey::new()?;
    let embedded = Embedded::open_with(&[
        "--pass-key".as_ref(),
        key.public.as_ref(),
        "--sms".as_ref(),
        "terminal".as_ref(),
    ])?;
    embedded.write("portal.js", |_| SIGNS.into())?;
    embedded.write("index.html", |page| page.replace("connect-src ", "connect-src 'self' "))?;
    let driver = Driver::start()?;

    let voter = embedded.enter(&driver).await?;
    voter.browser.see("veche-portal-form").await?;
    ensure!(!voter.browser.text().await?.contains("Phone number"), "a phone number is asked for, too");
    // One that was used before, by whoever had it first.
    give_pass(&key, &embedded, "tel:+447700900128")?;
    let pass = std::fs::read_to_string(embedded.folder.path().join("pass.txt"))?;
    let http = embedded.town.town.ballot_box.http();
    http.post_json("/v1/session", None, &json!({ "pass": pass }))?;
    voter.browser.click("veche-portal-form button.primary").await?;
    voter.browser.says("could not sign you in").await?;
    voter.browser.shot("portal-pass-used").await?;
    give_pass(&key, &embedded, "tel:+447700900128")?;
    voter.browser.click("veche-portal-form button.primary").await?;
    voter.live_in("north").await?;
    voter.tick("well").await?;
    voter.next().await?;
    voter.tick("lawn").await?;
    voter.next().await?;
    let code = voter.seal().await?;
    voter.cast(&code).await?;
    voter.browser.close().await?;

    // Where the frame may keep nothing, the tab takes a pass with it, and the same person has one vote.
    let [frame, page] = [embedded.town.top(), embedded.page.clone()];
    let browser = driver.open_forgetful(frame.trim_end_matches('/'), page.trim_end_matches('/')).await?;
    let voter = embedded.enter_with(browser).await?;
    voter.browser.says("This browser does not let the page keep anything").await?;
    give_pass(&key, &embedded, "tel:+447700900128")?;
    voter.browser.click("veche-stop button.tab").await?;
    let client = voter.browser.client();
    let page = client.window().await?;
    let tab = loop {
        if let Some(tab) = client.windows().await?.into_iter().find(|window| *window != page) {
            break tab;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    };
    client.switch_to_window(tab).await?;
    voter.browser.see("veche-takeover").await?;
    ensure!(!client.current_url().await?.as_str().contains("pass="), "the pass is still in the address");
    voter.browser.shot("portal-tab-pass").await?;
    voter.browser.close().await?;
    assert_eq!(town::total(&embedded.town.count()?, "projects", "well")?, 1);
    Ok(())
}

/// Takes the way out of the frame.
async fn goes_on_in_a_tab(browser: &Browser) -> Result<()> {
    browser.click("veche-stop button.tab").await?;
    let client = browser.client();
    let windows = client.windows().await?;
    let [page, tab] = &windows[..] else { bail!("{} windows are open", windows.len()) };
    client.switch_to_window(tab.clone()).await?;
    browser.see("veche-phone-form").await?;
    client.close_window().await?;
    Ok(client.switch_to_window(page.clone()).await?)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: `cargo xtask test --all` does it"]
async fn a_frame_that_may_keep_nothing_says_so_and_goes_on_in_a_tab() -> Result<()> {
    let embedded = Embedded::open()?;
    let driver = Driver::start()?;
    let [frame, page] = [embedded.town.top(), embedded.page.clone()];
    let browser = driver.open_forgetful(frame.trim_end_matches('/'), page.trim_end_matches('/')).await?;
    let voter = embedded.enter_with(browser).await?;
    voter.browser.says("This browser does not let the page keep anything").await?;
    goes_on_in_a_tab(&voter.browser).await?;
    let (code, _) = refused(&voter.browser).await?;
    assert_eq!(code, "storage");
    voter.browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn attack_32_one_flipped_byte_in_what_only_a_frame_asks_for_is_noticed() -> Result<()> {
    let embedded = Embedded::open()?;
    let assets = embedded.town.host.join("assets");
    let own = |file: &std::fs::DirEntry| {
        let name = file.file_name().to_string_lossy().into_owned();
        name.starts_with("embedded-") && name.ends_with(".js")
    };
    let file = std::fs::read_dir(&assets)?.filter_map(Result::ok).find(own).context("no such script")?.path();
    // A white space more changes nothing but the hash.
    let text = std::fs::read_to_string(&file)?;
    town::rewrite(&file, format!("{text} ").as_bytes())?;
    let driver = Driver::start()?;
    let voter = embedded.enter(&driver).await?;
    voter.browser.see("#damaged:not([hidden]), veche-stop").await?;
    ensure!(voter.browser.text().await?.contains("embedded-"), "it stops for something else");
    voter.browser.close().await
}

/// Waits until the portal's page has heard of an error, and gives its code and what the console says.
async fn refused(browser: &Browser) -> Result<(String, String)> {
    for _ in 0..250 {
        let heard: Vec<String> = serde_json::from_value(browser.run("return window.heard", vec![]).await?)?;
        let code = |line: &String| {
            Some(line.strip_prefix("veche:error veche-booth {\"code\":\"")?.replace("\"}", ""))
        };
        if let Some(code) = heard.iter().find_map(code) {
            return Ok((code, browser.log().await?.join("\n")));
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    bail!("the page hears of no error")
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: `cargo xtask test --all` does it"]
async fn a_booth_that_a_page_may_not_show_is_not_shown_and_says_why() -> Result<()> {
    let embedded = Embedded::open()?;
    let origin = embedded.page.trim_end_matches('/').to_owned();
    let driver = Driver::start()?;

    // By the list in the site alone: its host lets the page show it.
    embedded.publish(|_| Ok(()), |pin| pin.embed_origins = vec!["https://other.example".into()])?;
    let voter = embedded.enter(&driver).await?;
    voter.browser.says("not among those that the organiser has named").await?;
    ensure!(!voter.browser.text().await?.contains("Send me a code"), "it goes on all the same");
    voter.browser.shot("portal-framed").await?;
    goes_on_in_a_tab(&voter.browser).await?;

    // By the page's own policy.
    embedded.write("index.html", |page| {
        page.replace("frame-src ", "frame-src https://elsewhere.example; x-src ")
    })?;
    voter.reload().await?;
    let (code, log) = refused(&voter.browser).await?;
    assert_eq!(code, "frame-src");
    let line = format!("Add to it: frame-src {}", embedded.town.top().trim_end_matches('/'));
    ensure!(log.contains(&line), "{log}");

    // By its host: as of a site that was published for no portal.
    let town = town::open(&town::manifest()?)?;
    let [from, to] = [embedded.town.top(), town.top()];
    embedded.write("index.html", |page| {
        page.replace("frame-src https://elsewhere.example; x-src", "frame-src")
            .replace(&format!("src=\"{from}"), &format!("src=\"{}", town.page()))
            .replace(from.trim_end_matches('/'), to.trim_end_matches('/'))
    })?;
    voter.reload().await?;
    let (code, log) = refused(&voter.browser).await?;
    assert_eq!(code, "no-answer");
    ensure!(log.contains(&format!("Content-Security-Policy: frame-ancestors {origin}")), "{log}");
    voter.browser.close().await
}
