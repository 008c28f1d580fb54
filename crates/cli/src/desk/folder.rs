//! What lies where in the desk's folder.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use super::DeskError;
use crate::error::Error;
use crate::files;

/// The version of [`Notes`].
const VERSION: u32 = 1;

/// What the desk remembers that is no secret: the file `desk.json`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Notes {
    version: u32,
    /// The organiser's public key, in hexadecimal, once it is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) public_key: Option<String>,
    /// The key's words were not asked back yet: nobody knows that they are on paper.
    #[serde(default)]
    pub(crate) words_owed: bool,
    /// Where the ballot box answers, without a slash at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ballot_box: Option<String>,
    /// Where the people of the vote are asked for, without a slash at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) registrar: Option<String>,
    /// The manifest is frozen: nothing of the description changes any more.
    #[serde(default)]
    pub(crate) frozen: bool,
    /// The trustees have made the keys and held the rehearsal.
    #[serde(default)]
    pub(crate) rehearsed: bool,
    /// How far the vote was when the ballot box was asked last: the name of a phase.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) phase: Option<String>,
    /// The vote's fingerprint, in hexadecimal, as it was when the voting was open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) fingerprint: Option<String>,
    /// What the organiser calls the trustees, by their numbers.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) trustee_names: BTreeMap<u8, String>,
    /// What was looked at before the opening, and when it was ticked.
    #[serde(default)]
    pub(crate) ticked: BTreeMap<String, String>,
    /// What was left when the vote was opened, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unticked: Option<Unticked>,
}

/// That the vote was opened, or tried to be, without everything that is to be looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Unticked {
    /// What was not ticked.
    pub(crate) items: Vec<String>,
    /// Why not, as somebody has typed it.
    pub(crate) reason: String,
    /// When.
    pub(crate) at: String,
}

/// The folder of one vote. Only its owner can enter it, and one desk at a time has it.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    notes: Mutex<Notes>,
    _lock: File,
}

impl Folder {
    /// Makes the folder, or opens one that a desk made.
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let failed = |source| Error::Write { path: path.to_owned(), source };
        let notes = path.join("desk.json");
        let kept = notes.is_file();
        if !kept && path.exists() {
            let mut items = std::fs::read_dir(path).map_err(failed)?;
            // A lock is left where a desk was stopped before it wrote anything.
            if items.any(|item| item.is_ok_and(|item| item.file_name() != "desk.lock")) {
                return Err(DeskError::OtherFolder { path: path.to_owned() }.into());
            }
        }
        std::fs::create_dir_all(path).map_err(failed)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700)).map_err(failed)?;
        }
        let lock = files::lock(&path.join("desk.lock"))?;
        let lock = lock.ok_or_else(|| DeskError::Taken { path: path.to_owned() })?;
        let read = if kept {
            let broken = |source| DeskError::File { path: notes.clone(), source };
            let read: Notes = serde_json::from_slice(&files::read(&notes)?).map_err(broken)?;
            if read.version != VERSION {
                let later = serde::de::Error::custom(format!("version {}", read.version));
                return Err(broken(later).into());
            }
            read
        } else {
            Notes { version: VERSION, ..Notes::default() }
        };
        let folder = Folder { path: path.to_owned(), notes: Mutex::new(read), _lock: lock };
        if !kept {
            folder.note(|_| ())?;
        }
        Ok(folder)
    }

    /// The folder itself.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The encrypted key and passes.
    pub(crate) fn key(&self) -> PathBuf {
        self.path.join("organiser-key.age")
    }

    /// The manifest: a draft until it is frozen.
    pub(crate) fn manifest(&self) -> PathBuf {
        self.path.join("manifest.json")
    }

    /// What people read before there is a vote.
    pub(crate) fn preview(&self) -> PathBuf {
        self.path.join("preview")
    }

    /// The pictures that the manifest names, where there are any.
    pub(crate) fn pictures(&self) -> PathBuf {
        self.path.join("pictures")
    }

    /// The manifest of the practice vote.
    pub(crate) fn practice(&self) -> PathBuf {
        self.path.join("practice.json")
    }

    /// A copy of the public record, which is added to whenever the turnout is drawn.
    pub(crate) fn record(&self) -> PathBuf {
        self.path.join("record")
    }

    /// What was noted of draws, for the papers.
    pub(crate) fn draws(&self) -> PathBuf {
        self.path.join("draws.json")
    }

    /// Whether an archive of the vote is made, in any language.
    pub(crate) fn has_archive(&self) -> bool {
        let named = |name: &std::ffi::OsStr| {
            name.to_str().is_some_and(|name| name.starts_with("archive") && name.ends_with(".zip"))
        };
        let mut items = std::fs::read_dir(&self.path).into_iter().flatten().flatten();
        items.any(|item| named(&item.file_name()))
    }

    /// When the board was looked at, and how long it was then.
    pub(crate) fn looks(&self) -> PathBuf {
        self.path.join("turnout-looks.json")
    }

    /// What is handed to a browser on the command line would be seen by everybody on this machine; a file of the
    /// folder is not.
    pub(crate) fn link(&self) -> PathBuf {
        self.path.join("open-desk.html")
    }

    /// Takes that file away.
    pub(crate) fn forget_link(&self) {
        let _ = std::fs::remove_file(self.link());
    }

    /// What is remembered now.
    pub(crate) fn notes(&self) -> Notes {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Changes what is remembered. It is on the disk when this returns; where that fails nothing has changed.
    pub(crate) fn note(&self, change: impl FnOnce(&mut Notes)) -> Result<(), Error> {
        let mut notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        let mut changed = notes.clone();
        change(&mut changed);
        let mut bytes = serde_json::to_vec_pretty(&changed)?;
        bytes.push(b'\n');
        files::replace(&self.path.join("desk.json"), &bytes)?;
        *notes = changed;
        Ok(())
    }
}
