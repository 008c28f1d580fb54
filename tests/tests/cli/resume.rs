//! `veche verify`, killed and begun again.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::{hold, run, sample, veche, write};

/// A record of some hundreds of ballots, in a folder. One of them is false.
fn record(scratch: &Path) -> PathBuf {
    let votes = std::fs::read_to_string(sample("mirogrod_2026_rynek.pb")).unwrap();
    let (head, rows) = votes.split_once("VOTES\n").unwrap();
    let (header, rows) = rows.split_once('\n').unwrap();
    let rows: Vec<&str> = rows.lines().filter(|row| !row.is_empty()).collect();
    let more = rows.iter().cycle().take(320).enumerate().map(|(number, row)| {
        let rest = row.split_once(';').unwrap().1;
        format!("{number};{rest}\n")
    });
    let file = scratch.join("rynek.pb");
    std::fs::write(&file, format!("{head}VOTES\n{header}\n{}", more.collect::<String>())).unwrap();
    let (_, held) = hold(&[file], None);
    let mut record = held.store;
    // A byte in the first bundle, in the proof of an early ballot: that ballot is false from now on, and the tree
    // is not the signed one, which only the end of the run can tell.
    let leaves = crate::support::leaves(&record);
    let ballot = leaves.iter().position(|leaf| leaf[0] == 4).unwrap();
    let bundle = record.files.get_mut("tile/entries/000").unwrap();
    let at: usize = leaves[..=ballot].iter().map(|leaf| leaf.len() + 2).sum();
    // The last byte but one of the signature's scalar: still a scalar.
    bundle[at - 2] ^= 1;
    let folder = scratch.join("record");
    write(&record, &folder);
    folder
}

fn verify(record: &Path, cache: &Path, more: &[&str]) -> Command {
    let mut command = veche();
    command.arg("verify").arg(record).arg("--json").args(more);
    command.env("XDG_CACHE_HOME", cache).env("LOCALAPPDATA", cache).env("RAYON_NUM_THREADS", "1");
    command
}

/// The file that is kept for the record, once it is there.
fn kept(cache: &Path) -> Option<PathBuf> {
    let inside = std::fs::read_dir(cache.join("veche")).ok()?;
    let mut files = inside.filter_map(|file| file.ok().map(|file| file.path()));
    // One that is being written has an extension.
    files.find(|path| path.extension().is_none())
}

/// How many entries the kept file says are verified.
fn entries(file: &Path) -> Option<u64> {
    let text = std::fs::read_to_string(file).ok()?;
    text.split_once("\"size\":")?.1.split(',').next()?.parse().ok()
}

/// Kills the command, as a power cut does, as soon as it has noted so many entries.
fn killed_after(command: &mut Command, cache: &Path, least: u64) -> Option<u64> {
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let patience = Instant::now();
    while child.try_wait().unwrap().is_none() && patience.elapsed() < Duration::from_secs(120) {
        if kept(cache).and_then(|file| entries(&file)).is_some_and(|noted| noted >= least) {
            child.kill().unwrap();
            child.wait().unwrap();
            return kept(cache).and_then(|file| entries(&file));
        }
        std::thread::sleep(Duration::from_micros(500));
    }
    child.wait().unwrap();
    None
}

#[test]
fn a_killed_verification_goes_on_and_reports_the_same() {
    let scratch = tempfile::tempdir().unwrap();
    let record = record(scratch.path());
    let cache = scratch.path().join("cache");
    let (code, whole, errors) = run(&mut verify(&record, &cache, &["--no-resume"]));
    assert_eq!((code, errors.as_str()), (1, ""), "{whole}");
    assert!(whole.contains("signature is false"), "{whole}");
    assert!(!cache.exists(), "--no-resume notes nothing");
    let files = |folder: &Path| veche_cli::folder::Folder::open(folder).unwrap().files().unwrap();
    let before = files(&record);

    let noting = ["--note-every", "0"];
    let mut killed = 0;
    for least in [1, 150, 300, 450] {
        let Some(noted) = killed_after(&mut verify(&record, &cache, &noting), &cache, least) else {
            continue;
        };
        killed += 1;
        assert_eq!(files(&record), before, "nothing is written into the record");
        let (code, text, errors) = run(&mut verify(&record, &cache, &noting));
        assert_eq!((code, text.as_str()), (1, whole.as_str()));
        assert!(errors.contains(&format!("has verified the first {noted} entries")), "{errors}");
        assert_eq!(kept(&cache), None, "what came to its end is not kept");
    }
    assert!(killed >= 2, "{killed} runs were interrupted");

    // Twice in a row, then to the end.
    let first = killed_after(&mut verify(&record, &cache, &noting), &cache, 1).unwrap();
    let second = killed_after(&mut verify(&record, &cache, &noting), &cache, first + 1);
    let (_, text, errors) = run(&mut verify(&record, &cache, &[]));
    assert_eq!(text, whole);
    assert_eq!(errors.contains("goes on from there"), second.is_some(), "{errors}");
}

#[test]
fn a_kept_file_that_does_not_fit_is_discarded() {
    let scratch = tempfile::tempdir().unwrap();
    let record = record(scratch.path());
    let cache = scratch.path().join("cache");
    let (_, whole, _) = run(&mut verify(&record, &cache, &["--no-resume"]));
    let noting = ["--note-every", "0"];
    killed_after(&mut verify(&record, &cache, &noting), &cache, 1).unwrap();
    let file = kept(&cache).unwrap();
    let good = std::fs::read_to_string(&file).unwrap();
    let changed = |key: &str, value: serde_json::Value| {
        let mut document: serde_json::Value = serde_json::from_str(good.lines().nth(1).unwrap()).unwrap();
        document[key] = value;
        let body = document.to_string();
        format!("{}\n{body}", veche_crypto::hash::digest("audit-snapshot", &[body.as_bytes()]))
    };
    let cases = [
        (good[..good.len() / 2].to_owned(), "it is damaged"),
        (String::new(), "it is damaged"),
        (good.replacen("\"bad\":[", "\"bad\":[1", 1), "it is damaged"),
        (changed("software", "veche 9".into()), "another version of the software wrote it"),
        (changed("root", vec![7; 32].into()), "not about this record"),
    ];
    for (wrong, why) in cases {
        assert_ne!(wrong, good);
        std::fs::write(&file, wrong).unwrap();
        let (_, text, errors) = run(&mut verify(&record, &cache, &[]));
        assert_eq!(text, whole, "{why}");
        assert!(errors.contains(why) && errors.contains("Everything is verified."), "{errors}");
    }
    // The record changed since: the first bundle now has another byte.
    std::fs::write(&file, &good).unwrap();
    let bundle = record.join("tile/entries/000");
    let mut bytes = std::fs::read(&bundle).unwrap();
    let at = bytes.len() / 20;
    bytes[at] ^= 1;
    std::fs::write(&bundle, bytes).unwrap();
    let (code, text, errors) = run(&mut verify(&record, &cache, &[]));
    assert_eq!((code, &text), (1, &run(&mut verify(&record, &cache, &["--no-resume"])).1));
    assert!(errors.contains("not about this record"), "{errors}");
}
