//! The record's files, exactly as C2SP tlog-tiles lays them out, derived from the stored entries.
//!
//! Everything here is public, the same for everyone, and may be fetched by any page. A tile never
//! changes once it exists, so caches may keep it for ever; the checkpoint changes with every append.

use std::sync::Arc;

use axum::extract::{Path as UrlPath, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use veche_board::LogFile;
use veche_keeper::ReceiptError;
use veche_verify::source::{MANIFEST, RESULT};

use crate::ballot_box::context::BallotBox;
use crate::http::body::Octets;
use crate::http::problem::{Kind, Problem};
use crate::http::reads::PublicRead;

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
pub(crate) async fn manifest(State(ballot_box): State<Arc<BallotBox>>) -> Response {
    file(MANIFEST, ballot_box.manifest_bytes.to_vec())
}

/// The newest checkpoint: a signed note.
#[utoipa::path(
    get, path = "/record/checkpoint", tag = "record",
    responses(
        (status = 200, description = "The checkpoint, as C2SP tlog-checkpoint", content_type = "text/plain", body = String),
        (status = 503, description = "`not-witnessed`: too few witnesses have seen one yet"),
    )
)]
pub(crate) async fn checkpoint(State(ballot_box): State<Arc<BallotBox>>) -> Result<Response, Problem> {
    let board = ballot_box.board.newest().await;
    let note = board.log().note().ok_or(ReceiptError::NotWitnessed)?;
    Ok(file("checkpoint", note.as_bytes().to_vec()))
}

/// The totals, once they are published.
#[utoipa::path(
    get, path = "/record/result.json", tag = "record",
    responses(
        (status = 200, description = "The totals", content_type = "application/json", body = serde_json::Value),
        (status = 404, description = "`not-found`: not published yet"),
        (status = 503, description = "`busy`: very many read at this moment"),
    )
)]
pub(crate) async fn result(
    State(ballot_box): State<Arc<BallotBox>>,
    _place: PublicRead,
) -> Result<Response, Problem> {
    let bytes = ballot_box.board.result_file().await?.ok_or_else(nothing_here)?;
    Ok(file(RESULT, bytes))
}

/// A hash tile or an entry bundle, by its C2SP tlog-tiles path.
#[utoipa::path(
    get, path = "/record/tile/{*tile}", tag = "record",
    params(("tile" = String, Path, description = "The path within `tile/`, such as `entries/000.p/7` or `0/000`")),
    responses(
        (status = 200, description = "The tile", content_type = "application/octet-stream", body = inline(Octets)),
        (status = 404, description = "`not-found`: not a path of the layout, or not full enough yet"),
        (status = 503, description = "`busy`: very many read at this moment"),
    )
)]
pub(crate) async fn tile(
    State(ballot_box): State<Arc<BallotBox>>,
    _place: PublicRead,
    UrlPath(path): UrlPath<String>,
) -> Result<Response, Problem> {
    let wanted: LogFile = format!("tile/{path}").parse().map_err(|_| nothing_here())?;
    let bytes = ballot_box.board.log_file(wanted).await?.ok_or_else(nothing_here)?;
    Ok(file(&wanted.to_string(), bytes))
}
