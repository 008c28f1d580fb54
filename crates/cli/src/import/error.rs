//! Why a file does not become a contest.

use std::path::PathBuf;

use thiserror::Error;
use veche_record::ManifestError;

use crate::pabulib::PabulibError;

/// Why a file does not become a contest. The fault is with the file, or with what was asked for.
#[derive(Debug, Error)]
pub enum ImportError {
    /// The file is broken.
    #[error("{}: {source}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong in it, and where.
        source: PabulibError,
    },
    /// The file's name gives no id.
    #[error("{}: a contest's id is its file's name, and this one has none that can be used", .path.display())]
    Stem {
        /// The file.
        path: PathBuf,
    },
    /// Two files with one name.
    #[error("{}: another file has this name, and a contest's id is its file's name", .path.display())]
    SameStem {
        /// The second file.
        path: PathBuf,
    },
    /// A vote type or limit that ballots cannot be made for.
    #[error("{}: line {line}: {what}", .path.display())]
    Unsupported {
        /// The file.
        path: PathBuf,
        /// The line of META, or of the project that stands in the way.
        line: u64,
        /// What cannot be done, in words.
        what: String,
    },
    /// Points without a limit.
    #[error("{}: line {line}: voters give points, and the file has no `{needed}` to say how many {whose} can have at most; say it with --points, as --points 3", .path.display())]
    Points {
        /// The file.
        path: PathBuf,
        /// The line of META.
        line: u64,
        /// The key that is missing.
        needed: &'static str,
        /// Whose points.
        whose: &'static str,
    },
    /// A list of projects that exclude one another, which the file's projects do not make.
    #[error("{}: --exclusive names {id:?}, and it must name two projects of the file or more, each once", .path.display())]
    Exclusive {
        /// The file.
        path: PathBuf,
        /// The project.
        id: String,
    },
    /// Projects that exclude one another, and several files that they could be in.
    #[error("{}: --exclusive is about the projects of one file; import the files one by one", .path.display())]
    ExclusiveOfMany {
        /// The second file.
        path: PathBuf,
    },
    /// A number too large for a ballot rule.
    #[error("{}: line {line}: {key} is too large", .path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The line of META.
        line: u64,
        /// The key.
        key: &'static str,
    },
    /// No way to say what language the texts are in.
    #[error("{}: the language {language:?} has no code here; say it with --language, as --language pl", .path.display())]
    Language {
        /// The file.
        path: PathBuf,
        /// What the file says.
        language: String,
    },
    /// Texts in several languages.
    #[error("the files are in several languages ({}): an election has every text in each of its languages; import them one by one, or say --language", .languages.join(", "))]
    Languages {
        /// Their codes.
        languages: Vec<String>,
    },
    /// Nobody could vote.
    #[error("{}: there are no votes to count the voters by; say how many there can be with --electorate", .path.display())]
    Electorate {
        /// The file.
        path: PathBuf,
    },
    /// No hours.
    #[error("no file says when voting {which}; say it with --{which}")]
    Hours {
        /// "opens" or "closes".
        which: &'static str,
    },
    /// The manifest that comes out is refused.
    #[error("the files make no valid manifest: {0}")]
    Manifest(#[from] ManifestError),
}
