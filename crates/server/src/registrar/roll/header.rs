//! Which column of a roll is which, by the word above it. Case, accents and signs do not count.

use veche_sheet::ColumnKind;

/// What a column of a roll holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RollColumn {
    Phone,
    Style,
}

/// The columns with their words.
pub(super) const COLUMNS: [ColumnKind<'static, RollColumn>; 2] = [
    ColumnKind { kind: RollColumn::Phone, words: PHONE },
    ColumnKind { kind: RollColumn::Style, words: STYLE },
];

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

#[cfg(test)]
mod tests {
    use veche_sheet::{fold, lookup};

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
            ("name", None),
            ("+48421234567", None),
        ] {
            assert_eq!(lookup(heading, &COLUMNS), expected, "{heading}");
        }
        let folded = |words: &[&str]| words.iter().map(|word| fold(word)).collect::<Vec<_>>();
        let (phone, style) = (folded(PHONE), folded(STYLE));
        assert!(phone.iter().all(|word| !word.is_empty() && !style.contains(word)));
    }
}
