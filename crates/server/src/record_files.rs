//! The record's files, exactly as C2SP tlog-tiles lays them out, derived from the stored entries.
//!
//! Everything here is public, the same for everyone, and may be fetched by any page. A tile never
//! changes once it exists, so caches may keep it for ever; the checkpoint changes with every append.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::extract::{Path as UrlPath, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use veche_board::{Bundle, LogFile, encode_bundle, layout};

use crate::app::App;
use crate::db::Db;
use crate::log::{Log, LogError, number};
use crate::problem::{Document, Kind, Problem};

/// The name of the file of totals.
pub(crate) const RESULT: &str = "result.json";

const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const ALWAYS_ASK: HeaderValue = HeaderValue::from_static("no-cache");

fn file(bytes: Vec<u8>, media_type: &'static str, cache: HeaderValue) -> Response {
    let headers =
        [(header::CONTENT_TYPE, HeaderValue::from_static(media_type)), (header::CACHE_CONTROL, cache)];
    (headers, bytes).into_response()
}

fn nothing_here() -> Problem {
    Problem::new(Kind::NotFound, "The record has no such file, or not yet.")
}

/// The manifest, byte for byte as it was published.
#[utoipa::path(
    get, path = "/record/manifest.json", tag = "record",
    responses((status = 200, description = "The manifest", content_type = "application/json", body = serde_json::Value))
)]
pub(crate) async fn manifest(State(app): State<Arc<App>>) -> Response {
    file(app.manifest_bytes.to_vec(), "application/json", ALWAYS_ASK)
}

/// The newest checkpoint: a signed note.
#[utoipa::path(
    get, path = "/record/checkpoint", tag = "record",
    responses(
        (status = 200, description = "The checkpoint, as C2SP tlog-checkpoint", content_type = "text/plain", body = String),
        (status = 503, description = "`not-witnessed`: too few witnesses have seen one yet", body = Document, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn checkpoint(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let note = app.board.log().await.note().to_owned();
    if note.is_empty() {
        return Err(LogError::NotWitnessed.into());
    }
    Ok(file(note.into_bytes(), "text/plain; charset=utf-8", ALWAYS_ASK))
}

/// The totals, once they are published.
#[utoipa::path(
    get, path = "/record/result.json", tag = "record",
    responses(
        (status = 200, description = "The totals", content_type = "application/json", body = serde_json::Value),
        (status = 404, description = "`not-found`: not published yet", body = Document, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn result(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let bytes = stored_result(&app.db).await?.ok_or_else(nothing_here)?;
    Ok(file(bytes, "application/json", ALWAYS_ASK))
}

/// A hash tile or an entry bundle, by its C2SP tlog-tiles path.
#[utoipa::path(
    get, path = "/record/tile/{*tile}", tag = "record",
    params(("tile" = String, Path, description = "The path within `tile/`, such as `entries/000.p/7` or `0/000`")),
    responses(
        (status = 200, description = "The tile", content_type = "application/octet-stream", body = Vec<u8>),
        (status = 404, description = "`not-found`: not a path of the layout, or not full enough yet", body = Document, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn tile(
    State(app): State<Arc<App>>,
    UrlPath(path): UrlPath<String>,
) -> Result<Response, Problem> {
    let wanted: LogFile = format!("tile/{path}").parse().map_err(|_| nothing_here())?;
    let bytes = {
        let log = app.board.log().await;
        derive(&log, &app.db, wanted).await?.ok_or_else(nothing_here)?
    };
    Ok(file(bytes, "application/octet-stream", FOR_EVER))
}

/// One file of the log, or `None` while the log has too few entries for it.
async fn derive(log: &Log, db: &Db, file: LogFile) -> Result<Option<Vec<u8>>, LogError> {
    match file {
        LogFile::Checkpoint => Ok(Some(log.note().as_bytes().to_vec())),
        LogFile::Tile(tile) if tile.end() <= log.size() => {
            Ok(Some(log.tree().tile(tile.level(), tile.index(), tile.width())?))
        }
        LogFile::Bundle(wanted) if wanted.start() + u64::from(wanted.width()) <= log.size() => {
            bundle(db, wanted).await.map(Some)
        }
        LogFile::Tile(_) | LogFile::Bundle(_) => Ok(None),
    }
}

async fn bundle(db: &Db, bundle: Bundle) -> Result<Vec<u8>, LogError> {
    let rows: Vec<(Vec<u8>,)> =
        sqlx::query_as("SELECT leaf FROM entry WHERE position >= ? ORDER BY position LIMIT ?")
            .bind(number(bundle.start()))
            .bind(i64::from(bundle.width()))
            .fetch_all(db.read())
            .await?;
    if rows.len() != usize::from(bundle.width()) {
        return Err(LogError::Damaged(format!("entries of bundle {} are missing", bundle.index())));
    }
    let leaves: Vec<_> = rows.into_iter().map(|(leaf,)| leaf).collect();
    encode_bundle(&leaves).map_err(|error| LogError::Damaged(error.to_string()))
}

/// The published totals, if there are any, and their entry, the board's last, may be shown.
pub(crate) async fn stored_result(db: &Db) -> Result<Option<Vec<u8>>, LogError> {
    let row: Option<(Vec<u8>,)> = sqlx::query_as(
        "SELECT bytes FROM record_file WHERE path = ? AND (NOT EXISTS (SELECT 1 FROM witnessing) \
         OR EXISTS (SELECT 1 FROM witnessed JOIN head USING (size)))",
    )
    .bind(RESULT)
    .fetch_optional(db.read())
    .await?;
    Ok(row.map(|(bytes,)| bytes))
}

/// Why a record was not written to a folder.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The folder holds something already.
    #[error("{} is not empty: give a new folder, for files that do not belong to a record make it fail its checks", .0.display())]
    NotEmpty(PathBuf),
    /// A file could not be written.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The stored board could not be read.
    #[error("the stored board cannot be read: {0}")]
    Board(String),
}

impl From<LogError> for ExportError {
    fn from(error: LogError) -> Self {
        ExportError::Board(error.to_string())
    }
}

/// Writes the whole record, as any web server or CDN can serve it, into an empty folder.
pub(crate) async fn export(
    manifest: &[u8],
    log: &Log,
    result: Option<&[u8]>,
    db: &Db,
    out: &Path,
) -> Result<(), ExportError> {
    let not_empty = std::fs::read_dir(out).is_ok_and(|mut files| files.next().is_some());
    if not_empty {
        return Err(ExportError::NotEmpty(out.into()));
    }
    write(out, "manifest.json", manifest)?;
    for name in layout(log.size()) {
        let missing = || ExportError::Board(format!("{name} is missing"));
        let bytes = derive(log, db, name).await?.ok_or_else(missing)?;
        write(out, &name.to_string(), &bytes)?;
    }
    if let Some(bytes) = result {
        write(out, RESULT, bytes)?;
    }
    Ok(())
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), ExportError> {
    let path = folder.join(name);
    let written =
        path.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(&path, bytes));
    written.map_err(|source| ExportError::File { path, source })
}
