//! The JavaScript API of a voter's device: wraps `veche-voter`, never computes. Nothing of an audit and nothing of a
//! trustee is in it, so that a voter downloads neither.
//!
//! ```js
//! import init, { openElection } from "./veche-wasm-voter.js";
//! await init();
//! const election = openElection(manifest, card, fingerprint);  // throws on any other election
//! const credential = election.newCredential();
//! const prepared = election.prepare(credential, style, sequence, previous, attempt); // while the voter reads
//! const { bytes, code, hash } = prepared.seal({ north: { values: { p1: 1, p7: 1 } } });
//! // post `bytes`; then, before "cast" is said:
//! election.checkReceipt(bytes, receipt);
//! election.checkConsistency(keptCheckpoint, receipt.checkpoint, proof);
//! ```
//!
//! Errors are `VecheError`s with a `code` to act on and whose `fault` it is. Types are tightened by hand in
//! `types.d.ts`, here and in `../common`. Secrets are bytes, never strings, and what Rust holds of them is wiped when
//! it is dropped.

mod arguments;
mod board;
mod credential;
mod election;
mod error;
mod prepared;

pub use board::qr_code;
pub use credential::Credential;
pub use election::{Election, open_election};
pub use prepared::PreparedBallot;

use wasm_bindgen::prelude::wasm_bindgen;

/// The shapes that wasm-bindgen cannot express, beside the classes that it writes itself.
#[wasm_bindgen(typescript_custom_section)]
const COMMON_TYPES: &str = veche_wasm_common::TYPES;

/// Those of this module alone.
#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = include_str!("types.d.ts");

/// Runs once, when the module is there.
#[wasm_bindgen(start)]
pub fn start() {
    veche_wasm_common::report_defects();
}
