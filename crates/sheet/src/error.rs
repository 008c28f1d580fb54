//! Why a file is not read: whoever hands it in reads the sentence.

use crate::limits::{MAX_CELL_CHARS, MAX_PARTS};
use crate::place::Place;

/// Why a file is not read. The fault is with the file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// No bytes at all.
    #[error("this file is empty; save the spreadsheet again and hand that in")]
    Empty,
    /// Something else than a spreadsheet.
    #[error(transparent)]
    Wrong(#[from] WrongFile),
    /// More bytes than are read.
    #[error(
        "this file has {bytes} bytes, at most {most} are read; take pictures and unused sheets out of it"
    )]
    TooLarge {
        /// How many it has.
        bytes: usize,
        /// How many are read.
        most: usize,
    },
    /// A file that unpacks to more than is read.
    #[error(
        "this file unpacks to more than {most} bytes, which no spreadsheet of this kind needs; save it again from your \
         spreadsheet program, or ask whoever sent it"
    )]
    Unpacks {
        /// How many are read.
        most: u64,
    },
    /// A file with too many files in it.
    #[error("this file holds more than {MAX_PARTS} files; save it again from your spreadsheet program")]
    Parts,
    /// More sheets than are read.
    #[error("this file has {found} sheets, at most {most} are read; take out what is not needed")]
    Sheets {
        /// How many it has.
        found: usize,
        /// How many are read.
        most: usize,
    },
    /// More rows than are read.
    #[error(
        "the sheet \"{sheet}\" has something in row {row}, at most {most} rows are read; delete what stands below the \
         table"
    )]
    Rows {
        /// The sheet.
        sheet: String,
        /// A row too far.
        row: u64,
        /// How many are read.
        most: u32,
    },
    /// More columns than are read.
    #[error(
        "the sheet \"{sheet}\" has something in column number {column}, at most {most} columns are read; delete what \
         stands beside the table"
    )]
    Columns {
        /// The sheet.
        sheet: String,
        /// A column too far.
        column: u64,
        /// How many are read.
        most: u32,
    },
    /// More cells than are read.
    #[error("this file has more than {most} cells with something in them; take out what is not needed")]
    Cells {
        /// How many are read.
        most: usize,
    },
    /// A cell that is too long.
    #[error(
        "the cell {0} has more than {MAX_CELL_CHARS} characters; probably a quotation mark was opened there and never \
         closed"
    )]
    LongCell(Place),
    /// A spreadsheet that is broken inside.
    #[error(
        "this is {form}, but it is damaged ({reason}); open it in your spreadsheet program and save it again"
    )]
    Damaged {
        /// What it is, with its article.
        form: &'static str,
        /// What the reader said.
        reason: String,
    },
    /// A text that is not in the encoding that was named.
    #[error(
        "this text is not {encoding}: byte {at} is no letter in it; say another encoding, or save the text as UTF-8"
    )]
    NotEncoded {
        /// The encoding.
        encoding: &'static str,
        /// Where the first wrong byte is.
        at: usize,
    },
    /// A text in no encoding that is known here.
    #[error(
        "this is a text in an encoding that is not known here (UTF-8, UTF-16, CP1250, CP1251, CP1252, CP1256, ISO 8859-2, \
         KOI8 and CP866 are); save it as \"CSV UTF-8\""
    )]
    Unencoded,
    /// A text without columns.
    #[error(
        "this text has no columns: no line has a semicolon, a comma or a tab; save the spreadsheet as .xlsx or CSV"
    )]
    NoColumns,
}

/// What a file is that is no spreadsheet to be read here, and what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WrongFile {
    /// Excel up to 2003.
    #[error("this is an old Excel file (.xls); open it in Excel or LibreOffice and save it as .xlsx")]
    OldExcel,
    /// Excel's binary form.
    #[error("this is a binary Excel file (.xlsb); open it in Excel and save it as .xlsx")]
    BinaryExcel,
    /// Excel's XML of 2003.
    #[error("this is an Excel file of 2003 (XML); open it in Excel and save it as .xlsx")]
    XmlExcel,
    /// A file with a password.
    #[error("this file is locked with a password; open it, take the password away and save it again")]
    Locked,
    /// One file of XML instead of a package.
    #[error("this is a flat OpenDocument file (.fods); open it in LibreOffice and save it as .ods")]
    FlatOpenDocument,
    /// Numbers, of Apple.
    #[error("this is a Numbers file of Apple; export it from Numbers as Excel (.xlsx)")]
    Numbers,
    /// Word, whichever.
    #[error("this is a Word file; put its table into a spreadsheet and save that as .xlsx")]
    Word,
    /// A text of LibreOffice.
    #[error("this is a text document (.odt); put its table into a spreadsheet and save that as .ods")]
    OpenText,
    /// A presentation, whichever.
    #[error("this is a presentation; put its table into a spreadsheet and save that as .xlsx")]
    Presentation,
    /// An old Office file of some other kind.
    #[error("this is an old Office file, and not a spreadsheet; hand in an .xlsx, an .ods or a CSV")]
    OldOffice,
    /// A text with formatting.
    #[error("this is a formatted text (.rtf); put its table into a spreadsheet and save that as .xlsx")]
    RichText,
    /// PDF.
    #[error("this is a PDF; ask whoever made it for the spreadsheet that it was made from")]
    Pdf,
    /// A picture.
    #[error("this is a picture ({0}), and not a table; hand in the spreadsheet itself")]
    Picture(&'static str),
    /// Sound or film.
    #[error("this is a recording ({0}), and not a table; hand in the spreadsheet itself")]
    Recording(&'static str),
    /// A web page.
    #[error(
        "this is a web page, even if its name says Excel; open it in your spreadsheet program and save it as .xlsx"
    )]
    WebPage,
    /// XML of some kind.
    #[error("this is an XML file, and not a spreadsheet; hand in an .xlsx, an .ods or a CSV")]
    Xml,
    /// JSON.
    #[error("this is a JSON file, and not a spreadsheet; hand in an .xlsx, an .ods or a CSV")]
    Json,
    /// Pabulib.
    #[error("this is a Pabulib file (.pb); `veche import` reads it")]
    Pabulib,
    /// An archive.
    #[error("this is an archive of files ({0}); unpack it and hand in the spreadsheet in it")]
    Archive(&'static str),
    /// Something that can be run.
    #[error("this is a program, and not a table; be careful with whoever sent it")]
    Program,
    /// Bytes of no known kind.
    #[error("this is neither a spreadsheet nor a text; hand in an .xlsx, an .ods or a CSV")]
    Unknown,
}
