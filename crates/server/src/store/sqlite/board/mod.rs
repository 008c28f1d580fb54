//! The board in SQLite: entries and the checkpoint that covers them, in one durable transaction.

use async_trait::async_trait;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{FromRow, QueryBuilder, Row};
use veche_board::Hash;
use veche_keeper::store::{Acknowledgement, Append, BoardStore, Head, Leaf, StoreError, SwapError};

use super::Sqlite;

/// What SQLite said, as a keeper takes it.
fn refused(error: sqlx::Error) -> StoreError {
    StoreError::Unavailable(Box::new(error))
}

fn swap_refused(error: sqlx::Error) -> SwapError {
    refused(error).into()
}

/// A number as SQLite keeps it. A log has far fewer than 2⁶³ entries.
fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn unsigned(value: i64) -> Result<u64, StoreError> {
    u64::try_from(value).map_err(|_| StoreError::Damaged("a number below zero".to_owned()))
}

/// A checkpoint's size and note.
struct Noted(i64, String);

impl<'r> FromRow<'r, SqliteRow> for Noted {
    fn from_row(row: &'r SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Noted(row.try_get(0)?, row.try_get(1)?))
    }
}

impl Noted {
    fn acknowledgement(row: Option<Self>) -> Result<Option<Acknowledgement>, StoreError> {
        row.map(|Noted(size, note)| Ok(Acknowledgement { size: unsigned(size)?, note })).transpose()
    }
}

/// Rows of one statement: few lengths, so that each is prepared once and kept.
const ROWS: [usize; 3] = [64, 8, 1];

/// Inserts leaves, the first at a position, acknowledged by the checkpoint of a size.
async fn insert(
    connection: &mut SqliteConnection,
    first: u64,
    mut leaves: &[Leaf],
    acknowledged: i64,
) -> Result<(), sqlx::Error> {
    let mut position = number(first);
    for rows in ROWS {
        while let Some((chunk, rest)) = leaves.split_at_checked(rows) {
            let mut statement = QueryBuilder::<sqlx::Sqlite>::new(
                "INSERT INTO entry (position, leaf, leaf_hash, acknowledged) ",
            );
            let numbered = (position..).zip(chunk);
            statement.push_values(numbered, |mut row, (position, leaf)| {
                row.push_bind(position).push_bind(leaf.bytes());
                row.push_bind(leaf.hash().as_bytes().to_vec()).push_bind(acknowledged);
            });
            statement.build().execute(&mut *connection).await?;
            position = position.saturating_add(i64::try_from(rows).unwrap_or(0));
            leaves = rest;
        }
    }
    Ok(())
}

#[async_trait]
impl BoardStore for Sqlite {
    async fn head(&self) -> Result<Option<Head>, StoreError> {
        let row: Option<(i64, Vec<u8>, Option<String>)> = sqlx::query_as(
            "SELECT head.size, head.root, checkpoint.note FROM head \
             LEFT JOIN checkpoint ON checkpoint.size = head.size",
        )
        .fetch_optional(self.read())
        .await
        .map_err(refused)?;
        let Some((size, root, note)) = row else { return Ok(None) };
        let damaged = || StoreError::Damaged("the newest checkpoint cannot be read".to_owned());
        let root = <[u8; Hash::LEN]>::try_from(root.as_slice()).map_err(|_| damaged())?;
        Ok(Some(Head {
            size: unsigned(size)?,
            root: Hash::from_bytes(root),
            note: note.ok_or_else(damaged)?,
        }))
    }

    async fn append(&self, append: Append<'_>) -> Result<(), SwapError> {
        let Append { from, to, leaves, files } = append;
        let (size, root) = (number(to.size), to.root.as_bytes().as_slice());
        let mut tx = self.write().await.map_err(swap_refused)?;
        // The one row on which every append compares and swaps, so that two keepers cannot fork the board.
        let swap = match from {
            None => {
                sqlx::query("INSERT INTO head (only, size, root) VALUES (1, ?, ?) ON CONFLICT DO NOTHING")
                    .bind(size)
                    .bind(root)
            }
            Some(from) => {
                sqlx::query("UPDATE head SET size = ?, root = ? WHERE only = 1 AND size = ? AND root = ?")
                    .bind(size)
                    .bind(root)
                    .bind(number(from.size))
                    .bind(from.root.as_bytes().as_slice())
            }
        };
        let swapped = swap.execute(&mut *tx).await.map_err(swap_refused)?;
        if swapped.rows_affected() != 1 {
            // Nothing was written, and nothing has failed.
            tx.commit().await.map_err(swap_refused)?;
            return Err(SwapError::Behind);
        }
        sqlx::query("INSERT INTO checkpoint (size, root, note) VALUES (?, ?, ?)")
            .bind(size)
            .bind(root)
            .bind(to.note.as_str())
            .execute(&mut *tx)
            .await
            .map_err(swap_refused)?;
        insert(&mut tx, from.map_or(0, |from| from.size), leaves, size).await.map_err(swap_refused)?;
        for (path, bytes) in files {
            sqlx::query("INSERT INTO record_file (path, bytes) VALUES (?, ?)")
                .bind(path.as_str())
                .bind(bytes.as_slice())
                .execute(&mut *tx)
                .await
                .map_err(swap_refused)?;
        }
        tx.commit().await.map_err(swap_refused)
    }

    async fn test_write(&self) -> Result<(), StoreError> {
        Sqlite::test_write(self).await.map_err(|error| StoreError::Unavailable(Box::new(error)))
    }

    async fn leaves(&self, first: u64, most: u64) -> Result<Vec<Vec<u8>>, StoreError> {
        let rows: Vec<(i64, Vec<u8>)> =
            sqlx::query_as("SELECT position, leaf FROM entry WHERE position >= ? ORDER BY position LIMIT ?")
                .bind(number(first))
                .bind(number(most))
                .fetch_all(self.read())
                .await
                .map_err(refused)?;
        let in_order = |(index, (position, leaf)): (u64, (i64, Vec<u8>))| {
            if position == number(index) {
                Ok(leaf)
            } else {
                Err(StoreError::Damaged(format!("entry {index} is missing")))
            }
        };
        (first..).zip(rows).map(in_order).collect()
    }

    async fn find(&self, leaf: &Hash) -> Result<Option<u64>, StoreError> {
        let row: Option<(i64,)> = sqlx::query_as("SELECT position FROM entry WHERE leaf_hash = ?")
            .bind(leaf.as_bytes().as_slice())
            .fetch_optional(self.read())
            .await
            .map_err(refused)?;
        row.map(|(position,)| unsigned(position)).transpose()
    }

    async fn acknowledgement(
        &self,
        index: u64,
        witnessed: bool,
    ) -> Result<Option<Acknowledgement>, StoreError> {
        let statement = if witnessed {
            "SELECT checkpoint.size, checkpoint.note || witnessed.lines FROM entry \
             JOIN witnessed ON witnessed.size >= entry.acknowledged \
             JOIN checkpoint ON checkpoint.size = witnessed.size \
             WHERE position = ? ORDER BY witnessed.size LIMIT 1"
        } else {
            "SELECT checkpoint.size, checkpoint.note FROM entry \
             JOIN checkpoint ON checkpoint.size = entry.acknowledged WHERE position = ?"
        };
        let row = sqlx::query_as(statement).bind(number(index)).fetch_optional(self.read()).await;
        Noted::acknowledgement(row.map_err(refused)?)
    }

    async fn store_witnessed(&self, size: u64, lines: &str) -> Result<(), StoreError> {
        let mut tx = self.write().await.map_err(refused)?;
        // What another keeper stored first stays: receipts may carry it already. An older checkpoint than one that was
        // shown is of no use, and would change later receipts.
        sqlx::query(
            "INSERT INTO witnessed (size, lines) SELECT ?, ? \
             WHERE NOT EXISTS (SELECT 1 FROM witnessed WHERE size >= ?)",
        )
        .bind(number(size))
        .bind(lines)
        .bind(number(size))
        .execute(&mut *tx)
        .await
        .map_err(refused)?;
        tx.commit().await.map_err(refused)
    }

    async fn witnessed(&self, size: u64) -> Result<Option<Acknowledgement>, StoreError> {
        let row = sqlx::query_as(
            "SELECT witnessed.size, note || lines FROM witnessed JOIN checkpoint USING (size) \
             WHERE witnessed.size <= ? ORDER BY witnessed.size DESC LIMIT 1",
        )
        .bind(number(size))
        .fetch_optional(self.read())
        .await;
        Noted::acknowledgement(row.map_err(refused)?)
    }

    async fn file(&self, path: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let row: Option<(Vec<u8>,)> = sqlx::query_as("SELECT bytes FROM record_file WHERE path = ?")
            .bind(path)
            .fetch_optional(self.read())
            .await
            .map_err(refused)?;
        Ok(row.map(|(bytes,)| bytes))
    }
}

#[cfg(test)]
mod tests;
