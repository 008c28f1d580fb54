//! Values across the border: plain objects out, numbers and hashes in.

use serde::{Serialize, Serializer};
use veche_crypto::hash::Digest;
use wasm_bindgen::JsValue;

use crate::error::VecheError;

/// A plain JavaScript object, maps as objects, numbers as numbers, absent values left out.
///
/// # Errors
/// `bad-argument` for a value that has no such form.
pub fn to_js(value: &impl Serialize) -> Result<JsValue, VecheError> {
    let serializer = serde_wasm_bindgen::Serializer::new().serialize_maps_as_objects(true);
    value.serialize(&serializer).map_err(VecheError::argument)
}

/// Writes bytes as a `Uint8Array`; lists would become arrays of numbers.
///
/// # Errors
/// The serializer's own.
pub fn as_bytes<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_bytes(bytes)
}

/// A hash in 64 hexadecimal digits.
///
/// # Errors
/// `bad-argument`.
pub fn digest(hex: &str) -> Result<Digest, VecheError> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(hex, &mut bytes)
        .map_err(|_| VecheError::argument("not a hash of 64 hexadecimal digits"))?;
    Ok(Digest::from_bytes(bytes))
}

/// A place or a size: JavaScript counts exactly up to 2^53.
///
/// # Errors
/// `bad-argument` for what is no such number.
pub fn count(value: f64) -> Result<u64, VecheError> {
    let exact = value.fract() == 0.0 && (0.0..=9_007_199_254_740_991.0).contains(&value);
    exact.then_some(value as u64).ok_or_else(|| VecheError::argument("not a whole number"))
}
