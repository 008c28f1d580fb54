//! Why a roll was not taken.

use std::path::PathBuf;

use veche_sheet::FileError;

use super::problem::{RollProblem, some};

/// Why a roll was not taken. The roll before it stays in force.
#[derive(Debug, thiserror::Error)]
pub enum RollError {
    /// The file cannot be read.
    #[error("the roll {} cannot be read: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        source: std::io::Error,
    },
    /// Not a table that is read here.
    #[error("the roll {} is not taken: {source}", path.display())]
    Table {
        /// The file.
        path: PathBuf,
        /// What it is, and what to do.
        source: FileError,
    },
    /// No row that says what the columns are. No row is repeated, for it may hold a number.
    #[error(
        "the roll {} needs a row of headings, with one column of phones and one of districts, such as `phone` and \
         `district`", path.display()
    )]
    Headings {
        /// The file.
        path: PathBuf,
    },
    /// More than one sheet with such headings.
    #[error(
        "the roll {} has more than one sheet with phones and districts: put everybody onto one, or hide the others",
        path.display()
    )]
    Sheets {
        /// The file.
        path: PathBuf,
    },
    /// Mistakes in it.
    #[error(
        "the roll {} has mistakes, {} in all, so nothing was changed: {}. `veche-server roll check` shows all",
        path.display(), problems.len(), some(problems)
    )]
    Refused {
        /// The file.
        path: PathBuf,
        /// All of them.
        problems: Vec<RollProblem>,
    },
}
