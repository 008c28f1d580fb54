//! What trustees do, and the only place that holds key shares.
//!
//! Keys are made by a *trusted dealer*: one person makes all shares, hands them out and must destroy
//! what is left. That person could decrypt every ballot, and every report says so.

mod deal;
mod decrypt;
mod share;

pub use deal::{DealError, deal_trusted};
pub use decrypt::{DecryptError, decrypt};
pub use share::{KeyShare, ShareError};
