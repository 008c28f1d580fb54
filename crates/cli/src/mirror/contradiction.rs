//! Two signed checkpoints of one board that do not fit each other: what to say, and what to keep.

use std::path::{Path, PathBuf};

use serde::Serialize;
use veche_board::Checkpoint;
use veche_crypto::hash::digest;

/// A checkpoint that was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Seen {
    /// How many entries it signs.
    pub size: u64,
    /// Their root in base64.
    pub root: String,
    /// The whole signed note.
    pub note: String,
}

impl Seen {
    /// A checkpoint and the note that it was read from.
    pub fn new(checkpoint: &Checkpoint, note: impl Into<String>) -> Self {
        Self { size: checkpoint.size, root: checkpoint.root.to_base64(), note: note.into() }
    }

    /// Size and root in words.
    pub fn named(&self) -> String {
        format!("{} entries under the root {}", self.size, self.root)
    }
}

/// How two checkpoints contradict each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// One history cannot have both.
    Forked,
    /// Fewer entries than were signed before; they are the first of them.
    Shrunk,
    /// Fewer entries than were signed before, and the earlier copy is too damaged to say whether they are the same.
    ShrunkUnread,
    /// Not signed by the log that was copied before.
    AnotherLog,
}

/// What a board showed earlier, what it shows now, and that the two do not fit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Contradiction {
    /// Where.
    pub address: String,
    /// How they contradict each other.
    pub how: How,
    /// The checkpoint that was copied.
    pub kept: Seen,
    /// The checkpoint that is served now.
    pub served: Seen,
    /// Where both notes were written to, if they could be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub saved: Option<PathBuf>,
}

impl Contradiction {
    /// What happened, in one sentence that names both checkpoints.
    pub fn sentence(&self) -> String {
        let (address, kept, served) = (&self.address, self.kept.named(), self.served.named());
        match self.how {
            How::Forked => format!(
                "The board at {address} contradicts itself: earlier it signed {kept}, now it shows {served}, and no \
                 single history has both. It has two versions, or its past was changed."
            ),
            How::Shrunk => format!(
                "The board at {address} shows less than it has signed already: earlier {kept}, now {served}. What is \
                 left is the same. A server may show an old state for some minutes; if it stays so, entries are being \
                 taken back."
            ),
            How::ShrunkUnread => format!(
                "The board at {address} shows less than it has signed already: earlier {kept}, now {served}."
            ),
            How::AnotherLog => format!(
                "The board at {address} is not the one that was copied: that one signed {kept}, this one shows \
                 {served} and signs with another key or name. If it is meant to be another vote, choose another \
                 folder."
            ),
        }
    }

    /// The sentence, what to do, and both notes to the byte.
    pub fn text(&self) -> String {
        let saved = self.saved.as_ref().map(|path| format!(" and {}", path.display())).unwrap_or_default();
        format!(
            "{}\nThe earlier copy is untouched. Both signed checkpoints are evidence: keep the copy{saved}.\n\n\
             Earlier:\n{}\nNow:\n{}",
            self.sentence(),
            self.kept.note,
            self.served.note
        )
    }

    /// Writes both notes into a file beside the copy, which itself holds a record's files only. Where that cannot be
    /// done the text still has them.
    pub(super) fn save(&mut self, folder: &Path) {
        let both = digest("evidence", &[self.kept.note.as_bytes(), self.served.note.as_bytes()]).to_string();
        let name = folder.file_name().map_or_else(|| "record".into(), |name| name.to_string_lossy());
        let name = format!("{name}-evidence-{}.json", both.get(..8).unwrap_or(&both));
        let path = folder.parent().unwrap_or(Path::new("")).join(name);
        // The name is made of the notes: what is there already says the same.
        let written = path.exists()
            || crate::report::json(self)
                .is_ok_and(|text| crate::files::write_new(&path, text.as_bytes()).is_ok());
        self.saved = written.then_some(path);
    }
}
