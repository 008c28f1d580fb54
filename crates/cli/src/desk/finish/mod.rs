//! After the count: a draw that decides who is funded, and everything that a town keeps, prints and files.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use clap::Parser as _;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use veche_results::papers::DrawNote;
use veche_verify::BoardState;
use veche_verify::report::Report;

use super::Desk;
use super::ballot_box::{office, remember_vote};
use super::problem::{Kind, Problem};
use super::request::{Answer, Form, work};
use crate::election::{Office, draw};
use crate::error::Error;
use crate::mirror::{self, NoCopy};
use crate::results::read_draws;
use crate::verify::{audit_shown, parse_fingerprint};
use crate::{Cli, Outcome, files, report};

mod made;

/// The routes of this page.
pub(crate) fn routes() -> Router<Arc<Desk>> {
    Router::new()
        .route("/finish", get(stand))
        .route("/finish/draws", get(draws))
        .route("/finish/draw", post(drawn))
        .route("/finish/archive", post(archive))
        .route("/finish/file", get(file))
}

/// The archives that are made, one for each language of the papers.
async fn stand(State(desk): State<Arc<Desk>>) -> Answer<Value> {
    let archives = work(desk, |desk| made::archives(desk.folder.path()));
    Ok(Json(json!({ "archives": archives.await? })))
}

/// Options of one total of which a draw decides.
#[derive(Serialize)]
struct ToDraw {
    contest: String,
    title: Value,
    options: Vec<Value>,
}

/// What a draw must decide, and how many entries the board has now: papers made of fewer are outdated.
async fn draws(State(desk): State<Arc<Desk>>) -> Answer<Value> {
    let stands = work(desk, |desk| {
        verified(desk, &office(desk)?, |_, board, report| {
            Ok(json!({ "entries": report.entries, "draws": to_draw(board, report) }))
        })
    });
    Ok(Json(stands.await?))
}

/// Does something with a board that passes and what was found on it.
fn verified<T>(
    desk: &Desk,
    office: &Office,
    step: impl FnOnce(&Office, &BoardState, &Report) -> Result<T, Error>,
) -> Result<T, Problem> {
    let audit = office.audit()?;
    let Some(board) = audit.board() else {
        return Err(Problem::of_board(&audit.report));
    };
    remember_vote(&desk.folder, board)?;
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
    /// When and where the draw was held, for the papers alone.
    #[serde(default)]
    held: String,
    /// In whose presence, for the papers alone.
    #[serde(default)]
    present: String,
}

/// A text of one line; nothing where nothing was typed.
fn line(text: &str) -> Result<Option<String>, Problem> {
    let text = text.trim();
    match text {
        "" => Ok(None),
        text if DrawNote::fits(text) => Ok(Some(text.to_owned())),
        _ => Err(Problem::new(Kind::DeskOneLine, "what is noted of a draw is one line")),
    }
}

/// Keeps in the folder what was noted of a draw, in the place of an earlier note of the same one.
fn keep(path: &Path, note: DrawNote) -> Result<(), Error> {
    let mut notes = if path.is_file() { read_draws(path)? } else { Vec::new() };
    notes.retain(|kept| (&kept.contest, &kept.options) != (&note.contest, &note.options));
    if note.held.is_some() || note.present.is_some() {
        notes.push(note);
    }
    files::replace(path, report::json(&notes)?.as_bytes())
}

async fn drawn(State(desk): State<Arc<Desk>>, Form(form): Form<Drawn>) -> Answer<Value> {
    if form.options.is_empty() {
        return Err(Problem::new(Kind::DeskMalformed, "say in which order they were drawn"));
    }
    let options: String = form.options.iter().map(|id| format!(" --option {id}")).collect();
    let command = format!(
        "veche election draw --box URL --token-file FILE --contest {}{options} --words",
        form.contest
    );
    let note = DrawNote {
        contest: form.contest.clone(),
        options: form.options.clone(),
        held: line(&form.held)?,
        present: line(&form.present)?,
    };
    let said = work(desk, move |desk| {
        let signer = desk.vault.signer()?;
        verified(desk, &office(desk)?, |office, board, report| {
            // Before it is published: of a draw that is refused the note is of no account.
            keep(&desk.folder.draws(), note)?;
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

/// Copies the record, verifies it, and puts everything into the archive of a language; a former one is replaced.
async fn archive(State(desk): State<Arc<Desk>>, Form(form): Form<Archive>) -> Answer<Value> {
    let name = made::name(&form.language)
        .ok_or_else(|| Problem::new(Kind::DeskMalformed, "there are no papers in that language"))?;
    let draws = desk.folder.draws();
    let noted = draws.is_file();
    let command = format!(
        "veche mirror URL/record record && veche archive record --out {name} --language {} --election FINGERPRINT{}",
        form.language,
        if noted { " --draws draws.json" } else { "" },
    );
    let of = form.language.clone();
    work(desk, move |desk| {
        let notes = desk.folder.notes();
        let address = notes.ballot_box;
        let address = address.ok_or_else(|| Problem::new(Kind::DeskNoBox, "no ballot box is named yet"))?;
        let record = desk.folder.path().join("record");
        let new = desk.folder.path().join(format!("{name}.new"));
        // What an interrupted attempt has left.
        let _ = std::fs::remove_file(&new);
        let copy = mirror::keep(&format!("{address}/record"), Some(&record)).map_err(|none| match none {
            NoCopy::Stopped(error) => error.into(),
            NoCopy::NotSigned(what) => Problem::new(Kind::DeskBoard, what),
            NoCopy::Contradiction(found) => Problem::of_contradiction(&found),
        })?;
        let mut options: Vec<OsString> =
            vec!["archive".into(), record.into(), "--out".into(), new.clone().into()];
        options.extend(["--language".into(), form.language.into()]);
        // The verifier is told which vote is expected.
        options.extend(notes.fingerprint.iter().flat_map(|hash| ["--election".into(), hash.into()]));
        let names = notes.trustee_names.iter();
        options.extend(names.map(|(number, name)| format!("--trustee={number}={name}").into()));
        if notes.registrar.is_none_or(|registrar| registrar == address) {
            options.push("--one-server".into());
        }
        if noted {
            options.extend(["--draws".into(), draws.into()]);
        }
        if command_of(&options)?.code != 0 {
            let expected = notes.fingerprint.and_then(|hash| parse_fingerprint(&hash).ok());
            return Err(Problem::of_board(&audit_shown(&copy, expected)?.report));
        }
        let path = desk.folder.path().join(&name);
        Ok(std::fs::rename(&new, &path).map_err(|source| Error::Write { path, source })?)
    })
    .await?;
    Ok(Json(json!({ "made": of, "command": command })))
}

/// Runs a command as a person would.
fn command_of<T: AsRef<OsStr>>(arguments: &[T]) -> Result<Outcome, Problem> {
    let line = std::iter::once("veche".as_ref()).chain(arguments.iter().map(AsRef::as_ref));
    let parsed = Cli::try_parse_from(line);
    let parsed = parsed.map_err(|error| Problem::new(Kind::DeskMalformed, error.kind().to_string()))?;
    Ok(crate::run(&parsed)?)
}

#[derive(Deserialize)]
struct Named {
    /// That of the papers.
    language: String,
    /// A file of the archive; left out for the archive itself.
    name: Option<String>,
}

async fn file(State(desk): State<Arc<Desk>>, Query(named): Query<Named>) -> Result<Response, Problem> {
    let archive = made::name(&named.language)
        .ok_or_else(|| Problem::new(Kind::DeskMalformed, "there are no papers in that language"))?;
    let bytes = work(desk, move |desk| {
        let path = desk.folder.path().join(archive);
        match named.name {
            None => Ok(crate::files::read(&path)?),
            Some(name) => made::file(&path, &name),
        }
    })
    .await?;
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], bytes).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_noted_of_a_draw_stays_in_the_folder_once_for_each() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("draws.json");
        let note = |options: &[&str], held: &str, present: &str| DrawNote {
            contest: "north".to_owned(),
            options: options.iter().map(|id| (*id).to_owned()).collect(),
            held: line(held).unwrap(),
            present: line(present).unwrap(),
        };
        keep(&path, note(&["c", "a"], " 15 June, town hall ", "")).unwrap();
        keep(&path, note(&["d", "b"], "", "Anna Nowak")).unwrap();
        keep(&path, note(&["c", "a"], "16 June, town hall", "Jan Kowal")).unwrap();
        let kept = read_draws(&path).unwrap();
        let again =
            [note(&["d", "b"], "", "Anna Nowak"), note(&["c", "a"], "16 June, town hall", "Jan Kowal")];
        assert_eq!(kept, again);
        keep(&path, note(&["d", "b"], " ", "")).unwrap();
        assert_eq!(read_draws(&path).unwrap().len(), 1, "nothing is noted of it");
        assert_eq!(line("one\ntwo").unwrap_err().kind, Kind::DeskOneLine);
        assert_eq!(line(&"a".repeat(301)).unwrap_err().kind, Kind::DeskOneLine);
        std::fs::write(&path, "[{}]").unwrap();
        let refused = keep(&path, note(&["c", "a"], "16 June", "")).unwrap_err();
        assert_eq!(Problem::from(refused).kind, Kind::DeskDraws);
    }
}
