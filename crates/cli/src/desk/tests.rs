//! The desk's server as a browser meets it, without a socket.

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::ballot_box::remember;
use super::door::Door;
use super::folder::Folder;
use super::server::{Page, router};
use super::vault::Vault;
use super::{Desk, DeskError};
use crate::error::Error;

pub(super) const PASSPHRASE: &str = "four words and a pony";

pub(super) struct Open {
    pub(super) desk: Arc<Desk>,
    router: Router,
    _site: tempfile::TempDir,
}

pub(super) fn open(folder: &Path) -> Open {
    let site = tempfile::tempdir().unwrap();
    std::fs::write(site.path().join("index.html"), "the page").unwrap();
    std::fs::write(site.path().join("election.json"), r#"{"fingerprint":"another"}"#).unwrap();
    let folder = Folder::open(folder).unwrap();
    let vault = Vault::at(folder.key());
    let door = Door::new("127.0.0.1:4321".parse().unwrap()).unwrap();
    let desk =
        Arc::new(Desk { folder, vault, door, site: site.path().to_owned(), invitations: Default::default() });
    let page = Page::take(Some(site.path())).unwrap();
    Open { router: router(Arc::clone(&desk), &page), desk, _site: site }
}

impl Open {
    pub(super) async fn ask(&self, request: Request<Body>) -> (StatusCode, Value) {
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let status = answer.status();
        let bytes = answer.into_body().collect().await.unwrap().to_bytes();
        let text = || Value::String(String::from_utf8_lossy(&bytes).into_owned());
        (status, serde_json::from_slice(&bytes).unwrap_or_else(|_| text()))
    }

    pub(super) async fn post(&self, path: &str, session: &str, form: Value) -> (StatusCode, Value) {
        self.ask(from_page("POST", path, session, form)).await
    }

    pub(super) async fn enter(&self) -> String {
        let link = self.desk.door.link();
        let token = link.split_once("#desk=").unwrap().1.to_owned();
        let (status, answer) = self.post("enter", "", json!({ "token": token })).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        answer["session"].as_str().unwrap().to_owned()
    }
}

pub(super) fn from_page(method: &str, path: &str, session: &str, form: Value) -> Request<Body> {
    Request::builder()
        .method(method)
        .uri(format!("/desk/v1/{path}"))
        .header("host", "127.0.0.1:4321")
        .header("origin", "http://127.0.0.1:4321")
        .header("authorization", format!("Bearer {session}"))
        .header("content-type", "application/json")
        .body(Body::from(form.to_string()))
        .unwrap()
}

pub(super) fn kind(answer: &Value) -> &str {
    answer["type"].as_str().unwrap_or_default()
}

#[tokio::test]
async fn the_link_opens_once_and_nothing_is_answered_without_it() {
    let scratch = tempfile::tempdir().unwrap();
    let open = open(&scratch.path().join("vote"));
    let link = open.desk.door.link();
    let token = link.split_once("#desk=").unwrap().1.to_owned();
    for session in ["", &token, "0"] {
        let (status, answer) = open.ask(from_page("GET", "state", session, json!({}))).await;
        assert_eq!((status, kind(&answer)), (StatusCode::FORBIDDEN, "urn:veche:desk-stranger"));
    }
    let (status, answer) = open.post("enter", "", json!({ "token": "0".repeat(64) })).await;
    assert_eq!((status, kind(&answer)), (StatusCode::FORBIDDEN, "urn:veche:desk-link-spent"));
    let session = open.enter().await;
    let (status, answer) = open.post("enter", "", json!({ "token": token })).await;
    assert_eq!((status, kind(&answer)), (StatusCode::FORBIDDEN, "urn:veche:desk-link-spent"));
    let (status, state) = open.ask(from_page("GET", "state", &session, json!({}))).await;
    assert_eq!((status, &state["key"]), (StatusCode::OK, &json!(false)), "{state}");
}

#[tokio::test]
async fn another_name_and_another_site_are_refused_even_with_the_session() {
    let scratch = tempfile::tempdir().unwrap();
    let open = open(&scratch.path().join("vote"));
    let session = open.enter().await;
    for (name, value) in [
        ("host", "evil.example:4321"),
        ("host", "127.0.0.1:1"),
        ("origin", "http://evil.example"),
        ("origin", "http://127.0.0.1:1"),
        ("origin", "null"),
    ] {
        let mut request = from_page("GET", "state", &session, json!({}));
        request.headers_mut().insert(name, value.parse().unwrap());
        let (status, answer) = open.ask(request).await;
        assert_eq!(
            (status, kind(&answer)),
            (StatusCode::FORBIDDEN, "urn:veche:desk-stranger"),
            "{name} {value}"
        );
    }
    let mut page = from_page("GET", "state", &session, json!({}));
    *page.uri_mut() = "/index.html".parse().unwrap();
    assert_eq!(open.ask(page).await, (StatusCode::OK, json!("the page")));
    let mut rebound = from_page("GET", "state", &session, json!({}));
    *rebound.uri_mut() = "/index.html".parse().unwrap();
    rebound.headers_mut().insert("host", "evil.example".parse().unwrap());
    assert_eq!(open.ask(rebound).await.0, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_page_is_of_no_election() {
    let scratch = tempfile::tempdir().unwrap();
    let open = open(&scratch.path().join("vote"));
    let mut request = from_page("GET", "state", "", json!({}));
    *request.uri_mut() = "/election.json".parse().unwrap();
    assert_eq!(open.ask(request).await.1["fingerprint"], Value::Null);
}

#[tokio::test]
async fn the_key_is_made_once_locked_and_opened_with_its_passphrase() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("vote");
    let (public, words) = {
        let open = open(&folder);
        let session = open.enter().await;
        let (status, answer) = open.post("key", &session, json!({ "passphrase": "too short" })).await;
        assert_eq!((status, kind(&answer)), (StatusCode::UNPROCESSABLE_ENTITY, "urn:veche:desk-short"));
        let (status, answer) = open.post("key", &session, json!({ "passphrase": PASSPHRASE })).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        let public = answer["public_key"].as_str().unwrap().to_owned();
        let (status, answer) = open.post("key", &session, json!({ "passphrase": PASSPHRASE })).await;
        assert_eq!((status, kind(&answer)), (StatusCode::CONFLICT, "urn:veche:desk-key-made"));
        let (_, state) = open.ask(from_page("GET", "state", &session, json!({}))).await;
        assert_eq!(state["words_owed"], true, "nobody knows yet that the words are on paper");
        let (_, answer) = open.post("key/words", &session, json!({ "passphrase": PASSPHRASE })).await;
        let words: Vec<String> = serde_json::from_value(answer["words"].clone()).unwrap();
        let (status, _) =
            open.post("key/words", &session, json!({ "passphrase": "another passphrase" })).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        open.desk.vault.keep("organiser", "a-pass".to_owned().into()).unwrap();
        open.post("key/lock", &session, json!({})).await;
        assert!(open.desk.vault.pass("organiser").is_err());
        (public, words)
    };
    assert_eq!(words.len(), 24);
    // Nothing of it lies in the folder as it is.
    let seed = hex::encode(*veche_words::decode(&words.join(" ")).unwrap());
    for item in std::fs::read_dir(&folder).unwrap() {
        let bytes = std::fs::read(item.unwrap().path()).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains(&seed) && !text.contains("a-pass") && !text.contains(&words.join(" ")));
    }
    let open = open(&folder);
    let session = open.enter().await;
    let (status, answer) =
        open.post("key/open", &session, json!({ "passphrase": "another passphrase" })).await;
    assert_eq!((status, kind(&answer)), (StatusCode::UNPROCESSABLE_ENTITY, "urn:veche:desk-passphrase"));
    assert_eq!(open.post("key/open", &session, json!({ "passphrase": PASSPHRASE })).await.0, StatusCode::OK);
    assert_eq!(open.desk.vault.public().unwrap(), public);
    // They are owed until somebody has typed them, whatever else is closed and opened.
    for (path, owed) in [("key/lock", true), ("key/written", false)] {
        open.post(path, &session, json!({})).await;
        let (_, state) = open.ask(from_page("GET", "state", &session, json!({}))).await;
        assert_eq!(state["words_owed"], owed, "{path}");
    }
    open.post("key/open", &session, json!({ "passphrase": PASSPHRASE })).await;
    assert_eq!(open.desk.vault.pass("organiser").unwrap().unwrap().as_str(), "a-pass");
}

#[tokio::test]
async fn what_is_no_form_is_refused_without_repeating_it() {
    let scratch = tempfile::tempdir().unwrap();
    let open = open(&scratch.path().join("vote"));
    let session = open.enter().await;
    let (status, answer) =
        open.post("key", &session, json!({ "passphrase": 17, "other": "secret words" })).await;
    assert_eq!((status, kind(&answer)), (StatusCode::BAD_REQUEST, "urn:veche:desk-malformed"));
    assert!(!answer.to_string().contains("secret words"));
}

#[test]
fn one_desk_at_a_time_in_a_folder_of_its_own() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("vote");
    let first = Folder::open(&folder).unwrap();
    assert!(matches!(Folder::open(&folder), Err(Error::Desk(DeskError::Taken { .. }))));
    drop(first);
    Folder::open(&folder).unwrap();
    let other = scratch.path().join("other");
    std::fs::create_dir(&other).unwrap();
    std::fs::write(other.join("letter.txt"), "of somebody").unwrap();
    assert!(matches!(Folder::open(&other), Err(Error::Desk(DeskError::OtherFolder { .. }))));
    std::fs::write(folder.join("desk.json"), r#"{"version":2}"#).unwrap();
    assert!(matches!(Folder::open(&folder), Err(Error::Desk(DeskError::File { .. }))));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
    }
}

#[tokio::test]
async fn people_are_asked_for_with_a_pass_only() {
    let scratch = tempfile::tempdir().unwrap();
    let open = open(&scratch.path().join("vote"));
    let session = open.enter().await;
    let (status, answer) = open.post("key", &session, json!({ "passphrase": PASSPHRASE })).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let (status, answer) = open.ask(from_page("GET", "people", &session, json!({}))).await;
    let expected = json!({
        "address": null, "pass": null, "districts": [], "time_zone": null, "closes": null, "closes_latest": null,
        "over": false,
    });
    assert_eq!((status, &answer["answer"]), (StatusCode::OK, &expected), "{answer}");
    for deed in [
        "person",
        "unlock",
        "code",
        "phone",
        "revoke-key",
        "roll/add",
        "roll/move",
        "roll/mark",
        "roll/strike",
    ] {
        let (status, answer) = open.post(&format!("people/{deed}"), &session, json!({})).await;
        assert_eq!((status, kind(&answer)), (StatusCode::CONFLICT, "urn:veche:desk-no-pass"), "{deed}");
        let (status, _) = open.post(&format!("people/{deed}"), "", json!({})).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{deed}");
    }
    // A pass goes to no other machine unencrypted before somebody has read what that means.
    for (path, address, problem) in [
        ("people/pass", "http://192.0.2.1:9", "urn:veche:desk-unencrypted"),
        ("box", "http://192.0.2.1:9", "urn:veche:desk-unencrypted"),
        ("box", "vote.example", "urn:veche:desk-address"),
        ("people/pass", "vote.example", "urn:veche:desk-address"),
    ] {
        let form = json!({ "address": address, "token": "a pass" });
        let (status, answer) = open.post(path, &session, form).await;
        assert_eq!((status, kind(&answer)), (StatusCode::UNPROCESSABLE_ENTITY, problem), "{path} {address}");
    }
    // Nobody answers at the address: nothing is kept.
    let pass = json!({ "address": "http://127.0.0.1:9", "token": "a pass" });
    let (status, answer) = open.post("people/pass", &session, pass).await;
    assert_eq!((status, kind(&answer)), (StatusCode::BAD_GATEWAY, "urn:veche:desk-box-away"), "{answer}");
    let (_, answer) = open.ask(from_page("GET", "people", &session, json!({}))).await;
    assert_eq!(answer["answer"]["pass"], Value::Null);
}

/// A manifest of two districts in two languages.
fn manifest(title: &str) -> String {
    let text = |words: &str| json!({ "pl": words, "en": words });
    let options: Vec<Value> = (1..=3)
        .map(|number| json!({ "id": format!("p{number}"), "name": text("Bench"), "cost": 100 }))
        .collect();
    let style = |id: &str| json!({ "id": id, "title": text(id), "contests": ["town"], "electorate": 500 });
    json!({
        "veche": 1, "phase": "election", "languages": ["pl", "en"], "title": text(title), "text": text("A vote"),
        "opens": "2099-06-01T06:00:00Z", "closes": "2099-06-14T18:00:00Z", "time_zone": "Europe/Warsaw",
        "early_close": false,
        "contests": [{
            "id": "town", "title": text("Town"), "report_by": "contest", "options": options,
            "rule": { "type": "approval", "min": 1, "max": 2, "blank": false }, "funding": { "method": "none" },
        }],
        "styles": [style("north"), style("south")],
        "routes": [{ "id": "sms", "title": text("By SMS"), "entered": false }],
        "trustees": { "count": 3, "threshold": 2 }, "minimum_group": 1, "revote": true, "registration": "roll",
    })
    .to_string()
}

#[tokio::test]
async fn a_preview_is_made_shown_in_tabs_and_taken_away_and_a_practice_vote_is_held_by_the_towns_clock() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("vote");
    let open = open(&folder);
    let session = open.enter().await;
    let (status, answer) = open.post("preview", &session, json!({})).await;
    assert_eq!(
        (status, kind(&answer)),
        (StatusCode::INTERNAL_SERVER_ERROR, "urn:veche:desk-fault"),
        "no manifest"
    );

    std::fs::write(folder.join("manifest.json"), manifest("Town")).unwrap();
    let (status, answer) = open.ask(from_page("GET", "preview", &session, json!({}))).await;
    assert_eq!((status, &answer["made"]), (StatusCode::OK, &json!(false)), "{answer}");
    let (status, answer) = open.post("preview", &session, json!({})).await;
    assert_eq!(
        (status, &answer["made"], &answer["current"]),
        (StatusCode::OK, &json!(true), &json!(true)),
        "{answer}"
    );
    assert_eq!(answer["languages"], json!(["pl", "en"]));
    assert_eq!(answer["districts"][1]["title"]["en"], "south");
    assert_eq!(answer["command"], "veche preview manifest.json --out preview");

    let get = |path: String| {
        let request = Request::builder().uri(path).header("host", "127.0.0.1:4321");
        request.body(Body::empty()).unwrap()
    };
    let shown = open.desk.door.shown().to_owned();
    let (status, page) = open.ask(get(format!("/shown/{shown}/preview/pl/proof.html"))).await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.as_str().unwrap().contains("Podgląd – to nie jest głosowanie"));
    let (status, election) = open.ask(get(format!("/shown/{shown}/preview/pages/election.json"))).await;
    assert_eq!((status, &election["preview"]), (StatusCode::OK, &json!(true)));
    // Nobody who does not know the secret in the path.
    let (status, _) = open.ask(get(format!("/shown/{}/preview/pl/proof.html", "0".repeat(64)))).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let (status, _) = open.ask(get("/desk/v1/preview/zip".to_owned())).await;
    assert_eq!(status, StatusCode::FORBIDDEN);

    let answer =
        open.router.clone().oneshot(from_page("GET", "preview/zip", &session, json!({}))).await.unwrap();
    let bytes = answer.into_body().collect().await.unwrap().to_bytes();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    for name in ["preview/index.html", "preview/en/ballot-2.html", "preview/pages/manifest.json"] {
        assert!(archive.by_name(name).is_ok(), "{name}");
    }

    std::fs::write(folder.join("manifest.json"), manifest("Another title")).unwrap();
    let (_, answer) = open.ask(from_page("GET", "preview", &session, json!({}))).await;
    assert_eq!(
        (&answer["made"], &answer["current"]),
        (&json!(true), &json!(false)),
        "of the manifest before"
    );

    for (opens, closes, problem) in [
        ("soon", "2099-05-24T20:00", "urn:veche:desk-no-hour"),
        ("2099-05-20T08:00", "2099-07-24T20:00", "urn:veche:desk-practice-late"),
        ("2099-05-20T08:00", "2099-05-20T08:00", "urn:veche:desk-practice-hours"),
    ] {
        let (_, answer) = open.post("practice", &session, json!({ "opens": opens, "closes": closes })).await;
        assert_eq!(kind(&answer), problem, "{answer}");
        let opening = (problem == "urn:veche:desk-practice-late").then_some("2099-06-01T06:00:00Z");
        assert_eq!(answer["hour"].as_str(), opening, "the hour when the vote opens: {answer}");
    }
    let form = json!({ "opens": "2099-05-20T08:00", "closes": "2099-05-24T20:00" });
    let (status, answer) = open.post("practice", &session, form).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    // In summer the town is two hours ahead.
    assert!(
        answer["command"]
            .as_str()
            .unwrap()
            .ends_with("--opens 2099-05-20T06:00:00Z --closes 2099-05-24T18:00:00Z")
    );
    let (_, made) = open.ask(from_page("GET", "practice", &session, json!({}))).await;
    assert_eq!(
        (&made["phase"], &made["title"]["pl"]),
        (&json!("rehearsal"), &json!("Głosowanie próbne: Another title"))
    );
}

#[tokio::test]
async fn how_far_the_vote_is_stays_known_between_two_looks_at_the_ballot_box() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("vote");
    let open = open(&folder);
    let session = open.enter().await;
    let state = async || open.ask(from_page("GET", "state", &session, json!({}))).await.1;
    let said = async || {
        let state = state().await;
        (state["phase"].clone(), state["rehearsed"].clone(), state["papers"].clone())
    };
    assert_eq!(said().await, (Value::Null, json!(false), json!(false)));
    let seen = |phase: &str| remember(&open.desk.folder, &json!({ "phase": phase })).unwrap();
    seen("setup");
    assert_eq!(said().await, (json!("setup"), json!(false), json!(false)));
    // Nobody opens a vote before its trustees have held the rehearsal.
    seen("open");
    assert_eq!(said().await, (json!("open"), json!(true), json!(false)));
    remember(&open.desk.folder, &json!({})).unwrap();
    seen("published");
    std::fs::write(folder.join("archive.zip"), "papers").unwrap();
    assert_eq!(said().await, (json!("published"), json!(true), json!(true)));
    let kept: Value = serde_json::from_slice(&std::fs::read(folder.join("desk.json")).unwrap()).unwrap();
    assert_eq!((&kept["phase"], &kept["rehearsed"]), (&json!("published"), &json!(true)));
    // Without a ballot box there is nobody to ask.
    let (status, answer) = open.post("state", &session, json!({})).await;
    assert_eq!((status, kind(&answer)), (StatusCode::CONFLICT, "urn:veche:desk-no-box"), "{answer}");
}

#[tokio::test]
async fn a_copy_for_next_year_has_the_description_and_says_what_names_a_year() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("vote");
    let open = open(&folder);
    let session = open.enter().await;
    open.post("key", &session, json!({ "passphrase": PASSPHRASE })).await;
    // Its title is that of the year after, as that of a vote on its money is.
    std::fs::write(folder.join("manifest.json"), manifest("Budget 2030")).unwrap();
    let (status, copied) = open.post("freeze/anew", &session, json!({ "folder": "next" })).await;
    assert_eq!(status, StatusCode::OK, "{copied}");
    assert_eq!(copied["dated"], json!(["Budget 2030"]), "{copied}");
    assert!(copied["command"].as_str().unwrap().starts_with("veche desk "), "{copied}");
    let next = scratch.path().join("next");
    assert!(next.join("manifest.json").is_file());
    assert!(!next.join("organiser-key.age").exists(), "the key is another one");
}

#[tokio::test]
async fn invitations_are_there_until_they_are_forgotten() {
    let scratch = tempfile::tempdir().unwrap();
    let open = open(&scratch.path().join("vote"));
    let session = open.enter().await;
    let there = async || {
        let (status, answer) = open.ask(from_page("GET", "trustees/invitations", &session, json!({}))).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        answer["invitations"].clone()
    };
    assert_eq!(there().await, 0);
    let sheet = |number: u8| (number, zeroize::Zeroizing::new("a sheet".to_owned()));
    open.desk.invitations.keep([sheet(1), sheet(2)].into());
    assert_eq!(there().await, 2);
    open.post("trustees/forget", &session, json!({})).await;
    assert_eq!(there().await, 0);
}

#[tokio::test]
async fn what_a_clerk_meets_on_the_pages_has_a_name_of_its_own() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("vote");
    let open = open(&folder);
    let session = open.enter().await;
    let (status, answer) = open.post("freeze", &session, json!({ "name": "Town", "language": "en" })).await;
    assert_eq!((status, kind(&answer)), (StatusCode::CONFLICT, "urn:veche:desk-no-key"), "{answer}");
    open.post("key", &session, json!({ "passphrase": PASSPHRASE })).await;
    std::fs::write(folder.join("manifest.json"), "{}").unwrap();
    for (path, form) in [("freeze", json!({ "name": "Town", "language": "en" })), ("preview", json!({}))] {
        let (status, answer) = open.post(path, &session, form).await;
        let expected = (StatusCode::UNPROCESSABLE_ENTITY, "urn:veche:desk-manifest");
        assert_eq!((status, kind(&answer)), expected, "{path}: {answer}");
    }

    // A picture that a browser does not show, and then one that is not there.
    let mut with_picture: Value = serde_json::from_str(&manifest("Town")).unwrap();
    with_picture["contests"][0]["options"][0]["picture"] = json!("pictures/bench.jpg");
    std::fs::write(folder.join("manifest.json"), with_picture.to_string()).unwrap();
    let pictures = open.desk.folder.pictures();
    std::fs::create_dir_all(&pictures).unwrap();
    std::fs::write(pictures.join("bench.jpg"), "no picture").unwrap();
    for what in ["is no picture", "is not there"] {
        let (status, answer) = open.post("preview", &session, json!({})).await;
        let expected = (StatusCode::UNPROCESSABLE_ENTITY, "urn:veche:desk-pictures");
        assert_eq!((status, kind(&answer)), expected, "{answer}");
        assert!(answer["detail"].as_str().unwrap().contains(what), "{answer}");
        let _ = std::fs::remove_file(pictures.join("bench.jpg"));
    }

    let (status, answer) = open.post("trustees/names", &session, json!({ "names": { "1": "A\nB" } })).await;
    let expected = (StatusCode::UNPROCESSABLE_ENTITY, "urn:veche:desk-one-line");
    assert_eq!((status, kind(&answer)), expected, "{answer}");
    // A tab has no page of the desk's to say it: it gets a sentence in the desk's language, and the way back.
    let shown = format!("/shown/{}/invitation/1", open.desk.door.shown());
    for (asked, begins, sentence) in [
        ("", "<html lang=\"en\" dir=\"ltr\">", "The invitations are gone from the desk’s memory."),
        ("?language=pl", "<html lang=\"pl\" dir=\"ltr\">", "Zaproszeń nie ma już w pamięci programu."),
        ("?language=ar", "<html lang=\"ar\" dir=\"rtl\">", "لم تعد الدعوات في ذاكرة البرنامج."),
        ("?language=%3Cscript%3E", "<html lang=\"en\" dir=\"ltr\">", "The invitations are gone"),
    ] {
        let request = Request::builder().uri(format!("{shown}{asked}")).header("host", "127.0.0.1:4321");
        let (status, page) = open.ask(request.body(Body::empty()).unwrap()).await;
        let page = page.as_str().unwrap();
        assert_eq!(status, StatusCode::CONFLICT, "{page}");
        assert!(page.contains(begins) && page.contains(sentence) && !page.contains("<script"), "{page}");
        assert!(page.contains("<a href=\"/#desk/trustees\">") && !page.contains("urn:veche"), "{page}");
    }
    let stranger = format!("/shown/{}/invitation/1?language=de", "0".repeat(64));
    let request = Request::builder().uri(stranger).header("host", "127.0.0.1:4321");
    let (status, page) = open.ask(request.body(Body::empty()).unwrap()).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert!(page.as_str().unwrap().contains("Diese Seite wurde nicht über den Link des Programms geöffnet"));

    // Something that answers, and is neither ballot box nor registrar; an archive that is none.
    let other = axum::Router::new().fallback(|| async { "hello" });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let other = tokio::spawn(async move { axum::serve(listener, other).await });
    std::fs::write(folder.join("archive-pl.zip"), "none").unwrap();
    let form = json!({ "address": address, "token": "a pass" });
    let missing = axum::Router::new();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nothing =
        json!({ "address": format!("http://{}", listener.local_addr().unwrap()), "token": "a pass" });
    let missing = tokio::spawn(async move { axum::serve(listener, missing).await });
    for (path, form, status, problem) in [
        ("box", &form, StatusCode::BAD_GATEWAY, "urn:veche:desk-box-other"),
        ("people/pass", &nothing, StatusCode::BAD_GATEWAY, "urn:veche:desk-no-registrar"),
        ("people/pass", &form, StatusCode::BAD_GATEWAY, "urn:veche:desk-no-registrar"),
    ] {
        let answer = open.post(path, &session, form.clone()).await;
        assert_eq!((answer.0, kind(&answer.1)), (status, problem), "{answer:?}");
    }
    let (status, answer) = open.ask(from_page("GET", "finish", &session, json!({}))).await;
    assert_eq!(
        (status, kind(&answer)),
        (StatusCode::UNPROCESSABLE_ENTITY, "urn:veche:desk-archive"),
        "{answer}"
    );
    other.abort();
    missing.abort();
}

#[test]
fn before_there_is_a_page_the_desk_speaks_the_language_of_this_computer() {
    use veche_phrases::Language;
    let set = |all: &'static [(&str, &str)]| {
        super::of_this_computer(|name| {
            all.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    };
    assert_eq!(set(&[]), Language::En);
    assert_eq!(set(&[("LANG", "C.UTF-8")]), Language::En);
    assert_eq!(set(&[("LANG", "pl_PL.UTF-8")]), Language::Pl);
    assert_eq!(set(&[("LANG", "pl_PL.UTF-8"), ("LC_ALL", ""), ("LC_MESSAGES", "ar")]), Language::Ar);
    assert_eq!(set(&[("LANG", "pl_PL"), ("LC_ALL", "de_AT@euro")]), Language::De);
    // What the desk says without pages is in that language.
    if let Err(error) = super::server::Page::take(None) {
        let said = crate::site::said::refusal(error, Language::Pl).to_string();
        assert!(said.contains("stron") && !said.contains("no pages in it"), "{said}");
    }
}
