//! A trustee's device: the board, verified entry by entry, and what the trustee does next on it.

use js_sys::Array;
use serde::Serialize;
use veche_record::entry::{ClosingForm, ClosingKind, ClosingTerms};
use veche_trustee::{
    Action, ActionKind, Kept, KeyShare, Refusal, Secret, Shown, Step, WordsError, end_vote, next_step,
};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use veche_wasm_common::{Fault, VecheError, convert, random};

mod board;
mod describe;

pub use board::TrusteeBoard;
use describe::code;

/// A trustee with their secret, which stays in this module's memory and is wiped with it. What the device must
/// remember of what it has signed, and must not be lost by a reload, is `kept()`: nothing of it is secret.
#[wasm_bindgen]
pub struct Trustee {
    secret: Secret,
    kept: Kept,
    /// The words are shown once, by the device that made them.
    unshown: bool,
}

#[wasm_bindgen]
impl Trustee {
    /// Makes a new secret for a trustee of this board, counted from 1.
    ///
    /// # Errors
    /// `no-randomness` on a device whose random source is dead; `no-such-trustee`.
    pub fn create(board: &TrusteeBoard, number: u8) -> Result<Self, JsValue> {
        Ok(Self::made(&board.shown()?, number)?)
    }

    /// What the memory of a secret is kept under on this device: a name that says nothing of the secret.
    ///
    /// # Errors
    /// `words-count`, `words-unknown` or `words-checksum` for words with a mistake.
    #[wasm_bindgen(js_name = nameOf)]
    pub fn name_of(board: &TrusteeBoard, number: u8, words: &str) -> Result<String, JsValue> {
        let secret = Secret::from_words(words).map_err(misspelled)?;
        Ok(Kept::name_for(board.shown()?.board(), &secret, number).map_err(refused)?)
    }

    /// Takes up a secret from its 24 words, with what this device has kept under its name, if it has. On a device that
    /// has kept nothing, the words and the board are enough once the trustee has dealt, for some of the steps: see
    /// `remembers()`.
    ///
    /// # Errors
    /// `words-count`, `words-unknown` or `words-checksum` for words with a mistake, otherwise the code of a refusal.
    pub fn recover(
        board: &TrusteeBoard,
        number: u8,
        words: &str,
        kept: Option<String>,
    ) -> Result<Self, JsValue> {
        Ok(Self::recovered(&board.shown()?, number, words, kept.as_deref())?)
    }

    /// The 24 words of a secret that was made here. They are given once.
    ///
    /// # Errors
    /// `already-used` the second time, and for a secret that was taken up from its words.
    #[wasm_bindgen(unchecked_return_type = "string[]")]
    pub fn words(&mut self) -> Result<Array, JsValue> {
        if !std::mem::take(&mut self.unshown) {
            return Err(VecheError::new("already-used", Fault::Caller, "the words are shown once").into());
        }
        Ok(self.secret.words().split(' ').map(JsValue::from_str).collect())
    }

    /// Whether this is the secret's word at a place from 1: to ask words back that somebody has written down.
    #[wasm_bindgen(js_name = isWord)]
    pub fn is_word(&self, place: usize, word: &str) -> bool {
        let words = self.secret.words();
        let wanted = place.checked_sub(1).and_then(|at| words.split(' ').nth(at));
        wanted.is_some_and(|wanted| wanted.eq_ignore_ascii_case(word.trim()))
    }

    /// What the device must remember, as text. To be stored where it survives a reload.
    ///
    /// # Errors
    /// Never in practice.
    pub fn kept(&self) -> Result<String, JsValue> {
        Ok(self.kept.to_json().map_err(VecheError::argument)?)
    }

    /// What `kept()` is to be stored under.
    pub fn name(&self) -> String {
        self.kept.name()
    }

    /// Whether this device has all that was ever signed with the secret. One that has not agrees to no sums, unless
    /// witnesses see to it that there is one board; it decrypts what enough others have agreed to.
    pub fn remembers(&self) -> bool {
        self.kept.is_whole()
    }

    /// What the trustee does next, or why nothing more. `now` is this device's time, in seconds since 1970.
    ///
    /// # Errors
    /// `board-unchecked` for a board that no checkpoint was checked against.
    #[wasm_bindgen(unchecked_return_type = "TrusteeStep")]
    pub fn next(&self, board: &TrusteeBoard, now: f64) -> Result<JsValue, JsValue> {
        let step = next_step(&board.shown()?, &self.secret, &self.kept, seconds(now));
        Ok(convert::to_js(&describe::step(step))?)
    }

    /// Looks at a board at this device's time: whether there is more of it than before, and whether it says that the
    /// vote is over before its hour. Then the device has more to keep, and `kept()` is to be stored.
    ///
    /// # Errors
    /// `board-unchecked` for a board that no checkpoint was checked against, `board-rolled-back` or `board-forked` for
    /// one that is not what the device has seen.
    pub fn see(&mut self, board: &TrusteeBoard, now: f64) -> Result<bool, JsValue> {
        let saw = self.kept.saw(&board.shown()?, seconds(now)).map_err(refused)?;
        let more = saw.is_some();
        if let Some(kept) = saw {
            self.kept = kept;
        }
        Ok(more)
    }

    /// When this device first saw the vote ended before its hour, and the hour, in seconds since 1970; nothing where it
    /// never did.
    #[wasm_bindgen(unchecked_return_type = "[number, number] | undefined")]
    pub fn early(&self) -> JsValue {
        self.kept.early().map_or(JsValue::UNDEFINED, |early| {
            // Seconds are exact as numbers for as long as anybody counts them.
            [early.seen, early.hour]
                .map(|time| JsValue::from_f64(time as f64))
                .iter()
                .collect::<Array>()
                .into()
        })
    }

    /// This trustee's signature under the end of a vote whose organiser is gone, as a ballot box hands it out: `kind`
    /// is
    /// `ended` or `close`. Only three days after every hour that the manifest names, by this device's time `now`, and
    /// over the board that this device has verified.
    ///
    /// # Errors
    /// The code of a refusal.
    #[wasm_bindgen(js_name = endVote)]
    pub fn end_vote(
        &self,
        board: &TrusteeBoard,
        kind: &str,
        time: f64,
        note: &str,
        now: f64,
    ) -> Result<Vec<u8>, JsValue> {
        let board = board.shown()?.board();
        let kind = if kind == "ended" { ClosingKind::Ended } else { ClosingKind::Close };
        let note = note.as_bytes().to_vec();
        let terms = ClosingTerms { kind, form: ClosingForm::Trustees, time: seconds(time), note };
        let share = KeyShare::recover(&self.secret, board, self.kept.trustee());
        let share = share.map_err(|error| refused(error.into()))?;
        let signature = end_vote(board, &share, &terms, seconds(now)).map_err(refused)?;
        Ok(signature.to_bytes().to_vec())
    }

    /// Does what comes next, if it is what the trustee was shown: the step's name, and the transcript or the sums that
    /// were on the screen. Store `kept` in the place of what `kept()` gave before and of nothing else, then post
    /// `bytes`: in this order, so that no other version is ever signed.
    ///
    /// # Errors
    /// `other-step` when the board has gone on since, otherwise the code of a refusal.
    #[wasm_bindgen(unchecked_return_type = "TrusteeMessage")]
    pub fn act(
        &mut self,
        board: &TrusteeBoard,
        what: &str,
        shown: Option<String>,
        now: f64,
    ) -> Result<JsValue, JsValue> {
        Ok(self.acted(&board.shown()?, what, shown.as_deref(), seconds(now))?)
    }
}

impl Trustee {
    fn made(shown: &Shown<'_>, number: u8) -> Result<Self, VecheError> {
        let secret = Secret::new(&random::randomness()?);
        let kept = Kept::new(shown.board(), &secret, number).map_err(refused)?;
        Ok(Trustee { secret, kept, unshown: true })
    }

    fn recovered(shown: &Shown<'_>, number: u8, words: &str, kept: Option<&str>) -> Result<Self, VecheError> {
        let secret = Secret::from_words(words).map_err(misspelled)?;
        let kept = match kept {
            Some(kept) => Kept::from_json(kept.as_bytes())
                .map_err(|error| VecheError::new("storage", Fault::Device, error))?,
            None => Kept::recover(shown.board(), &secret, number).map_err(refused)?,
        };
        Ok(Trustee { secret, kept, unshown: false })
    }

    fn acted(
        &mut self,
        board: &Shown<'_>,
        what: &str,
        shown: Option<&str>,
        now: u64,
    ) -> Result<JsValue, VecheError> {
        let other = || {
            VecheError::new("other-step", Fault::Server, "the board has gone on since this step was shown")
        };
        let Step::Act(action) = next_step(board, &self.secret, &self.kept, now).map_err(refused)? else {
            return Err(other());
        };
        let Action { kind, message, keep } = *action;
        let signed = match &kind {
            ActionKind::Confirm { transcript, .. } => Some(*transcript),
            ActionKind::Consent { tally, .. } => Some(*tally),
            _ => None,
        };
        if kind.name() != what || signed.map(|hash| hash.to_string()).as_deref() != shown {
            return Err(other());
        }
        self.kept = keep;
        let kept = self.kept.to_json().map_err(VecheError::argument)?;
        convert::to_js(&Message { bytes: &message, kept })
    }
}

/// A device's time. One from before 1970 is too early for everything.
fn seconds(now: f64) -> u64 {
    now as u64
}

fn misspelled(error: WordsError) -> VecheError {
    let (code, number) = match error {
        WordsError::Count(words) => ("words-count", words),
        WordsError::Unknown(place) => ("words-unknown", place),
        _ => ("words-checksum", 0),
    };
    VecheError::new(code, Fault::Caller, error).about(number)
}

fn refused(refusal: Refusal) -> VecheError {
    let fault = match refusal {
        Refusal::NoSuchTrustee(_) | Refusal::NotYourWords(_) | Refusal::NothingToRecover(_) => Fault::Caller,
        _ => Fault::Server,
    };
    VecheError::new(code(&refusal), fault, refusal)
}

#[derive(Serialize)]
struct Message<'a> {
    #[serde(serialize_with = "convert::as_bytes")]
    bytes: &'a [u8],
    kept: String,
}
