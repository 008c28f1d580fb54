//! From rows of VOTES to ballots on the board.

use rayon::prelude::*;
use veche_crypto::hash::Digest;
use veche_crypto::signature::{PublicKey, SecretKey};
use veche_record::entry::{CredentialEntry, CredentialTerms, Issued as _};
use veche_record::rules::CompiledContest;
use veche_record::{Election, Pseudonym};
use veche_verify::VerifiedBallot;
use veche_voter::{Credential, PreparedBallot, Revision};

use super::SimulateError;
use super::board::{Board, Verified};
use crate::error::Error;
use crate::folder::RecordStore;
use crate::import::{RefusedRow, Source};
use crate::pabulib::Vote;
use crate::progress::Progress;
use crate::random;

/// Rows that are sealed and verified as one piece of work: enough for a batch that is worth it.
const BATCH: usize = 64;

/// Pieces of work between two visits to the board: enough to keep every core busy, few enough to be held in
/// memory.
const BATCHES: usize = 8;

/// What became of a piece of work, row by row.
type Batch = Vec<Result<Verified, RefusedRow>>;

/// Who is needed to seal a row of one file.
#[derive(Clone, Copy)]
struct Booth<'a> {
    election: &'a Election,
    contest: &'a CompiledContest,
    source: &'a Source,
    registrar: &'a SecretKey,
    registrar_key: &'a PublicKey,
    style: u16,
}

/// Seals and casts rows in their order; those that were refused. While the board takes one lot of ballots,
/// the next one is sealed.
///
/// # Errors
/// When a legal row cannot be cast.
pub fn cast<S: RecordStore + Send + 'static>(
    board: &mut Board<S>,
    style: u16,
    source: &Source,
    votes: &[Vote],
    progress: &Progress,
) -> Result<Vec<RefusedRow>, Error> {
    let election = board.election()?;
    let registrar = board.registrar()?.clone();
    let registrar_key = registrar.public();
    let contests = election.manifest().style_contests(style);
    let contest = contests.first().and_then(|contest| election.contest(*contest));
    let contest = contest.ok_or(SimulateError::NoElection)?;
    let booth = Booth {
        election: &election,
        contest,
        source,
        registrar: &registrar,
        registrar_key: &registrar_key,
        style,
    };
    let seal = |lot: Option<&[Vote]>| -> Result<Vec<Batch>, Error> {
        let batch = |votes| booth.seal(votes, progress);
        lot.unwrap_or(&[]).par_chunks(BATCH).map(batch).collect()
    };
    let mut refused = Vec::new();
    let mut lots = votes.chunks(BATCH * BATCHES);
    let mut sealed = seal(lots.next())?;
    while !sealed.is_empty() {
        let next = lots.next();
        let (next, appended) = rayon::join(|| seal(next), || append(board, sealed, &mut refused));
        appended?;
        sealed = next?;
    }
    Ok(refused)
}

fn append<S: RecordStore + Send + 'static>(
    board: &mut Board<S>,
    lot: Vec<Batch>,
    refused: &mut Vec<RefusedRow>,
) -> Result<(), Error> {
    for batch in lot {
        let mut ballots = Vec::with_capacity(batch.len());
        for row in batch {
            match row {
                Ok(ballot) => ballots.push(ballot),
                Err(row) => refused.push(row),
            }
        }
        board.cast(ballots)?;
    }
    Ok(())
}

impl Booth<'_> {
    /// Some rows, each the whole way a voter's device goes: a new key, a prepared ballot, the choices sealed.
    /// The box's check of them all is one batch; it takes the place of the same check on each device. The
    /// error stops the simulation.
    fn seal(&self, votes: &[Vote], progress: &Progress) -> Result<Batch, Error> {
        let mut rows = Vec::with_capacity(votes.len());
        let mut ballots = Vec::with_capacity(votes.len());
        for vote in votes {
            rows.push(match self.seal_one(vote)? {
                Ok((credential, ballot)) => {
                    ballots.push(ballot);
                    Ok(credential)
                }
                Err(refused) => Err(refused),
            });
            progress.one();
        }
        let mut verified =
            VerifiedBallot::verify_all(self.election, &ballots, &random::randomness()?).into_iter();
        let with_ballot = |row: Result<CredentialEntry, RefusedRow>| match row {
            Err(refused) => Ok(Err(refused)),
            Ok(credential) => {
                let ballot = verified.next().ok_or(SimulateError::NoElection)??;
                Ok(Ok(Verified { credential, ballot }))
            }
        };
        rows.into_iter().map(with_ballot).collect::<Result<_, SimulateError>>().map_err(Error::from)
    }

    fn seal_one(&self, vote: &Vote) -> Result<Result<(CredentialEntry, Vec<u8>), RefusedRow>, Error> {
        let (election, style) = (self.election, self.style);
        let selection = match self.source.selection(self.contest, vote) {
            Ok(selection) => selection,
            Err(refused) => return Ok(Err(refused)),
        };
        let credential = Credential::generate(&random::randomness()?).map_err(SimulateError::from)?;
        let revision = Revision { sequence: 0, previous: Digest::ZERO, attempt: 0 };
        let failed = |source| SimulateError::Seal { line: vote.line, source };
        let prepared = PreparedBallot::new(election, style, &credential, &revision, &random::randomness()?)
            .map_err(failed)?;
        let ballot = prepared.seal_unchecked(election, &[selection]).map_err(failed)?;
        let pseudonym = Pseudonym::new(&random::randomness()?);
        let route = election.manifest().online_route().ok_or(SimulateError::NoRoute)?;
        let terms = CredentialTerms { pseudonym, style, route, number: 0, key: credential.key() };
        let possession = credential.prove_possession(election, &terms).map_err(SimulateError::from)?;
        let hash = election.fingerprint();
        let entry = CredentialEntry::sign(self.registrar, &hash, terms, None, possession)
            .map_err(SimulateError::from)?;
        // What the board asks of a credential, here where every core works on it.
        entry
            .verify_signature(self.registrar_key, &hash)
            .and_then(|()| entry.verify_possession(&hash, &entry.possession))
            .map_err(|_| SimulateError::Credential)?;
        Ok(Ok((entry, ballot)))
    }
}
