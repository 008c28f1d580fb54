//! The secrets of the ballot box: `keys.json`, readable by its owner only.
//!
//! | key | what it signs | what else is made of it |
//! |---|---|---|
//! | `log` | checkpoints (Ed25519) | the tokens of the organiser and the trustees |
//! | `organiser` | how the vote goes: Open, Restart, Close (Schnorr) | |
//! | `registrar` | who votes: Credential, Revocation (Schnorr) | the hashes of phones, subjects, passes, sessions and codes in the database |
//!
//! Each is a seed of 32 bytes, so that 24 words on paper are its whole backup: whoever has the words and the database
//! continues the same board, with the same tokens and the same voters. Organiser and registrar may hold their keys
//! elsewhere; then the file has the public key.
//!
//! None of them opens a ballot: the keys of ballots are the trustees', and this program links nothing that could use
//! them.

use std::sync::Arc;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use veche_board::LogPublicKey;
use veche_crypto::signature::SecretKey;
use veche_keeper::{BoxKeys, KeyElsewhere, KeyFile, KeyName, Seed};
use veche_record::tag;
use zeroize::Zeroizing;

mod error;
pub(crate) mod file;
mod random;

pub use error::KeysError;
pub(crate) use random::{random_text, randomness};

/// Bytes of a session, a token and every stored hash.
pub(crate) const SECRET_LEN: usize = 32;

/// The key that hides whom the registrar knows and what they sign in with, or makes tokens.
#[derive(Clone)]
pub(crate) struct PrivateKey(Zeroizing<[u8; SECRET_LEN]>);

/// The keys of a running ballot box.
pub(crate) struct Keys {
    /// What the ballot box signs with.
    pub(crate) board: Arc<BoxKeys>,
    tokens: PrivateKey,
    registrar: Option<RegistrarSecret>,
}

/// What whoever is the registrar has.
#[derive(Clone)]
pub(crate) struct RegistrarSecret {
    /// Signs who votes.
    pub(crate) key: SecretKey,
    /// Hides people and what they sign in with.
    pub(crate) private: PrivateKey,
}

impl RegistrarSecret {
    /// What a seed makes.
    fn of(seed: &Seed) -> Result<Self, KeysError> {
        let key = SecretKey::from_seed(tag::REGISTRAR_KEY, seed.bytes()).map_err(|_| KeysError::Seed)?;
        Ok(RegistrarSecret { key, private: PrivateKey::of(seed, "registrar") })
    }

    /// What the file of a registrar's folder, or of a box that is its own registrar, holds.
    pub(crate) fn in_file(file: &KeyFile) -> Result<Self, KeysError> {
        let seed = file.seed(KeyName::Registrar).ok_or(KeysError::Elsewhere(KeyName::Registrar))?;
        Self::of(seed)
    }
}

impl Keys {
    /// The keys that a file holds.
    pub(crate) fn of(file: &KeyFile) -> Result<Self, KeysError> {
        let board = file.keys().map_err(|_| KeysError::Seed)?;
        let (Some(board), Some(log)) = (board, &file.log) else { return Err(KeysError::RegistrarOnly) };
        let registrar = file.seed(KeyName::Registrar).map(RegistrarSecret::of).transpose()?;
        Ok(Keys { board: Arc::new(board), tokens: PrivateKey::of(log, "tokens"), registrar })
    }

    /// The key that verifies checkpoints.
    pub(crate) fn log_public(&self) -> LogPublicKey {
        self.board.log.public()
    }

    /// The token that the organiser posts with.
    pub(crate) fn organiser_token(&self) -> Zeroizing<String> {
        Zeroizing::new(hex::encode(self.tokens.mac("organiser", &[])))
    }

    /// Whether this is the organiser's token, compared in constant time.
    pub(crate) fn is_organiser(&self, token: &str) -> bool {
        token.as_bytes().ct_eq(self.organiser_token().as_bytes()).into()
    }

    /// The token that a trustee, counted from 1, posts messages with.
    pub(crate) fn trustee_token(&self, trustee: u8) -> Zeroizing<String> {
        Zeroizing::new(hex::encode(self.tokens.mac("trustee", &[&[trustee]])))
    }

    /// The trustee of 1 to `count` whose token this is, each compared in constant time.
    pub(crate) fn trustee(&self, token: &str, count: u8) -> Option<u8> {
        let own = |trustee: &u8| token.as_bytes().ct_eq(self.trustee_token(*trustee).as_bytes()).into();
        (1..=count).find(own)
    }

    /// What the registrar has, where it is here.
    pub(crate) fn registrar(&self) -> Result<&RegistrarSecret, KeyElsewhere> {
        self.registrar.as_ref().ok_or(KeyElsewhere::Registrar)
    }
}

impl PrivateKey {
    /// The key that is made of a seed for one purpose.
    fn of(seed: &Seed, purpose: &str) -> Self {
        let root = PrivateKey(Zeroizing::new(*seed.bytes()));
        PrivateKey(Zeroizing::new(root.mac(purpose, &[])))
    }

    /// HMAC-SHA256 over length-prefixed fields, each use under its own name.
    pub(crate) fn mac(&self, purpose: &str, fields: &[&[u8]]) -> [u8; SECRET_LEN] {
        // A block-sized key is used as it is, so making the state cannot fail for its length.
        let mut block = Zeroizing::new([0u8; 64]);
        for (to, from) in block.iter_mut().zip(self.0.iter()) {
            *to = *from;
        }
        let mut mac = Hmac::<Sha256>::new((&*block).into());
        for field in std::iter::once(purpose.as_bytes()).chain(fields.iter().copied()) {
            mac.update(&(field.len() as u64).to_le_bytes());
            mac.update(field);
        }
        mac.finalize().into_bytes().into()
    }
}

#[cfg(test)]
mod tests {
    use veche_keeper::Elsewhere;

    use super::*;

    #[test]
    fn a_seed_makes_the_same_keys_and_tokens_again_and_another_seed_others() {
        let file = KeyFile::new(&Elsewhere::default()).unwrap();
        let (one, same) = (Keys::of(&file).unwrap(), Keys::of(&file).unwrap());
        let other = Keys::of(&KeyFile::new(&Elsewhere::default()).unwrap()).unwrap();
        assert_eq!(one.log_public().to_bytes(), same.log_public().to_bytes());
        assert_eq!(one.board.organiser.public(), same.board.organiser.public());
        assert_eq!(one.trustee_token(1), same.trustee_token(1));
        assert_eq!(
            one.registrar().unwrap().private.mac("x", &[]),
            same.registrar().unwrap().private.mac("x", &[])
        );
        assert!(same.is_organiser(&one.organiser_token()));
        for token in ["", &other.organiser_token(), &one.trustee_token(1)] {
            assert!(!one.is_organiser(token));
        }
        assert_eq!(
            (one.trustee(&one.trustee_token(2), 3), one.trustee(&one.trustee_token(2), 1)),
            (Some(2), None)
        );
        assert_ne!(one.board.registrar.public(), other.board.registrar.public());
    }

    #[test]
    fn without_the_registrars_secret_nobody_is_known() {
        let registrar = SecretKey::from_seed(tag::REGISTRAR_KEY, &[1; 32]).unwrap().public();
        let file = KeyFile::new(&Elsewhere { registrar: Some(registrar), ..Elsewhere::default() }).unwrap();
        let keys = Keys::of(&file).unwrap();
        assert_eq!(keys.board.registrar.public(), registrar);
        assert_eq!(keys.registrar().err(), Some(KeyElsewhere::Registrar));
    }
}
