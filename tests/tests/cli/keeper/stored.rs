//! Ballots that were only stored, and ballots that are only verified.

use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};

use super::{Keeper, Voter, base64, cast, open, receipt};
use crate::support::{run, veche};

#[test]
fn what_was_only_stored_is_collected_once_and_every_refused_row_is_named() {
    let scratch = tempfile::tempdir().unwrap();
    let town = open(scratch.path());
    let election = &town.election;
    let collect = |rows: &Path| {
        let mut command = veche();
        command.arg("collect").arg(rows).arg("--data").arg(town.data()).arg("--publish").arg(town.record());
        run(&mut command)
    };
    let person = |n: u8| Voter::new(&format!("stored {n}"), &format!("{n:032x}"));
    let mut row = person(1).registration(election, None);
    row["created"] = "2026-05-02".into();
    let (mut one, mut two) = (person(1), person(2));
    let lines = [
        cast(&one.seal(election, 0)).to_string(),
        row.to_string(),
        cast(&one.seal(election, 1)).to_string(),
        String::new(),
        cast(&two.seal(election, 1)).to_string(),
        "{\"ballot\":\"*\"}".to_owned(),
        "nonsense".to_owned(),
    ];
    let rows = scratch.path().join("rows.jsonl");
    std::fs::write(&rows, lines.join("\n")).unwrap();
    let (code, text, errors) = collect(&rows);
    assert_eq!((code, errors.as_str()), (1, ""), "{text}");
    let name = rows.display();
    let said: Vec<&str> = text.lines().collect();
    assert!(said[0].starts_with(&format!("{name}:5: credential-unknown: ")), "{text}");
    assert!(said[1].starts_with(&format!("{name}:6: malformed: `ballot` is base64")), "{text}");
    assert!(said[2].starts_with(&format!("{name}:7: malformed: ")), "{text}");
    assert_eq!(said[3], "Keys registered: 1. Ballots cast: 2. On the board before: 0. Refused: 3.");
    let (code, again, _) = collect(&rows);
    assert_eq!(code, 1);
    assert!(
        again.contains("Keys registered: 0. Ballots cast: 0. On the board before: 3. Refused: 3."),
        "{again}"
    );

    // As CSV, the key of the refused one.
    let fields = person(2).registration(election, None);
    let columns = ["pseudonym", "style", "number", "key", "possession"];
    let value =
        |column: &str| fields[column].as_str().map_or_else(|| fields[column].to_string(), str::to_owned);
    let csv = format!("{},ballot\n{},\n", columns.join(","), columns.map(value).join(","));
    let keys = scratch.path().join("keys.csv");
    std::fs::write(&keys, csv).unwrap();
    let (code, text, errors) = collect(&keys);
    assert_eq!((code, errors.as_str()), (0, ""), "{text}");
    // And a bucket: ballots as they are, and rows.
    let bucket = scratch.path().join("bucket");
    std::fs::create_dir(&bucket).unwrap();
    let mut three = person(3);
    std::fs::write(bucket.join("1.ballot"), person(2).seal(election, 1)).unwrap();
    std::fs::write(bucket.join("2.ballot"), three.seal(election, 2)).unwrap();
    std::fs::write(bucket.join("3.json"), person(3).registration(election, None).to_string()).unwrap();
    let (code, text, errors) = collect(&bucket);
    assert_eq!((code, errors.as_str()), (0, ""), "{text}");
    assert!(text.starts_with("Keys registered: 1. Ballots cast: 2."), "{text}");
    let (code, text, errors) = run(veche().args(["verify", "--live"]).arg(town.record()));
    assert_eq!(code, 0, "{text}{errors}");
    // A voter whose ballot was stored has the receipt from now on.
    let mut keeper = Keeper::start(&town.data());
    let ballot = person(2).seal(election, 1);
    receipt(election, &ballot, &keeper.ok("receipt", cast(&ballot)));
    keeper.end();
}

#[test]
fn ballots_are_verified_in_batches_and_the_wrong_ones_named() {
    let scratch = tempfile::tempdir().unwrap();
    let town = open(scratch.path());
    let election = &town.election;
    let mut voter = Voter::new("checked", "0000000000000000000000000000000a");
    let good: Vec<Vec<u8>> = (0..4).map(|choice| voter.seal(election, choice)).collect();
    let mut wrong = good[1].clone();
    let at = wrong.len() - 70;
    wrong[at] ^= 1;
    let key = hex::encode(voter.credential.key().to_bytes());
    let lines = [
        json!({ "id": 0, "ballot": base64(&good[0]), "credential": key, "sequence": 0, "previous": "0".repeat(64) }).to_string(),
        json!({ "id": 1, "ballot": base64(&wrong) }).to_string(),
        json!({ "id": 2, "ballot": base64(&good[2]), "sequence": 1 }).to_string(),
        "nonsense".to_owned(),
        json!({ "id": 4, "ballot": base64(&good[3][..100]) }).to_string(),
        json!({ "id": 5, "ballot": base64(&good[3]) }).to_string(),
    ];
    let verify = |more: &[&str], input: &str| {
        let mut command = veche();
        command.args(["verify-ballot", "--election"]).arg(town.record()).args(more);
        let mut process =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let _ = process.stdin.take().unwrap().write_all(input.as_bytes());
        let output = process.wait_with_output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    };
    let (code, text, errors) =
        verify(&["--fingerprint", &election.fingerprint().to_string()], &lines.join("\n"));
    assert_eq!((code, errors.as_str()), (1, ""), "{text}");
    let answers: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let codes: Vec<&str> =
        answers.iter().map(|answer| answer["error"]["code"].as_str().unwrap_or("ok")).collect();
    assert_eq!(codes, ["ok", "ballot-invalid", "other-place", "malformed", "ballot-invalid", "ok"]);
    assert_eq!(answers[0]["ok"]["credential"], key);
    assert_eq!(answers[2]["error"]["field"], "sequence");
    assert!(answers[1]["error"]["check"].is_u64() && answers[4]["error"]["check"].is_u64(), "{text}");
    assert_eq!(answers[3]["id"], Value::Null);
    let (code, text, _) = verify(&[], &lines[0]);
    assert_eq!((code, text.lines().count()), (0, 1));
    let (code, _, errors) = verify(&["--fingerprint", &"0".repeat(64)], "");
    assert_eq!(code, 2);
    assert!(errors.contains("and 0000"), "{errors}");
}
