//! Cells as they are read, within the limits.

use std::collections::BTreeMap;

use crate::error::FileError;
use crate::limits::{Limits, MAX_CELL_CHARS};
use crate::place::{Column, Place};
use crate::workbook::{Cell, Row, Sheet, Value};

/// Rows as they are filled, in whichever order a file has its cells.
pub(crate) struct Filling<'a> {
    name: &'a str,
    limits: &'a Limits,
    rows: BTreeMap<u32, Vec<Cell>>,
}

impl<'a> Filling<'a> {
    pub fn new(name: &'a str, limits: &'a Limits) -> Self {
        Filling { name, limits, rows: BTreeMap::new() }
    }

    /// Adds a cell by its row and column from 0; `left` is how many more cells may come.
    pub fn add(&mut self, row: u32, column: u32, value: Value, left: &mut usize) -> Result<(), FileError> {
        let Limits { rows, columns, cells, .. } = *self.limits;
        if row >= rows {
            let row = u64::from(row) + 1;
            return Err(FileError::Rows { sheet: self.name.to_owned(), row, most: rows });
        }
        if column >= columns {
            let column = u64::from(column) + 1;
            return Err(FileError::Columns { sheet: self.name.to_owned(), column, most: columns });
        }
        *left = left.checked_sub(1).ok_or(FileError::Cells { most: cells })?;
        let column = Column(column);
        if let Value::Text(text) = &value
            && text.len() > MAX_CELL_CHARS
            && text.chars().count() > MAX_CELL_CHARS
        {
            let place = Place { sheet: self.name.to_owned(), row: Some(row + 1), column: Some(column) };
            return Err(FileError::LongCell(place));
        }
        self.rows.entry(row + 1).or_default().push(Cell { column, value });
        Ok(())
    }

    pub fn done(self, hidden: bool) -> Sheet {
        let row = |(number, mut cells): (u32, Vec<Cell>)| {
            cells.sort_by_key(|cell| cell.column);
            cells.dedup_by_key(|cell| cell.column);
            Row { number, cells }
        };
        Sheet { name: self.name.to_owned(), hidden, rows: self.rows.into_iter().map(row).collect() }
    }
}

/// A cell's words as they are kept, or nothing where there are none.
pub(crate) fn text(words: &str) -> Option<Value> {
    let words = words.replace("\r\n", "\n").replace('\r', "\n");
    // A byte order mark in the middle of a text comes from files that were put together.
    let words = words.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    (!words.is_empty()).then(|| Value::Text(words.to_owned()))
}

/// A number as people see it where a cell is formatted so: `0.05` as `5%`.
pub(crate) fn percentage(value: Value) -> Value {
    match value {
        Value::Number(number) => {
            let shown = format!("{:.6}", number * 100.0);
            Value::Text(format!("{}%", shown.trim_end_matches('0').trim_end_matches('.')))
        }
        other => other,
    }
}
