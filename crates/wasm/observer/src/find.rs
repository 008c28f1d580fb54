//! A ballot looked up in the record's files.

use js_sys::{Array, Uint8Array};
use serde::Serialize;
use veche_board::LogFile;
use veche_record::ConfirmationCode;
use veche_verify::receipt::{self, FindError, Shown, Sought, Standing, Trail};
use veche_wasm_common::convert::{self, to_js};
use veche_wasm_common::{Fault, VecheError};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::election::Election;

#[derive(Serialize)]
struct BallotPlace {
    index: u64,
    size: u64,
    note: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Finding {
    #[serde(skip_serializing_if = "Option::is_none")]
    standing: Option<Standing>,
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    replaced_by: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_replaced: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    handed_over: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    struck_off: Option<u64>,
    voted_on_paper: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    false_entry: Option<u64>,
    same_code: Vec<u64>,
    closed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    cancelled: Option<u64>,
    checked_to: u64,
    size: u64,
    settled: bool,
}

/// A search for one ballot in a published record.
#[wasm_bindgen]
pub struct Finder {
    inner: receipt::Finder,
}

fn shown(bytes: &[u8]) -> Result<Shown, VecheError> {
    Shown::parse(bytes).map_err(|error| VecheError::new("not-a-receipt", Fault::Caller, error))
}

fn wrong(error: impl ToString) -> VecheError {
    VecheError::new("file-wrong", Fault::Caller, error)
}

fn not_found(error: FindError) -> VecheError {
    match error {
        FindError::Checkpoint(_) | FindError::Record(_) => VecheError::record(error),
        FindError::OtherElection => VecheError::new("other-election", Fault::Caller, error),
        FindError::Receipt(_) => wrong(error),
        FindError::Order => VecheError::argument(error),
    }
}

#[wasm_bindgen]
impl Finder {
    /// Begins to look for the ballot of a receipt: the saved file's bytes, the link of its QR code, or what follows the
    /// `#find=` in it. The receipt itself is checked at once.
    ///
    /// # Errors
    /// `not-a-receipt`, `other-election`, `file-wrong`; `record-unreadable` for a checkpoint that the log did not sign.
    #[wasm_bindgen(js_name = byReceipt)]
    pub fn by_receipt(election: &Election, note: &str, receipt: &[u8]) -> Result<Finder, JsValue> {
        Ok(begin(election, note, Sought::Receipt(Box::new(shown(receipt)?)))?)
    }

    /// Begins to look for the ballot with a confirmation code, as somebody typed it. `from` is where it may be; when it
    /// is not there, everything is looked through.
    ///
    /// # Errors
    /// `record-unreadable` for a checkpoint that the log did not sign.
    #[wasm_bindgen(js_name = byCode)]
    pub fn by_code(
        election: &Election,
        note: &str,
        typed: &str,
        from: Option<f64>,
    ) -> Result<Finder, JsValue> {
        let from = from.map(convert::count).transpose()?;
        Ok(begin(election, note, Sought::Code { typed: typed.to_owned(), from })?)
    }

    /// The paths of the files to be fetched first.
    #[wasm_bindgen(unchecked_return_type = "string[]")]
    pub fn tiles(&self) -> Array {
        self.inner.tiles().into_iter().map(|tile| JsValue::from(tile.to_string())).collect()
    }

    /// Takes the bytes of these files, in their order.
    ///
    /// # Errors
    /// `record-unreadable` when they are not what the checkpoint signs.
    pub fn open(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array[]")] files: &Array,
    ) -> Result<(), JsValue> {
        let bytes = files.iter().map(|file| Uint8Array::new(&file).to_vec());
        let tiles: Vec<_> = self.inner.tiles().into_iter().zip(bytes).collect();
        Ok(self.inner.open(&tiles).map_err(not_found)?)
    }

    /// The paths of the bundles that are needed next, `count` of them or as many as there are; none when the search is
    /// over. They are given one after another.
    #[wasm_bindgen(unchecked_return_type = "string[]")]
    pub fn next(&self, count: u32) -> Array {
        let paths = self.inner.upcoming(count.into()).into_iter();
        paths.map(|bundle| JsValue::from(LogFile::Bundle(bundle).to_string())).collect()
    }

    /// Takes the bytes of the next bundle and looks through them.
    ///
    /// # Errors
    /// `record-unreadable` when they are not what the checkpoint signs.
    pub fn add(&mut self, bundle: &[u8]) -> Result<(), JsValue> {
        Ok(self.inner.add(bundle).map_err(not_found)?)
    }

    /// What was found so far.
    ///
    /// # Errors
    /// Never.
    #[wasm_bindgen(unchecked_return_type = "Finding")]
    pub fn finding(&self) -> Result<JsValue, JsValue> {
        let found = self.inner.finding();
        let Trail { replaced_by, key_replaced, handed_over, struck_off, voted_on_paper, false_entry } =
            found.trail;
        Ok(to_js(&Finding {
            standing: found.standing,
            index: found.index,
            code: found.code.map(|code| code.to_string()),
            replaced_by,
            key_replaced,
            handed_over,
            struck_off,
            voted_on_paper,
            false_entry,
            same_code: found.same_code,
            closed: found.closed,
            cancelled: found.cancelled,
            checked_to: found.checked_to,
            size: found.size,
            settled: found.settled,
        })?)
    }

    /// Has a search by a receipt go on from what an earlier one has saved, before the tiles are asked for. What is
    /// not of
    /// this receipt, or of another past, is passed over. Nothing makes it true: whoever can write where it is kept can
    /// lie.
    #[wasm_bindgen(js_name = goOnFrom)]
    pub fn go_on_from(&mut self, saved: &[u8]) {
        self.inner.go_on_from(saved);
    }

    /// What was seen so far, for `goOnFrom`; nothing before a whole bundle was looked through.
    #[must_use]
    pub fn saved(&self) -> Option<Vec<u8>> {
        self.inner.saved()
    }

    /// What the receipt proves by itself, if one is looked for.
    ///
    /// # Errors
    /// Never.
    #[wasm_bindgen(unchecked_return_type = "ShownReceipt | undefined")]
    pub fn receipt(&self) -> Result<JsValue, JsValue> {
        Ok(self.inner.held().map_or(Ok(JsValue::UNDEFINED), |held| to_js(&place(held, None)))?)
    }
}

fn begin(election: &Election, note: &str, sought: Sought) -> Result<Finder, VecheError> {
    Ok(Finder { inner: receipt::Finder::new(election.inner().clone(), note, sought).map_err(not_found)? })
}

fn place(held: &receipt::Held, code: Option<String>) -> BallotPlace {
    let (index, size) = (held.receipt.index, held.checkpoint.size);
    BallotPlace { index, size, note: held.receipt.checkpoint.clone(), code }
}

#[wasm_bindgen]
impl Election {
    /// Checks a receipt that somebody shows, without the record: the saved file's bytes, or the link of its QR code.
    ///
    /// # Errors
    /// `not-a-receipt`, `other-election`, `file-wrong`.
    #[wasm_bindgen(js_name = checkShown, unchecked_return_type = "ShownReceipt")]
    pub fn check_shown(&self, receipt: &[u8]) -> Result<JsValue, JsValue> {
        Ok(check(self.inner(), receipt)?)
    }
}

fn check(election: &veche_record::Election, bytes: &[u8]) -> Result<JsValue, VecheError> {
    let shown = shown(bytes)?;
    if !shown.is_of(&election.fingerprint()) {
        return Err(not_found(FindError::OtherElection));
    }
    let held =
        shown.check(election.origin(), election.log_key(), election.manifest().witnesses()).map_err(wrong)?;
    shown.check_ballot(election).map_err(wrong)?;
    let code = match &shown {
        Shown::File(file) => Some(file.code.clone()),
        Shown::Link(_) => None,
    };
    to_js(&place(&held, code))
}

/// A typed confirmation code as it is written, or nothing when it cannot be one. Case, spaces and hyphens do not
/// matter; O, I and L are taken for the digits that they look like.
#[wasm_bindgen(js_name = readCode)]
pub fn read_code(typed: &str) -> Option<String> {
    ConfirmationCode::spelled(typed)
}
