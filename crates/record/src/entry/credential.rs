//! The entries that say who may vote: Credential and Revocation.

use std::fmt;
use std::ops::Deref;

use veche_crypto::VerifyError;
use veche_crypto::group::GroupError;
use veche_crypto::hash::Digest;
use veche_crypto::randomness::Randomness;
use veche_crypto::signature::{PublicKey, SecretKey, Signature};

use super::{EntryError, Issued, signed_message};
use crate::tag::domain;
use crate::wire::Reader;

/// The largest number that a credential can carry: a pseudonym has one more of them at most.
pub const MAX_CREDENTIAL_NUMBER: u16 = 63;

/// What a voter is called on the board: 16 random bytes, never derived from a phone number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Pseudonym(pub [u8; 16]);

impl Pseudonym {
    /// A new one: the first half of the random bytes.
    pub fn new(randomness: &Randomness) -> Self {
        let mut bytes = [0; 16];
        bytes.iter_mut().zip(randomness.as_bytes()).for_each(|(to, from)| *to = *from);
        Pseudonym(bytes)
    }

    /// Reads 32 lower-case hexadecimal digits.
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = [0; 16];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        (hex::encode(bytes) == text).then_some(Pseudonym(bytes))
    }
}

impl fmt::Display for Pseudonym {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Pseudonym {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What a credential says: whose key it is, for which ballot style, how the voter was identified, and how many
/// credentials the voter had before. This is what the voter signs, too, so that a credential that was held back and
/// posted later fits nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CredentialTerms {
    /// Who the voter is on the board.
    pub pseudonym: Pseudonym,
    /// The ballot style, counted from 0 in manifest order.
    pub style: u16,
    /// How the voter was identified: a route of the manifest, counted from 0.
    pub route: u8,
    /// How many credentials of this pseudonym are on the board before it.
    pub number: u16,
    /// The key that signs the voter's ballots.
    pub key: PublicKey,
}

impl CredentialTerms {
    fn to_bytes(self) -> Vec<u8> {
        let (style, number) = (self.style.to_le_bytes(), self.number.to_le_bytes());
        [self.pseudonym.0.as_slice(), &style, &[self.route], &number, &self.key.to_bytes()].concat()
    }

    /// What a voter signs for an election: with the key itself to prove having it, with the key before it to hand over.
    pub fn message(&self, election: &Digest) -> Vec<u8> {
        signed_message(election, &self.to_bytes())
    }

    /// Proves having the key, for these terms only.
    ///
    /// # Errors
    /// [`GroupError`] with negligible probability.
    pub fn prove_possession(&self, key: &SecretKey, election: &Digest) -> Result<Signature, GroupError> {
        key.sign(domain::POSSESSION, &self.message(election))
    }

    /// Hands over to the key: `active` is the one that the pseudonym has now.
    ///
    /// # Errors
    /// [`GroupError`] with negligible probability.
    pub fn hand_over(&self, active: &SecretKey, election: &Digest) -> Result<Signature, GroupError> {
        active.sign(domain::HANDOVER, &self.message(election))
    }

    /// Verifies a proof of having the key.
    ///
    /// # Errors
    /// [`VerifyError`] when it is not one for these terms.
    pub fn verify_possession(&self, election: &Digest, possession: &Signature) -> Result<(), VerifyError> {
        self.key.verify(domain::POSSESSION, &self.message(election), possession)
    }

    /// Verifies that the key `active` has handed over.
    ///
    /// # Errors
    /// [`VerifyError`] when it has not, for these terms.
    pub fn verify_handover(
        &self,
        election: &Digest,
        active: &PublicKey,
        handover: &Signature,
    ) -> Result<(), VerifyError> {
        active.verify(domain::HANDOVER, &self.message(election), handover)
    }

    /// What the registrar signs: the terms, and whether they are a handover.
    fn body(&self, handover: bool) -> Vec<u8> {
        [self.to_bytes().as_slice(), &[handover.into()]].concat()
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, EntryError> {
        Ok(CredentialTerms {
            pseudonym: Pseudonym(reader.array()?),
            style: reader.u16()?,
            route: reader.u8()?,
            number: reader.u16()?,
            key: reader.public_key()?,
        })
    }
}

/// A voter's key, registered by the registrar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialEntry {
    /// What it says.
    pub terms: CredentialTerms,
    /// Where the key before it hands over: a signature by that key. The old key ends here.
    pub handover: Option<Signature>,
    /// The voter's proof of having the key: a signature by it.
    pub possession: Signature,
    /// The registrar's signature.
    pub signature: Signature,
}

impl CredentialEntry {
    /// Makes the entry.
    ///
    /// # Errors
    /// [`GroupError`] with negligible probability.
    pub fn sign(
        registrar: &SecretKey,
        election: &Digest,
        terms: CredentialTerms,
        handover: Option<Signature>,
        possession: Signature,
    ) -> Result<Self, GroupError> {
        let message = signed_message(election, &terms.body(handover.is_some()));
        let signature = registrar.sign(domain::CREDENTIAL, &message)?;
        Ok(CredentialEntry { terms, handover, possession, signature })
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, EntryError> {
        let terms = CredentialTerms::read(reader)?;
        let handover = match reader.u8()? {
            0 => None,
            1 => Some(reader.signature()?),
            other => return Err(EntryError::Flag(other)),
        };
        Ok(CredentialEntry {
            terms,
            handover,
            possession: reader.signature()?,
            signature: reader.signature()?,
        })
    }

    pub(super) fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&self.terms.body(self.handover.is_some()));
        for signature in self.handover.iter().chain([&self.possession, &self.signature]) {
            bytes.extend_from_slice(&signature.to_bytes());
        }
    }
}

impl Deref for CredentialEntry {
    type Target = CredentialTerms;

    fn deref(&self) -> &CredentialTerms {
        &self.terms
    }
}

impl Issued for CredentialEntry {
    const DOMAIN: &'static str = domain::CREDENTIAL;

    fn message(&self, election: &Digest) -> Vec<u8> {
        signed_message(election, &self.terms.body(self.handover.is_some()))
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }
}

/// Why a voter's key, or the voter, is struck off the board.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum RevocationReason {
    /// The voter came with another device: another credential may follow, and ballots that were cast stay.
    Replaced = 1,
    /// The voter has voted on paper: final, and no ballot of the pseudonym counts.
    VotedOnPaper = 2,
    /// The voter may not vote: final, and no ballot of the pseudonym counts.
    NotEntitled = 3,
}

impl RevocationReason {
    /// Whether the pseudonym itself is struck off: nothing of it follows, and its ballots do not count.
    pub const fn is_final(self) -> bool {
        !matches!(self, RevocationReason::Replaced)
    }

    fn of(byte: u8) -> Result<Self, EntryError> {
        Ok(match byte {
            1 => RevocationReason::Replaced,
            2 => RevocationReason::VotedOnPaper,
            3 => RevocationReason::NotEntitled,
            other => return Err(EntryError::Reason(other)),
        })
    }
}

/// The end of a voter's key, and, where its reason is final, of the voter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revocation {
    /// Whose key it was.
    pub pseudonym: Pseudonym,
    /// The key of the pseudonym's last credential.
    pub key: PublicKey,
    /// Why.
    pub reason: RevocationReason,
    /// The registrar's signature.
    pub signature: Signature,
}

impl Revocation {
    /// Bytes of the message: there is one length.
    pub const MESSAGE_LEN: usize = 1 + 16 + 32 + 1 + 64;

    /// Makes the entry.
    ///
    /// # Errors
    /// [`GroupError`] with negligible probability.
    pub fn sign(
        registrar: &SecretKey,
        election: &Digest,
        pseudonym: Pseudonym,
        key: PublicKey,
        reason: RevocationReason,
    ) -> Result<Self, GroupError> {
        let message = signed_message(election, &Self::body(&pseudonym, &key, reason));
        Ok(Revocation { pseudonym, key, reason, signature: registrar.sign(domain::REVOCATION, &message)? })
    }

    fn body(pseudonym: &Pseudonym, key: &PublicKey, reason: RevocationReason) -> Vec<u8> {
        [pseudonym.0.as_slice(), &key.to_bytes(), &[reason as u8]].concat()
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, EntryError> {
        Ok(Revocation {
            pseudonym: Pseudonym(reader.array()?),
            key: reader.public_key()?,
            reason: RevocationReason::of(reader.u8()?)?,
            signature: reader.signature()?,
        })
    }

    pub(super) fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&Self::body(&self.pseudonym, &self.key, self.reason));
        bytes.extend_from_slice(&self.signature.to_bytes());
    }
}

impl Issued for Revocation {
    const DOMAIN: &'static str = domain::REVOCATION;

    fn message(&self, election: &Digest) -> Vec<u8> {
        signed_message(election, &Self::body(&self.pseudonym, &self.key, self.reason))
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }
}
