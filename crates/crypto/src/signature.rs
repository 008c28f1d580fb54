//! Schnorr signatures over ristretto255, which a batch verifies together with the ballots.
//!
//! # Statement
//!
//! The holder of the secret key sk with K = sk·G has signed this message, under this domain.
//!
//! # Proof
//!
//! ```text
//! k uniform   R = k·G     c = H("signature"; domain, R, K, message)     z = k + c·sk
//! ```
//!
//! The nonce k is `H("signature-nonce"; sk, domain, message)`, so a dead random source cannot reveal the
//! key. A proof of possession of one key is a signature under a domain of its own.
//!
//! # Verification
//!
//! `z·G = R + c·K`
//!
//! # Encoding
//!
//! R then z, 64 bytes. A public key is a point of 32 bytes.
//!
//! # Constant time
//!
//! Signing and the Diffie–Hellman value are constant-time in the key; verification is not, and needs no
//! secret.
//!
//! # Source
//!
//! Schnorr (1991), with the public key in the challenge and a derived nonce as in Bernstein, Duif, Lange,
//! Schwabe and Yang (2012).
//!
//! # Example
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use veche_crypto::randomness::Randomness;
//! use veche_crypto::signature::SecretKey;
//!
//! let key = SecretKey::derive("example-key", &Randomness::draw(getrandom::fill)?)?;
//! let signature = key.sign("example", b"message")?;
//! key.public().verify("example", b"message", &signature)?;
//! assert!(key.public().verify("another domain", b"message", &signature).is_err());
//! # Ok(())
//! # }
//! ```
//!
//! A verification that nobody looks at is refused where `unused_must_use` is, as in this workspace:
//!
//! ```compile_fail
//! #![deny(unused_must_use)]
//! # use veche_crypto::signature::{PublicKey, Signature};
//! fn forgotten(key: &PublicKey, signature: &Signature) {
//!     key.verify("example", b"message", signature);
//! }
//! ```

use crate::generators::G;
use curve25519_dalek::ristretto::RistrettoPoint;
use curve25519_dalek::scalar::Scalar;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::error::VerifyError;
use crate::group::{GroupError, Point, Reader, scalar_from_bytes};
use crate::hash::{scalar, tag};
use crate::randomness::Randomness;

/// Bytes of a signature.
pub const SIGNATURE_LEN: usize = 64;

/// A signing key: a non-zero scalar, with its public key. The scalar is wiped when dropped, never printed.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SecretKey {
    scalar: Scalar,
    #[zeroize(skip)]
    public: PublicKey,
}

impl SecretKey {
    /// Makes a key of a scalar.
    ///
    /// # Errors
    /// [`GroupError::Identity`] for zero.
    pub fn new(scalar: Scalar) -> Result<Self, GroupError> {
        let scalar = Zeroizing::new(scalar);
        let public = PublicKey(Point::new(&*G * &*scalar)?);
        Ok(SecretKey { scalar: *scalar, public })
    }

    /// Makes a new key: `H(tag; the random bytes)` as a scalar.
    ///
    /// # Errors
    /// [`GroupError::Identity`] with probability 2⁻²⁵².
    pub fn derive(tag: &str, randomness: &Randomness) -> Result<Self, GroupError> {
        Self::from_seed(tag, randomness.as_bytes())
    }

    /// Makes again the key that [`Self::derive`] made, of the random bytes, which were kept.
    ///
    /// # Errors
    /// [`GroupError::Identity`] with probability 2⁻²⁵².
    pub fn from_seed(tag: &str, seed: &[u8; 32]) -> Result<Self, GroupError> {
        Self::new(*Zeroizing::new(scalar(tag, &[seed])))
    }

    /// Reads a stored key of 32 canonical bytes.
    ///
    /// # Errors
    /// [`GroupError`].
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, GroupError> {
        Self::new(*Zeroizing::new(scalar_from_bytes(bytes)?))
    }

    /// The key's 32 bytes, to be stored where only its owner reads.
    pub fn to_bytes(&self) -> [u8; 32] {
        self.scalar.to_bytes()
    }

    /// The public key.
    pub const fn public(&self) -> PublicKey {
        self.public
    }

    /// sk·K: what this key and another one have in common (Diffie–Hellman), in constant time.
    ///
    /// # Errors
    /// None in practice: neither key is zero.
    pub fn diffie_hellman(&self, other: &PublicKey) -> Result<Point, GroupError> {
        Point::new(other.0.inner() * self.scalar)
    }

    /// Lends the scalar to a proof about this key.
    pub fn with_scalar<T>(&self, prove: impl FnOnce(&Scalar) -> T) -> T {
        prove(&self.scalar)
    }

    /// Signs a message under a domain.
    ///
    /// # Errors
    /// [`GroupError::Identity`] with probability 2⁻²⁵².
    pub fn sign(&self, domain: &str, message: &[u8]) -> Result<Signature, GroupError> {
        let fields = [self.scalar.as_bytes(), domain.as_bytes(), message];
        let k = Zeroizing::new(scalar(tag::SIGNATURE_NONCE, &fields));
        let r = Point::new(&*G * &*k)?;
        let c = challenge(domain, &r, &self.public, message);
        Ok(Signature { r, z: *k + c * self.scalar })
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

    /// Verifies one signature. [`Batch`](crate::batch::Batch) verifies many in less time.
    ///
    /// # Errors
    /// [`VerifyError::Equation`].
    pub fn verify(&self, domain: &str, message: &[u8], signature: &Signature) -> Result<(), VerifyError> {
        let c = signature.challenge(domain, self, message);
        let r = RistrettoPoint::vartime_double_scalar_mul_basepoint(&-c, self.0.inner(), &signature.z);
        VerifyError::unless(r == *signature.r.inner())
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
