//! What the desk is answered: facts, which its page says in the clerk's language.

use serde::Serialize;
use utoipa::ToSchema;

use crate::clock::rfc3339;
use crate::people::board::OnBoard;
use crate::people::help::Helped;
use crate::people::journal::JournalLine;
use crate::people::replace::{CheckedRoll, Comparison, Replaced};
use crate::registrar::roll::problem::RollProblem;

/// Problems of a roll that are answered at most.
const MOST_PROBLEMS: usize = 20_000;

/// What is known of somebody; never what was voted.
#[derive(Serialize, ToSchema)]
pub(crate) struct PersonShown {
    /// Whether this vote has a roll.
    has_roll: bool,
    /// The district on the roll, if the number is on it.
    style: Option<String>,
    /// Whether the person has signed in, ever.
    signed_in: bool,
    /// What the board says, once there was a key.
    on_board: Option<OnBoardShown>,
    code: CodeShown,
    /// The newest code on paper.
    printed: Option<PrintedShown>,
    /// What was done for this person by hand, the oldest first.
    journal: Vec<JournalShown>,
}

/// What the board says of a voter.
#[derive(Serialize, ToSchema)]
pub(crate) struct OnBoardShown {
    /// The district, which is fixed.
    style: String,
    /// Whether the newest key may still cast.
    active: bool,
    /// Whether the voter was struck off for good.
    struck_off: bool,
    /// Whether a ballot was cast.
    voted: bool,
}

/// What became of the person's messages in 24 hours.
#[derive(Serialize, ToSchema)]
pub(crate) struct CodeShown {
    /// `none`, `sent`, `delayed`, or `not-on-roll`: then none is sent.
    #[schema(example = "sent")]
    state: &'static str,
    /// Requests that are remembered, for some minutes.
    asked: u32,
    /// Messages that left.
    sent: u32,
    /// When the last one left.
    last_sent: Option<String>,
    /// Messages that wait.
    waiting: u32,
    /// When a message was given up last.
    last_failed: Option<String>,
    /// Whether the newest code is used up by wrong guesses: the person has to ask for another.
    spent: bool,
}

/// A code on paper.
#[derive(Serialize, ToSchema)]
pub(crate) struct PrintedShown {
    made: String,
    expires: String,
    used: bool,
}

/// A line of the journal. It names nobody whom it was done to.
#[derive(Serialize, ToSchema)]
pub(crate) struct JournalShown {
    at: String,
    /// What was done, such as `roll add`.
    #[schema(example = "roll add")]
    what: &'static str,
    operator: String,
    reason: String,
    style: Option<String>,
    /// To how many people, if it was a whole roll.
    people: Option<u32>,
    /// The entry of the board that it has led to.
    entry: Option<u64>,
}

impl From<Helped> for PersonShown {
    fn from(helped: Helped) -> Self {
        let off_roll = helped.has_roll && helped.found.style.is_none();
        let state = match (off_roll, helped.last_left, helped.waiting) {
            (true, ..) => "not-on-roll",
            (false, _, waiting) if waiting > 0 => "delayed",
            (false, Some(_), _) => "sent",
            (false, None, _) => "none",
        };
        PersonShown {
            has_roll: helped.has_roll,
            style: helped.found.style,
            signed_in: helped.found.signed_in,
            on_board: helped.found.on_board.map(OnBoardShown::from),
            code: CodeShown {
                state,
                asked: helped.asked,
                sent: helped.left,
                last_sent: helped.last_left.map(rfc3339),
                waiting: helped.waiting,
                last_failed: helped.last_lost.map(rfc3339),
                spent: helped.spent,
            },
            printed: helped.printed.map(|(made, expires, used)| PrintedShown {
                made: rfc3339(made),
                expires: rfc3339(expires),
                used,
            }),
            journal: helped.journal.into_iter().map(JournalShown::from).collect(),
        }
    }
}

impl From<OnBoard> for OnBoardShown {
    fn from(OnBoard { style, active, struck_off, voted }: OnBoard) -> Self {
        OnBoardShown { style, active, struck_off, voted }
    }
}

impl From<JournalLine> for JournalShown {
    fn from(line: JournalLine) -> Self {
        let JournalLine { at, what, operator, reason, style, people, entry } = line;
        JournalShown { at: rfc3339(at), what, operator, reason, style, people, entry }
    }
}

/// What a roll holds, what is wrong with it, and what it changes.
#[derive(Serialize, ToSchema)]
pub(crate) struct RollShown {
    /// Rows with anything in them, without that of the headings.
    rows: usize,
    /// In how many of them nothing is wrong.
    people: usize,
    districts: Vec<DistrictShown>,
    /// How many numbers several people have.
    shared_phones: usize,
    /// The column that tells these apart, if there is one.
    mark_column: Option<String>,
    /// How many mistakes there are; nothing is replaced unless it is none.
    mistakes: usize,
    /// The first 20,000 of them, in the order of the rows.
    problems: Vec<ProblemShown>,
    /// Columns that are not looked at.
    other_columns: Vec<String>,
    /// What stands between two cells of a file of mistakes, so that whoever wrote the roll can open it.
    delimiter: char,
    /// The encoding of a text that does not say it, as it was found out from its letters.
    guessed: Option<String>,
    /// What it changes, if nothing is wrong with it.
    comparison: Option<ComparisonShown>,
    /// Whether the roll is in force now.
    replaced: bool,
    /// How many of those gone had their keys revoked.
    struck: usize,
}

/// A district, and how many voters it has.
#[derive(Serialize, ToSchema)]
pub(crate) struct DistrictShown {
    style: String,
    listed: u32,
    /// How many the manifest announces at most.
    electorate: u32,
}

/// What is wrong in one place.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProblemShown {
    /// The row, as a spreadsheet counts; none where it is of the whole roll.
    row: Option<u64>,
    /// The column, such as `A (phone)`.
    column: Option<String>,
    /// What stands there.
    cell: String,
    /// What is wrong, for programs, such as `twice`.
    #[schema(example = "twice")]
    mistake: &'static str,
    /// What the mistake is about: the other row, the districts that there are, a number as it is dialled; of
    /// `over-electorate` the district, how many are listed and how many are announced.
    about: Vec<String>,
    /// The same in a sentence.
    sentence: String,
}

/// What another roll changes.
#[derive(Serialize, ToSchema)]
pub(crate) struct ComparisonShown {
    added: usize,
    gone: usize,
    moved: usize,
    kept: usize,
    /// How many of those gone have a key on the board, with which they may vote until they are struck.
    gone_with_key: usize,
    /// How many of those who come were struck off on the board, and vote no more.
    added_struck_off: usize,
}

impl RollShown {
    pub(crate) fn new(replaced: Replaced, in_force: bool) -> Self {
        let Replaced { checked, comparison, struck } = replaced;
        let CheckedRoll {
            rows,
            people,
            districts,
            shared_phones,
            mark_column,
            problems,
            other_columns,
            delimiter,
            guessed,
        } = checked;
        let district =
            |(style, listed, electorate): (String, u32, u32)| DistrictShown { style, listed, electorate };
        RollShown {
            rows,
            people,
            districts: districts.into_iter().map(district).collect(),
            shared_phones,
            mark_column,
            mistakes: problems.len(),
            problems: problems.into_iter().take(MOST_PROBLEMS).map(ProblemShown::from).collect(),
            other_columns,
            delimiter,
            guessed,
            comparison: comparison.map(ComparisonShown::from),
            replaced: in_force,
            struck,
        }
    }
}

impl From<RollProblem> for ProblemShown {
    fn from(problem: RollProblem) -> Self {
        let (mistake, about) = problem.mistake.named();
        let sentence = problem.mistake.to_string();
        let RollProblem { row, column, cell, .. } = problem;
        ProblemShown { row, column, cell: cell.to_string(), mistake, about, sentence }
    }
}

impl From<Comparison> for ComparisonShown {
    fn from(comparison: Comparison) -> Self {
        let Comparison { added, gone, moved, kept, gone_with_key, added_struck_off } = comparison;
        ComparisonShown { added, gone, moved, kept, gone_with_key, added_struck_off }
    }
}
