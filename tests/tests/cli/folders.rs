//! A record as a folder: links in it, and files that are longer than any file of a record.

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::OnceLock;

use veche_cli::folder::{CHECKPOINT, Folder, MANIFEST, MAX_FILE_BYTES, MemoryRecord, RESULT};
use veche_verify::{Check, Outcome, Status};

use crate::support::{hold, report, run, sample, veche, write};

fn honest() -> &'static MemoryRecord {
    static HONEST: OnceLock<MemoryRecord> = OnceLock::new();
    HONEST.get_or_init(|| hold(&[sample("mirogrod_2026_rynek.pb")], Some(3)).1.store)
}

/// A folder whose files are links into another one.
fn linked(to: &Path, folder: &Path) {
    for path in honest().files.keys() {
        let link = folder.join(path);
        fs::create_dir_all(link.parent().unwrap()).unwrap();
        symlink(to.join(path), link).unwrap();
    }
}

/// Only the files are to blame, and this is said of them.
#[track_caller]
fn assert_files_fail(folder: &Path, said: &str) {
    let report = report(&Folder::open(folder).unwrap());
    assert_eq!(report.failed().map(|failed| failed.check).collect::<Vec<_>>(), [Check::Files], "{report}");
    assert!(report.to_string().contains(said), "{said}?\n{report}");
}

#[test]
fn a_link_to_a_plain_file_stands_for_it() {
    let scratch = tempfile::tempdir().unwrap();
    let (real, links) = (scratch.path().join("real"), scratch.path().join("links"));
    write(honest(), &real);
    linked(&real, &links);
    let (code, text, errors) = run(veche().arg("verify").arg(&links));
    assert_eq!(code, 0, "{text}{errors}");
    let report = report(&Folder::open(&links).unwrap());
    assert_eq!(
        (report.outcome, report.status(Check::Files)),
        (Outcome::Consistent, Status::Passed),
        "{report}"
    );
}

#[test]
fn attack_33_any_other_link_is_a_file_that_does_not_belong_there() {
    let with = |link: &str, to: &str, said: &str| {
        let scratch = tempfile::tempdir().unwrap();
        write(honest(), scratch.path());
        symlink(to, scratch.path().join(link)).unwrap();
        assert_files_fail(scratch.path(), said);
    };
    with("more", ".", "more is not a file");
    with("more", "tile", "more is not a file");
    with("more", "nowhere", "more is not a file");
    with("tile/more", "..", "tile/more is not a file");
    // Instead of what must be there: to a folder, to nothing.
    for to in ["tile", "nowhere"] {
        let scratch = tempfile::tempdir().unwrap();
        write(honest(), scratch.path());
        fs::remove_file(scratch.path().join(RESULT)).unwrap();
        symlink(to, scratch.path().join(RESULT)).unwrap();
        assert_files_fail(scratch.path(), "result.json is missing");
    }
    // A folder of the record that is a link: its files are not listed, and missing.
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("record");
    write(honest(), &folder);
    fs::rename(folder.join("tile"), scratch.path().join("tile")).unwrap();
    symlink(scratch.path().join("tile"), folder.join("tile")).unwrap();
    assert_files_fail(&folder, "is missing");
}

#[test]
fn attack_34_a_file_longer_than_any_of_a_record_counts_as_missing() {
    let paths = honest().files.keys().map(String::as_str);
    let paths: Vec<&str> =
        paths.filter(|path| path.starts_with("tile/")).chain([MANIFEST, CHECKPOINT, RESULT]).collect();
    assert_eq!(paths.len(), 5);
    for path in paths {
        let failed = |length: u64| {
            let scratch = tempfile::tempdir().unwrap();
            write(honest(), scratch.path());
            let file = scratch.path().join(path);
            File::options().write(true).open(&file).unwrap().set_len(length).unwrap();
            let report = report(&Folder::open(scratch.path()).unwrap());
            report.failed().map(|failed| failed.check).collect::<Vec<_>>()
        };
        assert_eq!(failed(MAX_FILE_BYTES + 1), [Check::Files], "{path}");
        // The longest file is read, and refused for what it says.
        let check = match path {
            MANIFEST => Check::Manifest,
            CHECKPOINT => Check::Checkpoint,
            RESULT => Check::ResultFile,
            path if path.starts_with("tile/entries") => Check::Form,
            _ => Check::Tiles,
        };
        assert_eq!(failed(MAX_FILE_BYTES), [check], "{path}");
    }
}
