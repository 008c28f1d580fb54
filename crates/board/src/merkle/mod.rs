//! The tree of RFC 6962 section 2.1, in memory.

use std::sync::Arc;

use crate::hash::{EMPTY_ROOT, Hash, node_hash};
use crate::tile::{PathError, Tile};

/// An append-only Merkle tree that keeps every complete subtree's hash: 64 bytes an entry.
///
/// It can answer for any size it has had: roots, proofs and tiles of the past come from the same nodes. A clone shares
/// them with the original, so that readers can have a tree that stands still while a writer's grows: it costs 8 bytes
/// for 256 hashes, and the next append copies the few hashes at the edge.
#[derive(Clone, Debug, Default)]
pub struct MerkleTree {
    /// `levels[h]` at `i` is the root of entries `i * 2^h .. (i + 1) * 2^h`; `levels[h]` holds `size >> h` of them.
    levels: Vec<Level>,
}

/// Hashes in blocks of [`Tile::FULL_WIDTH`], of which only the last can have fewer. Blocks that clones share are never
/// changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Level {
    blocks: Vec<Arc<Vec<Hash>>>,
}

impl Level {
    const BLOCK: usize = Tile::FULL_WIDTH as usize;

    fn len(&self) -> usize {
        let last = self.blocks.last().map_or(0, |block| block.len());
        self.blocks.len().saturating_sub(1) * Self::BLOCK + last
    }

    /// Appends a hash. When it is a second child, its sibling is returned: together they complete their parent.
    fn push(&mut self, hash: Hash) -> Option<Hash> {
        if self.blocks.last().is_none_or(|block| block.len() == Self::BLOCK) {
            self.blocks.push(Arc::new(Vec::with_capacity(Self::BLOCK)));
        }
        let block = Arc::make_mut(self.blocks.last_mut()?);
        // A copy of a shared block has no room yet.
        block.reserve_exact(Self::BLOCK - block.len());
        block.push(hash);
        // A block begins with a first child, for its width is even.
        match block.as_slice() {
            [.., left, _] if block.len().is_multiple_of(2) => Some(*left),
            _ => None,
        }
    }

    fn truncate(&mut self, len: usize) {
        if len >= self.len() {
            return;
        }
        self.blocks.truncate(len.div_ceil(Self::BLOCK));
        if let (Some(last), rest @ 1..) = (self.blocks.last_mut(), len % Self::BLOCK) {
            Arc::make_mut(last).truncate(rest);
        }
    }
}

/// What was asked of a tree lies outside it. The caller's fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TreeError {
    /// A size larger than the tree has reached.
    #[error("the tree has {size} entries, {asked} were asked for")]
    SizeBeyondTree {
        /// The size asked for.
        asked: u64,
        /// The tree's size.
        size: u64,
    },
    /// An entry that a tree of the given size doesn't have.
    #[error("entry {index} is not in a tree of {size}")]
    IndexBeyondSize {
        /// The entry asked for.
        index: u64,
        /// The size named beside it.
        size: u64,
    },
    /// A consistency proof from a larger tree to a smaller one.
    #[error("a tree of {old} entries cannot grow to {new}")]
    Shrinking {
        /// The size said to be older.
        old: u64,
        /// The size said to be newer.
        new: u64,
    },
    /// A tile that reaches beyond the tree's complete subtrees.
    #[error("{path} is not in a tree of {size}")]
    TileBeyondTree {
        /// The tile's path.
        path: String,
        /// The tree's size.
        size: u64,
    },
    /// A tile that no tree can have.
    #[error(transparent)]
    NoSuchTile(#[from] PathError),
}

impl MerkleTree {
    /// The empty tree.
    #[must_use]
    pub fn new() -> MerkleTree {
        MerkleTree::default()
    }

    /// How many entries the tree holds.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.levels.first().map_or(0, |leaves| leaves.len() as u64)
    }

    /// Appends an entry by its [`leaf_hash`](crate::leaf_hash) and returns its index.
    pub fn push(&mut self, leaf: Hash) -> u64 {
        let index = self.size();
        let mut hash = leaf;
        let mut height = 0;
        loop {
            if height == self.levels.len() {
                self.levels.push(Level::default());
            }
            // A second child completes its parent, which may complete the next.
            let Some(left) = self.levels.get_mut(height).and_then(|level| level.push(hash)) else {
                return index;
            };
            hash = node_hash(&left, &hash);
            height += 1;
        }
    }

    /// The leaf hash of an entry, if the tree has it.
    #[must_use]
    pub fn leaf(&self, index: u64) -> Option<Hash> {
        (index < self.size()).then(|| self.node(0, index))
    }

    /// Forgets every entry from `size` on: for a writer whose transaction failed after it had pushed, so that nothing
    /// was ever published of them. Does nothing when the tree is no larger than `size`.
    pub fn truncate(&mut self, size: u64) {
        for (height, level) in self.levels.iter_mut().enumerate() {
            let kept = size.checked_shr(u32::try_from(height).unwrap_or(u32::MAX)).unwrap_or(0);
            level.truncate(usize::try_from(kept).unwrap_or(usize::MAX));
        }
        self.levels.retain(|level| level.len() > 0);
    }

    /// The root of the whole tree, `MTH(D[size])` of RFC 6962 section 2.1.
    #[must_use]
    pub fn root(&self) -> Hash {
        self.subtree_or_empty(self.size())
    }

    /// The root the tree had when it held `size` entries.
    ///
    /// # Errors
    /// The caller's fault: the tree never had that many.
    pub fn root_at(&self, size: u64) -> Result<Hash, TreeError> {
        self.must_hold(size)?;
        Ok(self.subtree_or_empty(size))
    }

    /// The hashes that show entry `index` to be in the tree of `size` entries, nearest first: `PATH(index, D[size])`
    /// of RFC 6962 section 2.1.1. [`verify_inclusion`](crate::verify_inclusion) checks them.
    ///
    /// # Errors
    /// The caller's fault: the tree never had that many entries, or the entry isn't among them.
    pub fn inclusion_proof(&self, index: u64, size: u64) -> Result<Vec<Hash>, TreeError> {
        self.must_hold(size)?;
        if index >= size {
            return Err(TreeError::IndexBeyondSize { index, size });
        }
        let (mut start, mut width) = (0, size);
        let mut path = Vec::new();
        while width > 1 {
            let left = split(width);
            if index - start < left {
                path.push(self.subtree(start + left, width - left));
                width = left;
            } else {
                path.push(self.subtree(start, left));
                start += left;
                width -= left;
            }
        }
        path.reverse();
        Ok(path)
    }

    /// The hashes that show the tree of `new` entries to begin with the tree of `old`: `PROOF(old, D[new])` of RFC
    /// 6962 section 2.1.2. Empty when the sizes are equal, and for the empty tree, which begins every other.
    /// [`verify_consistency`](crate::verify_consistency) checks them.
    ///
    /// # Errors
    /// The caller's fault: the tree never had that many entries, or `old` is larger than `new`.
    pub fn consistency_proof(&self, old: u64, new: u64) -> Result<Vec<Hash>, TreeError> {
        self.must_hold(new)?;
        if old > new {
            return Err(TreeError::Shrinking { old, new });
        }
        if old == 0 {
            return Ok(Vec::new());
        }
        // SUBPROOF(m, D[start..start + n], b), written as a loop from the root down.
        let (mut start, mut m, mut n) = (0, old, new);
        let mut verifier_knows_it = true;
        let mut path = Vec::new();
        while m != n {
            let left = split(n);
            if m <= left {
                path.push(self.subtree(start + left, n - left));
                n = left;
            } else {
                path.push(self.subtree(start, left));
                start += left;
                m -= left;
                n -= left;
                verifier_knows_it = false;
            }
        }
        if !verifier_knows_it {
            path.push(self.subtree(start, n));
        }
        path.reverse();
        Ok(path)
    }

    /// The bytes of a hash tile, whole (`width` 256) or partial: c2sp.org/tlog-tiles, "Merkle Tree". Its file name is
    /// [`tile_path`](crate::tile_path) of the same three numbers.
    ///
    /// # Errors
    /// The caller's fault: no tree, or not this one, has that tile.
    pub fn tile(&self, level: u8, index: u64, width: u16) -> Result<Vec<u8>, TreeError> {
        let tile = Tile::new(level, index, width)?;
        if tile.end() > self.size() {
            return Err(TreeError::TileBeyondTree { path: tile.to_string(), size: self.size() });
        }
        let first = index * u64::from(Tile::FULL_WIDTH);
        let height = u32::from(level) * Tile::HEIGHT;
        Ok((first..first + u64::from(width)).flat_map(|i| self.node(height, i).0).collect())
    }

    fn must_hold(&self, asked: u64) -> Result<(), TreeError> {
        let size = self.size();
        if asked > size { Err(TreeError::SizeBeyondTree { asked, size }) } else { Ok(()) }
    }

    fn subtree_or_empty(&self, size: u64) -> Hash {
        if size == 0 { EMPTY_ROOT } else { self.subtree(0, size) }
    }

    /// `MTH(D[start..start + width])` for the ranges that RFC 6962's recursion reaches: `width` is at least 1, and
    /// `start` is a multiple of the least power of two that is not below `width`.
    fn subtree(&self, start: u64, width: u64) -> Hash {
        if width.is_power_of_two() {
            return self.node(width.trailing_zeros(), start >> width.trailing_zeros());
        }
        let left = split(width);
        node_hash(&self.subtree(start, left), &self.subtree(start + left, width - left))
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "private, and every caller has checked its range against size(): level h holds size >> h nodes"
    )]
    fn node(&self, height: u32, index: u64) -> Hash {
        let index = index as usize;
        self.levels[height as usize].blocks[index / Level::BLOCK][index % Level::BLOCK]
    }
}

/// Appends many entries by their leaf hashes.
impl Extend<Hash> for MerkleTree {
    fn extend<I: IntoIterator<Item = Hash>>(&mut self, leaves: I) {
        for leaf in leaves {
            self.push(leaf);
        }
    }
}

/// A tree of these leaf hashes.
impl FromIterator<Hash> for MerkleTree {
    fn from_iter<I: IntoIterator<Item = Hash>>(leaves: I) -> MerkleTree {
        let mut tree = MerkleTree::new();
        tree.extend(leaves);
        tree
    }
}

/// The largest power of two below `width`, where RFC 6962 section 2.1 splits a list; `width` is at least 2.
fn split(width: u64) -> u64 {
    1 << (width - 1).ilog2()
}

#[cfg(test)]
mod tests;
