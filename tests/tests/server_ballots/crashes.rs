//! ATTACKS.md row 38, a small count: the power goes while voters cast, and the disk fills up. No
//! acknowledged ballot is lost, no receipt is contradicted.
//!
//! The server that is killed is this very test program, started again with [`CHILD`] set.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use reqwest::StatusCode;
use veche_server::{Clock, Config, Server};

use crate::support::{Answer, NOW};
use crate::vote::{Vote, Voter, digest};

/// Names the folder of the ballot box that this process is to serve.
const CHILD: &str = "VECHE_TEST_SERVES";

/// Not a test: what the killed process runs.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn child() {
    let Some(data) = std::env::var_os(CHILD) else { return };
    let data = Path::new(&data);
    let mut config = Config::new(data);
    config.listen = "127.0.0.1:0".parse().unwrap();
    config.sms = Some(std::sync::Arc::new(veche_server::Terminal));
    config.clock = Clock::standing_at(NOW);
    config.limits.ballots_a_voter_in_ten_minutes = 10_000;
    let server = Server::start(config).await.unwrap();
    let (whole, begun) = (data.join("address"), data.join("address.begun"));
    std::fs::write(&begun, server.address().to_string()).unwrap();
    std::fs::rename(begun, whole).unwrap();
    std::future::pending::<()>().await;
}

struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        // SIGKILL on Unix: nothing is flushed, nothing is said goodbye to.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts the child, in a shell that first says `before`.
async fn spawn(data: &Path, before: &str) -> (Killed, String) {
    let address = data.join("address");
    let _ = std::fs::remove_file(&address);
    let program = std::env::current_exe().unwrap();
    let child = Command::new("sh")
        .arg("-c")
        .arg(format!("{before} exec \"$0\" crashes::child --exact --nocapture"))
        .arg(program)
        .env(CHILD, data)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut child = Killed(child);
    for _ in 0..500 {
        if let Ok(address) = std::fs::read_to_string(&address) {
            return (child, format!("http://{address}"));
        }
        assert!(child.0.try_wait().unwrap().is_none(), "the child ended before it served");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the child does not serve");
}

/// What one voter holds: the ballots that were acknowledged, each with its receipt.
type Held = Vec<(Vec<u8>, Vec<u8>)>;

/// Casts again and again until the server is gone.
async fn keep_casting(vote: &Vote, url: &str, voter: &mut Voter, held: &mut Held, count: &AtomicUsize) {
    let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(20)).build().unwrap();
    // Whether the last ballot before the crash was recorded is what the board says.
    let Ok(state) = http.get(format!("{url}/v1/credentials/{}", voter.key())).send().await else { return };
    let state = Answer::of(state).await.expect(StatusCode::OK).json();
    voter.sequence = state["sequence"].as_u64().unwrap().try_into().unwrap();
    voter.previous = digest(state["previous"].as_str().unwrap());
    loop {
        let ballot = voter.seal(vote, voter.sequence as usize % 3);
        let request =
            http.post(format!("{url}/v1/ballots")).header("content-type", "application/octet-stream");
        let Ok(response) = request.body(ballot.clone()).send().await else { return };
        let status = response.status();
        let Ok(receipt) = response.bytes().await else { return };
        if status != StatusCode::CREATED {
            // A full disk is said, not hidden.
            assert!(status.is_server_error(), "{status}: {}", String::from_utf8_lossy(&receipt));
            return;
        }
        held.push((ballot.clone(), receipt.to_vec()));
        count.fetch_add(1, Ordering::SeqCst);
        voter.went_on(vote, &ballot);
    }
}

async fn must_hold(vote: &Vote, held: &[Held]) {
    for (ballot, receipt) in held.iter().flatten() {
        let again = vote.cast(ballot).await.expect(StatusCode::OK);
        assert_eq!(&again.body, receipt, "the same receipt");
        vote.check(ballot, &again).await;
    }
    let report = vote.audit().await.report;
    assert_eq!(report.outcome, veche_verify::Outcome::NotFinished, "{report:?}");
}

async fn voters(vote: &Vote, count: u64) -> Vec<Voter> {
    let mut voters = Vec::new();
    for n in 1..=count {
        voters.push(vote.voter(n, "north").await);
    }
    voters
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn attack_38_killed_while_voters_cast_no_acknowledged_ballot_is_lost() {
    let mut vote = Vote::open().await;
    let mut voters = voters(&vote, 6).await;
    let mut held: Vec<Held> = vec![Vec::new(); voters.len()];
    vote.running.stop().await;
    for round in 0..4 {
        let (child, url) = spawn(&vote.running.data, "").await;
        let count = AtomicUsize::new(0);
        let casting = voters
            .iter_mut()
            .zip(&mut held)
            .map(|(voter, held)| keep_casting(&vote, &url, voter, held, &count));
        let killing = async {
            // In the midst of the work, at another moment of it each time.
            while count.load(Ordering::SeqCst) < 20 + 7 * round {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            drop(child);
        };
        let both = async { tokio::join!(futures_util::future::join_all(casting), killing) };
        tokio::time::timeout(Duration::from_secs(60), both).await.expect("too few ballots were acknowledged");
    }
    vote.running.start_again().await;
    must_hold(&vote, &held).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn attack_38_a_box_is_back_with_a_snapshot_of_its_board_with_a_false_one_and_with_none() {
    let mut vote = Vote::open().await;
    let mut voters = voters(&vote, 3).await;
    let mut held: Vec<Held> = vec![Vec::new()];
    let snapshot = vote.running.data.join("board-snapshot");
    assert!(!snapshot.exists());
    for before in ["as it is left", "changed", "gone"] {
        for (choice, voter) in voters.iter_mut().enumerate() {
            let (bytes, answer) = voter.vote(&vote, choice).await;
            held[0].push((bytes, answer.body));
        }
        vote.running.stop().await;
        let mut bytes = std::fs::read(&snapshot).unwrap();
        match before {
            "changed" => {
                let middle = bytes.len() / 2;
                bytes[middle] ^= 1;
                std::fs::write(&snapshot, &bytes).unwrap();
            }
            "gone" => std::fs::remove_file(&snapshot).unwrap(),
            _ => {}
        }
        vote.running.start_again().await;
        must_hold(&vote, &held).await;
        // Wherever a ballot is looked for, it is found, or the box says that it does not know yet.
        let receipt: serde_json::Value = serde_json::from_slice(&held[0][0].1).unwrap();
        let code = veche_record::Ballot::parse(&vote.election, &held[0][0].0).unwrap().code();
        for _ in 0..100 {
            let found = vote.get(&format!("/v1/ballots?code={code}")).await;
            if found.status == StatusCode::SERVICE_UNAVAILABLE {
                tokio::time::sleep(Duration::from_millis(20)).await;
                continue;
            }
            assert_eq!(found.expect(StatusCode::OK).json()["index"], receipt["index"]);
            break;
        }
    }
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn attack_38_on_a_full_disk_what_is_acknowledged_is_stored_and_the_rest_is_refused() {
    let mut vote = Vote::open().await;
    let mut voters = voters(&vote, 4).await;
    let mut held: Vec<Held> = vec![Vec::new(); voters.len()];
    vote.running.stop().await;
    // No file of the child grows over 300 KiB: writing more fails as on a full disk.
    let (child, url) = spawn(&vote.running.data, "trap '' XFSZ; ulimit -f 600;").await;
    let count = AtomicUsize::new(0);
    let casting =
        voters.iter_mut().zip(&mut held).map(|(voter, held)| keep_casting(&vote, &url, voter, held, &count));
    tokio::time::timeout(Duration::from_secs(60), futures_util::future::join_all(casting)).await.unwrap();
    // What still fits into the files that are there is recorded; in the end nothing does. It still answers.
    let full = async {
        loop {
            let before = held[0].len();
            keep_casting(&vote, &url, &mut voters[0], &mut held[0], &count).await;
            if held[0].len() == before {
                return;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(60), full).await.expect("it grows for ever");
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let note = http.get(format!("{url}/record/checkpoint")).send().await.unwrap();
    assert_eq!(note.status(), StatusCode::OK);
    drop(child);
    assert!(count.into_inner() > 10, "the disk was full from the start");

    vote.running.start_again().await;
    must_hold(&vote, &held).await;
    for voter in &mut voters {
        let state = vote.get(&format!("/v1/credentials/{}", voter.key())).await.expect(StatusCode::OK).json();
        voter.sequence = state["sequence"].as_u64().unwrap().try_into().unwrap();
        voter.previous = digest(state["previous"].as_str().unwrap());
        voter.vote(&vote, 1).await;
    }
}
