//! The texts of a manifest that name the year of its vote: in a copy for the next one they are old.

use serde_json::Value;
use veche_record::manifest::ManifestDocument;

use crate::error::Error;

/// The year in which a vote opens, and the texts that name it, each with its place.
pub(crate) fn texts_of_its_year(
    document: &ManifestDocument,
) -> Result<(String, Vec<(String, String)>), Error> {
    let year = document.opens.to_string().get(..4).unwrap_or_default().to_owned();
    let mut found = Vec::new();
    texts_with(&serde_json::to_value(document)?, &year, String::new(), &mut found);
    Ok((year, found))
}

/// The places of all texts that name a year, and the texts; hours are listed by themselves.
fn texts_with(value: &Value, year: &str, path: String, found: &mut Vec<(String, String)>) {
    match value {
        Value::String(text) if text.contains(year) => {
            let moved = ["opens", "closes", "closes_latest", "paper_until"];
            if !moved.contains(&path.as_str()) {
                found.push((path, text.clone()));
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                texts_with(item, year, format!("{path}[{index}]"), found);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                let below = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                texts_with(member, year, below, found);
            }
        }
        _ => {}
    }
}
