//! What a keeper refuses, as answers. The codes are those of the ballot box's problem documents.

use std::error::Error as StdError;
use std::io::ErrorKind;

use veche_keeper::{
    AppendError, CastError, EntryError, KeyElsewhere, LedgerError, ReceiptError, StepError, StoreError,
};
use veche_verify::state::Stale;
use veche_verify::{Cause, Check, Failure, Refusal as Refused};

use super::line::{Fault, Refusal};

/// Something that the caller cannot do now.
pub(super) fn out_of_order(message: impl Into<String>) -> Refusal {
    Refusal::new("out-of-order", Fault::Caller, message)
}

/// Before the trustees have made the keys.
pub(super) fn no_election() -> Refusal {
    out_of_order("The trustees have not made the keys of this election yet.")
}

/// After the hour.
pub(super) fn over() -> Refusal {
    Refusal::new("not-open", Fault::Caller, "Voting is over.")
}

/// What only a fault of this program or its machine explains.
fn fault(error: &dyn std::fmt::Display) -> Refusal {
    let why = format!(
        "The keeper cannot go on: {error}. Whether something was recorded is known only by asking again."
    );
    Refusal::new("server-fault", Fault::Server, why)
}

fn busy(message: &str) -> Refusal {
    Refusal::new("busy", Fault::Server, message)
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        let (code, fault) = match failure.check {
            Check::Course | Check::Rehearsal | Check::Quorum | Check::RehearsalInput => {
                ("out-of-order", Fault::Caller)
            }
            Check::Electorate => ("style-full", Fault::Caller),
            Check::CredentialKey => ("key-taken", Fault::Caller),
            Check::Possession => ("key-refused", Fault::Ballot),
            Check::Challenged if matches!(*failure.cause, Cause::ChallengedBefore) => {
                ("challenged-before", Fault::Ballot)
            }
            _ => ("entry-refused", Fault::Caller),
        };
        Refusal::new(code, fault, format!("{}.", failure.cause))
            .with("check", failure.check.number())
            .with("culprit", failure.culprit.to_string())
    }
}

impl From<EntryError> for Refusal {
    fn from(error: EntryError) -> Self {
        match error {
            EntryError::Refused(failure) => failure.into(),
            other => fault(&other),
        }
    }
}

impl From<StepError> for Refusal {
    fn from(error: StepError) -> Self {
        match error {
            StepError::Entry(error) => error.into(),
            StepError::NoElection => no_election(),
            StepError::TooEarly | StepError::NotClosingYet => {
                Refusal::new("too-early", Fault::Caller, format!("{error}."))
            }
            StepError::TooLate | StepError::NoMoreAttempts | StepError::Taken => {
                out_of_order(format!("{error}."))
            }
            StepError::NoNote => {
                busy("There is no checkpoint to close over. Nothing was recorded; try again.")
            }
            other => fault(&other),
        }
    }
}

impl From<KeyElsewhere> for Refusal {
    fn from(error: KeyElsewhere) -> Self {
        fault(&error)
    }
}

impl From<Stale> for Refusal {
    fn from(error: Stale) -> Self {
        fault(&error)
    }
}

impl<E: Into<Refusal>> From<AppendError<E>> for Refusal {
    fn from(error: AppendError<E>) -> Self {
        match error {
            AppendError::Refused(reason) => reason.into(),
            AppendError::Busy | AppendError::Overtaken => {
                busy("Too many requests wait. Nothing was recorded; try again.")
            }
            AppendError::NotRecorded(error) => not_recorded(&error),
            AppendError::Ledger(error) => fault(&error),
            _ => fault(&"the writer of the board ended in the middle"),
        }
    }
}

/// The disk did not take it, and holds what it held.
fn not_recorded(error: &LedgerError) -> Refusal {
    let full = match error {
        LedgerError::Store(StoreError::Unavailable(source)) => is_full(source.as_ref()),
        _ => false,
    };
    let (code, what) = match full {
        true => ("disk-full", "The disk is full".to_owned()),
        false => ("not-written", format!("The board cannot be written ({error})")),
    };
    Refusal::new(
        code,
        Fault::Server,
        format!("{what}. Nothing was recorded; make room or mend it, and try again."),
    )
}

fn is_full(error: &(dyn StdError + Send + Sync + 'static)) -> bool {
    let kind = error.downcast_ref::<std::io::Error>().map(std::io::Error::kind);
    matches!(kind, Some(ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge))
}

impl From<CastError> for Refusal {
    fn from(error: CastError) -> Self {
        match error {
            CastError::Refused(refused) => refused.into(),
            CastError::Append(error) => error.into(),
            CastError::Receipt(error) => error.into(),
            CastError::Busy => busy("Many ballots are being verified. Nothing was recorded; send it again."),
            other => fault(&other),
        }
    }
}

impl From<ReceiptError> for Refusal {
    fn from(error: ReceiptError) -> Self {
        match error {
            ReceiptError::NotWitnessed | ReceiptError::Behind => Refusal::new(
                "busy",
                Fault::Server,
                format!("It is recorded, and {error}. Send the same again."),
            ),
            other => fault(&other),
        }
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        fault(&error)
    }
}

/// A ballot that is wrong in itself.
fn invalid(check: Check, cause: &dyn std::fmt::Display) -> Refusal {
    Refusal::new("ballot-invalid", Fault::Ballot, format!("{cause}.")).with("check", check.number())
}

impl From<Refused> for Refusal {
    fn from(refused: Refused) -> Self {
        let sentence = format!("{refused}.");
        let of_ballot = |code| Refusal::new(code, Fault::Ballot, sentence.clone());
        match refused {
            Refused::AlreadyRecorded { .. } | Refused::OtherSignature => of_ballot("ballot-resigned"),
            Refused::NotOpen => Refusal::new("not-open", Fault::Caller, "Voting has not opened yet."),
            Refused::Closed => over(),
            Refused::CredentialUnknown => of_ballot("credential-unknown"),
            Refused::CredentialRevoked => of_ballot("credential-revoked"),
            Refused::StruckOff => of_ballot("struck-off"),
            Refused::SequenceBehind { sequence, previous } => Refusal::new(
                "sequence-behind",
                Fault::Ballot,
                "Another ballot of this voter is recorded already. Seal a new one after it.",
            )
            .with("sequence", sequence)
            .with("previous", previous.to_string()),
            Refused::NoRevote => invalid(Check::BallotSequence, &"This vote does not allow voting again"),
            Refused::TooLarge => of_ballot("too-large"),
            Refused::Invalid(failure) => invalid(failure.check, &failure.cause),
            other => fault(&other),
        }
    }
}
