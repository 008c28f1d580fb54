//! The prover: what is done before the choice is known, and what then.

use crate::generators::G;
use curve25519_dalek::ristretto::RistrettoPoint;
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::{Identity, MultiscalarMul, VartimeMultiscalarMul};
use subtle::{Choice, ConditionallySelectable};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::section::{FirstChallenge, Section};
use super::sections::{Sections, code_hash};
use super::statement::{ProofError, Statement};
use crate::generators;
use crate::group::Point;
use crate::hash::{Digest, Hasher, tag};
use crate::scalars::{horner, powers};

/// The part of a section that does not depend on the choices, computed while the voter reads.
///
/// It holds secrets, is wiped when dropped and is consumed by sealing: the same masks under two ballots
/// would reveal both. Sealing twice does not compile:
///
/// ```compile_fail,E0382
/// # use veche_crypto::ballot_proof::{Prepared, Statement};
/// # use veche_crypto::hash::Digest;
/// fn twice(prepared: Prepared, header: &Digest, statement: &Statement<'_>) {
///     let first = prepared.seal(header, statement, &[1, 0]);
///     let second = prepared.seal(header, statement, &[0, 1]);
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
            half_alpha: &*G * &*half_r,
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

    /// [`seal`] for a ballot of one contest.
    ///
    /// # Errors
    /// [`ProofError`]; what was prepared is gone all the same.
    pub fn seal(
        self,
        header: &Digest,
        statement: &Statement<'_>,
        bits: &[u8],
    ) -> Result<Sections, ProofError> {
        seal(header, vec![Sealing { prepared: self, statement: *statement, bits }])
    }
}

/// One contest of a ballot that is sealed.
pub struct Sealing<'a> {
    /// What was prepared for it.
    pub prepared: Prepared,
    /// What it is about, as it was for [`Prepared::new`].
    pub statement: Statement<'a>,
    /// The bits of the choice.
    pub bits: &'a [u8],
}

/// Encrypts the outputs of these bits, contest by contest, and proves them legal, for a ballot whose header has
/// this hash. Every proof binds the ciphertexts of all.
///
/// The bits are not checked against the constraints here, because a check in variable time would leak
/// and the verifier refuses an illegal section anyway: whoever calls this verifies what came out before
/// it is shown.
///
/// # Errors
/// [`ProofError`]; what was prepared is gone all the same.
pub fn seal(header: &Digest, contests: Vec<Sealing<'_>>) -> Result<Sections, ProofError> {
    let encrypted = contests.into_iter().map(Encrypted::new).collect::<Result<Vec<_>, _>>()?;
    let code = code_hash(header, encrypted.iter().map(|contest| contest.bytes.as_slice()));
    let sections = encrypted.into_iter().map(|contest| contest.prove(&code)).collect::<Result<_, _>>()?;
    Ok(Sections::new(header, sections))
}

/// One contest of a ballot between its ciphertexts, which the code is made of, and its proof, which binds the code.
struct Encrypted<'a> {
    contest: Sealing<'a>,
    alpha: Point,
    betas: Vec<Point>,
    /// α, β_1 … β_μ in bytes.
    bytes: Vec<u8>,
    a: Point,
}

impl<'a> Encrypted<'a> {
    fn new(contest: Sealing<'a>) -> Result<Self, ProofError> {
        let Sealing { prepared, statement, bits } = &contest;
        let program = statement.program;
        statement.slot_keys()?;
        // Every bit is looked at, whatever the others are.
        let out_of_range = bits.iter().fold(0, |seen, bit| seen | bit) > 1;
        let of_this_program = bits.len() == program.bits()
            && prepared.d.len() == bits.len()
            && prepared.half_masks.len() == program.slots()
            && prepared.constraints.len() == program.constraints().len() + bits.len();
        if out_of_range || !of_this_program {
            return Err(ProofError::WrongBits);
        }
        let half_betas =
            program.half_output_points(bits).zip(&prepared.half_masks).map(|(value, mask)| value + mask);
        let ciphertext = points(&[prepared.half_alpha].into_iter().chain(half_betas).collect::<Vec<_>>())?;
        let bytes = ciphertext.iter().flat_map(Point::to_bytes).collect();
        let (alpha, betas) = ciphertext.split_first().ok_or(ProofError::Degenerate)?;
        let a = Point::new(prepared.a + select_sum(bits, program.generators()))
            .map_err(|_| ProofError::Degenerate)?;
        Ok(Encrypted { alpha: *alpha, betas: betas.to_vec(), bytes, a, contest })
    }

    fn prove(self, code: &Digest) -> Result<Section, ProofError> {
        let Sealing { prepared, statement, bits } = &self.contest;
        let (program, keys) = (statement.program, statement.slot_keys()?);
        let first = FirstChallenge::new(&statement.context()?, code, &self.a);
        let w = first.w;

        let c0 = horner(&w, prepared.constraints.iter().rev().copied());
        let c1 = program.cross_terms(&w, bits, &prepared.d, &prepared.constraints);
        let delta = c1 - prepared.s;
        let merged_key =
            RistrettoPoint::vartime_multiscalar_mul(powers(&w, keys.len()), keys.iter().map(Point::inner));
        let masked = prepared.tau + horner(&w, prepared.outputs.iter().rev().copied());
        let half_t = &*G * &masked.div_by_2() + merged_key * prepared.tau.div_by_2();
        let half_b = prepared.half_b + &*generators::U * &c0.div_by_2();
        let [b, t] = *points(&[half_b, half_t])?.as_slice() else { return Err(ProofError::Degenerate) };

        let x = first.second(&b, &t, &delta);
        let f = bits.iter().zip(&prepared.d);
        let f = f.map(|(bit, d)| d + Scalar::conditional_select(&Scalar::ZERO, &x, Choice::from(bit & 1)));
        let (f, zeta) = (f.collect(), x * prepared.r + prepared.tau);
        Ok(Section { alpha: self.alpha, betas: self.betas, a: self.a, b, t, delta, f, zeta })
    }
}

/// The doubles of these, encoded together.
fn points(halves: &[RistrettoPoint]) -> Result<Vec<Point>, ProofError> {
    Point::doubles(halves).map_err(|_| ProofError::Degenerate)
}

/// Σ of the points whose bit is 1. Adds once a bit, whatever the bit.
fn select_sum(bits: &[u8], points: &[RistrettoPoint]) -> RistrettoPoint {
    let identity = RistrettoPoint::identity();
    bits.iter().zip(points).fold(identity, |sum, (&bit, point)| {
        sum + RistrettoPoint::conditional_select(&identity, point, Choice::from(bit & 1))
    })
}
