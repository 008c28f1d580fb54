//! The board: entries and the checkpoint that covers them, in one durable transaction.

use async_trait::async_trait;
use veche_board::Hash;
use veche_keeper::store::{Acknowledgement, Append, BoardStore, Head, StoreError, SwapError, Turn};

use super::many;
use crate::store::database::Database;
use crate::store::statement::sql;
use crate::store::transaction::{Alone, Writing};

/// What a database said, as a keeper takes it.
fn refused(error: sqlx::Error) -> StoreError {
    StoreError::Unavailable(Box::new(error))
}

fn swap_refused(error: sqlx::Error) -> SwapError {
    refused(error).into()
}

/// A number as databases keep it. A log has far fewer than 2⁶³ entries.
fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn unsigned(value: i64) -> Result<u64, StoreError> {
    u64::try_from(value).map_err(|_| StoreError::Damaged("a number below zero".to_owned()))
}

/// A checkpoint's size and note.
fn acknowledgement(row: Option<(i64, String)>) -> Result<Option<Acknowledgement>, StoreError> {
    row.map(|(size, note)| Ok(Acknowledgement { size: unsigned(size)?, note })).transpose()
}

/// The lease of the one who sequences: a lock that its transaction holds. PostgreSQL ends that transaction when the
/// connection is gone, or when nothing is heard of it for two seconds.
struct Lease(Writing);

#[async_trait]
impl Turn for Lease {
    async fn end(self: Box<Self>) {
        // Nothing was written in it. If PostgreSQL has ended it before, that was the end.
        let _ = self.0.commit().await;
    }
}

#[async_trait]
impl BoardStore for Database {
    fn is_shared(&self) -> bool {
        Database::is_shared(self)
    }

    async fn turn(&self) -> Result<Option<Box<dyn Turn>>, StoreError> {
        if !Database::is_shared(self) {
            return Ok(None);
        }
        let mut tx = self.write().await.map_err(refused)?;
        tx.alone(Alone::Turn).await.map_err(refused)?;
        Ok(Some(Box::new(Lease(tx))))
    }

    async fn head(&self) -> Result<Option<Head>, StoreError> {
        let row: Option<(i64, Vec<u8>, Option<String>)> =
            sql("SELECT head.size, head.root, checkpoint.note FROM head \
             LEFT JOIN checkpoint ON checkpoint.size = head.size")
            .maybe(&mut self.read().await.map_err(refused)?)
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
        tx.alone(Alone::Head).await.map_err(swap_refused)?;
        // The one row on which every append compares and swaps, so that two keepers cannot fork the board. Whoever
        // comes second waits for the first, and then compares with what that one has committed.
        let swap = match from {
            None => sql("INSERT INTO head (\"only\", size, root) VALUES (1, $1, $2) ON CONFLICT DO NOTHING")
                .bind(size)
                .bind(root),
            Some(from) => {
                sql("UPDATE head SET size = $1, root = $2 WHERE \"only\" = 1 AND size = $3 AND root = $4")
                    .bind(size)
                    .bind(root)
                    .bind(number(from.size))
                    .bind(from.root.as_bytes().as_slice())
            }
        };
        let swapped = swap.run(&mut tx).await.map_err(swap_refused)?;
        if swapped != 1 {
            // Nothing was written, and nothing has failed.
            tx.commit().await.map_err(swap_refused)?;
            return Err(SwapError::Behind);
        }
        sql("INSERT INTO checkpoint (size, root, note) VALUES ($1, $2, $3)")
            .bind(size)
            .bind(root)
            .bind(to.note.as_str())
            .run(&mut tx)
            .await
            .map_err(swap_refused)?;
        many::entries(&mut tx, number(from.map_or(0, |from| from.size)), leaves, size)
            .await
            .map_err(swap_refused)?;
        for (path, bytes) in files {
            sql("INSERT INTO record_file (path, bytes) VALUES ($1, $2)")
                .bind(path.as_str())
                .bind(bytes.as_slice())
                .run(&mut tx)
                .await
                .map_err(swap_refused)?;
        }
        tx.commit().await.map_err(swap_refused)
    }

    async fn test_write(&self) -> Result<(), StoreError> {
        Database::test_write(self).await.map_err(|error| StoreError::Unavailable(Box::new(error)))
    }

    async fn leaves(&self, first: u64, most: u64) -> Result<Vec<Vec<u8>>, StoreError> {
        let rows: Vec<(i64, Vec<u8>)> =
            sql("SELECT position, leaf FROM entry WHERE position >= $1 ORDER BY position LIMIT $2")
                .bind(number(first))
                .bind(number(most))
                .all(&mut self.read().await.map_err(refused)?)
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

    async fn leaf_hashes(&self, first: u64, most: u64) -> Result<Vec<Hash>, StoreError> {
        let rows: Vec<(i64, Vec<u8>)> =
            sql("SELECT position, leaf_hash FROM entry WHERE position >= $1 ORDER BY position LIMIT $2")
                .bind(number(first))
                .bind(number(most))
                .all(&mut self.read().await.map_err(refused)?)
                .await
                .map_err(refused)?;
        let in_order = |(index, (position, hash)): (u64, (i64, Vec<u8>))| {
            let hash = <[u8; Hash::LEN]>::try_from(hash.as_slice()).ok();
            let hash = hash.filter(|_| position == number(index)).map(Hash::from_bytes);
            hash.ok_or_else(|| StoreError::Damaged(format!("entry {index} is missing")))
        };
        (first..).zip(rows).map(in_order).collect()
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
             WHERE position = $1 ORDER BY witnessed.size LIMIT 1"
        } else {
            "SELECT checkpoint.size, checkpoint.note FROM entry \
             JOIN checkpoint ON checkpoint.size = entry.acknowledged WHERE position = $1"
        };
        let row = sql(statement).bind(number(index)).maybe(&mut self.read().await.map_err(refused)?).await;
        acknowledgement(row.map_err(refused)?)
    }

    async fn store_witnessed(&self, size: u64, lines: &str) -> Result<(), StoreError> {
        let mut tx = self.write().await.map_err(refused)?;
        tx.alone(Alone::Cosignatures).await.map_err(refused)?;
        // What another keeper stored first stays: receipts may carry it already. An older checkpoint than one that was
        // shown is of no use, and would change later receipts.
        sql("INSERT INTO witnessed (size, lines) SELECT $1, $2 \
             WHERE NOT EXISTS (SELECT 1 FROM witnessed WHERE size >= $3)")
        .bind(number(size))
        .bind(lines)
        .bind(number(size))
        .run(&mut tx)
        .await
        .map_err(refused)?;
        tx.commit().await.map_err(refused)
    }

    async fn witnessed(&self, size: u64) -> Result<Option<Acknowledgement>, StoreError> {
        let row = sql("SELECT witnessed.size, note || lines FROM witnessed JOIN checkpoint USING (size) \
             WHERE witnessed.size <= $1 ORDER BY witnessed.size DESC LIMIT 1")
        .bind(number(size))
        .maybe(&mut self.read().await.map_err(refused)?)
        .await;
        acknowledgement(row.map_err(refused)?)
    }

    async fn file(&self, path: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let row: Option<(Vec<u8>,)> = sql("SELECT bytes FROM record_file WHERE path = $1")
            .bind(path)
            .maybe(&mut self.read().await.map_err(refused)?)
            .await
            .map_err(refused)?;
        Ok(row.map(|(bytes,)| bytes))
    }
}
