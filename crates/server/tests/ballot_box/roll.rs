//! The roll: what is refused, in words that name the row and never the number.

use reqwest::StatusCode;
use veche_server::Server;

use crate::support::{Running, manifest};

const ANNA: &str = "+48421234567";
const BORIS: &str = "+48429876543";

async fn refusal(roll: &str) -> String {
    let mut running = Running::with_roll(&[ANNA]).await;
    running.stop().await;
    let path = running.data.join("roll.csv");
    std::fs::write(&path, roll).unwrap();
    let mut config = veche_server::Config::new(&running.data);
    config.listen = "127.0.0.1:0".parse().unwrap();
    config.sms = Some(std::sync::Arc::new(veche_server::Terminal));
    config.roll = Some(path);
    let refused = Server::start(config).await.unwrap_err().to_string();
    assert!(!refused.contains("4842"), "{refused}");
    // The roll before it is still in force.
    running.start_again().await;
    running.ask(ANNA).await.expect(StatusCode::OK);
    running.sms.code(ANNA, 1).await;
    refused
}

#[tokio::test]
async fn a_wrong_roll_is_refused_by_row_and_changes_nothing() {
    for (roll, expected) in [
        (
            format!("phone,style\n{BORIS},north\n{ANNA},west\n"),
            "row 3, column B (style): the manifest has no such district",
        ),
        (
            format!("phone,style\n{BORIS},north\n8 42 123,north\n"),
            "row 3, column A (phone): Write the number with +",
        ),
        (
            format!("phone,style\n{BORIS},north\n{ANNA},north\n+48 42 987 65 43,south\n"),
            "row 4, column A (phone): the same phone number as in row 2",
        ),
        (
            format!("phone,style\n+44 (0)7700 900123,north\n{BORIS},north\n+447700900123,north\n"),
            "row 4, column A (phone): the same phone number as in row 2",
        ),
        (format!("phone,name\n{BORIS},north\n"), "needs a row of headings"),
        (format!("{BORIS},north\n"), "needs a row of headings"),
        (format!("phone,style\n{BORIS},north,{ANNA}\n"), "row 2, column C: something stands beyond"),
        (format!("phone,style\n{BORIS}\n"), "row 2, column B (style): there is no district"),
    ] {
        let refused = refusal(&roll).await;
        assert!(refused.contains(expected), "{refused}");
    }
}

/// ATTACKS.md row 26, on the roll's side.
#[tokio::test]
async fn attack_26_a_roll_longer_than_the_announced_electorate_is_refused() {
    let mut small = manifest("roll");
    small["styles"][0]["electorate"] = 2.into();
    let roll = format!("{ANNA},north\n{BORIS},north\n");
    let mut running = Running::start(&small, &roll, |_| {}).await;
    running.stop().await;
    let path = running.data.join("roll.csv");
    std::fs::write(&path, format!("phone,style\n{roll}+48420000001,north\n")).unwrap();
    let mut config = veche_server::Config::new(&running.data);
    config.listen = "127.0.0.1:0".parse().unwrap();
    config.sms = Some(std::sync::Arc::new(veche_server::Terminal));
    config.roll = Some(path);
    let refused = Server::start(config).await.unwrap_err().to_string();
    assert!(
        refused.contains("3 voters of the district \"north\"; the manifest announces at most 2"),
        "{refused}"
    );
}

#[tokio::test]
async fn a_roll_of_a_spreadsheet_is_read() {
    let running = Running::start(&manifest("roll"), "", |config| {
        let path = config.data.join("roll.csv");
        std::fs::write(&path, "\u{feff}phone,style\r\n\"+48 42 123 45 67\", south\r\n").unwrap();
        config.roll = Some(path);
    })
    .await;
    let (session, code) = running.session(ANNA).await;
    assert_eq!(running.give(&session, &code).await.text("style"), "south");
}

#[tokio::test]
async fn without_a_roll_the_box_runs_and_nobody_is_sent_a_code() {
    let running = Running::start(&manifest("roll"), "", |_| {}).await;
    running.ask(ANNA).await.expect(StatusCode::OK);
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    assert_eq!(running.sms.total(), 0);
}

/// In a roll, at the page and at the desk.
#[tokio::test]
async fn attack_63_one_phone_written_in_two_ways_is_one_voter() {
    let mut british = manifest("roll");
    british["country"] = "GB".into();
    let running = Running::start(&british, "07700 900123,north\n", |_| {}).await;
    let mut pseudonyms = std::collections::BTreeSet::new();
    let ways = ["+44 (0)7700 900123", "+44 7700 900123", "07700/900123", "0044 7700 900 123"];
    for (way, sent) in ways.into_iter().zip(1..) {
        let asked = running.ask(way).await.expect(StatusCode::OK);
        assert_eq!(asked.text("phone"), "+447700900123", "what was understood is said");
        let code = running.sms.code("+447700900123", sent).await;
        let signed = running.give(&asked.text("session"), &code).await.expect(StatusCode::OK);
        pseudonyms.insert(signed.text("pseudonym"));
        running.clock.advance(std::time::Duration::from_secs(60));
        assert_eq!(pseudonyms.len(), 1, "{way}");
    }
    let refused = running.ask("07700 90012").await.problem(422, "phone-unreadable");
    assert!(
        refused.text("detail").contains("as you would dial it, like 07400123456"),
        "{}",
        refused.text("detail")
    );
}
