//! ATTACKS.md row 30, code guessing and pumping, and row 53, locking a voter out.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};
use veche_server::{Counter, Operator};

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

/// However often anyone asks: six short codes, then a long one each 72 minutes, thirty messages a day.
#[tokio::test]
async fn attack_30_a_number_that_is_pestered_gets_thirty_messages_a_day() {
    let running = Running::with_roll(&[ANNA]).await;
    for sent in 1..=6 {
        running.ask(ANNA).await.expect(StatusCode::OK);
        assert_eq!(running.sms.code(ANNA, sent).await.len(), 6);
    }
    let mut waited = 0;
    for sent in 7..=26 {
        for _ in 0..3 {
            running.ask(ANNA).await.expect(StatusCode::OK);
        }
        assert_eq!(running.sms.code(ANNA, sent).await.len(), 12);
        running.clock.advance(Duration::from_secs(72 * 60));
        waited += 72 * 60;
    }
    assert_eq!(waited, DAY);
    // The six short ones of yesterday count no more, and the first long one neither.
    running.ask(ANNA).await.expect(StatusCode::OK);
    assert_eq!(running.sms.code(ANNA, 27).await.len(), 12);
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(running.sms.count(ANNA), 27, "what is not due is not sent");
}

/// Anyone asks for Anna's number, from wherever: she signs in at once, whether with her own code or with one that a
/// stranger has caused.
#[tokio::test]
async fn attack_53_what_others_ask_keeps_nobody_out() {
    let running = Running::with_roll(&[ANNA]).await;
    let mut strangers = Vec::new();
    for _ in 0..20 {
        strangers.push(running.ask(ANNA).await.expect(StatusCode::OK).text("session"));
    }
    let code = running.sms.long_code(ANNA, 7).await;
    let anna = running.ask(ANNA).await.expect(StatusCode::OK).text("session");
    for session in &strangers {
        for _ in 0..5 {
            running.give(session, &other_than(&code)).await.problem(403, "wrong-code");
        }
    }
    running.give(&anna, &code).await.expect(StatusCode::OK);
    assert_eq!(running.sms.count(ANNA), 7, "for her nothing more was sent");
}

/// Whoever has asked before the strangers came is not concerned.
#[tokio::test]
async fn attack_53_a_code_stays_good_while_others_ask_and_guess() {
    let running = Running::with_roll(&[ANNA]).await;
    let (anna, code) = running.session(ANNA).await;
    for _ in 0..20 {
        let session = running.ask(ANNA).await.expect(StatusCode::OK).text("session");
        for _ in 0..5 {
            running.give(&session, &other_than(&code)).await.problem(403, "wrong-code");
        }
    }
    running.clock.advance(Duration::from_secs(599));
    running.give(&anna, &code).await.expect(StatusCode::OK);
}

/// A thousand addresses ask for one number and guess, all day long; at some time its owner comes. The sums of
/// `docs/sign-in.md`, counted.
#[tokio::test]
async fn attack_53_a_thousand_addresses_do_not_keep_the_owner_waiting() {
    let running = Running::start(&manifest("roll"), &format!("{ANNA},north\n"), |config| {
        config.behind_proxy = true;
    })
    .await;
    let post = async |path: &str, from: usize, body: Value| {
        let from = format!("198.{}.{}.7", from / 256, from % 256);
        Answer::of(running.post(path).header("x-forwarded-for", from).json(&body).send().await.unwrap()).await
    };
    let stranger = async |from: usize| {
        let asked = post("/v1/sign-in", from, json!({"phone": ANNA})).await.expect(StatusCode::OK);
        let session = asked.text("session");
        let code = if from.is_multiple_of(2) { "000000" } else { "000000000000" };
        let guess = json!({"session": session, "code": code});
        post("/v1/sign-in/code", from, guess).await.problem(403, "wrong-code");
    };
    // All at once, and then some in every quarter of an hour of a day.
    for some in (0..1_000).collect::<Vec<_>>().chunks(50) {
        futures_util::future::join_all(some.iter().map(|from| stranger(*from))).await;
    }
    for quarter in 0..96 {
        running.clock.advance(Duration::from_secs(900));
        futures_util::future::join_all((0..4).map(|from| stranger(4 * quarter + from))).await;
        // The owner reads what the phone has, asks, and is in without waiting.
        if quarter % 24 == 20 {
            let code = last_long_code(&running).await;
            let asked = post("/v1/sign-in", 2_000, json!({"phone": ANNA})).await.expect(StatusCode::OK);
            let guess = json!({"session": asked.text("session"), "code": code});
            post("/v1/sign-in/code", 2_000, guess).await.expect(StatusCode::OK);
        }
    }
    let sent = running.sms.count(ANNA);
    assert!(sent <= 30, "{sent} messages in a day");
}

/// The last message on Anna's phone, once it has arrived.
async fn last_long_code(running: &Running) -> String {
    tokio::time::sleep(Duration::from_millis(30)).await;
    running.sms.long_code(ANNA, 7).await
}

#[tokio::test]
async fn attack_53_the_organiser_begins_the_count_anew() {
    let running = Running::with_roll(&[ANNA]).await;
    for _ in 0..10 {
        running.ask(ANNA).await.expect(StatusCode::OK);
    }
    running.sms.code(ANNA, 7).await;
    let counter = Counter { data: running.data.clone(), ballot_box: None };
    let by = Operator::new("Ewa", "kept waiting by strangers").unwrap();
    veche_server::unlock(&counter, "+48 42 123-45-67", &by).await.unwrap();
    let (session, code) = running.session(ANNA).await;
    assert_eq!(code.len(), 6);
    running.give(&session, &code).await.expect(StatusCode::OK);
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
async fn attack_30_open_registration_sends_a_limited_number_of_codes_a_minute() {
    let running =
        Running::start(&manifest("open"), "", |config| config.limits.open_codes_an_hour = 180).await;
    for n in 0..6 {
        running.ask(&format!("+4842000000{n}")).await.expect(StatusCode::OK);
    }
    until(|| running.sms.total() == 3).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(running.sms.total(), 3, "the answers are the same, the messages wait");
    running.clock.advance(Duration::from_secs(60));
    until(|| running.sms.total() == 6).await;
}

/// Thousands of numbers from one place, and one voter from another.
#[tokio::test]
async fn attack_30_whoever_asks_for_all_messages_waits_for_themself() {
    let running = Running::start(&manifest("open"), "", |config| {
        config.behind_proxy = true;
        config.limits.open_codes_an_hour = 600;
    })
    .await;
    let ask = async |phone: String, from: &str| {
        let request = running.post("/v1/sign-in").header("x-forwarded-for", from);
        Answer::of(request.json(&json!({"phone": phone})).send().await.unwrap()).await
    };
    for n in 10..99 {
        // Many addresses of one place.
        ask(format!("+484200000{n}"), &format!("198.51.100.{n}")).await.expect(StatusCode::OK);
    }
    ask(ANNA.into(), "203.0.113.9").await.expect(StatusCode::OK);
    // What may leave at once may have left before she came. Two more, six seconds apart, and one of them is hers: the
    // turn of her place is there.
    for _ in 0..2 {
        running.clock.advance(Duration::from_secs(6));
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    running.sms.code(ANNA, 1).await;
    assert!(running.sms.total() <= 12, "{}", running.sms.total());
}

/// One guess at each of many numbers stays below every number's own limits.
#[tokio::test]
async fn attack_30_guesses_at_many_numbers_are_noticed_and_made_hopeless() {
    let running = Running::start(&manifest("open"), "", |config| {
        config.limits.wrong_guesses_before_alarm = 10;
    })
    .await;
    let (annas, annas_code) = running.session(ANNA).await;
    let guesses = (0..11).map(async |n| {
        let session = running.ask(&format!("+484200000{n:02}")).await.text("session");
        running.give(&session, "000000").await
    });
    for guess in futures_util::future::join_all(guesses).await {
        guess.problem(403, "wrong-code");
    }
    let (boris, code) = running.session(BORIS).await;
    assert_eq!(code.len(), 8, "{code}");
    let began = std::time::Instant::now();
    running.give(&boris, &code).await.expect(StatusCode::OK);
    running.give(&annas, &annas_code).await.expect(StatusCode::OK);
    assert!(began.elapsed() < Duration::from_millis(900), "a right code is not slowed");
    let (carol, _) = running.session("+48420000300").await;
    let began = std::time::Instant::now();
    running.give(&carol, "00000000").await.problem(403, "wrong-code");
    assert!(began.elapsed() >= Duration::from_secs(1), "a wrong one is");

    for _ in 0..1_000 {
        let health = Answer::of(running.get("/v1/health").send().await.unwrap()).await.json();
        let checks = health["checks"].as_array().unwrap();
        if checks.iter().any(|check| check["name"] == "guesses" && check["ok"] == false) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("health says nothing");
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
        for _ in 0..9 {
            seen.push(shape(&running.ask(phone).await));
        }
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
    assert!(answers[0][10].contains("wrong-code") || answers[0][10].contains("200"), "{:?}", answers[0]);
    assert!(answers[0][..10].iter().all(|answer| *answer == answers[0][0]), "nor what was asked before");
    running.sms.code(ANNA, 7).await;
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
        let request = running.put("/v1/credential").bearer_auth(&token).json(&body);
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
    for code in ["", "12345", "1234567", "12345x", "١٢٣٤٥٦", "12345678901", "1234567890123", "1234 5678 9012"]
    {
        running.give(&session, code).await.problem(400, "malformed");
    }
}

/// Everything of an answer that does not differ by chance: status, headers, and the body with each
/// text of a success replaced by its length.
fn shape(answer: &Answer) -> String {
    let mut body = answer.without_name();
    if answer.status.is_success() {
        for value in body.as_object_mut().unwrap().values_mut() {
            if let Some(text) = value.as_str() {
                *value = json!(text.len());
            }
        }
    }
    let mut headers: Vec<_> = answer
        .headers
        .iter()
        .filter(|(name, _)| !["date", "x-request-id"].contains(&name.as_str()))
        .collect();
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
