//! Errors of the voter's crate as JavaScript sees them.

use veche_board::ReceiptError;
use veche_crypto::group::GroupError;
use veche_voter::{CastError, SealError};
use veche_wasm_common::{Fault, VecheError};

pub(crate) fn seal(error: SealError) -> VecheError {
    let (code, fault) = match error {
        SealError::Style(_) => ("unknown-style", Fault::Caller),
        SealError::Revision => ("chain-wrong", Fault::Server),
        SealError::Contests { .. } => ("bad-argument", Fault::Caller),
        SealError::Selection { .. } => ("illegal-selection", Fault::Ballot),
        // A proof, a signature or the check of the result failed.
        _ => ("not-sealed", Fault::Device),
    };
    VecheError::new(code, fault, error)
}

pub(crate) fn cast(error: CastError) -> VecheError {
    match error {
        CastError::Checkpoint(error) => VecheError::new("checkpoint-wrong", Fault::Server, error),
        CastError::Receipt(ReceiptError::Checkpoint(error)) => {
            VecheError::new("receipt-wrong", Fault::Server, error)
        }
        // Without the words of every other fault of a receipt, a page is smaller: what it does is the same.
        _ => {
            let message = "the receipt does not prove that this ballot is in the box";
            VecheError::new("receipt-wrong", Fault::Server, message)
        }
    }
}

pub(crate) fn key(error: GroupError) -> VecheError {
    VecheError::new("no-key", Fault::Device, error)
}
