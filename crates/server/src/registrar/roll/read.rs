//! A file of a roll: its people, and everything that is wrong with it.

use std::collections::HashMap;
use std::path::Path;

use veche_record::Manifest;
use zeroize::Zeroizing;

use super::error::RollError;
use super::header::{ColumnKind, compared, kind};
use super::problem::{RollMistake, RollProblem};
use super::table::{Table, TableRow, column_name, table};
use crate::registrar::phone::{NumberingPlan, Phone};

/// Districts that a sentence names.
const NAMED: usize = 12;

/// What a file of a roll holds.
pub(crate) struct RollFile {
    /// How many rows have anything in them, without that of the headings.
    pub(crate) rows: usize,
    /// Row, phone and district of everybody in whose row nothing is wrong.
    pub(crate) people: Vec<(u64, Phone, String)>,
    /// By district of the manifest, in its order: how many of them.
    pub(crate) by_style: Vec<(String, u32)>,
    pub(crate) problems: Vec<RollProblem>,
    /// The columns that are not looked at.
    pub(crate) other_columns: Vec<String>,
    /// The column of phones, for a problem that is found later.
    pub(crate) phone_column: String,
    /// The column of districts.
    pub(crate) style_column: String,
    /// What stands between two cells of the file.
    pub(crate) delimiter: char,
}

/// Where the two columns are.
struct Columns {
    phone: usize,
    style: usize,
    /// How many there are.
    count: usize,
    phone_name: String,
    style_name: String,
}

/// The districts by what people may write for them.
struct Districts<'a> {
    by_id: HashMap<&'a str, &'a str>,
    /// By title in any language; nothing where two have the same.
    by_title: HashMap<String, Option<&'a str>>,
    /// Some of them, for a sentence.
    named: String,
}

/// Reads the bytes of a file, with every mistake in it.
pub(crate) fn read(
    path: &Path,
    bytes: &[u8],
    (manifest, plan): (&Manifest, NumberingPlan),
) -> Result<RollFile, RollError> {
    let Table { rows, delimiter } = table(path, bytes)?;
    let mut rows = rows.into_iter();
    let headings = rows.next().unwrap_or(TableRow { number: 1, cells: Vec::new() });
    let (columns, other_columns) =
        columns(&headings).ok_or_else(|| RollError::Headings { path: path.into(), row: headings.number })?;
    let districts = Districts::of(manifest);
    let mut file = RollFile {
        rows: 0,
        people: Vec::new(),
        by_style: Vec::new(),
        problems: Vec::new(),
        other_columns,
        phone_column: columns.phone_name.clone(),
        style_column: columns.style_name.clone(),
        delimiter,
    };
    let mut seen: HashMap<String, u64> = HashMap::new();
    let mut listed: HashMap<String, u32> = HashMap::new();
    for row in rows {
        file.rows = file.rows.saturating_add(1);
        let before = file.problems.len();
        let (phone, style) = one(&row, &columns, (&districts, plan), &mut file.problems);
        if let Some(phone) = &phone {
            // The row that a number stands in first is the one that all others are told of.
            if let Some(first) = seen.get(phone.as_str()) {
                let cell = row.cells.get(columns.phone).cloned().unwrap_or_default();
                file.problems.push(RollProblem {
                    row: Some(row.number),
                    column: Some(columns.phone_name.clone()),
                    mistake: RollMistake::Twice(*first),
                    cell: Zeroizing::new(cell),
                });
            } else {
                seen.insert(phone.as_str().to_owned(), row.number);
            }
        }
        if let (Some(phone), Some(style)) = (phone, style)
            && file.problems.len() == before
        {
            let count = listed.entry(style.clone()).or_default();
            *count = count.saturating_add(1);
            file.people.push((row.number, phone, style));
        }
    }
    for style in manifest.styles() {
        let listed = listed.get(&style.id).copied().unwrap_or(0);
        file.by_style.push((style.id.clone(), listed));
        if listed > style.electorate {
            let (style, electorate) = (style.id.clone(), style.electorate);
            file.problems.push(RollProblem {
                row: None,
                column: None,
                mistake: RollMistake::OverElectorate { style, listed, electorate },
                cell: Zeroizing::default(),
            });
        }
    }
    Ok(file)
}

/// One column of each kind, and what the others are called.
fn columns(headings: &TableRow) -> Option<(Columns, Vec<String>)> {
    let name = |position: usize| {
        let heading = headings.cells.get(position).map(String::as_str).unwrap_or_default();
        format!("{} ({})", column_name(position), heading.trim_start_matches('\u{feff}'))
    };
    let of = |wanted: ColumnKind| {
        let mut found = headings.cells.iter().enumerate().filter(|(_, cell)| kind(cell) == Some(wanted));
        let position = found.next()?.0;
        // Of two nobody can say which is meant.
        found.next().is_none().then_some(position)
    };
    let (phone, style) = (of(ColumnKind::Phone)?, of(ColumnKind::Style)?);
    let others = (0..headings.cells.len()).filter(|position| ![phone, style].contains(position));
    let others = others.filter(|position| headings.cells.get(*position).is_some_and(|cell| !cell.is_empty()));
    let others = others.map(name).collect();
    let count = headings.cells.len();
    Some((Columns { phone, style, count, phone_name: name(phone), style_name: name(style) }, others))
}

/// The phone and the district of a row, as far as they can be read.
fn one(
    row: &TableRow,
    columns: &Columns,
    (districts, plan): (&Districts<'_>, NumberingPlan),
    problems: &mut Vec<RollProblem>,
) -> (Option<Phone>, Option<String>) {
    let mut wrong = |column: Option<&String>, cell: &str, mistake: RollMistake| {
        problems.push(RollProblem {
            row: Some(row.number),
            column: column.cloned(),
            mistake,
            cell: Zeroizing::new(cell.to_owned()),
        });
    };
    // Spreadsheets fill rows up with empty cells.
    let found = row.cells.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last.saturating_add(1));
    if found > columns.count {
        let last = row.cells.last().map(String::as_str).unwrap_or_default();
        wrong(None, last, RollMistake::Cells { found, expected: columns.count });
    }
    let cell = |position: usize| row.cells.get(position).map(|cell| cell.trim()).unwrap_or_default();
    let (phone, style) = (cell(columns.phone), cell(columns.style));
    let read = if phone.is_empty() {
        Err(RollMistake::NoPhone)
    } else if is_shortened(phone) {
        Err(RollMistake::Shortened)
    } else {
        plan.read(phone).map_err(RollMistake::Phone)
    };
    let read = read.map_err(|mistake| wrong(Some(&columns.phone_name), phone, mistake)).ok();
    let district = if style.is_empty() { Err(RollMistake::NoStyle) } else { districts.find(style) };
    let district = district.map_err(|mistake| wrong(Some(&columns.style_name), style, mistake)).ok();
    (read, district)
}

/// Whether a spreadsheet took a number for a quantity: `4.84213E+10`.
fn is_shortened(cell: &str) -> bool {
    let power = cell.split_once(['e', 'E']).and_then(|(digits, power)| {
        let is_number = digits.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ','));
        (is_number && digits.contains(|c: char| c.is_ascii_digit())).then_some(power)
    });
    power.is_some_and(|power| power.trim_start_matches('+').parse::<u8>().is_ok())
}

impl<'a> Districts<'a> {
    fn of(manifest: &'a Manifest) -> Self {
        let mut by_title: HashMap<String, Option<&str>> = HashMap::new();
        for style in manifest.styles() {
            for title in style.title.iter().map(|(_, title)| compared(title)) {
                let known = by_title.entry(title).or_insert(Some(style.id.as_str()));
                *known = known.filter(|known| *known == style.id);
            }
        }
        let ids: Vec<&str> = manifest.styles().iter().map(|style| style.id.as_str()).collect();
        let named: Vec<&str> = ids.iter().take(NAMED).copied().collect();
        let more = ids.len().saturating_sub(NAMED);
        let rest = if more == 0 { String::new() } else { format!(" and {more} more") };
        Districts {
            by_id: ids.iter().map(|id| (*id, *id)).collect(),
            by_title,
            named: format!("{}{rest}", named.join(", ")),
        }
    }

    /// The identifier of what is written: an identifier, or a title in any language.
    fn find(&self, written: &str) -> Result<String, RollMistake> {
        let by_title = || self.by_title.get(&compared(written)).copied().flatten();
        let found = self.by_id.get(written).copied().or_else(by_title);
        found.map(str::to_owned).ok_or_else(|| RollMistake::Style(self.named.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_a_spreadsheet_has_shortened_is_known() {
        for cell in ["4.84213E+10", "4,84213E+10", "48E9", "4.8e+10"] {
            assert!(is_shortened(cell), "{cell}");
        }
        for cell in ["+48 42 123", "E+10", "48E", "Eve 12", "48 E 10"] {
            assert!(!is_shortened(cell), "{cell}");
        }
    }
}
