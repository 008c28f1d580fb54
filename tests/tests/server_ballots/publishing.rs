//! The record as static files: kept up to date by a running box, brought up to date by a program, verified where it is.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, SystemTime};

use reqwest::StatusCode;
use veche_board::{Checkpoint, SignedCheckpoint, layout};
use veche_cli::folder::Folder;
use veche_cli::live::{Excuse, LiveFolder};
use veche_cli::verify::audit_shown;
use veche_record::entry::TallyKind;
use veche_server::PublishError;
use veche_tests::host::Host;
use veche_verify::{Outcome, RecordSource as _};
use veche_xtask::workspace::programs;

use crate::store::Store;
use crate::support::manifest;
use crate::vote::{Vote, read_folder};

/// A box that keeps a copy in a folder, and three ballots.
async fn published(keep: Duration) -> (Vote, tempfile::TempDir) {
    let copy = tempfile::tempdir().unwrap();
    let to = copy.path().to_str().unwrap().to_owned();
    let vote = Vote::open_with(&manifest("open"), |config| {
        config.publish = Some(to);
        config.keep_partial = keep;
    })
    .await;
    for n in 1..=3 {
        vote.voter(n, "north").await.vote(&vote, 0).await;
    }
    caught_up(&vote).await;
    (vote, copy)
}

/// Waits until the box says that all of its board is published.
async fn caught_up(vote: &Vote) {
    for _ in 0..200 {
        let health = vote.get("/v1/health").await.json();
        if health["published"]["size"] == health["size"] && health["published"]["failing"] == false {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the copy is not up to date");
}

fn names(folder: &Path) -> BTreeSet<String> {
    let mut files = Default::default();
    read_folder(folder, "", &mut files);
    files.into_keys().collect()
}

fn checkpoint(vote: &Vote, note: &[u8]) -> Checkpoint {
    SignedCheckpoint::open(note, vote.election.log_key(), vote.election.origin()).unwrap()
}

/// `veche verify` of an address, as an observer runs it.
async fn verify(vote: &Vote, address: &str) -> String {
    let (copy, fingerprint) = (tempfile::tempdir().unwrap(), vote.election.fingerprint().to_string());
    let mut command = Command::new(programs().unwrap().veche);
    command.args(["verify", address, "--election", &fingerprint, "--mirror"]).arg(copy.path().join("copy"));
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{said}{}", String::from_utf8_lossy(&output.stderr));
    said
}

/// `veche verify` of a folder on this machine: how it ended, and what it said.
async fn verify_folder(vote: &Vote, folder: &Path, options: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(programs().unwrap().veche);
    command.arg("verify").arg(folder).args(["--no-resume", "--election"]);
    command.arg(vote.election.fingerprint().to_string()).args(options);
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_folder_that_is_being_published_is_said_to_be_written_and_not_to_be_false() {
    let (vote, copy) = published(Duration::from_secs(3_600)).await;
    // Files of earlier checkpoints are there for an hour.
    let (code, said) = verify_folder(&vote, copy.path(), &[]).await;
    assert!(code == Some(1) && said.contains("Being written?") && !said.contains("Do not trust"), "{said}");
    let (code, said) = verify_folder(&vote, copy.path(), &["--live"]).await;
    assert!(code == Some(0) && said.contains("Not finished"), "{said}");

    // While it is written, too.
    let mut anna = vote.voter(4, "north").await;
    let casting = async {
        for choice in [0, 1, 2, 0, 1, 2, 0, 1] {
            anna.vote(&vote, choice).await;
        }
    };
    let verifying = async {
        for _ in 0..3 {
            let (code, said) = verify_folder(&vote, copy.path(), &["--live"]).await;
            assert_eq!(code, Some(0), "{said}");
        }
    };
    tokio::join!(casting, verifying);

    // What is false stays false.
    caught_up(&vote).await;
    let size = checkpoint(&vote, &std::fs::read(copy.path().join("checkpoint")).unwrap()).size;
    let bundle = copy.path().join(format!("tile/entries/000.p/{size}"));
    let mut bytes = std::fs::read(&bundle).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(&bundle, bytes).unwrap();
    let (code, said) = verify_folder(&vote, copy.path(), &["--live"]).await;
    assert!(code == Some(1) && said.contains("Do not trust"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_folder_that_got_a_newer_checkpoint_while_it_was_read_is_said_to_be_written() {
    let (vote, copy) = published(Duration::ZERO).await;
    let live = LiveFolder::open(Folder::open(copy.path()).unwrap()).unwrap().unwrap();
    let report = || audit_shown(&live, Some(vote.election.fingerprint())).unwrap().report;
    assert_eq!(live.excuse(&report()).unwrap(), None);
    // The files that it called for are gone when the next checkpoint is there.
    vote.voter(4, "north").await.vote(&vote, 0).await;
    caught_up(&vote).await;
    let failed = report();
    assert_eq!(failed.outcome, Outcome::Failed);
    assert_eq!(live.excuse(&failed).unwrap(), Some(Excuse::Moved));
    // With the checkpoint as it was, a missing file is a missing file.
    std::fs::write(copy.path().join("checkpoint"), live.file("checkpoint").unwrap().unwrap()).unwrap();
    for file in names(copy.path()).iter().filter(|file| file.starts_with("tile/")) {
        std::fs::remove_file(copy.path().join(file)).unwrap();
    }
    assert_eq!(live.excuse(&report()).unwrap(), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_copy_in_a_folder_follows_the_board_to_the_result_and_verifies_from_a_plain_file_server() {
    let (vote, copy) = published(Duration::ZERO).await;
    let host = Host::of(copy.path()).unwrap();
    assert!(verify(&vote, &host.address).await.contains("Not finished"));

    vote.organise("/v1/close", Vec::new()).await.expect(StatusCode::CREATED);
    vote.reach("closed").await;
    vote.consent_all(TallyKind::Vote).await;
    for trustee in 0..2 {
        let partial = vote.partial(TallyKind::Vote, trustee).await;
        vote.post(partial.into()).await.expect(StatusCode::CREATED);
    }
    vote.reach("published").await;
    caught_up(&vote).await;
    // The result is written after the checkpoint, and what is superseded goes last.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let mut files = Default::default();
    read_folder(copy.path(), "", &mut files);
    assert!(files == vote.record().await, "the copy is the record, and nothing else");
    assert!(verify(&vote, &host.address).await.contains("Verified"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn partial_tiles_stay_for_readers_of_the_checkpoint_before_and_go_later() {
    let (mut vote, copy) = published(Duration::from_secs(3_600)).await;
    let before = checkpoint(&vote, &std::fs::read(copy.path().join("checkpoint")).unwrap()).size;
    vote.voter(4, "north").await.vote(&vote, 0).await;
    caught_up(&vote).await;
    for file in layout(before) {
        assert!(copy.path().join(file.to_string()).exists(), "{file} is gone too early");
    }
    // Two hours without a new checkpoint.
    vote.running.stop().await;
    let file = std::fs::File::options().write(true).open(copy.path().join("checkpoint")).unwrap();
    file.set_modified(SystemTime::now() - Duration::from_secs(7_200)).unwrap();
    // What a publisher that was killed had begun.
    std::fs::write(copy.path().join("tile/0/000.p/9#1"), "half").unwrap();
    let to = format!("file://{}", copy.path().display());
    let size = veche_server::publish(&vote.running.data, &to).await.unwrap();
    let expected: BTreeSet<_> =
        layout(size).map(|file| file.to_string()).chain(["manifest.json".to_owned()]).collect();
    assert_eq!(names(copy.path()), expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_older_board_another_board_and_foreign_files_are_not_written_over() {
    let (mut vote, copy) = published(Duration::ZERO).await;
    let scratch = tempfile::tempdir().unwrap();
    let (backup, to) = (scratch.path().join("backup"), copy.path().to_str().unwrap().to_owned());
    vote.running.stop().await;
    copy_folder(&vote.running.data, &backup);
    vote.running.start_again().await;
    let mut anna = vote.voter(5, "south").await;
    anna.vote(&vote, 0).await;
    caught_up(&vote).await;

    let there = std::fs::read(copy.path().join("checkpoint")).unwrap();
    let older = veche_server::publish(&backup, &to).await.unwrap_err();
    assert!(matches!(older, PublishError::Newer { .. }), "{older}");
    assert_eq!(std::fs::read(copy.path().join("checkpoint")).unwrap(), there);

    // The backup goes on alone: another ballot where the other board has Anna's key.
    let size = checkpoint(&vote, &there).size;
    vote.running.stop().await;
    let lost = scratch.path().join("lost");
    copy_folder(&vote.running.data, &lost);
    std::fs::remove_dir_all(&vote.running.data).unwrap();
    copy_folder(&backup, &vote.running.data);
    vote.running.restart_from_stopped(|config| config.publish = None).await;
    while vote.size().await < size {
        vote.voter(6 + vote.size().await, "north").await;
    }
    let forked = veche_server::publish(&vote.running.data, &to).await.unwrap_err();
    assert!(matches!(forked, PublishError::Contradiction { .. }), "{forked}");
    assert_eq!(std::fs::read(copy.path().join("checkpoint")).unwrap(), there);

    let other = tempfile::tempdir().unwrap();
    std::fs::write(other.path().join("index.html"), "a page").unwrap();
    let foreign = veche_server::publish(&lost, other.path().to_str().unwrap()).await.unwrap_err();
    assert!(matches!(foreign, PublishError::Foreign { .. }), "{foreign}");
    assert_eq!(names(other.path()), BTreeSet::from(["index.html".to_owned()]));
    let nowhere = veche_server::publish(&lost, "ftp://example.org/").await.unwrap_err();
    assert!(matches!(nowhere, PublishError::Destination { .. }), "{nowhere}");
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn while_nothing_can_be_published_ballots_are_taken_and_the_box_says_so() {
    let (vote, copy) = published(Duration::ZERO).await;
    // A folder where the checkpoint is to be: as full as a disk can be.
    let file = copy.path().join("checkpoint");
    std::fs::remove_file(&file).unwrap();
    std::fs::create_dir(&file).unwrap();
    std::fs::write(file.join("in-the-way"), "").unwrap();
    vote.voter(7, "north").await.vote(&vote, 1).await;
    let sentence = vote.running.unwell("copy").await;
    assert!(sentence.contains("the log says why") && !sentence.contains(copy.path().to_str().unwrap()));
    assert_eq!(vote.get("/v1/health").await.json()["published"]["failing"], true);
    vote.voter(8, "north").await.vote(&vote, 1).await;
    std::fs::remove_dir_all(&file).unwrap();
    caught_up(&vote).await;
    vote.running.well().await;
    let host = Host::of(copy.path()).unwrap();
    assert!(verify(&vote, &host.address).await.contains("Not finished"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_bucket_holds_the_record_with_its_headers_and_verifies_from_its_public_address() {
    let store = Store::start().await;
    let vote = Vote::open().await;
    vote.voter(1, "north").await.vote(&vote, 0).await;
    publish(&vote, &store, true).await;
    let public = format!("{}/{}/2026", store.public, Store::BUCKET);
    assert!(verify(&vote, &public).await.contains("Not finished"));

    // Three more ballots, and two publishers at once: one may find that the other was faster.
    for n in 2..=4 {
        vote.voter(n, "south").await.vote(&vote, 1).await;
    }
    let both = tokio::join!(publish(&vote, &store, false), publish(&vote, &store, false));
    for output in [both.0, both.1] {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success() || said.contains("another publisher"), "{said}");
    }
    publish(&vote, &store, true).await;
    assert!(verify(&vote, &public).await.contains("Not finished"));

    let get = async |path: &str| vote.running.http.get(format!("{public}/{path}")).send().await.unwrap();
    for (path, media_type, cache) in [
        ("checkpoint", "text/plain; charset=utf-8", "no-cache"),
        ("manifest.json", "application/json", "no-cache"),
        ("tile/0/000.p/1", "application/octet-stream", "public, max-age=31536000, immutable"),
    ] {
        let path = if path.starts_with("tile") {
            format!("tile/0/000.p/{}", vote.size().await)
        } else {
            path.to_owned()
        };
        let answer = get(&path).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        assert_eq!(answer.headers()["content-type"], media_type, "{path}");
        assert_eq!(answer.headers()["cache-control"], cache, "{path}");
        let served = vote.get(&format!("/record/{path}")).await.expect(StatusCode::OK);
        assert_eq!(served.headers["cache-control"], cache, "{path}");
        assert_eq!(answer.bytes().await.unwrap(), served.body, "{path}");
    }
    // A false key reaches nothing.
    let refused = store.publish(&vote.running.data, "false").await;
    assert!(
        !refused.status.success() && String::from_utf8_lossy(&refused.stderr).contains("s3://"),
        "{refused:?}"
    );
}

async fn publish(vote: &Vote, store: &Store, must: bool) -> Output {
    let output = store.publish(&vote.running.data, Store::SECRET).await;
    assert!(!must || output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output
}
