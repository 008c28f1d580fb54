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

/// The points that all items of a batch share.
#[derive(Clone, Copy)]
enum Base {
    G,
    U,
    H,
    P(usize),
    Key(usize),
}

/// Σ scalar·shared base + Σ scalar·own point = 0.
struct Equation {
    shared: Vec<(Base, Scalar)>,
    own: Vec<(Scalar, RistrettoPoint)>,
}

struct Item {
    digest: Digest,
    equations: Vec<Equation>,
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
        let equations = vec![
            commitment_equation(program, section, &w, &x),
            ciphertext_equation(program, section, &w, &x),
        ];
        self.push(Item { digest, equations });
        Ok(())
    }

    /// Adds one Schnorr signature over `message` under a domain tag.
    pub fn push_signature(&mut self, domain: &str, key: &PublicKey, message: &[u8], signature: &Signature) {
        let c = signature.challenge(domain, key, message);
        let digest = Hasher::new(tag::BATCH).with(c.as_bytes()).with(&signature.to_bytes()).digest();
        let equation = Equation {
            shared: vec![(Base::G, -signature.z)],
            own: vec![(Scalar::ONE, *signature.r.inner()), (c, *key.point().inner())],
        };
        self.push(Item { digest, equations: vec![equation] });
    }

    fn push(&mut self, item: Item) {
        self.points += item.equations.iter().map(|equation| equation.own.len()).sum::<usize>();
        self.items.push(item);
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
        for equation in items.iter().flat_map(|item| &item.equations) {
            sum.add(&weights.next(), equation);
        }
        sum.is_zero(self)
    }
}

/// (1)  x·A + B - Σ f_i·P_i - (Q_w(f, x) - x·Δ)·U - ζ·H = 0.
fn commitment_equation(program: &BallotProgram, section: &Section, w: &Scalar, x: &Scalar) -> Equation {
    let mut shared: Vec<_> = section.f.iter().enumerate().map(|(i, f)| (Base::P(i), -f)).collect();
    shared.push((Base::U, x * section.delta - program.merged_constraints(w, &section.f, x)));
    shared.push((Base::H, -section.zeta));
    Equation { shared, own: vec![(*x, *section.a.inner()), (Scalar::ONE, *section.b.inner())] }
}

/// (2)  x·(α + Σ w^j·β_j) + T - (ζ + Σ w^j·E_j^h(f, x))·G - ζ·Σ w^j·K_j = 0.
fn ciphertext_equation(program: &BallotProgram, section: &Section, w: &Scalar, x: &Scalar) -> Equation {
    let mut shared = Vec::with_capacity(section.betas.len() + 1);
    let mut own = Vec::with_capacity(section.betas.len() + 2);
    shared.push((Base::G, -(section.zeta + program.merged_outputs(w, &section.f, x))));
    own.push((*x, *section.alpha.inner()));
    for (j, (beta, power)) in section.betas.iter().zip(powers(w, section.betas.len())).enumerate() {
        own.push((x * power, *beta.inner()));
        shared.push((Base::Key(j), -(section.zeta * power)));
    }
    own.push((Scalar::ONE, *section.t.inner()));
    Equation { shared, own }
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

    fn add(&mut self, weight: &Scalar, equation: &Equation) {
        for (base, scalar) in &equation.shared {
            let slot = match base {
                Base::G => Some(&mut self.g),
                Base::U => Some(&mut self.u),
                Base::H => Some(&mut self.h),
                Base::P(i) => self.p.get_mut(*i),
                Base::Key(j) => self.keys.get_mut(*j),
            };
            // Every base was checked against the batch when its item was pushed.
            if let Some(slot) = slot {
                *slot += weight * scalar;
            }
        }
        self.own.extend(equation.own.iter().map(|(scalar, point)| (weight * scalar, *point)));
    }

    fn is_zero(&self, batch: &Batch) -> bool {
        let scalars = [&self.g, &self.u, &self.h]
            .into_iter()
            .chain(&self.p)
            .chain(&self.keys)
            .chain(self.own.iter().map(|(scalar, _)| scalar));
        let fixed = [RISTRETTO_BASEPOINT_POINT, U.basepoint(), H.basepoint()];
        let points = fixed
            .iter()
            .chain(batch.generators.iter())
            .chain(batch.keys.iter().map(Point::inner))
            .chain(self.own.iter().map(|(_, point)| point));
        RistrettoPoint::vartime_multiscalar_mul(scalars, points).is_identity()
    }
}
