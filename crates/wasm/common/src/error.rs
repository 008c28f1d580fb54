//! Errors as JavaScript sees them: an `Error` named `VecheError` with a code and a culprit.

use js_sys::Reflect;
use wasm_bindgen::JsValue;

/// Whose fault an error is.
#[derive(Debug, Clone, Copy)]
pub enum Fault {
    /// The script that called.
    Caller,
    /// The voter's choices.
    Ballot,
    /// The ballot box, or whoever answered in its place.
    Server,
    /// This device.
    Device,
}

/// What goes wrong on the way between JavaScript and the crates below: an `Error` with a `code`, a `fault` and
/// sometimes a `number`.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct VecheError {
    code: &'static str,
    fault: Fault,
    message: String,
    /// What the message counts: the place of a word, the number of a trustee.
    number: Option<u32>,
}

impl VecheError {
    /// An error of a code that `types.d.ts` names.
    pub fn new(code: &'static str, fault: Fault, message: impl ToString) -> Self {
        VecheError { code, fault, message: message.to_string(), number: None }
    }

    /// With the number that the message is about.
    pub fn about(mut self, number: usize) -> Self {
        self.number = u32::try_from(number).ok();
        self
    }

    /// A value of the wrong shape from the calling script.
    pub fn argument(message: impl ToString) -> Self {
        Self::new("bad-argument", Fault::Caller, message)
    }

    /// Bytes that are not what a record begins with: a broken transfer rather than another election.
    pub fn record(message: impl ToString) -> Self {
        Self::new("record-unreadable", Fault::Server, message)
    }

    /// An election that is not the announced one. No ballot is sealed for it.
    pub fn wrong_election(message: impl ToString) -> Self {
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
