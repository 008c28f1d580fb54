//! ATTACKS.md row 60: standard error goes to a pipe whose reader is gone or does not read, or to a full disk. The
//! program itself is started, as a service manager does.

use std::fs::OpenOptions;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use reqwest::StatusCode;
use serde_json::{Value, json};
use veche_record::manifest::Timestamp;
use veche_server::Clock;
use veche_xtask::ballot_box::free_port;
use veche_xtask::workspace::programs;

use crate::support::{Answer, manifest};
use crate::vote::{Vote, Voter};

/// More than a pipe holds, with some hundred bytes for each.
const LINES: usize = 1_500;

struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A vote that is open by this machine's clock.
async fn open_now() -> Vote {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let at = |unix: u64| serde_json::to_value(Timestamp::from_unix(unix).unwrap()).unwrap();
    let mut manifest = manifest("open");
    manifest["opens"] = at(now - 3_600);
    manifest["closes"] = at(now + 86_400);
    Vote::open_with(&manifest, |config| config.clock = Clock::system()).await
}

/// Waits until a server answers.
async fn answers(vote: &Vote) {
    for _ in 0..500 {
        if vote.running.get("/v1/election").send().await.is_ok() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("it does not answer");
}

/// The code of the last message that a program has written into a file, once there are so many.
async fn code(messages: &Path, count: usize) -> String {
    for _ in 0..500 {
        let text = std::fs::read_to_string(messages).unwrap_or_default();
        if let Some(line) = text.lines().nth(count - 1) {
            let message: Value = serde_json::from_str(line).unwrap();
            let words = message["text"].as_str().unwrap().split(|c: char| !c.is_ascii_digit());
            return words.filter(|word| word.len() >= 6).map(str::to_owned).next().unwrap();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{count} messages were expected");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_of_a_vote_tells_every_request_and_names_nobody() {
    let mut vote = open_now().await;
    vote.running.stop().await;
    let (gateway, messages) = (vote.running.data.join("send"), vote.running.data.join("messages"));
    std::fs::write(&gateway, format!("#!/bin/sh\ncat >> {}\n", messages.display())).unwrap();
    std::fs::set_permissions(&gateway, std::fs::Permissions::from_mode(0o700)).unwrap();
    let (log, port) = (vote.running.data.join("log"), free_port().unwrap());
    let mut command = Command::new(programs().unwrap().server);
    command.args([
        "serve",
        "--behind-proxy",
        "--log",
        "json",
        "--sms",
        &format!("command:{}", gateway.display()),
    ]);
    command.args(["--listen", &format!("127.0.0.1:{port}"), "--data"]).arg(&vote.running.data);
    // More than anybody lets it say.
    command.env("RUST_LOG", "debug").stdout(Stdio::null()).stderr(std::fs::File::create(&log).unwrap());
    let process = Ended(command.spawn().unwrap());
    let mut headers = reqwest::header::HeaderMap::new();
    headers.insert("x-forwarded-for", "203.0.113.77".parse().unwrap());
    headers.insert("x-request-id", "what-a-client-says".parse().unwrap());
    vote.running.http = reqwest::Client::builder().no_proxy().default_headers(headers).build().unwrap();
    vote.running.url = format!("http://127.0.0.1:{port}");
    answers(&vote).await;

    let phone = "+48421234567";
    let session = vote.running.ask(phone).await.expect(StatusCode::OK).text("session");
    let given = code(&messages, 1).await;
    let wrong = vote.running.give(&session, &crate::support::other_than(&given)).await;
    let refused = wrong.problem(403, "wrong-code");
    let id = refused.headers["x-request-id"].to_str().unwrap().to_owned();
    assert!(id.len() == 16 && id.chars().all(|c| c.is_ascii_hexdigit()), "{id}");
    assert_eq!(refused.json()["instance"], format!("urn:veche:request:{id}"));
    let signed = vote.running.give(&session, &given).await.expect(StatusCode::OK);
    let mut anna = Voter::signed_in(1, "north", &signed);
    anna.register(&vote).await.expect(StatusCode::CREATED);
    let (bytes, receipt) = anna.vote(&vote, 0).await;
    assert_ne!(receipt.headers["x-request-id"], id.as_str());
    let look_up = hex::encode(veche_record::Ballot::parse(&vote.election, &bytes).unwrap().hash().as_bytes());
    let path = format!("/v1/ballots?code={}", &look_up[..20]);
    vote.get(&path).await;
    let taken = json!({"phone": "+48421234568"});
    Answer::of(vote.running.post("/v1/sign-in").json(&taken).send().await.unwrap()).await;
    // Its last lines are written when it ends.
    drop(process);
    tokio::time::sleep(Duration::from_millis(200)).await;

    let text = std::fs::read_to_string(&log).unwrap();
    let lines: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"))).collect();
    let refusal =
        lines.iter().find(|line| line["span"]["id"] == id.as_str() && line["message"] == "answered");
    let refusal = refusal.unwrap_or_else(|| panic!("{text}"));
    assert_eq!(
        (&refusal["status"], &refusal["problem"], &refusal["span"]["route"], &refusal["span"]["method"]),
        (&json!(403), &json!("wrong-code"), &json!("/v1/sign-in/code"), &json!("POST")),
        "{refusal}"
    );
    assert!(refusal["milliseconds"].is_u64(), "{refusal}");
    let answered = lines.iter().filter(|line| line["message"] == "answered").count();
    assert!(answered >= 8, "{text}");
    let pseudonym = hex::encode(anna.pseudonym.0);
    let secrets = [
        phone.trim_start_matches('+'),
        "421234567",
        "421234568",
        &given,
        &session,
        &anna.token,
        &pseudonym,
        &anna.key(),
        &look_up[..20],
        &vote.running.organiser,
        "203.0.113.77",
        "what-a-client-says",
        "\u{1b}",
        "\\u001b",
    ];
    for secret in secrets {
        assert!(!text.contains(secret), "{secret:?} is in the log:\n{text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_60_a_log_that_nobody_reads_stops_nobody_from_voting() {
    let mut vote = open_now().await;
    let mut anna = vote.voter(1, "north").await;
    vote.running.stop().await;
    let server = programs().unwrap().server;

    for broken in ["reader gone", "reader sleeps", "disk full"] {
        let port = free_port().unwrap();
        let mut command = Command::new(&server);
        command.args(["serve", "--sms", "terminal", "--listen", &format!("127.0.0.1:{port}"), "--data"]);
        command.arg(&vote.running.data).env("RUST_LOG", "info").stdout(Stdio::null());
        match broken {
            "disk full" => {
                command.stderr(OpenOptions::new().write(true).open("/dev/full").unwrap());
            }
            _ => {
                command.stderr(Stdio::piped());
            }
        }
        let mut process = Ended(command.spawn().unwrap());
        let unread = process.0.stderr.take().filter(|_| broken == "reader sleeps");
        vote.running.url = format!("http://127.0.0.1:{port}");
        let alive = async || vote.running.get("/v1/election").timeout(Duration::from_secs(5)).send().await;
        for _ in 0..500 {
            if alive().await.is_ok() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        for n in 0..LINES {
            let answer = alive().await.unwrap_or_else(|error| panic!("{broken}, request {n}: {error}"));
            assert_eq!(answer.status(), StatusCode::OK, "{broken}, request {n}");
        }
        anna.vote(&vote, 0).await;
        if broken != "reader sleeps" {
            // That nobody reads any more is noticed at once; that nobody reads now, when the queue is full.
            tokio::time::sleep(Duration::from_millis(1_500)).await;
            assert_eq!(vote.running.is_well("log").await, Some(false), "{broken}");
        }
        assert!(process.0.try_wait().unwrap().is_none(), "{broken}: it runs");

        // As a service manager stops it.
        let id = process.0.id().to_string();
        assert!(Command::new("kill").arg(id).status().unwrap().success());
        let mut ended = None;
        for _ in 0..400 {
            ended = process.0.try_wait().unwrap();
            if ended.is_some() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert!(ended.expect("it ends although nobody reads its last words").success(), "{broken}");
        drop(unread);
    }
}
