//! Looking things up in a log that one does not hold: which tiles are needed, and whether what was fetched is what the
//! checkpoint signs.
//!
//! The tiles at the tree's right edge lead to its root. Every other tile is full, and the tile above it holds its root.
//! So each tile, and each bundle, is verified by what was verified before it, and the whole costs one tile for each
//! level, whatever is looked up.

use std::collections::BTreeMap;

use crate::bundle::{BundleError, decode_bundle};
use crate::checkpoint::Checkpoint;
use crate::hash::{Hash, leaf_hash};
use crate::stream::{TileStream, full_tile_root};
use crate::tile::{Bundle, LogFile, Tile};

/// What is to be looked up in a log, beside its newest root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LookupTarget {
    /// The root of its first entries.
    RootOf(u64),
    /// The bundles from this entry on: they can be verified one by one.
    BundlesFrom(u64),
}

/// The parts of a log under one checkpoint, every one of them verified.
#[derive(Debug, Clone)]
pub struct Lookup {
    size: u64,
    tiles: BTreeMap<(u8, u64), Vec<Hash>>,
}

/// What was fetched is not what the checkpoint signs. The fault of whoever served it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LookupError {
    /// The tile has another number of hashes.
    #[error("{0} has another length than its tile")]
    Length(Tile),
    /// The caller's fault: a tile that [`needed`] names was not given.
    #[error("{0} was not given")]
    Absent(Tile),
    /// The tiles at the edge do not lead to the signed root.
    #[error("the tiles of the log are not those that its checkpoint signs")]
    Root,
    /// A full tile is not the one that the tile above it names.
    #[error("{0} is not the tile that the checkpoint signs")]
    Tile(Tile),
    /// Not a bundle.
    #[error("{0}")]
    Bundle(#[from] BundleError),
    /// A bundle whose entries are others than the checkpoint signs.
    #[error("{} is not the bundle that the checkpoint signs", LogFile::Bundle(*.0))]
    Entries(Bundle),
    /// The caller's fault: nothing of this was asked for, or the log is not that long.
    #[error("the log has no such part, or it was not asked for")]
    NotAsked,
}

/// The tile at a place of a log of `size` entries, as wide as it is there.
fn tile_at(size: u64, level: u8, index: u64) -> Option<Tile> {
    let hashes = size.checked_shr(Tile::HEIGHT * u32::from(level))?;
    let left = hashes.checked_sub(index.checked_mul(u64::from(Tile::FULL_WIDTH))?)?;
    Tile::new(level, index, u16::try_from(left.min(u64::from(Tile::FULL_WIDTH))).ok()?).ok()
}

/// Levels of tiles that a log of this size has.
fn levels(size: u64) -> impl Iterator<Item = u8> {
    (0..8u8).take_while(move |level| size >> (Tile::HEIGHT * u32::from(*level)) > 0)
}

/// The tiles to be fetched, for [`Lookup::open`]: from the highest level down.
#[must_use]
pub fn needed(size: u64, wanted: &[LookupTarget]) -> Vec<Tile> {
    let mut tiles = BTreeMap::new();
    let mut need = |level: u8, index: u64| {
        // A tile is verified by the one above it, up to where there is none.
        let mut index = index;
        for level in level..8 {
            let Some(tile) = tile_at(size, level, index) else { break };
            tiles.insert((std::cmp::Reverse(level), index), tile);
            index /= u64::from(Tile::FULL_WIDTH);
        }
    };
    let edge = |of: u64, need: &mut dyn FnMut(u8, u64)| {
        for level in levels(of) {
            let hashes = of >> (Tile::HEIGHT * u32::from(level));
            if !hashes.is_multiple_of(u64::from(Tile::FULL_WIDTH)) {
                need(level, hashes / u64::from(Tile::FULL_WIDTH));
            }
        }
    };
    edge(size, &mut need);
    for wanted in wanted {
        match *wanted {
            LookupTarget::RootOf(then) if then <= size => edge(then, &mut need),
            LookupTarget::BundlesFrom(first) if first < size => {
                // The roots of full bundles stand one level up.
                let above = u64::from(Tile::FULL_WIDTH).pow(2);
                (first / above..=(size - 1) / above).for_each(|index| need(1, index));
            }
            _ => {}
        }
    }
    tiles.into_values().collect()
}

impl Lookup {
    /// Verifies the tiles that [`needed`] names.
    ///
    /// # Errors
    /// [`LookupError`]: they are not those that the checkpoint signs.
    pub fn open(checkpoint: &Checkpoint, given: &[(Tile, Vec<u8>)]) -> Result<Lookup, LookupError> {
        let size = checkpoint.size;
        let mut lookup = Lookup { size, tiles: BTreeMap::new() };
        for (tile, bytes) in given {
            let (hashes, rest) = bytes.as_chunks::<32>();
            if !rest.is_empty() || hashes.len() != usize::from(tile.width()) {
                return Err(LookupError::Length(*tile));
            }
            if tile_at(size, tile.level(), tile.index()) != Some(*tile) {
                return Err(LookupError::NotAsked);
            }
            lookup
                .tiles
                .insert((tile.level(), tile.index()), hashes.iter().map(|hash| Hash(*hash)).collect());
        }
        let edge = TileStream::resume(size, |tile| lookup.first_hashes(tile));
        if edge.map(|edge| edge.root()) != Some(checkpoint.root) {
            let absent =
                needed(size, &[]).into_iter().find(|tile| lookup.tile(tile.level(), tile.index()).is_none());
            return Err(absent.map_or(LookupError::Root, LookupError::Absent));
        }
        // Partial tiles are at the edge and verified. A full one is named by the tile above it, which is either given
        // and verified in its turn, or was not given, and then nothing can be said.
        for (&(level, index), hashes) in &lookup.tiles {
            let Some(tile) = tile_at(size, level, index) else { return Err(LookupError::NotAsked) };
            if tile.width() != Tile::FULL_WIDTH {
                continue;
            }
            let full = u64::from(Tile::FULL_WIDTH);
            let above = tile_at(size, level + 1, index / full).ok_or(LookupError::Tile(tile))?;
            let named = lookup
                .tile(above.level(), above.index())
                .ok_or(LookupError::Absent(above))?
                .get(usize::try_from(index % full).unwrap_or(usize::MAX));
            if named.is_none() || named != full_tile_root(hashes).as_ref() {
                return Err(LookupError::Tile(tile));
            }
        }
        Ok(lookup)
    }

    fn tile(&self, level: u8, index: u64) -> Option<&Vec<Hash>> {
        self.tiles.get(&(level, index))
    }

    /// The first hashes of the tile at this place, as many as this tile is wide: those of an earlier tree.
    fn first_hashes(&self, tile: Tile) -> Option<Vec<Hash>> {
        self.tile(tile.level(), tile.index())?.get(..usize::from(tile.width())).map(<[Hash]>::to_vec)
    }

    /// The number of entries under the checkpoint.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root of the log's first entries.
    ///
    /// # Errors
    /// [`LookupError::NotAsked`].
    pub fn root_of(&self, size: u64) -> Result<Hash, LookupError> {
        if size > self.size {
            return Err(LookupError::NotAsked);
        }
        let past = TileStream::resume(size, |tile| self.first_hashes(tile)).ok_or(LookupError::NotAsked)?;
        Ok(past.root())
    }

    /// The bundle that holds an entry.
    ///
    /// # Errors
    /// [`LookupError::NotAsked`] for an entry that the log does not have.
    pub fn bundle_of(&self, entry: u64) -> Result<Bundle, LookupError> {
        bundle_of(entry, self.size).ok_or(LookupError::NotAsked)
    }

    /// The entries of a bundle, if they are those that the checkpoint signs.
    ///
    /// # Errors
    /// [`LookupError`].
    pub fn entries<'a>(&self, bundle: Bundle, bytes: &'a [u8]) -> Result<Vec<&'a [u8]>, LookupError> {
        if tile_at(self.size, 0, bundle.index()).map(|tile| tile.width()) != Some(bundle.width()) {
            return Err(LookupError::NotAsked);
        }
        let entries = decode_bundle(bytes, bundle.width().into())?;
        let leaves: Vec<Hash> = entries.iter().map(|entry| leaf_hash(entry)).collect();
        let full = u64::from(Tile::FULL_WIDTH);
        let signed = match full_tile_root(&leaves) {
            Some(root) => {
                let above = self.tile(1, bundle.index() / full).ok_or(LookupError::NotAsked)?;
                above.get(usize::try_from(bundle.index() % full).unwrap_or(usize::MAX)) == Some(&root)
            }
            None => self.tile(0, bundle.index()).ok_or(LookupError::NotAsked)? == &leaves,
        };
        if signed { Ok(entries) } else { Err(LookupError::Entries(bundle)) }
    }
}

/// The bundle that holds an entry of a log of this size.
#[must_use]
pub fn bundle_of(entry: u64, size: u64) -> Option<Bundle> {
    if entry >= size {
        return None;
    }
    let index = entry / u64::from(Tile::FULL_WIDTH);
    Bundle::new(index, tile_at(size, 0, index)?.width()).ok()
}

#[cfg(test)]
mod tests;
