//! The preview: made into the folder, shown in tabs of its own, taken away in one file; and the practice vote.

use std::io::{Cursor, Write as _};
use std::path::Path;
use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use jiff::civil::DateTime;
use jiff::tz::TimeZoneDatabase;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tower_http::services::ServeDir;
use veche_record::manifest::{Manifest, Text, Timestamp};
use veche_site::{Pictures, SiteError};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::problem::{Kind, Problem};
use super::request::{Answer, Form, work};
use super::{Desk, Folder};
use crate::error::Error;
use crate::preview::{PreviewError, SCREEN, write};

/// The routes of this page.
pub(crate) fn routes() -> Router<Arc<Desk>> {
    Router::new()
        .route("/preview", get(state).post(make))
        .route("/preview/zip", get(packed))
        .route("/practice", post(practise).get(practice))
}

/// The files of the preview, for tabs that can say nothing of themselves.
pub(crate) fn shown(folder: &Folder) -> ServeDir {
    ServeDir::new(folder.preview())
}

/// What there is to look at.
#[derive(Debug, Serialize)]
struct Shown {
    /// Whether a preview was made.
    made: bool,
    /// Whether it is of the manifest as it is now.
    current: bool,
    /// The manifest's languages.
    languages: Vec<String>,
    /// Each district by its identifier, and its title in each language.
    districts: Vec<District>,
    /// The zone that hours are read in.
    time_zone: String,
    /// Whether there is a practice vote.
    practice: bool,
    /// What makes the preview.
    command: &'static str,
    /// What makes the practice vote.
    practice_command: String,
}

#[derive(Debug, Serialize)]
struct District {
    id: String,
    title: Text,
}

const COMMAND: &str = "veche preview manifest.json --out preview";

fn practice_command(opens: &str, closes: &str) -> String {
    format!("veche manifest practice manifest.json --out practice.json --opens {opens} --closes {closes}")
}

async fn state(State(desk): State<Arc<Desk>>) -> Answer<Shown> {
    work(desk, |desk| Ok(look(desk)?)).await.map(Json)
}

fn look(desk: &Desk) -> Result<Shown, Error> {
    let folder = &desk.folder;
    let (bytes, manifest) = read(folder)?;
    let document = manifest.document();
    let shown = folder.preview().join(SCREEN).join("manifest.json");
    let districts = manifest.styles().iter();
    Ok(Shown {
        made: folder.preview().join("index.html").is_file(),
        current: std::fs::read(shown).is_ok_and(|shown| shown == bytes),
        languages: document.languages.clone(),
        districts: districts.map(|one| District { id: one.id.clone(), title: one.title.clone() }).collect(),
        time_zone: document.time_zone.clone(),
        practice: folder.practice().is_file(),
        command: COMMAND,
        practice_command: practice_command("TIME", "TIME"),
    })
}

fn read(folder: &Folder) -> Result<(Vec<u8>, Manifest), Error> {
    let bytes = crate::files::read(&folder.manifest())?;
    let manifest = Manifest::parse(&bytes)
        .map_err(|source| PreviewError::Manifest { path: folder.manifest(), source })?;
    Ok((bytes, manifest))
}

async fn make(State(desk): State<Arc<Desk>>) -> Answer<Shown> {
    work(desk, |desk| {
        let (bytes, manifest) = read(&desk.folder)?;
        let from = desk.folder.pictures();
        let pictures = from.is_dir().then(|| Pictures::find(&bytes, &from)).transpose();
        let pictures = pictures.map_err(of_pictures)?;
        let out = desk.folder.preview();
        write(&bytes, &manifest, Some(&desk.site), pictures.as_ref(), &out).map_err(Error::from)?;
        Ok(look(desk)?)
    })
    .await
    .map(Json)
}

/// A picture that is not there or that no browser shows is the town's to mend; a disk is not.
fn of_pictures(error: SiteError) -> Problem {
    match error {
        SiteError::Settings(_) | SiteError::Pictures { .. } => {
            Problem::new(Kind::DeskPictures, error.to_string())
        }
        other => Error::from(PreviewError::from(other)).into(),
    }
}

/// The whole preview as one file.
async fn packed(State(desk): State<Arc<Desk>>) -> Result<Response, Problem> {
    let bytes = work(desk, |desk| pack(&desk.folder.preview())).await?;
    Ok(([(header::CONTENT_TYPE, "application/zip")], bytes).into_response())
}

fn pack(preview: &Path) -> Result<Vec<u8>, Problem> {
    let fault = |error: &dyn std::fmt::Display| Problem::new(Kind::DeskFault, error.to_string());
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for name in veche_site::files(preview).map_err(|error| fault(&error))? {
        let path = preview.join(&name);
        let bytes = std::fs::read(&path).map_err(|error| fault(&error))?;
        // Under the folder's own name, so that what is unpacked stays together.
        let name = format!("preview/{}", name.to_string_lossy().replace('\\', "/"));
        archive.start_file(name, SimpleFileOptions::default()).map_err(|error| fault(&error))?;
        archive.write_all(&bytes).map_err(|error| fault(&error))?;
    }
    Ok(archive.finish().map_err(|error| fault(&error))?.into_inner())
}

/// When the practice vote is held, by the clock of the town: `2027-05-10T08:00`.
#[derive(Deserialize)]
struct Practice {
    opens: String,
    closes: String,
}

async fn practise(State(desk): State<Arc<Desk>>, Form(form): Form<Practice>) -> Answer<Value> {
    work(desk, move |desk| {
        let (_, manifest) = read(&desk.folder)?;
        let zone = &manifest.document().time_zone;
        let (opens, closes) = (hour(&form.opens, zone)?, hour(&form.closes, zone)?);
        let folder = &desk.folder;
        crate::preview::practice::write(&folder.manifest(), &folder.practice(), opens, closes)?;
        Ok(json!({ "command": practice_command(&opens.to_string(), &closes.to_string()) }))
    })
    .await
    .map(Json)
}

/// An hour by the clock of a zone.
fn hour(text: &str, zone: &str) -> Result<Timestamp, Problem> {
    let unread = || Problem::new(Kind::DeskNoHour, format!("{text:?} is no hour of the time zone {zone}"));
    let local: DateTime = text.parse().map_err(|_| unread())?;
    let zone = TimeZoneDatabase::bundled().get(zone).map_err(|_| unread())?;
    let moment = local.to_zoned_datetime(zone).map_err(|_| unread())?.timestamp();
    u64::try_from(moment.as_second()).ok().and_then(Timestamp::from_unix).ok_or_else(unread)
}

/// The manifest of the practice vote.
async fn practice(State(desk): State<Arc<Desk>>) -> Result<Response, Problem> {
    let bytes = work(desk, |desk| Ok(crate::files::read(&desk.folder.practice())?)).await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], bytes).into_response())
}
