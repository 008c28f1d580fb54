//! The tree's tiles and root from its entries in order, in memory that does not grow with the log.

use crate::hash::{EMPTY_ROOT, Hash, node_hash};
use crate::tile::Tile;

/// A Merkle tree that is only read through once: at each level it keeps the hashes of the tile that is
/// not full yet, at most 255 of them.
///
/// ```
/// use veche_board::{MerkleTree, TileStream, leaf_hash};
///
/// let (mut stream, mut tree) = (TileStream::new(), MerkleTree::new());
/// for entry in 0..1_000_u32 {
///     let leaf = leaf_hash(&entry.to_le_bytes());
///     tree.push(leaf);
///     for (tile, bytes) in stream.push(leaf) {
///         assert_eq!(bytes, tree.tile(tile.level(), tile.index(), tile.width())?);
///     }
/// }
/// assert_eq!(stream.root(), tree.root());
/// # Ok::<(), veche_board::TreeError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct TileStream {
    /// For each level of tiles, the hashes of the tile that is not full.
    levels: Vec<Vec<Hash>>,
    size: u64,
}

impl TileStream {
    /// The empty tree.
    #[must_use]
    pub fn new() -> TileStream {
        TileStream::default()
    }

    /// The tree of `size` entries from the hashes of the tiles that are not full at that size. `hashes` gives
    /// the hashes of such a tile, exactly as many as its width. A larger tree of the same log has them too, as the
    /// first ones of the tile of the same place.
    ///
    /// Nothing is verified here: the [`root`](Self::root) says whether these are the hashes they should be. `None`
    /// when a tile is not given, or has another number of hashes.
    pub fn resume(size: u64, mut hashes: impl FnMut(Tile) -> Option<Vec<Hash>>) -> Option<TileStream> {
        let mut stream = TileStream { levels: Vec::new(), size };
        for level in 0..u8::MAX {
            let Some(count @ 1..) = size.checked_shr(Tile::HEIGHT * u32::from(level)) else { break };
            let width = u16::try_from(count % u64::from(Tile::FULL_WIDTH)).ok()?;
            let waiting = match width {
                0 => Vec::new(),
                _ => {
                    hashes(stream.tile(level, width)?).filter(|hashes| hashes.len() == usize::from(width))?
                }
            };
            stream.levels.push(waiting);
        }
        Some(stream)
    }

    /// How many entries were pushed.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends an entry by its [`leaf_hash`](crate::leaf_hash), and gives the tiles that it fills, with
    /// their bytes, from the lowest level up. Mostly there are none.
    pub fn push(&mut self, leaf: Hash) -> Vec<(Tile, Vec<u8>)> {
        self.size += 1;
        let mut filled = Vec::new();
        let mut hash = leaf;
        for level in 0..u8::MAX {
            if self.levels.len() <= usize::from(level) {
                self.levels.push(Vec::with_capacity(usize::from(Tile::FULL_WIDTH)));
            }
            let Some(waiting) = self.levels.get_mut(usize::from(level)) else { break };
            waiting.push(hash);
            if waiting.len() < usize::from(Tile::FULL_WIDTH) {
                break;
            }
            hash = perfect_root(waiting);
            let bytes = concat(waiting);
            waiting.clear();
            filled.extend(self.tile(level, Tile::FULL_WIDTH).map(|tile| (tile, bytes)));
        }
        filled
    }

    /// The tiles that are not full, with their bytes, from the lowest level up.
    #[must_use]
    pub fn partial_tiles(&self) -> Vec<(Tile, Vec<u8>)> {
        let partial = |(level, waiting): (u8, &Vec<Hash>)| {
            let width = u16::try_from(waiting.len()).ok().filter(|width| *width > 0)?;
            self.tile(level, width).map(|tile| (tile, concat(waiting)))
        };
        (0..u8::MAX).zip(&self.levels).filter_map(partial).collect()
    }

    /// The last tile of a level, with this width.
    fn tile(&self, level: u8, width: u16) -> Option<Tile> {
        let hashes = self.size.checked_shr(Tile::HEIGHT * u32::from(level))?;
        Tile::new(level, hashes.checked_sub(width.into())? / u64::from(Tile::FULL_WIDTH), width).ok()
    }

    /// The root of everything that was pushed.
    #[must_use]
    pub fn root(&self) -> Hash {
        // The hashes that wait at a level are those of perfect subtrees, larger ones to their left.
        let mut root = None;
        for waiting in &self.levels {
            let mut rest = waiting.as_slice();
            while !rest.is_empty() {
                let (left, right) = rest.split_at(rest.len() & (rest.len() - 1));
                let peak = perfect_root(right);
                root = Some(root.map_or(peak, |root| node_hash(&peak, &root)));
                rest = left;
            }
        }
        root.unwrap_or(EMPTY_ROOT)
    }
}

/// The hash that stands for a full tile in the tile above it. `None` for a tile that is not full.
#[must_use]
pub fn full_tile_root(hashes: &[Hash]) -> Option<Hash> {
    (hashes.len() == usize::from(Tile::FULL_WIDTH)).then(|| perfect_root(hashes))
}

/// The root of a power of two of hashes.
fn perfect_root(hashes: &[Hash]) -> Hash {
    match hashes {
        [] => EMPTY_ROOT,
        [one] => *one,
        _ => {
            let (left, right) = hashes.split_at(hashes.len() / 2);
            node_hash(&perfect_root(left), &perfect_root(right))
        }
    }
}

fn concat(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| hash.0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{LogFile, MerkleTree, layout, leaf_hash};

    /// The tree of an earlier size, from the tiles of a later one.
    #[test]
    fn the_past_is_in_the_tiles() {
        let mut tree = MerkleTree::new();
        tree.extend((0..66_100_u64).map(|entry| leaf_hash(&entry.to_le_bytes())));
        let hashes = |tile: Tile| -> Option<Vec<Hash>> {
            let bytes = tree.tile(tile.level(), tile.index(), tile.width()).ok()?;
            Some(bytes.chunks(32).map(|hash| Hash(hash.try_into().unwrap())).collect())
        };
        for size in [0, 1, 2, 255, 256, 257, 511, 700, 65_535, 65_536, 65_537, 66_047, 66_100] {
            let stream = TileStream::resume(size, hashes).unwrap();
            assert_eq!((stream.size(), stream.root()), (size, tree.root_at(size).unwrap()));
        }
        // It can be gone on with.
        let mut stream = TileStream::resume(66_000, hashes).unwrap();
        (66_000..66_100_u64).for_each(|entry| drop(stream.push(leaf_hash(&entry.to_le_bytes()))));
        assert_eq!(stream.root(), tree.root());
        // A level with one hash less, even the right root of it, is another tree.
        assert!(TileStream::resume(3, |tile| hashes(tile).map(|hashes| hashes[1..].to_vec())).is_none());
        assert!(TileStream::resume(3, |_| None).is_none());
        let full = hashes(Tile::new(0, 1, 256).unwrap()).unwrap();
        assert_eq!(full_tile_root(&full), Some(hashes(Tile::new(1, 0, 2).unwrap()).unwrap()[1]));
        assert_eq!(full_tile_root(&full[1..]), None);
    }

    /// Every size up to two levels of tiles: the same root, and exactly the layout's tiles.
    #[test]
    fn the_stream_is_the_tree() {
        let (mut stream, mut tree) = (TileStream::new(), MerkleTree::new());
        assert_eq!(stream.root(), tree.root());
        let mut tiles = Vec::new();
        for entry in 0..66_100_u64 {
            let leaf = leaf_hash(&entry.to_le_bytes());
            tree.push(leaf);
            tiles.extend(stream.push(leaf));
            if !(2_000..=65_300).contains(&entry) {
                assert_eq!(stream.root(), tree.root(), "size {}", entry + 1);
            }
            if [0, 1, 254, 255, 256, 511, 700, 65_534, 65_535, 65_536, 66_099].contains(&entry) {
                let mut all = tiles.clone();
                all.extend(stream.partial_tiles());
                all.sort();
                let expected: Vec<(Tile, Vec<u8>)> = layout(tree.size())
                    .filter_map(|file| match file {
                        LogFile::Tile(tile) => Some(tile),
                        _ => None,
                    })
                    .map(|tile| (tile, tree.tile(tile.level(), tile.index(), tile.width()).unwrap()))
                    .collect();
                assert_eq!(all.len(), expected.len(), "size {}", entry + 1);
                assert!(all == expected, "size {}", entry + 1);
            }
        }
    }
}
