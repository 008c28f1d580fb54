//! Why a file is not read: whoever hands it in reads the sentence.

use veche_phrases::{Language, Phrases, Said, error_in_english};

use crate::limits::{MAX_CELL_CHARS, MAX_PARTS};
use crate::place::Place;
use crate::said::PHRASES;

/// Why a file is not read. The fault is with the file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileError {
    /// No bytes at all.
    Empty,
    /// Something else than a spreadsheet.
    Wrong(WrongFile),
    /// More bytes than are read.
    TooLarge {
        /// How many it has.
        bytes: usize,
        /// How many are read.
        most: usize,
    },
    /// A file that unpacks to more than is read.
    Unpacks {
        /// How many are read.
        most: u64,
    },
    /// A file with too many files in it.
    Parts,
    /// More sheets than are read.
    Sheets {
        /// How many it has.
        found: usize,
        /// How many are read.
        most: usize,
    },
    /// More rows than are read.
    Rows {
        /// The sheet.
        sheet: String,
        /// A row too far.
        row: u64,
        /// How many are read.
        most: u32,
    },
    /// More columns than are read.
    Columns {
        /// The sheet.
        sheet: String,
        /// A column too far.
        column: u64,
        /// How many are read.
        most: u32,
    },
    /// More cells than are read.
    Cells {
        /// How many are read.
        most: usize,
    },
    /// A cell that is too long.
    LongCell(Place),
    /// A spreadsheet that is broken inside.
    Damaged {
        /// What it is.
        form: Package,
        /// What the reader said.
        reason: String,
    },
    /// A text that is not in the encoding that was named.
    NotEncoded {
        /// The encoding.
        encoding: &'static str,
        /// Where the first wrong byte is.
        at: usize,
    },
    /// A text in no encoding that is known here.
    Unencoded,
    /// A text without columns.
    NoColumns,
}

/// What a file is that is no spreadsheet to be read here, and what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum WrongFile {
    /// Excel up to 2003.
    OldExcel,
    /// Excel's binary form.
    BinaryExcel,
    /// Excel's XML of 2003.
    XmlExcel,
    /// A file with a password.
    Locked,
    /// One file of XML instead of a package.
    FlatOpenDocument,
    /// Numbers, of Apple.
    Numbers,
    /// Word, whichever.
    Word,
    /// A text of LibreOffice.
    OpenText,
    /// A presentation, whichever.
    Presentation,
    /// An old Office file of some other kind.
    OldOffice,
    /// A text with formatting.
    RichText,
    /// PDF.
    Pdf,
    /// A picture.
    Picture(&'static str),
    /// Sound or film.
    Recording(&'static str),
    /// A web page.
    WebPage,
    /// XML of some kind.
    Xml,
    /// JSON.
    Json,
    /// Pabulib.
    Pabulib,
    /// An archive.
    Archive(&'static str),
    /// Something that can be run.
    Program,
    /// Bytes of no known kind.
    Unknown,
}

/// What a damaged file would be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Package {
    /// A packed file of whatever kind.
    Packed,
    /// `.xlsx`.
    Excel,
    /// `.ods`.
    OpenDocument,
}

impl From<WrongFile> for FileError {
    fn from(wrong: WrongFile) -> Self {
        FileError::Wrong(wrong)
    }
}

impl Said for FileError {
    fn phrases() -> &'static Phrases {
        &PHRASES
    }

    fn code(&self) -> &'static str {
        match self {
            FileError::Empty => "file.empty",
            FileError::Wrong(wrong) => wrong.code(),
            FileError::TooLarge { .. } => "file.too_large",
            FileError::Unpacks { .. } => "file.unpacks",
            FileError::Parts => "file.parts",
            FileError::Sheets { .. } => "file.sheets",
            FileError::Rows { .. } => "file.rows",
            FileError::Columns { .. } => "file.columns",
            FileError::Cells { .. } => "file.cells",
            FileError::LongCell(_) => "file.long_cell",
            FileError::Damaged { form: Package::Packed, .. } => "file.damaged_packed",
            FileError::Damaged { form: Package::Excel, .. } => "file.damaged_excel",
            FileError::Damaged { form: Package::OpenDocument, .. } => "file.damaged_opendocument",
            FileError::NotEncoded { .. } => "file.not_encoded",
            FileError::Unencoded => "file.unencoded",
            FileError::NoColumns => "file.no_columns",
        }
    }

    fn values(&self, language: Language) -> Vec<(&'static str, String)> {
        match self {
            FileError::Wrong(wrong) => wrong.values(language),
            FileError::TooLarge { bytes, most } => {
                vec![("bytes", bytes.to_string()), ("most", most.to_string())]
            }
            FileError::Unpacks { most } => vec![("most", most.to_string())],
            FileError::Parts => vec![("most", MAX_PARTS.to_string())],
            FileError::Sheets { found, most } => {
                vec![("found", found.to_string()), ("most", most.to_string())]
            }
            FileError::Rows { sheet, row, most } => {
                vec![("sheet", sheet.clone()), ("row", row.to_string()), ("most", most.to_string())]
            }
            FileError::Columns { sheet, column, most } => {
                vec![("sheet", sheet.clone()), ("column", column.to_string()), ("most", most.to_string())]
            }
            FileError::Cells { most } => vec![("most", most.to_string())],
            FileError::LongCell(cell) => {
                vec![("cell", cell.to_string()), ("most", MAX_CELL_CHARS.to_string())]
            }
            FileError::Damaged { reason, .. } => vec![("reason", reason.clone())],
            FileError::NotEncoded { encoding, at } => {
                vec![("encoding", (*encoding).to_owned()), ("at", at.to_string())]
            }
            FileError::Empty | FileError::Unencoded | FileError::NoColumns => Vec::new(),
        }
    }
}

impl Said for WrongFile {
    fn phrases() -> &'static Phrases {
        &PHRASES
    }

    fn code(&self) -> &'static str {
        match self {
            WrongFile::OldExcel => "wrong.old_excel",
            WrongFile::BinaryExcel => "wrong.binary_excel",
            WrongFile::XmlExcel => "wrong.xml_excel",
            WrongFile::Locked => "wrong.locked",
            WrongFile::FlatOpenDocument => "wrong.flat_opendocument",
            WrongFile::Numbers => "wrong.numbers",
            WrongFile::Word => "wrong.word",
            WrongFile::OpenText => "wrong.open_text",
            WrongFile::Presentation => "wrong.presentation",
            WrongFile::OldOffice => "wrong.old_office",
            WrongFile::RichText => "wrong.rich_text",
            WrongFile::Pdf => "wrong.pdf",
            WrongFile::Picture(_) => "wrong.picture",
            WrongFile::Recording(_) => "wrong.recording",
            WrongFile::WebPage => "wrong.web_page",
            WrongFile::Xml => "wrong.xml",
            WrongFile::Json => "wrong.json",
            WrongFile::Pabulib => "wrong.pabulib",
            WrongFile::Archive(_) => "wrong.archive",
            WrongFile::Program => "wrong.program",
            WrongFile::Unknown => "wrong.unknown",
        }
    }

    fn values(&self, _: Language) -> Vec<(&'static str, String)> {
        match self {
            WrongFile::Picture(form) | WrongFile::Recording(form) | WrongFile::Archive(form) => {
                vec![("form", (*form).to_owned())]
            }
            _ => Vec::new(),
        }
    }
}

error_in_english!(FileError, WrongFile);
