//! What can be wrong with a manifest, where, and what to do about it.

use veche_board::{KeyError, WitnessesError};

use crate::manifest::{
    CODE_PLACE, FORMAT, MAX_ID_LEN, MAX_MANIFEST_LEN, MAX_MONEY, MAX_NUMBER_CHARS, MAX_OPTIONS,
    MAX_SMS_CHARS, MAX_TRUSTEES, MAX_ZONE_LEN,
};
use crate::rules::RuleError;

/// A manifest is refused. The fault is with whoever wrote it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("manifest, at {path}: {problem}")]
pub struct ManifestError {
    /// The place in the file, as `contests[2].options[0].id`; `.` is the whole file.
    pub path: String,
    /// What is wrong there, and what to do.
    pub problem: Problem,
}

impl ManifestError {
    pub(super) fn new(path: impl Into<String>, problem: Problem) -> Self {
        let path = path.into();
        ManifestError { path: if path.is_empty() { ".".into() } else { path }, problem }
    }
}

pub(super) type Outcome<T = ()> = Result<T, ManifestError>;

pub(super) fn refuse<T>(path: impl Into<String>, problem: Problem) -> Outcome<T> {
    Err(ManifestError::new(path, problem))
}

pub(super) fn demand(holds: bool, path: impl Into<String>, problem: Problem) -> Outcome {
    if holds { Ok(()) } else { refuse(path, problem) }
}

pub(super) fn count(path: &str, found: usize, most: usize) -> Outcome {
    Problem::count(found, most).map_or(Ok(()), |problem| refuse(path, problem))
}

/// What is wrong at one place of a manifest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// More bytes than a manifest may have.
    #[error("the file has {0} bytes, at most {MAX_MANIFEST_LEN} are read; move long texts to web pages")]
    FileTooLarge(usize),
    /// Not JSON of the manifest's form.
    #[error("{0}")]
    Json(String),
    /// Another format.
    #[error("format {0} is unknown to this software, which reads {FORMAT}; use the software of that format")]
    Format(u32),
    /// An empty list, or a list that is too long.
    #[error("a list of {found} where 1 to {most} are possible")]
    Count {
        /// How many there are.
        found: usize,
        /// How many there may be.
        most: usize,
    },
    /// An identifier of another form.
    #[error("an id has 1 to {MAX_ID_LEN} bytes, no control characters, and no space at either end")]
    Id,
    /// An identifier that was used before.
    #[error("\"{0}\" is used twice; give each its own")]
    Repeated(String),
    /// Not a language tag.
    #[error("\"{0}\" is not a language tag; write \"en\", \"pl\" or \"pt-BR\"")]
    Language(String),
    /// A text that misses a language.
    #[error("the text in \"{0}\" is missing; every text is given in every language of the election")]
    MissingLanguage(String),
    /// A text in a language that the election does not have.
    #[error("\"{0}\" is not among the election's languages; add it there, or remove this text")]
    ExtraLanguage(String),
    /// A text without words.
    #[error("this is empty; fill it in or leave it out")]
    Empty,
    /// Opening is not before closing.
    #[error("voting closes before it opens; \"opens\" must come first")]
    Hours,
    /// A latest closing that puts nothing off.
    #[error(
        "the latest closing is not after \"closes\"; put it later, or leave it out: then nothing is put off"
    )]
    LatestClosing,
    /// Paper ballots after which none can be typed in.
    #[error(
        "ballots on paper are typed in at least until voting closes, also when that is put off; put it later"
    )]
    PaperUntil,
    /// Ballots on paper, and no hour after which none can be typed in.
    #[error("a route is entered from paper; say until when papers are typed in")]
    NoPaperUntil,
    /// An hour for ballots on paper where there are none.
    #[error("no route is entered from paper; leave this out")]
    NoPaper,
    /// A time zone of another form.
    #[error("a time zone is 1 to {MAX_ZONE_LEN} of the characters A-Z a-z 0-9 / _ + -, as \"Europe/Warsaw\"")]
    TimeZone,
    /// More trustees than possible, or a threshold outside 1 to n.
    #[error("trustees: 1 ≤ threshold ≤ count ≤ {MAX_TRUSTEES} is needed")]
    Trustees,
    /// A number that must be at least 1.
    #[error("this must be at least 1")]
    Zero,
    /// More money than can be counted.
    #[error("this is more than {MAX_MONEY}, which is not counted exactly everywhere; use a larger unit")]
    Money,
    /// Money is to be given, and there is none.
    #[error("this method of \"funding\" needs a budget; add it, or write {{\"method\":\"none\"}}")]
    FundingBudget,
    /// Money is to be given, and an option does not say how much it needs.
    #[error("this method of \"funding\" needs the cost of every option; add it, 0 where it needs no money")]
    FundingCost,
    /// A list of options that exclude one another, of fewer than two or too many.
    #[error("a list of {0} options where 2 to {MAX_OPTIONS} exclude one another")]
    Exclusive(usize),
    /// An option that does not exist.
    #[error("the contest has no option \"{0}\"; add it, or remove it here")]
    UnknownOption(String),
    /// A style names a contest that does not exist.
    #[error("there is no contest \"{0}\"; add it, or remove it from the style")]
    UnknownContest(String),
    /// A contest that nobody can vote in.
    #[error("no style has this contest; add it to one, or remove it")]
    Orphan,
    /// A rule that does not fit its contest.
    #[error(transparent)]
    Rule(#[from] RuleError),
    /// A ballot that does not fit an entry of the board.
    #[error(
        "a ballot of this style would have {size} bytes, {most} fit an entry; give the style fewer contests"
    )]
    BallotTooLarge {
        /// The ballot's bytes.
        size: usize,
        /// The most that fit.
        most: usize,
    },
    /// Groups whose sums do not fit one message of the board.
    #[error(
        "a trustee's part or the totals of all groups would have {size} bytes, {most} fit a message; report by contest alone, or declare \
         fewer styles"
    )]
    TallyTooLarge {
        /// The bytes of all groups.
        size: usize,
        /// The most that fit.
        most: usize,
    },
    /// A picture that is not beside the site.
    #[error("a picture is a relative path of letters, digits and ._~/- without \"..\", as pictures/park.jpg")]
    Picture,
    /// A currency sign of another form.
    #[error("a currency is 1 to 8 characters, as \"€\" or \"PLN\"")]
    Currency,
    /// A number of minutes out of bounds.
    #[error("a voter can look at a ballot from a second device for 5 to 120 minutes")]
    CheckMinutes,
    /// A country of another form.
    #[error("a country is two capital letters, as \"PL\"")]
    Country,
    /// A message without the code, or a long one.
    #[error(
        "the message has {CODE_PLACE} once, where the code stands, and at most {MAX_SMS_CHARS} characters"
    )]
    Sms,
    /// An option's number of another form.
    #[error("a number is 1 to {MAX_NUMBER_CHARS} characters on one line, as \"L010\"")]
    Number,
    /// A place on the earth in another form.
    #[error(
        "coordinates are latitude and longitude in degrees with at most 6 decimals, as \"52.2297,21.0122\""
    )]
    Coordinates,
    /// A ballot box address of another form.
    #[error(
        "the ballot box is an https address ending in \"/\" (http only on localhost or 127.0.0.1), without query, \
         spaces or quotes"
    )]
    Endpoint,
    /// A witness's key of another form.
    #[error("{0}; a witness's key is what `veche witness new` prints: name+id+key")]
    WitnessKey(KeyError),
    /// Witnesses that are not distinct, or an impossible number of needed ones.
    #[error(transparent)]
    Witnesses(WitnessesError),
}

impl Problem {
    pub(super) fn count(found: usize, most: usize) -> Option<Problem> {
        (found == 0 || found > most).then_some(Problem::Count { found, most })
    }
}
