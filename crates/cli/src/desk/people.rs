//! Whoever votes: the roll and the help desk. The desk asks the registrar of the vote over HTTP, with a pass that
//! whoever runs it has given; nothing of the people is kept here.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::Desk;
use super::ballot_box::{self, confirmed};
use super::problem::{Kind, Problem};
use super::request::{Form, work};
use crate::error::Error;
use crate::remote::{Message, Remote};

/// What the pass is called among the passes.
const PASS: &str = "people";
/// The longest spreadsheet, as the registrar takes it.
const LONGEST: usize = 64 << 20;
/// Time for what concerns one person.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);
/// Time for a whole roll, which a server reads and puts into force.
const LONG: Duration = Duration::from_secs(600);

/// What can be done for one person: the path of the desk's own route and of the registrar's, and the command that does
/// the same.
const DEEDS: [(&str, &str); 9] = [
    ("person", "veche-server help find --data DIR"),
    ("unlock", "veche-server help unlock --data DIR --operator NAME --reason TEXT"),
    ("code", "veche-server help code --data DIR --days N --operator NAME --reason TEXT"),
    ("phone", "veche-server help phone --data DIR --operator NAME --reason TEXT"),
    ("revoke-key", "veche-server help revoke-key --data DIR --operator NAME --reason TEXT"),
    ("roll/add", "veche-server roll add --data DIR --style ID --operator NAME --reason TEXT"),
    ("roll/move", "veche-server roll move --data DIR --style ID --operator NAME --reason TEXT"),
    ("roll/mark", "veche-server roll mark --data DIR --operator NAME --reason TEXT"),
    ("roll/strike", "veche-server roll strike --data DIR --operator NAME --reason TEXT"),
];
const CHECK: &str = "veche-server roll check FILE --data DIR --problems back.csv";
const REPLACE: &str = "veche-server roll replace FILE --data DIR --operator NAME --reason TEXT";
const JOURNAL: &str = "veche-server journal --data DIR";
const GIVE: &str = "veche-server desk-pass give --data DIR --operator NAME --for roll";

/// The routes of these pages.
pub(crate) fn routes() -> Router<Arc<Desk>> {
    let file = || DefaultBodyLimit::max(LONGEST);
    let routes = Router::new()
        .route("/people", get(known))
        .route("/people/pass", post(take))
        .route("/people/journal", get(journal))
        .route("/people/check", post(check).layer(file()))
        .route("/people/replace", post(replace).layer(file()));
    DEEDS.into_iter().fold(routes, |routes, (path, command)| {
        let deed = move |desk: State<Arc<Desk>>, form: Form<Value>| done(desk, form, path, command);
        routes.route(&format!("/people/{path}"), post(deed))
    })
}

/// Why there is no answer: the desk's own reason, or the registrar's.
pub(super) enum Refusal {
    Own(Problem),
    /// A status and a problem document.
    Registrar(StatusCode, Value),
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Refusal::Own(problem)
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Refusal::Own(error.into())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Refusal::Own(problem) => problem.into_response(),
            Refusal::Registrar(status, document) => {
                let media = [(header::CONTENT_TYPE, "application/problem+json")];
                (status, media, Json(document)).into_response()
            }
        }
    }
}

pub(super) type Relayed = Result<Json<Value>, Refusal>;

/// The registrar, with a pass.
pub(super) struct Registrar {
    remote: Remote,
    pass: Zeroizing<String>,
}

impl Registrar {
    /// The one that the desk knows.
    fn of(desk: &Desk) -> Result<Self, Problem> {
        let missing = || Problem::new(Kind::DeskNoPass, "no pass for the people of the vote is kept yet");
        let address = desk.folder.notes().registrar.ok_or_else(missing)?;
        let pass = desk.vault.pass(PASS)?.ok_or_else(missing)?;
        Ok(Registrar { remote: Remote::new(&address).map_err(Error::from)?, pass })
    }

    /// The same, or where none is known yet the ballot box, which may be its own registrar.
    pub(super) fn or_box(desk: &Desk) -> Result<Self, Problem> {
        match Registrar::of(desk) {
            Err(problem) if problem.kind == Kind::DeskNoPass => {
                let (address, pass) = ballot_box::known(desk)?;
                Ok(Registrar { remote: Remote::new(&address).map_err(Error::from)?, pass })
            }
            other => other,
        }
    }

    pub(super) fn ask(
        &self,
        path: &str,
        message: Option<Message<'_>>,
        patience: Duration,
    ) -> Result<Value, Refusal> {
        let path = format!("v1/desk{path}");
        let answered = self.remote.exchange(&path, &self.pass, message, patience);
        let (status, body) = answered.map_err(Error::from)?;
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
        if status.is_success() {
            return Ok(serde_json::from_slice(&body).unwrap_or(Value::Null));
        }
        Err(relayed(status, &body))
    }
}

/// A problem of the registrar's, under a name that the desk's page has a sentence for.
fn relayed(status: StatusCode, body: &[u8]) -> Refusal {
    let mut document: Value = serde_json::from_slice(body).unwrap_or_default();
    let name = document.get("type").and_then(Value::as_str).and_then(|name| name.strip_prefix("urn:veche:"));
    match name.map(|name| format!("urn:veche:people-{name}")) {
        Some(name) => {
            if let Some(document) = document.as_object_mut() {
                document.insert("type".to_owned(), name.into());
            }
            Refusal::Registrar(status, document)
        }
        None => {
            let detail =
                format!("what answers there is no registrar of this version: HTTP {}", status.as_u16());
            Problem::new(Kind::DeskNoRegistrar, detail).into()
        }
    }
}

/// Does what waits for the registrar, and says what came of it with the command that does the same.
async fn asked(
    desk: Arc<Desk>,
    command: &str,
    ask: impl FnOnce(&Registrar) -> Result<Value, Refusal> + Send + 'static,
) -> Relayed {
    // What the registrar refuses is no failure of the work.
    let answer = work(desk, move |desk| Ok(ask(&Registrar::of(desk)?))).await??;
    Ok(Json(json!({ "answer": answer, "command": command })))
}

#[derive(Deserialize)]
struct Pass {
    address: String,
    token: Zeroizing<String>,
    /// Whether somebody has read that everybody on the way to the address reads along.
    #[serde(default)]
    unencrypted: bool,
}

/// Keeps a pass, when the registrar takes it.
async fn take(State(desk): State<Arc<Desk>>, Form(form): Form<Pass>) -> Relayed {
    let kept = work(desk, move |desk| {
        let address = form.address.trim().trim_end_matches('/').to_owned();
        confirmed(&address, form.unencrypted)?;
        let pass = Zeroizing::new(form.token.trim().to_owned());
        let remote = Remote::new(&address).map_err(Error::from)?;
        let answer = match (Registrar { remote, pass: pass.clone() }).ask("", None, PATIENCE) {
            Ok(answer) => answer,
            Err(refusal) => return Ok(Err(refusal)),
        };
        // A page of any site answers, too; a registrar says whose pass it is.
        if !answer.get("operator").is_some_and(Value::is_string) {
            let detail = "what answers there does not say whose pass it is";
            return Err(Problem::new(Kind::DeskNoRegistrar, detail));
        }
        desk.vault.keep(PASS, pass)?;
        desk.folder.note(|notes| notes.registrar = Some(address))?;
        Ok(Ok(answer))
    });
    let answer = kept.await??;
    Ok(Json(json!({ "answer": answer, "command": GIVE })))
}

/// What the pages begin with: where people are asked for, whose pass there is, and the districts.
async fn known(State(desk): State<Arc<Desk>>) -> Relayed {
    let known = work(desk, |desk| {
        let notes = desk.folder.notes();
        let pass = match Registrar::of(desk) {
            Ok(registrar) => match registrar.ask("", None, PATIENCE) {
                Ok(pass) => pass,
                Err(refusal) => return Ok(Err(refusal)),
            },
            Err(problem) if problem.kind == Kind::DeskNoPass => Value::Null,
            Err(problem) => return Err(problem),
        };
        let address = notes.registrar.clone().or_else(|| notes.ballot_box.clone());
        let (closes, over) = closing(desk);
        let manifest = manifest(desk);
        Ok(Ok(json!({
            "address": address, "pass": pass, "districts": districts(&manifest),
            "time_zone": manifest.get("time_zone"), "closes_latest": manifest.get("closes_latest"),
            "closes": closes, "over": over,
        })))
    });
    let answer = known.await??;
    Ok(Json(json!({ "answer": answer, "command": GIVE })))
}

/// When voting closes, and whether it is over, as the ballot box says, which may be the registrar as well; nothing
/// where none is reached.
fn closing(desk: &Desk) -> (Option<String>, bool) {
    let notes = desk.folder.notes();
    let mut addresses = notes.ballot_box.into_iter().chain(notes.registrar);
    let asked = |address: String| Remote::new(&address).ok()?.get("v1/election").ok().flatten();
    let election: Option<Value> =
        addresses.find_map(asked).and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let part = |name: &str| election.as_ref()?.get(name)?.as_str().map(str::to_owned);
    let time = |name: &str| part(name)?.parse::<jiff::Timestamp>().ok();
    let ended = matches!(part("phase").as_deref(), Some("closed" | "published" | "cancelled"));
    // Where a word of the ballot box is missing, nothing is over.
    let passed = time("closes").zip(time("now")).is_some_and(|(closes, now)| now >= closes);
    (part("closes"), ended || passed)
}

/// The manifest of the folder, or as the ballot box publishes it, which may be the registrar as well; null where there
/// is none.
fn manifest(desk: &Desk) -> Value {
    let own = std::fs::read(desk.folder.manifest()).ok();
    let published = || {
        let notes = desk.folder.notes();
        let mut addresses = notes.ballot_box.into_iter().chain(notes.registrar);
        let read = |address: String| Remote::new(&address).ok()?.get("record/manifest.json").ok().flatten();
        addresses.find_map(read)
    };
    own.or_else(published).and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
}

/// The districts with their titles.
fn districts(manifest: &Value) -> Value {
    let styles = manifest.get("styles").and_then(Value::as_array);
    let shown = |style: &Value| json!({ "id": style.get("id"), "title": style.get("title") });
    styles.into_iter().flatten().map(shown).collect()
}

async fn done(
    State(desk): State<Arc<Desk>>,
    Form(form): Form<Value>,
    path: &'static str,
    command: &str,
) -> Relayed {
    // `roll mark` reads the mark without being told.
    let marked = form.get("mark").is_some() && !matches!(path, "roll/mark" | "unlock");
    let command = if marked { format!("{command} --mark") } else { command.to_owned() };
    asked(desk, &command, move |registrar| {
        let body = Zeroizing::new(form.to_string());
        let message = Message { media: "application/json", headers: &[], body: body.as_bytes() };
        registrar.ask(&format!("/{path}"), Some(message), PATIENCE)
    })
    .await
}

async fn journal(State(desk): State<Arc<Desk>>) -> Relayed {
    asked(desk, JOURNAL, |registrar| registrar.ask("/journal", None, PATIENCE)).await
}

/// Has a spreadsheet looked at. Nothing is changed.
async fn check(State(desk): State<Arc<Desk>>, file: Bytes) -> Relayed {
    asked(desk, CHECK, move |registrar| registrar.ask("/roll/check", Some(spreadsheet(&file, &[])), LONG))
        .await
}

#[derive(Deserialize)]
struct Replace {
    reason: String,
    #[serde(default)]
    strike_gone: bool,
}

/// Has a spreadsheet put into force.
async fn replace(State(desk): State<Arc<Desk>>, Query(how): Query<Replace>, file: Bytes) -> Relayed {
    asked(desk, REPLACE, move |registrar| {
        let reason = utf8_percent_encode(&how.reason, NON_ALPHANUMERIC).to_string();
        let path = format!("/roll?strike_gone={}", how.strike_gone);
        registrar.ask(&path, Some(spreadsheet(&file, &[("veche-reason", &reason)])), LONG)
    })
    .await
}

fn spreadsheet<'a>(file: &'a [u8], headers: &'a [(&'a str, &'a str)]) -> Message<'a> {
    Message { media: "application/octet-stream", headers, body: file }
}
