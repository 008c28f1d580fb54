//! A secret of 32 bytes as 24 words of BIP-39's English list: its backup on paper.
//!
//! A trustee's secret and the three keys of a ballot box are written down so. Whoever reads the words holds the secret.
//!
//! ```
//! let words = veche_words::encode(&[7; 32]);
//! assert_eq!(*veche_words::decode(&words)?, [7; 32]);
//! # Ok::<(), veche_words::WordsError>(())
//! ```
//!
//! With the feature `terminal`, [`terminal`] shows words and asks for them.

use bip39::{Language, Mnemonic};
use zeroize::{Zeroize, Zeroizing};

#[cfg(feature = "terminal")]
pub mod terminal;

/// Words of a secret.
pub const WORDS: usize = 24;

/// Why words are not a secret. Nothing of what was typed is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WordsError {
    /// Another number of words.
    #[error("these are {0} words; there must be {WORDS}")]
    Count(usize),
    /// A word that is not on the list, by its place from 1.
    #[error("word {0} is not on the list of words; look for a typing mistake")]
    Unknown(usize),
    /// The words do not fit each other.
    #[error("the words are all on the list, but one of them is wrong or two are swapped")]
    Checksum,
}

/// The 24 words of a secret, with one space between them. Whoever reads them holds the secret.
pub fn encode(secret: &[u8; 32]) -> Zeroizing<String> {
    let mnemonic = Mnemonic::from_entropy_in(Language::English, secret);
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

/// Reads 24 words, in any case, with any white space between them, with or without the number before each, as
/// `1 abandon`, `1. abandon` or `1) abandon`.
///
/// # Errors
/// [`WordsError`].
pub fn decode(text: &str) -> Result<Zeroizing<[u8; 32]>, WordsError> {
    let words: Vec<&str> = split(text).collect();
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
    let secret = entropy.first_chunk().map(|bytes| Zeroizing::new(*bytes));
    entropy.zeroize();
    secret.ok_or(WordsError::Checksum)
}

/// The words of a text, without the numbers that may stand before them.
fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace().filter_map(|token| {
        let word = token.trim_start_matches(|c: char| c.is_ascii_digit());
        let word = if word.len() < token.len() { word.trim_start_matches(['.', ')', ':']) } else { word };
        (!word.is_empty()).then_some(word)
    })
}

/// Whether a word is on the list, in any case.
#[cfg(feature = "terminal")]
fn is_known(word: &str) -> bool {
    Language::English.find_word(&Zeroizing::new(word.to_lowercase())).is_some()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_words_of_the_standard() {
        // BIP-39's own test vectors, with 32 bytes.
        assert_eq!(&*encode(&[0; 32]), &format!("{}art", "abandon ".repeat(23)));
        assert_eq!(&*encode(&[0xff; 32]), &format!("{}vote", "zoo ".repeat(23)));
    }

    #[test]
    fn numbers_before_the_words_are_read_over() {
        let words = encode(&[7; 32]);
        for form in ["{n} {w}\n", "{n}. {w} ", "{n}) {W}\n", "{n}:{w} ", "{n}.{w}\t"] {
            let text: String = (1..)
                .zip(words.split(' '))
                .map(|(n, word)| {
                    let form = form.replace("{n}", &i32::to_string(&n));
                    form.replace("{w}", word).replace("{W}", &word.to_uppercase())
                })
                .collect();
            assert_eq!(*decode(&text).unwrap(), [7; 32], "{form}");
        }
    }

    #[test]
    fn a_wrong_word_is_named_by_its_place() {
        let words = encode(&[7; 32]).to_string();
        let mut wrong: Vec<&str> = words.split(' ').collect();
        wrong[6] = "hobgoblin";
        assert_eq!(decode(&wrong.join(" ")), Err(WordsError::Unknown(7)));
        wrong[6] = "zoo";
        assert_eq!(decode(&wrong.join(" ")), Err(WordsError::Checksum));
        wrong.pop();
        assert_eq!(decode(&wrong.join(" ")), Err(WordsError::Count(23)));
        assert_eq!(decode(""), Err(WordsError::Count(0)));
    }

    proptest! {
        #[test]
        fn words_are_read_back(secret: [u8; 32]) {
            prop_assert_eq!(*decode(&encode(&secret)).unwrap(), secret);
        }

        #[test]
        fn no_text_stops_the_reader(text: String) {
            let _ = decode(&text);
        }
    }
}
