//! Cells in their places.

use std::fmt;

use jiff::civil::{DateTime, Time};

use crate::encoding::Encoding;
use crate::place::{Column, Place};

/// A file as it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Workbook {
    /// What it was.
    pub form: Form,
    /// Its sheets, in the file's order.
    pub sheets: Vec<Sheet>,
}

/// What a workbook was made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// `.xlsx`.
    Excel,
    /// `.ods`.
    OpenDocument,
    /// A text with separators.
    Text {
        /// The encoding that was taken.
        encoding: Encoding,
        /// Whether it was found out by how often letters stand beside each other: a person should look at `sample`.
        guessed: bool,
        /// The first words with letters that tell encodings apart, as they were read.
        sample: Option<String>,
        /// What separates the columns.
        separator: char,
    },
}

/// A table.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// Whether the program that made it hides it.
    pub hidden: bool,
    /// The rows with something in them, from the top down.
    pub rows: Vec<Row>,
}

impl Sheet {
    /// A row, by the number that people see.
    pub fn row(&self, number: u32) -> Option<&Row> {
        let at = self.rows.binary_search_by_key(&number, |row| row.number).ok()?;
        self.rows.get(at)
    }

    /// The rows below one.
    pub fn rows_after(&self, number: u32) -> &[Row] {
        let from = self.rows.partition_point(|row| row.number <= number);
        self.rows.get(from..).unwrap_or_default()
    }

    /// A place in this sheet.
    pub fn place(&self, row: u32, column: Column) -> Place {
        Place { sheet: self.name.clone(), row: Some(row), column: Some(column) }
    }

    /// A row of this sheet.
    pub fn row_place(&self, row: u32) -> Place {
        Place { sheet: self.name.clone(), row: Some(row), column: None }
    }
}

/// A row with something in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The number that people see, from 1.
    pub number: u32,
    /// The cells with something in them, from the left.
    pub cells: Vec<Cell>,
}

impl Row {
    /// The cell in a column.
    pub fn cell(&self, column: Column) -> Option<&Cell> {
        let at = self.cells.binary_search_by_key(&column, |cell| cell.column).ok()?;
        self.cells.get(at)
    }
}

/// A cell with something in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// Its column.
    pub column: Column,
    /// What is in it.
    pub value: Value,
}

/// What is in a cell. Displayed, it is as people see it, but for how their program formats numbers and dates.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Words, without white space at either end. Lines are apart by `\n`.
    Text(String),
    /// A number that the file has as such. A text with separators has none.
    Number(f64),
    /// A date that the file has as such, with an hour: midnight where it says none.
    Date(DateTime),
    /// An hour without a date.
    Time(Time),
    /// Yes or no.
    Bool(bool),
    /// What a formula could not compute, as `#REF!`.
    Error(String),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Text(text) | Value::Error(text) => f.write_str(text),
            Value::Number(number) => write!(f, "{number}"),
            Value::Date(date) if date.time() == Time::midnight() => write!(f, "{}", date.date()),
            Value::Date(date) => write!(f, "{} {}", date.date(), short(date.time())),
            Value::Time(time) => f.write_str(&short(*time)),
            Value::Bool(bool) => f.write_str(if *bool { "TRUE" } else { "FALSE" }),
        }
    }
}

/// An hour without seconds where it has none.
pub(crate) fn short(time: Time) -> String {
    let seconds = if time.second() == 0 { String::new() } else { format!(":{:02}", time.second()) };
    format!("{:02}:{:02}{seconds}", time.hour(), time.minute())
}
