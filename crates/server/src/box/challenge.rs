//! A voter says that a sealed ballot was opened instead of cast, so that it is never cast.
//!
//! The voter's key signs it, so anybody may bring it. As with a ballot, what costs little comes first
//! ([`BoardView::screen_challenge`](veche_keeper::BoardView::screen_challenge)), and a voter may send only so many.

use std::sync::Arc;

use axum::extract::{Request, State};
use veche_record::Entry;
use veche_verify::{Check, Refusal};

use crate::ballot_box::cast;
use crate::ballot_box::context::BallotBox;
use crate::ballot_box::organiser::{AppendAnswer, AppendedEntry, append};
use crate::ballot_box::refusals::refused;
use crate::http::body::{self, Octets};
use crate::http::problem::{Kind, Problem};

/// Kind, key, sequence, code, signature.
const LENGTH: usize = 1 + 32 + 4 + 32 + 64;

/// Says that a sealed ballot was opened instead of cast. No ballot with its code is taken from its key any more.
#[utoipa::path(
    post, path = "/v1/challenges", tag = "voter",
    request_body(content = inline(Octets), content_type = "application/octet-stream", description = "One Challenged message, signed by the voter's key, in its one encoding"),
    responses(
        (status = 201, description = "On the board", body = AppendedEntry),
        (status = 404, description = "`credential-unknown`"),
        (status = 409, description = "`not-open`, `credential-revoked`, `struck-off`, `challenged-before`, or \
            `sequence-behind` with the `sequence` and `previous` of the voter's next ballot"),
        (status = 422, description = "`entry-refused`, with the failed `check` and the `culprit`"),
        (status = 429, description = "`too-many-ballots`"),
        (status = 503, description = "`busy`: nothing was recorded, try again"),
    )
)]
pub(crate) async fn challenge(State(ballot_box): State<Arc<BallotBox>>, request: Request) -> AppendAnswer {
    let message = body::octets(request, LENGTH, ballot_box.limits.get().body_deadline).await?;
    let Ok(Entry::Challenged(entry)) = Entry::parse(&message) else {
        let why = "Only the word of a voter that a sealed ballot was challenged is taken here.";
        return Err(Problem::new(Kind::EntryRefused, why).with("check", Check::Form.number()));
    };
    let now = ballot_box.clock.unix();
    ballot_box.board.newest().await.screen_challenge(&entry, now).map_err(|refusal| match refusal {
        Refusal::Invalid(failure) => refused(&failure),
        refusal => cast::problem(refusal),
    })?;
    // Each of them is kept for ever, as a ballot is.
    ballot_box.counters.ballots.count(entry.key.to_bytes(), now).map_err(|wait| {
        Problem::new(Kind::TooManyBallots, "This voter has sent many ballots just now. Wait a little.")
            .retry_after(wait)
    })?;
    append(&ballot_box, move |transaction| transaction.message(&message)).await
}
