//! What can be wrong with a Pabulib file, and where.

use thiserror::Error;

/// Why a file as a whole cannot be used. The fault is always the file's; the line says where to look.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line}: {kind}")]
pub struct PabulibError {
    /// The line the problem is on, counted from 1.
    pub line: u64,
    /// What is wrong there.
    pub kind: PabulibErrorKind,
}

/// The kinds of [`PabulibError`].
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PabulibErrorKind {
    /// The bytes are not text.
    #[error("the file is not UTF-8 text")]
    NotUtf8,
    /// The first line with content is not `META`.
    #[error("expected the section META, found {found:?}: this is not a Pabulib file")]
    NotPabulib {
        /// What stands there instead, shortened.
        found: String,
    },
    /// The file ends, or another section begins, before this one.
    #[error("the section {section} is missing")]
    MissingSection {
        /// The section's name.
        section: &'static str,
    },
    /// A key of META is given twice.
    #[error("META gives {key:?} twice")]
    DuplicateKey {
        /// The key.
        key: String,
    },
    /// A value of META is not of the form its key needs.
    #[error("{} is {value:?}, expected {expected}", .key.escape_debug())]
    BadValue {
        /// The key or column.
        key: String,
        /// What stands there, shortened.
        value: String,
        /// The form it should have.
        expected: &'static str,
    },
    /// A section has no such column.
    #[error("{section} has no column {column:?}")]
    MissingColumn {
        /// The section's name.
        section: &'static str,
        /// The column's name.
        column: &'static str,
    },
    /// Two columns of a section have one name.
    #[error("{section} has two columns {column:?}")]
    DuplicateColumn {
        /// The section's name.
        section: &'static str,
        /// The column's name.
        column: String,
    },
    /// A row of PROJECTS has another number of fields than its header.
    #[error("a project has {found} fields, the header has {expected}")]
    FieldCount {
        /// Fields in the header.
        expected: usize,
        /// Fields in the row.
        found: usize,
    },
    /// A project without an id.
    #[error("a project has no id")]
    EmptyProjectId,
    /// Two projects share an id.
    #[error("the project {id:?} is listed twice")]
    DuplicateProject {
        /// The id.
        id: String,
    },
    /// PROJECTS has no rows.
    #[error("there are no projects")]
    NoProjects,
    /// The CSV layer could not read a record.
    #[error("unreadable row: {reason}")]
    Csv {
        /// What the reader says.
        reason: String,
    },
}

/// Why one row of VOTES is not a ballot. It is counted and reported; the file is read on.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RowProblem {
    /// Another number of fields than the header.
    #[error("the row has {found} fields, the header has {expected}")]
    FieldCount {
        /// Fields in the header.
        expected: usize,
        /// Fields in the row.
        found: usize,
    },
    /// A field runs over several lines: most likely a quote that nobody closed, which swallows other voters'
    /// rows.
    #[error("the row runs over {lines} lines: is a quote left open?")]
    SeveralLines {
        /// How many lines it takes.
        lines: u64,
    },
    /// A project that PROJECTS doesn't list.
    #[error("it names the project {id:?}, which is not in PROJECTS")]
    UnknownProject {
        /// The id.
        id: String,
    },
    /// One project named twice.
    #[error("it names the project {id:?} twice")]
    RepeatedProject {
        /// The id.
        id: String,
    },
    /// Nothing between two commas.
    #[error("it has nothing between two commas")]
    EmptyChoice,
    /// Not one number of points for each project.
    #[error("projects named: {projects}, numbers of points given: {points}")]
    PointsCount {
        /// Projects named.
        projects: usize,
        /// Numbers of points.
        points: usize,
    },
    /// Points that are no whole number, or below zero.
    #[error("the points {points:?} are not a whole number from 0 upwards")]
    BadPoints {
        /// What stands there, shortened.
        points: String,
    },
}

impl RowProblem {
    /// What is wrong with rows of this kind, to count them by.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::FieldCount { .. } => "another number of fields than the header",
            Self::SeveralLines { .. } => "a row over several lines",
            Self::UnknownProject { .. } => "a project that is not in PROJECTS",
            Self::RepeatedProject { .. } => "a project named twice",
            Self::EmptyChoice => "nothing between two commas",
            Self::PointsCount { .. } => "not one number of points for each project",
            Self::BadPoints { .. } => "points that are no whole number",
        }
    }
}

/// At most this many characters of a file are repeated in a message.
const SHOWN: usize = 60;

/// Shortens what is quoted from the file, so that a broken file cannot flood a terminal.
pub(crate) fn shown(text: &str) -> String {
    let mut characters = text.chars();
    let mut short: String = characters.by_ref().take(SHOWN).collect();
    if characters.next().is_some() {
        short.push('…');
    }
    short
}
