//! A real nginx in front, with the settings of docs/hosting.md.

use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Client, StatusCode};
use serde_json::json;
use veche_tests::host::Host;

use crate::support::{Answer, manifest};
use crate::vote::Vote;

/// A voter's browser at an address.
fn at(address: &'static str) -> Client {
    let headers =
        HeaderMap::from_iter([("x-test-address".parse().unwrap(), HeaderValue::from_static(address))]);
    Client::builder().no_proxy().default_headers(headers).build().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_62_behind_the_recommended_nginx_people_vote_and_what_they_claim_of_themselves_is_dropped() {
    let mut vote = Vote::open_with(&manifest("open"), |config| {
        config.behind_proxy = true;
        config.limits.sign_ins_an_address_an_hour = 2;
    })
    .await;
    let nginx = Host::in_front_of(vote.running.url.strip_prefix("http://").unwrap()).unwrap();
    vote.running.url.clone_from(&nginx.address);

    vote.running.http = at("192.0.2.1");
    vote.voter(1, "north").await.vote(&vote, 0).await;

    vote.running.http = at("192.0.2.2");
    for (n, claim) in
        ["198.51.100.1", "unknown", "127.0.0.1", "198.51.100.2, 198.51.100.3"].iter().enumerate()
    {
        let body = json!({"phone": format!("+4842000010{n}")});
        let request = vote.running.post("/v1/sign-in").header("x-forwarded-for", *claim).json(&body);
        let answer = Answer::of(request.send().await.unwrap()).await;
        if n < 2 {
            answer.expect(StatusCode::OK);
        } else {
            answer.problem(429, "too-many-requests");
        }
    }
    vote.running.http = at("2001:db8::1");
    vote.voter(2, "south").await.vote(&vote, 1).await;

    // nginx lets pass what the box may take, so that it is the box that judges it.
    let long = vote.running.as_organiser(vote.running.octets("/v1/entries", vec![1; 16 << 20]));
    let judged = Answer::of(long.send().await.unwrap()).await;
    assert_eq!(judged.headers["content-type"], "application/problem+json");
    assert_ne!(judged.status, StatusCode::PAYLOAD_TOO_LARGE);
}
