//! What goes wrong with a store, whichever it is.

use std::path::PathBuf;

/// What the database itself said.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why a store could not be opened, read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It could not be opened.
    #[error("the database {} cannot be opened: {source}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the database said.
        source: Cause,
    },
    /// The tables could not be made, or are those of a newer version.
    #[error("the database {} is not one this version can use: {source}", path.display())]
    Migrate {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        source: Cause,
    },
    /// It refused. Whether a commit happened is known only by reading again.
    #[error("the database refused: {0}")]
    Refused(#[source] Cause),
    /// Somebody was faster.
    #[error(
        "somebody else changed the roll meanwhile, so nothing was changed: look at the journal, then do the same again"
    )]
    RollChanged,
    /// A phone twice in one roll, and nothing tells its people apart.
    #[error(
        "a roll has the same phone twice and nothing that tells its people apart, so nothing was changed"
    )]
    PhoneTwice,
    /// What is stored cannot have been written by this program.
    #[error("the database is damaged: {0}; restore it from a backup")]
    Damaged(&'static str),
}
