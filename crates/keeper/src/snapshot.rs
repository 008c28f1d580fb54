//! A snapshot of the board's state, so that a box with hundreds of thousands of ballots is back at once after it was
//! killed. It is signed by the log's key and bound to the root of the entries that it covers; whatever is wrong with
//! it, the board is replayed from its entries instead.
//!
//! # Its bytes
//!
//! In postcard's encoding: a signed note, then the body, which is a format number, the software's version, the
//! SHA-256 of the manifest, the root of the first `size` entries, and the [`SavedState`]. The note is a checkpoint of
//! a log of its own, named as the board's with `/snapshot` behind it, of the same size and with the hash of the body
//! as its root: nobody can take it for a checkpoint of the board.

use std::io;

use serde::{Deserialize, Serialize};
use veche_board::{Checkpoint, Hash, LogPublicKey, MerkleTree, Origin, SignedCheckpoint, Tile, TileStream};
use veche_crypto::hash::digest;
use veche_verify::BoardState;
use veche_verify::state::{ReopenError, SavedState};

use crate::keys::BoxKeys;
use crate::store::StoreError;

/// Another number means other bytes.
const FORMAT: u32 = 1;

/// Another version of the software may understand the same bytes differently.
const SOFTWARE: &str = env!("CARGO_PKG_VERSION");

/// The domain of the body's hash.
const DOMAIN: &str = "board-snapshot";

/// Where one snapshot is kept between two runs. It may be lost at any time, or be an older one.
pub trait SnapshotPlace: Send + Sync {
    /// The bytes that were kept last, if any were.
    ///
    /// # Errors
    /// The disk's.
    fn read(&self) -> io::Result<Option<Vec<u8>>>;

    /// Keeps bytes in the place of those before them. Whoever reads finds the ones or the others.
    ///
    /// # Errors
    /// The disk's.
    fn write(&self, bytes: &[u8]) -> io::Result<()>;
}

/// Why a snapshot is of no use.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SnapshotError {
    /// The disk.
    #[error(transparent)]
    Place(#[from] io::Error),
    /// The board's store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Not bytes of this form.
    #[error("it is damaged")]
    Damaged,
    /// Not signed by this board's key, or changed since.
    #[error("it is not signed by this board's key")]
    Signature,
    /// Of other software, or another manifest.
    #[error("another version of the software wrote it, or it is of another vote")]
    Other,
    /// Of more entries than there are.
    #[error("it has {theirs} entries, and the board has {ours}")]
    Ahead {
        /// Entries of the snapshot.
        theirs: u64,
        /// Entries that are stored.
        ours: u64,
    },
    /// Of other entries.
    #[error("the first {0} entries of the board are others")]
    Entries(u64),
    /// The state in it.
    #[error(transparent)]
    State(#[from] ReopenError),
}

#[derive(Debug, Serialize, Deserialize)]
struct Body<'a> {
    format: u32,
    software: &'a str,
    manifest: [u8; 32],
    root: [u8; 32],
    state: SavedState,
}

/// A state and the root of its entries, to be kept.
#[derive(Debug)]
pub(crate) struct Snapshot {
    pub(crate) origin: Origin,
    pub(crate) manifest: [u8; 32],
    pub(crate) root: Hash,
    pub(crate) state: SavedState,
}

impl Snapshot {
    /// The signed bytes.
    pub(crate) fn into_bytes(self, keys: &BoxKeys) -> Result<Vec<u8>, SnapshotError> {
        let Snapshot { origin, manifest, root, state } = self;
        let size = state.size();
        let body = Body { format: FORMAT, software: SOFTWARE, manifest, root: *root.as_bytes(), state };
        let body = postcard::to_stdvec(&body).map_err(|_| SnapshotError::Damaged)?;
        let named = Checkpoint { origin: name_of(&origin)?, size, root: hash_of(&body) };
        let mut bytes = postcard::to_stdvec(&named.sign(&keys.log)).map_err(|_| SnapshotError::Damaged)?;
        bytes.extend(body);
        Ok(bytes)
    }

    /// Reads signed bytes. Everything in them is then as this board's key has signed it.
    pub(crate) fn open(
        bytes: &[u8],
        origin: &Origin,
        key: &LogPublicKey,
        manifest: [u8; 32],
    ) -> Result<Self, SnapshotError> {
        let damaged = |_| SnapshotError::Damaged;
        let (note, body): (&str, &[u8]) = postcard::take_from_bytes(bytes).map_err(damaged)?;
        let signed = SignedCheckpoint::open(note.as_bytes(), key, &name_of(origin)?);
        let signed = signed.map_err(|_| SnapshotError::Signature)?;
        if signed.root != hash_of(body) {
            return Err(SnapshotError::Signature);
        }
        // What stands first is read first: another format may go on differently.
        let (format, _) = postcard::take_from_bytes::<u32>(body).map_err(damaged)?;
        if format != FORMAT {
            return Err(SnapshotError::Other);
        }
        let read: Body<'_> = postcard::from_bytes(body).map_err(damaged)?;
        if read.software != SOFTWARE || read.manifest != manifest {
            return Err(SnapshotError::Other);
        }
        let Body { root, state, .. } = read;
        if state.size() != signed.size {
            return Err(SnapshotError::Damaged);
        }
        Ok(Snapshot { origin: origin.clone(), manifest, root: Hash::from_bytes(root), state })
    }

    /// Takes the state up again over the tree of its entries, with the leaves that it names.
    pub(crate) fn reopen(
        self,
        manifest: &[u8],
        tree: &MerkleTree,
        aside: &[Vec<u8>],
    ) -> Result<BoardState, SnapshotError> {
        let stream = TileStream::resume(tree.size(), |tile| hashes(tree, tile));
        let stream = stream.ok_or(SnapshotError::Damaged)?;
        Ok(BoardState::reopen(manifest, self.state, aside, stream)?)
    }
}

fn hash_of(body: &[u8]) -> Hash {
    Hash::from_bytes(*digest(DOMAIN, &[body]).as_bytes())
}

fn name_of(origin: &Origin) -> Result<Origin, SnapshotError> {
    format!("{origin}/snapshot").parse().map_err(|_| SnapshotError::Damaged)
}

/// The hashes of a tile.
fn hashes(tree: &MerkleTree, tile: Tile) -> Option<Vec<Hash>> {
    let bytes = tree.tile(tile.level(), tile.index(), tile.width()).ok()?;
    let (hashes, []) = bytes.as_chunks::<{ Hash::LEN }>() else { return None };
    Some(hashes.iter().map(|hash| Hash::from_bytes(*hash)).collect())
}
