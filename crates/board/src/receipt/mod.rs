//! A portable receipt: what a voter keeps to show later, to anyone, that an entry was acknowledged.
//!
//! ```json
//! {"index":7,"leaf":"<base64>","proof":["<base64>", …],"checkpoint":"<signed note>"}
//! ```

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::checkpoint::{Checkpoint, CheckpointError, SignedCheckpoint};
use crate::cosignature::Witnesses;
use crate::hash::{Hash, leaf_hash};
use crate::key::{LogPublicKey, Origin};
use crate::note::MAX_NOTE_BYTES;
use crate::proof::{MAX_PROOF_LEN, ProofError, verify_inclusion};

/// The longest receipt file: the longest note, escaped, and the longest proof.
pub const MAX_RECEIPT_BYTES: usize = 2 * MAX_NOTE_BYTES;

/// A leaf hash, its place, an inclusion proof and the signed checkpoint it leads to. Nothing in it is verified until
/// [`check`](Self::check).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(into = "Wire")]
pub struct Receipt {
    /// The entry's number in the log.
    pub index: u64,
    /// The entry's [`leaf_hash`].
    pub leaf_hash: Hash,
    /// The inclusion proof, at most [`MAX_PROOF_LEN`] hashes.
    pub proof: Vec<Hash>,
    /// The log's checkpoint, a signed note.
    pub checkpoint: String,
}

/// A receipt that doesn't hold. Names whose fault it is.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReceiptError {
    /// The receipt's author's fault: longer than [`MAX_RECEIPT_BYTES`].
    #[error("the receipt is longer than 256 KiB")]
    TooLong,
    /// The receipt's author's fault: not the JSON document that a receipt is.
    #[error("not a receipt: {0}")]
    Form(#[from] serde_json::Error),
    /// The caller's fault, or the receipt's author's: it is the receipt of another entry.
    #[error("the receipt is for another entry")]
    OtherEntry,
    /// The checkpoint isn't one that the expected log signed.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The receipt's author's fault: the proof doesn't lead from the entry to the signed root.
    #[error("the receipt's entry is not under its checkpoint: {0}")]
    Inclusion(#[from] ProofError),
}

impl Receipt {
    /// Reads a receipt file. Unknown, missing and repeated fields, loose base64 and bytes after the end are refused.
    ///
    /// # Errors
    /// The receipt's author's fault: [`ReceiptError::TooLong`] or [`ReceiptError::Form`].
    pub fn parse(json: &[u8]) -> Result<Receipt, ReceiptError> {
        if json.len() > MAX_RECEIPT_BYTES {
            return Err(ReceiptError::TooLong);
        }
        Ok(serde_json::from_slice(json)?)
    }

    /// The receipt file, on one line.
    #[must_use]
    #[expect(
        clippy::expect_used,
        reason = "a number and strings under string keys are always writable as JSON"
    )]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a receipt is always writable")
    }

    /// Checks everything the receipt claims, of a log without witnesses: see
    /// [`check_witnessed`](Self::check_witnessed).
    ///
    /// # Errors
    /// See [`ReceiptError`].
    pub fn check(
        &self,
        origin: &Origin,
        key: &LogPublicKey,
        entry: &[u8],
    ) -> Result<Checkpoint, ReceiptError> {
        self.check_witnessed(origin, key, None, entry)
    }

    /// Checks everything the receipt claims: that it is for `entry`, that the log `origin` signed its checkpoint with
    /// `key`, that enough of the log's witnesses have cosigned it, and that the entry is under that checkpoint. Returns
    /// the checkpoint, to be compared with others seen.
    ///
    /// # Errors
    /// See [`ReceiptError`].
    pub fn check_witnessed(
        &self,
        origin: &Origin,
        key: &LogPublicKey,
        witnesses: Option<&Witnesses>,
        entry: &[u8],
    ) -> Result<Checkpoint, ReceiptError> {
        if leaf_hash(entry) != self.leaf_hash {
            return Err(ReceiptError::OtherEntry);
        }
        self.check_leaf(origin, key, witnesses)
    }

    /// The same without the entry: that whatever has this leaf hash is under the log's checkpoint at this place.
    ///
    /// # Errors
    /// See [`ReceiptError`].
    pub fn check_leaf(
        &self,
        origin: &Origin,
        key: &LogPublicKey,
        witnesses: Option<&Witnesses>,
    ) -> Result<Checkpoint, ReceiptError> {
        let checkpoint = SignedCheckpoint::open_witnessed(&self.checkpoint, key, origin, witnesses)?;
        verify_inclusion(self.leaf_hash, self.index, checkpoint.size, &self.proof, checkpoint.root)?;
        Ok(checkpoint)
    }
}

/// The JSON shape. Repeated fields are refused by serde itself.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    index: u64,
    leaf: String,
    proof: Vec<String>,
    checkpoint: String,
}

/// Reads an object only: serde's derived code would accept the bare list of its values as well.
impl<'de> Deserialize<'de> for Receipt {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Receipt, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Receipt;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a receipt")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Receipt, A::Error> {
                Wire::deserialize(MapAccessDeserializer::new(map))?.try_into().map_err(A::Error::custom)
            }
        }

        deserializer.deserialize_map(Object)
    }
}

impl From<Receipt> for Wire {
    fn from(receipt: Receipt) -> Wire {
        Wire {
            index: receipt.index,
            leaf: receipt.leaf_hash.to_base64(),
            proof: receipt.proof.iter().map(Hash::to_base64).collect(),
            checkpoint: receipt.checkpoint,
        }
    }
}

impl TryFrom<Wire> for Receipt {
    type Error = String;

    fn try_from(wire: Wire) -> Result<Receipt, String> {
        if wire.proof.len() > MAX_PROOF_LEN {
            return Err(format!("a proof has at most {MAX_PROOF_LEN} hashes"));
        }
        if wire.checkpoint.len() > MAX_NOTE_BYTES {
            return Err("the checkpoint is longer than 128 KiB".to_owned());
        }
        let hash = |text: &String| Hash::from_base64(text).map_err(|error| error.to_string());
        Ok(Receipt {
            index: wire.index,
            leaf_hash: hash(&wire.leaf)?,
            proof: wire.proof.iter().map(hash).collect::<Result<_, _>>()?,
            checkpoint: wire.checkpoint,
        })
    }
}

#[cfg(test)]
mod tests;
