//! The workbook to be filled in: headers, comments, choices and an example, in the clerk's language.

use rust_xlsxwriter::{
    DataValidation, DocProperties, ExcelDateTime, Format, FormatAlign, Note, Workbook, Worksheet, XlsxError,
};
use veche_phrases::Language;

use crate::words::{Choice, DistrictColumn, Key, ProjectColumn, Setting, SheetKind, VoteColumn, Words};

/// A template that cannot be written: the fault of this program.
#[derive(Debug, thiserror::Error)]
#[error("the template cannot be written: {0}")]
pub struct TemplateError(#[from] XlsxError);

/// What stands in a cell of the example.
enum Example {
    /// Words of a key.
    Words(&'static str),
    /// A choice.
    Chosen(Choice),
    Text(String),
    Number(f64),
    Hour(ExcelDateTime),
    Nothing,
}

/// The template as an `.xlsx`. Its example opens in June of `year`.
///
/// # Errors
/// [`TemplateError`].
pub fn template(language: Language, year: u16) -> Result<Vec<u8>, TemplateError> {
    let words = Words::of(language);
    let mut book = Workbook::new();
    // Two templates of one language are the same, byte for byte.
    let made = ExcelDateTime::from_ymd(year, 1, 1)?;
    book.set_properties(
        &DocProperties::new().set_title(words.first("sheet.vote")).set_creation_datetime(&made),
    );
    let style = Style::new();
    let vote = sheet(&mut book, language, SheetKind::Vote)?;
    write_vote(vote, language, year, &style)?;
    let districts = sheet(&mut book, language, SheetKind::Districts)?;
    write_districts(districts, words, &style)?;
    let projects = sheet(&mut book, language, SheetKind::Projects)?;
    write_projects(projects, words, &style)?;
    Ok(book.save_to_buffer()?)
}

struct Style {
    header: Format,
    wrapped: Format,
    hour: Format,
    money: Format,
}

impl Style {
    fn new() -> Self {
        Style {
            header: Format::new()
                .set_bold()
                .set_text_wrap()
                .set_align(FormatAlign::Top)
                .set_background_color("#E8EEF4"),
            wrapped: Format::new().set_text_wrap().set_align(FormatAlign::Top),
            hour: Format::new().set_num_format("yyyy-mm-dd hh:mm").set_align(FormatAlign::Left),
            money: Format::new().set_num_format("# ##0"),
        }
    }
}

fn sheet(book: &mut Workbook, language: Language, kind: SheetKind) -> Result<&mut Worksheet, XlsxError> {
    let sheet = book.add_worksheet();
    sheet.set_name(Words::of(language).first(&kind.key()))?.set_freeze_panes(1, 0)?;
    sheet.set_right_to_left(language == Language::Ar);
    Ok(sheet)
}

fn comment(words: &Words, key: &str) -> Option<Note> {
    let said = words.first(&format!("note.{key}"));
    (!said.is_empty()).then(|| Note::new(said).add_author_prefix(false).set_width(280).set_height(110))
}

fn write(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    example: &Example,
    words: &Words,
    style: &Style,
) -> Result<(), XlsxError> {
    match example {
        Example::Words(key) => sheet.write_with_format(row, column, words.first(key), &style.wrapped)?,
        Example::Chosen(choice) => {
            sheet.write_with_format(row, column, words.first(&choice.key()), &style.wrapped)?
        }
        Example::Text(text) => sheet.write_with_format(row, column, text, &style.wrapped)?,
        Example::Number(number) => sheet.write_with_format(row, column, *number, &style.money)?,
        Example::Hour(hour) => sheet.write_with_format(row, column, hour, &style.hour)?,
        Example::Nothing => sheet,
    };
    Ok(())
}

/// Offers choices in a cell's list.
fn offer(
    sheet: &mut Worksheet,
    rows: (u32, u32),
    column: u16,
    choices: &[Choice],
    words: &Words,
) -> Result<(), XlsxError> {
    if choices.is_empty() {
        return Ok(());
    }
    let list: Vec<&str> = choices.iter().map(|choice| words.first(&choice.key())).collect();
    let rule = DataValidation::new().allow_list_strings(&list)?.ignore_blank(true);
    sheet.add_data_validation(rows.0, column, rows.1, column, &rule)?;
    Ok(())
}

/// What a setting can be, where that is one of few.
fn choices(setting: Setting) -> &'static [Choice] {
    use Choice::{
        Cheaper, Choose, Lot, Money, No, None, Open, Order, Points, Ranking, Roll, Skip, Stop, Yes,
    };
    match setting {
        Setting::Rule => &[Choose, Points, Ranking, Money],
        Setting::Funding => &[Skip, Stop, None],
        Setting::Ties => &[Cheaper, Order, Lot],
        Setting::Registration => &[Roll, Open],
        Setting::Blank
        | Setting::OtherDistrict
        | Setting::ByDistrict
        | Setting::Revote
        | Setting::EarlyClose
        | Setting::Practice
        | Setting::Shuffle => &[Yes, No],
        _ => &[],
    }
}

fn example(setting: Setting, language: Language, year: u16) -> Result<Example, XlsxError> {
    use Example::{Chosen, Hour, Nothing, Number, Text, Words};
    let hour = |day: u8, hour: u16| ExcelDateTime::from_ymd(year, 6, day)?.and_hms(hour, 0, 0);
    Ok(match setting {
        Setting::Title => Words("example.title"),
        Setting::Text => Words("example.text"),
        Setting::Town => Words("example.town"),
        Setting::Opens => Hour(hour(1, 8)?),
        Setting::Closes => Hour(hour(14, 20)?),
        Setting::TimeZone => Words("example.time_zone"),
        Setting::Languages => Text(language.code().to_owned()),
        Setting::Currency => Words("example.currency"),
        Setting::Rule => Chosen(Choice::Choose),
        Setting::Min => Number(1.0),
        Setting::Max => Number(3.0),
        Setting::Blank | Setting::OtherDistrict | Setting::ByDistrict => Chosen(Choice::No),
        Setting::EarlyClose | Setting::Practice | Setting::Shuffle => Chosen(Choice::No),
        Setting::Revote => Chosen(Choice::Yes),
        Setting::Funding => Chosen(Choice::Skip),
        Setting::Threshold => Number(50.0),
        Setting::Ties => Chosen(Choice::Lot),
        Setting::Registration => Chosen(Choice::Roll),
        Setting::Routes => Chosen(Choice::Sms),
        Setting::Trustees => Number(5.0),
        Setting::TrusteesNeeded => Number(3.0),
        Setting::MinimumGroup => Number(10.0),
        Setting::Country => Words("example.country"),
        Setting::Help => Words("example.help"),
        Setting::Contact => Words("example.contact"),
        Setting::Privacy => Words("example.privacy"),
        Setting::Accessibility => Words("example.accessibility"),
        Setting::Otherwise => Words("example.otherwise"),
        Setting::StatedProjects => Number(4.0),
        Setting::StatedDistricts => Number(1.0),
        Setting::StatedBudget => Number(150_000.0),
        Setting::ClosesLatest
        | Setting::Hundredth
        | Setting::Points
        | Setting::PointsPerProject
        | Setting::PaperUntil
        | Setting::Notice
        | Setting::Sms => Nothing,
    })
}

fn write_vote(sheet: &mut Worksheet, language: Language, year: u16, style: &Style) -> Result<(), XlsxError> {
    let words = Words::of(language);
    sheet.write_with_format(0, 0, words.first(&VoteColumn::Setting.key()), &style.header)?;
    sheet.write_with_format(0, 1, words.first(&VoteColumn::Value.key()), &style.header)?;
    sheet.set_column_width(0, 42)?.set_column_width(1, 64)?;
    for (row, setting) in (1..).zip(Setting::ALL) {
        sheet.write_with_format(row, 0, words.first(&setting.key()), &style.wrapped)?;
        if let Some(note) = comment(words, &setting.key()) {
            sheet.insert_note(row, 0, &note)?;
        }
        write(sheet, row, 1, &example(*setting, language, year)?, words, style)?;
        offer(sheet, (row, row), 1, choices(*setting), words)?;
    }
    Ok(())
}

/// A table: headers with comments, and rows.
fn write_table<K: Key>(
    sheet: &mut Worksheet,
    kinds: &[K],
    rows: &[Vec<Example>],
    words: &Words,
    style: &Style,
) -> Result<(), XlsxError> {
    for (column, kind) in (0..).zip(kinds) {
        sheet.write_with_format(0, column, words.first(&kind.key()), &style.header)?;
        sheet.set_column_width(column, 20)?;
        if let Some(note) = comment(words, &kind.key()) {
            sheet.insert_note(0, column, &note)?;
        }
        for (row, examples) in (1..).zip(rows) {
            if let Some(example) = examples.get(usize::from(column)) {
                write(sheet, row, column, example, words, style)?;
            }
        }
    }
    Ok(())
}

fn write_districts(sheet: &mut Worksheet, words: &Words, style: &Style) -> Result<(), XlsxError> {
    use Example::{Chosen, Nothing, Number, Text, Words};
    let town = vec![
        Text("T".into()),
        Words("example.city"),
        Nothing,
        Chosen(Choice::Yes),
        Nothing,
        Nothing,
        Number(100_000.0),
    ];
    let district = vec![
        Text("D1".into()),
        Words("example.district"),
        Nothing,
        Chosen(Choice::No),
        Number(2_400.0),
        Number(3_100.0),
        Number(50_000.0),
    ];
    write_table(sheet, DistrictColumn::ALL, &[town, district], words, style)?;
    offer(sheet, (1, 500), 3, &[Choice::Yes, Choice::No], words)
}

fn write_projects(sheet: &mut Worksheet, words: &Words, style: &Style) -> Result<(), XlsxError> {
    use Example::{Nothing, Number, Text, Words};
    let kinds: Vec<ProjectColumn> = ProjectColumn::ALL
        .iter()
        .copied()
        .filter(|kind| kind.has_room() && *kind != ProjectColumn::Coordinates)
        .collect();
    let row = |number: &str, name: &'static str, district: &str, cost: f64| {
        vec![
            Text(number.to_owned()),
            Words(name),
            Words("example.project_text"),
            Text(district.to_owned()),
            Number(cost),
            Words("example.category"),
            Words("example.address"),
            Nothing,
        ]
    };
    let rows = [
        row("T1", "example.project_city", "T", 60_000.0),
        row("T2", "example.project_city_2", "T", 48_500.0),
        row("D1-1", "example.project_district", "D1", 40_000.0),
        row("D1-2", "example.project_district_2", "D1", 8_000.0),
    ];
    write_table(sheet, &kinds, &rows, words, style)?;
    sheet.set_column_width(2, 60)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use veche_sheet::{Limits, Options, read};

    use super::*;
    use crate::describe::Warning;
    use crate::{Asked, describe};

    /// Filled in by nobody, it is a vote, in every language; and it says that its example still stands there.
    #[test]
    fn what_is_written_is_understood_in_every_language() {
        for language in Language::ALL {
            let bytes = template(language, 2099).unwrap();
            assert_eq!(bytes, template(language, 2099).unwrap());
            let options = Options { limits: Limits::SHEET, ..Options::default() };
            let book = read("x.xlsx", &bytes, &options).unwrap();
            let description = describe(&[book], &Asked { now: 1_800_000_000, ..Asked::default() });
            assert_eq!((description.errors, description.questions), (vec![], vec![]), "{language}");
            let document = description.document.unwrap();
            assert_eq!(document.languages, [language.code()]);
            assert_eq!((document.contests.len(), document.styles.len()), (2, 1));
            assert_eq!(document.contests[0].options[1].cost, Some(48_500));
            assert_eq!(document.styles[0].contests, ["T", "D1"]);
            assert!(document.routes[0].title.get(language.code()).is_some_and(|title| !title.is_empty()));
            let example = |warning: &crate::describe::Finding<Warning>| warning.what == Warning::Example;
            let (examples, others): (Vec<_>, Vec<_>) = description.warnings.into_iter().partition(example);
            assert!(examples.len() >= 14 && others.is_empty(), "{language}: {others:?}");
            // Every setting and every column was understood as itself.
            assert_eq!(description.columns.len(), 2 + DistrictColumn::ALL.len() + 11);
        }
    }
}
