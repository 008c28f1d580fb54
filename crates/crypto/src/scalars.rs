//! Sums over powers of a challenge.

use curve25519_dalek::scalar::Scalar;

/// w, w², …, w^count.
pub(crate) fn powers(w: &Scalar, count: usize) -> Vec<Scalar> {
    core::iter::successors(Some(*w), |power| Some(power * w)).take(count).collect()
}

/// Σ_i w^i·v_i, i = 1, 2, …, for values given last first.
pub(crate) fn horner(w: &Scalar, values_from_last: impl Iterator<Item = Scalar>) -> Scalar {
    values_from_last.fold(Scalar::ZERO, |sum, value| (sum + value) * w)
}

/// A signed integer as a scalar.
pub(crate) fn scalar_from_i128(value: i128) -> Scalar {
    let magnitude = Scalar::from(value.unsigned_abs());
    if value < 0 { -magnitude } else { magnitude }
}
