//! One contest's ciphertexts and proof in bytes, and the challenges that its proof answers.

use curve25519_dalek::scalar::Scalar;

use crate::group::{ENCODED_LEN, GroupError, Point, Reader};
use crate::hash::{Digest, scalar, tag, wide};
use crate::program::BallotProgram;

/// One contest's ciphertexts and proof, decoded but not verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// α = r·G.
    pub alpha: Point,
    /// β_j = v_j·G + r·K_j, in slot order.
    pub betas: Vec<Point>,
    /// A, the commitment to the bits.
    pub a: Point,
    /// B, the commitment to the masks.
    pub b: Point,
    /// T, the masks under encryption.
    pub t: Point,
    /// Δ, the cross term.
    pub delta: Scalar,
    /// f_1 … f_n.
    pub f: Vec<Scalar>,
    /// ζ.
    pub zeta: Scalar,
}

impl Section {
    /// The bytes of a section of this program: 32·(μ + n + 6).
    pub fn encoded_len(program: &BallotProgram) -> usize {
        ENCODED_LEN * (program.slots() + program.bits() + 6)
    }

    /// The bytes of a section of this program that the code binds, which come first: α, β_1 … β_μ.
    pub fn ciphertext_len(program: &BallotProgram) -> usize {
        ENCODED_LEN * (1 + program.slots())
    }

    /// Decodes a section of exactly [`Section::encoded_len`] bytes.
    ///
    /// # Errors
    /// [`GroupError`], for which the ballot's author is to blame.
    pub fn from_bytes(program: &BallotProgram, bytes: &[u8]) -> Result<Self, GroupError> {
        if bytes.len() != Self::encoded_len(program) {
            return Err(GroupError::Length);
        }
        let mut reader = Reader(bytes);
        let section = Section {
            alpha: reader.point()?,
            betas: (0..program.slots()).map(|_| reader.point()).collect::<Result<_, _>>()?,
            a: reader.point()?,
            b: reader.point()?,
            t: reader.point()?,
            delta: reader.scalar()?,
            f: (0..program.bits()).map(|_| reader.scalar()).collect::<Result<_, _>>()?,
            zeta: reader.scalar()?,
        };
        reader.end()?;
        Ok(section)
    }

    /// Encodes the section.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(ENCODED_LEN * (self.betas.len() + self.f.len() + 6));
        for point in [&self.alpha].into_iter().chain(&self.betas).chain([&self.a, &self.b, &self.t]) {
            bytes.extend_from_slice(point.as_bytes());
        }
        for scalar in [&self.delta].into_iter().chain(&self.f).chain([&self.zeta]) {
            bytes.extend_from_slice(scalar.as_bytes());
        }
        bytes
    }

    /// The challenges w and x in a ballot of this code.
    pub(crate) fn challenges(&self, ctx: &Digest, code: &Digest) -> (Scalar, Scalar) {
        let first = FirstChallenge::new(ctx, code, &self.a);
        let x = first.second(&self.b, &self.t, &self.delta);
        (first.w, x)
    }
}

/// w, and the 32 bytes that the second challenge binds in place of everything that w does.
pub(super) struct FirstChallenge {
    pub w: Scalar,
    t: Digest,
}

impl FirstChallenge {
    /// `t = H("ballot-w"; ctx, code, A)`: all its 64 bytes are w, the first 32 of them the field of the second.
    pub fn new(ctx: &Digest, code: &Digest, a: &Point) -> Self {
        let wide = wide(tag::BALLOT_W, &[ctx.as_bytes(), code.as_bytes(), a.as_bytes()]);
        FirstChallenge { w: Scalar::from_bytes_mod_order_wide(&wide), t: Digest::first_half(&wide) }
    }

    /// `x = H("ballot-x"; t, B, T, Δ)`.
    pub fn second(&self, b: &Point, t: &Point, delta: &Scalar) -> Scalar {
        scalar(tag::BALLOT_X, &[self.t.as_bytes(), b.as_bytes(), t.as_bytes(), delta.as_bytes()])
    }
}
