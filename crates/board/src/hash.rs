//! SHA-256 leaf and node hashes, RFC 6962 section 2.1.

use std::fmt;

use sha2::{Digest as _, Sha256};

use crate::encoding::{from_base64, to_base64};

/// The prefix that makes a leaf's input differ from every node's (RFC 6962 section 2.1).
const LEAF_PREFIX: u8 = 0x00;
/// The prefix that makes a node's input differ from every leaf's (RFC 6962 section 2.1).
const NODE_PREFIX: u8 = 0x01;

/// The root of the empty tree: SHA-256 of nothing (RFC 6962 section 2.1, `MTH({})`).
pub const EMPTY_ROOT: Hash = Hash([
    0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27,
    0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
]);

/// A node of the tree: the hash of an entry, or of two nodes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; Hash::LEN]);

impl Hash {
    /// Bytes in a hash.
    pub const LEN: usize = 32;

    /// A hash from its bytes. Every 32 bytes are one.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; Hash::LEN]) -> Hash {
        Hash(bytes)
    }

    /// The hash's bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; Hash::LEN] {
        &self.0
    }

    /// Standard base64 with padding, as checkpoints and receipts write it.
    #[must_use]
    pub fn to_base64(&self) -> String {
        to_base64(&self.0)
    }

    /// Reads what [`to_base64`](Self::to_base64) writes, and no other spelling.
    ///
    /// # Errors
    /// The text's author's fault: it isn't canonical base64 of 32 bytes.
    pub fn from_base64(text: &str) -> Result<Hash, HashError> {
        let bytes = from_base64(text).ok_or(HashError)?;
        Ok(Hash(bytes.try_into().map_err(|_| HashError)?))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.0 {
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

/// Lower-case hex.
impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// A hash that isn't 32 bytes in canonical base64. The fault of whoever wrote the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a hash must be 32 bytes in canonical base64")]
pub struct HashError;

/// The hash of an entry: SHA-256(0x00 ‖ entry), RFC 6962 section 2.1.
#[must_use]
pub fn leaf_hash(entry: &[u8]) -> Hash {
    Hash(Sha256::new().chain_update([LEAF_PREFIX]).chain_update(entry).finalize().into())
}

/// The hash of two nodes: SHA-256(0x01 ‖ left ‖ right), RFC 6962 section 2.1.
#[must_use]
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Hash(
        Sha256::new()
            .chain_update([NODE_PREFIX])
            .chain_update(left.0)
            .chain_update(right.0)
            .finalize()
            .into(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_empty_root_is_the_hash_of_nothing() {
        assert_eq!(EMPTY_ROOT.0, <[u8; 32]>::from(Sha256::digest([])));
    }

    #[test]
    fn leaf_and_node_of_the_same_bytes_differ() {
        let (left, right) = (Hash([1; 32]), Hash([2; 32]));
        assert_ne!(node_hash(&left, &right), leaf_hash(&[left.0, right.0].concat()));
        assert_ne!(node_hash(&left, &right), node_hash(&right, &left));
    }

    #[test]
    fn base64_has_one_spelling() {
        let text = EMPTY_ROOT.to_base64();
        assert_eq!(Hash::from_base64(&text), Ok(EMPTY_ROOT));
        // 32 bytes end in four characters of which the last but one carries two unused bits: set them.
        assert!(text.ends_with("uFU="), "{text}");
        for loose in
            [text.replace("uFU=", "uFV="), text.replace('=', ""), format!("{text}\n"), text.replace('=', "A")]
        {
            assert_eq!(Hash::from_base64(&loose), Err(HashError), "{loose:?}");
        }
    }
}
