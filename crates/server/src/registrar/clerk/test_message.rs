//! A test message from the desk, before the vote.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::pass::Clerk;
use crate::http::body::Json;
use crate::http::problem::{Kind, Problem};
use crate::people::counter::OpenCounter;
use crate::registrar::context::Registrar;
use crate::registrar::sign_in::by_pass;

/// A test message that is asked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TestWanted {
    /// The number with its country code, or as it is dialled in the election's country. It is kept nowhere.
    #[schema(example = "+48 42 123 45 67")]
    phone: String,
    /// Why, for the journal: 200 characters at most, in one line, without the number of anybody.
    #[schema(example = "before the opening")]
    reason: String,
}

/// Sends one message that says that it is a test and carries no code, through the gateway that sends the codes and in
/// turn with them. The answer comes when the gateway has taken it, or has not.
#[utoipa::path(
    post, path = "/v1/desk/test-message", tag = "desk", operation_id = "desk_test_message", security(("desk" = []), ("organiser" = [])), request_body = TestWanted,
    responses(
        (status = 204, description = "The gateway has taken it"),
        (status = 401, description = "`desk-pass-needed`"),
        (status = 404, description = "`sign-in-otherwise`: no codes are sent here"),
        (status = 422, description = "`phone-unreadable`, `reason-refused`"),
        (status = 429, description = "`too-many-requests`: too many wrong passes from this address; `too-many-tests`: more than six test messages in an hour; both with `retry_after`"),
        (status = 502, description = "`message-failed`: the gateway has not taken it; in `why` whether it `refused`, refuses this `number`, was `too-slow`, or `waits`"),
    )
)]
pub(crate) async fn test_message(
    State(registrar): State<Arc<Registrar>>,
    clerk: Clerk,
    Json(wanted): Json<TestWanted>,
) -> Result<StatusCode, Problem> {
    let phone = Zeroizing::new(wanted.phone);
    let by = clerk.because(&wanted.reason)?;
    let outbox = registrar.outbox.as_ref().ok_or_else(by_pass)?;
    // What nobody can dial is no message of the hour.
    registrar.plan.read(&phone).map_err(|error| Problem::new(Kind::PhoneUnreadable, error.to_string()))?;
    registrar.counters.test_messages.count((), registrar.clock.unix()).map_err(|wait| {
        let sentence = "No more test messages are sent in this hour. Codes are sent as before.";
        Problem::new(Kind::TooManyTests, sentence).retry_after(wait)
    })?;
    OpenCounter::running(&registrar).send_test(outbox, &phone, &by).await?;
    Ok(StatusCode::NO_CONTENT)
}
