//! The message before the vote, to see that codes will come.

use std::sync::Arc;
use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::sync::Mutex;
use veche_server::{Counter, DeskPassKind, Operator, Sending, SmsError, SmsGateway, SmsMessage};

use crate::people::{ANNA, BORIS, BY, run, says};
use crate::support::{Answer, Running, manifest};
use crate::terminal::refused;

/// A provider that keeps what it is given, and takes it or not.
#[derive(Clone, Default)]
struct Provider {
    sent: Arc<Mutex<Vec<(String, String, String)>>>,
    refuses: Arc<Mutex<Option<SmsError>>>,
}

impl SmsGateway for Provider {
    fn send<'a>(&'a self, message: &'a SmsMessage) -> Sending<'a> {
        Box::pin(async move {
            if let Some(error) = self.refuses.lock().await.take() {
                return Err(error);
            }
            let SmsMessage { to, code, text } = message;
            let sent = (to.as_str().to_owned(), code.to_string(), text.to_string());
            self.sent.lock().await.push(sent);
            Ok(())
        })
    }
}

async fn test(running: &Running, token: &str, phone: &str) -> Answer {
    let wanted = json!({"phone": phone, "reason": "before the opening"});
    let request = running.post("/v1/desk/test-message").bearer_auth(token).json(&wanted);
    Answer::of(request.send().await.unwrap()).await
}

#[tokio::test]
async fn the_desk_sends_a_message_without_a_code_and_hears_why_it_did_not_leave() {
    let provider = Provider::default();
    let mut town = manifest("roll");
    town["languages"] = json!(["de", "en"]);
    let german = town.to_string().replace(r#"{"en":"#, r#"{"de":"ein Name","en":"#);
    let mut town: Value = serde_json::from_str(&german).unwrap();
    town["title"]["de"] = json!("Mirograd entscheidet");
    let gateway = provider.clone();
    let mut running = Running::start(&town, &format!("{ANNA},north\n"), move |config| {
        config.sms = Some(Arc::new(gateway));
        // A failure is answered, and not waited out.
        config.limits.sms_retry = Duration::from_secs(3_600);
    })
    .await;
    let counter = Counter { data: running.data.clone(), ballot_box: None };
    let by = Operator::new("Ewa", "for the help desk").unwrap();
    let month = Duration::from_secs(30 * 86_400);
    let pass = veche_server::give_desk_pass(&counter, DeskPassKind::Help, month, &by).await.unwrap();

    // In the vote's first language, to a number that need not be on the roll.
    test(&running, &pass.token, "+48 42 987 65 43").await.expect(StatusCode::NO_CONTENT);
    let words = "Probenachricht ohne Code: Mirograd entscheidet. Sie müssen nichts tun.".to_owned();
    assert_eq!(*provider.sent.lock().await, [(BORIS.to_owned(), String::new(), words)]);
    test(&running, &running.organiser, BORIS).await.expect(StatusCode::NO_CONTENT);

    // What the provider says, and no second try.
    for (error, why) in [
        (SmsError::Refused("no credit".into()), "refused"),
        (SmsError::Number, "number"),
        (SmsError::TooSlow(Duration::from_secs(20)), "too-slow"),
    ] {
        let sentence = error.to_string();
        *provider.refuses.lock().await = Some(error);
        let failed = test(&running, &pass.token, BORIS).await.problem(502, "message-failed");
        assert_eq!((failed.text("why"), failed.text("detail")), (why.to_owned(), sentence));
    }
    assert_eq!(provider.sent.lock().await.len(), 2, "it is tried once");

    // What is mistyped is no message of the hour; nor is what nobody may ask for.
    test(&running, &pass.token, "42").await.problem(422, "phone-unreadable");
    test(&running, "somebody", BORIS).await.problem(401, "desk-pass-needed");
    let numbered = json!({"phone": BORIS, "reason": BORIS});
    let numbered = running.post("/v1/desk/test-message").bearer_auth(&*pass.token).json(&numbered);
    Answer::of(numbered.send().await.unwrap()).await.problem(422, "reason-refused");
    test(&running, &pass.token, BORIS).await.expect(StatusCode::NO_CONTENT);
    let most = test(&running, &running.organiser, BORIS).await.problem(429, "too-many-tests");
    assert_eq!(most.headers["retry-after"], "3600");
    // Codes leave as before.
    running.ask(ANNA).await.expect(StatusCode::OK);
    running.clock.advance(Duration::from_secs(3_600));
    test(&running, &pass.token, BORIS).await.expect(StatusCode::NO_CONTENT);

    let journal = running.get("/v1/desk/journal").bearer_auth(&*pass.token);
    let journal = Answer::of(journal.send().await.unwrap()).await.expect(StatusCode::OK).json();
    let lines = journal["lines"].as_array().unwrap().iter();
    let lines: Vec<_> = lines.map(|line| (line["what"].clone(), line["operator"].clone())).collect();
    let line = |what: &str, operator: &str| (json!(what), json!(operator));
    let expected = [
        line("test message sent", "Ewa"),
        line("test message sent", "organiser"),
        line("test message failed", "Ewa"),
        line("test message failed", "Ewa"),
        line("test message failed", "Ewa"),
        line("test message sent", "Ewa"),
        line("test message sent", "Ewa"),
    ];
    assert_eq!(lines[lines.len() - expected.len()..], expected);
    running.stop().await;
    let stored = String::from_utf8_lossy(&running.stored()).into_owned();
    for number in ["429876543", "42 987 65 43"] {
        assert!(!stored.contains(number), "the number is kept nowhere");
    }
}

#[tokio::test]
async fn a_test_message_has_a_gateway_or_a_sentence() {
    // Any key of the curve is a portal's.
    let key = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    let by_portal = Running::start(&manifest("open"), "", |config| {
        config.sms = None;
        config.pass_keys = vec![veche_server::PassKey::from_hex(key).unwrap()];
    })
    .await;
    test(&by_portal, &by_portal.organiser, BORIS).await.problem(404, "sign-in-otherwise");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_hands_one_message_to_the_program() {
    use std::os::unix::fs::PermissionsExt as _;
    let running = Running::with_roll(&[ANNA]).await;
    let folder = tempfile::tempdir().unwrap();
    let (script, out) = (folder.path().join("send"), folder.path().join("out"));
    let write = |body: &str| {
        std::fs::write(&script, format!("#!/bin/sh\n{body}\n")).unwrap();
        std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o700)).unwrap();
    };
    write(&format!("cat > {}", out.display()));
    let sms = format!("command:{}", script.display());
    let command = [&["test-message", "--sms", &sms][..], &BY].concat();
    let said = says(&run(&command, &running.data, BORIS));
    assert!(said.contains("The gateway has taken the test message."), "{said}");
    let line: Value = serde_json::from_slice(&std::fs::read(&out).unwrap()).unwrap();
    let text = "Test message, without a code: A made-up vote. You need do nothing.";
    assert_eq!(line, json!({"to": BORIS, "text": text}));
    write("exit 65");
    let failed = refused(&run(&command, &running.data, BORIS));
    assert!(failed.contains("not sent: the SMS gateway takes no messages to this number"), "{failed}");
    assert!(refused(&run(&command, &running.data, "42")).contains("nothing was done"));
    let journal = says(&run(&["journal"], &running.data, ""));
    let (sent, not) = ("test message sent  by Ewa: asked", "test message failed  by Ewa: asked");
    assert!(journal.contains(sent) && journal.contains(not), "{journal}");
}
