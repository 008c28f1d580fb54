//! The public board as a trustee's device replays it.

use serde::Serialize;
use veche_board::{Hash, Tile, decode_bundle};
use veche_crypto::hash::Digest;
use veche_record::EntryKind;
use veche_record::entry::TallyKind;
use veche_results::Counts;
use veche_trustee::{Seen, Shown};
use veche_verify::{BoardState, Course, Failure, Round, VerifiedBallot};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::refused;
use veche_wasm_common::{Fault, VecheError, convert, random};

/// The board, every entry of it verified on its way in by the verifier, and its tree compared with the checkpoint that
/// the ballot box has signed. A trustee acts on nothing else.
#[wasm_bindgen]
pub struct TrusteeBoard {
    state: BoardState,
    expected: Option<Digest>,
    /// What this device has seen of the board. The present one must begin with it.
    seen: Vec<Seen>,
    /// The last checkpoint that this board was compared with.
    note: Vec<u8>,
}

#[wasm_bindgen]
impl TrusteeBoard {
    /// Begins a board with its first entry, from the manifest's exact bytes and the record's first bundle of `count`
    /// entries. `fingerprint` is the announced one, where it is announced already.
    ///
    /// # Errors
    /// `record-unreadable`, or `board-false` for a first entry that is none.
    pub fn open(
        manifest: &[u8],
        bundle: &[u8],
        count: usize,
        fingerprint: Option<String>,
    ) -> Result<Self, JsValue> {
        let expected = fingerprint.as_deref().map(convert::digest).transpose()?;
        let state = BoardState::new(manifest).map_err(VecheError::wrong_election)?;
        let mut board = TrusteeBoard { state, expected, seen: Vec::new(), note: Vec::new() };
        let leaves = decode_bundle(bundle, count).map_err(VecheError::record)?;
        let genesis = leaves.first().ok_or_else(|| VecheError::record("the board is empty"))?;
        board.apply(genesis)?;
        Ok(board)
    }

    /// The hash of the board's first entry, which names it.
    pub fn genesis(&self) -> String {
        self.state.ceremony().map(|ceremony| ceremony.genesis().to_string()).unwrap_or_default()
    }

    /// The manifest as an object.
    ///
    /// # Errors
    /// Never for a manifest that was opened.
    #[wasm_bindgen(unchecked_return_type = "Manifest")]
    pub fn manifest(&self) -> Result<JsValue, JsValue> {
        Ok(convert::to_js(self.state.manifest().document())?)
    }

    /// How many entries are verified.
    pub fn size(&self) -> f64 {
        self.state.size() as f64
    }

    /// What this device has seen of this board before: the one of `check` must begin with it. To be said before the
    /// entries that follow are added.
    ///
    /// # Errors
    /// A root that is none.
    pub fn remember(&mut self, size: f64, root: &str) -> Result<(), JsValue> {
        let root = Hash::from_base64(root).map_err(VecheError::argument)?;
        let seen = Seen { size: convert::count(size)?, root };
        self.state.recall(seen.size);
        self.seen.push(seen);
        Ok(())
    }

    /// Verifies the entries that follow, from the bundle of `count` entries that holds the next one. Stops before the
    /// sums while replaced ballots are owed: then give those to `settle`, and the same bundle again.
    ///
    /// # Errors
    /// `board-false` with who is to blame.
    #[wasm_bindgen(unchecked_return_type = "Added")]
    pub fn add(&mut self, bundle: &[u8], count: usize) -> Result<JsValue, JsValue> {
        Ok(self.added(bundle, count)?)
    }

    /// Takes the replaced ballots out of the sums, from the bundle of `count` entries whose first one is `first`.
    ///
    /// # Errors
    /// `record-unreadable`, or `board-false` when they are not what was counted.
    pub fn settle(&mut self, bundle: &[u8], count: usize, first: f64) -> Result<(), JsValue> {
        let first = convert::count(first)?;
        let leaves = decode_bundle(bundle, count).map_err(VecheError::record)?;
        for (index, leaf) in (first..).zip(leaves) {
            self.state.settle(index, leaf).map_err(|failure| board_false(&failure))?;
        }
        Ok(())
    }

    /// Checks that the log has signed exactly this board, and that it has the announced keys.
    ///
    /// # Errors
    /// `checkpoint-wrong`, `wrong-election`, `board-rolled-back` or `board-forked` for one that is older or another
    /// than what the device saw before, or `board-false` where the last result is false.
    #[wasm_bindgen(unchecked_return_type = "Checkpoint")]
    pub fn check(&mut self, note: &str) -> Result<JsValue, JsValue> {
        Ok(self.check_note(note)?)
    }

    /// Who has done what, for the page to draw.
    ///
    /// # Errors
    /// Never for a board that was opened.
    #[wasm_bindgen(unchecked_return_type = "TrusteeBoardStatus")]
    pub fn status(&self) -> Result<JsValue, JsValue> {
        Ok(convert::to_js(&self.stated())?)
    }

    /// How many voters and ballots there are, for a person to compare before they agree; nothing before the sums are
    /// fixed.
    ///
    /// # Errors
    /// Never for a board that was opened.
    #[wasm_bindgen(unchecked_return_type = "TrusteeCounts | undefined")]
    pub fn counts(&self) -> Result<JsValue, JsValue> {
        Ok(convert::to_js(&Counts::of(&self.state))?)
    }
}

impl TrusteeBoard {
    /// The board, where a checkpoint was checked against all of it.
    pub(super) fn shown(&self) -> Result<Shown<'_>, VecheError> {
        let unchecked = "check the board's checkpoint first";
        Shown::under(&self.state, &self.note)
            .map_err(|_| VecheError::new("board-unchecked", Fault::Caller, unchecked))
    }

    fn added(&mut self, bundle: &[u8], count: usize) -> Result<JsValue, VecheError> {
        let skip = usize::try_from(self.state.size() % u64::from(Tile::FULL_WIDTH)).unwrap_or(0);
        let leaves = decode_bundle(bundle, count).map_err(VecheError::record)?;
        let mut rest = leaves.get(skip..).unwrap_or_default();
        while let Some((leaf, after)) = rest.split_first() {
            if self.state.course() == Course::Closed && self.state.owed().len() > 0 {
                break;
            }
            let ballots = rest.iter().take_while(|leaf| ballot(leaf).is_some()).count();
            if ballots > 1 && self.add_ballots(rest.get(..ballots).unwrap_or_default())? {
                rest = rest.get(ballots..).unwrap_or_default();
            } else {
                self.apply(leaf)?;
                rest = after;
            }
        }
        let left = u32::try_from(rest.len()).unwrap_or(u32::MAX);
        let owed = if left > 0 { self.state.owed().map(|index| index as f64).collect() } else { Vec::new() };
        convert::to_js(&Added { size: self.state.size(), owed })
    }

    /// Verifies ballots as one batch, which costs much less than one after the other. Where one of them is wrong
    /// nothing was done after the one before it, and the caller finds it by itself: then the answer is false.
    fn add_ballots(&mut self, leaves: &[&[u8]]) -> Result<bool, VecheError> {
        let Some(election) = self.state.election().cloned() else { return Ok(false) };
        let ballots: Vec<Vec<u8>> =
            leaves.iter().filter_map(|leaf| ballot(leaf)).map(<[u8]>::to_vec).collect();
        let verified = VerifiedBallot::verify_all(&election, &ballots, &random::randomness()?);
        if verified.iter().any(Result::is_err) {
            return Ok(false);
        }
        for (leaf, verified) in leaves.iter().zip(verified.into_iter().flatten()) {
            match self.state.admit_verified(verified) {
                Ok(admitted) => {
                    self.state.record(admitted).map_err(VecheError::argument)?;
                }
                // One that has no place here: this says whose fault it is.
                Err(_) => self.apply(leaf)?,
            }
        }
        Ok(true)
    }

    fn apply(&mut self, leaf: &[u8]) -> Result<(), VecheError> {
        let fresh = random::randomness()?;
        self.state.apply(self.state.size(), leaf, &fresh).map_err(|failure| board_false(&failure))?;
        if let Some((expected, election)) = self.expected.zip(self.state.election())
            && election.fingerprint() != expected
        {
            let found = election.fingerprint();
            return Err(VecheError::wrong_election(format!(
                "the fingerprint is {found}, and {expected} was announced"
            )));
        }
        Ok(())
    }

    fn check_note(&mut self, note: &str) -> Result<JsValue, VecheError> {
        let wrong = |why: String| VecheError::new("checkpoint-wrong", Fault::Server, why);
        let genesis = self.state.genesis().ok_or_else(|| wrong("there is no board".into()))?;
        let checkpoint =
            self.state.manifest().open_checkpoint(note, genesis).map_err(|error| wrong(error.to_string()))?;
        for seen in &self.seen {
            // A shorter record under a longer checkpoint is the next sentence's.
            if checkpoint.size < seen.size || self.state.size() >= seen.size {
                seen.demand(&self.state).map_err(refused)?;
            }
        }
        if self.state.checkpoint().as_ref() != Some(&checkpoint) {
            return Err(wrong("the log has signed another board than the one it hands out".into()));
        }
        if let (Some(expected), None) = (self.expected, self.state.election()) {
            let why = format!("{expected} was announced, and the board has no keys");
            return Err(VecheError::wrong_election(why));
        }
        // A false result takes its place, since a right one may follow: only of the last one is it known.
        if let Some(misstated) = self.state.result_failure() {
            return Err(board_false(misstated));
        }
        self.note = note.as_bytes().to_vec();
        self.remember_this();
        convert::to_js(&Checkpoint { size: checkpoint.size, root: checkpoint.root.to_base64() })
    }

    /// From now on the board as it is is one that this device has seen.
    fn remember_this(&mut self) {
        self.state.recall(self.state.size());
        self.seen = Seen::of(&self.state).into_iter().collect();
    }

    fn stated(&self) -> Option<Status> {
        let ceremony = self.state.ceremony()?;
        let (round, failed) = match ceremony.round() {
            Round::Commit => ("commit", None),
            Round::Deal => ("deal", None),
            Round::Confirm => ("confirm", None),
            Round::Complete => ("complete", None),
            Round::Failed(dealer) => ("failed", Some(dealer)),
        };
        let course = match self.state.course() {
            Course::Empty | Course::Founded => "founded",
            Course::Setup => "setup",
            Course::Open => "open",
            Course::Ended | Course::Closed => "closed",
            Course::Counting => "counting",
            Course::Published => "published",
            Course::Cancelled => "cancelled",
        };
        let did = |of: TallyKind, trustee: u8| {
            let count = self.state.count(of);
            let consented = count.is_some_and(|count| count.consents().contains(&trustee));
            (consented, count.is_some_and(|count| count.has_decrypted(trustee)))
        };
        let trustee = |number: u8| {
            let (rehearsal, vote) = (did(TallyKind::Rehearsal, number), did(TallyKind::Vote, number));
            TrusteeProgress {
                number,
                committed: ceremony.commitments(number).is_some(),
                dealt: ceremony.shares(number).is_some(),
                confirmed: ceremony.has_confirmed(number),
                rehearsal_agreed: rehearsal.0,
                rehearsal_decrypted: rehearsal.1,
                agreed: vote.0,
                decrypted: vote.1,
                blamed: ceremony.verdicts().iter().any(|verdict| verdict.culprit() == number),
            }
        };
        Some(Status {
            size: self.state.size(),
            course,
            round,
            failed,
            attempt: ceremony.attempt(),
            threshold: ceremony.threshold(),
            quorum: self.state.manifest().trustees().quorum().into(),
            recoverable: self.state.manifest().witnesses().is_some_and(|all| all.common() >= 1),
            ballots: self.state.ballots(),
            abandoned_hour: self.state.next_closing().map(|_| self.state.abandoned_hour()),
            rehearsing: self.state.count(TallyKind::Rehearsal).is_some(),
            fingerprint: self.state.election().map(|election| election.fingerprint().to_string()),
            trustees: (1..=ceremony.trustees()).map(trustee).collect(),
        })
    }
}

fn ballot<'a>(leaf: &&'a [u8]) -> Option<&'a [u8]> {
    leaf.strip_prefix(&[EntryKind::Ballot as u8])
}

fn board_false(failure: &Failure) -> VecheError {
    VecheError::new("board-false", Fault::Server, failure)
}

#[derive(Serialize)]
struct Added {
    size: u64,
    owed: Vec<f64>,
}

#[derive(Serialize)]
struct Checkpoint {
    size: u64,
    root: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    size: u64,
    course: &'static str,
    round: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    failed: Option<u8>,
    attempt: u8,
    threshold: u8,
    quorum: u32,
    recoverable: bool,
    ballots: u64,
    rehearsing: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    abandoned_hour: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fingerprint: Option<String>,
    trustees: Vec<TrusteeProgress>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TrusteeProgress {
    number: u8,
    committed: bool,
    dealt: bool,
    confirmed: bool,
    rehearsal_agreed: bool,
    rehearsal_decrypted: bool,
    agreed: bool,
    decrypted: bool,
    blamed: bool,
}
