//! The same on PostgreSQL.

use std::path::Path;
use std::process::{Command, Output};

use veche_cluster::Cluster;
use veche_xtask::workspace::programs;

use crate::support::{DATABASE, manifest};
use crate::together::two_servers_keep_one_board;

/// ATTACKS.md row 23. Voters register and cast with two servers on one database.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn attack_23_two_servers_on_one_postgres_keep_one_board() {
    let url = Cluster::shared().unwrap().database().unwrap().parse().unwrap();
    DATABASE.scope(url, two_servers_keep_one_board()).await;
}

#[test]
fn a_box_is_made_on_postgres_once_and_its_folder_remembers_where_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("manifest.json");
    std::fs::write(&file, serde_json::to_vec(&manifest("open")).unwrap()).unwrap();
    let url = Cluster::shared().unwrap().database().unwrap();
    let run = |arguments: &[&str], data: &Path| -> Output {
        Command::new(programs().unwrap().server).args(arguments).arg("--data").arg(data).output().unwrap()
    };
    let file = file.to_str().unwrap();
    let init = |url: &str, data: &Path| run(&["init", "--manifest", file, "--database", url], data);
    let refused = |output: Output| {
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };

    let data = folder.path().join("box");
    let said = refused(init("postgres:///nothing?host=/nowhere&user=veche&password=hunter2", &data));
    assert!(said.contains("the database nothing of PostgreSQL at /nowhere cannot be opened"), "{said}");
    assert!(!said.contains("hunter2"), "{said}");
    let said = refused(init("mysql://veche@db.example/box", &data));
    assert!(said.contains("write postgres://USER@HOST/DATABASE"), "{said}");

    assert!(init(&url, &data).status.success(), "nothing is left of what failed");
    let copy = folder.path().join("copy");
    assert!(run(&["publish", "--to", copy.to_str().unwrap()], &data).status.success());
    assert!(copy.join("checkpoint").exists());
    assert!(!data.join("veche.sqlite").exists());
    let mode =
        std::os::unix::fs::PermissionsExt::mode(&data.join("database-url").metadata().unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600, "it may have a password");

    let said = refused(init(&url, &folder.path().join("another")));
    assert!(said.contains("already holds a ballot box or a registrar"), "{said}");
}
