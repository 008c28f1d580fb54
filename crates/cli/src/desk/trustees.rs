//! The trustees' page: who is waited for and what to write to them, and invitations to print.
//!
//! The passes of trustees are read for the invitations and forgotten with them: they lie in memory while the desk is
//! open, until somebody says that all are printed.

use std::collections::BTreeMap;
use std::path::Path as FilePath;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use veche_phrases::Language as Speech;
use zeroize::Zeroizing;

use super::Desk;
use super::ballot_box::{office, remember_rehearsal};
use super::problem::{Kind, Problem, name_of_desk};
use super::request::{Answer, Form, work};
use crate::election::trustees::invitations::{Wanted, manifest, moment, pages, read_tokens};
use crate::election::trustees::names::Names;
use crate::election::trustees::waiting::{Document, document};
use crate::error::Error;

/// The pages that were made last, by the trustees' numbers.
#[derive(Default)]
pub(crate) struct Invitations(Mutex<BTreeMap<u8, Zeroizing<String>>>);

impl Invitations {
    pub(super) fn keep(&self, pages: BTreeMap<u8, Zeroizing<String>>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = pages;
    }

    fn count(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    fn of(&self, trustee: u8) -> Option<Zeroizing<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&trustee).cloned()
    }
}

/// The routes of this page.
pub(crate) fn routes() -> Router<Arc<Desk>> {
    Router::new()
        .route("/trustees/waiting", post(waiting))
        .route("/trustees/names", post(name))
        .route("/trustees/invitations", get(invited).post(invite))
        .route("/trustees/forget", post(forget))
}

/// What is opened in a tab of its own.
pub(crate) fn shown() -> Router<Arc<Desk>> {
    Router::new().route("/shown/{secret}/invitation/{trustee}", get(show))
}

#[derive(Deserialize)]
struct Language {
    language: String,
}

#[derive(Serialize)]
struct Waiting {
    #[serde(flatten)]
    document: Document,
    names: BTreeMap<u8, String>,
    /// The town's, in which hours are shown.
    time_zone: String,
    command: String,
}

async fn waiting(State(desk): State<Arc<Desk>>, Form(form): Form<Language>) -> Answer<Waiting> {
    let waiting = work(desk, move |desk| {
        let office = office(desk)?;
        let audit = office.audit()?;
        let Some(board) = audit.board() else {
            return Err(Problem::of_board(&audit.report));
        };
        remember_rehearsal(&desk.folder, board)?;
        let names = desk.folder.notes().trustee_names;
        let known = Names::from(names.clone());
        let document = document(board, &audit, &known, Some(&form.language)).map_err(Error::from)?;
        let command = format!("veche election waiting --box URL --language {}", form.language);
        let time_zone = board.manifest().document().time_zone.clone();
        Ok(Waiting { document, names, time_zone, command })
    });
    Ok(Json(waiting.await?))
}

#[derive(Deserialize)]
struct Named {
    names: BTreeMap<u8, String>,
}

async fn name(State(desk): State<Arc<Desk>>, Form(form): Form<Named>) -> Answer<Value> {
    work(desk, move |desk| {
        let mut names = form.names;
        names.values_mut().for_each(|name| *name = name.trim().to_owned());
        names.retain(|_, name| !name.is_empty());
        if names.values().any(|name| name.contains(char::is_control)) {
            return Err(Problem::new(Kind::DeskOneLine, "a name is one line"));
        }
        Ok(desk.folder.note(|notes| notes.trustee_names = names)?)
    })
    .await?;
    Ok(Json(json!({})))
}

#[derive(Deserialize)]
struct Invite {
    site: String,
    tokens: Zeroizing<String>,
    by: Option<String>,
}

async fn invite(State(desk): State<Arc<Desk>>, Form(form): Form<Invite>) -> Answer<Value> {
    let made = work(desk, move |desk| {
        // Refuses where no box is named, or the desk is locked.
        office(desk)?;
        let address = desk.folder.notes().ballot_box.unwrap_or_default();
        let manifest = manifest(&address)?;
        let file = FilePath::new("trustee-tokens");
        let tokens =
            read_tokens(form.tokens.as_bytes(), file, manifest.trustees().count).map_err(Error::from)?;
        let by = form.by.as_deref().filter(|by| !by.is_empty());
        let by = by.map(|by| moment(by, &manifest)).transpose().map_err(Error::from)?;
        let names = Names::from(desk.folder.notes().trustee_names);
        let wanted = Wanted { site: &form.site, names: &names, by, language: None };
        let pages = pages(&manifest, &tokens, &wanted).map_err(Error::from)?;
        let count = pages.len();
        desk.invitations.keep((1..).zip(pages.into_iter().map(|(_, page)| page)).collect());
        Ok((count, desk.folder.notes().trustee_names))
    });
    let (count, names) = made.await?;
    let command = "veche election invitations --box URL --site URL --tokens FILE --out DIR";
    Ok(Json(json!({ "invitations": count, "names": names, "command": command })))
}

/// How many invitations lie in memory, to be opened and printed, and for whom.
async fn invited(State(desk): State<Arc<Desk>>) -> Answer<Value> {
    let names = desk.folder.notes().trustee_names;
    Ok(Json(json!({ "invitations": desk.invitations.count(), "names": names })))
}

async fn forget(State(desk): State<Arc<Desk>>) -> Answer<Value> {
    desk.invitations.keep(BTreeMap::new());
    Ok(Json(json!({})))
}

/// The desk's language, where the tab was opened by its page.
#[derive(Deserialize)]
struct Spoken {
    language: Option<String>,
}

/// The invitation of one trustee, while the desk is open. A tab that comes too late gets a page with a sentence: no
/// script of the desk's is there to say it.
async fn show(
    State(desk): State<Arc<Desk>>,
    Path((secret, trustee)): Path<(String, u8)>,
    Query(spoken): Query<Spoken>,
) -> Response {
    let headers = [
        (header::CACHE_CONTROL, "no-store"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
        ),
    ];
    match invitation(&desk, &secret, trustee) {
        Ok(page) => (headers, Html(page.to_string())).into_response(),
        Err(problem) => {
            let language = spoken.language.as_deref().and_then(Speech::of_tag).unwrap_or_default();
            (problem.kind.status(), headers, Html(instead(&problem, language))).into_response()
        }
    }
}

fn invitation(desk: &Desk, secret: &str, trustee: u8) -> Result<Zeroizing<String>, Problem> {
    if !desk.door.is_shown(secret) || !desk.vault.is_open() {
        return Err(Problem::new(Kind::DeskStranger, "This page was not opened by the desk."));
    }
    let gone = "there is no such invitation any more; make them again";
    desk.invitations.of(trustee).ok_or_else(|| Problem::new(Kind::DeskInvitationGone, gone))
}

/// One sentence in the place of an invitation, and the way back. Nothing of it comes from whoever asks.
fn instead(problem: &Problem, language: Speech) -> String {
    let direction = if language.is_right_to_left() { "rtl" } else { "ltr" };
    let (name, sentence) = (name_of_desk(language), problem.sentence(language));
    format!(
        "<!doctype html>\n<html lang=\"{language}\" dir=\"{direction}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{name}</title>\n\
         <style>body {{ max-width: 40em; margin: 2em auto; padding: 0 1em; font: 1.125em/1.5 sans-serif }}</style>\n\
         </head>\n<body>\n<main>\n<h1>{name}</h1>\n<p>{sentence}</p>\n\
         <p><a href=\"/#desk/trustees\">{name}</a></p>\n</main>\n</body>\n</html>\n"
    )
}
