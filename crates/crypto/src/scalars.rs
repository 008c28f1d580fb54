//! Powers of a challenge, and signed integers.

use curve25519_dalek::scalar::Scalar;

/// w, w², …, w^count.
pub(crate) fn powers(w: &Scalar, count: usize) -> Vec<Scalar> {
    core::iter::successors(Some(*w), |power| Some(power * w)).take(count).collect()
}

/// A signed integer as a scalar.
pub(crate) fn scalar_from_i128(value: i128) -> Scalar {
    let magnitude = Scalar::from(value.unsigned_abs());
    if value < 0 { -magnitude } else { magnitude }
}
