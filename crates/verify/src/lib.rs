//! Everything anyone can compute without a secret: the numbered checks, the count, the report.
//!
//! | module | what it is |
//! |---|---|
//! | [`ceremony`] | the making of the keys, as the board shows it |
//! | [`check`] | the numbered list of checks |
//! | [`course`] | how far a vote has come |
//! | [`failure`] | a failed check: which entry, who is to blame, why |
//! | [`state`] | the board as a state machine, for the ballot box and for the auditor |
//! | [`tally`] | what is decrypted, the trustees' parts of it, the totals |
//! | [`result`] | the published totals |
//! | [`funding`] | who is funded by them |
//! | [`sample`] | whom an auditor asks whether they took part |
//! | [`source`] | where a record is read from |
//! | [`receipt`] | a voter's receipt, and what a record says of its ballot |
//! | [`audit`](mod@audit) | a whole record, verified |
//! | [`mod@assist`] | signatures and proofs, verified by others on the audit's behalf |
//! | [`report`] | what an audit found |
//!
//! What verifies a whole record ([`audit`](mod@audit), [`mod@assist`], [`report`]) comes with the feature `audit`, and
//! the beginning of a board, up to its keys, with the feature `opening`.
//!
//! Nothing here reads a file, asks for the time or has a random source of its own: callers give
//! bytes, and fresh randomness where a batch is verified.

#![cfg_attr(
    not(feature = "audit"),
    allow(dead_code, reason = "the state machine has ways in for the audit alone")
)]

#[cfg(feature = "audit")]
pub mod assist;
#[cfg(feature = "audit")]
pub mod audit;
pub mod ceremony;
pub mod check;
mod claim;
pub mod course;
pub mod failure;
pub mod funding;
pub mod join;
#[cfg(feature = "audit")]
pub mod notice;
#[cfg(feature = "opening")]
pub mod opening;
#[cfg(feature = "audit")]
mod parallel;
pub mod receipt;
#[cfg(feature = "audit")]
pub mod report;
pub mod result;
pub mod sample;
pub mod source;
pub mod state;
pub mod tally;

#[cfg(feature = "audit")]
pub use assist::{Assistants, Assisted, assist};
#[cfg(feature = "audit")]
pub use audit::{Audit, audit, audit_assisted, audit_watched};
pub use ceremony::{Ceremony, Round};
pub use check::Check;
pub use course::{Course, Phase};
pub use failure::{Cause, Culprit, Failure, PaperFault};
pub use funding::{Drawn, Funded, Verdict, fund};
#[cfg(feature = "opening")]
pub use opening::Opening;
#[cfg(feature = "audit")]
pub use report::{Outcome, Report, Status};
pub use result::ResultFile;
pub use sample::{Dice, Sample, SampleError, Strength};
pub use source::{RecordSource, RemoteSource, SourceError};
pub use state::{
    AdmittedBallot, Applied, BoardState, Count, CountedVoter, KeyChange, KeyChanges, Refusal, RouteTurnout,
    VerifiedBallot,
};
pub use tally::{CheckedPartial, Tally, TallyError, VerifiedTally};
