//! A receipt short enough for a QR code: the same proof as a [`Receipt`], in bytes, with everything left out that the
//! reader can work out.
//!
//! | bytes | what |
//! |---|---|
//! | 1 | version = 1 |
//! | 8 | scope: what the log is about, the caller's choice |
//! | varint | index |
//! | varint | size of the tree, over the index |
//! | 32 | leaf hash |
//! | 32 each | the inclusion proof: as many hashes as index and size need |
//! | 1 | number of signature lines, 1 to 64 |
//! | … | for each: key id (4 bytes), length (varint, not zero), signature |
//!
//! The root follows from the proof, the note's text from the log's name, the size and the root. A varint is a number in
//! groups of seven bits, lowest first, with the top bit set on all but the last; the shortest spelling only.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::cosignature::{WitnessKey, Witnesses};
use crate::hash::Hash;
use crate::key::{LogPublicKey, Origin};
use crate::note::{MAX_SIGNATURES, Note, NoteError, assemble};
use crate::proof::{ProofError, inclusion_proof_len, root_from_inclusion};
use crate::receipt::{Receipt, ReceiptError};

/// The only version so far.
pub const VERSION: u8 = 1;
/// Bytes of the scope.
pub const SCOPE_LEN: usize = 8;
/// The longest compact receipt that is read. A QR code holds less than 3 KiB.
pub const MAX_COMPACT_BYTES: usize = 16 * 1024;

/// A compact receipt as it was read. Nothing in it is verified until [`check`](Self::check).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompactReceipt {
    /// What the log is about: an election's fingerprint, cut short. It says quickly that a receipt is of something
    /// else; what proves it is the log's key.
    pub scope: [u8; SCOPE_LEN],
    /// The entry's number in the log.
    pub index: u64,
    /// The size that the checkpoint claims.
    pub size: u64,
    /// The entry's [`leaf_hash`](crate::leaf_hash).
    pub leaf_hash: Hash,
    /// The inclusion proof.
    pub proof: Vec<Hash>,
    /// The note's signature lines without their names, which the reader knows by the key's id.
    pub signatures: Vec<LineBytes>,
}

/// What stands on a signature line, without the name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineBytes {
    /// The key's identifier.
    pub id: [u8; 4],
    /// What follows it: of a log an Ed25519 signature, of a witness a time and a signature.
    pub signature: Vec<u8>,
}

/// Not a compact receipt. The fault of whoever made or changed it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CompactError {
    /// Longer than [`MAX_COMPACT_BYTES`].
    #[error("the receipt is longer than 16 KiB")]
    TooLong,
    /// Not base64url without padding.
    #[error("the receipt is not base64url")]
    Base64,
    /// Another version, of a newer program.
    #[error("receipt version {0} is unknown")]
    Version(u8),
    /// The bytes end too early.
    #[error("the receipt is cut off")]
    Short,
    /// Bytes follow the last signature.
    #[error("{0} bytes follow the end of the receipt")]
    Trailing(usize),
    /// A number that is not in its shortest form, or too large.
    #[error("a number in the receipt is not written as it must be")]
    Number,
    /// An entry that a tree of the size cannot have.
    #[error(transparent)]
    Inclusion(#[from] ProofError),
    /// No signature, or more than a note may have.
    #[error("a receipt has 1 to 64 signatures, not {0}")]
    Signatures(usize),
    /// One key's line stands twice.
    #[error("two signatures have the same key id")]
    Repeated,
    /// When writing: the receipt's checkpoint is not a note.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// When writing: the receipt's checkpoint is not one of the log.
    #[error("the receipt to be written does not hold: {0}")]
    Checkpoint(#[from] CheckpointError),
}

impl CompactReceipt {
    /// The compact form of a receipt that holds: its checkpoint must be signed by the log, and its entry be under it.
    /// Kept are the log's line and those of its witnesses; lines of others are worth nothing to whoever reads it.
    ///
    /// # Errors
    /// [`CompactError::Checkpoint`], [`CompactError::Inclusion`]: the receipt does not hold.
    pub fn new(
        scope: [u8; SCOPE_LEN],
        receipt: &Receipt,
        origin: &Origin,
        key: &LogPublicKey,
        witnesses: Option<&Witnesses>,
    ) -> Result<CompactReceipt, CompactError> {
        let note = Note::parse(receipt.checkpoint.as_bytes())?;
        let checkpoint = crate::SignedCheckpoint::open(&receipt.checkpoint, key, origin)?;
        crate::verify_inclusion(
            receipt.leaf_hash,
            receipt.index,
            checkpoint.size,
            &receipt.proof,
            checkpoint.root,
        )?;
        let mut signatures: Vec<LineBytes> = Vec::new();
        for (name, id, signature) in note.lines() {
            let kept = name_of(id, origin, key, witnesses).is_some_and(|known| known.as_str() == name);
            if kept && signatures.iter().all(|line| line.id != id) {
                signatures.push(LineBytes { id, signature: signature.to_vec() });
            }
        }
        Ok(CompactReceipt {
            scope,
            index: receipt.index,
            size: checkpoint.size,
            leaf_hash: receipt.leaf_hash,
            proof: receipt.proof.clone(),
            signatures,
        })
    }

    /// The bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![VERSION];
        bytes.extend_from_slice(&self.scope);
        write_number(&mut bytes, self.index);
        write_number(&mut bytes, self.size);
        bytes.extend_from_slice(&self.leaf_hash.0);
        self.proof.iter().for_each(|hash| bytes.extend_from_slice(&hash.0));
        bytes.push(u8::try_from(self.signatures.len()).unwrap_or(u8::MAX));
        for line in &self.signatures {
            bytes.extend_from_slice(&line.id);
            write_number(&mut bytes, line.signature.len() as u64);
            bytes.extend_from_slice(&line.signature);
        }
        bytes
    }

    /// The text for an address: base64url without padding.
    #[must_use]
    pub fn to_text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.to_bytes())
    }

    /// Reads the bytes. One receipt has one spelling.
    ///
    /// # Errors
    /// See [`CompactError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<CompactReceipt, CompactError> {
        if bytes.len() > MAX_COMPACT_BYTES {
            return Err(CompactError::TooLong);
        }
        let mut rest = bytes;
        let [version] = array(&mut rest)?;
        if version != VERSION {
            return Err(CompactError::Version(version));
        }
        let scope = array(&mut rest)?;
        let (index, size) = (read_number(&mut rest)?, read_number(&mut rest)?);
        let hashes = inclusion_proof_len(index, size)?;
        let leaf_hash = Hash(array(&mut rest)?);
        let mut proof = Vec::new();
        for _ in 0..hashes {
            proof.push(Hash(array(&mut rest)?));
        }
        let [count] = array(&mut rest)?;
        let count = usize::from(count);
        if count == 0 || count > MAX_SIGNATURES {
            return Err(CompactError::Signatures(count));
        }
        let mut signatures: Vec<LineBytes> = Vec::new();
        for _ in 0..count {
            let id = array(&mut rest)?;
            let len = usize::try_from(read_number(&mut rest)?).map_err(|_| CompactError::Short)?;
            if len == 0 {
                return Err(CompactError::Number);
            }
            let (signature, after) = rest.split_at_checked(len).ok_or(CompactError::Short)?;
            rest = after;
            if signatures.iter().any(|line| line.id == id) {
                return Err(CompactError::Repeated);
            }
            signatures.push(LineBytes { id, signature: signature.to_vec() });
        }
        if !rest.is_empty() {
            return Err(CompactError::Trailing(rest.len()));
        }
        Ok(CompactReceipt { scope, index, size, leaf_hash, proof, signatures })
    }

    /// Reads what [`to_text`](Self::to_text) writes, and no other spelling.
    ///
    /// # Errors
    /// See [`CompactError`].
    pub fn from_text(text: &str) -> Result<CompactReceipt, CompactError> {
        if text.len() > MAX_COMPACT_BYTES * 4 / 3 + 2 {
            return Err(CompactError::TooLong);
        }
        CompactReceipt::from_bytes(&URL_SAFE_NO_PAD.decode(text).map_err(|_| CompactError::Base64)?)
    }

    /// The whole receipt: the root is worked out from the proof and the note put together again. Lines of keys that are
    /// neither the log's nor a witness's are left out.
    ///
    /// # Errors
    /// [`CompactError::Inclusion`] for a proof of another length than index and size need.
    pub fn expand(
        &self,
        origin: &Origin,
        key: &LogPublicKey,
        witnesses: Option<&Witnesses>,
    ) -> Result<Receipt, CompactError> {
        let root = root_from_inclusion(self.leaf_hash, self.index, self.size, &self.proof)?;
        let text = Checkpoint { origin: origin.clone(), size: self.size, root }.text();
        let lines = self.signatures.iter().filter_map(|line| {
            let name = name_of(line.id, origin, key, witnesses)?;
            Some((name, line.id, line.signature.as_slice()))
        });
        Ok(Receipt {
            index: self.index,
            leaf_hash: self.leaf_hash,
            proof: self.proof.clone(),
            checkpoint: assemble(&text, lines),
        })
    }

    /// Checks what the receipt claims: that the log `origin` signed with `key`, and enough of its witnesses cosigned,
    /// the tree of this size in which the entry with this leaf hash has this number. Returns the checkpoint.
    ///
    /// # Errors
    /// [`ReceiptError`].
    pub fn check(
        &self,
        origin: &Origin,
        key: &LogPublicKey,
        witnesses: Option<&Witnesses>,
    ) -> Result<Checkpoint, ReceiptError> {
        let receipt = self.expand(origin, key, witnesses).map_err(|error| match error {
            CompactError::Inclusion(error) => ReceiptError::Inclusion(error),
            _ => ReceiptError::OtherEntry,
        })?;
        receipt.check_leaf(origin, key, witnesses)
    }
}

/// Whose key an id is: the log's or a witness's.
fn name_of<'a>(
    id: [u8; 4],
    origin: &'a Origin,
    key: &LogPublicKey,
    witnesses: Option<&'a Witnesses>,
) -> Option<&'a Origin> {
    if id == key.id(origin) {
        return Some(origin);
    }
    witnesses?.keys().iter().find(|witness| witness.id() == id).map(WitnessKey::name)
}

fn array<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], CompactError> {
    let (head, after) = rest.split_first_chunk().ok_or(CompactError::Short)?;
    *rest = after;
    Ok(*head)
}

fn write_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn read_number(rest: &mut &[u8]) -> Result<u64, CompactError> {
    let mut number = 0;
    for place in 0..10 {
        let [byte] = array(rest)?;
        let bits = u64::from(byte & 0x7f);
        if place == 9 && bits > 1 {
            return Err(CompactError::Number);
        }
        number |= bits << (7 * place);
        if byte & 0x80 == 0 {
            // A last group of nothing would be a second spelling.
            return if byte == 0 && place > 0 { Err(CompactError::Number) } else { Ok(number) };
        }
    }
    Err(CompactError::Number)
}

#[cfg(test)]
mod tests;
