//! What is wrong with a roll: all of it at once, by row and column, and as a file to hand back.

use std::fmt;
use std::path::Path;
use std::sync::LazyLock;

use veche_phrases::{Language, Phrases};
use zeroize::Zeroizing;

use crate::keys::KeysError;
use crate::keys::file::write_secret;
use crate::registrar::phone::PhoneError;
use crate::store::roll::PEOPLE_OF_A_PHONE;

/// What the organiser's page says of a roll; so does the file that is handed back.
static PAGE: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::read([
        include_str!("../../../../../www/app/messages/en/desk-people.json"),
        include_str!("../../../../../www/app/messages/ru/desk-people.json"),
        include_str!("../../../../../www/app/messages/pl/desk-people.json"),
        include_str!("../../../../../www/app/messages/es/desk-people.json"),
        include_str!("../../../../../www/app/messages/fr/desk-people.json"),
        include_str!("../../../../../www/app/messages/de/desk-people.json"),
        include_str!("../../../../../www/app/messages/ar/desk-people.json"),
    ])
});

/// Mistakes that a sentence names before it refers to the rest.
const NAMED: usize = 5;

/// A mistake of a roll. The text of the cell is kept apart and never printed with it, for it may be a number.
#[derive(Clone)]
pub struct RollProblem {
    /// The row, as a spreadsheet counts; none where it is of the whole roll.
    pub row: Option<u64>,
    /// The column, such as `A (phone)`.
    pub column: Option<String>,
    /// What is wrong.
    pub mistake: RollMistake,
    /// What stands there.
    pub(crate) cell: Zeroizing<String>,
}

/// What is wrong in one place of a roll.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RollMistake {
    /// An empty cell.
    #[error("there is no phone number")]
    NoPhone,
    /// Not a phone number.
    #[error("{0}")]
    Phone(PhoneError),
    /// Such as `4.84213E+10`.
    #[error(
        "the spreadsheet has shortened this number and its last digits are lost: make the column text, and write the \
         number anew"
    )]
    Shortened,
    /// An empty cell.
    #[error("there is no district")]
    NoStyle,
    /// A district that the manifest does not have.
    #[error("the manifest has no such district; it has {0}")]
    Style(String),
    /// A phone that is there twice, and no column tells people apart.
    #[error(
        "the same phone number as in row {0}, however it is written. Where several people have one phone, a column must \
         tell them apart, headed for example `year of birth` or `mark (first name)`"
    )]
    Twice(u64),
    /// A phone that is there twice, and several columns could tell people apart.
    #[error(
        "the same phone number as in row {other}, however it is written, and each of the columns {columns} could tell the \
         people apart: write `mark` and the heading in brackets above the one that does"
    )]
    TwiceUnclear {
        /// The row of the other.
        other: u64,
        /// The columns.
        columns: String,
    },
    /// A phone that is there twice, and no mark in this row.
    #[error("the same phone number as in row {0}, and nothing here tells these people apart")]
    NoMark(u64),
    /// A phone that is there twice with the same mark.
    #[error(
        "the same phone number as in row {0}, and the same here: the same person twice, or two who are not told apart"
    )]
    SameMark(u64),
    /// More people with one phone than there may be.
    #[error("more than {PEOPLE_OF_A_PHONE} people with this phone number, which is the most")]
    Crowded,
    /// Somebody has signed in of whom it is not clear who they are in this roll.
    #[error(
        "somebody who has signed in with this phone number is not among the people that it has here, or was not told \
         apart from them before: write the mark that the roll has for them, or give them one with `roll mark`, or take \
         them off the roll with `roll strike`"
    )]
    WhoIsIt,
    /// A mark that somebody else of this phone had before.
    #[error("somebody else with this phone number had this mark before: choose another one")]
    MarkTaken,
    /// A cell in a column without a heading.
    #[error("something stands beyond the last heading: cells of this row may have slipped")]
    Beyond,
    /// More voters than the manifest announces for a district.
    #[error("{listed} voters of the district {style:?}; the manifest announces at most {electorate}")]
    OverElectorate {
        /// The district.
        style: String,
        /// How many the roll lists.
        listed: u32,
        /// How many the manifest allows.
        electorate: u32,
    },
    /// A district that cannot be changed any more.
    #[error(
        "this voter has a key for the district {0:?} on the board and stays there: write that district here, or take the \
         voter off the roll"
    )]
    HasKey(String),
}

impl RollMistake {
    /// A name for programs, and what it is about.
    pub(crate) fn named(&self) -> (&'static str, Vec<String>) {
        match self {
            RollMistake::NoPhone => ("no-phone", vec![]),
            RollMistake::Phone(PhoneError::International) => ("phone-international", vec![]),
            RollMistake::Phone(PhoneError::National(example)) => ("phone-national", vec![example.clone()]),
            RollMistake::Shortened => ("shortened", vec![]),
            RollMistake::NoStyle => ("no-district", vec![]),
            RollMistake::Style(known) => ("district-unknown", vec![known.clone()]),
            RollMistake::Twice(row) => ("twice", vec![row.to_string()]),
            RollMistake::TwiceUnclear { other, columns } => {
                ("twice-unclear", vec![other.to_string(), columns.clone()])
            }
            RollMistake::NoMark(row) => ("no-mark", vec![row.to_string()]),
            RollMistake::SameMark(row) => ("same-mark", vec![row.to_string()]),
            RollMistake::Crowded => ("crowded", vec![PEOPLE_OF_A_PHONE.to_string()]),
            RollMistake::WhoIsIt => ("who-is-it", vec![]),
            RollMistake::MarkTaken => ("mark-taken", vec![]),
            RollMistake::Beyond => ("beyond", vec![]),
            RollMistake::OverElectorate { style, listed, electorate } => {
                ("over-electorate", vec![style.clone(), listed.to_string(), electorate.to_string()])
            }
            RollMistake::HasKey(style) => ("district-fixed", vec![style.clone()]),
        }
    }
}

impl RollMistake {
    /// What is wrong, as the organiser's page says it.
    pub fn said(&self, language: Language) -> String {
        let (name, about) = self.named();
        let values: Vec<(&str, String)> = ["first", "second", "third"].into_iter().zip(about).collect();
        PAGE.say(language, &format!("people.mistake.{name}"), &values)
    }
}

impl fmt::Display for RollProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.row, &self.column) {
            (Some(row), Some(column)) => write!(f, "row {row}, column {column}: {}", self.mistake),
            (Some(row), None) => write!(f, "row {row}: {}", self.mistake),
            (None, _) => write!(f, "the whole roll: {}", self.mistake),
        }
    }
}

impl fmt::Debug for RollProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The first mistakes in one sentence.
pub(super) fn some(problems: &[RollProblem]) -> String {
    let named: Vec<String> = problems
        .iter()
        .take(NAMED)
        .map(|problem| problem.to_string().trim_end_matches('.').to_owned())
        .collect();
    let more = problems.len().saturating_sub(NAMED);
    let rest = if more == 0 { String::new() } else { format!("; and {more} more") };
    format!("{}{rest}", named.join("; "))
}

/// Writes mistakes into a new file that only its owner can read, for whoever wrote the roll: a table with the columns
/// row, column, cell and problem, whose cells are set apart as those of the roll are, in a language that they read.
///
/// # Errors
/// [`KeysError`], as where there is such a file already.
pub fn write_roll_problems(
    path: &Path,
    problems: &[RollProblem],
    delimiter: char,
    language: Language,
) -> Result<(), KeysError> {
    let said: Vec<String> = problems.iter().map(|problem| problem.mistake.said(language)).collect();
    // Room for all of it, so that no numbers are left behind where it was before it grew.
    let rooms = problems.iter().zip(&said);
    let room =
        rooms.map(|(problem, said)| 400_usize.saturating_add(2 * (problem.cell.len() + said.len()))).sum();
    let mut table = Zeroizing::new(String::with_capacity(room));
    // By the mark a spreadsheet knows how the file is encoded.
    table.push('\u{feff}');
    let line = |cells: [&str; 4]| cells.map(cell).join(&delimiter.to_string());
    let heading = |name: &str| PAGE.say(language, &format!("people.problems-{name}"), &[]);
    let headings = ["row", "column", "cell", "what"].map(heading);
    table.push_str(&line(headings.each_ref().map(String::as_str)));
    table.push_str("\r\n");
    for (problem, said) in problems.iter().zip(&said) {
        let row = problem.row.map(|row| row.to_string()).unwrap_or_default();
        let column = problem.column.as_deref().unwrap_or_default();
        let line = Zeroizing::new(line([&row, column, &problem.cell, said]));
        table.push_str(&line);
        table.push_str("\r\n");
    }
    write_secret(path, table.as_bytes())
}

/// A text as a cell: quoted, and nothing that a spreadsheet runs.
pub(crate) fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    format!("\"{}{}\"", if formula { "'" } else { "" }, text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_text() {
        assert_eq!(cell("north"), "\"north\"");
        assert_eq!(cell("a,\"b\""), "\"a,\"\"b\"\"\"");
        assert_eq!(cell("=1+1"), "\"'=1+1\"");
    }

    /// Every mistake that there is.
    fn mistakes() -> Vec<RollMistake> {
        use RollMistake::*;
        vec![
            NoPhone,
            Phone(PhoneError::International),
            Phone(PhoneError::National("020 7946 0000".into())),
            Shortened,
            NoStyle,
            Style("north, south".into()),
            Twice(3),
            TwiceUnclear { other: 3, columns: "C (name)".into() },
            NoMark(3),
            SameMark(3),
            Crowded,
            WhoIsIt,
            MarkTaken,
            Beyond,
            OverElectorate { style: "north".into(), listed: 7, electorate: 5 },
            HasKey("north".into()),
        ]
    }

    #[test]
    fn every_mistake_is_said_in_every_language_with_what_it_is_about() {
        for mistake in mistakes() {
            let (name, about) = mistake.named();
            let mut all = std::collections::BTreeSet::new();
            for language in Language::ALL {
                let said = mistake.said(language);
                assert!(!said.is_empty() && !said.contains('{'), "{name} in {language}: {said}");
                for part in &about {
                    assert!(said.contains(part.as_str()), "{name} in {language} lacks {part}: {said}");
                }
                all.insert(said);
            }
            assert_eq!(all.len(), Language::ALL.len(), "{name}: {all:?}");
        }
    }

    #[test]
    fn the_file_that_is_handed_back_is_in_the_language_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("back.csv");
        let cell = Zeroizing::new("+48421234567".to_owned());
        let problem = RollProblem { row: Some(7), column: None, mistake: RollMistake::Twice(3), cell };
        write_roll_problems(&path, &[problem], ';', Language::Pl).unwrap();
        let written = std::fs::read_to_string(&path).unwrap();
        assert!(written.starts_with("\u{feff}\"Wiersz\";\"Kolumna\";"), "{written}");
        assert!(written.contains("\"7\";\"\";\"'+48421234567\";\"Ten sam numer telefonu"), "{written}");
    }

    #[test]
    fn a_mistake_is_printed_without_the_cell() {
        let cell = Zeroizing::new("+48421234567".to_owned());
        let problem = RollProblem { row: Some(7), column: None, mistake: RollMistake::Twice(3), cell };
        for said in [problem.to_string(), format!("{problem:?}"), some(&vec![problem.clone(); 9])] {
            assert!(
                said.contains("row 7: the same phone number as in row 3") && !said.contains("4842"),
                "{said}"
            );
        }
        assert!(some(&vec![problem; 9]).ends_with("; and 4 more"));
    }
}
