//! Ballots' signatures, and then their proofs, are verified in batches, which costs much less than one ballot after the
//! other.
//!
//! Anybody can send a ballot that its key has not signed. A batch of signatures with a false one is therefore verified
//! again one by one and not halved: in the worst case its ballots cost what they would have cost alone, and the batch.
//!
//! A ballot with a false proof is found by halving its batch, and refused alone: its neighbours are recorded. Each
//! halving costs the batch's sums at most once more, and no point is decoded twice. Who can cause it holds an active
//! key and has signed the ballot, so whoever runs the box can count it, as the server does before it calls
//! [`Keeper::cast`](crate::Keeper::cast).

use std::sync::Arc;

use veche_crypto::batch::Batch;
use veche_crypto::randomness::Randomness;
use veche_verify::VerifiedBallot;

use crate::error::CastError;
use crate::together::{NotDone, Together};
use crate::view::{ScreenedBallot, SignedBallot};

/// Ballots that wait to be verified at most. Beyond that the box says that it is busy.
pub(crate) const WAITING: usize = 4_096;

/// Ballots of one batch at most: about 5,000 points of thirty options.
pub(crate) const TOGETHER: usize = 256;

/// Verifies signatures of ballots that wait together.
pub(crate) type Signatures = Together<ScreenedBallot, Result<SignedBallot, CastError>>;

/// One result a ballot, in their order.
pub(crate) fn verify_signatures(ballots: Vec<ScreenedBallot>) -> Vec<Result<SignedBallot, CastError>> {
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

/// Verifies ballots that wait together.
pub(crate) type Verifier = Together<SignedBallot, Result<VerifiedBallot, CastError>>;

/// One result a ballot, in their order.
pub(crate) fn verify(ballots: Vec<SignedBallot>) -> Vec<Result<VerifiedBallot, CastError>> {
    let Some(election) = ballots.first().map(|ballot| Arc::clone(&ballot.election)) else {
        return Vec::new();
    };
    let ballots: Vec<_> = ballots.into_iter().map(|ballot| *ballot.ballot).collect();
    match Randomness::draw(getrandom::fill) {
        Ok(fresh) => {
            let verified = VerifiedBallot::prove_all(&election, &ballots, &fresh);
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
