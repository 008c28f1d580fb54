//! `veche turnout`: the turnout against time of a record that was verified first.

use serde_json::Value;

use crate::support::{hold, run, sample, veche, write};

#[test]
fn the_turnout_of_a_record_that_passes_is_printed_for_people_and_for_software() {
    let (_, held) = hold(&[sample("mirogrod_2026_rynek.pb")], None);
    let scratch = tempfile::tempdir().unwrap();
    let record = scratch.path().join("record");
    write(&held.store, &record);
    let turnout = |more: &[&str]| run(veche().arg("turnout").arg(&record).args(more));

    let (code, text, errors) = turnout(&[]);
    assert_eq!((code, errors.as_str()), (0, ""), "{text}");
    let numbers =
        |line: &str| -> Vec<u64> { line.split_whitespace().filter_map(|word| word.parse().ok()).collect() };
    let hours: Vec<_> = text.lines().filter(|line| line.contains("organiser")).map(numbers).collect();
    assert_eq!(hours.first().map(Vec::as_slice), Some(&[0, 0][..]), "{text}");
    assert_eq!(hours.last().map(Vec::as_slice), Some(&[40, 40][..]), "{text}");
    assert!(text.contains("nothing is known") && !text.contains("not closed"), "{text}");

    let (code, csv, _) = turnout(&["--format", "csv"]);
    assert_eq!(code, 0);
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines[0], "hour,said_by,entries,district,electorate,route,voters,ballots");
    assert!(lines.last().unwrap().ends_with(",sms,40,40"), "{csv}");

    let (_, json, _) = turnout(&["--json"]);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((json["open"].as_bool(), json["districts"][0]["ballots"].as_u64()), (Some(false), Some(40)));
    assert_eq!(json["points"].as_array().unwrap().len(), hours.len());

    // A look is kept with the election that it is of.
    let looks = scratch.path().join("looks.json");
    let keep = ["--keep", looks.to_str().unwrap()];
    assert_eq!(turnout(&keep).0, 0);
    let kept: Value = serde_json::from_slice(&std::fs::read(&looks).unwrap()).unwrap();
    assert_eq!(kept["looks"][0]["size"], json["entries"]);
    let (_, other) = hold(&[sample("mirogrod_2026_.pb")], Some(2));
    let elsewhere = scratch.path().join("other");
    write(&other.store, &elsewhere);
    let (code, _, errors) = run(veche().arg("turnout").arg(&elsewhere).args(keep));
    assert_eq!(code, 2);
    assert!(errors.contains("no file of looks at this board"), "{errors}");
    assert_eq!(std::fs::read(&looks).unwrap(), serde_json::to_vec(&kept).unwrap());
}

#[test]
fn a_record_that_does_not_pass_has_no_turnout() {
    let (_, mut held) = hold(&[sample("mirogrod_2026_rynek.pb")], None);
    let bundle = held.store.files.keys().find(|path| path.starts_with("tile/entries")).unwrap().clone();
    let mut bytes = held.store.files[&bundle].clone();
    *bytes.last_mut().unwrap() ^= 1;
    held.store.files.insert(bundle, bytes);
    let scratch = tempfile::tempdir().unwrap();
    write(&held.store, scratch.path());
    let (code, text, _) = run(veche().arg("turnout").arg(scratch.path()));
    assert_eq!(code, 1);
    assert!(text.contains("FAILED") && !text.contains("Turnout as the board grew"), "{text}");
}
