//! The server links nothing that could seal or open a ballot.

use std::process::Command;

#[test]
fn the_server_links_neither_voter_nor_trustee() {
    let tree = Command::new(env!("CARGO"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args([
            "tree",
            "--package",
            "veche-server",
            "--edges",
            "normal,build",
            "--all-features",
            "--prefix",
            "none",
        ])
        .output()
        .unwrap();
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let tree = String::from_utf8(tree.stdout).unwrap();
    let links = |name: &str| tree.lines().any(|line| line.split(' ').next() == Some(name));
    for name in ["veche-server", "veche-board", "veche-record", "veche-verify"] {
        assert!(links(name), "the list does not even name {name}:\n{tree}");
    }
    for name in ["veche-voter", "veche-trustee", "veche-wasm-common", "veche-cli", "veche-tests"] {
        assert!(!links(name), "the server links {name}");
    }
}
