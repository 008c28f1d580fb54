//! Secrets that are drawn.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use veche_crypto::randomness::{DeadRandomSource, Randomness};
use zeroize::Zeroizing;

/// The operating system's randomness: for a key, a token, a code.
pub(crate) fn randomness() -> Result<Randomness, DeadRandomSource> {
    Randomness::draw(getrandom::fill)
}

/// 32 random bytes as the text a client carries: a session or a token.
pub(crate) fn random_text() -> Result<Zeroizing<String>, DeadRandomSource> {
    Ok(Zeroizing::new(URL_SAFE_NO_PAD.encode(randomness()?.as_bytes())))
}
