//! Which column of a roll is which, by the word above it. Case, accents and signs do not count.

use veche_sheet::{ColumnKind, lookup};

/// What a column of a roll holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RollColumn {
    Phone,
    Style,
    /// What tells people of one phone apart, said to be that.
    Mark,
    /// What may be that.
    Trait,
}

/// The columns with their words.
pub(super) const COLUMNS: [ColumnKind<'static, RollColumn>; 4] = [
    ColumnKind { kind: RollColumn::Phone, words: PHONE },
    ColumnKind { kind: RollColumn::Style, words: STYLE },
    ColumnKind { kind: RollColumn::Mark, words: MARK },
    ColumnKind { kind: RollColumn::Trait, words: TRAIT },
];

/// What a voter is told to enter, by the heading of the marks: what it says in brackets, or as a whole. Nothing where
/// it says only that they are marks.
pub(super) fn asked_for(shown: &str) -> Option<String> {
    let shown = shown.trim_start_matches('\u{feff}').trim();
    let bracketed = shown.strip_suffix([')', ']']).and_then(|before| before.rsplit_once(['(', '[']));
    if let Some((_, within)) = bracketed.filter(|(_, within)| !within.trim().is_empty()) {
        return Some(within.trim().to_owned());
    }
    (lookup(shown, &COLUMNS) != Some(RollColumn::Mark)).then(|| shown.to_owned())
}

/// What people write above phone numbers: in English, Russian, Polish, Spanish, French, German and Arabic.
const PHONE: &[&str] = &[
    "phone",
    "phone number",
    "phone no",
    "telephone",
    "telephone number",
    "tel",
    "mobile",
    "mobile number",
    "mobile phone",
    "cell",
    "телефон",
    "номер телефона",
    "мобильный",
    "мобильный телефон",
    "тел",
    "numer telefonu",
    "nr telefonu",
    "telefon komórkowy",
    "komórka",
    "teléfono",
    "número de teléfono",
    "móvil",
    "celular",
    "téléphone",
    "numéro de téléphone",
    "téléphone portable",
    "portable",
    "telefon",
    "telefonnummer",
    "handy",
    "handynummer",
    "mobilnummer",
    "mobiltelefon",
    "rufnummer",
    "الهاتف",
    "هاتف",
    "رقم الهاتف",
    "الجوال",
    "رقم الجوال",
    "المحمول",
];

/// What people write above districts.
const STYLE: &[&str] = &[
    "style",
    "ballot style",
    "district",
    "ward",
    "area",
    "neighbourhood",
    "округ",
    "район",
    "участок",
    "микрорайон",
    "okręg",
    "dzielnica",
    "osiedle",
    "rejon",
    "obwód",
    "distrito",
    "barrio",
    "zona",
    "district électoral",
    "quartier",
    "secteur",
    "arrondissement",
    "bezirk",
    "stadtbezirk",
    "stadtteil",
    "ortsteil",
    "wahlkreis",
    "wahlbezirk",
    "الدائرة",
    "دائرة",
    "الحي",
    "حي",
    "المنطقة",
    "منطقة",
];

/// What is above marks that a town has chosen itself, such as `mark (first name)`.
const MARK: &[&str] = &[
    "mark",
    "second mark",
    "told apart by",
    "признак",
    "второй признак",
    "отметка",
    "вторая отметка",
    "znak",
    "drugi znak",
    "wyróżnik",
    "cecha",
    "druga cecha",
    "marca",
    "segunda marca",
    "distintivo",
    "marque",
    "deuxième marque",
    "signe distinctif",
    "merkmal",
    "zweites merkmal",
    "unterscheidungsmerkmal",
    "علامة",
    "العلامة",
    "علامة ثانية",
    "العلامة الثانية",
];

/// What registers have anyway that differs within a household.
const TRAIT: &[&str] = &[
    "year of birth",
    "birth year",
    "flat",
    "flat number",
    "flat no",
    "apartment",
    "apartment number",
    "last four digits",
    "last 4 digits",
    "год рождения",
    "квартира",
    "номер квартиры",
    "последние четыре цифры",
    "последние 4 цифры",
    "rok urodzenia",
    "mieszkanie",
    "numer mieszkania",
    "nr mieszkania",
    "ostatnie cztery cyfry",
    "ostatnie 4 cyfry",
    "año de nacimiento",
    "piso",
    "número de piso",
    "últimas cuatro cifras",
    "últimos cuatro dígitos",
    "année de naissance",
    "appartement",
    "numéro d'appartement",
    "quatre derniers chiffres",
    "4 derniers chiffres",
    "geburtsjahr",
    "wohnung",
    "wohnungsnummer",
    "letzte vier ziffern",
    "letzte 4 ziffern",
    "سنة الميلاد",
    "الشقة",
    "رقم الشقة",
    "آخر أربعة أرقام",
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use veche_sheet::fold;

    use super::*;

    #[test]
    fn columns_are_known_by_words_of_seven_languages_and_by_one_only() {
        for (heading, expected) in [
            ("Phone", Some(RollColumn::Phone)),
            ("Номер телефона", Some(RollColumn::Phone)),
            ("Nr telefonu", Some(RollColumn::Phone)),
            ("TELEFONO", Some(RollColumn::Phone)),
            ("Téléphone", Some(RollColumn::Phone)),
            (" Telefonnummer: ", Some(RollColumn::Phone)),
            ("رقم الهاتف", Some(RollColumn::Phone)),
            ("\u{feff}district", Some(RollColumn::Style)),
            ("Округ", Some(RollColumn::Style)),
            ("OKREG", Some(RollColumn::Style)),
            ("Distrito", Some(RollColumn::Style)),
            ("Quartier", Some(RollColumn::Style)),
            ("Stadtteil", Some(RollColumn::Style)),
            ("الدائرة", Some(RollColumn::Style)),
            ("Mark", Some(RollColumn::Mark)),
            ("Второй признак", Some(RollColumn::Mark)),
            ("WYROZNIK", Some(RollColumn::Mark)),
            ("Marca", Some(RollColumn::Mark)),
            ("Signe distinctif", Some(RollColumn::Mark)),
            ("Merkmal:", Some(RollColumn::Mark)),
            ("العلامة الثانية", Some(RollColumn::Mark)),
            ("Year of birth", Some(RollColumn::Trait)),
            ("Год рождения", Some(RollColumn::Trait)),
            ("Nr mieszkania", Some(RollColumn::Trait)),
            ("Año de nacimiento", Some(RollColumn::Trait)),
            ("Numéro d’appartement", Some(RollColumn::Trait)),
            ("Geburtsjahr", Some(RollColumn::Trait)),
            ("سنة الميلاد", Some(RollColumn::Trait)),
            ("name", None),
            ("+48421234567", None),
        ] {
            assert_eq!(lookup(heading, &COLUMNS), expected, "{heading}");
        }
        let folded = |words: &[&str]| words.iter().map(|word| fold(word)).collect::<Vec<_>>();
        let lists = [PHONE, STYLE, MARK, TRAIT].map(folded);
        let mut all: Vec<&String> = lists.iter().flatten().collect();
        let of_a_list: usize = lists.iter().map(|list| list.iter().collect::<BTreeSet<_>>().len()).sum();
        assert!(all.iter().all(|word| !word.is_empty()));
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), of_a_list, "a word of two kinds of column");
    }

    #[test]
    fn a_voter_is_asked_in_the_words_of_the_heading() {
        for (heading, asked) in [
            ("Year of birth", Some("Year of birth")),
            (" Rok urodzenia ", Some("Rok urodzenia")),
            ("Mark (first name)", Some("first name")),
            ("Znak [cztery ostatnie cyfry dowodu]", Some("cztery ostatnie cyfry dowodu")),
            ("Mark", None),
            ("Merkmal:", None),
        ] {
            assert_eq!(asked_for(heading).as_deref(), asked, "{heading}");
        }
    }
}
