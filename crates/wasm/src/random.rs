//! The platform's randomness (`crypto.getRandomValues`), refused when it is dead.

use veche_crypto::randomness::{DeadRandomSource, Randomness};

/// Randomness for one secret, or for the weights of one verification.
pub(crate) fn randomness() -> Result<Randomness, DeadRandomSource> {
    Randomness::draw(getrandom::fill)
}
