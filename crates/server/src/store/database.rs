//! A database, whichever it is.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use prometheus_client::metrics::histogram::Histogram;
use tokio::sync::Notify;

use crate::store::connection::Connection;
use crate::store::error::StoreError;
use crate::store::migrations::Tables;
use crate::store::postgres::{DatabaseUrl, Postgres};
use crate::store::sqlite::Sqlite;
use crate::store::statement::{several, sql};
use crate::store::transaction::Writing;
use crate::store::{postgres, sqlite};

/// Where a database is.
#[derive(Debug, Clone)]
pub(crate) enum Place {
    /// An SQLite file.
    File(PathBuf),
    /// A PostgreSQL server's.
    Server(DatabaseUrl),
}

#[derive(Debug, Clone)]
enum Which {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

/// The database of a ballot box, of a registrar, or of both. Clones are the same.
#[derive(Debug, Clone)]
pub(crate) struct Database {
    which: Which,
    /// Woken by every write that failed.
    failed: Arc<Notify>,
    /// Seconds that commits took.
    commits: Histogram,
}

/// Seconds that commits take.
const COMMITS: [f64; 10] = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];

/// Bytes of a test write: more than most ballots, so that a disk that has room for this has room for a ballot.
const TEST_WRITE: usize = 32 << 10;

impl Database {
    /// Opens a database that was made before, and brings the tables that are needed up to date. Others that it has are
    /// left alone.
    pub(crate) async fn open(place: &Place, tables: Tables) -> Result<Self, StoreError> {
        Self::at(place, false, tables).await
    }

    /// Makes the tables of a database that has none of these yet.
    pub(crate) async fn make(place: &Place, tables: Tables) -> Result<Self, StoreError> {
        Self::at(place, true, tables).await
    }

    async fn at(place: &Place, make: bool, tables: Tables) -> Result<Self, StoreError> {
        let which = match place {
            Place::File(path) => Which::Sqlite(Sqlite::open(path, make, tables).await?),
            Place::Server(url) => Which::Postgres(Postgres::open(url, make, tables).await?),
        };
        Ok(Database { which, failed: Arc::default(), commits: Histogram::new(COMMITS) })
    }

    /// Whether servers on other machines may have it open. An SQLite file is that of whoever has locked its folder.
    pub(crate) const fn is_shared(&self) -> bool {
        matches!(self.which, Which::Postgres(_))
    }

    /// Begins a transaction that will write. In SQLite it has the whole database from the start, so that what it reads
    /// is still true when it writes; in PostgreSQL it says what it needs ([`Writing::alone`]).
    pub(super) async fn write(&self) -> Result<Writing, sqlx::Error> {
        let acquired = match &self.which {
            Which::Sqlite(sqlite) => sqlite.writer().await,
            Which::Postgres(postgres) => postgres.connection().await,
        };
        let connection = acquired.inspect_err(|_| self.failed.notify_one())?;
        // Before it begins: whoever stops asking in the midst of that leaves a connection of which nobody knows
        // anything.
        let mut writing = Writing::on(connection, Arc::clone(&self.failed), self.commits.clone());
        let begin = match &self.which {
            Which::Sqlite(_) => sqlite::BEGIN,
            Which::Postgres(_) => postgres::BEGIN,
        };
        several(begin, &mut writing).await?;
        Ok(writing)
    }

    /// For statements that only read what was committed.
    pub(super) async fn read(&self) -> Result<Connection, sqlx::Error> {
        match &self.which {
            Which::Sqlite(sqlite) => sqlite.read().await,
            Which::Postgres(postgres) => postgres.connection().await,
        }
    }

    /// Copies an SQLite file as it is at this moment into a new one, while others write.
    pub(crate) async fn copy_to(&self, path: &Path) -> Result<(), StoreError> {
        match &self.which {
            Which::Sqlite(sqlite) => sqlite.copy_to(path).await,
            Which::Postgres(_) => Err(StoreError::NoFile),
        }
    }

    /// Writes something that nobody needs, as durably as everything else.
    pub(crate) async fn test_write(&self) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        sql("UPDATE test_write SET number = number + 1, bytes = $1")
            .bind([0_u8; TEST_WRITE].as_slice())
            .run(&mut tx)
            .await?;
        Ok(tx.commit().await?)
    }

    /// Waits until a write fails, whoever's it is.
    pub(crate) async fn write_failed(&self) {
        self.failed.notified().await;
    }

    /// Seconds that commits have taken since the start.
    pub(crate) const fn commits(&self) -> &Histogram {
        &self.commits
    }

    /// When a ballot box ran on this database last, as Unix seconds, if one ever did.
    pub(crate) async fn seen(&self) -> Result<Option<i64>, StoreError> {
        let seen: Option<(i64,)> = sql("SELECT unix FROM seen").maybe(&mut self.read().await?).await?;
        Ok(seen.map(|(unix,)| unix))
    }

    /// Remembers that a ballot box runs on this database.
    pub(crate) async fn set_seen(&self, unix: i64) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        sql("INSERT INTO seen (\"only\", unix) VALUES (1, $1) ON CONFLICT (\"only\") DO UPDATE SET unix = excluded.unix")
            .bind(unix)
            .run(&mut tx)
            .await?;
        Ok(tx.commit().await?)
    }

    /// Closes every connection.
    pub(crate) async fn close(&self) {
        match &self.which {
            Which::Sqlite(sqlite) => sqlite.close().await,
            Which::Postgres(postgres) => postgres.close().await,
        }
    }
}
