//! The servers that share a database. An SQLite file belongs to one, so only PostgreSQL is asked.

use crate::store::database::Database;
use crate::store::error::StoreError;
use crate::store::statement::sql;

/// A server as others count it: a number drawn at its start.
pub(crate) type ServerId = [u8; 32];

impl Database {
    /// Says that a server is there. Returns how many were heard of in the last five seconds, this one included.
    pub(crate) async fn present(&self, server: &ServerId) -> Result<u32, StoreError> {
        if !self.is_shared() {
            return Ok(1);
        }
        let mut tx = self.write().await?;
        sql("INSERT INTO server (id, heard) VALUES ($1, extract(epoch FROM clock_timestamp())::bigint) \
             ON CONFLICT (id) DO UPDATE SET heard = excluded.heard")
        .bind(server.as_slice())
        .run(&mut tx)
        .await?;
        let (servers,): (i64,) = sql(
            "SELECT count(*) FROM server WHERE heard > extract(epoch FROM clock_timestamp())::bigint - 5",
        )
        .one(&mut tx)
        .await?;
        tx.commit().await?;
        super::small(servers)
    }

    /// Says that a server is there no more, and forgets those that were killed long ago.
    pub(crate) async fn gone(&self, server: &ServerId) -> Result<(), StoreError> {
        if !self.is_shared() {
            return Ok(());
        }
        let mut tx = self.write().await?;
        sql("DELETE FROM server WHERE id = $1 OR heard < extract(epoch FROM clock_timestamp())::bigint - 3600")
            .bind(server.as_slice())
            .run(&mut tx)
            .await?;
        Ok(tx.commit().await?)
    }
}
