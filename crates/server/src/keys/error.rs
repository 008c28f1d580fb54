//! What goes wrong with keys, in sentences that say what to do.

use std::io;
use std::path::PathBuf;

use veche_crypto::randomness::DeadRandomSource;
use veche_keeper::KeyName;

/// Why the keys could not be made, read or written, in a sentence that says what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeysError {
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The file of keys is readable by others.
    #[error("{path} can be read by other users of this machine: run `chmod 600 {path}`", path = .0.display())]
    Exposed(PathBuf),
    /// The file of keys does not have the documented form.
    #[error(
        "{} is not a file of keys that `veche-server init` wrote: move it away, and bring the keys back from their words with `veche-server restore`, or from a backup; new ones cannot continue the same board",
        .0.display()
    )]
    Form(PathBuf),
    /// There is a file of keys where one was to be restored.
    #[error("{} is there, and is never replaced: if it is damaged, move it away first", .0.display())]
    Exists(PathBuf),
    /// A seed of which no key can be made, with negligible probability.
    #[error("no key can be made of this seed; begin again")]
    Seed,
    /// Words of a key that is held elsewhere.
    #[error("the {0} is held elsewhere, and so are its words")]
    Elsewhere(KeyName),
    /// Words of another key.
    #[error("these are not the words of this board's {0}: look for another paper")]
    OtherWords(KeyName),
    /// The keys of a registrar, where those of a ballot box are needed.
    #[error(
        "the folder holds the registrar alone, and no ballot box: a registrar is served with `--role registrar`"
    )]
    RegistrarOnly,
    /// The operating system gave no randomness.
    #[error(transparent)]
    DeadRandomSource(#[from] DeadRandomSource),
}
