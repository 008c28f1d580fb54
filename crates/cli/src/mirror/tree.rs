//! Tiles that a signed root vouches for, from the top down.

use std::collections::BTreeMap;

use veche_board::{Checkpoint, Hash, Tile, TileStream, full_tile_root};

/// Every tile above the lowest level, and the lowest level's tile that is not full: what it takes to judge any other
/// file of the log alone.
#[derive(Debug)]
pub(super) struct Vouched {
    size: u64,
    /// The hashes of each level's tiles, by level and index.
    tiles: BTreeMap<(u8, u64), Vec<Hash>>,
}

/// Where tiles come from. What it gives need not be right; what it returns an error for ends everything.
pub(super) trait Tiles {
    /// What can go wrong.
    type Error;

    /// The hashes of the tiles that only the root itself can vouch for, all together: of each level the one that is
    /// not full. Called again with `again` when their root is not the signed one.
    fn edge(&mut self, tile: Tile, again: bool) -> Result<Vec<Hash>, Self::Error>;

    /// The hashes of a full tile that has this root.
    fn full(&mut self, tile: Tile, root: Hash) -> Result<Vec<Hash>, Self::Error>;
}

/// Why nothing is vouched for.
#[derive(Debug)]
pub(super) enum Unvouched<E> {
    /// The tiles' source.
    Source(E),
    /// The tiles that are not full do not have the signed root.
    Root,
}

impl Vouched {
    /// Reads the tiles under a checkpoint.
    pub fn read<T: Tiles>(checkpoint: &Checkpoint, source: &mut T) -> Result<Self, Unvouched<T::Error>> {
        let size = checkpoint.size;
        let mut tiles = None;
        for again in [false, true] {
            let mut edge = BTreeMap::new();
            let mut failed = None;
            let stream = TileStream::resume(size, |tile| match source.edge(tile, again) {
                Ok(hashes) => {
                    edge.insert((tile.level(), tile.index()), hashes.clone());
                    Some(hashes)
                }
                Err(error) => {
                    failed = Some(error);
                    None
                }
            });
            if let Some(error) = failed {
                return Err(Unvouched::Source(error));
            }
            if stream.is_some_and(|stream| stream.root() == checkpoint.root) {
                tiles = Some(edge);
                break;
            }
        }
        let mut vouched = Vouched { size, tiles: tiles.ok_or(Unvouched::Root)? };
        for level in (1..8u8).rev() {
            for index in 0..full_tiles(size, level) {
                // Where the size is below 2^64 every full tile has a place in the tile above it.
                let (Some(root), Ok(tile)) =
                    (vouched.root_of(level, index), Tile::new(level, index, Tile::FULL_WIDTH))
                else {
                    return Err(Unvouched::Root);
                };
                let hashes = source.full(tile, root).map_err(Unvouched::Source)?;
                vouched.tiles.insert((level, index), hashes);
            }
        }
        Ok(vouched)
    }

    /// How many full tiles the lowest level has.
    pub fn full_leaf_tiles(&self) -> u64 {
        full_tiles(self.size, 0)
    }

    /// The hashes of the lowest level's tile that is not full, and its index.
    pub fn last_leaves(&self) -> Option<(u64, &[Hash])> {
        let index = self.full_leaf_tiles();
        self.tiles.get(&(0, index)).map(|hashes| (index, hashes.as_slice()))
    }

    /// What a full tile's root must be.
    pub fn root_of(&self, level: u8, index: u64) -> Option<Hash> {
        let full = u64::from(Tile::FULL_WIDTH);
        let above = self.tiles.get(&(level.checked_add(1)?, index / full))?;
        above.get(usize::try_from(index % full).ok()?).copied()
    }

    /// The root that the log had at an earlier size. `leaves` gives the hashes of a full tile of the lowest level that
    /// has this root.
    pub fn root_at<E>(
        &self,
        size: u64,
        leaves: impl FnOnce(Tile, Hash) -> Result<Vec<Hash>, E>,
    ) -> Result<Option<Hash>, E> {
        let mut leaves = Some(leaves);
        let mut failed = None;
        let stream = TileStream::resume(size, |tile| {
            let mut hashes = match self.tiles.get(&(tile.level(), tile.index())) {
                Some(hashes) => hashes.clone(),
                None if tile.level() == 0 => {
                    let full = Tile::new(0, tile.index(), Tile::FULL_WIDTH).ok()?;
                    match leaves.take()?(full, self.root_of(0, tile.index())?) {
                        Ok(hashes) => hashes,
                        Err(error) => {
                            failed = Some(error);
                            return None;
                        }
                    }
                }
                None => return None,
            };
            hashes.truncate(tile.width().into());
            Some(hashes)
        });
        failed.map_or_else(|| Ok(stream.map(|stream| stream.root())), Err)
    }
}

fn full_tiles(size: u64, level: u8) -> u64 {
    size.checked_shr(Tile::HEIGHT * (u32::from(level) + 1)).unwrap_or(0)
}

/// The hashes in a tile's bytes; nothing where there is not a whole number of them.
pub(super) fn hashes(bytes: &[u8]) -> Option<Vec<Hash>> {
    let (whole, rest) = bytes.as_chunks::<32>();
    rest.is_empty().then(|| whole.iter().copied().map(Hash::from_bytes).collect())
}

/// Whether these are the hashes of the full tile that has this root.
pub(super) fn is_full(hashes: &[Hash], root: Hash) -> bool {
    full_tile_root(hashes) == Some(root)
}
