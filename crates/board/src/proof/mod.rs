//! Verifying proofs about a tree that one doesn't hold: RFC 9162 sections 2.1.3.2 and 2.1.4.2, for the trees of RFC
//! 6962 (the two define the same tree).

use crate::hash::{EMPTY_ROOT, Hash, node_hash};

/// The most hashes an inclusion proof can need, since a size has 64 bits. (A consistency proof can need one more.)
/// The verifiers need no such limit: they stop where the sizes say that a proof ends.
pub const MAX_PROOF_LEN: usize = 64;

/// A proof that shows nothing. The fault of whoever served the proof, or of the log whose root it was checked against.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProofError {
    /// An entry that a tree of the given size doesn't have.
    #[error("entry {index} cannot be in a tree of {size}")]
    IndexBeyondSize {
        /// The entry's claimed index.
        index: u64,
        /// The tree's size.
        size: u64,
    },
    /// The newer tree is smaller than the older one: the log took entries back.
    #[error("the log shrank from {old} entries to {new}")]
    Shrinking {
        /// The size seen earlier.
        old: u64,
        /// The size claimed now.
        new: u64,
    },
    /// The sizes fix how many hashes a proof has; this one has more or fewer.
    #[error("a proof of {found} hashes does not fit these sizes")]
    WrongLength {
        /// How many it has.
        found: usize,
    },
    /// The hashes don't lead to the (newer) root.
    #[error("the proof does not lead to the root of the tree")]
    WrongRoot,
    /// The hashes don't lead to the older root: the log rewrote entries it had already shown.
    #[error("the proof does not lead to the root seen earlier: the log's past has changed")]
    WrongOldRoot,
}

/// Checks that the entry with this leaf hash is number `index` of the `size` entries under `root`.
///
/// # Errors
/// See [`ProofError`].
pub fn verify_inclusion(
    leaf: Hash,
    index: u64,
    size: u64,
    proof: &[Hash],
    root: Hash,
) -> Result<(), ProofError> {
    if root_from_inclusion(leaf, index, size, proof)? == root { Ok(()) } else { Err(ProofError::WrongRoot) }
}

/// The root that an inclusion proof leads to. It says nothing by itself: a signature over the root does.
///
/// # Errors
/// An entry that such a tree does not have, or a proof of another length than it has.
pub fn root_from_inclusion(leaf: Hash, index: u64, size: u64, proof: &[Hash]) -> Result<Hash, ProofError> {
    if index >= size {
        return Err(ProofError::IndexBeyondSize { index, size });
    }
    let wrong_length = ProofError::WrongLength { found: proof.len() };
    let mut walk = Walk { node: index, last: size - 1 };
    let mut hash = leaf;
    for sibling in proof {
        hash = match walk.up().ok_or(wrong_length.clone())? {
            Side::Left => node_hash(sibling, &hash),
            Side::Right => node_hash(&hash, sibling),
        };
    }
    if walk.last == 0 { Ok(hash) } else { Err(wrong_length) }
}

/// How many hashes the inclusion proof of an entry has: index and size fix it.
///
/// # Errors
/// An entry that such a tree does not have.
pub fn inclusion_proof_len(index: u64, size: u64) -> Result<usize, ProofError> {
    if index >= size {
        return Err(ProofError::IndexBeyondSize { index, size });
    }
    let mut walk = Walk { node: index, last: size - 1 };
    Ok(std::iter::from_fn(|| walk.up()).count())
}

/// Checks that the `new_size` entries under `new_root` begin with the `old_size` entries under `old_root`: nothing
/// was removed, changed or put in between.
///
/// Equal sizes need equal roots and an empty proof. The empty tree begins every other: its proof is empty too.
///
/// # Errors
/// See [`ProofError`].
pub fn verify_consistency(
    old_size: u64,
    old_root: Hash,
    new_size: u64,
    new_root: Hash,
    proof: &[Hash],
) -> Result<(), ProofError> {
    if old_size > new_size {
        return Err(ProofError::Shrinking { old: old_size, new: new_size });
    }
    if old_size == 0 && old_root != EMPTY_ROOT {
        return Err(ProofError::WrongOldRoot);
    }
    let wrong_length = ProofError::WrongLength { found: proof.len() };
    if old_size == 0 || old_size == new_size {
        if !proof.is_empty() {
            return Err(wrong_length);
        }
        return if old_size == new_size && old_root != new_root {
            Err(ProofError::WrongOldRoot)
        } else {
            Ok(())
        };
    }
    // Both roots are rebuilt from the last complete subtree of the old tree. When the old tree is itself complete,
    // that subtree is its root, which the verifier has: the proof leaves it out.
    let complete = old_size.trailing_zeros();
    let mut walk = Walk { node: (old_size - 1) >> complete, last: (new_size - 1) >> complete };
    let (start, rest) = if old_size.is_power_of_two() {
        (&old_root, proof)
    } else {
        proof.split_first().ok_or(wrong_length.clone())?
    };
    let (mut old_hash, mut new_hash) = (*start, *start);
    for sibling in rest {
        match walk.up().ok_or(wrong_length.clone())? {
            Side::Left => {
                old_hash = node_hash(sibling, &old_hash);
                new_hash = node_hash(sibling, &new_hash);
            }
            Side::Right => new_hash = node_hash(&new_hash, sibling),
        }
    }
    if walk.last != 0 {
        return Err(wrong_length);
    }
    if old_hash != old_root {
        return Err(ProofError::WrongOldRoot);
    }
    if new_hash == new_root { Ok(()) } else { Err(ProofError::WrongRoot) }
}

/// Where a sibling stands.
enum Side {
    Left,
    Right,
}

/// The climb from a node to the root: `fn` and `sn` of RFC 9162.
struct Walk {
    /// The node's index in its level.
    node: u64,
    /// The index of the level's last node; 0 once at the root.
    last: u64,
}

impl Walk {
    /// One step to the next level that has a sibling; `None` at the root, where there is none.
    fn up(&mut self) -> Option<Side> {
        if self.last == 0 {
            return None;
        }
        let side = if self.node % 2 == 1 || self.node == self.last {
            // The last node of a level may have no partner there: it is its own parent until one is found on its left.
            // One is: the node is odd already, or the last of a level of several, so not number 0.
            while self.node.is_multiple_of(2) {
                self.node >>= 1;
                self.last >>= 1;
            }
            Side::Left
        } else {
            Side::Right
        };
        self.node >>= 1;
        self.last >>= 1;
        Some(side)
    }
}

#[cfg(test)]
mod tests;
