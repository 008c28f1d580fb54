//! From a row of VOTES to a ballot on the board.

use rayon::prelude::*;
use serde::Serialize;
use veche_crypto::hash::Digest;
use veche_crypto::signature::SecretKey;
use veche_record::entry::CredentialEntry;
use veche_record::{Election, Pseudonym, Selection};
use veche_verify::VerifiedBallot;
use veche_voter::{Credential, PreparedBallot, Revision, SealError};

use super::SimulateError;
use super::board::Board;
use crate::error::Error;
use crate::folder::RecordStore;
use crate::pabulib::Vote;
use crate::progress::Progress;
use crate::random;

/// Rows that are sealed before they are cast: enough to keep every core busy, few enough to be held in
/// memory.
const CHUNK: usize = 512;

/// A row that is no legal ballot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RefusedRow {
    /// Its line in the file.
    pub line: u64,
    /// The voter's id, as given.
    pub voter: String,
    /// Why.
    pub reason: String,
}

/// A ballot with the credential that signed it, ready for the board.
struct Sealed {
    credential: CredentialEntry,
    ballot: VerifiedBallot,
}

/// Seals and casts rows in their order; those that were refused.
///
/// # Errors
/// When a legal row cannot be cast.
pub fn cast<S: RecordStore>(
    board: &mut Board<S>,
    style: u16,
    options: usize,
    votes: &[Vote],
    progress: &Progress,
) -> Result<Vec<RefusedRow>, Error> {
    let election = board.election()?;
    let mut refused = Vec::new();
    for chunk in votes.chunks(CHUNK) {
        let issuer = board.issuer();
        let seal_one = |vote: &Vote| {
            let sealed = seal(&election, issuer, style, options, vote);
            progress.one();
            sealed
        };
        let sealed: Vec<_> = chunk.par_iter().map(seal_one).collect::<Result<_, Error>>()?;
        for row in sealed {
            match row {
                Ok(Sealed { credential, ballot }) => {
                    board.append(&credential.into())?;
                    board.cast(ballot)?;
                }
                Err(row) => refused.push(row),
            }
        }
    }
    Ok(refused)
}

/// One row, the whole way a voter's device goes: a new key, a prepared ballot, the choices sealed. The outer
/// error stops the simulation.
fn seal(
    election: &Election,
    issuer: &SecretKey,
    style: u16,
    options: usize,
    vote: &Vote,
) -> Result<Result<Sealed, RefusedRow>, Error> {
    let refused = |reason: String| Ok(Err(RefusedRow { line: vote.line, voter: vote.voter.clone(), reason }));
    let picks = match &vote.picks {
        Ok(picks) => picks,
        Err(problem) => return refused(problem.to_string()),
    };
    let values = (0..options).map(|option| u32::from(picks.contains(&option))).collect();
    let selection = Selection::new(values, false);
    let credential = Credential::generate(&random::randomness()?).map_err(SimulateError::from)?;
    let revision = Revision { sequence: 0, previous: Digest::ZERO, attempt: 0 };
    let failed = |source| SimulateError::Seal { line: vote.line, source };
    let prepared = PreparedBallot::new(election, style, &credential, &revision, &random::randomness()?)
        .map_err(failed)?;
    let sealed = match prepared.seal(election, &[selection], &random::fresh()?) {
        Ok(sealed) => sealed,
        Err(SealError::Selection { error, .. }) => return refused(error.to_string()),
        Err(error) => return Err(failed(error).into()),
    };
    let pseudonym = Pseudonym(random::fresh()?);
    let possession = credential.prove_possession(election, &pseudonym, style).map_err(SimulateError::from)?;
    let fingerprint = election.fingerprint();
    let credential =
        CredentialEntry::sign(issuer, &fingerprint, pseudonym, style, *credential.key(), possession)
            .map_err(SimulateError::from)?;
    let ballot =
        VerifiedBallot::verify(election, &sealed.bytes, &random::fresh()?).map_err(SimulateError::from)?;
    Ok(Ok(Sealed { credential, ballot }))
}
