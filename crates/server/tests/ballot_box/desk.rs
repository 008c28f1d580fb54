//! The desk over HTTP: what a clerk does from another computer, and what a pass does not allow.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::time::Duration;

use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};
use veche_server::{Counter, DeskPassKind, Operator, give_desk_pass};

use crate::people::{ANNA, BORIS, BY, CAROL, run, says, with};
use crate::support::{Answer, Running, manifest};
use crate::terminal::{program, refused};

/// A vote with a roll and codes on paper.
fn on_paper() -> Value {
    let mut on_paper = manifest("roll");
    let route = |id: &str| json!({"id": id, "title": {"en": id}, "entered": false});
    on_paper["routes"] = json!([route("sms"), route("code")]);
    // Its clock is the machine's, and after the vote there are no codes on paper.
    on_paper["closes"] = json!("2099-05-14T20:00:00Z");
    on_paper
}

async fn running(roll: &str) -> Running {
    // Passes are given by the machine's clock.
    Running::start(&on_paper(), roll, |config| config.clock = veche_server::Clock::system()).await
}

/// Gives a pass as the command does. Returns token and number.
fn pass(running: &Running, purpose: &str) -> (String, String) {
    let said = says(&run(&["desk-pass", "give", "--operator", "Ewa", "--for", purpose], &running.data, ""));
    let number = said.split("number ").nth(1).unwrap().split(',').next().unwrap().to_owned();
    (said.lines().next().unwrap().to_owned(), number)
}

async fn send(request: RequestBuilder, token: &str) -> Answer {
    Answer::of(request.bearer_auth(token).send().await.unwrap()).await
}

async fn post(running: &Running, token: &str, path: &str, body: Value) -> Answer {
    send(running.post(path).json(&body), token).await
}

async fn find(running: &Running, token: &str, phone: &str) -> Value {
    post(running, token, "/v1/desk/person", json!({"phone": phone})).await.expect(StatusCode::OK).json()
}

const REASON: &str = "asked at the counter";

#[tokio::test(flavor = "multi_thread")]
async fn a_clerk_helps_from_another_computer() {
    let running = running(&format!("{ANNA},north\n")).await;
    let (token, number) = pass(&running, "help");
    assert_eq!(number, "1");
    let own = send(running.get("/v1/desk"), &token).await.expect(StatusCode::OK).json();
    assert_eq!((&own["operator"], &own["kind"]), (&json!("Ewa"), &json!("help")));
    assert!(own["ends"].as_str().unwrap().starts_with("20"), "{own}");

    let found = find(&running, &token, ANNA).await;
    let expected = json!({"has_roll": true, "style": "north", "signed_in": false, "on_board": null, "printed": null, "journal": [],
        "code": {"state": "none", "asked": 0, "sent": 0, "last_sent": null, "waiting": 0, "last_failed": null, "spent": false}});
    assert_eq!(found, expected);
    let found = find(&running, &token, BORIS).await;
    assert_eq!((&found["style"], &found["code"]["state"]), (&Value::Null, &json!("not-on-roll")));

    let added = json!({"phone": "+48 (42) 987-65-43", "style": "south", "reason": REASON});
    post(&running, &token, "/v1/desk/roll/add", added.clone()).await.expect(StatusCode::NO_CONTENT);
    let again = post(&running, &token, "/v1/desk/roll/add", added).await.problem(409, "on-roll-already");
    assert_eq!(again.text("style"), "south");
    let moved = json!({"phone": BORIS, "style": "north", "reason": REASON});
    let moved = post(&running, &token, "/v1/desk/roll/move", moved).await.expect(StatusCode::OK);
    assert_eq!(moved.text("before"), "south");
    let nowhere = json!({"phone": BORIS, "style": "west", "reason": REASON});
    post(&running, &token, "/v1/desk/roll/move", nowhere).await.problem(422, "style-unknown");

    let code = json!({"phone": BORIS, "reason": REASON, "days": 2});
    let given = post(&running, &token, "/v1/desk/code", code).await.expect(StatusCode::CREATED);
    let typed: String = given.text("code").split(' ').collect();
    let session = running.ask(BORIS).await.expect(StatusCode::OK).text("session");
    let signed = running.give(&session, &typed).await.expect(StatusCode::OK);
    assert_eq!((signed.text("route"), signed.text("style")), ("code".to_owned(), "north".to_owned()));
    // What became of the message that nobody needed is noted a moment after it has left.
    let mut found = find(&running, &token, BORIS).await;
    for _ in 0..500 {
        if found["code"]["waiting"] == 0 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        found = find(&running, &token, BORIS).await;
    }
    assert_eq!((&found["signed_in"], &found["printed"]["used"]), (&json!(true), &json!(true)));
    let by_name = json!({"pseudonym": signed.text("pseudonym")});
    let by_name = post(&running, &token, "/v1/desk/person", by_name).await.expect(StatusCode::OK);
    assert_eq!(by_name.json(), found);
    post(&running, &token, "/v1/desk/person", json!({"pseudonym": "0".repeat(32)}))
        .await
        .problem(404, "person-unknown");

    // Another number for the same voter: codes and sessions of the one before have ended.
    let voter = |token: String| running.get("/v1/voter").bearer_auth(token).send();
    let other = json!({"phone": BORIS, "new_phone": CAROL, "reason": REASON});
    let taken = json!({"phone": BORIS, "new_phone": ANNA, "reason": REASON});
    post(&running, &token, "/v1/desk/phone", taken).await.problem(409, "phone-taken");
    assert_eq!(voter(signed.text("token")).await.unwrap().status(), StatusCode::OK);
    post(&running, &token, "/v1/desk/phone", other.clone()).await.expect(StatusCode::NO_CONTENT);
    assert_eq!(voter(signed.text("token")).await.unwrap().status(), StatusCode::UNAUTHORIZED);
    post(&running, &token, "/v1/desk/phone", other).await.problem(404, "not-on-roll");
    let (_, pseudonym) = running.sign_in(CAROL).await;
    assert_eq!(pseudonym, signed.text("pseudonym"), "the same voter");

    let (session, _) = running.session(ANNA).await;
    let deed = |phone: &str| json!({"phone": phone, "reason": REASON});
    post(&running, &token, "/v1/desk/revoke-key", deed(ANNA)).await.problem(409, "never-signed-in");
    let code = running.sms.code(ANNA, 1).await;
    let signed = running.give(&session, &code).await.expect(StatusCode::OK);
    let (waiting, unused) = running.session(ANNA).await;
    let revoked = post(&running, &token, "/v1/desk/revoke-key", deed(ANNA)).await.expect(StatusCode::OK);
    assert_eq!(revoked.json(), json!({"entry": null}), "there was no key yet");
    assert_eq!(voter(signed.text("token")).await.unwrap().status(), StatusCode::UNAUTHORIZED);
    running.give(&waiting, &unused).await.problem(410, "code-expired");
    running.sign_in(ANNA).await;

    post(&running, &token, "/v1/desk/unlock", deed(ANNA)).await.expect(StatusCode::NO_CONTENT);
    let struck = post(&running, &token, "/v1/desk/roll/strike", deed(CAROL)).await.expect(StatusCode::OK);
    assert_eq!(struck.json(), json!({"entry": null}));
    post(&running, &token, "/v1/desk/roll/strike", deed(CAROL)).await.problem(404, "not-on-roll");

    // The same journal as the command prints, with the operator of the pass.
    let lines = send(running.get("/v1/desk/journal"), &token).await.expect(StatusCode::OK).json();
    let lines = lines["lines"].as_array().unwrap().clone();
    let done: Vec<&str> = lines.iter().map(|line| line["what"].as_str().unwrap()).collect();
    let expected = [
        "roll replace",
        "desk pass given",
        "roll add",
        "roll move",
        "code on paper",
        "phone left",
        "phone taken",
        "signed out",
        "unlock",
        "roll strike",
    ];
    assert_eq!(done, expected);
    assert!(lines[2..].iter().all(|line| line["operator"] == "Ewa" && line["reason"] == REASON), "{lines:?}");
    assert_eq!(says(&run(&["journal"], &running.data, "")).lines().count(), lines.len());
    let stored = running.stored();
    for secret in [token.as_str(), "421234567", "429876543", "420000003"] {
        assert!(!stored.windows(secret.len()).any(|window| window == secret.as_bytes()), "{secret}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pass_of_the_help_desk_helps_and_does_nothing_else() {
    let running = running(&format!("{ANNA},north\n")).await;
    let (token, number) = pass(&running, "help");
    let roll = format!("phone,style\n{BORIS},north\n");
    for path in ["/v1/desk/roll/check", "/v1/desk/roll"] {
        let request = running.octets(path, roll.clone()).header("veche-reason", "new");
        send(request, &token).await.problem(403, "desk-pass-other");
    }
    assert_eq!(find(&running, &token, ANNA).await["style"], "north");
    for path in ["/v1/open", "/v1/close", "/v1/restart", "/v1/rehearsal"] {
        send(running.post(path), &token).await.problem(401, "organiser-only");
    }
    let draw = json!({"contest": "north", "options": []});
    post(&running, &token, "/v1/draws", draw).await.problem(401, "organiser-only");
    send(running.octets("/v1/entries", vec![0; 8]), &token).await.problem(401, "trustee-only");
    send(running.get("/v1/voter"), &token).await.problem(401, "sign-in-needed");

    // Without a pass nothing is answered, with any reason but a good one nothing is done.
    for path in ["/v1/desk", "/v1/desk/journal"] {
        Answer::of(running.get(path).send().await.unwrap()).await.problem(401, "desk-pass-needed");
    }
    for (reason, why) in [("", "empty"), ("called from 429876543", "number"), (&*"a".repeat(201), "long")] {
        let deed = json!({"phone": BORIS, "style": "north", "reason": reason});
        let refused = post(&running, &token, "/v1/desk/roll/add", deed).await.problem(422, "reason-refused");
        assert_eq!(refused.text("why"), why);
        assert!(!refused.text("detail").contains("9876543") && !refused.text("detail").contains("--"));
    }
    let unreadable = json!({"phone": "12", "style": "north", "reason": REASON});
    post(&running, &token, "/v1/desk/roll/add", unreadable).await.problem(422, "phone-unreadable");
    for body in [json!({}), json!({"phone": ANNA, "subject": "x"}), json!({"phone": ANNA, "more": 1})] {
        post(&running, &token, "/v1/desk/person", body).await.problem(400, "malformed");
    }
    assert_eq!(find(&running, &token, BORIS).await["style"], Value::Null);

    // Revoked, it is no pass any more; nor is one that has ended.
    let listed = says(&run(&["desk-pass", "list"], &running.data, ""));
    assert!(
        listed.starts_with("1  help  Ewa, given at 20") && listed.contains(", good until 20"),
        "{listed}"
    );
    says(&run(&with(&["desk-pass", "revoke", &number], &BY), &running.data, ""));
    send(running.get("/v1/desk"), &token).await.problem(401, "desk-pass-needed");
    let listed = says(&run(&["desk-pass", "list"], &running.data, ""));
    assert!(listed.contains(", revoked at 20"), "{listed}");
    let again = refused(&run(&with(&["desk-pass", "revoke", &number], &BY), &running.data, ""));
    assert!(again.contains("there is no pass 1 that is not revoked"), "{again}");
    let counter = Counter { data: running.data.clone(), ballot_box: None };
    let by = Operator::new("Ewa", "for a moment").unwrap();
    let short = give_desk_pass(&counter, DeskPassKind::Help, Duration::ZERO, &by).await.unwrap();
    send(running.get("/v1/desk"), &short.token).await.problem(401, "desk-pass-needed");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_passes_are_limited_and_a_right_one_is_not() {
    let running = Running::start(&on_paper(), &format!("{ANNA},north\n"), |config| {
        config.clock = veche_server::Clock::system();
        config.behind_proxy = true;
        config.limits.wrong_desk_passes_an_address_an_hour = 2;
    })
    .await;
    let (token, _) = pass(&running, "help");
    let from = |address: &str| running.get("/v1/desk").header("x-forwarded-for", address);
    for _ in 0..2 {
        send(from("192.0.2.1"), "wrong").await.problem(401, "desk-pass-needed");
    }
    let limited = send(from("192.0.2.1"), "wrong").await.problem(429, "too-many-requests");
    assert!(limited.headers.contains_key("retry-after"));
    send(from("192.0.2.1"), &token).await.expect(StatusCode::OK);
    send(from("192.0.2.2"), "wrong").await.problem(401, "desk-pass-needed");
}

const FAULTY: &str = "phone,district\n+48429876543,north\n12,south\n+48429876543,west\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_roll_is_sent_looked_at_and_put_into_force() {
    let running = running(&format!("{ANNA},north\n")).await;
    let (token, _) = pass(&running, "roll");
    let check = async |roll: &str| send(running.octets("/v1/desk/roll/check", roll.to_owned()), &token).await;
    let replace = async |roll: &str, reason: &str| {
        let request = running.octets("/v1/desk/roll", roll.to_owned()).header("veche-reason", reason);
        send(request, &token).await
    };
    let report = check(FAULTY).await.expect(StatusCode::OK).json();
    assert_eq!((&report["rows"], &report["people"], &report["mistakes"]), (&json!(3), &json!(1), &json!(3)));
    let mistakes: Vec<(u64, &str)> = report["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|problem| (problem["row"].as_u64().unwrap(), problem["mistake"].as_str().unwrap()))
        .collect();
    assert_eq!(mistakes, [(3, "phone-international"), (4, "district-unknown"), (4, "twice")]);
    let twice = &report["problems"][2];
    assert_eq!((&twice["about"], &twice["cell"]), (&json!(["2"]), &json!(BORIS)));
    assert_eq!((&report["comparison"], &report["replaced"]), (&Value::Null, &json!(false)));
    let refused = replace(FAULTY, "new").await.problem(422, "roll-refused");
    assert_eq!(refused.json()["mistakes"], 3);

    let good = format!("phone,district\n{BORIS},north\n{CAROL},south\n");
    let report = check(&good).await.expect(StatusCode::OK).json();
    let comparison =
        json!({"added": 2, "gone": 1, "moved": 0, "kept": 0, "gone_with_key": 0, "added_struck_off": 0});
    assert_eq!((&report["comparison"], &report["replaced"]), (&comparison, &json!(false)));
    let district = |style: &str| json!({"style": style, "listed": 1, "electorate": 1000});
    assert_eq!(report["districts"], json!([district("north"), district("south")]));
    assert_eq!(find(&running, &token, ANNA).await["style"], "north", "it was only looked");
    let in_force = async || send(running.get("/v1/desk"), &token).await.json()["roll"].clone();
    let before = in_force().await;
    assert_eq!(before["people"], 1, "the roll of the start");
    replace(&good, "").await.problem(422, "reason-refused");
    replace(&good, "42%20987%2065%2043").await.problem(422, "reason-refused");
    replace(&good, "%ff").await.problem(400, "malformed");
    let done =
        replace(&good, "spis%20z%201%20maja%20%E2%80%93%20Urz%C4%85d").await.expect(StatusCode::OK).json();
    assert_eq!((&done["replaced"], &done["comparison"]), (&json!(true), &comparison));
    running.sign_in(CAROL).await;
    let after = in_force().await;
    assert_eq!(after["people"], 2, "{after}");
    // As it is written, the later hour comes later. Two rolls of one second have one hour.
    assert!(after["since"].as_str().unwrap() >= before["since"].as_str().unwrap(), "{before} {after}");
    let one = json!({"phone": "+48420000001", "style": "south", "reason": REASON});
    post(&running, &token, "/v1/desk/roll/add", one).await.expect(StatusCode::NO_CONTENT);
    let grown = in_force().await;
    assert_eq!((&grown["people"], &grown["since"]), (&json!(3), &after["since"]), "one more, the same roll");
    assert_eq!(find(&running, &token, ANNA).await["style"], Value::Null);
    let journal = says(&run(&["journal"], &running.data, ""));
    assert!(journal.contains("  roll replace, 2 people  by Ewa: spis z 1 maja – Urząd\n"), "{journal}");

    let wrong = check("%PDF-1.7\n").await.problem(422, "roll-unreadable");
    assert!(wrong.text("detail").contains("the roll that was sent is not taken"), "{}", wrong.text("detail"));
    // Too much is refused by what is announced, and by what comes.
    let announced = running.post("/v1/desk/roll/check").header("content-type", "application/octet-stream");
    let long = announced.body(vec![b'x'; (64 << 20) + 1]);
    let refused = long.bearer_auth(&token).send().await;
    // Whoever is refused before the end may find the connection closed.
    if let Ok(refused) = refused {
        Answer::of(refused).await.problem(413, "too-large");
    }
    let stream = futures_util::stream::iter((0..65).map(|_| Ok::<_, std::io::Error>(vec![b'x'; 1 << 20])));
    let request = running.octets("/v1/desk/roll/check", reqwest::Body::wrap_stream(stream));
    if let Ok(refused) = request.bearer_auth(&token).send().await {
        Answer::of(refused).await.problem(413, "too-large");
    }
    let mut left: Vec<_> = std::fs::read_dir(&running.data)
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.starts_with("veche.sqlite"))
        .collect();
    left.sort();
    let expected = [
        "keys.json",
        "last-checkpoint",
        "lock",
        "manifest.json",
        "organiser-token",
        "trustee-tokens",
        "words-checked",
    ];
    assert_eq!(left, expected, "no file of a roll is left");
}

/// Of Zofia and Jan, told apart by their years of birth; Boris has his phone alone.
const SHARED: &str = "phone;style;Year of birth\n+48421234567;north;1953\n+48429876543;north;\n\
    +48421234567;south;1951\n";

#[tokio::test(flavor = "multi_thread")]
async fn people_of_one_phone_are_helped_one_by_one() {
    let running = running("").await;
    let (token, _) = pass(&running, "roll");
    let read = running.octets("/v1/desk/roll", SHARED).header("veche-reason", "new");
    let report = send(read, &token).await.expect(StatusCode::OK).json();
    assert_eq!((&report["shared_phones"], &report["mistakes"]), (&json!(1), &json!(0)));
    assert!(report["mark_column"].as_str().unwrap().contains("Year of birth"), "{report}");
    let one = async |path: &str, more: Value| {
        let mut body = json!({"phone": ANNA});
        if path != "person" {
            body["reason"] = json!(REASON);
        }
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        post(&running, &token, &format!("/v1/desk/{path}"), body).await
    };
    let (zofia, jan) = (json!({"mark": "1953"}), json!({"mark": " ١٩٥١ "}));

    // Nobody is helped before it is said who, and nobody by a mark that nobody has.
    let several = one("person", json!({})).await.problem(409, "mark-needed").json();
    let mut styles: Vec<&str> =
        several["styles"].as_array().unwrap().iter().map(|style| style.as_str().unwrap()).collect();
    styles.sort_unstable();
    assert_eq!((styles, &several["asked_for"]), (vec!["north", "south"], &json!("Year of birth")));
    let south = json!({"style": "south"});
    let other_phone = json!({"new_phone": CAROL});
    for (path, more) in [
        ("code", json!({})),
        ("phone", other_phone),
        ("revoke-key", json!({})),
        ("roll/move", south),
        ("roll/strike", json!({})),
    ] {
        one(path, more.clone()).await.problem(409, "mark-needed");
        let mut strange = more.clone();
        strange["mark"] = json!("1999");
        one(path, strange).await.problem(403, "wrong-mark");
        let mut nothing = more;
        nothing["mark"] = json!("-");
        one(path, nothing).await.problem(422, "mark-unreadable");
    }
    for (mark, style) in [(&zofia, "north"), (&jan, "south")] {
        let found = one("person", mark.clone()).await.expect(StatusCode::OK).json();
        assert_eq!((&found["style"], &found["signed_in"]), (&json!(style), &json!(false)));
    }

    // Jan's code on paper is Jan's, whoever types it and whatever mark they say.
    let given = one("code", jan.clone()).await.expect(StatusCode::CREATED);
    let typed: String = given.text("code").split(' ').collect();
    let session = running.ask(ANNA).await.expect(StatusCode::OK).text("session");
    let as_zofia = json!({"session": session, "code": typed, "mark": "1953"});
    let signed = Answer::of(running.post("/v1/sign-in/code").json(&as_zofia).send().await.unwrap()).await;
    let signed = signed.expect(StatusCode::OK);
    assert_eq!((signed.text("route"), signed.text("style")), ("code".to_owned(), "south".to_owned()));
    let signed_in = async |mark: &Value| {
        let found = one("person", mark.clone()).await.expect(StatusCode::OK).json();
        (found["signed_in"].clone(), found["printed"]["used"].clone())
    };
    assert_eq!(signed_in(&jan).await, (json!(true), json!(true)));
    assert_eq!(signed_in(&zofia).await, (json!(false), Value::Null), "nothing of it was hers");
    let session = running.ask(ANNA).await.expect(StatusCode::OK).text("session");
    running.give(&session, &typed).await.problem(403, "wrong-code");

    // Boris's wife comes to share his phone: first he gets a mark.
    let boris = |mark: &str| json!({"phone": BORIS, "mark": mark, "style": "south"});
    one("roll/add", boris("1960")).await.problem(409, "not-told-apart");
    one("roll/mark", json!({"phone": BORIS})).await.problem(422, "mark-unreadable");
    one("roll/mark", json!({"phone": BORIS, "mark": "1958"})).await.expect(StatusCode::NO_CONTENT);
    one("roll/add", boris("1960")).await.expect(StatusCode::NO_CONTENT);
    one("roll/add", boris("1960")).await.problem(409, "on-roll-already");
    one("roll/mark", json!({"phone": BORIS, "mark": "1961"})).await.problem(409, "not-alone");
    for year in 1961..1967 {
        one("roll/add", boris(&year.to_string())).await.expect(StatusCode::NO_CONTENT);
    }
    one("roll/add", boris("1967")).await.problem(409, "crowded");

    // What is done for one of them is done for nobody else.
    let moved = one("roll/move", json!({"mark": "1953", "style": "south"})).await.expect(StatusCode::OK);
    assert_eq!(moved.text("before"), "north");
    one("roll/strike", zofia.clone()).await.expect(StatusCode::OK);
    let left = find(&running, &token, ANNA).await;
    assert_eq!((&left["style"], &left["signed_in"]), (&json!("south"), &json!(true)), "Jan is there alone");
    let stored = running.stored();
    for mark in ["1953", "1951", "1958"] {
        assert!(!stored.windows(mark.len()).any(|window| window == mark.as_bytes()), "{mark} is stored");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_organisers_token_is_a_pass_for_the_roll_where_the_box_is_its_own_registrar() {
    let running = running(&format!("{ANNA},north\n")).await;
    let own = send(running.get("/v1/desk"), &running.organiser).await.expect(StatusCode::OK).json();
    let since = &own["roll"]["since"];
    assert_eq!(
        own,
        json!({"operator": "organiser", "kind": "roll", "ends": null, "roll": {"people": 1, "since": since}})
    );
    let roll = format!("phone,district\n{BORIS},north\n");
    let request = running.octets("/v1/desk/roll?strike_gone=true", roll).header("veche-reason", "anew");
    send(request, &running.organiser).await.expect(StatusCode::OK);
    send(running.get("/v1/desk"), &running.trustees[0]).await.problem(401, "desk-pass-needed");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_anyone_registers_the_desk_has_no_roll() {
    let running =
        Running::start(&manifest("open"), "", |config| config.clock = veche_server::Clock::system()).await;
    let (token, _) = pass(&running, "roll");
    let deed = json!({"phone": ANNA, "style": "north", "reason": REASON});
    post(&running, &token, "/v1/desk/roll/add", deed).await.problem(409, "no-roll");
    assert_eq!(send(running.get("/v1/desk"), &token).await.json()["roll"], Value::Null);
    let roll = format!("phone,district\n{ANNA},north\n");
    send(running.octets("/v1/desk/roll/check", roll), &token).await.problem(409, "no-roll");
    let code = json!({"phone": ANNA, "reason": REASON});
    post(&running, &token, "/v1/desk/code", code).await.problem(409, "no-printed-route");
    let found = find(&running, &token, ANNA).await;
    assert_eq!((&found["has_roll"], &found["code"]["state"]), (&json!(false), &json!("none")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_of_the_desk_has_no_number_and_no_pass() {
    let folder = crate::terminal::folder_for("roll");
    assert!(crate::terminal::init(folder.path()).status.success());
    let data = folder.path().join("box");
    let said = says(&run(&["desk-pass", "give", "--operator", "Ewa", "--for", "roll"], &data, ""));
    let token = said.lines().next().unwrap().to_owned();
    let log = std::fs::File::create(folder.path().join("log")).unwrap();
    let mut command = program();
    command.args(["serve", "--listen", "127.0.0.1:0", "--sms", "terminal", "--data"]).arg(&data);
    command.env("RUST_LOG", "trace").stdout(Stdio::piped()).stderr(log);
    let mut serving = crate::terminal::Serving(command.spawn().unwrap());
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(serving.0.stdout.take().unwrap()));
    let url = lines.next().unwrap().unwrap().strip_prefix("The ballot box listens on ").unwrap().to_owned();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let requests: BTreeMap<&str, Value> = BTreeMap::from([
        ("person", json!({"phone": ANNA})),
        ("roll/add", json!({"phone": ANNA, "style": "north", "reason": "a reason of its own"})),
        ("unlock", json!({"phone": ANNA, "reason": "by 429876543"})),
        ("phone", json!({"phone": ANNA, "new_phone": CAROL, "reason": "a reason of its own"})),
    ]);
    for (path, body) in requests.iter().rev() {
        let request = http.post(format!("{url}/v1/desk/{path}")).json(body);
        let answer = send(request, &token).await;
        assert_eq!(answer.status.is_success(), *path != "unlock", "{path}: {}", answer.json());
    }
    let request =
        http.post(format!("{url}/v1/desk/roll/check")).header("content-type", "application/octet-stream");
    send(request.body(FAULTY), &token).await.expect(StatusCode::OK);
    drop(serving);
    let log = std::fs::read_to_string(folder.path().join("log")).unwrap();
    assert!(log.contains("/v1/desk/roll/check") && log.contains("answered"), "the log says what was done");
    for secret in ["421234567", "429876543", "420000003", &token] {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
}

/// The most memory that this process has had since it was asked last, in MiB.
fn most_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib: u64 = peak.and_then(|peak| peak.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0);
    // From now on it is counted anew.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    kib / 1024
}

/// Not a test: `cargo test -p veche-server --test ballot_box half_a_million_lines_sent -- --ignored --nocapture`
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "a measurement, not a test"]
#[allow(clippy::print_stdout, reason = "printing numbers is what this is for")]
async fn half_a_million_lines_sent_while_people_sign_in() {
    use std::time::Instant;
    const VOTERS: u32 = 20_000;
    let lines: u32 =
        std::env::var("VECHE_LINES").ok().and_then(|lines| lines.parse().ok()).unwrap_or(500_000);
    let phone = |n: u32| format!("+48{}", 500_000_000 + n);
    let mut wide = on_paper();
    wide["styles"][0]["electorate"] = 1_000_000.into();
    let roll: String = (0..VOTERS).map(|n| format!("{},north\n", phone(n))).collect();
    let running = Running::start(&wide, &roll, |config| config.clock = veche_server::Clock::system()).await;
    let (token, _) = pass(&running, "roll");
    let long: String = (0..lines).map(|n| format!("{},north\n", phone(n))).collect();
    let long = format!("phone,style\n{long}");
    println!("{lines} lines, {} MiB; memory before: {} MiB", long.len() >> 20, most_memory());
    let mut next = 0..VOTERS;
    for path in ["/v1/desk/roll/check", "/v1/desk/roll", "/v1/desk/roll"] {
        let began = Instant::now();
        let request = running.octets(path, long.clone()).header("veche-reason", "the%20register");
        let sent = send(request, &token);
        tokio::pin!(sent);
        let mut slowest = BTreeMap::<&str, (Duration, u32)>::new();
        let answer = loop {
            let n = next.next().expect("more voters are needed");
            let mut took = Vec::new();
            let others = async {
                let began = Instant::now();
                running.sign_in(&phone(n)).await;
                took.push(("sign-in", began.elapsed()));
                let began = Instant::now();
                Answer::of(running.get("/v1/election").send().await.unwrap()).await.expect(StatusCode::OK);
                took.push(("/v1/election", began.elapsed()));
                let began = Instant::now();
                find(&running, &token, &phone(n)).await;
                took.push(("/v1/desk/person", began.elapsed()));
            };
            let answer = tokio::select! {
                answer = &mut sent => Some(answer),
                () = others => None,
            };
            for (what, took) in took {
                let (most, count) = slowest.entry(what).or_default();
                *most = took.max(*most);
                *count += 1;
            }
            if let Some(answer) = answer {
                break answer;
            }
        };
        let report = answer.expect(StatusCode::OK).json();
        println!(
            "{path}: {:?}, memory at most {} MiB, {} people, {} mistakes; meanwhile at most {slowest:?}",
            began.elapsed(),
            most_memory(),
            report["people"],
            report["mistakes"]
        );
    }
}

#[tokio::test]
async fn a_code_on_paper_ends_with_the_vote_and_one_that_was_used_up_is_told() {
    // In a vote that may be put off until then.
    let in_hours = |hours| {
        let hour =
            time::OffsetDateTime::now_utc().replace_nanosecond(0).unwrap() + time::Duration::hours(hours);
        hour.format(&time::format_description::well_known::Rfc3339).unwrap()
    };
    let latest = in_hours(36);
    let mut ending = on_paper();
    ending["closes"] = json!(in_hours(1));
    ending["closes_latest"] = json!(latest);
    let roll = format!("{ANNA},north\n");
    let start = async |manifest: &Value| {
        Running::start(manifest, &roll, |config| config.clock = veche_server::Clock::system()).await
    };
    let running = start(&ending).await;
    let (token, _) = pass(&running, "help");
    let code = |days: u8| json!({"phone": ANNA, "reason": REASON, "days": days});
    let given = post(&running, &token, "/v1/desk/code", code(30)).await.expect(StatusCode::CREATED);
    assert_eq!(given.text("expires"), latest, "nobody votes after it");
    let given = post(&running, &token, "/v1/desk/code", code(1)).await.expect(StatusCode::CREATED);
    assert!(given.text("expires") < latest);

    let (session, _) = running.session(ANNA).await;
    for tries in 1..=5 {
        running.give(&session, "000000").await.problem(403, "wrong-code");
        let found = find(&running, &token, ANNA).await;
        assert_eq!(found["code"]["spent"], json!(tries == 5), "after {tries}");
    }

    // It is over.
    let running = start(&{
        ending.as_object_mut().unwrap().remove("closes_latest");
        ending["closes"] = json!("2026-05-14T20:00:00Z");
        ending
    })
    .await;
    let (token, _) = pass(&running, "help");
    post(&running, &token, "/v1/desk/code", code(1)).await.problem(409, "not-open");
}
