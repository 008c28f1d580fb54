//! Which letters the bytes of a text are.
//!
//! What is certain comes first: a byte order mark, bytes that are UTF-8, bytes that can only be UTF-16. Of the
//! encodings that are left any bytes can be any of several; then the one is taken whose letters stand beside each
//! other as they do in the languages that are written in it, and the caller is told that this was a guess.

use std::fmt;
use std::str::FromStr;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};

use crate::error::FileError;

/// An encoding that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Unicode, in bytes.
    Utf8,
    /// Unicode in pairs of bytes, the lower one first.
    Utf16Le,
    /// Unicode in pairs of bytes, the higher one first.
    Utf16Be,
    /// Central Europe, of Windows.
    Cp1250,
    /// Cyrillic, of Windows.
    Cp1251,
    /// Western Europe, of Windows.
    Cp1252,
    /// Arabic, of Windows.
    Cp1256,
    /// Central Europe, of Unix.
    Iso8859Part2,
    /// Cyrillic, of Unix. With the letters of Ukrainian, which Russian texts do without.
    Koi8,
    /// Cyrillic, of DOS.
    Cp866,
}

/// Those that any bytes could be.
const GUESSED: [Encoding; 7] = [
    Encoding::Cp1250,
    Encoding::Cp1251,
    Encoding::Cp1252,
    Encoding::Cp1256,
    Encoding::Iso8859Part2,
    Encoding::Koi8,
    Encoding::Cp866,
];

impl Encoding {
    /// Its name, as people and programs write it.
    pub fn name(self) -> &'static str {
        match self {
            Encoding::Utf8 => "UTF-8",
            Encoding::Utf16Le => "UTF-16LE",
            Encoding::Utf16Be => "UTF-16BE",
            Encoding::Cp1250 => "CP1250",
            Encoding::Cp1251 => "CP1251",
            Encoding::Cp1252 => "CP1252",
            Encoding::Cp1256 => "CP1256",
            Encoding::Iso8859Part2 => "ISO-8859-2",
            Encoding::Koi8 => "KOI8-U",
            Encoding::Cp866 => "CP866",
        }
    }

    fn table(self) -> &'static encoding_rs::Encoding {
        match self {
            Encoding::Utf8 => encoding_rs::UTF_8,
            Encoding::Utf16Le => encoding_rs::UTF_16LE,
            Encoding::Utf16Be => encoding_rs::UTF_16BE,
            Encoding::Cp1250 => encoding_rs::WINDOWS_1250,
            Encoding::Cp1251 => encoding_rs::WINDOWS_1251,
            Encoding::Cp1252 => encoding_rs::WINDOWS_1252,
            Encoding::Cp1256 => encoding_rs::WINDOWS_1256,
            Encoding::Iso8859Part2 => encoding_rs::ISO_8859_2,
            Encoding::Koi8 => encoding_rs::KOI8_U,
            Encoding::Cp866 => encoding_rs::IBM866,
        }
    }

    fn decode(self, bytes: &[u8]) -> Option<String> {
        let text = self.table().decode_without_bom_handling_and_without_replacement(bytes)?;
        Some(text.into_owned())
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Encoding {
    type Err = ();

    /// Reads any of the names that browsers know, and `CP1250` as such.
    fn from_str(name: &str) -> Result<Self, ()> {
        let all = [Encoding::Utf8, Encoding::Utf16Le, Encoding::Utf16Be].into_iter().chain(GUESSED);
        let label = name.trim();
        let table = encoding_rs::Encoding::for_label(label.as_bytes());
        all.into_iter()
            .find(|encoding| encoding.name().eq_ignore_ascii_case(label) || Some(encoding.table()) == table)
            .ok_or(())
    }
}

/// A text and how it was read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Decoded {
    pub text: String,
    pub encoding: Encoding,
    pub guessed: bool,
}

/// Reads a text in the encoding that a person named, or else in the one that it is in.
pub(crate) fn decode(bytes: &[u8], said: Option<Encoding>) -> Result<Decoded, FileError> {
    let read = |encoding: Encoding, bytes: &[u8], guessed| {
        encoding.decode(bytes).map(|text| Decoded { text, encoding, guessed })
    };
    let marked = marked(bytes);
    let bare = marked.map_or(bytes, |(_, len)| bytes.get(len..).unwrap_or_default());
    if let Some(encoding) = said {
        let bare = if marked.is_some_and(|(of_mark, _)| of_mark == encoding) { bare } else { bytes };
        let wrong = || FileError::NotEncoded { encoding: encoding.name(), at: first_wrong(encoding, bare) };
        return read(encoding, bare, false).ok_or_else(wrong);
    }
    if let Some((encoding, _)) = marked {
        let wrong = || FileError::NotEncoded { encoding: encoding.name(), at: first_wrong(encoding, bare) };
        return read(encoding, bare, false).ok_or_else(wrong);
    }
    if let Some(encoding) = unmarked_utf16(bytes)
        && let Some(decoded) = read(encoding, bytes, false)
        // Pairs of other bytes make letters, but no table.
        && decoded.text.contains(['\n', ';', ',', '\t'])
    {
        return Ok(decoded);
    }
    if let Some(decoded) = read(Encoding::Utf8, bytes, false) {
        return Ok(decoded);
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    // Short texts can look like Chinese or Turkish. Asked again with a country in mind, the detector prefers what is
    // written there.
    let countries: [Option<&[u8]>; 5] = [None, Some(b"pl"), Some(b"ru"), Some(b"fr"), Some(b"sa")];
    let guesses = countries.into_iter().map(|country| detector.guess(country, Utf8Detection::Deny));
    let known = guesses.filter_map(|table| GUESSED.into_iter().find(|encoding| encoding.table() == table));
    let mut read_as = known.filter_map(|encoding| read(encoding, bytes, true));
    read_as.next().ok_or(FileError::Unencoded)
}

/// Which letters the bytes of a text are; and, where that had to be guessed, the first words by which a person can
/// tell.
///
/// # Errors
/// [`FileError::Unencoded`] where they are in no encoding that is known here.
pub fn encoding_of(bytes: &[u8]) -> Result<(Encoding, Option<String>), FileError> {
    let decoded = decode(bytes, None)?;
    let sample = decoded.guessed.then(|| sample(&decoded.text)).flatten();
    Ok((decoded.encoding, sample))
}

/// The encoding that a byte order mark names, and the mark's length.
fn marked(bytes: &[u8]) -> Option<(Encoding, usize)> {
    let (encoding, len) = encoding_rs::Encoding::for_bom(bytes)?;
    let all = [Encoding::Utf8, Encoding::Utf16Le, Encoding::Utf16Be];
    Some((all.into_iter().find(|one| one.table() == encoding)?, len))
}

/// UTF-16 without a mark: separators and digits are half zeros, all of them on one side.
fn unmarked_utf16(bytes: &[u8]) -> Option<Encoding> {
    let head = bytes.get(..bytes.len().min(4_096) & !1)?;
    let zeros = |side: usize| head.iter().skip(side).step_by(2).filter(|byte| **byte == 0).count();
    match (zeros(0), zeros(1)) {
        (0, low) if low * 20 >= head.len() && low > 0 => Some(Encoding::Utf16Le),
        (high, 0) if high * 20 >= head.len() && high > 0 => Some(Encoding::Utf16Be),
        _ => None,
    }
}

/// Where the first byte is that is no letter.
fn first_wrong(encoding: Encoding, bytes: &[u8]) -> usize {
    let mut decoder = encoding.table().new_decoder_without_bom_handling();
    let mut sink = String::with_capacity(bytes.len().saturating_mul(3).saturating_add(16));
    let (_, read) = decoder.decode_to_string_without_replacement(bytes, &mut sink, true);
    read.saturating_sub(1)
}

/// The first words with letters that are not the same in every encoding.
pub(crate) fn sample(text: &str) -> Option<String> {
    let word = text.split([';', ',', '\t', '\n', '\r', '"']).find(|cell| !cell.is_ascii())?;
    Some(word.trim().chars().take(60).collect())
}
