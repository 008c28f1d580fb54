//! Why a folder was not copied, put back or rebuilt.

use std::path::PathBuf;

use veche_board::{BundleError, CheckpointError};
use veche_keeper::OpenError;

use crate::ballot_box::publish::error::PublishError;
use crate::folder::FolderError;
use crate::keys::KeysError;
use crate::lock::LockError;
use crate::store::error::StoreError;

/// Why a folder was not copied, put back or rebuilt, in a sentence that says what to do. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// The folder.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// Somebody serves it.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The database is on a server.
    #[error(
        "the database of {} is on a PostgreSQL server, which has tools of its own for this: pg_basebackup or pg_dump for \
         a backup, pg_restore for its way back. Copy the files of the folder with them: keys.json, manifest.json and \
         the others, which never change",
        .0.display()
    )]
    OnServer(PathBuf),
    /// There is something where the copy was to be.
    #[error("{} is there already, and nothing is ever written over: name a folder that does not exist", .0.display())]
    Exists(PathBuf),
    /// A file cannot be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The folder is no backup.
    #[error("{} is not a backup that `veche-server backup` made: {reason}", folder.display())]
    NoBackup {
        /// The folder.
        folder: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A file of a backup has changed.
    #[error(
        "{} is not as it was when the backup was made: its disk is damaged, or somebody has changed it. Take another \
         backup",
        .0.display()
    )]
    Altered(PathBuf),
    /// The copy of the database is damaged.
    #[error("the copy of the database is damaged: {0}. Look after the disk of the folder first")]
    Damaged(String),
    /// The published record cannot be read.
    #[error(transparent)]
    Place(#[from] PublishError),
    /// There is none.
    #[error("{0} has no record: name the folder or bucket that --publish or `veche mirror` keeps")]
    NoRecord(String),
    /// It is another board's, or nobody has signed it.
    #[error("{place} is no record of this board: {source}")]
    Checkpoint {
        /// Where it is.
        place: String,
        /// What is wrong with it.
        source: CheckpointError,
    },
    /// A file of it is missing or cannot be read.
    #[error(
        "{place} is incomplete: {file} {reason}. Make a new copy with `veche mirror`, or take another one"
    )]
    Incomplete {
        /// Where it is.
        place: String,
        /// The file.
        file: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Its entries are not those that were signed, or not those of the database.
    #[error(
        "the {size} entries of {place} do not begin with the {ours} of the database here, or are not what was signed: \
         this is another board, or somebody has changed one of the two. Take another copy"
    )]
    Other {
        /// Where it is.
        place: String,
        /// How many it has.
        size: u64,
        /// How many there are here.
        ours: u64,
    },
    /// People have signed in since the backup.
    #[error(
        "{unknown} of the voters on the board of {place} are not in the database here: they signed in after the backup \
         was made. Which phone is whose stands in no public record, so these people would be taken for others and \
         could vote twice. Nothing was changed. Look for a newer backup; where there is none, this board cannot go \
         on: tell the voters, and hold the vote anew"
    )]
    Unknown {
        /// How many.
        unknown: usize,
        /// Where the board is.
        place: String,
    },
    /// The stored board.
    #[error(transparent)]
    Board(#[from] OpenError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl CopyError {
    /// What the operating system said of a file.
    pub(super) fn file(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| CopyError::File { path, source }
    }
}

impl From<KeysError> for CopyError {
    fn from(error: KeysError) -> Self {
        CopyError::Folder(error.into())
    }
}

impl From<veche_keeper::StoreError> for CopyError {
    fn from(error: veche_keeper::StoreError) -> Self {
        CopyError::Board(error.into())
    }
}

impl CopyError {
    /// A bundle that is none.
    pub(super) fn bundle(place: &str, file: &str, error: BundleError) -> Self {
        CopyError::Incomplete { place: place.to_owned(), file: file.to_owned(), reason: error.to_string() }
    }
}
