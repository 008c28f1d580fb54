//! Where a record is read from: a folder, a memory, the root of a URL.

use std::collections::{BTreeMap, BTreeSet};
use std::future::{Future, ready};

use veche_board::bundle::MAX_ENTRY_LEN;
use veche_board::{SignedCheckpoint, Tile, layout};

/// The published manifest, byte for byte.
pub const MANIFEST: &str = "manifest.json";
/// The signed checkpoint.
pub const CHECKPOINT: &str = "checkpoint";
/// The published totals.
pub const RESULT: &str = "result.json";

/// No file of a record has more bytes: a bundle of 256 of the longest entries. A source need not
/// read on.
pub const MAX_FILE_LEN: usize = Tile::FULL_WIDTH as usize * (2 + MAX_ENTRY_LEN);

/// A file cannot be read, or the files cannot be listed: what the system says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SourceError(pub String);

/// A record as files. Paths are relative to the record's root and use `/`.
pub trait RecordSource {
    /// Every file there is, in any order.
    ///
    /// # Errors
    /// [`SourceError`].
    fn files(&self) -> Result<Vec<String>, SourceError>;

    /// The bytes of a file; `None` when there is no such file.
    ///
    /// # Errors
    /// [`SourceError`], also for a file of more than [`MAX_FILE_LEN`] bytes.
    fn file(&self, path: &str) -> Result<Option<Vec<u8>>, SourceError>;
}

/// A record whose files take time to come, as in a browser. Every [`RecordSource`] is one whose files are there at
/// once.
pub trait RemoteSource {
    /// What [`RecordSource::files`] gives.
    fn list(&self) -> impl Future<Output = Result<Vec<String>, SourceError>>;

    /// What [`RecordSource::file`] gives.
    fn fetch(&self, path: &str) -> impl Future<Output = Result<Option<Vec<u8>>, SourceError>>;
}

impl<S: RecordSource> RemoteSource for S {
    fn list(&self) -> impl Future<Output = Result<Vec<String>, SourceError>> {
        ready(self.files())
    }

    fn fetch(&self, path: &str) -> impl Future<Output = Result<Option<Vec<u8>>, SourceError>> {
        ready(self.file(path))
    }
}

/// The size that a checkpoint states, when it has the form of one. Only to know what to ask for: nothing of it is
/// believed yet.
pub fn stated_size(note: &[u8]) -> Option<u64> {
    SignedCheckpoint::parse(note).ok()?.stated_size().ok()
}

/// The files of a record behind a server, which lists nothing: what a checkpoint of this size calls for is taken to
/// be there until it was asked for in vain; `result` says whether there is a file of totals.
pub fn unlisted(size: u64, absent: &BTreeSet<String>, result: bool) -> Vec<String> {
    let called_for = layout(size).map(|file| file.to_string()).chain([MANIFEST.to_owned()]);
    called_for.filter(|path| !absent.contains(path)).chain(result.then(|| RESULT.to_owned())).collect()
}

/// A record in memory.
impl RecordSource for BTreeMap<String, Vec<u8>> {
    fn files(&self) -> Result<Vec<String>, SourceError> {
        Ok(self.keys().cloned().collect())
    }

    fn file(&self, path: &str) -> Result<Option<Vec<u8>>, SourceError> {
        Ok(self.get(path).cloned())
    }
}
