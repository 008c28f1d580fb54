//! The vote is described: a template to fill in, files handed in, what is wrong with them, questions answered.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use veche_desk::{Language, template};
use veche_sheet::{Encoding, Limits};

use super::Desk;
use super::problem::{Kind, Problem};
use super::request::{Answer, Form, work};
use crate::describe::{DescribeError, next_year};
use crate::error::Error;
use crate::import::page;

pub(super) mod draft;

use draft::{Draft, View};

/// The routes of this page. A file may be as long as any spreadsheet that is read.
pub(crate) fn routes() -> Router<Arc<Desk>> {
    let file = post(file).layer(DefaultBodyLimit::max(Limits::SHEET.bytes));
    Router::new()
        .route("/describe", get(look))
        .route("/describe/template", get(blank))
        .route("/describe/file", file)
        .route("/describe/answer", post(answer))
        .route("/describe/encoding", post(encoding))
        .route("/describe/said", post(beside))
        .route("/describe/confirm", post(confirm))
}

/// Seconds since 1970.
pub(super) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// The language that the page speaks.
#[derive(Debug, Deserialize)]
pub(super) struct Spoken {
    language: String,
}

impl Spoken {
    pub(super) fn language(&self) -> Language {
        Language::of_tag(&self.language).unwrap_or_default()
    }
}

/// A vote that is frozen is described no more.
fn open(desk: &Desk) -> Result<(), Problem> {
    match desk.folder.notes().frozen {
        true => Err(Problem::new(Kind::DeskFrozen, "the vote is frozen")),
        false => Ok(()),
    }
}

/// Changes the draft, and shows what becomes of it.
async fn change(
    desk: Arc<Desk>,
    language: Language,
    what: impl FnOnce(&mut Draft, &Desk) -> Result<(), Problem> + Send + 'static,
) -> Answer<View> {
    let view = work(desk, move |desk| {
        open(desk)?;
        let mut draft = Draft::of(&desk.folder)?;
        what(&mut draft, desk)?;
        draft.view(&desk.folder, language, now())
    });
    Ok(Json(view.await?))
}

async fn look(State(desk): State<Arc<Desk>>, Query(spoken): Query<Spoken>) -> Answer<View> {
    let view = work(desk, move |desk| Draft::of(&desk.folder)?.view(&desk.folder, spoken.language(), now()));
    Ok(Json(view.await?))
}

async fn blank(Query(spoken): Query<Spoken>) -> Result<Response, Problem> {
    let bytes = template(spoken.language(), next_year(now()))
        .map_err(|error| Problem::from(Error::from(DescribeError::from(error))))?;
    let media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    Ok(([(header::CONTENT_TYPE, media)], bytes).into_response())
}

#[derive(Debug, Deserialize)]
struct Handed {
    name: String,
    language: String,
    /// Whether it is one of several, and those before it stay.
    #[serde(default)]
    beside: bool,
}

async fn file(State(desk): State<Arc<Desk>>, Query(handed): Query<Handed>, bytes: Bytes) -> Answer<View> {
    let language = Language::of_tag(&handed.language).unwrap_or_default();
    change(desk, language, move |draft, desk| {
        draft.take(&desk.folder, &handed.name, &bytes, handed.beside, language)
    })
    .await
}

#[derive(Debug, Deserialize)]
struct Said {
    /// The cell or the column.
    place: String,
    /// Nothing where an answer is taken back.
    answer: Option<String>,
    #[serde(flatten)]
    spoken: Spoken,
}

async fn answer(State(desk): State<Arc<Desk>>, Form(said): Form<Said>) -> Answer<View> {
    change(desk, said.spoken.language(), move |draft, _| draft.answer(said.place, said.answer)).await
}

#[derive(Debug, Deserialize)]
struct Chosen {
    name: String,
    /// Nothing where it is to be found out.
    encoding: Option<String>,
    #[serde(flatten)]
    spoken: Spoken,
}

async fn encoding(State(desk): State<Arc<Desk>>, Form(chosen): Form<Chosen>) -> Answer<View> {
    change(desk, chosen.spoken.language(), move |draft, _| {
        let known = chosen.encoding.as_ref().is_none_or(|name| name.parse::<Encoding>().is_ok());
        let file = draft.files.iter_mut().find(|file| file.name == chosen.name).filter(|_| known);
        let file = file.ok_or_else(|| Problem::new(Kind::DeskMalformed, "no such file or encoding"))?;
        file.encoding = chosen.encoding;
        Ok(())
    })
    .await
}

#[derive(Debug, Deserialize)]
struct Beside {
    said: page::Said,
    language: String,
}

/// What somebody says beside files that are imported.
async fn beside(State(desk): State<Arc<Desk>>, Form(form): Form<Beside>) -> Answer<View> {
    let language = Language::of_tag(&form.language).unwrap_or_default();
    change(desk, language, move |draft, _| {
        draft.said = form.said;
        Ok(())
    })
    .await
}

async fn confirm(State(desk): State<Arc<Desk>>, Form(spoken): Form<Spoken>) -> Answer<View> {
    change(desk, spoken.language(), |draft, _| {
        draft.confirmed = true;
        Ok(())
    })
    .await
}

#[cfg(test)]
mod tests;
