//! What a voter's device does, and the only place that holds ballot seeds: a credential, a ballot
//! prepared while the voter reads, the sealed ballot, the receipt.
//!
//! ```text
//! Selections + PreparedBallot → SealedBallot → (cast) → Receipt, checked
//! ```
//!
//! Nothing here does I/O or reads a random source: the caller brings
//! [`Randomness`](veche_crypto::randomness::Randomness) to each call that needs it.

mod credential;
mod qr;
mod receipt;
mod seal;

pub use credential::Credential;
pub use qr::{QUIET_ZONE, QrPicture, QrTooLong, qr_picture};
pub use receipt::{CastError, check_consistency, check_receipt};
pub use seal::{PreparedBallot, Revision, SealError, SealedBallot};
