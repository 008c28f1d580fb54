//! Draw: the order of options of one total, drawn where that decides who is funded.

use super::{Content, EntryError, Signed};
use crate::tag::domain;
use crate::wire::Reader;

/// In which order options of one total have their turns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draw {
    /// The contest's position.
    pub contest: u16,
    /// The options by position, the first drawn first.
    pub order: Vec<u16>,
}

impl Draw {
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Signed<Self>, EntryError> {
        let (contest, count) = (reader.u16()?, reader.u16()?);
        let order = (0..count).map(|_| Ok(reader.u16()?)).collect::<Result<_, EntryError>>()?;
        Signed::read(Draw { contest, order }, reader)
    }
}

impl Content for Draw {
    const DOMAIN: &'static str = domain::DRAW;

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&self.contest.to_le_bytes());
        // A contest has at most 500 options, and a draw names each of them once at most.
        let count = u16::try_from(self.order.len()).unwrap_or(u16::MAX);
        bytes.extend_from_slice(&count.to_le_bytes());
        for option in self.order.iter().take(count.into()) {
            bytes.extend_from_slice(&option.to_le_bytes());
        }
    }
}
