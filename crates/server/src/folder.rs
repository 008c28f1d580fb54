//! The data folder: the names of its files, and what is opened from it.

use std::path::{Path, PathBuf};

use veche_keeper::{KeyFile, OpenError};
use veche_record::{Manifest, ManifestError};
use zeroize::Zeroizing;

use crate::keys::{self, Keys, KeysError, RegistrarSecret};
use crate::store::error::StoreError;
use crate::store::migrations::Tables;
use crate::store::postgres::NoDatabaseUrl;
use crate::store::{Database, Place};

/// The configuration file's name in a data folder, where `veche-server serve` reads it without being told.
pub const CONFIGURATION: &str = "veche.toml";

/// The files of a data folder.
pub(crate) struct Files;

impl Files {
    pub(crate) fn manifest(data: &Path) -> PathBuf {
        data.join("manifest.json")
    }
    /// The database, where it is a file.
    pub(crate) fn sqlite(data: &Path) -> PathBuf {
        data.join("veche.sqlite")
    }
    /// Where the database is, if it is on a PostgreSQL server.
    pub(crate) fn database_url(data: &Path) -> PathBuf {
        data.join("database-url")
    }
    pub(crate) fn keys(data: &Path) -> PathBuf {
        data.join("keys.json")
    }
    pub(crate) fn organiser_token(data: &Path) -> PathBuf {
        data.join("organiser-token")
    }
    pub(crate) fn trustee_tokens(data: &Path) -> PathBuf {
        data.join("trustee-tokens")
    }
    /// The newest checkpoint, as far as it was written beside the database.
    pub(crate) fn last_checkpoint(data: &Path) -> PathBuf {
        data.join("last-checkpoint")
    }
    /// The board's state at some earlier moment, so that a start is quick. It may be deleted.
    pub(crate) fn snapshot(data: &Path) -> PathBuf {
        data.join("board-snapshot")
    }
    /// What the program reads beside its options, where somebody has written it.
    pub(crate) fn configuration(data: &Path) -> PathBuf {
        data.join(CONFIGURATION)
    }
    /// Whoever serves the folder holds a lock on it.
    pub(crate) fn lock(data: &Path) -> PathBuf {
        data.join("lock")
    }
    /// That somebody has typed the words of the organiser's key back: the public key.
    pub(crate) fn words_checked(data: &Path) -> PathBuf {
        data.join("words-checked")
    }
}

/// Why the folder of a ballot box cannot be used, in a sentence that says what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FolderError {
    /// There is no ballot box in the folder.
    #[error("there is no ballot box in {data}: make one with `veche-server init --data {data} --manifest FILE`", data = .0.display())]
    NoData(PathBuf),
    /// There is a database and no keys.
    #[error(
        "{data} has a database and no keys.json: bring the keys back from their words with `veche-server restore --data {data}`, or from a backup",
        data = .0.display()
    )]
    NoKeys(PathBuf),
    /// A ballot box, where a registrar apart from it is to be served.
    #[error(
        "{} holds a ballot box: a registrar apart from it has a folder of its own, which `veche-server init --role registrar` makes",
        .0.display()
    )]
    BallotBox(PathBuf),
    /// Somebody else's folder.
    #[error("{} cannot be looked at: {source}; the folder must belong to the user that runs the box", path.display())]
    NotOurs {
        /// The file in it.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// Where the database is.
    #[error("{} cannot be read: {source}", path.display())]
    DatabaseFile {
        /// The file that says so.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The same.
    #[error("{}: {source}", path.display())]
    DatabaseUrl {
        /// The file that says so.
        path: PathBuf,
        /// What is wrong with it.
        source: NoDatabaseUrl,
    },
    /// The manifest.
    #[error(transparent)]
    Manifest(#[from] ManifestFileError),
    /// The keys.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The stored board.
    #[error(transparent)]
    Board(#[from] OpenError),
}

/// What the folder of a ballot box holds.
pub(crate) struct Folder {
    pub(crate) manifest_bytes: Vec<u8>,
    pub(crate) manifest: Manifest,
    pub(crate) keys: Keys,
    pub(crate) db: Database,
}

impl Folder {
    /// Reads manifest and keys, and opens the database.
    pub(crate) async fn open(data: &Path) -> Result<Self, FolderError> {
        let keys = Keys::of(&key_file(data)?)?;
        let (manifest_bytes, manifest) = read_manifest(&Files::manifest(data))?;
        let db = Database::open(&place(data)?, tables(&keys)).await?;
        Ok(Folder { manifest_bytes, manifest, keys, db })
    }
}

/// The tables of a ballot box: with those of the registrar where it is its own.
pub(crate) fn tables(keys: &Keys) -> Tables {
    if keys.registrar().is_ok() { Tables::All } else { Tables::Board }
}

/// What the folder of a registrar apart from the box holds.
pub(crate) struct RegistrarFolder {
    pub(crate) manifest: Manifest,
    pub(crate) secret: RegistrarSecret,
    pub(crate) db: Database,
}

impl RegistrarFolder {
    /// Reads manifest and key, and opens the database.
    pub(crate) async fn open(data: &Path) -> Result<Self, FolderError> {
        if key_file(data)?.log.is_some() {
            return Err(FolderError::BallotBox(data.into()));
        }
        RegistrarFolder::of_either(data).await
    }

    /// The same of a folder that may have the ballot box as well.
    pub(crate) async fn of_either(data: &Path) -> Result<Self, FolderError> {
        let file = key_file(data)?;
        let secret = RegistrarSecret::in_file(&file)?;
        let (_, manifest) = read_manifest(&Files::manifest(data))?;
        let db = Database::open(&place(data)?, Tables::People).await?;
        Ok(RegistrarFolder { manifest, secret, db })
    }
}

/// The keys of a folder that has a ballot box.
pub(crate) fn key_file(data: &Path) -> Result<KeyFile, FolderError> {
    let path = Files::keys(data);
    place(data)?;
    if is_there(&path)? { Ok(keys::file::read(&path)?) } else { Err(FolderError::NoKeys(data.into())) }
}

/// Where the database of a folder is.
pub(crate) fn place(data: &Path) -> Result<Place, FolderError> {
    let (file, path) = (Files::sqlite(data), Files::database_url(data));
    if is_there(&path)? {
        return match std::fs::read_to_string(&path).map(Zeroizing::new) {
            Ok(text) => {
                let url = text.trim().parse();
                url.map(Place::Server).map_err(|source| FolderError::DatabaseUrl { path, source })
            }
            Err(source) => Err(FolderError::DatabaseFile { path, source }),
        };
    }
    if is_there(&file)? { Ok(Place::File(file)) } else { Err(FolderError::NoData(data.into())) }
}

fn is_there(path: &Path) -> Result<bool, FolderError> {
    match path.try_exists() {
        Err(error) if error.kind() == std::io::ErrorKind::NotADirectory => Ok(false),
        found => found.map_err(|source| FolderError::NotOurs { path: path.into(), source }),
    }
}

/// Why a manifest was not taken.
#[derive(Debug, thiserror::Error)]
pub enum ManifestFileError {
    /// It cannot be read.
    #[error("the manifest {} cannot be read: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// It is not legal.
    #[error("the manifest {} is refused: {source}", path.display())]
    Illegal {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: ManifestError,
    },
}

/// Reads and checks a manifest.
pub(crate) fn read_manifest(path: &Path) -> Result<(Vec<u8>, Manifest), ManifestFileError> {
    let bytes =
        std::fs::read(path).map_err(|source| ManifestFileError::Unreadable { path: path.into(), source })?;
    let manifest =
        Manifest::parse(&bytes).map_err(|source| ManifestFileError::Illegal { path: path.into(), source })?;
    Ok((bytes, manifest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_looked_at_is_not_taken_for_missing() {
        // The operating system knows no such name, as it says of a folder that is another user's.
        let data = PathBuf::from("a".repeat(5_000));
        assert!(matches!(place(&data), Err(FolderError::NotOurs { .. })));
        assert!(matches!(key_file(&data), Err(FolderError::NotOurs { .. })));
        let empty = tempfile::tempdir().unwrap();
        assert!(matches!(place(empty.path()), Err(FolderError::NoData(_))));
    }
}
