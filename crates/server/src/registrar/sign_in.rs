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
use std::time::Duration;

use axum::Json as Answer;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use veche_crypto::randomness::DeadRandomSource;
use veche_record::Pseudonym;
use veche_record::manifest::Registration;
use zeroize::Zeroizing;

use crate::clock::seconds;
use crate::handover::KeyStanding;
use crate::http::body::Json;
use crate::http::counters::ClientNetwork;
use crate::http::problem::{Kind, Problem};
use crate::keys::{random_text, randomness};
use crate::registrar::context::Registrar;
use crate::registrar::sms::SmsMessage;
use crate::store::registrar::{CodeAsked, Guess, Guessed, NewCode, PhoneHash};

/// Digits of a code.
const CODE_LEN: usize = 6;

/// A request for a code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignIn {
    /// The number with its country code, or as it is dialled in the election's country.
    #[schema(example = "+48 42 123 45 67")]
    phone: String,
}

/// What to send with the code.
#[derive(Serialize, ToSchema)]
pub(crate) struct SignInBegun {
    /// To be sent back with the code.
    session: String,
    /// The number as it was understood, in E.164 form.
    #[schema(example = "+48421234567")]
    phone: String,
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
    /// The identifier of the route by which the voter was identified, which the voter's key is proved for.
    #[schema(example = "sms")]
    route: String,
    /// The number that the voter's next credential must carry: how many there were.
    number: u16,
}

/// Sends a code to a phone. The answer is the same whether or not the number may vote.
#[utoipa::path(
    post, path = "/v1/sign-in", tag = "voter", request_body = SignIn,
    responses(
        (status = 200, description = "A code is on its way if the number may vote", body = SignInBegun),
        (status = 422, description = "`phone-unreadable`"),
        (status = 429, description = "`resend-too-soon`, `too-many-codes` or `too-many-requests`, each with `retry_after`"),
    )
)]
pub(crate) async fn begin(
    State(registrar): State<Arc<Registrar>>,
    network: ClientNetwork,
    Json(request): Json<SignIn>,
) -> Result<Answer<SignInBegun>, Problem> {
    let written = Zeroizing::new(request.phone);
    let phone = registrar
        .plan
        .read(&written)
        .map_err(|error| Problem::new(Kind::PhoneUnreadable, error.to_string()))?;
    let now = registrar.clock.unix();
    registrar.counters.sign_ins.count(network, now).map_err(from_one_network)?;

    let session = random_text().map_err(|error| Problem::fault(&error))?;
    let code = random_code().map_err(|error| Problem::fault(&error))?;
    let hashed = registrar.hashes.phone(&phone);
    let new = NewCode {
        session: registrar.hashes.session(&session),
        phone: hashed,
        mac: registrar.hashes.code(&session, &code),
        made: now,
    };
    match registrar.store.ask_for_code(&new, &registrar.code_limits()).await? {
        CodeAsked::Stored => {}
        CodeAsked::TooSoon { wait } => {
            return Err(Problem::new(
                Kind::ResendTooSoon,
                "A code was sent a moment ago. Wait for it, or ask again soon.",
            )
            .retry_after(wait));
        }
        CodeAsked::TooMany { wait } => {
            return Err(Problem::new(
                Kind::TooManyCodes,
                "This number has been sent as many codes as it can get in a day. Try tomorrow, or ask the organiser.",
            )
            .retry_after(wait));
        }
    }
    let answer = SignInBegun {
        session: session.to_string(),
        phone: phone.as_str().to_owned(),
        expires_in: seconds(registrar.limits.get().code_lifetime),
        resend_in: seconds(registrar.limits.get().resend_after),
    };
    tokio::spawn(deliver(registrar, hashed, SmsMessage { to: phone, code }));
    Ok(Answer(answer))
}

/// Sends the code if the number may vote. Nobody waits for this.
async fn deliver(registrar: Arc<Registrar>, phone: PhoneHash, message: SmsMessage) {
    match registrar.manifest.document().registration {
        Registration::Open => {
            // Anyone's number gets a message here, so someone who is paid for messages to certain
            // numbers would gain by asking for many. Everyone together has one limit.
            if registrar.counters.open_codes.count((), registrar.clock.unix()).is_err() {
                tracing::error!("codes are not being sent: more than the limit of an hour were asked for");
                return;
            }
        }
        Registration::Roll => match registrar.store.style_on_roll(&phone).await {
            Ok(Some(_)) => {}
            Ok(None) => return,
            Err(error) => {
                tracing::error!(%error, "a code was not sent: the roll could not be read");
                return;
            }
        },
    }
    registrar.outbox.send(message).await;
}

/// Signs in with the code that was sent.
#[utoipa::path(
    post, path = "/v1/sign-in/code", tag = "voter", request_body = CodeGiven,
    responses(
        (status = 200, description = "Signed in", body = SignedIn),
        (status = 403, description = "`wrong-code`, with `attempts_left`"),
        (status = 409, description = "`struck-off`"),
        (status = 410, description = "`code-expired`: too old, used, or of no session"),
        (status = 429, description = "`too-many-attempts` or `too-many-requests`"),
        (status = 503, description = "`box-unreachable`: the ballot box does not answer; the code is still good"),
    )
)]
pub(crate) async fn finish(
    State(registrar): State<Arc<Registrar>>,
    network: ClientNetwork,
    Json(given): Json<CodeGiven>,
) -> Result<Answer<SignedIn>, Problem> {
    let (session, code) = (Zeroizing::new(given.session), Zeroizing::new(given.code));
    if code.len() != CODE_LEN || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Problem::new(Kind::Malformed, "A code is six digits."));
    }
    // A code can be used once: not while nobody can say what the board has.
    registrar.desk.ready().await?;
    let now = registrar.clock.unix();
    registrar.counters.guesses.count(network, now).map_err(from_one_network)?;

    // All of it is drawn before the code is judged, so that a right and a wrong guess, and a known
    // and an unknown number, differ in nothing but the last step.
    let token = random_text().map_err(|error| Problem::fault(&error))?;
    let fresh = randomness().map_err(|error| Problem::fault(&error))?;
    let guess = Guess {
        session: registrar.hashes.session(&session),
        mac: registrar.hashes.code(&session, &code),
        at: now,
        open_to_all: registrar.manifest.document().registration == Registration::Open,
        pseudonym: Pseudonym(fresh.first()),
        token: registrar.hashes.token(&token),
        expires: now.saturating_add(seconds(registrar.limits.get().session_lifetime)),
    };
    let guessed = registrar.store.guess(&guess, &registrar.guess_limits()).await?;
    let (pseudonym, style) = signed_in(guessed)?;
    // The board is the one truth about keys; the roll speaks only until the first one is there.
    let known = registrar.desk.voter(&pseudonym).await?.voter;
    if known.is_some_and(|voter| voter.standing == KeyStanding::StruckOff) {
        return Err(Problem::struck_off());
    }
    let route = usize::from(registrar.sign_in_route()?);
    let route = registrar.manifest.routes().get(route).map(|route| route.id.clone());
    let style_on_board = known.and_then(|voter| registrar.manifest.ballot_style(voter.style));
    let active = known.filter(|voter| voter.standing == KeyStanding::Active);
    Ok(Answer(SignedIn {
        token: token.to_string(),
        pseudonym: pseudonym.to_string(),
        style: style_on_board.map(|style| style.id.clone()).or(style),
        credential: active.map(|voter| hex::encode(voter.key.to_bytes())),
        route: route.unwrap_or_default(),
        number: known.map_or(0, |voter| voter.number),
    }))
}

/// Who has signed in and what the roll says, or why the guess was refused.
fn signed_in(guessed: Guessed) -> Result<(Pseudonym, Option<String>), Problem> {
    Err(match guessed {
        Guessed::SignedIn { pseudonym, style } => return Ok((pseudonym, style)),
        Guessed::Wrong { attempts_left } => {
            Problem::new(Kind::WrongCode, "This is not the code that was sent. Check it, or ask for another.")
                .with("attempts_left", attempts_left)
        }
        Guessed::Expired => Problem::new(Kind::CodeExpired, "This code is used or too old. Ask for another."),
        Guessed::CodeSpent => {
            Problem::new(Kind::TooManyAttempts, "Too many wrong codes. Ask for another code.")
        }
        Guessed::PhoneSpent { wait } => Problem::new(
            Kind::TooManyAttempts,
            "This number has tried as often as it can in a day. Try tomorrow, or ask the organiser.",
        )
        .retry_after(wait),
    })
}

fn from_one_network(wait: Duration) -> Problem {
    Problem::new(
        Kind::TooManyRequests,
        "Too many sign-ins from this network in an hour. Wait, or use another network.",
    )
    .retry_after(wait)
}

/// Six digits, each of the 10⁶ equally likely.
fn random_code() -> Result<Zeroizing<String>, DeadRandomSource> {
    const CODES: u32 = 1_000_000;
    // The largest multiple of the number of codes: above it the remainder would favour low codes.
    const FAIR: u32 = u32::MAX - u32::MAX % CODES;
    loop {
        let drawn = u32::from_le_bytes(randomness()?.first());
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
