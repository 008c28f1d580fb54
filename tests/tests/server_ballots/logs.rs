//! ATTACKS.md row 60: standard error goes to a pipe whose reader is gone or does not read, or to a full disk. The
//! program itself is started, as a service manager does.

use std::fs::OpenOptions;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use reqwest::StatusCode;
use veche_record::manifest::Timestamp;
use veche_server::Clock;
use veche_xtask::ballot_box::free_port;
use veche_xtask::workspace::programs;

use crate::support::manifest;
use crate::vote::Vote;

/// More than a pipe holds, with some hundred bytes for each.
const LINES: usize = 1_500;

struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_60_a_log_that_nobody_reads_stops_nobody_from_voting() {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let at = |unix: u64| serde_json::to_value(Timestamp::from_unix(unix).unwrap()).unwrap();
    let mut manifest = manifest("open");
    manifest["opens"] = at(now - 3_600);
    manifest["closes"] = at(now + 86_400);
    let mut vote = Vote::open_with(&manifest, |config| config.clock = Clock::system()).await;
    let mut anna = vote.voter(1, "north").await;
    vote.running.stop().await;
    let server = programs().unwrap().server;

    for broken in ["reader gone", "reader sleeps", "disk full"] {
        let port = free_port().unwrap();
        let mut command = Command::new(&server);
        command.args(["serve", "--sms", "terminal", "--listen", &format!("127.0.0.1:{port}"), "--data"]);
        command.arg(&vote.running.data).env("RUST_LOG", "info").stdout(Stdio::null());
        match broken {
            "disk full" => {
                command.stderr(OpenOptions::new().write(true).open("/dev/full").unwrap());
            }
            _ => {
                command.stderr(Stdio::piped());
            }
        }
        let mut process = Ended(command.spawn().unwrap());
        let unread = process.0.stderr.take().filter(|_| broken == "reader sleeps");
        vote.running.url = format!("http://127.0.0.1:{port}");
        let alive = async || vote.running.get("/v1/election").timeout(Duration::from_secs(5)).send().await;
        for _ in 0..500 {
            if alive().await.is_ok() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        for n in 0..LINES {
            let answer = alive().await.unwrap_or_else(|error| panic!("{broken}, request {n}: {error}"));
            assert_eq!(answer.status(), StatusCode::OK, "{broken}, request {n}");
        }
        anna.vote(&vote, 0).await;
        if broken != "reader sleeps" {
            // That nobody reads any more is noticed at once; that nobody reads now, when the queue is full.
            tokio::time::sleep(Duration::from_millis(1_500)).await;
            assert_eq!(vote.running.is_well("log").await, Some(false), "{broken}");
        }
        assert!(process.0.try_wait().unwrap().is_none(), "{broken}: it runs");

        // As a service manager stops it.
        let id = process.0.id().to_string();
        assert!(Command::new("kill").arg(id).status().unwrap().success());
        let mut ended = None;
        for _ in 0..400 {
            ended = process.0.try_wait().unwrap();
            if ended.is_some() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert!(ended.expect("it ends although nobody reads its last words").success(), "{broken}");
        drop(unread);
    }
}
