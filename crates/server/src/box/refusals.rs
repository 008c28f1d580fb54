//! What a keeper refuses, as problems.

use std::time::Duration;

use veche_keeper::{AppendError, EntryError, KeyElsewhere, ReceiptError, StepError, StoreError};
use veche_verify::state::Stale;
use veche_verify::{Cause, Check, Failure};

use crate::http::problem::{Kind, Problem};

/// An entry that was refused, as a problem.
pub(crate) fn refused(failure: &Failure) -> Problem {
    let kind = match failure.check {
        Check::Course | Check::Rehearsal | Check::Quorum | Check::RehearsalInput => Kind::OutOfOrder,
        Check::Electorate => Kind::StyleFull,
        Check::CredentialKey => Kind::KeyTaken,
        Check::Possession => Kind::KeyRefused,
        Check::Challenged if matches!(*failure.cause, Cause::ChallengedBefore) => Kind::ChallengedBefore,
        _ => Kind::EntryRefused,
    };
    Problem::new(kind, failure.cause.to_string())
        .with("check", failure.check.number())
        .with("culprit", failure.culprit.to_string())
}

impl From<EntryError> for Problem {
    fn from(error: EntryError) -> Self {
        match error {
            EntryError::Refused(failure) => refused(&failure),
            other => Problem::fault(&other),
        }
    }
}

impl From<StepError> for Problem {
    fn from(error: StepError) -> Self {
        let out_of_order = |sentence| Problem::new(Kind::OutOfOrder, sentence);
        match error {
            StepError::Entry(error) => error.into(),
            StepError::NoElection => {
                out_of_order("The trustees have not made the keys of this election yet.")
            }
            StepError::TooEarly => {
                Problem::new(Kind::TooEarly, "The manifest's opening time is not reached yet.")
            }
            StepError::TooLate => out_of_order("The manifest's closing time has passed."),
            StepError::NotClosingYet => Problem::new(
                Kind::TooEarly,
                "The closing hour is not reached yet, and the manifest lets nobody close early.",
            ),
            StepError::NoNote => Problem::new(
                Kind::Busy,
                "Too few witnesses have cosigned the newest checkpoint. Nothing was recorded; try again.",
            )
            .retry_after(Duration::from_secs(2)),
            StepError::NoMoreAttempts => out_of_order("No more attempts: found another board."),
            StepError::Elsewhere(key) => key.into(),
            StepError::Taken => out_of_order("This step is taken already."),
            other => Problem::fault(&other),
        }
    }
}

impl From<KeyElsewhere> for Problem {
    fn from(key: KeyElsewhere) -> Self {
        Problem::new(
            Kind::KeyElsewhere,
            match key {
                KeyElsewhere::Organiser => {
                    "The organiser's key is held elsewhere. Sign where its words are, with `veche election … --words`: \
                     the signed entry is taken at /v1/entries."
                }
                KeyElsewhere::Registrar => {
                    "The registrar's key is held elsewhere. Voters sign in with whoever holds it: what is signed there \
                     is taken at /v1/credentials."
                }
            },
        )
    }
}

impl<E: Into<Problem>> From<AppendError<E>> for Problem {
    fn from(error: AppendError<E>) -> Self {
        match error {
            AppendError::Busy => {
                Problem::new(Kind::Busy, "The ballot box is busy. Nothing was recorded; try again.")
                    .retry_after(Duration::from_secs(2))
            }
            AppendError::Overtaken => {
                Problem::new(Kind::Busy, "Another server was faster each time. Try again.")
            }
            AppendError::Refused(reason) => reason.into(),
            // The keeper has logged why.
            AppendError::NotRecorded(_) => Problem::new(
                Kind::Busy,
                "The ballot box cannot write to its disk at the moment. Nothing was recorded; try again in a little \
                 while.",
            )
            .retry_after(Duration::from_secs(10)),
            AppendError::Ledger(error) => Problem::fault(&error),
            AppendError::Interrupted => Problem::fault(&"the board's writer ended before it answered"),
            // What a later keeper cannot do either.
            _ => Problem::fault(&"the keeper gave an unknown error"),
        }
    }
}

impl From<ReceiptError> for Problem {
    fn from(error: ReceiptError) -> Self {
        match error {
            ReceiptError::NotWitnessed => Problem::new(
                Kind::NotWitnessed,
                "This is recorded, and too few witnesses have seen it yet. Send the same again in a moment: it is not \
                 recorded twice, and you get the receipt as soon as they have.",
            )
            .retry_after(Duration::from_secs(2)),
            ReceiptError::Behind => Problem::new(
                Kind::Busy,
                "This is recorded, and this server has not read it yet. Send the same again in a moment.",
            )
            .retry_after(Duration::from_secs(2)),
            other => Problem::fault(&other),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Problem::fault(&error)
    }
}

impl From<Stale> for Problem {
    fn from(error: Stale) -> Self {
        Problem::fault(&error)
    }
}
