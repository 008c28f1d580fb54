//! Spreadsheets as people hand them in.
//!
//! [`read`] makes a [`Workbook`] of an `.xlsx`, an `.ods` or a text with separators: cells in their places, with
//! numbers and dates as such where the file has them. [`recognise`] finds the columns by their header words,
//! [`amount`] and [`moment`] read money and hours as people write them, and say so where a cell can be read in two
//! ways: nothing is guessed that a person can be asked. Knows no elections.
//!
//! ```
//! use veche_sheet::{ColumnKind, Limits, Options, amount, read, recognise};
//!
//! #[derive(Debug, Clone, Copy, PartialEq, Eq)]
//! enum Kind {
//!     Name,
//!     Cost,
//! }
//! let kinds = [
//!     ColumnKind { kind: Kind::Name, words: &["name", "nazwa"] },
//!     ColumnKind { kind: Kind::Cost, words: &["cost", "koszt"] },
//! ];
//!
//! let file = "Nazwa (pl);Koszt\nPark;48 500,50 zł\n".as_bytes();
//! let workbook = read("projekty.csv", file, &Options::default())?;
//! let sheet = &workbook.sheets[0];
//! let header = recognise(sheet, &kinds).unwrap();
//! assert_eq!(header.column(Kind::Name).unwrap().language.as_deref(), Some("pl"));
//! let cost = header.column(Kind::Cost).unwrap().column;
//! let cell = sheet.rows_after(header.row)[0].cell(cost).unwrap();
//! assert_eq!(amount(&cell.value, &[]).unwrap().one().unwrap().to_string(), "48500.50");
//! assert_eq!(sheet.place(2, cost).to_string(), "projekty!B2");
//! # Ok::<(), veche_sheet::FileError>(())
//! ```

mod amount;
mod archive;
mod delimited;
mod encoding;
mod error;
mod excel;
mod filling;
mod header;
mod kind;
mod limits;
mod moment;
mod months;
mod opendocument;
mod place;
mod reading;
mod said;
mod words;
mod workbook;

pub use amount::{Amount, AmountError, amount};
pub use encoding::{Encoding, encoding_of};
pub use error::{FileError, Package, WrongFile};
pub use header::{ColumnKind, FoundColumn, Header, language, lookup, recognise};
pub use limits::Limits;
pub use moment::{Instant, Moment, MomentError, Zone, ZoneError, moment};
pub use place::{Column, Place};
pub use reading::Reading;
pub use said::phrases;
pub use words::fold;
pub use workbook::{Cell, Form, Row, Sheet, Value, Workbook};

/// What a caller says about a file.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// How much is read.
    pub limits: Limits,
    /// The encoding of a text, where a person has said it; otherwise it is found out.
    pub encoding: Option<Encoding>,
    /// What separates the columns of a text, where a person has said it.
    pub separator: Option<char>,
}

/// Reads a file into a workbook. The sheet of a text is named as the file is, without its ending.
///
/// # Errors
/// [`FileError`], which names a file that is something else for what it is.
pub fn read(file_name: &str, bytes: &[u8], options: &Options) -> Result<Workbook, FileError> {
    if bytes.is_empty() {
        return Err(FileError::Empty);
    }
    if bytes.len() > options.limits.bytes {
        return Err(FileError::TooLarge { bytes: bytes.len(), most: options.limits.bytes });
    }
    match kind::of(bytes, &options.limits)? {
        kind::Kind::Excel => excel::read(bytes, &options.limits),
        kind::Kind::OpenDocument => opendocument::read(bytes, &options.limits),
        kind::Kind::Text => delimited::read(file_name, bytes, options),
    }
}

#[cfg(test)]
mod tests;
