//! A portal's pass: any text; and any header and claims, a line each, that a right key has signed.
#![no_main]

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer, SigningKey};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use veche_pass::{PassKey, TYPE, UnverifiedPass};

static SIGNER: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::from_bytes(&[1; 32]));
static KEY: LazyLock<PassKey> = LazyLock::new(|| {
    let digits = SIGNER.verifying_key().to_bytes().map(|byte| format!("{byte:02x}")).concat();
    PassKey::from_hex(&digits).expect("a key that signs")
});

fuzz_target!(|text: &str| {
    if let Ok(pass) = UnverifiedPass::parse(text) {
        assert!(pass.verify(&[]).is_err());
    }
    let Some((header, claims)) = text.split_once('\n') else { return };
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let signature = SIGNER.sign(signed.as_bytes()).to_bytes();
    let pass = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature));
    let Ok(pass) = UnverifiedPass::parse(&pass) else { return };
    let Ok(pass) = pass.verify(&[*KEY]) else { panic!("it is signed") };
    // Another reader of JSON has read the same, and nothing beside it.
    let (header, claims): (Value, Value) =
        (serde_json::from_str(header).expect("an object"), serde_json::from_str(claims).expect("an object"));
    assert_eq!(header["typ"], TYPE);
    assert!(header.as_object().is_some_and(|fields| fields.len() == 2));
    assert_eq!(claims["aud"], pass.election);
    assert_eq!(claims["sub"], pass.subject.as_str());
    assert_eq!(claims["route"], pass.route);
    assert_eq!(claims["exp"], pass.expires);
    assert_eq!(claims["jti"], pass.id);
    assert_eq!(claims.get("style").and_then(Value::as_str), pass.style.as_deref());
    let named = 5 + usize::from(claims.get("style").is_some());
    assert!(claims.as_object().is_some_and(|fields| fields.len() == named));
    // It is good for 131 seconds, and at no other time.
    let good = [-121, -120, 0, 10, 11].map(|after| pass.expires.saturating_add(after)).map(|now| pass.good_at(now).is_ok());
    if pass.expires.abs() < 1 << 40 {
        assert_eq!(good, [false, true, true, true, false]);
    }
});
