//! The portals of `examples`, run as their pages say, with a voter in a browser.

use anyhow::{Context, Result, bail, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fantoccini::elements::{Element, ElementRef};
use serde_json::{Value, json};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;
use veche_site::{Pin, PinnedCard};
use veche_tests::booth::Booth;
use veche_tests::browser::{Browser, Driver, WIDTHS};
use veche_tests::keeper::Hall;
use veche_tests::portal::PortalKey;
use veche_tests::town;
use veche_xtask::ballot_box::free_port;
use veche_xtask::process::read;
use veche_xtask::tools;
use veche_xtask::workspace::{programs, root};

/// A portal's process, which ends with the test.
struct Portal(Child);

impl Drop for Portal {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Portal {
    /// Waits until it answers.
    async fn answers(&mut self, page: &str) -> Result<()> {
        for _ in 0..300 {
            if reqwest::get(page).await.is_ok() {
                return Ok(());
            }
            ensure!(self.0.try_wait()?.is_none(), "the portal has ended");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        bail!("the portal does not answer")
    }
}

/// The vote that the examples' pages begin with, with as many trustees as the tests have.
fn manifest() -> Result<Value> {
    let mut manifest: Value = serde_json::from_slice(&std::fs::read(root().join("examples/manifest.json"))?)?;
    manifest["trustees"] = json!({ "count": 3, "threshold": 2 });
    Ok(manifest)
}

/// Signs in to a portal and steps into the booth inside its page.
async fn sign_in(browser: Browser, page: &str, name: &str, password: &str) -> Result<Booth> {
    browser.width(WIDTHS[1]).await?;
    browser.goto(page).await?;
    browser.fill("input[name=name]", name).await?;
    browser.fill("input[name=password]", password).await?;
    browser.click("form button").await?;
    browser.see("veche-booth").await?;
    let voter = Booth::enter(browser, page).await?;
    step_in(&voter.browser).await?;
    Ok(voter)
}

/// From the page into the frame of its element.
async fn step_in(browser: &Browser) -> Result<()> {
    browser.see("veche-booth").await?;
    let find = "return document.querySelector('veche-booth').shadowRoot.querySelector('iframe')";
    let frame = browser.run(find, vec![]).await?;
    let id = frame.as_object().and_then(|frame| frame.values().next()?.as_str()).context("no frame")?;
    let frame = Element::from_element_id(browser.client().clone(), ElementRef::from(id.to_owned()));
    Ok(frame.enter_frame().await?)
}

/// From the choice to the portal's thanks.
async fn vote(voter: Booth, project: &str, picture: &str) -> Result<()> {
    voter.tick(project).await?;
    voter.next().await?;
    voter.tick("lawn").await?;
    voter.next().await?;
    let code = voter.seal().await?;
    voter.cast(&code).await?;
    voter.browser.client().enter_parent_frame().await?;
    voter.browser.says("Thank you for voting.").await?;
    voter.browser.shot(picture).await?;
    voter.browser.close().await
}

fn python() -> Command {
    let mut command = Command::new(tools::python().join("bin/python"));
    command.arg("-B").current_dir(root().join("examples/fastapi-pass"));
    command
}

/// Adds a person by a portal's own command, which reads the password.
fn add_person(mut command: Command, database: &Path, name: &str, password: &str) -> Result<()> {
    command.env("DATABASE", database).stdin(Stdio::piped()).stdout(Stdio::null());
    let mut adding = command.spawn()?;
    writeln!(adding.stdin.take().context("it reads nothing")?, "{password}")?;
    ensure!(adding.wait()?.success(), "{name} was not added");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: `cargo xtask test --all` does it"]
async fn people_of_a_portal_in_fastapi_vote_without_a_code() -> Result<()> {
    let key = PortalKey::new()?;
    let port = free_port()?;
    let page = format!("http://localhost:{port}");
    let options = ["--pass-key".as_ref(), key.public.as_ref()];
    let town = town::open_embedded(&manifest()?, &page, &options)?;

    let folder = tempfile::tempdir()?;
    let database = folder.path().join("portal.db");
    for (name, password) in [("maria", "seven lanterns"), ("jan", "a quiet river")] {
        let mut add = python();
        add.args(["app.py", "add", name]);
        add_person(add, &database, name, password)?;
    }
    let mut portal = python();
    portal.args(["-m", "uvicorn", "app:app", "--log-level", "warning", "--port", &port.to_string()]);
    portal.env("BOOTH", town.top()).env("FINGERPRINT", &town.town.fingerprint);
    portal.env("PASS_KEY", key.pem()).env("DATABASE", &database);
    let mut portal = Portal(portal.spawn()?);
    portal.answers(&page).await?;

    // Nobody gets a pass who is not signed in, or with another password.
    let client = reqwest::Client::new();
    assert_eq!(client.post(format!("{page}/pass")).send().await?.status(), 401);
    let wrong = client
        .post(format!("{page}/sign-in"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body("name=maria&password=a+quiet+river");
    assert_eq!(wrong.send().await?.status(), 403);

    let driver = Driver::start()?;
    for (name, password, project) in [("maria", "seven lanterns", "well"), ("jan", "a quiet river", "swing")]
    {
        let voter = sign_in(driver.open().await?, &page, name, password).await?;
        voter.browser.click("veche-portal-form button.primary").await?;
        voter.live_in("north").await?;
        vote(voter, project, &format!("example-fastapi-{name}")).await?;
    }

    // From another device the same person is the same voter.
    let voter = sign_in(driver.open().await?, &page, "maria", "seven lanterns").await?;
    voter.browser.click("veche-portal-form button.primary").await?;
    voter.browser.see("veche-takeover").await?;
    voter.browser.close().await?;
    let result = town.count()?;
    assert_eq!(town::total(&result, "projects", "well")?, 1);
    assert_eq!(town::total(&result, "square", "lawn")?, 2);
    Ok(())
}

fn veche() -> Command {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    Command::new(BUILT.get_or_init(|| programs().map(|programs| programs.veche).unwrap_or_default()))
}

fn node(arguments: &[&str]) -> Command {
    let mut command = Command::new("node");
    command.current_dir(root().join("examples/express-keeper")).arg("app.mjs").args(arguments);
    command
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: `cargo xtask test --all` does it"]
async fn people_of_a_portal_in_express_vote_into_its_own_keeper() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let hall = Hall { folder: folder.path(), veche };
    let manifest = format!("{:#}\n", manifest()?).into_bytes();
    hall.init(&manifest)?;
    let mut keeper = hall.start()?;
    let status = hall.open(&mut keeper)?;
    keeper.end()?;

    let (page, booth) =
        (format!("http://localhost:{}", free_port()?), format!("http://localhost:{}", free_port()?));
    let text = |field: &str| status[field].as_str().context("no election");
    let pin = Pin {
        fingerprint: Some(text("fingerprint")?.to_owned()),
        card: Some(PinnedCard::check(text("fingerprint")?, &manifest, STANDARD.decode(text("card")?)?)?),
        ballot_box: "./".into(),
        registrar: None,
        record: None,
        accent: None,
        embed_origins: vec![page.clone()],
    };
    let site = folder.path().join("site");
    town::publish(&pin, &site)?;
    let database = folder.path().join("portal.db");
    for (name, password) in [("maria", "seven lanterns"), ("jan", "a quiet river")] {
        add_person(node(&["add", name, "north"]), &database, name, password)?;
    }
    let start = async || {
        let mut portal = node(&[]);
        portal.env("PORTAL", &page).env("BOOTH", &booth).env("VECHE", veche().get_program());
        portal
            .env("KEEPER", hall.data())
            .env("SITE", &site)
            .env("RECORD", hall.record())
            .env("DATABASE", &database);
        let mut portal = Portal(portal.spawn()?);
        portal.answers(&page).await?;
        anyhow::Ok(portal)
    };
    let mut portal = start().await?;
    let client = reqwest::Client::new();
    assert_eq!(client.post(format!("{page}/pass")).send().await?.status(), 401);
    for path in ["v1/voter", "v1/credentials/00", "v1/ballots?code=1", "v1/nothing"] {
        let status = client.get(format!("{booth}/{path}")).send().await?.status();
        assert!(status.is_client_error(), "{path}: {status}");
    }

    let driver = Driver::start()?;
    for (name, password, project) in [("maria", "seven lanterns", "well"), ("jan", "a quiet river", "swing")]
    {
        let voter = sign_in(driver.open().await?, &page, name, password).await?;
        voter.browser.click("veche-portal-form button.primary").await?;
        vote(voter, project, &format!("example-express-{name}")).await?;
        // Whatever is killed, nothing that was answered is lost.
        drop(portal);
        portal = start().await?;
    }
    // From another device the same person is the same voter.
    let voter = sign_in(driver.open().await?, &page, "maria", "seven lanterns").await?;
    voter.browser.click("veche-portal-form button.primary").await?;
    voter.browser.see("veche-takeover").await?;
    voter.browser.close().await?;
    drop(portal);

    let mut keeper = hall.start()?;
    hall.count(&mut keeper, &[1, 3])?;
    keeper.end()?;
    let results = read(veche().args(["results", "--format", "csv"]).arg(hall.record()))?;
    for (project, total) in [("A well", 1), ("A swing", 1), ("A lawn", 2), ("A bench", 0)] {
        ensure!(results.contains(&format!(",{project},{total},")), "{results}");
    }
    Ok(())
}
