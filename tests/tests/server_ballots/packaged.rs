//! The packages that `cargo xtask package` makes: installed nowhere, looked at and tried out.

use std::path::Path;
use std::process::Command;

use veche_xtask::workspace::{cargo, programs};

#[track_caller]
fn said(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(output.status.success(), "{command:?}: {said}");
    said
}

#[test]
#[ignore = "compiles cargo-deb: `cargo xtask test --all` does"]
fn the_archive_and_the_debian_package_have_what_a_town_runs() {
    let (out, scratch) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let built = programs().unwrap().server.parent().unwrap().to_owned();
    let mut package = cargo();
    package.args(["run", "--quiet", "-p", "veche-xtask", "--", "package", "--programs"]).arg(&built);
    said(package.arg("--out").arg(out.path()));
    let files: Vec<_> = std::fs::read_dir(out.path()).unwrap().map(|file| file.unwrap().path()).collect();
    let find = |end: &str| files.iter().find(|file| file.to_string_lossy().ends_with(end)).unwrap();

    said(Command::new("tar").arg("-xzf").arg(find(".tar.gz")).arg("-C").arg(scratch.path()));
    let unpacked = std::fs::read_dir(scratch.path()).unwrap().next().unwrap().unwrap().path();
    assert!(said(Command::new(unpacked.join("bin/veche-server")).arg("--version")).contains("veche-server"));
    assert!(said(Command::new(unpacked.join("bin/veche")).arg("--version")).contains("veche"));
    let read = |path: &str| std::fs::read_to_string(unpacked.join(path)).unwrap();
    assert!(read("nginx/box.conf").contains("proxy_pass http://veche;"));
    assert!(read("nginx/site.conf").contains("gzip_static on;"));
    assert!(read("caddy/Caddyfile").contains("reverse_proxy"));
    assert!(read("Containerfile").contains("FROM scratch"));

    let deb = scratch.path().join("deb");
    said(Command::new("dpkg-deb").arg("--extract").arg(find(".deb")).arg(&deb));
    said(Command::new("dpkg-deb").arg("--control").arg(find(".deb")).arg(deb.join("DEBIAN")));
    let control = std::fs::read_to_string(deb.join("DEBIAN/control")).unwrap();
    assert!(control.contains("Package: veche\n") && control.contains("Architecture: amd64\n"), "{control}");
    assert!(
        control.contains("Depends: systemd\n"),
        "the programs need nothing, and the units this: {control}"
    );
    for script in ["postinst", "prerm", "postrm"] {
        said(Command::new("sh").arg("-n").arg(deb.join("DEBIAN").join(script)));
    }
    assert!(said(Command::new(deb.join("usr/bin/veche-server")).arg("--version")).contains("veche-server"));
    assert!(deb.join("usr/lib/sysusers.d/veche.conf").is_file());
    // What a unit runs is looked for in the same place.
    std::fs::create_dir_all(deb.join("bin")).unwrap();
    std::fs::copy("/bin/sh", deb.join("bin/sh")).unwrap();
    for unit in ["veche-server.service", "veche-backup.service", "veche-backup.timer"] {
        verify(&deb, unit);
    }
    let security = said(
        Command::new("systemd-analyze")
            .args(["security", "--offline=true", "--threshold=20"])
            .arg(deb.join("usr/lib/systemd/system/veche-server.service")),
    );
    assert!(security.contains("Overall exposure level"), "{security}");
}

/// systemd understands every line of a unit, in the place where the package puts it.
fn verify(root: &Path, unit: &str) {
    let verified = Command::new("systemd-analyze")
        .args(["verify", "--recursive-errors=no", "--man=no", "--root"])
        .arg(root)
        .arg(root.join("usr/lib/systemd/system").join(unit))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&verified.stderr).into_owned();
    assert!(verified.status.success() && !said.contains("Unknown"), "{unit}: {said}");
}
