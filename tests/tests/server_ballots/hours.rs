//! ATTACKS.md row 25: nothing outside the hours, whichever clock one asks.

use std::time::Duration;

use reqwest::StatusCode;

use crate::support::manifest;
use crate::vote::Vote;

const DAY: u64 = 86_400;

#[tokio::test]
async fn attack_25_no_ballot_before_the_opening() {
    let vote = Vote::founded(&manifest("open"), |_| {}).await;
    let mut anna = vote.voter(1, "north").await;
    let size = vote.size().await;
    vote.cast(&anna.seal(&vote, 0)).await.problem(409, "not-open");
    assert_eq!((vote.phase().await.as_str(), vote.size().await), ("setup", size));
    vote.organise("/v1/open", Vec::new()).await.expect(StatusCode::CREATED);
    vote.organise("/v1/open", Vec::new()).await.problem(409, "out-of-order");
    assert_eq!(vote.phase().await, "open");
    anna.vote(&vote, 0).await;
}

#[tokio::test]
async fn attack_25_the_vote_does_not_open_before_its_announced_time() {
    let mut later = manifest("open");
    later["opens"] = "2026-05-03T00:00:00Z".into();
    let vote = Vote::founded(&later, |_| {}).await;
    vote.organise("/v1/open", Vec::new()).await.problem(409, "too-early");
    vote.running.clock.advance(Duration::from_secs(DAY - 1));
    vote.organise("/v1/open", Vec::new()).await.problem(409, "too-early");
    vote.running.clock.advance(Duration::from_secs(1));
    vote.organise("/v1/open", Vec::new()).await.expect(StatusCode::CREATED);
}

#[tokio::test]
async fn attack_25_no_ballot_after_the_closing() {
    let vote = Vote::open().await;
    let mut anna = vote.voter(1, "north").await;
    anna.vote(&vote, 0).await;
    let late = anna.seal(&vote, 1);
    vote.organise("/v1/close", Vec::new()).await.expect(StatusCode::CREATED);
    let size = vote.size().await;
    vote.cast(&late).await.problem(409, "not-open");
    anna.new_key(1);
    anna.register(&vote).await;
    assert_eq!(vote.size().await, size, "neither a ballot nor a credential");
    vote.organise("/v1/close", Vec::new()).await.problem(409, "out-of-order");
    vote.organise("/v1/open", Vec::new()).await.problem(409, "out-of-order");
}

#[tokio::test]
async fn attack_55_closed_early_a_vote_whose_manifest_does_not_allow_it_is_not_closed_before_its_hour() {
    let mut strict = manifest("open");
    strict["early_close"] = false.into();
    let vote = Vote::open_with(&strict, |_| {}).await;
    let size = vote.size().await;
    vote.organise("/v1/close", Vec::new()).await.problem(409, "too-early");
    assert_eq!((vote.phase().await.as_str(), vote.size().await), ("open", size));
}

#[tokio::test]
async fn attack_25_the_announced_closing_time_closes_by_itself() {
    let mut strict = manifest("open");
    strict["early_close"] = false.into();
    let vote = Vote::open_with(&strict, |_| {}).await;
    let mut anna = vote.voter(1, "north").await;
    anna.vote(&vote, 0).await;
    // The last second is inside, the closing time itself is not. Nobody posts a Close.
    let closes = u64::try_from(1_778_788_800 - crate::support::NOW).unwrap();
    vote.running.clock.advance(Duration::from_secs(closes - 1));
    anna.vote(&vote, 1).await;
    let late = anna.seal(&vote, 2);
    vote.running.clock.advance(Duration::from_secs(1));
    vote.cast(&late).await.problem(409, "not-open");
    vote.reach("closed").await;
    vote.cast(&late).await.problem(409, "not-open");
    let record = vote.record().await;
    assert!(record.contains_key("checkpoint"));
    assert_eq!(vote.audit().await.report.outcome, veche_verify::Outcome::NotFinished);
}

#[tokio::test]
async fn attack_25_a_box_that_was_down_at_the_closing_time_closes_when_it_starts() {
    let mut vote = Vote::open().await;
    let mut anna = vote.voter(1, "north").await;
    anna.vote(&vote, 0).await;
    let late = anna.seal(&vote, 1);
    vote.running.stop().await;
    vote.running.clock.advance(Duration::from_secs(30 * DAY));
    vote.running.start_again().await;
    vote.cast(&late).await.problem(409, "not-open");
    vote.reach("closed").await;
    vote.organise("/v1/open", Vec::new()).await.problem(409, "out-of-order");
}

#[tokio::test]
async fn a_vote_whose_closing_time_has_passed_does_not_open() {
    let vote = Vote::founded(&manifest("open"), |_| {}).await;
    vote.running.clock.advance(Duration::from_secs(30 * DAY));
    vote.organise("/v1/open", Vec::new()).await.problem(409, "out-of-order");
}
