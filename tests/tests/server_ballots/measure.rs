//! Not a test: how fast a box takes ballots and comes back. Run by hand:
//! `cargo test -p veche-tests --test server_ballots measure -- --ignored --nocapture`
#![allow(clippy::print_stdout, reason = "printing numbers is what this is for")]

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{Answer, manifest};
use crate::vote::Vote;

/// Voters, each with one ballot for each pace.
const VOTERS: u64 = 256;
/// Ballots on their way at once.
const AT_ONCE: [usize; 2] = [32, 256];
/// Time between two checkpoints.
const PACES: [Duration; 2] = [Duration::ZERO, Duration::from_millis(100)];

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "a measurement, not a test"]
async fn casting_and_restarting() {
    let mut large = manifest("open");
    let options: Vec<Value> =
        (0..40).map(|n| json!({"id": format!("o{n}"), "name": {"en": "An option"}})).collect();
    large["contests"][0]["options"] = options.into();
    large["contests"][0]["rule"]["max"] = 5.into();
    let mut vote = Vote::open_with(&large, |config| config.limits.open_codes_an_hour = 1_000_000).await;

    let began = Instant::now();
    let mut voters = Vec::new();
    for n in 0..VOTERS {
        voters.push(vote.voter(n, "north").await);
    }
    println!("{VOTERS} sign-ins with a key each: {:?} each", began.elapsed() / VOTERS as u32);

    for batch in PACES {
        vote.running.restart(|config| config.batch = batch).await;
        for at_once in AT_ONCE {
            let ballots: Vec<_> = voters.iter().map(|voter| voter.seal(&vote, 3)).collect();
            let began = Instant::now();
            let casting = futures_util::stream::iter(&ballots).map(async |ballot| {
                let began = Instant::now();
                (vote.cast(ballot).await.expect(StatusCode::CREATED), began.elapsed())
            });
            let answers: Vec<_> = casting.buffered(at_once).collect().await;
            let rate = answers.len() as f64 / began.elapsed().as_secs_f64();
            let mut waits: Vec<_> = answers.iter().map(|(_, wait)| *wait).collect();
            waits.sort();
            let size = |(answer, _): &(Answer, _)| answer.json()["checkpoint"].to_string();
            let checkpoints = answers.iter().map(size).collect::<BTreeSet<_>>().len();
            println!(
                "a checkpoint every {batch:?}, {at_once} of {} bytes at once: {rate:.0} ballots a second under {checkpoints} \
                 checkpoints, waits of {:?} in the middle and {:?} at most",
                ballots[0].len(),
                waits[waits.len() / 2],
                waits[waits.len() - 1],
            );
            for (voter, ballot) in voters.iter_mut().zip(&ballots) {
                voter.went_on(&vote, ballot);
            }
        }
    }

    vote.running.stop().await;
    let began = Instant::now();
    vote.running.start_again().await;
    println!("restart with {} entries: {:?}", vote.size().await, began.elapsed());
}
