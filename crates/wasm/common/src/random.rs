//! The platform's randomness (`crypto.getRandomValues`), refused when it is dead.

use veche_crypto::randomness::Randomness;

use crate::error::{Fault, VecheError};

/// Randomness for one secret, or for the weights of one verification.
///
/// # Errors
/// `no-randomness`.
pub fn randomness() -> Result<Randomness, VecheError> {
    Randomness::draw(getrandom::fill).map_err(|dead| VecheError::new("no-randomness", Fault::Device, dead))
}
