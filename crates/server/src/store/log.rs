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

use crate::store::sqlite::Sqlite;

/// Why nothing was appended.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LogError {
    /// Another server on the same database appended first: read what it wrote, then try again.
    #[error("another server on this database has appended; this one is behind")]
    Behind,
    /// The database refused. Whether the commit happened is known only by reading it again.
    #[error("the database refused: {0}")]
    Database(#[from] sqlx::Error),
    /// The entry is durable, and too few witnesses have seen a checkpoint that covers it.
    #[error("too few witnesses have seen this entry yet")]
    NotWitnessed,
    /// The stored rows contradict each other.
    #[error("the stored board is damaged: {0}; restore the database from a backup")]
    Damaged(String),
}

impl From<TreeError> for LogError {
    fn from(error: TreeError) -> Self {
        LogError::Damaged(error.to_string())
    }
}

/// The committed log: its tree, its newest checkpoint, and the newest one that may be shown. Where the manifest names
/// witnesses, that is the newest that enough of them have cosigned; else the two are one.
pub(crate) struct Log {
    origin: Origin,
    tree: MerkleTree,
    /// The newest committed checkpoint, as the log signed it.
    stored: String,
    witnessing: bool,
    shown: Shown,
}

/// What readers may see.
#[derive(Debug, Default)]
struct Shown {
    size: u64,
    note: String,
}

impl Log {
    /// An empty log, to be filled by [`Log::next`] and [`Log::take`].
    pub(crate) fn new(origin: Origin) -> Self {
        Log {
            origin,
            tree: MerkleTree::new(),
            stored: String::new(),
            witnessing: false,
            shown: Shown::default(),
        }
    }

    /// How many entries readers may see: those under [`Log::note`].
    pub(crate) const fn size(&self) -> u64 {
        self.shown.size
    }

    /// The newest checkpoint that readers may see, a signed note with its cosignatures. Empty until there is one.
    pub(crate) fn note(&self) -> &str {
        &self.shown.note
    }

    /// How many entries are committed.
    pub(crate) fn committed(&self) -> u64 {
        self.tree.size()
    }

    /// The newest committed checkpoint, without cosignatures.
    pub(crate) fn stored_note(&self) -> &str {
        &self.stored
    }

    /// Whether entries are committed that too few witnesses have seen.
    pub(crate) fn is_unwitnessed(&self) -> bool {
        self.shown.size < self.committed()
    }

    /// The Merkle tree of the committed entries.
    pub(crate) const fn tree(&self) -> &MerkleTree {
        &self.tree
    }

    /// Reads the next stored entries that this log does not have yet: some, or none when there are
    /// no more. Each is to be given to [`Log::take`], then [`Log::caught_up`] is to be asked.
    pub(crate) async fn next(&self, db: &Sqlite) -> Result<Vec<(u64, Vec<u8>)>, LogError> {
        const ROWS: i64 = 1_000;
        let rows: Vec<(i64, Vec<u8>)> =
            sqlx::query_as("SELECT position, leaf FROM entry WHERE position >= ? ORDER BY position LIMIT ?")
                .bind(number(self.committed()))
                .bind(ROWS)
                .fetch_all(db.read())
                .await?;
        let numbered = |(index, (position, leaf)): (u64, (i64, Vec<u8>))| {
            if position != number(index) {
                return Err(LogError::Damaged(format!("entry {index} is missing")));
            }
            Ok((index, leaf))
        };
        (self.committed()..).zip(rows).map(numbered).collect()
    }

    /// Takes over the next stored entry, by its hash.
    pub(crate) fn take(&mut self, leaf: Hash) {
        self.tree.push(leaf);
    }

    /// Compares what was taken over with the stored head. Returns `false` when another server has
    /// appended meanwhile, so that there is more to read.
    pub(crate) async fn caught_up(&mut self, db: &Sqlite) -> Result<bool, LogError> {
        let Some((size, root, note)) = head(db).await? else { return Ok(self.committed() == 0) };
        if size > number(self.committed()) {
            // Entries and head are written together, so what the head counts can be read now.
            let next: Option<(i64,)> = sqlx::query_as("SELECT position FROM entry WHERE position = ?")
                .bind(number(self.committed()))
                .fetch_optional(db.read())
                .await?;
            let missing = || LogError::Damaged(format!("entry {} is missing", self.committed()));
            return next.map(|_| false).ok_or_else(missing);
        }
        if size != number(self.committed()) || root != self.tree.root().as_bytes() {
            return Err(LogError::Damaged("the entries do not give the root that was signed".to_owned()));
        }
        self.stored = note;
        self.see_witnessed(db).await?;
        Ok(true)
    }

    /// Takes over what witnesses have cosigned, also when another server on the same database asked them.
    pub(crate) async fn see_witnessed(&mut self, db: &Sqlite) -> Result<(), LogError> {
        let (witnessing,): (bool,) =
            sqlx::query_as("SELECT EXISTS (SELECT 1 FROM witnessing)").fetch_one(db.read()).await?;
        self.witnessing = witnessing;
        if !witnessing {
            self.shown = Shown { size: self.committed(), note: self.stored.clone() };
            return Ok(());
        }
        let newest: Option<(i64, String)> = sqlx::query_as(
            "SELECT witnessed.size, note || lines FROM witnessed JOIN checkpoint USING (size) \
             WHERE witnessed.size <= ? ORDER BY witnessed.size DESC LIMIT 1",
        )
        .bind(number(self.committed()))
        .fetch_optional(db.read())
        .await?;
        if let Some((size, note)) = newest {
            let size = u64::try_from(size).map_err(|_| LogError::Damaged("a size below zero".to_owned()))?;
            self.shown = Shown { size, note };
        }
        Ok(())
    }

    /// Stores the cosignatures of enough witnesses, and then shows their checkpoint.
    pub(crate) async fn store_witnessed(
        &mut self,
        db: &Sqlite,
        size: u64,
        lines: &str,
    ) -> Result<(), LogError> {
        let mut tx = db.write().await?;
        // What another server stored first stays: receipts may carry it already. An older checkpoint than one that
        // was shown is of no use, and would change later receipts.
        sqlx::query(
            "INSERT INTO witnessed (size, lines) SELECT ?, ? \
             WHERE NOT EXISTS (SELECT 1 FROM witnessed WHERE size >= ?)",
        )
        .bind(number(size))
        .bind(lines)
        .bind(number(size))
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        self.see_witnessed(db).await
    }

    /// Appends entries under one new checkpoint. When this returns `Ok`, all of it is on disk.
    ///
    /// `files` are written in the same transaction. On any error this log is as it was before.
    pub(crate) async fn append(
        &mut self,
        db: &Sqlite,
        key: &LogKey,
        leaves: &[Vec<u8>],
        files: &[(String, Vec<u8>)],
    ) -> Result<(), LogError> {
        let before = self.committed();
        for leaf in leaves {
            self.tree.push(leaf_hash(leaf));
        }
        match self.commit(db, key, before, leaves, files).await {
            Ok(note) => {
                if !self.witnessing {
                    self.shown = Shown { size: self.committed(), note: note.clone() };
                }
                self.stored = note;
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
        db: &Sqlite,
        key: &LogKey,
        before: u64,
        leaves: &[Vec<u8>],
        files: &[(String, Vec<u8>)],
    ) -> Result<String, LogError> {
        let (size, root) = (self.committed(), self.tree.root());
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
        if self.is_unwitnessed() {
            return Err(LogError::NotWitnessed);
        }
        let proof = self.tree.inclusion_proof(index, self.size())?;
        Ok(Receipt { index, leaf_hash: leaf_hash(leaf), proof, checkpoint: self.shown.note.clone() })
    }

    /// The receipt of an entry: always the one that was given when it was acknowledged, because the
    /// checkpoint is stored and the proof at that size never changes. Where there are witnesses, it is the first
    /// checkpoint over the entry that enough of them have cosigned.
    pub(crate) async fn receipt(&self, db: &Sqlite, index: u64) -> Result<Receipt, LogError> {
        let row = if self.witnessing {
            sqlx::query(
                "SELECT entry.leaf_hash, checkpoint.size, checkpoint.note || witnessed.lines FROM entry \
                 JOIN witnessed ON witnessed.size >= entry.acknowledged AND witnessed.size <= ? \
                 JOIN checkpoint ON checkpoint.size = witnessed.size \
                 WHERE position = ? ORDER BY witnessed.size LIMIT 1",
            )
            .bind(number(self.committed()))
            .bind(number(index))
            .fetch_optional(db.read())
            .await?
            .ok_or(LogError::NotWitnessed)?
        } else {
            sqlx::query(
                "SELECT entry.leaf_hash, checkpoint.size, checkpoint.note FROM entry \
                 JOIN checkpoint ON checkpoint.size = entry.acknowledged WHERE position = ?",
            )
            .bind(number(index))
            .fetch_one(db.read())
            .await?
        };
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

/// The entry with a leaf hash, if it is there.
pub(crate) async fn find(db: &Sqlite, leaf_hash: &Hash) -> Result<Option<u64>, LogError> {
    let row: Option<(i64,)> = sqlx::query_as("SELECT position FROM entry WHERE leaf_hash = ?")
        .bind(leaf_hash.as_bytes().as_slice())
        .fetch_optional(db.read())
        .await?;
    row.map(|(position,)| {
        u64::try_from(position).map_err(|_| LogError::Damaged("an entry below zero".to_owned()))
    })
    .transpose()
}

/// Says that this board's checkpoints are shown only when witnesses have cosigned them. There is no way back.
pub(crate) async fn demand_witnesses(db: &Sqlite) -> Result<(), LogError> {
    let mut tx = db.write().await?;
    sqlx::query("INSERT INTO witnessing (only) VALUES (1) ON CONFLICT DO NOTHING").execute(&mut *tx).await?;
    Ok(tx.commit().await?)
}

async fn head(db: &Sqlite) -> Result<Option<(i64, Vec<u8>, String)>, LogError> {
    let row: Option<(i64, Vec<u8>, Option<String>)> = sqlx::query_as(
        "SELECT head.size, head.root, checkpoint.note FROM head \
         LEFT JOIN checkpoint ON checkpoint.size = head.size",
    )
    .fetch_optional(db.read())
    .await?;
    let Some((size, root, note)) = row else { return Ok(None) };
    let note = note.ok_or_else(|| LogError::Damaged("the newest checkpoint is missing".to_owned()))?;
    Ok(Some((size, root, note)))
}

/// A number as SQLite keeps it. A log has far fewer than 2⁶³ entries.
pub(crate) fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
