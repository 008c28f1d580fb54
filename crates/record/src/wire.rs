//! Reading fixed little-endian layouts: every read says what is missing, nothing is left over, and
//! nothing is allocated for a length that the bytes themselves do not back.

use veche_crypto::group::{GroupError, Point, Scalar, scalar_from_bytes};
use veche_crypto::hash::Digest;
use veche_crypto::signature::{PublicKey, SIGNATURE_LEN, Signature};

/// Why bytes are not in a layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WireError {
    /// The bytes end before the layout does.
    #[error("the bytes end too early")]
    Short,
    /// The layout ends before the bytes do.
    #[error("{0} bytes too many at the end")]
    Trailing(usize),
    /// A point or scalar is not one.
    #[error(transparent)]
    Group(#[from] GroupError),
}

/// Takes values off the front of a byte string.
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Reader(bytes)
    }

    pub fn take(&mut self, len: usize) -> Result<&'a [u8], WireError> {
        let (head, rest) = self.0.split_at_checked(len).ok_or(WireError::Short)?;
        self.0 = rest;
        Ok(head)
    }

    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], WireError> {
        let (head, rest) = self.0.split_first_chunk().ok_or(WireError::Short)?;
        self.0 = rest;
        Ok(*head)
    }

    pub fn u8(&mut self) -> Result<u8, WireError> {
        self.array().map(u8::from_le_bytes)
    }

    pub fn u16(&mut self) -> Result<u16, WireError> {
        self.array().map(u16::from_le_bytes)
    }

    pub fn u32(&mut self) -> Result<u32, WireError> {
        self.array().map(u32::from_le_bytes)
    }

    pub fn u64(&mut self) -> Result<u64, WireError> {
        self.array().map(u64::from_le_bytes)
    }

    pub fn digest(&mut self) -> Result<Digest, WireError> {
        self.array().map(Digest::from_bytes)
    }

    pub fn point(&mut self) -> Result<Point, WireError> {
        Ok(Point::from_bytes(&self.array()?)?)
    }

    pub fn scalar(&mut self) -> Result<Scalar, WireError> {
        Ok(scalar_from_bytes(&self.array()?)?)
    }

    pub fn public_key(&mut self) -> Result<PublicKey, WireError> {
        Ok(PublicKey::from_bytes(&self.array()?)?)
    }

    pub fn signature(&mut self) -> Result<Signature, WireError> {
        Ok(Signature::from_bytes(&self.array::<SIGNATURE_LEN>()?)?)
    }

    /// `count` values, read one after another: a count that the bytes do not back ends the reading
    /// before it costs memory.
    pub fn many<T, E: From<WireError>>(
        &mut self,
        count: usize,
        mut read: impl FnMut(&mut Self) -> Result<T, E>,
    ) -> Result<Vec<T>, E> {
        let mut values = Vec::new();
        for _ in 0..count {
            values.push(read(self)?);
        }
        Ok(values)
    }

    /// How many bytes are left.
    pub fn left(&self) -> usize {
        self.0.len()
    }

    pub fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.0)
    }

    pub fn end(self) -> Result<(), WireError> {
        match self.0.len() {
            0 => Ok(()),
            left => Err(WireError::Trailing(left)),
        }
    }
}
