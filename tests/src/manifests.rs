//! Manifests with one odd value each, and whether the protocol accepts them: what both verifiers must agree upon.

use serde_json::{Value, json};

use crate::small::manifest_json;

/// A manifest, accepted or refused.
#[derive(Debug)]
pub struct ManifestCase {
    /// A name of its own.
    pub name: String,
    /// Why it is accepted or refused.
    pub why: String,
    /// The manifest.
    pub text: String,
    /// Whether it is accepted.
    pub good: bool,
}

/// What is put where, and whether the manifest is then accepted. `None` takes the key out.
type Odd = (&'static str, &'static str, Option<Value>, bool);

/// Every case.
#[must_use]
pub fn cases() -> Vec<ManifestCase> {
    let mut cases = vec![case(0, "the manifest that the others change", manifest_json().to_string(), true)];
    for (why, pointer, value, good) in values().into_iter().chain(rules()) {
        let text = changed(pointer, value).to_string();
        cases.push(case(cases.len(), why, text, good));
    }
    for (why, from, to) in texts() {
        let text = manifest_json().to_string().replacen(from, to, 1);
        cases.push(case(cases.len(), why, text, false));
    }
    cases
}

fn case(number: usize, why: &str, text: String, good: bool) -> ManifestCase {
    let word = if good { "good" } else { "refused" };
    let slug: String = why.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    ManifestCase { name: format!("{number:03}-{word}-{slug}"), why: why.into(), text, good }
}

/// The small manifest with another value at a place, which is made where it is not there.
fn changed(pointer: &str, value: Option<Value>) -> Value {
    let mut document = manifest_json();
    let (parent, key) = pointer.rsplit_once('/').unwrap_or_default();
    match (document.pointer_mut(parent), value) {
        (Some(Value::Object(map)), Some(value)) => {
            map.insert(key.to_owned(), value);
        }
        (Some(Value::Object(map)), None) => {
            map.remove(key);
        }
        (Some(Value::Array(list)), Some(value)) => {
            if let Some(place) = key.parse::<usize>().ok().and_then(|at| list.get_mut(at)) {
                *place = value;
            }
        }
        _ => {}
    }
    document
}

fn values() -> Vec<Odd> {
    let long = |bytes: usize| Some(json!("x".repeat(bytes)));
    vec![
        ("a contest needs its rule", "/contests/0/rule", None, false),
        ("a contest needs its options", "/contests/0/options", None, false),
        ("a contest needs its funding", "/contests/0/funding", None, false),
        ("a style needs its electorate", "/styles/0/electorate", None, false),
        ("null is no value of an optional key", "/notice", Some(Value::Null), false),
        ("a currency of one character", "/contests/0/currency", Some(json!("€")), true),
        ("a currency of eight characters", "/contests/0/currency", Some(json!("€€€€€€€€")), true),
        ("a currency of nine characters", "/contests/0/currency", Some(json!("€€€€€€€€€")), false),
        ("a currency with a tab", "/contests/0/currency", Some(json!("P\tN")), false),
        (
            "a currency with a control character of Latin-1",
            "/contests/0/currency",
            Some(json!("P\u{85}")),
            false,
        ),
        ("a currency with DEL", "/contests/0/currency", Some(json!("P\u{7f}")), false),
        ("a currency of white space is not blank text", "/contests/0/currency", Some(json!(" ")), true),
        (
            "a text of white space is blank",
            "/title/en",
            Some(json!(" \u{a0}\u{2003}\u{3000}\u{85}\n")),
            false,
        ),
        ("a zero width space is not white space", "/title/en", Some(json!("\u{200b}")), true),
        ("a Mongolian vowel separator is not white space", "/title/en", Some(json!("\u{180e}")), true),
        (
            "a file separator is a control character and not white space",
            "/title/en",
            Some(json!("\u{1c}")),
            true,
        ),
        ("a place of white space is blank", "/contests/0/options/0/place", Some(json!("\u{1680}")), false),
        ("an id may have white space within", "/contests/0/options/0/id", Some(json!("a b")), true),
        ("an id ends in no white space", "/contests/0/options/0/id", Some(json!("a\u{2029}")), false),
        ("an id begins with no white space", "/contests/0/options/0/id", Some(json!("\u{205f}a")), false),
        ("an id has no control characters", "/contests/0/options/0/id", Some(json!("a\u{9f}b")), false),
        (
            "an id may begin with a zero width space",
            "/contests/0/options/0/id",
            Some(json!("\u{200b}a")),
            true,
        ),
        ("an id of 100 bytes", "/contests/0/options/0/id", long(100), true),
        ("an id of 101 bytes", "/contests/0/options/0/id", long(101), false),
        (
            "an id of 51 characters and 102 bytes",
            "/contests/0/options/0/id",
            Some(json!("é".repeat(51))),
            false,
        ),
        (
            "what may be added counts for the contest",
            "/styles",
            Some(json!([
            {"id": "north", "title": {"en": "N"}, "contests": ["town", "north"], "plus_one_of": ["south"],
             "electorate": 50}])),
            true,
        ),
        (
            "a contest that no style has",
            "/styles",
            Some(json!([
            {"id": "north", "title": {"en": "N"}, "contests": ["town", "north"], "electorate": 50}])),
            false,
        ),
        ("an empty list of contests to add", "/styles/0/plus_one_of", Some(json!([])), false),
        ("a picture without a name", "/contests/0/options/0/picture", Some(json!("")), false),
        ("a picture in the folder above", "/contests/0/options/0/picture", Some(json!("a/../b")), false),
        ("a picture with dots in its name", "/contests/0/options/0/picture", Some(json!("a/...b/..c")), true),
        ("an hour of the last second of 9999", "/closes", Some(json!("9999-12-31T23:59:59Z")), true),
        ("an hour before 1970", "/opens", Some(json!("1969-12-31T23:59:59Z")), false),
        ("the first hour of 1970", "/opens", Some(json!("1970-01-01T00:00:00Z")), true),
        ("a leap second", "/opens", Some(json!("2016-12-31T23:59:60Z")), false),
        ("a day that is none", "/opens", Some(json!("2026-02-29T00:00:00Z")), false),
        ("a day of a leap year", "/opens", Some(json!("2024-02-29T00:00:00Z")), true),
        ("a language tag of another case", "/languages", Some(json!(["EN"])), false),
        ("an address is not parsed further", "/endpoints", Some(json!({"box": "https://a:b:c//x/"})), true),
        ("an address without a name", "/endpoints", Some(json!({"box": "https://:80/"})), false),
        ("an address of another machine", "/endpoints", Some(json!({"box": "http://localhostx/"})), false),
        ("an address of this machine", "/endpoints", Some(json!({"box": "http://127.0.0.1:8080/"})), true),
        ("an address with a query", "/endpoints", Some(json!({"box": "https://a.example/?x/"})), false),
        ("a minimum group of 2^32", "/minimum_group", Some(json!(1_u64 << 32)), false),
        ("a minimum group of 2^32 - 1", "/minimum_group", Some(json!(u32::MAX)), true),
        ("help and other texts", "/help", Some(json!({"en": "Ask."})), true),
        ("a contact in a language that is not there", "/contact", Some(json!({"en": "x", "pl": "x"})), false),
        ("a blank text on privacy", "/privacy", Some(json!({"en": "\u{2028}"})), false),
        ("a text on accessibility that is no text", "/accessibility", Some(json!("x")), false),
        ("another way to vote", "/otherwise", Some(json!({"en": "At the town hall."})), true),
        ("a message with the code", "/sms", Some(json!({"en": "{code} is your code"})), true),
        ("a message without the code", "/sms", Some(json!({"en": "Your code"})), false),
        ("a message with the code twice", "/sms", Some(json!({"en": "{code} {code}"})), false),
        (
            "a message of 100 characters",
            "/sms",
            Some(json!({"en": format!("{{code}}{}", "é".repeat(94))})),
            true,
        ),
        (
            "a message of 101 characters",
            "/sms",
            Some(json!({"en": format!("{{code}}{}", "é".repeat(95))})),
            false,
        ),
        ("a look of 4 minutes", "/check_minutes", Some(json!(4)), false),
        ("a look of 5 minutes", "/check_minutes", Some(json!(5)), true),
        ("a look of 120 minutes", "/check_minutes", Some(json!(120)), true),
        ("a look of 121 minutes", "/check_minutes", Some(json!(121)), false),
        ("a country", "/country", Some(json!("PL")), true),
        ("a country in small letters", "/country", Some(json!("pl")), false),
        ("a country of three letters", "/country", Some(json!("POL")), false),
        ("a country of other letters", "/country", Some(json!("ÉÉ")), false),
        ("options shuffled", "/shuffle", Some(json!(false)), true),
        ("options shuffled as a number", "/shuffle", Some(json!(1)), false),
        ("shuffled nothing", "/shuffle", Some(Value::Null), false),
        ("a number of an option", "/contests/0/options/0/number", Some(json!("L010 b")), true),
        ("a number of 40 characters", "/contests/0/options/0/number", Some(json!("é".repeat(40))), true),
        ("a number of 41 characters", "/contests/0/options/0/number", Some(json!("é".repeat(41))), false),
        ("a number of nothing", "/contests/0/options/0/number", Some(json!("")), false),
        ("a number of white space", "/contests/0/options/0/number", Some(json!("\u{a0}")), false),
        ("a number on two lines", "/contests/0/options/0/number", Some(json!("1\n2")), false),
        ("a number that is a number", "/contests/0/options/0/number", Some(json!(10)), false),
        ("a category", "/contests/0/options/0/category", Some(json!({"en": "Green"})), true),
        ("a category that is no text", "/contests/0/options/0/category", Some(json!("Green")), false),
        place("-52.2297,21.0122", true),
        place("0,0", true),
        place("90,-180", true),
        place("90.000001,0", false),
        place("0,180.000001", false),
        place("-90.000000,180.0", true),
        place("52.2297000,21", false),
        place("+52.2,21", false),
        place("052.2,21", false),
        place("52.,21", false),
        place(".5,21", false),
        place("52.2, 21.0", false),
        place("52,2,21,0", false),
        place("52.2", false),
        place("1e1,0", false),
        place("-0.5,-0", true),
        place("٥,٥", false),
        ("a money of 2^53", "/contests/0/budget", Some(json!(1_u64 << 53)), false),
        ("a money of 2^53 - 1", "/contests/0/budget", Some(json!((1_u64 << 53) - 1)), true),
    ]
}

fn place(coordinates: &'static str, good: bool) -> Odd {
    ("coordinates", "/contests/0/options/0/coordinates", Some(json!(coordinates)), good)
}

/// The rule of the contest "town", which has three options of the cost 1000.
fn rules() -> Vec<Odd> {
    let approval =
        |min: u64, max: u64, blank: bool| json!({"type": "approval", "min": min, "max": max, "blank": blank});
    let knapsack = |budget: u64, min: u64, max: u64, blank: bool| json!({"type": "knapsack", "budget": budget, "min": min, "max": max, "blank": blank});
    let cumulative = |points: u64, min: u64, most: u64, blank: bool| json!({"type": "cumulative", "points": points, "min_points": min, "max_per_option": most, "blank": blank});
    let ranked = |places: u64, min: u64, scores: &[u64], blank: bool| json!({"type": "ranked", "places": places, "min": min, "scores": scores, "blank": blank});
    let quadratic = |credits: u64, min: u64, blank: bool| json!({"type": "quadratic", "credits": credits, "min_credits": min, "blank": blank});
    let rule = |why, rule: Value, good| (why, "/contests/0/rule", Some(rule), good);
    vec![
        rule("approval of all without blank has one ballot", approval(3, 3, false), false),
        rule("approval of more than all, clamped, has one ballot", approval(3, 9, false), false),
        rule("approval of all or blank", approval(3, 3, true), true),
        rule("approval of nothing", approval(0, 0, false), false),
        rule("approval of any number", approval(0, 3, false), true),
        rule("approval of at most 2^32 - 1", approval(0, u32::MAX.into(), false), true),
        rule("approval of at most 2^32", approval(0, 1 << 32, false), false),
        rule("a knapsack that can pay for no option", knapsack(999, 0, 3, false), false),
        rule("a knapsack that can pay for one option", knapsack(1000, 0, 3, false), true),
        rule("a knapsack that cannot pay for its minimum", knapsack(1999, 2, 3, false), false),
        rule("a knapsack of all without blank has one ballot", knapsack(3000, 3, 3, false), false),
        rule("a knapsack of all or blank", knapsack(3000, 3, 3, true), true),
        rule("a knapsack of no option", knapsack(3000, 0, 0, false), false),
        rule("a knapsack of too much money", knapsack(1 << 60, 0, 3, false), true),
        rule(
            "a knapsack whose money does not fit 64 bits",
            json!({"type": "knapsack", "budget": 1e20, "min": 0, "blank": false}),
            false,
        ),
        rule("points that must all be given", cumulative(9, 9, 3, false), false),
        rule("points that must all be given, or blank", cumulative(9, 9, 3, true), true),
        rule("points of which one need not be given", cumulative(9, 8, 3, false), true),
        rule("points clamped to what options take", cumulative(100, 10, 3, false), false),
        rule("no points", cumulative(0, 0, 3, false), false),
        rule("no points for one option", cumulative(3, 0, 0, false), false),
        rule("scores that are 0 after clamping", ranked(4, 1, &[0, 0, 0, 5], false), false),
        rule("scores that are 0 but for one", ranked(4, 1, &[0, 0, 5, 0], false), true),
        rule("more scores than places", ranked(2, 1, &[2, 1, 0], false), false),
        rule("more places than options", ranked(5, 3, &[5, 4, 3, 2, 1], false), true),
        rule("a minimum above the clamped places", ranked(5, 4, &[5, 4, 3, 2, 1], false), false),
        rule("a score of 2^32", ranked(1, 1, &[1 << 32], false), false),
        rule("credits of one vote", quadratic(1, 1, false), true),
        rule("no credits", quadratic(0, 0, false), false),
        rule("a minimum that is no square", quadratic(8, 5, false), false),
        rule("a minimum at the largest square", quadratic(8, 4, false), true),
        rule("blank beside an empty ballot", quadratic(8, 0, true), false),
        one("of one option: approval of it", approval(1, 1, false), false),
        one("of one option: approval of it or not", approval(0, 1, false), true),
        one("of one option: points of which one need not be given", cumulative(3, 2, 3, false), true),
        one("of one option: points that must all be given", cumulative(3, 3, 3, false), false),
        one("of one option: it must be ranked", ranked(1, 1, &[1], false), false),
        one("of one option: it must be ranked, or blank", ranked(1, 1, &[1], true), true),
        one("of one option: credits for two numbers of votes", quadratic(10, 4, false), true),
        one("of one option: credits for one number of votes", quadratic(10, 5, false), false),
        one("of one option: credits for one number of votes, or blank", quadratic(10, 5, true), true),
        one("of one option: a knapsack of it", knapsack(1000, 1, 1, false), false),
    ]
}

fn one(why: &'static str, rule: Value, good: bool) -> Odd {
    let contest = json!({"id": "town", "title": {"en": "Town"}, "rule": rule, "funding": {"method": "none"}, "report_by": "contest",
        "options": [{"id": "bench", "name": {"en": "bench"}, "cost": 1000}]});
    (why, "/contests/0", Some(contest), good)
}

/// What no JSON writer writes.
fn texts() -> Vec<(&'static str, &'static str, &'static str)> {
    vec![
        ("half of a surrogate pair", "\"A made-up vote\"", "\"A \\ud800 vote\""),
        ("a key twice", "\"veche\":1", "\"veche\":1,\"veche\":1"),
        ("a key twice, once escaped", "\"veche\":1", "\"veche\":1,\"\\u0076eche\":1"),
        ("a number with a fraction", "\"electorate\":100000", "\"electorate\":100000.0"),
        ("a number with an exponent", "\"electorate\":100000", "\"electorate\":1e5"),
        ("a negative zero", "\"minimum_group\":1", "\"minimum_group\":-0"),
        ("a byte order mark", "{", "\u{feff}{"),
        ("a comment", "{", "/**/{"),
        ("a comma at the end", "\"veche\":1}", "\"veche\":1,}"),
    ]
}

#[cfg(test)]
mod tests {
    use veche_record::Manifest;

    use super::*;

    #[test]
    fn each_comes_out_as_it_says() {
        let original = manifest_json().to_string();
        for case in cases().iter().skip(1) {
            assert_ne!(case.text, original, "{}", case.name);
            let read = Manifest::parse(case.text.as_bytes());
            assert_eq!(read.is_ok(), case.good, "{}: {:?}", case.name, read.err());
        }
    }
}
