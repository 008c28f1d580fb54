//! The ballot proof: one contest's encrypted values, and why they are a legal ballot.
//!
//! # Statement
//!
//! For slot keys K_1 … K_μ and a [`BallotProgram`] with n sent bits, constraints g_i and outputs
//! E_j, the prover knows bits b and a nonce r such that g_i(b) = 0 for all i and
//!
//! ```text
//! α = r·G        β_j = E_j(b)·G + r·K_j
//! ```
//!
//! # Proof
//!
//! `g^h(f, x)` is g made homogeneous by x. `Q_w(f, x) = Σ_i w^i·g_i^h(f, x)`, the n constraints
//! "sent bit i is a bit" first. d (n scalars), s, r, τ are uniform.
//!
//! ```text
//! A  = Σ b_i·P_i + s·U + r·H
//! w  = H("ballot-w"; ctx, α, β_1 … β_μ, A)
//! c0 = Q_w(d, 0)     c1 = Q_w(b+d, 1) - c0     Δ = c1 - s
//! B  = Σ d_i·P_i + c0·U + τ·H
//! T  = (τ + Σ_j w^j·E_j^h(d, 0))·G + τ·Σ_j w^j·K_j
//! x  = H("ballot-x"; ctx, α, β_1 … β_μ, A, B, T, Δ)
//! f  = x·b + d       ζ = x·r + τ
//! ```
//!
//! # Verification
//!
//! ```text
//! (1)  x·A + B               = Σ f_i·P_i + (Q_w(f, x) - x·Δ)·U + ζ·H
//! (2)  x·(α + Σ w^j·β_j) + T = (ζ + Σ w^j·E_j^h(f, x))·G + ζ·Σ w^j·K_j
//! ```
//!
//! The two equations stay two: merging α and β in (2) is sound only because A binds r in (1).
//! [`crate::batch`] is the one verifier, for one ballot too.
//!
//! # Encoding
//!
//! α, β_1 … β_μ, A, B, T (points), Δ, f_1 … f_n, ζ (scalars): 32·(μ + n + 6) bytes.
//!
//! # Constant time
//!
//! [`Prepared`] and [`Prepared::seal`] do the same operations in the same order for every choice.
//! Only what the proof publishes (w, x and the points) meets variable-time arithmetic.
//!
//! # Source
//!
//! Bit vectors in one Pedersen commitment after Groth and Kohlweiss and Bootle et al. (2015);
//! many encrypted bits with few group operations after Devillez, Pereira and Peters (2022);
//! one nonce for many keys after Kurosawa (2002) and Bellare, Boldyreva and Staddon (2003).

use curve25519_dalek::constants::RISTRETTO_BASEPOINT_TABLE;
use curve25519_dalek::ristretto::RistrettoPoint;
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::{Identity, MultiscalarMul, VartimeMultiscalarMul};
use subtle::{Choice, ConditionallySelectable};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::generators;
use crate::group::{ENCODED_LEN, GroupError, Point, Reader};
use crate::hash::{Digest, Hasher, tag};
use crate::program::BallotProgram;
use crate::scalars::{horner, powers};

/// What a section is a proof about. The context that the challenges bind is made from this, here
/// and nowhere else:
///
/// `ctx = H("section"; header, contest, program digest, K_1, …, K_μ)`.
#[derive(Clone, Copy)]
pub struct Statement<'a> {
    /// The hash of everything in the ballot that comes before its sections.
    pub header: &'a Digest,
    /// The contest's identifier.
    pub contest: &'a [u8],
    /// The contest's rule.
    pub program: &'a BallotProgram,
    /// The slot keys; the first μ are used.
    pub keys: &'a [Point],
}

impl Statement<'_> {
    fn slot_keys(&self) -> Result<&[Point], ProofError> {
        self.keys.get(..self.program.slots()).ok_or(ProofError::TooFewKeys)
    }

    pub(crate) fn context(&self) -> Result<Digest, ProofError> {
        let mut hasher = Hasher::new(tag::SECTION);
        hasher.field(self.header.as_bytes());
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

    pub(crate) fn challenges(&self, ctx: &Digest) -> (Scalar, Scalar) {
        let w = challenge_w(ctx, &self.alpha, &self.betas, &self.a);
        let x = challenge_x(ctx, &self.alpha, &self.betas, [&self.a, &self.b, &self.t], &self.delta);
        (w, x)
    }
}

fn ciphertext_hasher(name: &str, ctx: &Digest, alpha: &Point, betas: &[Point]) -> Hasher {
    let mut hasher = Hasher::new(name);
    let points = [alpha].into_iter().chain(betas).map(Point::as_bytes);
    hasher.fields([ctx.as_bytes()].into_iter().chain(points));
    hasher
}

fn challenge_w(ctx: &Digest, alpha: &Point, betas: &[Point], a: &Point) -> Scalar {
    ciphertext_hasher(tag::BALLOT_W, ctx, alpha, betas).with(a.as_bytes()).scalar()
}

fn challenge_x(ctx: &Digest, alpha: &Point, betas: &[Point], abt: [&Point; 3], delta: &Scalar) -> Scalar {
    let mut hasher = ciphertext_hasher(tag::BALLOT_X, ctx, alpha, betas);
    abt.iter().for_each(|point| {
        hasher.field(point.as_bytes());
    });
    hasher.with(delta.as_bytes()).scalar()
}

/// The part of a section that does not depend on the choices, computed while the voter reads.
///
/// It holds secrets, is wiped when dropped and is consumed by [`Prepared::seal`]: the same masks
/// under two ballots would reveal both. Sealing twice does not compile:
///
/// ```compile_fail,E0382
/// # use veche_crypto::ballot_proof::{Prepared, Statement};
/// fn twice(prepared: Prepared, statement: &Statement<'_>) {
///     let first = prepared.seal(statement, &[1, 0]);
///     let second = prepared.seal(statement, &[0, 1]);
/// }
/// ```
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Prepared {
    d: Vec<Scalar>,
    s: Scalar,
    r: Scalar,
    tau: Scalar,
    /// g_i^h(d, 0), which c0 merges.
    constraints: Vec<Scalar>,
    /// E_j^h(d, 0), which T merges.
    outputs: Vec<Scalar>,
    /// α/2 = r/2·G. What is encoded together with others is kept as its half.
    half_alpha: RistrettoPoint,
    /// r/2·K_j.
    half_masks: Vec<RistrettoPoint>,
    /// s·U + r·H.
    a: RistrettoPoint,
    /// (Σ d_i·P_i + τ·H)/2.
    half_b: RistrettoPoint,
}

impl Prepared {
    /// Derives all randomness of this contest from the ballot's seed and does the group operations
    /// that do not depend on the choices.
    ///
    /// Each scalar is `H("nonce"; seed, contest, label, index)` with the label `d`, `s`, `r` or `t`
    /// (for τ) and the index as an unsigned 32-bit little-endian number (1 … n for d, otherwise 0).
    ///
    /// # Errors
    /// [`ProofError::TooFewKeys`].
    pub fn new(statement: &Statement<'_>, seed: &[u8; 32]) -> Result<Self, ProofError> {
        let nonce = |label: &str, index: u32| {
            Hasher::new(tag::NONCE)
                .with(seed)
                .with(statement.contest)
                .with(label.as_bytes())
                .with(&index.to_le_bytes())
                .scalar()
        };
        let program = statement.program;
        let d: Vec<Scalar> = (1..).take(program.bits()).map(|index| nonce("d", index)).collect();
        let (s, r, tau) = (nonce("s", 0), nonce("r", 0), nonce("t", 0));
        let half_r = Zeroizing::new(r.div_by_2());
        let half_d: Zeroizing<Vec<Scalar>> = Zeroizing::new(d.iter().map(Scalar::div_by_2).collect());
        Ok(Prepared {
            constraints: program.masked_constraints(&d),
            outputs: program.masked_outputs(&d),
            half_alpha: RISTRETTO_BASEPOINT_TABLE * &*half_r,
            half_masks: statement.slot_keys()?.iter().map(|key| key.inner() * *half_r).collect(),
            a: &*generators::U * &s + &*generators::H * &r,
            half_b: RistrettoPoint::multiscalar_mul(half_d.iter(), program.generators().iter())
                + &*generators::H * &tau.div_by_2(),
            d,
            s,
            r,
            tau,
        })
    }

    /// Encrypts the outputs of these bits and proves them legal.
    ///
    /// The bits are not checked against the constraints here, because a check in variable time
    /// would leak and the verifier refuses an illegal section anyway: whoever calls this verifies
    /// what came out before it is shown.
    ///
    /// # Errors
    /// [`ProofError`]; what was prepared is gone all the same.
    pub fn seal(self, statement: &Statement<'_>, bits: &[u8]) -> Result<Section, ProofError> {
        let program = statement.program;
        let keys = statement.slot_keys()?;
        let ctx = statement.context()?;
        // Every bit is looked at, whatever the others are.
        let out_of_range = bits.iter().fold(0, |seen, bit| seen | bit) > 1;
        let of_this_program = bits.len() == program.bits()
            && self.d.len() == bits.len()
            && self.half_masks.len() == program.slots()
            && self.constraints.len() == program.constraints().len() + bits.len();
        if out_of_range || !of_this_program {
            return Err(ProofError::WrongBits);
        }
        let half_betas =
            program.half_output_points(bits).zip(&self.half_masks).map(|(value, mask)| value + mask);
        let ciphertext = points(&[self.half_alpha].into_iter().chain(half_betas).collect::<Vec<_>>())?;
        let (alpha, betas) = ciphertext.split_first().ok_or(ProofError::Degenerate)?;
        let a = Point::new(self.a + select_sum(bits, program.generators()))
            .map_err(|_| ProofError::Degenerate)?;
        let w = challenge_w(&ctx, alpha, betas, &a);

        let c0 = horner(&w, self.constraints.iter().rev().copied());
        let c1 = program.cross_terms(&w, bits, &self.d, &self.constraints);
        let delta = c1 - self.s;
        let merged_key =
            RistrettoPoint::vartime_multiscalar_mul(powers(&w, keys.len()), keys.iter().map(Point::inner));
        let masked = self.tau + horner(&w, self.outputs.iter().rev().copied());
        let half_t = RISTRETTO_BASEPOINT_TABLE * &masked.div_by_2() + merged_key * self.tau.div_by_2();
        let half_b = self.half_b + &*generators::U * &c0.div_by_2();
        let [b, t] = *points(&[half_b, half_t])?.as_slice() else { return Err(ProofError::Degenerate) };

        let x = challenge_x(&ctx, alpha, betas, [&a, &b, &t], &delta);
        let f = bits.iter().zip(&self.d);
        let f = f.map(|(bit, d)| d + Scalar::conditional_select(&Scalar::ZERO, &x, Choice::from(bit & 1)));
        let zeta = x * self.r + self.tau;
        Ok(Section { alpha: *alpha, betas: betas.to_vec(), a, b, t, delta, f: f.collect(), zeta })
    }
}

/// The doubles of these, encoded together.
fn points(halves: &[RistrettoPoint]) -> Result<Vec<Point>, ProofError> {
    Point::doubles(halves).map_err(|_| ProofError::Degenerate)
}

/// Σ of the points whose bit is 1. Adds once a bit, whatever the bit.
pub(crate) fn select_sum(bits: &[u8], points: &[RistrettoPoint]) -> RistrettoPoint {
    let identity = RistrettoPoint::identity();
    bits.iter().zip(points).fold(identity, |sum, (&bit, point)| {
        sum + RistrettoPoint::conditional_select(&identity, point, Choice::from(bit & 1))
    })
}
