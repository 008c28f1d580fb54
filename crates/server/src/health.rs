//! Whether this process does its work, for whoever watches it.

use axum::Json as Answer;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::ballot_box::health::{self, PublishedCopy};
use crate::context::Halves;

/// What a process says of itself. What the other half would say is null.
#[derive(Serialize, ToSchema)]
pub(crate) struct Health {
    /// `all`, `box` or `registrar`.
    #[schema(example = "all")]
    role: &'static str,
    /// Box: entries under the newest checkpoint.
    size: Option<u64>,
    /// Box: the published copy, if it keeps one.
    published: Option<PublishedCopy>,
    /// Box: what the operator has to do before the vote can be opened.
    to_do: Option<&'static str>,
    /// Registrar apart from the box: whether the box answered when it was asked last, ten seconds ago or less.
    box_answers: Option<bool>,
}

/// Whether this process does its work.
#[utoipa::path(
    get, path = "/v1/health", tag = "public",
    responses((status = 200, description = "The process answers, and its board can be read where it has one", body = Health))
)]
pub(crate) async fn health(State(halves): State<Halves>) -> Answer<Health> {
    let Halves { ballot_box, registrar } = &halves;
    let (size, published) = ballot_box.as_deref().map(health::of).unzip();
    Answer(Health {
        role: match (ballot_box, registrar) {
            (None, _) => "registrar",
            (Some(_), None) => "box",
            (Some(_), Some(_)) => "all",
        },
        size,
        published: published.flatten(),
        to_do: ballot_box.as_deref().and_then(health::to_do),
        box_answers: registrar
            .as_ref()
            .and_then(|registrar| registrar.remote.as_ref())
            .map(|remote| remote.answers()),
    })
}
