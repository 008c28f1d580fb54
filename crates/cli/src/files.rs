//! Files beside a record: what a command writes is never put over something that exists.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write;
use std::path::Path;

use crate::error::Error;

/// Writes a file that must not exist yet.
pub fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    write(path, bytes, OpenOptions::new().write(true).create_new(true))
}

/// Writes a file that must not exist yet and that only its owner can read.
pub fn write_secret(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    write(path, bytes, &options)
}

/// Writes a file in one step over the one that is there: whoever reads it sees one of both entirely. When this returns,
/// the new one is on disk, its name in the folder too.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let beside = path.with_extension("new");
    write(&beside, bytes, OpenOptions::new().write(true).create(true).truncate(true))?;
    let failed = |source| Error::Write { path: path.to_owned(), source };
    std::fs::rename(&beside, path).map_err(failed)?;
    // Elsewhere a folder cannot be opened, and the rename is on disk with the file.
    #[cfg(unix)]
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)?;
    }
    Ok(())
}

/// Takes a folder for this process alone, until what is returned is dropped or the process ends; nothing where another
/// process has it.
pub fn lock(path: &Path) -> Result<Option<File>, Error> {
    let failed = |source| Error::Write { path: path.to_owned(), source };
    let file = OpenOptions::new().write(true).create(true).truncate(false).open(path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}

fn write(path: &Path, bytes: &[u8], options: &OpenOptions) -> Result<(), Error> {
    let failed = |source| Error::Write { path: path.to_owned(), source };
    let mut file = options.open(path).map_err(failed)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(failed)
}

/// Reads a whole file.
pub fn read(path: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(path).map_err(|source| Error::Read { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_overwritten_and_secrets_are_the_owners() {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("share.json");
        write_secret(&path, b"first").unwrap();
        assert!(matches!(write_new(&path, b"second"), Err(Error::Write { .. })));
        assert!(matches!(write_secret(&path, b"second"), Err(Error::Write { .. })));
        assert_eq!(read(&path).unwrap(), b"first");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
}
