//! A sealed ballot is read, verified, stored, and only then acknowledged.
//!
//! What costs little comes first: the size, the bytes that are on the board already, the hours, the
//! key and its signature. Only who holds an active key can make the box verify a proof, and only so
//! often. The proof is verified on a thread of its own, of which there are as many as processors,
//! and no lock is held meanwhile; the ballot's place on the board is judged when the writer's turn
//! comes ([`board`](crate::board)).
//!
//! The same bytes again give the same receipt, also after the vote has closed.

use std::sync::Arc;
use std::time::Duration;

use axum::Json as Answer;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use veche_board::{Receipt, leaf_hash};
use veche_record::tag::domain;
use veche_record::{Ballot, Election, EntryKind};
use veche_verify::{Check, Refusal, VerifiedBallot};

use crate::ballot_box::context::BallotBox;
use crate::board::Turn;
use crate::http::body;
use crate::http::problem::{Kind, Problem};
use crate::keys::randomness;

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
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "The sealed ballot"),
    responses(
        (status = 201, description = "Recorded: the entry is durable and under the receipt's checkpoint", body = ReceiptShape),
        (status = 200, description = "These bytes were recorded before; the same receipt", body = ReceiptShape),
        (status = 404, description = "`credential-unknown`"),
        (status = 408, description = "`too-slow`"),
        (status = 409, description = "`not-open`, `credential-revoked`, `ballot-resigned`, or `sequence-behind` with the \
            `sequence` and `previous` to use"),
        (status = 413, description = "`too-large`"),
        (status = 422, description = "`ballot-invalid`, with the number of the failed `check`"),
        (status = 429, description = "`too-many-ballots`"),
        (status = 503, description = "`busy`: nothing was recorded, try again; or `not-witnessed`: recorded, and too few \
            witnesses have seen it yet, send the same again for the receipt"),
    )
)]
pub(crate) async fn cast(
    State(app): State<Arc<BallotBox>>,
    request: Request,
) -> Result<(StatusCode, Answer<Receipt>), Problem> {
    let bytes = body::octets(request, app.longest_ballot, app.limits.body_deadline).await?;
    if let Some(receipt) = recorded(&app, &bytes).await? {
        return Ok((StatusCode::OK, Answer(receipt)));
    }
    must_be_open(&app, app.clock.unix())?;
    let election = app.board.standing().await.board().election().cloned().ok_or_else(not_open_yet)?;
    let ballot = must_be_signed(&app, &election, &bytes).await?;
    let now = app.clock.unix();
    app.counters.ballots.count(ballot.header().credential.to_bytes(), now).map_err(|wait| {
        Problem::new(Kind::TooManyBallots, "This voter has sent many ballots just now. Wait a little.")
            .retry_after(wait)
    })?;

    let verified = verify(&app, election, bytes.to_vec()).await?;
    let asked = Arc::clone(&app);
    let appended = app.board.append(move |turn| append(&asked, turn, &verified)).await?;
    let status = if appended.new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Answer(appended.receipt?)))
}

/// The receipt of these very bytes, if they are on the board.
async fn recorded(app: &BallotBox, bytes: &[u8]) -> Result<Option<Receipt>, Problem> {
    let leaf = [&[EntryKind::Ballot as u8], bytes].concat();
    let Some(index) = crate::store::log::find(&app.db, &leaf_hash(&leaf)).await? else { return Ok(None) };
    if index >= app.board.log().await.size() {
        // Another server on this database has just appended it.
        app.board.be_current().await;
    }
    Ok(Some(app.board.log().await.receipt(&app.db, index).await?))
}

fn not_open_yet() -> Problem {
    Problem::new(Kind::NotOpen, "Voting has not opened yet.")
}

/// Holds the hours of the manifest, whatever the board says.
fn must_be_open(app: &BallotBox, now: i64) -> Result<(), Problem> {
    if now < app.opens() {
        return Err(not_open_yet());
    }
    if now >= app.closes() {
        return Err(Problem::new(Kind::NotOpen, "Voting is over."));
    }
    Ok(())
}

/// Decodes a ballot and checks that the holder of an active key signed it.
async fn must_be_signed(app: &BallotBox, election: &Election, bytes: &[u8]) -> Result<Ballot, Problem> {
    let ballot = Ballot::parse(election, bytes).map_err(|error| invalid(Check::BallotForm, &error))?;
    let header = ballot.header();
    match app.board.standing().await.credential(&header.credential.to_bytes()) {
        None => return Err(problem(Refusal::CredentialUnknown)),
        Some((_, credential)) if !credential.active => return Err(problem(Refusal::CredentialRevoked)),
        Some(_) => {}
    }
    header
        .credential
        .verify(domain::BALLOT, ballot.signed_bytes(), ballot.signature())
        .map_err(|_| invalid(Check::BallotSignature, &"the ballot's signature is false"))?;
    Ok(ballot)
}

/// Verifies the proofs on a thread of their own, when there is a place.
async fn verify(app: &BallotBox, election: Arc<Election>, bytes: Vec<u8>) -> Result<VerifiedBallot, Problem> {
    let busy = || {
        Problem::new(Kind::Busy, "Many ballots are being verified. Nothing was recorded; send it again.")
            .retry_after(Duration::from_secs(5))
    };
    let place = Arc::clone(&app.verifiers.0).acquire_owned();
    let place = tokio::time::timeout(app.limits.verify_wait, place).await.map_err(|_| busy())?;
    let place = place.map_err(|error| Problem::fault(&error))?;
    let fresh = randomness().map_err(|error| Problem::fault(&error))?;
    tokio::task::spawn_blocking(move || {
        let verified = VerifiedBallot::verify(&election, &bytes, &fresh);
        drop(place);
        verified
    })
    .await
    .map_err(|error| Problem::fault(&error))?
    .map_err(problem)
}

/// Appends the ballot, if the vote is still open and its place is right.
fn append(app: &BallotBox, turn: &mut Turn<'_>, verified: &VerifiedBallot) -> Result<u64, Problem> {
    // The clock is read again: this ballot may have waited over the closing time.
    must_be_open(app, turn.now())?;
    turn.ballot(verified.clone(), problem)
}

fn invalid(check: Check, cause: &dyn std::fmt::Display) -> Problem {
    Problem::new(Kind::BallotInvalid, format!("{cause}.")).with("check", check.number())
}

/// A refusal as a problem.
fn problem(refusal: Refusal) -> Problem {
    let sentence = format!("{refusal}.");
    match refusal {
        // Answered with the receipt before it comes here.
        Refusal::AlreadyRecorded { index } => {
            Problem::new(Kind::BallotResigned, sentence).with("index", index)
        }
        Refusal::OtherSignature => Problem::new(Kind::BallotResigned, sentence),
        Refusal::NotOpen => not_open_yet(),
        Refusal::Closed => Problem::new(Kind::NotOpen, "Voting is over."),
        Refusal::CredentialUnknown => {
            Problem::new(Kind::CredentialUnknown, "No voter has registered the key of this ballot.")
        }
        Refusal::CredentialRevoked => Problem::new(
            Kind::CredentialRevoked,
            "The key of this ballot was replaced when the voter signed in elsewhere.",
        ),
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
