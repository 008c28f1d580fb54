use std::rc::Rc;

use serde::Serialize;
use veche_record::Election;
use veche_voter::PreparedBallot as Inner;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::convert;
use crate::election::contests_of;
use crate::error::{Fault, VecheError};
use crate::random;

/// Everything about a ballot that does not depend on the choices. It seals once: what it holds would, used for two
/// ballots, reveal both.
#[wasm_bindgen]
pub struct PreparedBallot {
    election: Rc<Election>,
    style: u16,
    inner: Option<Inner>,
}

impl PreparedBallot {
    pub(crate) fn new(election: Rc<Election>, style: u16, inner: Inner) -> Self {
        PreparedBallot { election, style, inner: Some(inner) }
    }

    fn seal_once(&mut self, selections: &JsValue) -> Result<JsValue, VecheError> {
        // Taken before anything can fail: a refused selection uses it up too.
        let inner = self.inner.take().ok_or_else(|| {
            VecheError::new(
                "already-used",
                Fault::Caller,
                "this prepared ballot has sealed once; prepare another",
            )
        })?;
        let selections = convert::selections(selections, &contests_of(&self.election, self.style))?;
        let fresh = random::randomness()?;
        let sealed = inner.seal(&self.election, &selections, &fresh)?;
        convert::to_js(&SealedBallot {
            bytes: &sealed.bytes,
            code: sealed.code.to_string(),
            hash: sealed.hash.to_string(),
        })
    }
}

#[wasm_bindgen]
impl PreparedBallot {
    /// Seals the choices, by contest id, and checks the sealed ballot as the ballot box will.
    ///
    /// # Errors
    /// `already-used` the second time, `illegal-selection` for choices against a contest's rule.
    #[wasm_bindgen(unchecked_return_type = "SealedBallot")]
    pub fn seal(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "{ [contestId: string]: Selection }")] selections: &JsValue,
    ) -> Result<JsValue, JsValue> {
        Ok(self.seal_once(selections)?)
    }
}

#[derive(Serialize)]
struct SealedBallot<'a> {
    #[serde(serialize_with = "convert::as_bytes")]
    bytes: &'a [u8],
    code: String,
    hash: String,
}
