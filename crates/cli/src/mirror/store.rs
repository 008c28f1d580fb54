//! A copy's folder: every file is there whole or not at all, and nothing in it is anybody else's.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use veche_board::{LogFile, layout};

use crate::error::Error;
use crate::folder::{CHECKPOINT, Folder, FolderError, MANIFEST, RESULT};

/// What files are called that are not whole yet.
const PART: &str = ".part-";

/// Files that are still to be written: their paths and bytes.
type Waiting = Vec<(String, Vec<u8>)>;

/// The folder of a copy.
#[derive(Debug)]
pub(super) struct Store {
    folder: Folder,
    parts: AtomicU64,
    /// What is to be written, while it is not known yet whether anything may be.
    held: Mutex<Option<Waiting>>,
}

impl Store {
    /// A new or an existing copy's folder. Until [`release`](Self::release) nothing in it changes.
    pub fn open(root: &Path) -> Result<Self, Error> {
        match fs::create_dir_all(root) {
            Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
                return Err(failed(root)(error));
            }
            _ => {}
        }
        let folder = Folder::open(root)?;
        let foreign = folder.files()?.into_iter().find(|path| !is_ours(path));
        if let Some(file) = foreign {
            return Err(FolderError::Foreign { path: root.to_owned(), file }.into());
        }
        Ok(Self { folder, parts: AtomicU64::new(0), held: Mutex::new(Some(Vec::new())) })
    }

    /// A file that is there and that can be read.
    pub fn file(&self, path: &str) -> Option<Vec<u8>> {
        self.folder.file(path).ok().flatten()
    }

    /// From now on what is put is written, and first what was put before.
    pub fn release(&self) -> Result<(), Error> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner).take();
        held.into_iter().flatten().try_for_each(|(path, bytes)| self.put(&path, &bytes))
    }

    /// Writes a file, over an earlier one: whole or not at all.
    pub fn put(&self, path: &str, bytes: &[u8]) -> Result<(), Error> {
        if let Some(held) = self.held.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            held.push((path.to_owned(), bytes.to_vec()));
            return Ok(());
        }
        let number = self.parts.fetch_add(1, Ordering::Relaxed);
        let half = self.folder.root().join(format!("{PART}{}-{number}", std::process::id()));
        let whole = self.folder.root().join(path);
        if let Some(parent) = whole.parent() {
            fs::create_dir_all(parent).map_err(failed(parent))?;
        }
        let mut file = File::create(&half).map_err(failed(&half))?;
        file.write_all(bytes).map_err(failed(&half))?;
        // After a power cut a tile may be empty, which the next run notices; the checkpoint is what it begins from.
        if path == CHECKPOINT {
            file.sync_all().map_err(failed(&half))?;
        }
        drop(file);
        fs::rename(&half, &whole).map_err(failed(&whole))
    }

    /// Removes what a log of this size does not have: partial files that fuller ones replace, and what an interrupted
    /// run left half-written.
    pub fn tidy(&self, size: u64, result: bool) -> Result<(), Error> {
        let named = [Some(MANIFEST), result.then_some(RESULT)].into_iter().flatten().map(str::to_owned);
        let needed: BTreeSet<String> = layout(size).map(|file| file.to_string()).chain(named).collect();
        for path in self.folder.files()?.into_iter().filter(|path| !needed.contains(path) && is_ours(path)) {
            let path = self.folder.root().join(path);
            fs::remove_file(&path).map_err(failed(&path))?;
            // The folder of partial files; where others are left in it, it stays.
            if let Some(parent) = path.parent().filter(|parent| *parent != self.folder.root()) {
                let _ = fs::remove_dir(parent);
            }
        }
        Ok(())
    }
}

/// Whether a record has such a file, or this program would write it.
fn is_ours(path: &str) -> bool {
    path == MANIFEST || path == RESULT || path.starts_with(PART) || path.parse::<LogFile>().is_ok()
}

fn failed(path: &Path) -> impl FnOnce(std::io::Error) -> Error {
    let path = path.to_owned();
    move |source| Error::Write { path, source }
}
