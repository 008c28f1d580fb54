//! ATTACKS.md row 30: code guessing and pumping.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{Answer, Running, manifest, other_than};

const ANNA: &str = "+48421234567";
const BORIS: &str = "+48429876543";
const STRANGER: &str = "+48420000001";
const DAY: u64 = 86_400;

#[tokio::test]
async fn a_voter_signs_in_with_the_code_and_stays_the_same_voter() {
    let running = Running::with_roll(&[ANNA, BORIS]).await;
    let asked = running.ask("+48 42 123-45-67").await.expect(StatusCode::OK);
    assert_eq!(asked.json()["expires_in"], 600);
    assert_eq!(asked.json()["resend_in"], 30);
    let code = running.sms.code(ANNA, 1).await;
    assert!(code.len() == 6 && code.bytes().all(|digit| digit.is_ascii_digit()), "{code}");
    let signed = running.give(&asked.text("session"), &code).await.expect(StatusCode::OK).json();
    assert_eq!(signed["style"], "north");
    assert_eq!(signed["credential"], Value::Null);
    assert_eq!(signed["pseudonym"].as_str().unwrap().len(), 32);

    running.clock.advance(Duration::from_secs(60));
    let (token, pseudonym) = running.sign_in(ANNA).await;
    assert_eq!(signed["pseudonym"], pseudonym, "the pseudonym stays");
    assert_ne!(signed["token"], token);
    let (_, other) = running.sign_in(BORIS).await;
    assert_ne!(other, pseudonym);
}

#[tokio::test]
async fn attack_30_the_sixth_guess_is_refused_even_when_it_is_right() {
    let running = Running::with_roll(&[ANNA]).await;
    let (session, code) = running.session(ANNA).await;
    for left in (0..5).rev() {
        let refused = running.give(&session, &other_than(&code)).await.problem(403, "wrong-code");
        assert_eq!(refused.json()["attempts_left"], left);
    }
    running.give(&session, &code).await.problem(429, "too-many-attempts");
    // Another code helps: the voter is not locked out.
    running.clock.advance(Duration::from_secs(31));
    running.sign_in(ANNA).await;
}

#[tokio::test]
async fn attack_30_the_fifth_guess_is_still_accepted() {
    let running = Running::with_roll(&[ANNA]).await;
    let (session, code) = running.session(ANNA).await;
    for _ in 0..4 {
        running.give(&session, &other_than(&code)).await.problem(403, "wrong-code");
    }
    running.give(&session, &code).await.expect(StatusCode::OK);
}

#[tokio::test]
async fn attack_30_guesses_at_the_same_time_share_one_count() {
    let running = Running::with_roll(&[ANNA]).await;
    let (session, code) = running.session(ANNA).await;
    let wrong = other_than(&code);
    let guesses = (0..20).map(|_| running.give(&session, &wrong));
    let answers = futures_util::future::join_all(guesses).await;
    let count = |status: u16| answers.iter().filter(|answer| answer.status.as_u16() == status).count();
    assert_eq!((count(403), count(429)), (5, 15));
}

#[tokio::test]
async fn attack_30_the_21st_try_of_a_day_is_refused_even_when_it_is_right() {
    let running = Running::with_roll(&[ANNA]).await;
    for _ in 0..4 {
        let (session, code) = running.session(ANNA).await;
        for _ in 0..5 {
            running.give(&session, &other_than(&code)).await.problem(403, "wrong-code");
        }
        running.clock.advance(Duration::from_secs(31));
    }
    let (session, code) = running.session(ANNA).await;
    let refused = running.give(&session, &code).await.problem(429, "too-many-attempts");
    let wait = refused.json()["retry_after"].as_u64().unwrap();
    assert_eq!(refused.headers["retry-after"], wait.to_string());
    assert!((DAY - 200..=DAY).contains(&wait), "{wait}");
    running.clock.advance(Duration::from_secs(wait));
    running.sign_in(ANNA).await;
}

#[tokio::test]
async fn attack_30_the_20th_try_of_a_day_is_still_accepted() {
    let running = Running::with_roll(&[ANNA]).await;
    for guesses in [5, 5, 5, 4] {
        let (session, code) = running.session(ANNA).await;
        for _ in 0..guesses {
            running.give(&session, &other_than(&code)).await.problem(403, "wrong-code");
        }
        running.clock.advance(Duration::from_secs(31));
    }
    running.sign_in(ANNA).await;
}

#[tokio::test]
async fn attack_30_the_count_of_tries_survives_a_restart() {
    let mut running = Running::with_roll(&[ANNA]).await;
    let (session, code) = running.session(ANNA).await;
    for _ in 0..5 {
        running.give(&session, &other_than(&code)).await.problem(403, "wrong-code");
    }
    running.restart(|_| {}).await;
    running.give(&session, &code).await.problem(429, "too-many-attempts");
}

#[tokio::test]
async fn attack_30_a_code_works_in_its_own_session_only() {
    let running = Running::with_roll(&[ANNA, BORIS]).await;
    let (annas, annas_code) = running.session(ANNA).await;
    let (boris, boris_code) = running.session(BORIS).await;
    if annas_code != boris_code {
        running.give(&boris, &annas_code).await.problem(403, "wrong-code");
    }
    running.clock.advance(Duration::from_secs(31));
    let (again, again_code) = running.session(ANNA).await;
    if again_code != annas_code {
        running.give(&again, &annas_code).await.problem(403, "wrong-code");
    }
    running.give("no-such-session", &annas_code).await.problem(410, "code-expired");
    // Each still works where it belongs.
    running.give(&annas, &annas_code).await.expect(StatusCode::OK);
    running.give(&again, &again_code).await.expect(StatusCode::OK);
    running.give(&boris, &boris_code).await.expect(StatusCode::OK);
}

#[tokio::test]
async fn a_code_works_once_and_for_ten_minutes() {
    let running = Running::with_roll(&[ANNA, BORIS]).await;
    let (session, code) = running.session(ANNA).await;
    running.give(&session, &code).await.expect(StatusCode::OK);
    running.give(&session, &code).await.problem(410, "code-expired");

    let (session, code) = running.session(BORIS).await;
    running.clock.advance(Duration::from_secs(599));
    running.give(&session, &other_than(&code)).await.problem(403, "wrong-code");
    running.clock.advance(Duration::from_secs(1));
    running.give(&session, &code).await.problem(410, "code-expired");
}

#[tokio::test]
async fn attack_30_resends_are_thirty_seconds_apart_and_five_a_day() {
    let running = Running::with_roll(&[ANNA]).await;
    running.ask(ANNA).await.expect(StatusCode::OK);
    running.clock.advance(Duration::from_secs(29));
    let refused = running.ask(ANNA).await.problem(429, "resend-too-soon");
    assert_eq!(refused.json()["retry_after"], 1);
    for _ in 0..4 {
        running.clock.advance(Duration::from_secs(30));
        running.ask(ANNA).await.expect(StatusCode::OK);
    }
    running.clock.advance(Duration::from_secs(30));
    running.ask(ANNA).await.problem(429, "too-many-codes");
    assert_eq!(running.sms.code(ANNA, 5).await.len(), 6);
    running.clock.advance(Duration::from_secs(DAY));
    running.ask(ANNA).await.expect(StatusCode::OK);
    running.sms.code(ANNA, 6).await;
    assert_eq!(running.sms.count(ANNA), 6, "refused requests send nothing");
}

#[tokio::test]
async fn attack_30_one_address_cannot_ask_for_many_phones() {
    let running = Running::start(&manifest("open"), "", |config| {
        config.behind_proxy = true;
        config.limits.sign_ins_an_address_an_hour = 3;
        config.limits.guesses_an_address_an_hour = 2;
    })
    .await;
    let ask = |phone: String, from: &'static str| {
        let request =
            running.post("/v1/sign-in").header("x-forwarded-for", from).json(&json!({"phone": phone}));
        async { Answer::of(request.send().await.unwrap()).await }
    };
    for n in 0..3 {
        ask(format!("+4842000000{n}"), "192.0.2.1, 198.51.100.7").await.expect(StatusCode::OK);
    }
    let refused = ask("+48420000009".into(), "203.0.113.1, 198.51.100.7").await;
    let refused = refused.problem(429, "too-many-requests");
    assert_eq!(
        refused.json()["retry_after"],
        3600,
        "the first address of the header is the client's own claim"
    );
    ask("+48420000009".into(), "198.51.100.8").await.expect(StatusCode::OK);
    running.clock.advance(Duration::from_secs(3_600));
    ask("+48420000008".into(), "198.51.100.7").await.expect(StatusCode::OK);

    let guess = || {
        let body = json!({"session": "none", "code": "000000"});
        let request = running.post("/v1/sign-in/code").header("x-forwarded-for", "198.51.100.9").json(&body);
        async { Answer::of(request.send().await.unwrap()).await }
    };
    guess().await.problem(410, "code-expired");
    guess().await.problem(410, "code-expired");
    guess().await.problem(429, "too-many-requests");
}

#[tokio::test]
async fn attack_30_open_registration_sends_a_limited_number_of_codes_an_hour() {
    let running = Running::start(&manifest("open"), "", |config| config.limits.open_codes_an_hour = 3).await;
    for n in 0..6 {
        running.ask(&format!("+4842000000{n}")).await.expect(StatusCode::OK);
    }
    running.sms.code("+48420000002", 0).await;
    until(|| running.sms.total() == 3).await;
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    assert_eq!(running.sms.total(), 3, "the answers are the same, the messages are not sent");
}

/// The roll-membership oracle, by what is answered. What is *done* is compared in `same_work.rs`.
#[tokio::test]
async fn attack_30_a_known_and_an_unknown_number_get_the_same_answers() {
    let running = Running::with_roll(&[ANNA]).await;
    let mut answers: Vec<Vec<String>> = Vec::new();
    for phone in [ANNA, STRANGER] {
        let mut seen = Vec::new();
        let begun = running.ask(phone).await;
        let session = begun.text("session");
        seen.push(shape(&begun));
        seen.push(shape(&running.ask(phone).await));
        for _ in 0..6 {
            seen.push(shape(&running.give(&session, "000000").await));
        }
        for _ in 0..5 {
            running.clock.advance(Duration::from_secs(30));
            seen.push(shape(&running.ask(phone).await));
        }
        running.clock.advance(Duration::from_secs(601));
        seen.push(shape(&running.give(&session, "000000").await));
        answers.push(seen);
    }
    assert_eq!(answers[0], answers[1]);
    assert!(answers[0][2].contains("wrong-code") || answers[0][2].contains("200"), "{:?}", answers[0]);
    running.sms.code(ANNA, 5).await;
    assert_eq!(running.sms.count(STRANGER), 0, "a stranger is sent nothing");
}

#[tokio::test]
async fn attack_30_the_right_code_of_a_number_that_left_the_roll_is_a_wrong_code() {
    let mut running = Running::with_roll(&[ANNA, BORIS]).await;
    let (session, code) = running.session(ANNA).await;
    let shorter = running.data.join("roll.csv");
    std::fs::write(&shorter, format!("phone,style\n{BORIS},north\n")).unwrap();
    running.restart(|config| config.roll = Some(shorter)).await;
    running.give(&session, &code).await.problem(403, "wrong-code");
}

#[tokio::test]
async fn numbers_codes_sessions_and_tokens_are_stored_as_hashes_only() {
    let running = Running::with_roll(&[ANNA]).await;
    let (session, code) = running.session(ANNA).await;
    let token = running.give(&session, &code).await.expect(StatusCode::OK).text("token");
    let stored = running.stored();
    let holds = |text: &str| stored.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("CREATE TABLE"), "this is the database");
    for secret in [ANNA, &ANNA[1..], &session, &token, &running.organiser] {
        assert!(!holds(secret), "{secret}");
    }
    // A code is six digits and could appear in a page number or hash by chance; its row must not
    // hold it, nor its plain hash.
    let pool =
        sqlx::SqlitePool::connect(&format!("sqlite:{}/veche.sqlite", running.data.display())).await.unwrap();
    let rows: Vec<(Vec<u8>, Vec<u8>, Vec<u8>)> =
        sqlx::query_as("SELECT session, phone, mac FROM code").fetch_all(&pool).await.unwrap();
    assert_eq!(rows.len(), 1);
    let (stored_session, phone, mac) = &rows[0];
    for (value, text) in [(mac, code.as_str()), (phone, ANNA), (stored_session, session.as_str())] {
        use sha2::Digest;
        assert_ne!(
            value.as_slice(),
            sha2::Sha256::digest(text.as_bytes()).as_slice(),
            "a plain hash can be searched"
        );
    }
}

#[tokio::test]
async fn a_session_ends_after_half_an_hour() {
    let running = Running::with_roll(&[ANNA]).await;
    let (token, _) = running.sign_in(ANNA).await;
    let register = || async {
        let body = json!({"style": "nowhere", "key": "", "number": 0, "possession": ""});
        let request = running.post("/v1/credential").bearer_auth(&token).json(&body);
        Answer::of(request.send().await.unwrap()).await
    };
    register().await.problem(422, "style-unknown");
    running.clock.advance(Duration::from_secs(1_799));
    register().await.problem(422, "style-unknown");
    running.clock.advance(Duration::from_secs(1));
    let ended = register().await.problem(401, "sign-in-needed");
    assert_eq!(ended.headers["www-authenticate"], "Bearer");
}

#[tokio::test]
async fn what_is_no_phone_number_or_no_code_is_said_plainly() {
    let running = Running::with_roll(&[ANNA]).await;
    running.ask("12345").await.problem(422, "phone-unreadable");
    let (session, _) = running.session(ANNA).await;
    for code in ["", "12345", "1234567", "12345x", "١٢٣٤٥٦"] {
        running.give(&session, code).await.problem(400, "malformed");
    }
}

/// Everything of an answer that does not differ by chance: status, headers, and the body with each
/// text of a success replaced by its length.
fn shape(answer: &Answer) -> String {
    let mut body = answer.json();
    if answer.status.is_success() {
        for value in body.as_object_mut().unwrap().values_mut() {
            if let Some(text) = value.as_str() {
                *value = json!(text.len());
            }
        }
    }
    let mut headers: Vec<_> = answer.headers.iter().filter(|(name, _)| *name != "date").collect();
    headers.sort_by_key(|(name, _)| name.as_str());
    format!("{} {headers:?} {body}", answer.status)
}

async fn until(condition: impl Fn() -> bool) {
    for _ in 0..500 {
        if condition() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("it never happened");
}
