//! The witness's folder: `key`, and under `logs/` a file with the last checkpoint of each log.
//!
//! A file that is replaced whole is simpler than a database here: a log's state is one signed note, it is read once at
//! the start, and the one thing that must hold is that it is on the disk before anyone is answered. The new note is
//! written beside the old, synced, renamed over it, and the folder is synced. So the file is at every moment one of the
//! two, whole. The note is the log's own, with its signature: a damaged file is noticed and never taken for "nothing
//! seen yet".

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};
use veche_board::note::MAX_NOTE_BYTES;
use veche_board::{
    Checkpoint, CheckpointError, EMPTY_ROOT, LogKey, LogPublicKey, Origin, SignedCheckpoint, WitnessKey,
};
use zeroize::Zeroizing;

/// Why the folder cannot be used, in a sentence that says what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// There is a witness already.
    #[error("{} holds a witness's key already: a witness is made once", .0.display())]
    Exists(PathBuf),
    /// Others could read the key.
    #[error("{path} can be read by other users of this machine: run `chmod 600 {path}`", path = .0.display())]
    Exposed(PathBuf),
    /// Not a key that `veche witness new` wrote.
    #[error("{} is not a witness's key: restore it from a backup, or make a new witness with a new name", .0.display())]
    Key(PathBuf),
    /// Another process serves this witness.
    #[error("another process serves the witness in {}: two would cosign two histories", .0.display())]
    InUse(PathBuf),
    /// The last checkpoint of a log cannot be believed.
    #[error(
        "{} is not a checkpoint of {origin} ({source}): this witness must not cosign that log any more; make a new witness with a new name", path.display()
    )]
    State {
        /// The file.
        path: PathBuf,
        /// The log.
        origin: Origin,
        /// What is wrong with it.
        source: CheckpointError,
    },
}

fn file_error(path: &Path) -> impl Fn(io::Error) -> StoreError {
    move |source| StoreError::File { path: path.into(), source }
}

fn key_file(folder: &Path) -> PathBuf {
    folder.join("key")
}

/// Makes a witness in a folder, from 32 fresh random bytes. Returns what others are to know of it.
///
/// # Errors
/// [`StoreError`], and nothing is changed where there is a witness already.
pub fn create(folder: &Path, name: &Origin, seed: &[u8; 32]) -> Result<WitnessKey, StoreError> {
    let path = key_file(folder);
    let logs = folder.join("logs");
    fs::create_dir_all(&logs).map_err(file_error(&logs))?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&path).map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => StoreError::Exists(path.clone()),
        _ => StoreError::File { path: path.clone(), source },
    })?;
    let text = Zeroizing::new(format!("{name}\n{}\n", STANDARD.encode(seed)));
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(file_error(&path))?;
    sync_folder(folder)?;
    Ok(WitnessKey::new(name.clone(), LogKey::from_seed(seed).public()))
}

/// An open folder, which no other process has open.
#[derive(Debug)]
pub(crate) struct Store {
    folder: PathBuf,
    _lock: File,
}

impl Store {
    /// Opens the folder and reads the key.
    pub(crate) fn open(folder: &Path) -> Result<(Store, Origin, LogKey), StoreError> {
        let path = key_file(folder);
        let mut file = File::open(&path).map_err(file_error(&path))?;
        if file.try_lock().is_err() {
            return Err(StoreError::InUse(folder.into()));
        }
        #[cfg(unix)]
        {
            let mode = file.metadata().map_err(file_error(&path))?;
            if std::os::unix::fs::PermissionsExt::mode(&mode.permissions()) & 0o077 != 0 {
                return Err(StoreError::Exposed(path));
            }
        }
        let mut text = Zeroizing::new(String::new());
        file.read_to_string(&mut text).map_err(file_error(&path))?;
        let read = || {
            let (name, rest) = text.split_once('\n')?;
            let seed = Zeroizing::new(STANDARD.decode(rest.strip_suffix('\n')?).ok()?);
            Some((name.parse().ok()?, LogKey::from_seed(seed.as_slice().try_into().ok()?)))
        };
        let (name, key) = read().ok_or(StoreError::Key(path))?;
        Ok((Store { folder: folder.into(), _lock: file }, name, key))
    }

    fn log_file(&self, origin: &Origin) -> PathBuf {
        // A log's name may have slashes, and be longer than a file's name.
        let name: String = Sha256::digest(origin.as_str()).iter().map(|byte| format!("{byte:02x}")).collect();
        self.folder.join("logs").join(name)
    }

    /// The last checkpoint of a log; that of the empty tree where none was ever seen.
    pub(crate) fn last(&self, origin: &Origin, key: &LogPublicKey) -> Result<Checkpoint, StoreError> {
        let path = self.log_file(origin);
        let bytes = match fs::metadata(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Checkpoint { origin: origin.clone(), size: 0, root: EMPTY_ROOT });
            }
            Err(error) => return Err(file_error(&path)(error)),
            Ok(_) => {
                let file = File::open(&path).map_err(file_error(&path))?;
                let mut bytes = Vec::new();
                file.take(MAX_NOTE_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(file_error(&path))?;
                bytes
            }
        };
        SignedCheckpoint::open(&bytes, key, origin).map_err(|source| StoreError::State {
            path,
            origin: origin.clone(),
            source,
        })
    }

    /// Replaces the last checkpoint of a log. When this returns `Ok`, it is on the disk.
    pub(crate) fn replace(&self, origin: &Origin, note: &str) -> Result<(), StoreError> {
        let path = self.log_file(origin);
        let new = path.with_extension("new");
        let mut file = File::create(&new).map_err(file_error(&new))?;
        file.write_all(note.as_bytes()).and_then(|()| file.sync_all()).map_err(file_error(&new))?;
        fs::rename(&new, &path).map_err(file_error(&path))?;
        sync_folder(&self.folder.join("logs"))
    }

    /// Keeps two checkpoints of one log that no history can explain, for whoever wants to see them. The first pair is
    /// enough.
    pub(crate) fn keep_contradiction(&self, origin: &Origin, note: &str) -> Result<(), StoreError> {
        let path = self.log_file(origin);
        let kept = path.with_extension("contradiction");
        if kept.exists() {
            return Ok(());
        }
        let first = fs::read_to_string(&path).map_err(file_error(&path))?;
        fs::write(&kept, format!("{first}\n{note}")).map_err(file_error(&kept))
    }
}

/// Makes a new or renamed file in a folder survive a power cut.
fn sync_folder(folder: &Path) -> Result<(), StoreError> {
    // Only Unix can open a folder; elsewhere renaming is left to the file system.
    if cfg!(unix) {
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(file_error(folder))?;
    }
    Ok(())
}
