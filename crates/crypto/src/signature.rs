//! Schnorr signatures over ristretto255, which a batch verifies together with the ballots.
//!
//! ```text
//! R = k·G     c = H("signature"; domain, R, K, message)     z = k + c·sk
//! verify:  z·G = R + c·K
//! ```
//!
//! A signature is R then z, 64 bytes. The nonce k is `H("signature-nonce"; sk, domain, message)`, so
//! a dead random source cannot reveal the key. A proof of possession of one key is a signature
//! under a domain of its own.

use curve25519_dalek::constants::RISTRETTO_BASEPOINT_TABLE;
use curve25519_dalek::scalar::Scalar;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::batch::Batch;
use crate::group::{GroupError, Point, Reader, scalar_from_bytes};
use crate::hash::{scalar, tag};

/// Bytes of a signature.
pub const SIGNATURE_LEN: usize = 64;

/// A signing key: a non-zero scalar. Wiped when dropped, never printed.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SecretKey(Scalar);

impl SecretKey {
    /// Makes a key of a scalar.
    ///
    /// # Errors
    /// [`GroupError::Identity`] for zero.
    pub fn new(scalar: Scalar) -> Result<Self, GroupError> {
        if scalar == Scalar::ZERO {
            return Err(GroupError::Identity);
        }
        Ok(SecretKey(scalar))
    }

    /// Makes a key of 64 uniform bytes, reduced modulo ℓ.
    ///
    /// # Errors
    /// [`GroupError::Identity`] when the bytes reduce to zero, as those of a dead random source do.
    pub fn from_uniform_bytes(bytes: &[u8; 64]) -> Result<Self, GroupError> {
        Self::new(Scalar::from_bytes_mod_order_wide(bytes))
    }

    /// Reads a stored key of 32 canonical bytes.
    ///
    /// # Errors
    /// [`GroupError`].
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, GroupError> {
        Self::new(scalar_from_bytes(bytes)?)
    }

    /// The key's 32 bytes, to be stored where only its owner reads.
    pub fn to_bytes(&self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// The public key.
    ///
    /// # Errors
    /// None in practice: a key is never zero.
    pub fn public(&self) -> Result<PublicKey, GroupError> {
        Point::new(RISTRETTO_BASEPOINT_TABLE * &self.0).map(PublicKey)
    }

    /// sk·K: what this key and another one have in common (Diffie–Hellman), in constant time.
    ///
    /// # Errors
    /// None in practice: neither key is zero.
    pub fn diffie_hellman(&self, other: &PublicKey) -> Result<Point, GroupError> {
        Point::new(other.0.inner() * self.0)
    }

    /// Lends the scalar to a proof about this key.
    pub fn with_scalar<T>(&self, prove: impl FnOnce(&Scalar) -> T) -> T {
        prove(&self.0)
    }

    /// Signs a message under a domain.
    ///
    /// # Errors
    /// [`GroupError::Identity`] with probability 2⁻²⁵².
    pub fn sign(&self, domain: &str, message: &[u8]) -> Result<Signature, GroupError> {
        let mut k = scalar(tag::SIGNATURE_NONCE, &[self.0.as_bytes(), domain.as_bytes(), message]);
        let r = Point::new(RISTRETTO_BASEPOINT_TABLE * &k)?;
        let c = challenge(domain, &r, &self.public()?, message);
        let z = k + c * self.0;
        k.zeroize();
        Ok(Signature { r, z })
    }
}

/// A public key: a point other than the identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(Point);

impl PublicKey {
    /// Decodes 32 canonical bytes.
    ///
    /// # Errors
    /// [`GroupError`].
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, GroupError> {
        Point::from_bytes(bytes).map(PublicKey)
    }

    /// The canonical encoding.
    pub const fn to_bytes(&self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// The group element.
    pub const fn point(&self) -> &Point {
        &self.0
    }

    /// Verifies one signature, as a batch of one.
    pub fn verify(&self, domain: &str, message: &[u8], signature: &Signature) -> bool {
        let mut batch = Batch::new(&[]);
        batch.push_signature(domain, self, message, signature);
        // One equation with a weight that is not zero: nothing can cancel, so no fresh bytes.
        batch.verify(&[0; 32]).is_ok()
    }
}

/// A signature (R, z), decoded but not verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signature {
    pub(crate) r: Point,
    pub(crate) z: Scalar,
}

impl Signature {
    /// Decodes R then z.
    ///
    /// # Errors
    /// [`GroupError`], for which the signer is to blame.
    pub fn from_bytes(bytes: &[u8; SIGNATURE_LEN]) -> Result<Self, GroupError> {
        let mut reader = Reader(bytes);
        Ok(Signature { r: reader.point()?, z: reader.scalar()? })
    }

    /// Encodes R then z.
    pub fn to_bytes(&self) -> [u8; SIGNATURE_LEN] {
        let mut bytes = [0; SIGNATURE_LEN];
        let (r, z) = bytes.split_at_mut(SIGNATURE_LEN / 2);
        r.copy_from_slice(self.r.as_bytes());
        z.copy_from_slice(self.z.as_bytes());
        bytes
    }

    pub(crate) fn challenge(&self, domain: &str, key: &PublicKey, message: &[u8]) -> Scalar {
        challenge(domain, &self.r, key, message)
    }
}

fn challenge(domain: &str, r: &Point, key: &PublicKey, message: &[u8]) -> Scalar {
    scalar(tag::SIGNATURE, &[domain.as_bytes(), r.as_bytes(), key.0.as_bytes(), message])
}
