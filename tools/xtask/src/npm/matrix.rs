//! `cargo xtask npm --matrix`: a ballot box is set up, and every bundler and runtime votes with the packed file.

use crate::ballot_box::free_port;
use crate::demo::{Town, town};
use crate::process::{find, run, say};
use crate::voters::ask_for_code;
use crate::workspace::{Programs, root};
use crate::{npm, tools};
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::ffi::OsStr;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

/// As many bundlers and runtimes can be tried; each has a voter and a port.
const MOST: u16 = 20;

/// Which bundlers and runtimes vote.
#[derive(Debug, Clone)]
pub enum Extent {
    /// The newest of each, as in continuous integration.
    Newest,
    /// All of them.
    All,
    /// Those with these names.
    Only(Vec<String>),
}

/// Packs `@veche/core` and has the bundlers and runtimes install it and vote with it.
///
/// # Errors
/// When one of them cannot; what it said has been shown by then.
pub fn matrix(extent: &Extent, programs: Programs) -> Result<()> {
    let packed = npm::pack()?;
    tools::for_chromium()?;
    let chromium = ["chromium", "chromium-browser", "google-chrome"].into_iter().find_map(find);
    let folder = tempfile::tempdir()?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let manifest = town::manifest(0, now)?;
    let mut town = Town::create(programs, &folder.path().join("town"), &manifest, free_port()?)?;
    let ports = (0..MOST).map(|_| free_port()).collect::<Result<Vec<_>>>()?;
    let origins: Vec<_> = ports.iter().map(|port| format!("http://127.0.0.1:{port}")).collect();
    let options: Vec<&OsStr> =
        origins.iter().flat_map(|origin| ["--allow-origin".as_ref(), origin.as_ref()]).collect();
    town.serve(&options)?;
    let voters = (0..MOST).map(|number| signed_in(&town, number)).collect::<Result<Vec<_>>>()?;
    let (all, only) = match extent {
        Extent::Newest => (false, None),
        Extent::All => (true, None),
        Extent::Only(names) => (false, Some(names)),
    };
    let settings = json!({
        "package": packed,
        "folder": folder.path().join("projects"),
        "box": format!("{}/", town.ballot_box.http().address()),
        "fingerprint": town.fingerprint,
        "style": town::DISTRICTS.first().context("the town has no district")?.id,
        "ports": ports,
        "voters": voters,
        "chromium": chromium,
        "chromiumOptions": if tools::is_root() { &["--no-sandbox"][..] } else { &[] },
        "all": all,
        "only": only,
    });
    let file = folder.path().join("settings.json");
    std::fs::write(&file, settings.to_string())?;
    say("Every bundler and runtime installs the package from the npm registry's own, and votes: 2 minutes.");
    run(Command::new("node").arg(root().join("packages/core/matrix/run.mjs")).arg(&file))
        .context("not every bundler and runtime can vote")
}

/// Somebody who has signed in and has no key yet, as the registrar answers it.
fn signed_in(town: &Town, number: u16) -> Result<Value> {
    let http = town.ballot_box.http();
    let session = ask_for_code(http, &format!("+442079460{number:03}"))?;
    let code = town.ballot_box.next_code()?;
    http.post_json("/v1/sign-in/code", None, &json!({ "session": session, "code": code }))
}
