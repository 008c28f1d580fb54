//! Why a simulation stopped.

use thiserror::Error;
use veche_board::OriginError;
use veche_crypto::group::GroupError;
use veche_record::ManifestError;
use veche_trustee::{ShareError, TogetherError};
use veche_verify::state::Stale;
use veche_verify::{Failure, Refusal};
use veche_voter::SealError;

/// Why a simulation stopped. What was written by then is no record: it has no checkpoint.
#[derive(Debug, Error)]
pub enum SimulateError {
    /// The manifest that was just made is refused: the fault of this program.
    #[error("the simulated manifest is refused: {0}")]
    Manifest(#[from] ManifestError),
    /// An entry that was just made is refused: the fault of this program.
    #[error("the simulated board refuses an entry: {0}")]
    Entry(#[from] Failure),
    /// A ballot that was just sealed is refused: the fault of this program.
    #[error("the simulated board refuses a ballot: {0}")]
    Ballot(#[from] Refusal),
    /// The board was written by two at once: the fault of this program.
    #[error(transparent)]
    Stale(#[from] Stale),
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
    /// More rows than ballots can be counted.
    #[error("too many rows")]
    TooManyRows,
}
