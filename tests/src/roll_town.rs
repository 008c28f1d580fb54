//! The people of the made-up town (`sheet_town`), as its registry office hands them in: 5,000 residents in a
//! spreadsheet.

use rust_xlsxwriter::{Workbook, Worksheet, XlsxError};

use crate::sheet_town::DISTRICTS;

/// How many there are.
pub const RESIDENTS: usize = 5_000;

/// The phone of a resident, as it is dialled. Who has the number n lives in the district n modulo 11.
#[must_use]
pub fn phone(resident: usize) -> String {
    format!("600 {:03} {:03}", 100 + resident / 1_000, resident % 1_000)
}

/// The mistakes that are usual: by row, the column, what stands there, and what the desk says of it in English.
pub const FAULTS: [(u32, u16, &str, &str); 5] = [
    (3, 0, "", "There is no phone number."),
    (5, 0, "12", "This is no phone number."),
    (7, 0, "4,86E+10", "The spreadsheet has shortened this number"),
    (9, 1, "Nowe Osiedle", "There is no such district."),
    (11, 0, "600 100 000", "The same phone number as in row 2."),
];

/// The spreadsheet, with its mistakes or without them.
///
/// # Errors
/// When it cannot be written.
pub fn roll(faults: bool) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, heading) in (0..).zip(["Numer telefonu", "Okręg", "Imię"]) {
        sheet.write(0, column, heading)?;
    }
    for (row, (resident, (code, name, ..))) in (1..).zip((0..RESIDENTS).zip(DISTRICTS.into_iter().cycle())) {
        sheet.write(row, 0, phone(resident))?;
        // One office writes codes, another one names.
        sheet.write(row, 1, if resident % 2 == 0 { code } else { name })?.write(row, 2, "Osoba")?;
    }
    if faults {
        make_mistakes(sheet)?;
    }
    book.save_to_buffer()
}

fn make_mistakes(sheet: &mut Worksheet) -> Result<(), XlsxError> {
    for (row, column, cell, _) in FAULTS {
        // A spreadsheet counts its rows from 1.
        sheet.clear_cell(row - 1, column).write(row - 1, column, cell)?;
    }
    Ok(())
}
