//! Who signs for a log: its name and its Ed25519 key, c2sp.org/signed-note, "Signatures".

use std::fmt;
use std::str::FromStr;

use ed25519_dalek::{Signature, SignatureError, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};

use crate::encoding::{from_base64, to_base64};

/// The longest name of a log or key in bytes.
pub const MAX_ORIGIN_LEN: usize = 255;
/// The signature type of plain Ed25519 (c2sp.org/signed-note, "Signature types").
pub const ED25519: u8 = 0x01;

/// A log's name: the first line of its checkpoints and the name of its key.
///
/// tlog-checkpoint recommends "a schema-less URL containing neither Unicode spaces nor plus", and asks that the key's
/// name match it. Both specifications' rules are enforced here, so that one name can serve as both.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin(String);

/// A name that a log can't have. The fault of whoever chose or sent it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OriginError {
    /// Empty, or longer than [`MAX_ORIGIN_LEN`].
    #[error("a log's name has 1 to 255 bytes")]
    Length,
    /// A space, a plus sign or a control character.
    #[error("a log's name has no spaces, plus signs or control characters")]
    Character,
}

impl Origin {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Origin {
    type Err = OriginError;

    fn from_str(name: &str) -> Result<Origin, OriginError> {
        if name.is_empty() || name.len() > MAX_ORIGIN_LEN {
            return Err(OriginError::Length);
        }
        if name.chars().any(|c| c.is_whitespace() || c.is_control() || c == '+') {
            return Err(OriginError::Character);
        }
        Ok(Origin(name.to_owned()))
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The secret key of a log. Wiped from memory on drop, never printed, not cloneable.
pub struct LogKey(SigningKey);

impl LogKey {
    /// The key of a 32-byte secret (RFC 8032 section 5.1.5). The caller keeps, and wipes, the secret.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> LogKey {
        LogKey(SigningKey::from_bytes(seed))
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> LogPublicKey {
        LogPublicKey(self.0.verifying_key())
    }

    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}

/// Shows the public half only.
impl fmt::Debug for LogKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogKey").field("public", &self.public()).finish_non_exhaustive()
    }
}

/// The public key of a log.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct LogPublicKey(VerifyingKey);

/// Not a log's public key. The fault of whoever sent it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// Not the canonical encoding of a point of large order. A key of small order would verify a signature on anything.
    #[error("not the canonical encoding of an Ed25519 public key")]
    Point,
    /// Not `<name>+<key id>+<base64 of type and key>`.
    #[error("not a verifier key of the form name+id+key")]
    Form,
    /// The name in a verifier key can't be one.
    #[error(transparent)]
    Name(#[from] OriginError),
    /// The identifier in a verifier key is not that of its name and key.
    #[error("the key's identifier does not belong to its name and bytes")]
    Identifier,
    /// A signature type other than plain Ed25519.
    #[error("signature type {0:#04x} is not plain Ed25519")]
    Type(u8),
    /// The key of a log, or of another kind of signer, where that of a witness is needed.
    #[error("signature type {0:#04x} is not that of a witness, which is 0x04")]
    NotWitness(u8),
}

impl LogPublicKey {
    /// Bytes in a public key.
    pub const LEN: usize = 32;

    /// A key from its bytes (RFC 8032 section 5.1.5).
    ///
    /// # Errors
    /// [`KeyError::Point`] for bytes that aren't the one encoding of a point of large order.
    pub fn from_bytes(bytes: &[u8; LogPublicKey::LEN]) -> Result<LogPublicKey, KeyError> {
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| KeyError::Point)?;
        // dalek reads encodings with a coordinate over the prime, too: two spellings of one key, so refused.
        if key.is_weak() || key.to_edwards().compress().as_bytes() != bytes {
            return Err(KeyError::Point);
        }
        Ok(LogPublicKey(key))
    }

    /// The key's bytes.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; LogPublicKey::LEN] {
        self.0.to_bytes()
    }

    /// The identifier that a signature by this key under this name carries: the first four bytes of SHA-256(name ‖
    /// newline ‖ type ‖ key), c2sp.org/signed-note, "Ed25519 signatures".
    #[must_use]
    pub fn id(&self, name: &Origin) -> [u8; 4] {
        let digest = Sha256::new()
            .chain_update(name.as_str())
            .chain_update([b'\n', ED25519])
            .chain_update(self.0.as_bytes())
            .finalize();
        let [a, b, c, d, ..]: [u8; 32] = digest.into();
        [a, b, c, d]
    }

    /// The verifier key in text, `<name>+<key id in hex>+<base64 of type and key>`, as Go's `sumdb/note` and other
    /// C2SP software take it.
    #[must_use]
    pub fn to_vkey(&self, name: &Origin) -> String {
        let id = u32::from_be_bytes(self.id(name));
        let mut typed = vec![ED25519];
        typed.extend_from_slice(self.0.as_bytes());
        format!("{name}+{id:08x}+{}", to_base64(&typed))
    }

    /// Reads what [`to_vkey`](Self::to_vkey) writes, and no other spelling.
    ///
    /// # Errors
    /// See [`KeyError`].
    pub fn from_vkey(text: &str) -> Result<(Origin, LogPublicKey), KeyError> {
        let (name, rest) = text.split_once('+').ok_or(KeyError::Form)?;
        // The identifier is hex, so the next plus ends it; the base64 after it may have more of them.
        let (id, key) = rest.split_once('+').ok_or(KeyError::Form)?;
        let name: Origin = name.parse()?;
        let typed = from_base64(key).ok_or(KeyError::Form)?;
        let (&kind, bytes) = typed.split_first().ok_or(KeyError::Form)?;
        if kind != ED25519 {
            return Err(KeyError::Type(kind));
        }
        let key = LogPublicKey::from_bytes(bytes.try_into().map_err(|_| KeyError::Form)?)?;
        if id != format!("{:08x}", u32::from_be_bytes(key.id(&name))) {
            return Err(KeyError::Identifier);
        }
        Ok((name, key))
    }

    /// RFC 8032 section 5.1.7, with the stricter reading of every choice it leaves: cofactorless, canonical, and no
    /// point of small order.
    pub(crate) fn verify(&self, message: &[u8], signature: &[u8; 64]) -> Result<(), SignatureError> {
        self.0.verify_strict(message, &Signature::from_bytes(signature))
    }
}

/// Lower-case hex.
impl fmt::Debug for LogPublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.0.as_bytes() {
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
