//! What there is to say about a spreadsheet: errors, warnings and questions, each at its place.

use veche_record::ManifestError;
use veche_record::manifest::{CODE_PLACE, MAX_SMS_CHARS};
use veche_sheet::{AmountError, MomentError, Place, ZoneError};

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
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// A sheet that is not there.
    #[error("there is no sheet \"{sheet}\"; there are: {}; rename one, or begin with the template", .found.join(", "))]
    NoSheet {
        /// Its name in English.
        sheet: &'static str,
        /// The names that there are.
        found: Vec<String>,
    },
    /// Two sheets of one kind.
    #[error("this is another sheet of {0}; leave one of them")]
    SheetTwice(&'static str),
    /// A sheet without headers.
    #[error("no row of this sheet has headers that are known; take those of the template")]
    NoHeader,
    /// A column that is not there.
    #[error("there is no column \"{0}\"; add it")]
    NoColumn(&'static str),
    /// Two columns of one kind.
    #[error("another column is headed so, too; leave one of them")]
    ColumnTwice,
    /// A setting that is not there.
    #[error("the row \"{0}\" is missing, or empty; add it")]
    NoSetting(&'static str),
    /// A row that is no setting.
    #[error("this setting is not known; take its name from the template, or delete the row")]
    UnknownSetting,
    /// A setting that is there twice.
    #[error("this setting is in row {0}, too; leave one of them")]
    SettingTwice(u32),
    /// Two columns of values that say different things.
    #[error("another column says \"{0}\"; only texts differ by language")]
    Contradiction(String),
    /// An empty cell that must be filled.
    #[error("\"{0}\" is empty; fill it in (of joined cells, only the first has something in it)")]
    Missing(&'static str),
    /// A formula that has no result.
    #[error("this is what a formula could not compute; correct it, and save the file again")]
    Formula,
    /// No amount.
    #[error(transparent)]
    Amount(#[from] AmountError),
    /// No date.
    #[error(transparent)]
    Moment(#[from] MomentError),
    /// No time zone.
    #[error(transparent)]
    Zone(#[from] ZoneError),
    /// No whole number within bounds.
    #[error("a whole number from {least} to {most} is needed here")]
    Count {
        /// The least.
        least: u64,
        /// The most.
        most: u64,
    },
    /// A share where the manifest holds a number.
    #[error("a share of the votes cannot be kept; write how many votes are needed, as a number")]
    Percent,
    /// None of the choices.
    #[error("write one of: {}", .0.join(", "))]
    Choice(Vec<&'static str>),
    /// Not a code of a language.
    #[error("\"{0}\" is no code of a language; write two or three small letters, as en, pl")]
    Language(String),
    /// No language at all.
    #[error(
        "nothing says in which language the texts are; add the row \"languages\", or head columns as \"Name (pl)\""
    )]
    NoLanguage,
    /// A text that misses a language.
    #[error("the text in \"{0}\" is missing; every text is given in every language of the vote")]
    MissingLanguage(String),
    /// Closing before opening.
    #[error("this is not after the opening; put it later")]
    Hours,
    /// A latest closing before the closing.
    #[error("this is not after the closing; put it later, or leave it empty")]
    LatestClosing,
    /// Ballots on paper without an hour for them.
    #[error("ballots on paper are taken; say until when they are typed in, not before closing")]
    PaperUntil,
    /// An hour for ballots on paper where there are none.
    #[error("no ballots on paper are taken; leave this empty, or add paper to the ways to vote")]
    NoPaper,
    /// More needed than there are.
    #[error("more key-holders are needed than there are; at most {0}")]
    TrusteesNeeded(u64),
    /// Not a country.
    #[error("a country is two letters, as PL")]
    Country,
    /// A message without its code.
    #[error(
        "the message has {CODE_PLACE} once, where the code stands, and at most {MAX_SMS_CHARS} characters"
    )]
    Sms,
    /// Two things of one name.
    #[error("this is in row {0}, too; give each its own")]
    Twice(u32),
    /// A district that is not in its sheet.
    #[error("the sheet of districts has no district of this code or name; correct it, or add the district")]
    UnknownDistrict,
    /// Several lists for the whole town.
    #[error("there are several lists for the whole town; name one by its code")]
    WhichCity,
    /// A list without projects.
    #[error("no project is in this list; add some, or delete the row")]
    NoProjects,
    /// A district whose voters have nothing to vote on.
    #[error("people here would have an empty ballot: no project is theirs; add some, or delete the row")]
    EmptyBallot,
    /// Nobody to vote.
    #[error("no row is a district whose people vote; say how many people may vote in \"{0}\"")]
    NoVoters(&'static str),
    /// A place on the earth in another form.
    #[error("this is no place on the earth in degrees; write it as 52.229700, 21.012200")]
    Coordinates,
    /// Half of a place on the earth.
    #[error("latitude and longitude belong together; fill in both")]
    HalfCoordinates,
    /// A picture that is not in the folder.
    #[error(
        "a picture is named as it is in the vote's folder, in plain letters without spaces, as pictures/park.jpg; \
         addresses of the web are not loaded"
    )]
    Picture,
    /// A long number of a project.
    #[error("a project's number has at most 40 characters on one line")]
    Number,
    /// One project alone in a group of which one at most wins.
    #[error("no other project of this list has this word; give it to two or more, or leave it empty")]
    Alone,
    /// A person's answer that is none.
    #[error("\"{answer}\" is no answer to what is asked here; answer one of: {}", .choices.join(", "))]
    Answer {
        /// What was answered.
        answer: String,
        /// What can be answered.
        choices: Vec<String>,
    },
    /// An answer to nothing.
    #[error("nothing is asked about this cell; look at its sheet, column and row")]
    Unasked,
    /// What the manifest itself does not allow.
    #[error("{0}")]
    Manifest(String),
}

impl Problem {
    pub(super) fn of_manifest(error: &ManifestError) -> Self {
        Problem::Manifest(error.problem.to_string())
    }
}

/// What should be looked at, and may be meant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Warning {
    /// A project that can never win.
    #[error("this project costs more than its whole list has to spend ({0}), so it cannot win")]
    Dearer(u64),
    /// Cents that were rounded as a person answered.
    #[error("cents: taken as {0}")]
    Cents(String),
    /// A date that is over.
    #[error("this is in the past")]
    Past,
    /// A year or a month without a day.
    #[error("no day is said: taken as {0}")]
    NoDay(String),
    /// A day without an hour.
    #[error("no hour is said: taken as {0}")]
    NoHour(String),
    /// Nobody said what happens with equal totals.
    #[error("no rule for equal totals is said: taken as drawn by lot")]
    NoTieRule,
    /// Few voters.
    #[error(
        "if 10 of 100 vote, there are about {about} ballots, fewer than {minimum}: totals are joined or withheld"
    )]
    SmallGroup {
        /// How many ballots there may be.
        about: u64,
        /// How many are needed.
        minimum: u64,
    },
    /// Another number than there is.
    #[error("this says {stated}, and {counted} were counted")]
    Stated {
        /// What the cell says.
        stated: u64,
        /// What there is.
        counted: u64,
    },
    /// A column that is not known.
    #[error("this column is not known, and left out")]
    UnknownColumn,
    /// A column that the manifest cannot hold.
    #[error("a manifest has no room for this column, and it is left out")]
    NoRoom,
    /// A column in a language that the vote does not have.
    #[error("\"{0}\" is none of the languages of the vote, and the column is left out")]
    OtherLanguage(String),
    /// One text for several languages.
    #[error("this column names no language: what it says is shown in all of them")]
    AllLanguages,
    /// A title for a description.
    #[error("nothing says what the vote is about: its title is taken for that")]
    NoText,
    /// Two projects of one name.
    #[error("the project in row {0} has this name, too")]
    SameName(u32),
    /// A district without a list of its own.
    #[error("no project is in this district: its people vote on the other lists only")]
    NoOwnList,
    /// One project alone.
    #[error("there is one project in this list: people are asked yes or blank")]
    YesOrBlank,
    /// What the template had as an example.
    #[error("this is the template's example; write your own, or delete the row")]
    Example,
    /// A sheet that people do not see.
    #[error("this sheet is hidden, and is read")]
    Hidden,
    /// A language for which there are no words here.
    #[error(
        "the ways to vote have no names in \"{0}\" here: they are in English; correct them in the manifest"
    )]
    RouteNames(String),
    /// An encoding that was found by its letters.
    #[error("the letters are taken as {encoding}; if \"{sample}\" looks wrong, say --encoding")]
    Guessed {
        /// The encoding.
        encoding: &'static str,
        /// Some letters.
        sample: String,
    },
}

/// What a person must decide before there is a manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Question {
    /// An amount that can be read in two ways, or has cents.
    #[error("which amount is this?")]
    Amount,
    /// A number that can be read in two ways.
    #[error("which number is this?")]
    Number,
    /// An hour that can be two.
    #[error("which hour is this?")]
    Hour,
}

/// A question with what can be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asking {
    /// What is asked.
    pub question: Question,
    /// The answers, and what each means where that is not plain.
    pub choices: Vec<(String, &'static str)>,
}
