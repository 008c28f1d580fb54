//! What is public about the election as it stands now.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use veche_board::{Hash, Receipt};
use veche_record::manifest::Registration;

use crate::ballot_box::context::BallotBox;
use crate::clock::rfc3339;
use crate::http::body::Octets;
use crate::http::problem::{Kind, Problem};
use crate::http::reads::PublicReads;

/// How far the election has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = Stage)]
pub(crate) enum Phase {
    /// Keys are being made; voting has not opened.
    Setup,
    /// Ballots are accepted.
    Open,
    /// Voting is over, the totals are not published.
    Closed,
    /// The totals are published.
    Published,
    /// The organiser has cancelled the vote.
    Cancelled,
}

impl From<veche_verify::Phase> for Phase {
    fn from(phase: veche_verify::Phase) -> Self {
        match phase {
            veche_verify::Phase::Setup => Phase::Setup,
            veche_verify::Phase::Open => Phase::Open,
            veche_verify::Phase::Closed => Phase::Closed,
            veche_verify::Phase::Published => Phase::Published,
            veche_verify::Phase::Cancelled => Phase::Cancelled,
        }
    }
}

/// The election as it stands now.
#[derive(Serialize, ToSchema)]
pub(crate) struct ElectionNow {
    /// The election's fingerprint in hexadecimal, once its keys are on the board.
    fingerprint: Option<String>,
    /// How far the election has come.
    phase: Phase,
    /// `roll` or `open`.
    #[schema(value_type = String, example = "roll")]
    registration: Registration,
    /// The log's name.
    origin: String,
    /// The newest checkpoint, a signed note.
    checkpoint: String,
    /// The ballot box's clock, RFC 3339.
    now: String,
    /// When voting closes, RFC 3339: as the manifest says, or as the organiser has put it off.
    closes: String,
    /// What the organiser says to everybody: every notice, and the last extension.
    statements: Vec<OrganiserStatement>,
}

/// An entry in which the organiser speaks to everybody. It carries the organiser's signature, and a proof that it is on
/// the board under `checkpoint`.
#[derive(Serialize, ToSchema)]
pub(crate) struct OrganiserStatement {
    /// The entry, in base64.
    entry: String,
    /// Its number on the board.
    index: u64,
    /// Its leaf hash, 32 bytes in base64.
    leaf: String,
    /// The inclusion proof: hashes in base64.
    proof: Vec<String>,
}

impl OrganiserStatement {
    fn new((entry, receipt): (&[u8], Receipt)) -> Self {
        OrganiserStatement {
            entry: STANDARD.encode(entry),
            index: receipt.index,
            leaf: receipt.leaf_hash.to_base64(),
            proof: receipt.proof.iter().map(Hash::to_base64).collect(),
        }
    }
}

/// The election as it stands now.
#[utoipa::path(
    get, path = "/v1/election", tag = "public",
    responses((status = 200, description = "The election", body = ElectionNow))
)]
pub(crate) async fn now(State(ballot_box): State<Arc<BallotBox>>) -> Answer<ElectionNow> {
    let board = ballot_box.board.newest().await;
    Answer(ElectionNow {
        fingerprint: board.election().map(|election| election.fingerprint().to_string()),
        phase: board.course().phase().into(),
        registration: ballot_box.manifest.document().registration,
        origin: board.log().origin().to_string(),
        checkpoint: board.log().note().unwrap_or_default().to_owned(),
        now: rfc3339(ballot_box.clock.unix()),
        closes: rfc3339(board.hours().1),
        statements: board.statements().map(OrganiserStatement::new).collect(),
    })
}

/// The election's card: what, beside the manifest, its fingerprint is made of. A voter's page opens the election by it.
#[utoipa::path(
    get, path = "/v1/card", tag = "public",
    responses(
        (status = 200, description = "The card, as docs/protocol.md says", content_type = "application/octet-stream", body = inline(Octets)),
        (status = 404, description = "`not-found`: the keys are not made yet"),
    )
)]
pub(crate) async fn card(State(ballot_box): State<Arc<BallotBox>>) -> Result<Response, Problem> {
    let board = ballot_box.board.newest().await;
    let missing =
        || Problem::new(Kind::NotFound, "The trustees have not made the keys of this election yet.");
    let card = board.election().ok_or_else(missing)?.card().to_bytes();
    Ok(([(header::CONTENT_TYPE, "application/octet-stream"), (header::CACHE_CONTROL, "no-cache")], card)
        .into_response())
}

/// Two sizes of the board.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Sizes {
    /// The older size.
    #[param(maximum = 9007199254740991_i64)]
    from: u64,
    /// The newer size.
    #[param(maximum = 9007199254740991_i64)]
    to: u64,
}

/// A consistency proof.
#[derive(Serialize, ToSchema)]
pub(crate) struct Consistency {
    /// The hashes of the proof in base64, RFC 6962 section 2.1.2.
    proof: Vec<String>,
}

/// Proves that the board at one size begins with the board at an earlier size.
#[utoipa::path(
    get, path = "/v1/consistency", tag = "public", params(Sizes),
    responses(
        (status = 200, description = "The proof", body = Consistency),
        (status = 400, description = "`malformed`"),
        (status = 404, description = "`not-found`: the board never had such sizes"),
        (status = 503, description = "`busy`: very many read at this moment"),
    )
)]
pub(crate) async fn consistency(
    State(ballot_box): State<Arc<BallotBox>>,
    State(reads): State<PublicReads>,
    sizes: Result<Query<Sizes>, QueryRejection>,
) -> Result<Answer<Consistency>, Problem> {
    let Query(Sizes { from, to }) = sizes?;
    // A voter's device asks between two sizes that it was shown, which costs no read. Whether another box on the same
    // database has more is looked up there.
    let beyond = to > ballot_box.board.view().log().committed();
    let _place = if beyond { Some(reads.place().await?) } else { None };
    let proof = ballot_box.board.consistency(from, to).await?.ok_or_else(|| {
        Problem::new(Kind::NotFound, "The board has no two such sizes, the older one first.")
    })?;
    Ok(Answer(Consistency { proof: proof.iter().map(Hash::to_base64).collect() }))
}
