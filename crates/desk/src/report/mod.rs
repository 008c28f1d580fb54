//! What became of a spreadsheet, as a document for a page: every finding with its place and its sentence in one
//! language, and what the vote is then.

use serde::Serialize;
use veche_phrases::{Language, Said};
use veche_sheet::Place;

use crate::describe::{self, Description, Finding, Means, Warning};
use crate::said::PHRASES;

mod small;
mod summary;
mod threshold;

pub use small::{Small, small};
pub use summary::{Ballot, Hour, List, Money, Summary, summary};
pub use threshold::{Unreachable, unreachable};

/// What became of a spreadsheet, in one language.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// The language of the sentences.
    pub language: &'static str,
    /// Everything found, errors first, then questions, then warnings, each in the order of the sheets.
    pub findings: Vec<Found>,
    /// What was asked and is answered.
    pub answered: Vec<Answered>,
    /// How the columns of the tables were understood.
    pub columns: Vec<Column>,
    /// What nobody said, and what it is then.
    pub taken: Vec<Taken>,
    /// What the vote is; nothing while something stands in the way.
    pub summary: Option<Summary>,
}

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It must be changed.
    Error,
    /// It must be answered.
    Question,
    /// It should be looked at.
    Warning,
}

/// Something found.
#[derive(Debug, Clone, Serialize)]
pub struct Found {
    /// How much it matters.
    pub severity: Severity,
    /// By which programs know it.
    pub code: &'static str,
    /// The sheet; nothing where it is about the whole.
    pub sheet: Option<String>,
    /// The row, from 1.
    pub row: Option<u32>,
    /// The column, in the letters that people see.
    pub column: Option<String>,
    /// The cell or column as an answer names it.
    pub place: Option<String>,
    /// What stands there.
    pub cell: String,
    /// What there is to say.
    pub sentence: String,
    /// Of a question, what can be answered.
    pub choices: Vec<Choice>,
}

/// What can be answered to a question.
#[derive(Debug, Clone, Serialize)]
pub struct Choice {
    /// The answer for this cell.
    pub answer: String,
    /// The same as people read it.
    pub shown: String,
    /// What it means, where that is not plain.
    pub means: Option<String>,
    /// The answer for the whole column, where one answer can be given for it.
    pub whole_column: Option<&'static str>,
}

/// A question that somebody has answered.
#[derive(Debug, Clone, Serialize)]
pub struct Answered {
    /// The cell or column as the answer names it: by this it is taken back.
    pub place: String,
    /// The sheet; nothing where it is about what was said beside files.
    pub sheet: Option<String>,
    /// The row of the cell; nothing where the answer is for the whole column.
    pub row: Option<u32>,
    /// The column, in the letters that people see.
    pub column: Option<String>,
    /// What stands there; of a column in its first cell that asks.
    pub cell: String,
    /// What was asked.
    pub sentence: String,
    /// The answer as people read it.
    pub answer: String,
    /// What it means, where that is not plain.
    pub means: Option<String>,
}

/// How a column was understood.
#[derive(Debug, Clone, Serialize)]
pub struct Column {
    /// The sheet.
    pub sheet: String,
    /// The column, in the letters that people see.
    pub column: String,
    /// Its header, as it stands there.
    pub header: String,
    /// What it is; empty where that is not known and it is left out.
    pub kind: String,
    /// Whether a person should look at it: something is said of its header, too.
    pub doubtful: bool,
}

/// A setting that nobody made.
#[derive(Debug, Clone, Serialize)]
pub struct Taken {
    /// Its name.
    pub setting: String,
    /// What it is.
    pub value: String,
}

impl Description {
    /// Everything that a page shows of it, in one language.
    pub fn report(&self, language: Language) -> Report {
        let errors = self.errors.iter().map(|error| found(error, &error.what, Severity::Error, language));
        let questions = self.questions.iter().map(|asked| {
            let choice = |(answer, means): &(String, Means)| {
                let (shown, said) = means.shown(answer, language);
                Choice { answer: answer.clone(), shown, means: said, whole_column: means.for_column() }
            };
            Found {
                choices: asked.what.choices.iter().map(choice).collect(),
                ..found(asked, &asked.what.question, Severity::Question, language)
            }
        });
        let warnings = self.warnings.iter().map(|warning| {
            let said = found(warning, &warning.what, Severity::Warning, language);
            // The command's option is no help on a page, which has a list to choose from.
            let sentence = match &warning.what {
                Warning::Guessed { .. } => {
                    PHRASES.say(language, "page.guessed", &warning.what.values(language))
                }
                _ => said.sentence.clone(),
            };
            Found { sentence, ..said }
        });
        Report {
            language: language.code(),
            findings: errors.chain(questions).chain(warnings).collect(),
            answered: self.answered.iter().map(|answered| of_answered(answered, language)).collect(),
            columns: self.all_columns(language),
            taken: self
                .taken
                .iter()
                .map(|taken| Taken {
                    setting: taken.setting.word(language).to_owned(),
                    value: taken.value.said(language),
                })
                .collect(),
            summary: self.document.as_ref().map(summary),
        }
    }
}

impl Description {
    /// How every column was understood, and at the end those that were not.
    fn all_columns(&self, language: Language) -> Vec<Column> {
        let column = |place: &Place, header: &str, kind: String, doubtful: bool| Column {
            sheet: place.sheet.clone(),
            column: place.column.map(|column| column.to_string()).unwrap_or_default(),
            header: header.to_owned(),
            kind,
            doubtful,
        };
        let known = self.columns.iter().map(|found| {
            let here = |place: &Option<Place>| place.as_ref() == Some(&found.place);
            let doubtful = self.errors.iter().any(|error| here(&error.place))
                || self.warnings.iter().any(|warning| here(&warning.place));
            column(&found.place, &found.shown, found.said(language), doubtful)
        });
        let unknown = self.warnings.iter().filter(|warning| warning.what == Warning::UnknownColumn);
        let unknown = unknown
            .filter_map(|warning| Some(column(warning.place.as_ref()?, &warning.cell, String::new(), true)));
        known.chain(unknown).collect()
    }
}

impl Means {
    /// An answer as people read it, and what it means besides, where that is not plain.
    fn shown(self, answer: &str, language: Language) -> (String, Option<String>) {
        match (self, self.said(language)) {
            // An hour is what it says.
            (Means::Hour { .. }, Some(hour)) => (hour, None),
            (_, said) => (answer.to_owned(), said),
        }
    }
}

fn of_answered(finding: &Finding<describe::Answered>, language: Language) -> Answered {
    let Finding { place, cell, what } = finding;
    let (shown, means) = what.means.shown(&what.answer, language);
    // The word that answers for a column is one for programs: what it means says it all.
    let (answer, means) = match (what.whole_column, means) {
        (true, Some(means)) => (means, None),
        (_, means) => (shown, means),
    };
    Answered {
        place: what.named.clone(),
        sheet: place.as_ref().map(|place| place.sheet.clone()),
        row: place.as_ref().filter(|_| !what.whole_column).and_then(|place| place.row),
        column: place.as_ref().and_then(|place| place.column).map(|column| column.to_string()),
        cell: cell.clone(),
        sentence: what.question.said(language),
        answer,
        means,
    }
}

fn found<T>(finding: &Finding<T>, what: &impl Said, severity: Severity, language: Language) -> Found {
    let place = finding.place.as_ref();
    Found {
        severity,
        code: what.code(),
        sheet: place.map(|place| place.sheet.clone()),
        row: place.and_then(|place| place.row),
        column: place.and_then(|place| place.column).map(|column| column.to_string()),
        place: place.map(Place::to_string),
        cell: finding.cell.clone(),
        sentence: what.said(language),
        choices: Vec::new(),
    }
}

#[cfg(test)]
mod tests;
