//! A statement and its signature, for the messages whose signature is their last field.

use std::ops::Deref;

use veche_crypto::group::GroupError;
use veche_crypto::hash::Digest;
use veche_crypto::signature::{SecretKey, Signature};

use super::{EntryError, Issued, signed_message};
use crate::wire::Reader;

/// What is signed: everything of a message between its kind byte and its signature.
pub trait Content {
    /// The signature's domain.
    const DOMAIN: &'static str;

    /// Appends the bytes.
    fn write(&self, bytes: &mut Vec<u8>);
}

/// A statement with its signature, which is not verified yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed<T> {
    content: T,
    signature: Signature,
}

impl<T: Content> Signed<T> {
    /// Signs a statement. `about` is what the signature is bound to: the hash of the genesis entry
    /// during the ceremony, H_election afterwards.
    ///
    /// # Errors
    /// [`GroupError`] with negligible probability.
    pub fn new(content: T, key: &SecretKey, about: &Digest) -> Result<Self, GroupError> {
        let signature = key.sign(T::DOMAIN, &signed_message(about, &bytes_of(&content)))?;
        Ok(Signed { content, signature })
    }

    pub(super) fn read(content: T, reader: &mut Reader<'_>) -> Result<Self, EntryError> {
        Ok(Signed { content, signature: reader.signature()? })
    }

    pub(super) fn write(&self, bytes: &mut Vec<u8>) {
        self.content.write(bytes);
        bytes.extend_from_slice(&self.signature.to_bytes());
    }

    /// The statement without its signature.
    pub fn into_content(self) -> T {
        self.content
    }
}

fn bytes_of(content: &impl Content) -> Vec<u8> {
    let mut bytes = Vec::new();
    content.write(&mut bytes);
    bytes
}

impl<T> Deref for Signed<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.content
    }
}

impl<T: Content> Issued for Signed<T> {
    const DOMAIN: &'static str = T::DOMAIN;

    fn message(&self, about: &Digest) -> Vec<u8> {
        signed_message(about, &bytes_of(&self.content))
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }
}
