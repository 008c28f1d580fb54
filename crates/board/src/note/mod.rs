//! Signed notes, c2sp.org/signed-note, "Format":
//!
//! ```text
//! text that ends in a newline
//!
//! — <key name> <base64 of key id ‖ signature>
//! ```
//!
//! A verifier ignores the lines of keys it doesn't know (witnesses add theirs), and refuses a note whose known key
//! didn't sign it.

use crate::encoding::{from_base64, to_base64};
use crate::key::{LogKey, LogPublicKey, Origin};

/// The longest note. The specification asks for room for 16 signatures "up to nearly 5kB" each.
pub const MAX_NOTE_BYTES: usize = 128 * 1024;
/// The most signature lines. The specification asks for at least 16.
pub const MAX_SIGNATURES: usize = 64;

const LINE_START: &str = "— ";

/// Not a note signed by the key it should be. The fault of whoever served it, except where stated otherwise.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoteError {
    /// Longer than [`MAX_NOTE_BYTES`].
    #[error("the note is longer than 128 KiB")]
    TooLong,
    /// Not UTF-8, or with a control character other than newline.
    #[error("the note is not plain UTF-8 text")]
    Encoding,
    /// No blank line, nothing after it, or no newline at the end.
    #[error("the note is not a text, a blank line and signature lines")]
    Form,
    /// A signature line that isn't a dash, a name and canonical base64 of a key id and a signature.
    #[error("signature line {line} of the note is malformed")]
    SignatureLine {
        /// Which signature line, from 1.
        line: usize,
    },
    /// More than [`MAX_SIGNATURES`] lines.
    #[error("the note has more than 64 signatures")]
    TooManySignatures,
    /// No line is by the expected key.
    #[error("the note is not signed by {name}")]
    NotSigned {
        /// The expected key's name.
        name: Origin,
    },
    /// The expected key's line appears twice; a log signs once, and a witness cosigns once.
    #[error("the note carries two signatures by {name}")]
    SignedTwice {
        /// The expected key's name.
        name: Origin,
    },
    /// A line claims to be by the expected key and isn't: forged or altered.
    #[error("the signature by {name} does not verify")]
    BadSignature {
        /// The expected key's name.
        name: Origin,
    },
}

/// A note that has been read and **not** been verified: its text must be ignored until [`verify`](Self::verify).
#[derive(Debug, Clone)]
pub struct Note<'a> {
    text: &'a str,
    signatures: Vec<Line<'a>>,
}

#[derive(Debug, Clone)]
struct Line<'a> {
    name: &'a str,
    id: [u8; 4],
    signature: Vec<u8>,
}

impl<'a> Note<'a> {
    /// Reads a note without verifying it.
    ///
    /// # Errors
    /// The fault of whoever served it: see [`NoteError`].
    pub fn parse(note: &'a [u8]) -> Result<Note<'a>, NoteError> {
        if note.len() > MAX_NOTE_BYTES {
            return Err(NoteError::TooLong);
        }
        let note = std::str::from_utf8(note).map_err(|_| NoteError::Encoding)?;
        if note.bytes().any(|byte| byte < 0x20 && byte != b'\n') {
            return Err(NoteError::Encoding);
        }
        // The text may have blank lines: the last one in the note is the separator.
        let blank = note.as_bytes().windows(2).rposition(|two| two == b"\n\n").ok_or(NoteError::Form)?;
        let (text, lines) = note.split_at_checked(blank + 1).ok_or(NoteError::Form)?;
        let lines =
            lines.strip_prefix('\n').and_then(|lines| lines.strip_suffix('\n')).ok_or(NoteError::Form)?;
        let mut signatures = Vec::new();
        for line in lines.split('\n') {
            if signatures.len() == MAX_SIGNATURES {
                return Err(NoteError::TooManySignatures);
            }
            let malformed = NoteError::SignatureLine { line: signatures.len() + 1 };
            signatures.push(Line::parse(line).ok_or(malformed)?);
        }
        Ok(Note { text, signatures })
    }

    /// The signature lines: each key's name and id, and what follows the id. Nothing of them is verified.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (&'a str, [u8; 4], &[u8])> {
        self.signatures.iter().map(|line| (line.name, line.id, line.signature.as_slice()))
    }

    /// Gives the text out, if `key` under `name` signed it. Lines of other keys are ignored, as the specification
    /// demands, "even if they share a name or ID (but not both)" with this one.
    ///
    /// # Errors
    /// The fault of whoever served the note: not signed by the key, or altered since.
    pub fn verify(&self, name: &Origin, key: &LogPublicKey) -> Result<&'a str, NoteError> {
        let signature = self.only_line(name, key.id(name))?;
        let signature = signature.ok_or_else(|| NoteError::NotSigned { name: name.clone() })?;
        let bad = || NoteError::BadSignature { name: name.clone() };
        let signature = <&[u8; 64]>::try_from(signature).map_err(|_| bad())?;
        key.verify(self.text.as_bytes(), signature).map_err(|_| bad())?;
        Ok(self.text)
    }

    /// What the line of this name and identifier carries, if there is one. Two are refused.
    pub(crate) fn only_line(&self, name: &Origin, id: [u8; 4]) -> Result<Option<&[u8]>, NoteError> {
        let mut by_key = self.signatures.iter().filter(|line| line.name == name.as_str() && line.id == id);
        let line = by_key.next();
        if by_key.next().is_some() {
            return Err(NoteError::SignedTwice { name: name.clone() });
        }
        Ok(line.map(|line| line.signature.as_slice()))
    }

    /// The text, for checking a signature on it.
    pub(crate) const fn unverified_text(&self) -> &'a str {
        self.text
    }
}

impl<'a> Line<'a> {
    fn parse(line: &'a str) -> Option<Line<'a>> {
        let (name, encoded) = line.strip_prefix(LINE_START)?.split_once(' ')?;
        // The rules for a key's name are those for a log's, but for a length that only our own names have.
        if name.is_empty() || name.contains(is_forbidden) {
            return None;
        }
        let bytes = from_base64(encoded)?;
        let (id, signature) = bytes.split_first_chunk::<4>()?;
        if signature.is_empty() {
            return None;
        }
        Some(Line { name, id: *id, signature: signature.to_vec() })
    }
}

fn is_forbidden(c: char) -> bool {
    c.is_whitespace() || c.is_control() || c == '+'
}

/// `text` as a note signed by `key` under `name`. The text must end in a newline and have no other control character.
pub(crate) fn sign(text: &str, name: &Origin, key: &LogKey) -> String {
    let mut bytes = key.public().id(name).to_vec();
    bytes.extend_from_slice(&key.sign(text.as_bytes()));
    format!("{text}\n{}", line(name, &bytes))
}

/// The signature line of a key's name, newline included. `bytes` are the key's identifier and what it signs with.
pub(crate) fn line(name: &Origin, bytes: &[u8]) -> String {
    format!("{LINE_START}{name} {}\n", to_base64(bytes))
}

/// A note of a text and signature lines as they are.
pub(crate) fn assemble<'a>(
    text: &str,
    lines: impl Iterator<Item = (&'a Origin, [u8; 4], &'a [u8])>,
) -> String {
    let lines: String = lines.map(|(name, id, signature)| line(name, &[&id, signature].concat())).collect();
    format!("{text}\n{lines}")
}

#[cfg(test)]
mod tests;
