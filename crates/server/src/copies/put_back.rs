//! A backup becomes a folder again.

use std::path::Path;

use super::backup::{BackedUp, BackupList, FORM, LIST};
use super::error::CopyError;
use super::files::{Begun, copy};

/// Puts a backup into a new folder. Nothing that is anywhere is touched, so the folder it takes the place of is moved
/// away before, and kept.
///
/// Whether the backup is the newest is seen when it is served: a ballot box asks who else has seen its board.
///
/// # Errors
/// [`CopyError`]; then there is nothing at `data`.
pub fn put_back(backup: &Path, data: &Path) -> Result<BackedUp, CopyError> {
    let no_backup = |reason: String| CopyError::NoBackup { folder: backup.into(), reason };
    let text =
        std::fs::read_to_string(backup.join(LIST)).map_err(|error| no_backup(format!("{LIST}: {error}")))?;
    let list: BackupList =
        serde_json::from_str(&text).map_err(|error| no_backup(format!("{LIST}: {error}")))?;
    if list.veche_backup != FORM {
        return Err(no_backup("a newer version of veche-server made it: use that version".to_owned()));
    }
    let begun = Begun::beside(data)?;
    for (name, expected) in &list.files {
        if Path::new(name).components().count() != 1 || name.starts_with('.') {
            return Err(no_backup(format!("{name:?} is no name of a file")));
        }
        let from = backup.join(name);
        if copy(&from, &begun.path().join(name))? != *expected {
            return Err(CopyError::Altered(from));
        }
    }
    begun.finish()?;
    Ok(BackedUp::of(&list))
}
