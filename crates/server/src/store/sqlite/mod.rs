//! One SQLite file, opened so that what was committed survives a power cut.

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};

use super::connection::{Connection, On};
use super::error::StoreError;
use super::migrations::{Step, Tables, migrate};

#[cfg(test)]
mod board_tests;
pub(crate) mod copies;
pub(super) mod many;
#[cfg(test)]
mod tests;

/// Time to wait for another process that is writing to the same database.
const PATIENCE: Duration = Duration::from_secs(10);

/// Connections that only read.
const READERS: u32 = 4;

/// Rows that are read before whoever asked takes them: as many as a keeper asks for at once, so that the next entries
/// are there when it has taken over these.
const ROWS_AHEAD: usize = 1_000;

/// Begins a transaction that has the whole database for itself.
pub(super) const BEGIN: &str = "BEGIN IMMEDIATE";

/// The migrations, in order.
const MIGRATIONS: [Step; 12] = [
    (1, "board", Tables::Board, include_str!("../../../migrations/sqlite/0001_board.sql")),
    (2, "voters", Tables::People, include_str!("../../../migrations/sqlite/0002_voters.sql")),
    (3, "witnesses", Tables::Board, include_str!("../../../migrations/sqlite/0003_witnesses.sql")),
    (4, "test write", Tables::All, include_str!("../../../migrations/sqlite/0004_test_write.sql")),
    (5, "seen", Tables::Board, include_str!("../../../migrations/sqlite/0005_seen.sql")),
    (6, "messages", Tables::People, include_str!("../../../migrations/sqlite/0006_messages.sql")),
    (7, "passes", Tables::People, include_str!("../../../migrations/sqlite/0007_passes.sql")),
    (8, "people", Tables::People, include_str!("../../../migrations/sqlite/0008_people.sql")),
    (9, "help", Tables::People, include_str!("../../../migrations/sqlite/0009_help.sql")),
    (10, "desk passes", Tables::People, include_str!("../../../migrations/sqlite/0010_desk_passes.sql")),
    (11, "shared phones", Tables::People, include_str!("../../../migrations/sqlite/0011_shared_phones.sql")),
    (12, "entries", Tables::Board, include_str!("../../../migrations/sqlite/0012_entries.sql")),
];

/// One connection that writes and a few that read.
#[derive(Debug, Clone)]
pub(super) struct Sqlite {
    writer: SqlitePool,
    reader: SqlitePool,
}

impl Sqlite {
    /// Opens the database and brings the tables that are needed up to date. Others that it has are left alone.
    pub(super) async fn open(path: &Path, create: bool, tables: Tables) -> Result<Self, StoreError> {
        let place = || path.display().to_string();
        let failed = |source: sqlx::Error| StoreError::Open { place: place(), source: source.into() };
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
        let mut connection = writer.acquire().await.map_err(failed)?;
        // Whether there is a file was seen before.
        let migrated = migrate(&mut *connection, &MIGRATIONS, tables, None).await;
        migrated.map_err(|unfit| unfit.at(place()))?;
        drop(connection);
        let reader = SqlitePoolOptions::new()
            .max_connections(READERS)
            .connect_with(options.read_only(true).create_if_missing(false).row_buffer_size(ROWS_AHEAD))
            .await
            .map_err(failed)?;
        Ok(Sqlite { writer, reader })
    }

    /// For a transaction that writes.
    pub(super) async fn writer(&self) -> Result<Connection, sqlx::Error> {
        Ok(Connection::new(On::Sqlite(self.writer.acquire().await?)))
    }

    /// For statements that only read what was committed.
    pub(super) async fn read(&self) -> Result<Connection, sqlx::Error> {
        Ok(Connection::new(On::Sqlite(self.reader.acquire().await?)))
    }

    /// Closes every connection.
    pub(super) async fn close(&self) {
        self.reader.close().await;
        self.writer.close().await;
    }
}
