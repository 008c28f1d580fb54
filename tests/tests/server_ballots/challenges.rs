//! A sealed ballot that its voter had opened instead of casting it: the box takes the voter's word for it from anybody.

use std::time::Duration;

use reqwest::StatusCode;
use veche_crypto::hash::Digest;
use veche_crypto::signature::SecretKey;
use veche_record::entry::{Challenged, Signed};
use veche_record::{Ballot, Entry};
use veche_verify::Check;
use veche_voter::Credential;

use crate::support::{Answer, manifest};
use crate::vote::{Vote, Voter, new_key};

fn code(vote: &Vote, ballot: &[u8]) -> Digest {
    Ballot::parse(&vote.election, ballot).unwrap().code().digest()
}

/// The word of a voter about a code, signed by `signer`.
fn word(vote: &Vote, voter: &Voter, sequence: u32, code: Digest, signer: &Credential) -> Vec<u8> {
    let secret = SecretKey::from_bytes(&signer.secret()).unwrap();
    let content = Challenged { key: voter.credential.key(), sequence, code };
    Entry::from(Signed::new(content, &secret, &vote.election.fingerprint()).unwrap()).to_bytes()
}

fn own(vote: &Vote, voter: &Voter, code: Digest) -> Vec<u8> {
    word(vote, voter, voter.sequence, code, &voter.credential)
}

/// Without any token: the signature says who it is from.
async fn send(vote: &Vote, message: Vec<u8>) -> Answer {
    Answer::of(vote.running.octets("/v1/challenges", message).send().await.unwrap()).await
}

#[tokio::test]
async fn attack_73_the_box_takes_no_ballot_that_was_challenged_and_every_other_one() {
    let vote = Vote::open().await;
    let (mut anna, mut boris) = (vote.voter(1, "north").await, vote.voter(2, "north").await);
    let (first, second) = (anna.seal(&vote, 0), anna.seal(&vote, 1));
    let entry = send(&vote, own(&vote, &anna, code(&vote, &first))).await.expect(StatusCode::CREATED);
    assert_eq!(entry.json()["index"].as_u64().unwrap() + 1, vote.size().await);
    // An answer that was lost: the same word again is recorded once.
    let size = vote.size().await;
    send(&vote, own(&vote, &anna, code(&vote, &first))).await.problem(409, "challenged-before");
    assert_eq!(vote.size().await, size);
    // Somebody else's code blocks nobody.
    let other = boris.seal(&vote, 2);
    send(&vote, own(&vote, &anna, code(&vote, &other))).await.expect(StatusCode::CREATED);

    let refused = vote.cast(&first).await.problem(422, "ballot-invalid");
    assert_eq!(refused.json()["check"], 47);
    vote.cast(&second).await.expect(StatusCode::CREATED);
    anna.went_on(&vote, &second);
    boris.vote(&vote, 2).await;
    let audit = vote.audit().await;
    assert_eq!(audit.report.exit_code(), 0, "{}", audit.report);
    assert_eq!(audit.report.ballots, 2);
}

#[tokio::test]
async fn attack_73_nobody_challenges_in_anothers_name_or_in_another_place() {
    let vote = Vote::open().await;
    let (mut anna, boris) = (vote.voter(1, "north").await, vote.voter(2, "north").await);
    let size = vote.size().await;
    let some = Digest::from_bytes([7; 32]);
    let forged = send(&vote, word(&vote, &anna, 0, some, &boris.credential)).await;
    let forged = forged.problem(422, "entry-refused").json();
    assert_eq!(forged["check"], 47);
    assert!(!forged["culprit"].as_str().unwrap().contains(&anna.pseudonym.to_string()), "{forged}");
    let unknown = Voter { credential: new_key(9), ..vote.signed_in(3, "north").await };
    send(&vote, own(&vote, &unknown, some)).await.problem(404, "credential-unknown");
    let late = send(&vote, word(&vote, &anna, 1, some, &anna.credential)).await;
    assert_eq!(late.problem(409, "sequence-behind").json()["sequence"], 0);
    // Neither another entry, nor more bytes than it has.
    let ballot = Entry::Ballot(vec![1, 2, 3]).to_bytes();
    assert_eq!(send(&vote, ballot).await.problem(422, "entry-refused").json()["check"], Check::Form.number());
    send(&vote, [own(&vote, &anna, some), vec![0]].concat()).await.problem(413, "too-large");
    assert_eq!(vote.size().await, size, "nothing of it is on the board");

    let replaced = own(&vote, &anna, some);
    anna.new_key(1);
    anna.register(&vote).await.expect(StatusCode::CREATED);
    send(&vote, replaced).await.problem(409, "credential-revoked");
}

#[tokio::test]
async fn a_voter_challenges_so_often_and_no_more() {
    let vote = Vote::open_with(&manifest("open"), |config| {
        config.limits.ballots_a_voter_in_ten_minutes = 9;
    })
    .await;
    let anna = vote.voter(1, "north").await;
    for number in 0..8 {
        let code = Digest::from_bytes([number; 32]);
        send(&vote, own(&vote, &anna, code)).await.expect(StatusCode::CREATED);
    }
    let ninth = own(&vote, &anna, Digest::from_bytes([8; 32]));
    let refused = send(&vote, ninth.clone()).await.problem(422, "entry-refused");
    assert_eq!(refused.json()["check"], 47);
    // They count like ballots, so that the box is not asked without end.
    send(&vote, ninth.clone()).await.problem(429, "too-many-ballots");
    vote.cast(&anna.seal(&vote, 0)).await.problem(429, "too-many-ballots");
    vote.running.clock.advance(Duration::from_secs(600));
    vote.cast(&anna.seal(&vote, 0)).await.expect(StatusCode::CREATED);
}

#[tokio::test]
async fn attack_25_nothing_is_challenged_outside_the_hours() {
    let vote = Vote::founded(&manifest("open"), |_| {}).await;
    let anna = vote.voter(1, "north").await;
    let message = own(&vote, &anna, Digest::from_bytes([7; 32]));
    send(&vote, message.clone()).await.problem(409, "out-of-order");
    vote.organise("/v1/open", Vec::new()).await.expect(StatusCode::CREATED);
    vote.organise("/v1/close", Vec::new()).await.expect(StatusCode::CREATED);
    send(&vote, message.clone()).await.problem(409, "out-of-order");
    vote.running.clock.advance(Duration::from_secs(30 * 86_400));
    send(&vote, message).await.problem(409, "not-open");
}
