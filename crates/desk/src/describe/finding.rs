//! What there is to say about a spreadsheet: errors, warnings and questions, each at its place.

use veche_record::manifest;
use veche_sheet::{Amount, AmountError, Instant, MomentError, Place, ZoneError};

use crate::words::Term;

/// Something to say about one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding<T> {
    /// Where: a cell, a row, a column or a sheet; nothing where it is about the whole.
    pub place: Option<Place>,
    /// What stands there, as it is shown; empty where nothing does.
    pub cell: String,
    /// What there is to say.
    pub what: T,
}

/// What must be changed. The fault is with whoever filled in the spreadsheet.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// A sheet that is not there.
    NoSheet {
        /// Its name.
        sheet: Term,
        /// The names that there are.
        found: Vec<String>,
    },
    /// Two sheets of one kind.
    SheetTwice(Term),
    /// A sheet without headers.
    NoHeader,
    /// A column that is not there.
    NoColumn(Term),
    /// Two columns of one kind.
    ColumnTwice,
    /// A setting that is not there.
    NoSetting(Term),
    /// A row that is no setting.
    UnknownSetting,
    /// A setting that is there twice.
    SettingTwice(u32),
    /// Two columns of values that say different things.
    Contradiction(String),
    /// An empty cell that must be filled.
    Missing(Term),
    /// A formula that has no result.
    Formula,
    /// No amount.
    Amount(AmountError),
    /// No date.
    Moment(MomentError),
    /// No time zone.
    Zone(ZoneError),
    /// No whole number that is large enough.
    AtLeast(u64),
    /// No whole number within bounds.
    Count {
        /// The least.
        least: u64,
        /// The most.
        most: u64,
    },
    /// A share of the votes where the manifest holds a number of them.
    Percent,
    /// A share of something else where a number is needed.
    Percentage,
    /// None of the choices.
    Choice(Vec<Term>),
    /// Not a code of a language.
    Language(String),
    /// No language at all.
    NoLanguage,
    /// A text that misses a language.
    MissingLanguage(String),
    /// Closing before opening.
    Hours,
    /// An hour in a year that no manifest counts.
    Year,
    /// A latest closing before the closing.
    LatestClosing,
    /// Ballots on paper without an hour for them.
    PaperUntil,
    /// An hour for ballots on paper where there are none.
    NoPaper,
    /// More needed than there are.
    TrusteesNeeded(u64),
    /// Not a country.
    Country,
    /// A message without its code.
    Sms,
    /// Two things of one name.
    Twice(u32),
    /// A district that is not in its sheet.
    UnknownDistrict,
    /// Several lists for the whole town.
    WhichCity,
    /// A list without projects.
    NoProjects,
    /// A district whose voters have nothing to vote on.
    EmptyBallot,
    /// Nobody to vote.
    NoVoters(Term),
    /// A place on the earth in another form.
    Coordinates,
    /// Half of a place on the earth.
    HalfCoordinates,
    /// A picture that is not in the folder.
    Picture,
    /// A long number of a project.
    Number,
    /// One project alone in a group of which one at most wins.
    Alone,
    /// A person's answer that is none.
    Answer {
        /// What was answered.
        answer: String,
        /// What can be answered.
        choices: Vec<String>,
    },
    /// An answer to nothing.
    Unasked,
    /// What the manifest itself does not allow.
    Manifest(Box<manifest::Problem>),
}

impl From<AmountError> for Problem {
    fn from(error: AmountError) -> Self {
        Problem::Amount(error)
    }
}

impl From<MomentError> for Problem {
    fn from(error: MomentError) -> Self {
        Problem::Moment(error)
    }
}

impl From<ZoneError> for Problem {
    fn from(error: ZoneError) -> Self {
        Problem::Zone(error)
    }
}

/// What should be looked at, and may be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// A project that can never win.
    Dearer(u64),
    /// Cents that were rounded as a person answered.
    Cents(String),
    /// A date that is over.
    Past,
    /// A year or a month without a day.
    NoDay(Instant),
    /// A day without an hour.
    NoHour(Instant),
    /// A project needs more than all voters together can give it.
    Unreachable {
        /// What it needs.
        threshold: u64,
        /// What all of them can give.
        most: u64,
    },
    /// Nobody said what happens with equal totals.
    NoTieRule,
    /// Few voters in a district that has a list of its own: what is withheld of it is joined with nothing.
    SmallList {
        /// How many ballots there may be.
        about: u64,
        /// How many are needed.
        minimum: u64,
    },
    /// Few voters in a district of a list that is counted by district.
    SmallGroup {
        /// How many ballots there may be.
        about: u64,
        /// How many are needed.
        minimum: u64,
    },
    /// Trustees of whom nobody may be missing at the count.
    NoneMissing {
        /// How many there are.
        count: u8,
        /// How many open the totals.
        threshold: u8,
    },
    /// Another number than there is.
    Stated {
        /// What the cell says.
        stated: u64,
        /// What there is.
        counted: u64,
    },
    /// Another number than there is, and rows that could not be counted.
    StatedLeft {
        /// What the cell says.
        stated: u64,
        /// What there is.
        counted: u64,
        /// The rows of the other sheet that are not in it, because something there is wrong or asked.
        rows: Vec<u32>,
    },
    /// A column that is not known.
    UnknownColumn,
    /// A column that the manifest cannot hold.
    NoRoom,
    /// A column in a language that the vote does not have.
    OtherLanguage(String),
    /// One text for several languages.
    AllLanguages,
    /// A title for a description.
    NoText,
    /// Two projects of one name.
    SameName(u32),
    /// A district without a list of its own.
    NoOwnList,
    /// One project alone.
    YesOrBlank,
    /// What the template had as an example.
    Example,
    /// A sheet that people do not see.
    Hidden,
    /// A language for which there are no words here.
    RouteNames(String),
    /// An encoding that was found by its letters.
    Guessed {
        /// The encoding.
        encoding: &'static str,
        /// Some letters.
        sample: String,
    },
}

/// What a person must decide before there is a manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Question {
    /// An amount that can be read in two ways, or has cents.
    Amount,
    /// A number that can be read in two ways.
    Number,
    /// An hour that can be two.
    Hour,
}

/// What an answer means, where that is not plain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Means {
    /// What it says.
    Plain,
    /// The sign in the number stands between thousands.
    Thousands,
    /// It stands before decimals.
    Decimals,
    /// The same, and what is left over is rounded up.
    DecimalsUp,
    /// The same, and what is left over is rounded down.
    DecimalsDown,
    /// What is left over is rounded up.
    Up,
    /// What is left over is rounded down.
    Down,
    /// The word behind the number is a thousand.
    MilThousand,
    /// It is a million.
    MilMillion,
    /// An hour.
    Hour {
        /// Which.
        at: Instant,
        /// Whether the town's clock shows it twice.
        twice: bool,
    },
}

impl Means {
    /// What the two readings of an amount mean: the larger comes first where a sign in it is in doubt, and the smaller
    /// where a word is.
    pub fn of_two(readings: &[Amount]) -> [Self; 2] {
        match readings {
            [first, second] if first < second => [Means::MilThousand, Means::MilMillion],
            _ => [Means::Thousands, Means::Decimals],
        }
    }
}

/// A question that somebody has answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The cell or column as the answer names it.
    pub named: String,
    /// The answer.
    pub answer: String,
    /// What was asked.
    pub question: Question,
    /// What the answer means.
    pub means: Means,
    /// Whether it is for the whole column.
    pub whole_column: bool,
}

/// A question with what can be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asking {
    /// What is asked.
    pub question: Question,
    /// The answers, and what each means.
    pub choices: Vec<(String, Means)>,
}
