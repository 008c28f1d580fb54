//! One ballot after another: what is acknowledged, what is refused and why.

use std::time::Duration;

use reqwest::StatusCode;
use veche_board::Receipt;
use veche_crypto::group::Scalar;
use veche_crypto::hash::{Digest, scalar};
use veche_crypto::signature::{PublicKey, SecretKey};
use veche_record::tag::domain;
use veche_record::{Ballot, Card, Election};
use veche_tests::small::{moved, sealed_for};

use crate::support::{Answer, manifest};
use crate::vote::{Vote, digest};

#[tokio::test]
async fn the_same_bytes_give_the_same_receipt_for_ever() {
    let mut vote = Vote::open().await;
    let mut anna = vote.voter(1, "north").await;
    let (bytes, first) = anna.vote(&vote, 0).await;
    let size = vote.size().await;
    let again = vote.cast(&bytes).await.expect(StatusCode::OK);
    assert_eq!(again.body, first.body);
    assert_eq!(vote.size().await, size, "nothing is appended twice");

    let mut boris = vote.voter(2, "south").await;
    boris.vote(&vote, 1).await;
    anna.vote(&vote, 2).await;
    assert_eq!(vote.cast(&bytes).await.expect(StatusCode::OK).body, first.body, "after other ballots");
    vote.running.restart(|_| {}).await;
    assert_eq!(vote.cast(&bytes).await.expect(StatusCode::OK).body, first.body, "after a restart");
    vote.organise("/v1/close", Vec::new()).await.expect(StatusCode::CREATED);
    assert_eq!(vote.cast(&bytes).await.expect(StatusCode::OK).body, first.body, "after the closing");
    vote.check(&bytes, &first).await;
}

#[tokio::test]
async fn the_card_that_the_box_hands_out_opens_its_election() {
    let vote = Vote::keyed(&manifest("open"), |_| {}).await;
    let card = vote.running.get("/v1/card").send().await.unwrap();
    let card = Answer::of(card).await.expect(StatusCode::OK);
    assert_eq!(card.headers["content-type"], "application/octet-stream");
    assert_eq!(card.headers["cache-control"], "no-cache");
    let bytes = serde_json::to_vec(&manifest("open")).unwrap();
    let fingerprint = vote.election.fingerprint();
    let opened = Election::from_card(&bytes, Card::parse(&card.body).unwrap(), &fingerprint).unwrap();
    assert_eq!(opened.slot_keys(), vote.election.slot_keys());
}

#[tokio::test]
async fn a_code_names_its_entry_as_often_as_one_address_may_ask() {
    let mut vote = Vote::open_with(&manifest("open"), |config| {
        config.behind_proxy = true;
        config.limits.lookups_an_address_an_hour = 4;
    })
    .await;
    let mut anna = vote.voter(1, "north").await;
    let (bytes, first) = anna.vote(&vote, 0).await;
    anna.vote(&vote, 1).await;
    let code = Ballot::parse(&vote.election, &bytes).unwrap().code().to_string();
    let ask = async |vote: &Vote, code: &str, from: &str| {
        let url = format!("{}/v1/ballots?code={}", vote.running.url, code.replace(' ', "%20"));
        let request = vote.running.http.get(url).header("x-forwarded-for", from);
        Answer::of(request.send().await.unwrap()).await
    };
    let index = first.json()["index"].clone();
    let typed = code.to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l");
    for (code, from) in [(&code, "198.51.100.7"), (&typed, "198.51.100.7")] {
        assert_eq!(ask(&vote, code, from).await.expect(StatusCode::OK).json()["index"], index);
    }
    let last = if code.ends_with('0') { '1' } else { '0' };
    let other = format!("{}{last}", &code[..code.len() - 1]);
    ask(&vote, &other, "198.51.100.7").await.problem(404, "ballot-unknown");
    ask(&vote, &code[..19], "198.51.100.7").await.problem(400, "malformed");
    ask(&vote, &code, "198.51.100.7").await.problem(429, "too-many-requests");
    vote.running.restart(|_| {}).await;
    // It may still be reading the codes of older ballots, and says so.
    let mut again = ask(&vote, &code, "198.51.100.8").await;
    if again.status == StatusCode::SERVICE_UNAVAILABLE {
        again.problem(503, "busy");
        tokio::time::sleep(std::time::Duration::from_secs(3)).await;
        again = ask(&vote, &code, "198.51.100.8").await;
    }
    assert_eq!(again.expect(StatusCode::OK).json()["index"], index);
}

/// Another valid signature by the same key over the same body: only its nonce differs.
fn signed_again(vote: &Vote, bytes: &[u8], secret: &SecretKey) -> Vec<u8> {
    let body = Ballot::parse(&vote.election, bytes).unwrap().body();
    let sk = Scalar::from_canonical_bytes(secret.to_bytes()).unwrap();
    let k = Scalar::from(123_456_789u64);
    let r: PublicKey = SecretKey::new(k).unwrap().public();
    let key = secret.public();
    let c =
        scalar("signature", &[domain::BALLOT.as_bytes(), &r.to_bytes(), &key.to_bytes(), body.as_bytes()]);
    [&bytes[..bytes.len() - 64], &r.to_bytes(), (k + c * sk).as_bytes()].concat()
}

#[tokio::test]
async fn the_same_ballot_under_another_signature_is_refused() {
    let vote = Vote::open().await;
    let mut anna = vote.voter(1, "north").await;
    let secret = SecretKey::from_bytes(&anna.credential.secret()).unwrap();
    let bytes = anna.seal(&vote, 0);
    let other = signed_again(&vote, &bytes, &secret);
    assert_ne!(other, bytes);
    // The other signature is as good: it is refused for being another, not for being false.
    let (cast, refused) = (&other, &bytes);
    vote.check(cast, &vote.cast(cast).await.expect(StatusCode::CREATED)).await;
    let size = vote.size().await;
    vote.cast(refused).await.problem(409, "ballot-resigned");
    assert_eq!(vote.size().await, size);
    anna.went_on(&vote, cast);
    anna.vote(&vote, 1).await;
    vote.cast(refused).await.problem(409, "ballot-resigned");
}

#[tokio::test]
async fn attack_24_an_old_ballot_cannot_become_the_last_one() {
    let vote = Vote::open().await;
    let mut anna = vote.voter(1, "north").await;
    let (old, _) = anna.vote(&vote, 0).await;
    let first = anna.previous;
    let (new, _) = anna.vote(&vote, 1).await;
    let size = vote.size().await;

    // A replay is answered with its old receipt and changes nothing.
    let replayed = vote.cast(&old).await.expect(StatusCode::OK);
    assert!(Receipt::parse(&replayed.body).unwrap().index < size - 1);
    // New ballots in old places, or after another ballot than the last.
    let style = anna.style_index(&vote);
    let next = anna.seal(&vote, 2);
    let unsealed = moved(&vote.election, &anna.credential, &next, 2, Digest::ZERO).unwrap();
    // Its proofs are of the place that it was sealed for, and they are looked at first.
    vote.cast(&unsealed).await.problem(422, "ballot-invalid");
    // Where the proofs are of the very place, also of one that no voter's program seals for, the place refuses it.
    for (sequence, previous) in [
        (0, Digest::ZERO),
        (1, first),
        (2, first),
        (3, anna.previous),
        (1, anna.previous),
        (2, Digest::ZERO),
        (0, anna.previous),
    ] {
        let place = (sequence, previous);
        let ballot = sealed_for(&vote.election, &anna.credential, style, 2, place).unwrap();
        let refused = vote.cast(&ballot).await;
        if ballot == old || ballot == new {
            refused.expect(StatusCode::OK);
            continue;
        }
        let refused = refused.problem(409, "sequence-behind").json();
        assert_eq!(refused["sequence"], 2);
        assert_eq!(digest(refused["previous"].as_str().unwrap()), anna.previous);
    }
    assert_eq!(vote.size().await, size);
    anna.vote(&vote, 2).await;
}

#[tokio::test]
async fn attack_26_a_ballot_needs_a_credential_of_its_style() {
    let vote = Vote::open().await;
    let stranger = vote.signed_in(1, "north").await;
    let size = vote.size().await;
    vote.cast(&stranger.seal(&vote, 0)).await.problem(404, "credential-unknown");
    let anna = vote.voter(2, "north").await;
    let south = vote.election.manifest().style_index("south").unwrap();
    let ballot = anna.seal_as(&vote, south, 0, 0, Digest::ZERO);
    let refused = vote.cast(&ballot).await.problem(422, "ballot-invalid");
    assert_eq!(refused.json()["check"], 20);
    assert_eq!(vote.size().await, size + 1, "only the credential was appended");
}

#[tokio::test]
async fn a_damaged_ballot_is_refused_and_the_check_is_named() {
    let vote = Vote::open().await;
    let mut anna = vote.voter(1, "north").await;
    let bytes = anna.seal(&vote, 0);
    let size = vote.size().await;
    let secret = SecretKey::from_bytes(&anna.credential.secret()).unwrap();
    let mut checks = std::collections::BTreeSet::new();
    for at in (0..bytes.len()).step_by(7) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1;
        let refused = vote.cast(&damaged).await;
        let name = refused.text("type");
        assert!(
            ["urn:veche:ballot-invalid", "urn:veche:credential-unknown"].contains(&name.as_str()),
            "byte {at}: {name}"
        );
        if name.ends_with("invalid") {
            checks.insert(refused.json()["check"].as_u64().unwrap());
        }
        // Signed again by its own voter, so that the signature is not what refuses it. The header's
        // sequence and previous hash then speak of another place.
        let last = damaged.len() - 64;
        if let Some(ballot) = Ballot::parse(&vote.election, &damaged).ok().filter(|_| at < last) {
            let signature = secret.sign(domain::BALLOT, ballot.body().as_bytes()).unwrap().to_bytes();
            damaged[last..].copy_from_slice(&signature);
            let refused = vote.cast(&damaged).await;
            assert!(refused.status.is_client_error(), "byte {at}");
            assert_eq!(refused.headers["content-type"], "application/problem+json");
            if refused.text("type") == "urn:veche:too-many-ballots" {
                vote.running.clock.advance(Duration::from_secs(600));
            } else if refused.text("type").ends_with("invalid") {
                checks.insert(refused.json()["check"].as_u64().unwrap());
            }
        }
    }
    // The form, the signature, and the proof itself.
    assert!([18, 23, 24].iter().all(|check| checks.contains(check)), "{checks:?}");
    for other in [&bytes[..bytes.len() - 1], &[bytes.as_slice(), &[0]].concat(), &bytes[..40], &[]] {
        let refused = vote.cast(other).await;
        assert!(refused.status == 422 || refused.status == 413, "{}", refused.status);
    }
    assert_eq!(vote.size().await, size, "nothing of all this is on the board");
    anna.vote(&vote, 0).await;
}

/// Ballots that are verified together, some refused for their signature and one for being too many: nobody gets the
/// answer of a neighbour.
#[tokio::test]
async fn each_ballot_of_a_batch_has_its_own_answer() {
    let vote = Vote::open_with(&manifest("open"), |config| {
        config.limits.ballots_a_voter_in_ten_minutes = 1;
        config.batch = Duration::from_millis(800);
    })
    .await;
    let mut anna = vote.voter(1, "north").await;
    anna.vote(&vote, 0).await;
    let mut ballots = vec![(429, anna.seal(&vote, 1))];
    for (number, status) in [(2, 201), (3, 422), (4, 422), (5, 201), (6, 201)] {
        let voter = vote.voter(number, "north").await;
        let mut ballot = voter.seal(&vote, 0);
        if status == 422 {
            // A signature that can be read, over something else.
            let secret = SecretKey::from_bytes(&voter.credential.secret()).unwrap();
            let last = ballot.len() - 64;
            ballot[last..]
                .copy_from_slice(&secret.sign(domain::BALLOT, b"something else").unwrap().to_bytes());
        }
        ballots.push((status, ballot));
    }
    // The next batch begins some time after this one, and takes all that wait.
    vote.voter(7, "north").await.vote(&vote, 0).await;
    let sent = ballots.iter().map(|(_, ballot)| vote.cast(ballot));
    let answers = futures_util::future::join_all(sent).await;
    for ((status, ballot), answer) in ballots.iter().zip(&answers) {
        assert_eq!(answer.status, *status, "{}", String::from_utf8_lossy(&answer.body));
        if *status == 201 {
            vote.check(ballot, answer).await;
        }
    }
}

#[tokio::test]
async fn attack_34_one_voter_cannot_flood_the_board() {
    let vote =
        Vote::open_with(&manifest("open"), |config| config.limits.ballots_a_voter_in_ten_minutes = 3).await;
    let mut anna = vote.voter(1, "north").await;
    for choice in 0..3 {
        anna.vote(&vote, choice).await;
    }
    let refused = vote.cast(&anna.seal(&vote, 0)).await.problem(429, "too-many-ballots");
    assert_eq!(refused.json()["retry_after"], 600);
    // Someone else's junk under Anna's key does not use up her ballots.
    vote.running.clock.advance(Duration::from_secs(600));
    let mut junk = anna.seal(&vote, 0);
    let last = junk.len() - 1;
    junk[last] ^= 1;
    for _ in 0..5 {
        let refused = vote.cast(&junk).await.problem(422, "ballot-invalid");
        assert!([18, 23].contains(&refused.json()["check"].as_u64().unwrap()));
    }
    anna.vote(&vote, 0).await;
    vote.voter(2, "north").await.vote(&vote, 0).await;
}

#[tokio::test]
async fn a_vote_without_revoting_takes_one_ballot() {
    let mut once = manifest("open");
    once["revote"] = false.into();
    let vote = Vote::open_with(&once, |_| {}).await;
    let mut anna = vote.voter(1, "north").await;
    let (bytes, first) = anna.vote(&vote, 0).await;
    let refused = vote.cast(&anna.seal(&vote, 1)).await.problem(422, "ballot-invalid");
    assert_eq!(refused.json()["check"], 21);
    assert_eq!(vote.cast(&bytes).await.expect(StatusCode::OK).body, first.body);
}

#[tokio::test]
async fn attack_22_a_leaf_deleted_after_its_receipt_is_proved_missing() {
    let mut vote = Vote::open().await;
    let mut anna = vote.voter(1, "north").await;
    let (bytes, answer) = anna.vote(&vote, 0).await;
    let receipt = Receipt::parse(&answer.body).unwrap();
    let shown = veche_voter::check_receipt(&vote.election, &bytes, &receipt).unwrap();
    vote.running.stop().await;

    // Whoever runs the box takes the ballot out, and everything that would show it.
    let path = format!("sqlite:{}/veche.sqlite", vote.running.data.display());
    let pool = sqlx::SqlitePool::connect(&path).await.unwrap();
    let take_out = "PRAGMA foreign_keys = OFF; DROP TRIGGER entry_is_never_deleted; DROP TRIGGER checkpoint_is_never_deleted; \
        DELETE FROM entry WHERE position = 20; DELETE FROM checkpoint WHERE size = 21; \
        UPDATE head SET size = 20, root = (SELECT root FROM checkpoint WHERE size = 20)";
    assert_eq!(receipt.index, 20);
    sqlx::raw_sql(take_out).execute(&pool).await.unwrap();
    pool.close().await;
    let _ = std::fs::remove_file(vote.running.data.join("last-checkpoint"));

    // The box starts: it cannot know. But the voter's receipt does, beside what it now signs.
    vote.running.start_again().await;
    let mut boris = vote.voter(2, "north").await;
    boris.vote(&vote, 1).await;
    let note = vote.get("/record/checkpoint").await.body;
    let now =
        veche_board::SignedCheckpoint::open(&note, vote.election.log_key(), vote.election.origin()).unwrap();
    assert!(now.size > shown.size);
    let proof = vote.get(&format!("/v1/consistency?from={}&to={}", shown.size, now.size)).await.json();
    let proof: Vec<_> = proof["proof"]
        .as_array()
        .unwrap()
        .iter()
        .map(|hash| veche_board::Hash::from_base64(hash.as_str().unwrap()).unwrap())
        .collect();
    assert!(
        now.verify_extends(&shown, &proof).is_err(),
        "two checkpoints, both signed, that no board explains"
    );
}
