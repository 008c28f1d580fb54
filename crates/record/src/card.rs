//! The card of an election: what, beside the manifest, its fingerprint is made of.
//!
//! ```text
//! version u8 = 1, transcript hash 32, μ u16, K_1 … K_μ 32 each,
//! organiser key 32, registrar key 32, log key 32, origin length u8, origin
//! ```
//!
//! A page that has the fingerprint from its publisher needs no ceremony: H_election fixes every byte of a card, so
//! that whoever hands one out need not be believed. What a card does not tell is the trustees' own keys and shares,
//! which nobody needs who only seals.

use veche_board::{LogPublicKey, Origin};
use veche_crypto::group::Point;
use veche_crypto::hash::{Digest, digest};
use veche_crypto::signature::PublicKey;

use crate::tag;
use crate::wire::{Reader, WireError};

/// The version of a card.
const VERSION: u8 = 1;

/// Why bytes are no card.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CardError {
    /// Not the layout.
    #[error(transparent)]
    Wire(#[from] WireError),
    /// Another version.
    #[error("version {0} of a card is not known")]
    Version(u8),
    /// The log's key is none.
    #[error("the log key is not a key")]
    LogKey,
    /// The origin is none.
    #[error("the origin is not one")]
    Origin,
}

/// What an election is made of, beside its manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// The transcript hash that every trustee confirmed.
    pub transcript: Digest,
    /// K_1 … K_μ.
    pub slot_keys: Vec<Point>,
    /// The key that signs how the vote goes.
    pub organiser: PublicKey,
    /// The key that signs who votes.
    pub registrar: PublicKey,
    /// The key that signs checkpoints.
    pub log_key: LogPublicKey,
    /// The log's name.
    pub origin: Origin,
}

impl Card {
    /// Reads a card. Whether it is the right one only the fingerprint says.
    ///
    /// # Errors
    /// [`CardError`], the fault of whoever handed it out.
    pub fn parse(bytes: &[u8]) -> Result<Self, CardError> {
        let mut reader = Reader::new(bytes);
        let version = reader.u8()?;
        if version != VERSION {
            return Err(CardError::Version(version));
        }
        let transcript = reader.digest()?;
        let slots = reader.u16()?;
        let slot_keys = reader.many(slots.into(), Reader::point)?;
        let (organiser, registrar) = (reader.public_key()?, reader.public_key()?);
        let log_key = LogPublicKey::from_bytes(&reader.array()?).map_err(|_| CardError::LogKey)?;
        let length = usize::from(reader.u8()?);
        let origin = std::str::from_utf8(reader.take(length)?).map_err(|_| CardError::Origin)?;
        let origin = origin.parse().map_err(|_| CardError::Origin)?;
        reader.end()?;
        Ok(Card { transcript, slot_keys, organiser, registrar, log_key, origin })
    }

    /// The one encoding.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![VERSION];
        bytes.extend_from_slice(self.transcript.as_bytes());
        // A manifest allows 500 slots.
        bytes.extend_from_slice(&(self.slot_keys.len() as u16).to_le_bytes());
        bytes.extend_from_slice(&self.joined_keys());
        bytes.extend_from_slice(&self.organiser.to_bytes());
        bytes.extend_from_slice(&self.registrar.to_bytes());
        bytes.extend_from_slice(&self.log_key.to_bytes());
        let origin = self.origin.as_str().as_bytes();
        // An origin has at most 255 bytes by its type.
        bytes.push(origin.len() as u8);
        bytes.extend_from_slice(origin);
        bytes
    }

    /// H_election of this card and the manifest of that hash.
    pub fn fingerprint(&self, manifest: &Digest) -> Digest {
        digest(
            tag::ELECTION,
            &[
                manifest.as_bytes(),
                self.transcript.as_bytes(),
                &self.joined_keys(),
                &self.organiser.to_bytes(),
                &self.registrar.to_bytes(),
                &self.log_key.to_bytes(),
                self.origin.as_str().as_bytes(),
            ],
        )
    }

    fn joined_keys(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(32 * self.slot_keys.len());
        self.slot_keys.iter().for_each(|key| bytes.extend_from_slice(key.as_bytes()));
        bytes
    }
}
