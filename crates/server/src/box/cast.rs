//! A sealed ballot is read, verified, stored, and only then acknowledged.
//!
//! What costs little comes first: the size, the bytes that are on the board already, the hours, the
//! key and its signature. Only who holds an active key can make the box verify a proof, and only so often
//! ([`Keeper::cast`](veche_keeper::Keeper::cast)).
//!
//! The same bytes again give the same receipt, also after the vote has closed.

use std::sync::Arc;
use std::time::Duration;

use axum::Json as Answer;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use veche_board::Receipt;
use veche_keeper::CastError;
use veche_verify::{Check, Refusal};

use crate::ballot_box::context::BallotBox;
use crate::http::body::{self, Octets};
use crate::http::problem::{Kind, Problem};

/// What a receipt looks like, for the documentation. The value is a [`Receipt`].
#[derive(utoipa::ToSchema)]
#[schema(as = Receipt)]
#[expect(dead_code, reason = "describes veche_board::Receipt, which knows no OpenAPI")]
pub(crate) struct ReceiptShape {
    /// The ballot's entry.
    index: u64,
    /// The entry's leaf hash, 32 bytes in base64.
    leaf: String,
    /// The inclusion proof: hashes in base64.
    proof: Vec<String>,
    /// The signed checkpoint that the proof leads to.
    checkpoint: String,
}

/// Casts a sealed ballot.
#[utoipa::path(
    post, path = "/v1/ballots", tag = "voter",
    request_body(content = inline(Octets), content_type = "application/octet-stream", description = "The sealed ballot"),
    responses(
        (status = 201, description = "Recorded: the entry is durable and under the receipt's checkpoint", body = ReceiptShape),
        (status = 200, description = "These bytes were recorded before; the same receipt", body = ReceiptShape),
        (status = 404, description = "`credential-unknown`"),
        (status = 409, description = "`not-open`, `credential-revoked`, `struck-off`, `ballot-resigned`, or `sequence-behind` \
            with the `sequence` and `previous` to use"),
        (status = 422, description = "`ballot-invalid`, with the number of the failed `check`"),
        (status = 429, description = "`too-many-ballots`"),
        (status = 503, description = "`busy`: nothing was recorded, try again; or `not-witnessed`: recorded, and too few \
            witnesses have seen it yet, send the same again for the receipt"),
    )
)]
pub(crate) async fn cast(
    State(ballot_box): State<Arc<BallotBox>>,
    request: Request,
) -> Result<(StatusCode, Answer<Receipt>), Problem> {
    let bytes =
        body::octets(request, ballot_box.longest_ballot, ballot_box.limits.get().body_deadline).await?;
    let now = ballot_box.clock.unix();
    let appended = ballot_box.board.cast(&bytes, now).await?;
    let status = if appended.new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Answer(appended.receipt?)))
}

impl From<CastError> for Problem {
    fn from(error: CastError) -> Self {
        match error {
            CastError::Refused(refusal) => problem(refusal),
            CastError::Append(error) => error.into(),
            CastError::Receipt(error) => error.into(),
            CastError::TooMany { wait } => Problem::new(
                Kind::TooManyBallots,
                "This voter has sent many ballots just now. Wait a little.",
            )
            .retry_after(wait),
            CastError::Busy => Problem::new(
                Kind::Busy,
                "Many ballots are being verified. Nothing was recorded; send it again.",
            )
            .retry_after(Duration::from_secs(5)),
            other => Problem::fault(&other),
        }
    }
}

fn invalid(check: Check, cause: &dyn std::fmt::Display) -> Problem {
    Problem::new(Kind::BallotInvalid, format!("{cause}.")).with("check", check.number())
}

/// A refusal as a problem.
pub(crate) fn problem(refusal: Refusal) -> Problem {
    let sentence = format!("{refusal}.");
    match refusal {
        // Answered with the receipt before it comes here.
        Refusal::AlreadyRecorded { index } => {
            Problem::new(Kind::BallotResigned, sentence).with("index", index)
        }
        Refusal::OtherSignature => Problem::new(Kind::BallotResigned, sentence),
        Refusal::NotOpen => Problem::new(Kind::NotOpen, "Voting has not opened yet."),
        Refusal::Closed => Problem::new(Kind::NotOpen, "Voting is over."),
        Refusal::CredentialUnknown => {
            Problem::new(Kind::CredentialUnknown, "No voter has registered this key.")
        }
        Refusal::CredentialRevoked => {
            Problem::new(Kind::CredentialRevoked, "This key was replaced when the voter signed in elsewhere.")
        }
        Refusal::StruckOff => Problem::struck_off(),
        Refusal::SequenceBehind { sequence, previous } => Problem::new(
            Kind::SequenceBehind,
            "Another ballot of this voter is recorded already. Seal a new one after it.",
        )
        .with("sequence", sequence)
        .with("previous", previous.to_string()),
        Refusal::NoRevote => invalid(Check::BallotSequence, &"This vote does not allow voting again"),
        Refusal::TooLarge => Problem::new(Kind::TooLarge, sentence),
        Refusal::Invalid(failure) => invalid(failure.check, &failure.cause),
        other => Problem::fault(&other),
    }
}
