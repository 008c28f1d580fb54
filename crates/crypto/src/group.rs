//! The group: ristretto255 of RFC 9496, in canonical bytes only.
//!
//! Two types say whether the identity is legal. A [`Point`] is never the identity: it is what
//! ballots, keys and signatures are made of. An [`AnyPoint`] may be the identity, as the sum of an
//! empty tally is. Decoding refuses every encoding that RFC 9496 refuses, and every scalar that is
//! not reduced modulo ℓ.

use crate::generators::G;
use crate::scalars::from_canonical;
use curve25519_dalek::ristretto::CompressedRistretto;
pub use curve25519_dalek::ristretto::RistrettoPoint;
pub use curve25519_dalek::scalar::Scalar;

/// Bytes of an encoded point or scalar.
pub const ENCODED_LEN: usize = 32;

/// Why bytes are not a group element or a scalar. The fault is with whoever made the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GroupError {
    /// Not the canonical ristretto255 encoding of any element.
    #[error("these 32 bytes are not a canonical ristretto255 element")]
    NotAnElement,
    /// The identity, where it is not legal.
    #[error("the identity element is not allowed here")]
    Identity,
    /// A scalar of ℓ or more.
    #[error("these 32 bytes are not a scalar below the group order")]
    UnreducedScalar,
    /// Fewer or more than 32 bytes.
    #[error("a point or a scalar is exactly 32 bytes")]
    Length,
}

/// A group element other than the identity, with its encoding.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Point {
    inner: RistrettoPoint,
    bytes: [u8; ENCODED_LEN],
}

impl Point {
    /// Decodes 32 canonical bytes.
    ///
    /// # Errors
    /// [`GroupError::NotAnElement`] or [`GroupError::Identity`].
    pub fn from_bytes(bytes: &[u8; ENCODED_LEN]) -> Result<Self, GroupError> {
        Self::from_any(AnyPoint::from_bytes(bytes)?)
    }

    /// Encodes an element that was computed.
    ///
    /// # Errors
    /// [`GroupError::Identity`].
    pub fn new(inner: RistrettoPoint) -> Result<Self, GroupError> {
        Self::from_any(AnyPoint::new(inner))
    }

    /// Takes an element that may be the identity.
    ///
    /// # Errors
    /// [`GroupError::Identity`].
    pub fn from_any(point: AnyPoint) -> Result<Self, GroupError> {
        // The identity has one canonical encoding: all zeros.
        if point.bytes == [0; ENCODED_LEN] {
            return Err(GroupError::Identity);
        }
        Ok(Point { inner: point.inner, bytes: point.bytes })
    }

    /// Encodes 2·P for every P given. One inversion serves them all, so that each costs a fraction
    /// of what [`Point::new`] does.
    ///
    /// # Errors
    /// [`GroupError::Identity`].
    pub(crate) fn doubles(halves: &[RistrettoPoint]) -> Result<Vec<Self>, GroupError> {
        RistrettoPoint::double_and_compress_batch(halves)
            .into_iter()
            .zip(halves)
            .map(|(bytes, half)| Self::from_any(AnyPoint { inner: half + half, bytes: bytes.to_bytes() }))
            .collect()
    }

    /// The canonical encoding.
    pub const fn to_bytes(&self) -> [u8; ENCODED_LEN] {
        self.bytes
    }

    /// The canonical encoding, by reference.
    pub const fn as_bytes(&self) -> &[u8; ENCODED_LEN] {
        &self.bytes
    }

    /// The element, to compute with.
    pub const fn inner(&self) -> &RistrettoPoint {
        &self.inner
    }

    /// Whether this is `scalar`·G, in constant time.
    #[must_use]
    pub fn is_times_base(&self, scalar: &Scalar) -> bool {
        self.inner == &*G * scalar
    }
}

/// A group element that may be the identity, with its encoding.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct AnyPoint {
    inner: RistrettoPoint,
    bytes: [u8; ENCODED_LEN],
}

impl AnyPoint {
    /// Decodes 32 canonical bytes.
    ///
    /// # Errors
    /// [`GroupError::NotAnElement`].
    pub fn from_bytes(bytes: &[u8; ENCODED_LEN]) -> Result<Self, GroupError> {
        let inner = CompressedRistretto(*bytes).decompress().ok_or(GroupError::NotAnElement)?;
        Ok(AnyPoint { inner, bytes: *bytes })
    }

    /// Encodes an element that was computed.
    pub fn new(inner: RistrettoPoint) -> Self {
        AnyPoint { inner, bytes: inner.compress().to_bytes() }
    }

    /// The canonical encoding.
    pub const fn to_bytes(&self) -> [u8; ENCODED_LEN] {
        self.bytes
    }

    /// The canonical encoding, by reference.
    pub const fn as_bytes(&self) -> &[u8; ENCODED_LEN] {
        &self.bytes
    }

    /// The element, to compute with.
    pub const fn inner(&self) -> &RistrettoPoint {
        &self.inner
    }
}

impl From<Point> for AnyPoint {
    fn from(point: Point) -> Self {
        AnyPoint { inner: point.inner, bytes: point.bytes }
    }
}

macro_rules! debug_as_hex {
    ($($name:ident),*) => {$(
        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                self.bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }
    )*};
}
debug_as_hex!(Point, AnyPoint);

/// Decodes a scalar of exactly 32 canonical bytes, little-endian, below ℓ.
///
/// # Errors
/// [`GroupError::UnreducedScalar`].
pub fn scalar_from_bytes(bytes: &[u8; ENCODED_LEN]) -> Result<Scalar, GroupError> {
    from_canonical(bytes).ok_or(GroupError::UnreducedScalar)
}

/// Takes points and scalars off the front of a byte string, one after another.
pub(crate) struct Reader<'a>(pub &'a [u8]);

impl Reader<'_> {
    pub fn bytes(&mut self) -> Result<[u8; ENCODED_LEN], GroupError> {
        let (head, rest) = self.0.split_first_chunk().ok_or(GroupError::Length)?;
        self.0 = rest;
        Ok(*head)
    }

    pub fn point(&mut self) -> Result<Point, GroupError> {
        Point::from_bytes(&self.bytes()?)
    }

    pub fn scalar(&mut self) -> Result<Scalar, GroupError> {
        scalar_from_bytes(&self.bytes()?)
    }

    pub fn end(self) -> Result<(), GroupError> {
        if self.0.is_empty() { Ok(()) } else { Err(GroupError::Length) }
    }
}
