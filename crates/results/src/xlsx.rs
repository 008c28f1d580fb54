//! The sheets of a result as a workbook. Words are written as words, numbers as numbers, nothing as a formula.

use rust_xlsxwriter::worksheet::Worksheet;
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, IgnoreError, Workbook, XlsxError,
};
use veche_record::manifest::Timestamp;

use crate::sheets::{Cell, Sheet};

/// A cell of a workbook has no more characters.
const MAX_CELL_CHARS: usize = 32_767;
/// The largest whole number that a cell holds exactly.
const MAX_EXACT: u64 = 1 << 53;
/// The number of the paper A4.
const A4: u8 = 9;
/// The widest column, in pixels: a name is cut into lines, and does not push the numbers off the page.
const MAX_WIDTH: u32 = 350;
/// So many characters fit into a line of the widest column, if they are wide ones.
const LINE_CHARS: usize = 42;
/// How high a line is, in points.
const LINE_HEIGHT: f64 = 15.0;

/// The workbook's bytes. `made` is the time that it says it was made at, so that one result gives one file.
///
/// # Errors
/// [`XlsxError`]: none in practice.
pub fn xlsx(
    sheets: &[Sheet],
    title: &str,
    made: Timestamp,
    right_to_left: bool,
) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let seconds = i64::try_from(made.unix()).unwrap_or(0);
    let made = ExcelDateTime::from_timestamp(seconds)?;
    workbook.set_properties(&DocProperties::new().set_title(cut(title)).set_creation_datetime(&made));
    for sheet in sheets {
        write(workbook.add_worksheet(), sheet, right_to_left)?;
    }
    workbook.save_to_buffer()
}

fn cut(text: &str) -> String {
    text.chars().take(MAX_CELL_CHARS).collect()
}

/// How many lines a cell has.
fn lines(cell: &Cell) -> u32 {
    let Cell::Text(text) = cell else { return 1 };
    u32::try_from(text.chars().count().div_ceil(LINE_CHARS)).unwrap_or(1).clamp(1, 20)
}

fn write(page: &mut Worksheet, sheet: &Sheet, right_to_left: bool) -> Result<(), XlsxError> {
    let head = Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top);
    let head = head.set_border_bottom(FormatBorder::Thin);
    let words = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let whole = Format::new().set_num_format("#,##0").set_align(FormatAlign::Top);
    let share = Format::new().set_num_format("0.00").set_align(FormatAlign::Top);
    page.set_name(&sheet.title)?;
    page.set_right_to_left(right_to_left);
    for (column, name) in (0_u16..).zip(&sheet.header) {
        page.write_string_with_format(0, column, cut(name), &head)?;
    }
    for (row, cells) in (1_u32..).zip(&sheet.rows) {
        for (column, cell) in (0_u16..).zip(cells) {
            match cell {
                Cell::Text(text) => page.write_string_with_format(row, column, cut(text), &words)?,
                Cell::Number(number) if *number <= MAX_EXACT => {
                    page.write_number_with_format(row, column, *number as f64, &whole)?
                }
                // A larger one would be written as another.
                Cell::Number(number) => {
                    page.write_string_with_format(row, column, number.to_string(), &words)?
                }
                Cell::Share(hundredths) => {
                    page.write_number_with_format(row, column, *hundredths as f64 / 100.0, &share)?
                }
                Cell::Empty => page,
            };
        }
        // Not every program makes room for the lines by itself.
        let lines = cells.iter().map(lines).max().unwrap_or(1);
        if lines > 1 {
            page.set_row_height(row, LINE_HEIGHT * f64::from(lines))?;
        }
    }
    let last_column = u16::try_from(sheet.header.len().saturating_sub(1)).unwrap_or(u16::MAX);
    let last_row = u32::try_from(sheet.rows.len()).unwrap_or(u32::MAX);
    page.autofilter(0, 0, last_row, last_column)?;
    page.set_autofit_max_width(MAX_WIDTH).autofit();
    page.set_freeze_panes(1, 0)?;
    page.set_repeat_rows(0, 0)?;
    page.set_paper_size(A4).set_landscape().set_print_fit_to_pages(1, 0);
    // Project numbers are words, also where they are digits: 007 stays 007.
    page.ignore_error_range(1, 0, last_row.max(1), last_column, IgnoreError::NumberStoredAsText)?;
    Ok(())
}
