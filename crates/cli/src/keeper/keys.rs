//! The keys of a keeper: `keys.json`, in the form of `veche-server`, readable by its owner only. All three are here.

use std::path::Path;

use veche_keeper::{BoxKeys, Elsewhere, KeyFile};
use zeroize::Zeroizing;

use super::KeeperError;
use crate::error::Error;
use crate::files;

/// The keys, if a keeper can work with them.
fn usable(file: &KeyFile, path: &Path) -> Result<BoxKeys, Error> {
    let keys = file.keys().ok().flatten();
    let whole = keys.filter(|keys| keys.organiser().is_ok() && keys.registrar().is_ok());
    Ok(whole.ok_or_else(|| KeeperError::Keys(path.to_owned()))?)
}

/// Makes new keys, and the file that holds them.
pub(super) fn create(path: &Path) -> Result<BoxKeys, Error> {
    let file = KeyFile::new(&Elsewhere::default())?;
    files::write_secret(path, file.to_json()?.as_bytes())?;
    usable(&file, path)
}

/// Reads the file, once it is seen that its owner alone can read it.
pub(super) fn read(path: &Path) -> Result<BoxKeys, Error> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let about =
            std::fs::metadata(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
        if about.permissions().mode() & 0o077 != 0 {
            return Err(KeeperError::Exposed(path.to_owned()).into());
        }
    }
    let bytes = Zeroizing::new(files::read(path)?);
    let file = KeyFile::parse(&bytes).ok_or_else(|| KeeperError::Keys(path.to_owned()))?;
    usable(&file, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_keeper_takes_no_keys_that_are_held_elsewhere() {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("keys.json");
        let keys = create(&path).unwrap();
        assert_eq!(read(&path).unwrap().organiser.public(), keys.organiser.public());
        for (name, elsewhere) in [
            ("organiser", Elsewhere { organiser: Some(keys.organiser.public()), registrar: None }),
            ("registrar", Elsewhere { organiser: None, registrar: Some(keys.registrar.public()) }),
        ] {
            let path = scratch.path().join(name);
            files::write_secret(&path, KeyFile::new(&elsewhere).unwrap().to_json().unwrap().as_bytes())
                .unwrap();
            assert!(matches!(read(&path), Err(Error::Keeper(KeeperError::Keys(_)))), "{name}");
        }
    }
}
