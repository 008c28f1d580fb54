//! A crate of this workspace as a WebAssembly module that a page can import.

use anyhow::{Context as _, Result};
use std::path::{Path, PathBuf};
use std::process::Command;
use veche_xtask::process::run;
use veche_xtask::tools;
use veche_xtask::workspace::{cargo, root};

/// Builds a package for the browser, as the site's own module is built, and writes `NAME.js` and
/// `NAME_bg.wasm` into a folder. The name is the package's, with underscores.
///
/// # Errors
/// When Cargo or wasm-bindgen fails; their own messages have been shown by then.
pub fn build(package: &str, out: &Path) -> Result<()> {
    let target = target_dir();
    run(cargo()
        .args(["build", "--quiet", "--lib", "--target=wasm32-unknown-unknown", "--profile=wasm", "--package"])
        .arg(package)
        .arg("--target-dir")
        .arg(&target))?;
    let module = target.join("wasm32-unknown-unknown/wasm").join(package.replace('-', "_") + ".wasm");
    run(Command::new(tools::program("wasm-bindgen"))
        .arg(module)
        .args(["--target", "web", "--out-dir"])
        .arg(out))
    .context("wasm-bindgen failed; `cargo xtask test` installs the version that fits")
}

fn target_dir() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}
