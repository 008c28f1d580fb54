//! What an operator sees of a vote: numbers, and never a person.

use std::collections::BTreeMap;

use reqwest::{Method, StatusCode};

use crate::support::manifest;
use crate::vote::Vote;

/// The samples of an answer to Prometheus, by name and labels.
fn samples(text: &str) -> BTreeMap<String, f64> {
    assert!(text.ends_with("# EOF\n"), "{text}");
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let sample = |line: &str| {
        let (name, value) = line.rsplit_once(' ').unwrap();
        (name.to_owned(), value.parse().unwrap())
    };
    lines.map(sample).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_counted_is_what_happened_and_names_nobody() {
    let vote = Vote::open_with(&manifest("open"), |config| {
        config.metrics = Some("127.0.0.1:0".parse().unwrap());
    })
    .await;
    let before = samples(&vote.running.metrics().await);
    assert_eq!(before.get("veche_ballots_total{outcome=\"recorded\"}"), None);

    let mut anna = vote.voter(1, "north").await;
    let mut ewa = vote.voter(2, "south").await;
    let (bytes, _) = anna.vote(&vote, 0).await;
    ewa.vote(&vote, 1).await;
    anna.vote(&vote, 1).await;
    vote.cast(&bytes).await.expect(StatusCode::OK);
    let mut broken = ewa.seal(&vote, 0);
    broken.truncate(broken.len() - 1);
    vote.cast(&broken).await.problem(422, "ballot-invalid");
    let mut stranger = vote.voter(3, "north").await;
    stranger.new_key(7);
    vote.cast(&stranger.seal(&vote, 0)).await.problem(404, "credential-unknown");
    // Neither a path nor a method becomes a label.
    vote.get("/v1/nothing/+48421234567").await.problem(404, "not-found");
    let odd =
        vote.running.http.request(Method::from_bytes(b"ODD").unwrap(), format!("{}/", vote.running.url));
    assert_eq!(odd.send().await.unwrap().status(), StatusCode::NOT_FOUND);

    let text = vote.running.metrics().await;
    let now = samples(&text);
    let is = |name: &str, value: f64| {
        assert_eq!(now.get(name), Some(&value), "{name} in\n{text}");
    };
    let ballots = |outcome: &str, many| is(&format!("veche_ballots_total{{outcome=\"{outcome}\"}}"), many);
    ballots("recorded", 3.0);
    ballots("repeated", 1.0);
    ballots("ballot-invalid", 1.0);
    ballots("credential-unknown", 1.0);
    is("veche_problems_total{problem=\"not-found\"}", 2.0);
    let posted = "route=\"/v1/ballots\",method=\"POST\"";
    is(&format!("veche_http_requests_total{{{posted},status=\"201\"}}"), 3.0);
    is(&format!("veche_http_requests_total{{{posted},status=\"200\"}}"), 1.0);
    is("veche_http_request_duration_seconds_count{route=\"/v1/ballots\"}", 6.0);
    is("veche_http_requests_total{route=\"file\",method=\"other\",status=\"404\"}", 1.0);
    is("veche_http_requests_total{route=\"/v1/sign-in/code\",method=\"POST\",status=\"200\"}", 3.0);
    is("veche_sms_sent_total", 3.0);
    is("veche_sms_failed_total", 0.0);
    for waiting in ["sms_waiting", "ballots_waiting", "writer_waiting", "checks_failing"] {
        is(&format!("veche_{waiting}"), 0.0);
    }
    let size = vote.size().await as f64;
    is("veche_board_entries", size);
    is("veche_board_committed_entries", size);
    assert!(size >= before["veche_board_entries"] + 6.0, "three keys and three ballots");
    let commits = "veche_database_commit_duration_seconds_count";
    assert!(now[commits] >= before[commits] + 6.0, "{text}");
    assert!(now["veche_checkpoint_age_seconds"] < before["veche_checkpoint_age_seconds"] + 60.0);
    assert!(now["veche_resident_memory_bytes"] > 1e6 && now["veche_disk_free_bytes"] > 1e6, "{text}");
    assert!(now["veche_uptime_seconds"] > 0.0 && now["veche_open_files"] > 3.0, "{text}");

    for secret in ["4842", &anna.key(), &anna.token, &hex::encode(anna.pseudonym.0), "/v1/nothing", "ODD"] {
        assert!(!text.contains(secret), "{secret} in\n{text}");
    }
    // Not where everybody is.
    vote.get("/metrics").await.problem(404, "not-found");
}
