//! The JavaScript API of a voter's device, of a trustee's and of an observer's: wraps `veche-voter`, `veche-trustee` and
//! `veche-verify`, never computes.
//!
//! ```js
//! import init, { openElection } from "./veche-wasm.js";
//! await init();
//! const election = openElection(manifest, [firstBundle], size, fingerprint);  // throws on any other election
//! const credential = election.newCredential();
//! const prepared = election.prepare(credential, style, sequence, previous, attempt); // while the voter reads
//! const { bytes, code, hash } = prepared.seal({ north: { values: { p1: 1, p7: 1 } } });
//! // post `bytes`; then, before "cast" is said:
//! election.checkReceipt(bytes, receipt);
//! election.checkConsistency(keptCheckpoint, receipt.checkpoint, proof);
//! ```
//!
//! A trustee's page replays the board, and asks what comes next:
//!
//! ```js
//! const board = TrusteeBoard.open(manifest, firstBundle, count);
//! board.add(firstBundle, count);   // and the bundles that follow
//! board.check(note);               // the signed checkpoint
//! const trustee = Trustee.create(board, 2);
//! trustee.words();                 // shown once
//! const step = trustee.next(board);
//! const { bytes, kept } = trustee.act(board, step.what, step.shown); // store `kept`, then post `bytes`
//! ```
//!
//! An observer's page verifies a whole record, with the help of workers that each have this module and the election:
//!
//! ```js
//! const report = JSON.parse(await auditRecord(source, watch, assistants, fingerprint, undefined, software));
//! // in each worker: election.verifyEntries(first, leaves)
//! ```
//!
//! A results page needs a few files of the record, and no server:
//!
//! ```js
//! const files = new Map();         // the bytes of each of election.endFiles(size, bundles)
//! const results = election.results(resultJson, checkpoint, bundles, files);
//! results.view();                  // who is funded, where the money ran out, the turnout
//! ```
//!
//! A ballot is found in a published record without a ballot box:
//!
//! ```js
//! const finder = Finder.byCode(election, checkpoint, "7KQ2 …");  // or byReceipt(election, checkpoint, file or link)
//! finder.open(await Promise.all(finder.tiles().map(fetchBytes)));
//! for (let path; ([path] = finder.next(1)) && path; ) finder.add(await fetchBytes(path));
//! finder.finding();                // recorded, replaced, missing, …
//! ```
//!
//! Errors are `VecheError`s with a `code` to act on and whose `fault` it is. Types are tightened by hand in `types.d.ts`.
//! Secrets are bytes, never strings, and what Rust holds of them is wiped when it is dropped.

mod audit;
mod board;
mod convert;
mod credential;
mod election;
mod error;
mod find;
mod prepared;
mod random;
mod results;
mod trustee;

pub use audit::{AuditAssistants, AuditSource, AuditWatch, audit_record, checks};
pub use credential::Credential;
pub use election::{Election, open_election};
pub use find::{Finder, qr_code, read_code};
pub use prepared::PreparedBallot;
pub use results::Results;
pub use trustee::{Trustee, TrusteeBoard};

use wasm_bindgen::prelude::wasm_bindgen;

/// The shapes that wasm-bindgen cannot express, beside the classes that it writes itself.
#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = include_str!("types.d.ts");

/// Says in the browser's console where in this module a defect struck, for whoever reports it; a
/// WebAssembly trap alone says nothing. The panic's own words are left out: they could quote a secret.
#[wasm_bindgen(start)]
pub fn start() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        web_sys::console::error_1(&format!("Veche: a defect at {place}. Please report it.").into());
    }));
}
