//! A file of a roll: its people, and everything that is wrong with it.

use std::collections::HashMap;
use std::path::Path;

use veche_record::Manifest;
use veche_sheet::{Column, Encoding, Form, Header, Limits, Options, Row, Sheet, fold, recognise};
use zeroize::Zeroizing;

use super::error::RollError;
use super::header::{COLUMNS, RollColumn, asked_for};
use super::mark::Mark;
use super::problem::{RollMistake, RollProblem};
use crate::registrar::phone::{NumberingPlan, Phone};
use crate::store::roll::PEOPLE_OF_A_PHONE;

/// Districts that a sentence names.
const NAMED: usize = 12;

/// What a file of a roll holds.
pub(crate) struct RollFile {
    /// How many rows have anything in them, without that of the headings.
    pub(crate) rows: usize,
    /// Everybody in whose row nothing is wrong.
    pub(crate) people: Vec<Person>,
    /// By district of the manifest, in its order: how many of them.
    pub(crate) by_style: Vec<(String, u32)>,
    pub(crate) problems: Vec<RollProblem>,
    /// The columns that are not looked at.
    pub(crate) other_columns: Vec<String>,
    /// The columns of phones and of districts, for a problem that is found later.
    pub(crate) phone_column: String,
    pub(crate) style_column: String,
    /// The column that tells people of one phone apart.
    pub(crate) mark_column: Option<String>,
    /// What voters are asked for, by its heading.
    pub(crate) asked_for: Option<String>,
    /// What stands between two cells of a file of mistakes, so that whoever wrote the roll can open it.
    pub(crate) delimiter: char,
    /// The encoding of a text that does not say it, as it was found out from its letters.
    pub(crate) guessed: Option<Encoding>,
}

/// Somebody of a roll.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    /// The row.
    pub(crate) row: u64,
    pub(crate) phone: Phone,
    /// What tells them apart from others with this phone, if anything is written there.
    pub(crate) mark: Option<Mark>,
    /// The district.
    pub(crate) style: String,
}

/// Where the columns are.
struct Columns {
    phone: Column,
    style: Column,
    marks: Marks,
    /// The last with a heading.
    last: Column,
    phone_name: String,
    style_name: String,
}

/// What tells people of one phone apart.
enum Marks {
    /// No column.
    Missing,
    /// This column, its name, and what voters are asked for.
    Column(Column, String, Option<String>),
    /// One of these, and nobody can say which.
    Unclear(Vec<String>),
}

/// What could be read of a row.
struct Read {
    row: u64,
    phone: Option<Phone>,
    mark: Option<Mark>,
    style: Option<String>,
    /// The cells of phone and mark, as they stand there.
    cells: [Zeroizing<String>; 2],
    is_right: bool,
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
        phone_column: columns.phone_name.clone(),
        style_column: columns.style_name.clone(),
        mark_column: None,
        asked_for: None,
        delimiter,
        guessed,
    };
    if let Marks::Column(_, name, asked_for) = &columns.marks {
        (file.mark_column, file.asked_for) = (Some(name.clone()), asked_for.clone());
    }
    let mut rows = Vec::new();
    for row in sheet.rows_after(header.row) {
        file.rows = file.rows.saturating_add(1);
        rows.push(one(row, &columns, (&districts, plan), &mut file.problems));
    }
    shared_phones(&mut rows, &columns, &mut file.problems);
    file.problems.sort_by_key(|problem| problem.row);
    let mut listed: HashMap<String, u32> = HashMap::new();
    for Read { row, phone, mark, style, .. } in rows.into_iter().filter(|read| read.is_right) {
        if let (Some(phone), Some(style)) = (phone, style) {
            let count = listed.entry(style.clone()).or_default();
            *count = count.saturating_add(1);
            file.people.push(Person { row, phone, mark, style });
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

/// Finds the phones that stand in several rows, and whether something tells these people apart.
fn shared_phones(rows: &mut [Read], columns: &Columns, problems: &mut Vec<RollProblem>) {
    let mut by_phone: HashMap<&str, Vec<usize>> = HashMap::new();
    for (position, read) in rows.iter().enumerate() {
        if let Some(phone) = &read.phone {
            by_phone.entry(phone.as_str()).or_default().push(position);
        }
    }
    let mut wrong: Vec<(usize, bool, RollMistake)> = Vec::new();
    for together in by_phone.into_values().filter(|together| together.len() > 1) {
        let row = |position: usize| rows.get(position).map_or(0, |read| read.row);
        // The row that a number stands in first is the one that all others are told of.
        let (Some(first), Some(second)) = (together.first().copied(), together.get(1).copied()) else {
            continue;
        };
        let mut known: HashMap<&str, usize> = HashMap::new();
        for (count, position) in together.iter().copied().enumerate() {
            let other = row(if position == first { second } else { first });
            let mark = rows.get(position).and_then(|read| read.mark.as_ref());
            match (&columns.marks, mark) {
                (Marks::Missing, _) if position == first => {}
                (Marks::Missing, _) => wrong.push((position, false, RollMistake::Twice(other))),
                (Marks::Unclear(_), _) if position == first => {}
                (Marks::Unclear(names), _) => {
                    let columns = names.join(", ");
                    wrong.push((position, false, RollMistake::TwiceUnclear { other, columns }));
                }
                (Marks::Column(..), None) => wrong.push((position, true, RollMistake::NoMark(other))),
                (Marks::Column(..), Some(mark)) => {
                    if let Some(same) = known.get(mark.as_str()) {
                        wrong.push((position, true, RollMistake::SameMark(row(*same))));
                    } else if count >= PEOPLE_OF_A_PHONE {
                        wrong.push((position, false, RollMistake::Crowded));
                    }
                    known.entry(mark.as_str()).or_insert(position);
                }
            }
        }
    }
    for (position, of_mark, mistake) in wrong {
        let Some(read) = rows.get_mut(position) else { continue };
        read.is_right = false;
        let [phone, mark] = &read.cells;
        let mark_name = if let Marks::Column(_, name, _) = &columns.marks { Some(name) } else { None };
        let (column, cell) = if of_mark { (mark_name, mark) } else { (Some(&columns.phone_name), phone) };
        let (row, column, cell) = (Some(read.row), column.cloned(), cell.clone());
        problems.push(RollProblem { row, column, mistake, cell });
    }
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
    let said_to_be = |wanted: RollColumn| {
        let found = header.found.iter().chain(&header.repeated);
        let of_it = found.filter(|one| one.kind == wanted).map(|one| (one.column, one.shown.as_str()));
        of_it.collect::<Vec<_>>()
    };
    let (marks, traits) = (said_to_be(RollColumn::Mark), said_to_be(RollColumn::Trait));
    let chosen = if marks.is_empty() { &traits } else { &marks };
    let (marks, used) = match chosen.as_slice() {
        [] => (Marks::Missing, None),
        [(column, shown)] => (Marks::Column(*column, name(*column, shown), asked_for(shown)), Some(*column)),
        several => {
            let names = several.iter().map(|(column, shown)| name(*column, shown)).collect();
            (Marks::Unclear(names), None)
        }
    };
    let unknown = header.unknown.iter().map(|(column, shown)| (*column, shown.as_str()));
    let mut others: Vec<(Column, &str)> = unknown.chain(said_to_be(RollColumn::Mark)).chain(traits).collect();
    others.sort_unstable();
    let headed = others.iter().map(|(column, _)| *column);
    let last = headed.chain([phone, style]).max().unwrap_or(phone);
    let others = others.iter().filter(|(column, _)| Some(*column) != used);
    let others = others.map(|(column, shown)| name(*column, shown)).collect();
    Some((Columns { phone, style, marks, last, phone_name, style_name }, others))
}

/// What stands in a cell.
fn text(row: &Row, column: Column) -> Zeroizing<String> {
    Zeroizing::new(row.cell(column).map(|cell| cell.value.to_string()).unwrap_or_default())
}

/// What a row says, as far as it can be read.
fn one(
    row: &Row,
    columns: &Columns,
    (districts, plan): (&Districts<'_>, NumberingPlan),
    problems: &mut Vec<RollProblem>,
) -> Read {
    let before = problems.len();
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
    let mark = match &columns.marks {
        Marks::Column(column, ..) => text(row, *column),
        Marks::Missing | Marks::Unclear(_) => Zeroizing::default(),
    };
    Read {
        row: u64::from(row.number),
        phone: read,
        mark: Mark::read(&mark),
        style: district,
        cells: [phone, mark],
        is_right: problems.len() == before,
    }
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
