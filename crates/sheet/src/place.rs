//! Where something stands in a workbook.

use std::fmt;

/// A column, counted from 0; displayed with the letters that people see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Column(pub u32);

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut letters = Vec::new();
        let mut rest = u64::from(self.0) + 1;
        while rest > 0 {
            rest -= 1;
            letters.push(char::from(b'A' + (rest % 26) as u8));
            rest /= 26;
        }
        f.write_str(&letters.iter().rev().collect::<String>())
    }
}

impl std::str::FromStr for Column {
    type Err = ();

    fn from_str(letters: &str) -> Result<Self, ()> {
        if !(1..=4).contains(&letters.len()) {
            return Err(());
        }
        let add = |number: u32, letter: u8| match letter.to_ascii_uppercase() {
            letter @ b'A'..=b'Z' => Ok(number * 26 + u32::from(letter - b'A') + 1),
            _ => Err(()),
        };
        letters.bytes().try_fold(0, add).map(|number| Column(number - 1))
    }
}

/// Where something stands. Displayed as `sheet!D7`, `sheet!7` for a row, `sheet!D` for a column, and the sheet's name.
///
/// Ordered as people read: by sheet, row and column.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The sheet's name.
    pub sheet: String,
    /// The row's number, from 1.
    pub row: Option<u32>,
    /// The column.
    pub column: Option<Column>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sheet)?;
        if self.row.is_some() || self.column.is_some() {
            f.write_str("!")?;
        }
        if let Some(column) = self.column {
            write!(f, "{column}")?;
        }
        match self.row {
            Some(row) => write!(f, "{row}"),
            None => Ok(()),
        }
    }
}
