//! A receipt as it is shown to somebody: the saved file, or the link of the QR code.

use thiserror::Error;
use veche_board::compact::SCOPE_LEN;
use veche_board::{
    Checkpoint, CompactError, CompactReceipt, Hash, LogPublicKey, Origin, Receipt, ReceiptError, Witnesses,
    leaf_hash,
};
use veche_crypto::hash::Digest;
use veche_record::{Ballot, Election};

use super::file::{FileError, ReceiptFile, Wrong};

/// What stands before the receipt in a link.
const LINK: &str = "#find=";

/// A receipt that was read. Nothing is verified until [`check`](Self::check).
#[derive(Debug, Clone)]
pub enum Shown {
    /// The file, with the ballot in it.
    File(Box<ReceiptFile>),
    /// The link, with the ballot's leaf hash.
    Link(CompactReceipt),
}

/// Not a receipt in either form. The fault of whoever gave it.
#[derive(Debug, Error)]
pub enum ShownError {
    /// Looks like a file.
    #[error(transparent)]
    File(#[from] FileError),
    /// Anything else.
    #[error("it is neither a saved receipt nor the link of one: {0}")]
    Link(#[from] CompactError),
}

/// A receipt that holds: the log signed that the entry has this place.
#[derive(Debug, Clone)]
pub struct Held {
    /// The checkpoint that it proved.
    pub checkpoint: Checkpoint,
    /// Leaf, proof and note.
    pub receipt: Receipt,
}

/// The first bytes of an election's fingerprint, by which a short receipt says what it belongs to.
#[must_use]
pub fn scope_of(election: &Digest) -> [u8; SCOPE_LEN] {
    election.as_bytes().first_chunk().copied().unwrap_or_default()
}

impl Shown {
    /// Reads a file's bytes, a link, or the text after the `#find=` of a link.
    ///
    /// # Errors
    /// [`ShownError`].
    pub fn parse(bytes: &[u8]) -> Result<Shown, ShownError> {
        let text = std::str::from_utf8(bytes).unwrap_or_default().trim();
        if text.starts_with('{') || text.is_empty() {
            return Ok(Shown::File(Box::new(ReceiptFile::parse(bytes)?)));
        }
        let text = text.split_once(LINK).map_or(text, |(_, receipt)| receipt);
        Ok(Shown::Link(CompactReceipt::from_text(text)?))
    }

    /// The entry that it is for.
    #[must_use]
    pub fn index(&self) -> u64 {
        match self {
            Shown::File(file) => file.index,
            Shown::Link(link) => link.index,
        }
    }

    /// The leaf hash of that entry.
    #[must_use]
    pub fn leaf_hash(&self) -> Hash {
        match self {
            Shown::File(file) => leaf_hash(&file.leaf()),
            Shown::Link(link) => link.leaf_hash,
        }
    }

    /// Whether it says that it belongs to this election.
    #[must_use]
    pub fn is_of(&self, election: &Digest) -> bool {
        match self {
            Shown::File(file) => file.election == election.to_string(),
            Shown::Link(link) => link.scope == scope_of(election),
        }
    }

    /// Checks all that can be checked without the record: what the file says of its ballot, the place under the
    /// checkpoint, the log's signature and those of enough witnesses.
    ///
    /// # Errors
    /// [`Wrong`].
    pub fn check(
        &self,
        origin: &Origin,
        key: &LogPublicKey,
        witnesses: Option<&Witnesses>,
    ) -> Result<Held, Wrong> {
        match self {
            Shown::File(file) => {
                Ok(Held { checkpoint: file.check(origin, key, witnesses)?, receipt: file.receipt.clone() })
            }
            Shown::Link(link) => {
                let checkpoint = link.check(origin, key, witnesses)?;
                let receipt = link.expand(origin, key, witnesses).map_err(|error| match error {
                    CompactError::Inclusion(error) => Wrong::Receipt(ReceiptError::Inclusion(error)),
                    _ => Wrong::Stated("proof"),
                })?;
                Ok(Held { checkpoint, receipt })
            }
        }
    }

    /// Checks that the ballot in a file is one of this election, with the code and the hash that the file states. (A
    /// link has none. Where a ballot's sections end, which both need, only the election says.)
    ///
    /// # Errors
    /// [`Wrong`].
    pub fn check_ballot(&self, election: &Election) -> Result<(), Wrong> {
        let Shown::File(file) = self else { return Ok(()) };
        let leaf = file.leaf();
        let ballot = Ballot::parse(election, leaf.get(1..).unwrap_or_default())?;
        if ballot.hash().to_string() != file.hash {
            return Err(Wrong::Stated("hash"));
        }
        if ballot.code().to_string() == file.code { Ok(()) } else { Err(Wrong::Stated("confirmation code")) }
    }
}
