//! Errors as JavaScript sees them: an `Error` named `VecheError` with a code and a culprit.

use js_sys::Reflect;
use veche_crypto::group::GroupError;
use veche_crypto::randomness::DeadRandomSource;
use veche_trustee::{Refusal, WordsError};
use veche_voter::{CastError, SealError};
use wasm_bindgen::JsValue;

/// Whose fault an error is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fault {
    /// The script that called.
    Caller,
    /// The voter's choices.
    Ballot,
    /// The ballot box, or whoever answered in its place.
    Server,
    /// This device.
    Device,
}

/// What goes wrong on the way between JavaScript and the crates below.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct VecheError {
    code: &'static str,
    fault: Fault,
    message: String,
    /// What the message counts: the place of a word, the number of a trustee.
    number: Option<u32>,
}

impl VecheError {
    pub(crate) fn new(code: &'static str, fault: Fault, message: impl ToString) -> Self {
        VecheError { code, fault, message: message.to_string(), number: None }
    }

    /// With the number that the message is about.
    pub(crate) fn about(mut self, number: usize) -> Self {
        self.number = u32::try_from(number).ok();
        self
    }

    /// A value of the wrong shape from the calling script.
    pub(crate) fn argument(message: impl ToString) -> Self {
        Self::new("bad-argument", Fault::Caller, message)
    }

    /// Bytes that are not what a record begins with: a broken transfer rather than another election.
    pub(crate) fn record(message: impl ToString) -> Self {
        Self::new("record-unreadable", Fault::Server, message)
    }

    /// The ceremony goes on in the next bundle.
    pub(crate) fn more_bundles() -> Self {
        Self::new("more-bundles", Fault::Caller, "the key ceremony goes on in the next bundle of the record")
    }

    /// An election that is not the announced one. No ballot is sealed for it.
    pub(crate) fn wrong_election(message: impl ToString) -> Self {
        Self::new("wrong-election", Fault::Server, message)
    }
}

impl From<VecheError> for JsValue {
    fn from(error: VecheError) -> JsValue {
        let fault = match error.fault {
            Fault::Caller => "caller",
            Fault::Ballot => "ballot",
            Fault::Server => "server",
            Fault::Device => "device",
        };
        let object = js_sys::Error::new(&error.message);
        object.set_name("VecheError");
        let number = error.number.map_or(JsValue::UNDEFINED, JsValue::from);
        for (name, value) in [("code", error.code.into()), ("fault", fault.into()), ("number", number)] {
            // A fresh error object takes any property; should one refuse, the message still says what happened.
            let _ = Reflect::set(&object, &name.into(), &value);
        }
        object.into()
    }
}

impl From<DeadRandomSource> for VecheError {
    fn from(error: DeadRandomSource) -> Self {
        VecheError::new("no-randomness", Fault::Device, error)
    }
}

impl From<GroupError> for VecheError {
    fn from(error: GroupError) -> Self {
        VecheError::new("no-key", Fault::Device, error)
    }
}

impl From<SealError> for VecheError {
    fn from(error: SealError) -> Self {
        let (code, fault) = match error {
            SealError::Style(_) => ("unknown-style", Fault::Caller),
            SealError::Contests { .. } => ("bad-argument", Fault::Caller),
            SealError::Selection { .. } => ("illegal-selection", Fault::Ballot),
            // A proof, a signature or the check of the result failed.
            _ => ("not-sealed", Fault::Device),
        };
        VecheError::new(code, fault, error)
    }
}

impl From<WordsError> for VecheError {
    fn from(error: WordsError) -> Self {
        let (code, number) = match error {
            WordsError::Count(words) => ("words-count", words),
            WordsError::Unknown(place) => ("words-unknown", place),
            _ => ("words-checksum", 0),
        };
        VecheError::new(code, Fault::Caller, error).about(number)
    }
}

impl From<Refusal> for VecheError {
    fn from(refusal: Refusal) -> Self {
        let fault = match refusal {
            Refusal::NoSuchTrustee(_) | Refusal::NotYourWords(_) | Refusal::NothingToRecover(_) => {
                Fault::Caller
            }
            _ => Fault::Server,
        };
        VecheError::new(crate::trustee::code(&refusal), fault, refusal)
    }
}

impl From<CastError> for VecheError {
    fn from(error: CastError) -> Self {
        let code = match error {
            CastError::Checkpoint(_) => "checkpoint-wrong",
            _ => "receipt-wrong",
        };
        VecheError::new(code, Fault::Server, error)
    }
}
