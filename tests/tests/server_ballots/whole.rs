//! A whole election over HTTP: cast, vote again, close, decrypt, publish, audit.

use reqwest::StatusCode;
use serde_json::json;
use veche_record::Entry;
use veche_record::entry::Partial;
use veche_trustee::decrypt;
use veche_verify::Outcome;

use crate::support::manifest;
use crate::vote::Vote;

async fn partial(vote: &Vote, trustee: usize) -> Partial {
    let audit = vote.audit().await;
    let tally = audit.verified_tally().expect("the record is right so far");
    decrypt(tally, &vote.shares[trustee]).unwrap()
}

async fn post(vote: &Vote, partial: Partial) -> crate::support::Answer {
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
    post(&vote, partial(&vote, 1).await).await.problem(409, "out-of-order");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_wrong_partial_decryption_is_refused_and_its_trustee_named() {
    let vote = Vote::open().await;
    vote.voter(1, "north").await.vote(&vote, 0).await;
    let early = vote.organise("/v1/entries", vec![9; 200]).await;
    assert!(early.status.is_client_error());
    vote.organise("/v1/close", Vec::new()).await.expect(StatusCode::CREATED);
    let size = vote.size().await;

    let good = partial(&vote, 1).await;
    let mut another = good.clone();
    another.trustee = 3;
    let refused = post(&vote, another).await.problem(422, "entry-refused").json();
    assert_eq!((&refused["check"], &refused["culprit"]), (&json!(29), &json!("trustee 3")));
    let mut nobody = good.clone();
    nobody.trustee = 4;
    assert_eq!(post(&vote, nobody).await.problem(422, "entry-refused").json()["check"], 28);
    let mut other = good.clone();
    other.tally = veche_crypto::hash::Digest::ZERO;
    assert_eq!(post(&vote, other).await.problem(422, "entry-refused").json()["check"], 28);
    assert_eq!(vote.size().await, size);

    post(&vote, good.clone()).await.expect(StatusCode::CREATED);
    assert_eq!(post(&vote, good).await.problem(422, "entry-refused").json()["check"], 28);
    assert_eq!(vote.size().await, size + 1);
}

#[tokio::test]
async fn a_ceremony_that_does_not_fit_is_refused_and_the_dealer_named() {
    let vote = Vote::founded(&manifest("open"), |_| {}).await;
    let (other, _) = veche_trustee::deal_trusted(vote.election.manifest(), &[7; 32].map(|byte| byte ^ 3))
        .unwrap_or_else(|_| {
            veche_trustee::deal_trusted(vote.election.manifest(), &veche_tests::small::bytes32("other", 1))
                .unwrap()
        });
    let again = vote.organise("/v1/entries", Entry::from(other).to_bytes()).await;
    again.problem(409, "out-of-order");

    let running = crate::support::Running::start(&manifest("open"), "", |_| {}).await;
    let mut bigger = manifest("open");
    bigger["trustees"] = json!({"count": 5, "threshold": 3});
    let bytes = serde_json::to_vec(&bigger).unwrap();
    let parsed = veche_record::Manifest::parse(&bytes).unwrap();
    let (ceremony, _) =
        veche_trustee::deal_trusted(&parsed, &veche_tests::small::bytes32("other", 2)).unwrap();
    let request = running.as_organiser(running.octets("/v1/entries", Entry::from(ceremony).to_bytes()));
    let refused =
        crate::support::Answer::of(request.send().await.unwrap()).await.problem(422, "entry-refused");
    assert_eq!(refused.json()["culprit"], "the dealer of the key shares");
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
