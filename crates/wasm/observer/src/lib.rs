//! The JavaScript API of an observer's device and of a trustee's: wraps `veche-verify`, `veche-results` and
//! `veche-trustee`, never computes.
//!
//! An observer's page verifies a whole record, with the help of workers that each have this module and the election:
//!
//! ```js
//! import init, { Finder, Trustee, TrusteeBoard, auditRecord, openElection } from "./veche-wasm-observer.js";
//! await init();
//! const report = JSON.parse(await auditRecord(source, watch, assistants, fingerprint, undefined, software));
//! // in each worker:
//! const election = openElection(manifest, [firstBundle], size, fingerprint);  // throws on any other election
//! election.verifyEntries(first, leaves);
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
//! The turnout against time is read out of all entries, while the vote is open too:
//!
//! ```js
//! const reader = TurnoutReader.open(election, manifest, checkpoint, sizes, times);
//! for (let path; ([path] = reader.upcoming(1)) && path; ) reader.add(await fetchBytes(path));
//! reader.finish();                 // voters and ballots by district and route, at every hour that somebody signs
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
//! Errors are `VecheError`s with a `code` to act on and whose `fault` it is. Types are tightened by hand in
//! `types.d.ts`, here and in `../common`. Secrets are bytes, never strings, and what Rust holds of them is wiped when
//! it is dropped.

mod audit;
mod ballot;
mod election;
mod find;
mod open;
mod results;
mod trustee;
mod turnout;

pub use audit::{AuditAssistants, AuditSource, AuditWatch, audit_record, checks};
pub use election::{Election, open_election};
pub use find::{Finder, read_code};
pub use results::Results;
pub use trustee::{Trustee, TrusteeBoard};
pub use turnout::TurnoutReader;

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
