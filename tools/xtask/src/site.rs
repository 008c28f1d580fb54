//! Builds the static site: Trunk makes `dist/`; where Node.js is, its scripts, styles and texts are bundled; all of it
//! is compressed. That is the same for everyone. `veche_site::pin` then makes it one election's.

use crate::ballot_box::Http;
use crate::process::{find, run, say};
use crate::{tools, workspace};
use anyhow::{Context, Result};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Whether scripts, styles and texts become few files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bundled {
    /// They must, as in whatever is published for others. Without Node.js that is an error.
    Always,
    /// Where Node.js and npm are.
    WherePossible,
    /// They stay as they are in the repository.
    Never,
}

/// The built site, before it is pinned. Nobody else builds it while this exists.
#[derive(Debug)]
pub struct Dist {
    /// What is pinned and published.
    pub folder: PathBuf,
    /// What Trunk has made of the repository, file by file.
    pub unbundled: PathBuf,
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
        let unbundled = folder.unwrap_or_else(|| workspace::root().join("dist"));
        let folder = unbundled.with_file_name("dist-packed");
        Ok(Self { folder, unbundled, _lock: lock })
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

/// `trunk build --release`, with its tools installed first where they are missing; bundled and compressed.
///
/// # Errors
/// When a tool is missing or the site does not build.
pub fn build(bundled: Bundled) -> Result<Dist> {
    tools::for_site()?;
    let bundles = match bundled {
        Bundled::Always => {
            tools::for_javascript()
                .context("the scripts and styles of a published site are bundled with Node.js")?;
            true
        }
        Bundled::WherePossible => {
            let there = find("node").is_some() && find("npm").is_some() && tools::for_javascript().is_ok();
            if !there {
                say(
                    "Without Node.js and npm the scripts stay unbundled: the site works, and loads more slowly.",
                );
            }
            there
        }
        Bundled::Never => false,
    };
    let dist = Dist::lock()?;
    say("Building the site: about 2 minutes the first time, seconds after that.");
    let root = workspace::root();
    run(Command::new("trunk")
        .current_dir(&root)
        .args(["--quiet", "--skip-version-check", "build", "--release", "--dist"])
        .arg(&dist.unbundled)
        .env("PATH", tools::path()?)
        .env("CARGO_ENCODED_RUSTFLAGS", wasm_flags()?)
        // Trunk reads any value but true and false as a mistake, and some terminals set 1.
        .env_remove("NO_COLOR"))
    .context("trunk could not build the site")?;
    if bundles {
        run(Command::new("node").arg(root.join("www/bundle.mjs")).args([&dist.unbundled, &dist.folder]))
            .context("the scripts and styles could not be bundled")?;
    } else {
        replace(&dist.unbundled, &dist.folder)?;
    }
    // What has not changed is compressed already: its form lies there and holds it.
    veche_site::compress(&dist.folder)?;
    veche_site::list(&dist.folder)?;
    Ok(dist)
}

/// Packs the built site into one file, which is built into `veche` where `VECHE_SITE` names it.
///
/// # Errors
/// When the file cannot be written.
pub fn pack(dist: &Dist, file: &Path) -> Result<()> {
    let bytes = veche_site::pack(&dist.folder)?;
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot write {}", folder.display()))?;
    }
    std::fs::write(file, bytes).with_context(|| format!("cannot write {}", file.display()))
}

/// What rustc is told for a module of WebAssembly, so that it is the same from every folder: anyone can rebuild it and
/// compare.
///
/// # Errors
/// When nothing says where Cargo keeps its sources.
pub fn wasm_flags() -> Result<String> {
    let cargo_home = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::home_dir().map(|home| home.join(".cargo")))
        .context("neither CARGO_HOME nor HOME is set")?;
    Ok(format!(
        "--remap-path-prefix={}=/cargo\u{1f}--remap-path-prefix={}=/src",
        cargo_home.join("registry").join("src").display(),
        workspace::root().display()
    ))
}

/// Puts the files of one folder in the place of those of another, in which the compressed forms of what is still there
/// stay.
fn replace(from: &Path, to: &Path) -> Result<()> {
    if to.exists() {
        for name in veche_site::files(to)? {
            let form = ["br", "gz"].iter().any(|form| name.extension().is_some_and(|kind| kind == *form));
            if !from.join(if form { name.with_extension("") } else { name.clone() }).is_file() {
                std::fs::remove_file(to.join(&name))?;
            }
        }
    }
    Ok(veche_site::copy(from, to)?)
}
