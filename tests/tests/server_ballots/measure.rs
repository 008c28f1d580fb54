//! Not a test: how fast a box takes ballots and comes back. Run by hand:
//! `cargo test -p veche-tests --test server_ballots measure -- --ignored --nocapture`
#![allow(clippy::print_stdout, reason = "printing numbers is what this is for")]

use std::time::Instant;

use futures_util::StreamExt;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::manifest;
use crate::vote::Vote;

/// Voters, each with one ballot.
const VOTERS: u64 = 300;
/// Ballots on their way at once.
const AT_ONCE: usize = 32;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "a measurement, not a test"]
async fn casting_and_restarting() {
    let mut large = manifest("open");
    let options: Vec<Value> =
        (0..40).map(|n| json!({"id": format!("o{n}"), "name": {"en": "An option"}})).collect();
    large["contests"][0]["options"] = options.into();
    large["contests"][0]["rule"]["max"] = 5.into();
    let mut vote = Vote::open_with(&large, |_| {}).await;

    let began = Instant::now();
    let mut voters = Vec::new();
    for n in 0..VOTERS {
        voters.push(vote.voter(n, "north").await);
    }
    println!(
        "{VOTERS} sign-ins with a key each, one after another: {:?} each",
        began.elapsed() / VOTERS as u32
    );
    let ballots: Vec<_> = voters.iter().map(|voter| voter.seal(&vote, 3)).collect();
    println!("a ballot has {} bytes", ballots[0].len());

    let began = Instant::now();
    for ballot in &ballots[..50] {
        vote.cast(ballot).await.expect(StatusCode::CREATED);
    }
    println!("50 ballots one after another: {:?} each", began.elapsed() / 50);
    let began = Instant::now();
    let casting =
        futures_util::stream::iter(&ballots[50..]).map(|ballot| vote.cast(ballot)).buffer_unordered(AT_ONCE);
    let answers: Vec<_> = casting.collect().await;
    assert!(answers.iter().all(|answer| answer.status == StatusCode::CREATED));
    let rate = answers.len() as f64 / began.elapsed().as_secs_f64();
    println!("{} ballots, {AT_ONCE} at once: {rate:.0} a second", answers.len());

    vote.running.stop().await;
    let began = Instant::now();
    vote.running.start_again().await;
    println!("restart with {} entries: {:?}", vote.size().await, began.elapsed());
}
