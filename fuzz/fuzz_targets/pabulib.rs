//! A Pabulib file of another town.
#![no_main]

// The parser alone: the rest of the command line would bring a terminal and a network client into the fuzzer.
#[allow(dead_code, unused_imports)]
#[path = "../../crates/cli/src/pabulib/mod.rs"]
mod pabulib;

use libfuzzer_sys::fuzz_target;
use pabulib::PabulibFile;

/// What is shown in a terminal: no control character of the file may reach it.
fn is_printable(text: &str) -> bool {
    !text.chars().any(|c| c.is_control() && c != '\n')
}

fuzz_target!(|bytes: &[u8]| {
    let file = match PabulibFile::parse(bytes) {
        Ok(file) => file,
        Err(error) => return assert!(is_printable(&error.to_string()), "{error:?}"),
    };
    let gives_points = matches!(file.meta.get("vote_type"), Some("cumulative" | "scoring"));
    let mut line = 0;
    for vote in &file.votes {
        assert!(vote.line > line, "a row is read once, in its place");
        line = vote.line;
        match &vote.picks {
            Ok(picks) => {
                assert!(picks.iter().all(|pick| *pick < file.projects.len()));
                assert_eq!(vote.points.len(), if gives_points { picks.len() } else { 0 });
            }
            Err(problem) => assert!(is_printable(&problem.to_string()) && !problem.kind().is_empty()),
        }
    }
    // Whatever a rule asks of META is an answer or an error with its line.
    for key in file.meta.keys().map(str::to_owned).collect::<Vec<_>>() {
        for error in [file.meta.number(&key).err(), file.meta.amount(&key).err()].into_iter().flatten() {
            assert!(is_printable(&error.to_string()) && error.line == file.meta.line(&key), "{error:?}");
        }
    }
});
