//! Errors of the voter's crate as JavaScript sees them.

use veche_crypto::group::GroupError;
use veche_voter::{CastError, SealError};
use veche_wasm_common::{Fault, VecheError};

pub(crate) fn seal(error: SealError) -> VecheError {
    let (code, fault) = match error {
        SealError::Style(_) => ("unknown-style", Fault::Caller),
        SealError::Contests { .. } => ("bad-argument", Fault::Caller),
        SealError::Selection { .. } => ("illegal-selection", Fault::Ballot),
        // A proof, a signature or the check of the result failed.
        _ => ("not-sealed", Fault::Device),
    };
    VecheError::new(code, fault, error)
}

pub(crate) fn cast(error: CastError) -> VecheError {
    let code = match error {
        CastError::Checkpoint(_) => "checkpoint-wrong",
        _ => "receipt-wrong",
    };
    VecheError::new(code, Fault::Server, error)
}

pub(crate) fn key(error: GroupError) -> VecheError {
    VecheError::new("no-key", Fault::Device, error)
}
