use std::hint::black_box;

use curve25519_dalek::constants::{RISTRETTO_BASEPOINT_POINT as G, RISTRETTO_BASEPOINT_TABLE as TABLE};
use curve25519_dalek::ristretto::RistrettoPoint;
use curve25519_dalek::traits::{MultiscalarMul, VartimeMultiscalarMul};
use veche_crypto::group::Scalar;
use veche_crypto::hash::Hasher;

use crate::{Clock, microseconds};

/// Points of a large multiscalar multiplication.
const LARGE: usize = 10_000;
/// Points of a small one.
const SMALL: usize = 40;

/// What one group operation costs here, in microseconds.
pub struct Primitives {
    /// s·G by the table of the basepoint.
    pub fixed_base: f64,
    /// s·P in constant time.
    pub variable_base: f64,
    /// 32 bytes to a point.
    pub decompress: f64,
    /// A point to 32 bytes.
    pub compress: f64,
    /// P + Q.
    pub addition: f64,
    /// One point of a constant-time multiscalar multiplication of 40.
    pub constant_multiscalar: f64,
    /// One point of a variable-time multiscalar multiplication of 40.
    pub small_multiscalar: f64,
    /// One point of a variable-time multiscalar multiplication of 10,000.
    pub variable_multiscalar: f64,
}

impl Primitives {
    /// Measures them all.
    pub fn measure(clock: Clock<'_>) -> Self {
        let scalar = |index: u64| Hasher::new("bench").with(&index.to_le_bytes()).scalar();
        let scalars: Vec<Scalar> = (0..LARGE as u64).map(scalar).collect();
        let points: Vec<RistrettoPoint> = scalars.iter().map(|s| TABLE * s).collect();
        let s = scalar(1);
        let p = G * s;
        let bytes = p.compress();
        let few = || scalars.iter().zip(&points).take(SMALL);
        let (few_scalars, few_points): (Vec<Scalar>, Vec<RistrettoPoint>) =
            few().map(|(s, p)| (*s, *p)).unzip();
        let small = SMALL as f64;
        Primitives {
            fixed_base: microseconds(clock, || {
                black_box(TABLE * black_box(&s));
            }),
            variable_base: microseconds(clock, || {
                black_box(black_box(&p) * black_box(&s));
            }),
            decompress: microseconds(clock, || {
                black_box(black_box(&bytes).decompress());
            }),
            compress: microseconds(clock, || {
                black_box(black_box(&p).compress());
            }),
            addition: microseconds(clock, || {
                black_box(black_box(&p) + black_box(&G));
            }),
            constant_multiscalar: microseconds(clock, || {
                black_box(RistrettoPoint::multiscalar_mul(&few_scalars, &few_points));
            }) / small,
            small_multiscalar: microseconds(clock, || {
                black_box(RistrettoPoint::vartime_multiscalar_mul(&few_scalars, &few_points));
            }) / small,
            variable_multiscalar: microseconds(clock, || {
                black_box(RistrettoPoint::vartime_multiscalar_mul(&scalars, &points));
            }) / LARGE as f64,
        }
    }
}
