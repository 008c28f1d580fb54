//! Texts with separators, as spreadsheet programs save them.

use csv::{ReaderBuilder, StringRecord};

use crate::Options;
use crate::encoding;
use crate::error::FileError;
use crate::filling::{Filling, text as cell_text};
use crate::workbook::{Form, Workbook};

/// What columns are separated by, in the order in which they are preferred.
const SEPARATORS: [char; 3] = [';', '\t', ','];
/// How many rows the separator is looked for in.
const LOOKED_AT: usize = 100;

pub(crate) fn read(file_name: &str, bytes: &[u8], options: &Options) -> Result<Workbook, FileError> {
    let decoded = encoding::decode(bytes, options.encoding)?;
    let (said, text) = said_separator(&decoded.text);
    let separator = match options.separator.or(said) {
        Some(separator) => separator,
        None => find_separator(text).ok_or(FileError::NoColumns)?,
    };
    let name = sheet_name(file_name);
    let mut filling = Filling::new(&name, &options.limits);
    let mut left = options.limits.cells;
    for (row, record) in records(text, separator) {
        // Rows of separators alone are what a spreadsheet program leaves below its table.
        for (column, cell) in record.iter().enumerate() {
            if let Some(value) = cell_text(cell) {
                let column = u32::try_from(column).unwrap_or(u32::MAX);
                filling.add(u32::try_from(row).unwrap_or(u32::MAX), column, value, &mut left)?;
            }
        }
    }
    let sample = decoded.guessed.then(|| encoding::sample(text)).flatten();
    let form = Form::Text { encoding: decoded.encoding, guessed: decoded.guessed, sample, separator };
    Ok(Workbook { form, sheets: vec![filling.done(false)] })
}

/// The file's name without folders and ending.
fn sheet_name(file_name: &str) -> String {
    let name = file_name.rsplit(['/', '\\']).next().unwrap_or_default();
    match name.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem.to_owned(),
        _ => name.to_owned(),
    }
}

/// Excel's own first line, which is no row of the table.
fn said_separator(text: &str) -> (Option<char>, &str) {
    let said = || {
        let (line, rest) = text.split_once('\n').unwrap_or((text, ""));
        let mut sign = line.trim_end_matches('\r').strip_prefix("sep=")?.chars();
        match (sign.next(), sign.next()) {
            (Some(sign), None) if sign.is_ascii() => Some((Some(sign), rest)),
            _ => None,
        }
    };
    said().unwrap_or((None, text))
}

/// The separator by which most rows have as many columns as most others, and more than one. One by which the first two
/// rows have equally many comes before one by which they don't: words further down are full of commas.
fn find_separator(text: &str) -> Option<char> {
    let regular = |separator: char| {
        let found: Vec<usize> =
            records(text, separator).take(LOOKED_AT).map(|(_, record)| record.len()).collect();
        let begins = matches!(found.as_slice(), [first, second, ..] if first == second && *first > 1);
        let mut widths = std::collections::BTreeMap::new();
        for width in found.into_iter().filter(|width| *width > 1) {
            *widths.entry(width).or_insert(0_usize) += 1;
        }
        (begins, widths.into_values().max().unwrap_or(0))
    };
    let counted = SEPARATORS.map(|separator| (separator, regular(separator)));
    let best = counted.into_iter().reduce(|best, next| if next.1 > best.1 { next } else { best });
    best.filter(|(_, (_, rows))| *rows > 0).map(|(separator, _)| separator)
}

/// Every row with its number from 0. The reader passes over empty lines, which are rows to people, and which are
/// counted here.
fn records(text: &str, separator: char) -> impl Iterator<Item = (u64, StringRecord)> {
    let mut reader = ReaderBuilder::new()
        .delimiter(u8::try_from(separator).unwrap_or(b';'))
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut row = 0_u64;
    std::iter::from_fn(move || {
        let mut record = StringRecord::new();
        // A text that is valid in memory gives no error.
        reader.read_record(&mut record).ok().filter(|more| *more)?;
        let start = record.position().map_or(0, csv::Position::byte);
        row += empty_lines(text, usize::try_from(start).unwrap_or(usize::MAX));
        row += 1;
        Some((row - 1, record))
    })
}

/// How many empty lines begin here. What is left of the line end before it is none.
fn empty_lines(text: &str, start: usize) -> u64 {
    let after_return = start.checked_sub(1).and_then(|before| text.as_bytes().get(before)) == Some(&b'\r');
    let mut rest = text.as_bytes().get(start..).unwrap_or_default();
    if after_return && rest.first() == Some(&b'\n') {
        rest = rest.get(1..).unwrap_or_default();
    }
    let mut lines = 0;
    loop {
        rest = match rest {
            [b'\r', b'\n', rest @ ..] | [b'\r' | b'\n', rest @ ..] => rest,
            _ => return lines,
        };
        lines += 1;
    }
}
