use proptest::prelude::*;

use crate::{Column, ColumnKind, Header, Options, fold, lookup, read, recognise};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Name,
    Cost,
    Number,
}

const KINDS: [ColumnKind<'static, Kind>; 3] = [
    ColumnKind { kind: Kind::Name, words: &["name", "nazwa", "название", "nombre", "Größe"] },
    ColumnKind { kind: Kind::Cost, words: &["cost", "koszt", "стоимость", "التكلفة"] },
    ColumnKind { kind: Kind::Number, words: &["no", "nr", "номер", "numer projektu"] },
];

fn header(file: &str) -> Option<Header<Kind>> {
    let book = read("x.csv", file.as_bytes(), &Options::default()).unwrap();
    recognise(&book.sheets[0], &KINDS)
}

#[test]
fn columns_are_found_by_their_words() {
    let file =
        "Budżet 2026;;;\n;;;\nNUMER  PROJEKTU*;Nazwa (pl);nazwa_en;Koszt [zł];Uwagi;nazwa PL\n1;a;b;2;;\n";
    let header = header(file).unwrap();
    assert_eq!(header.row, 3);
    let found: Vec<_> = header
        .found
        .iter()
        .map(|found| (found.kind, found.column.to_string(), found.language.as_deref()))
        .collect();
    assert_eq!(
        found,
        [
            (Kind::Number, "A".into(), None),
            (Kind::Name, "B".into(), Some("pl")),
            (Kind::Name, "C".into(), Some("en")),
            (Kind::Cost, "D".into(), None),
        ]
    );
    assert_eq!(header.unknown, [(Column(4), "Uwagi".to_owned())]);
    assert_eq!(header.repeated.len(), 1);
    assert_eq!(header.columns(Kind::Name).count(), 2);
    assert_eq!(header.column(Kind::Cost).unwrap().shown, "Koszt [zł]");
}

#[test]
fn headers_of_every_form_name_their_language() {
    for (shown, language) in [
        ("Name", None),
        ("name: en", Some("en")),
        ("Name EN", Some("en")),
        ("Nazwa (angielski)", Some("en")),
        ("Название (русский)", Some("ru")),
        ("Nombre [es]", Some("es")),
        ("Name (Deutsch)", Some("de")),
        ("Name, max. 80", None),
        ("Name (short) (fr)", Some("fr")),
        ("GROSSE", None),
    ] {
        let found = header(&format!(
            "{};Koszt\n",
            if shown.contains(',') { format!("\"{shown}\"") } else { shown.into() }
        ));
        let found = found.unwrap_or_else(|| panic!("{shown}"));
        assert_eq!(
            found.column(Kind::Name).unwrap_or_else(|| panic!("{shown}")).language.as_deref(),
            language,
            "{shown}"
        );
    }
    assert_eq!(header("Naming;Costs\n"), None);
}

#[test]
fn words_are_compared_by_their_letters() {
    assert_eq!(fold("  Żółć—ŁÓDŹ "), "zolc lodz");
    assert_eq!(fold("Ёлка Йод"), "елка иод");
    assert_eq!(fold("التَّكْلُفة"), fold("التكلفه"));
    assert_eq!(fold("№ 5"), "no 5");
    assert_eq!(lookup("STOIMOST", &KINDS), None);
    assert_eq!(lookup(" Стоимость ", &KINDS), Some(Kind::Cost));
}

#[test]
fn columns_have_the_letters_that_people_see() {
    for (number, letters) in [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16_383, "XFD")] {
        assert_eq!(Column(number).to_string(), letters);
        assert_eq!(letters.to_lowercase().parse(), Ok(Column(number)));
    }
    for wrong in ["", "A1", "É", "ABCDE"] {
        assert_eq!(wrong.parse::<Column>(), Err(()));
    }
}

proptest! {
    #[test]
    fn what_is_compared_is_compared_as_itself(text: String) {
        prop_assert_eq!(fold(&fold(&text)), fold(&text));
    }
}
