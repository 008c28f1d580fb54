//! What every store must do, asked of a store: `store_conformance::<Fixture>().await` from a test of it.
//!
//! Feature `testing`. A failed promise panics with what was promised, as tests do.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking; nothing of this is in a ballot box"
)]

use std::sync::Arc;

use async_trait::async_trait;
use veche_board::{Checkpoint, LogKey, MerkleTree, Origin, SignedCheckpoint, verify_consistency};

use crate::log::LogView;
use crate::store::{Append, BoardStore, Head, Leaf, SwapError};

mod promises;

/// One stored board that can be opened more than once.
#[async_trait]
pub trait Fixture: Send + Sync + Sized + 'static {
    /// A new, empty board.
    async fn new() -> Self;
    /// A handle of its own on this board, as another process has.
    async fn open(&self) -> Arc<dyn BoardStore>;
}

/// Asks a kind of store for everything that [`BoardStore`] promises.
///
/// # Panics
/// When a promise is not kept.
pub async fn store_conformance<F: Fixture>() {
    promises::an_empty_store_has_nothing(&F::new().await).await;
    promises::what_was_appended_is_read_back_in_order(&F::new().await).await;
    promises::of_two_who_continue_one_head_one_wins(&F::new().await).await;
    promises::two_cannot_both_begin(&F::new().await).await;
    promises::a_head_of_one_size_and_another_root_is_another_head(&F::new().await, &F::new().await).await;
    promises::an_acknowledgement_never_changes(&F::new().await).await;
    promises::witnessed_lines_are_never_older_and_never_replaced(&F::new().await).await;
    promises::files_come_with_their_entries_or_not_at_all(&F::new().await).await;
    promises::an_append_that_is_given_up_is_whole_or_nothing(&F::new().await).await;
    promises::many_at_once_lose_nothing_and_never_fork(&F::new().await).await;
}

/// The name of the log that [`Appender`] writes.
///
/// # Panics
/// Never.
#[must_use]
pub fn origin() -> Origin {
    "box.example/test".parse().unwrap()
}

/// The key that [`Appender`] signs with.
#[must_use]
pub fn log_key() -> LogKey {
    LogKey::from_seed(&[7; 32])
}

/// Writes entries of any kind to a store, as a ledger writes those of a board.
pub struct Appender {
    /// The store.
    pub store: Arc<dyn BoardStore>,
    tree: MerkleTree,
    head: Option<Head>,
}

impl Appender {
    /// Continues what a store has.
    ///
    /// # Panics
    /// When it cannot be read.
    pub async fn on(store: Arc<dyn BoardStore>) -> Self {
        let log = LogView::read(origin(), false, &*store).await.unwrap();
        Self::after(store, &log)
    }

    /// Continues what was read from a store.
    #[must_use]
    pub fn after(store: Arc<dyn BoardStore>, log: &LogView) -> Self {
        Appender { tree: log.tree().clone(), head: log.head().cloned(), store }
    }

    /// The head that it will continue.
    #[must_use]
    pub const fn head(&self) -> Option<&Head> {
        self.head.as_ref()
    }

    /// Appends entries and files under one checkpoint.
    ///
    /// # Errors
    /// The store's.
    pub async fn append(&mut self, leaves: &[&[u8]], files: &[(String, Vec<u8>)]) -> Result<(), SwapError> {
        let leaves: Vec<_> = leaves.iter().map(|leaf| Leaf::new(leaf.to_vec())).collect();
        let mut tree = self.tree.clone();
        tree.extend(leaves.iter().map(Leaf::hash));
        let (size, root) = (tree.size(), tree.root());
        let note = Checkpoint { origin: origin(), size, root }.sign(&log_key());
        let head = Head { size, root, note };
        let append = Append { from: self.head.as_ref(), to: &head, leaves: &leaves, files };
        self.store.append(append).await?;
        (self.tree, self.head) = (tree, Some(head));
        Ok(())
    }
}

/// Every acknowledgement of a stored board is signed and under one history.
///
/// # Panics
/// When it is not.
pub async fn assert_one_history(store: &dyn BoardStore) {
    let log = LogView::read(origin(), false, store).await.unwrap();
    for index in 0..log.committed() {
        let acknowledged = store.acknowledgement(index, false).await.unwrap().unwrap();
        assert!(acknowledged.size > index, "an entry is acknowledged by a checkpoint that covers it");
        let checkpoint = SignedCheckpoint::open(&acknowledged.note, &log_key().public(), &origin()).unwrap();
        let proof = log.tree().consistency_proof(checkpoint.size, log.committed()).unwrap();
        let (size, root) = (log.committed(), log.tree().root());
        verify_consistency(checkpoint.size, checkpoint.root, size, root, &proof).unwrap();
    }
}
