//! A transaction that writes, in either database.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::Instant;

use prometheus_client::metrics::histogram::Histogram;
use tokio::sync::Notify;

use super::connection::{Connection, On};
use super::roll::PersonHash;
use super::statement::sql;

/// What a transaction has for itself until it ends, so that two at the same time have the effect of one after the
/// other.
///
/// In SQLite every transaction that writes has the whole database. In PostgreSQL these are advisory locks, which end
/// with the transaction. Whoever waits for one sees afterwards all that the other has committed, as every statement
/// reads anew (`READ COMMITTED`). Nothing ever has to be tried again, as with `SERIALIZABLE`, where an evening's
/// voters would disturb each other because their rows are on one page. Nobody waits in a circle: whoever has the roll
/// for itself takes no other lock, and nobody takes two phones.
#[derive(Debug, Clone, Copy)]
pub(super) enum Alone<'a> {
    /// What a phone's codes and sessions are. Nothing is done by hand meanwhile.
    Phone(&'a PersonHash),
    /// Nothing but its own rows; nothing is done by hand meanwhile.
    Signing,
    /// Everything: the roll, codes and sessions, as whoever works by hand needs it.
    Everything,
    /// What is old; nothing is done by hand meanwhile.
    Old,
    /// The cosignatures of checkpoints.
    Cosignatures,
    /// The turn to append to the board.
    Turn,
    /// Nothing but the board's head, which whoever comes second waits for.
    Head,
}

/// The numbers of advisory locks. A phone has the first bytes of its hash.
const ROLL: i64 = 0x7665_6368_6501;
const OLD: i64 = 0x7665_6368_6502;
const COSIGNATURES: i64 = 0x7665_6368_6503;
const TURN: i64 = 0x7665_6368_6504;

/// What all other servers wait for: a server that stands still in such a transaction, or a machine that is gone, is
/// waited for no longer than this, and nothing of the transaction has happened then.
const ALONE_BRIEFLY: &str =
    "SELECT set_config('idle_in_transaction_session_timeout', '2s', true), pg_advisory_xact_lock($1)";
const BRIEFLY: &str = "SELECT set_config('idle_in_transaction_session_timeout', '2s', true)";

/// The number of a phone's lock. Two phones of one number wait for each other, and that is all.
fn number_of(phone: &PersonHash) -> i64 {
    let [a, b, c, d, e, f, g, h, ..] = phone.0;
    i64::from_be_bytes([a, b, c, d, e, f, g, h])
}

/// A transaction that writes. Its connection is used again only after a commit: SQLite ends some transactions by
/// itself, on a full disk for one, and a connection of which nobody knows whether it is in a transaction would fail
/// every write after this one. Closing it rolls back whatever was open.
pub(super) struct Writing {
    connection: Connection,
    failed: Arc<Notify>,
    /// Seconds that commits took.
    commits: Histogram,
    done: bool,
}

impl Writing {
    /// On a connection on which nothing is begun yet.
    pub(super) const fn on(connection: Connection, failed: Arc<Notify>, commits: Histogram) -> Self {
        Writing { connection, failed, commits, done: false }
    }

    /// Waits until nobody else has what this transaction needs for itself.
    pub(super) async fn alone(&mut self, with: Alone<'_>) -> Result<(), sqlx::Error> {
        if matches!(self.connection.on, On::Sqlite(_)) {
            return Ok(());
        }
        let lock = match with {
            Alone::Phone(phone) => sql("SELECT pg_advisory_xact_lock_shared($1), pg_advisory_xact_lock($2)")
                .bind(ROLL)
                .bind(number_of(phone)),
            Alone::Old => {
                sql("SELECT pg_advisory_xact_lock_shared($1), pg_advisory_xact_lock($2)").bind(ROLL).bind(OLD)
            }
            Alone::Signing => sql("SELECT pg_advisory_xact_lock_shared($1)").bind(ROLL),
            Alone::Cosignatures => sql("SELECT pg_advisory_xact_lock($1)").bind(COSIGNATURES),
            Alone::Turn => sql(ALONE_BRIEFLY).bind(TURN),
            Alone::Head => sql(BRIEFLY),
            Alone::Everything => sql("SELECT pg_advisory_xact_lock($1)").bind(ROLL),
        };
        lock.run(self).await.map(drop)
    }

    /// Makes it durable.
    pub(super) async fn commit(mut self) -> Result<(), sqlx::Error> {
        if !self.connection.is_well() {
            return Err(sqlx::Error::Protocol(
                "a transaction that has failed cannot be committed".to_owned(),
            ));
        }
        let begun = Instant::now();
        sql("COMMIT").run(&mut self.connection).await?;
        self.commits.observe(begun.elapsed().as_secs_f64());
        self.done = true;
        Ok(())
    }
}

impl Deref for Writing {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.connection
    }
}

impl DerefMut for Writing {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.connection
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        if !self.done {
            self.connection.close();
            self.failed.notify_one();
        }
    }
}
