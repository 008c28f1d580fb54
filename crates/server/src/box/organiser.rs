//! The ceremony, the rehearsal, opening, closing and the count: what the organiser's and the
//! trustees' tokens allow, and what the box then does by itself.
//!
//! By itself it closes when the manifest's time is reached, fixes the sums after the closing, and
//! publishes the result once t trustees have decrypted. Each step asks the board whether its turn
//! has come, so it is taken once, also after a crash and beside a second server.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use veche_crypto::hash::Digest;
use veche_record::Entry;
use veche_record::entry::{Close, MAX_MESSAGE_LEN, Open, Restart, Signed};
use veche_verify::Course;

use crate::ballot_box::context::BallotBox;
use crate::ballot_box::record_files::RESULT;
use crate::ballot_box::tokens::{Author, Organiser};
use crate::board::{Turn, refused};
use crate::http::body;
use crate::http::problem::{Kind, Problem};

/// An appended entry.
#[derive(Serialize, ToSchema)]
#[schema(as = Index)]
pub(crate) struct AppendedEntry {
    /// Its number on the board.
    index: u64,
}

/// What every request of the organiser and of trustees is answered with.
type AppendAnswer = Result<(StatusCode, Answer<AppendedEntry>), Problem>;

/// Appends what a request asks for, takes the steps whose time has come with it, and answers.
async fn append(
    app: &BallotBox,
    entries: impl FnMut(&mut Turn<'_>) -> Result<u64, Problem> + Send + 'static,
) -> AppendAnswer {
    let index = app.board.append(entries).await?.index;
    let _ = advance(app).await;
    Ok((StatusCode::CREATED, Answer(AppendedEntry { index })))
}

/// Appends a message of a trustee (of the ceremony, a Consent, a Partial), or a ballot of the rehearsal. A trustee's token
/// is for that trustee's own messages, the organiser's for all of them.
#[utoipa::path(
    post, path = "/v1/entries", tag = "organiser", security(("organiser" = [])),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "One Ceremony, Consent, Partial or RehearsalBallot message, in its one encoding"),
    responses(
        (status = 201, description = "Appended", body = AppendedEntry),
        (status = 401, description = "`trustee-only`"),
        (status = 409, description = "`out-of-order`"),
        (status = 413, description = "`too-large`"),
        (status = 422, description = "`entry-refused`, with the failed `check` and the `culprit`"),
    )
)]
pub(crate) async fn post_entry(
    State(app): State<Arc<BallotBox>>,
    author: Author,
    request: Request,
) -> AppendAnswer {
    let message = body::octets(request, MAX_MESSAGE_LEN, app.limits.body_deadline).await?;
    demand_own(author, &message)?;
    append(&app, move |turn| turn.message(&message)).await
}

/// Whether an author may post a message.
fn demand_own(author: Author, message: &[u8]) -> Result<(), Problem> {
    let refused = |why: String| Err(Problem::new(Kind::EntryRefused, why));
    let trustee = match Entry::parse(message) {
        Ok(Entry::Ceremony(entry)) => entry.author(),
        Ok(Entry::Consent(entry)) => Some(entry.trustee),
        Ok(Entry::Partial(entry)) => Some(entry.trustee),
        Ok(Entry::RehearsalBallot(_)) if author == Author::Organiser => return Ok(()),
        Ok(_) => None,
        Err(error) => {
            let problem = Problem::new(Kind::EntryRefused, format!("This is not an entry: {error}."));
            return Err(problem.with("check", veche_verify::Check::Form.number()));
        }
    };
    match (author, trustee) {
        (_, None) => refused(
            "Only messages of trustees and ballots of the rehearsal are posted; \
             the ballot box makes the other entries itself."
                .into(),
        ),
        (Author::Trustee(own), Some(other)) if own != other => {
            refused(format!("This is a message of trustee {other}, and the token is trustee {own}'s."))
        }
        _ => Ok(()),
    }
}

/// Begins the next attempt of the ceremony: everything of this attempt is void.
#[utoipa::path(
    post, path = "/v1/restart", tag = "organiser", security(("organiser" = [])),
    responses(
        (status = 201, description = "Begun anew", body = AppendedEntry),
        (status = 401, description = "`organiser-only`"),
        (status = 409, description = "`out-of-order`"),
    )
)]
pub(crate) async fn restart(State(app): State<Arc<BallotBox>>, _organiser: Organiser) -> AppendAnswer {
    append(&app, |turn| {
        let ceremony = turn.board().ceremony().ok_or_else(|| Problem::fault(&"a board without genesis"))?;
        let attempt = ceremony
            .attempt()
            .checked_add(1)
            .ok_or_else(|| Problem::new(Kind::OutOfOrder, "No more attempts: found another board."))?;
        let entry = Signed::new(Restart { attempt }, &turn.keys().issuer, &ceremony.genesis());
        turn.entry(entry.map_err(|error| Problem::fault(&error))?)
    })
    .await
}

/// Fixes the sums of the rehearsal, once its ballots are posted. Then the trustees decrypt them.
#[utoipa::path(
    post, path = "/v1/rehearsal", tag = "organiser", security(("organiser" = [])),
    responses(
        (status = 201, description = "Fixed", body = AppendedEntry),
        (status = 401, description = "`organiser-only`"),
        (status = 409, description = "`out-of-order`"),
    )
)]
pub(crate) async fn rehearsal(State(app): State<Arc<BallotBox>>, _organiser: Organiser) -> AppendAnswer {
    append(&app, |turn| {
        fingerprint(turn)?;
        let entry = turn.board().make_rehearsal_input(&turn.keys().issuer).map_err(refused)?;
        turn.entry(entry)
    })
    .await
}

/// Opens the vote. Ballots are accepted from now until the manifest's closing time.
#[utoipa::path(
    post, path = "/v1/open", tag = "organiser", security(("organiser" = [])),
    responses(
        (status = 201, description = "Open", body = AppendedEntry),
        (status = 401, description = "`organiser-only`"),
        (status = 409, description = "`too-early`, `out-of-order`"),
    )
)]
pub(crate) async fn open(State(app): State<Arc<BallotBox>>, _organiser: Organiser) -> AppendAnswer {
    let (opens, closes) = (app.opens(), app.closes());
    append(&app, move |turn| {
        if turn.now() < opens {
            return Err(Problem::new(Kind::TooEarly, "The manifest's opening time is not reached yet."));
        }
        if turn.now() >= closes {
            return Err(Problem::new(Kind::OutOfOrder, "The manifest's closing time has passed."));
        }
        let entry = Open::sign(&turn.keys().issuer, &fingerprint(turn)?, time(turn.now()));
        turn.entry(entry.map_err(|error| Problem::fault(&error))?)
    })
    .await
}

/// Closes the vote, also before the manifest's closing time, and fixes the sums.
#[utoipa::path(
    post, path = "/v1/close", tag = "organiser", security(("organiser" = [])),
    responses(
        (status = 201, description = "Closed", body = AppendedEntry),
        (status = 401, description = "`organiser-only`"),
        (status = 409, description = "`out-of-order`"),
    )
)]
pub(crate) async fn close(State(app): State<Arc<BallotBox>>, _organiser: Organiser) -> AppendAnswer {
    append(&app, append_close).await.inspect(|_| tracing::info!("the vote is closed"))
}

fn fingerprint(turn: &Turn<'_>) -> Result<Digest, Problem> {
    turn.board().election().map(|election| election.fingerprint()).ok_or_else(|| {
        Problem::new(Kind::OutOfOrder, "The trustees have not made the keys of this election yet.")
    })
}

fn time(unix: i64) -> u64 {
    u64::try_from(unix).unwrap_or(0)
}

fn append_close(turn: &mut Turn<'_>) -> Result<u64, Problem> {
    let entry = Close::sign(&turn.keys().issuer, &fingerprint(turn)?, time(turn.now()));
    turn.entry(entry.map_err(|error| Problem::fault(&error))?)
}

fn append_tally_input(turn: &mut Turn<'_>) -> Result<u64, Problem> {
    must_be(turn, Course::Closed)?;
    let entry = turn.board().make_tally_input(&turn.keys().issuer);
    turn.entry(entry.map_err(|error| Problem::fault(&error))?)
}

fn append_result(turn: &mut Turn<'_>) -> Result<u64, Problem> {
    must_be(turn, Course::Counting)?;
    let entry = turn.board().make_result(&turn.keys().issuer).map_err(|error| Problem::fault(&error))?;
    let index = turn.entry(entry)?;
    let file =
        turn.board().result_file().ok_or_else(|| Problem::fault(&"a published board has no result"))?;
    turn.file(RESULT, file.to_json().map_err(|error| Problem::fault(&error))?);
    Ok(index)
}

fn must_be(turn: &Turn<'_>, course: Course) -> Result<(), Problem> {
    if turn.board().course() == course {
        Ok(())
    } else {
        Err(Problem::new(Kind::OutOfOrder, "This step is taken already."))
    }
}

/// What is to be done without being asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Close,
    TallyInput,
    Result,
}

async fn next_step(app: &BallotBox) -> Option<Step> {
    let standing = app.board.standing().await;
    let board = standing.board();
    match board.course() {
        Course::Open if app.clock.unix() >= app.closes() => Some(Step::Close),
        Course::Closed => Some(Step::TallyInput),
        Course::Counting => {
            let needed = board.verified_tally()?.partials_needed();
            (board.partials().len() >= needed).then_some(Step::Result)
        }
        _ => None,
    }
}

/// Takes the steps whose time has come. Returns whether every one could be taken.
pub(crate) async fn advance(app: &BallotBox) -> bool {
    while let Some(step) = next_step(app).await {
        let appended = match step {
            Step::Close => app.board.append(append_close).await,
            Step::TallyInput => app.board.append(append_tally_input).await,
            Step::Result => {
                app.board.compute_totals().await;
                app.board.append(append_result).await
            }
        };
        match appended {
            Ok(appended) => {
                tracing::info!(?step, entry = appended.index, "the election went on by itself");
            }
            // Another task took the step in the same moment.
            Err(_) if next_step(app).await != Some(step) => {}
            Err(problem) => {
                tracing::error!(?step, ?problem, "a step of the election could not be taken");
                return false;
            }
        }
    }
    true
}
