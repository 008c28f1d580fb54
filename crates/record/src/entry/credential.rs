//! The entries that say who may vote: Credential and Revocation.

use std::fmt;

use veche_crypto::VerifyError;
use veche_crypto::group::GroupError;
use veche_crypto::hash::Digest;
use veche_crypto::randomness::Randomness;
use veche_crypto::signature::{PublicKey, SecretKey, Signature};

use super::{EntryError, Issued, signed_message};
use crate::tag::domain;
use crate::wire::Reader;

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

/// A voter's key, registered by the registrar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialEntry {
    /// Who the voter is on the board.
    pub pseudonym: Pseudonym,
    /// The ballot style, counted from 0 in manifest order.
    pub style: u16,
    /// The key that signs the voter's ballots.
    pub key: PublicKey,
    /// The voter's proof of having the key: a signature by it.
    pub possession: Signature,
    /// The registrar's signature.
    pub signature: Signature,
}

impl CredentialEntry {
    /// What a voter signs to prove having the key: H_election, pseudonym, style.
    pub fn possession_message(election: &Digest, pseudonym: &Pseudonym, style: u16) -> Vec<u8> {
        [election.as_bytes().as_slice(), &pseudonym.0, &style.to_le_bytes()].concat()
    }

    /// Proves having a key, for this election, pseudonym and style only.
    ///
    /// # Errors
    /// [`GroupError`] with negligible probability.
    pub fn prove_possession(
        key: &SecretKey,
        election: &Digest,
        pseudonym: &Pseudonym,
        style: u16,
    ) -> Result<Signature, GroupError> {
        key.sign(domain::POSSESSION, &Self::possession_message(election, pseudonym, style))
    }

    /// Makes the entry.
    ///
    /// # Errors
    /// [`GroupError`] with negligible probability.
    pub fn sign(
        registrar: &SecretKey,
        election: &Digest,
        pseudonym: Pseudonym,
        style: u16,
        key: PublicKey,
        possession: Signature,
    ) -> Result<Self, GroupError> {
        let message = signed_message(election, &Self::body(&pseudonym, style, &key, &possession));
        let signature = registrar.sign(domain::CREDENTIAL, &message)?;
        Ok(CredentialEntry { pseudonym, style, key, possession, signature })
    }

    fn body(pseudonym: &Pseudonym, style: u16, key: &PublicKey, possession: &Signature) -> Vec<u8> {
        [pseudonym.0.as_slice(), &style.to_le_bytes(), &key.to_bytes(), &possession.to_bytes()].concat()
    }

    /// Verifies the proof of possession alone.
    ///
    /// # Errors
    /// [`VerifyError`], for which whoever registered the key is to blame.
    pub fn verify_possession(&self, election: &Digest) -> Result<(), VerifyError> {
        let message = Self::possession_message(election, &self.pseudonym, self.style);
        self.key.verify(domain::POSSESSION, &message, &self.possession)
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, EntryError> {
        Ok(CredentialEntry {
            pseudonym: Pseudonym(reader.array()?),
            style: reader.u16()?,
            key: reader.public_key()?,
            possession: reader.signature()?,
            signature: reader.signature()?,
        })
    }

    pub(super) fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&Self::body(&self.pseudonym, self.style, &self.key, &self.possession));
        bytes.extend_from_slice(&self.signature.to_bytes());
    }
}

impl Issued for CredentialEntry {
    const DOMAIN: &'static str = domain::CREDENTIAL;

    fn message(&self, election: &Digest) -> Vec<u8> {
        signed_message(election, &Self::body(&self.pseudonym, self.style, &self.key, &self.possession))
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }
}

/// The end of a voter's key: later ballots under it are refused, earlier ones stay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revocation {
    /// Whose key it was.
    pub pseudonym: Pseudonym,
    /// The key that ends.
    pub key: PublicKey,
    /// The registrar's signature.
    pub signature: Signature,
}

impl Revocation {
    /// Makes the entry.
    ///
    /// # Errors
    /// [`GroupError`] with negligible probability.
    pub fn sign(
        registrar: &SecretKey,
        election: &Digest,
        pseudonym: Pseudonym,
        key: PublicKey,
    ) -> Result<Self, GroupError> {
        let message = signed_message(election, &Self::body(&pseudonym, &key));
        Ok(Revocation { pseudonym, key, signature: registrar.sign(domain::REVOCATION, &message)? })
    }

    fn body(pseudonym: &Pseudonym, key: &PublicKey) -> Vec<u8> {
        [pseudonym.0.as_slice(), &key.to_bytes()].concat()
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, EntryError> {
        Ok(Revocation {
            pseudonym: Pseudonym(reader.array()?),
            key: reader.public_key()?,
            signature: reader.signature()?,
        })
    }

    pub(super) fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&Self::body(&self.pseudonym, &self.key));
        bytes.extend_from_slice(&self.signature.to_bytes());
    }
}

impl Issued for Revocation {
    const DOMAIN: &'static str = domain::REVOCATION;

    fn message(&self, election: &Digest) -> Vec<u8> {
        signed_message(election, &Self::body(&self.pseudonym, &self.key))
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }
}
