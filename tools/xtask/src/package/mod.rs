//! `cargo xtask package`: what somebody installs who compiles nothing.

use anyhow::{Context, Result, bail, ensure};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::{find, read, run, say};
use crate::workspace::{cargo, root};
use crate::{hosting, site, tools};

/// How the packages are made.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Take the programs of this folder and build none: for trying the packaging out.
    #[arg(long, value_name = "DIR")]
    programs: Option<PathBuf>,
    /// Where the packages go; without it target/package.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// For programs that need nothing of the system that they run on.
const TARGET: &str = "x86_64-unknown-linux-musl";

/// The programs of a package.
const PROGRAMS: [&str; 2] = ["veche", "veche-server"];

/// The files of `packaging/` and `docs/` that are in the archive, and their places there.
const FILES: [(&str, &str); 9] = [
    ("packaging/README.md", "README.md"),
    ("packaging/Containerfile", "Containerfile"),
    ("packaging/veche-server.service", "systemd/veche-server.service"),
    ("packaging/veche-backup.service", "systemd/veche-backup.service"),
    ("packaging/veche-backup.timer", "systemd/veche-backup.timer"),
    ("packaging/sysusers.conf", "systemd/sysusers.conf"),
    ("docs/hosting.md", "docs/hosting.md"),
    ("LICENSE-APACHE", "LICENSE-APACHE"),
    ("LICENSE-MIT", "LICENSE-MIT"),
];

/// Makes the archive and the package for Debian, and says where they are.
///
/// # Errors
/// When something is missing or does not build; the sentence says what.
pub fn package(options: &Options) -> Result<()> {
    let out = options.out.clone().unwrap_or_else(|| root().join("target/package"));
    std::fs::create_dir_all(&out)?;
    let programs = match &options.programs {
        Some(folder) => folder.clone(),
        None => build()?,
    };
    let version = version(&programs.join("veche-server"))?;
    let name = format!("veche-{version}-x86_64-linux");
    let staged = tempfile::tempdir()?;
    let folder = staged.path().join(&name);
    stage(&folder, &programs)?;
    let archive = out.join(format!("{name}.tar.gz"));
    // The same bytes for the same files, whoever packs them and when.
    run(Command::new("tar")
        .args(["--sort=name", "--owner=0", "--group=0", "--numeric-owner", "--mtime=@0"])
        .args(["--use-compress-program", "gzip --no-name", "-cf"])
        .arg(&archive)
        .arg("-C")
        .arg(staged.path())
        .arg(&name))?;
    let debian = out.join(format!("veche_{version}_amd64.deb"));
    deb(&folder, &debian)?;
    for file in [archive, debian] {
        let bytes = std::fs::metadata(&file)?.len();
        say(&format!("{}  {} bytes", file.display(), bytes));
    }
    Ok(())
}

/// Builds the programs, with the site in `veche`.
fn build() -> Result<PathBuf> {
    ensure!(
        find("musl-gcc").is_some(),
        "programs that need nothing of their system are linked with musl: as root, run `apt-get install musl-tools` and \
         `rustup target add {TARGET}`"
    );
    let packed = root().join("target/package/site.packed");
    if let Some(folder) = packed.parent() {
        std::fs::create_dir_all(folder)?;
    }
    site::pack(&site::build(site::Bundled::Always)?, &packed)?;
    run(cargo()
        .args(["build", "--release", "--locked", "--target", TARGET])
        .args(["--package", "veche-cli", "--package", "veche-server"])
        .env("VECHE_SITE", &packed)
        .env("CC_x86_64_unknown_linux_musl", "musl-gcc")
        .env("CARGO_PROFILE_RELEASE_STRIP", "true"))?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    let programs = target.join(TARGET).join("release");
    for program in PROGRAMS {
        let needed = read(Command::new("readelf").arg("-d").arg(programs.join(program)))?;
        ensure!(!needed.contains("(NEEDED)"), "{program} needs libraries of the system: {needed}");
    }
    Ok(programs)
}

/// The version that a program says it is.
fn version(program: &Path) -> Result<String> {
    let said = read(Command::new(program).arg("--version"))?;
    Ok(said.split_whitespace().last().context("a program that has no version")?.to_owned())
}

/// Lays everything out as it is in the archive.
fn stage(folder: &Path, programs: &Path) -> Result<()> {
    let put = |from: &Path, to: &str| -> Result<()> {
        let to = folder.join(to);
        std::fs::create_dir_all(to.parent().context("a file is in a folder")?)?;
        std::fs::copy(from, &to).with_context(|| format!("{} cannot be packed", from.display()))?;
        Ok(())
    };
    for program in PROGRAMS {
        put(&programs.join(program), &format!("bin/{program}"))?;
    }
    for (from, to) in FILES {
        put(&root().join(from), to)?;
    }
    for (name, text) in [
        ("nginx/box.conf", hosting::nginx(true)?),
        ("nginx/site.conf", hosting::nginx(false)?),
        ("caddy/Caddyfile", hosting::caddy()?),
    ] {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().context("a file is in a folder")?)?;
        std::fs::write(path, text)?;
    }
    Ok(())
}

/// Makes the package for Debian, of what is laid out.
fn deb(folder: &Path, to: &Path) -> Result<()> {
    tools::for_packages()?;
    // It takes the programs from where Cargo puts them; these are wherever somebody said.
    let built = tempfile::tempdir()?;
    let place = built.path().join("release");
    std::fs::create_dir_all(&place)?;
    copy_all(folder, &place)?;
    for program in PROGRAMS {
        std::fs::copy(folder.join("bin").join(program), place.join(program))?;
    }
    let mut command = cargo();
    command.arg("deb").args(["--package", "veche-server", "--no-build", "--no-strip", "--output"]);
    command.arg(to).env("CARGO_TARGET_DIR", built.path()).env("PATH", tools::path()?);
    run(&mut command)
}

fn copy_all(from: &Path, to: &Path) -> Result<()> {
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            std::fs::create_dir_all(&target)?;
            copy_all(&entry.path(), &target)?;
        } else if entry.file_type()?.is_file() {
            std::fs::copy(entry.path(), &target)?;
        } else {
            bail!("{} is no file", entry.path().display());
        }
    }
    Ok(())
}
