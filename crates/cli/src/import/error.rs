//! Why a file does not become a contest.

use std::path::PathBuf;

use thiserror::Error;
use veche_record::ManifestError;

use super::{Platform, Remark};
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
    /// Something else than what is imported.
    #[error("{}: {what}; what is read here are Pabulib files (.pb), and by `veche import` the projects that Decidim or Consul export as CSV or Excel", .path.display())]
    OtherFile {
        /// The file.
        path: PathBuf,
        /// What it is, as a sentence.
        what: String,
    },
    /// A table that is not read.
    #[error("{}: {source}", .path.display())]
    Sheet {
        /// The file.
        path: PathBuf,
        /// Why.
        source: veche_sheet::FileError,
    },
    /// Letters that are not Unicode.
    #[error("{}: this is a Pabulib file whose letters are {encoding}{sample}, and not UTF-8, as the format has them; save it as UTF-8", .path.display())]
    Encoded {
        /// The file.
        path: PathBuf,
        /// The encoding.
        encoding: String,
        /// How some of it reads, if it does, behind a comma.
        sample: String,
    },
    /// A file of another platform than was said, or than the others.
    #[error("{}: this is {found}, and not {said}; import it with --from {}, or leave --from out", .path.display(), .found.word())]
    OtherPlatform {
        /// The file.
        path: PathBuf,
        /// What it is.
        found: Platform,
        /// What it was to be.
        said: Platform,
    },
    /// Files of several platforms.
    #[error("{}: this file comes from elsewhere than the first; import them one by one", .path.display())]
    Mixed {
        /// The file.
        path: PathBuf,
    },
    /// A table without what is needed.
    #[error("{}: this is not {from}, or not a whole one; missing columns: {}; export the projects anew, and change no header", .path.display(), .missing.join(", "))]
    MissingColumns {
        /// The file.
        path: PathBuf,
        /// What it is taken for.
        from: Platform,
        /// The columns.
        missing: Vec<String>,
    },
    /// Rows that cannot be read.
    #[error("{}: {}", .path.display(), first_of(.problems))]
    Rows {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where, row by row.
        problems: Vec<Remark>,
    },
    /// A table without projects to vote on.
    #[error("{}: there is no project to vote on: {what}", .path.display())]
    NoProjects {
        /// The file.
        path: PathBuf,
        /// Why.
        what: Box<Remark>,
    },
    /// Texts in several languages, or in one that nobody names.
    #[error("{}: {}", .path.display(), which_language(.languages))]
    WhichLanguage {
        /// The file.
        path: PathBuf,
        /// Those that there are.
        languages: Vec<String>,
    },
    /// Money for something that the export does not have.
    #[error("{}: --budget names {name:?}, and the export has {there}", .path.display())]
    BudgetOf {
        /// The file.
        path: PathBuf,
        /// What was said.
        name: String,
        /// What there is.
        there: String,
    },
    /// What an export does not hold, and nobody has said.
    #[error("{}: {from} does not hold this; say it:\n  {}", .path.display(), options_of(.missing))]
    Unsaid {
        /// The file.
        path: PathBuf,
        /// What it is.
        from: Platform,
        /// What is to be said, by name and as the option that says it.
        missing: Vec<(&'static str, String)>,
    },
    /// An option that is about other files.
    #[error("{option} is not for {from}; {instead}")]
    OptionOfOthers {
        /// The option.
        option: &'static str,
        /// What was given.
        from: Platform,
        /// What to do.
        instead: &'static str,
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
        what: Box<Remark>,
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
    /// A group of projects that exclude one another, which the file's projects do not make.
    #[error("{}: --exclusive names {id:?}, {why}", .path.display())]
    Exclusive {
        /// The file.
        path: PathBuf,
        /// The project.
        id: String,
        /// What is wrong with it.
        why: Ungrouped,
    },
    /// Projects that exclude one another, and no money that they could exclude one another from.
    #[error("{}: --exclusive is about who is funded, and this vote gives an order only; leave it out", .path.display())]
    ExclusiveUnfunded {
        /// The file.
        path: PathBuf,
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

/// Why a name is no part of a group of projects that exclude one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Ungrouped {
    /// No project is called so.
    #[error("and the file has no such project")]
    Unknown,
    /// The group has this project already.
    #[error("and that project is in the group already")]
    Twice,
    /// No other project is in the group.
    #[error("and nothing else; a group has two projects or more, as --exclusive 12,26")]
    Alone,
    /// Several projects are called so.
    #[error("and several projects are called so by their id or number; name each by what no other is called")]
    Unclear,
}

/// At most this many problems of a file are shown.
const SHOWN: usize = 20;

fn first_of(problems: &[Remark]) -> String {
    if let [one] = problems {
        return one.to_string();
    }
    let mut text = format!("{} things are wrong", problems.len());
    for problem in problems.iter().take(SHOWN) {
        text.push_str("\n  ");
        text.push_str(&problem.to_string());
    }
    if problems.len() > SHOWN {
        text.push_str(&format!("\n  and {} more", problems.len() - SHOWN));
    }
    text
}

fn options_of(missing: &[(&'static str, String)]) -> String {
    missing.iter().map(|(_, option)| option.as_str()).collect::<Vec<_>>().join("\n  ")
}

fn which_language(languages: &[String]) -> String {
    if languages.is_empty() {
        return "the export does not say what language its texts are in; say it with --language, as --language es"
            .to_owned();
    }
    format!("the export has titles in {}; say which one with --language", languages.join(", "))
}
