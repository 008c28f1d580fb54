//! The page that verifies, against the terminal: a record on a plain static file server, the site on another, and the
//! same report of both, whatever is wrong with the record.

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use veche_cli::folder::{MemoryRecord, RESULT};
use veche_keeper::BoxKeys;
use veche_site::Pin;
use veche_tests::browser::{Driver, Kind};
use veche_tests::host::Host;
use veche_tests::observer::{Observer, at_a_terminal, differences};
use veche_tests::records;
use veche_tests::town::built;
use veche_xtask::site::Dist;

/// Names how many entries the board of the tests has; without it as many as continuous integration can wait for.
const ENTRIES: &str = "VECHE_BOARD_ENTRIES";

/// No frame of the page may be longer in coming while it verifies.
const LONGEST_GAP: Duration = Duration::from_millis(1000);

/// A record and a site that verifies it, each on a host of its own.
struct Published {
    fingerprint: String,
    record: Host,
    site: Host,
    folder: tempfile::TempDir,
}

impl Published {
    fn new(record: &MemoryRecord) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let at = |name: &str| folder.path().join(name);
        records::write(record, &at("record"))?;
        std::fs::create_dir_all(at("host"))?;
        let (record, site) = (Host::of(&at("record"))?, Host::of(&at("host"))?);
        let found = at_a_terminal(built()?, &record.address, None, &at("first"))?;
        let fingerprint =
            found.get("fingerprint").and_then(Value::as_str).context("no fingerprint")?.to_owned();
        let published = Self { fingerprint, record, site, folder };
        published.pin(&Dist::lock()?.folder)?;
        Ok(published)
    }

    /// Puts the site of a build in its place.
    fn pin(&self, build: &Path) -> Result<()> {
        let pin = Pin {
            fingerprint: Some(self.fingerprint.clone()),
            ballot_box: "./".into(),
            registrar: None,
            record: Some(format!("{}/", self.record.address)),
            accent: None,
            embed_origins: Vec::new(),
            card: None,
        };
        Ok(veche_site::pin(build, &pin, &self.folder.path().join("host/town"))?)
    }

    fn page(&self) -> String {
        format!("{}/town/", self.site.address)
    }

    /// Puts another record in the place of the first.
    fn replace(&self, record: &MemoryRecord) -> Result<()> {
        let folder = self.folder.path().join("record");
        std::fs::remove_dir_all(&folder)?;
        records::write(record, &folder)
    }

    /// What the terminal says of it.
    fn terminal(&self) -> Result<Value> {
        let scratch = tempfile::tempdir()?;
        at_a_terminal(built()?, &self.record.address, Some(&self.fingerprint), scratch.path())
    }
}

/// A vote on 20 projects whose board has about so many entries: each voter has a credential and a ballot there.
fn board(entries: usize) -> Result<MemoryRecord> {
    let scratch = tempfile::tempdir()?;
    let file = scratch.path().join("town.pb");
    std::fs::write(&file, records::pabulib(entries / 2, 20)?)?;
    Ok(records::simulate(&[file])?.store)
}

/// The checks that failed: number, entry and culprit of each failure.
fn failures(report: &Value) -> Vec<(u64, Option<u64>, String)> {
    let checks = report.get("checks").and_then(Value::as_array).into_iter().flatten();
    checks
        .flat_map(|check| {
            let number = check.get("number").and_then(Value::as_u64).unwrap_or(0);
            let more = check.get("more_failures").and_then(Value::as_array).into_iter().flatten();
            let all = check.get("failure").filter(|failure| !failure.is_null()).into_iter().chain(more);
            all.map(move |failure| {
                let culprit = failure.get("culprit").and_then(Value::as_str).unwrap_or_default();
                (number, failure.get("entry").and_then(Value::as_u64), culprit.to_owned())
            })
        })
        .collect()
}

fn same(kind: Kind, case: &str, page: &Value, terminal: &Value) -> Result<()> {
    let differences = differences(page, terminal);
    ensure!(
        differences.is_empty(),
        "{case}: the page in {kind:?} and the terminal differ:\n{}",
        differences.join("\n")
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: `cargo xtask test --all` does it"]
async fn the_page_and_the_terminal_give_the_same_report_of_a_large_board() -> Result<()> {
    let entries: usize = std::env::var(ENTRIES).map_or(Ok(2_000), |text| text.parse())?;
    // Before the large board takes its time.
    built()?;
    let began = Instant::now();
    let record = board(entries)?;
    let bytes: usize = record.files.values().map(Vec::len).sum();
    println!("made in {:.1} s: {} MB", began.elapsed().as_secs_f32(), bytes / 1_000_000);
    let published = Published::new(&record)?;
    let began = Instant::now();
    let terminal = published.terminal()?;
    println!("terminal: {:.1} s, copying included", began.elapsed().as_secs_f32());
    assert_eq!(terminal["outcome"], "verified");
    let total = terminal["entries"].as_u64().context("no number of entries")?;
    ensure!(total >= entries as u64, "the board has only {total} entries");

    for kind in Kind::ALL {
        let driver = Driver::of(kind)?;
        let page = Observer::enter(driver.open().await?, &published.page()).await?;
        page.watch_frames().await?;
        let began = Instant::now();
        page.press("start").await?;
        if total > 10_000 {
            // It runs for long enough to be looked at.
            page.begins().await?;
            tokio::time::sleep(Duration::from_secs(5)).await;
            page.browser.picture("verify-running").await?;
        }
        let report = page.report(Duration::from_secs(120 + total / 20)).await?;
        let (took, gap) = (began.elapsed(), page.longest_gap().await?);
        println!(
            "{kind:?}: {total} entries in {:.1} s, longest time between frames {} ms",
            took.as_secs_f32(),
            gap.as_millis()
        );
        same(kind, "honest", &report, &terminal)?;
        ensure!(gap < LONGEST_GAP, "the page in {kind:?} stood still for {gap:?}");
        page.browser.look("verify-done").await?;
        let said = page.browser.text().await?;
        ensure!(said.contains("Verified"), "{said}");
        page.browser.close().await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: `cargo xtask test --all` does it"]
async fn a_verification_pauses_and_goes_on_and_survives_a_reload() -> Result<()> {
    let published = Published::new(&board(3_000)?)?;
    let terminal = published.terminal()?;
    for kind in Kind::ALL {
        let driver = Driver::of(kind)?;
        let page = Observer::enter(driver.open().await?, &published.page()).await?;
        page.press("start").await?;
        page.begins().await?;
        page.press("pause").await?;
        assert_eq!(page.state().await?, "paused");
        // What the workers had in hand comes to its end; then nothing moves. Longer than the page waits to note what
        // is verified, so that it does so next.
        tokio::time::sleep(Duration::from_secs(5)).await;
        let (held, total) = page.progress().await?;
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert_eq!(page.progress().await?.0, held, "a paused page went on in {kind:?}");
        ensure!(held < total, "there was nothing left to pause");
        page.browser.look("verify-paused").await?;
        page.press("resume").await?;
        interrupt(&page).await?;
        page.press("start").await?;
        page.browser.says("which was verified before").await?;
        let report = page.report(Duration::from_secs(300)).await?;
        same(kind, "after a reload", &report, &terminal)?;
        page.browser.close().await?;
    }
    Ok(())
}

/// Reloads a page that verifies, once it has noted how far it is.
async fn interrupt(page: &Observer) -> Result<()> {
    let began = Instant::now();
    while !page.browser.kept().await?.contains("\"build\"") {
        let state = page.state().await?;
        ensure!(state == "running", "the page is {state} and has noted nothing");
        ensure!(began.elapsed() < Duration::from_secs(60), "nothing is noted");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let (entries, total) = page.progress().await?;
    ensure!(entries < total, "it ended before it could be interrupted");
    page.browser.client().refresh().await?;
    Ok(())
}

/// What a page of a false build has noted, a later build does not offer. What this build has noted can be refused in
/// one click.
#[tokio::test(flavor = "multi_thread")]
async fn attack_72_what_was_noted_is_bound_to_the_build_and_refused_in_one_click() -> Result<()> {
    const OFFERED: &str = "Start again from nothing";
    let published = Published::new(&board(3_000)?)?;
    let terminal = published.terminal()?;
    let driver = Driver::start()?;
    let page = Observer::enter(driver.open().await?, &published.page()).await?;
    // A quick machine can be through with it before it has noted anything.
    let mut tries = 0;
    loop {
        page.press("start").await?;
        page.begins().await?;
        page.press("pause").await?;
        // Longer than the page waits to note what is verified, so that it does so next.
        tokio::time::sleep(Duration::from_secs(5)).await;
        if page.state().await? == "paused" {
            page.press("resume").await?;
            if interrupt(&page).await.is_ok() {
                break;
            }
        }
        tries += 1;
        ensure!(tries < 5, "it cannot be interrupted");
        page.browser.client().refresh().await?;
    }
    page.browser.says(OFFERED).await?;
    page.browser.look("verify-kept").await?;

    // The town publishes another build. The note of the first one is still in the browser.
    let changed = published.folder.path().join("changed");
    veche_site::copy(&Dist::lock()?.folder, &changed)?;
    // Under a name of its own, as whatever changes: browsers keep what they have loaded.
    std::fs::write(changed.join("another-build.js"), "// Another build.\n")?;
    published.pin(&changed)?;
    page.browser.client().refresh().await?;
    page.browser.see("[data-act='start']").await?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    ensure!(page.browser.kept().await?.contains("\"build\""), "the note is gone");
    ensure!(!page.browser.text().await?.contains(OFFERED), "another build's note is offered");

    // The first build again: one click, and it counts for nothing.
    published.pin(&Dist::lock()?.folder)?;
    page.browser.client().refresh().await?;
    page.browser.says(OFFERED).await?;
    let watch = "const [words] = arguments;
        window.wentOn = false;
        const look = () => { window.wentOn ||= document.body.innerText.includes(words) };
        new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });";
    page.browser.run(watch, vec!["which was verified before".into()]).await?;
    page.press("anew").await?;
    let report = page.report(Duration::from_secs(300)).await?;
    assert_eq!(
        page.browser.run("return window.wentOn", vec![]).await?,
        false,
        "it went on from what was refused"
    );
    same(Kind::Chromium, "refused", &report, &terminal)?;
    page.browser.close().await
}

/// A small vote, and its records with something wrong.
struct Wrong {
    honest: MemoryRecord,
    leaves: Vec<Vec<u8>>,
    keys: BoxKeys,
}

impl Wrong {
    fn flip(&self, starts: &str, from_end: usize) -> Result<MemoryRecord> {
        let mut record = self.honest.clone();
        let (_, bytes) =
            record.files.iter_mut().find(|(path, _)| path.starts_with(starts)).context("no such file")?;
        let at = bytes.len().checked_sub(from_end).context("a short file")?;
        *bytes.get_mut(at).context("a short file")? ^= 1;
        Ok(record)
    }

    /// One character of the log's signature is another, and the signature still is base64.
    fn signature(&self) -> Result<MemoryRecord> {
        let mut record = self.honest.clone();
        let note = record.files.get_mut("checkpoint").context("no checkpoint")?;
        let at = note.len().checked_sub(10).context("a short checkpoint")?;
        let place = note.get_mut(at).context("a short checkpoint")?;
        *place = if *place == b'A' { b'B' } else { b'A' };
        Ok(record)
    }

    /// One bit of a ballot's proof is another, under a checkpoint that signs it so. Also the entry's number.
    fn ballot(&self) -> Result<(MemoryRecord, u64)> {
        // Ballots are the longest entries.
        let mut leaves = self.leaves.clone();
        let longest = leaves.iter().map(Vec::len).max().context("no entry")?;
        let entry = leaves.iter().position(|leaf| leaf.len() == longest).context("no ballot")?;
        // Before the voter's signature.
        let at = longest - 64 - 40;
        *leaves.get_mut(entry).and_then(|leaf| leaf.get_mut(at)).context("a short ballot")? ^= 1;
        let result = self.honest.files.get(RESULT).map(Vec::as_slice);
        let record = records::publish(records::manifest(&self.honest)?, &leaves, &self.keys, result)?;
        Ok((record, entry as u64))
    }

    fn without(&self, starts: &str) -> Result<MemoryRecord> {
        let mut record = self.honest.clone();
        let path = record.files.keys().find(|path| path.starts_with(starts)).context("no such file")?.clone();
        record.files.remove(&path);
        Ok(record)
    }
}

/// What is wrong, and with whom, in another language than the verifier's: its own words are behind a fold.
async fn in_german(page: &Observer) -> Result<()> {
    let speak = "const select = document.querySelector('#language');
        select.value = 'de';
        select.dispatchEvent(new Event('change', { bubbles: true }));";
    page.browser.run(speak, vec![]).await?;
    page.browser.says("Verantwortlich: der Abstimmungsserver").await?;
    let said = page.browser.text().await?;
    ensure!(!said.contains("ballot box") && !said.contains("is false"), "English in a German page: {said}");
    page.browser.picture("verify-failed-de").await?;
    let unfold = "const fold = document.querySelector('.verify-outcome .check-failure details');
        fold.open = true;
        const { lang, dir, textContent } = fold.querySelector('p span');
        return [lang, dir, textContent.includes('is false')]";
    assert_eq!(page.browser.run(unfold, vec![]).await?, serde_json::json!(["en", "ltr", true]));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: `cargo xtask test --all` does it"]
async fn the_page_names_what_is_wrong_as_the_terminal_does() -> Result<()> {
    let sample = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("samples/mirogrod_2026_rynek.pb");
    let held = records::simulate(&[sample])?;
    let leaves = records::leaves(&held.store)?;
    let published = Published::new(&held.store)?;
    let wrong = Wrong { leaves, keys: held.keys, honest: held.store };
    let (ballot, entry) = wrong.ballot()?;
    let mut totals = wrong.honest.clone();
    let result = totals.files.get_mut(RESULT).context("no result")?;
    let text = String::from_utf8(result.clone())?;
    *result =
        text.replacen("\"total\":15", "\"total\":16", 1).replacen("\"total\": 15", "\"total\": 16", 1).into();
    ensure!(*result != text.into_bytes(), "no total was changed");

    // The number of the check that fails, where it is one.
    let cases = [
        ("a ballot", ballot, Some(entry)),
        ("a tile", wrong.flip("tile/0/", 5)?, None),
        ("a bundle", wrong.flip("tile/entries/", 300)?, None),
        ("the result", totals, None),
        ("no tile", wrong.without("tile/0/")?, None),
        ("no bundle", wrong.without("tile/entries/")?, None),
        ("no result", wrong.without(RESULT)?, None),
        ("the checkpoint", wrong.signature()?, None),
    ];
    let drivers = [Driver::of(Kind::Chromium)?, Driver::of(Kind::Firefox)?];
    for (case, record, entry) in cases {
        published.replace(&record)?;
        let terminal = published.terminal()?;
        let found = failures(&terminal);
        println!("{case}: {} {found:?}", terminal["outcome"]);
        assert_eq!(terminal["outcome"], "failed", "{case}");
        if let Some(entry) = entry {
            ensure!(found.iter().any(|(_, at, _)| *at == Some(entry)), "{case}: {found:?}");
        }
        for driver in &drivers {
            let page = Observer::enter(driver.open().await?, &published.page()).await?;
            let kind = page.browser.kind();
            page.press("start").await?;
            let report = page.report(Duration::from_secs(120)).await?;
            same(kind, case, &report, &terminal)?;
            let said = page.browser.text().await?;
            ensure!(said.contains("FAILED"), "{case}: {said}");
            for (number, entry, culprit) in found.iter().take(1) {
                ensure!(said.contains(&format!("Check {number}.")), "{case}: {said}");
                ensure!(said.contains(culprit.as_str()), "{case}: {culprit} is not named: {said}");
                if let Some(entry) = entry {
                    ensure!(said.contains(&format!("Entry {entry}")), "{case}: {said}");
                }
            }
            if case == "a ballot" {
                page.browser.run("window.scrollTo(0, 0)", vec![]).await?;
                page.browser.look("verify-failed").await?;
                in_german(&page).await?;
            }
            page.browser.close().await?;
        }
    }
    Ok(())
}
