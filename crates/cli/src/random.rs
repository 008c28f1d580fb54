//! The platform's randomness, or an error: nothing secret is ever made without it.

use veche_voter::Randomness;
use zeroize::Zeroizing;

use crate::error::Error;

/// Public random bytes, such as the weights of a verification.
pub fn fresh<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

/// Secret random bytes, wiped when dropped.
pub fn secret<const N: usize>() -> Result<Zeroizing<[u8; N]>, Error> {
    let mut bytes = Zeroizing::new([0; N]);
    getrandom::fill(&mut *bytes)?;
    Ok(bytes)
}

/// What a voter's device needs for one secret.
pub fn randomness() -> Result<Randomness, Error> {
    Ok(Randomness::new(*secret()?)?)
}
