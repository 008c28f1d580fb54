//! Where `veche verify` keeps what it has done, to go on after an interruption.
//!
//! One small file for each record, in the user's cache folder and never in the record. It names the
//! program that wrote it, to the byte, because another version may have checked less; whatever does not
//! fit is discarded, and everything is verified. It is not proof against whoever can write that folder:
//! they could as well replace the program.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use veche_crypto::hash::digest;
use veche_verify::audit::{Snapshot, SnapshotError};

/// The file's place in the digest's domain.
const NAME: &str = "verify-resume";

/// The file of one record.
#[derive(Debug, Clone)]
pub struct ResumeFile {
    path: PathBuf,
    software: String,
}

/// What the file says.
#[derive(Debug)]
pub enum SavedSnapshot {
    /// There is none: nothing was interrupted.
    Missing,
    /// What an interrupted run has done.
    Snapshot(Snapshot),
    /// A file that nothing can be said from.
    Unusable(SnapshotError),
}

impl ResumeFile {
    /// The file for the record at this place, which is an absolute path or an address. Nothing where the
    /// user has no cache folder, or where the program cannot read itself.
    pub fn of(place: &str) -> Option<Self> {
        let name = digest(NAME, &[place.as_bytes()]).to_string();
        let path = cache_folder()?.join("veche").join(format!("verify-{}", name.get(..32)?));
        Some(Self { path, software: software()? })
    }

    /// The file's path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What it says.
    pub fn read(&self) -> SavedSnapshot {
        match fs::read(&self.path) {
            Ok(bytes) => match Snapshot::parse(&bytes, &self.software) {
                Ok(snapshot) => SavedSnapshot::Snapshot(snapshot),
                Err(error) => SavedSnapshot::Unusable(error),
            },
            Err(_) => SavedSnapshot::Missing,
        }
    }

    /// Writes it whole or not at all.
    ///
    /// # Errors
    /// What the system says. Verification does not need the file.
    pub fn write(&self, snapshot: &Snapshot) -> io::Result<()> {
        let bytes = snapshot.to_bytes(&self.software)?;
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder)?;
        }
        let half = self.path.with_extension(std::process::id().to_string());
        let mut file = fs::File::create(&half)?;
        file.write_all(&bytes).and_then(|()| file.sync_all()).and_then(|()| fs::rename(&half, &self.path))
    }

    /// Removes it: the verification came to its end.
    pub fn remove(&self) {
        // Where there is none there is nothing to remove.
        let _ = fs::remove_file(&self.path);
    }
}

/// Where this user's programs keep what they can do without.
pub(crate) fn cache_folder() -> Option<PathBuf> {
    let named = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    if cfg!(windows) {
        return named("LOCALAPPDATA");
    }
    named("XDG_CACHE_HOME").or_else(|| named("HOME").map(|home| home.join(".cache")))
}

/// This program, by the hash of its bytes.
fn software() -> Option<String> {
    let bytes = fs::read(std::env::current_exe().ok()?).ok()?;
    Some(format!("veche {} {}", env!("CARGO_PKG_VERSION"), digest(NAME, &[&bytes])))
}
