use veche_crypto::randomness::Randomness;
use veche_words::WordsError;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// A trustee's secret: 32 bytes, shown as 24 words. All keys of the trustee derive from it and the
/// public board, in every attempt of the ceremony other ones. Wiped when dropped, never printed.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Secret([u8; 32]);

impl Secret {
    /// Makes a new secret.
    pub fn new(randomness: &Randomness) -> Self {
        Secret(*randomness.as_bytes())
    }

    /// Takes the 32 bytes that [`Self::bytes`] gave.
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        Secret(*bytes)
    }

    /// Reads the 24 words, as [`veche_words::decode`] does.
    ///
    /// # Errors
    /// [`WordsError`].
    pub fn from_words(text: &str) -> Result<Self, WordsError> {
        veche_words::decode(text).map(|bytes| Secret(*bytes))
    }

    /// The 24 words. Whoever reads them holds the trustee's share of every ballot.
    pub fn words(&self) -> Zeroizing<String> {
        veche_words::encode(&self.0)
    }

    /// The 32 bytes, to be kept where only the trustee reads.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}
