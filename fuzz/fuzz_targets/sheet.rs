//! A table that somebody hands in, in whatever letters, and what its cells say of money and hours.
#![no_main]

use libfuzzer_sys::fuzz_target;
use veche_sheet::{ColumnKind, Form, Options, Place, Reading, Value, Zone, amount, fold, moment, read, recognise};

/// Written again by another program, a table says the same in the same places.
fn write_again(sheet: &veche_sheet::Sheet, separator: char) -> Vec<u8> {
    let delimiter = u8::try_from(separator).expect("one of three signs");
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).flexible(true).from_writer(Vec::new());
    let mut next = 1;
    for row in &sheet.rows {
        while next < row.number {
            writer.write_record(["", ""]).expect("written to memory");
            next += 1;
        }
        let last = row.cells.last().map_or(0, |cell| cell.column.0);
        let cells = (0..=last.max(1)).map(|column| {
            let cell = row.cell(veche_sheet::Column(column));
            cell.map_or(String::new(), |cell| cell.value.to_string())
        });
        writer.write_record(cells).expect("written to memory");
        next += 1;
    }
    writer.into_inner().expect("written to memory")
}

fuzz_target!(|bytes: &[u8]| {
    let book = match read("table.csv", bytes, &Options::default()) {
        Ok(book) => book,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    let Form::Text { separator, .. } = book.form else { return };
    let zone = Zone::find("Europe/Warsaw").expect("a zone of the table");
    for sheet in &book.sheets {
        let options = Options { separator: Some(separator), ..Options::default() };
        let written = write_again(sheet, separator);
        // A first line of this form says what the separator is; other bytes may be another kind of file.
        if !written.starts_with(b"sep=")
            && let Ok(again) = read("table.csv", &written, &options)
        {
            assert_eq!(again.sheets.first().map(|sheet| &sheet.rows), Some(&sheet.rows));
        }
        let kinds = [ColumnKind { kind: 0, words: &["name"] }, ColumnKind { kind: 1, words: &["cost", "koszt"] }];
        if let Some(header) = recognise(sheet, &kinds) {
            assert!(sheet.row(header.row).is_some() && !header.found.is_empty());
        }
        let mut before: Option<Place> = None;
        for row in &sheet.rows {
            for cell in &row.cells {
                let place = sheet.place(row.number, cell.column);
                assert!(before.replace(place.clone()).is_none_or(|before| before < place), "cells come in order");
                assert!(fold(&fold(&cell.value.to_string())) == fold(&cell.value.to_string()));
                // What is read in one way is read again from how it is displayed.
                if let Ok(Reading::One(read)) = amount(&cell.value, &[]) {
                    let shown = amount(&Value::Text(read.to_string()), &[]).expect("an amount, displayed");
                    assert!(shown.all().contains(&read));
                }
                for read in moment(&cell.value).iter().flat_map(|reading| reading.all()) {
                    assert_eq!(moment(&Value::Text(read.to_string())), Ok(Reading::One(*read)));
                    assert!(read.begin() <= read.end());
                    let _ = read.begin().and_then(|begin| zone.instant(begin));
                }
            }
        }
    }
});
