//! A whole election over HTTP: cast, vote again, close, decrypt, publish, audit.

use reqwest::StatusCode;
use serde_json::json;
use veche_record::Entry;
use veche_record::entry::{Partial, Signed, TallyKind};
use veche_verify::Outcome;

use crate::support::{Answer, Running, manifest};
use crate::vote::Vote;

async fn partial(vote: &Vote, trustee: usize) -> Signed<Partial> {
    vote.partial(TallyKind::Vote, trustee).await
}

async fn post(vote: &Vote, partial: Signed<Partial>) -> Answer {
    vote.organise("/v1/entries", Entry::from(partial).to_bytes()).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_the_voters_chose_last_is_what_is_published() {
    let mut vote = Vote::open().await;
    let mut voters = Vec::new();
    for n in 1..=5 {
        voters.push(vote.voter(n, if n <= 3 { "north" } else { "south" }).await);
    }
    for (voter, choice) in voters.iter_mut().zip([0, 1, 1, 2, 2]) {
        voter.vote(&vote, choice).await;
    }
    // Two change their minds, one of them twice and on a new device.
    voters[0].vote(&vote, 2).await;
    voters[4].vote(&vote, 0).await;
    voters[4].new_key(7);
    voters[4].register(&vote).await.expect(StatusCode::CREATED);
    voters[4].vote(&vote, 1).await;
    assert_eq!(vote.audit().await.report.outcome, Outcome::NotFinished);

    vote.organise("/v1/close", Vec::new()).await.expect(StatusCode::CREATED);
    assert_eq!(vote.phase().await, "closed");
    vote.consent_all(TallyKind::Vote).await;
    let late = partial(&vote, 1).await;
    // Trustee 2 is away. A restart between the two others changes nothing.
    post(&vote, partial(&vote, 0).await).await.expect(StatusCode::CREATED);
    assert_eq!(vote.phase().await, "closed");
    vote.get("/record/result.json").await.problem(404, "not-found");
    vote.running.restart(|_| {}).await;
    post(&vote, partial(&vote, 2).await).await.expect(StatusCode::CREATED);
    assert_eq!(vote.phase().await, "published");

    let totals = |a: u64, b: u64, c: u64| json!([{"id": "a", "total": a}, {"id": "b", "total": b}, {"id": "c", "total": c}]);
    let result = vote.get("/record/result.json").await.expect(StatusCode::OK);
    assert_eq!(result.headers["content-type"], "application/json");
    assert_eq!(
        result.json(),
        json!({"contests": [
            {"id": "north", "ballots": 3, "options": totals(0, 2, 1)},
            {"id": "south", "ballots": 2, "options": totals(0, 1, 1)},
        ]})
    );
    let report = vote.audit().await.report;
    assert_eq!(report.outcome, Outcome::Verified, "{report:?}");
    post(&vote, late).await.problem(409, "out-of-order");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_partial_decryption_that_its_trustee_has_not_signed_is_refused() {
    let vote = Vote::open().await;
    vote.voter(1, "north").await.vote(&vote, 0).await;
    let early = vote.organise("/v1/entries", vec![9; 200]).await;
    assert!(early.status.is_client_error());
    vote.organise("/v1/close", Vec::new()).await.expect(StatusCode::CREATED);
    vote.consent_all(TallyKind::Vote).await;
    let size = vote.size().await;

    let good = partial(&vote, 1).await;
    // The trustee's number, the hash of the sums: nobody has signed what comes of it.
    for (at, byte, check) in [(1, 3, 43), (1, 4, 28), (2, 0xff, 43)] {
        let mut bytes = Entry::from(good.clone()).to_bytes();
        bytes[at] = byte;
        let refused = vote.organise("/v1/entries", bytes).await;
        let refused = refused.problem(422, "entry-refused").json();
        assert_eq!((&refused["check"], &refused["culprit"]), (&json!(check), &json!("the ballot box")));
    }
    assert_eq!(vote.size().await, size);

    post(&vote, good.clone()).await.expect(StatusCode::CREATED);
    assert_eq!(post(&vote, good).await.problem(422, "entry-refused").json()["check"], 28);
    assert_eq!(vote.size().await, size + 1);
}

/// Posts an entry with a trustee's token, counted from 1.
async fn post_as(running: &Running, trustee: usize, entry: &Entry) -> Answer {
    let token = &running.trustees[trustee - 1];
    let request = running.octets("/v1/entries", entry.to_bytes()).bearer_auth(token);
    Answer::of(request.send().await.unwrap()).await
}

#[tokio::test]
async fn a_trustees_token_is_for_that_trustees_own_messages() {
    let running = Running::start(&manifest("open"), "", |_| {}).await;
    let bytes = serde_json::to_vec(&manifest("open")).unwrap();
    let secrets = veche_tests::small::secrets("box", 3).unwrap();
    let genesis = crate::vote::genesis(&running).await;
    let held = veche_trustee::run_together(&bytes, &genesis, &secrets, &veche_tests::small::fresh()).unwrap();
    let first = &held.entries[0];
    let refused = post_as(&running, 2, first).await.problem(422, "entry-refused");
    assert!(refused.text("detail").contains("a message of trustee 1, and the token is trustee 2's"));
    let nobody = running.octets("/v1/entries", first.to_bytes()).bearer_auth("nobody");
    Answer::of(nobody.send().await.unwrap()).await.problem(401, "trustee-only");
    post_as(&running, 1, first).await.expect(StatusCode::CREATED);
    post_as(&running, 1, first).await.problem(409, "out-of-order");
    // What the trustee did not sign is refused before it is on the board. It would be the fault of who put it there.
    let mut forged = held.entries[1].to_bytes();
    let last = forged.len() - 32;
    forged[last] ^= 1;
    let forged = Entry::parse(&forged).unwrap();
    let refused = post_as(&running, 2, &forged).await.problem(422, "entry-refused").json();
    assert_eq!((&refused["check"], &refused["culprit"]), (&json!(33), &json!("the ballot box")));
    // What only the organiser does needs the organiser's token.
    for path in ["/v1/restart", "/v1/rehearsal", "/v1/open", "/v1/close"] {
        let request = running.octets(path, Vec::new()).bearer_auth(&running.trustees[0]);
        Answer::of(request.send().await.unwrap()).await.problem(401, "organiser-only");
    }
    let again = running.as_organiser(running.octets("/v1/restart", Vec::new()));
    Answer::of(again.send().await.unwrap()).await.expect(StatusCode::CREATED);
    post_as(&running, 2, &held.entries[1]).await.problem(409, "out-of-order");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_vote_opens_only_after_the_rehearsal() {
    let vote = Vote::keyed(&manifest("open"), |_| {}).await;
    vote.organise("/v1/open", Vec::new()).await.problem(409, "out-of-order");
    vote.organise("/v1/rehearsal", Vec::new()).await.problem(409, "out-of-order");
    vote.organise("/v1/restart", Vec::new()).await.problem(409, "out-of-order");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_vote_without_ballots_publishes_zeros_without_a_trustee() {
    let vote = Vote::open().await;
    vote.organise("/v1/close", Vec::new()).await.expect(StatusCode::CREATED);
    vote.reach("published").await;
    let result = vote.get("/record/result.json").await.json();
    assert_eq!(result["contests"][0]["ballots"], 0);
    assert_eq!(result["contests"][0]["options"][0]["total"], 0);
    assert_eq!(vote.audit().await.report.outcome, Outcome::Verified);
}
