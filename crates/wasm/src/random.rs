//! The platform's randomness (`crypto.getRandomValues`), refused when it is dead.

use veche_voter::{DeadRandomSource, Randomness};
use zeroize::Zeroizing;

/// 32 fresh random bytes.
pub(crate) fn bytes() -> Result<Zeroizing<[u8; 32]>, DeadRandomSource> {
    let mut bytes = Zeroizing::new([0; 32]);
    getrandom::fill(bytes.as_mut_slice()).map_err(|_| DeadRandomSource)?;
    Ok(bytes)
}

/// The same as the voter crate takes it.
pub(crate) fn randomness() -> Result<Randomness, DeadRandomSource> {
    Randomness::new(*bytes()?)
}
