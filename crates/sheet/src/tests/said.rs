//! Every error has a sentence in every language.

use std::collections::BTreeSet;

use veche_phrases::{Language, Said};

use crate::{AmountError, Column, FileError, MomentError, Package, Place, WrongFile, ZoneError, phrases};

fn wrong() -> Vec<WrongFile> {
    use WrongFile::*;
    vec![
        OldExcel,
        BinaryExcel,
        XmlExcel,
        Locked,
        FlatOpenDocument,
        Numbers,
        Word,
        OpenText,
        Presentation,
        OldOffice,
        RichText,
        Pdf,
        Picture("png"),
        Recording("mp3"),
        WebPage,
        Xml,
        Json,
        Pabulib,
        Archive("zip"),
        Program,
        Unknown,
    ]
}

fn files() -> Vec<FileError> {
    use FileError::*;
    let damaged = |form| Damaged { form, reason: "cut".into() };
    let place = Place { sheet: "a".into(), row: Some(2), column: Some(Column(3)) };
    let mut all = vec![
        Empty,
        TooLarge { bytes: 2, most: 1 },
        Unpacks { most: 1 },
        Parts,
        Sheets { found: 2, most: 1 },
        Rows { sheet: "a".into(), row: 2, most: 1 },
        Columns { sheet: "a".into(), column: 2, most: 1 },
        Cells { most: 1 },
        LongCell(place),
        damaged(Package::Packed),
        damaged(Package::Excel),
        damaged(Package::OpenDocument),
        NotEncoded { encoding: "CP1250", at: 7 },
        Unencoded,
        NoColumns,
    ];
    all.extend(wrong().into_iter().map(Wrong));
    all
}

fn amounts() -> Vec<AmountError> {
    use AmountError::*;
    vec![NotANumber, Word("mln".into()), Percentage, Negative, Decimals, TooMuch]
}

fn moments() -> Vec<MomentError> {
    use MomentError::*;
    vec![NotADate, Word("soon".into()), ShortYear, NoSuchDay, NoSuchHour, OnlyAnHour]
}

fn zones() -> Vec<ZoneError> {
    vec![ZoneError::Unknown, ZoneError::Several(vec!["America/Vevay".into()])]
}

/// The codes of some errors, and what is wrong with their sentences.
fn of<T: Said>(errors: &[T]) -> (Vec<&'static str>, Vec<String>) {
    (errors.iter().map(Said::code).collect(), errors.iter().flat_map(Said::mistakes).collect())
}

#[test]
fn every_error_has_its_sentence_with_its_places_in_every_language() {
    assert_eq!(phrases().disagreements(), Vec::<String>::new());
    let all = [of(&files()), of(&amounts()), of(&moments()), of(&zones())];
    let mistakes: Vec<_> = all.iter().flat_map(|(_, mistakes)| mistakes).collect();
    assert!(mistakes.is_empty(), "{mistakes:?}");
    let codes: BTreeSet<&str> = all.iter().flat_map(|(codes, _)| codes.iter().copied()).collect();
    assert_eq!(codes, phrases().codes().collect(), "a sentence is of no error, or an error has none");
}

#[test]
fn a_wrong_file_is_named_in_the_language_of_whoever_reads_it() {
    let error = FileError::from(WrongFile::OldExcel);
    assert!(error.to_string().starts_with("this is an old Excel file (.xls)"));
    assert!(error.said(Language::Pl).starts_with("to stary plik Excela (.xls)"));
    let error = FileError::NotEncoded { encoding: "CP1250", at: 7 };
    assert!(error.said(Language::De).starts_with("dieser Text ist nicht CP1250: Byte 7"));
}
