//! A file of a roll: its people, and everything that is wrong with it.

use std::collections::HashMap;
use std::path::Path;

use veche_record::Manifest;
use veche_sheet::{Column, Encoding, Form, Header, Limits, Options, Row, Sheet, fold, recognise};
use zeroize::Zeroizing;

use super::error::RollError;
use super::header::{COLUMNS, RollColumn};
use super::problem::{RollMistake, RollProblem};
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
    /// The column of districts, for a problem that is found later.
    pub(crate) style_column: String,
    /// What stands between two cells of a file of mistakes, so that whoever wrote the roll can open it.
    pub(crate) delimiter: char,
    /// The encoding of a text that does not say it, as it was found out from its letters.
    pub(crate) guessed: Option<Encoding>,
}

/// Where the two columns are.
struct Columns {
    phone: Column,
    style: Column,
    /// The last with a heading.
    last: Column,
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
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    let options = Options { limits: Limits::REGISTER, ..Options::default() };
    let workbook = veche_sheet::read(&name, bytes, &options)
        .map_err(|source| RollError::Table { path: path.into(), source })?;
    let (delimiter, guessed) = match workbook.form {
        Form::Text { separator, encoding, guessed, .. } => (separator, guessed.then_some(encoding)),
        // Where a comma stands between the whole and the cents, spreadsheets put a semicolon between cells.
        _ if manifest.document().languages.first().is_some_and(|language| language == "en") => (',', None),
        _ => (';', None),
    };
    let (sheet, header) = sheet(path, &workbook.sheets)?;
    let (columns, other_columns) =
        columns(&header).ok_or_else(|| RollError::Headings { path: path.into() })?;
    let districts = Districts::of(manifest);
    let mut file = RollFile {
        rows: 0,
        people: Vec::new(),
        by_style: Vec::new(),
        problems: Vec::new(),
        other_columns,
        style_column: columns.style_name.clone(),
        delimiter,
        guessed,
    };
    let mut seen: HashMap<String, u64> = HashMap::new();
    let mut listed: HashMap<String, u32> = HashMap::new();
    for row in sheet.rows_after(header.row) {
        let number = u64::from(row.number);
        file.rows = file.rows.saturating_add(1);
        let before = file.problems.len();
        let (phone, style) = one(row, &columns, (&districts, plan), &mut file.problems);
        if let Some(phone) = &phone {
            // The row that a number stands in first is the one that all others are told of.
            if let Some(first) = seen.get(phone.as_str()) {
                file.problems.push(RollProblem {
                    row: Some(number),
                    column: Some(columns.phone_name.clone()),
                    mistake: RollMistake::Twice(*first),
                    cell: text(row, columns.phone),
                });
            } else {
                seen.insert(phone.as_str().to_owned(), number);
            }
        }
        if let (Some(phone), Some(style)) = (phone, style)
            && file.problems.len() == before
        {
            let count = listed.entry(style.clone()).or_default();
            *count = count.saturating_add(1);
            file.people.push((number, phone, style));
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

/// The one sheet with phones and districts, and its headings.
fn sheet<'a>(path: &Path, sheets: &'a [Sheet]) -> Result<(&'a Sheet, Header<RollColumn>), RollError> {
    let shown = sheets.iter().filter(|sheet| !sheet.hidden);
    let headed = shown.filter_map(|sheet| Some((sheet, recognise(sheet, &COLUMNS)?)));
    let mut found = headed.filter(|(_, header)| {
        [RollColumn::Phone, RollColumn::Style].into_iter().all(|kind| header.column(kind).is_some())
    });
    let first = found.next().ok_or_else(|| RollError::Headings { path: path.into() })?;
    if found.next().is_some() {
        return Err(RollError::Sheets { path: path.into() });
    }
    Ok(first)
}

/// One column of each kind, and what the others are called.
fn columns(header: &Header<RollColumn>) -> Option<(Columns, Vec<String>)> {
    let name = |column: Column, shown: &str| format!("{column} ({})", shown.trim_start_matches('\u{feff}'));
    let of = |wanted: RollColumn| {
        let mut found = header.columns(wanted);
        let one = found.next()?;
        // Of two nobody can say which is meant.
        let is_only = found.next().is_none() && header.repeated.iter().all(|other| other.kind != wanted);
        is_only.then(|| (one.column, name(one.column, &one.shown)))
    };
    let ((phone, phone_name), (style, style_name)) = (of(RollColumn::Phone)?, of(RollColumn::Style)?);
    let others = header.unknown.iter().map(|(column, shown)| name(*column, shown)).collect();
    let known = header.unknown.iter().map(|(column, _)| *column);
    let last = known.chain([phone, style]).max().unwrap_or(phone);
    Some((Columns { phone, style, last, phone_name, style_name }, others))
}

/// What stands in a cell.
fn text(row: &Row, column: Column) -> Zeroizing<String> {
    Zeroizing::new(row.cell(column).map(|cell| cell.value.to_string()).unwrap_or_default())
}

/// The phone and the district of a row, as far as they can be read.
fn one(
    row: &Row,
    columns: &Columns,
    (districts, plan): (&Districts<'_>, NumberingPlan),
    problems: &mut Vec<RollProblem>,
) -> (Option<Phone>, Option<String>) {
    let mut wrong = |column: Option<&String>, cell: &Zeroizing<String>, mistake: RollMistake| {
        problems.push(RollProblem {
            row: Some(u64::from(row.number)),
            column: column.cloned(),
            mistake,
            cell: cell.clone(),
        });
    };
    if let Some(beyond) = row.cells.iter().find(|cell| cell.column > columns.last) {
        let cell = Zeroizing::new(beyond.value.to_string());
        wrong(Some(&beyond.column.to_string()), &cell, RollMistake::Beyond);
    }
    let (phone, style) = (text(row, columns.phone), text(row, columns.style));
    let read = if phone.is_empty() {
        Err(RollMistake::NoPhone)
    } else if is_shortened(&phone) {
        Err(RollMistake::Shortened)
    } else {
        plan.read(&phone).map_err(RollMistake::Phone)
    };
    let read = read.map_err(|mistake| wrong(Some(&columns.phone_name), &phone, mistake)).ok();
    let district = if style.is_empty() { Err(RollMistake::NoStyle) } else { districts.find(&style) };
    let district = district.map_err(|mistake| wrong(Some(&columns.style_name), &style, mistake)).ok();
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
            for title in style.title.iter().map(|(_, title)| fold(title)) {
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
        let by_title = || self.by_title.get(&fold(written)).copied().flatten();
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
