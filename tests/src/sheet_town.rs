//! A made-up town's vote as its clerk has it in a spreadsheet: 60 projects in 11 districts and a list for the whole
//! town, in two languages.

use anyhow::{Context as _, Result};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet, XlsxError};
use veche_record::manifest::Timestamp;

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

/// The mistakes in projects: which of them, the column, and what stands there.
const FAULTS: [(u32, u16, &str); 4] = [(3, 6, "15.000"), (9, 6, "do ustalenia"), (10, 5, "D99"), (19, 2, "")];

/// A year, a month and a day.
type Day = (u16, u8, u8);

/// What differs from test to test.
#[derive(Debug, Clone, Copy)]
pub struct Sheet {
    /// The vote opens on this day at 8, and closes on that at 20.
    pub days: (Day, Day),
    /// How many districts there are: so many from the first on.
    pub districts: usize,
    /// The least number of votes, as it is written.
    pub threshold: &'static str,
    /// Whether the organiser may close early.
    pub early_close: bool,
    /// Whether it has the mistakes that clerks make: a share for a number, an amount that can be read in two ways, one
    /// that is none, a district that there is not, a name in one language only.
    pub faults: bool,
}

impl Sheet {
    /// A vote in June.
    #[must_use]
    pub fn in_june(year: u16) -> Self {
        let days = ((year, 6, 1), (year, 6, 14));
        Sheet { days, districts: DISTRICTS.len(), threshold: "20", early_close: false, faults: false }
    }

    /// A vote that opened yesterday, and that the organiser may close early.
    ///
    /// # Errors
    /// When the machine's clock is wrong.
    pub fn today() -> Result<Self> {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_secs();
        let day = |seconds: u64| -> Result<Day> {
            let date = Timestamp::from_unix(seconds).context("this machine's clock is wrong")?.to_string();
            let part = |range| -> Result<&str> { date.get(range).context("no date") };
            Ok((part(0..4)?.parse()?, part(5..7)?.parse()?, part(8..10)?.parse()?))
        };
        let days = (day(now - 86_400)?, day(now + 3 * 86_400)?);
        Ok(Sheet { days, threshold: "3", early_close: true, ..Sheet::in_june(2099) })
    }

    /// How many projects it has.
    #[must_use]
    pub fn projects(&self) -> usize {
        (0..60).filter(|number| self.has(*number)).count()
    }

    fn has(&self, number: u32) -> bool {
        place(number).0 <= self.districts
    }

    /// The spreadsheet.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn workbook(&self) -> Result<Vec<u8>, XlsxError> {
        let mut book = Workbook::new();
        self.write_vote(book.add_worksheet().set_name("Głosowanie")?)?;
        self.write_districts(book.add_worksheet().set_name("Okręgi")?)?;
        self.write_projects(book.add_worksheet().set_name("Projekty")?)?;
        // A clerk's own sheet, which is nobody else's business.
        book.add_worksheet().set_name("Notatki")?.write(0, 0, "do sprawdzenia")?;
        book.save_to_buffer()
    }
}

/// The spreadsheet. Its vote is open in June of `year`.
///
/// # Errors
/// When it cannot be written.
pub fn workbook(year: u16) -> Result<Vec<u8>, XlsxError> {
    Sheet::in_june(year).workbook()
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

impl Sheet {
    fn write_vote(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let (projects, districts) = (self.projects().to_string(), self.districts.to_string());
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
            &["Próg głosów", if self.faults { "5 %" } else { self.threshold }],
            &["Równe sumy", "losowanie"],
            &["Jeden inny okręg", "tak"],
            &["Sumy według okręgów", "tak"],
            &["Kraj", "PL"],
            &["Liczba projektów", &projects],
            &["Liczba okręgów", &districts],
            &["Kontakt", "Urząd miasta, Rynek 1", "Town hall, Market Square 1"],
        ];
        write_rows(sheet, 0, &rows)?;
        if self.early_close {
            write_rows(sheet, 20, &[&["Wcześniejsze zamknięcie", "tak"]])?;
        }
        let hour = Format::new().set_num_format("dd.mm.yyyy hh:mm");
        for (row, (year, month, day), at) in [(3, self.days.0, 8), (4, self.days.1, 20)] {
            let moment = ExcelDateTime::from_ymd(year, month, day)?.and_hms(at, 0, 0)?;
            sheet.write_with_format(row, 1, moment, &hour)?;
        }
        Ok(())
    }

    fn write_districts(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        // A title stands above the table, as clerks write it.
        sheet.write(0, 0, "Okręgi i pule środków")?;
        let header: &[&str] = &[
            "Kod",
            "Nazwa (pl)",
            "Nazwa (en)",
            "Całe miasto",
            "Uprawnieni",
            "Budżet",
            "Najwięcej projektów",
        ];
        write_rows(
            sheet,
            2,
            &[header, &["M", "Całe miasto", "Whole town", "tak", "", "1 250 000,00 zł", "3"]],
        )?;
        for (row, (code, polish, english, people, money)) in
            (4..).zip(DISTRICTS.into_iter().take(self.districts))
        {
            sheet.write(row, 0, code)?.write(row, 1, polish)?.write(row, 2, english)?;
            sheet.write(row, 4, people)?.write(row, 5, money)?;
        }
        Ok(())
    }

    fn write_projects(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
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
        for (line, number) in (1..).zip((0..60_u32).filter(|number| self.has(*number))) {
            let row = number + 1;
            let (list, code) = place(number);
            let idea = (number as usize * 7 + list) % IDEAS.len();
            let Some((polish, english, cost)) = IDEAS.get(idea) else { continue };
            sheet.write(line, 0, format!("{code}-{row:02}"))?;
            sheet.write(line, 1, format!("{polish} ({row})"))?.write(
                line,
                2,
                format!("{english} ({row})"),
            )?;
            sheet.write(line, 3, format!("{polish}.\n\nDrugi akapit."))?;
            sheet.write(line, 4, format!("{english}.\n\nA second paragraph."))?;
            sheet.write(line, 5, if list == 0 { "ogólnomiejski" } else { code })?;
            match number % 3 {
                0 => sheet.write(line, 6, cost / 2)?,
                1 => sheet.write(line, 6, format!("{} zł", cost / 2))?,
                _ => sheet.write(
                    line,
                    6,
                    format!("{}\u{a0}{:03},00\u{a0}zł", cost / 2 / 1_000, cost / 2 % 1_000),
                )?,
            };
            sheet.write(line, 7, "Zieleń")?.write(line, 8, "Nature")?;
            sheet.write(line, 9, format!("ul. Młyńska {row}"))?;
            sheet.write(line, 10, 52.0 + f64::from(number) / 1_000.0)?.write(line, 11, 21.0)?;
            // The first two of the town's list cannot both be built.
            if number < 2 {
                sheet.write(line, 12, "skwer")?;
            }
            sheet.write(line, 13, "Jan Wymyślony")?;
            for (_, column, cell) in FAULTS.into_iter().filter(|fault| self.faults && fault.0 == number) {
                sheet.clear_cell(line, column).write(line, column, cell)?;
            }
        }
        Ok(())
    }
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
