//! The entries that end a vote: Ended, where ballots on paper are still to be typed in, and Close.
//!
//! Both carry a checkpoint of the board before them. The times that witnesses put under it show when voting ended.
//! Usually the organiser signs; where the organiser is gone, a quorum of trustees does.

use veche_crypto::VerifyError;
use veche_crypto::hash::Digest;
use veche_crypto::signature::{PublicKey, SecretKey, Signature};

use super::{EntryError, EntryKind, signed_message};
use crate::tag::domain;
use crate::wire::Reader;

/// Which of the two entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClosingKind {
    /// Voting has ended; ballots on paper are still typed in.
    Ended,
    /// The board has every ballot.
    Close,
}

impl ClosingKind {
    /// The entry's kind.
    pub const fn message(self) -> EntryKind {
        match self {
            ClosingKind::Ended => EntryKind::Ended,
            ClosingKind::Close => EntryKind::Close,
        }
    }

    /// The signature's domain.
    pub const fn domain(self) -> &'static str {
        match self {
            ClosingKind::Ended => domain::ENDED,
            ClosingKind::Close => domain::CLOSE,
        }
    }
}

/// Who ends the vote. The numbers are the entry's form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum ClosingForm {
    /// The organiser.
    Organiser = 0,
    /// A quorum of trustees, for an organiser who is gone.
    Trustees = 1,
}

/// What is signed at the end of a vote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClosingTerms {
    /// Which entry it becomes.
    pub kind: ClosingKind,
    /// Who signs.
    pub form: ClosingForm,
    /// When, in seconds since 1970, as those say who sign.
    pub time: u64,
    /// A checkpoint of exactly the entries before, a signed note, with cosignatures where the manifest names witnesses.
    pub note: Vec<u8>,
}

impl ClosingTerms {
    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.push(self.form as u8);
        bytes.extend_from_slice(&self.time.to_le_bytes());
        // A note is this long where it was read or signed.
        bytes.extend_from_slice(&(self.note.len() as u16).to_le_bytes());
        bytes.extend_from_slice(&self.note);
    }

    /// What was signed: H_election, then the entry's bytes from its form to the end of its note.
    pub fn message(&self, election: &Digest) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.write(&mut bytes);
        signed_message(election, &bytes)
    }

    /// Signs.
    ///
    /// # Errors
    /// [`EntryError::NoteTooLong`]; [`EntryError::Wire`] with negligible probability.
    pub fn sign(&self, key: &SecretKey, election: &Digest) -> Result<Signature, EntryError> {
        if u16::try_from(self.note.len()).is_err() {
            return Err(EntryError::NoteTooLong);
        }
        Ok(key.sign(self.kind.domain(), &self.message(election))?)
    }

    /// Verifies one signature.
    ///
    /// # Errors
    /// [`VerifyError`] when that key has not signed this for that election.
    pub fn verify(
        &self,
        key: &PublicKey,
        election: &Digest,
        signature: &Signature,
    ) -> Result<(), VerifyError> {
        key.verify(self.kind.domain(), &self.message(election), signature)
    }
}

/// The signatures under the end of a vote. None is verified yet.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::large_enum_variant, reason = "one is held at a time, and it is nearly always the large one")]
pub enum ClosingSignatures {
    /// The organiser's.
    Organiser(Signature),
    /// Trustees', each with the trustee's number, in ascending order.
    Trustees(Vec<(u8, Signature)>),
}

/// The end of a vote, as the board has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closing {
    terms: ClosingTerms,
    signatures: ClosingSignatures,
}

impl Closing {
    /// The organiser ends the vote.
    ///
    /// # Errors
    /// Those of [`ClosingTerms::sign`].
    pub fn by_organiser(
        kind: ClosingKind,
        organiser: &SecretKey,
        election: &Digest,
        time: u64,
        note: Vec<u8>,
    ) -> Result<Self, EntryError> {
        let terms = ClosingTerms { kind, form: ClosingForm::Organiser, time, note };
        let signature = terms.sign(organiser, election)?;
        Ok(Closing { terms, signatures: ClosingSignatures::Organiser(signature) })
    }

    /// Trustees end the vote: each has signed the terms. They are put in order here.
    pub fn by_trustees(
        kind: ClosingKind,
        time: u64,
        note: Vec<u8>,
        mut signatures: Vec<(u8, Signature)>,
    ) -> Self {
        signatures.sort_by_key(|(trustee, _)| *trustee);
        let terms = ClosingTerms { kind, form: ClosingForm::Trustees, time, note };
        Closing { terms, signatures: ClosingSignatures::Trustees(signatures) }
    }

    /// What was signed.
    pub fn terms(&self) -> &ClosingTerms {
        &self.terms
    }

    /// The signatures under it.
    pub fn signatures(&self) -> &ClosingSignatures {
        &self.signatures
    }

    pub(super) fn read(kind: ClosingKind, reader: &mut Reader<'_>) -> Result<Self, EntryError> {
        let form = match reader.u8()? {
            0 => ClosingForm::Organiser,
            1 => ClosingForm::Trustees,
            other => return Err(EntryError::ClosingForm(other)),
        };
        let time = reader.u64()?;
        let length = usize::from(reader.u16()?);
        let note = reader.take(length)?.to_vec();
        let signatures = match form {
            ClosingForm::Organiser => ClosingSignatures::Organiser(reader.signature()?),
            ClosingForm::Trustees => ClosingSignatures::Trustees(read_trustees(reader.rest())?),
        };
        Ok(Closing { terms: ClosingTerms { kind, form, time, note }, signatures })
    }

    pub(super) fn write(&self, bytes: &mut Vec<u8>) {
        self.terms.write(bytes);
        match &self.signatures {
            ClosingSignatures::Organiser(signature) => bytes.extend_from_slice(&signature.to_bytes()),
            ClosingSignatures::Trustees(signatures) => {
                for (trustee, signature) in signatures {
                    bytes.push(*trustee);
                    bytes.extend_from_slice(&signature.to_bytes());
                }
            }
        }
    }
}

/// Bytes of a trustee's number and signature.
const SIGNED_LEN: usize = 65;

fn read_trustees(bytes: &[u8]) -> Result<Vec<(u8, Signature)>, EntryError> {
    let mut signatures: Vec<(u8, Signature)> = Vec::new();
    for one in bytes.chunks(SIGNED_LEN) {
        let mut reader = Reader::new(one);
        let trustee = reader.u8()?;
        if signatures.last().is_some_and(|(before, _)| *before >= trustee) {
            return Err(EntryError::TrusteeOrder);
        }
        signatures.push((trustee, reader.signature()?));
    }
    if signatures.is_empty() {
        return Err(EntryError::EmptyList);
    }
    Ok(signatures)
}
