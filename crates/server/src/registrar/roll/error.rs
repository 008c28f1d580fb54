//! Why a roll was not taken.

use std::path::PathBuf;

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
    /// Not a text, or not in an encoding that is read.
    #[error("the roll {} is no text in UTF-8: save it as \"CSV UTF-8\"", .0.display())]
    Encoding(PathBuf),
    /// No row that says what the columns are. The row is not repeated, for it may hold a number.
    #[error(
        "row {row} of the roll {} must be headings, with one column of phones and one of districts, such as `phone` and \
         `style`", path.display()
    )]
    Headings {
        /// The file.
        path: PathBuf,
        /// The first row that is not empty.
        row: u64,
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
