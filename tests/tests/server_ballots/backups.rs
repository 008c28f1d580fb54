//! Yesterday's backup: a box with an older database than others have seen serves nobody.

use std::path::Path;
use std::time::Duration;

use reqwest::StatusCode;
use veche_server::{SeenError, StartError};
use veche_tests::host::Host;

use crate::support::manifest;
use crate::vote::Vote;

fn copy_folder(from: &Path, to: &Path) {
    let _ = std::fs::remove_dir_all(to);
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

/// Three ballots more than a backup has. The box is stopped; gives the sizes of backup and board.
async fn three_more(vote: &mut Vote, backup: &Path) -> (u64, u64) {
    let size = vote.size().await;
    vote.running.stop().await;
    copy_folder(&vote.running.data, backup);
    vote.running.start_again().await;
    for n in 1..=3 {
        vote.voter(n, "north").await.vote(vote, 0).await;
    }
    let newest = vote.size().await;
    // The files beside the database follow within a second or two.
    let last = vote.running.data.join("last-checkpoint");
    for _ in 0..100 {
        let written = std::fs::read_to_string(&last).unwrap_or_default();
        if written.lines().nth(1) == Some(newest.to_string().as_str()) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    vote.running.stop().await;
    (size, newest)
}

#[track_caller]
fn behind(refused: StartError, (ours, theirs): (u64, u64), place: &str) {
    let said = refused.to_string();
    assert!(said.contains(place) && said.contains("Put the newest backup"), "{said}");
    match refused {
        StartError::Seen(SeenError::Behind { theirs: t, ours: o, .. }) => assert_eq!((o, t), (ours, theirs)),
        StartError::Seen(SeenError::Witness { theirs: t, ours: o, .. }) => assert_eq!((o, t), (ours, theirs)),
        other => panic!("{other}"),
    }
}

/// ATTACKS.md row 65, with a published copy, mirrors, and the file beside the database.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn attack_65_an_older_database_than_a_copy_or_a_mirror_has_seen_is_not_served() {
    let (copy, scratch) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let to = copy.path().to_str().unwrap().to_owned();
    let mut vote = Vote::open_with(&manifest("open"), |config| config.publish = Some(to.clone())).await;
    let (backup, newest) = (scratch.path().join("backup"), scratch.path().join("newest"));
    // Stopping it publishes once more.
    let sizes = three_more(&mut vote, &backup).await;
    let data = vote.running.data.clone();
    copy_folder(&data, &newest);
    let published = std::fs::read(copy.path().join("checkpoint")).unwrap();

    copy_folder(&backup, &data);
    behind(vote.running.fails_to_start(|_| {}).await, sizes, &to);
    assert_eq!(std::fs::read(copy.path().join("checkpoint")).unwrap(), published);
    let folder = vote.running.fails_to_start(|config| {
        config.publish = None;
        config.mirrors = vec![to.clone()];
    });
    behind(folder.await, sizes, &to);
    let host = Host::of(copy.path()).unwrap();
    let address = vote.running.fails_to_start(|config| {
        config.publish = None;
        config.mirrors = vec!["http://127.0.0.1:9/".into(), host.address.clone()];
    });
    behind(address.await, sizes, &host.address);

    // The database alone was put back: what lies beside it has seen more.
    std::fs::copy(newest.join("last-checkpoint"), data.join("last-checkpoint")).unwrap();
    let alone = vote.running.fails_to_start(|config| config.publish = None).await;
    behind(alone, sizes, "last-checkpoint");

    // The newest backup goes on, although a mirror cannot be asked: that is said, and stops nobody.
    copy_folder(&newest, &data);
    let there = |config: &mut veche_server::Config| {
        config.mirrors = vec!["http://127.0.0.1:9/".into(), host.address.clone()];
    };
    vote.running.restart_from_stopped(there).await;
    assert!(vote.running.unwell("mirrors").await.contains("asked again"));
    vote.voter(4, "south").await.vote(&vote, 1).await;
    vote.running.restart(|config| config.mirrors = vec![host.address.clone()]).await;
    vote.running.well().await;
    vote.voter(5, "south").await.vote(&vote, 1).await;
    assert_eq!(vote.get("/record/checkpoint").await.status, StatusCode::OK);
}

/// ATTACKS.md row 65, with another board of the same size under the same key.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn attack_65_a_backup_that_went_on_alone_is_not_served_beside_its_mirror() {
    let scratch = tempfile::tempdir().unwrap();
    let mut vote = Vote::open().await;
    let backup = scratch.path().join("backup");
    let (_, newest) = three_more(&mut vote, &backup).await;
    let mirror = scratch.path().join("mirror");
    veche_server::publish(&vote.running.data, mirror.to_str().unwrap()).await.unwrap();
    // Nobody who has seen more can be asked.
    copy_folder(&backup, &vote.running.data.clone());
    vote.running.start_again().await;
    while vote.size().await < newest {
        vote.voter(6 + vote.size().await, "south").await;
    }
    vote.running.stop().await;
    let named = mirror.to_str().unwrap().to_owned();
    let refused = vote.running.fails_to_start(|config| config.mirrors = vec![named]).await;
    assert!(matches!(refused, StartError::Seen(SeenError::Fork { size, .. }) if size == newest), "{refused}");
}
