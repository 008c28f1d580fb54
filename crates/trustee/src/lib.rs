//! What trustees do, and the only place that holds their secrets and shares.
//!
//! ```text
//! Secret (24 words) → Newcomer → Committed → Dealt → Complete → KeyShare
//! VerifiedTally → consent → quorum → partial decryption
//! ```
//!
//! A trustee acts when they like, leaves and comes back. What comes next is computed by [`next_step`]
//! from the public board, the secret, and [`Kept`]: what the device remembers of what it has signed.
//! The terminal and the page of the site use the same function. Nothing here does I/O.
//!
//! Nobody ever holds the whole key, not even for a moment.

pub mod attempt;
mod closing;
mod kept;
mod keys;
mod refusal;
mod secret;
mod share;
mod step;
mod together;

pub use closing::end_vote;
pub use kept::{Early, Kept, KeptError};
pub use refusal::Refusal;
pub use secret::Secret;
pub use share::{KeyShare, ShareError};
pub use step::{Action, ActionKind, Step, Waiting, next_step};
pub use together::{Together, TogetherError, run_together};
pub use veche_words::{WORDS, WordsError};
