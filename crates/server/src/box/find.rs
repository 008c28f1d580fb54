//! Where the ballot with a confirmation code is, for whoever does not want to read the whole record for it. The page
//! believes nothing of this: it looks at the entry that is named, and if the ballot is not there, at all of them.

use std::sync::Arc;
use std::time::Duration;

use axum::Json as Answer;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use veche_record::ConfirmationCode;

use crate::ballot_box::context::BallotBox;
use crate::http::counters::ClientNetwork;
use crate::http::problem::{Kind, Problem};

/// Time after which a box that has just started is asked again.
const SOON: Duration = Duration::from_secs(5);

/// The ballot that is looked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct BallotQuery {
    /// The confirmation code as somebody typed it: 20 characters, case, spaces and hyphens do not matter, O is read as
    /// 0, I and L as 1.
    #[param(pattern = "^([ -]*[0-9A-TV-Za-tv-z]){20}[ -]*$")]
    code: String,
}

/// Where a ballot is.
#[derive(Serialize, ToSchema)]
#[schema(as = Found)]
pub(crate) struct BallotEntry {
    /// The entry of the board that holds it.
    index: u64,
}

/// Says which entry of the public board is the ballot with a confirmation code. Both are public.
#[utoipa::path(
    get, path = "/v1/ballots", tag = "public", params(BallotQuery),
    responses(
        (status = 200, description = "It is on the board", body = BallotEntry),
        (status = 400, description = "`malformed`: this cannot be a code; or `proxy-wrong`"),
        (status = 404, description = "`ballot-unknown`"),
        (status = 429, description = "`too-many-requests`"),
        (status = 503, description = "`busy`: the box has just started and does not know all codes yet"),
    )
)]
pub(crate) async fn find(
    State(ballot_box): State<Arc<BallotBox>>,
    network: ClientNetwork,
    query: Result<Query<BallotQuery>, QueryRejection>,
) -> Result<Answer<BallotEntry>, Problem> {
    let Query(BallotQuery { code }) = query?;
    ballot_box.counters.lookups.count(network, ballot_box.clock.unix()).map_err(|wait| {
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
    let board = ballot_box.board.newest().await;
    // Asked before the code is looked for: what is not found then is not there.
    let known = board.knows_codes();
    let index = board.ballot_with(&code).ok_or_else(|| {
        if known {
            Problem::new(Kind::BallotUnknown, "No ballot with this code is on the board, or not yet.")
        } else {
            let sentence = "The ballot box has just started and is still reading its older ballots.";
            Problem::new(Kind::Busy, sentence).retry_after(SOON)
        }
    })?;
    Ok(Answer(BallotEntry { index }))
}
