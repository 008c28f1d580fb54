//! What goes wrong with a store, whichever it is.

/// What the database itself said.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why a store could not be opened, read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It could not be opened.
    #[error("the database {place} cannot be opened: {source}")]
    Open {
        /// The file, or the server and what it is called there.
        place: String,
        /// What the database said.
        source: Cause,
    },
    /// The tables could not be made.
    #[error("the database {place} is not one this version can use: {source}")]
    Migrate {
        /// The file, or the server and what it is called there.
        place: String,
        /// What went wrong.
        source: Cause,
    },
    /// Its tables are those of a newer version.
    #[error(
        "the database {place} was used by a newer version of veche-server: use that version, or a newer one"
    )]
    Newer {
        /// The file, or the server and what it is called there.
        place: String,
    },
    /// It has what was to be made.
    #[error(
        "the database {place} already holds a ballot box or a registrar: name an empty one; a board is never begun anew"
    )]
    Made {
        /// The server, and what it is called there.
        place: String,
    },
    /// It has nothing.
    #[error(
        "the database {place} is empty, and a ballot box or a registrar was made in another one: look at its name"
    )]
    Empty {
        /// The server, and what it is called there.
        place: String,
    },
    /// What it says is stored would not survive a power cut.
    #[error(
        "the database {place} may forget what it has acknowledged: set fsync = on in postgresql.conf, and start PostgreSQL again"
    )]
    Forgetful {
        /// The server, and what it is called there.
        place: String,
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
    /// It is on a server, and no file can be copied.
    #[error("the database is on a PostgreSQL server, which has tools of its own for a backup")]
    NoFile,
    /// What is stored cannot have been written by this program.
    #[error("the database is damaged: {0}; restore it from a backup")]
    Damaged(&'static str),
}

/// What PostgreSQL says while it is stopped, starts, or has too many clients (its appendix A, classes 08, 53 and 57P).
const AWAY: [&str; 3] = ["08", "53300", "57P"];

impl StoreError {
    /// Whether the database does not answer now, and may in a moment.
    pub(crate) fn is_away(&self) -> bool {
        let StoreError::Refused(cause) = self else { return false };
        match cause.downcast_ref::<sqlx::Error>() {
            Some(sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed) => true,
            Some(sqlx::Error::Database(error)) => {
                error.code().is_some_and(|code| AWAY.iter().any(|class| code.starts_with(class)))
            }
            _ => false,
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        StoreError::Refused(error.into())
    }
}
