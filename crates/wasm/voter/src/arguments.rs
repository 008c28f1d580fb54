//! What a voter's page hands over: selections, receipts, proofs.

use js_sys::{Array, Object, Reflect};
use veche_board::{Hash, Receipt};
use veche_crypto::signature::PublicKey;
use veche_record::Selection;
use veche_record::entry::{CredentialTerms, Pseudonym};
use veche_record::manifest::{Contest, Manifest};
use veche_wasm_common::convert::count;
use veche_wasm_common::{Fault, VecheError};
use wasm_bindgen::{JsCast, JsValue};

/// A pseudonym in 32 hexadecimal digits.
pub(crate) fn pseudonym(hex: &str) -> Result<Pseudonym, VecheError> {
    Pseudonym::from_hex(hex).ok_or_else(|| VecheError::argument("not a pseudonym of 32 hexadecimal digits"))
}

/// A ballot style's number by its id.
pub(crate) fn style(manifest: &Manifest, id: &str) -> Result<u16, VecheError> {
    manifest
        .style_index(id)
        .ok_or_else(|| VecheError::argument(format!("this election has no ballot style \"{id}\"")))
}

/// What the credential of a key says.
pub(crate) fn terms(
    manifest: &Manifest,
    pseudonym: &str,
    style: &str,
    route: &str,
    number: u16,
    key: PublicKey,
) -> Result<CredentialTerms, VecheError> {
    let (pseudonym, style) = (self::pseudonym(pseudonym)?, self::style(manifest, style)?);
    let route = manifest
        .route_index(route)
        .ok_or_else(|| VecheError::argument(format!("this election has no route \"{route}\"")))?;
    Ok(CredentialTerms { pseudonym, style, route, number, key })
}

/// A receipt as the ballot box sent it.
pub(crate) fn receipt(value: JsValue) -> Result<Receipt, VecheError> {
    read_receipt(&value).ok_or_else(|| {
        VecheError::new("receipt-wrong", Fault::Server, "the ballot box has answered without a receipt")
    })
}

/// Read property by property: what derives a reader would be larger.
fn read_receipt(value: &JsValue) -> Option<Receipt> {
    let given = object(value, "a receipt").ok()?;
    if Object::keys(given).length() != 4 {
        return None;
    }
    let text = |name| property(given, name).ok()?.as_string();
    let proof: Array = property(given, "proof").ok()?.dyn_into().ok()?;
    Some(Receipt {
        index: count(property(given, "index").ok()?.as_f64()?).ok()?,
        leaf_hash: Hash::from_base64(&text("leaf")?).ok()?,
        proof: hashes(&proof).ok()?,
        checkpoint: text("checkpoint")?,
    })
}

/// The selections of a ballot, one for each contest of its style in order; none may be missing and none too many.
pub(crate) fn selections(value: &JsValue, contests: &[&Contest]) -> Result<Vec<Selection>, VecheError> {
    let given = object(value, "selections")?;
    if Object::keys(given).length() as usize != contests.len() {
        return Err(VecheError::argument("selections are given for other contests than the ballot has"));
    }
    contests.iter().map(|contest| selection(&property(given, &contest.id)?, contest)).collect()
}

/// One selection: `{ values: { [optionId]: number }, blank?: boolean }`. Read property by property, so that no copy of
/// the choice stays behind in this module's memory.
pub(crate) fn selection(value: &JsValue, contest: &Contest) -> Result<Selection, VecheError> {
    let given = object(value, &contest.id)?;
    let blank = property(given, "blank")?;
    let blank = blank.as_bool().or_else(|| blank.is_undefined().then_some(false));
    let blank = blank.ok_or_else(|| VecheError::argument("blank is neither true nor false"))?;
    let values = property(given, "values")?;
    let values = object(&values, "values")?;
    let mut selection = Selection::new(Vec::with_capacity(contest.options.len()), blank);
    let mut named = 0;
    for option in &contest.options {
        let value = property(values, &option.id)?;
        named += u32::from(!value.is_undefined());
        selection.values.push(if value.is_undefined() { 0 } else { whole(&value)? });
    }
    if Object::keys(values).length() != named {
        return Err(VecheError::argument(format!(
            "an option is chosen that contest \"{}\" does not have",
            contest.id
        )));
    }
    Ok(selection)
}

/// Base64 hashes of a consistency proof.
pub(crate) fn hashes(proof: &Array) -> Result<Vec<Hash>, VecheError> {
    let hash = |value: JsValue| {
        let text = value
            .as_string()
            .ok_or_else(|| VecheError::record("a proof holds something that is not text"))?;
        Hash::from_base64(&text).map_err(VecheError::record)
    };
    proof.iter().map(hash).collect()
}

fn whole(value: &JsValue) -> Result<u32, VecheError> {
    let number =
        value.as_f64().filter(|number| number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(number));
    number.map(|number| number as u32).ok_or_else(|| VecheError::argument("a value is not a whole number"))
}

fn object<'a>(value: &'a JsValue, name: &str) -> Result<&'a Object, VecheError> {
    value.dyn_ref().ok_or_else(|| VecheError::argument(format!("{name} is not an object")))
}

fn property(object: &Object, name: &str) -> Result<JsValue, VecheError> {
    let name = name.into();
    let unreadable = |_| VecheError::argument("an object cannot be read");
    // Own properties only: an option called "constructor" must not be found in every object. (Object.hasOwn would say
    // so too, but Safari 15.0 does not have it.)
    if Reflect::get_own_property_descriptor(object, &name).map_err(unreadable)?.is_undefined() {
        return Ok(JsValue::UNDEFINED);
    }
    Reflect::get(object, &name).map_err(unreadable)
}
