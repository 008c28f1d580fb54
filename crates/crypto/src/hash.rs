//! The one hash of the protocol: `H(tag; f1, f2, …)`.
//!
//! # Encoding
//!
//! SHA-512 over the concatenation of frames. A frame is the length of its bytes as an unsigned
//! 64-bit little-endian number, then the bytes. The first frame is `veche/1/` followed by the tag;
//! one frame for each field follows, in order. Because every frame carries its length, two
//! different lists of fields never give the same input.
//!
//! A [`Digest`] is the first 32 bytes of the output. A scalar is all 64 bytes read as a
//! little-endian number and reduced modulo the group order ℓ, so its bias is below 2⁻²⁵⁰.

use core::fmt;

use curve25519_dalek::scalar::Scalar;
use sha2::{Digest as _, Sha512};

/// Everything that is hashed starts with this, so that no other protocol shares a hash with Veche.
const PREFIX: &str = "veche/1/";

/// The table of domain tags. A tag is used for one purpose only.
pub mod tag {
    /// Independent generators of the group.
    pub const GENERATOR: &str = "generator";
    /// The digest of a compiled ballot program.
    pub const PROGRAM: &str = "program";
    /// The context of one section of a ballot.
    pub const SECTION: &str = "section";
    /// The confirmation code of a ballot, which fixes its header and ciphertexts.
    pub const CODE: &str = "code";
    /// What a voter signs: everything in a ballot but the signature.
    pub const BALLOT_BODY: &str = "ballot-body";
    /// The first challenge `w` of a ballot proof, which merges equations.
    pub const BALLOT_W: &str = "ballot-w";
    /// The second challenge `x` of a ballot proof.
    pub const BALLOT_X: &str = "ballot-x";
    /// The randomness of one section of one ballot, expanded from the ballot's seed.
    pub const NONCE: &str = "nonce";
    /// The challenge of a Schnorr signature.
    pub const SIGNATURE: &str = "signature";
    /// The nonce of a Schnorr signature.
    pub const SIGNATURE_NONCE: &str = "signature-nonce";
    /// The weights of a batch verification, which are not part of any message.
    pub const BATCH: &str = "batch";
    /// The factors that merge the slots of a partial decryption.
    pub const EQUALITY_E: &str = "equality-e";
    /// The challenge of a partial decryption.
    pub const EQUALITY_C: &str = "equality-c";
    /// The nonce of a partial decryption.
    pub const EQUALITY_NONCE: &str = "equality-nonce";
    /// The challenge of a batched proof of possession.
    pub const POSSESSION: &str = "possession";
    /// The nonce of a batched proof of possession.
    pub const POSSESSION_NONCE: &str = "possession-nonce";
    /// The factors that merge the shares of many slots into one check.
    pub const SHARE_CHECK: &str = "share-check";
}

/// A 32-byte hash of this protocol.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest whose bytes are all zero: "there is none before this one".
    pub const ZERO: Digest = Digest([0; 32]);

    /// Takes 32 bytes as a digest. Every value is a legal digest.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Digest(bytes)
    }

    /// The digest of an output of 64 bytes.
    pub(crate) fn first_half(wide: &[u8; 64]) -> Self {
        Digest(wide.first_chunk().copied().unwrap_or_default())
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Digest {
    /// 64 lower-case hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Builds `H(tag; …)` field by field, for inputs that are too many to collect first.
#[derive(Clone)]
pub struct Hasher(Sha512);

impl Hasher {
    /// Starts a hash under a domain tag.
    pub fn new(tag: &str) -> Self {
        let mut state = Sha512::new();
        state.update(((PREFIX.len() + tag.len()) as u64).to_le_bytes());
        state.update(PREFIX.as_bytes());
        state.update(tag.as_bytes());
        Hasher(state)
    }

    /// Adds one field.
    pub fn field(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.update((bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
        self
    }

    /// Adds each of these as a field, in one go: SHA-512 takes many blocks at once faster than one
    /// by one.
    pub(crate) fn fields<'a>(&mut self, fields: impl Iterator<Item = &'a [u8; 32]>) -> &mut Self {
        let mut frames = Vec::with_capacity(40 * fields.size_hint().0);
        for field in fields {
            frames.extend_from_slice(&(field.len() as u64).to_le_bytes());
            frames.extend_from_slice(field);
        }
        self.0.update(&frames);
        self
    }

    /// Adds one field, by value, for a chain of calls.
    #[must_use]
    pub fn with(mut self, bytes: &[u8]) -> Self {
        self.field(bytes);
        self
    }

    /// All 64 bytes of output.
    pub fn finish(self) -> [u8; 64] {
        self.0.finalize().into()
    }

    /// The first 32 bytes of output.
    pub fn digest(self) -> Digest {
        Digest::first_half(&self.finish())
    }

    /// The output reduced to a scalar.
    pub fn scalar(self) -> Scalar {
        Scalar::from_bytes_mod_order_wide(&self.finish())
    }
}

fn framed(tag: &str, fields: &[&[u8]]) -> Hasher {
    let mut hasher = Hasher::new(tag);
    fields.iter().for_each(|field| {
        hasher.field(field);
    });
    hasher
}

/// `H(tag; fields…)` as a digest.
pub fn digest(tag: &str, fields: &[&[u8]]) -> Digest {
    framed(tag, fields).digest()
}

/// `H(tag; fields…)` as a scalar.
pub fn scalar(tag: &str, fields: &[&[u8]]) -> Scalar {
    framed(tag, fields).scalar()
}

/// `H(tag; fields…)`, all 64 bytes.
pub fn wide(tag: &str, fields: &[&[u8]]) -> [u8; 64] {
    framed(tag, fields).finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moving_a_boundary_between_fields_changes_the_hash() {
        assert_ne!(digest("t", &[b"ab", b"c"]), digest("t", &[b"a", b"bc"]));
        assert_ne!(digest("t", &[b"ab"]), digest("t", &[b"ab", b""]));
        assert_ne!(digest("ta", &[b"b"]), digest("t", &[b"ab"]));
    }

    #[test]
    fn the_framing_is_the_documented_one() {
        let mut bytes = Vec::new();
        for frame in [b"veche/1/t".as_slice(), b"ab", b""] {
            bytes.extend_from_slice(&(frame.len() as u64).to_le_bytes());
            bytes.extend_from_slice(frame);
        }
        let expected: [u8; 64] = Sha512::digest(&bytes).into();
        assert_eq!(wide("t", &[b"ab", b""]), expected);
        assert_eq!(digest("t", &[b"ab", b""]).as_bytes(), &expected[..32]);
    }
}
