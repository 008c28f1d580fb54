//! What an observer and a municipality do with files: import, verify, print results.

use serde_json::Value;
use veche_cli::folder::MANIFEST;

use crate::support::{hold, report, run, sample, veche, write};

#[test]
fn import_writes_the_reviewed_manifest() {
    let scratch = tempfile::tempdir().unwrap();
    let out = scratch.path().join("manifest.json");
    let mut command = veche();
    command.arg("import").args([sample("mirogrod_2026_rynek.pb"), sample("mirogrod_2026_.pb")]);
    let (code, _, errors) = run(command.arg("--out").arg(&out));
    assert_eq!((code, errors.as_str()), (0, ""));
    let reviewed = include_str!("cases/manifest_check.in/manifest.json");
    assert_eq!(std::fs::read_to_string(&out).unwrap(), reviewed);
    // It is not written over.
    let (code, _, errors) = run(&mut command);
    assert_eq!(code, 2);
    assert!(errors.contains("exists"), "{errors}");
}

#[test]
fn where_a_file_is_silent_one_to_all_may_be_picked() {
    let scratch = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(sample("mirogrod_2026_rynek.pb")).unwrap();
    let silent =
        text.replace("min_length;1\n", "").replace("max_length;3\n", "").replace("polish", "english");
    assert_ne!(silent, text);
    let file = scratch.path().join("silent.pb");
    std::fs::write(&file, silent).unwrap();
    let out = scratch.path().join("manifest.json");
    assert_eq!(run(veche().arg("import").arg(file).arg("--out").arg(&out)).0, 0);
    let manifest: Value = serde_json::from_slice(&std::fs::read(out).unwrap()).unwrap();
    let rule = serde_json::json!({"type": "approval", "min": 1, "max": 6, "blank": false});
    assert_eq!(manifest["contests"][0]["rule"], rule);
    assert_eq!(manifest["languages"], serde_json::json!(["en"]));
}

#[test]
fn the_exit_code_says_whether_this_is_the_election_that_was_named() {
    let (_, held) = hold(&[sample("mirogrod_2026_.pb")], Some(2));
    let scratch = tempfile::tempdir().unwrap();
    write(&held.store, scratch.path());
    let fingerprint = report(&held.store).fingerprint.unwrap();
    let verify = |more: &[&str]| run(veche().arg("verify").arg(scratch.path()).args(more));

    let (code, text, _) = verify(&[]);
    assert_eq!(code, 0);
    assert!(
        text.contains(&fingerprint) && text.contains("compare this fingerprint with the published one"),
        "{text}"
    );
    let (code, text, _) = verify(&["--election", &fingerprint]);
    assert_eq!(code, 0);
    assert!(text.ends_with("Verified: every check passed, and this is the election you named.\n"), "{text}");
    let other = if fingerprint.starts_with('0') { "1" } else { "0" }.to_owned() + &fingerprint[1..];
    let (code, text, _) = verify(&["--election", &other]);
    assert_eq!(code, 1);
    assert!(text.contains(" 10  FAILED") && text.contains(&other), "{text}");
    assert!(text.ends_with("FAILED: check 10. Do not trust this record.\n"), "{text}");

    let (code, text, _) = verify(&["--election", &other, "--json"]);
    let document: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((code, &document["outcome"]), (1, &Value::from("failed")));
    let failed: Vec<&Value> =
        document["checks"].as_array().unwrap().iter().filter(|check| check["status"] == "failed").collect();
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0]["number"], 10);
    let why = &failed[0]["failure"];
    assert!(why["detail"].as_str().unwrap().contains(&other) && !why["culprit"].as_str().unwrap().is_empty());
}

#[test]
fn a_name_in_a_manifest_cannot_move_the_cursor() {
    let scratch = tempfile::tempdir().unwrap();
    let (_, held) = hold(&[sample("mirogrod_2026_.pb")], Some(1));
    let text = String::from_utf8(held.store.files[MANIFEST].clone()).unwrap();
    let title = "Local PB in Mirogród, Zarzecze (an invented town)";
    let evil = text.replace(title, "\\u001b[2Jevil\\u202e");
    assert_ne!(evil, text);
    let file = scratch.path().join("manifest.json");
    std::fs::write(&file, evil).unwrap();
    let (_, text, _) = run(veche().args(["manifest", "check"]).arg(&file));
    assert!(text.contains("\u{fffd}[2Jevil\u{fffd}"), "{text}");
    assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text}");
}
