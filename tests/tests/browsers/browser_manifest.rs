//! The page reads the manifest by itself, before any program is there. Whatever the strict reader takes, the page must
//! read alike, in each browser; what that one refuses is refused before anybody votes, and the page need not notice.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use std::path::Path;
use veche_cli::import::{self, Behind, Choices, Hours, Settings, Source};
use veche_record::Manifest;
use veche_record::manifest::{Registration, Timestamp, TrusteeCount};
use veche_tests::browser::{Driver, Kind};
use veche_tests::host::Host;
use veche_tests::vectors;
use veche_xtask::workspace;

/// What the page makes of each file: the object, the hours as moments, and what can be on a ballot.
const READING: &str = "
    import { readManifest } from './app/lib/manifest.js';
    import { Announcement } from './app/areas/voter/model/announcement.js';

    const read = (bytes) => {
        let manifest;
        try {
            manifest = readManifest(bytes);
        } catch (error) {
            if (error.code === 'wrong-election') return null;
            throw error;
        }
        try {
            const { closes, ballotStyles } = new Announcement({}, null, bytes, manifest);
            const styles = ballotStyles.map(({ id, contests }) => [id, contests]);
            return { manifest, opens: Date.parse(manifest.opens), closes, styles };
        } catch (error) {
            // Something is missing that every manifest has.
            return { manifest, failed: String(error) };
        }
    };
    try {
        const found = [];
        for (let i = 0; i < COUNT; i++)
            found.push(JSON.stringify(read(new Uint8Array(await (await fetch(`${i}.json`)).arrayBuffer()))));
        window.found = JSON.stringify(found);
    } catch (error) {
        window.found = JSON.stringify(String(error));
    }
    document.body.textContent = 'done';";

/// The same, as Rust reads it; null for what is refused.
fn strict(bytes: &[u8]) -> Result<Value> {
    let Ok(manifest) = Manifest::parse(bytes) else { return Ok(Value::Null) };
    let document = manifest.document();
    let contests = |positions: &[usize]| -> Vec<&str> {
        positions
            .iter()
            .filter_map(|&i| manifest.contests().get(i))
            .map(|contest| contest.id.as_str())
            .collect()
    };
    let styles: Vec<_> =
        manifest.ballot_styles().iter().map(|style| json!([style.id, contests(&style.contests)])).collect();
    Ok(json!({
        "manifest": serde_json::to_value(document)?,
        "opens": document.opens.unix() * 1_000,
        "closes": document.closes.unix() * 1_000,
        "styles": styles,
    }))
}

/// The manifest of a file of the samples, where it can be imported.
fn imported(file: &Path) -> Result<Option<Vec<u8>>> {
    let choices = Choices { points: Some(10), ..Choices::default() };
    let Ok(sources) = Source::read_all(&[file.to_owned()], &choices) else { return Ok(None) };
    let time = |seconds| Timestamp::from_unix(seconds).context("no such hour");
    let settings = Settings {
        language: None,
        title: None,
        electorates: vec![1_000],
        hours: Hours {
            opens: time(1_780_000_000)?,
            closes: time(1_781_000_000)?,
            closes_latest: Some(time(1_782_000_000)?),
            time_zone: "Europe/Warsaw".into(),
            early_close: false,
        },
        trustees: TrusteeCount { count: 3, threshold: 2 },
        minimum_group: 10,
        registration: Registration::Open,
        simulated: true,
        behind: Behind::default(),
    };
    Ok(import::manifest(&sources, &settings).ok().map(|(bytes, _)| bytes))
}

/// The same document in other bytes: every character outside ASCII as its escape.
fn escaped(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut text = String::new();
    for character in std::str::from_utf8(bytes)?.chars() {
        if character.is_ascii() {
            text.push(character);
        } else {
            for unit in character.encode_utf16(&mut [0; 2]) {
                text.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    Ok(text.into_bytes())
}

/// The same with every number as a page holds it. Only a knapsack's budget can be above what a page holds exactly;
/// whether a choice is within it, the program says.
fn as_held(value: Value) -> Value {
    match value {
        Value::Number(number) => number.as_f64().into(),
        Value::Array(values) => values.into_iter().map(as_held).collect(),
        Value::Object(values) => values.into_iter().map(|(key, value)| (key, as_held(value))).collect(),
        other => other,
    }
}

fn manifests() -> Result<Vec<Vec<u8>>> {
    let mut found = Vec::new();
    for path in
        vectors::all()?.iter().filter(|path| path.components().any(|part| part.as_os_str() == "manifests"))
    {
        let case: Value = serde_json::from_slice(&std::fs::read(path)?)?;
        found.push(case.get("manifest").and_then(Value::as_str).context("no manifest")?.as_bytes().to_vec());
    }
    ensure!(found.len() > 40, "only {} vectors", found.len());
    let samples = std::fs::read_dir(workspace::root().join("tests/samples"))?;
    let mut samples = samples.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    samples.retain(|path| path.extension().is_some_and(|ending| ending == "pb"));
    samples.sort();
    let before = found.len();
    for path in samples {
        if let Some(bytes) = imported(&path)? {
            found.push(escaped(&bytes)?);
            found.push(bytes);
        }
    }
    ensure!(found.len() >= before + 10, "only {} from samples", found.len() - before);
    Ok(found)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_browser_reads_a_manifest_as_the_strict_reader_does() -> Result<()> {
    let manifests = manifests()?;
    let folder = tempfile::tempdir()?;
    std::os::unix::fs::symlink(workspace::root().join("www/app"), folder.path().join("app"))?;
    let script = READING.replace("COUNT", &manifests.len().to_string());
    let page = format!("<!doctype html><title>reading</title><body><script type=module>{script}</script>");
    std::fs::write(folder.path().join("index.html"), page)?;
    for (i, bytes) in manifests.iter().enumerate() {
        std::fs::write(folder.path().join(format!("{i}.json")), bytes)?;
    }
    let host = Host::of(folder.path())?;
    for kind in [Kind::Chromium, Kind::Firefox, Kind::WebKit] {
        let driver = Driver::of(kind)?;
        let browser = driver.open().await?;
        browser.goto(&host.address).await?;
        browser.says("done").await?;
        let found = browser.run("return window.found", vec![]).await?;
        let found: Value = serde_json::from_str(found.as_str().context("nothing was read")?)?;
        let read = found.as_array().with_context(|| format!("{kind:?} reads nothing: {found}"))?;
        ensure!(read.len() == manifests.len(), "{kind:?} has read {} of {}", read.len(), manifests.len());
        let mut accepted = 0;
        for (bytes, read) in manifests.iter().zip(read) {
            let strict = as_held(strict(bytes)?);
            if strict.is_null() {
                continue;
            }
            accepted += 1;
            // Each by itself: what is refused may have half a character, of which Rust makes no text.
            let read = as_held(serde_json::from_str(read.as_str().context("nothing was read")?)?);
            ensure!(read == strict, "{kind:?} reads\n{read}\nwhere Rust reads\n{strict}");
        }
        println!(
            "{kind:?}: {accepted} of {} manifests are read as by Rust, which refuses the others",
            read.len()
        );
        ensure!(accepted >= 25, "only {accepted} manifests are good");
    }
    Ok(())
}
