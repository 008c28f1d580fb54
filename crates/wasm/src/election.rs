use std::rc::Rc;

use js_sys::{Array, Uint8Array};
use veche_board::{Tile, decode_bundle};
use veche_crypto::hash::Digest;
use veche_record::manifest::Contest;
use veche_verify::{BoardState, Check};
use veche_voter::{PreparedBallot as Inner, Revision};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::convert;
use crate::credential::Credential;
use crate::error::VecheError;
use crate::prepared::PreparedBallot;
use crate::random;

/// An election whose fingerprint is the announced one. There is no other way to get a ballot sealed.
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
    let wanted = convert::digest(fingerprint)?;
    let bundles: Vec<Vec<u8>> = bundles.iter().map(|bundle| Uint8Array::new(&bundle).to_vec()).collect();
    Ok(Election { inner: Rc::new(open(manifest, &bundles, convert::count(size)?, wanted)?) })
}

fn open(
    manifest: &[u8],
    bundles: &[Vec<u8>],
    size: u64,
    wanted: Digest,
) -> Result<veche_record::Election, VecheError> {
    let mut board = BoardState::new(manifest).map_err(VecheError::wrong_election)?;
    let mut left = size;
    'replay: for bundle in bundles {
        let width = left.min(Tile::FULL_WIDTH.into());
        for leaf in decode_bundle(bundle, width as usize).map_err(VecheError::record)? {
            // Every step of the ceremony is verified on its way in.
            board.restore(board.size(), leaf).map_err(|failure| match failure.check {
                Check::Genesis | Check::Ceremony => VecheError::wrong_election(failure),
                _ => VecheError::record(failure),
            })?;
            if board.election().is_some() {
                break 'replay;
            }
        }
        left -= width;
    }
    let Some(election) = board.election() else {
        return Err(if left > 0 {
            VecheError::more_bundles()
        } else {
            VecheError::record("the trustees have not made the keys of this election yet")
        });
    };
    let found = election.fingerprint();
    if found != wanted {
        return Err(VecheError::wrong_election(format!(
            "the fingerprint is {found}, and {wanted} was announced"
        )));
    }
    Ok(election.as_ref().clone())
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
        Ok(convert::to_js(self.inner.manifest().document())?)
    }

    /// Makes a new key for a voter.
    ///
    /// # Errors
    /// `no-randomness` on a device whose random source is dead.
    #[wasm_bindgen(js_name = newCredential)]
    pub fn new_credential(&self) -> Result<Credential, JsValue> {
        let randomness = random::randomness().map_err(VecheError::from)?;
        let inner = veche_voter::Credential::generate(&randomness).map_err(VecheError::from)?;
        Ok(Credential { inner })
    }

    /// Takes up a key from the bytes that `Credential.secret()` gave.
    ///
    /// # Errors
    /// Bytes that are no key.
    #[wasm_bindgen(js_name = restoreCredential)]
    pub fn restore_credential(&self, secret: &[u8]) -> Result<Credential, JsValue> {
        let secret = secret.try_into().map_err(|_| VecheError::argument("a secret key has 32 bytes"))?;
        Ok(Credential { inner: veche_voter::Credential::from_secret(secret).map_err(VecheError::from)? })
    }

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
        let manifest = self.inner.manifest();
        let compiled = manifest.contest_index(contest).and_then(|index| self.inner.contest(index));
        let options = manifest.contests().iter().find(|one| one.id == contest);
        let (Some(compiled), Some(options)) = (compiled, options) else {
            return Err(VecheError::argument(format!("this election has no contest \"{contest}\"")).into());
        };
        let outcome = compiled.bits(&convert::selection(selection, options)?);
        let legality =
            Legality { legal: outcome.is_ok(), reason: outcome.err().map(|error| error.to_string()) };
        Ok(convert::to_js(&legality)?)
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
        let style = convert::style(self.inner.manifest(), style)?;
        let revision = Revision { sequence, previous: convert::digest(previous)?, attempt: attempt.into() };
        let randomness = random::randomness().map_err(VecheError::from)?;
        let prepared = Inner::new(&self.inner, style, &credential.inner, &revision, &randomness)
            .map_err(VecheError::from)?;
        Ok(PreparedBallot::new(Rc::clone(&self.inner), style, prepared))
    }

    /// Checks that a receipt proves this very ballot to be in this election's box, under the box's signature.
    ///
    /// # Errors
    /// `receipt-wrong`.
    #[wasm_bindgen(js_name = checkReceipt, unchecked_return_type = "ReceiptPlace")]
    pub fn check_receipt(
        &self,
        ballot: &[u8],
        #[wasm_bindgen(unchecked_param_type = "Receipt")] receipt: JsValue,
    ) -> Result<JsValue, JsValue> {
        Ok(crate::board::check_receipt(&self.inner, ballot, receipt)?)
    }

    /// Checks a receipt that somebody shows, without the record: the saved file's bytes, or the link of its QR code.
    ///
    /// # Errors
    /// `not-a-receipt`, `other-election`, `file-wrong`.
    #[wasm_bindgen(js_name = checkShown, unchecked_return_type = "ShownReceipt")]
    pub fn check_shown(&self, receipt: &[u8]) -> Result<JsValue, JsValue> {
        Ok(crate::find::check_shown(&self.inner, receipt)?)
    }

    /// A receipt that holds, as short text for a link: what follows `#find=`.
    ///
    /// # Errors
    /// `file-wrong` for one that does not hold.
    #[wasm_bindgen(js_name = receiptText)]
    pub fn receipt_text(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Receipt")] receipt: JsValue,
    ) -> Result<String, JsValue> {
        Ok(crate::find::receipt_text(&self.inner, receipt)?)
    }

    /// Checks a checkpoint's signature.
    ///
    /// # Errors
    /// `checkpoint-wrong`.
    #[wasm_bindgen(js_name = checkCheckpoint, unchecked_return_type = "Checkpoint")]
    pub fn check_checkpoint(&self, note: &str) -> Result<JsValue, JsValue> {
        Ok(crate::board::check_checkpoint(&self.inner, note)?)
    }

    /// Checks that the box of the newer checkpoint begins with the whole box of the older one.
    ///
    /// # Errors
    /// `checkpoint-wrong`.
    #[wasm_bindgen(js_name = checkConsistency)]
    pub fn check_consistency(
        &self,
        #[wasm_bindgen(js_name = olderNote)] older: &str,
        #[wasm_bindgen(js_name = newerNote)] newer: &str,
        #[wasm_bindgen(unchecked_param_type = "string[]")] proof: &Array,
    ) -> Result<(), JsValue> {
        let proof = convert::hashes(proof)?;
        veche_voter::check_consistency(&self.inner, older, newer, &proof).map_err(VecheError::from)?;
        Ok(())
    }

    /// Which file of a record of `size` entries holds an entry.
    ///
    /// # Errors
    /// An entry that such a record does not have.
    #[wasm_bindgen(js_name = bundleOf, unchecked_return_type = "BundlePlace")]
    pub fn bundle_of(&self, index: f64, size: f64) -> Result<JsValue, JsValue> {
        Ok(crate::board::bundle_of(convert::count(index)?, convert::count(size)?)?)
    }

    /// Whether a bundle of `count` entries holds this ballot at this place.
    ///
    /// # Errors
    /// `record-unreadable` when it is no such bundle.
    #[wasm_bindgen(js_name = bundleHolds)]
    pub fn bundle_holds(
        &self,
        bundle: &[u8],
        count: usize,
        offset: usize,
        ballot: &[u8],
    ) -> Result<bool, JsValue> {
        Ok(crate::board::bundle_holds(bundle, count, offset, ballot)?)
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

/// The contests on a ballot of a style, in the ballot's order.
pub(crate) fn contests_of(election: &veche_record::Election, style: u16) -> Vec<&Contest> {
    let manifest = election.manifest();
    manifest.style_contests(style).iter().filter_map(|&contest| manifest.contests().get(contest)).collect()
}

#[derive(serde::Serialize)]
struct Legality {
    legal: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}
