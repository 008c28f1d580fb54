//! `keys.json`, whose form is [`KeyFile`]'s: written once, readable by its owner only.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;

use veche_keeper::KeyFile;
use zeroize::Zeroizing;

use super::error::KeysError;

/// Writes the file, and never over another.
pub(crate) fn write(keys: &KeyFile, path: &Path) -> Result<(), KeysError> {
    let text = keys.to_json().map_err(|_| KeysError::Form(path.into()))?;
    write_secret(path, text.as_bytes())
}

/// Reads the file, once it is seen to be readable by its owner only.
pub(crate) fn read(path: &Path) -> Result<KeyFile, KeysError> {
    let failed = |source| KeysError::File { path: path.into(), source };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if fs::metadata(path).map_err(failed)?.permissions().mode() & 0o077 != 0 {
            return Err(KeysError::Exposed(path.into()));
        }
    }
    let bytes = Zeroizing::new(fs::read(path).map_err(failed)?);
    KeyFile::parse(&bytes).ok_or_else(|| KeysError::Form(path.into()))
}

/// Writes a file that only its owner can read, durably, and never over another.
pub(crate) fn write_secret(path: &Path, bytes: &[u8]) -> Result<(), KeysError> {
    let failed = |source| KeysError::File { path: path.into(), source };
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(path).map_err(failed)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(failed)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use veche_keeper::{Elsewhere, KeyName};

    use super::*;

    fn made() -> (tempfile::TempDir, PathBuf, KeyFile) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys.json");
        let keys = KeyFile::new(&Elsewhere::default()).unwrap();
        write(&keys, &path).unwrap();
        (folder, path, keys)
    }

    #[test]
    fn existing_keys_are_never_replaced() {
        let (_folder, path, keys) = made();
        let again = write(&KeyFile::new(&Elsewhere::default()).unwrap(), &path);
        assert!(matches!(again, Err(KeysError::File { .. })));
        assert!(
            read(&path).unwrap().seed(KeyName::Log).unwrap().is(keys.seed(KeyName::Log).unwrap().bytes())
        );
    }

    #[test]
    fn a_damaged_file_is_refused() {
        let (_folder, path, _) = made();
        fs::write(&path, "{}").unwrap();
        assert!(matches!(read(&path), Err(KeysError::Form(_))));
    }

    #[cfg(unix)]
    #[test]
    fn keys_that_others_can_read_are_refused() {
        use std::os::unix::fs::PermissionsExt;
        let (_folder, path, _) = made();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(read(&path), Err(KeysError::Exposed(_))));
    }
}
