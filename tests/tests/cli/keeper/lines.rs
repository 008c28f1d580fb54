//! What a keeper answers to lines that are wrong, and over a socket.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use veche_crypto::signature::SecretKey;
use veche_tests::keeper::SOON;

use super::{Keeper, open};
use crate::support::veche;

#[test]
fn bad_lines_are_answered_and_harm_nobody() {
    let scratch = tempfile::tempdir().unwrap();
    let town = open(scratch.path());
    let mut keeper = Keeper::start(&town.data());
    let mut refused = |line: &str| {
        keeper.send(line);
        let answer = keeper.next().unwrap();
        (
            answer["id"].clone(),
            answer["error"]["code"].as_str().unwrap().to_owned(),
            answer["error"]["message"].to_string(),
        )
    };
    assert_eq!(refused("nonsense").1, "malformed");
    assert_eq!(refused("\n\n{\"do\":\"status\"}").1, "malformed");
    let (id, code, message) = refused("{\"id\":7,\"do\":\"tally\"}");
    assert_eq!((id, code.as_str()), (json!(7), "unknown-command"));
    assert!(message.contains("There are: status, election"), "{message}");
    let long = format!("{{\"id\":8,\"do\":\"post\",\"message\":\"{}\"}}", "A".repeat(23_000_000));
    let (id, code, message) = refused(&long);
    assert_eq!((id, code.as_str()), (Value::Null, "too-long"));
    assert!(message.contains("22373720 bytes"), "{message}");
    assert_eq!(refused("{\"id\":9,\"do\":\"cast\",\"ballot\":\"\"}").1, "ballot-invalid");
    keeper.ok("status", json!({}));
    keeper.end();
}

#[test]
#[cfg(unix)]
fn a_socket_serves_several_and_is_its_owners() {
    use std::os::unix::fs::PermissionsExt as _;
    use std::os::unix::net::UnixStream;

    let scratch = tempfile::tempdir().unwrap();
    let town = open(scratch.path());
    let path = scratch.path().join("keeper.sock");
    let start = || {
        let mut command = veche();
        command.args(["keeper", "--data"]).arg(town.data()).arg("--socket").arg(&path);
        let process = command.stdin(Stdio::null()).spawn().unwrap();
        let begun = Instant::now();
        while UnixStream::connect(&path).is_err() {
            assert!(begun.elapsed() < SOON, "nobody listens");
            std::thread::sleep(Duration::from_millis(20));
        }
        process
    };
    let mut first = start();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    first.kill().unwrap();
    first.wait().unwrap();
    // What a killed one has left is replaced.
    let mut process = start();
    let mut connections = [UnixStream::connect(&path).unwrap(), UnixStream::connect(&path).unwrap()];
    for connection in &mut connections {
        writeln!(connection, "{}", json!({ "id": 1, "do": "status" })).unwrap();
    }
    for connection in connections {
        let mut line = String::new();
        BufReader::new(connection).read_line(&mut line).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&line).unwrap()["ok"]["phase"], "open");
    }
    assert!(Command::new("kill").arg(process.id().to_string()).status().unwrap().success());
    assert!(process.wait().unwrap().success());
    assert!(!path.exists());
}

#[test]
fn the_lines_of_the_document_are_requests() {
    let text = include_str!("../../../../docs/keeper.md");
    let secret = SecretKey::from_bytes(&[2; 32]).unwrap();
    let key = hex::encode(secret.public().to_bytes());
    let signature = hex::encode(secret.sign("example", b"").unwrap().to_bytes());
    let lines = text.lines().filter(|line| line.starts_with("{\"id\":") && line.contains("\"do\":"));
    let mut read = Vec::new();
    for line in lines {
        // What stands for something long: a message, a ballot, a key, a signature.
        let line = line.replace("AQAB…", "AQAB").replace("BALLOT", "AQAB").replace("KEY", &key);
        let line = line.replace("SIGNATURE", &signature);
        let asked = veche_cli::keeper::line::parse(line.as_bytes());
        match asked {
            Ok(request) => read.push(format!("{:?}", request.command)),
            Err((_, refusal)) => {
                assert_eq!((refusal.code, line.contains("\"vote\"")), ("unknown-command", true), "{line}")
            }
        }
    }
    assert!(read.len() >= 8, "{read:?}");
    for command in veche_cli::keeper::line::COMMANDS {
        assert!(text.contains(&format!("\n| `{command}` ")), "the table has no {command}");
    }
    let limit = veche_cli::keeper::line::MAX_LINE.to_string();
    assert!(text.replace(',', "").contains(&format!("at most {limit} bytes")));
}
