//! What everyone may read, who may call from a page, and that the documentation is the truth.

use std::collections::BTreeSet;
use std::path::Path;

use reqwest::{Method, StatusCode};
use serde_json::Value;
use veche_board::{SignedCheckpoint, decode_bundle, leaf_hash};
use veche_record::Entry;

use crate::layers::sources;
use crate::support::{Answer, NOW, Running, manifest};

async fn get(running: &Running, path: &str) -> Answer {
    Answer::of(running.get(path).send().await.unwrap()).await
}

#[tokio::test]
async fn a_new_box_says_what_it_is() {
    let running = Running::start(&manifest("open"), "", |_| {}).await;
    let election = get(&running, "/v1/election").await.expect(StatusCode::OK);
    assert_eq!(election.headers["cache-control"], "no-store");
    let election = election.json();
    assert_eq!(election["fingerprint"], Value::Null);
    // Before the trustees have made keys there is nothing to open an election by.
    get(&running, "/v1/card").await.problem(404, "not-found");
    assert_eq!(election["phase"], "setup");
    assert_eq!(election["registration"], "open");
    assert_eq!(election["origin"], "box.example/test");
    assert_eq!(election["now"], "2026-05-02T00:00:00Z");
    assert_eq!(NOW, 1_777_680_000);
    let checkpoint = get(&running, "/record/checkpoint").await.expect(StatusCode::OK);
    assert_eq!(election["checkpoint"], String::from_utf8(checkpoint.body).unwrap());
}

#[tokio::test]
async fn the_record_begins_with_a_genesis_entry_under_a_signed_checkpoint() {
    let running = Running::start(&manifest("open"), "", |_| {}).await;
    let published = get(&running, "/record/manifest.json").await.expect(StatusCode::OK);
    assert_eq!(published.body, std::fs::read(running.data.join("manifest.json")).unwrap());
    let bundle = get(&running, "/record/tile/entries/000.p/1").await.expect(StatusCode::OK);
    assert_eq!(bundle.headers["content-type"], "application/octet-stream");
    assert_eq!(bundle.headers["cache-control"], "public, max-age=31536000, immutable");
    let leaves = decode_bundle(&bundle.body, 1).unwrap();
    let Entry::Genesis(genesis) = Entry::parse(leaves[0]).unwrap() else { panic!("no genesis") };
    let note = get(&running, "/record/checkpoint").await;
    assert_eq!(note.headers["cache-control"], "no-cache");
    let checkpoint = SignedCheckpoint::open(&note.body, &genesis.log_key, &genesis.origin).unwrap();
    assert_eq!((checkpoint.size, checkpoint.root), (1, leaf_hash(leaves[0])));
    let tile = get(&running, "/record/tile/0/000.p/1").await.expect(StatusCode::OK);
    assert_eq!(tile.body, checkpoint.root.as_bytes());
}

#[tokio::test]
async fn paths_that_are_no_files_of_the_record_are_not_found() {
    let running = Running::start(&manifest("open"), "", |_| {}).await;
    for path in [
        "/record/tile/entries/000",
        "/record/tile/entries/000.p/2",
        "/record/tile/entries/001.p/1",
        "/record/tile/0/000.p/01",
        "/record/tile/0/0.p/1",
        "/record/tile/00/000.p/1",
        "/record/tile/1/000.p/1",
        "/record/tile/x/000.p/1",
        "/record/tile/entries/000.p/1/",
        "/record/tile/entries/..%2f..%2fkeys.json",
        "/record/tile/",
        "/record/keys.json",
        "/record/",
        "/record/result.json",
        "/keys.json",
        "/veche.sqlite",
        "/database-url",
        "/v1/nothing",
        "/",
    ] {
        get(&running, path).await.problem(404, "not-found");
    }
}

#[tokio::test]
async fn consistency_is_proved_for_sizes_that_were() {
    let running = Running::start(&manifest("open"), "", |_| {}).await;
    let proof = get(&running, "/v1/consistency?from=1&to=1").await.expect(StatusCode::OK);
    assert_eq!(proof.json()["proof"], serde_json::json!([]));
    get(&running, "/v1/consistency?from=1&to=2").await.problem(404, "not-found");
    get(&running, "/v1/consistency?from=1&to=0").await.problem(404, "not-found");
    get(&running, "/v1/consistency?from=-1&to=0").await.problem(400, "malformed");
    get(&running, "/v1/consistency").await.problem(400, "malformed");
}

#[tokio::test]
async fn only_the_site_may_call_and_everyone_may_read_the_record() {
    let running = Running::start(&manifest("open"), "", |config| {
        config.allow_origins = vec!["https://vote.example".into()];
    })
    .await;
    let from = |path: &'static str, origin: &'static str| running.get(path).header("origin", origin);
    let allowed = |answer: &Answer| {
        answer.headers.get("access-control-allow-origin").map(|value| value.to_str().unwrap().to_owned())
    };
    let answer = Answer::of(from("/v1/election", "https://vote.example").send().await.unwrap()).await;
    assert_eq!(allowed(&answer).as_deref(), Some("https://vote.example"));
    for other in ["https://evil.example", "https://vote.example.evil.example", "http://vote.example", "null"]
    {
        let answer = Answer::of(from("/v1/election", other).send().await.unwrap()).await;
        assert_eq!(allowed(&answer), None, "{other}");
        let answer = Answer::of(from("/record/checkpoint", other).send().await.unwrap()).await;
        assert_eq!(allowed(&answer).as_deref(), Some("*"), "{other}");
    }
    let ask = |origin: &'static str| {
        running
            .http
            .request(Method::OPTIONS, format!("{}/v1/ballots", running.url))
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "content-type,authorization")
    };
    let answer = Answer::of(ask("https://vote.example").send().await.unwrap()).await.expect(StatusCode::OK);
    assert_eq!(allowed(&answer).as_deref(), Some("https://vote.example"));
    assert_eq!(answer.headers["access-control-allow-methods"], "GET,POST,PUT");
    assert_eq!(answer.headers["access-control-max-age"], "7200", "not before each ballot");
    assert!(answer.headers.get("access-control-allow-credentials").is_none(), "no cookies, no credentials");
    let answer = Answer::of(ask("https://evil.example").send().await.unwrap()).await;
    assert_eq!(allowed(&answer), None);
}

#[tokio::test]
async fn every_answer_says_what_a_browser_must_not_do() {
    let running = Running::start(&manifest("open"), "", |_| {}).await;
    for path in ["/v1/election", "/record/checkpoint", "/nothing"] {
        let answer = get(&running, path).await;
        assert_eq!(answer.headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(answer.headers["referrer-policy"], "no-referrer", "{path}");
    }
}

#[tokio::test]
async fn the_organisers_routes_want_the_organisers_token() {
    let running = Running::start(&manifest("open"), "", |_| {}).await;
    for path in ["/v1/open", "/v1/close", "/v1/restart", "/v1/rehearsal", "/v1/entries"] {
        let kind = if path == "/v1/entries" { "trustee-only" } else { "organiser-only" };
        for token in ["", "wrong", &running.organiser[1..], &running.trustees[0][1..]] {
            let request = running.octets(path, "x").bearer_auth(token);
            Answer::of(request.send().await.unwrap()).await.problem(401, kind);
        }
        Answer::of(running.octets(path, "x").send().await.unwrap()).await.problem(401, kind);
    }
    // A token of a voter is no organiser's.
    let (token, _) = running.sign_in("+48421234567").await;
    let request = running.post("/v1/open").bearer_auth(token);
    Answer::of(request.send().await.unwrap()).await.problem(401, "organiser-only");
    let request = running.as_organiser(running.post("/v1/open"));
    Answer::of(request.send().await.unwrap()).await.problem(409, "out-of-order");
}

#[tokio::test]
async fn only_messages_of_trustees_and_rehearsal_ballots_are_posted() {
    let running = Running::start(&manifest("open"), "", |_| {}).await;
    for kind in (0u8..=20).filter(|kind| ![1, 9, 12, 14].contains(kind)).chain([255]) {
        let request = running.as_organiser(running.octets("/v1/entries", vec![kind, 0, 0]));
        Answer::of(request.send().await.unwrap()).await.problem(422, "entry-refused");
    }
    let request = running.as_organiser(running.octets("/v1/entries", vec![1, 0, 0]));
    let refused = Answer::of(request.send().await.unwrap()).await.problem(422, "entry-refused");
    assert_eq!(refused.json()["check"], 7, "the entry's form");
    let request = running.as_organiser(running.octets("/v1/entries", Vec::new()));
    Answer::of(request.send().await.unwrap()).await.problem(422, "entry-refused");
}

fn document() -> Value {
    serde_json::from_str(&veche_server::openapi()).unwrap()
}

fn operations(document: &Value) -> BTreeSet<(String, String)> {
    let paths = document["paths"].as_object().unwrap();
    let methods = |(path, item): (&String, &Value)| -> Vec<(String, String)> {
        item.as_object().unwrap().keys().map(|method| (method.to_uppercase(), path.clone())).collect()
    };
    paths.iter().flat_map(methods).collect()
}

#[test]
fn the_published_document_is_the_one_the_code_gives() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    let published = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        published == veche_server::openapi(),
        "docs/openapi.json is not what the code gives: run `cargo run -p veche-server -- openapi > docs/openapi.json`"
    );
}

#[test]
fn the_document_has_every_route_of_the_contract() {
    let expected = [
        ("GET", "/v1/election"),
        ("GET", "/v1/card"),
        ("POST", "/v1/credentials"),
        ("GET", "/v1/voters/{pseudonym}"),
        ("POST", "/v1/draws"),
        ("GET", "/v1/consistency"),
        ("POST", "/v1/sign-in"),
        ("POST", "/v1/sign-in/code"),
        ("POST", "/v1/session"),
        ("GET", "/v1/voter"),
        ("PUT", "/v1/credential"),
        ("GET", "/v1/credentials/{key}"),
        ("POST", "/v1/ballots"),
        ("POST", "/v1/challenges"),
        ("GET", "/v1/ballots"),
        ("GET", "/v1/health"),
        ("POST", "/v1/entries"),
        ("POST", "/v1/open"),
        ("POST", "/v1/rehearsal"),
        ("POST", "/v1/restart"),
        ("POST", "/v1/close"),
        ("POST", "/v1/extend"),
        ("POST", "/v1/notices"),
        ("GET", "/v1/closing"),
        ("POST", "/v1/closing"),
        ("GET", "/v1/desk"),
        ("POST", "/v1/desk/code"),
        ("GET", "/v1/desk/journal"),
        ("POST", "/v1/desk/person"),
        ("POST", "/v1/desk/phone"),
        ("POST", "/v1/desk/revoke-key"),
        ("POST", "/v1/desk/roll"),
        ("POST", "/v1/desk/roll/add"),
        ("POST", "/v1/desk/roll/check"),
        ("POST", "/v1/desk/roll/mark"),
        ("POST", "/v1/desk/roll/move"),
        ("POST", "/v1/desk/roll/strike"),
        ("POST", "/v1/desk/test-message"),
        ("POST", "/v1/desk/unlock"),
        ("GET", "/record/manifest.json"),
        ("GET", "/record/checkpoint"),
        ("GET", "/record/result.json"),
        ("GET", "/record/tile/{tile}"),
    ];
    let expected = expected.into_iter().map(|(method, path)| (method.to_owned(), path.to_owned())).collect();
    assert_eq!(operations(&document()), expected);
}

/// One way: what is documented is there.
#[tokio::test]
async fn every_documented_route_answers() {
    let running = Running::start(&manifest("open"), "", |_| {}).await;
    for (method, path) in operations(&document()) {
        let filled = path.replace("{key}", "00").replace("{tile}", "entries/000.p/1");
        let url = format!("{}{filled}", running.url);
        let answer =
            Answer::of(running.http.request(method.parse().unwrap(), &url).send().await.unwrap()).await;
        let kind = serde_json::from_slice::<Value>(&answer.body)
            .map(|json| json["type"].clone())
            .unwrap_or_default();
        // `result.json` and the card are routes without a file yet; every other route is more than "nothing here".
        let later = ["/record/result.json", "/v1/card"].contains(&path.as_str());
        assert!(kind != "urn:veche:not-found" || later, "{method} {path}");
        assert_ne!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
        // Another method of the same path is refused, so the route is this one and no wildcard.
        let other = running.http.request(Method::DELETE, &url).send().await.unwrap();
        Answer::of(other).await.problem(405, "method-not-allowed");
    }
}

/// The other way: a route cannot be added without its documentation.
#[test]
fn no_route_is_added_beside_the_documented_ones() {
    let mut registered = 0;
    for path in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        // The routes of the half that another process is, taken from the documented ones.
        let elsewhere = "router.route(path, any(answer))";
        let source = std::fs::read_to_string(&path).unwrap();
        let source =
            if path.ends_with("http/router.rs") { source.replacen(elsewhere, "", 1) } else { source };
        // At an address of its own, which is no part of the interface.
        let source = source.replacen(".route(\"/metrics\", get(answer))", "", 1);
        for plain in [".route(", ".route_service(", ".nest(", ".nest_service("] {
            assert!(!source.contains(plain), "{} adds a route by {plain}", path.display());
        }
        // One or several handlers stand in it.
        let lists = source.split("routes!(").skip(1).filter_map(|rest| rest.split_once(')'));
        registered += lists.map(|(list, _)| list.split(',').count()).sum::<usize>();
    }
    assert_eq!(registered, operations(&document()).len());
}

#[test]
fn every_problem_that_is_documented_is_one_the_code_has() {
    let source =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/http/problem.rs")).unwrap();
    let document = document();
    let mut named = BTreeSet::new();
    for item in document["paths"].as_object().unwrap().values() {
        for operation in item.as_object().unwrap().values() {
            for response in operation["responses"].as_object().unwrap().values() {
                let words = response["description"].as_str().unwrap().split('`').skip(1).step_by(2);
                named.extend(words.filter(|word| word.contains('-')).map(str::to_owned));
            }
        }
    }
    assert!(named.len() > 15, "{named:?}");
    for name in named {
        assert!(source.contains(&format!("\"{name}\"")), "no problem is named {name}");
    }
}

#[tokio::test]
async fn health_lists_what_is_checked_and_names_nothing_private() {
    let running = Running::with_roll(&["+48123456789"]).await;
    running.well().await;
    let health = running.health().await.expect(StatusCode::OK);
    let json = health.json();
    let checks = json["checks"].as_array().unwrap();
    let names: Vec<_> = checks.iter().map(|check| check["name"].as_str().unwrap()).collect();
    for name in ["write", "disk", "writer"] {
        assert!(names.contains(&name), "{name}: {names:?}");
    }
    assert!(checks.iter().all(|check| check["ok"] == true && check["sentence"].is_null()), "{checks:?}");
    assert!(checks.iter().all(|check| check["since"].as_str().unwrap().starts_with("2026-05-02T")));
    let said = String::from_utf8(health.body).unwrap();
    assert!(!said.contains(running.data.to_str().unwrap()) && !said.contains("48123456789"), "{said}");
}
