//! The snapshot of the board's state, in a file of the data folder. Whoever deletes it makes the next start longer, and
//! nothing else.

use std::fs::File;
use std::io::{Error, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use veche_keeper::SnapshotPlace;

use crate::folder::Files;

/// The file, and who writes it.
#[derive(Debug)]
pub(crate) struct SnapshotFile {
    path: PathBuf,
    writing: Mutex<()>,
}

impl SnapshotFile {
    /// The one of a data folder.
    pub(crate) fn of(data: &Path) -> Arc<dyn SnapshotPlace> {
        Arc::new(SnapshotFile { path: Files::snapshot(data), writing: Mutex::new(()) })
    }
}

impl SnapshotPlace for SnapshotFile {
    fn read(&self) -> Result<Option<Vec<u8>>, Error> {
        match std::fs::read(&self.path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn write(&self, bytes: &[u8]) -> Result<(), Error> {
        let _one = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let begun = self.path.with_extension("begun");
        let mut file = File::create(&begun)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&begun, &self.path)
    }
}
