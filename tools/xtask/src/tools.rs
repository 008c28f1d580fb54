//! Installs what is missing, with pinned versions. What is already there costs a few milliseconds to recognise.

use crate::process::{find, read, run, say};
use crate::workspace::{cargo, root};
use anyhow::{Context, Result, bail};
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

const TRUNK: &str = "0.21.14";
/// Must equal the `wasm-bindgen` of Cargo.lock: the glue and the module are two halves of one format.
const WASM_BINDGEN: &str = "0.2.130";
const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// Where our own tools are. Ignored by git; deleting it only costs the five minutes of compiling again.
#[must_use]
pub fn folder() -> PathBuf {
    root().join(".tools")
}

/// PATH with our own tools first, so that a Trunk of another version elsewhere is never picked.
///
/// # Errors
/// When the folder's name holds a character that PATH cannot carry.
pub fn path() -> Result<OsString> {
    let old = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(folder().join("bin")).chain(std::env::split_paths(&old));
    std::env::join_paths(folders).context("the repository stands in a folder that PATH cannot name")
}

struct Tool {
    program: &'static str,
    package: &'static str,
    version: &'static str,
    options: &'static [&'static str],
}

const FOR_SITE: &[Tool] = &[
    Tool {
        program: "trunk",
        package: "trunk",
        version: TRUNK,
        options: &["--locked", "--no-default-features"],
    },
    // Without --locked: the lock file it was published with no longer resolves.
    Tool {
        program: "wasm-bindgen",
        package: "wasm-bindgen-cli",
        version: WASM_BINDGEN,
        options: &["--bin", "wasm-bindgen"],
    },
];

const FOR_LICENCES: &[Tool] =
    &[Tool { program: "cargo-deny", package: "cargo-deny", version: "0.20.2", options: &["--locked"] }];

/// Debian has Firefox and no driver for it.
const FOR_FIREFOX: &[Tool] =
    &[Tool { program: "geckodriver", package: "geckodriver", version: "0.37.1", options: &["--locked"] }];

const FOR_PACKAGES: &[Tool] =
    &[Tool { program: "cargo-deb", package: "cargo-deb", version: "3.8.0", options: &["--locked"] }];

/// Everything that `cargo xtask test` needs.
///
/// # Errors
/// When something is missing and cannot be installed; the sentence says what to do.
pub fn for_tests() -> Result<()> {
    for_checks()?;
    for_site()?;
    for_browsers()?;
    for_web_server()?;
    for_postgres()?;
    for_other_languages()
}

/// What the whole elections run that is not Rust: helpers for portals, and what looks at the interface.
///
/// # Errors
/// When something is missing and cannot be installed; the sentence says what to do.
pub fn for_other_languages() -> Result<()> {
    for_javascript()?;
    for_examples()?;
    for_php()?;
    for_python()
}

/// What `cargo xtask site` needs: the wasm target, Trunk and wasm-bindgen.
///
/// # Errors
/// When something is missing and cannot be installed; the sentence says what to do.
pub fn for_site() -> Result<()> {
    toolchain(&[])?;
    lockfile_agrees()?;
    compile(FOR_SITE, "5 minutes")
}

/// What the checks of the Rust code need: rustfmt, clippy and cargo-deny.
///
/// # Errors
/// When something is missing and cannot be installed; the sentence says what to do.
pub fn for_checks() -> Result<()> {
    toolchain(&["cargo-fmt", "cargo-clippy"])?;
    compile(FOR_LICENCES, "2 minutes")
}

/// What makes a package for Debian: cargo-deb.
///
/// # Errors
/// When it is missing and cannot be installed; the sentence says what to do.
pub fn for_packages() -> Result<()> {
    compile(FOR_PACKAGES, "2 minutes")
}

/// One of our own tools.
#[must_use]
pub fn program(name: &str) -> PathBuf {
    folder().join("bin").join(name)
}

fn compile(tools: &[Tool], time: &str) -> Result<()> {
    let missing: Vec<_> = tools.iter().filter(|tool| !is_installed(tool)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names: Vec<_> = missing.iter().map(|tool| tool.program).collect();
    say(&format!("Compiling {} into .tools: once, about {time} on two cores.", names.join(" and ")));
    let build = folder().join("build");
    for tool in missing {
        run(cargo()
            .args(["install", "--quiet", "--force", tool.package, "--version", tool.version])
            .args(tool.options)
            .arg("--root")
            .arg(folder())
            .arg("--target-dir")
            .arg(&build)
            // They run for a second at a time; optimising them would take longer than they ever will.
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0")
            .env("CARGO_PROFILE_RELEASE_LTO", "off"))
        .with_context(|| {
            format!("{} {} could not be installed; is crates.io reachable?", tool.package, tool.version)
        })?;
    }
    std::fs::remove_dir_all(&build).context("cannot remove .tools/build")
}

fn is_installed(tool: &Tool) -> bool {
    read(Command::new(program(tool.program)).arg("--version"))
        .is_ok_and(|said| said.split_whitespace().any(|word| word == tool.version))
}

fn toolchain(programs: &[&str]) -> Result<()> {
    let ask = |arguments: &[&str]| -> Result<PathBuf> {
        let said = read(Command::new("rustc").current_dir(root()).args(arguments))?;
        Ok(PathBuf::from(said.trim()))
    };
    let complete = || -> Result<bool> {
        let bin = ask(&["--print", "sysroot"])?.join("bin");
        let libraries = ask(&["--print", "target-libdir", "--target", WASM_TARGET])?;
        let there = |name: &&str| bin.join(name).with_extension(std::env::consts::EXE_EXTENSION).is_file();
        Ok(libraries.is_dir() && programs.iter().all(there))
    };
    if complete().unwrap_or(false) {
        return Ok(());
    }
    say("Installing what rust-toolchain.toml names: about half a minute.");
    // Inside `cargo run`, RUSTUP_TOOLCHAIN names the toolchain in use; rust-toolchain.toml must decide instead.
    run(Command::new("rustup")
        .current_dir(root())
        .args(["toolchain", "install", "--no-self-update"])
        .env_remove("RUSTUP_TOOLCHAIN"))
    .with_context(|| {
        format!("the Rust target {WASM_TARGET} or one of rustfmt and clippy is missing; install Rust with rustup (https://rustup.rs)")
    })
}

fn lockfile_agrees() -> Result<()> {
    let lock = std::fs::read_to_string(root().join("Cargo.lock")).context("cannot read Cargo.lock")?;
    match locked_version(&lock, "wasm-bindgen") {
        Some(version) if version != WASM_BINDGEN => {
            bail!(
                "Cargo.lock has wasm-bindgen {version} but tools/xtask/src/tools.rs pins {WASM_BINDGEN}; they must be equal"
            )
        }
        _ => Ok(()),
    }
}

fn locked_version<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let after = lock.split_once(&format!("name = \"{package}\"\nversion = \""))?.1;
    Some(after.split_once('"')?.0)
}

/// What the browser tests drive: Chromium, Firefox and WebKitGTK with their WebDrivers.
///
/// # Errors
/// When one is missing and cannot be installed. Never a reason to skip a test.
pub fn for_browsers() -> Result<()> {
    for_chromium()?;
    if firefox().is_none() {
        debian(&["firefox-esr"], "Firefox", "half a minute")?;
    }
    compile(FOR_FIREFOX, "1 minute")?;
    if find("WebKitWebDriver").is_none() || find("Xvfb").is_none() {
        debian(&["webkit2gtk-driver", "xvfb"], "WebKitGTK and a screen for it", "a minute or two")?;
    }
    Ok(())
}

/// Chromium and its WebDriver.
///
/// # Errors
/// When either is missing and cannot be installed.
pub fn for_chromium() -> Result<()> {
    let chromium = ["chromium", "chromium-browser", "google-chrome"].into_iter().find_map(find);
    if chromium.is_some() && find("chromedriver").is_some() {
        return Ok(());
    }
    debian(&["chromium", "chromium-driver"], "Chromium and chromedriver", "a minute or two")
}

/// Firefox, by either of the names it is packaged under.
#[must_use]
pub fn firefox() -> Option<PathBuf> {
    ["firefox-esr", "firefox"].into_iter().find_map(find)
}

/// nginx, the web server that the tests publish records with, and its module that hands out what lies there in brotli.
///
/// # Errors
/// When either is missing and cannot be installed.
pub fn for_web_server() -> Result<()> {
    if nginx().is_some() && nginx_brotli().is_some() {
        return Ok(());
    }
    debian(&["nginx", "libnginx-mod-http-brotli-static"], "nginx with brotli", "half a minute")
}

/// nginx; on Debian it is not on the PATH of everyone.
#[must_use]
pub fn nginx() -> Option<PathBuf> {
    find("nginx").or_else(|| Some(PathBuf::from("/usr/sbin/nginx")).filter(|path| path.is_file()))
}

/// The module of nginx that hands out what lies there in brotli, where Debian puts it.
#[must_use]
pub fn nginx_brotli() -> Option<PathBuf> {
    Some(PathBuf::from("/usr/lib/nginx/modules/ngx_http_brotli_static_module.so"))
        .filter(|path| path.is_file())
}

/// PostgreSQL, of which tests start servers of their own.
///
/// # Errors
/// When it is missing and cannot be installed.
pub fn for_postgres() -> Result<()> {
    if veche_cluster::programs().is_some() {
        return Ok(());
    }
    debian(&["postgresql"], "PostgreSQL", "half a minute")
}

/// Node.js with npm.
///
/// # Errors
/// When either is missing and cannot be installed.
pub fn for_node() -> Result<()> {
    if find("node").is_some() && find("npm").is_some() {
        return Ok(());
    }
    debian(&["nodejs", "npm"], "Node.js and npm", "a minute or two")
}

/// Python, for the second verifier, which needs nothing but the standard library, and for what tests/python.txt pins.
///
/// # Errors
/// When something is missing and cannot be installed.
pub fn for_python() -> Result<()> {
    let asked = "import ensurepip, venv";
    if find("python3").is_none() || read(Command::new("python3").args(["-c", asked])).is_err() {
        debian(&["python3", "python3-venv"], "Python", "half a minute")?;
    }
    let pinned = root().join("tests").join("python.txt");
    let list = std::fs::read(&pinned).context("cannot read tests/python.txt")?;
    let (place, stamp) = (python(), python().join(".veche-pinned"));
    if std::fs::read(&stamp).is_ok_and(|old| old == list) {
        return Ok(());
    }
    say("Installing the Python packages that tests/python.txt pins: about a minute.");
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&place))?;
    run(Command::new(place.join("bin/python"))
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-compile",
            "--no-deps",
            "-r",
        ])
        .arg(&pinned))
    .context("pip failed; is PyPI reachable?")?;
    std::fs::write(&stamp, list).context("cannot write to .tools/python")
}

/// Where the Python packages of the tests are.
#[must_use]
pub fn python() -> PathBuf {
    folder().join("python")
}

/// PHP, in which a helper for portals is written.
///
/// # Errors
/// When it is missing and cannot be installed.
pub fn for_php() -> Result<()> {
    if find("php").is_some() {
        return Ok(());
    }
    debian(&["php-cli"], "PHP", "half a minute")
}

/// What checks JavaScript: Node.js, and TypeScript at the versions that each folder's package-lock.json pins.
///
/// # Errors
/// When either is missing and cannot be installed.
pub fn for_javascript() -> Result<()> {
    for_node()?;
    JAVASCRIPT.iter().try_for_each(|folder| installed(folder, "a few seconds", &[]))
}

/// What the example in Express needs: the packages that its package-lock.json pins, one of them in C++.
///
/// # Errors
/// When it is missing and cannot be installed.
pub fn for_examples() -> Result<()> {
    for_node()?;
    installed("examples/express-keeper", "two minutes", &["better-sqlite3"])
}

/// The folders of which each pins what checks it, and has tests for Node.js.
pub const JAVASCRIPT: &[&str] = &["www", "packages/booth"];

/// What a folder's package-lock.json pins. Only these packages may run scripts, to be compiled.
fn installed(name: &str, time: &str, compiled: &[&str]) -> Result<()> {
    let folder = root().join(name);
    let lock = folder.join("package-lock.json");
    let lock = std::fs::read(&lock).with_context(|| format!("cannot read {}", lock.display()))?;
    // npm keeps its own copy of the lock beside what it installed; ours differs from it in form, so we keep one too.
    let stamp = folder.join("node_modules").join(".veche-lock");
    if std::fs::read(&stamp).is_ok_and(|old| old == lock) {
        return Ok(());
    }
    say(&format!("Installing what {name}/package-lock.json pins: {time}."));
    let npm = |arguments: &[&str]| {
        let quietly = ["--no-audit", "--no-fund", "--loglevel=error"];
        // Else it is first looked for, ready made, where not every machine may look.
        let compile = ("npm_config_build_from_source", "true");
        run(Command::new("npm").current_dir(&folder).args(arguments).args(quietly).env(compile.0, compile.1))
            .with_context(|| {
                format!("npm {} failed in {name}/; is the npm registry reachable?", arguments.join(" "))
            })
    };
    npm(&["ci", "--ignore-scripts"])?;
    if !compiled.is_empty() {
        npm(&[&["rebuild"], compiled].concat())?;
    }
    std::fs::write(&stamp, lock).with_context(|| format!("cannot write {}", stamp.display()))
}

fn debian(packages: &[&str], what: &str, time: &str) -> Result<()> {
    let list = packages.join(" ");
    if !is_root() || find("apt-get").is_none() {
        bail!(
            "{what} must be installed first; on Debian and Ubuntu: sudo apt-get install --no-install-recommends {list}"
        );
    }
    say(&format!("Installing {what} with apt-get: {time}."));
    let apt = |arguments: &[&str]| {
        // Another apt may be at work; it is waited for.
        let quietly = ["-qq", "-o", "DPkg::Lock::Timeout=300"];
        run(Command::new("apt-get").args(quietly).args(arguments).env("DEBIAN_FRONTEND", "noninteractive"))
    };
    apt(&["update"])?;
    let mut arguments = vec!["install", "--yes", "--no-install-recommends"];
    arguments.extend(packages);
    apt(&arguments).with_context(|| format!("{what} could not be installed"))
}

/// Whether we may install Debian packages, and must tell Chromium to do without its sandbox.
#[cfg(unix)]
#[must_use]
pub fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

/// Whether we may install Debian packages.
#[cfg(not(unix))]
#[must_use]
pub fn is_root() -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_file_is_read_by_exact_name() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"1.0.0\"\n\n[[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.9\"\n";
        assert_eq!(locked_version(lock, "wasm-bindgen"), Some("0.2.9"));
        assert_eq!(locked_version(lock, "trunk"), None);
    }
}
