//! `.ods`. A cell can say that it stands for a thousand, and a row for a million: what a sheet would be with all of
//! them written out is counted before that is done.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

use calamine::{Data, Ods, OdsError, Reader, SheetVisible};
use jiff::civil::{Date, DateTime, Time};
use quick_xml::events::{BytesStart, Event};

use crate::archive::Archive;
use crate::error::{FileError, Package, WrongFile};
use crate::filling::{Filling, percentage, text};
use crate::limits::Limits;
use crate::workbook::{Form, Value, Workbook};

pub(crate) fn read(bytes: &[u8], limits: &Limits) -> Result<Workbook, FileError> {
    let content = Archive::open(bytes, limits)?.text("content.xml").unwrap_or_default();
    let shares = measure(&content, limits)?;
    let mut book = Ods::new(Cursor::new(bytes)).map_err(damaged)?;
    let tables: Vec<_> =
        book.sheets_metadata().iter().map(|sheet| (sheet.name.clone(), sheet.visible)).collect();
    if tables.len() > limits.sheets {
        return Err(FileError::Sheets { found: tables.len(), most: limits.sheets });
    }
    let mut sheets = Vec::with_capacity(tables.len());
    let mut left = limits.cells;
    for (name, visible) in tables {
        let range = book.worksheet_range(&name).map_err(damaged)?;
        let (top, side) = range.start().unwrap_or_default();
        let mut filling = Filling::new(&name, limits);
        let shares = shares.get(&name);
        for (row, column, data) in range.used_cells() {
            if let Some(value) = value(data) {
                let far = |from: u32, by: usize| from.saturating_add(u32::try_from(by).unwrap_or(u32::MAX));
                let (row, column) = (far(top, row), far(side, column));
                let is_share = shares.is_some_and(|shares| shares.contains(&(row, column)));
                filling.add(row, column, if is_share { percentage(value) } else { value }, &mut left)?;
            }
        }
        sheets.push(filling.done(visible != SheetVisible::Visible));
    }
    Ok(Workbook { form: Form::OpenDocument, sheets })
}

fn damaged(error: OdsError) -> FileError {
    match error {
        OdsError::Password => WrongFile::Locked.into(),
        error => FileError::Damaged { form: Package::OpenDocument, reason: error.to_string() },
    }
}

fn value(data: &Data) -> Option<Value> {
    Some(match data {
        Data::Empty => return None,
        Data::Int(number) => Value::Number(*number as f64),
        Data::Float(number) => Value::Number(*number),
        Data::String(words) => return text(words),
        Data::Bool(bool) => Value::Bool(*bool),
        Data::DateTimeIso(words) | Data::DurationIso(words) => iso(words),
        Data::DateTime(date) => Value::Number(date.as_f64()),
        Data::Error(error) => Value::Error(error.to_string()),
    })
}

/// A date, an hour or a duration as the file writes it.
pub(crate) fn iso(words: &str) -> Value {
    let duration = || {
        let (hours, rest) = words.strip_prefix("PT")?.split_once('H')?;
        let (minutes, rest) = rest.split_once('M')?;
        let seconds = rest.strip_suffix('S')?.split('.').next()?;
        Time::new(hours.parse().ok()?, minutes.parse().ok()?, seconds.parse().ok()?, 0).ok()
    };
    if let Ok(date) = words.parse::<DateTime>() {
        Value::Date(date)
    } else if let Ok(date) = words.parse::<Date>() {
        Value::Date(date.to_datetime(Time::midnight()))
    } else if let Some(time) = duration() {
        Value::Time(time)
    } else {
        Value::Text(words.to_owned())
    }
}

/// What a sheet has come to while it is measured.
#[derive(Default)]
struct Measured {
    sheet: String,
    /// How far down and to the right there is something.
    rows: u64,
    columns: u64,
    /// The row that is being read: where it begins, how often it stands, and how far its cells have come.
    row: u64,
    repeats: u64,
    column: u64,
    full: bool,
    /// The cell that is being read.
    width: u64,
    filled: bool,
    share: bool,
    /// The cells whose numbers people see as percentages, by row and column from 0.
    shares: Shares,
}

type Shares = BTreeSet<(u32, u32)>;

/// How often one cell is written out here at most: what stands more often is no sheet that is read.
const MOST_REPEATS: u64 = 1_000;

impl Measured {
    /// Notes the cell that was read, wherever it stands.
    fn note_share(&mut self) {
        let rows = self.row..self.row.saturating_add(self.repeats.min(MOST_REPEATS));
        for row in rows {
            let columns = self.column..self.column.saturating_add(self.width.min(MOST_REPEATS));
            for column in columns {
                if let (Ok(row), Ok(column)) = (u32::try_from(row), u32::try_from(column)) {
                    self.shares.insert((row, column));
                }
            }
        }
    }
}

/// Whether every sheet, written out, is within the limits; and where there are percentages, by the sheets' names.
fn measure(content: &str, limits: &Limits) -> Result<BTreeMap<String, Shares>, FileError> {
    let mut reader = quick_xml::Reader::from_str(content);
    reader.config_mut().check_end_names = false;
    reader.config_mut().expand_empty_elements = true;
    let mut here = Measured::default();
    let mut area = 0_u64;
    let mut all = BTreeMap::new();
    loop {
        let event = reader.read_event();
        match event {
            Ok(Event::Start(tag)) => match tag.name().as_ref() {
                "table:table" => {
                    let sheet = attribute(&tag, "table:name").unwrap_or_default();
                    here = Measured { sheet, ..Measured::default() };
                }
                "table:table-row" => {
                    (here.repeats, here.column, here.full) =
                        (times(&tag, "table:number-rows-repeated"), 0, false);
                }
                "table:table-cell" | "table:covered-table-cell" => {
                    here.width = times(&tag, "table:number-columns-repeated");
                    let kind = attribute(&tag, "office:value-type");
                    here.share = kind.as_deref() == Some("percentage");
                    here.filled = kind.is_some() || attribute(&tag, "table:formula").is_some();
                }
                "text:p" => here.filled = true,
                _ => {}
            },
            Ok(Event::End(tag)) => match tag.name().as_ref() {
                "table:table-cell" | "table:covered-table-cell" => {
                    if here.share {
                        here.note_share();
                    }
                    here.column = here.column.saturating_add(here.width);
                    if here.filled {
                        here.full = true;
                        here.columns = here.columns.max(here.column);
                    }
                }
                "table:table-row" => {
                    here.row = here.row.saturating_add(here.repeats);
                    if here.full {
                        here.rows = here.row;
                    }
                }
                "table:table" => {
                    area = area.saturating_add(within(&here, limits)?);
                    all.insert(std::mem::take(&mut here.sheet), std::mem::take(&mut here.shares));
                }
                _ => {}
            },
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(error) => return Err(damaged(OdsError::Xml(error))),
        }
    }
    // Empty places between full ones are written out, too.
    let most = limits.cells.saturating_mul(4);
    if area > u64::try_from(most).unwrap_or(u64::MAX) {
        return Err(FileError::Cells { most: limits.cells });
    }
    Ok(all)
}

/// The cells of one sheet, written out.
fn within(here: &Measured, limits: &Limits) -> Result<u64, FileError> {
    let sheet = || here.sheet.clone();
    if here.rows > u64::from(limits.rows) {
        return Err(FileError::Rows { sheet: sheet(), row: here.rows, most: limits.rows });
    }
    if here.columns > u64::from(limits.columns) {
        return Err(FileError::Columns { sheet: sheet(), column: here.columns, most: limits.columns });
    }
    Ok(here.rows.saturating_mul(here.columns))
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = tag.attributes().flatten().find(|attribute| attribute.key.as_ref() == name)?;
    Some(found.value.into_owned())
}

/// How often something stands; what is no number is a file that the reader refuses afterwards.
fn times(tag: &BytesStart<'_>, name: &str) -> u64 {
    attribute(tag, name).and_then(|number| number.trim().parse().ok()).unwrap_or(1)
}
