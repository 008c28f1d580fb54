//! Where a board is kept: the one contract between a keeper and its database, folder or bucket.
//!
//! A store knows entries as bytes and checkpoints as text. It keeps three promises, which
//! `veche_keeper::testing` asks of every one:
//!
//! - **durable before it returns**: what [`BoardStore::append`] has acknowledged survives a power cut;
//! - **one history**: an append compares the stored head with the one it continues, and swaps it in the same
//!   step, so that of two keepers on one store only one wins each size;
//! - **nothing by halves**: entries, checkpoint and files of an append are all there, or none of them is.

use async_trait::async_trait;
use veche_board::{Hash, leaf_hash};

mod memory;

pub use memory::MemoryStore;
pub use veche_board::Leaf;

/// A committed checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// How many entries it covers.
    pub size: u64,
    /// The root of their tree.
    pub root: Hash,
    /// The signed note, as the log's key signed it: without cosignatures.
    pub note: String,
}

/// What one commit writes.
#[derive(Debug, Clone, Copy)]
pub struct Append<'a> {
    /// The head that must still be the stored one; nothing where the store must be empty.
    pub from: Option<&'a Head>,
    /// The head that takes its place.
    pub to: &'a Head,
    /// The entries between the two, in order: at least one.
    pub leaves: &'a [Leaf],
    /// Files of the record that do not follow from its entries: path and bytes.
    pub files: &'a [(String, Vec<u8>)],
}

/// The checkpoint that acknowledges an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledgement {
    /// How many entries it covers.
    pub size: u64,
    /// The signed note, with the cosignatures where it was witnessed.
    pub note: String,
}

/// Why a store gave nothing or took nothing. The fault of whoever runs it, never of a voter.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The database, the disk or the network. Whether an append has happened is known only by reading again.
    #[error("the store refused: {0}")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// What is stored contradicts itself.
    #[error("the stored board is damaged: {0}; restore the database from a backup")]
    Damaged(String),
}

/// Why an append was not made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SwapError {
    /// Another keeper on this store has appended: read what it wrote, then try again. Nothing was stored.
    #[error("another keeper on this store has appended; this one is behind")]
    Behind,
    /// The store itself.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A keeper's turn to append, where several share a store: the lease of the one who sequences. It ends with
/// [`Self::end`], when it is dropped, and when whoever has it is killed or stands still, seconds later at most. That
/// somebody whose turn has ended this way appends nothing any more, [`BoardStore::append`] sees to.
#[async_trait]
pub trait Turn: Send {
    /// Gives the turn to whoever waits for it.
    async fn end(self: Box<Self>);
}

/// A place that keeps one board, for one keeper or several.
///
/// Every method may be called at any time and from several processes; [`Self::append`] decides who was first.
#[async_trait]
pub trait BoardStore: Send + Sync {
    /// Whether keepers of other processes may append here, too.
    fn is_shared(&self) -> bool {
        false
    }

    /// Waits until no other keeper plans and appends; nothing where none can. Without a turn, or after it has ended, an
    /// append is still safe: it may only come too late.
    async fn turn(&self) -> Result<Option<Box<dyn Turn>>, StoreError> {
        Ok(None)
    }

    /// The newest committed checkpoint; nothing before the first append.
    async fn head(&self) -> Result<Option<Head>, StoreError>;

    /// Stores leaves, checkpoint and files in one step, if the stored head is still [`Append::from`]. All of it is
    /// durable when this returns `Ok`, and none of it is there after an error, except that after
    /// [`StoreError::Unavailable`] the caller has to look.
    async fn append(&self, append: Append<'_>) -> Result<(), SwapError>;

    /// Writes something that nobody needs, as durably as everything else: whether an append can succeed at all.
    async fn test_write(&self) -> Result<(), StoreError> {
        Ok(())
    }

    /// At most `most` entries from number `first` on, in order and without gaps; fewer, or none, where the board
    /// ends.
    async fn leaves(&self, first: u64, most: u64) -> Result<Vec<Vec<u8>>, StoreError>;

    /// The leaf hashes of at most `most` entries from number `first` on, in order and without gaps; fewer, or none,
    /// where the board ends. A store that keeps them gives them as they are, without reading the entries.
    async fn leaf_hashes(&self, first: u64, most: u64) -> Result<Vec<Hash>, StoreError> {
        Ok(self.leaves(first, most).await?.iter().map(|leaf| leaf_hash(leaf)).collect())
    }

    /// The checkpoint that acknowledges an entry: the one it was committed with or, where `witnessed`, the first one
    /// with cosignatures that covers it. Nothing where there is none yet. It never changes once there is one.
    async fn acknowledgement(
        &self,
        index: u64,
        witnessed: bool,
    ) -> Result<Option<Acknowledgement>, StoreError>;

    /// Keeps the cosignature lines of the checkpoint of a size, unless one of this size or a larger one has some
    /// already: receipts may carry those.
    async fn store_witnessed(&self, size: u64, lines: &str) -> Result<(), StoreError>;

    /// The newest checkpoint with cosignatures that covers at most `size` entries.
    async fn witnessed(&self, size: u64) -> Result<Option<Acknowledgement>, StoreError>;

    /// A file that was stored with an append.
    async fn file(&self, path: &str) -> Result<Option<Vec<u8>>, StoreError>;
}
