//! ATTACKS.md row 59: the machine's clock jumps, and nothing that cannot be taken back happens by it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use reqwest::StatusCode;
use serde_json::{Value, json};
use veche_record::manifest::Timestamp;
use veche_server::Clock;
use veche_verify::Outcome;

use crate::support::{Answer, NOW, manifest};
use crate::vote::Vote;
use crate::witnessed::witnessed_with;

const DAY: i64 = 86_400;
const HOUR: i64 = 3_600;

/// When the manifest's voting closes.
const CLOSES: i64 = 1_778_788_800;

/// Long enough for the box to look at its clock twice.
const LOOKS: Duration = Duration::from_millis(1_200);

/// A vote that nobody closes before its hour.
fn strict() -> Value {
    let mut strict = manifest("open");
    strict["early_close"] = false.into();
    strict
}

/// Waits until the box says this of its clock; nothing where it is sure of the time.
async fn clock_says(vote: &Vote, words: Option<&str>) {
    let mut said = Value::Null;
    for _ in 0..100 {
        let health = vote.get("/v1/health").await.json();
        let checks = health["checks"].as_array().unwrap();
        said = checks.iter().find(|check| check["name"] == "clock").expect("the clock is checked").clone();
        let sentence = said["sentence"].as_str();
        let expected = sentence.is_some() == words.is_some();
        if said["ok"] == words.is_none()
            && expected
            && sentence.zip(words).is_none_or(|(sentence, words)| sentence.contains(words))
        {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{said}, and {words:?} was expected");
}

#[tokio::test]
async fn attack_59_a_clock_that_jumps_a_day_for_a_second_ends_no_vote() {
    let vote = Vote::open_with(&strict(), |_| {}).await;
    let clock = vote.running.clock.clone();
    let mut anna = vote.voter(1, "north").await;
    clock.advance(Duration::from_secs((CLOSES - HOUR - NOW) as u64));
    anna.vote(&vote, 0).await;

    clock.set_by(DAY);
    tokio::time::sleep(LOOKS).await;
    assert_eq!(vote.phase().await, "open");
    clock_says(&vote, Some("Set the machine's clock right")).await;
    anna.vote(&vote, 1).await;
    // What is dated meanwhile has the time that is right.
    let words = json!({"cancels": false, "text": {"en": "We are looking at a clock."}});
    let said = vote.running.as_organiser(vote.running.post("/v1/notices").json(&words));
    Answer::of(said.send().await.unwrap()).await.expect(StatusCode::CREATED);
    clock.set_by(-DAY);
    clock_says(&vote, None).await;
    assert_eq!(vote.audit().await.board().unwrap().newest_time(), Some((CLOSES - HOUR) as u64));

    // Neither did anything happen to the hour.
    clock.advance(Duration::from_secs((HOUR - 1) as u64));
    anna.vote(&vote, 2).await;
    let late = anna.seal(&vote, 0);
    clock.advance(Duration::from_secs(1));
    vote.cast(&late).await.problem(409, "not-open");
    vote.reach("closed").await;
    let audit = vote.audit().await;
    assert_eq!(audit.report.outcome, Outcome::NotFinished, "{}", audit.report);
    assert_eq!(audit.board().unwrap().hours().1, Some(CLOSES as u64));
}

#[tokio::test]
async fn attack_59_a_person_closes_by_a_clock_that_the_box_does_not_trust() {
    let vote = Vote::open_with(&strict(), |_| {}).await;
    vote.voter(1, "north").await.vote(&vote, 0).await;
    vote.running.clock.set_by(CLOSES - NOW + 60);
    clock_says(&vote, Some("veche election close")).await;
    vote.organise("/v1/close", Vec::new()).await.expect(StatusCode::CREATED);
    vote.reach("closed").await;
    let audit = vote.audit().await;
    assert_eq!(audit.report.outcome, Outcome::NotFinished, "{}", audit.report);
}

#[tokio::test]
async fn attack_59_a_box_that_is_started_with_a_clock_a_day_ahead_waits_for_a_person() {
    let mut vote = Vote::open_with(&strict(), |_| {}).await;
    let mut anna = vote.voter(1, "north").await;
    vote.running.clock.advance(Duration::from_secs((CLOSES - HOUR - NOW) as u64));
    vote.running.stop().await;
    vote.running.clock.set_by(DAY);
    vote.running.start_again().await;
    tokio::time::sleep(LOOKS).await;
    // It may have been away for a day, so nothing is taken; it may be wrong, so nothing ends.
    assert_eq!(vote.phase().await, "open");
    vote.cast(&anna.seal(&vote, 0)).await.problem(409, "not-open");
    clock_says(&vote, Some("last before it was started")).await;
    vote.running.clock.set_by(-DAY);
    clock_says(&vote, None).await;
    anna.vote(&vote, 0).await;
    vote.running.clock.advance(Duration::from_secs(HOUR as u64));
    vote.reach("closed").await;
}

#[tokio::test]
async fn a_clock_that_somebody_has_looked_at_is_gone_by() {
    let mut vote = Vote::open().await;
    vote.voter(1, "north").await.vote(&vote, 0).await;
    vote.running.stop().await;
    vote.running.clock.advance(Duration::from_secs((CLOSES - NOW + DAY) as u64));
    vote.running.restart_from_stopped(|config| config.clock_checked = true).await;
    vote.reach("closed").await;
}

/// An hour as a manifest writes it.
fn hour(unix: i64) -> Value {
    Timestamp::from_unix(unix.try_into().unwrap()).unwrap().to_string().into()
}

/// The real witnesses go by this machine's clock: so does this vote.
fn around(opens: i64, closes: i64) -> Value {
    let mut around = strict();
    around["opens"] = hour(opens);
    around["closes"] = hour(closes);
    around
}

fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs().try_into().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn attack_59_witnesses_know_the_time_when_a_box_starts_with_a_wrong_clock() {
    let clock = Clock::standing_at(now());
    let around = around(now() - DAY, now() + HOUR);
    let (mut vote, _witnesses) = witnessed_with(around, |config| config.clock = clock.clone()).await;
    let mut anna = vote.voter(1, "north").await;
    anna.vote(&vote, 0).await;
    vote.running.stop().await;
    clock.set_by(DAY);
    vote.running.start_again().await;
    tokio::time::sleep(LOOKS).await;
    assert_eq!(vote.phase().await, "open");
    clock_says(&vote, Some("by what this server has seen and measured")).await;
    anna.vote(&vote, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn attack_59_a_box_that_was_away_over_the_hour_closes_by_itself_where_witnesses_confirm_it() {
    let clock = Clock::standing_at(now() - 12 * HOUR);
    let around = around(now() - DAY, now() - HOUR);
    let (mut vote, _witnesses) = witnessed_with(around, |config| config.clock = clock.clone()).await;
    vote.voter(1, "north").await.vote(&vote, 0).await;
    clock_says(&vote, Some("by the board and the witnesses")).await;
    assert_eq!(vote.phase().await, "open", "the witnesses alone end nothing");
    vote.running.stop().await;
    clock.set_by(now() - clock.unix());
    vote.running.start_again().await;
    vote.reach("closed").await;
    clock_says(&vote, None).await;
}
