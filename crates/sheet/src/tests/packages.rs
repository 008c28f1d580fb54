//! `.xlsx` and `.ods`, made here.

use std::io::{Cursor, Write};

use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::files::cells;
use crate::{FileError, Form, Limits, Options, Package, Value, WrongFile, read};

fn package(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

const SPREADSHEET: &str = "application/vnd.oasis.opendocument.spreadsheet";

fn ods(rows: &str) -> Vec<u8> {
    let content = format!(
        "<?xml version=\"1.0\"?><office:document-content><office:body><office:spreadsheet>\
         <table:table table:name=\"Projekty\">{rows}</table:table></office:spreadsheet></office:body>\
         </office:document-content>"
    );
    let manifest = "<manifest:manifest></manifest:manifest>";
    package(&[("mimetype", SPREADSHEET), ("META-INF/manifest.xml", manifest), ("content.xml", &content)])
}

fn open(bytes: &[u8]) -> Result<crate::Workbook, FileError> {
    read("x", bytes, &Options::default())
}

#[test]
fn an_excel_file_keeps_types_and_places() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("Głosowanie").unwrap();
    let day = Format::new().set_num_format("yyyy-mm-dd");
    let hour = Format::new().set_num_format("yyyy-mm-dd hh:mm");
    let clock = Format::new().set_num_format("hh:mm");
    let date = ExcelDateTime::from_ymd(2026, 6, 1).unwrap();
    sheet.write(1, 1, "  Żółty\r\nmost ").unwrap();
    sheet.write(1, 3, 48_500.5).unwrap();
    sheet.write_with_format(2, 0, &date, &day).unwrap();
    sheet.write_with_format(2, 1, date.clone().and_hms(8, 0, 0).unwrap(), &hour).unwrap();
    sheet.write_with_format(2, 2, ExcelDateTime::from_hms(7, 30, 0).unwrap(), &clock).unwrap();
    sheet.write(2, 3, true).unwrap();
    sheet.write(2, 4, Formula::new("=1+1").set_result("2")).unwrap();
    book.add_worksheet().set_name("Ukryty").unwrap().set_hidden(true).write(0, 0, "x").unwrap();
    let bytes = book.save_to_buffer().unwrap();
    let read = open(&bytes).unwrap();
    assert_eq!(read.form, Form::Excel);
    let expected = [
        ("Głosowanie!B2", "Żółty\nmost"),
        ("Głosowanie!D2", "48500.5"),
        ("Głosowanie!A3", "2026-06-01"),
        ("Głosowanie!B3", "2026-06-01 08:00"),
        ("Głosowanie!C3", "07:30"),
        ("Głosowanie!D3", "TRUE"),
        ("Głosowanie!E3", "2"),
    ];
    assert_eq!(cells(&read.sheets[0]), expected.map(|(place, text)| (place.into(), text.into())));
    assert!(matches!(read.sheets[0].rows[1].cells[1].value, Value::Date(_)));
    assert_eq!(read.sheets.iter().map(|sheet| sheet.hidden).collect::<Vec<_>>(), [false, true]);

    let tight = |limits: Limits| read_with(&bytes, limits);
    assert!(matches!(
        tight(Limits { sheets: 1, ..Limits::SHEET }),
        Err(FileError::Sheets { found: 2, most: 1 })
    ));
    assert!(matches!(tight(Limits { cells: 7, ..Limits::SHEET }), Err(FileError::Cells { most: 7 })));
    assert!(matches!(
        tight(Limits { unpacked: 900, ..Limits::SHEET }),
        Err(FileError::Unpacks { most: 900 })
    ));
}

/// The file has 0.05 there, and people see 5%: it is read as they see it.
#[test]
fn a_percentage_is_read_as_people_see_it() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let share = Format::new().set_num_format("0%");
    let fine = Format::new().set_num_format("0.00%;[Red]-0.00%");
    let words = Format::new().set_num_format("0 \"% of all\"");
    sheet.write_with_format(0, 0, 0.05, &share).unwrap();
    sheet.write_with_format(0, 1, 0.125, &fine).unwrap();
    sheet.write_with_format(0, 2, 12, &words).unwrap();
    sheet.write_with_format(0, 3, "much", &share).unwrap();
    sheet.write_blank(0, 4, &share).unwrap();
    let book = open(&book.save_to_buffer().unwrap()).unwrap();
    let expected = [("Sheet1!A1", "5%"), ("Sheet1!B1", "12.5%"), ("Sheet1!C1", "12"), ("Sheet1!D1", "much")];
    assert_eq!(cells(&book.sheets[0]), expected.map(|(place, text)| (place.into(), text.into())));
    let bytes = ods(
        "<table:table-row table:number-rows-repeated=\"2\"><table:table-cell/></table:table-row>\
         <table:table-row><table:table-cell office:value-type=\"float\" office:value=\"7\"/>\
         <table:table-cell office:value-type=\"percentage\" office:value=\"0.05\" table:number-columns-repeated=\"2\"/>\
         </table:table-row>",
    );
    let expected = [("Projekty!A3", "7"), ("Projekty!B3", "5%"), ("Projekty!C3", "5%")];
    let book = open(&bytes).unwrap();
    assert_eq!(cells(&book.sheets[0]), expected.map(|(place, text)| (place.into(), text.into())));
}

/// A formula that a program wrote which does not compute: people see a number, and the file has none.
#[test]
fn a_formula_without_its_result_is_no_empty_cell() {
    let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let workbook = format!(
        "<workbook xmlns:r=\"{relations}\"><sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
    );
    let found = format!(
        "<Relationships><Relationship Id=\"rId1\" Type=\"{relations}/worksheet\" Target=\"worksheets/sheet1.xml\"/>\
         </Relationships>"
    );
    let root = format!(
        "<Relationships><Relationship Id=\"rId1\" Type=\"{relations}/officeDocument\" Target=\"xl/workbook.xml\"/>\
         </Relationships>"
    );
    let bytes = package(&[
        ("[Content_Types].xml", "<Types/>"),
        ("_rels/.rels", &root),
        ("xl/workbook.xml", &workbook),
        ("xl/_rels/workbook.xml.rels", &found),
        (
            "xl/worksheets/sheet1.xml",
            "<worksheet><sheetData><row r=\"1\"><c r=\"A1\"><f>B1+1</f></c><c r=\"B1\"/></row></sheetData></worksheet>",
        ),
    ]);
    let book = open(&bytes).unwrap();
    assert_eq!(cells(&book.sheets[0]), [("S!A1".to_owned(), "a formula without its result".to_owned())]);
}

fn read_with(bytes: &[u8], limits: Limits) -> Result<crate::Workbook, FileError> {
    read("x", bytes, &Options { limits, ..Options::default() })
}

#[test]
fn a_cell_far_away_is_refused_and_fills_no_memory() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write(0, 0, "x").unwrap();
    sheet.write(1_048_575, 16_383, "y").unwrap();
    let refused = open(&book.save_to_buffer().unwrap()).unwrap_err();
    assert_eq!(refused, FileError::Rows { sheet: "Sheet1".into(), row: 1_048_576, most: 20_000 });
}

#[test]
fn an_open_document_keeps_types_and_places() {
    let bytes = ods(
        "<table:table-row table:number-rows-repeated=\"2\"><table:table-cell/></table:table-row>\
         <table:table-row><table:table-cell table:number-columns-repeated=\"2\"/>\
         <table:table-cell office:value-type=\"string\"><text:p>Żółty</text:p><text:p>most</text:p></table:table-cell>\
         <table:table-cell office:value-type=\"float\" office:value=\"15000\"><text:p>15.000</text:p></table:table-cell>\
         <table:table-cell office:value-type=\"date\" office:date-value=\"2026-06-01T08:00:00\"><text:p>x</text:p></table:table-cell>\
         <table:table-cell office:value-type=\"date\" office:date-value=\"2026-06-01\"/>\
         <table:table-cell office:value-type=\"time\" office:time-value=\"PT07H30M00S\"/>\
         <table:table-cell office:value-type=\"boolean\" office:boolean-value=\"true\"/></table:table-row>\
         <table:table-row table:number-rows-repeated=\"1048573\"><table:table-cell table:number-columns-repeated=\"16384\"/>\
         </table:table-row>",
    );
    let read = open(&bytes).unwrap();
    assert_eq!(read.form, Form::OpenDocument);
    let expected = [
        ("Projekty!C3", "Żółty\nmost"),
        ("Projekty!D3", "15000"),
        ("Projekty!E3", "2026-06-01 08:00"),
        ("Projekty!F3", "2026-06-01"),
        ("Projekty!G3", "07:30"),
        ("Projekty!H3", "TRUE"),
    ];
    assert_eq!(cells(&read.sheets[0]), expected.map(|(place, text)| (place.into(), text.into())));
}

#[test]
fn a_small_file_that_becomes_a_large_one_is_refused() {
    let row = "<table:table-cell office:value-type=\"float\" office:value=\"1\" table:number-columns-repeated=\"150\"/>";
    let many = |rows: u32| {
        ods(&format!("<table:table-row table:number-rows-repeated=\"{rows}\">{row}</table:table-row>"))
    };
    assert!(open(&many(100)).is_ok());
    assert_eq!(open(&many(19_000)), Err(FileError::Cells { most: 500_000 }));
    let rows = FileError::Rows { sheet: "Projekty".into(), row: 1_000_000, most: 20_000 };
    assert_eq!(open(&many(1_000_000)), Err(rows));
    let wide = ods(&format!("<table:table-row>{}</table:table-row>", row.replace("150", "16384")));
    assert_eq!(open(&wide), Err(FileError::Columns { sheet: "Projekty".into(), column: 16_384, most: 200 }));
    // Four million zeros in a few thousand bytes.
    let zeros = "0".repeat(4 << 20);
    let bomb = package(&[("[Content_Types].xml", ""), ("xl/workbook.xml", &zeros)]);
    let tight = Limits { bytes: 10_000, unpacked: 1 << 20, ..Limits::SHEET };
    assert_eq!(read_with(&bomb, tight), Err(FileError::Unpacks { most: 1 << 20 }));
}

#[test]
fn a_wrong_package_is_named_for_what_it_is() {
    use WrongFile::*;
    let types = ("[Content_Types].xml", "");
    let locked = "<manifest:manifest><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>";
    let of = |mime: &str| package(&[("mimetype", mime)]);
    for (bytes, wrong) in [
        (package(&[types, ("word/document.xml", "")]), Word),
        (package(&[types, ("ppt/presentation.xml", "")]), Presentation),
        (package(&[types, ("xl/workbook.bin", "")]), BinaryExcel),
        (package(&[("Index/Document.iwa", ""), ("Metadata/x", "")]), Numbers),
        (of("application/vnd.oasis.opendocument.text"), OpenText),
        (of("application/vnd.oasis.opendocument.presentation"), Presentation),
        (of("application/epub+zip"), Archive("zip")),
        (package(&[("projekty.xlsx", "")]), Archive("zip")),
        (package(&[("mimetype", SPREADSHEET), ("META-INF/manifest.xml", locked)]), Locked),
    ] {
        assert_eq!(open(&bytes), Err(FileError::Wrong(wrong)), "{wrong:?}");
    }
    let damaged = open(&package(&[types, ("xl/workbook.xml", "<workbook>")]));
    assert!(matches!(damaged, Err(FileError::Damaged { form: Package::Excel, .. })), "{damaged:?}");
    let cut = Workbook::new().save_to_buffer().unwrap();
    assert!(matches!(open(&cut[..cut.len() / 2]), Err(FileError::Damaged { .. })));
}
