use veche_voter::Credential as Inner;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::convert;
use crate::election::Election;

/// A voter's signing key. The secret leaves it only as bytes, to be kept on the device.
#[wasm_bindgen]
pub struct Credential {
    pub(crate) inner: Inner,
}

#[wasm_bindgen]
impl Credential {
    /// The public key in hexadecimal.
    pub fn key(&self) -> String {
        hex::encode(self.inner.key().to_bytes())
    }

    /// The 32 secret bytes. Keep them on this device, and overwrite the array when it is no longer needed.
    pub fn secret(&self) -> Vec<u8> {
        self.inner.secret().to_vec()
    }

    /// Proves having the key, for this election, pseudonym and ballot style only; in hexadecimal.
    ///
    /// # Errors
    /// A pseudonym or style that is none.
    #[wasm_bindgen(js_name = provePossession)]
    pub fn prove_possession(
        &self,
        election: &Election,
        pseudonym: &str,
        style: &str,
    ) -> Result<String, JsValue> {
        let election = election.inner();
        let style = convert::style(election.manifest(), style)?;
        let pseudonym = convert::pseudonym(pseudonym)?;
        let proof = self
            .inner
            .prove_possession(election, &pseudonym, style)
            .map_err(crate::error::VecheError::from)?;
        Ok(hex::encode(proof.to_bytes()))
    }
}
