//! A Pabulib file of another town.
#![no_main]

// The parser alone: the rest of the command line would bring a terminal and a network client into the fuzzer.
#[allow(dead_code)]
#[path = "../../crates/cli/src/pabulib/mod.rs"]
mod pabulib;

use libfuzzer_sys::fuzz_target;
use pabulib::PabulibFile;

fuzz_target!(|bytes: &[u8]| {
    match PabulibFile::parse(bytes) {
        Ok(_) => {}
        // The message is shown in a terminal: no control character of the file may reach it.
        Err(error) => assert!(!error.to_string().chars().any(|c| c.is_control() && c != '\n'), "{error:?}"),
    }
});
