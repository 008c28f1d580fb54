//! `cargo xtask npm`: the packages for npm. The WebAssembly modules are built as the site's are; what else is in a
//! package stands in `packages/` and is put together by the script there.

pub mod matrix;

use crate::process::{read, run, say};
use crate::workspace::{cargo, root};
use crate::{site, tools};
use anyhow::{Context, Result, ensure};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The two modules, by what the package calls them.
const MODULES: [&str; 2] = ["voter", "observer"];

/// Builds `@veche/core` and packs it into one file, which npm installs, and `@veche/booth` into another, which needs no
/// building. Says where the first is.
///
/// # Errors
/// When a tool is missing or something does not build.
pub fn pack() -> Result<PathBuf> {
    tools::for_site()?;
    tools::for_javascript()?;
    let target = root().join("target");
    let glue = target.join("npm/glue");
    for module in MODULES {
        wasm(module, &target, &glue)?;
    }
    let out = target.join("npm");
    let source = root().join("packages/core");
    let core = out.join("core");
    run(Command::new("node")
        .arg(source.join("build.mjs"))
        .args([&glue, &core])
        .arg(env!("CARGO_PKG_VERSION")))
    .context("the package could not be put together")?;
    let booth = out.join("booth");
    gather(&root().join("packages/booth"), &booth)?;
    packed(&booth, &out)?;
    packed(&core, &out)
}

/// What `@veche/booth` is made of, as it stands; npm packs no more than its `package.json` names.
const BOOTH: [&str; 5] = ["README.md", "booth.d.ts", "booth.js", "package.json", "react.d.ts"];

fn gather(source: &Path, package: &Path) -> Result<()> {
    std::fs::create_dir_all(package)?;
    let files = BOOTH.iter().map(|name| (name, source.join(name)));
    let licences = ["LICENSE-APACHE", "LICENSE-MIT"];
    for (name, file) in files.chain(licences.iter().map(|name| (name, root().join(name)))) {
        std::fs::copy(&file, package.join(name))
            .with_context(|| format!("cannot copy {}", file.display()))?;
    }
    Ok(())
}

/// Has npm pack a package, with the hash of each of its files, and says whether it could be published.
fn packed(package: &Path, out: &Path) -> Result<PathBuf> {
    let said: serde_json::Value = serde_json::from_slice(&std::fs::read(package.join("package.json"))?)?;
    let version = said.get("version").and_then(serde_json::Value::as_str);
    ensure!(version == Some(env!("CARGO_PKG_VERSION")), "{} has another version", package.display());
    // The dry run below does not mind.
    ensure!(said.get("private").is_none(), "{} is private", package.display());
    veche_site::list(package)?;
    let said = read(
        Command::new("npm")
            .current_dir(package)
            .args(["pack", "--silent", "--ignore-scripts", "--pack-destination"])
            .arg(out),
    )
    .context("npm could not pack the package")?;
    let packed = out.join(said.lines().last().context("npm has packed nothing")?.trim());
    let dry_run = ["publish", "--dry-run", "--silent", "--ignore-scripts", "--access", "public"];
    run(Command::new("npm").current_dir(out).args(dry_run).arg(&packed))
        .with_context(|| format!("npm would not publish {}", packed.display()))?;
    say(&format!("Packed {}, which npm would publish.", packed.display()));
    Ok(packed)
}

/// One module and its glue. One at a time, as for the site: together, their libraries would have each other's features.
fn wasm(module: &str, target: &Path, glue: &Path) -> Result<()> {
    let package = format!("veche-wasm-{module}");
    run(cargo()
        .args([
            "build",
            "--quiet",
            "--lib",
            "--target",
            "wasm32-unknown-unknown",
            "--profile",
            "wasm",
            "--package",
            &package,
        ])
        .env("CARGO_ENCODED_RUSTFLAGS", site::wasm_flags()?)
        .env("CARGO_TARGET_DIR", target))
    .with_context(|| format!("{package} does not build"))?;
    let built =
        target.join("wasm32-unknown-unknown/wasm").join(package.replace('-', "_")).with_extension("wasm");
    run(Command::new(tools::program("wasm-bindgen"))
        .arg(built)
        .args(["--target", "web", "--omit-default-module-path", "--no-typescript", "--out-name"])
        .arg(format!("veche-{module}"))
        .arg("--out-dir")
        .arg(glue))
    .with_context(|| format!("{package} got no glue"))
}
