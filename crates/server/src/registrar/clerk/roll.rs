//! A whole roll from another computer: checked, or put in the place of the one before; and the journal.
//!
//! A roll is longer than anything else that is sent here. It is written to a file without a name in the folder of the
//! data, which only this process can reach and which is gone when it is closed, however the process ends; and it is
//! read one at a time. What is sent with the confirmation is the whole file again, so that none is kept in between.

use std::io::{Read as _, Seek as _};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Json as Answer;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, Request, State};
use axum::http::HeaderMap;
use percent_encoding::percent_decode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use zeroize::Zeroizing;

use super::pass::{Clerk, RollClerk};
use super::shown::{JournalShown, RollShown};
use crate::http::body::{self, Octets};
use crate::http::problem::{Kind, Problem};
use crate::people::counter::OpenCounter;
use crate::people::operator::Operator;
use crate::people::replace::{Gone, Replaced};
use crate::registrar::context::Registrar;

/// The most bytes of a roll that is sent.
pub(crate) const ROLL_LIMIT: usize = 64 << 20;

/// Time for all of it to arrive.
const ROLL_DEADLINE: Duration = Duration::from_secs(300);

/// Time after which it is worth trying again, where another roll is being read.
const TRY_AGAIN: Duration = Duration::from_secs(10);

/// What sentences call a file that came without a name: "the roll that was sent is not taken".
const SENT: &str = "that was sent";

/// The header with the reason.
const REASON: &str = "veche-reason";

/// What becomes of those who are on the roll no more.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ReplaceQuery {
    /// Whether the keys of those who are on the roll no more are revoked for good, so that their ballots do not count.
    #[serde(default)]
    strike_gone: bool,
}

/// What was done by hand.
#[derive(Serialize, ToSchema)]
pub(crate) struct Journal {
    /// The oldest first.
    lines: Vec<JournalShown>,
}

/// Reads a roll and says everything that is wrong with it, and what it would change. Nothing is changed.
#[utoipa::path(
    post, path = "/v1/desk/roll/check", tag = "desk", operation_id = "desk_roll_check", security(("desk" = []), ("organiser" = [])),
    request_body(content = inline(Octets), content_type = "application/octet-stream", description = "An .xlsx, an .ods or a CSV with a column of phones and one of districts, of 64 MiB at most, within five minutes"),
    responses(
        (status = 200, description = "What is in it", body = RollShown),
        (status = 401, description = "`desk-pass-needed`"),
        (status = 403, description = "`desk-pass-other`: the pass is not for a whole roll"),
        (status = 409, description = "`no-roll`"),
        (status = 422, description = "`roll-unreadable`: it is no table of phones and districts"),
        (status = 429, description = "`too-many-requests`: too many wrong passes from this address"),
        (status = 502, description = "`box-wrong`"),
        (status = 503, description = "`busy`: another roll is being read; `box-unreachable`"),
    )
)]
pub(crate) async fn check(
    State(registrar): State<Arc<Registrar>>,
    _clerk: RollClerk,
    request: Request,
) -> Result<Answer<RollShown>, Problem> {
    read(registrar, request, Gone::KeepKeys, None).await.map(|read| Answer(RollShown::new(read, false)))
}

/// Puts a whole roll in the place of the one before, while people vote. A file with a mistake changes nothing.
#[utoipa::path(
    post, path = "/v1/desk/roll", tag = "desk", operation_id = "desk_roll_replace", security(("desk" = []), ("organiser" = [])),
    params(ReplaceQuery, ("veche-reason" = String, Header, description = "Why, for the journal: 200 characters at most, in one line, without the number of anybody; in UTF-8, percent-encoded", example = "the%20register%20of%201%20May")),
    request_body(content = inline(Octets), content_type = "application/octet-stream", description = "The same file as was checked, whole"),
    responses(
        (status = 200, description = "The roll is in force", body = RollShown),
        (status = 401, description = "`desk-pass-needed`"),
        (status = 403, description = "`desk-pass-other`: the pass is not for a whole roll"),
        (status = 409, description = "`no-roll`, `roll-changed`"),
        (status = 422, description = "`roll-unreadable`; `roll-refused`, with how many `mistakes`; `reason-refused`"),
        (status = 429, description = "`too-many-requests`: too many wrong passes from this address"),
        (status = 502, description = "`half-done`: in force, and not everybody gone was struck; `box-wrong`"),
        (status = 503, description = "`busy`: another roll is being read; `box-unreachable`"),
    )
)]
pub(crate) async fn replace(
    State(registrar): State<Arc<Registrar>>,
    clerk: RollClerk,
    query: Result<Query<ReplaceQuery>, QueryRejection>,
    request: Request,
) -> Result<Answer<RollShown>, Problem> {
    let Query(ReplaceQuery { strike_gone }) = query?;
    let by = clerk.0.because(&reason(request.headers())?)?;
    let gone = if strike_gone { Gone::AreStruck } else { Gone::KeepKeys };
    let replaced = read(registrar, request, gone, Some(by)).await?;
    let mistakes = replaced.checked.problems.len();
    if mistakes > 0 {
        let sentence =
            "The roll has mistakes, so nothing was changed: have it checked, and they are all named.";
        return Err(Problem::new(Kind::RollRefused, sentence).with("mistakes", mistakes));
    }
    Ok(Answer(RollShown::new(replaced, true)))
}

/// Says what was done by hand: when, what, by whom and why. It names nobody whom it was done to.
#[utoipa::path(
    get, path = "/v1/desk/journal", tag = "desk", operation_id = "desk_journal", security(("desk" = []), ("organiser" = [])),
    responses(
        (status = 200, description = "All of it", body = Journal),
        (status = 401, description = "`desk-pass-needed`"),
        (status = 429, description = "`too-many-requests`: too many wrong passes from this address"),
    )
)]
pub(crate) async fn journal(
    State(registrar): State<Arc<Registrar>>,
    _clerk: Clerk,
) -> Result<Answer<Journal>, Problem> {
    let lines = OpenCounter::running(&registrar).journal().await?;
    Ok(Answer(Journal { lines: lines.into_iter().map(JournalShown::from).collect() }))
}

/// The reason of a request, none where it has none.
fn reason(headers: &HeaderMap) -> Result<String, Problem> {
    let written = headers.get(REASON).map(|value| value.as_bytes()).unwrap_or_default();
    percent_decode(written).decode_utf8().map(|text| text.into_owned()).map_err(|_| {
        Problem::new(Kind::Malformed, format!("The header {REASON} is not percent-encoded UTF-8."))
    })
}

/// Takes the file of a request and reads it; with somebody who does it, puts it into force.
async fn read(
    registrar: Arc<Registrar>,
    request: Request,
    gone: Gone,
    by: Option<Operator>,
) -> Result<Replaced, Problem> {
    let busy = || {
        Problem::new(Kind::Busy, "Another roll is being read. Nothing was changed; try again in a moment.")
            .retry_after(TRY_AGAIN)
    };
    drop(registrar.clerks.one_roll().ok_or_else(busy)?);
    let file = tempfile::tempfile_in(&registrar.clerks.uploads).map_err(|error| Problem::fault(&error))?;
    let file = body::octets_into(request, ROLL_LIMIT, ROLL_DEADLINE, file).await?;
    // A task of its own: whoever does not wait for the answer finds what became of it in the journal.
    let task = tokio::spawn(async move {
        let _one = registrar.clerks.one_roll().ok_or_else(busy)?;
        let bytes = tokio::task::spawn_blocking(move || all_of(file)).await;
        let bytes = bytes.map_err(|error| Problem::fault(&error))?.map_err(|error| Problem::fault(&error))?;
        let counter = OpenCounter::running(&registrar);
        Ok(counter.replace_roll(Path::new(SENT), bytes, gone, by.as_ref()).await?)
    });
    task.await.map_err(|error| Problem::fault(&error))?
}

/// What a file holds, in memory that is wiped; the file is gone.
fn all_of(mut file: std::fs::File) -> std::io::Result<Zeroizing<Vec<u8>>> {
    file.rewind()?;
    let length = usize::try_from(file.metadata()?.len()).unwrap_or(ROLL_LIMIT);
    // Room for all of it, so that no numbers are left behind where it was before it grew.
    let mut bytes = Zeroizing::new(Vec::with_capacity(length.saturating_add(1)));
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}
