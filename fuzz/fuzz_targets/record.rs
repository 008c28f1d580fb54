//! A finished record, edited by whoever holds the log's key: entries moved, changed and invented, the log signed again;
//! then files changed. The audit never panics, and no such edit changes the totals of a record that passes.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use veche_fuzz::board::{BOARD, record};
use veche_fuzz::{MANIFEST, randomness};
use veche_verify::{Outcome, audit};

#[derive(Debug, Arbitrary)]
enum Edit<'a> {
    Remove(u8),
    Repeat { from: u8, at: u8 },
    Swap(u8, u8),
    Flip { entry: u8, bit: u16 },
    Cut { entry: u8, len: u16 },
    Insert { at: u8, bytes: &'a [u8] },
}

#[derive(Debug, Arbitrary)]
enum FileEdit<'a> {
    Flip { file: u8, bit: u16 },
    Replace { file: u8, bytes: &'a [u8] },
    Remove(u8),
    Add { path: &'a str, bytes: &'a [u8] },
}

static TOTALS: LazyLock<String> = LazyLock::new(|| {
    let (leaves, result) = &*BOARD;
    let audit = audit(&record(leaves, result), None, randomness("fresh"), |_, _| {});
    assert_eq!(audit.report.outcome, Outcome::Consistent, "{}", audit.report);
    format!("{:?}", audit.report.tallies)
});

fuzz_target!(|edits: (Vec<Edit>, Vec<FileEdit>)| {
    let (leaves, result) = &*BOARD;
    let mut leaves = leaves.clone();
    for edit in edits.0.iter().take(8) {
        apply(edit, &mut leaves);
    }
    let mut files = record(&leaves, result);
    for edit in edits.1.iter().take(8) {
        let nth = |file: &u8| files.keys().nth(usize::from(*file) % files.len().max(1)).cloned();
        match edit {
            FileEdit::Flip { file, bit } => {
                if let Some(bytes) = nth(file).and_then(|path| files.get_mut(&path)) {
                    flip(bytes, *bit);
                }
            }
            FileEdit::Replace { file, bytes } => {
                if let Some(path) = nth(file) {
                    files.insert(path, bytes.to_vec());
                }
            }
            FileEdit::Remove(file) => {
                if let Some(path) = nth(file) {
                    files.remove(&path);
                }
            }
            FileEdit::Add { path, bytes } => {
                files.insert((*path).to_owned(), bytes.to_vec());
            }
        }
    }
    let audit = audit(&files, None, randomness("fresh"), |_, _| {});
    if matches!(audit.report.outcome, Outcome::Consistent | Outcome::Verified) {
        assert_eq!(format!("{:?}", audit.report.tallies), *TOTALS);
        assert_eq!(files["manifest.json"], MANIFEST);
        let value = |json: &[u8]| serde_json::from_slice::<Value>(json).expect("it passed");
        assert_eq!(value(&files["result.json"]), value(result));
    }
    let _ = (
        audit.report.to_string(),
        serde_json::to_string(&audit.report).expect("a report is always writable"),
    );
});

fn apply(edit: &Edit, leaves: &mut Vec<Vec<u8>>) {
    let place = |number: u8| usize::from(number) % leaves.len().max(1);
    match *edit {
        _ if leaves.is_empty() => {}
        Edit::Remove(number) => {
            leaves.remove(place(number));
        }
        Edit::Repeat { from, at } => {
            let (leaf, at) = (leaves[place(from)].clone(), place(at));
            leaves.insert(at, leaf);
        }
        Edit::Swap(a, b) => {
            let (a, b) = (place(a), place(b));
            leaves.swap(a, b);
        }
        Edit::Flip { entry, bit } => {
            let entry = place(entry);
            flip(&mut leaves[entry], bit);
        }
        Edit::Cut { entry, len } => {
            let entry = place(entry);
            leaves[entry].truncate(len.into());
        }
        Edit::Insert { at, bytes } => {
            let at = place(at);
            leaves.insert(at, bytes.to_vec());
        }
    }
}

fn flip(bytes: &mut [u8], bit: u16) {
    let len = bytes.len().max(1);
    if let Some(byte) = bytes.get_mut(usize::from(bit / 8) % len) {
        *byte ^= 1 << (bit % 8);
    }
}
