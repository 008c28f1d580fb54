//! An entry's bytes, hashed once.

use crate::hash::{Hash, leaf_hash};

/// An entry of a log and its hash in the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    bytes: Vec<u8>,
    hash: Hash,
}

impl Leaf {
    /// A leaf of these bytes.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Leaf { hash: leaf_hash(&bytes), bytes }
    }

    /// The entry's bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Its hash in the tree.
    #[must_use]
    pub const fn hash(&self) -> Hash {
        self.hash
    }
}
