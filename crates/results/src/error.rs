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
    /// A language that there are no words in.
    #[error("there are no words in the language {language:?}: take one of en, ru, pl, es, fr, de, ar")]
    NoWords {
        /// What was asked for.
        language: String,
    },
    /// Made-up ballots that cannot be counted: the fault of this program.
    #[cfg(feature = "papers")]
    #[error("the made-up ballots of {contest:?} cannot be counted, which is a fault of this program: {why}")]
    Example {
        /// The contest.
        contest: String,
        /// Why.
        why: String,
    },
    /// The workbook could not be written.
    #[cfg(feature = "papers")]
    #[error("the workbook cannot be written: {0}")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
    /// The table could not be written.
    #[error("the table cannot be written: {0}")]
    Csv(#[from] csv::Error),
    /// The JSON could not be written.
    #[error("the file cannot be written: {0}")]
    Json(#[from] serde_json::Error),
}
