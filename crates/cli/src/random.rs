//! The platform's randomness, or an error: nothing secret is ever made without it.

use veche_crypto::randomness::{DeadRandomSource, Randomness};

/// Randomness for one secret, or for the weights of one verification.
///
/// # Errors
/// When the platform gives none.
pub fn randomness() -> Result<Randomness, DeadRandomSource> {
    Randomness::draw(getrandom::fill)
}
