//! The entry by which the organiser says something to everybody, or cancels the vote.

use super::{Content, EntryError, Signed};
use crate::tag::domain;
use crate::wire::Reader;

/// The most notices of a board.
pub const MAX_NOTICES: u16 = 64;

/// What a notice is. The numbers are the entry's form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum NoticeForm {
    /// Words.
    Words = 0,
    /// Words that end the vote: no ballot of it is counted.
    Cancellation = 1,
}

/// What the organiser says to everybody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// How many notices are before it: one that was withheld fits no more.
    pub number: u16,
    /// Whether it cancels the vote.
    pub form: NoticeForm,
    /// When, in seconds since 1970, as the organiser says.
    pub time: u64,
    /// Its words in each language, in the manifest's order. They are shown as plain text.
    pub texts: Vec<String>,
}

/// Bytes of the signature at the end.
const SIGNATURE_LEN: usize = 64;

impl Notice {
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Signed<Self>, EntryError> {
        let number = reader.u16()?;
        let form = match reader.u8()? {
            0 => NoticeForm::Words,
            1 => NoticeForm::Cancellation,
            other => return Err(EntryError::NoticeForm(other)),
        };
        let time = reader.u64()?;
        let mut texts = Vec::new();
        while reader.left() > SIGNATURE_LEN {
            let length = usize::from(reader.u16()?);
            let text = std::str::from_utf8(reader.take(length)?).map_err(|_| EntryError::NotText)?;
            texts.push(text.to_owned());
        }
        Signed::read(Notice { number, form, time, texts }, reader)
    }
}

impl Content for Notice {
    const DOMAIN: &'static str = domain::NOTICE;

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&self.number.to_le_bytes());
        bytes.push(self.form as u8);
        bytes.extend_from_slice(&self.time.to_le_bytes());
        for text in &self.texts {
            // A text that is too long for its length is too long for a leaf: the entry is refused as a whole.
            bytes.extend_from_slice(&(text.len() as u16).to_le_bytes());
            bytes.extend_from_slice(text.as_bytes());
        }
    }
}
