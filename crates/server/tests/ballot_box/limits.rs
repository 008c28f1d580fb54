//! A file of limits holds without a restart, and a bad one changes nothing.

use std::path::Path;
use std::time::Duration;

use veche_server::Limits;

use crate::support::{Answer, Running, manifest};

/// Looks a ballot up, which there is not. Every connection comes from an address of its own, behind a proxy.
async fn look(running: &Running) -> Answer {
    let request =
        running.get("/v1/ballots?code=0000-0000-0000-0000-0000").header("x-forwarded-for", "192.0.2.1");
    Answer::of(request.send().await.unwrap()).await
}

/// Whether so many more lookups are allowed, and not one more, before long.
async fn until_refused(running: &Running) {
    for _ in 0..100 {
        if look(running).await.status == 429 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it is never refused");
}

async fn until_allowed(running: &Running) {
    for _ in 0..100 {
        if look(running).await.status == 404 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it is never allowed");
}

fn write(file: &Path, text: &str) {
    // As an editor does it.
    let new = file.with_extension("new");
    std::fs::write(&new, text).unwrap();
    std::fs::rename(new, file).unwrap();
}

#[tokio::test]
async fn a_limit_that_is_changed_in_the_file_holds_without_a_restart() {
    let mut file = None;
    let running = Running::start(&manifest("open"), "", |config| {
        let path = config.data.join("../limits.toml");
        write(&path, "lookups_an_address_an_hour = 1\n");
        config.behind_proxy = true;
        config.limits_file = Some(path.clone());
        file = Some(path);
    })
    .await;
    let file = file.unwrap();
    look(&running).await.problem(404, "ballot-unknown");
    look(&running).await.problem(429, "too-many-requests");
    write(&file, "lookups_an_address_an_hour = 1000\n");
    until_allowed(&running).await;
    // Refused whole: the first line is not taken either.
    write(&file, "lookups_an_address_an_hour = 1\nconections = 5\n");
    for _ in 0..100 {
        if running.is_well("limits").await == Some(false) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(running.is_well("limits").await, Some(false));
    look(&running).await.problem(404, "ballot-unknown");
    write(&file, "lookups_an_address_an_hour = 1\n");
    until_refused(&running).await;
    assert_eq!(running.is_well("limits").await, Some(true));
}

#[tokio::test]
async fn a_server_does_not_start_with_a_bad_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("limits.toml");
    write(&file, "connections = \"many\"\n");
    let refused = Limits::read(&file).unwrap_err().to_string();
    assert!(refused.contains("limits.toml, line 1") && refused.contains("veche-server limits"), "{refused}");
}
