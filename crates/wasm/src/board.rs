//! What a voter checks of the board: receipts, checkpoints, bundles.

use serde::Serialize;
use veche_board::{Tile, decode_bundle, entries_path};
use veche_record::{Ballot, Election, EntryKind};
use veche_voter::CastError;
use wasm_bindgen::JsValue;

use crate::convert::{self, to_js};
use crate::error::VecheError;

#[derive(Serialize)]
struct ReceiptPlace {
    index: u64,
    size: u64,
    root: String,
    hash: String,
    code: String,
    key: String,
}

#[derive(Serialize)]
struct Checkpoint {
    size: u64,
    root: String,
}

#[derive(Serialize)]
struct BundlePlace {
    path: String,
    count: u64,
    offset: u64,
}

pub(crate) fn check_receipt(
    election: &Election,
    ballot: &[u8],
    receipt: JsValue,
) -> Result<JsValue, VecheError> {
    let receipt = convert::receipt(receipt)?;
    let checkpoint = veche_voter::check_receipt(election, ballot, &receipt)?;
    let ballot = Ballot::parse(election, ballot).map_err(VecheError::argument)?;
    to_js(&ReceiptPlace {
        index: receipt.index,
        size: checkpoint.size,
        root: checkpoint.root.to_base64(),
        hash: ballot.hash().to_string(),
        code: ballot.code().to_string(),
        key: hex::encode(ballot.header().credential.to_bytes()),
    })
}

pub(crate) fn check_checkpoint(election: &Election, note: &str) -> Result<JsValue, VecheError> {
    let checkpoint = election.open_checkpoint(note).map_err(CastError::Checkpoint)?;
    to_js(&Checkpoint { size: checkpoint.size, root: checkpoint.root.to_base64() })
}

pub(crate) fn bundle_of(index: u64, size: u64) -> Result<JsValue, VecheError> {
    let full = u64::from(Tile::FULL_WIDTH);
    let (number, offset) = (index / full, index % full);
    let count = size.saturating_sub(number * full).min(full);
    if offset >= count {
        return Err(VecheError::argument("a record of this size has no such entry"));
    }
    let path = u16::try_from(count).ok().and_then(|width| entries_path(number, width).ok());
    let path = path.ok_or_else(|| VecheError::argument("no record is that large"))?;
    to_js(&BundlePlace { path, count, offset })
}

pub(crate) fn bundle_holds(
    bundle: &[u8],
    count: usize,
    offset: usize,
    ballot: &[u8],
) -> Result<bool, VecheError> {
    let entries = decode_bundle(bundle, count).map_err(VecheError::record)?;
    let entry = entries.get(offset).and_then(|entry| entry.strip_prefix(&[EntryKind::Ballot as u8]));
    Ok(entry == Some(ballot))
}
