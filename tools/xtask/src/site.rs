//! Builds the static site: Trunk makes `dist/`, the same for everyone. `veche_site::pin` then makes it one election's.

use crate::ballot_box::Http;
use crate::process::{run, say};
use crate::{tools, workspace};
use anyhow::{Context, Result};
use std::fs::File;
use std::path::PathBuf;
use std::process::Command;

/// The built site, before it is pinned. Nobody else builds it while this exists.
#[derive(Debug)]
pub struct Dist {
    /// Where it is.
    pub folder: PathBuf,
    _lock: File,
}

impl Dist {
    /// Waits until nobody builds the site, and takes it as it is.
    ///
    /// # Errors
    /// When `.tools` cannot be written.
    pub fn lock() -> Result<Self> {
        let file = tools::folder().join("site.lock");
        std::fs::create_dir_all(tools::folder())?;
        let lock = File::create(&file).and_then(|lock| lock.lock().map(|()| lock));
        let lock = lock.with_context(|| format!("cannot lock {}", file.display()))?;
        // Trunk's own variable.
        let folder = std::env::var_os("TRUNK_BUILD_DIST").map(PathBuf::from);
        Ok(Self { folder: folder.unwrap_or_else(|| workspace::root().join("dist")), _lock: lock })
    }
}

/// The card of an election, as its ballot box hands it out, compared with the fingerprint.
///
/// # Errors
/// When the box does not answer, or answers for another election.
pub fn card(http: &Http, fingerprint: &str) -> Result<veche_site::PinnedCard> {
    let card = http.get("/v1/card").context("the ballot box hands out no card of the election")?;
    let manifest = http.get("/record/manifest.json")?;
    Ok(veche_site::PinnedCard::check(fingerprint, &manifest, card)?)
}

/// `trunk build --release`, with its tools installed first where they are missing.
///
/// # Errors
/// When a tool is missing or the site does not build.
pub fn build() -> Result<Dist> {
    tools::for_site()?;
    let dist = Dist::lock()?;
    say("Building the site: about 2 minutes the first time, seconds after that.");
    let root = workspace::root();
    let cargo_home = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::home_dir().map(|home| home.join(".cargo")))
        .context("neither CARGO_HOME nor HOME is set")?;
    // The same module from every folder: anyone can rebuild it and compare.
    let flags = format!(
        "--remap-path-prefix={}=/cargo\u{1f}--remap-path-prefix={}=/src",
        cargo_home.join("registry").join("src").display(),
        root.display()
    );
    run(Command::new("trunk")
        .current_dir(&root)
        .args(["--quiet", "--skip-version-check", "build", "--release", "--dist"])
        .arg(&dist.folder)
        .env("PATH", tools::path()?)
        .env("CARGO_ENCODED_RUSTFLAGS", flags)
        // Trunk reads any value but true and false as a mistake, and some terminals set 1.
        .env_remove("NO_COLOR"))
    .context("trunk could not build the site")?;
    Ok(dist)
}
