use bip39::{Language, Mnemonic};
use veche_crypto::randomness::Randomness;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// Words of a trustee's secret.
pub const WORDS: usize = 24;

/// Why words are not a secret. Nothing of what was typed is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WordsError {
    /// Another number of words.
    #[error("these are {0} words; a trustee's secret has {WORDS}")]
    Count(usize),
    /// A word that is not on the list.
    #[error("word {0} is not on the list of words; look for a typing mistake")]
    Unknown(usize),
    /// The words do not fit each other.
    #[error("the words are all on the list, but one of them is wrong or two are swapped")]
    Checksum,
}

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

    /// Reads 24 words of BIP-39's English list, in any case, with any white space between them.
    ///
    /// # Errors
    /// [`WordsError`].
    pub fn from_words(text: &str) -> Result<Self, WordsError> {
        let words: Vec<&str> = text.split_whitespace().collect();
        if words.len() != WORDS {
            return Err(WordsError::Count(words.len()));
        }
        let text = Zeroizing::new(Zeroizing::new(words.join(" ")).to_lowercase());
        let mut mnemonic =
            Mnemonic::parse_in_normalized(Language::English, &text).map_err(|error| match error {
                bip39::Error::UnknownWord(at) => WordsError::Unknown(at + 1),
                _ => WordsError::Checksum,
            })?;
        let (mut entropy, _) = mnemonic.to_entropy_array();
        mnemonic.zeroize();
        let secret = entropy.first_chunk().map(|bytes| Secret(*bytes));
        entropy.zeroize();
        secret.ok_or(WordsError::Checksum)
    }

    /// The 24 words. Whoever reads them holds the trustee's share of every ballot.
    pub fn words(&self) -> Zeroizing<String> {
        let mnemonic = Mnemonic::from_entropy_in(Language::English, &self.0);
        // 32 bytes always have words: an empty text never leaves here.
        Zeroizing::new(
            mnemonic
                .map(|mut mnemonic| {
                    let words = mnemonic.words().collect::<Vec<_>>().join(" ");
                    mnemonic.zeroize();
                    words
                })
                .unwrap_or_default(),
        )
    }

    /// The 32 bytes, to be kept where only the trustee reads.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}
