//! Checkpoints, c2sp.org/tlog-checkpoint: a signed note whose text is
//!
//! ```text
//! <origin>
//! <size in decimal>
//! <root in base64>
//! ```

use crate::encoding::parse_decimal;
use crate::hash::{EMPTY_ROOT, Hash};
use crate::key::{LogKey, LogPublicKey, Origin};
use crate::note::{self, Note, NoteError};
use crate::proof::{ProofError, verify_consistency};

/// A log's claim: "at this size my root is this". As a value of this type it is either one's own claim, about to be
/// signed, or one whose signature [`SignedCheckpoint`] has verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log speaks.
    pub origin: Origin,
    /// How many entries it has.
    pub size: u64,
    /// Their Merkle root.
    pub root: Hash,
}

/// A checkpoint as it travels: read, **not** verified. Only [`verify`](Self::verify) turns it into a [`Checkpoint`].
#[derive(Debug, Clone)]
pub struct SignedCheckpoint<'a>(Note<'a>);

/// Not a checkpoint that the expected log signed. Names whose fault it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// The fault of whoever served it: no note, or not signed by the log.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The log's fault: it signed something that isn't a checkpoint of three canonical lines.
    #[error("the log signed a checkpoint that is not an origin, a size and a root")]
    Form,
    /// The log's fault, or the caller's for expecting another: the checkpoint's first line is another name.
    #[error("the checkpoint is not of the log {expected}")]
    OtherLog {
        /// The expected origin.
        expected: Origin,
    },
    /// The log's fault: extension lines, which this log never writes and no verifier could judge.
    #[error("the log signed a checkpoint with extension lines")]
    Extension,
    /// The log's fault: size 0 with a root that isn't the empty tree's.
    #[error("the log signed an empty checkpoint whose root is not that of the empty tree")]
    EmptyRoot,
    /// The log's fault, for showing it to anyone: fewer of its witnesses have cosigned it than must have.
    #[error("{found} of the log's witnesses have cosigned the checkpoint, {needed} must have")]
    TooFewWitnesses {
        /// How many of the expected witnesses have.
        found: usize,
        /// How many must have.
        needed: usize,
    },
    /// The log's fault: two checkpoints of one log that no history can explain.
    #[error("the log contradicts an earlier checkpoint: {0}")]
    Inconsistent(#[from] ProofError),
}

impl Checkpoint {
    /// The note text that is signed, c2sp.org/tlog-checkpoint, "Note text".
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, self.root.to_base64())
    }

    /// The signed note. The same checkpoint under the same key is always the same bytes.
    ///
    /// The caller keeps the promise that comes with it (tlog-checkpoint, "Signatures"): a log never signs a checkpoint
    /// that is inconsistent with one it has signed before.
    #[must_use]
    pub fn sign(&self, key: &LogKey) -> String {
        note::sign(&self.text(), &self.origin, key)
    }

    /// Checks that this checkpoint's log begins with `older`'s entries, by a consistency proof.
    ///
    /// # Errors
    /// The caller's fault for two different logs, otherwise the log's, or that of whoever served the proof.
    pub fn verify_extends(&self, older: &Checkpoint, proof: &[Hash]) -> Result<(), CheckpointError> {
        if self.origin != older.origin {
            return Err(CheckpointError::OtherLog { expected: older.origin.clone() });
        }
        Ok(verify_consistency(older.size, older.root, self.size, self.root, proof)?)
    }
}

impl<'a> SignedCheckpoint<'a> {
    /// Reads the note without verifying it.
    ///
    /// # Errors
    /// The fault of whoever served it: not a signed note.
    pub fn parse(note: &'a (impl AsRef<[u8]> + ?Sized)) -> Result<SignedCheckpoint<'a>, CheckpointError> {
        Ok(SignedCheckpoint(Note::parse(note.as_ref())?))
    }

    /// The size that the text states, which has the form of a checkpoint. Only to know what to ask for: nothing of it
    /// is to be believed.
    ///
    /// # Errors
    /// [`CheckpointError`], the fault of whoever served it.
    pub fn stated_size(&self) -> Result<u64, CheckpointError> {
        let origin = self.0.unverified_text().split('\n').next().and_then(|line| line.parse().ok());
        read(self.0.unverified_text(), &origin.ok_or(CheckpointError::Form)?)
            .map(|checkpoint| checkpoint.size)
    }

    /// Verifies the log's signature, and only then reads what it signed.
    ///
    /// # Errors
    /// See [`CheckpointError`].
    pub fn verify(&self, key: &LogPublicKey, origin: &Origin) -> Result<Checkpoint, CheckpointError> {
        let checkpoint = read(self.0.verify(origin, key)?, origin)?;
        if checkpoint.size == 0 && checkpoint.root != EMPTY_ROOT {
            return Err(CheckpointError::EmptyRoot);
        }
        Ok(checkpoint)
    }

    /// Reads and verifies in one step: the note must be a checkpoint of the log `origin`, signed by `key`.
    ///
    /// # Errors
    /// See [`CheckpointError`].
    pub fn open(
        note: &'a (impl AsRef<[u8]> + ?Sized),
        key: &LogPublicKey,
        origin: &Origin,
    ) -> Result<Checkpoint, CheckpointError> {
        SignedCheckpoint::parse(note)?.verify(key, origin)
    }
}

/// Reads the three lines of a checkpoint of the log `origin`.
fn read(text: &str, origin: &Origin) -> Result<Checkpoint, CheckpointError> {
    let mut lines = text.strip_suffix('\n').ok_or(CheckpointError::Form)?.split('\n');
    if lines.next() != Some(origin.as_str()) {
        return Err(CheckpointError::OtherLog { expected: origin.clone() });
    }
    let size = lines.next().and_then(parse_decimal).ok_or(CheckpointError::Form)?;
    let root = lines.next().and_then(|line| Hash::from_base64(line).ok()).ok_or(CheckpointError::Form)?;
    if lines.next().is_some() {
        return Err(CheckpointError::Extension);
    }
    Ok(Checkpoint { origin: origin.clone(), size, root })
}

#[cfg(test)]
mod tests;
