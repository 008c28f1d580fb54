//! The verifier: many ballots and signatures in one multiscalar multiplication, and one alone.
//!
//! Every item is one or two equations "Σ scalar·point = 0". A batch multiplies each *equation* by
//! its own weight of 128 bits, adds everything up and checks that one sum is the identity. (One
//! weight for both equations of a ballot would be broken: an error A - D in one and α + D in the
//! other would cancel.) A false item passes with probability below 2⁻¹²⁷.
//!
//! The weights are the hash of the number of items, of hashes that fix every byte of every item with its
//! context, and of 32 fresh random bytes; they are drawn after the whole batch is known, and drawn anew at
//! each node of the bisection that finds the culprits.
//!
//! P_1 …, U, H, G and the slot keys are shared by the whole batch, so a ballot section costs its
//! own μ + 4 points. About 10,000 points a batch is fastest ([`Batch::points`]).

use std::collections::HashMap;
use std::sync::Arc;

use curve25519_dalek::constants::RISTRETTO_BASEPOINT_POINT;
use curve25519_dalek::ristretto::RistrettoPoint;
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::{IsIdentity, VartimeMultiscalarMul};

use crate::ballot_proof::{ProofError, Sections, Statement};
use crate::generators::{H, U};
use crate::group::{ENCODED_LEN, Point};
use crate::hash::{Digest, Hasher, tag, wide};
use crate::program::BallotProgram;
use crate::randomness::Randomness;
use crate::signature::{PublicKey, Signature};
use crate::wide::{MontgomeryForm, MontgomeryReduced, Wide};

/// One thing to verify, with everything that does not depend on the weights computed once.
struct Item {
    /// What fixes every byte of the item with its context.
    bound: [[u8; ENCODED_LEN]; 2],
    /// Where its points end among the batch's; they begin where those of the item before end.
    end: usize,
    claim: Claim,
}

enum Claim {
    Section(SectionClaim),
    Signature(SignatureClaim),
}

/// R + c·K - z·G = 0.
struct SignatureClaim {
    c: Scalar,
    z: Scalar,
}

/// The two verification equations of a section, each brought to the form "… = 0".
struct SectionClaim {
    /// w, w², …, a power for each slot.
    powers: Vec<MontgomeryForm>,
    x: Scalar,
    f: Vec<Scalar>,
    zeta: Scalar,
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
    /// The own points of all items, in the order of their scalars in [`Sum`].
    points: Vec<RistrettoPoint>,
    /// The context of each contest met, with the digest of its program.
    contexts: HashMap<Vec<u8>, (Digest, Digest)>,
}

impl Batch {
    /// An empty batch for ballots under these slot keys.
    pub fn new(keys: &[Point]) -> Self {
        Batch {
            keys: keys.to_vec(),
            generators: Arc::new([]),
            items: Vec::new(),
            points: Vec::new(),
            contexts: HashMap::new(),
        }
    }

    /// Adds the section at a position of a ballot. The caller gives what the section must be about, never a
    /// challenge, a code or a context.
    ///
    /// # Errors
    /// [`ProofError`] when the contest has more slots than the batch has keys, or there is no section of this
    /// program there.
    pub fn push_section(
        &mut self,
        sections: &Sections,
        position: usize,
        contest: &[u8],
        program: &BallotProgram,
    ) -> Result<(), ProofError> {
        let ctx = self.context(contest, program)?;
        let section = sections.sections().get(position).ok_or(ProofError::WrongBits)?;
        if section.betas.len() != program.slots() || section.f.len() != program.bits() {
            return Err(ProofError::WrongBits);
        }
        if program.generators().len() > self.generators.len() {
            self.generators = Arc::clone(program.generators());
        }
        let (w, x) = section.challenges(&ctx, &sections.code());
        let powers = MontgomeryForm::powers(&w, program.slots());
        let claim = SectionClaim {
            u: program.merged_constraints(&w, &section.f, &x) - x * section.delta,
            g: section.zeta + program.merged_outputs(&powers, &section.f, &x),
            powers,
            x,
            f: section.f.clone(),
            zeta: section.zeta,
        };
        let own = [&section.a, &section.b, &section.t, &section.alpha].into_iter().chain(&section.betas);
        self.points.extend(own.map(Point::inner));
        // x is a hash of the context, the code and A, B, T, Δ; the body is one of all responses.
        self.push([x.to_bytes(), *sections.body().as_bytes()], Claim::Section(claim));
        Ok(())
    }

    fn context(&mut self, contest: &[u8], program: &BallotProgram) -> Result<Digest, ProofError> {
        match self.contexts.get(contest) {
            Some((of, context)) if *of == program.digest() => Ok(*context),
            _ => {
                let context = Statement { contest, program, keys: &self.keys }.context()?;
                self.contexts.insert(contest.to_vec(), (program.digest(), context));
                Ok(context)
            }
        }
    }

    /// Adds one Schnorr signature over `message` under a domain tag.
    pub fn push_signature(&mut self, domain: &str, key: &PublicKey, message: &[u8], signature: &Signature) {
        let c = signature.challenge(domain, key, message);
        self.points.extend([signature.r.inner(), key.point().inner()]);
        // c is a hash of R, the key and the message.
        self.push(
            [c.to_bytes(), signature.z.to_bytes()],
            Claim::Signature(SignatureClaim { c, z: signature.z }),
        );
    }

    fn push(&mut self, bound: [[u8; ENCODED_LEN]; 2], claim: Claim) {
        self.items.push(Item { bound, end: self.points.len(), claim });
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
        self.points.len()
    }

    /// Verifies everything that was pushed.
    ///
    /// `fresh` is randomness of the verifier's own, new for this call.
    ///
    /// # Errors
    /// The positions, in order of pushing, of all the items that are false.
    pub fn verify(&self, fresh: &Randomness) -> Result<(), Vec<usize>> {
        let mut culprits = Vec::new();
        self.bisect(0, &self.items, fresh, &mut culprits);
        if culprits.is_empty() { Ok(()) } else { Err(culprits) }
    }

    /// Whether everything that was pushed is true, for whoever need not be told by it what is false.
    ///
    /// `fresh` is randomness of the verifier's own, new for this call.
    #[must_use]
    pub fn is_true(&self, fresh: &Randomness) -> bool {
        self.holds(0, &self.items, fresh)
    }

    fn bisect(&self, offset: usize, items: &[Item], fresh: &Randomness, culprits: &mut Vec<usize>) {
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

    fn holds(&self, offset: usize, items: &[Item], fresh: &Randomness) -> bool {
        let mut weights = Weights::new(offset, items, fresh);
        let points = self.points_of(offset, items);
        let mut sum = Sum::new(self, points.len());
        for item in items {
            match &item.claim {
                Claim::Section(claim) => claim.add(weights.next(), weights.next(), &mut sum),
                Claim::Signature(claim) => claim.add(weights.next(), &mut sum),
            }
        }
        sum.is_zero(self, points)
    }

    /// The own points of these items, the first of which is the batch's item `offset`.
    fn points_of(&self, offset: usize, items: &[Item]) -> &[RistrettoPoint] {
        let before = offset.checked_sub(1).and_then(|last| self.items.get(last));
        let begin = before.map_or(0, |item| item.end);
        let end = items.last().map_or(begin, |item| item.end);
        self.points.get(begin..end).unwrap_or_default()
    }
}

impl SectionClaim {
    /// Adds both equations, each under its own weight:
    ///
    /// (1)  x·A + B - Σ f_i·P_i - (Q_w(f, x) - x·Δ)·U - ζ·H = 0
    /// (2)  x·(α + Σ w^j·β_j) + T - (ζ + Σ w^j·E_j^h(f, x))·G - ζ·Σ w^j·K_j = 0
    fn add(&self, one: u128, two: u128, sum: &mut Sum) {
        sum.p.iter_mut().zip(&self.f).for_each(|(p, f)| p.add_weighted(one, f));
        sum.u.add_weighted(one, &self.u);
        sum.h.add_weighted(one, &self.zeta);
        sum.g.add_weighted(two, &self.g);

        let (one, two) = (Scalar::from(one), Scalar::from(two));
        let (beta, key) = (two * self.x, two * self.zeta);
        sum.own.extend([one * self.x, one, two, beta]);
        sum.own.extend(self.powers.iter().map(|power| power.times(&beta)));
        let key = MontgomeryReduced::of(&key);
        sum.keys.iter_mut().zip(&self.powers).for_each(|(factor, power)| factor.add_montgomery(&key, power));
    }
}

impl SignatureClaim {
    fn add(&self, weight: u128, sum: &mut Sum) {
        sum.g.add_weighted(weight, &self.z);
        let weight = Scalar::from(weight);
        sum.own.extend([weight, weight * self.c]);
    }
}

/// Items whose frames are joined before they are hashed.
const HASHED_TOGETHER: usize = 64;

/// A stream of independent 128-bit weights.
struct Weights {
    seed: Digest,
    block: u64,
    buffer: Vec<u128>,
}

impl Weights {
    fn new(offset: usize, items: &[Item], fresh: &Randomness) -> Self {
        let mut hasher = Hasher::new(tag::BATCH);
        hasher.field(&(offset as u64).to_le_bytes());
        hasher.field(&(items.len() as u64).to_le_bytes());
        for chunk in items.chunks(HASHED_TOGETHER) {
            hasher.fields(chunk.iter().flat_map(|item| &item.bound));
        }
        Weights { seed: hasher.with(fresh.as_bytes()).digest(), block: 0, buffer: Vec::new() }
    }

    fn next(&mut self) -> u128 {
        loop {
            if let Some(weight) = self.buffer.pop() {
                return weight;
            }
            let bytes = wide(tag::BATCH, &[self.seed.as_bytes(), &self.block.to_le_bytes()]);
            self.block += 1;
            let (chunks, _) = bytes.as_chunks::<16>();
            self.buffer.extend(chunks.iter().map(|chunk| u128::from_le_bytes(*chunk)));
        }
    }
}

/// The weighted sum of equations, before its one multiscalar multiplication.
struct Sum {
    /// The factors of the shared points, with the other sign: they are on the other side of every equation.
    g: Wide,
    u: Wide,
    h: Wide,
    p: Vec<Wide>,
    keys: Vec<Wide>,
    /// The factors of the items' own points, in the points' order.
    own: Vec<Scalar>,
}

impl Sum {
    fn new(batch: &Batch, points: usize) -> Self {
        Sum {
            g: Wide::ZERO,
            u: Wide::ZERO,
            h: Wide::ZERO,
            p: vec![Wide::ZERO; batch.generators.len()],
            keys: vec![Wide::ZERO; batch.keys.len()],
            own: Vec::with_capacity(points),
        }
    }

    fn is_zero(&self, batch: &Batch, points: &[RistrettoPoint]) -> bool {
        let fixed = [RISTRETTO_BASEPOINT_POINT, U.basepoint(), H.basepoint()];
        let shared = [&self.g, &self.u, &self.h].into_iter().zip(&fixed);
        let generators = self.p.iter().zip(batch.generators.iter());
        let keys = self.keys.iter().zip(batch.keys.iter().map(Point::inner));
        // One ballot uses few of the shared points.
        let shared = shared.chain(generators).chain(keys).filter(|(sum, _)| !sum.is_empty());
        let (factors, mut all): (Vec<Scalar>, Vec<&RistrettoPoint>) =
            shared.map(|(sum, point)| (-sum.scalar(), point)).unzip();
        let scalars: Vec<&Scalar> = factors.iter().chain(&self.own).collect();
        all.extend(points);
        // The sum is over every point or it means nothing.
        self.own.len() == points.len() && RistrettoPoint::vartime_multiscalar_mul(scalars, all).is_identity()
    }
}
