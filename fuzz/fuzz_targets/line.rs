//! A line from a portal: whatever it is, its answer is one line with its `id`, and says nothing that a terminal obeys.
#![no_main]

// The parser alone, without the rest of the command line.
#[allow(dead_code)]
#[path = "../../crates/cli/src/keeper/line.rs"]
mod line;

use libfuzzer_sys::fuzz_target;
use line::{Command, Fields, Refusal, Request};
use serde_json::Value;

fn answered(id: &Value, refusal: &Refusal) {
    let text = line::answer(id, &Err(refusal.clone()));
    assert!(!text.contains('\n') && !refusal.code.is_empty() && refusal.message.ends_with('.'), "{text}");
    let answer: Value = serde_json::from_str(&text).expect("an answer is JSON");
    assert_eq!(answer.get("id"), Some(id));
}

fuzz_target!(|bytes: &[u8]| {
    match line::parse(bytes) {
        // What is said of it again comes with its id.
        Ok(Request { id, command }) => match command {
            Command::Cast(ballot) | Command::Receipt(ballot) | Command::Post(ballot) => {
                assert!(ballot.len() < bytes.len(), "base64 is longer than what it says");
                assert!(!id.is_null());
            }
            _ => assert!(!id.is_null()),
        },
        Err((id, refusal)) => answered(&id, &refusal),
    }
    if let Ok(Value::Object(row)) = serde_json::from_slice(bytes)
        && let Err(refusal) = Fields::of_row(row).row()
    {
        answered(&Value::Null, &refusal);
    }
});
