//! The texts of a manifest that name a year: in a copy for the next vote it may be an old one. Which one is right
//! nobody can tell from here: a vote of one year is often about the money of the year after.

use serde_json::Value;
use veche_record::manifest::ManifestDocument;

use crate::error::Error;

/// The texts that name a year, each with its place.
pub(crate) fn texts_with_years(document: &ManifestDocument) -> Result<Vec<(String, String)>, Error> {
    let opened = document.opens.to_string();
    let mut found = Vec::new();
    let opened = opened.get(..4).unwrap_or(&opened);
    texts(&serde_json::to_value(document)?, opened, String::new(), &mut found);
    Ok(found)
}

/// Whether a text is to be looked at. A code or an address may have four digits that are no year: there it is looked
/// for the one in which the vote opened.
fn names_year(path: &str, text: &str, opened: &str) -> bool {
    const NO_WORDS: [&str; 7] =
        ["id", "number", "coordinates", "picture", "time_zone", "contests", "plus_one_of"];
    let name = path.rsplit('.').next().unwrap_or_default();
    let name = name.split('[').next().unwrap_or_default();
    if NO_WORDS.contains(&name) || path.starts_with("endpoints") {
        return text.contains(opened);
    }
    // In it the digits of every script are those from 0 to 9.
    let folded = veche_sheet::fold(text);
    let mut numbers = folded.split(|sign: char| !sign.is_ascii_digit());
    numbers.any(|number| number == opened || (number.len() == 4 && number.starts_with("20")))
}

/// The places of all these texts, and the texts; hours are listed by themselves.
fn texts(value: &Value, opened: &str, path: String, found: &mut Vec<(String, String)>) {
    match value {
        Value::String(text) if names_year(&path, text, opened) => {
            let moved = ["opens", "closes", "closes_latest", "paper_until"];
            if !moved.contains(&path.as_str()) {
                found.push((path, text.clone()));
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                texts(item, opened, format!("{path}[{index}]"), found);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                let below = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                texts(member, opened, below, found);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_year_is_found_in_words_and_none_in_codes_but_that_of_the_opening() {
        for (path, text, found) in [
            ("title.pl", "Budżet 2026", true),
            ("title.pl", "Budżet 2025", true),
            ("title.pl", "Budżet 2027", true),
            ("title.ar", "ميزانية ٢٠٢٧", true),
            ("text.pl", "ul. Długa 12025, 1995", false),
            ("contests[0].options[1].number", "2034", false),
            ("contests[0].options[1].id", "2026-14", true),
            ("styles[0].contests[0]", "2034", false),
        ] {
            assert_eq!(names_year(path, text, "2026"), found, "{path} {text}");
        }
    }
}
