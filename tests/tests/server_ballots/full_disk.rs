//! A disk that fills up while people vote, and that is emptied again: a small file system of its own, which only root
//! can mount.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use reqwest::StatusCode;

use crate::vote::Vote;

/// A file system in memory, unmounted when it is dropped.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// Nothing where it cannot be mounted.
    fn mount(at: &Path) -> Option<Self> {
        std::fs::create_dir(at).unwrap();
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=6m", "tmpfs"]).arg(at).output();
        mounted.is_ok_and(|output| output.status.success()).then(|| SmallDisk(at.to_owned()))
    }

    fn ballast(&self) -> PathBuf {
        self.0.join("ballast")
    }

    /// Takes all the space that is left.
    fn fill(&self) {
        let mut ballast = std::fs::File::create(self.ballast()).unwrap();
        while ballast.write_all(&[1; 512]).is_ok() {}
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Also where something of it is still open.
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).output();
    }
}

/// ATTACKS.md row 57.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn attack_57_a_disk_that_was_full_and_has_space_again_needs_no_restart() {
    let scratch = tempfile::tempdir().unwrap();
    let Some(disk) = SmallDisk::mount(&scratch.path().join("disk")) else {
        println!("not run: mounting a small disk needs root");
        return;
    };
    let mut vote = Vote::open().await;
    vote.running.stop().await;
    let data = disk.0.join("box");
    std::fs::create_dir(&data).unwrap();
    for file in std::fs::read_dir(&vote.running.data).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), data.join(file.file_name())).unwrap();
    }
    vote.running.data = data.clone();
    vote.running
        .restart_from_stopped(|config| {
            config.data = data;
            config.disk_floor = 1;
        })
        .await;
    let mut anna = vote.voter(1, "north").await;
    let boris = vote.voter(2, "south").await;
    vote.running.well().await;

    disk.fill();
    // What still fits into the files that are there is recorded; in the end nothing is.
    let mut held = Vec::new();
    let refused = loop {
        let ballot = anna.seal(&vote, 0);
        let answer = vote.cast(&ballot).await;
        if answer.status != StatusCode::CREATED {
            break answer.problem(503, "busy");
        }
        anna.went_on(&vote, &ballot);
        held.push((ballot, answer.body));
        assert!(held.len() < 1_000, "the disk is not full");
    };
    let said = refused.text("detail");
    assert!(said.contains("Nothing was recorded; try again"), "{said}");
    let sentence = vote.running.unwell("write").await;
    assert!(sentence.contains("Free space on its disk"), "{sentence}");
    // It is read as before, and whoever sends a recorded ballot again gets its receipt.
    assert_eq!(vote.get("/record/checkpoint").await.status, StatusCode::OK);
    for (ballot, receipt) in held.iter().take(3) {
        assert_eq!(&vote.cast(ballot).await.expect(StatusCode::OK).body, receipt);
    }
    vote.cast(&boris.seal(&vote, 1)).await.problem(503, "busy");

    std::fs::remove_file(disk.ballast()).unwrap();
    vote.running.well().await;
    for (voter, choice) in [(&anna, 1), (&boris, 1)] {
        let ballot = voter.seal(&vote, choice);
        let answer = vote.cast(&ballot).await.expect(StatusCode::CREATED);
        held.push((ballot, answer.body));
    }
    for (ballot, receipt) in &held {
        let again = vote.cast(ballot).await.expect(StatusCode::OK);
        assert_eq!(&again.body, receipt);
        vote.check(ballot, &again).await;
    }
    assert_eq!(vote.audit().await.report.outcome, veche_verify::Outcome::NotFinished);
    vote.running.stop().await;
}
