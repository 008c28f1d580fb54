//! Why a record was not published.

use veche_keeper::{OpenError, ReceiptError};

use crate::folder::FolderError;
use crate::store::error::StoreError;

/// Why a record was not published, in a sentence that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The place cannot be one.
    #[error("nothing can be published to {destination:?}: {cause}")]
    Destination {
        /// As it was named.
        destination: String,
        /// What is wrong with it.
        cause: String,
    },
    /// The store, the network or the disk.
    #[error("{destination} {file}: {source}")]
    Store {
        /// As it was named.
        destination: String,
        /// The file.
        file: String,
        /// What went wrong.
        source: Box<object_store::Error>,
    },
    /// Something else is there.
    #[error(
        "{destination} holds {file}, which is not of this record: name an empty folder or prefix, for files that do not belong to a record make it fail its checks"
    )]
    Foreign {
        /// As it was named.
        destination: String,
        /// A file that does not belong there.
        file: String,
    },
    /// The board there is larger.
    #[error(
        "{destination} has a checkpoint of {published} entries, this board has {size}: if it was restored from a backup, it has lost what was acknowledged since"
    )]
    Newer {
        /// As it was named.
        destination: String,
        /// The size of the board there.
        published: u64,
        /// The size of this board.
        size: u64,
    },
    /// The board there is another one.
    #[error(
        "{destination} has a checkpoint of {published} entries with which this board does not begin: never run two boxes on copies of one folder"
    )]
    Contradiction {
        /// As it was named.
        destination: String,
        /// The size of the board there.
        published: u64,
    },
    /// Another publisher was faster.
    #[error("another publisher writes to {0} at the same time")]
    Overtaken(String),
    /// The manifest beside the database.
    #[error("{0}")]
    Manifest(std::io::Error),
    /// The database.
    #[error(transparent)]
    Database(#[from] StoreError),
    /// The folder.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The stored board.
    #[error(transparent)]
    Board(#[from] OpenError),
    /// Nothing may be shown yet.
    #[error(transparent)]
    Unwitnessed(#[from] ReceiptError),
}

impl From<veche_keeper::StoreError> for PublishError {
    fn from(error: veche_keeper::StoreError) -> Self {
        PublishError::Board(error.into())
    }
}
