//! Long messages: numbered parts under one hash.
//!
//! A leaf of the log has at most 65,535 bytes. A longer message is split into parts that follow each
//! other directly; all but the last are full, so there is one way to split it.

use veche_board::bundle::MAX_ENTRY_LEN;
use veche_crypto::hash::{Digest, digest};

use super::{EntryError, EntryKind};
use crate::tag;
use crate::wire::Reader;

/// Most bytes of one leaf.
pub const MAX_LEAF_LEN: usize = MAX_ENTRY_LEN;
/// Most bytes of a ballot: a leaf of the board, less the kind byte.
pub const MAX_BALLOT_LEN: usize = MAX_LEAF_LEN - 1;
/// Most bytes of one message, parts put together. A manifest with a longer partial decryption or result is
/// refused.
pub const MAX_MESSAGE_LEN: usize = 16 << 20;
/// Bytes of a part before its content: kind, hash, number, count.
const PART_HEADER_LEN: usize = 1 + 32 + 2 + 2;
/// Bytes of content in every part but the last.
const FULL: usize = MAX_LEAF_LEN - PART_HEADER_LEN;

/// Why parts are not a message. The fault is with whoever wrote them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PartError {
    /// More bytes than a message may have.
    #[error("a message of {0} bytes; at most {MAX_MESSAGE_LEN} are possible")]
    TooLong(usize),
    /// A part that does not continue the one before it.
    #[error("part {number} of {count} does not follow here")]
    OutOfPlace {
        /// The part's number.
        number: u16,
        /// How many parts it says there are.
        count: u16,
    },
    /// A part with fewer bytes than it must have, or a message that needs no parts.
    #[error("the message is not split the one way it may be")]
    Uneven,
    /// The parts together have another hash.
    #[error("the parts do not have the hash they were announced under")]
    Hash,
    /// The message is not of a kind that is ever split.
    #[error("messages of this kind are never split")]
    Kind,
}

/// One piece of a long message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The hash of the whole message.
    pub hash: Digest,
    /// Its number, counted from 0.
    pub number: u16,
    /// How many there are.
    pub count: u16,
    /// Its bytes of the message.
    pub bytes: Vec<u8>,
}

impl Part {
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, EntryError> {
        Ok(Part {
            hash: reader.digest()?,
            number: reader.u16()?,
            count: reader.u16()?,
            bytes: reader.rest().to_vec(),
        })
    }

    pub(super) fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(self.hash.as_bytes());
        bytes.extend_from_slice(&self.number.to_le_bytes());
        bytes.extend_from_slice(&self.count.to_le_bytes());
        bytes.extend_from_slice(&self.bytes);
    }
}

/// The leaves of a message: itself, or its parts.
///
/// # Errors
/// [`PartError::TooLong`].
pub fn into_leaves(message: Vec<u8>) -> Result<Vec<Vec<u8>>, PartError> {
    if message.len() <= MAX_LEAF_LEN {
        return Ok(vec![message]);
    }
    if message.len() > MAX_MESSAGE_LEN {
        return Err(PartError::TooLong(message.len()));
    }
    let hash = digest(tag::MESSAGE, &[&message]);
    // At most 16 MiB in pieces of nearly 64 KiB: far fewer than 2^16 parts.
    let count = message.len().div_ceil(FULL) as u16;
    let leaf = |(number, bytes): (u16, &[u8])| {
        let mut leaf = vec![EntryKind::Part as u8];
        Part { hash, number, count, bytes: bytes.to_vec() }.write(&mut leaf);
        leaf
    };
    Ok((0..).zip(message.chunks(FULL)).map(leaf).collect())
}

/// Puts consecutive parts together again.
#[derive(Debug, Clone, Default)]
pub struct PartAssembler {
    begun: Option<Begun>,
}

#[derive(Debug, Clone)]
struct Begun {
    hash: Digest,
    next: u16,
    count: u16,
    message: Vec<u8>,
}

impl PartAssembler {
    /// Whether parts are still to come.
    pub fn is_waiting(&self) -> bool {
        self.begun.is_some()
    }

    /// What a part would complete: the whole message for the last part, nothing for the others.
    ///
    /// # Errors
    /// [`PartError`] for a part that does not come next.
    pub fn check(&self, part: &Part) -> Result<Option<Vec<u8>>, PartError> {
        let Part { hash, number, count, ref bytes } = *part;
        let out_of_place = PartError::OutOfPlace { number, count };
        let (next, before) = match &self.begun {
            None => (0, [].as_slice()),
            Some(begun) if begun.hash == hash && begun.count == count => {
                (begun.next, begun.message.as_slice())
            }
            Some(_) => return Err(out_of_place),
        };
        if number != next || count < 2 {
            return Err(out_of_place);
        }
        if usize::from(count) > MAX_MESSAGE_LEN.div_ceil(FULL) {
            return Err(PartError::TooLong(usize::from(count) * FULL));
        }
        let last = number + 1 == count;
        if bytes.is_empty() || bytes.len() > FULL || (!last && bytes.len() != FULL) {
            return Err(PartError::Uneven);
        }
        if number == 0 && !EntryKind::of(bytes).is_some_and(EntryKind::is_split) {
            return Err(PartError::Kind);
        }
        if !last {
            return Ok(None);
        }
        let message = [before, bytes].concat();
        if message.len() <= MAX_LEAF_LEN {
            return Err(PartError::Uneven);
        }
        if message.len() > MAX_MESSAGE_LEN {
            return Err(PartError::TooLong(message.len()));
        }
        if digest(tag::MESSAGE, &[&message]) != hash {
            return Err(PartError::Hash);
        }
        Ok(Some(message))
    }

    /// Takes the next part; the last one gives the message. A part that is refused changes nothing.
    ///
    /// # Errors
    /// [`PartError`].
    pub fn push(&mut self, part: &Part) -> Result<Option<Vec<u8>>, PartError> {
        let message = self.check(part)?;
        self.advance(part.clone());
        Ok(message)
    }

    /// Takes over a part that [`Self::check`] has accepted.
    pub fn advance(&mut self, part: Part) {
        let Part { hash, number, count, bytes } = part;
        if number + 1 == count {
            self.begun = None;
            return;
        }
        let begun = self.begun.get_or_insert_with(|| Begun { hash, next: 0, count, message: Vec::new() });
        begun.message.extend_from_slice(&bytes);
        begun.next += 1;
    }
}
