//! The lists of files' projects, and their money as people write it.

use std::path::PathBuf;

use serde::Serialize;
use veche_desk::describe::Means;
use veche_desk::report::{Answered, Choice, Found as Finding, Severity};
use veche_phrases::{Language, Said as _};
use veche_sheet::{AmountError, Value, amount};

use super::Said;
use crate::import::{Found, Money, Remark, exports, source};
use crate::pabulib::{PabulibFile, shown};

/// A list of projects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct List {
    /// What `--budget` calls it.
    id: String,
    /// What people call it.
    name: String,
    /// Its money in whole units: as the file has it, or as somebody said it.
    #[serde(skip_serializing_if = "Option::is_none")]
    budget: Option<u64>,
    /// Whether somebody has typed something for its money.
    #[serde(skip)]
    typed: bool,
}

impl List {
    /// Whether nobody has said anything of its money.
    pub(super) fn is_silent(&self) -> bool {
        self.budget.is_none() && !self.typed
    }
}

/// What is known of the lists.
pub(super) struct Lists {
    pub(super) lists: Vec<List>,
    /// The money of lists that the files have, and whose money they do not say.
    pub(super) budgets: Vec<Money>,
    /// What was typed and is no amount, or could be several.
    pub(super) findings: Vec<Finding>,
    /// What was asked and is answered.
    pub(super) answered: Vec<Answered>,
}

/// How a finding about the money of a list names its place.
const PLACE: &str = "money!";

/// The list whose money is at a place.
pub(super) fn list_of(place: &str) -> Option<&str> {
    place.strip_prefix(PLACE)
}

/// Looks at the lists and at what was typed for them. Money of a list that no file has is passed over.
pub(super) fn of(
    files: &[(PathBuf, Found)],
    pabulib: &[(PathBuf, PabulibFile)],
    said: &Said,
    language: Language,
) -> Lists {
    let mut lists: Vec<List> = pabulib.iter().filter_map(|(path, file)| from_pabulib(path, file)).collect();
    // What is wrong with an export is said by whoever imports it.
    let exported = exports::lists(files, said.language.as_deref()).unwrap_or_default();
    let (mut budgets, mut findings, mut answered) = (Vec::new(), Vec::new(), Vec::new());
    for (id, name) in exported {
        let typed = said.budgets.iter().find(|(list, _)| exports::is_called(&id, list));
        let typed = typed.map(|(_, typed)| typed.trim()).filter(|typed| !typed.is_empty());
        let read = typed.map(|typed| (typed, read(typed, said.currency.as_deref())));
        let mut budget = said.budget.filter(|_| typed.is_none());
        match read {
            Some((_, Ok(Read::One(units)))) => {
                budget = Some(units);
                budgets.push((Some(id.clone()), units));
            }
            Some((typed, Ok(Read::Several(choices)))) => {
                findings.push(asked(&id, &name, typed, &choices, language));
            }
            Some((typed, Err(error))) => findings.push(refused(&id, &name, typed, error, language)),
            None => {}
        }
        let asked = said.answered.get(&id).zip(typed);
        answered
            .extend(asked.and_then(|(asked, typed)| is_answered(&id, &name, asked, typed, said, language)));
        lists.push(List { id, name, budget, typed: typed.is_some() });
    }
    Lists { lists, budgets, findings, answered }
}

/// The answer to what was asked of a list's money. Nothing where somebody has typed something else since.
fn is_answered(
    id: &str,
    name: &str,
    asked: &str,
    answer: &str,
    said: &Said,
    language: Language,
) -> Option<Answered> {
    let Ok(Read::Several(choices)) = read(asked, said.currency.as_deref()) else { return None };
    let (_, means) = choices.into_iter().find(|(units, _)| units.to_string() == answer)?;
    Some(Answered {
        place: format!("{PLACE}{id}"),
        sheet: None,
        row: None,
        column: None,
        cell: shown(asked),
        sentence: Remark::new("import.money_which", "").with("list", shown(name)).said(language),
        answer: answer.to_owned(),
        means: means.said(language),
    })
}

fn from_pabulib(path: &std::path::Path, file: &PabulibFile) -> Option<List> {
    let id = path.file_stem().and_then(|stem| stem.to_str()).and_then(source::contest_id)?;
    let name = file.meta.get("description").map_or_else(|| id.clone(), str::to_owned);
    let budget = file.meta.amount("budget").ok().flatten().map(|amount| amount.units);
    Some(List { id, name, budget, typed: false })
}

/// What an amount is.
enum Read {
    One(u64),
    /// It can be read in several ways, or has cents: whole units, and what makes them so.
    Several(Vec<(u64, Means)>),
}

fn read(typed: &str, currency: Option<&str>) -> Result<Read, AmountError> {
    let currencies: Vec<&str> = currency.into_iter().collect();
    let reading = amount(&Value::Text(typed.to_owned()), &currencies)?;
    let several = reading.all().len() > 1;
    let mut choices = Vec::new();
    let [first, second] = Means::of_two(reading.all());
    for (position, read) in reading.all().iter().enumerate() {
        match (several, read.whole()) {
            (false, Some(0)) => return Err(AmountError::NotANumber),
            (false, Some(units)) => return Ok(Read::One(units)),
            (true, Some(units)) if position == 0 => choices.push((units, first)),
            (true, Some(units)) => choices.push((units, second)),
            (true, None) => {
                choices.push((read.rounded_up(), Means::DecimalsUp));
                choices.push((read.rounded_down(), Means::DecimalsDown));
            }
            (false, None) => {
                choices.push((read.rounded_up(), Means::Up));
                choices.push((read.rounded_down(), Means::Down));
            }
        }
    }
    // Money is not nothing.
    choices.retain(|(units, _)| *units > 0);
    Ok(Read::Several(choices))
}

fn finding(severity: Severity, id: &str, typed: &str, remark: &Remark, language: Language) -> Finding {
    Finding {
        severity,
        code: remark.code(),
        sheet: None,
        row: None,
        column: None,
        place: Some(format!("{PLACE}{id}")),
        cell: shown(typed),
        sentence: remark.said(language),
        choices: Vec::new(),
    }
}

fn asked(id: &str, name: &str, typed: &str, choices: &[(u64, Means)], language: Language) -> Finding {
    let remark = Remark::new("import.money_which", "").with("list", shown(name));
    let choice = |(units, means): &(u64, Means)| Choice {
        answer: units.to_string(),
        shown: units.to_string(),
        means: means.said(language),
        whole_column: None,
    };
    Finding {
        choices: choices.iter().map(choice).collect(),
        ..finding(Severity::Question, id, typed, &remark, language)
    }
}

fn refused(id: &str, name: &str, typed: &str, error: AmountError, language: Language) -> Finding {
    let remark = Remark::new("import.money", "").with("list", shown(name)).with("why", error.said(language));
    finding(Severity::Error, id, typed, &remark, language)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choices(typed: &str) -> Vec<(u64, Means)> {
        match read(typed, Some("talar")).unwrap() {
            Read::One(units) => vec![(units, Means::Plain)],
            Read::Several(choices) => choices,
        }
    }

    #[test]
    fn money_is_read_as_people_write_it_and_never_guessed() {
        for (typed, units) in
            [("15000", 15_000), ("15 000", 15_000), ("€ 1.250.000,00", 1_250_000), ("7 talar", 7)]
        {
            assert_eq!(choices(typed), [(units, Means::Plain)], "{typed}");
        }
        assert_eq!(choices("15.000"), [(15_000, Means::Thousands), (15, Means::Decimals)]);
        let cents = [(12_345, Means::Thousands), (13, Means::DecimalsUp), (12, Means::DecimalsDown)];
        assert_eq!(choices("12,345"), cents);
        assert_eq!(choices("99.50"), [(100, Means::Up), (99, Means::Down)]);
        assert_eq!(choices("0.50"), [(1, Means::Up)]);
        for (typed, error) in [
            ("0", AmountError::NotANumber),
            ("much", AmountError::NotANumber),
            ("5 %", AmountError::Percentage),
            ("-5", AmountError::Negative),
            ("2 mln", AmountError::Word("mln".to_owned())),
        ] {
            assert_eq!(read(typed, None).err(), Some(error), "{typed}");
        }
    }
}
