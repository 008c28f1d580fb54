//! The sheets of a result as one file of text that a spreadsheet program of the reader's language opens by a double
//! click: with its signs, its words, and without a cell that it would run.

use crate::error::ResultsError;
use crate::sheets::{Cell, Sheet};
use crate::words::Words;

/// What makes a spreadsheet program read UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// The tables below each other, each with its name above it and an empty line below.
///
/// # Errors
/// [`ResultsError::Csv`]: none in practice.
pub fn excel_csv(sheets: &[Sheet], words: &Words) -> Result<Vec<u8>, ResultsError> {
    // Every separator is one of ASCII: a test looks.
    let separator = u8::try_from(words.separator).unwrap_or(b';');
    let mut writer = csv::WriterBuilder::new()
        .delimiter(separator)
        .terminator(csv::Terminator::CRLF)
        .flexible(true)
        .from_writer(BYTE_ORDER_MARK.as_bytes().to_vec());
    for (sheet, more) in sheets.iter().zip((1..=sheets.len()).map(|at| at < sheets.len())) {
        writer.write_record([harmless(&sheet.title)])?;
        writer.write_record(sheet.header.iter().map(|name| harmless(name)))?;
        for row in &sheet.rows {
            writer.write_record(row.iter().map(|cell| written(cell, words)))?;
        }
        if more {
            writer.write_record([""])?;
        }
    }
    writer.into_inner().map_err(|error| csv::Error::from(error.into_error()).into())
}

fn written(cell: &Cell, words: &Words) -> String {
    match cell {
        Cell::Text(text) => harmless(text),
        Cell::Number(number) => number.to_string(),
        Cell::Share(share) => words.hundredths(*share),
        Cell::Empty => String::new(),
    }
}

/// Text that no spreadsheet program takes for a formula. Quotation marks do not help: they are gone before the program
/// looks. So an apostrophe stands before whatever a formula begins with, which these programs read as "this is text".
fn harmless(text: &str) -> String {
    // Of white space and control characters single spaces are left, so that none can stand before a formula.
    let blank =
        |character: char| character.is_whitespace() || character.is_control() || is_invisible(character);
    let text = text.split(blank).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    // The wide forms are the same signs to some of these programs.
    match text.starts_with(['=', '+', '-', '@', '|', '%', '＝', '＋', '－', '＠', '−']) {
        true => format!("'{text}"),
        false => text,
    }
}

/// A mark of another file that is pasted in, or one that turns the direction of a line.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{feff}' | '\u{200b}' | '\u{2060}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::LANGUAGES;

    /// What people have put into names so that a spreadsheet program runs it.
    pub(crate) const HOSTILE: [&str; 12] = [
        "=cmd|' /C calc'!A0",
        "+1+1",
        "-2+3",
        "@SUM(A1)",
        "\t=1+1",
        "\r=1+1",
        "\n=1+1",
        " =1+1",
        "\u{feff}=1+1",
        "＝1+1",
        "\";=1+1",
        "%0A-1",
    ];

    #[test]
    fn no_cell_runs() {
        for language in LANGUAGES {
            let words = Words::of(language).unwrap();
            assert!(words.separator.is_ascii());
            for name in HOSTILE {
                let sheet = Sheet {
                    title: name.to_owned(),
                    header: vec![name.to_owned(), "b".to_owned()],
                    rows: vec![vec![Cell::Text(name.to_owned()), Cell::Number(7)]],
                };
                let bytes = excel_csv(&[sheet], &words).unwrap();
                let text = String::from_utf8(bytes).unwrap();
                let mut reader = csv::ReaderBuilder::new();
                let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap();
                let mut reader = reader
                    .delimiter(u8::try_from(words.separator).unwrap())
                    .has_headers(false)
                    .flexible(true)
                    .from_reader(text.as_bytes());
                let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
                assert_eq!(rows.len(), 3, "{name:?} makes no row of its own");
                for cell in rows.iter().flatten() {
                    let first = cell.chars().next().unwrap();
                    let runs = "=+-@\t\r\n|%＝".contains(first) || first.is_whitespace();
                    assert!(!runs, "{name:?} is written {cell:?}");
                }
                assert_eq!(rows[2].iter().next_back(), Some("7"));
            }
        }
    }

    #[test]
    fn shares_and_lines_are_as_the_language_has_them() {
        let sheet = Sheet {
            title: "T".to_owned(),
            header: vec!["a".to_owned(), "b".to_owned()],
            rows: vec![vec![Cell::Share(4567), Cell::Empty]],
        };
        let of = |language: &str| {
            excel_csv(&[sheet.clone(), sheet.clone()], &Words::of(language).unwrap()).unwrap()
        };
        let text = |language: &str| String::from_utf8(of(language)).unwrap();
        assert_eq!(text("de"), "\u{feff}T\r\na;b\r\n45,67;\r\n\"\"\r\nT\r\na;b\r\n45,67;\r\n");
        assert_eq!(text("en"), "\u{feff}T\r\na,b\r\n45.67,\r\n\"\"\r\nT\r\na,b\r\n45.67,\r\n");
    }
}
