//! The turnout against time, read out of the entries of a board.

use std::rc::Rc;

use veche_board::{Checkpoint, LogFile, layout};
use veche_results::course::{By, CourseError, witnessed};
use veche_results::{ByHour, Replay, Sighting};
use veche_wasm_common::convert::to_js;
use veche_wasm_common::{Fault, VecheError, convert};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::election::Election;

/// Reads a board bundle by bundle, and counts voters and ballots by district and route at each of its sizes that has an
/// hour. What it reads is held against the signed checkpoint at the end; signatures and proofs are not verified.
#[wasm_bindgen]
pub struct TurnoutReader {
    election: Rc<veche_record::Election>,
    checkpoint: Checkpoint,
    bundles: std::vec::IntoIter<veche_board::Bundle>,
    replay: Replay,
}

#[wasm_bindgen]
impl TurnoutReader {
    /// Begins with the election's manifest as it was published and the signed checkpoint. `sizes` and `times` are those
    /// of checkpoints that this device has checked, with its own hours in seconds since 1970.
    ///
    /// # Errors
    /// `result-wrong` for a checkpoint that the log has not signed, `wrong-election` for another manifest.
    pub fn open(
        election: &Election,
        manifest: &[u8],
        checkpoint: &str,
        sizes: &[f64],
        times: &[f64],
    ) -> Result<TurnoutReader, JsValue> {
        let election = election.shared();
        if veche_record::Manifest::hash_of(manifest) != election.manifest().hash() {
            return Err(VecheError::wrong_election("this is the manifest of another election").into());
        }
        let opened = election.open_checkpoint(checkpoint);
        let opened = opened.map_err(|error| VecheError::new("result-wrong", Fault::Server, error))?;
        let mut seen = witnessed(election.manifest(), checkpoint.as_bytes());
        for (size, time) in sizes.iter().zip(times) {
            let (size, time) = (convert::count(*size)?, convert::count(*time)?);
            seen.push(Sighting { size, time, by: By::Keeper });
        }
        let replay = Replay::new(manifest, &seen).map_err(VecheError::wrong_election)?;
        let bundle = |file| if let LogFile::Bundle(bundle) = file { Some(bundle) } else { None };
        let bundles: Vec<_> = layout(opened.size).filter_map(bundle).collect();
        Ok(TurnoutReader { election, checkpoint: opened, bundles: bundles.into_iter(), replay })
    }

    /// The paths of the next bundles, at most so many.
    pub fn upcoming(&self, most: usize) -> Vec<String> {
        self.bundles.as_slice().iter().take(most).map(ToString::to_string).collect()
    }

    /// Reads the next bundle, and says how many entries were read.
    ///
    /// # Errors
    /// `record-unreadable` for bytes that are no bundle, `result-wrong` for an entry that the board cannot have,
    /// `bad-argument` when all bundles were read.
    pub fn add(&mut self, bytes: &[u8]) -> Result<f64, JsValue> {
        let Some(bundle) = self.bundles.next() else {
            return Err(VecheError::argument("all bundles were read").into());
        };
        self.replay.add(bundle, bytes).map_err(unread)?;
        // A size is far below 2^53.
        Ok(self.replay.size() as f64)
    }

    /// What was found, when all bundles were read.
    ///
    /// # Errors
    /// `result-wrong` when the entries are not those under the signed checkpoint.
    #[wasm_bindgen(unchecked_return_type = "TurnoutByHour")]
    pub fn finish(self) -> Result<JsValue, JsValue> {
        if self.replay.size() != self.checkpoint.size || self.replay.root() != self.checkpoint.root {
            let why = "the entries are not those under the signed checkpoint";
            return Err(VecheError::new("result-wrong", Fault::Server, why).into());
        }
        Ok(to_js(&ByHour::of(self.election.manifest(), self.replay))?)
    }
}

fn unread(error: CourseError) -> VecheError {
    let code = if let CourseError::File(_) = error { "record-unreadable" } else { "result-wrong" };
    VecheError::new(code, Fault::Server, error)
}
