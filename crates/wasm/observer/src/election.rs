use std::rc::Rc;

use js_sys::Array;
use veche_wasm_common::convert::to_js;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// An election whose fingerprint is the announced one.
#[wasm_bindgen]
pub struct Election {
    inner: Rc<veche_record::Election>,
}

/// Opens the election that `fingerprint` names, from the manifest's exact bytes and the record's entry bundles from the
/// first on, with the record's number of entries. The ceremony of the trustees is replayed, and must come to this
/// fingerprint.
///
/// The first bundle is enough for most elections. Where the ceremony goes on after the bundles at hand, the code is
/// `more-bundles`: call again with one bundle more.
///
/// # Errors
/// `wrong-election` when they are those of another election, `record-unreadable` when they are no record at all.
#[wasm_bindgen(js_name = openElection)]
pub fn open_election(
    manifest: &[u8],
    #[wasm_bindgen(unchecked_param_type = "Uint8Array[]")] bundles: &Array,
    size: f64,
    fingerprint: &str,
) -> Result<Election, JsValue> {
    let inner = crate::open::open_election(manifest, bundles, size, fingerprint)?;
    Ok(Election { inner: Rc::new(inner) })
}

#[wasm_bindgen]
impl Election {
    /// The election's fingerprint, the announced one.
    pub fn fingerprint(&self) -> String {
        self.inner.fingerprint().to_string()
    }

    /// What a voter's page opens this election by.
    pub fn card(&self) -> Vec<u8> {
        self.inner.card().to_bytes()
    }

    /// The manifest as an object.
    ///
    /// # Errors
    /// Never for a manifest that was opened.
    #[wasm_bindgen(unchecked_return_type = "Manifest")]
    pub fn manifest(&self) -> Result<JsValue, JsValue> {
        Ok(to_js(self.inner.manifest().document())?)
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
