//! The end of a vote whose organiser is gone: a quorum of trustees signs it.

use veche_crypto::signature::Signature;
use veche_record::entry::{ClosingForm, ClosingTerms};
use veche_verify::BoardState;

use crate::refusal::Refusal;
use crate::share::KeyShare;

/// A trustee's signature under the end of a vote, three days after every hour that the manifest names, by the trustee's
/// own clock (`now`, in seconds since 1970). All trustees of a quorum sign the same terms, over the board that each has
/// verified entirely.
///
/// # Errors
/// [`Refusal`].
pub fn end_vote(
    board: &BoardState,
    share: &KeyShare,
    terms: &ClosingTerms,
    now: u64,
) -> Result<Signature, Refusal> {
    if !board.is_verified() {
        return Err(Refusal::Unverified);
    }
    if board.next_closing() != Some(terms.kind) {
        return Err(Refusal::NotToBeEnded);
    }
    let until = board.abandoned_hour();
    if now < until || terms.time < until {
        return Err(Refusal::NotAbandoned { until });
    }
    let genesis = board.genesis().ok_or(Refusal::NoBoard)?;
    let checkpoint = board.manifest().open_checkpoint(&terms.note, genesis).ok();
    if terms.form != ClosingForm::Trustees || checkpoint.is_none() || checkpoint != board.checkpoint() {
        return Err(Refusal::OtherEnd);
    }
    Ok(share.close(terms)?)
}
