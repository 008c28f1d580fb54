//! The entries that begin a board and a vote: Genesis, Open.

use veche_board::{LogPublicKey, Origin};
use veche_crypto::group::GroupError;
use veche_crypto::hash::{Digest, digest};
use veche_crypto::signature::{PublicKey, SecretKey, Signature};

use super::{EntryError, EntryKind, Issued, signed_message};
use crate::tag;
use crate::tag::domain;
use crate::wire::Reader;

/// The version of the genesis entry.
const VERSION: u8 = 1;

/// The first entry: what the board is for and whose keys speak on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Genesis {
    /// The manifest's hash.
    pub manifest: Digest,
    /// The key that signs how the vote goes: Open, Restart, Close.
    pub organiser: PublicKey,
    /// The key that signs who votes: Credential, Revocation.
    pub registrar: PublicKey,
    /// The key that signs checkpoints.
    pub log_key: LogPublicKey,
    /// n.
    pub trustees: u8,
    /// t.
    pub threshold: u8,
    /// The log's name, the first line of its checkpoints.
    pub origin: Origin,
}

impl Genesis {
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, EntryError> {
        let version = reader.u8()?;
        if version != VERSION {
            return Err(EntryError::Version(version));
        }
        let manifest = reader.digest()?;
        let (organiser, registrar) = (reader.public_key()?, reader.public_key()?);
        let log_key = LogPublicKey::from_bytes(&reader.array()?).map_err(|_| EntryError::LogKey)?;
        let (trustees, threshold) = (reader.u8()?, reader.u8()?);
        let origin_len = usize::from(reader.u8()?);
        let origin = std::str::from_utf8(reader.take(origin_len)?).map_err(|_| EntryError::Origin)?;
        let origin = origin.parse().map_err(|_| EntryError::Origin)?;
        Ok(Genesis { manifest, organiser, registrar, log_key, trustees, threshold, origin })
    }

    pub(super) fn write(&self, bytes: &mut Vec<u8>) {
        bytes.push(VERSION);
        bytes.extend_from_slice(self.manifest.as_bytes());
        bytes.extend_from_slice(&self.organiser.to_bytes());
        bytes.extend_from_slice(&self.registrar.to_bytes());
        bytes.extend_from_slice(&self.log_key.to_bytes());
        bytes.extend_from_slice(&[self.trustees, self.threshold]);
        let origin = self.origin.as_str().as_bytes();
        // An origin has at most 255 bytes by its type.
        bytes.push(origin.len() as u8);
        bytes.extend_from_slice(origin);
    }

    /// The hash of the whole message, kind byte included. Everything of the ceremony is bound to it,
    /// so to the manifest, the keys of this one board, n and t.
    pub fn hash(&self) -> Digest {
        let mut bytes = vec![EntryKind::Genesis as u8];
        self.write(&mut bytes);
        digest(tag::GENESIS, &[&bytes])
    }
}

/// Voting begins: ballots after this entry count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// When, in seconds since 1970, as the organiser says.
    pub time: u64,
    /// The organiser's signature.
    pub signature: Signature,
}

impl Open {
    /// Makes the entry.
    ///
    /// # Errors
    /// [`GroupError`] with negligible probability.
    pub fn sign(organiser: &SecretKey, election: &Digest, time: u64) -> Result<Self, GroupError> {
        let message = signed_message(election, &time.to_le_bytes());
        Ok(Open { time, signature: organiser.sign(domain::OPEN, &message)? })
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, EntryError> {
        Ok(Open { time: reader.u64()?, signature: reader.signature()? })
    }

    pub(super) fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&self.time.to_le_bytes());
        bytes.extend_from_slice(&self.signature.to_bytes());
    }
}

impl Issued for Open {
    const DOMAIN: &'static str = domain::OPEN;

    fn message(&self, election: &Digest) -> Vec<u8> {
        signed_message(election, &self.time.to_le_bytes())
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }
}
