//! What a ballot is for: the byte `phase` of protocol.md section 6, and the key `phase` of a manifest.

use serde::{Deserialize, Serialize};

/// What a ballot is for. It is hashed into every proof of the ballot, so that one of one kind can never
/// be taken for one of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[repr(u8)]
pub enum BallotKind {
    /// It counts.
    Election = 1,
    /// It is cast in a trial run of a whole election, `"rehearsal"` in the manifest, and counts for nothing.
    #[serde(rename = "rehearsal")]
    Trial = 2,
    /// It is made up, and decrypted before voting opens to show that the trustees can. No manifest
    /// says so: every election, a trial run too, begins with such ballots.
    #[serde(skip)]
    Rehearsal = 3,
}

impl BallotKind {
    /// The byte that says so in a ballot.
    pub const fn byte(self) -> u8 {
        self as u8
    }
}
