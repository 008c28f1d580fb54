//! `cargo xtask npm`: the packages for npm. The WebAssembly modules are built as the site's are; what else is in a
//! package stands in `packages/` and is put together by the script there.

pub mod matrix;

use crate::process::{read, run, say};
use crate::workspace::{cargo, root};
use crate::{site, tools};
use anyhow::{Context, Result};
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
    let package = out.join("core");
    run(Command::new("node")
        .arg(source.join("build.mjs"))
        .args([&glue, &package])
        .arg(env!("CARGO_PKG_VERSION")))
    .context("the package could not be put together")?;
    packed(&root().join("packages/booth"), &out)?;
    packed(&package, &out)
}

/// Has npm pack a package.
fn packed(package: &Path, out: &Path) -> Result<PathBuf> {
    let said = read(
        Command::new("npm")
            .current_dir(package)
            .args(["pack", "--silent", "--ignore-scripts", "--pack-destination"])
            .arg(out),
    )
    .context("npm could not pack the package")?;
    let packed = out.join(said.lines().last().context("npm has packed nothing")?.trim());
    say(&format!("Packed {}.", packed.display()));
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
