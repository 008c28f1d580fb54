//! A second prover, for tests: written from the equations alone, over arbitrary scalars instead of
//! bits, with every step open to tampering. It skips every check that an honest voter's software
//! does, and shares no formula with the library.
#![allow(dead_code, reason = "each test program uses a part of this")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use curve25519_dalek::constants::RISTRETTO_BASEPOINT_POINT as G;
use curve25519_dalek::ristretto::RistrettoPoint;
use curve25519_dalek::traits::Identity;
use veche_crypto::ballot_proof::Section;
use veche_crypto::batch::Batch;
use veche_crypto::generators::{H, U, bit_generators};
use veche_crypto::group::{Point, Scalar};
use veche_crypto::hash::{Digest, Hasher, digest};
use veche_crypto::program::{Affine, BallotProgram, Constraint};
use veche_crypto::randomness::Randomness;

pub fn scalar(value: i128) -> Scalar {
    let magnitude = Scalar::from(value.unsigned_abs());
    if value < 0 { -magnitude } else { magnitude }
}

pub fn random(label: &str, index: usize) -> Scalar {
    Hasher::new("test-random").with(label.as_bytes()).with(&index.to_le_bytes()).scalar()
}

/// Bytes that a verifier draws, the same in every run.
pub fn fresh(byte: u8) -> Randomness {
    Randomness::draw(|bytes| {
        bytes.fill(byte);
        bytes[0] ^= 1;
        Ok::<_, ()>(())
    })
    .unwrap()
}

pub fn point(inner: RistrettoPoint) -> Point {
    Point::new(inner).unwrap()
}

/// Slot keys whose secrets everybody knows, as colluding trustees would.
pub fn slot_keys(count: usize) -> (Vec<Scalar>, Vec<Point>) {
    let secrets: Vec<_> = (0..count).map(|j| random("slot key", j)).collect();
    let keys = secrets.iter().map(|x| point(G * x)).collect();
    (secrets, keys)
}

/// What a proof is about, owned.
#[derive(Clone)]
pub struct Case {
    pub header: Digest,
    pub contest: Vec<u8>,
    pub program: BallotProgram,
    pub keys: Vec<Point>,
}

impl Case {
    pub fn new(program: BallotProgram) -> Self {
        let keys = slot_keys(program.slots()).1;
        Case { header: digest("test", &[b"header"]), contest: b"contest".to_vec(), program, keys }
    }

    /// The one real verifier.
    pub fn accepts(&self, section: &Section) -> bool {
        let mut batch = Batch::new(&self.keys);
        batch.push_section(&self.header, &self.contest, &self.program, section).unwrap();
        batch.verify(&fresh(7)).is_ok()
    }
}

/// Which input a weak challenge forgets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forget {
    Nothing,
    Header,
    Contest,
    Program,
    Keys,
    Alpha,
    Betas,
    A,
    B,
    T,
    Delta,
}

pub struct Forger<'a> {
    pub case: &'a Case,
    /// The values in place of the bits.
    pub bits: Vec<Scalar>,
    /// The values under encryption; the program's outputs of `bits` when honest.
    pub values: Vec<Scalar>,
    pub forget: Forget,
    /// Added to α, A and T before hashing.
    pub shift_alpha: RistrettoPoint,
    pub shift_a: RistrettoPoint,
    pub shift_t: RistrettoPoint,
}

pub fn affine(form: &Affine, f: &[Scalar], x: &Scalar) -> Scalar {
    let (constant, terms) = form.parts();
    terms.iter().map(|&(bit, k)| scalar(k) * f[bit as usize]).sum::<Scalar>() + scalar(constant) * x
}

fn constraint(constraint: &Constraint, f: &[Scalar], x: &Scalar) -> Scalar {
    let (products, linear) = constraint.parts();
    products.iter().map(|(l, r)| affine(l, f, x) * affine(r, f, x)).sum::<Scalar>() + x * affine(linear, f, x)
}

/// All constraints, sent bits first, as Q_w merges them.
pub fn merged(program: &BallotProgram, w: &Scalar, f: &[Scalar], x: &Scalar) -> Scalar {
    let bits = f.iter().map(|f| f * (f - x));
    let stated = program.constraints().iter().map(|g| constraint(g, f, x));
    horner(w, bits.chain(stated).collect())
}

fn outputs(program: &BallotProgram, w: &Scalar, f: &[Scalar], x: &Scalar) -> Scalar {
    horner(w, program.outputs().iter().map(|e| affine(e, f, x)).collect())
}

fn horner(w: &Scalar, values: Vec<Scalar>) -> Scalar {
    values.iter().rev().fold(Scalar::ZERO, |sum, value| (sum + value) * w)
}

impl<'a> Forger<'a> {
    pub fn new(case: &'a Case, bits: &[i128]) -> Self {
        let bits: Vec<Scalar> = bits.iter().map(|&b| scalar(b)).collect();
        let values = case.program.outputs().iter().map(|e| affine(e, &bits, &Scalar::ONE)).collect();
        Forger {
            case,
            bits,
            values,
            forget: Forget::Nothing,
            shift_alpha: RistrettoPoint::identity(),
            shift_a: RistrettoPoint::identity(),
            shift_t: RistrettoPoint::identity(),
        }
    }

    fn context(&self) -> Digest {
        let mut hasher = Hasher::new("section");
        let mut field = |name: Forget, bytes: &[u8]| {
            if self.forget != name {
                hasher.field(bytes);
            }
        };
        field(Forget::Header, self.case.header.as_bytes());
        field(Forget::Contest, &self.case.contest);
        field(Forget::Program, self.case.program.digest().as_bytes());
        for key in self.case.keys.iter().take(self.case.program.slots()) {
            field(Forget::Keys, key.as_bytes());
        }
        hasher.digest()
    }

    fn challenge(&self, tag: &str, fields: &[(Forget, &Point)], delta: Option<&Scalar>) -> Scalar {
        let mut hasher = Hasher::new(tag);
        hasher.field(self.context().as_bytes());
        for (name, point) in fields {
            if *name != self.forget {
                hasher.field(point.as_bytes());
            }
        }
        if let Some(delta) = delta.filter(|_| self.forget != Forget::Delta) {
            hasher.field(delta.as_bytes());
        }
        hasher.scalar()
    }

    pub fn w(&self, alpha: &Point, betas: &[Point], a: &Point) -> Scalar {
        let mut fields = vec![(Forget::Alpha, alpha)];
        fields.extend(betas.iter().map(|beta| (Forget::Betas, beta)));
        fields.push((Forget::A, a));
        self.challenge("ballot-w", &fields, None)
    }

    pub fn x(&self, alpha: &Point, betas: &[Point], [a, b, t]: [&Point; 3], delta: &Scalar) -> Scalar {
        let mut fields = vec![(Forget::Alpha, alpha)];
        fields.extend(betas.iter().map(|beta| (Forget::Betas, beta)));
        fields.extend([(Forget::A, a), (Forget::B, b), (Forget::T, t)]);
        self.challenge("ballot-x", &fields, Some(delta))
    }

    pub fn prove(&self) -> Section {
        self.prove_with_opening(None)
    }

    /// With `opened`, the nonce that the responses claim is chosen by the caller once w is known,
    /// whatever A committed to.
    pub fn prove_with_opening(&self, opened: Option<&dyn Fn(&Scalar) -> Scalar>) -> Section {
        let program = &self.case.program;
        let n = program.bits();
        let p = bit_generators(n as u32);
        let d: Vec<Scalar> = (0..n).map(|i| random("d", i)).collect();
        let (s, r, tau) = (random("s", 0), random("r", 0), random("tau", 0));
        let keys = self.case.keys.iter().take(program.slots());

        let alpha = point(G * r + self.shift_alpha);
        let betas: Vec<Point> =
            keys.clone().zip(&self.values).map(|(key, v)| point(G * v + key.inner() * r)).collect();
        let commit =
            |scalars: &[Scalar]| -> RistrettoPoint { scalars.iter().zip(&p).map(|(s, p)| p * s).sum() };
        let a = point(commit(&self.bits) + &*U * &s + &*H * &r + self.shift_a);
        let w = self.w(&alpha, &betas, &a);
        let claimed = opened.map_or(r, |open| open(&w));

        let sum: Vec<Scalar> = self.bits.iter().zip(&d).map(|(b, d)| b + d).collect();
        let c0 = merged(program, &w, &d, &Scalar::ZERO);
        let c1 = merged(program, &w, &sum, &Scalar::ONE) - c0 - merged(program, &w, &self.bits, &Scalar::ONE);
        let delta = c1 - s;
        let b = point(commit(&d) + &*U * &c0 + &*H * &tau);
        let powers = core::iter::successors(Some(w), |power| Some(power * w));
        let merged_key: RistrettoPoint = keys.zip(powers).map(|(key, power)| key.inner() * power).sum();
        let t = point(G * (tau + outputs(program, &w, &d, &Scalar::ZERO)) + merged_key * tau + self.shift_t);
        let x = self.x(&alpha, &betas, [&a, &b, &t], &delta);
        let f = self.bits.iter().zip(&d).map(|(b, d)| x * b + d).collect();
        Section { alpha, betas, a, b, t, delta, f, zeta: x * claimed + tau }
    }

    /// What is left of the two verification equations: the identity twice for a valid section.
    pub fn residuals(&self, section: &Section) -> [RistrettoPoint; 2] {
        let program = &self.case.program;
        let w = self.w(&section.alpha, &section.betas, &section.a);
        let x = self.x(&section.alpha, &section.betas, [&section.a, &section.b, &section.t], &section.delta);
        let p = bit_generators(program.bits() as u32);
        let committed: RistrettoPoint = section.f.iter().zip(&p).map(|(f, p)| p * f).sum();
        let one = section.a.inner() * x + section.b.inner()
            - committed
            - &*U * &(merged(program, &w, &section.f, &x) - x * section.delta)
            - &*H * &section.zeta;
        let powers = || core::iter::successors(Some(w), |power| Some(power * w));
        let betas: RistrettoPoint =
            section.betas.iter().zip(powers()).map(|(b, power)| b.inner() * power).sum();
        let keys: RistrettoPoint = self
            .case
            .keys
            .iter()
            .take(section.betas.len())
            .zip(powers())
            .map(|(k, power)| k.inner() * power)
            .sum();
        let two = (section.alpha.inner() + betas) * x + section.t.inner()
            - G * (section.zeta + outputs(program, &w, &section.f, &x))
            - keys * section.zeta;
        [one, two]
    }
}
