//! A made-up town's vote as its clerk has it in a spreadsheet: 60 projects in 11 districts and a list for the whole
//! town, in two languages.

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

/// The districts: their codes, their names, how many people may vote and how much there is to spend.
pub const DISTRICTS: [(&str, &str, &str, u32, u32); 11] = [
    ("D01", "Zarzecze", "Riverside", 4_100, 180_000),
    ("D02", "Rynek", "Market", 2_900, 150_000),
    ("D03", "Podgaje", "Underwood", 3_300, 160_000),
    ("D04", "Młyny", "Mills", 5_200, 210_000),
    ("D05", "Stary Port", "Old Harbour", 1_800, 110_000),
    ("D06", "Dworzec", "Station", 4_700, 190_000),
    ("D07", "Winnica", "Vineyard", 2_200, 120_000),
    ("D08", "Łąki", "Meadows", 6_100, 240_000),
    ("D09", "Cegielnia", "Brickworks", 1_200, 90_000),
    ("D10", "Las", "Forest", 900, 80_000),
    ("D11", "Osada", "Hamlet", 640, 40_000),
];

/// What is proposed, again and again: in Polish, in English, and what it costs.
const IDEAS: [(&str, &str, u32); 12] = [
    ("Drzewa wzdłuż ulicy", "Trees along the street", 38_000),
    ("Plac zabaw", "A playground", 96_500),
    ("Ławki na przystankach", "Benches at the stops", 21_400),
    ("Ścieżka rowerowa", "A cycle path", 150_000),
    ("Oświetlenie skweru", "Lights in the square", 44_900),
    ("Kącik z książkami", "A book corner", 8_000),
    ("Boisko do koszykówki", "A basketball court", 118_000),
    ("Łąka kwietna", "A flower meadow", 12_750),
    ("Poidełko", "A drinking fountain", 9_600),
    ("Kino letnie", "An open-air cinema", 31_000),
    ("Próg zwalniający", "A speed bump", 17_500),
    ("Ogród społeczny", "A community garden", 52_300),
];

/// The spreadsheet. Its vote is open in June of `year`.
///
/// # Errors
/// When it cannot be written.
pub fn workbook(year: u16) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    write_vote(book.add_worksheet().set_name("Głosowanie")?, year)?;
    write_districts(book.add_worksheet().set_name("Okręgi")?)?;
    write_projects(book.add_worksheet().set_name("Projekty")?)?;
    // A clerk's own sheet, which is nobody else's business.
    book.add_worksheet().set_name("Notatki")?.write(0, 0, "do sprawdzenia")?;
    book.save_to_buffer()
}

fn write_rows(sheet: &mut Worksheet, from: u32, rows: &[&[&str]]) -> Result<(), XlsxError> {
    for (row, cells) in (from..).zip(rows) {
        for (column, cell) in (0..).zip(*cells) {
            if !cell.is_empty() {
                sheet.write(row, column, *cell)?;
            }
        }
    }
    Ok(())
}

fn write_vote(sheet: &mut Worksheet, year: u16) -> Result<(), XlsxError> {
    let rows: [&[&str]; 20] = [
        &["Ustawienie", "Wartość (pl)", "Wartość (en)"],
        &["Tytuł głosowania", "Budżet obywatelski Mirogrodu", "Participatory budget of Mirogród"],
        &["O czym", "Wybierz, co powstanie w mieście.", "Choose what is built in the town."],
        &["Początek głosowania"],
        &["Koniec głosowania"],
        &["Strefa czasowa", "Europe/Warsaw"],
        &["Waluta", "PLN"],
        &["Zasada głosowania", "wybór"],
        &["Najmniej projektów", "1"],
        &["Najwięcej projektów", "2"],
        &["Pusty głos", "nie"],
        &["Gdy zabraknie pieniędzy", "zatrzymaj"],
        &["Próg głosów", "20"],
        &["Równe sumy", "losowanie"],
        &["Jeden inny okręg", "tak"],
        &["Sumy według okręgów", "tak"],
        &["Kraj", "PL"],
        &["Liczba projektów", "60"],
        &["Liczba okręgów", "11"],
        &["Kontakt", "Urząd miasta, Rynek 1", "Town hall, Market Square 1"],
    ];
    write_rows(sheet, 0, &rows)?;
    let hour = Format::new().set_num_format("dd.mm.yyyy hh:mm");
    sheet.write_with_format(3, 1, ExcelDateTime::from_ymd(year, 6, 1)?.and_hms(8, 0, 0)?, &hour)?;
    sheet.write_with_format(4, 1, ExcelDateTime::from_ymd(year, 6, 14)?.and_hms(20, 0, 0)?, &hour)?;
    Ok(())
}

fn write_districts(sheet: &mut Worksheet) -> Result<(), XlsxError> {
    // A title stands above the table, as clerks write it.
    sheet.write(0, 0, "Okręgi i pule środków")?;
    let header: &[&str] =
        &["Kod", "Nazwa (pl)", "Nazwa (en)", "Całe miasto", "Uprawnieni", "Budżet", "Najwięcej projektów"];
    write_rows(sheet, 2, &[header, &["M", "Całe miasto", "Whole town", "tak", "", "1 250 000,00 zł", "3"]])?;
    for (row, (code, polish, english, people, money)) in (4..).zip(DISTRICTS) {
        sheet.write(row, 0, code)?.write(row, 1, polish)?.write(row, 2, english)?;
        sheet.write(row, 4, people)?.write(row, 5, money)?;
    }
    Ok(())
}

fn write_projects(sheet: &mut Worksheet) -> Result<(), XlsxError> {
    let header: &[&str] = &[
        "Numer projektu",
        "Nazwa (pl)",
        "Nazwa (en)",
        "Opis (pl)",
        "Opis (en)",
        "Okręg",
        "Koszt",
        "Kategoria (pl)",
        "Kategoria (en)",
        "Adres",
        "Szerokość",
        "Długość",
        "Wyklucza",
        "Wnioskodawca",
    ];
    write_rows(sheet, 0, &[header])?;
    for number in 0..60_u32 {
        let row = number + 1;
        let (list, code) = place(number);
        let idea = (number as usize * 7 + list) % IDEAS.len();
        let Some((polish, english, cost)) = IDEAS.get(idea) else { continue };
        sheet.write(row, 0, format!("{code}-{row:02}"))?;
        sheet.write(row, 1, format!("{polish} ({row})"))?.write(row, 2, format!("{english} ({row})"))?;
        sheet.write(row, 3, format!("{polish}.\n\nDrugi akapit."))?;
        sheet.write(row, 4, format!("{english}.\n\nA second paragraph."))?;
        sheet.write(row, 5, if list == 0 { "ogólnomiejski" } else { code })?;
        match number % 3 {
            0 => sheet.write(row, 6, cost / 2)?,
            1 => sheet.write(row, 6, format!("{} zł", cost / 2))?,
            _ => sheet.write(
                row,
                6,
                format!("{}\u{a0}{:03},00\u{a0}zł", cost / 2 / 1_000, cost / 2 % 1_000),
            )?,
        };
        sheet.write(row, 7, "Zieleń")?.write(row, 8, "Nature")?;
        sheet.write(row, 9, format!("ul. Młyńska {row}"))?;
        sheet.write(row, 10, 52.0 + f64::from(number) / 1_000.0)?.write(row, 11, 21.0)?;
        // The first two of the town's list cannot both be built.
        if number < 2 {
            sheet.write(row, 12, "skwer")?;
        }
        sheet.write(row, 13, "Jan Wymyślony")?;
    }
    Ok(())
}

/// The list that a project is in: nine in the town's, one in the last district's, five in each other's.
fn place(number: u32) -> (usize, &'static str) {
    let list = match number {
        0..9 => 0,
        59 => 11,
        number => ((number - 9) % 10 + 1) as usize,
    };
    (list, list.checked_sub(1).and_then(|at| DISTRICTS.get(at)).map_or("M", |district| district.0))
}
