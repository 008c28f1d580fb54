//! ATTACKS.md row 56: cheap public reads, in such numbers that nothing else might be done.

use std::time::{Duration, Instant};

use reqwest::StatusCode;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::vote::Vote;

/// Connections that read without a pause.
const READERS: usize = 256;

/// Time in which a ballot must be recorded meanwhile. On a machine with nothing else to do it is some 200 ms.
const PATIENCE: Duration = Duration::from_secs(5);

/// Every address of the interface that anyone may read, filled in with something that costs the box the most.
async fn public_reads(vote: &Vote, key: &str, pseudonym: &str) -> Vec<String> {
    let size = vote.size().await;
    let document: serde_json::Value = serde_json::from_str(&veche_server::openapi()).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let read: Vec<&String> =
        paths.iter().filter(|(_, path)| path.get("get").is_some()).map(|(path, _)| path).collect();
    assert!(read.len() >= 10, "{read:?}");
    let fill = |path: &String| match path.as_str() {
        "/v1/consistency" => vec![
            format!("{path}?from=1&to={}", u64::MAX),
            format!("{path}?from=1&to={}", size + 1),
            format!("{path}?from=1&to={size}"),
        ],
        "/v1/ballots" => vec![format!("{path}?code=0000-0000-0000-0000-0000")],
        "/record/tile/{tile}" => {
            vec![format!("/record/tile/entries/000.p/{size}"), format!("/record/tile/0/000.p/{size}")]
        }
        _ => vec![path.replace("{key}", key).replace("{pseudonym}", pseudonym)],
    };
    let filled: Vec<String> = read.into_iter().flat_map(fill).collect();
    assert!(
        filled.iter().all(|path| !path.contains('{')),
        "a path that this test cannot fill in: {filled:?}"
    );
    filled
}

/// Asks one address after another until the connection goes, and counts the answers.
async fn read_on(address: String, paths: Vec<String>) -> usize {
    let (mut answers, mut piece) = (0, vec![0; 1 << 16]);
    let Ok(mut stream) = TcpStream::connect(address).await else { return 0 };
    for path in paths.iter().cycle() {
        let request = format!("GET {path} HTTP/1.1\r\nhost: box\r\n\r\n");
        if stream.write_all(request.as_bytes()).await.is_err() {
            break;
        }
        match stream.read(&mut piece).await {
            Ok(length) if length > 0 => answers += 1,
            _ => break,
        }
        if answers % 16 == 0 {
            tokio::task::yield_now().await;
        }
    }
    answers
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_56_cheap_public_reads_without_end_leave_every_ballot_recorded_in_time() {
    let mut vote = Vote::open_with(&crate::support::manifest("open"), |config| {
        config.batch = Duration::from_millis(100);
    })
    .await;
    let mut voters = Vec::new();
    for n in 0..3 {
        voters.push(vote.voter(n, "north").await);
    }
    let pseudonym = voters[0].pseudonym.to_string();
    let mut paths = public_reads(&vote, &voters[0].key(), &pseudonym).await;
    let address = vote.running.url.strip_prefix("http://").unwrap().to_owned();
    // The readers have threads of their own, as they would on other machines.
    let (stop, stopped) = tokio::sync::watch::channel(());
    let readers = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            let mut all = tokio::task::JoinSet::new();
            for _ in 0..READERS {
                paths.rotate_left(1);
                all.spawn(read_on(address.clone(), paths.clone()));
            }
            let mut stopped = stopped;
            let mut early = 0;
            loop {
                tokio::select! {
                    _ = stopped.changed() => break,
                    Some(ended) = all.join_next() => early += usize::from(ended.unwrap() == 0),
                }
            }
            early
        })
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    let mut felt = Vec::new();
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(3) {
        for voter in &mut voters {
            let bytes = voter.seal(&vote, 0);
            let sent = Instant::now();
            let cast = tokio::time::timeout(PATIENCE, vote.cast(&bytes)).await;
            let answer = cast.expect("a ballot was not recorded in time").expect(StatusCode::CREATED);
            felt.push(sent.elapsed());
            voter.went_on(&vote, &bytes);
            vote.check(&bytes, &answer).await;
        }
    }
    drop(stop);
    assert_eq!(readers.join().unwrap(), 0, "every reader was answered");
    felt.sort();
    println!(
        "{} ballots, the slowest after {:?}, the middle one {:?}",
        felt.len(),
        felt.last(),
        felt[felt.len() / 2]
    );
    assert!(felt.iter().all(|time| *time < PATIENCE), "{felt:?}");
    // Public reads get their answer, too, and what was asked of the board changed nothing.
    vote.get("/v1/consistency?from=1&to=18446744073709551615").await.problem(404, "not-found");
    vote.running.restart(|_| {}).await;
}
