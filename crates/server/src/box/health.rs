//! Whether the box does its work, for whoever watches it.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::backup::Backup;
use crate::ballot_box::context::BallotBox;

/// What the box says of itself.
#[derive(Serialize, ToSchema)]
pub(crate) struct Health {
    /// Entries under the newest checkpoint.
    size: u64,
    /// The published copy, if the box keeps one.
    published: Option<Copy>,
    /// What the operator has to do before the vote can be opened.
    to_do: Option<&'static str>,
}

/// The published copy of the record.
#[derive(Serialize, ToSchema)]
pub(crate) struct Copy {
    /// Entries under the checkpoint that was published last; nothing before the first.
    size: Option<u64>,
    /// Whether publishing fails at the moment. Why is in the log of the box.
    failing: bool,
}

/// Whether the box does its work.
#[utoipa::path(
    get, path = "/v1/health", tag = "public",
    responses((status = 200, description = "The box answers and its board can be read", body = Health))
)]
pub(crate) async fn health(State(ballot_box): State<Arc<BallotBox>>) -> Answer<Health> {
    let published = ballot_box.published.as_ref().map(|published| {
        let published = *published.borrow();
        Copy { size: published.size, failing: published.failing }
    });
    let to_do = ballot_box.backup.is_missing().then_some(Backup::ADVICE);
    Answer(Health { size: ballot_box.board.view().log().size(), published, to_do })
}
