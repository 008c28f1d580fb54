//! Many rows at once, for which each database has a way of its own.

use veche_keeper::store::Leaf;

use crate::store::connection::{Connection, On};
use crate::store::roll::RollRow;
use crate::store::{postgres, sqlite};

/// Inserts entries, the first at a position, acknowledged by the checkpoint of a size.
pub(super) async fn entries(
    connection: &mut Connection,
    first: i64,
    leaves: &[Leaf],
    acknowledged: i64,
) -> Result<(), sqlx::Error> {
    let done = match &mut connection.on {
        On::Sqlite(on) => sqlite::many::entries(on, first, leaves, acknowledged).await,
        On::Postgres(on) => postgres::many::entries(on, first, leaves, acknowledged).await,
    };
    connection.noting(done)
}

/// Inserts lines of a roll that is not in force yet.
pub(super) async fn lines(
    connection: &mut Connection,
    generation: i64,
    rows: &[&RollRow],
) -> Result<(), sqlx::Error> {
    let done = match &mut connection.on {
        On::Sqlite(on) => sqlite::many::lines(on, generation, rows).await,
        On::Postgres(on) => postgres::many::lines(on, generation, rows).await,
    };
    connection.noting(done)
}
