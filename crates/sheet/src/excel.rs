//! `.xlsx`. Its cells are read one by one: a table as large as its last cell is far away would not fit in memory.

use std::collections::BTreeSet;
use std::io::Cursor;

use calamine::{DataRef, ExcelDateTime, Reader, SheetType, SheetVisible, Style, Xlsx, XlsxError};
use jiff::Unit;
use jiff::civil::DateTime;

use crate::error::{FileError, Package, WrongFile};
use crate::filling::{Filling, percentage, text};
use crate::limits::Limits;
use crate::opendocument::iso;
use crate::workbook::{Form, Value, Workbook};

pub(crate) fn read(bytes: &[u8], limits: &Limits) -> Result<Workbook, FileError> {
    let mut book = Xlsx::new(Cursor::new(bytes)).map_err(damaged)?;
    let tables = book.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let tables: Vec<_> = tables.map(|sheet| (sheet.name.clone(), sheet.visible)).collect();
    if tables.len() > limits.sheets {
        return Err(FileError::Sheets { found: tables.len(), most: limits.sheets });
    }
    let mut sheets = Vec::with_capacity(tables.len());
    let mut left = limits.cells;
    for (name, visible) in tables {
        let mut filling = Filling::new(&name, limits);
        let shares = shares(&mut book, &name)?;
        let mut cells = book.worksheet_cells_reader(&name).map_err(damaged)?;
        while let Some(cell) = cells.next_cell_with_formula_metadata().map_err(damaged)? {
            let computed = cell.formula.is_some();
            if let Some(value) = value(&cell.value, computed) {
                let value = if shares.contains(&cell.pos) { percentage(value) } else { value };
                filling.add(cell.pos.0, cell.pos.1, value, &mut left)?;
            }
        }
        sheets.push(filling.done(visible != SheetVisible::Visible));
    }
    Ok(Workbook { form: Form::Excel, sheets })
}

/// The cells whose numbers people see as percentages.
fn shares(book: &mut Xlsx<Cursor<&[u8]>>, name: &str) -> Result<BTreeSet<(u32, u32)>, FileError> {
    let mut cells = book.worksheet_cells_reader(name).map_err(damaged)?;
    let is_share =
        |style: &Style| style.number_format.as_ref().is_some_and(|format| is_percent(&format.format_code));
    let styles: BTreeSet<usize> =
        (0..).zip(cells.styles()).filter(|(_, style)| is_share(style)).map(|(at, _)| at).collect();
    let mut shares = BTreeSet::new();
    if styles.is_empty() {
        return Ok(shares);
    }
    while let Some((cell, style)) = cells.next_cell_with_style_id().map_err(damaged)? {
        if styles.contains(&style) {
            shares.insert(cell.get_position());
        }
    }
    Ok(shares)
}

/// Whether a number format has a percent sign that is not only words in it.
fn is_percent(format: &str) -> bool {
    let (mut quoted, mut escaped) = (false, false);
    for sign in format.chars() {
        match sign {
            _ if escaped => escaped = false,
            '"' => quoted = !quoted,
            '\\' if !quoted => escaped = true,
            '%' if !quoted => return true,
            _ => {}
        }
    }
    false
}

fn damaged(error: XlsxError) -> FileError {
    match error {
        XlsxError::Password => WrongFile::Locked.into(),
        error => FileError::Damaged { form: Package::Excel, reason: error.to_string() },
    }
}

fn value(data: &DataRef<'_>, computed: bool) -> Option<Value> {
    Some(match data {
        // A program that does not compute wrote the formula: people see a number there, and the file has none.
        DataRef::Empty if computed => Value::Error("a formula without its result".to_owned()),
        DataRef::Empty => return None,
        DataRef::Int(number) => Value::Number(*number as f64),
        DataRef::Float(number) => Value::Number(*number),
        DataRef::String(words) => return text(words),
        DataRef::SharedString(words) => return text(words),
        DataRef::Bool(bool) => Value::Bool(*bool),
        DataRef::DateTime(date) => date_value(date),
        DataRef::DateTimeIso(words) | DataRef::DurationIso(words) => iso(words),
        DataRef::Error(error) => Value::Error(error.to_string()),
    })
}

fn date_value(date: &ExcelDateTime) -> Value {
    let number = date.as_f64();
    let (year, month, day, hour, minute, second, milli) = date.to_ymd_hms_milli();
    let parts = || {
        let small = |part: u8| i8::try_from(part).ok();
        let year = i16::try_from(year).ok()?;
        let nanos = i32::from(milli) * 1_000_000;
        let read = DateTime::new(
            year,
            small(month)?,
            small(day)?,
            small(hour)?,
            small(minute)?,
            small(second)?,
            nanos,
        );
        // Fractions of days are not exact: 08:00 can be a millisecond before.
        read.ok()?.round(Unit::Second).ok()
    };
    match parts() {
        Some(read) if (0.0..1.0).contains(&number) => Value::Time(read.time()),
        Some(read) if date.is_datetime() && number >= 1.0 => Value::Date(read),
        _ => Value::Number(number),
    }
}
