use proptest::prelude::*;

use crate::{Encoding, FileError, Form, Limits, Options, Sheet, WrongFile, read};

/// Every cell with its place.
pub(super) fn cells(sheet: &Sheet) -> Vec<(String, String)> {
    let cell =
        |row: u32, cell: &crate::Cell| (sheet.place(row, cell.column).to_string(), cell.value.to_string());
    sheet.rows.iter().flat_map(|row| row.cells.iter().map(move |one| cell(row.number, one))).collect()
}

fn csv(bytes: &[u8]) -> Result<crate::Workbook, FileError> {
    read("dir/projekty.csv", bytes, &Options::default())
}

fn form(bytes: &[u8]) -> (Encoding, bool, char) {
    match csv(bytes).unwrap().form {
        Form::Text { encoding, guessed, separator, .. } => (encoding, guessed, separator),
        other => panic!("{other:?}"),
    }
}

#[test]
fn cells_keep_their_places() {
    let book = csv("a;b\r\n\r\n\r\n;\"x\r\ny \"\r\n;;\nend;\"1;2\"".as_bytes()).unwrap();
    let expected = [
        ("projekty!A1", "a"),
        ("projekty!B1", "b"),
        ("projekty!B4", "x\ny"),
        ("projekty!A6", "end"),
        ("projekty!B6", "1;2"),
    ];
    assert_eq!(cells(&book.sheets[0]), expected.map(|(place, text)| (place.into(), text.into())));
    assert_eq!(book.sheets[0].row(4).unwrap().cells.len(), 1);
    assert!(book.sheets[0].row(2).is_none());
    assert_eq!(book.sheets[0].rows_after(4).len(), 1);
    assert_eq!(book.sheets[0].row_place(4).to_string(), "projekty!4");
}

#[test]
fn separators_are_found_or_said() {
    for (text, separator) in [
        ("a;b,c\n1;2\n", ';'),
        ("a,b\n1,2\n3,4\n", ','),
        ("a\tb,c\n1\t2\n", '\t'),
        ("name,text\nx,\"a;b;c\"\ny,\"d;e;f\"\n", ','),
        ("a;b\n1,5;2,5\n3,5;4,5\n", ';'),
        ("no;name\n1;\"open\n2;x, y\n3;x, z\n4;x, w\n", ';'),
        ("Budget, 2026\nno;name;text\n1;a;x, y\n2;b;z\n", ';'),
        ("sep=,\na,b;c\n", ','),
    ] {
        assert_eq!(form(text.as_bytes()).2, separator, "{text}");
    }
    assert_eq!(cells(&csv(b"sep=;\na;b\n").unwrap().sheets[0])[0].0, "projekty!A1");
    let said = Options { separator: Some('|'), ..Options::default() };
    assert_eq!(read("x.txt", b"a|b;c\n", &said).unwrap().sheets[0].rows[0].cells.len(), 2);
    assert_eq!(csv(b"no columns here\nat all\n"), Err(FileError::NoColumns));
}

#[test]
fn encodings_are_found() {
    let polish = "Nazwa;Opis\nŻłobek;Budowa żłobka przy ulicy Źródlanej, więcej zieleni i ławek\n";
    let russian = "Название;Описание\nДетский сад;Строительство нового детского сада и площадки у школы\n";
    let french = "Nom;Texte\nÉcole;Rénovation de l’école, des cafés et du théâtre à côté de la forêt\n";
    let arabic = "الاسم;الوصف\nحديقة;إنشاء حديقة جديدة بجانب المدرسة في وسط المدينة\n";
    let bytes = |table: &'static encoding_rs::Encoding, text: &str| table.encode(text).0.into_owned();
    for (table, text, encoding) in [
        (encoding_rs::WINDOWS_1250, polish, Encoding::Cp1250),
        (encoding_rs::ISO_8859_2, polish, Encoding::Iso8859Part2),
        (encoding_rs::WINDOWS_1251, russian, Encoding::Cp1251),
        (encoding_rs::KOI8_R, russian, Encoding::Koi8),
        (encoding_rs::IBM866, russian, Encoding::Cp866),
        (encoding_rs::WINDOWS_1252, french, Encoding::Cp1252),
        (encoding_rs::WINDOWS_1256, arabic, Encoding::Cp1256),
    ] {
        let bytes = bytes(table, text);
        assert_eq!(form(&bytes), (encoding, true, ';'), "{encoding}");
        let book = csv(&bytes).unwrap();
        let utf8 = csv(text.as_bytes()).unwrap();
        assert_eq!(book.sheets, utf8.sheets, "{encoding}");
        assert!(matches!(book.form, Form::Text { sample: Some(sample), .. } if text.contains(&sample)));
        assert_eq!(form(text.as_bytes()), (Encoding::Utf8, false, ';'));
    }
    let wide = |big: bool, mark: bool| -> Vec<u8> {
        let unit = |unit: u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() };
        let mark = mark.then_some(0xfeff);
        mark.into_iter().chain(polish.encode_utf16()).flat_map(unit).collect()
    };
    for (bytes, encoding) in [
        (wide(false, true), Encoding::Utf16Le),
        (wide(true, true), Encoding::Utf16Be),
        (wide(false, false), Encoding::Utf16Le),
        (wide(true, false), Encoding::Utf16Be),
        ([b"\xef\xbb\xbf", polish.as_bytes()].concat(), Encoding::Utf8),
    ] {
        assert_eq!(form(&bytes), (encoding, false, ';'));
        assert_eq!(csv(&bytes).unwrap().sheets, csv(polish.as_bytes()).unwrap().sheets);
    }
}

#[test]
fn an_encoding_that_is_said_is_taken_or_refused() {
    let said = |encoding: &str| Options { encoding: Some(encoding.parse().unwrap()), ..Options::default() };
    let bytes = encoding_rs::WINDOWS_1251.encode("Имя;Да\n").0.into_owned();
    let taken = read("x.csv", &bytes, &said("cp1251")).unwrap();
    assert_eq!(cells(&taken.sheets[0])[0].1, "Имя");
    assert!(matches!(taken.form, Form::Text { guessed: false, .. }));
    // Whoever says the wrong one sees other letters, and no error: any bytes are letters there.
    assert_ne!(cells(&read("x.csv", &bytes, &said("CP1250")).unwrap().sheets[0])[0].1, "Имя");
    let refused = read("x.csv", &bytes, &said("utf-8"));
    assert_eq!(refused, Err(FileError::NotEncoded { encoding: "UTF-8", at: 0 }));
    assert_eq!("windows-1250".parse(), Ok(Encoding::Cp1250));
    assert_eq!("ebcdic".parse::<Encoding>(), Err(()));
}

#[test]
fn limits_are_kept() {
    let tight = Limits { bytes: 40, rows: 3, columns: 2, cells: 4, ..Limits::SHEET };
    let read = |text: &str| read("x.csv", text.as_bytes(), &Options { limits: tight, ..Options::default() });
    assert!(read("a;b\nc;d\n").is_ok());
    assert_eq!(read("a;b\n;\n\nd;\n"), Err(FileError::Rows { sheet: "x".into(), row: 4, most: 3 }));
    assert!(read("a;b\n;;;;\n\n\n\n").is_ok(), "nothing stands there");
    assert_eq!(read("a;b;c\n"), Err(FileError::Columns { sheet: "x".into(), column: 3, most: 2 }));
    assert_eq!(read("a;b\na;b\na;b\n"), Err(FileError::Cells { most: 4 }));
    assert_eq!(read(&"x".repeat(41)), Err(FileError::TooLarge { bytes: 41, most: 40 }));
    assert_eq!(read(""), Err(FileError::Empty));
    let open = format!("a;b\nc;\"{}", "x;\n".repeat(20_000));
    assert!(
        matches!(csv(open.as_bytes()), Err(FileError::LongCell(place)) if place.to_string() == "projekty!B2")
    );
}

#[test]
fn a_wrong_file_is_named_for_what_it_is() {
    use WrongFile::*;
    let ole = |name: &str| {
        let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".as_slice(), &[0; 504], &name].concat()
    };
    for (bytes, wrong) in [
        (ole("Workbook"), OldExcel),
        (ole("Book"), OldExcel),
        (ole("WordDocument"), Word),
        (ole("PowerPoint Document"), Presentation),
        (ole("EncryptedPackage"), Locked),
        (ole("Something"), OldOffice),
        (b"%PDF-1.7\n%\xe2\xe3".to_vec(), Pdf),
        (b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec(), Picture("png")),
        (b"\xff\xd8\xff\xe0\0\x10JFIF".to_vec(), Picture("jpg")),
        (b"GIF89a\x01\0".to_vec(), Picture("gif")),
        (b"{\\rtf1\\ansi x}".to_vec(), RichText),
        (b"<!DOCTYPE html><html><table>".to_vec(), WebPage),
        (b"  <html><table>".to_vec(), WebPage),
        (b"<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\">".to_vec(), XmlExcel),
        (b"<?xml version=\"1.0\"?><office:document>".to_vec(), FlatOpenDocument),
        (b"<?xml version=\"1.0\"?><a/>".to_vec(), Xml),
        (b"{\"veche\": 1}".to_vec(), Json),
        (b"META\nkey;value\nPROJECTS\nproject_id;cost\n".to_vec(), Pabulib),
        (b"7z\xbc\xaf\x27\x1c\0\x04".to_vec(), Archive("7z")),
        (b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0".to_vec(), Program),
        (b"a;b\0c\n".to_vec(), Unknown),
        (vec![0xff, 0, 0, 2, 0x81, 0], Unknown),
    ] {
        assert_eq!(read("x.xlsx", &bytes, &Options::default()), Err(FileError::Wrong(wrong)), "{wrong:?}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
        let _ = csv(&bytes);
    }

    /// What a spreadsheet program writes is read cell by cell, whatever the separator.
    #[test]
    fn what_is_written_is_read(rows in prop::collection::vec(prop::collection::vec("[a-z;,\t\n\"ż]{1,6}", 2..5), 1..6), which in 0..3_usize) {
        let separator = [b';', b',', b'\t'][which];
        let mut writer = ::csv::WriterBuilder::new().delimiter(separator).flexible(true).from_writer(Vec::new());
        for row in &rows {
            writer.write_record(row).unwrap();
        }
        let bytes = writer.into_inner().unwrap();
        let said = Options { separator: Some(char::from(separator)), ..Options::default() };
        let book = read("x.csv", &bytes, &said).unwrap();
        let read: Vec<String> = cells(&book.sheets[0]).into_iter().map(|(_, text)| text).collect();
        let written = rows.iter().flatten().map(|cell| cell.trim().to_owned()).filter(|cell| !cell.is_empty());
        prop_assert_eq!(read, written.collect::<Vec<_>>());
    }
}
