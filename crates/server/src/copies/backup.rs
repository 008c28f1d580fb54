//! A backup of a whole folder, made while people vote.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::error::CopyError;
use super::files::{Begun, copy, hash, settle};
use crate::clock::{Clock, rfc3339};
use crate::folder::{Files, key_file, place, tables};
use crate::keys::Keys;
use crate::store::migrations::Tables;
use crate::store::{Database, Examined, Place, examine};

/// What a backup says of itself.
pub(super) const LIST: &str = "backup.json";

/// The form of [`BackupList`].
pub(super) const FORM: u32 = 1;

/// What is in a backup.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BackupList {
    /// [`FORM`].
    pub(super) veche_backup: u32,
    /// When it was begun.
    pub(super) made: String,
    /// How many entries its board has; nothing for a registrar apart from the box.
    pub(super) entries: Option<u64>,
    /// Each file with the SHA-256 of its bytes.
    pub(super) files: BTreeMap<String, String>,
}

/// A backup that was made, or put back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackedUp {
    /// When it was made.
    pub made: String,
    /// How many entries its board has; nothing for a registrar apart from the box.
    pub entries: Option<u64>,
    /// How many files it has.
    pub files: usize,
}

impl BackedUp {
    pub(super) fn of(list: &BackupList) -> Self {
        BackedUp { made: list.made.clone(), entries: list.entries, files: list.files.len() }
    }
}

/// The files of a folder beside its database, in the order in which they are copied.
fn beside(data: &Path) -> [PathBuf; 7] {
    [
        Files::keys(data),
        Files::manifest(data),
        Files::organiser_token(data),
        Files::trustee_tokens(data),
        Files::words_checked(data),
        Files::configuration(data),
        Files::last_checkpoint(data),
    ]
}

/// Copies the folder of a ballot box or a registrar, running or not, into a new folder that only its owner can read.
/// Whoever has it has the keys and can serve it, so it is as secret as the folder.
///
/// # Errors
/// [`CopyError`]; then there is nothing at `out`.
pub async fn back_up(data: &Path, out: &Path) -> Result<BackedUp, CopyError> {
    let keys = key_file(data)?;
    let from = place(data)?;
    if let Place::Server(_) = from {
        return Err(CopyError::OnServer(data.into()));
    }
    let of_box = keys.log.is_some();
    let tables = if of_box { tables(&Keys::of(&keys)?) } else { Tables::People };
    let begun = Begun::beside(out)?;
    let made = rfc3339(Clock::system().unix());
    let mut files = BTreeMap::new();
    // The newest checkpoint that lies beside the database comes before the database: were it newer, the backup would
    // take itself for an older copy.
    for path in beside(data).into_iter().filter(|path| path.exists()) {
        let name = name_of(&path);
        let hash = copy(&path, &begun.path().join(&name))?;
        files.insert(name, hash);
    }
    let copied = Files::sqlite(begun.path());
    let db = Database::open(&from, tables).await?;
    let done = db.copy_to(&copied).await;
    db.close().await;
    done?;
    settle(&copied)?;
    files.insert(name_of(&copied), hash(&copied)?);
    let Examined { damage, entries } = examine(&copied, of_box).await?;
    if let Some(damage) = damage {
        return Err(CopyError::Damaged(damage));
    }
    let list = BackupList { veche_backup: FORM, made, entries, files };
    let path = begun.path().join(LIST);
    // A tree of strings always has a JSON form.
    let text = serde_json::to_string_pretty(&list).unwrap_or_default();
    std::fs::write(&path, text + "\n").map_err(CopyError::file(&path))?;
    settle(&path)?;
    begun.finish()?;
    Ok(BackedUp::of(&list))
}

fn name_of(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
