use veche_board::{Checkpoint, CheckpointError, Hash, Receipt, ReceiptError};
use veche_record::Election;
use veche_record::entry::EntryKind;

/// Why a ballot cannot be called cast. The fault is the ballot box's.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CastError {
    /// The receipt does not hold.
    #[error("the receipt does not prove that this ballot is in the box: {0}")]
    Receipt(#[from] ReceiptError),
    /// A checkpoint is not the log's, or is not an extension of one seen before.
    #[error("the board does not continue the one seen before: {0}")]
    Checkpoint(#[from] CheckpointError),
}

/// Checks that a receipt is for this ballot, in this election's log, under a signed checkpoint that as many witnesses
/// have seen as the manifest demands.
///
/// # Errors
/// [`CastError::Receipt`].
pub fn check_receipt(election: &Election, ballot: &[u8], receipt: &Receipt) -> Result<Checkpoint, CastError> {
    let mut leaf = Vec::with_capacity(ballot.len() + 1);
    leaf.push(EntryKind::Ballot as u8);
    leaf.extend_from_slice(ballot);
    let witnesses = election.manifest().witnesses();
    Ok(receipt.check_witnessed(election.origin(), election.log_key(), witnesses, &leaf)?)
}

/// Checks that the board of one signed checkpoint is the beginning of the board of another.
///
/// # Errors
/// [`CastError::Checkpoint`].
pub fn check_consistency(
    election: &Election,
    older: &str,
    newer: &str,
    proof: &[Hash],
) -> Result<Checkpoint, CastError> {
    let older = election.open_checkpoint(older)?;
    let newer = election.open_checkpoint(newer)?;
    newer.verify_extends(&older, proof)?;
    Ok(newer)
}
