//! Whether this process does its work, for whoever watches it.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::ballot_box::health::{self, PublishedCopy};
use crate::checks::{Check, HealthChecks};
use crate::context::Halves;

/// What a process says of itself. What the other half would say is null.
#[derive(Serialize, ToSchema)]
pub(crate) struct Health {
    /// `all`, `box` or `registrar`.
    #[schema(example = "all")]
    role: &'static str,
    /// What is checked all the time. A check that this process has no need of is not listed.
    checks: Vec<Check>,
    /// Box: entries under the newest checkpoint.
    size: Option<u64>,
    /// Box: the published copy, if it keeps one.
    published: Option<PublishedCopy>,
    /// Box: what the operator has to do before the vote can be opened.
    to_do: Option<&'static str>,
    /// Registrar apart from the box: whether the box answered when it was asked last, ten seconds ago or less.
    box_answers: Option<bool>,
}

/// Whether this process does its work. Nothing is looked at for the answer: it is what was found a few seconds ago.
#[utoipa::path(
    get, path = "/v1/health", tag = "public",
    responses(
        (status = 200, description = "Every check is well", body = Health),
        (status = 503, description = "Something is wrong: the checks that are not `ok` say what. The process goes on as \
            well as it can: this is for a person to look at, no reason to send voters elsewhere", body = Health),
    )
)]
pub(crate) async fn health(
    State(halves): State<Halves>,
    State(checks): State<Arc<HealthChecks>>,
) -> (StatusCode, Answer<Health>) {
    let Halves { ballot_box, registrar, .. } = &halves;
    let (size, published) = ballot_box.as_deref().map(health::of).unzip();
    let checks = checks.all();
    let status =
        if checks.iter().all(Check::is_ok) { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let health = Health {
        role: match (ballot_box, registrar) {
            (None, _) => "registrar",
            (Some(_), None) => "box",
            (Some(_), Some(_)) => "all",
        },
        checks,
        size,
        published: published.flatten(),
        to_do: ballot_box.as_deref().and_then(health::to_do),
        box_answers: registrar
            .as_ref()
            .and_then(|registrar| registrar.remote.as_ref())
            .map(|remote| remote.answers()),
    };
    (status, Answer(health))
}
