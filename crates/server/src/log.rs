//! The log on disk: entries and the checkpoint that covers them, in one durable transaction.
//!
//! This module knows no elections. It keeps three promises:
//!
//! - **durable before acknowledged**: [`Log::append`] returns after the commit is on disk;
//! - **one history**: every append compares and swaps the one row of `head`, so that of two servers
//!   on one database only one wins each size, and the other learns that it is behind;
//! - **signed after stored, never instead**: a checkpoint is signed inside the transaction, but is
//!   visible to nobody until the commit has succeeded.

use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use veche_board::{Checkpoint, Hash, LogKey, MerkleTree, Origin, Receipt, TreeError, leaf_hash};

use crate::db::Db;

/// Why nothing was appended.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LogError {
    /// Another server on the same database appended first: read what it wrote, then try again.
    #[error("another server on this database has appended; this one is behind")]
    Behind,
    /// The database refused. Whether the commit happened is known only by reading it again.
    #[error("the database refused: {0}")]
    Database(#[from] sqlx::Error),
    /// The stored rows contradict each other.
    #[error("the stored board is damaged: {0}; restore the database from a backup")]
    Damaged(String),
}

impl From<TreeError> for LogError {
    fn from(error: TreeError) -> Self {
        LogError::Damaged(error.to_string())
    }
}

/// The committed log: its tree and its newest checkpoint.
pub(crate) struct Log {
    origin: Origin,
    tree: MerkleTree,
    note: String,
}

impl Log {
    /// An empty log, to be filled by [`Log::catch_up`].
    pub(crate) fn new(origin: Origin) -> Self {
        Log { origin, tree: MerkleTree::new(), note: String::new() }
    }

    /// How many entries are committed.
    pub(crate) fn size(&self) -> u64 {
        self.tree.size()
    }

    /// The newest checkpoint, a signed note. Empty until something was appended.
    pub(crate) fn note(&self) -> &str {
        &self.note
    }

    /// The Merkle tree of the committed entries.
    pub(crate) const fn tree(&self) -> &MerkleTree {
        &self.tree
    }

    /// Reads the entries that were committed since this log was last up to date, and passes each
    /// to `entry`, in order.
    pub(crate) async fn catch_up<E: From<LogError>>(
        &mut self,
        db: &Db,
        mut entry: impl FnMut(u64, Vec<u8>) -> Result<(), E>,
    ) -> Result<(), E> {
        const ROWS: i64 = 1_000;
        // One read transaction sees one state, also while another server appends.
        let mut tx = db.read().begin().await.map_err(LogError::from)?;
        loop {
            let rows =
                sqlx::query("SELECT position, leaf FROM entry WHERE position >= ? ORDER BY position LIMIT ?")
                    .bind(number(self.size()))
                    .bind(ROWS)
                    .fetch_all(&mut *tx)
                    .await
                    .map_err(LogError::from)?;
            if rows.is_empty() {
                break;
            }
            for row in rows {
                let position: i64 = row.try_get(0).map_err(LogError::from)?;
                let leaf: Vec<u8> = row.try_get(1).map_err(LogError::from)?;
                let at = self.size();
                if position != number(at) {
                    return Err(LogError::Damaged(format!("entry {at} is missing")).into());
                }
                self.tree.push(leaf_hash(&leaf));
                entry(at, leaf)?;
            }
        }
        if let Some(row) = head(&mut tx).await? {
            let (size, root, note) = row;
            if (size, root.as_slice()) != (number(self.size()), self.tree.root().as_bytes().as_slice()) {
                return Err(
                    LogError::Damaged("the entries do not give the root that was signed".to_owned()).into()
                );
            }
            self.note = note;
        }
        Ok(())
    }

    /// Appends entries under one new checkpoint. When this returns `Ok`, all of it is on disk.
    ///
    /// `files` are written in the same transaction. On any error this log is as it was before.
    pub(crate) async fn append(
        &mut self,
        db: &Db,
        key: &LogKey,
        leaves: &[Vec<u8>],
        files: &[(String, Vec<u8>)],
    ) -> Result<(), LogError> {
        let before = self.size();
        for leaf in leaves {
            self.tree.push(leaf_hash(leaf));
        }
        match self.commit(db, key, before, leaves, files).await {
            Ok(note) => {
                self.note = note;
                Ok(())
            }
            Err(error) => {
                self.tree.truncate(before);
                Err(error)
            }
        }
    }

    async fn commit(
        &self,
        db: &Db,
        key: &LogKey,
        before: u64,
        leaves: &[Vec<u8>],
        files: &[(String, Vec<u8>)],
    ) -> Result<String, LogError> {
        let (size, root) = (self.size(), self.tree.root());
        let old_root = self.tree.root_at(before)?;
        let mut tx = db.write().await?;
        let swapped = if before == 0 {
            sqlx::query("INSERT INTO head (only, size, root) VALUES (1, ?, ?) ON CONFLICT DO NOTHING")
                .bind(number(size))
                .bind(root.as_bytes().as_slice())
                .execute(&mut *tx)
                .await?
        } else {
            sqlx::query("UPDATE head SET size = ?, root = ? WHERE only = 1 AND size = ? AND root = ?")
                .bind(number(size))
                .bind(root.as_bytes().as_slice())
                .bind(number(before))
                .bind(old_root.as_bytes().as_slice())
                .execute(&mut *tx)
                .await?
        };
        if swapped.rows_affected() != 1 {
            return Err(LogError::Behind);
        }
        let note = Checkpoint { origin: self.origin.clone(), size, root }.sign(key);
        sqlx::query("INSERT INTO checkpoint (size, root, note) VALUES (?, ?, ?)")
            .bind(number(size))
            .bind(root.as_bytes().as_slice())
            .bind(note.as_str())
            .execute(&mut *tx)
            .await?;
        for (position, leaf) in (before..).zip(leaves) {
            sqlx::query("INSERT INTO entry (position, leaf, leaf_hash, acknowledged) VALUES (?, ?, ?, ?)")
                .bind(number(position))
                .bind(leaf.as_slice())
                .bind(leaf_hash(leaf).as_bytes().as_slice())
                .bind(number(size))
                .execute(&mut *tx)
                .await?;
        }
        for (path, bytes) in files {
            sqlx::query("INSERT INTO record_file (path, bytes) VALUES (?, ?)")
                .bind(path.as_str())
                .bind(bytes.as_slice())
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        Ok(note)
    }

    /// The receipt of an entry that was just appended, under the newest checkpoint.
    pub(crate) fn newest_receipt(&self, index: u64, leaf: &[u8]) -> Result<Receipt, LogError> {
        let proof = self.tree.inclusion_proof(index, self.size())?;
        Ok(Receipt { index, leaf_hash: leaf_hash(leaf), proof, checkpoint: self.note.clone() })
    }

    /// The receipt of an entry: always the one that was given when it was acknowledged, because the
    /// checkpoint is stored and the proof at that size never changes.
    pub(crate) async fn receipt(&self, db: &Db, index: u64) -> Result<Receipt, LogError> {
        let row = sqlx::query(
            "SELECT entry.leaf_hash, checkpoint.size, checkpoint.note FROM entry \
             JOIN checkpoint ON checkpoint.size = entry.acknowledged WHERE position = ?",
        )
        .bind(number(index))
        .fetch_one(db.read())
        .await?;
        let (leaf_hash, size, note) = receipt_row(&row)?;
        Ok(Receipt { index, leaf_hash, proof: self.tree.inclusion_proof(index, size)?, checkpoint: note })
    }
}

fn receipt_row(row: &SqliteRow) -> Result<(Hash, u64, String), LogError> {
    let hash: Vec<u8> = row.try_get(0)?;
    let size: i64 = row.try_get(1)?;
    let damaged = || LogError::Damaged("a stored checkpoint cannot be read".to_owned());
    let hash = <[u8; Hash::LEN]>::try_from(hash.as_slice()).map_err(|_| damaged())?;
    Ok((Hash::from_bytes(hash), u64::try_from(size).map_err(|_| damaged())?, row.try_get(2)?))
}

async fn head(tx: &mut sqlx::SqliteConnection) -> Result<Option<(i64, Vec<u8>, String)>, LogError> {
    let row = sqlx::query(
        "SELECT head.size, head.root, checkpoint.note FROM head \
         LEFT JOIN checkpoint ON checkpoint.size = head.size",
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let note: Option<String> = row.try_get(2)?;
    let note = note.ok_or_else(|| LogError::Damaged("the newest checkpoint is missing".to_owned()))?;
    Ok(Some((row.try_get(0)?, row.try_get(1)?, note)))
}

/// A number as SQLite keeps it. A log has far fewer than 2⁶³ entries.
pub(crate) fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
