//! JSON read strictly: one meaning for every document that is accepted.
//!
//! `serde_json` alone lets pass a repeated key in a map, an array where an object with those fields
//! is meant, and `null` for a field that may be absent. Here each of these is an error, by reading
//! the document, writing what was read, and demanding the same value.

use std::fmt;

use serde::de::{DeserializeOwned, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Number, Value};

/// Why a JSON document is refused, and where in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("at {path}: {reason}")]
pub struct JsonError {
    /// The place in the document, as `contests[2].options[0].id`; `.` is the whole document.
    pub path: String,
    /// What is wrong there.
    pub reason: String,
}

/// A JSON value in which no object repeats a key.
struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Strict)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("a number that is not finite"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Strict(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            if map.contains_key(&key) {
                return Err(serde::de::Error::custom(format_args!(
                    "the key \"{key}\" appears twice; keep one"
                )));
            }
            let Strict(value) = entries.next_value()?;
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }
}

#[cfg(feature = "paths")]
fn read<'de, T: Deserialize<'de>, D: Deserializer<'de>>(reader: D) -> Result<T, JsonError> {
    serde_path_to_error::deserialize(reader)
        .map_err(|error| JsonError { path: error.path().to_string(), reason: error.inner().to_string() })
}

/// The place is then only in the reason, as line and column.
#[cfg(not(feature = "paths"))]
fn read<'de, T: Deserialize<'de>, D: Deserializer<'de>>(reader: D) -> Result<T, JsonError> {
    T::deserialize(reader).map_err(|error| JsonError { path: ".".into(), reason: error.to_string() })
}

fn from_slice<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, JsonError> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = read(&mut reader)?;
    reader.end().map_err(|error| JsonError { path: ".".into(), reason: error.to_string() })?;
    Ok(value)
}

/// Reads any JSON document, refusing repeated keys and trailing bytes.
///
/// # Errors
/// [`JsonError`] with the place and the reason.
pub fn value(bytes: &[u8]) -> Result<Value, JsonError> {
    from_slice::<Strict>(bytes).map(|Strict(value)| value)
}

/// Reads a document of one type, refusing everything that the type does not write back.
///
/// # Errors
/// [`JsonError`] with the place and the reason.
pub fn typed<T: DeserializeOwned + Serialize>(bytes: &[u8]) -> Result<T, JsonError> {
    let written = value(bytes)?;
    let read: T = from_slice(bytes)?;
    let again = serde_json::to_value(&read)
        .map_err(|error| JsonError { path: ".".into(), reason: error.to_string() })?;
    match first_difference(&written, &again) {
        None => Ok(read),
        Some(path) => Err(JsonError {
            path,
            reason: "this is not written in the form the format asks for (an array for an object, or null)"
                .into(),
        }),
    }
}

/// The first place where two documents differ; `.` when it is the whole document.
pub fn first_difference(a: &Value, b: &Value) -> Option<String> {
    difference(a, b, String::new()).map(|path| if path.is_empty() { ".".into() } else { path })
}

fn difference(a: &Value, b: &Value, path: String) -> Option<String> {
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => {
            let dot = if path.is_empty() { "" } else { "." };
            a.keys().chain(b.keys()).find_map(|key| match (a.get(key), b.get(key)) {
                (Some(a), Some(b)) => difference(a, b, format!("{path}{dot}{key}")),
                _ => Some(format!("{path}{dot}{key}")),
            })
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            let mut pairs = a.iter().zip(b).enumerate();
            pairs.find_map(|(i, (a, b))| difference(a, b, format!("{path}[{i}]")))
        }
        _ => (a != b).then_some(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Pair {
        a: u32,
        #[serde(skip_serializing_if = "Option::is_none")]
        b: Option<u32>,
    }

    fn refused(text: &str) -> JsonError {
        typed::<Pair>(text.as_bytes()).unwrap_err()
    }

    #[test]
    fn plain_documents_are_read() {
        assert_eq!(typed::<Pair>(br#" {"a": 1} "#).unwrap(), Pair { a: 1, b: None });
        assert_eq!(typed::<Pair>(br#"{"b":2,"a":1}"#).unwrap(), Pair { a: 1, b: Some(2) });
    }

    #[test]
    fn attack_33_encoding_ambiguity_every_loose_form_is_refused() {
        assert!(refused(r#"{"a":1,"a":1}"#).reason.contains("twice"));
        assert!(refused(r#"{"a":1,"c":1}"#).reason.contains("unknown field"));
        assert_eq!(refused(r#"{"a":1,"b":null}"#).path, "b");
        assert_eq!(refused("[1]").path, ".");
        assert_eq!(refused("[1,2]").path, ".");
        assert!(refused(r#"{"a":1}x"#).reason.contains("trailing"));
        for loose in [
            r#"{"a":1.0}"#,
            r#"{"a":"1"}"#,
            r#"{"a":1e0}"#,
            r#"{"a":-0}"#,
            r#"{"a":01}"#,
            "\u{feff}{\"a\":1}",
        ] {
            refused(loose);
        }
    }

    #[test]
    fn a_key_repeated_in_a_map_or_behind_an_escape_is_refused() {
        assert!(value(br#"{"t":{"en":"x","en":"x"}}"#).unwrap_err().reason.contains("twice"));
        assert!(value(br#"{"a":1,"\u0061":1}"#).unwrap_err().reason.contains("twice"));
        assert_eq!(value(br#"[{"t":{"x":[1,{"k":1,"k":2}]}}]"#).unwrap_err().path, "[0].t.x[1]");
    }

    #[test]
    fn deep_nesting_is_an_error_not_a_crash() {
        assert!(value("[".repeat(100_000).as_bytes()).is_err());
    }
}
