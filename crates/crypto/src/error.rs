//! Why a verification fails.

/// Why a proof, a signature or a share is refused. The fault is with whoever made it, unless the caller
/// gave a statement that it is not about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The lists of the statement do not fit each other or the proof.
    #[error("the statement has lists of different lengths")]
    Shape,
    /// A verification equation does not hold.
    #[error("the verification equation does not hold")]
    Equation,
}

impl VerifyError {
    /// `Ok` when the equation holds.
    pub(crate) fn unless(holds: bool) -> Result<(), Self> {
        if holds { Ok(()) } else { Err(VerifyError::Equation) }
    }
}
