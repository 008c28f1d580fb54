//! The site that is built into `veche`: it is the one that `cargo xtask site` publishes, and a ballot box serves it.

use anyhow::{Result, ensure};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use veche_site::Pin;
use veche_tests::browser::Driver;
use veche_tests::town;
use veche_xtask::process::read;
use veche_xtask::site::{self, Dist};
use veche_xtask::workspace;

/// Every file of a folder with what is in it.
fn all(folder: &Path) -> Result<BTreeMap<PathBuf, Vec<u8>>> {
    let names = veche_site::files(folder)?.into_iter();
    names.map(|name| Ok((name.clone(), std::fs::read(folder.join(name))?))).collect()
}

/// A picture of one point.
const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\nIDATx\x9cc\0\x01\0\0\x05\0\x01\r\n-\xb4\0\0\0\0IEND\xaeB`\x82";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "builds the program anew, with the site in it: `cargo xtask test --all` does"]
async fn the_site_in_the_program_is_the_one_that_is_published_otherwise() -> Result<()> {
    let mut manifest = town::manifest()?;
    manifest["contests"][0]["options"][0]["picture"] = "pictures/first.png".into();
    let town = town::open(&manifest)?;
    let scratch = tempfile::tempdir()?;
    // Kept from one run to the next: the same site is built in once.
    let packed = workspace::root().join("target/with-site/site.tar");
    let (built, bytes) = (scratch.path().join("built"), {
        let dist = Dist::lock()?;
        veche_site::copy(&dist.folder, &scratch.path().join("built"))?;
        veche_site::pack(&dist.folder)?
    });
    if std::fs::read(&packed).ok().as_ref() != Some(&bytes) {
        std::fs::create_dir_all(packed.parent().unwrap_or(&packed))?;
        std::fs::write(&packed, &bytes)?;
    }
    let veche = workspace::with_site(&packed)?;

    let pictures = scratch.path().join("pictures");
    std::fs::create_dir(&pictures)?;
    std::fs::write(pictures.join("first.png"), PICTURE)?;
    let own = town.host.join("own");
    let (fingerprint, address) = (town.town.fingerprint.clone(), town.top());
    let write = |accent: &str| {
        let mut command = Command::new(&veche);
        command.args(["site", "--election", &fingerprint, "--box", "../", "--card-from", &address]);
        command.args(["--accent", accent, "--embed-origin", "https://portal.example"]);
        command.arg("--pictures").arg(&pictures).arg("--out").arg(&own);
        command
    };
    let said = read(&mut write("#20639b"))?;
    ensure!(said.contains("1 picture of the manifest"), "{said}");

    let expected = scratch.path().join("expected");
    std::fs::create_dir(built.join("pictures"))?;
    std::fs::write(built.join("pictures/first.png"), PICTURE)?;
    let pin = Pin {
        fingerprint: Some(fingerprint.clone()),
        card: Some(site::card(town.town.ballot_box.http(), &fingerprint)?),
        ballot_box: "../".into(),
        registrar: None,
        record: None,
        accent: Some("#20639b".into()),
        embed_origins: vec!["https://portal.example".into()],
    };
    veche_site::pin(&built, &pin, &expected)?;
    let (written, expected) = (all(&own)?, all(&expected)?);
    assert_eq!(written.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    let differ: Vec<_> = written.iter().filter(|(name, bytes)| expected.get(*name) != Some(*bytes)).collect();
    ensure!(differ.is_empty(), "{:?}", differ.iter().map(|(name, _)| name).collect::<Vec<_>>());

    let driver = Driver::start()?;
    let browser = driver.open().await?;
    browser.goto(&town.page_in("own")).await?;
    browser.says("Mirogrod decides").await?;

    // Again with another colour: replaced, but for what is somebody else's.
    std::fs::write(own.join("robots.txt"), "mine")?;
    let said = read(&mut write("#7a1f1f"))?;
    ensure!(said.contains("left as they were, for they are not the site's: robots.txt"), "{said}");
    ensure!(std::fs::read_to_string(own.join("election.json"))?.contains("#7a1f1f"));
    let said = read(write("#7a1f1f").args(["--language", "pl"]))?;
    ensure!(said.contains("pozostawiono bez zmian, bo nie należą do strony: robots.txt"), "{said}");
    std::fs::write(own.join("index.html"), "mine")?;
    let before = all(&own)?;
    let refused = read(&mut write("#20639b")).err().map(|error| error.to_string()).unwrap_or_default();
    ensure!(refused.contains("changed since this command wrote: index.html"), "{refused}");
    let refused = read(write("#20639b").args(["--language", "pl"])).err();
    let refused = refused.map(|error| error.to_string()).unwrap_or_default();
    ensure!(refused.contains("zmienione od czasu zapisania tym poleceniem: index.html"), "{refused}");
    ensure!(all(&own)? == before, "something was written");
    Ok(())
}
