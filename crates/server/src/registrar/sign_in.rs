//! Signing in with a phone and a code.
//!
//! What an outsider must not learn is whether a number is on the roll. So a number that is not gets
//! the same statements, the same row and the same answer; whether a message is sent is decided
//! later, by a task that no request waits for. The code of an unknown number is as random as any
//! and lets nobody in.
//!
//! What an outsider must not do is guess. A code has 10⁶ values and [`Limits::guesses_a_code`]
//! guesses, a phone has [`Limits::guesses_a_phone_a_day`] over all its codes. A guess is counted in
//! the transaction that judges it, so guesses at the same time cannot share one count.
//!
//! [`Limits::guesses_a_code`]: crate::Limits::guesses_a_code
//! [`Limits::guesses_a_phone_a_day`]: crate::Limits::guesses_a_phone_a_day

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use sqlx::{Row, SqliteConnection};
use subtle::ConstantTimeEq;
use utoipa::ToSchema;
use veche_record::Pseudonym;
use veche_record::manifest::Registration;
use zeroize::Zeroizing;

use crate::app::App;
use crate::http::body::Json;
use crate::http::limits::Place;
use crate::http::problem::{Document, Kind, Problem};
use crate::keys::{SECRET_LEN, random, random_text};
use crate::registrar::phone::Phone;
use crate::registrar::sms::SmsMessage;

/// A day, for the limits that count by day. It is the last 24 hours, not a calendar day.
const DAY: i64 = 86_400;

/// Digits of a code.
const CODE_LEN: usize = 6;

/// A request for a code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignIn {
    /// The number with its country code.
    #[schema(example = "+48 42 123 45 67")]
    phone: String,
}

/// What to send with the code.
#[derive(Serialize, ToSchema)]
pub(crate) struct SignInBegun {
    /// To be sent back with the code.
    session: String,
    /// Seconds for which the code is valid.
    expires_in: i64,
    /// Seconds after which another code may be asked for.
    resend_in: i64,
}

/// A guess.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CodeGiven {
    /// The session that the code was asked for in.
    session: String,
    /// The six digits.
    #[schema(example = "042917")]
    code: String,
}

/// A signed-in voter.
#[derive(Serialize, ToSchema)]
pub(crate) struct SignedIn {
    /// To be sent as `Authorization: Bearer …`. Keep it in memory only.
    token: String,
    /// The voter's name on the board: 16 random bytes, in hexadecimal.
    pseudonym: String,
    /// The voter's ballot style, when it is known already.
    style: Option<String>,
    /// The key of the voter's active credential in hexadecimal, if one is registered.
    credential: Option<String>,
}

/// Sends a code to a phone. The answer is the same whether or not the number may vote.
#[utoipa::path(
    post, path = "/v1/sign-in", tag = "voter", request_body = SignIn,
    responses(
        (status = 200, description = "A code is on its way if the number may vote", body = SignInBegun),
        (status = 422, description = "`phone-unreadable`", body = Document, content_type = "application/problem+json"),
        (status = 429, description = "`resend-too-soon`, `too-many-codes` or `too-many-requests`, each with `retry_after`",
            body = Document, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn begin(
    State(app): State<Arc<App>>,
    place: Place,
    Json(request): Json<SignIn>,
) -> Result<Answer<SignInBegun>, Problem> {
    let written = Zeroizing::new(request.phone);
    let phone = Phone::parse(&written).ok_or_else(|| {
        Problem::new(
            Kind::PhoneUnreadable,
            "Write the number with + and the country code, like +48 42 123 45 67.",
        )
    })?;
    let now = app.clock.unix();
    app.counters.sign_in_from(place, now).map_err(from_one_place)?;

    let session = random_text().map_err(|error| Problem::fault(&error))?;
    let code = random_code().map_err(|error| Problem::fault(&error))?;
    let hashed = app.keys.phone(&phone);
    let mut tx = app.db.write().await?;
    may_have_a_code(&app, &mut tx, &hashed, now).await?;
    sqlx::query("INSERT INTO code (session, phone, mac, made) VALUES (?, ?, ?, ?)")
        .bind(app.keys.session(&session).as_slice())
        .bind(hashed.as_slice())
        .bind(app.keys.code(&session, &code).as_slice())
        .bind(now)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;

    let answer = SignInBegun {
        session: session.to_string(),
        expires_in: app.limits.code_lifetime,
        resend_in: app.limits.resend_after,
    };
    tokio::spawn(deliver(app, hashed, SmsMessage { to: phone, code }));
    Ok(Answer(answer))
}

/// Refuses a code that comes too soon after another, or is one too many today.
async fn may_have_a_code(
    app: &App,
    tx: &mut SqliteConnection,
    phone: &[u8],
    now: i64,
) -> Result<(), Problem> {
    let (count, newest, oldest): (i64, Option<i64>, Option<i64>) =
        sqlx::query_as("SELECT count(*), max(made), min(made) FROM code WHERE phone = ? AND made > ?")
            .bind(phone)
            .bind(now - DAY)
            .fetch_one(tx)
            .await?;
    let (newest, oldest) = (newest.unwrap_or(0), oldest.unwrap_or(0));
    if count > 0 && newest + app.limits.resend_after > now {
        return Err(Problem::new(
            Kind::ResendTooSoon,
            "A code was sent a moment ago. Wait for it, or ask again soon.",
        )
        .retry_after(seconds(newest + app.limits.resend_after - now)));
    }
    if count >= app.limits.codes_a_phone_a_day {
        return Err(Problem::new(
            Kind::TooManyCodes,
            "This number has been sent as many codes as it can get in a day. Try tomorrow, or ask the organiser.",
        )
        .retry_after(seconds(oldest + DAY - now)));
    }
    Ok(())
}

/// Sends the code if the number may vote. Nobody waits for this.
async fn deliver(app: Arc<App>, phone: [u8; SECRET_LEN], message: SmsMessage) {
    match app.manifest.document().registration {
        Registration::Open => {
            // Anyone's number gets a message here, so someone who is paid for messages to certain
            // numbers would gain by asking for many. Everyone together has one limit.
            if app.counters.open_codes.count((), app.clock.unix()).is_err() {
                tracing::error!("codes are not being sent: more than the limit of an hour were asked for");
                return;
            }
        }
        Registration::Roll => match on_roll(&app, &phone).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => {
                tracing::error!(%error, "a code was not sent: the roll could not be read");
                return;
            }
        },
    }
    app.outbox.send(message).await;
}

async fn on_roll(app: &App, phone: &[u8]) -> Result<bool, sqlx::Error> {
    let row: Option<(String,)> = sqlx::query_as("SELECT style FROM roll WHERE phone = ?")
        .bind(phone)
        .fetch_optional(app.db.read())
        .await?;
    Ok(row.is_some())
}

/// Signs in with the code that was sent.
#[utoipa::path(
    post, path = "/v1/sign-in/code", tag = "voter", request_body = CodeGiven,
    responses(
        (status = 200, description = "Signed in", body = SignedIn),
        (status = 403, description = "`wrong-code`, with `attempts_left`", body = Document, content_type = "application/problem+json"),
        (status = 410, description = "`code-expired`: too old, used, or of no session", body = Document, content_type = "application/problem+json"),
        (status = 429, description = "`too-many-attempts` or `too-many-requests`", body = Document, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn finish(
    State(app): State<Arc<App>>,
    place: Place,
    Json(given): Json<CodeGiven>,
) -> Result<Answer<SignedIn>, Problem> {
    let (session, code) = (Zeroizing::new(given.session), Zeroizing::new(given.code));
    if code.len() != CODE_LEN || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Problem::new(Kind::Malformed, "A code is six digits."));
    }
    let now = app.clock.unix();
    app.counters.guess_from(place, now).map_err(from_one_place)?;

    // All of it is drawn before the code is judged, so that a right and a wrong guess, and a known
    // and an unknown number, differ in nothing but the last step.
    let token = random_text().map_err(|error| Problem::fault(&error))?;
    let fresh = random::<16>().map_err(|error| Problem::fault(&error))?;

    let mut tx = app.db.write().await?;
    let asked = count_guess(&app, &mut tx, &app.keys.session(&session), now).await?;
    // `max` gives one row in any case: a known number does not even return another number of rows.
    let (style,): (Option<String>,) = sqlx::query_as("SELECT max(style) FROM roll WHERE phone = ?")
        .bind(asked.phone.as_slice())
        .fetch_one(&mut *tx)
        .await?;
    let may_vote = match app.manifest.document().registration {
        Registration::Open => true,
        Registration::Roll => style.is_some(),
    };
    let right: bool = app.keys.code(&session, &code).as_slice().ct_eq(&asked.mac).into();
    if !(right & may_vote) {
        // The guess is counted also when it was wrong: that is the point of counting.
        tx.commit().await?;
        return Err(Problem::new(
            Kind::WrongCode,
            "This is not the code that was sent. Check it, or ask for another.",
        )
        .with("attempts_left", asked.left));
    }

    sqlx::query("UPDATE code SET used = 1 WHERE session = ?")
        .bind(app.keys.session(&session).as_slice())
        .execute(&mut *tx)
        .await?;
    sqlx::query("INSERT INTO voter (phone, pseudonym) VALUES (?, ?) ON CONFLICT (phone) DO NOTHING")
        .bind(asked.phone.as_slice())
        .bind(fresh.as_slice())
        .execute(&mut *tx)
        .await?;
    sqlx::query("INSERT INTO session (token, phone, expires) VALUES (?, ?, ?)")
        .bind(app.keys.token(&token).as_slice())
        .bind(asked.phone.as_slice())
        .bind(now + app.limits.session_lifetime)
        .execute(&mut *tx)
        .await?;
    let (pseudonym,): (Vec<u8>,) = sqlx::query_as("SELECT pseudonym FROM voter WHERE phone = ?")
        .bind(asked.phone.as_slice())
        .fetch_one(&mut *tx)
        .await?;
    tx.commit().await?;
    let pseudonym = pseudonym_of(&pseudonym)?;
    // The board is the one truth about keys; the roll speaks only until the first one is there.
    let standing = app.board.standing().await;
    let voter = standing.voter(&pseudonym);
    Ok(Answer(SignedIn {
        token: token.to_string(),
        pseudonym: pseudonym.to_string(),
        style: voter.map(|voter| standing.style_name(voter.style)).or(style),
        credential: voter.and_then(|voter| voter.key).map(hex::encode),
    }))
}

/// A code that is alive, with one guess more on its count.
struct Asked {
    phone: Vec<u8>,
    mac: Vec<u8>,
    left: i64,
}

async fn count_guess(
    app: &App,
    tx: &mut SqliteConnection,
    session: &[u8],
    now: i64,
) -> Result<Asked, Problem> {
    let expired = || Problem::new(Kind::CodeExpired, "This code is used or too old. Ask for another.");
    let row = sqlx::query("SELECT phone, mac, made, guesses, used FROM code WHERE session = ?")
        .bind(session)
        .fetch_optional(&mut *tx)
        .await?
        .ok_or_else(expired)?;
    let (phone, mac): (Vec<u8>, Vec<u8>) = (row.try_get(0)?, row.try_get(1)?);
    let (made, guesses, used): (i64, i64, i64) = (row.try_get(2)?, row.try_get(3)?, row.try_get(4)?);
    if used != 0 || now >= made + app.limits.code_lifetime {
        return Err(expired());
    }
    if guesses >= app.limits.guesses_a_code {
        return Err(Problem::new(Kind::TooManyAttempts, "Too many wrong codes. Ask for another code."));
    }
    let (today, oldest): (i64, Option<i64>) =
        sqlx::query_as("SELECT count(*), min(made) FROM guess WHERE phone = ? AND made > ?")
            .bind(phone.as_slice())
            .bind(now - DAY)
            .fetch_one(&mut *tx)
            .await?;
    if today >= app.limits.guesses_a_phone_a_day {
        return Err(Problem::new(
            Kind::TooManyAttempts,
            "This number has tried as often as it can in a day. Try tomorrow, or ask the organiser.",
        )
        .retry_after(seconds(oldest.unwrap_or(now) + DAY - now)));
    }
    sqlx::query("UPDATE code SET guesses = guesses + 1 WHERE session = ?")
        .bind(session)
        .execute(&mut *tx)
        .await?;
    sqlx::query("INSERT INTO guess (phone, made) VALUES (?, ?)")
        .bind(phone.as_slice())
        .bind(now)
        .execute(&mut *tx)
        .await?;
    Ok(Asked { phone, mac, left: app.limits.guesses_a_code - guesses - 1 })
}

/// Forgets what no limit needs any more.
pub(crate) async fn forget_old(app: &App) -> Result<(), sqlx::Error> {
    let now = app.clock.unix();
    let mut tx = app.db.write().await?;
    for (statement, before) in [
        ("DELETE FROM code WHERE made <= ?", now - DAY),
        ("DELETE FROM guess WHERE made <= ?", now - DAY),
        ("DELETE FROM session WHERE expires <= ?", now),
    ] {
        sqlx::query(statement).bind(before).execute(&mut *tx).await?;
    }
    tx.commit().await
}

fn from_one_place(wait: u64) -> Problem {
    Problem::new(
        Kind::TooManyRequests,
        "Too many sign-ins from this network in an hour. Wait, or use another network.",
    )
    .retry_after(wait)
}

/// A stored pseudonym.
pub(crate) fn pseudonym_of(bytes: &[u8]) -> Result<Pseudonym, Problem> {
    bytes.try_into().map(Pseudonym).map_err(|_| Problem::fault(&"a stored pseudonym has not 16 bytes"))
}

fn seconds(wait: i64) -> u64 {
    u64::try_from(wait).unwrap_or(1).max(1)
}

/// Six digits, each of the 10⁶ equally likely.
fn random_code() -> Result<Zeroizing<String>, getrandom::Error> {
    const CODES: u32 = 1_000_000;
    // The largest multiple of the number of codes: above it the remainder would favour low codes.
    const FAIR: u32 = u32::MAX - u32::MAX % CODES;
    loop {
        let drawn = u32::from_le_bytes(*random::<4>()?);
        if drawn < FAIR {
            return Ok(Zeroizing::new(format!("{:06}", drawn % CODES)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_six_digits_and_spread_evenly() {
        let mut first = [0u32; 10];
        for _ in 0..20_000 {
            let code = random_code().unwrap();
            assert_eq!(code.len(), CODE_LEN);
            first[code.as_bytes()[0] as usize - usize::from(b'0')] += 1;
        }
        // 2,000 each; ten standard deviations of room.
        assert!(first.iter().all(|&count| (1_570..2_430).contains(&count)), "{first:?}");
    }
}
