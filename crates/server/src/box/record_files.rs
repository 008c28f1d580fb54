//! The record's files, exactly as C2SP tlog-tiles lays them out, derived from the stored entries.
//!
//! Everything here is public, the same for everyone, and may be fetched by any page. A tile never
//! changes once it exists, so caches may keep it for ever; the checkpoint changes with every append.

use std::sync::Arc;

use axum::extract::{Path as UrlPath, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use tokio::sync::RwLock;
use veche_board::{Bundle, LogFile, encode_bundle};

use crate::ballot_box::context::BallotBox;
use crate::http::problem::{Kind, Problem};
use crate::store::log::{Log, LogError, number};
use crate::store::sqlite::Sqlite;

/// The name of the manifest.
pub(crate) const MANIFEST: &str = "manifest.json";

/// The name of the file of totals.
pub(crate) const RESULT: &str = "result.json";

/// Media type and caching of a file of the record. A partial tile never changes under its name either.
pub(crate) fn headers(name: &str) -> (&'static str, &'static str) {
    const ALWAYS_ASK: &str = "no-cache";
    match name {
        MANIFEST | RESULT => ("application/json", ALWAYS_ASK),
        "checkpoint" => ("text/plain; charset=utf-8", ALWAYS_ASK),
        _ => ("application/octet-stream", "public, max-age=31536000, immutable"),
    }
}

fn file(name: &str, bytes: Vec<u8>) -> Response {
    let (media_type, cache) = headers(name);
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (header::CACHE_CONTROL, HeaderValue::from_static(cache)),
    ];
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
pub(crate) async fn manifest(State(app): State<Arc<BallotBox>>) -> Response {
    file(MANIFEST, app.manifest_bytes.to_vec())
}

/// The newest checkpoint: a signed note.
#[utoipa::path(
    get, path = "/record/checkpoint", tag = "record",
    responses(
        (status = 200, description = "The checkpoint, as C2SP tlog-checkpoint", content_type = "text/plain", body = String),
        (status = 503, description = "`not-witnessed`: too few witnesses have seen one yet"),
    )
)]
pub(crate) async fn checkpoint(State(app): State<Arc<BallotBox>>) -> Result<Response, Problem> {
    let note = app.board.log().await.note().to_owned();
    if note.is_empty() {
        return Err(LogError::NotWitnessed.into());
    }
    Ok(file("checkpoint", note.into_bytes()))
}

/// The totals, once they are published.
#[utoipa::path(
    get, path = "/record/result.json", tag = "record",
    responses(
        (status = 200, description = "The totals", content_type = "application/json", body = serde_json::Value),
        (status = 404, description = "`not-found`: not published yet"),
    )
)]
pub(crate) async fn result(State(app): State<Arc<BallotBox>>) -> Result<Response, Problem> {
    let bytes = stored_result(&app.db).await?.ok_or_else(nothing_here)?;
    Ok(file(RESULT, bytes))
}

/// A hash tile or an entry bundle, by its C2SP tlog-tiles path.
#[utoipa::path(
    get, path = "/record/tile/{*tile}", tag = "record",
    params(("tile" = String, Path, description = "The path within `tile/`, such as `entries/000.p/7` or `0/000`")),
    responses(
        (status = 200, description = "The tile", content_type = "application/octet-stream", body = Vec<u8>),
        (status = 404, description = "`not-found`: not a path of the layout, or not full enough yet"),
    )
)]
pub(crate) async fn tile(
    State(app): State<Arc<BallotBox>>,
    UrlPath(path): UrlPath<String>,
) -> Result<Response, Problem> {
    let wanted: LogFile = format!("tile/{path}").parse().map_err(|_| nothing_here())?;
    let bytes = derive(app.board.shared_log(), &app.db, wanted).await?.ok_or_else(nothing_here)?;
    Ok(file(&wanted.to_string(), bytes))
}

/// One file of the log, or `None` while the log has too few entries for it.
pub(crate) async fn derive(
    log: &RwLock<Log>,
    db: &Sqlite,
    file: LogFile,
) -> Result<Option<Vec<u8>>, LogError> {
    let log = log.read().await;
    match file {
        LogFile::Checkpoint => Ok(Some(log.note().as_bytes().to_vec())),
        LogFile::Tile(tile) if tile.end() <= log.size() => {
            Ok(Some(log.tree().tile(tile.level(), tile.index(), tile.width())?))
        }
        LogFile::Bundle(wanted) if wanted.start() + u64::from(wanted.width()) <= log.size() => {
            // What is committed stays as it is: the writer need not wait until it is read.
            drop(log);
            bundle(db, wanted).await.map(Some)
        }
        LogFile::Tile(_) | LogFile::Bundle(_) => Ok(None),
    }
}

async fn bundle(db: &Sqlite, bundle: Bundle) -> Result<Vec<u8>, LogError> {
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
pub(crate) async fn stored_result(db: &Sqlite) -> Result<Option<Vec<u8>>, LogError> {
    let row: Option<(Vec<u8>,)> = sqlx::query_as(
        "SELECT bytes FROM record_file WHERE path = ? AND (NOT EXISTS (SELECT 1 FROM witnessing) \
         OR EXISTS (SELECT 1 FROM witnessed JOIN head USING (size)))",
    )
    .bind(RESULT)
    .fetch_optional(db.read())
    .await?;
    Ok(row.map(|(bytes,)| bytes))
}
