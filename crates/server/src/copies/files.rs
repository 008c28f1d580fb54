//! Files that are copied, hashed and on the disk before anybody hears of them.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use tempfile::TempDir;

use super::error::CopyError;

/// Bytes that are copied at once.
const CHUNK: usize = 1 << 20;

/// The SHA-256 of a file, in hexadecimal digits.
pub(super) fn hash(path: &Path) -> Result<String, CopyError> {
    pass_through(path, &mut std::io::sink())
}

/// Copies a file into a new one that only its owner can read. Returns the SHA-256 of what was copied.
pub(super) fn copy(from: &Path, to: &Path) -> Result<String, CopyError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(to).map_err(CopyError::file(to))?;
    let hash = pass_through(from, &mut file)?;
    file.sync_all().map_err(CopyError::file(to))?;
    Ok(hash)
}

fn pass_through(from: &Path, to: &mut dyn Write) -> Result<String, CopyError> {
    let mut file = File::open(from).map_err(CopyError::file(from))?;
    let (mut hasher, mut chunk) = (Sha256::new(), vec![0; CHUNK]);
    loop {
        let read = file.read(&mut chunk).map_err(CopyError::file(from))?;
        let Some(bytes) = chunk.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
        hasher.update(bytes);
        to.write_all(bytes).map_err(CopyError::file(from))?;
    }
    Ok(hex::encode(hasher.finalize()))
}

/// Makes a file durable that somebody else has written, and its owner's alone.
pub(super) fn settle(path: &Path) -> Result<(), CopyError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).map_err(CopyError::file(path))?;
    }
    File::open(path).and_then(|file| file.sync_all()).map_err(CopyError::file(path))
}

/// A folder that is made beside the place where it will be, which nothing may be at. It is gone if it does not come
/// so far.
pub(super) struct Begun {
    folder: TempDir,
    place: PathBuf,
}

impl Begun {
    /// Only its owner can read it.
    pub(super) fn beside(place: &Path) -> Result<Self, CopyError> {
        if fs::symlink_metadata(place).is_ok() {
            return Err(CopyError::Exists(place.into()));
        }
        let parent = match place.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let mut builder = tempfile::Builder::new();
        builder.prefix(".veche-begun-");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            builder.permissions(fs::Permissions::from_mode(0o700));
        }
        let folder = builder.tempdir_in(parent);
        Ok(Begun { folder: folder.map_err(CopyError::file(parent))?, place: place.into() })
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Gives it its name. All its files must be on the disk.
    pub(super) fn finish(self) -> Result<(), CopyError> {
        let Begun { folder, place } = self;
        let sync = |path: &Path| File::open(path).and_then(|folder| folder.sync_all());
        sync(folder.path()).map_err(CopyError::file(folder.path()))?;
        fs::rename(folder.path(), &place).map_err(CopyError::file(&place))?;
        // Nothing is left at its first name.
        let _ = folder.keep();
        let parent = place.parent().filter(|parent| !parent.as_os_str().is_empty());
        sync(parent.unwrap_or(Path::new("."))).map_err(CopyError::file(&place))
    }
}
