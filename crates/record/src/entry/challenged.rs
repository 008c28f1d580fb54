//! A sealed ballot that its voter had opened instead of casting it.

use veche_crypto::hash::Digest;
use veche_crypto::signature::PublicKey;

use super::{Content, EntryError, Signed};
use crate::tag::domain;
use crate::wire::Reader;

/// The most of them that a pseudonym has.
pub const MAX_CHALLENGED: u8 = 8;

/// A voter's word that a sealed ballot was opened, to see what it holds: it is never cast under this key. The seed that
/// opened it is not told, for people seal the same choice again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Challenged {
    /// The voter's key, which signs this.
    pub key: PublicKey,
    /// The sequence of the ballot: how many ballots of the pseudonym are on the board before it.
    pub sequence: u32,
    /// All 256 bits of the ballot's code.
    pub code: Digest,
}

impl Challenged {
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Signed<Self>, EntryError> {
        let content =
            Challenged { key: reader.public_key()?, sequence: reader.u32()?, code: reader.digest()? };
        Signed::read(content, reader)
    }
}

impl Content for Challenged {
    const DOMAIN: &'static str = domain::CHALLENGED;

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&self.key.to_bytes());
        bytes.extend_from_slice(&self.sequence.to_le_bytes());
        bytes.extend_from_slice(self.code.as_bytes());
    }
}
