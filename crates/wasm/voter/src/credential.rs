use veche_voter::Credential as Inner;
use veche_wasm_common::VecheError;
use veche_wasm_common::random::randomness;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::election::Election;
use crate::{arguments, error};

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

    /// Proves having the key, for this election, pseudonym, ballot style, route and number of the credential only; in
    /// hexadecimal.
    ///
    /// # Errors
    /// A pseudonym, style or route that is none.
    #[wasm_bindgen(js_name = provePossession)]
    pub fn prove_possession(
        &self,
        election: &Election,
        pseudonym: &str,
        style: &str,
        route: &str,
        number: u16,
    ) -> Result<String, JsValue> {
        let election = election.inner();
        let terms = arguments::terms(election.manifest(), pseudonym, style, route, number, self.inner.key())?;
        let proof = self.inner.prove_possession(election, &terms).map_err(error::key)?;
        Ok(hex::encode(proof.to_bytes()))
    }

    /// Hands over to a new key, which is registered in this key's place: for this pseudonym, ballot style, route and
    /// number of the credential only; in hexadecimal.
    ///
    /// # Errors
    /// A pseudonym, style or route that is none.
    #[wasm_bindgen(js_name = handOver)]
    pub fn hand_over(
        &self,
        election: &Election,
        pseudonym: &str,
        style: &str,
        route: &str,
        number: u16,
        to: &Credential,
    ) -> Result<String, JsValue> {
        let election = election.inner();
        let terms = arguments::terms(election.manifest(), pseudonym, style, route, number, to.inner.key())?;
        let handover = self.inner.hand_over(election, &terms).map_err(error::key)?;
        Ok(hex::encode(handover.to_bytes()))
    }
}

#[wasm_bindgen]
impl Election {
    /// Makes a new key for a voter.
    ///
    /// # Errors
    /// `no-randomness` on a device whose random source is dead.
    #[wasm_bindgen(js_name = newCredential)]
    pub fn new_credential(&self) -> Result<Credential, JsValue> {
        let randomness = randomness()?;
        let inner = Inner::generate(&randomness).map_err(error::key)?;
        Ok(Credential { inner })
    }

    /// Takes up a key from the bytes that `Credential.secret()` gave.
    ///
    /// # Errors
    /// Bytes that are no key.
    #[wasm_bindgen(js_name = restoreCredential)]
    pub fn restore_credential(&self, secret: &[u8]) -> Result<Credential, JsValue> {
        let secret = secret.try_into().map_err(|_| VecheError::argument("a secret key has 32 bytes"))?;
        Ok(Credential { inner: Inner::from_secret(secret).map_err(error::key)? })
    }
}
