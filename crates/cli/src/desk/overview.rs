//! What every page begins with: how far the vote has come. And the organiser's key: made, opened, locked.

use std::sync::Arc;

use age::secrecy::SecretString;
use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::Desk;
use super::ballot_box::{office, remember, remember_rehearsal, with_board};
use super::request::{Answer, Form, work};

/// How far the vote has come, as far as the folder knows.
#[derive(Debug, Serialize)]
struct Progress {
    /// The folder's name.
    folder: String,
    /// Whether the organiser's key is made.
    key: bool,
    /// Whether it is open.
    open: bool,
    /// Its public half, in hexadecimal.
    public_key: Option<String>,
    /// Whether its words are still to be written down.
    words_owed: bool,
    /// Whether there is a manifest.
    manifest: bool,
    /// Whether a preview was made.
    preview: bool,
    /// Whether it is frozen.
    frozen: bool,
    /// Where the ballot box answers.
    ballot_box: Option<String>,
    /// Whether the trustees have made the keys and held the rehearsal, as of the last look.
    rehearsed: bool,
    /// How far the vote was when the ballot box was asked last: `setup`, `open`, `closed`, `published` or `cancelled`.
    phase: Option<String>,
    /// Whether the papers of the vote are made.
    papers: bool,
    /// Where people sign in, once a pass for them is kept.
    registrar: Option<String>,
    /// The folder in addresses of what is shown in tabs of its own.
    shown: String,
}

/// What asks for the session; all others have one.
pub(crate) fn entry() -> Router<Arc<Desk>> {
    Router::new().route("/enter", post(enter))
}

/// The routes of this page.
pub(crate) fn routes() -> Router<Arc<Desk>> {
    Router::new()
        .route("/state", get(state).post(look))
        .route("/key", post(make))
        .route("/key/open", post(open))
        .route("/key/lock", post(lock))
        .route("/key/words", post(words))
        .route("/key/written", post(written))
}

#[derive(Deserialize)]
struct Entry {
    token: String,
}

async fn enter(State(desk): State<Arc<Desk>>, Form(entry): Form<Entry>) -> Answer<Value> {
    let session = desk.door.enter(&entry.token)?;
    desk.folder.forget_link();
    Ok(Json(json!({ "session": *session })))
}

async fn state(State(desk): State<Arc<Desk>>) -> Answer<Progress> {
    Ok(Json(progress(&desk)))
}

fn progress(desk: &Desk) -> Progress {
    let notes = desk.folder.notes();
    let folder = desk.folder.path().file_name().map(|name| name.to_string_lossy().into_owned());
    Progress {
        folder: folder.unwrap_or_default(),
        key: desk.vault.made(),
        open: desk.vault.is_open(),
        public_key: notes.public_key,
        words_owed: notes.words_owed,
        manifest: desk.folder.manifest().is_file(),
        preview: desk.folder.preview().join("index.html").is_file(),
        frozen: notes.frozen,
        ballot_box: notes.ballot_box,
        rehearsed: notes.rehearsed,
        phase: notes.phase,
        papers: desk.folder.has_archive(),
        registrar: notes.registrar,
        shown: desk.door.shown().to_owned(),
    }
}

/// The same, after the ballot box was asked how far the vote is; the folder remembers it.
async fn look(State(desk): State<Arc<Desk>>) -> Answer<Progress> {
    let progress = work(desk, |desk| {
        let office = office(desk)?;
        let election: Value = office.get_json("v1/election")?;
        remember(&desk.folder, &election)?;
        // Before the opening the board is short, and says whether the trustees are done.
        if !desk.folder.notes().rehearsed {
            with_board(&office, |_, board| remember_rehearsal(&desk.folder, board))?;
        }
        Ok(progress(desk))
    });
    Ok(Json(progress.await?))
}

#[derive(Deserialize)]
struct Passphrase {
    passphrase: Zeroizing<String>,
}

impl Passphrase {
    fn secret(&self) -> SecretString {
        SecretString::from(self.passphrase.as_str())
    }
}

async fn make(State(desk): State<Arc<Desk>>, Form(form): Form<Passphrase>) -> Answer<Value> {
    let public = work(desk, move |desk| {
        let public = desk.vault.make(form.secret())?;
        desk.folder.note(|notes| {
            notes.public_key = Some(public.clone());
            notes.words_owed = true;
        })?;
        Ok(public)
    });
    Ok(Json(json!({ "public_key": public.await?, "command": "veche election key" })))
}

async fn open(State(desk): State<Arc<Desk>>, Form(form): Form<Passphrase>) -> Answer<Value> {
    work(desk, move |desk| {
        desk.vault.open(form.secret())?;
        // Written again, for a desk that was stopped between the key and its note.
        let public = desk.vault.public()?;
        Ok(desk.folder.note(|notes| notes.public_key = Some(public))?)
    })
    .await?;
    Ok(Json(json!({})))
}

async fn lock(State(desk): State<Arc<Desk>>) -> Answer<Value> {
    desk.vault.close();
    Ok(Json(json!({})))
}

async fn words(State(desk): State<Arc<Desk>>, Form(form): Form<Passphrase>) -> Answer<Value> {
    let words = work(desk, move |desk| Ok(desk.vault.words(&form.secret())?)).await?;
    Ok(Json(json!({ "words": words.split(' ').collect::<Vec<_>>() })))
}

/// Some of the words were asked back, and were right.
async fn written(State(desk): State<Arc<Desk>>) -> Answer<Value> {
    work(desk, |desk| Ok(desk.folder.note(|notes| notes.words_owed = false)?)).await?;
    Ok(Json(json!({})))
}
