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
//! | [`source`] | where a record is read from |
//! | [`receipt`] | a voter's receipt, and what a record says of its ballot |
//! | [`audit`](mod@audit) | a whole record, verified |
//! | [`mod@assist`] | signatures and proofs, verified by others on the audit's behalf |
//! | [`report`] | what an audit found |
//!
//! Nothing here reads a file, asks for the time or has a random source of its own: callers give
//! bytes, and fresh randomness where a batch is verified.

pub mod assist;
pub mod audit;
pub mod ceremony;
pub mod check;
mod claim;
pub mod course;
pub mod failure;
mod parallel;
pub mod receipt;
pub mod report;
pub mod result;
pub mod source;
pub mod state;
pub mod tally;

pub use assist::{Assistants, Assisted, assist};
pub use audit::{Audit, audit, audit_assisted, audit_watched};
pub use ceremony::{Ceremony, Round};
pub use check::Check;
pub use course::{Course, Phase};
pub use failure::{Cause, Culprit, Failure};
pub use report::{Outcome, Report, Status};
pub use result::ResultFile;
pub use source::{RecordSource, RemoteSource, SourceError};
pub use state::{AdmittedBallot, Applied, BoardState, Count, Refusal, VerifiedBallot};
pub use tally::{CheckedPartial, Tally, TallyError, VerifiedTally};
