//! Signing in with a portal's pass.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer, SigningKey};
use futures_util::future::join_all;
use reqwest::StatusCode;
use serde_json::{Value, json};
use veche_record::Entry;
use veche_record::entry::{Pseudonym, RevocationReason};
use veche_server::{Clock, Config, Elsewhere, PassKey, Role, StartError, Whom};
use veche_xtask::process;

use crate::support::{Answer, NOW, Running, manifest};
use crate::vote::{Vote, Voter, hex};

/// A portal's key.
fn portal(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

pub fn key(seed: u8) -> PassKey {
    PassKey::from_hex(&hex(&portal(seed).verifying_key().to_bytes())).unwrap()
}

fn sign_as(seed: u8, header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(header), part(claims));
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(portal(seed).sign(signed.as_bytes()).to_bytes()))
}

fn sign(seed: u8, claims: &Value) -> String {
    sign_as(seed, &json!({"alg": "EdDSA", "typ": "veche-pass+jwt"}), claims)
}

/// A manifest with a route of the portal and one of papers beside that of codes.
fn portals(registration: &str) -> Value {
    let mut manifest = manifest(registration);
    let route = |id: &str, entered: bool| json!({"id": id, "title": {"en": id}, "entered": entered});
    manifest["routes"] = json!([route("sms", false), route("portal", false), route("paper", true)]);
    manifest["paper_until"] = json!("2026-05-16T20:00:00Z");
    manifest
}

/// A box that takes passes and sends no codes.
fn passes_only(config: &mut Config) {
    config.sms = None;
    config.pass_keys = vec![key(1), key(2)];
}

impl Vote {
    /// What a good pass of a subject says; its id is the text.
    fn claims(&self, subject: &str, id: &str) -> Value {
        let election = self.election.fingerprint().to_string();
        json!({"aud": election, "sub": subject, "style": "north", "route": "portal", "exp": NOW + 60, "jti": id})
    }

    async fn give_pass(&self, pass: &str) -> Answer {
        let request = self.people().post("/v1/session").json(&json!({"pass": pass}));
        Answer::of(request.send().await.unwrap()).await
    }

    /// Signs in with a good pass.
    async fn by_pass(&self, claims: &Value) -> Answer {
        self.give_pass(&sign(1, claims)).await.expect(StatusCode::OK)
    }
}

/// The device of a voter who has signed in with a pass.
fn device(n: u64, signed: &Answer, style: &str) -> Voter {
    let pseudonym = Pseudonym::from_hex(&signed.text("pseudonym")).unwrap();
    let number = signed.json()["number"].as_u64().unwrap().try_into().unwrap();
    Voter { token: signed.text("token"), pseudonym, number, route: 1, ..Voter::of(n, style) }
}

/// The claims with one changed.
fn with(claims: &Value, name: &str, value: impl Into<Value>) -> Value {
    let mut claims = claims.clone();
    claims[name] = value.into();
    claims
}

#[tokio::test]
async fn a_voter_with_a_pass_votes_by_the_portals_route() {
    let vote = Vote::open_with(&portals("open"), passes_only).await;
    let signed = vote.by_pass(&vote.claims("citizen 7", "1")).await;
    assert_eq!((signed.text("style"), signed.text("route")), ("north".into(), "portal".into()));
    assert_eq!(signed.json()["expires_in"], 1_800);
    assert_eq!(signed.json()["credential"], Value::Null);
    let mut anna = device(1, &signed, "north");
    anna.register(&vote).await.expect(StatusCode::CREATED);
    anna.vote(&vote, 0).await;

    let asked = vote.running.get("/v1/voter").bearer_auth(&anna.token).send().await.unwrap();
    let known = Answer::of(asked).await.expect(StatusCode::OK).json();
    let expected = json!({"pseudonym": anna.pseudonym.to_string(), "style": "north", "credential": anna.key(),
        "route": "portal", "number": 1});
    assert_eq!(known, expected);
    vote.get("/v1/voter").await.problem(401, "sign-in-needed");
    let again = vote.by_pass(&vote.claims("citizen 7", "2")).await;
    assert_eq!((again.text("credential"), again.json()["number"].clone()), (anna.key(), json!(1)));
    // A key for another route than the pass's is not proved.
    let mut boris = device(2, &vote.by_pass(&vote.claims("citizen 8", "3")).await, "north");
    boris.route = 0;
    boris.register(&vote).await.problem(422, "key-refused");
    // Where no codes are sent, nobody is told to wait for one.
    let asked = vote.running.ask("+48421234567").await.problem(404, "sign-in-otherwise");
    assert!(asked.text("detail").contains("portal"), "{asked:?}");
}

#[tokio::test]
async fn attack_68_a_pass_is_refused_for_whatever_is_wrong_with_it() {
    let vote = Vote::open_with(&portals("open"), passes_only).await;
    let good = vote.claims("citizen 7", "1");
    let typed = |typ: &str| sign_as(1, &json!({"alg": "EdDSA", "typ": typ}), &good);
    let text = sign(1, &good);
    let cut = &text[..text.len() - 2];
    let (head, tail) = text.rsplit_once('.').unwrap();
    let lent = sign(1, &with(&good, "sub", "citizen 8")).rsplit_once('.').unwrap().0.to_owned();
    for (pass, status, name, culprit) in [
        // Forged.
        (sign(3, &good), 403, "pass-not-signed", "whoever sent it"),
        (format!("{lent}.{tail}"), 403, "pass-not-signed", "whoever sent it"),
        (format!("{head}.{}", URL_SAFE_NO_PAD.encode([0; 64])), 403, "pass-not-signed", "whoever sent it"),
        (typed("JWT"), 422, "pass-unreadable", "the portal"),
        (
            sign_as(1, &json!({"alg": "none", "typ": "veche-pass+jwt"}), &good),
            422,
            "pass-unreadable",
            "the portal",
        ),
        (cut.to_owned(), 422, "pass-unreadable", "the portal"),
        (String::new(), 422, "pass-unreadable", "the portal"),
        ("a".repeat(3_000), 422, "pass-unreadable", "the portal"),
        (sign(1, &with(&good, "nbf", NOW)), 422, "pass-unreadable", "the portal"),
        (sign(1, &with(&good, "sub", "")), 422, "pass-unreadable", "the portal"),
        // At another time, for another election, route or style.
        (sign(1, &with(&good, "exp", NOW - 11)), 410, "pass-expired", "whoever sent it"),
        (sign(1, &with(&good, "exp", NOW + 121)), 422, "pass-too-long", "the portal"),
        (sign(1, &with(&good, "aud", "ab".repeat(32))), 409, "pass-other-election", "the portal"),
        (sign(1, &with(&good, "route", "post")), 422, "route-unknown", "the portal"),
        (sign(1, &with(&good, "route", "paper")), 422, "route-unknown", "the portal"),
        (sign(1, &with(&good, "style", "east")), 422, "style-unknown", "the portal"),
        (sign(1, &with(&good, "sub", "tel:12")), 422, "phone-unreadable", "the portal"),
    ] {
        let refused = vote.give_pass(&pass).await.problem(status, name);
        assert_eq!(refused.text("culprit"), culprit, "{refused:?}");
    }
    // None of that has used it up, or made a voter.
    let first = vote.by_pass(&good).await;
    assert_eq!(first.json()["number"], 0);
    let count = |table: &'static str| rows(&vote.running, table);
    assert_eq!((count("voter").await, count("pass").await), (1, 1));
    // At its end a pass is good for ten seconds more, and two minutes before it.
    vote.by_pass(&with(&vote.claims("citizen 9", "late"), "exp", NOW - 10)).await;
    vote.by_pass(&with(&vote.claims("citizen 9", "early"), "exp", NOW + 120)).await;
}

/// How many rows a table has.
async fn rows(running: &Running, table: &str) -> i64 {
    let pool =
        sqlx::SqlitePool::connect(&format!("sqlite:{}/veche.sqlite", running.data.display())).await.unwrap();
    let statement = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
    sqlx::query_scalar(statement).fetch_one(&pool).await.unwrap()
}

#[tokio::test]
async fn attack_68_a_pass_is_good_once_also_in_a_race_and_after_a_restart() {
    let mut vote = Vote::open_with(&portals("open"), passes_only).await;
    let pass = sign(1, &vote.claims("citizen 7", "1"));
    let (twin, url) = vote.running.twin().await;
    let body = json!({"pass": pass});
    let urls = [vote.running.url.clone(), url];
    let race = (0..12).map(async |n| {
        let post = vote.running.http.post(format!("{}/v1/session", urls[n % 2])).json(&body);
        Answer::of(post.send().await.unwrap()).await
    });
    let answers = join_all(race).await;
    let status = |status: u16| answers.iter().filter(|answer| answer.status.as_u16() == status).count();
    assert_eq!((status(200), status(410)), (1, 11), "{answers:?}");
    twin.stop().await;
    vote.running.restart(|_| {}).await;
    let used = vote.give_pass(&pass).await.problem(410, "pass-used");
    assert_eq!(used.text("culprit"), "whoever sent it");
    // Another key of the portal counts for itself; whoever is let in is the same voter.
    let other = vote.give_pass(&sign(2, &vote.claims("citizen 7", "1"))).await.expect(StatusCode::OK);
    let won = answers.iter().find(|answer| answer.status == StatusCode::OK).unwrap();
    assert_eq!(other.text("pseudonym"), won.text("pseudonym"));
    // What nobody could use again is forgotten a day later.
    assert_eq!(rows(&vote.running, "pass").await, 2);
    vote.running.clock.advance(Duration::from_secs(86_400 + 60));
    vote.running.restart(|_| {}).await;
    for _ in 0..200 {
        if rows(&vote.running, "pass").await == 0 {
            vote.give_pass(&pass).await.problem(410, "pass-expired");
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("used passes are kept for ever");
}

#[tokio::test]
async fn attack_68_two_passes_of_one_subject_are_one_voter_and_stay_in_one_district() {
    let vote = Vote::open_with(&portals("open"), passes_only).await;
    let first = vote.by_pass(&vote.claims("citizen 7", "1")).await;
    let (anna, other) = (first.text("pseudonym"), vote.by_pass(&vote.claims("citizen 8", "2")).await);
    assert_ne!(other.text("pseudonym"), anna);
    // As long as there is no key, the portal may put a district right.
    let south = with(&vote.claims("citizen 7", "3"), "style", "south");
    let corrected = vote.by_pass(&south).await;
    assert_eq!((corrected.text("pseudonym"), corrected.text("style")), (anna.clone(), "south".into()));
    // The district is the pass's and not the voter's to choose.
    let mut moved = device(1, &corrected, "north");
    let refused = moved.register(&vote).await.problem(409, "wrong-style");
    assert_eq!(refused.text("style"), "south");
    let mut device_one = device(1, &corrected, "south");
    device_one.register(&vote).await.expect(StatusCode::CREATED);
    device_one.vote(&vote, 0).await;

    let north = sign(1, &vote.claims("citizen 7", "4"));
    let refused = vote.give_pass(&north).await.problem(409, "wrong-style");
    assert_eq!((refused.text("style"), refused.text("culprit")), ("south".into(), "the portal".into()));
    // Somebody to whom the pass was lent is the same voter: the vote is replaced, and there is no second one.
    let lent = vote.by_pass(&with(&south, "jti", "5")).await;
    assert_eq!(lent.text("credential"), device_one.key());
    let mut borrower = device(9, &lent, "south");
    borrower.register(&vote).await.expect(StatusCode::CREATED);
    borrower.vote(&vote, 1).await;
    vote.cast(&device_one.seal(&vote, 2)).await.problem(409, "credential-revoked");
    assert_eq!(vote.audit().await.board().unwrap().counted().count(), 1);
}

#[tokio::test]
async fn attack_68_whoever_has_a_pass_and_a_phone_is_one_voter() {
    let vote = Vote::open_with(&portals("open"), |config| config.pass_keys = vec![key(1)]).await;
    let by_code = vote.running.signed_in("+48421234567").await;
    let by_pass = vote.by_pass(&vote.claims("tel:+48 42 123-45-67", "1")).await;
    assert_eq!(by_pass.text("pseudonym"), by_code.text("pseudonym"));
    assert_eq!((by_code.text("route"), by_pass.text("route")), ("sms".into(), "portal".into()));
    // Another name for the same person would be a second vote.
    let refused = vote.give_pass(&sign(1, &vote.claims("citizen 7", "2"))).await;
    let refused = refused.problem(422, "phone-unreadable");
    assert!(refused.text("detail").contains("tel:"), "{refused:?}");
    assert_eq!(rows(&vote.running, "voter").await, 1);
}

#[tokio::test]
async fn where_there_is_a_roll_the_portal_says_who_votes_where() {
    let vote = Vote::open_with(&portals("roll"), passes_only).await;
    let mut claims = vote.claims("citizen 7", "1");
    claims.as_object_mut().unwrap().remove("style");
    let refused = vote.give_pass(&sign(1, &claims)).await.problem(422, "style-unknown");
    assert!(refused.text("detail").contains("must say it"), "{refused:?}");
    let signed = vote.by_pass(&vote.claims("citizen 7", "1")).await;
    let mut anna = device(1, &signed, "south");
    anna.register(&vote).await.problem(409, "wrong-style");
    anna.style = "north".into();
    anna.register(&vote).await.expect(StatusCode::CREATED);
}

#[tokio::test]
async fn without_a_style_in_the_pass_the_voter_chooses() {
    let vote = Vote::open_with(&portals("open"), passes_only).await;
    let mut claims = vote.claims("citizen 7", "1");
    claims.as_object_mut().unwrap().remove("style");
    let signed = vote.by_pass(&claims).await;
    assert_eq!(signed.json()["style"], Value::Null);
    device(1, &signed, "south").register(&vote).await.expect(StatusCode::CREATED);
}

#[tokio::test]
async fn subjects_and_passes_are_stored_as_hashes_only() {
    let vote = Vote::open_with(&portals("open"), passes_only).await;
    let claims = vote.claims("a subject to be found", "an id to be found");
    let pass = sign(1, &claims);
    let token = vote.give_pass(&pass).await.expect(StatusCode::OK).text("token");
    let stored = vote.running.stored();
    let holds = |text: &str| stored.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("CREATE TABLE"), "this is the database");
    for secret in ["a subject to be found", "an id to be found", &pass, &token] {
        assert!(!holds(secret), "{secret}");
    }
}

#[tokio::test]
async fn refused_passes_of_one_address_are_limited_and_a_whole_towns_good_ones_are_not() {
    let vote = Vote::open_with(&portals("open"), |config| {
        passes_only(config);
        config.behind_proxy = true;
        config.limits.guesses_an_address_an_hour = 3;
    })
    .await;
    let give = async |pass: String, from: &str| {
        let post = vote.running.post("/v1/session").header("x-forwarded-for", from);
        Answer::of(post.json(&json!({"pass": pass})).send().await.unwrap()).await
    };
    for n in 0..8 {
        let claims = vote.claims(&format!("citizen {n}"), &n.to_string());
        give(sign(1, &claims), "198.51.100.7").await.expect(StatusCode::OK);
    }
    let unknown = sign(3, &vote.claims("citizen 7", "x"));
    give(sign(1, &vote.claims("citizen 0", "0")), "198.51.100.7").await.problem(410, "pass-used");
    give(unknown.clone(), "198.51.100.7").await.problem(403, "pass-not-signed");
    give("no pass".into(), "198.51.100.7").await.problem(422, "pass-unreadable");
    let late = give(sign(1, &vote.claims("citizen 9", "9")), "198.51.100.7").await;
    let late = late.problem(429, "too-many-requests");
    assert_eq!(late.json()["retry_after"], 3_600);
    give(sign(1, &vote.claims("citizen 9", "9")), "198.51.100.8").await.expect(StatusCode::OK);
}

#[tokio::test]
async fn passes_are_taken_where_a_key_is_named_and_only_by_a_registrar() {
    let mut vote = Vote::open_with(&portals("open"), |_| {}).await;
    let pass = sign(1, &vote.claims("citizen 7", "1"));
    let refused = vote.give_pass(&pass).await.problem(404, "sign-in-otherwise");
    assert!(refused.text("detail").contains("--pass-key"), "{refused:?}");
    vote.running.stop().await;
    let alone = vote.running.fails_to_start(|config| {
        config.role = Some(Role::Box);
        config.pass_keys = vec![key(1)];
    });
    assert!(matches!(alone.await, StartError::RegistrarOnly("--pass-key")));
    let nothing = vote.running.fails_to_start(|config| config.sms = None).await;
    assert!(matches!(nothing, StartError::NoGateway), "{nothing}");
    // Before there is an election there is nothing that a pass could be for.
    let empty = Running::start_with(&Elsewhere::default(), &portals("open"), "", passes_only).await;
    let early =
        Answer::of(empty.post("/v1/session").json(&json!({"pass": pass})).send().await.unwrap()).await;
    early.problem(409, "not-open");
}

#[tokio::test]
async fn whoever_came_with_a_pass_is_struck_off_by_subject_or_phone() {
    let vote = Vote::open_with(&portals("open"), passes_only).await;
    for (n, subject, whom) in [
        (1, "citizen 7", Whom::Subject("citizen 7")),
        (2, "tel:+48421234567", Whom::Subject("tel:+48 42 1234567")),
        (3, "tel:+48421234568", Whom::Phone("+48421234568")),
    ] {
        let claims = vote.claims(subject, &n.to_string());
        let mut voter = device(n, &vote.by_pass(&claims).await, "north");
        voter.register(&vote).await.expect(StatusCode::CREATED);
        let reason = RevocationReason::VotedOnPaper;
        veche_server::strike(&vote.running.data, whom, reason).await.unwrap();
        vote.cast(&voter.seal(&vote, 0)).await.problem(409, "struck-off");
        let again = with(&claims, "jti", format!("again {n}"));
        vote.give_pass(&sign(1, &again)).await.problem(409, "struck-off");
    }
}

/// Makes a pass with a helper of `examples/pass`, as a portal would.
fn helper(language: &str, key: &Path, election: &str, subject: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/pass");
    let script = match language {
        "node" => {
            "import {makePass} from './veche-pass.mjs'; import {readFileSync} from 'node:fs'; \
             const [key, election, subject, route] = process.argv.slice(1); \
             console.log(makePass(readFileSync(key), {election, subject, route, style: 'north'}))"
        }
        "python3" => {
            "import sys; from veche_pass import make_pass; \
             print(make_pass(open(sys.argv[1], 'rb').read(), *sys.argv[2:], style='north'))"
        }
        _ => {
            "require 'veche_pass.php'; [, $key, $election, $subject, $route] = $argv; \
             echo make_pass(file_get_contents($key), $election, $subject, $route, 'north');"
        }
    };
    let (program, options): (PathBuf, &[&str]) = match language {
        "node" => ("node".into(), &["--input-type=module", "-e"]),
        "python3" => (veche_xtask::tools::python().join("bin/python"), &["-B", "-c"]),
        _ => ("php".into(), &["-r"]),
    };
    let mut command = Command::new(program);
    command.current_dir(folder).args(options).arg(script);
    if language == "php" {
        command.arg("--");
    }
    let said = process::read(command.arg(key).args([election, subject, "portal"])).unwrap();
    said.trim().to_owned()
}

#[tokio::test]
async fn the_helpers_of_three_languages_make_passes_that_are_taken() {
    let folder = tempfile::tempdir().unwrap();
    let pem = folder.path().join("portal.pem");
    let openssl = |arguments: &[&str]| {
        let made = Command::new("openssl").current_dir(folder.path()).args(arguments).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        made.stdout
    };
    openssl(&["genpkey", "-algorithm", "ed25519", "-out", "portal.pem"]);
    let public = openssl(&["pkey", "-in", "portal.pem", "-pubout", "-outform", "DER"]);
    let public = PassKey::from_hex(&hex(&public[public.len() - 32..])).unwrap();
    let vote = Vote::keyed(&portals("open"), |config| {
        passes_only(config);
        config.pass_keys = vec![public];
        // The helpers read the machine's.
        config.clock = Clock::system();
    })
    .await;
    let election = vote.election.fingerprint().to_string();
    for (n, language) in ["node", "python3", "php"].into_iter().enumerate() {
        let subject = format!("citizen \"{n}\", Łódź");
        let mut pseudonyms = Vec::new();
        for _ in 0..2 {
            let pass = helper(language, &pem, &election, &subject);
            let signed = vote.give_pass(&pass).await.expect(StatusCode::OK);
            assert_eq!((signed.text("style"), signed.text("route")), ("north".into(), "portal".into()));
            pseudonyms.push(signed.text("pseudonym"));
        }
        assert_eq!(pseudonyms[0], pseudonyms[1], "{language}");
    }
    assert_eq!(rows(&vote.running, "voter").await, 3);
}

/// The registrar of another machine takes passes as well, and uses none up while the box is away.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_registrar_apart_takes_passes_and_keeps_them_while_the_box_is_away() {
    let (mut vote, folder) = crate::apart::box_alone(&portals("open")).await;
    let (role, clock) = (crate::apart::role(&vote.running.url, &vote), vote.running.clock.clone());
    vote.registrar = Some(Running::registrar(folder, role, clock, "", passes_only).await);
    let pass = sign(1, &vote.claims("citizen 7", "1"));
    let at = vote.at();
    vote.running.stop().await;
    vote.give_pass(&pass).await.problem(503, "box-unreachable");
    vote.running.restart_from_stopped(|config| config.listen = at).await;
    let mut anna = device(1, &vote.give_pass(&pass).await.expect(StatusCode::OK), "north");
    anna.register(&vote).await.expect(StatusCode::CREATED);
    anna.vote(&vote, 0).await;
    let entry = Entry::parse(&anna_credential(&vote, &anna).await).unwrap();
    assert!(matches!(entry, Entry::Credential(entry) if entry.route == 1));
}

/// The voter's credential as the board shows it.
async fn anna_credential(vote: &Vote, voter: &Voter) -> Vec<u8> {
    let state = vote.get(&format!("/v1/voters/{}", voter.pseudonym)).await.expect(StatusCode::OK);
    let text = state.json()["voter"]["credential"].as_str().unwrap().to_owned();
    base64::engine::general_purpose::STANDARD.decode(text).unwrap()
}
