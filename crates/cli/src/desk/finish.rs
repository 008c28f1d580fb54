//! After the count: a draw that decides who is funded, and everything that a town keeps, prints and files.

use std::fs::File;
use std::io::Read as _;
use std::path::PathBuf;
use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use clap::Parser as _;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use veche_verify::BoardState;
use veche_verify::report::Report;
use zip::ZipArchive;

use super::Desk;
use super::ballot_box::office;
use super::problem::{Kind, Problem};
use super::request::{Answer, Form, work};
use crate::election::{Office, draw};
use crate::error::Error;
use crate::{Cli, Outcome, report};

/// The longest file of an archive that is handed out alone.
const LONGEST: u64 = 64 << 20;

/// The routes of this page.
pub(crate) fn routes() -> Router<Arc<Desk>> {
    Router::new()
        .route("/finish", get(stand))
        .route("/finish/draws", get(draws))
        .route("/finish/draw", post(drawn))
        .route("/finish/archive", post(archive))
        .route("/finish/file", get(file))
}

/// The archive of the vote, once it is made.
fn archive_file(desk: &Desk) -> PathBuf {
    desk.folder.path().join("archive.zip")
}

async fn stand(State(desk): State<Arc<Desk>>) -> Answer<Value> {
    let files = work(desk, |desk| {
        let path = archive_file(desk);
        if !path.is_file() {
            return Ok(None);
        }
        let archive = opened(&path)?;
        let names = archive.file_names().filter_map(Result::ok);
        let mut papers: Vec<String> =
            names.filter(|name| !name.contains('/')).map(|name| name.into_owned()).collect();
        papers.sort_unstable();
        Ok(Some(papers))
    });
    Ok(Json(json!({ "files": files.await? })))
}

fn opened(path: &std::path::Path) -> Result<ZipArchive<File>, Problem> {
    let failed = |source| Error::Read { path: path.to_owned(), source };
    let file = File::open(path).map_err(failed)?;
    ZipArchive::new(file).map_err(|error| Problem::new(Kind::DeskFault, error.to_string()))
}

/// Options of one total of which a draw decides.
#[derive(Serialize)]
struct ToDraw {
    contest: String,
    title: Value,
    options: Vec<Value>,
}

async fn draws(State(desk): State<Arc<Desk>>) -> Answer<Vec<ToDraw>> {
    let draws = work(desk, |desk| verified(&office(desk)?, |_, board, report| Ok(to_draw(board, report))));
    Ok(Json(draws.await?))
}

/// Does something with a board that passes and what was found on it.
fn verified<T>(
    office: &Office,
    step: impl FnOnce(&Office, &BoardState, &Report) -> Result<T, Error>,
) -> Result<T, Problem> {
    let audit = office.audit()?;
    let Some(board) = audit.board() else {
        return Err(Problem::new(Kind::DeskRefused, report::text(&audit.report)));
    };
    Ok(step(office, board, &audit.report)?)
}

fn to_draw(board: &BoardState, report: &Report) -> Vec<ToDraw> {
    let open = report.funding.iter().filter(|funding| !funding.to_be_drawn.is_empty());
    let contests = open.filter_map(|funding| {
        let contest = board.manifest().contests().iter().find(|contest| contest.id == funding.contest)?;
        let drawn = contest.options.iter().filter(|option| funding.to_be_drawn.contains(&option.id));
        Some(ToDraw {
            contest: contest.id.clone(),
            title: json!(contest.title),
            options: drawn.map(|option| json!({ "id": option.id, "name": option.name })).collect(),
        })
    });
    contests.collect()
}

#[derive(Deserialize)]
struct Drawn {
    contest: String,
    /// Identifiers in the order in which they were drawn.
    options: Vec<String>,
}

async fn drawn(State(desk): State<Arc<Desk>>, Form(form): Form<Drawn>) -> Answer<Value> {
    if form.options.is_empty() {
        return Err(Problem::new(Kind::DeskRefused, "say in which order they were drawn"));
    }
    let options: String = form.options.iter().map(|id| format!(" --option {id}")).collect();
    let command = format!(
        "veche election draw --box URL --token-file FILE --contest {}{options} --words",
        form.contest
    );
    let said = work(desk, move |desk| {
        let signer = desk.vault.signer()?;
        verified(&office(desk)?, |office, board, report| {
            draw::record(&form.contest, &form.options, &signer, office, board, report)
        })
    });
    Ok(Json(json!({ "said": said.await?, "command": command })))
}

#[derive(Deserialize)]
struct Archive {
    /// That of the papers.
    language: String,
}

/// Copies the record, verifies it, and puts everything into one archive; a former one is replaced.
async fn archive(State(desk): State<Arc<Desk>>, Form(form): Form<Archive>) -> Answer<Value> {
    let command = format!(
        "veche mirror URL/record record && veche archive record --out archive.zip --language {}",
        form.language
    );
    let said = work(desk, move |desk| {
        let address = desk.folder.notes().ballot_box;
        let address = address.ok_or_else(|| Problem::new(Kind::DeskNoBox, "no ballot box is named yet"))?;
        let record = desk.folder.path().join("record");
        let new = desk.folder.path().join("archive.zip.new");
        // What an interrupted attempt has left.
        let _ = std::fs::remove_file(&new);
        command_of(&["mirror".as_ref(), format!("{address}/record").as_ref(), record.as_ref()])?;
        let options = ["--language".as_ref(), form.language.as_ref(), "--out".as_ref(), new.as_ref()];
        let said = command_of(&[&["archive".as_ref(), record.as_ref()][..], &options].concat())?;
        let path = archive_file(desk);
        std::fs::rename(&new, &path).map_err(|source| Error::Write { path: path.clone(), source })?;
        // The sum is the last line of what the command says.
        Ok(said.lines().last().unwrap_or_default().to_owned())
    });
    Ok(Json(json!({ "sum": said.await?, "command": command })))
}

/// Runs a command as a person would; what it says, where it did what it was asked to do.
fn command_of(arguments: &[&std::ffi::OsStr]) -> Result<String, Problem> {
    let line = std::iter::once("veche".as_ref()).chain(arguments.iter().copied());
    let parsed = Cli::try_parse_from(line);
    let parsed = parsed.map_err(|error| Problem::new(Kind::DeskMalformed, error.kind().to_string()))?;
    match crate::run(&parsed)? {
        Outcome { text, code: 0 } => Ok(text),
        Outcome { text, .. } => Err(Problem::new(Kind::DeskRefused, text)),
    }
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

async fn file(State(desk): State<Arc<Desk>>, Query(named): Query<Named>) -> Result<Response, Problem> {
    let bytes = work(desk, move |desk| {
        let path = archive_file(desk);
        if named.name == "archive.zip" {
            return Ok(crate::files::read(&path)?);
        }
        let mut archive = opened(&path)?;
        let missing = |error: zip::result::ZipError| Problem::new(Kind::DeskRefused, error.to_string());
        let entry = archive.by_name(&named.name).map_err(missing)?;
        let mut bytes = Vec::new();
        let failed = |source| Error::Read { path: path.clone(), source };
        entry.take(LONGEST).read_to_end(&mut bytes).map_err(failed)?;
        Ok(bytes)
    })
    .await?;
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], bytes).into_response())
}
