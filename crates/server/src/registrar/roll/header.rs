//! Which column of a roll is which, by the word above it.

/// What a column of a roll holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ColumnKind {
    Phone,
    Style,
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
    "telefono",
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

/// A word as it is compared: without case, dots, and what cannot be seen.
pub(super) fn compared(text: &str) -> String {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| c.is_whitespace() || matches!(c, '.' | ':' | '_' | '\u{feff}'));
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// What a column with this word above it holds, if that is known.
pub(super) fn kind(heading: &str) -> Option<ColumnKind> {
    let heading = compared(heading);
    let is_one_of = |words: &[&str]| words.contains(&heading.as_str());
    if is_one_of(PHONE) {
        Some(ColumnKind::Phone)
    } else if is_one_of(STYLE) {
        Some(ColumnKind::Style)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_known_by_words_of_seven_languages_and_by_one_only() {
        for (heading, expected) in [
            ("Phone", Some(ColumnKind::Phone)),
            ("Номер телефона", Some(ColumnKind::Phone)),
            ("Nr telefonu", Some(ColumnKind::Phone)),
            ("TELÉFONO", Some(ColumnKind::Phone)),
            ("Téléphone", Some(ColumnKind::Phone)),
            (" Telefonnummer: ", Some(ColumnKind::Phone)),
            ("رقم الهاتف", Some(ColumnKind::Phone)),
            ("\u{feff}district", Some(ColumnKind::Style)),
            ("Округ", Some(ColumnKind::Style)),
            ("OKRĘG", Some(ColumnKind::Style)),
            ("Distrito", Some(ColumnKind::Style)),
            ("Quartier", Some(ColumnKind::Style)),
            ("Stadtteil", Some(ColumnKind::Style)),
            ("الدائرة", Some(ColumnKind::Style)),
            ("name", None),
            ("+48421234567", None),
        ] {
            assert_eq!(kind(heading), expected, "{heading}");
        }
        for word in PHONE.iter().chain(STYLE) {
            assert_eq!(compared(word), *word, "it would never be met");
        }
        assert!(PHONE.iter().all(|word| !STYLE.contains(word)));
    }
}
