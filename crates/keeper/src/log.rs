//! The committed log as somebody sees it at one moment.

use veche_board::{Hash, MerkleTree, Origin, Receipt, TreeError};

use crate::error::ReceiptError;
use crate::store::{Acknowledgement, BoardStore, Head, StoreError};

/// Entries read back from a store at once.
const ROWS: u64 = 1_000;

/// The committed log: its tree, its newest checkpoint, and the newest one that may be shown. Where the manifest names
/// witnesses, that is the newest that enough of them have cosigned; else the two are one.
///
/// Cloning it costs little, and a clone stands still.
#[derive(Debug, Clone)]
pub struct LogView {
    origin: Origin,
    /// Whether a checkpoint is shown only once enough witnesses have cosigned it.
    witnessed: bool,
    tree: MerkleTree,
    head: Option<Head>,
    shown: Option<Acknowledgement>,
}

impl LogView {
    /// An empty log. `witnessed` says whether the manifest names witnesses.
    #[must_use]
    pub fn new(origin: Origin, witnessed: bool) -> Self {
        LogView { origin, witnessed, tree: MerkleTree::new(), head: None, shown: None }
    }

    /// Reads a stored log, of whatever its entries are.
    ///
    /// # Errors
    /// [`StoreError`]; [`StoreError::Damaged`] where the entries do not give the root that was signed.
    pub async fn read(origin: Origin, witnessed: bool, store: &dyn BoardStore) -> Result<Self, StoreError> {
        let mut log = LogView::new(origin, witnessed);
        if let Some(head) = store.head().await? {
            while log.committed() < head.size {
                for leaf in next_leaves(store, log.committed(), head.size).await? {
                    log.push(veche_board::leaf_hash(&leaf));
                }
            }
            log.reach(head)?;
        }
        log.see_witnessed(store).await?;
        Ok(log)
    }

    /// The log's name.
    #[must_use]
    pub const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// How many entries readers may see: those under [`Self::note`].
    #[must_use]
    pub fn size(&self) -> u64 {
        self.shown.as_ref().map_or(0, |shown| shown.size)
    }

    /// The newest checkpoint that readers may see, a signed note with its cosignatures; nothing until there is one.
    #[must_use]
    pub fn note(&self) -> Option<&str> {
        self.shown.as_ref().map(|shown| shown.note.as_str())
    }

    /// How many entries are committed.
    #[must_use]
    pub fn committed(&self) -> u64 {
        self.tree.size()
    }

    /// The newest committed checkpoint.
    #[must_use]
    pub const fn head(&self) -> Option<&Head> {
        self.head.as_ref()
    }

    /// Whether entries are committed that too few witnesses have seen.
    #[must_use]
    pub fn is_unwitnessed(&self) -> bool {
        self.size() < self.committed()
    }

    /// Whether checkpoints of this log are shown only with cosignatures.
    #[must_use]
    pub const fn needs_witnesses(&self) -> bool {
        self.witnessed
    }

    /// The Merkle tree of the committed entries.
    #[must_use]
    pub const fn tree(&self) -> &MerkleTree {
        &self.tree
    }

    /// The committed entry with a leaf hash. Every entry is looked at, which takes some milliseconds of a large board.
    #[must_use]
    pub fn find(&self, leaf: &Hash) -> Option<u64> {
        (0..self.committed()).find(|index| self.tree.leaf(*index).as_ref() == Some(leaf))
    }

    /// The receipt of an entry under the checkpoint that acknowledges it.
    ///
    /// # Errors
    /// The tree is not so large: this view is behind.
    pub fn receipt(&self, index: u64, acknowledged: Acknowledgement) -> Result<Receipt, TreeError> {
        let Acknowledgement { size, note } = acknowledged;
        let proof = self.tree.inclusion_proof(index, size)?;
        let leaf_hash = self.tree.leaf(index).ok_or(TreeError::IndexBeyondSize { index, size })?;
        Ok(Receipt { index, leaf_hash, proof, checkpoint: note })
    }

    /// The receipt of an entry that was just committed, under the newest checkpoint.
    pub(crate) fn newest_receipt(&self, index: u64) -> Result<Receipt, ReceiptError> {
        match &self.shown {
            Some(shown) if shown.size == self.committed() => Ok(self.receipt(index, shown.clone())?),
            _ => Err(ReceiptError::NotWitnessed),
        }
    }

    /// Begins with entries that are known by their tree.
    pub(crate) fn begin_with(&mut self, tree: MerkleTree) {
        self.tree = tree;
    }

    /// Takes over the next entry by its leaf hash.
    pub(crate) fn push(&mut self, leaf: Hash) {
        self.tree.push(leaf);
    }

    /// The tree with more entries, while this log stays as it is.
    pub(crate) fn tree_with(&self, leaves: impl Iterator<Item = Hash>) -> MerkleTree {
        let mut tree = self.tree.clone();
        tree.extend(leaves);
        tree
    }

    /// Takes over what was committed.
    pub(crate) fn commit(&mut self, tree: MerkleTree, head: Head) {
        self.tree = tree;
        self.show_committed(head);
    }

    /// Takes over a stored head, once the entries under it are read.
    pub(crate) fn reach(&mut self, head: Head) -> Result<(), StoreError> {
        if head.size != self.committed() || head.root != self.tree.root() {
            return Err(StoreError::Damaged("the entries do not give the root that was signed".to_owned()));
        }
        self.show_committed(head);
        Ok(())
    }

    fn show_committed(&mut self, head: Head) {
        if !self.witnessed {
            self.shown = Some(Acknowledgement { size: head.size, note: head.note.clone() });
        }
        self.head = Some(head);
    }

    /// Takes over what witnesses have cosigned, also when another keeper on the same store asked them.
    pub(crate) async fn see_witnessed(&mut self, store: &dyn BoardStore) -> Result<(), StoreError> {
        if self.witnessed && self.is_unwitnessed() {
            self.shown = store.witnessed(self.committed()).await?.or(self.shown.take());
        }
        Ok(())
    }
}

/// Some stored entries from number `first` on, of a board of `size`: at least one.
pub(crate) async fn next_leaves(
    store: &dyn BoardStore,
    first: u64,
    size: u64,
) -> Result<Vec<Vec<u8>>, StoreError> {
    let leaves = store.leaves(first, ROWS.min(size.saturating_sub(first))).await?;
    if leaves.is_empty() {
        return Err(StoreError::Damaged(format!("entry {first} is missing")));
    }
    Ok(leaves)
}
