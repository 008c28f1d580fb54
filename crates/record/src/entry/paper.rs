//! How many papers were counted by hand.

use super::{Content, EntryError, Signed};
use crate::tag::domain;
use crate::wire::Reader;

/// The organiser's word of how many papers of a district there are, counted by hand. The last of a style holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaperCount {
    /// The declared style, counted from 0 in manifest order.
    pub style: u16,
    /// How many of these there are of the style before it.
    pub number: u16,
    /// How many papers.
    pub count: u32,
}

impl PaperCount {
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Signed<Self>, EntryError> {
        let content = PaperCount { style: reader.u16()?, number: reader.u16()?, count: reader.u32()? };
        Signed::read(content, reader)
    }
}

impl Content for PaperCount {
    const DOMAIN: &'static str = domain::PAPER_COUNT;

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&self.style.to_le_bytes());
        bytes.extend_from_slice(&self.number.to_le_bytes());
        bytes.extend_from_slice(&self.count.to_le_bytes());
    }
}
