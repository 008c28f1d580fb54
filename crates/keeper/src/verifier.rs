//! Ballots' proofs are verified in batches, which costs much less than one ballot after the other.
//!
//! A false ballot is found by halving its batch, and refused alone: its neighbours are recorded. Each halving costs the
//! batch's sums at most once more, and no point is decoded twice. Who can cause it holds an active key and has signed
//! the ballot, so whoever runs the box can count it, as the server does before it calls
//! [`Keeper::cast`](crate::Keeper::cast).

use std::sync::Arc;

use veche_crypto::randomness::Randomness;
use veche_verify::VerifiedBallot;

use crate::error::CastError;
use crate::together::{NotDone, Together};
use crate::view::SignedBallot;

/// Ballots that wait to be verified at most. Beyond that the box says that it is busy.
pub(crate) const WAITING: usize = 4_096;

/// Ballots of one batch at most: about 5,000 points of thirty options.
pub(crate) const TOGETHER: usize = 256;

/// Verifies ballots that wait together.
pub(crate) type Verifier = Together<SignedBallot, Result<VerifiedBallot, CastError>>;

/// One result a ballot, in their order.
pub(crate) fn verify(ballots: Vec<SignedBallot>) -> Vec<Result<VerifiedBallot, CastError>> {
    let Some(election) = ballots.first().map(|ballot| Arc::clone(&ballot.election)) else {
        return Vec::new();
    };
    let ballots: Vec<_> = ballots.into_iter().map(|ballot| ballot.bytes).collect();
    match Randomness::draw(getrandom::fill) {
        Ok(fresh) => {
            let verified = VerifiedBallot::verify_all(&election, &ballots, &fresh);
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
