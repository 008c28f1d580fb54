//! A connection to either database.

use sqlx::pool::PoolConnection;

/// Which database it is.
pub(super) enum On {
    Sqlite(PoolConnection<sqlx::Sqlite>),
    Postgres(PoolConnection<sqlx::Postgres>),
}

/// A connection.
pub(super) struct Connection {
    pub(super) on: On,
    /// Whether something has failed on it. PostgreSQL answers the COMMIT of a transaction in which a statement has
    /// failed as if it were well, and takes everything back.
    failed: bool,
}

impl Connection {
    pub(super) const fn new(on: On) -> Self {
        Connection { on, failed: false }
    }

    /// Whether nothing has failed on it.
    pub(super) const fn is_well(&self) -> bool {
        !self.failed
    }

    /// The same result, remembered if it is none.
    pub(super) fn noting<T>(&mut self, done: Result<T, sqlx::Error>) -> Result<T, sqlx::Error> {
        self.failed |= done.is_err();
        done
    }

    /// Closes it once it is not used any more.
    pub(super) fn close(&mut self) {
        match &mut self.on {
            On::Sqlite(on) => on.close_on_drop(),
            On::Postgres(on) => on.close_on_drop(),
        }
    }
}
