//! What a voter checks of the board: receipts and checkpoints.

use js_sys::Array;
use serde::Serialize;
use veche_board::CompactReceipt;
use veche_record::Ballot;
use veche_verify::receipt::scope_of;
use veche_voter::CastError;
use veche_wasm_common::convert::to_js;
use veche_wasm_common::{Fault, VecheError};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::election::Election;
use crate::{arguments, error};

#[derive(Serialize)]
struct ReceiptPlace {
    index: u64,
    size: u64,
    root: String,
    hash: String,
    code: String,
    key: String,
    sequence: u32,
    previous: String,
}

#[derive(Serialize)]
struct Checkpoint {
    size: u64,
    root: String,
}

#[derive(Serialize)]
struct Picture {
    side: i32,
    path: String,
}

#[wasm_bindgen]
impl Election {
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
        let election = self.inner();
        let receipt = arguments::receipt(receipt)?;
        let checkpoint = veche_voter::check_receipt(election, ballot, &receipt).map_err(error::cast)?;
        let ballot = Ballot::parse(election, ballot).map_err(VecheError::argument)?;
        Ok(to_js(&ReceiptPlace {
            index: receipt.index,
            size: checkpoint.size,
            root: checkpoint.root.to_base64(),
            hash: ballot.hash().to_string(),
            code: ballot.code().to_string(),
            key: hex::encode(ballot.header().credential.to_bytes()),
            sequence: ballot.header().sequence,
            previous: ballot.header().previous.to_string(),
        })?)
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
        let election = self.inner();
        let receipt = arguments::receipt(receipt)?;
        let scope = scope_of(&election.fingerprint());
        let compact = CompactReceipt::new(
            scope,
            &receipt,
            election.origin(),
            election.log_key(),
            election.manifest().witnesses(),
        );
        Ok(compact.map_err(|error| VecheError::new("file-wrong", Fault::Caller, error))?.to_text())
    }

    /// Checks a checkpoint's signature.
    ///
    /// # Errors
    /// `checkpoint-wrong`.
    #[wasm_bindgen(js_name = checkCheckpoint, unchecked_return_type = "Checkpoint")]
    pub fn check_checkpoint(&self, note: &str) -> Result<JsValue, JsValue> {
        let opened = self.inner().open_checkpoint(note);
        let checkpoint = opened.map_err(|wrong| error::cast(CastError::Checkpoint(wrong)))?;
        Ok(to_js(&Checkpoint { size: checkpoint.size, root: checkpoint.root.to_base64() })?)
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
        let proof = arguments::hashes(proof)?;
        veche_voter::check_consistency(self.inner(), older, newer, &proof).map_err(error::cast)?;
        Ok(())
    }
}

/// Draws a text as a QR code: the dark squares as one SVG path, and the side of the drawing with its quiet zone.
///
/// # Errors
/// `bad-argument` for a text that no QR code can hold.
#[wasm_bindgen(js_name = qrCode, unchecked_return_type = "QrCode")]
pub fn qr_code(text: &str) -> Result<JsValue, JsValue> {
    let picture = veche_voter::qr_picture(text).map_err(VecheError::argument)?;
    Ok(to_js(&Picture { side: picture.side, path: picture.path })?)
}
