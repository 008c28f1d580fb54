//! Signing in with a phone and a code.
//!
//! What an outsider must not learn is whether a number is on the roll. So a number that is not gets the same
//! statements, the same rows and the same answer; whether a message is sent is decided later, by a task that no request
//! waits for. The code of an unknown number is as random as any and lets nobody in. Nor does an answer depend on what
//! others have asked for the same number.
//!
//! What an outsider must not do is guess, or keep the owner of a number out. The first messages of a day bring a code
//! of six digits, good in the session that asked for it and nowhere else: what others guess is guessed at their own
//! codes. After [`Limits::own_codes_a_phone_a_day`] of them the number is being pestered, and messages become rare:
//! each brings a code of twelve digits, which is good in every session of the number for as long as it lives, and it
//! lives until after the next one is due. So whoever reads the phone has a code that is good, whoever asked for it; and
//! with twelve digits nobody's guesses need be refused for those of others. The sums are in `docs/sign-in.md`.
//!
//! A guess is counted in the transaction that judges it, so guesses at the same time cannot share one count.
//!
//! Where the roll has several people with one phone, only whoever has the right code learns of it: then the mark is
//! asked for that says who of them it is.
//!
//! [`Limits::own_codes_a_phone_a_day`]: crate::Limits::own_codes_a_phone_a_day

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
use crate::http::body::Json;
use crate::http::counters::ClientNetwork;
use crate::http::problem::{Kind, Problem};
use crate::keys::{random_text, randomness};
use crate::registrar::context::{Registrar, printed_route};
use crate::registrar::roll::mark::Mark;
use crate::registrar::session::SignedIn;
use crate::registrar::sms::outbox::Outbox;
use crate::registrar::sms::{SmsMessage, words};
use crate::store::codes::{CodeAsked, Guess, Guessed, NewCode};

/// Digits of a code for one session.
const OWN_LEN: u32 = 6;

/// Digits of such a code while somebody guesses at many numbers.
const LONGER_LEN: u32 = 8;

/// For so long a wrong guess is not answered then. A right one is.
const WRONG_LATE: Duration = Duration::from_secs(1);

/// Bytes of the longest mark that is read.
const LONGEST_MARK: usize = 200;

/// Digits of a code for every session of a phone.
pub(crate) const SHARED_LEN: u32 = 12;

/// A request for a code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignIn {
    /// The number with its country code, or as it is dialled in the election's country.
    #[schema(example = "+48 42 123 45 67")]
    phone: String,
    /// The language of the voter's page, with or without its region, for the message.
    #[serde(default)]
    #[schema(example = "en")]
    language: Option<String>,
}

/// What to send with the code.
#[derive(Serialize, ToSchema)]
pub(crate) struct SignInBegun {
    /// To be sent back with the code.
    session: String,
    /// The number as it was understood, in E.164 form.
    #[schema(example = "+48421234567")]
    phone: String,
    /// Seconds for which a code can be sent back.
    expires_in: i64,
    /// Seconds after which another code may be asked for.
    resend_in: i64,
    /// Messages leave late at the moment, whoever they are for.
    delayed: bool,
}

/// A guess.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CodeGiven {
    /// The session that the code was asked for in.
    session: String,
    /// The digits of the code: six, or eight, or twelve.
    #[schema(example = "042917", pattern = "^([0-9]{6}|[0-9]{8}|[0-9]{12})$")]
    code: String,
    /// Which of several people with this phone it is, once `mark-needed` has asked for it.
    #[serde(default)]
    #[schema(example = "1953", max_length = 200)]
    mark: Option<String>,
}

/// Sends a code to a phone. The answer is the same whether or not the number may vote.
#[utoipa::path(
    post, path = "/v1/sign-in", tag = "voter", request_body = SignIn,
    responses(
        (status = 200, description = "A code is on its way if the number may vote", body = SignInBegun),
        (status = 404, description = "`sign-in-otherwise`: no codes are sent here"),
        (status = 422, description = "`phone-unreadable`"),
        (status = 429, description = "`too-many-requests`, with `retry_after`"),
    )
)]
pub(crate) async fn begin(
    State(registrar): State<Arc<Registrar>>,
    network: ClientNetwork,
    Json(request): Json<SignIn>,
) -> Result<Answer<SignInBegun>, Problem> {
    let outbox = registrar.outbox.clone().ok_or_else(by_pass)?;
    let written = Zeroizing::new(request.phone);
    let phone = registrar
        .plan
        .read(&written)
        .map_err(|error| Problem::new(Kind::PhoneUnreadable, error.to_string()))?;
    let now = registrar.clock.unix();
    registrar.counters.sign_ins.count(network, now).map_err(from_one_network)?;

    let session = random_text().map_err(|error| Problem::fault(&error))?;
    let limits = registrar.limits.get();
    let own_len = if registrar.guesses.is_alarmed(&limits, now) { LONGER_LEN } else { OWN_LEN };
    let own = random_code(own_len).map_err(|error| Problem::fault(&error))?;
    let shared = random_code(SHARED_LEN).map_err(|error| Problem::fault(&error))?;
    let new = NewCode {
        session: registrar.hashes.session(&session),
        phone: registrar.hashes.phone(&phone),
        own: registrar.hashes.own_code(&session, &own),
        shared: registrar.hashes.shared_code(&shared),
        made: now,
    };
    let asked = registrar.store.ask_for_code(&new, &registrar.code_limits()).await?;
    let answer = SignInBegun {
        session: session.to_string(),
        phone: phone.as_str().to_owned(),
        expires_in: seconds(limits.code_lifetime),
        resend_in: seconds(limits.resend_after),
        delayed: outbox.is_delayed(),
    };
    let sent = match asked {
        CodeAsked::Own => Some((own, limits.code_lifetime)),
        CodeAsked::Shared => Some((shared, limits.shared_code_lifetime)),
        CodeAsked::Nothing => None,
    };
    if let Some((code, lifetime)) = sent {
        let text = words::text(
            &registrar.manifest,
            request.language.as_deref(),
            registrar.page_host.as_deref(),
            &code,
        );
        let until = now.saturating_add(seconds(lifetime));
        let message = SmsMessage { to: phone, code, text };
        tokio::spawn(deliver(registrar, outbox, new, network, message, until));
    }
    Ok(Answer(answer))
}

/// Sends the code if the number may vote. Nobody waits for this.
async fn deliver(
    registrar: Arc<Registrar>,
    outbox: Arc<Outbox>,
    asked: NewCode,
    network: ClientNetwork,
    message: SmsMessage,
    until: i64,
) {
    if registrar.manifest.document().registration == Registration::Roll {
        match registrar.store.people_on_roll(&asked.phone).await {
            Ok(people) if people.is_empty() => return,
            Ok(_) => {}
            Err(error) => {
                tracing::error!(%error, "a code was not sent: the roll could not be read");
                return;
            }
        }
    }
    let abroad = registrar.plan.is_abroad(&message.to);
    let left = outbox.send(network.neighbourhood(), message, abroad, until).await;
    let now = registrar.clock.unix();
    if left {
        // For whoever helps people who got none. Nobody waits for it.
        if let Err(error) = registrar.store.message_left(&asked.session, now).await {
            tracing::warn!(%error, "it is not noted that a message has left");
        }
        return;
    }
    // Nobody got it, so it is no message of this phone's day.
    if let Err(error) = registrar.store.message_lost(&asked.session, now).await {
        tracing::error!(%error, "a message that did not leave is still counted");
    }
}

/// Signs in with the code that was sent.
///
/// Where the roll has several people with the phone, the code alone is answered `mark-needed` and stays good: send it
/// again with the mark of one of them.
#[utoipa::path(
    post, path = "/v1/sign-in/code", tag = "voter", request_body = CodeGiven,
    responses(
        (status = 200, description = "Signed in", body = SignedIn),
        (status = 403, description = "`wrong-code` or `wrong-mark`, with `attempts_left`; after `wrong-mark` the code is still good"),
        (status = 409, description = "`mark-needed`, with `asked_for`, the town's words for it, or null; the code is still good. `struck-off`"),
        (status = 410, description = "`code-expired`: too old, used, or of no session"),
        (status = 429, description = "`too-many-attempts` or `too-many-requests`; `too-many-marks`, with `retry_after`"),
        (status = 503, description = "`box-unreachable`: the ballot box does not answer; the code is still good"),
    )
)]
pub(crate) async fn finish(
    State(registrar): State<Arc<Registrar>>,
    network: ClientNetwork,
    Json(given): Json<CodeGiven>,
) -> Result<Answer<SignedIn>, Problem> {
    let (session, code) = (Zeroizing::new(given.session), Zeroizing::new(given.code));
    let mark = given.mark.map(Zeroizing::new);
    if mark.as_ref().is_some_and(|mark| mark.len() > LONGEST_MARK) {
        return Err(Problem::new(Kind::Malformed, "A mark has at most 200 bytes."));
    }
    let is_shared = code.len() == SHARED_LEN as usize;
    let is_own = code.len() == OWN_LEN as usize || code.len() == LONGER_LEN as usize;
    if !(is_shared || is_own) || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Problem::new(Kind::Malformed, "A code is six digits, or eight, or twelve."));
    }
    // A code can be used once: not while nobody can say what the board has.
    registrar.desk.ready().await?;
    let now = registrar.clock.unix();
    registrar.counters.guesses.count(network, now).map_err(from_one_network)?;
    if is_shared {
        registrar.counters.shared_guesses.count(network, now).map_err(from_one_network)?;
    }

    let expires_in = seconds(registrar.limits.get().session_lifetime);
    // All of it is drawn before the code is judged, so that a right and a wrong guess, and a known
    // and an unknown number, differ in nothing but the last step.
    let token = random_text().map_err(|error| Problem::fault(&error))?;
    let fresh = randomness().map_err(|error| Problem::fault(&error))?;
    let asked = registrar.hashes.session(&session);
    let mark = match mark.and_then(|mark| Mark::read(&mark)) {
        None => None,
        // It is bound to the phone, which the session knows.
        Some(mark) => {
            let phone = registrar.store.asked_for(&asked).await?;
            phone.map(|phone| registrar.hashes.mark(&phone, &mark))
        }
    };
    let guess = Guess {
        session: asked,
        own: registrar.hashes.own_code(&session, &code),
        shared: is_shared.then(|| registrar.hashes.shared_code(&code)),
        printed: printed_route(&registrar.manifest)
            .filter(|_| is_shared)
            .map(|route| (registrar.hashes.printed_code(&code), route)),
        mark,
        at: now,
        open_to_all: registrar.manifest.document().registration == Registration::Open,
        pseudonym: Pseudonym(fresh.first()),
        token: registrar.hashes.token(&token),
        expires: now.saturating_add(expires_in),
    };
    let guessed = registrar.store.guess(&guess, &registrar.guess_limits()).await?;
    if let Guessed::SignedIn { .. } | Guessed::Wrong { .. } = guessed {
        let is_right = !matches!(guessed, Guessed::Wrong { .. });
        registrar.guesses.note(is_right, now);
        if !is_right && registrar.guesses.is_alarmed(&registrar.limits.get(), now) {
            tokio::time::sleep(WRONG_LATE).await;
        }
    }
    let by_paper = guess.printed.filter(|_| matches!(guessed, Guessed::SignedIn { printed: true, .. }));
    let (pseudonym, style) = signed_in(guessed, now)?;
    let route = by_paper.map_or_else(|| registrar.sign_in_route(), |(_, route)| Ok(route))?;
    SignedIn::new(&registrar, pseudonym, (style, route), (&token, expires_in)).await.map(Answer)
}

/// Who has signed in and what the roll says, or why the guess was refused.
fn signed_in(guessed: Guessed, now: i64) -> Result<(Pseudonym, Option<String>), Problem> {
    Err(match guessed {
        Guessed::SignedIn { pseudonym, style, .. } => return Ok((pseudonym, style)),
        Guessed::Wrong { attempts_left } => {
            Problem::new(Kind::WrongCode, "This is not the code that was sent. Check it, or ask for another.")
                .with("attempts_left", attempts_left)
        }
        Guessed::MarkNeeded { heading } => Problem::new(
            Kind::MarkNeeded,
            "The code is right. Several people vote with this phone: send it again with what tells this one apart.",
        )
        .with("asked_for", heading),
        Guessed::WrongMark { attempts_left } => Problem::new(
            Kind::WrongMark,
            "The code is right, but nobody with this phone is known by this. Check what the organiser told you.",
        )
        .with("attempts_left", attempts_left),
        Guessed::MarksSpent { until } => {
            let wait = Duration::from_secs(u64::try_from(until.saturating_sub(now)).unwrap_or(0));
            Problem::new(
                Kind::TooManyMarks,
                "With this phone too many marks were wrong in 24 hours. Wait, or ask the organiser.",
            )
            .retry_after(wait)
        }
        Guessed::Expired => Problem::new(Kind::CodeExpired, "This code is used or too old. Ask for another."),
        Guessed::SessionSpent => {
            Problem::new(Kind::TooManyAttempts, "Too many wrong codes. Ask for another code.")
        }
    })
}

/// What somebody is told who asks for a code where none are sent.
pub(crate) fn by_pass() -> Problem {
    Problem::new(
        Kind::SignInOtherwise,
        "No codes are sent here: voters sign in at the town's portal, which gives them a pass.",
    )
}

pub(crate) fn from_one_network(wait: Duration) -> Problem {
    Problem::new(
        Kind::TooManyRequests,
        "Too many sign-ins from this network in an hour. Wait, or use another network.",
    )
    .retry_after(wait)
}

/// So many digits, each number of them equally likely.
pub(crate) fn random_code(len: u32) -> Result<Zeroizing<String>, DeadRandomSource> {
    let codes = 10_u64.saturating_pow(len);
    // The largest multiple of the number of codes: above it the remainder would favour low codes.
    let fair = u64::MAX - u64::MAX % codes;
    loop {
        let drawn = u64::from_le_bytes(randomness()?.first());
        if drawn < fair {
            return Ok(Zeroizing::new(format!("{:0len$}", drawn % codes, len = len as usize)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_their_digits_and_are_spread_evenly() {
        for len in [OWN_LEN, SHARED_LEN] {
            let mut first = [0u32; 10];
            for _ in 0..20_000 {
                let code = random_code(len).unwrap();
                assert_eq!(code.len(), len as usize);
                first[code.as_bytes()[0] as usize - usize::from(b'0')] += 1;
            }
            // 2,000 each; ten standard deviations of room.
            assert!(first.iter().all(|&count| (1_570..2_430).contains(&count)), "{first:?}");
        }
    }
}
