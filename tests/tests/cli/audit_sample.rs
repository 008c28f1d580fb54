//! `veche audit-sample`: the same voters for everybody, and for the second verifier.

use std::path::Path;
use std::process::Command;

use serde_json::Value;
use veche_cli::folder::RESULT;

use crate::support::{hold, run, sample, veche, write};

const THROWS: &str = "3166 2453 2165 4326 5416";

fn drawn(record: &Path, options: &[&str]) -> (i32, String, String) {
    run(veche().arg("audit-sample").arg(record).args(options))
}

fn names(record: &Path, throws: &str, number: &str) -> Vec<String> {
    let (code, text, errors) = drawn(record, &["--json", "--dice", throws, "--sample", number]);
    assert_eq!(code, 0, "{errors}");
    let document: Value = serde_json::from_str(&text).unwrap();
    let drawn = document["drawn"].as_array().unwrap();
    drawn.iter().map(|row| row["pseudonym"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn both_verifiers_draw_the_same_voters() {
    let folder = tempfile::tempdir().unwrap();
    let record = folder.path().join("record");
    write(&hold(&[sample("mirogrod_2026_rynek.pb")], None).1.store, &record);
    let ten = names(&record, THROWS, "10");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("interop/verify.py");
    let mut python = Command::new("python3");
    let (code, text, errors) =
        run(python.arg(script).arg(&record).args(["--dice", THROWS, "--sample", "10"]));
    assert_eq!(code, 0, "{errors}");
    let second: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("Drawn: ")).collect();
    assert_eq!((ten.len(), &second), (10, &ten.iter().map(String::as_str).collect()));
    assert_ne!(names(&record, "3166 2453 2165 4326 5415", "10"), ten);

    let (code, text, _) = drawn(&record, &["--dice", THROWS, "--sample", "10", "--failed", "1"]);
    assert_eq!(code, 0);
    assert!(text.starts_with("10 of 40 voters whose ballots count"), "{text}");
    assert!(ten.iter().all(|name| text.contains(name)), "{text}");
    assert!(
        text.contains("1 of 10 answers fail: if 15 of the 40 voters (37.50 %) or more were invented"),
        "{text}"
    );

    for (options, said) in [
        (["--dice", "1234", "--sample", "10"], "throws are the digits 1 to 6, at least 20"),
        (["--dice", THROWS, "--sample", "0"], "0 is not in 1.."),
        (["--dice", THROWS, "--failed", "41"], "41 answers cannot fail where 40 voters are asked"),
    ] {
        let (code, _, errors) = drawn(&record, &options);
        assert_eq!(code, 2, "{errors}");
        assert!(errors.contains(said), "{errors}");
    }
    // A folder that is being published has tiles of older checkpoints as well.
    let older = record.join("tile/0/000.p/3");
    std::fs::create_dir_all(older.parent().unwrap()).unwrap();
    std::fs::write(older, [0; 96]).unwrap();
    assert_eq!(names(&record, THROWS, "10"), ten);
    // Nobody is drawn from a record that fails a check.
    std::fs::write(record.join(RESULT), "{}").unwrap();
    let (code, text, _) = drawn(&record, &["--dice", THROWS]);
    assert_eq!(code, 1);
    assert!(text.contains("FAILED: check 31"), "{text}");
    assert!(ten.iter().all(|name| !text.contains(name)), "{text}");
}
