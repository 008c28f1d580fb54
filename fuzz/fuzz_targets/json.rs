//! A JSON document: what our strict reader accepts, the lenient one reads as the same value, and so does the one of
//! documents that a hash has fixed, where it accepts it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use veche_record::{json, pinned};

fuzz_target!(|bytes: &[u8]| {
    let pinned = pinned::read::<Value>(bytes);
    if let Ok(value) = json::value(bytes) {
        let lenient: Value = serde_json::from_slice(bytes).expect("the strict reader accepted it");
        assert_eq!(json::first_difference(&value, &lenient), None);
        if let Ok(pinned) = pinned {
            assert_eq!(json::first_difference(&value, &pinned), None);
        }
        // Fractions may lose their last bit on the way. No document of a record has one.
        if !has_fraction(&value) {
            let again = serde_json::to_vec(&value).expect("a value is always writable");
            assert_eq!(json::value(&again).map(|again| json::first_difference(&value, &again)), Ok(None));
        }
    }
});

fn has_fraction(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.is_f64(),
        Value::Array(items) => items.iter().any(has_fraction),
        Value::Object(fields) => fields.values().any(has_fraction),
        _ => false,
    }
}
