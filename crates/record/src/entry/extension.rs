//! The entry by which the organiser puts the closing off.

use super::{Content, EntryError, Signed};
use crate::tag::domain;
use crate::wire::Reader;

/// Voting closes later than announced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    /// How many extensions are before it: one that was withheld fits no more.
    pub number: u16,
    /// When it was signed, in seconds since 1970, as the organiser says.
    pub signed_at: u64,
    /// When voting closes from here on, in seconds since 1970.
    pub closes: u64,
}

impl Extension {
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Signed<Self>, EntryError> {
        let content = Extension { number: reader.u16()?, signed_at: reader.u64()?, closes: reader.u64()? };
        Signed::read(content, reader)
    }
}

impl Content for Extension {
    const DOMAIN: &'static str = domain::EXTENSION;

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&self.number.to_le_bytes());
        bytes.extend_from_slice(&self.signed_at.to_le_bytes());
        bytes.extend_from_slice(&self.closes.to_le_bytes());
    }
}
