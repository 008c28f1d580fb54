//! ATTACKS.md row 34: lengths that lie, bodies over the limit, slow bodies.

use std::time::{Duration, Instant};

use reqwest::StatusCode;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{Answer, Running, manifest};

/// A connection on which a test says exactly what it wants.
async fn connect(running: &Running) -> TcpStream {
    TcpStream::connect(running.url.strip_prefix("http://").unwrap()).await.unwrap()
}

fn head(path: &str, lines: &str) -> String {
    format!("POST {path} HTTP/1.1\r\nhost: box\r\ncontent-type: application/octet-stream\r\n{lines}\r\n")
}

/// Everything the server says until it closes the connection.
async fn answer(mut stream: TcpStream) -> String {
    let mut bytes = Vec::new();
    let _ = tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut bytes)).await.unwrap();
    String::from_utf8(bytes).unwrap()
}

async fn quick() -> Running {
    Running::start(&manifest("open"), "", |config| {
        config.limits.body_deadline = Duration::from_millis(600);
        config.limits.head_deadline = Duration::from_millis(600);
    })
    .await
}

#[tokio::test]
async fn attack_34_an_announced_length_over_the_limit_is_refused_unread() {
    let running = quick().await;
    for length in ["4294967295", "9223372036854775807", "100000"] {
        let mut stream = connect(&running).await;
        stream
            .write_all(head("/v1/ballots", &format!("content-length: {length}\r\n")).as_bytes())
            .await
            .unwrap();
        // Not one byte of the body is sent, and the answer is there.
        let said = answer(stream).await;
        assert!(said.starts_with("HTTP/1.1 413"), "{length}: {said}");
        assert!(said.contains("urn:veche:too-large"), "{said}");
    }
}

#[tokio::test]
async fn attack_34_a_body_without_a_length_is_cut_at_the_limit() {
    let running = quick().await;
    let endless = futures_util::stream::repeat_with(|| Ok::<_, std::io::Error>(vec![0u8; 1024]));
    let sent = running.octets("/v1/ballots", reqwest::Body::wrap_stream(endless)).send().await;
    // The server answers and closes while the client still sends; either is what the client sees.
    if let Ok(response) = sent {
        Answer::of(response).await.problem(413, "too-large");
    }
    let mut stream = connect(&running).await;
    stream.write_all(head("/v1/ballots", "transfer-encoding: chunked\r\n").as_bytes()).await.unwrap();
    for _ in 0..3 {
        stream.write_all(b"400\r\n").await.unwrap();
        stream.write_all(&[0; 0x400]).await.unwrap();
        stream.write_all(b"\r\n").await.unwrap();
    }
    let said = answer(stream).await;
    assert!(said.starts_with("HTTP/1.1 413"), "{said}");
}

#[tokio::test]
async fn attack_34_a_body_that_drips_is_given_up() {
    let running = quick().await;
    let mut stream = connect(&running).await;
    stream.write_all(head("/v1/ballots", "content-length: 200\r\n").as_bytes()).await.unwrap();
    let began = Instant::now();
    let (mut reading, mut writing) = stream.into_split();
    // A byte every 50 ms: a limit between packets would wait for ever.
    let drip = tokio::spawn(async move {
        while writing.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(50)).await
        }
    });
    let mut said = vec![0; 12];
    tokio::time::timeout(Duration::from_secs(5), reading.read_exact(&mut said)).await.unwrap().unwrap();
    assert_eq!(said, b"HTTP/1.1 408");
    assert!(began.elapsed() >= Duration::from_millis(500), "{:?}", began.elapsed());
    drip.abort();
}

#[tokio::test]
async fn attack_34_a_head_that_drips_is_given_up() {
    let running = quick().await;
    let mut stream = connect(&running).await;
    stream.write_all(b"POST /v1/ballots HTTP/1.1\r\nhost: b").await.unwrap();
    let (mut reading, mut writing) = stream.into_split();
    let drip = tokio::spawn(async move {
        while writing.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(50)).await
        }
    });
    let mut said = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(5), reading.read_to_end(&mut said)).await;
    assert!(read.is_ok(), "the server still waits");
    drip.abort();
}

#[tokio::test]
async fn attack_34_idle_connections_do_not_keep_voters_out() {
    let running = Running::start(&manifest("open"), "", |config| {
        config.limits.connections = 4;
        config.limits.head_deadline = Duration::from_millis(500);
    })
    .await;
    let mut idle = Vec::new();
    for _ in 0..8 {
        idle.push(connect(&running).await);
    }
    let answer = running.get("/v1/election").timeout(Duration::from_secs(8)).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
}

#[tokio::test]
async fn attack_34_other_routes_have_limits_too() {
    let running = quick().await;
    let long = format!("{{\"phone\":\"{}\"}}", "1".repeat(5_000));
    let request = running.post("/v1/sign-in").header("content-type", "application/json").body(long);
    Answer::of(request.send().await.unwrap()).await.problem(413, "too-large");

    // Who has no token is refused before a byte of 16 MiB is read.
    let mut stream = connect(&running).await;
    stream.write_all(head("/v1/entries", "content-length: 16777216\r\n").as_bytes()).await.unwrap();
    let said = answer(stream).await;
    assert!(said.starts_with("HTTP/1.1 401"), "{said}");
    assert!(said.contains("urn:veche:trustee-only"), "{said}");

    let request = running.as_organiser(running.octets("/v1/entries", vec![1; (16 << 20) + 1]));
    if let Ok(response) = request.send().await {
        Answer::of(response).await.problem(413, "too-large");
    }
}

#[tokio::test]
async fn attack_34_a_body_that_ends_early_records_nothing() {
    let running = quick().await;
    let mut stream = connect(&running).await;
    stream.write_all(head("/v1/ballots", "content-length: 200\r\n").as_bytes()).await.unwrap();
    stream.write_all(&[1; 100]).await.unwrap();
    stream.shutdown().await.unwrap();
    let said = answer(stream).await;
    assert!(said.is_empty() || said.starts_with("HTTP/1.1 400"), "{said}");
    let election = Answer::of(running.get("/v1/election").send().await.unwrap()).await;
    assert_eq!(election.text("checkpoint").lines().nth(1), Some("1"), "the board has its first entry only");
}

#[tokio::test]
async fn a_body_of_another_type_is_refused() {
    let running = quick().await;
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""] {
        // What a page of another site can send without asking first.
        let request =
            running.post("/v1/sign-in").header("content-type", kind).body("{\"phone\":\"+48421234567\"}");
        Answer::of(request.send().await.unwrap()).await.problem(415, "unsupported-media-type");
        let request = running.post("/v1/ballots").header("content-type", kind).body("x");
        Answer::of(request.send().await.unwrap()).await.problem(415, "unsupported-media-type");
    }
    let request =
        running.post("/v1/sign-in").header("content-type", "application/json; charset=utf-8").body("{");
    Answer::of(request.send().await.unwrap()).await.problem(400, "malformed");
}

#[tokio::test]
async fn attack_33_json_of_another_form_is_refused() {
    let running = quick().await;
    for body in [
        r#"{"phone":"+48421234567","phone":"+48421234567"}"#,
        r#"{"phone":"+48421234567","more":1}"#,
        r#"{"phone":"+48421234567"} {}"#,
        r#"{"phone":48421234567}"#,
        r#"["+48421234567"]"#,
        "{}",
        "",
    ] {
        let request = running.post("/v1/sign-in").header("content-type", "application/json").body(body);
        let refused = Answer::of(request.send().await.unwrap()).await.problem(400, "malformed");
        assert!(!String::from_utf8_lossy(&refused.body).contains("4842"), "a problem quotes no body");
    }
}

#[tokio::test]
async fn attack_64_a_head_of_more_than_32_kib_is_refused() {
    let running = quick().await;
    for (length, status) in [(30_000, "200"), (34_000, "431"), (500_000, "431")] {
        let mut stream = connect(&running).await;
        let head = format!(
            "GET /v1/election HTTP/1.1\r\nhost: box\r\nx-long: {}\r\nconnection: close\r\n\r\n",
            "a".repeat(length)
        );
        // The server may answer and close before all of it is sent.
        let _ = stream.write_all(head.as_bytes()).await;
        let mut said = [0; 12];
        stream.read_exact(&mut said).await.unwrap();
        assert_eq!(said, format!("HTTP/1.1 {status}").as_bytes(), "{length}");
    }
}

#[tokio::test]
async fn attack_64_an_answer_that_is_not_read_is_given_up() {
    let running = Running::start(&manifest("open"), "", |config| {
        let site = config.data.join("../site");
        std::fs::create_dir_all(&site).unwrap();
        std::fs::write(site.join("index.html"), vec![b'.'; 32 << 20]).unwrap();
        config.site = Some(site);
        config.limits.write_deadline = Duration::from_millis(500);
    })
    .await;
    let ask = b"GET /index.html HTTP/1.1\r\nhost: box\r\n\r\n";
    let mut unread = connect(&running).await;
    unread.write_all(ask).await.unwrap();
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    // What the two operating systems hold is still there, and then nothing.
    let mut length = 0;
    let mut piece = vec![0; 1 << 20];
    while let Ok(more @ 1..) = unread.read(&mut piece).await {
        length += more;
    }
    assert!(length < 32 << 20, "all {length} bytes were sent");
    // Whoever reads slowly, and does read, gets everything.
    let mut slow = connect(&running).await;
    slow.write_all(ask).await.unwrap();
    let mut length = 0;
    while length < 32 << 20 {
        match slow.read(&mut piece).await.unwrap() {
            0 => break,
            more => length += more,
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(length >= 32 << 20, "{length}");
}
