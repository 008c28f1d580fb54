//! One SQLite file, opened so that what was committed survives a power cut.

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{SqlSafeStr, Transaction};

use crate::store::error::StoreError;

mod board;
mod registrar;

/// Time to wait for another process that is writing to the same database.
const PATIENCE: Duration = Duration::from_secs(10);

/// Connections that only read.
const READERS: u32 = 4;

/// The migrations, in order. A migration that was released is never edited.
const MIGRATIONS: [(i64, &str, &str); 3] = [
    (1, "board", include_str!("../../../migrations/0001_board.sql")),
    (2, "voters", include_str!("../../../migrations/0002_voters.sql")),
    (3, "witnesses", include_str!("../../../migrations/0003_witnesses.sql")),
];

/// One connection that writes and a few that read.
#[derive(Debug, Clone)]
pub(crate) struct Sqlite {
    writer: SqlitePool,
    reader: SqlitePool,
}

impl Sqlite {
    /// Opens the database and brings its tables up to date.
    pub(crate) async fn open(path: &Path, create: bool) -> Result<Self, StoreError> {
        let failed = |source: sqlx::Error| StoreError::Open { path: path.into(), source: source.into() };
        // `FULL` syncs the write-ahead log at every commit: without it a power cut could take back
        // a ballot whose receipt the voter already holds.
        let options = SqliteConnectOptions::from_str("sqlite:")
            .map_err(failed)?
            .filename(path)
            .create_if_missing(create)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(PATIENCE);
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options.clone())
            .await
            .map_err(failed)?;
        let migrations = MIGRATIONS
            .into_iter()
            .map(|(version, name, sql)| {
                Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
            })
            .collect();
        Migrator::with_migrations(migrations)
            .run(&writer)
            .await
            .map_err(|source| StoreError::Migrate { path: path.into(), source: source.into() })?;
        let reader = SqlitePoolOptions::new()
            .max_connections(READERS)
            .connect_with(options.read_only(true).create_if_missing(false))
            .await
            .map_err(failed)?;
        Ok(Sqlite { writer, reader })
    }

    /// Begins a transaction that will write, holding the lock from the start, so that what it
    /// reads is still true when it writes.
    pub(in crate::store) async fn write(&self) -> Result<Transaction<'static, sqlx::Sqlite>, sqlx::Error> {
        self.writer.begin_with("BEGIN IMMEDIATE").await
    }

    /// For statements that only read what was committed.
    const fn read(&self) -> &SqlitePool {
        &self.reader
    }

    /// Closes every connection.
    pub(crate) async fn close(&self) {
        self.reader.close().await;
        self.writer.close().await;
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        StoreError::Refused(error.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::conformance;

    #[tokio::test]
    async fn sqlite_keeps_what_the_registrar_is_promised() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("veche.sqlite");
        // Two handles, as two servers on one database have.
        let (one, two) =
            (Sqlite::open(&path, true).await.unwrap(), Sqlite::open(&path, false).await.unwrap());
        conformance::registrar(&one, &two).await;
    }

    #[tokio::test]
    async fn a_commit_is_synced_and_readers_cannot_write() {
        let folder = tempfile::tempdir().unwrap();
        let db = Sqlite::open(&folder.path().join("veche.sqlite"), true).await.unwrap();
        let mut tx = db.write().await.unwrap();
        let (synchronous,): (i64,) = sqlx::query_as("PRAGMA synchronous").fetch_one(&mut *tx).await.unwrap();
        let (journal,): (String,) = sqlx::query_as("PRAGMA journal_mode").fetch_one(&mut *tx).await.unwrap();
        assert_eq!((synchronous, journal.as_str()), (2, "wal"), "2 is FULL");
        tx.rollback().await.unwrap();
        assert!(sqlx::query("DELETE FROM roll").execute(db.read()).await.is_err());
    }

    #[tokio::test]
    async fn a_database_that_is_not_there_is_not_made_by_serving() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("veche.sqlite");
        assert!(matches!(Sqlite::open(&path, false).await, Err(StoreError::Open { .. })));
        assert!(!path.exists());
    }

    #[tokio::test]
    async fn opening_twice_migrates_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("veche.sqlite");
        Sqlite::open(&path, true).await.unwrap().close().await;
        let db = Sqlite::open(&path, false).await.unwrap();
        let (count,): (i64,) =
            sqlx::query_as("SELECT count(*) FROM _sqlx_migrations").fetch_one(db.read()).await.unwrap();
        assert_eq!(count, i64::try_from(MIGRATIONS.len()).unwrap());
    }
}
