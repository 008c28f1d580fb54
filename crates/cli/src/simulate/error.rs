//! Why a simulation stopped.

use thiserror::Error;
use veche_board::OriginError;
use veche_crypto::group::GroupError;
use veche_keeper::{BallotError, EntryError, KeyElsewhere, LedgerError, OpenError, StepError};
use veche_trustee::{ShareError, TogetherError};
use veche_verify::Refusal;
use veche_voter::SealError;

/// Why a simulation stopped. What was written by then is no record: it has no checkpoint.
#[derive(Debug, Error)]
pub enum SimulateError {
    /// The board was not founded: the fault of this program.
    #[error("the simulated board is not founded: {0}")]
    Open(#[from] OpenError),
    /// An entry that was just made is refused: the fault of this program.
    #[error("the simulated board refuses an entry: {0}")]
    Entry(#[from] EntryError),
    /// A ballot that was just sealed is refused: the fault of this program.
    #[error("the simulated board refuses a ballot: {0}")]
    Ballot(#[from] BallotError),
    /// A ballot that was just sealed does not verify: the fault of this program.
    #[error("a ballot that was just sealed does not verify: {0}")]
    Unverified(#[from] Refusal),
    /// A step of the vote is refused: the fault of this program.
    #[error("the simulated board refuses a step of the vote: {0}")]
    Step(#[from] StepError),
    /// The record cannot be written.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// A legal choice could not be sealed.
    #[error("line {line}: {source}")]
    Seal {
        /// The row's line.
        line: u64,
        /// Why.
        source: SealError,
    },
    /// A credential that was just signed does not verify: the fault of this program.
    #[error("a credential that was just signed does not verify")]
    Credential,
    /// A key that the board was founded without: the fault of this program.
    #[error(transparent)]
    Elsewhere(#[from] KeyElsewhere),
    /// No key, with negligible probability.
    #[error(transparent)]
    Group(#[from] GroupError),
    /// No ceremony: the fault of this program.
    #[error(transparent)]
    Ceremony(#[from] TogetherError),
    /// A trustee refuses: the fault of this program.
    #[error(transparent)]
    Decrypt(#[from] ShareError),
    /// A name for the log: the fault of this program.
    #[error(transparent)]
    Origin(#[from] OriginError),
    /// The board has no election where it must have one: the fault of this program.
    #[error("the simulated board has no election")]
    NoElection,
    /// A manifest that only lets people vote on paper.
    #[error("the manifest has no route by which people vote online")]
    NoRoute,
    /// More rows than ballots can be counted.
    #[error("too many rows")]
    TooManyRows,
}
