//! The data folder: the names of its files, and its manifest.

use std::path::{Path, PathBuf};

use veche_record::{Manifest, ManifestError};

/// The files of a data folder.
pub(crate) struct Files;

impl Files {
    pub(crate) fn manifest(data: &Path) -> PathBuf {
        data.join("manifest.json")
    }
    pub(crate) fn database(data: &Path) -> PathBuf {
        data.join("veche.sqlite")
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
