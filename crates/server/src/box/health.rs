//! Whether the box does its work.

use serde::Serialize;
use utoipa::ToSchema;

use crate::backup::Backup;
use crate::ballot_box::context::BallotBox;

/// The published copy of the record.
#[derive(Serialize, ToSchema)]
#[schema(as = Copy)]
pub(crate) struct PublishedCopy {
    /// Entries under the checkpoint that was published last; nothing before the first.
    size: Option<u64>,
    /// Whether publishing fails at the moment. Why is in the log of the box.
    failing: bool,
}

/// What the operator has to do before the vote can be opened.
pub(crate) fn to_do(ballot_box: &BallotBox) -> Option<&'static str> {
    ballot_box.backup.is_missing().then_some(Backup::ADVICE)
}

/// Entries under the newest checkpoint, and the published copy if the box keeps one.
pub(crate) fn of(ballot_box: &BallotBox) -> (u64, Option<PublishedCopy>) {
    let published = ballot_box.published.as_ref().map(|published| {
        let published = *published.borrow();
        PublishedCopy { size: published.size, failing: published.failing }
    });
    (ballot_box.board.view().log().size(), published)
}
