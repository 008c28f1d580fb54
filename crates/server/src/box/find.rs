//! Where the ballot with a confirmation code is, for whoever does not want to read the whole record for it. The page
//! believes nothing of this: it looks at the entry that is named, and if the ballot is not there, at all of them.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use veche_record::ConfirmationCode;

use crate::app::App;
use crate::http::limits::Place;
use crate::http::problem::{Document, Kind, Problem};

/// What is looked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    /// The confirmation code as somebody typed it: 20 characters, case, spaces and hyphens do not matter, O is read as 0,
    /// I and L as 1.
    code: String,
}

/// Where a ballot is.
#[derive(Serialize, ToSchema)]
pub(crate) struct Found {
    /// The entry of the board that holds it.
    index: u64,
}

/// Says which entry of the public board is the ballot with a confirmation code. Both are public.
#[utoipa::path(
    get, path = "/v1/ballots", tag = "public", params(Wanted),
    responses(
        (status = 200, description = "It is on the board", body = Found),
        (status = 400, description = "`malformed`: this cannot be a code", body = Document, content_type = "application/problem+json"),
        (status = 404, description = "`ballot-unknown`", body = Document, content_type = "application/problem+json"),
        (status = 429, description = "`too-many-requests`", body = Document, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn find(
    State(app): State<Arc<App>>,
    place: Place,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Answer<Found>, Problem> {
    let Query(Wanted { code }) = wanted?;
    app.counters.lookup_from(place, app.clock.unix()).map_err(|wait| {
        Problem::new(
            Kind::TooManyRequests,
            "Too many ballots were looked up from here. The record has them all.",
        )
        .retry_after(wait)
    })?;
    let code = ConfirmationCode::read(&code).ok_or_else(|| {
        Problem::new(
            Kind::Malformed,
            "A confirmation code has 20 letters and digits, and never the letter U.",
        )
    })?;
    let index = app.board.standing().await.ballot_with(&code).ok_or_else(|| {
        Problem::new(Kind::BallotUnknown, "No ballot with this code is on the board, or not yet.")
    })?;
    Ok(Answer(Found { index }))
}
