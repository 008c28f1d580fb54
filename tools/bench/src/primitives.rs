//! What group operations cost here.

use std::hint::black_box;

use curve25519_dalek::constants::{RISTRETTO_BASEPOINT_POINT as G, RISTRETTO_BASEPOINT_TABLE as TABLE};
use curve25519_dalek::ristretto::{CompressedRistretto, RistrettoPoint};
use curve25519_dalek::traits::{MultiscalarMul, VartimeMultiscalarMul};
use veche_crypto::group::Scalar;
use veche_crypto::hash::Hasher;

use crate::rounds::Task;

/// Points of a small multiscalar multiplication, or of a batch of encodings.
const FEW: usize = 40;

/// So many scalars that look random.
pub fn scalars(count: usize) -> Vec<Scalar> {
    (0..count as u64).map(|index| Hasher::new("bench").with(&index.to_le_bytes()).scalar()).collect()
}

/// What the group operations are measured on.
pub struct Primitives {
    scalar: Scalar,
    point: RistrettoPoint,
    bytes: CompressedRistretto,
    scalars: Vec<Scalar>,
    points: Vec<RistrettoPoint>,
}

impl Primitives {
    /// Points and scalars that look random.
    #[expect(clippy::new_without_default, reason = "it computes")]
    pub fn new() -> Self {
        let scalars = scalars(FEW);
        let points: Vec<RistrettoPoint> = scalars.iter().map(|scalar| TABLE * scalar).collect();
        let scalar = Hasher::new("bench").scalar();
        let point = TABLE * &scalar;
        Primitives { scalar, point, bytes: point.compress(), scalars, points }
    }

    /// One task for each operation; those of many points count a point.
    pub fn tasks(&self) -> Vec<Task<'_>> {
        let (s, p) = (&self.scalar, &self.point);
        vec![
            Task::new("fixed-base", 1, move || {
                black_box(TABLE * black_box(s));
            }),
            Task::new("variable-base", 1, move || {
                black_box(black_box(p) * black_box(s));
            }),
            Task::new("decompress", 1, || {
                black_box(black_box(&self.bytes).decompress());
            }),
            Task::new("compress", 1, move || {
                black_box(black_box(p).compress());
            }),
            Task::new("compress.batch", FEW, || {
                black_box(RistrettoPoint::double_and_compress_batch(black_box(&self.points)));
            }),
            Task::new("addition", 1, move || {
                black_box(black_box(p) + black_box(&G));
            }),
            Task::new("multiscalar", FEW, || {
                black_box(RistrettoPoint::multiscalar_mul(&self.scalars, &self.points));
            }),
            Task::new("multiscalar.vartime", FEW, || {
                black_box(RistrettoPoint::vartime_multiscalar_mul(&self.scalars, &self.points));
            }),
        ]
    }
}
