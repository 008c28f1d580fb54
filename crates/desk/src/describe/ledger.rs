//! Everything that is found on the way, and the answers that people gave before.

use std::collections::{BTreeMap, BTreeSet};

use veche_sheet::{Place, Value, fold};

use super::finding::{Answered, Asking, Finding, Means, Problem, Question, Warning};

/// Answers of people, by the cell or the column that they are about: `projects!D7` or `projects!D`.
pub type Answers = BTreeMap<String, String>;

/// The words that answer for a column. One that does not fit a cell leaves that cell to be asked about.
const FOR_COLUMNS: [&str; 4] = ["thousands", "decimals", "mil-1000", "mil-1000000"];

/// A cell with something in it.
#[derive(Debug, Clone)]
pub(super) struct Spot<'a> {
    pub place: Place,
    pub value: &'a Value,
}

/// What has been found.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    pub errors: Vec<Finding<Problem>>,
    pub warnings: Vec<Finding<Warning>>,
    pub questions: Vec<Finding<Asking>>,
    /// What was asked and is answered, by its first cell.
    pub answered: Vec<Finding<Answered>>,
    /// By sheet as it is compared, and the rest in capitals.
    answers: BTreeMap<(String, String), (String, String)>,
    used: BTreeSet<(String, String)>,
}

/// The cell or column that a person names, as it is compared.
fn named(place: &str) -> (String, String) {
    let (sheet, cell) = place.rsplit_once('!').unwrap_or((place, ""));
    (fold(sheet), cell.trim().to_uppercase())
}

impl Ledger {
    pub fn new(answers: &Answers) -> Self {
        let answer = |(place, answer): (&String, &String)| (named(place), (place.clone(), answer.clone()));
        Ledger { answers: answers.iter().map(answer).collect(), ..Ledger::default() }
    }

    pub fn error(&mut self, place: Option<Place>, cell: impl Into<String>, what: Problem) {
        self.errors.push(Finding { place, cell: cell.into(), what });
    }

    pub fn wrong(&mut self, spot: &Spot<'_>, what: Problem) {
        self.error(Some(spot.place.clone()), spot.value.to_string(), what);
    }

    pub fn warning(&mut self, place: Option<Place>, cell: impl Into<String>, what: Warning) {
        self.warnings.push(Finding { place, cell: cell.into(), what });
    }

    pub fn odd(&mut self, spot: &Spot<'_>, what: Warning) {
        self.warning(Some(spot.place.clone()), spot.value.to_string(), what);
    }

    /// What a person chose of several things that a cell can say; otherwise it is asked.
    pub fn choose<T>(
        &mut self,
        spot: &Spot<'_>,
        question: Question,
        choices: Vec<(String, Means, T)>,
    ) -> Option<T> {
        let column = Place { row: None, ..spot.place.clone() };
        let keys = [named(&spot.place.to_string()), named(&column.to_string())];
        let fits = |key: &(String, String)| {
            let answer = self.answers.get(key).map(|(_, answer)| answer.trim());
            let own = choices.iter().any(|(_, means, _)| means.for_column() == answer);
            answer.is_some_and(|answer| own || !FOR_COLUMNS.contains(&answer))
        };
        let Some(key) = keys.into_iter().find(fits) else {
            let choices = choices.into_iter().map(|(answer, means, _)| (answer, means)).collect();
            let what = Asking { question, choices };
            self.questions.push(Finding {
                place: Some(spot.place.clone()),
                cell: spot.value.to_string(),
                what,
            });
            return None;
        };
        let (named, answer) = self.answers.get(&key).cloned().unwrap_or_default();
        let answer = answer.trim().to_owned();
        let whole_column = !key.1.ends_with(|sign: char| sign.is_ascii_digit());
        self.used.insert(key);
        let means = |means: Means| whole_column && means.for_column() == Some(answer.as_str());
        let at = choices.iter().position(|(key, said, _)| *key == answer || means(*said));
        let mut choices = choices;
        if let Some(at) = at.filter(|at| *at < choices.len()) {
            let (_, means, chosen) = choices.swap_remove(at);
            if !self.answered.iter().any(|known| known.what.named == named) {
                let what = Answered { named, answer, question, means, whole_column };
                let (place, cell) = (Some(spot.place.clone()), spot.value.to_string());
                self.answered.push(Finding { place, cell, what });
            }
            return Some(chosen);
        }
        let choices = choices.into_iter().map(|(answer, ..)| answer).collect();
        self.wrong(spot, Problem::Answer { answer, choices });
        None
    }

    /// Answers to nothing are errors: a person meant something by them.
    pub fn unasked(&mut self) {
        let unused: Vec<_> = self.answers.iter().filter(|(key, _)| !self.used.contains(*key)).collect();
        let findings = unused.into_iter().map(|(_, (place, answer))| Finding {
            place: None,
            cell: format!("{place}={answer}"),
            what: Problem::Unasked,
        });
        let findings: Vec<_> = findings.collect();
        self.errors.extend(findings);
    }
}
