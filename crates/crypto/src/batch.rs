//! The verifier: many ballots and signatures in one multiscalar multiplication, and one alone.
//!
//! Every item is one or two equations "Σ scalar·point = 0". A batch multiplies each *equation* by
//! its own weight of 128 bits, adds everything up and checks that one sum is the identity. (One
//! weight for both equations of a ballot would be broken: an error A - D in one and α + D in the
//! other would cancel.) A false item passes with probability below 2⁻¹²⁷.
//!
//! The weights are the hash of the number of items, of every byte of every item with its context
//! and of 32 fresh random bytes; they are drawn after the whole batch is known, and drawn anew at
//! each node of the bisection that finds the culprits.
//!
//! P_1 …, U, H, G and the slot keys are shared by the whole batch, so a ballot section costs its
//! own μ + 4 points. About 10,000 points a batch is fastest ([`Batch::points`]).

use std::sync::Arc;

use curve25519_dalek::constants::RISTRETTO_BASEPOINT_POINT;
use curve25519_dalek::ristretto::RistrettoPoint;
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::{IsIdentity, VartimeMultiscalarMul};

use crate::ballot_proof::{ProofError, Section, Statement, powers};
use crate::generators::{H, U};
use crate::group::Point;
use crate::hash::{Digest, Hasher, tag, wide};
use crate::program::BallotProgram;
use crate::signature::{PublicKey, Signature};

/// One thing to verify, with everything that does not depend on the weights computed once.
struct Item {
    digest: Digest,
    claim: Claim,
}

enum Claim {
    Section(Box<SectionClaim>),
    Signature(Box<SignatureClaim>),
}

/// R + c·K - z·G = 0.
struct SignatureClaim {
    signature: Signature,
    key: PublicKey,
    c: Scalar,
}

/// The two verification equations of a section, each brought to the form "… = 0".
struct SectionClaim {
    section: Section,
    x: Scalar,
    /// w^1 … w^μ.
    powers: Vec<Scalar>,
    /// Q_w(f, x) - x·Δ, the factor of U in (1).
    u: Scalar,
    /// ζ + Σ w^j·E_j^h(f, x), the factor of G in (2).
    g: Scalar,
}

/// Items to be verified together. See the module's documentation.
pub struct Batch {
    keys: Vec<Point>,
    generators: Arc<[RistrettoPoint]>,
    items: Vec<Item>,
    points: usize,
}

impl Batch {
    /// An empty batch for ballots under these slot keys.
    pub fn new(keys: &[Point]) -> Self {
        Batch { keys: keys.to_vec(), generators: Arc::new([]), items: Vec::new(), points: 0 }
    }

    /// Adds one section of a ballot. The caller gives what the section must be about, never a
    /// challenge or a context.
    ///
    /// # Errors
    /// [`ProofError`] when the contest has more slots than the batch has keys, or the section is
    /// not of this program.
    pub fn push_section(
        &mut self,
        header: &Digest,
        contest: &[u8],
        program: &BallotProgram,
        section: &Section,
    ) -> Result<(), ProofError> {
        let statement = Statement { header, contest, program, keys: &self.keys };
        let ctx = statement.context()?;
        if section.betas.len() != program.slots() || section.f.len() != program.bits() {
            return Err(ProofError::WrongBits);
        }
        if program.generators().len() > self.generators.len() {
            self.generators = Arc::clone(program.generators());
        }
        let (w, x) = section.challenges(&ctx);
        let digest = Hasher::new(tag::BATCH).with(ctx.as_bytes()).with(&section.to_bytes()).digest();
        let claim = SectionClaim {
            u: program.merged_constraints(&w, &section.f, &x) - x * section.delta,
            g: section.zeta + program.merged_outputs(&w, &section.f, &x),
            powers: powers(&w, section.betas.len()),
            x,
            section: section.clone(),
        };
        self.points += section.betas.len() + 4;
        self.items.push(Item { digest, claim: Claim::Section(Box::new(claim)) });
        Ok(())
    }

    /// Adds one Schnorr signature over `message` under a domain tag.
    pub fn push_signature(&mut self, domain: &str, key: &PublicKey, message: &[u8], signature: &Signature) {
        let c = signature.challenge(domain, key, message);
        let digest = Hasher::new(tag::BATCH).with(c.as_bytes()).with(&signature.to_bytes()).digest();
        let claim = SignatureClaim { signature: *signature, key: *key, c };
        self.points += 2;
        self.items.push(Item { digest, claim: Claim::Signature(Box::new(claim)) });
    }

    /// How many items were pushed.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether nothing was pushed.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// How many points the items have of their own, which is what verification costs.
    pub fn points(&self) -> usize {
        self.points
    }

    /// Verifies everything that was pushed.
    ///
    /// `fresh` is 32 bytes of the platform's randomness, new for this call.
    ///
    /// # Errors
    /// The positions, in order of pushing, of all the items that are false.
    pub fn verify(&self, fresh: &[u8; 32]) -> Result<(), Vec<usize>> {
        let mut culprits = Vec::new();
        self.bisect(0, &self.items, fresh, &mut culprits);
        if culprits.is_empty() { Ok(()) } else { Err(culprits) }
    }

    fn bisect(&self, offset: usize, items: &[Item], fresh: &[u8; 32], culprits: &mut Vec<usize>) {
        if self.holds(offset, items, fresh) {
            return;
        }
        if items.len() == 1 {
            culprits.push(offset);
            return;
        }
        let middle = items.len() / 2;
        let (left, right) = items.split_at(middle);
        self.bisect(offset, left, fresh, culprits);
        self.bisect(offset + middle, right, fresh, culprits);
    }

    fn holds(&self, offset: usize, items: &[Item], fresh: &[u8; 32]) -> bool {
        let mut weights = Weights::new(offset, items, fresh);
        let mut sum = Sum::new(self);
        for item in items {
            match &item.claim {
                Claim::Section(claim) => claim.add(&weights.next(), &weights.next(), &mut sum),
                Claim::Signature(claim) => claim.add(&weights.next(), &mut sum),
            }
        }
        sum.is_zero(self)
    }
}

impl SectionClaim {
    /// Adds both equations, each under its own weight:
    ///
    /// (1)  x·A + B - Σ f_i·P_i - (Q_w(f, x) - x·Δ)·U - ζ·H = 0
    /// (2)  x·(α + Σ w^j·β_j) + T - (ζ + Σ w^j·E_j^h(f, x))·G - ζ·Σ w^j·K_j = 0
    fn add(&self, one: &Scalar, two: &Scalar, sum: &mut Sum) {
        let section = &self.section;
        sum.p.iter_mut().zip(&section.f).for_each(|(p, f)| *p -= one * f);
        sum.u -= one * self.u;
        sum.h -= one * section.zeta;
        sum.own.extend([(one * self.x, *section.a.inner()), (*one, *section.b.inner())]);

        let (two_x, two_zeta) = (two * self.x, two * section.zeta);
        sum.g -= two * self.g;
        sum.keys.iter_mut().zip(&self.powers).for_each(|(key, power)| *key -= two_zeta * power);
        sum.own.extend([(two_x, *section.alpha.inner()), (*two, *section.t.inner())]);
        sum.own.extend(
            section.betas.iter().zip(&self.powers).map(|(beta, power)| (two_x * power, *beta.inner())),
        );
    }
}

impl SignatureClaim {
    fn add(&self, weight: &Scalar, sum: &mut Sum) {
        sum.g -= weight * self.signature.z;
        sum.own.extend([(*weight, *self.signature.r.inner()), (weight * self.c, *self.key.point().inner())]);
    }
}

/// A stream of independent 128-bit weights.
struct Weights {
    seed: Digest,
    block: u64,
    buffer: Vec<Scalar>,
}

impl Weights {
    fn new(offset: usize, items: &[Item], fresh: &[u8; 32]) -> Self {
        let mut hasher = Hasher::new(tag::BATCH);
        hasher.field(&(offset as u64).to_le_bytes());
        hasher.field(&(items.len() as u64).to_le_bytes());
        items.iter().for_each(|item| {
            hasher.field(item.digest.as_bytes());
        });
        Weights { seed: hasher.with(fresh).digest(), block: 0, buffer: Vec::new() }
    }

    fn next(&mut self) -> Scalar {
        loop {
            if let Some(weight) = self.buffer.pop() {
                return weight;
            }
            let bytes = wide(tag::BATCH, &[self.seed.as_bytes(), &self.block.to_le_bytes()]);
            self.block += 1;
            let (chunks, _) = bytes.as_chunks::<16>();
            self.buffer.extend(chunks.iter().map(|chunk| Scalar::from(u128::from_le_bytes(*chunk))));
        }
    }
}

/// The weighted sum of equations, before its one multiscalar multiplication.
struct Sum {
    g: Scalar,
    u: Scalar,
    h: Scalar,
    p: Vec<Scalar>,
    keys: Vec<Scalar>,
    own: Vec<(Scalar, RistrettoPoint)>,
}

impl Sum {
    fn new(batch: &Batch) -> Self {
        Sum {
            g: Scalar::ZERO,
            u: Scalar::ZERO,
            h: Scalar::ZERO,
            p: vec![Scalar::ZERO; batch.generators.len()],
            keys: vec![Scalar::ZERO; batch.keys.len()],
            own: Vec::with_capacity(batch.points),
        }
    }

    fn is_zero(&self, batch: &Batch) -> bool {
        let fixed = [RISTRETTO_BASEPOINT_POINT, U.basepoint(), H.basepoint()];
        let shared = [&self.g, &self.u, &self.h].into_iter().zip(&fixed);
        let generators = self.p.iter().zip(batch.generators.iter());
        let keys = self.keys.iter().zip(batch.keys.iter().map(Point::inner));
        let own = self.own.iter().map(|(scalar, point)| (scalar, point));
        // One ballot uses few of the shared points.
        let terms =
            shared.chain(generators).chain(keys).chain(own).filter(|(scalar, _)| **scalar != Scalar::ZERO);
        let (scalars, points): (Vec<&Scalar>, Vec<&RistrettoPoint>) = terms.unzip();
        RistrettoPoint::vartime_multiscalar_mul(scalars, points).is_identity()
    }
}
