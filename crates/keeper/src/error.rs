//! What goes wrong in a keeper, by whose fault it is.
//!
//! | type | who can do something about it |
//! |---|---|
//! | [`EntryError`], [`StepError`], [`BallotError`] | whoever wanted the entry: it was refused, nothing was recorded |
//! | [`AppendError::Busy`], [`AppendError::Overtaken`], [`AppendError::NotRecorded`], [`CastError::Busy`], [`CastError::TooMany`] | whoever wanted it, by trying again |
//! | [`ReceiptError::NotWitnessed`], [`ReceiptError::Behind`] | nobody: the entry is recorded, its receipt comes later |
//! | [`OpenError`], [`LedgerError`], [`StoreError`], [`AppendError::Interrupted`] | whoever runs the box |

use std::sync::Arc;
use std::time::Duration;

use veche_board::TreeError;
use veche_crypto::group::GroupError;
use veche_crypto::randomness::DeadRandomSource;
use veche_record::ManifestError;
use veche_verify::state::Stale;
use veche_verify::{Failure, Refusal};

use crate::keys::KeyElsewhere;
use crate::store::{StoreError, SwapError};

/// Why an entry is not appended.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EntryError {
    /// The entry is wrong, or its time has not come. The author's fault.
    #[error(transparent)]
    Refused(#[from] Failure),
    /// The operating system gave no randomness to verify with. The operator's fault.
    #[error(transparent)]
    Random(#[from] DeadRandomSource),
    /// The board grew between admitting and recording. This program's fault.
    #[error(transparent)]
    Stale(#[from] Stale),
}

/// Why a verified ballot is not appended.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BallotError {
    /// Its place on the board is wrong, or voting is not open.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The board grew between admitting and recording. This program's fault.
    #[error(transparent)]
    Stale(#[from] Stale),
}

/// Why a step of the vote is not taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StepError {
    /// The board has no first entry.
    #[error("a board without genesis")]
    NoBoard,
    /// The trustees have not made the keys yet.
    #[error("the trustees have not made the keys of this election yet")]
    NoElection,
    /// Before the manifest's opening time.
    #[error("the manifest's opening time is not reached yet")]
    TooEarly,
    /// Before the closing hour, and the manifest lets nobody close early.
    #[error("the closing hour is not reached yet, and the manifest lets nobody close early")]
    NotClosingYet,
    /// No checkpoint of all entries that enough witnesses have cosigned.
    #[error("there is no checkpoint to close over: too few witnesses have cosigned the newest one")]
    NoNote,
    /// The end of the vote cannot be signed.
    #[error("the end of the vote cannot be signed: {0}")]
    Closing(String),
    /// After the manifest's closing time.
    #[error("the manifest's closing time has passed")]
    TooLate,
    /// The ceremony was begun anew as often as a number can say.
    #[error("no more attempts")]
    NoMoreAttempts,
    /// The key that signs the step is not the box's to use. Whoever holds it can take the step.
    #[error(transparent)]
    Elsewhere(#[from] KeyElsewhere),
    /// The step is taken already, or its time has not come.
    #[error("this step is taken already")]
    Taken,
    /// A number that no signature can be made with. Of negligible probability.
    #[error(transparent)]
    Signing(#[from] GroupError),
    /// The totals cannot be written as a file. This program's fault.
    #[error("the totals cannot be written: {0}")]
    Totals(String),
    /// The entry itself.
    #[error(transparent)]
    Entry(#[from] EntryError),
}

impl From<Failure> for StepError {
    fn from(failure: Failure) -> Self {
        StepError::Entry(failure.into())
    }
}

/// Why a keeper cannot begin.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The store has no entry, or the first is no genesis entry.
    #[error("the stored board does not begin with a genesis entry: restore the database from a backup")]
    NoGenesis,
    /// The store has a board already, where one was to be founded.
    #[error("the store holds a board already: a board is never begun anew")]
    NotEmpty,
    /// The board was begun with another manifest.
    #[error("manifest.json is not the one that this board was begun with: put the original back")]
    OtherManifest,
    /// The board was begun under other keys.
    #[error("the board was begun under other keys than those that are given: restore both from one backup")]
    OtherKeys,
    /// The manifest was changed, or never legal.
    #[error("the manifest is not legal: {0}")]
    Manifest(#[from] ManifestError),
    /// The first entry is refused.
    #[error("the first entry is refused: {0}")]
    Genesis(#[from] EntryError),
    /// The stored board.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl From<StoreError> for OpenError {
    fn from(error: StoreError) -> Self {
        OpenError::Ledger(error.into())
    }
}

/// Why the board cannot be read or written. The fault of whoever runs the box.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LedgerError {
    /// Another keeper on this store has appended: what was planned is to be planned again.
    #[error("another keeper on this store has appended; this one is behind")]
    Behind,
    /// The store itself.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The stored entries are not a board.
    #[error(
        "the stored board is not one ({0}): if manifest.json was changed, put the original back; else restore the database from a backup"
    )]
    Entry(Box<Failure>),
}

impl From<Failure> for LedgerError {
    fn from(failure: Failure) -> Self {
        LedgerError::Entry(Box::new(failure))
    }
}

impl From<SwapError> for LedgerError {
    fn from(error: SwapError) -> Self {
        match error {
            SwapError::Behind => LedgerError::Behind,
            SwapError::Store(error) => LedgerError::Store(error),
        }
    }
}

/// Why an append gave no entry. `E` is what the transaction itself refuses with.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AppendError<E> {
    /// Too many wait, or the keeper is stopping. Nothing was recorded; try again.
    #[error("the ballot box is busy")]
    Busy,
    /// Another keeper on the same store was faster each time. Nothing was recorded; try again.
    #[error("another server was faster each time")]
    Overtaken,
    /// Refused. Nothing was recorded.
    #[error("{0}")]
    Refused(E),
    /// The store did not take it, as a look into it showed. Nothing was recorded; try again.
    #[error("nothing was recorded: {0}")]
    NotRecorded(Arc<LedgerError>),
    /// The board. Whether something was recorded is known only by asking again.
    #[error(transparent)]
    Ledger(Arc<LedgerError>),
    /// The writer ended in the middle. This program's fault. Whether something was recorded is known only by asking
    /// again.
    #[error("the writer of the board ended in the middle")]
    Interrupted,
}

/// Why a ballot is not recorded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CastError {
    /// Many ballots are being verified. Nothing was recorded; send it again.
    #[error("many ballots are being verified")]
    Busy,
    /// Refused, with a reason the voter can use. Nothing was recorded.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// This key is not allowed one more ballot yet. Nothing was recorded.
    #[error("too many ballots of this key; wait {} seconds", wait.as_secs())]
    TooMany {
        /// The time to wait.
        wait: Duration,
    },
    /// The operating system gave no randomness to verify with.
    #[error(transparent)]
    Random(#[from] DeadRandomSource),
    /// Verifying ended early. This program's fault.
    #[error("verifying a ballot ended early")]
    Verifying,
    /// It is recorded, and its receipt cannot be given now.
    #[error(transparent)]
    Receipt(#[from] ReceiptError),
    /// It was verified and not appended.
    #[error(transparent)]
    Append(AppendError<Stale>),
}

impl From<AppendError<BallotError>> for CastError {
    fn from(error: AppendError<BallotError>) -> Self {
        match error {
            AppendError::Refused(BallotError::Refused(refusal)) => CastError::Refused(refusal),
            AppendError::Refused(BallotError::Stale(stale)) => CastError::Append(AppendError::Refused(stale)),
            AppendError::Busy => CastError::Append(AppendError::Busy),
            AppendError::Overtaken => CastError::Append(AppendError::Overtaken),
            AppendError::NotRecorded(error) => CastError::Append(AppendError::NotRecorded(error)),
            AppendError::Ledger(error) => CastError::Append(AppendError::Ledger(error)),
            AppendError::Interrupted => CastError::Append(AppendError::Interrupted),
        }
    }
}

/// Why there is no receipt of an entry that is recorded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReceiptError {
    /// The entry is durable, and too few witnesses have seen a checkpoint that covers it.
    #[error("too few witnesses have seen this entry yet")]
    NotWitnessed,
    /// Another keeper on the same store recorded it, and this one has not read so far yet. Ask again.
    #[error("this entry was recorded by another server a moment ago")]
    Behind,
    /// The store itself.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<TreeError> for ReceiptError {
    fn from(error: TreeError) -> Self {
        StoreError::Damaged(error.to_string()).into()
    }
}
