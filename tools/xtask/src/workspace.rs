//! Where things are, and what Cargo built.

use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The repository's top folder.
#[must_use]
pub fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.ancestors().nth(2).unwrap_or(manifest).to_path_buf()
}

/// Cargo as the caller runs it, standing in the top folder.
#[must_use]
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    // `cargo run` describes the running package in the environment; a build script that saw those would be built twice.
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("CARGO_PKG_")
            || name == "CARGO_MANIFEST_DIR"
            || name == "CARGO_MANIFEST_PATH"
        {
            command.env_remove(name);
        }
    }
    command
}

/// The two programs that a running election needs.
#[derive(Debug, Clone)]
pub struct Programs {
    /// `veche-server`, the ballot box.
    pub server: PathBuf,
    /// `veche`, the command line of trustees and observers.
    pub veche: PathBuf,
}

/// Names a folder that holds both programs already. [`programs`] then builds nothing.
pub const PROGRAMS: &str = "VECHE_PROGRAMS";

/// Builds both programs (an up-to-date build takes a second) and says where they are.
///
/// # Errors
/// When Cargo cannot build them; its own messages have been shown by then.
pub fn programs() -> Result<Programs> {
    programs_built(&["--package", "veche-server", "--package", "veche-cli"])
}

/// The same, as they are shipped.
///
/// # Errors
/// Those of [`programs`].
pub fn released_programs() -> Result<Programs> {
    programs_built(&["--release", "--package", "veche-server", "--package", "veche-cli"])
}

fn programs_built(arguments: &[&str]) -> Result<Programs> {
    match std::env::var_os(PROGRAMS) {
        Some(folder) => {
            let file =
                |name: &str| Path::new(&folder).join(name).with_extension(std::env::consts::EXE_EXTENSION);
            Ok(Programs { server: file("veche-server"), veche: file("veche") })
        }
        None => build_programs(arguments),
    }
}

/// Builds both programs and whatever else the arguments to `cargo build` name.
///
/// # Errors
/// When Cargo cannot build them; its own messages have been shown by then.
pub fn build_programs(arguments: &[&str]) -> Result<Programs> {
    let mut found = built(cargo().arg("build").args(arguments))?;
    let mut take =
        |name: &str| found.remove(name).with_context(|| format!("cargo built no program named {name}"));
    Ok(Programs { server: take("veche-server")?, veche: take("veche")? })
}

/// Builds `veche` with a packed site in it, as whoever packages it does, in a folder of its own: the others stay as
/// they are.
///
/// # Errors
/// When Cargo cannot build it; its own messages have been shown by then.
pub fn with_site(packed: &Path) -> Result<PathBuf> {
    let folder = root().join("target/with-site");
    let mut command = cargo();
    command.args(["build", "--package", "veche-cli", "--target-dir"]).arg(folder).env("VECHE_SITE", packed);
    built(&mut command)?.remove("veche").context("cargo built no program named veche")
}

/// Runs a build; the programs that it made, by name.
fn built(command: &mut Command) -> Result<BTreeMap<String, PathBuf>> {
    let output = command
        .arg("--message-format=json-render-diagnostics")
        .stderr(std::process::Stdio::inherit())
        .output()
        .context("cargo could not be started")?;
    if !output.status.success() {
        bail!("our programs did not build");
    }
    let mut found = BTreeMap::new();
    for line in output.stdout.split(|byte| *byte == b'\n') {
        let Ok(message) = serde_json::from_slice::<serde_json::Value>(line) else {
            continue;
        };
        let name = message.pointer("/target/name").and_then(|value| value.as_str());
        let file = message.get("executable").and_then(|value| value.as_str());
        let is_test = message.pointer("/profile/test").is_some_and(|test| test == true);
        if let (Some(name), Some(file), false) = (name, file, is_test) {
            found.insert(name.to_owned(), PathBuf::from(file));
        }
    }
    Ok(found)
}
