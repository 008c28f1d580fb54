//! Builds the static site and pins it to one election.
//!
//! Trunk makes `dist/`, the same for everyone. The second step copies it and writes what depends on the election or on
//! the bytes just built: `election.json`, the integrity of every script, style and of the module, the ballot box's
//! address in the content security policy. Trunk's own integrity attributes do not cover imported modules nor the wasm;
//! see docs/hosting.md for what these do and do not protect.

pub mod html;

use crate::process::{run, say};
use crate::{tools, workspace};
use anyhow::{Context, Result, bail, ensure};
use base64::Engine;
use html::Page;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What a town decides about its site.
#[derive(Debug, Clone)]
pub struct Pin {
    /// The election's fingerprint: 64 hexadecimal digits. The page refuses to seal a ballot for any other. Nothing
    /// while the trustees are still making the keys: then the site serves them, and no voter.
    pub fingerprint: Option<String>,
    /// Where the ballot box answers: `./` when it serves the site itself, otherwise an absolute URL ending in a slash.
    pub ballot_box: String,
    /// Where the published record is: nothing for the box's own, otherwise an absolute URL or one relative to the site,
    /// ending in a slash.
    pub record: Option<String>,
    /// The town's colour, `#rrggbb`.
    pub accent: Option<String>,
}

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

/// Copies the built site to `out` and pins it.
///
/// # Errors
/// When the pin is malformed, when `out` holds something that is not a site, or when the page is not shaped as
/// expected.
pub fn pin(dist: &Path, pin: &Pin, out: &Path) -> Result<()> {
    check(pin)?;
    if out.exists() {
        ensure!(
            out.join("index.html").is_file() || std::fs::read_dir(out)?.next().is_none(),
            "{} is not a site made by this command; choose another folder",
            out.display()
        );
        std::fs::remove_dir_all(out)?;
    }
    copy(dist, out).with_context(|| format!("cannot copy the site to {}", out.display()))?;
    let election = serde_json::json!({ "fingerprint": pin.fingerprint, "box": pin.ballot_box, "record": pin.record, "accent": pin.accent });
    std::fs::write(out.join("election.json"), format!("{election:#}\n"))?;

    let page = out.join("index.html");
    let text = std::fs::read_to_string(&page).context("the site has no index.html")?;
    let addresses = [Some(&pin.ballot_box), pin.record.as_ref()];
    let origins = addresses.into_iter().flatten().filter_map(|address| origin(address)).collect();
    let pinned = pin_page(&text, &hash_files(out)?, &origins)?;
    std::fs::write(page, pinned)?;
    Ok(())
}

fn check(pin: &Pin) -> Result<()> {
    let hex = |text: &str| text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    ensure!(
        pin.fingerprint.as_ref().is_none_or(|digits| digits.len() == 64 && hex(digits)),
        "an election's fingerprint is 64 digits 0-9 and a-f"
    );
    check_address("ballot box", &pin.ballot_box)?;
    pin.record.as_ref().map_or(Ok(()), |record| check_address("record", record))?;
    if let Some(accent) = &pin.accent {
        let digits = accent.strip_prefix('#').unwrap_or_default().to_ascii_lowercase();
        ensure!(digits.len() == 6 && hex(&digits), "the accent colour is written #rrggbb");
    }
    Ok(())
}

/// An address becomes a word of the policy: nothing that could end the word or the attribute may pass.
fn check_address(whose: &str, address: &str) -> Result<()> {
    ensure!(address.ends_with('/'), "the {whose}'s address must end in a slash: {address}");
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/[]%".contains(&byte);
    ensure!(address.bytes().all(plain), "the {whose}'s address holds a character that no plain address has");
    ensure!(
        !address.contains("//") || origin(address).is_some(),
        "the {whose}'s address must begin with https:// (or http:// on this machine)"
    );
    Ok(())
}

/// Scheme and host of an absolute address; nothing for one relative to the site.
fn origin(address: &str) -> Option<String> {
    let (scheme, rest) = address.split_once("://")?;
    let host = rest.split('/').next().filter(|host| !host.is_empty())?;
    matches!(scheme, "https" | "http").then(|| format!("{scheme}://{host}"))
}

/// Every file of a site, by its path inside it.
///
/// # Errors
/// When a folder cannot be read.
pub fn files(site: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![site.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for item in std::fs::read_dir(&folder)? {
            let path = item?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path.strip_prefix(site)?.to_path_buf());
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Hashes of the files that the page loads, by address relative to the page.
fn hash_files(site: &Path) -> Result<BTreeMap<String, String>> {
    let mut hashes = BTreeMap::new();
    for path in files(site)? {
        if path
            .extension()
            .is_some_and(|kind| ["js", "mjs", "css", "wasm"].iter().any(|known| kind == *known))
        {
            let name = path.to_str().context("a file of the site has an odd name")?.replace('\\', "/");
            hashes.insert(format!("./{name}"), integrity(&std::fs::read(site.join(&path))?));
        }
    }
    Ok(hashes)
}

fn integrity(bytes: &[u8]) -> String {
    format!("sha256-{}", base64::engine::general_purpose::STANDARD.encode(Sha256::digest(bytes)))
}

fn pin_page(text: &str, hashes: &BTreeMap<String, String>, origins: &BTreeSet<String>) -> Result<String> {
    let mut page = Page::new(text);
    let modules: BTreeMap<_, _> =
        hashes.iter().filter(|(name, _)| name.ends_with(".js") || name.ends_with(".mjs")).collect();
    ensure!(!modules.is_empty(), "the site has no script");
    let map = serde_json::json!({ "integrity": modules }).to_string();

    let policy = page.one("meta", |tag| {
        tag.get("http-equiv").is_some_and(|value| value.eq_ignore_ascii_case("Content-Security-Policy"))
    })?;
    let directives = policy.get("content").context("the content security policy is empty")?;
    let directives = add_source(directives, "script-src", &format!("'{}'", integrity(map.as_bytes())))?;
    let directives = origins
        .iter()
        .try_fold(directives, |directives, origin| add_source(&directives, "connect-src", origin))?;
    page.set(&policy, "content", &directives);
    // Behind the policy, which must bind it, and before the first script, after which browsers would ignore it.
    page.insert_after(&policy, &format!("<script type=\"importmap\">{map}</script>"));

    let mut wasm = hashes.iter().filter(|(name, _)| name.ends_with(".wasm"));
    let Some((_, wasm_hash)) = wasm.next() else { bail!("the site has no wasm module") };
    ensure!(wasm.next().is_none(), "the site has more than one wasm module; one hash cannot name both");
    let html = page.one("html", |_| true)?;
    page.set(&html, "data-wasm-integrity", wasm_hash);

    for tag in page.all("script") {
        let Some(source) = tag.get("src") else {
            bail!("index.html has an inline script, which the policy forbids")
        };
        page.set(&tag, "integrity", lookup(hashes, source)?);
    }
    for tag in page.all("link") {
        if let (Some("stylesheet" | "modulepreload"), Some(address)) = (tag.get("rel"), tag.get("href")) {
            page.set(&tag, "integrity", lookup(hashes, address)?);
        }
    }
    page.finish()
}

/// The hash of an address that index.html names, which may be written with or without the leading `./`.
fn lookup<'a>(hashes: &'a BTreeMap<String, String>, address: &str) -> Result<&'a str> {
    let name = format!("./{}", address.trim_start_matches("./"));
    hashes
        .get(&name)
        .map(String::as_str)
        .with_context(|| format!("index.html loads {address}, which is not part of the site"))
}

/// Adds one source to one directive of a content security policy.
fn add_source(policy: &str, directive: &str, source: &str) -> Result<String> {
    let mut found = false;
    let parts: Vec<_> = policy
        .split(';')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(|part| {
            if part.split_whitespace().next() != Some(directive) {
                return part.to_owned();
            }
            found = true;
            format!("{part} {source}")
        })
        .collect();
    ensure!(found, "the content security policy of index.html has no {directive}");
    Ok(parts.join("; "))
}

/// Copies a folder.
///
/// # Errors
/// When a file cannot be read or written.
pub fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for item in std::fs::read_dir(from)? {
        let item = item?;
        let target = to.join(item.file_name());
        if item.file_type()?.is_dir() {
            copy(&item.path(), &target)?;
        } else {
            std::fs::copy(item.path(), target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
