//! What goes wrong between a result and a file of it.

/// Why a file cannot be made of a result.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ResultsError {
    /// A contest that Pabulib has no place for.
    #[error("the contest {contest:?} makes no Pabulib file: {why}")]
    NotPabulib {
        /// The contest.
        contest: String,
        /// Why.
        why: &'static str,
    },
    /// The table could not be written.
    #[error("the table cannot be written: {0}")]
    Csv(#[from] csv::Error),
    /// The JSON could not be written.
    #[error("the file cannot be written: {0}")]
    Json(#[from] serde_json::Error),
}
