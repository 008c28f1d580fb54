//! ATTACKS.md row 25: nothing outside the hours, whichever clock one asks.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::StatusCode;
use serde_json::{Value, json};
use veche_record::entry::{ClosingForm, ClosingKind, ClosingTerms};
use veche_verify::Outcome;

use crate::support::{Answer, manifest};
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

/// Only where the operator has said so, and only once trustees have rehearsed and the words are on paper.
#[tokio::test]
async fn attack_25_a_box_that_opens_by_the_hour_does_so_at_the_hour() {
    let mut later = manifest("open");
    later["opens"] = "2026-05-03T00:00:00Z".into();
    let wait = || tokio::time::sleep(Duration::from_millis(1_200));

    // Not before the rehearsal, although the hour has come.
    let vote = Vote::keyed(&later, |config| config.open_by_the_hour = true).await;
    vote.running.clock.advance(Duration::from_secs(DAY));
    wait().await;
    assert_eq!(vote.phase().await, "setup");

    // Not while the organiser's words are not typed back.
    let vote = Vote::founded(&later, |config| config.open_by_the_hour = true).await;
    let words = vote.running.data.join("words-checked");
    let typed_back = std::fs::read(&words).unwrap();
    std::fs::remove_file(&words).unwrap();
    vote.running.clock.advance(Duration::from_secs(DAY));
    wait().await;
    assert_eq!(vote.phase().await, "setup");
    std::fs::write(&words, typed_back).unwrap();
    vote.reach("open").await;

    // At the hour, not a second before; and not without being told to.
    let vote = Vote::founded(&later, |config| config.open_by_the_hour = true).await;
    let by_hand = Vote::founded(&later, |_| {}).await;
    for (vote, phase) in [(&vote, "open"), (&by_hand, "setup")] {
        vote.running.clock.advance(Duration::from_secs(DAY - 1));
        wait().await;
        assert_eq!(vote.phase().await, "setup");
        vote.running.clock.advance(Duration::from_secs(1));
        wait().await;
        assert_eq!(vote.phase().await, phase);
    }
    vote.voter(1, "north").await.vote(&vote, 0).await;
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
    vote.running
        .clock
        .advance(Duration::from_secs(u64::try_from(CLOSES - crate::support::NOW).unwrap() - 600));
    vote.running.stop().await;
    vote.running.clock.advance(Duration::from_secs(1_200));
    vote.running.start_again().await;
    vote.cast(&late).await.problem(409, "not-open");
    vote.reach("closed").await;
    vote.organise("/v1/open", Vec::new()).await.problem(409, "out-of-order");
}

#[tokio::test]
async fn attack_25_a_box_that_was_down_for_long_takes_nothing_and_is_closed_by_a_person() {
    let mut vote = Vote::open().await;
    let mut anna = vote.voter(1, "north").await;
    anna.vote(&vote, 0).await;
    let late = anna.seal(&vote, 1);
    vote.running.stop().await;
    vote.running.clock.advance(Duration::from_secs(30 * DAY));
    vote.running.start_again().await;
    vote.cast(&late).await.problem(409, "not-open");
    vote.organise("/v1/close", Vec::new()).await.expect(StatusCode::CREATED);
    vote.reach("closed").await;
    vote.organise("/v1/open", Vec::new()).await.problem(409, "out-of-order");
}

#[tokio::test]
async fn a_vote_whose_closing_time_has_passed_does_not_open() {
    let vote = Vote::founded(&manifest("open"), |_| {}).await;
    vote.running.clock.advance(Duration::from_secs(30 * DAY));
    vote.organise("/v1/open", Vec::new()).await.problem(409, "out-of-order");
}

/// When the manifest's voting closes.
const CLOSES: i64 = 1_778_788_800;

async fn say(vote: &Vote, path: &str, words: &Value) -> Answer {
    let request = vote.running.as_organiser(vote.running.post(path).json(words));
    Answer::of(request.send().await.unwrap()).await
}

#[tokio::test]
async fn the_organiser_puts_the_closing_off_and_the_box_goes_by_it() {
    let mut extendable = manifest("open");
    extendable["early_close"] = false.into();
    extendable["closes_latest"] = "2026-05-14T22:00:00Z".into();
    let vote = Vote::open_with(&extendable, |_| {}).await;
    let mut anna = vote.voter(1, "north").await;
    anna.vote(&vote, 0).await;
    for odd in ["2026-05-14T20:00:00Z", "2026-05-14T22:00:01Z", "2026-05-14T19:00:00Z"] {
        say(&vote, "/v1/extend", &json!({"closes": odd})).await.problem(422, "entry-refused");
    }
    say(&vote, "/v1/extend", &json!({"closes": "tomorrow"})).await.problem(422, "entry-refused");
    say(&vote, "/v1/extend", &json!({"closes": "2026-05-14T21:00:00Z"})).await.expect(StatusCode::CREATED);
    let closes = u64::try_from(CLOSES - crate::support::NOW).unwrap();
    vote.running.clock.advance(Duration::from_secs(closes + 3_599));
    anna.vote(&vote, 1).await;
    let told = vote.get("/v1/election").await.json();
    assert_eq!(
        (told["phase"].as_str(), told["closes"].as_str()),
        (Some("open"), Some("2026-05-14T21:00:00Z"))
    );
    assert_eq!(told["statements"].as_array().map(Vec::len), Some(1));
    vote.running.clock.advance(Duration::from_secs(1));
    vote.reach("closed").await;
    let audit = vote.audit().await;
    assert_eq!(audit.report.outcome, Outcome::NotFinished, "{}", audit.report);
    assert!(audit.report.notices.iter().any(|notice| notice.code == "extended"));
    say(&vote, "/v1/extend", &json!({"closes": "2026-05-14T22:00:00Z"})).await.problem(409, "out-of-order");
}

#[tokio::test]
async fn a_cancelled_vote_takes_no_ballots_and_says_so() {
    let vote = Vote::open().await;
    let mut anna = vote.voter(1, "north").await;
    anna.vote(&vote, 0).await;
    let late = anna.seal(&vote, 1);
    let words = |cancels: bool, text: Value| json!({"cancels": cancels, "text": text});
    for odd in [json!({}), json!({"en": "Words.", "de": "Worte."}), json!({"en": " "})] {
        say(&vote, "/v1/notices", &words(true, odd)).await.problem(422, "entry-refused");
    }
    let languages = manifest("open")["languages"].as_array().unwrap().clone();
    let text: Value = languages
        .iter()
        .map(|tag| (tag.as_str().unwrap().to_owned(), json!("The list was wrong.")))
        .collect();
    say(&vote, "/v1/notices", &words(false, text.clone())).await.expect(StatusCode::CREATED);
    assert_eq!(vote.phase().await, "open");
    say(&vote, "/v1/notices", &words(true, text.clone())).await.expect(StatusCode::CREATED);
    assert_eq!(vote.phase().await, "cancelled");
    vote.cast(&late).await.problem(409, "not-open");
    vote.organise("/v1/close", Vec::new()).await.problem(409, "out-of-order");
    say(&vote, "/v1/notices", &words(true, text.clone())).await.problem(422, "entry-refused");
    say(&vote, "/v1/notices", &words(false, text)).await.expect(StatusCode::CREATED);
    let audit = vote.audit().await;
    assert_eq!(audit.report.outcome, Outcome::Cancelled, "{}", audit.report);
    assert_eq!(audit.report.exit_code(), 0);
    // Time passes, and nothing closes what is cancelled.
    vote.running.clock.advance(Duration::from_secs(30 * DAY));
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    assert_eq!(vote.phase().await, "cancelled");
}

#[tokio::test]
async fn attack_84_the_vote_ended_for_the_organiser_before_its_time_is_refused_by_the_box() {
    let vote = Vote::open().await;
    let asked = vote.running.get("/v1/closing").bearer_auth(&vote.running.trustees[0]);
    let proposal = Answer::of(asked.send().await.unwrap()).await.json();
    let time = proposal["time"].as_u64().unwrap();
    let note = proposal["note"].as_str().unwrap().as_bytes().to_vec();
    assert_eq!(proposal["needed"], 3);
    let terms = ClosingTerms { kind: ClosingKind::Close, form: ClosingForm::Trustees, time, note };
    let size = vote.size().await;
    let give = async |trustee: usize, share: usize| {
        let signature = STANDARD.encode(vote.shares[share].close(&terms).unwrap().to_bytes());
        let request = vote.running.post("/v1/closing").bearer_auth(&vote.running.trustees[trustee]);
        let request = request.json(&json!({"time": time, "signature": signature}));
        Answer::of(request.send().await.unwrap()).await
    };
    // Another's signature is nobody's.
    give(0, 1).await.problem(422, "entry-refused");
    assert_eq!(give(0, 0).await.json()["signed"], json!([1]));
    assert_eq!(give(1, 1).await.json()["signed"], json!([1, 2]));
    // The quorum is there, and the hour is not.
    let refused = give(2, 2).await.problem(422, "entry-refused");
    assert_eq!(refused.json()["check"], 52);
    assert_eq!((vote.phase().await.as_str(), vote.size().await), ("open", size));
}
