//! Sealed ballots, verified by whoever takes them in: no secret, and no board.

use js_sys::{Array, Uint8Array};
use serde::Serialize;
use veche_verify::{Refusal, VerifiedBallot};
use veche_wasm_common::{VecheError, convert, random};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::election::Election;

/// What a ballot that holds says of itself.
#[derive(Serialize)]
struct BallotFacts {
    valid: bool,
    hash: String,
    code: String,
    key: String,
    style: String,
    sequence: u32,
    previous: String,
}

/// Why a ballot does not hold.
#[derive(Serialize)]
struct BallotFault {
    valid: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    check: Option<u8>,
    reason: String,
}

#[wasm_bindgen]
impl Election {
    /// Verifies form, signature and proofs of sealed ballots as one batch, which costs much less than one after the
    /// other. One answer a ballot, in their order. Whether its voter may vote, and has voted, only the board says.
    ///
    /// # Errors
    /// `no-randomness`, or `bad-argument` for what is no list of bytes.
    #[wasm_bindgen(js_name = verifyBallots, unchecked_return_type = "BallotVerdict[]")]
    pub fn verify_ballots(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array[]")] ballots: &Array,
    ) -> Result<Array, JsValue> {
        let ballots: Vec<Vec<u8>> = ballots.iter().map(|ballot| Uint8Array::new(&ballot).to_vec()).collect();
        let fresh = random::randomness()?;
        let verified = VerifiedBallot::verify_all(self.inner(), &ballots, &fresh);
        let verdicts = verified.iter().map(|ballot| match ballot {
            Ok(ballot) => self.facts(ballot),
            Err(refusal) => fault(refusal),
        });
        Ok(verdicts.collect::<Result<Array, _>>()?)
    }

    fn facts(&self, verified: &VerifiedBallot) -> Result<JsValue, VecheError> {
        let (ballot, header) = (verified.ballot(), verified.ballot().header());
        // A ballot of a style that the election has not does not get here.
        let style = self.inner().manifest().ballot_style(header.style);
        convert::to_js(&BallotFacts {
            valid: true,
            hash: ballot.hash().to_string(),
            code: ballot.code().to_string(),
            key: hex::encode(header.credential.to_bytes()),
            style: style.map(|style| style.id.clone()).unwrap_or_default(),
            sequence: header.sequence,
            previous: header.previous.to_string(),
        })
    }
}

fn fault(refusal: &Refusal) -> Result<JsValue, VecheError> {
    let check = match refusal {
        Refusal::Invalid(failure) => Some(failure.check.number()),
        _ => None,
    };
    convert::to_js(&BallotFault { valid: false, check, reason: refusal.to_string() })
}
