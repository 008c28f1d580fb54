//! A second prover, for tests: written from the equations alone, over arbitrary scalars instead of
//! bits, with every step open to tampering. It skips every check that an honest voter's software
//! does, and shares no formula with the library.
#![allow(dead_code, reason = "each test program uses a part of this")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use curve25519_dalek::constants::RISTRETTO_BASEPOINT_POINT as G;
use curve25519_dalek::ristretto::RistrettoPoint;
use curve25519_dalek::traits::Identity;
use veche_crypto::ballot_proof::{Section, Sections};
use veche_crypto::batch::Batch;
use veche_crypto::generators::{H, U, bit_generators};
use veche_crypto::group::{Point, Scalar};
use veche_crypto::hash::{Digest, Hasher, digest, wide};
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

    /// A ballot of this one section.
    pub fn ballot(&self, section: &Section) -> Sections {
        Sections::new(&self.header, vec![section.clone()])
    }

    /// The one real verifier.
    pub fn accepts(&self, section: &Section) -> bool {
        let mut batch = Batch::new(&self.keys);
        batch.push_section(&self.ballot(section), 0, &self.contest, &self.program).unwrap();
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
    Context,
    Alpha,
    Betas,
    Code,
    A,
    First,
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

    /// A hash of these fields but the forgotten ones.
    fn hash(&self, tag: &str, fields: &[(Forget, &[u8])]) -> [u8; 64] {
        let forgotten = |name: Forget| name == self.forget && name != Forget::Nothing;
        let kept = fields.iter().filter(|(name, _)| !forgotten(*name)).map(|(_, bytes)| *bytes);
        wide(tag, &kept.collect::<Vec<_>>())
    }

    fn digest(&self, tag: &str, fields: &[(Forget, &[u8])]) -> [u8; 32] {
        *self.hash(tag, fields).first_chunk().unwrap()
    }

    fn context(&self) -> [u8; 32] {
        let program = self.case.program.digest();
        let mut fields: Vec<(Forget, &[u8])> =
            vec![(Forget::Contest, &self.case.contest), (Forget::Program, program.as_bytes())];
        let keys = self.case.keys.iter().take(self.case.program.slots());
        fields.extend(keys.map(|key| (Forget::Keys, key.as_bytes().as_slice())));
        self.digest("section", &fields)
    }

    /// The code of a ballot of this one section.
    fn code(&self, alpha: &Point, betas: &[Point]) -> [u8; 32] {
        let mut ciphertexts = Vec::new();
        if self.forget != Forget::Alpha {
            ciphertexts.extend(alpha.as_bytes());
        }
        if self.forget != Forget::Betas {
            betas.iter().for_each(|beta| ciphertexts.extend(beta.as_bytes()));
        }
        self.digest("code", &[(Forget::Header, self.case.header.as_bytes()), (Forget::Nothing, &ciphertexts)])
    }

    /// The 64 bytes that are w modulo ℓ, and bound by x as their first half.
    fn first(&self, alpha: &Point, betas: &[Point], a: &Point) -> [u8; 64] {
        let (context, code) = (self.context(), self.code(alpha, betas));
        self.hash(
            "ballot-w",
            &[(Forget::Context, &context), (Forget::Code, &code), (Forget::A, a.as_bytes())],
        )
    }

    pub fn w(&self, alpha: &Point, betas: &[Point], a: &Point) -> Scalar {
        Scalar::from_bytes_mod_order_wide(&self.first(alpha, betas, a))
    }

    pub fn x(&self, alpha: &Point, betas: &[Point], [a, b, t]: [&Point; 3], delta: &Scalar) -> Scalar {
        let first = self.first(alpha, betas, a);
        let fields: [(Forget, &[u8]); 4] = [
            (Forget::First, &first[..32]),
            (Forget::B, b.as_bytes()),
            (Forget::T, t.as_bytes()),
            (Forget::Delta, delta.as_bytes()),
        ];
        Scalar::from_bytes_mod_order_wide(&self.hash("ballot-x", &fields))
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
