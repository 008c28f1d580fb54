//! The hashes of a built folder's files, in the form that browsers take for `integrity`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use base64::Engine;
use sha2::{Digest, Sha256};

use crate::{SiteError, files};

/// The list's own name.
pub(crate) const LIST: &str = "integrity.json";

pub(crate) fn integrity(bytes: &[u8]) -> String {
    format!("sha256-{}", base64::engine::general_purpose::STANDARD.encode(Sha256::digest(bytes)))
}

/// Writes `integrity.json` into a built folder: the hash of each of its files but this one, by path, in order:
/// `{"app/main.js":"sha256-…"}`. Two builds are the same if their lists are.
///
/// # Errors
/// When a file cannot be read or written.
pub fn list(built: &Path) -> Result<(), SiteError> {
    let mut hashes = BTreeMap::new();
    for name in files(built)?.into_iter().filter(|name| name.as_path() != Path::new(LIST)) {
        let file = built.join(&name);
        let bytes = std::fs::read(&file).map_err(SiteError::at(&file))?;
        hashes.insert(name.to_string_lossy().replace('\\', "/"), integrity(&bytes));
    }
    let target = built.join(LIST);
    let text = serde_json::to_string_pretty(&hashes).map_err(|error| SiteError::Shape(error.to_string()))?;
    std::fs::write(&target, text + "\n").map_err(SiteError::at(&target))
}

/// What the list in a folder says; nothing where there is none, or none of this form.
pub(crate) fn listed(built: &Path) -> Result<Option<BTreeMap<PathBuf, String>>, SiteError> {
    let file = built.join(LIST);
    match std::fs::read(&file) {
        Ok(bytes) => Ok(serde_json::from_slice(&bytes).ok()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(SiteError::at(&file)(error)),
    }
}
