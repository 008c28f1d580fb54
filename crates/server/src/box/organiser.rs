//! The ceremony, the rehearsal, opening, closing and the count: what the organiser's and the trustees' tokens allow.
//! What the box then does by itself is [`Keeper::advance`](veche_keeper::Keeper::advance).

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use veche_keeper::Transaction;
use veche_record::Entry;
use veche_record::entry::{Ceremony, MAX_MESSAGE_LEN};

use crate::backup::Backup;
use crate::ballot_box::context::BallotBox;
use crate::ballot_box::tokens::{Author, Organiser};
use crate::http::body::Octets;
use crate::http::body::{self, Json};
use crate::http::problem::{Kind, Problem};

/// An appended entry.
#[derive(Serialize, ToSchema)]
#[schema(as = Index)]
pub(crate) struct AppendedEntry {
    /// Its number on the board.
    pub(crate) index: u64,
}

/// What every request of the organiser and of trustees is answered with.
pub(crate) type AppendAnswer = Result<(StatusCode, Answer<AppendedEntry>), Problem>;

/// Appends what a request asks for, takes the steps whose time has come with it, and answers.
pub(crate) async fn append<E: Into<Problem> + Send + 'static>(
    ballot_box: &BallotBox,
    entries: impl FnMut(&mut Transaction<'_>) -> Result<u64, E> + Send + 'static,
) -> AppendAnswer {
    let index = ballot_box.board.append(entries).await?.index;
    let _ = ballot_box.advance().await;
    Ok((StatusCode::CREATED, Answer(AppendedEntry { index })))
}

/// Appends a message of a trustee (of the ceremony, a Consent, a Partial), a ballot of the rehearsal, or what the
/// organiser has signed elsewhere. A trustee's token is for that trustee's own messages, the organiser's for all of
/// them.
#[utoipa::path(
    post, path = "/v1/entries", tag = "organiser", security(("organiser" = []), ("trustee" = [])),
    request_body(content = inline(Octets), content_type = "application/octet-stream", description = "One Ceremony, Consent, Partial, RehearsalBallot, Open, Extension, Notice, Ended, Close, PaperCount or Draw message, in its one encoding"),
    responses(
        (status = 201, description = "Appended", body = AppendedEntry),
        (status = 401, description = "`trustee-only`"),
        (status = 409, description = "`out-of-order`, `too-early`"),
        (status = 422, description = "`entry-refused`, with the failed `check` and the `culprit`"),
    )
)]
pub(crate) async fn post_entry(
    State(ballot_box): State<Arc<BallotBox>>,
    author: Author,
    request: Request,
) -> AppendAnswer {
    let message = body::octets(request, MAX_MESSAGE_LEN, ballot_box.limits.get().body_deadline).await?;
    demand_own(author, &message)?;
    append(&ballot_box, move |transaction| transaction.signed_elsewhere(&message)).await
}

/// Whether an author may post a message.
fn demand_own(author: Author, message: &[u8]) -> Result<(), Problem> {
    let refused = |why: String| Err(Problem::new(Kind::EntryRefused, why));
    let trustee = match Entry::parse(message) {
        Ok(Entry::Ceremony(Ceremony::Restart(_))) if author == Author::Organiser => return Ok(()),
        Ok(Entry::Ceremony(entry)) => entry.author(),
        Ok(Entry::Consent(entry)) => Some(entry.trustee),
        Ok(Entry::Partial(entry)) => Some(entry.trustee),
        Ok(
            Entry::RehearsalBallot(_)
            | Entry::Open(_)
            | Entry::Close(_)
            | Entry::Ended(_)
            | Entry::Extension(_)
            | Entry::Notice(_)
            | Entry::PaperCount(_)
            | Entry::Draw(_),
        ) if author == Author::Organiser => return Ok(()),
        Ok(_) => None,
        Err(error) => {
            let problem = Problem::new(Kind::EntryRefused, format!("This is not an entry: {error}."));
            return Err(problem.with("check", veche_verify::Check::Form.number()));
        }
    };
    match (author, trustee) {
        (_, None) => refused(
            "Only messages of trustees are posted with a trustee's token; with the organiser's also ballots of the \
             rehearsal and what the organiser signs. The ballot box makes the other entries itself."
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
        (status = 409, description = "`out-of-order`, `key-elsewhere`"),
    )
)]
pub(crate) async fn restart(State(ballot_box): State<Arc<BallotBox>>, _organiser: Organiser) -> AppendAnswer {
    append(&ballot_box, |transaction| transaction.restart_ceremony()).await
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
pub(crate) async fn rehearsal(
    State(ballot_box): State<Arc<BallotBox>>,
    _organiser: Organiser,
) -> AppendAnswer {
    append(&ballot_box, |transaction| transaction.fix_rehearsal()).await
}

/// Opens the vote. Ballots are accepted from now until the manifest's closing time.
#[utoipa::path(
    post, path = "/v1/open", tag = "organiser", security(("organiser" = [])),
    responses(
        (status = 201, description = "Open", body = AppendedEntry),
        (status = 401, description = "`organiser-only`"),
        (status = 409, description = "`too-early`, `out-of-order`, `key-elsewhere`, `no-backup`"),
    )
)]
pub(crate) async fn open(State(ballot_box): State<Arc<BallotBox>>, _organiser: Organiser) -> AppendAnswer {
    if ballot_box.backup.is_missing() {
        return Err(Problem::new(Kind::NoBackup, Backup::ADVICE));
    }
    append(&ballot_box, |transaction| transaction.open()).await
}

/// Closes the vote, also before its closing hour where the manifest allows it, and fixes the sums.
#[utoipa::path(
    post, path = "/v1/close", tag = "organiser", security(("organiser" = [])),
    responses(
        (status = 201, description = "Closed", body = AppendedEntry),
        (status = 401, description = "`organiser-only`"),
        (status = 409, description = "`too-early`, `out-of-order`, `key-elsewhere`"),
    )
)]
pub(crate) async fn close(State(ballot_box): State<Arc<BallotBox>>, _organiser: Organiser) -> AppendAnswer {
    let index = ballot_box.board.close().await?.index;
    tracing::info!("the vote is closed");
    let _ = ballot_box.advance().await;
    Ok((StatusCode::CREATED, Answer(AppendedEntry { index })))
}

/// In which order equal totals of a contest were drawn.
#[derive(Deserialize, ToSchema)]
pub(crate) struct NewDraw {
    /// The contest's id.
    contest: String,
    /// The ids of the options that were to be drawn for, the first one first.
    options: Vec<String>,
}

/// Puts a draw on the board, after the result. The box signs with the organiser's key.
#[utoipa::path(
    post, path = "/v1/draws", tag = "organiser", security(("organiser" = [])), request_body = NewDraw,
    responses(
        (status = 201, description = "On the board", body = AppendedEntry),
        (status = 401, description = "`organiser-only`"),
        (status = 409, description = "`out-of-order`, `key-elsewhere`"),
        (status = 422, description = "`entry-refused`: not exactly the options that are to be drawn for next"),
    )
)]
pub(crate) async fn draw(
    State(ballot_box): State<Arc<BallotBox>>,
    _organiser: Organiser,
    Json(request): Json<NewDraw>,
) -> AppendAnswer {
    let refused =
        |what: &str, id: &str| Problem::new(Kind::EntryRefused, format!("There is no {what} {id:?}."));
    let (position, contest) = (0_u16..)
        .zip(ballot_box.manifest.contests())
        .find(|(_, contest)| contest.id == request.contest)
        .ok_or_else(|| refused("contest", &request.contest))?;
    let option = |id: &String| {
        let found = (0_u16..).zip(&contest.options).find(|(_, option)| option.id == *id);
        found.map(|(position, _)| position).ok_or_else(|| refused("option", id))
    };
    let order = request.options.iter().map(option).collect::<Result<Vec<u16>, Problem>>()?;
    append(&ballot_box, move |transaction| transaction.draw(position, order.clone())).await
}
