//! From a row of VOTES to a selection, or why the row is refused.

use std::fmt::Write as _;

use serde::Serialize;
use veche_record::rules::{CompiledContest, Rule};
use veche_record::{Selection, SelectionError};

use super::Source;
use crate::pabulib::{Vote, shown};

/// A row that is no legal ballot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RefusedRow {
    /// Its line in the file.
    pub line: u64,
    /// What is wrong with rows of its kind, to count them by.
    pub kind: &'static str,
    /// Why this one is refused.
    pub reason: String,
}

impl Source {
    /// The selection that a row is, if it keeps to the file's own rule.
    ///
    /// # Errors
    /// [`RefusedRow`] with the reason.
    pub fn selection(&self, contest: &CompiledContest, vote: &Vote) -> Result<Selection, RefusedRow> {
        let refused = |kind, reason| RefusedRow { line: vote.line, kind, reason };
        let picks = vote.picks.as_ref().map_err(|problem| refused(problem.kind(), problem.to_string()))?;
        let illegal = |error: SelectionError| {
            let (kind, reason) = self.illegal(&error);
            refused(kind, reason)
        };
        // More places than there are would be named one by one.
        if let Rule::Ranked(rule) = &self.rule
            && picks.len() > usize::try_from(rule.places).unwrap_or(usize::MAX)
        {
            let picked = u64::try_from(picks.len()).unwrap_or(u64::MAX);
            return Err(illegal(SelectionError::TooMany { picked, max: rule.places.into() }));
        }
        let mut values = vec![self.unnamed; self.file.projects.len()];
        let given = vote.points.iter().copied();
        let ranked = matches!(self.rule, Rule::Ranked(_));
        // Without points, a pick is a place where options are ranked, and otherwise 1.
        let without = (1..).map(|place| if ranked { place } else { 1 });
        let points: Vec<u32> =
            if vote.points.is_empty() { without.take(picks.len()).collect() } else { given.collect() };
        for (pick, points) in picks.iter().zip(points) {
            if let Some(value) = values.get_mut(*pick) {
                *value = points;
            }
        }
        // Where the question is yes or blank, naming nothing is an answer to it.
        let blank = picks.is_empty() && self.unnamed == 0 && contest.has_blank();
        let selection = Selection::new(values, blank);
        match contest.bits(&selection) {
            Ok(_) => Ok(selection),
            Err(error) => Err(illegal(error)),
        }
    }

    /// The rows that are no legal ballots.
    pub fn refused(&self, contest: &CompiledContest) -> Vec<RefusedRow> {
        self.file.votes.iter().filter_map(|vote| self.selection(contest, vote).err()).collect()
    }

    fn illegal(&self, error: &SelectionError) -> (&'static str, String) {
        let (kind, reason) = match error {
            SelectionError::Value { option, largest } => {
                let id = self.file.projects.get(*option).map_or("", |project| project.id.as_str());
                let reason = format!("more than {largest} points for the project {:?}", shown(id));
                ("more points for one project than allowed", reason)
            }
            SelectionError::TooFew { .. } => ("fewer projects than needed", error.to_string()),
            SelectionError::TooMany { .. } => ("more projects than allowed", error.to_string()),
            SelectionError::OverBudget { cost, budget } => {
                ("a higher cost than allowed", format!("it costs {cost}, at most {budget} allowed"))
            }
            SelectionError::SpentTooLittle { spent, min } => {
                ("fewer points than needed", format!("{spent} points in all, at least {min} needed"))
            }
            SelectionError::SpentTooMuch { spent, max } => {
                ("more points than allowed", format!("{spent} points in all, at most {max} allowed"))
            }
            _ => ("not a ballot of this rule", error.to_string()),
        };
        (kind, reason)
    }
}

/// Rows that were refused, on a few lines: how many of each kind, and the first of them. `all` says where the others
/// are.
pub(crate) fn refusals(rows: &[RefusedRow], all: &str) -> String {
    const FIRST: usize = 3;
    let mut kinds: Vec<(&str, Vec<&RefusedRow>)> = Vec::new();
    for row in rows {
        match kinds.iter_mut().find(|(kind, _)| *kind == row.kind) {
            Some((_, rows)) => rows.push(row),
            None => kinds.push((row.kind, vec![row])),
        }
    }
    let mut text = String::new();
    for (kind, rows) in kinds {
        // Writing to a string does not fail.
        let _ = writeln!(text, "  {:>6}  {kind}", rows.len());
        for row in rows.iter().take(FIRST) {
            let _ = writeln!(text, "            line {}: {}", row.line, row.reason);
        }
        if rows.len() > FIRST {
            let _ = writeln!(text, "            and {} more{all}", rows.len() - FIRST);
        }
    }
    text
}
