//! A database of a PostgreSQL server, used so that what was committed survives a power cut of it.

use std::time::Duration;

use sqlx::Connection as _;
use sqlx::postgres::{PgConnection, PgPool, PgPoolOptions};

use super::connection::{Connection, On};
use super::error::StoreError;
use super::migrations::{Step, Tables, migrate};

pub(super) mod many;
#[cfg(test)]
mod tests;
mod url;

pub use url::{DatabaseUrl, NoDatabaseUrl};

/// Time to wait for a connection, and for whoever has a row or a lock.
const PATIENCE: Duration = Duration::from_secs(10);

/// Connections of one process.
const CONNECTIONS: u32 = 12;

/// The migrations, in order.
const MIGRATIONS: [Step; 5] = [
    (1, "board", Tables::Board, include_str!("../../../migrations/postgres/0001_board.sql")),
    (2, "people", Tables::People, include_str!("../../../migrations/postgres/0002_people.sql")),
    (3, "test write", Tables::All, include_str!("../../../migrations/postgres/0003_test_write.sql")),
    (4, "servers", Tables::All, include_str!("../../../migrations/postgres/0004_servers.sql")),
    (5, "entries", Tables::Board, include_str!("../../../migrations/postgres/0005_entries.sql")),
];

/// What a connection begins with. Whoever dies in a transaction is not waited for longer than others are patient.
const SETTINGS: &str = "SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '10s'";

/// Every statement of a transaction sees what others have committed, whatever the server's settings are. A commit
/// returns when it is on the disk, and on that of a synchronous standby where there is one: `off`, `local` and
/// `remote_write` promise less. Whoever has configured more, such as `remote_apply`, keeps it.
pub(super) const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;
    SELECT set_config('synchronous_commit', 'on', true)
    WHERE current_setting('synchronous_commit') IN ('off', 'local', 'remote_write')";

/// Connections to one database.
#[derive(Debug, Clone)]
pub(super) struct Postgres {
    pool: PgPool,
}

impl Postgres {
    /// Opens the database and brings the tables that are needed up to date. Others that it has are left alone. Where it
    /// is to be made, tables of these halves are not there yet; else some are.
    pub(super) async fn open(url: &DatabaseUrl, make: bool, tables: Tables) -> Result<Self, StoreError> {
        let place = || url.to_string();
        let failed = |source: sqlx::Error| StoreError::Open { place: place(), source: source.into() };
        let mut connection = PgConnection::connect_with(&url.options()).await.map_err(failed)?;
        if !is_durable(&mut connection).await.map_err(failed)? {
            return Err(StoreError::Forgetful { place: place() });
        }
        migrate(&mut connection, &MIGRATIONS, tables, Some(make)).await.map_err(|unfit| unfit.at(place()))?;
        connection.close().await.map_err(failed)?;
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(PATIENCE)
            // A server that was started again has closed them all, and nobody is to hear of it.
            .test_before_acquire(true)
            .after_connect(|connection, _| Box::pin(greet(connection)))
            .connect_with(url.options())
            .await
            .map_err(failed)?;
        Ok(Postgres { pool })
    }

    /// For a transaction that writes, and for statements that only read what was committed.
    pub(super) async fn connection(&self) -> Result<Connection, sqlx::Error> {
        Ok(Connection::new(On::Postgres(self.pool.acquire().await?)))
    }

    /// Closes every connection.
    pub(super) async fn close(&self) {
        self.pool.close().await;
    }
}

/// Whether what the server says is stored is on a disk.
async fn is_durable(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    let (fsync,): (String,) = sqlx::query_as("SHOW fsync").fetch_one(connection).await?;
    Ok(fsync == "on")
}

/// Makes a new connection one of ours. The server may have been started again with other settings meanwhile.
async fn greet(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    if !is_durable(connection).await? {
        return Err(sqlx::Error::Configuration("fsync is off".into()));
    }
    sqlx::raw_sql(SETTINGS).execute(connection).await.map(drop)
}
