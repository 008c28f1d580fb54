use std::rc::Rc;

use js_sys::JSON;
use veche_record::{Card, ElectionError};
use veche_wasm_common::convert;
use veche_wasm_common::{Fault, VecheError};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::arguments;

/// An election whose fingerprint is the announced one. There is no other way to get a ballot sealed.
#[wasm_bindgen]
pub struct Election {
    inner: Rc<veche_record::Election>,
    /// The manifest as published, whose object JavaScript makes by itself.
    manifest: String,
}

/// Opens the election that `fingerprint` names, from the manifest's exact bytes and the election's card. Whoever hands
/// them out need not be believed: the fingerprint is made of nothing else.
///
/// # Errors
/// `wrong-election` when they are those of another election, `record-unreadable` for bytes that are no card.
#[wasm_bindgen(js_name = openElection)]
pub fn open_election(manifest: &[u8], card: &[u8], fingerprint: &str) -> Result<Election, JsValue> {
    let inner = Rc::new(open(manifest, card, fingerprint)?);
    let text = std::str::from_utf8(manifest).map_err(VecheError::wrong_election)?;
    Ok(Election { inner, manifest: text.to_owned() })
}

fn open(manifest: &[u8], card: &[u8], fingerprint: &str) -> Result<veche_record::Election, VecheError> {
    let expected = convert::digest(fingerprint)?;
    let card = Card::parse(card).map_err(VecheError::record)?;
    veche_record::Election::from_card(manifest, card, &expected).map_err(|error| match error {
        ElectionError::Fingerprint { .. } => {
            VecheError::wrong_election("this is not the election that was announced")
        }
        // What is wrong with it `veche manifest check` says: no verifier takes a record of it either.
        _ => VecheError::wrong_election("what was announced is not an election"),
    })
}

#[wasm_bindgen]
impl Election {
    /// The election's fingerprint, the announced one.
    pub fn fingerprint(&self) -> String {
        self.inner.fingerprint().to_string()
    }

    /// The manifest as an object.
    ///
    /// # Errors
    /// Never for a manifest that was opened.
    #[wasm_bindgen(unchecked_return_type = "Manifest")]
    pub fn manifest(&self) -> Result<JsValue, JsValue> {
        JSON::parse(&self.manifest)
    }

    /// Reads an entry in which the organiser speaks to everybody, and verifies the organiser's signature and that it is
    /// on the board, as its receipt says.
    ///
    /// # Errors
    /// `statement-wrong` for anything else.
    #[wasm_bindgen(unchecked_return_type = "OrganiserStatement")]
    pub fn statement(
        &self,
        entry: &[u8],
        #[wasm_bindgen(unchecked_param_type = "Receipt")] receipt: JsValue,
    ) -> Result<JsValue, JsValue> {
        let election = &self.inner;
        let (log_key, witnesses) = (election.log_key(), election.manifest().witnesses());
        arguments::receipt(receipt)?
            .check_witnessed(election.origin(), log_key, witnesses, entry)
            .map_err(|_| VecheError::new("statement-wrong", Fault::Server, "not on the board"))?;
        Ok(veche_wasm_common::statement(election, entry)?)
    }
}

impl Election {
    pub(crate) fn inner(&self) -> &veche_record::Election {
        &self.inner
    }

    pub(crate) fn shared(&self) -> Rc<veche_record::Election> {
        Rc::clone(&self.inner)
    }
}
