//! A record in a folder that is being published at this moment: files of earlier and later checkpoints stand beside
//! those that its checkpoint calls for, and there may be a newer checkpoint before everything is read.

use std::collections::BTreeSet;

use veche_board::layout;
use veche_verify::report::CheckReport;
use veche_verify::source::stated_size;
use veche_verify::{Check, Outcome, RecordSource, Report, SourceError};

use crate::folder::{CHECKPOINT, Folder, FolderError};

/// The record that a folder's checkpoint called for when it was opened.
#[derive(Debug, Clone)]
pub struct LiveFolder {
    folder: Folder,
    checkpoint: Vec<u8>,
    called_for: BTreeSet<String>,
}

impl LiveFolder {
    /// Nothing where the folder has no checkpoint that could say which of its files are the record's.
    ///
    /// # Errors
    /// [`FolderError`].
    pub fn open(folder: Folder) -> Result<Option<Self>, FolderError> {
        let Some(checkpoint) = folder.file(CHECKPOINT)? else { return Ok(None) };
        let Some(size) = stated_size(&checkpoint) else { return Ok(None) };
        let called_for = layout(size).map(|file| file.to_string()).collect();
        Ok(Some(LiveFolder { folder, checkpoint, called_for }))
    }

    /// Its folder.
    pub(crate) const fn folder(&self) -> &Folder {
        &self.folder
    }

    /// What is to be said in the place of a failure that may come from nothing but the publishing; else nothing.
    ///
    /// # Errors
    /// [`FolderError`].
    pub fn excuse(&self, report: &Report) -> Result<Option<Excuse>, FolderError> {
        let of_files = |check: &CheckReport| matches!(check.check, Check::Files | Check::ResultFile);
        if report.outcome != Outcome::Failed || !report.failed().all(of_files) {
            return Ok(None);
        }
        if self.folder.file(CHECKPOINT)?.as_deref() != Some(&self.checkpoint) {
            return Ok(Some(Excuse::Moved));
        }
        let others = self.folder.files()?.iter().any(|path| self.is_others(path));
        Ok(others.then_some(Excuse::OtherFiles))
    }

    fn is_others(&self, path: &str) -> bool {
        is_tile(path) && !self.called_for.contains(path)
    }
}

/// Why a failure may come from nothing but the publishing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Excuse {
    /// There is another checkpoint now than the one that was verified.
    Moved,
    /// Files of other checkpoints stand beside the record's own.
    OtherFiles,
}

impl Excuse {
    /// What is said.
    pub const fn sentence(self) -> &'static str {
        match self {
            Excuse::Moved => {
                "Being written: the folder has got a newer checkpoint while it was read, so nothing can be said of it. \
                 Verify it again, with --live."
            }
            Excuse::OtherFiles => {
                "Being written? Files of other checkpoints stand beside this one's, as in a folder that is being \
                 published. Verify it with --live, which leaves them alone, or by its address."
            }
        }
    }
}

/// Whether a file's place is among the entries and hashes of a log.
fn is_tile(path: &str) -> bool {
    path.starts_with("tile/")
}

impl RecordSource for LiveFolder {
    fn files(&self) -> Result<Vec<String>, SourceError> {
        let mut files = RecordSource::files(&self.folder)?;
        files.retain(|path| !self.is_others(path));
        Ok(files)
    }

    fn file(&self, path: &str) -> Result<Option<Vec<u8>>, SourceError> {
        if path == CHECKPOINT {
            return Ok(Some(self.checkpoint.clone()));
        }
        RecordSource::file(&self.folder, path)
    }
}
