//! The folder of test vectors, and writing into it.
//!
//! `VECHE_TESTKIT=write cargo test -p veche-tests --test vectors --test record_board` writes every
//! case anew from the tests that assert it; remove `tests/vectors/records` before, for what is there is
//! kept. The cases are checked in: a change of theirs is a change
//! of the protocol, or a bug.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use veche_crypto::hash::Digest;
use veche_testkit::record_case;

/// Cases of one test at most: the rest are variations.
const CASES_A_TEST: usize = 3;
/// A longer case stays a test of its own.
const MAX_CASE_LEN: usize = 64 << 10;

/// `tests/vectors`.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors")
}

/// Whether the cases are being written.
pub fn writing() -> bool {
    std::env::var_os("VECHE_TESTKIT").is_some_and(|value| value == "write")
}

/// Every case file below the folder, in order of name.
///
/// # Errors
/// When the folder cannot be read.
pub fn all() -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for kind in std::fs::read_dir(folder())? {
        let kind = kind?.path();
        if kind.is_dir() {
            for case in std::fs::read_dir(kind)? {
                found.push(case?.path());
            }
        }
    }
    found.retain(|path| path.extension().is_some_and(|ending| ending == "json"));
    found.sort();
    Ok(found)
}

/// Writes a case into a subfolder, when the cases are being written.
///
/// # Errors
/// When the file cannot be written.
pub fn write(kind: &str, name: &str, case: &str) -> std::io::Result<()> {
    if !writing() {
        return Ok(());
    }
    let folder = folder().join(kind);
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join(format!("{name}.json")), case)
}

/// Writes a record that the running test has judged, under the test's name.
///
/// # Errors
/// When the file cannot be written.
pub fn write_record(files: &BTreeMap<String, Vec<u8>>, expected: Option<Digest>) -> std::io::Result<()> {
    if !writing() {
        return Ok(());
    }
    let thread = std::thread::current();
    let Some(test) = thread.name().and_then(|name| name.rsplit("::").next()) else { return Ok(()) };
    if test == "main" {
        return Ok(());
    }
    let case = record_case(&test.replace('_', " "), files, expected).map_err(std::io::Error::other)?;
    if case.len() > MAX_CASE_LEN {
        return Ok(());
    }
    let name = |number: usize| format!("{test}-{number}");
    let path = |number: usize| folder().join("records").join(name(number) + ".json");
    let free = (1..=CASES_A_TEST).find(|&number| !path(number).exists());
    free.map_or(Ok(()), |number| write("records", &name(number), &case))
}
