//! A file as rows of text, whichever program wrote it.

use std::path::Path;

use super::error::RollError;

/// A row of cells.
#[derive(Debug)]
pub(super) struct TableRow {
    /// As a spreadsheet counts: the first is 1.
    pub(super) number: u64,
    pub(super) cells: Vec<String>,
}

/// The rows of a file that have anything in them.
pub(super) struct Table {
    pub(super) rows: Vec<TableRow>,
    /// What stands between two cells.
    pub(super) delimiter: char,
}

/// What may stand between two cells.
const DELIMITERS: [char; 3] = [',', ';', '\t'];

/// Reads the bytes of a file.
pub(super) fn table(path: &Path, bytes: &[u8]) -> Result<Table, RollError> {
    let text = std::str::from_utf8(bytes).map_err(|_| RollError::Encoding(path.into()))?;
    let text = text.trim_start_matches('\u{feff}');
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let count = |delimiter: &char| first.matches(*delimiter).count();
    let delimiter = DELIMITERS.into_iter().rev().max_by_key(count).unwrap_or(',');
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .delimiter(u8::try_from(delimiter).unwrap_or(b','))
        .from_reader(text.as_bytes());
    let (mut rows, mut number) = (Vec::new(), 0_u64);
    for record in reader.records() {
        // Text that is in memory has no form that is refused here.
        let record = record.map_err(|_| RollError::Encoding(path.into()))?;
        let begins = record.position().map_or(0, csv::Position::byte);
        let before = usize::try_from(begins).ok().and_then(|begins| text.split_at_checked(begins));
        let empty = before.map_or(0, |(before, rest)| {
            // The reader may stop in the midst of the end of a line.
            let within = before.ends_with('\r') && rest.starts_with('\n');
            empty_rows(rest.strip_prefix('\n').filter(|_| within).unwrap_or(rest))
        });
        number = number.saturating_add(empty).saturating_add(1);
        if record.iter().any(|cell| !cell.is_empty()) {
            rows.push(TableRow { number, cells: record.iter().map(str::to_owned).collect() });
        }
    }
    Ok(Table { rows, delimiter })
}

/// How many empty lines a text begins with. The reader steps over them, and a spreadsheet counts them.
fn empty_rows(text: &str) -> u64 {
    let before = text.len().saturating_sub(text.trim_start_matches(['\r', '\n']).len());
    let skipped = text.get(..before).unwrap_or_default();
    let lines = skipped.matches('\n').count();
    // Where lines end with a carriage return alone.
    u64::try_from(if lines == 0 { skipped.len() } else { lines }).unwrap_or(0)
}

/// A column as spreadsheets name it: A, B, … Z, AA.
pub(super) fn column_name(position: usize) -> String {
    let mut name = Vec::new();
    let mut left = position;
    loop {
        name.push(char::from(b'A' + u8::try_from(left % 26).unwrap_or(0)));
        match (left / 26).checked_sub(1) {
            Some(next) => left = next,
            None => break,
        }
    }
    name.into_iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_named_as_a_spreadsheet_names_them() {
        for (position, name) in [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (702, "AAA")] {
            assert_eq!(column_name(position), name);
        }
    }

    #[test]
    fn rows_keep_their_numbers_whatever_stands_between_cells() {
        for (text, delimiter) in
            [("a,b\n\n1,2\n", ','), ("\u{feff}a;b\r\n\r\n1;2\r\n", ';'), ("a\tb\n\n1\t2", '\t')]
        {
            let table = table(Path::new("x.csv"), text.as_bytes()).unwrap();
            assert_eq!(table.delimiter, delimiter);
            assert_eq!(table.rows.iter().map(|row| row.number).collect::<Vec<_>>(), [1, 3], "{text:?}");
            assert!(table.rows.iter().all(|row| row.cells.len() == 2));
        }
        // A cell of two lines is in one row.
        let table = table(Path::new("x.csv"), b"\na,b\n\"1\n1\",2\n\n\n3,4").unwrap();
        assert_eq!(table.rows.iter().map(|row| row.number).collect::<Vec<_>>(), [2, 3, 6]);
    }
}
