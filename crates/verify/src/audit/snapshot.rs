//! What an interrupted audit has done, to go on from there.
//!
//! The first `size` entries, whose tree has the root `root`, were replayed, and every signature and
//! proof in them was verified; the entries in `bad` have one that is false; the sums of their ballots
//! are `sums`. Going on means: all entries are read and hashed again, everything that needs no
//! arithmetic is checked again, the root at `size` is compared, and only ballots, credentials and
//! revocations before it that are not `bad` are not verified a second time. The root makes the
//! snapshot useless for any other record. Nothing makes it true: whoever can write the place where it
//! is kept can lie to the one who reads it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use veche_crypto::hash::digest;

use crate::state::SavedSum;

/// The domain of the checksum.
const CHECKSUM: &str = "audit-snapshot";

/// See the module's documentation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    pub(super) size: u64,
    pub(super) root: [u8; 32],
    pub(super) bad: BTreeSet<u64>,
    pub(super) sums: Vec<SavedSum>,
}

/// Why bytes are no snapshot that this software may go on from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SnapshotError {
    /// Cut off, changed, or something else.
    #[error("it is damaged")]
    Damaged,
    /// Another version may have checked less.
    #[error("another version of the software wrote it")]
    OtherSoftware,
}

#[derive(Serialize, Deserialize)]
struct Document {
    software: String,
    size: u64,
    root: [u8; 32],
    bad: BTreeSet<u64>,
    sums: Vec<SavedSum>,
}

impl Snapshot {
    /// How many entries were verified.
    pub fn entries(&self) -> u64 {
        self.size
    }

    /// The snapshot as a file. `software` names who wrote it, to the byte: what another version has
    /// verified counts for nothing.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn to_bytes(&self, software: &str) -> Result<Vec<u8>, serde_json::Error> {
        let Snapshot { size, root, bad, sums } = self.clone();
        let body = serde_json::to_vec(&Document { software: software.into(), size, root, bad, sums })?;
        Ok([digest(CHECKSUM, &[&body]).to_string().as_bytes(), b"\n", &body].concat())
    }

    /// Reads a file that [`Self::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`SnapshotError`].
    pub fn parse(bytes: &[u8], software: &str) -> Result<Self, SnapshotError> {
        let (checksum, body) = bytes.split_at_checked(65).ok_or(SnapshotError::Damaged)?;
        if checksum != format!("{}\n", digest(CHECKSUM, &[body])).as_bytes() {
            return Err(SnapshotError::Damaged);
        }
        let document: Document = serde_json::from_slice(body).map_err(|_| SnapshotError::Damaged)?;
        if document.software != software {
            return Err(SnapshotError::OtherSoftware);
        }
        let Document { size, root, bad, sums, .. } = document;
        Ok(Snapshot { size, root, bad, sums })
    }
}
