//! What a section is a proof about.

use crate::group::Point;
use crate::hash::{Digest, Hasher, tag};
use crate::program::BallotProgram;

/// What a section is a proof about, whatever ballot it is in. The context that the challenges bind is made from
/// this, here and nowhere else:
///
/// `ctx = H("section"; contest, program digest, K_1, …, K_μ)`.
#[derive(Clone, Copy)]
pub struct Statement<'a> {
    /// The contest's identifier.
    pub contest: &'a [u8],
    /// The contest's rule.
    pub program: &'a BallotProgram,
    /// The slot keys; the first μ are used.
    pub keys: &'a [Point],
}

impl Statement<'_> {
    pub(super) fn slot_keys(&self) -> Result<&[Point], ProofError> {
        self.keys.get(..self.program.slots()).ok_or(ProofError::TooFewKeys)
    }

    pub(crate) fn context(&self) -> Result<Digest, ProofError> {
        let mut hasher = Hasher::new(tag::SECTION);
        hasher.field(self.contest);
        hasher.field(self.program.digest().as_bytes());
        hasher.fields(self.slot_keys()?.iter().map(Point::as_bytes));
        Ok(hasher.digest())
    }
}

/// Why a section cannot be made. The fault is with the calling code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProofError {
    /// There are fewer slot keys than the program has slots.
    #[error("the contest has more slots than there are slot keys")]
    TooFewKeys,
    /// The number of bits is not the program's, or one is neither 0 nor 1.
    #[error("these are not the bits of the contest's program")]
    WrongBits,
    /// Something that is the identity with probability 2⁻²⁵² was: the randomness is broken.
    #[error("the randomness of this ballot is broken; nothing was sealed")]
    Degenerate,
}
