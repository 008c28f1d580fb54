//! Many at once, and two servers where one was meant.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use reqwest::StatusCode;
use veche_board::Receipt;
use veche_crypto::signature::SecretKey;
use veche_record::Ballot;
use veche_record::tag::domain;

use crate::support::Answer;
use crate::vote::{Vote, Voter};

async fn voters(vote: &Vote, count: u64) -> Vec<Voter> {
    let mut voters = Vec::new();
    for n in 1..=count {
        voters.push(vote.voter(n, if n % 2 == 0 { "north" } else { "south" }).await);
    }
    voters
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ballots_cast_at_once_are_all_recorded_each_once() {
    let vote = Vote::open().await;
    let voters = voters(&vote, 24).await;
    let size = vote.size().await;
    let ballots: Vec<_> = voters.iter().map(|voter| voter.seal(&vote, 0)).collect();
    let answers = join_all(ballots.iter().map(|ballot| vote.cast(ballot))).await;
    let mut indices = BTreeSet::new();
    let mut checkpoints = BTreeSet::new();
    for (ballot, answer) in ballots.iter().zip(&answers) {
        assert_eq!(answer.status, StatusCode::CREATED);
        checkpoints.insert(vote.check(ballot, answer).await.size);
        indices.insert(Receipt::parse(&answer.body).unwrap().index);
    }
    assert_eq!(indices, (size..size + 24).collect());
    assert!(checkpoints.len() < 24, "ballots that wait together are committed together: {checkpoints:?}");
    // A receipt of a ballot that shared its checkpoint is the same when asked for again.
    for (ballot, answer) in ballots.iter().zip(&answers) {
        assert_eq!(vote.cast(ballot).await.expect(StatusCode::OK).body, answer.body);
    }
    assert_eq!(vote.audit().await.report.outcome, veche_verify::Outcome::NotFinished);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_arrives_between_two_checkpoints_is_recorded_together_and_who_comes_alone_does_not_wait() {
    let batch = Duration::from_secs(2);
    let mut vote = Vote::open().await;
    let voters = voters(&vote, 13).await;
    vote.running.restart(|config| config.batch = batch).await;
    let ballots: Vec<_> = voters.iter().map(|voter| voter.seal(&vote, 0)).collect();

    let began = Instant::now();
    let alone = vote.cast(&ballots[0]).await.expect(StatusCode::CREATED);
    assert!(began.elapsed() < batch / 2, "alone: {:?}", began.elapsed());
    let mut sizes = BTreeSet::from([vote.check(&ballots[0], &alone).await.size]);

    // One after another, as voters come: none is answered before the others are there.
    let came = ballots[1..].iter().enumerate().map(async |(n, ballot)| {
        tokio::time::sleep(Duration::from_millis(20) * n as u32).await;
        (ballot, vote.cast(ballot).await.expect(StatusCode::CREATED))
    });
    for (ballot, answer) in join_all(came).await {
        sizes.insert(vote.check(ballot, &answer).await.size);
    }
    assert!(began.elapsed() < 2 * batch, "together: {:?}", began.elapsed());
    assert_eq!(sizes.len(), 2, "one checkpoint for the first, one for those after: {sizes:?}");
}

/// A ballot of which its voter has signed a false proof.
fn falsified(vote: &Vote, voter: &Voter) -> Vec<u8> {
    let mut ballot = voter.seal(vote, 0);
    let signature = ballot.len() - 64;
    // The last number of the last proof.
    ballot[signature - 32] ^= 1;
    let body = Ballot::parse(&vote.election, &ballot).unwrap().body();
    let secret = SecretKey::from_bytes(&voter.credential.secret()).unwrap();
    let signed = secret.sign(domain::BALLOT, body.as_bytes()).unwrap();
    ballot[signature..].copy_from_slice(&signed.to_bytes());
    ballot
}

/// A ballot with a signature that is not its key's, and could be one.
fn unsigned(mut ballot: Vec<u8>) -> Vec<u8> {
    let response = ballot.len() - 32;
    ballot[response] ^= 1;
    ballot
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn false_ballots_among_many_at_once_are_refused_alone() {
    let mut vote = Vote::open().await;
    let voters = voters(&vote, 13).await;
    // What comes within a fifth of this is verified together.
    vote.running.restart(|config| config.batch = Duration::from_secs(2)).await;
    let ballot = |(n, voter): (usize, &Voter)| match n {
        3 | 4 | 9 => falsified(&vote, voter),
        6 | 11 => unsigned(voter.seal(&vote, 0)),
        _ => voter.seal(&vote, 0),
    };
    let ballots: Vec<_> = voters.iter().enumerate().map(ballot).collect();
    vote.cast(&ballots[0]).await.expect(StatusCode::CREATED);
    let size = vote.size().await;
    let answers = join_all(ballots[1..].iter().map(|ballot| vote.cast(ballot))).await;
    let mut indices = BTreeSet::new();
    for ((n, ballot), answer) in (1..).zip(&ballots[1..]).zip(answers) {
        let check = match n {
            3 | 4 | 9 => Some(24),
            6 | 11 => Some(23),
            _ => None,
        };
        if let Some(check) = check {
            let refused = answer.problem(422, "ballot-invalid").json();
            assert_eq!(refused["check"], check, "voter {n}");
        } else {
            let answer = answer.expect(StatusCode::CREATED);
            vote.check(ballot, &answer).await;
            indices.insert(Receipt::parse(&answer.body).unwrap().index);
        }
    }
    assert_eq!(indices, (size..size + 7).collect(), "of the false ones nothing is on the board");
    // Who sent one may still vote, and whose key did not sign it.
    for n in [3, 6] {
        vote.cast(&voters[n].seal(&vote, 0)).await.expect(StatusCode::CREATED);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_same_bytes_at_once_are_recorded_once() {
    let vote = Vote::open().await;
    let anna = vote.voter(1, "north").await;
    let ballot = anna.seal(&vote, 0);
    let size = vote.size().await;
    let answers = join_all((0..12).map(|_| vote.cast(&ballot))).await;
    assert_eq!(vote.size().await, size + 1);
    let created = answers.iter().filter(|answer| answer.status == StatusCode::CREATED).count();
    assert_eq!(created, 1);
    for answer in &answers {
        assert!(answer.status.is_success(), "{answer:?}");
        assert_eq!(answer.body, answers[0].body, "one receipt");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_ballots_of_one_voter_at_once_give_one_place_to_one_of_them() {
    let vote = Vote::open().await;
    let anna = vote.voter(1, "north").await;
    let ballots: Vec<_> = (0..3).map(|choice| anna.seal(&vote, choice)).collect();
    let answers = join_all(ballots.iter().map(|ballot| vote.cast(ballot))).await;
    let created = answers.iter().filter(|answer| answer.status == StatusCode::CREATED).count();
    let behind = answers.iter().filter(|answer| answer.status == StatusCode::CONFLICT).count();
    assert_eq!((created, behind), (1, 2));
    for answer in answers.into_iter().filter(|answer| answer.status == StatusCode::CONFLICT) {
        answer.problem(409, "sequence-behind");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn attack_23_two_servers_on_one_database_keep_one_board() {
    two_servers_keep_one_board().await;
}

/// Casts at the server of an address.
pub fn cast_at(vote: &Vote, url: &str, ballot: &[u8]) -> impl Future<Output = Answer> + use<> {
    let request = vote.running.http.post(format!("{url}/v1/ballots"));
    let request = request.header("content-type", "application/octet-stream").body(ballot.to_vec());
    async { Answer::of(request.send().await.unwrap()).await }
}

/// On whichever database.
pub async fn two_servers_keep_one_board() {
    let vote = Vote::open().await;
    let mut voters = voters(&vote, 8).await;
    let (twin, twin_url) = vote.running.twin().await;
    let post = |url: &str, ballot: &[u8]| cast_at(&vote, url, ballot);
    let mut cast = Vec::new();
    for round in 0..4 {
        let ballots: Vec<_> = voters.iter().map(|voter| voter.seal(&vote, round % 3)).collect();
        let urls = [vote.running.url.as_str(), twin_url.as_str()];
        let answers =
            join_all(ballots.iter().enumerate().map(|(n, ballot)| post(urls[(n + round) % 2], ballot))).await;
        for ((voter, ballot), answer) in voters.iter_mut().zip(ballots).zip(answers) {
            let answer = answer.expect(StatusCode::CREATED);
            voter.went_on(&vote, &ballot);
            cast.push((ballot, answer));
        }
    }
    let mut indices = BTreeSet::new();
    for (ballot, answer) in &cast {
        vote.check(ballot, answer).await;
        indices.insert(Receipt::parse(&answer.body).unwrap().index);
        // The other server gives the same receipt.
        assert_eq!(post(&twin_url, ballot).await.expect(StatusCode::OK).body, answer.body);
    }
    assert_eq!(indices.len(), 32, "no place was given twice");
    twin.stop().await;
    assert_eq!(vote.audit().await.report.outcome, veche_verify::Outcome::NotFinished);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_servers_close_and_count_once() {
    let vote = Vote::open().await;
    let mut anna = vote.voter(1, "north").await;
    anna.vote(&vote, 0).await;
    let (twin, _) = vote.running.twin().await;
    let size = vote.size().await;
    vote.running.clock.advance(Duration::from_secs(30 * 86_400));
    vote.reach("closed").await;
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert_eq!(vote.size().await, size + 2, "one Close, one TallyInput");
    twin.stop().await;
}
