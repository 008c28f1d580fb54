use std::rc::Rc;

use serde::Serialize;
use veche_record::manifest::Contest;
use veche_voter::{PreparedBallot as Inner, Revision};
use veche_wasm_common::convert::{self, digest, to_js};
use veche_wasm_common::random::randomness;
use veche_wasm_common::{Fault, VecheError};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::credential::Credential;
use crate::election::Election;
use crate::{arguments, error};

/// Everything about a ballot that does not depend on the choices. It seals once: what it holds would, used for two
/// ballots, reveal both.
#[wasm_bindgen]
pub struct PreparedBallot {
    election: Rc<veche_record::Election>,
    style: u16,
    inner: Option<Inner>,
}

impl PreparedBallot {
    fn seal_once(&mut self, selections: &JsValue) -> Result<JsValue, VecheError> {
        // Taken before anything can fail: a refused selection uses it up too.
        let inner = self.inner.take().ok_or_else(|| {
            VecheError::new(
                "already-used",
                Fault::Caller,
                "this prepared ballot has sealed once; prepare another",
            )
        })?;
        let selections = arguments::selections(selections, &contests_of(&self.election, self.style))?;
        let fresh = randomness()?;
        let sealed = inner.seal(&self.election, &selections, &fresh).map_err(error::seal)?;
        to_js(&SealedBallot {
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

#[wasm_bindgen]
impl Election {
    /// Whether a selection may be sealed in a contest, and why not.
    ///
    /// # Errors
    /// A contest or a selection that is none.
    #[wasm_bindgen(unchecked_return_type = "Legality")]
    pub fn check(
        &self,
        contest: &str,
        #[wasm_bindgen(unchecked_param_type = "Selection")] selection: &JsValue,
    ) -> Result<JsValue, JsValue> {
        let manifest = self.inner().manifest();
        let compiled = manifest.contest_index(contest).and_then(|index| self.inner().contest(index));
        let options = manifest.contests().iter().find(|one| one.id == contest);
        let (Some(compiled), Some(options)) = (compiled, options) else {
            return Err(VecheError::argument(format!("this election has no contest \"{contest}\"")).into());
        };
        let outcome = compiled.bits(&arguments::selection(selection, options)?);
        let legality =
            Legality { legal: outcome.is_ok(), reason: outcome.err().map(|error| error.to_string()) };
        Ok(to_js(&legality)?)
    }

    /// Does everything of sealing that needs no choices. `attempt` counts this device's attempts to seal and is stored
    /// before it is used: the same number must never come twice.
    ///
    /// # Errors
    /// `no-randomness`, or arguments that fit no ballot.
    pub fn prepare(
        &self,
        credential: &Credential,
        style: &str,
        sequence: u32,
        previous: &str,
        attempt: u32,
    ) -> Result<PreparedBallot, JsValue> {
        let style = arguments::style(self.inner().manifest(), style)?;
        let revision = Revision { sequence, previous: digest(previous)?, attempt: attempt.into() };
        let randomness = randomness()?;
        let prepared = Inner::new(self.inner(), style, &credential.inner, &revision, &randomness)
            .map_err(error::seal)?;
        Ok(PreparedBallot { election: self.shared(), style, inner: Some(prepared) })
    }
}

/// The contests on a ballot of a style, in the ballot's order.
fn contests_of(election: &veche_record::Election, style: u16) -> Vec<&Contest> {
    let manifest = election.manifest();
    manifest.style_contests(style).iter().filter_map(|&contest| manifest.contests().get(contest)).collect()
}

#[derive(Serialize)]
struct Legality {
    legal: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

#[derive(Serialize)]
struct SealedBallot<'a> {
    #[serde(serialize_with = "convert::as_bytes")]
    bytes: &'a [u8],
    code: String,
    hash: String,
}
