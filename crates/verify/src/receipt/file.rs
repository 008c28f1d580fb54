//! A receipt as the voter's page saves it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use thiserror::Error;
use veche_board::{Checkpoint, LogPublicKey, Origin, Receipt, ReceiptError, Witnesses};
use veche_record::{BallotError, EntryKind};

/// No receipt file is longer: the longest ballot in base64 and the longest receipt.
pub const MAX_FILE_BYTES: usize = 1 << 20;
/// What the page calls the form of its files.
const FORM: &str = "veche-receipt-1";
/// Where a ballot names its election, after its version and kind.
const ELECTION: std::ops::Range<usize> = 2..34;

/// A saved receipt. What it says of itself is compared with its ballot by [`check`](Self::check).
#[derive(Debug, Clone, Deserialize)]
pub struct ReceiptFile {
    form: String,
    /// The election's fingerprint.
    pub election: String,
    /// The confirmation code.
    pub code: String,
    /// When the device says that the ballot was cast.
    #[serde(rename = "castAt")]
    pub cast_at: String,
    /// The ballot's number on the board.
    pub index: u64,
    /// The ballot's hash.
    pub hash: String,
    ballot: String,
    /// Leaf, inclusion proof and checkpoint.
    pub receipt: Receipt,
}

/// Why a file is not a receipt at all. The fault of whoever gave it.
#[derive(Debug, Error)]
pub enum FileError {
    /// Longer than a receipt file can be.
    #[error("it is longer than any receipt")]
    TooLong,
    /// Not the fields that the page writes.
    #[error("it is not a receipt that the voter's page saved: {0}")]
    Form(String),
}

/// Why a receipt does not hold: it was changed, or the ballot box gave a false one.
#[derive(Debug, Error)]
pub enum Wrong {
    /// What it says beside the ballot is not true of the ballot.
    #[error("the {0} that it states is not that of its ballot")]
    Stated(&'static str),
    /// The proof or the signature.
    #[error(transparent)]
    Receipt(#[from] ReceiptError),
    /// The board has something else at its place than a ballot.
    #[error("the entry that it is for is no ballot of this election")]
    NotABallot,
    /// Its ballot is none of the election.
    #[error(transparent)]
    Ballot(#[from] BallotError),
}

impl ReceiptFile {
    /// Reads a file.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, FileError> {
        if bytes.len() > MAX_FILE_BYTES {
            return Err(FileError::TooLong);
        }
        let file: Self = serde_json::from_slice(bytes).map_err(|error| FileError::Form(error.to_string()))?;
        if file.form != FORM {
            return Err(FileError::Form(format!("its form is not {FORM}")));
        }
        file.ballot().ok_or_else(|| FileError::Form("its ballot is not base64".to_owned()))?;
        Ok(file)
    }

    fn ballot(&self) -> Option<Vec<u8>> {
        STANDARD.decode(&self.ballot).ok()
    }

    /// The ballot as an entry of the board.
    pub fn leaf(&self) -> Vec<u8> {
        let mut leaf = vec![EntryKind::Ballot as u8];
        // `parse` has seen that it can be read.
        leaf.extend(self.ballot().unwrap_or_default());
        leaf
    }

    /// Checks all that can be checked with nothing but the keys of the log and its witnesses: that the ballot is of the
    /// election that the file names, that it is under the checkpoint at its number, that the log signed this one and
    /// that enough of the witnesses cosigned it.
    ///
    /// # Errors
    /// [`Wrong`].
    pub fn check(
        &self,
        origin: &Origin,
        key: &LogPublicKey,
        witnesses: Option<&Witnesses>,
    ) -> Result<Checkpoint, Wrong> {
        let leaf = self.leaf();
        let ballot = leaf.get(1..).unwrap_or_default();
        if ballot.get(ELECTION).map(hex::encode).as_ref() != Some(&self.election) {
            return Err(Wrong::Stated("election"));
        }
        if self.index != self.receipt.index {
            return Err(Wrong::Stated("number"));
        }
        Ok(self.receipt.check_witnessed(origin, key, witnesses, &leaf)?)
    }
}
