#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

use ed25519_dalek::{Signer, SigningKey};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

const NOW: i64 = 1_777_680_000;

fn signer(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

fn key(seed: u8) -> PassKey {
    PassKey::from_hex(&hex::encode(signer(seed).verifying_key().to_bytes())).unwrap()
}

fn header() -> Value {
    json!({"alg": "EdDSA", "typ": TYPE})
}

fn claims() -> Value {
    json!({"aud": "ab", "sub": "citizen 7", "style": "north", "route": "portal", "exp": NOW + 60, "jti": "1"})
}

/// Signs whatever it is given.
fn sign(seed: u8, header: &str, claims: &str) -> String {
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let signature = signer(seed).sign(signed.as_bytes()).to_bytes();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn form(header: &str, claims: &str) -> Option<FormError> {
    UnverifiedPass::parse(&sign(1, header, claims)).err()
}

/// The claims with one changed, or left out.
fn with(name: &str, value: Option<Value>) -> String {
    let mut claims = claims();
    let fields = claims.as_object_mut().unwrap();
    match value {
        Some(value) => drop(fields.insert(name.to_owned(), value)),
        None => drop(fields.remove(name)),
    }
    claims.to_string()
}

#[test]
fn what_a_portal_signs_is_what_is_read() {
    let text = sign(2, &header().to_string(), &claims().to_string());
    let pass = UnverifiedPass::parse(&text).unwrap().verify(&[key(1), key(2)]).unwrap();
    assert_eq!((pass.election.as_str(), pass.subject.as_str()), ("ab", "citizen 7"));
    assert_eq!((pass.style.as_deref(), pass.route.as_str()), (Some("north"), "portal"));
    assert_eq!((pass.expires, pass.id.as_str(), pass.key), (NOW + 60, "1", key(2)));
    let text = sign(1, r#"{ "typ":"veche-pass+jwt", "alg":"Ed25519"}"#, &with("style", None));
    assert_eq!(UnverifiedPass::parse(&text).unwrap().verify(&[key(1)]).unwrap().style, None);
}

#[test]
fn a_pass_of_an_unknown_key_or_of_none_says_nothing() {
    let text = sign(3, &header().to_string(), &claims().to_string());
    for keys in [&[][..], &[key(1), key(2)]] {
        assert_eq!(UnverifiedPass::parse(&text).unwrap().verify(keys).err(), Some(NotSigned));
    }
}

#[test]
fn another_kind_of_token_under_the_same_key_is_no_pass() {
    for header in [
        json!({"alg": "EdDSA", "typ": "JWT"}),
        json!({"alg": "EdDSA"}),
        json!({"alg": "none", "typ": TYPE}),
        json!({"alg": "HS256", "typ": TYPE}),
        json!({"alg": "EdDSA", "typ": TYPE, "kid": "1"}),
        json!({"alg": "EdDSA", "typ": TYPE, "crit": ["exp"]}),
        json!({"alg": "EdDSA", "typ": "VECHE-PASS+JWT"}),
        json!(["EdDSA", TYPE]),
    ] {
        assert_eq!(form(&header.to_string(), &claims().to_string()), Some(FormError::Header), "{header}");
    }
    let twice = r#"{"alg":"EdDSA","typ":"JWT","typ":"veche-pass+jwt"}"#;
    assert_eq!(form(twice, &claims().to_string()), Some(FormError::Header));
}

#[test]
fn claims_are_exactly_those_that_are_looked_at() {
    for (name, value) in [
        ("aud", None),
        ("aud", Some(json!(["ab"]))),
        ("sub", Some(json!(7))),
        ("sub", None),
        ("route", None),
        ("style", Some(json!(1))),
        ("exp", None),
        ("exp", Some(json!("soon"))),
        ("exp", Some(json!(1e9 + 0.5))),
        ("exp", Some(json!(u64::MAX))),
        ("jti", None),
        ("nbf", Some(json!(NOW))),
        ("iat", Some(json!(NOW))),
    ] {
        let claims = with(name, value);
        assert_eq!(form(&header().to_string(), &claims), Some(FormError::Claims), "{claims}");
    }
    for text in [r#"["ab","a",null,"portal",1,"1"]"#, "", "7", r#"{"#] {
        assert_eq!(form(&header().to_string(), text), Some(FormError::Claims), "{text}");
    }
    let twice = format!(r#"{{"sub":"citizen 8",{}"#, &claims().to_string()[1..]);
    assert_eq!(form(&header().to_string(), &twice), Some(FormError::Claims));
    for name in ["sub", "jti"] {
        for text in [String::new(), "a".repeat(MAX_CLAIM_LEN + 1)] {
            assert_eq!(
                form(&header().to_string(), &with(name, Some(json!(text)))),
                Some(FormError::ClaimLength)
            );
        }
        let longest = with(name, Some(json!("a".repeat(MAX_CLAIM_LEN))));
        assert_eq!(form(&header().to_string(), &longest), None);
    }
}

#[test]
fn one_pass_has_one_spelling() {
    let text = sign(1, &header().to_string(), &claims().to_string());
    for changed in [
        text.replace('.', ""),
        text.replacen('.', "", 1),
        format!("{text}="),
        format!("{text}."),
        format!(".{text}"),
        format!("{text}\n"),
        format!(" {text}"),
        text[..text.len() - 1].to_owned(),
        String::new(),
        "..".to_owned(),
    ] {
        assert_eq!(UnverifiedPass::parse(&changed).err(), Some(FormError::Parts), "{changed}");
    }
    let long = "a".repeat(MAX_LEN + 1);
    assert_eq!(UnverifiedPass::parse(&long).err(), Some(FormError::Length));
}

#[test]
fn a_pass_is_good_until_shortly_after_it_ends_and_not_long_before() {
    let at = |now: i64| {
        let text = sign(1, &header().to_string(), &claims().to_string());
        UnverifiedPass::parse(&text).unwrap().verify(&[key(1)]).unwrap().good_at(now)
    };
    let end = NOW + 60;
    assert_eq!(at(end - LIFETIME - 1), Err(TimeError::TooFarAhead(121)));
    for now in [end - LIFETIME, end, end + TOLERANCE] {
        assert_eq!(at(now), Ok(()));
    }
    assert_eq!(at(end + TOLERANCE + 1), Err(TimeError::Expired(11)));
    assert_eq!(at(i64::MIN), Err(TimeError::TooFarAhead(i64::MAX as u64)));
    assert_eq!(at(i64::MAX), Err(TimeError::Expired((i64::MAX - end) as u64)));
}

#[test]
fn a_key_is_64_digits_of_one_that_signs_one_message_at_a_time() {
    let digits = hex::encode(key(1).to_bytes());
    assert_eq!(PassKey::from_hex(&digits), Ok(key(1)));
    let weak = format!("01{}", "00".repeat(31));
    for text in ["", &digits[1..], &digits.to_uppercase(), &format!("{digits}00"), &weak] {
        assert_eq!(PassKey::from_hex(text), Err(KeyError), "{text}");
    }
}

proptest! {
    /// Whatever byte is changed: it is no pass, or nobody has signed it.
    #[test]
    fn a_changed_pass_is_refused(position: prop::sample::Index, other in 0u8..128) {
        let text = sign(1, &header().to_string(), &claims().to_string());
        let mut bytes = text.clone().into_bytes();
        let position = position.index(bytes.len());
        prop_assume!(bytes[position] != other);
        bytes[position] = other;
        let changed = String::from_utf8(bytes).unwrap();
        let read = UnverifiedPass::parse(&changed).ok().and_then(|pass| pass.verify(&[key(1)]).ok());
        prop_assert!(read.is_none(), "{changed}");
    }

    #[test]
    fn any_text_is_read_without_a_panic(text: String) {
        drop(UnverifiedPass::parse(&text));
    }
}
