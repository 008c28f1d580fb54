//! What the files of the server may name: the cut by which it will be two processes and have other databases.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Every file of a folder and of those in it.
pub(crate) fn sources(folder: &Path) -> Vec<PathBuf> {
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    files.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
}

/// The files of `src/` that hold a text, by their path within it.
fn naming(text: &str) -> BTreeSet<String> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let holds = |path: &PathBuf| std::fs::read_to_string(path).unwrap().contains(text);
    let within = |path: PathBuf| path.strip_prefix(&src).unwrap().to_str().unwrap().replace('\\', "/");
    sources(&src).into_iter().filter(holds).map(within).collect()
}

#[test]
fn registrar_and_ballot_box_meet_only_where_a_credential_is_handed_over() {
    let (registrar, ballot_box) = (naming("crate::registrar"), naming("crate::ballot_box"));
    assert!(registrar.iter().any(|file| file.starts_with("registrar/")), "{registrar:?}");
    assert!(ballot_box.iter().any(|file| file.starts_with("box/")), "{ballot_box:?}");
    for file in &registrar {
        assert!(!file.starts_with("box/") && file != "handover.rs", "{file} names the registrar");
    }
    for file in &ballot_box {
        assert!(!file.starts_with("registrar/") && file != "handover.rs", "{file} names the ballot box");
    }
    let desk = naming("CredentialDesk");
    let halves: Vec<_> =
        desk.iter().filter(|file| file.starts_with("box/") || file.starts_with("registrar/")).collect();
    assert_eq!(halves, ["box/credential.rs", "registrar/context.rs"]);
}

#[test]
fn only_the_store_knows_the_database() {
    for word in ["sqlx", "SELECT ", "INSERT INTO"] {
        let files = naming(word);
        assert!(files.iter().any(|file| file.starts_with("store/sqlite/")), "{word}: {files:?}");
        for file in &files {
            assert!(file.starts_with("store/"), "{file} says {word}");
        }
    }
}
