//! Ballots are verified in batches, which costs much less than one ballot after the other: their signatures, and then
//! the proofs of those that their keys have signed.
//!
//! Anybody can send a ballot that its key has not signed. A batch of signatures with a false one is therefore verified
//! again one by one and not halved: in the worst case its ballots cost what they would have cost alone, and the batch.
//!
//! A ballot with a false proof is found by halving its batch, and refused alone: its neighbours are recorded. Each
//! halving costs the batch's sums at most once more, and no point is decoded twice. Who can cause it holds an active
//! key, has signed the ballot, and is [allowed](crate::Settings::allow) one more.

use std::sync::Arc;
use std::time::Duration;

use veche_crypto::batch::Batch;
use veche_crypto::randomness::Randomness;
use veche_crypto::signature::PublicKey;
use veche_record::Election;
use veche_verify::VerifiedBallot;
use veche_verify::state::SignedBytes;

use crate::error::CastError;
use crate::together::{NotDone, Together};
use crate::view::ScreenedBallot;

/// Ballots that wait to be verified at most. Beyond that the box says that it is busy.
pub(crate) const WAITING: usize = 4_096;

/// Ballots of one batch at most: about 5,000 points of thirty options.
pub(crate) const TOGETHER: usize = 256;

/// Whether the proofs of one more ballot of a key are verified; else how long to wait.
pub type Allow = Arc<dyn Fn(&PublicKey) -> Result<(), Duration> + Send + Sync>;

/// Verifies ballots that wait together.
pub(crate) type Verifier = Together<ScreenedBallot, Result<VerifiedBallot, CastError>>;

/// One result a ballot, in their order.
pub(crate) fn verify(ballots: Vec<ScreenedBallot>, allow: &Allow) -> Vec<Result<VerifiedBallot, CastError>> {
    let Some(election) = ballots.first().map(ScreenedBallot::election) else { return Vec::new() };
    let allowed = |ballot: SignedBytes| match allow(&ballot.outline.header().credential) {
        Ok(()) => Ok(ballot),
        Err(wait) => Err(CastError::TooMany { wait }),
    };
    let (mut signed, mut refused) = (Vec::with_capacity(ballots.len()), Vec::new());
    for (position, ballot) in signatures(ballots).into_iter().enumerate() {
        match ballot.and_then(allowed) {
            Ok(ballot) => signed.push(ballot),
            Err(error) => refused.push((position, error)),
        }
    }
    let mut verified = proofs(&election, &signed);
    // In their order, each comes to its position again.
    for (position, error) in refused {
        verified.insert(position, Err(error));
    }
    verified
}

/// Those that their key has signed.
fn signatures(ballots: Vec<ScreenedBallot>) -> Vec<Result<SignedBytes, CastError>> {
    let fresh = match Randomness::draw(getrandom::fill) {
        Ok(fresh) if ballots.len() > 1 => fresh,
        // One by one needs no randomness.
        _ => return ballots.into_iter().map(|ballot| Ok(ballot.verify()?)).collect(),
    };
    let mut batch = Batch::new(&[]);
    ballots.iter().for_each(|ballot| ballot.push(&mut batch));
    if batch.is_true(&fresh) {
        ballots.into_iter().map(|ballot| Ok(ballot.signed())).collect()
    } else {
        ballots.into_iter().map(|ballot| Ok(ballot.verify()?)).collect()
    }
}

/// Those whose proofs are true.
fn proofs(election: &Election, ballots: &[SignedBytes]) -> Vec<Result<VerifiedBallot, CastError>> {
    match Randomness::draw(getrandom::fill) {
        Ok(fresh) => {
            let verified = VerifiedBallot::prove_all(election, ballots, &fresh);
            verified.into_iter().map(|ballot| ballot.map_err(CastError::Refused)).collect()
        }
        Err(error) => ballots.iter().map(|_| Err(CastError::Random(error))).collect(),
    }
}

impl From<NotDone> for CastError {
    fn from(reason: NotDone) -> Self {
        match reason {
            NotDone::Busy => CastError::Busy,
            NotDone::Interrupted => CastError::Verifying,
        }
    }
}
