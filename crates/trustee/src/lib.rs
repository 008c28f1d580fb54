//! What trustees do, and the only place that holds their secrets and shares.
//!
//! ```text
//! Secret (24 words) → Newcomer → Committed → Dealt → Complete → KeyShare
//! VerifiedTally → consent → quorum → partial decryption
//! ```
//!
//! A trustee acts when they like, leaves and comes back. What comes next is computed by [`next_step`]
//! from the public board, as it is [`Shown`], the secret, and [`Kept`]: what the device remembers of what it has
//! signed. The terminal and the page of the site use the same function. Nothing here does I/O.
//!
//! # Memory is part of the proof
//!
//! Fewer than t dishonest trustees cannot have two sums decrypted, if for each honest trustee either the memory of all
//! its devices together is never rolled back, or it consents only under witnessed checkpoints and fewer than 2k - w
//! witnesses (k of w needed) are dishonest or rolled back. So a device that has lost its memory, or never had one,
//! consents to nothing by itself: see [`Kept::is_whole`]. The caller's part is to have [`Action::keep`] on disk before
//! [`Action::message`] leaves, and to let nobody else act from the same memory meanwhile.
//!
//! Nobody ever holds the whole key, not even for a moment.

pub mod attempt;
mod closing;
mod kept;
mod keys;
mod refusal;
mod secret;
mod share;
mod shown;
mod step;
mod together;

pub use closing::end_vote;
pub use kept::{Early, Kept, KeptError, Seen};
pub use refusal::Refusal;
pub use secret::Secret;
pub use share::{KeyShare, ShareError};
pub use shown::Shown;
pub use step::{Action, ActionKind, Step, Waiting, next_step};
pub use together::{Together, TogetherError, run_together};
pub use veche_words::{WORDS, WordsError};
