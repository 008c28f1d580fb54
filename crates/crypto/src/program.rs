//! A ballot rule as the proof sees it: bits, quadratic constraints on them, affine outputs.
//!
//! A [`BallotProgram`] says which vectors of bits are legal ballots of a contest, and which numbers
//! are encrypted for each of them. It is public, and made from the manifest by a rule compiler that
//! this crate knows nothing of.
//!
//! - `n` *sent bits* b_1 … b_n, one response scalar each in the proof;
//! - *derived bits*, affine forms of the sent ones, which cost nothing to send;
//! - constraints g_i(b) = 0, each of degree at most two;
//! - outputs v_j = E_j(b), affine, one for each ciphertext slot.
//!
//! # Bounds
//!
//! All arithmetic of a program is over the integers and must not wrap modulo the group order. Every
//! affine form has Σ|coefficients| (the constant included) below 2^[`MAX_FORM_BITS`], and every
//! constraint is worth less than 2^[`MAX_CONSTRAINT_BITS`] on any assignment of bits, so that "is
//! zero modulo ℓ" and "is zero" are the same thing.

use std::sync::Arc;

use crate::generators::G;
use curve25519_dalek::ristretto::RistrettoPoint;
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::Identity;
use subtle::{Choice, ConditionallySelectable};
use zeroize::Zeroizing;

use crate::generators::bit_generators;
use crate::hash::{Digest, Hasher, tag};
use crate::scalars::{horner, scalar_from_i128};
use crate::wide::{MontgomeryForm, MontgomeryReduced, Wide, merge};

/// Most sent bits of one program.
pub const MAX_BITS: u32 = 8_192;
/// Most constraints of one program, "sent bits are bits" included.
pub const MAX_CONSTRAINTS: usize = 16_384;
/// Most ciphertext slots of one program.
pub const MAX_SLOTS: usize = 512;
/// Σ|coefficients| of an affine form stays below two to this power.
pub const MAX_FORM_BITS: u32 = 60;
/// The value of a constraint on bits stays below two to this power.
pub const MAX_CONSTRAINT_BITS: u32 = 124;

/// Why a ballot program is refused. The fault is with whoever described the contest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProgramError {
    /// No sent bits, or more than [`MAX_BITS`].
    #[error("a ballot program has between 1 and {MAX_BITS} sent bits, not {0}")]
    Bits(u32),
    /// More than [`MAX_CONSTRAINTS`].
    #[error("a ballot program has at most {MAX_CONSTRAINTS} constraints, not {0}")]
    Constraints(usize),
    /// No output, or more than [`MAX_SLOTS`].
    #[error("a ballot program has between 1 and {MAX_SLOTS} outputs, not {0}")]
    Slots(usize),
    /// A form speaks of a bit that does not exist.
    #[error("a form uses bit {0}, which the program does not have")]
    UnknownBit(u32),
    /// Numbers so large that a sum could wrap around the group order.
    #[error("the numbers of this rule are too large: a sum could wrap around the group order")]
    Wrap,
}

/// An affine form c + Σ k_i·b_i over the sent bits, with integer coefficients.
///
/// The terms are kept sorted by bit, without zeros and without repeats, so that equal forms are
/// equal values and have one encoding.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Affine {
    constant: i128,
    terms: Vec<(u32, i128)>,
}

impl Affine {
    /// A form without bits.
    pub fn constant(value: i128) -> Self {
        Affine { constant: value, terms: Vec::new() }
    }

    /// The form that is one sent bit, counted from 0.
    pub fn bit(index: u32) -> Self {
        Affine { constant: 0, terms: vec![(index, 1)] }
    }

    /// The sum of many forms.
    pub fn sum<'a>(forms: impl IntoIterator<Item = &'a Affine>) -> Self {
        let mut constant = 0_i128;
        let mut terms = Vec::new();
        for form in forms {
            constant = constant.saturating_add(form.constant);
            terms.extend_from_slice(&form.terms);
        }
        Self::normal(constant, terms)
    }

    /// This form times an integer. Saturates, and what saturated is refused by
    /// [`BallotProgram::new`].
    #[must_use]
    pub fn scale(&self, factor: i128) -> Self {
        let terms = self.terms.iter().map(|&(bit, k)| (bit, k.saturating_mul(factor))).collect();
        Self::normal(self.constant.saturating_mul(factor), terms)
    }

    /// The sum of two forms.
    #[must_use]
    pub fn plus(&self, other: &Affine) -> Self {
        Self::sum([self, other])
    }

    /// This form less another.
    #[must_use]
    pub fn minus(&self, other: &Affine) -> Self {
        self.plus(&other.scale(-1))
    }

    fn normal(constant: i128, mut terms: Vec<(u32, i128)>) -> Self {
        // What has one bit is added up: its order does not matter.
        terms.sort_unstable_by_key(|&(bit, _)| bit);
        let mut merged: Vec<(u32, i128)> = Vec::with_capacity(terms.len());
        for (bit, k) in terms {
            match merged.last_mut() {
                Some((last, sum)) if *last == bit => *sum = sum.saturating_add(k),
                _ => merged.push((bit, k)),
            }
        }
        merged.retain(|&(_, k)| k != 0);
        Affine { constant, terms: merged }
    }

    /// The constant and the terms (bit, coefficient), sorted by bit.
    pub fn parts(&self) -> (i128, &[(u32, i128)]) {
        (self.constant, &self.terms)
    }

    /// The value on bits. A bit beyond the end of `bits` counts as 0.
    pub fn value(&self, bits: &[u8]) -> i128 {
        self.terms.iter().fold(self.constant, |sum, &(bit, k)| {
            let b = bits.get(bit as usize).copied().unwrap_or(0);
            sum.saturating_add(k.saturating_mul(i128::from(b)))
        })
    }

    fn weight(&self) -> u128 {
        self.terms
            .iter()
            .fold(self.constant.unsigned_abs(), |sum, (_, k)| sum.saturating_add(k.unsigned_abs()))
    }

    fn compile(&self) -> LinearForm {
        LinearForm {
            constant: (self.constant != 0).then(|| Coefficient::new(self.constant)),
            terms: self.terms.iter().map(|&(bit, k)| (bit as usize, Coefficient::new(k))).collect(),
        }
    }

    fn hash_into(&self, hasher: &mut Hasher) {
        let mut bytes = Vec::with_capacity(20 + 20 * self.terms.len());
        bytes.extend_from_slice(&self.constant.to_le_bytes());
        for (bit, k) in &self.terms {
            bytes.extend_from_slice(&bit.to_le_bytes());
            bytes.extend_from_slice(&k.to_le_bytes());
        }
        hasher.field(&bytes);
    }
}

/// A constraint Σ L·R + linear = 0 over the sent bits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constraint {
    products: Vec<(Affine, Affine)>,
    linear: Affine,
}

impl Constraint {
    /// Σ L·R + linear = 0.
    pub fn new(products: Vec<(Affine, Affine)>, linear: Affine) -> Self {
        Constraint { products, linear }
    }

    /// "This form is a bit": u·(u - 1) = 0.
    pub fn is_bit(form: &Affine) -> Self {
        Self::new(vec![(form.clone(), form.minus(&Affine::constant(1)))], Affine::default())
    }

    /// "This form is zero".
    pub fn is_zero(form: Affine) -> Self {
        Self::new(Vec::new(), form)
    }

    /// The products (L, R) and the linear form.
    pub fn parts(&self) -> (&[(Affine, Affine)], &Affine) {
        (&self.products, &self.linear)
    }

    fn value(&self, bits: &[u8]) -> i128 {
        self.products.iter().fold(self.linear.value(bits), |sum, (left, right)| {
            sum.saturating_add(left.value(bits).saturating_mul(right.value(bits)))
        })
    }

    fn weight(&self) -> u128 {
        self.products.iter().fold(self.linear.weight(), |sum, (left, right)| {
            sum.saturating_add(left.weight().saturating_mul(right.weight()))
        })
    }

    fn forms(&self) -> impl Iterator<Item = &Affine> {
        self.products.iter().flat_map(|(l, r)| [l, r]).chain([&self.linear])
    }
}

/// A compiled, checked description of one contest's legal ballots.
#[derive(Debug, Clone)]
pub struct BallotProgram {
    bits: u32,
    constraints: Vec<Constraint>,
    outputs: Vec<Affine>,
    compiled: Vec<CompiledConstraint>,
    compiled_outputs: Vec<LinearForm>,
    output_points: Vec<OutputPoints>,
    generators: Arc<[RistrettoPoint]>,
    digest: Digest,
}

impl BallotProgram {
    /// Checks and compiles a program. "Every sent bit is a bit" is part of every program; the
    /// caller states the rest.
    ///
    /// The digest covers, each as a field: `bits` (u32); the number of stated constraints (u32) and
    /// for each the number of products (u32), the two forms of each product, the linear form; the
    /// number of outputs (u32) and the form of each. A form is its constant (i128), then for each
    /// term the bit (u32) and coefficient (i128). Everything little-endian.
    ///
    /// # Errors
    /// [`ProgramError`] when a limit of this module is broken.
    pub fn new(bits: u32, constraints: Vec<Constraint>, outputs: Vec<Affine>) -> Result<Self, ProgramError> {
        if bits == 0 || bits > MAX_BITS {
            return Err(ProgramError::Bits(bits));
        }
        let total = constraints.len().saturating_add(bits as usize);
        if total > MAX_CONSTRAINTS {
            return Err(ProgramError::Constraints(total));
        }
        if outputs.is_empty() || outputs.len() > MAX_SLOTS {
            return Err(ProgramError::Slots(outputs.len()));
        }
        for form in constraints.iter().flat_map(Constraint::forms).chain(&outputs) {
            if let Some(&(bit, _)) = form.terms.iter().find(|(bit, _)| *bit >= bits) {
                return Err(ProgramError::UnknownBit(bit));
            }
            if form.weight() >> MAX_FORM_BITS != 0 {
                return Err(ProgramError::Wrap);
            }
        }
        if constraints.iter().any(|constraint| constraint.weight() >> MAX_CONSTRAINT_BITS != 0) {
            return Err(ProgramError::Wrap);
        }
        let digest = Self::hash(bits, &constraints, &outputs);
        let compiled = constraints.iter().map(CompiledConstraint::new).collect();
        let compiled_outputs = outputs.iter().map(Affine::compile).collect();
        let output_points = outputs.iter().map(OutputPoints::new).collect();
        let generators = bit_generators(bits).into();
        Ok(BallotProgram {
            bits,
            constraints,
            outputs,
            compiled,
            compiled_outputs,
            output_points,
            generators,
            digest,
        })
    }

    fn hash(bits: u32, constraints: &[Constraint], outputs: &[Affine]) -> Digest {
        let mut hasher = Hasher::new(tag::PROGRAM);
        hasher.field(&bits.to_le_bytes());
        hasher.field(&(constraints.len() as u32).to_le_bytes());
        for constraint in constraints {
            hasher.field(&(constraint.products.len() as u32).to_le_bytes());
            constraint.forms().for_each(|form| form.hash_into(&mut hasher));
        }
        hasher.field(&(outputs.len() as u32).to_le_bytes());
        outputs.iter().for_each(|form| form.hash_into(&mut hasher));
        hasher.digest()
    }

    /// The number n of sent bits.
    pub fn bits(&self) -> usize {
        self.bits as usize
    }

    /// The number μ of ciphertext slots.
    pub fn slots(&self) -> usize {
        self.outputs.len()
    }

    /// The hash of the whole program, which every proof binds.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// The stated constraints, in order; "sent bits are bits" is not among them.
    pub fn constraints(&self) -> &[Constraint] {
        &self.constraints
    }

    /// The affine outputs, in slot order.
    pub fn outputs(&self) -> &[Affine] {
        &self.outputs
    }

    /// Whether the values are n bits and every constraint holds on them.
    ///
    /// This is the plain meaning of the program, for tests and for refusing an illegal selection
    /// before it is sealed.
    #[must_use]
    pub fn is_satisfied(&self, bits: &[u8]) -> bool {
        bits.len() == self.bits()
            && bits.iter().all(|&b| b <= 1)
            && self.constraints.iter().all(|constraint| constraint.value(bits) == 0)
    }

    /// The numbers that are encrypted for these bits, one for each slot.
    pub fn outputs_of(&self, bits: &[u8]) -> Vec<i128> {
        self.outputs.iter().map(|output| output.value(bits)).collect()
    }

    /// P_1 … P_n.
    pub(crate) fn generators(&self) -> &Arc<[RistrettoPoint]> {
        &self.generators
    }

    /// E_j(b)/2·G for every slot, in constant time.
    pub(crate) fn half_output_points(&self, bits: &[u8]) -> impl Iterator<Item = RistrettoPoint> {
        self.output_points.iter().map(|output| output.value(bits))
    }

    /// g_i^h(d, 0) for every constraint in order, "sent bits are bits" first.
    pub(crate) fn masked_constraints(&self, d: &[Scalar]) -> Vec<Scalar> {
        let bits = d.iter().map(|mask| mask * mask);
        bits.chain(self.compiled.iter().map(|constraint| constraint.value(d, &Scalar::ZERO))).collect()
    }

    /// E_j^h(d, 0) for every slot.
    pub(crate) fn masked_outputs(&self, d: &[Scalar]) -> Vec<Scalar> {
        self.compiled_outputs.iter().map(|output| output.value(d, &Scalar::ZERO)).collect()
    }

    /// c1 = Q_w(b+d, 1) - Q_w(d, 0), in constant time, given [`BallotProgram::masked_constraints`].
    ///
    /// For a bit b the first n constraints need no product: (b+d)·(b+d-1) - d² = ±d.
    pub(crate) fn cross_terms(&self, w: &Scalar, bits: &[u8], d: &[Scalar], masked: &[Scalar]) -> Scalar {
        let shifted: Zeroizing<Vec<Scalar>> =
            Zeroizing::new(bits.iter().zip(d).map(|(bit, d)| Scalar::from(*bit) + d).collect());
        let masked = masked.iter().skip(bits.len());
        let stated = self.compiled.iter().zip(masked);
        let stated: Zeroizing<Vec<Scalar>> = Zeroizing::new(
            stated.map(|(constraint, masked)| constraint.value(&shifted, &Scalar::ONE) - masked).collect(),
        );
        let signed = bits
            .iter()
            .zip(d)
            .rev()
            .map(|(bit, d)| Scalar::conditional_select(&-d, d, Choice::from(bit & 1)));
        horner(w, stated.iter().rev().copied().chain(signed))
    }

    /// Q_w(f, x) = Σ_i w^i·g_i^h(f, x): the homogenised constraints merged by powers of w. The
    /// sent bits come first (i = 1 … n), then the stated constraints in order. Of public scalars only.
    pub(crate) fn merged_constraints(&self, w: &Scalar, f: &[Scalar], x: &Scalar) -> Scalar {
        let minus_x = -x;
        let bits = f.iter().map(|bit| {
            let mut sum = Wide::ZERO;
            sum.add_product(bit, bit);
            sum.add_product(bit, &minus_x);
            sum.montgomery_reduce()
        });
        let stated = self.compiled.iter().map(|constraint| constraint.public_value(f, x));
        merge(w, &bits.chain(stated).collect::<Vec<_>>())
    }

    /// Σ_j w^j·E_j^h(f, x): the homogenised outputs merged by these powers of w, j = 1 … μ.
    pub(crate) fn merged_outputs(&self, powers: &[MontgomeryForm], f: &[Scalar], x: &Scalar) -> Scalar {
        let (mut plus, mut minus) = (Wide::ZERO, Wide::ZERO);
        for (output, power) in self.compiled_outputs.iter().zip(powers) {
            let (more, less) = output.public_parts(f, x);
            plus.add_montgomery(&more.montgomery_reduce(), power);
            if !less.is_empty() {
                minus.add_montgomery(&less.montgomery_reduce(), power);
            }
        }
        plus.scalar() - minus.scalar()
    }
}

/// A coefficient as a scalar; ±1, which most are, costs no multiplication.
#[derive(Debug, Clone)]
struct Coefficient {
    kind: CoefficientKind,
    /// Its absolute value, which [`MAX_FORM_BITS`] bounds, and its sign.
    magnitude: u64,
    negative: bool,
}

#[derive(Debug, Clone)]
enum CoefficientKind {
    One,
    MinusOne,
    Other(Scalar),
}

impl Coefficient {
    fn new(k: i128) -> Self {
        let kind = match k {
            1 => CoefficientKind::One,
            -1 => CoefficientKind::MinusOne,
            _ => CoefficientKind::Other(scalar_from_i128(k)),
        };
        // Forms are compiled after their bounds were checked.
        let magnitude = u64::try_from(k.unsigned_abs()).unwrap_or(u64::MAX);
        Coefficient { kind, magnitude, negative: k < 0 }
    }

    fn add(&self, value: &Scalar, sum: &mut Scalar) {
        match &self.kind {
            CoefficientKind::One => *sum += value,
            CoefficientKind::MinusOne => *sum -= value,
            CoefficientKind::Other(k) => *sum += k * value,
        }
    }
}

/// An affine form over scalars.
#[derive(Debug, Clone)]
struct LinearForm {
    /// Absent when it is zero, as it mostly is.
    constant: Option<Coefficient>,
    terms: Vec<(usize, Coefficient)>,
}

impl LinearForm {
    /// The form homogenised by x: constant·x + Σ k_i·f_i. The sequence of operations depends on
    /// the form alone, never on f.
    fn value(&self, f: &[Scalar], x: &Scalar) -> Scalar {
        let mut sum = Scalar::ZERO;
        if let Some(constant) = &self.constant {
            constant.add(x, &mut sum);
        }
        for (bit, k) in &self.terms {
            k.add(&f.get(*bit).copied().unwrap_or_default(), &mut sum);
        }
        sum
    }

    /// [`Self::value`] of public scalars: what is added, and what is taken away.
    fn public_parts(&self, f: &[Scalar], x: &Scalar) -> (Wide, Wide) {
        let (mut plus, mut minus) = (Wide::ZERO, Wide::ZERO);
        let constant = self.constant.as_ref().map(|constant| (constant, x));
        let terms = self.terms.iter().filter_map(|(bit, k)| Some((k, f.get(*bit)?)));
        for (k, value) in constant.into_iter().chain(terms) {
            let side = if k.negative { &mut minus } else { &mut plus };
            side.add_multiple(k.magnitude, value);
        }
        (plus, minus)
    }

    /// [`Self::value`] of public scalars, reduced once.
    fn public_value(&self, f: &[Scalar], x: &Scalar) -> Scalar {
        let (plus, minus) = self.public_parts(f, x);
        if minus.is_empty() { plus.scalar() } else { plus.scalar() - minus.scalar() }
    }
}

/// An affine output with half its coefficients as multiples of G, so that encoding a value under
/// encryption is an addition a bit instead of a multiplication a slot. Half, because encoding many
/// points at once doubles them ([`Point::doubles`](crate::group::Point)).
#[derive(Debug, Clone)]
struct OutputPoints {
    constant: RistrettoPoint,
    terms: Vec<(usize, RistrettoPoint)>,
}

impl OutputPoints {
    fn new(form: &Affine) -> Self {
        let times_g = |k: i128| &*G * &scalar_from_i128(k).div_by_2();
        OutputPoints {
            constant: times_g(form.constant),
            terms: form.terms.iter().map(|&(bit, k)| (bit as usize, times_g(k))).collect(),
        }
    }

    fn value(&self, bits: &[u8]) -> RistrettoPoint {
        let identity = RistrettoPoint::identity();
        self.terms.iter().fold(self.constant, |sum, (index, point)| {
            let bit = Choice::from(bits.get(*index).copied().unwrap_or(0) & 1);
            sum + RistrettoPoint::conditional_select(&identity, point, bit)
        })
    }
}

#[derive(Debug, Clone)]
struct CompiledConstraint {
    products: Vec<(LinearForm, LinearForm)>,
    /// Absent when it is zero, as it is in "this form is a bit".
    linear: Option<LinearForm>,
}

impl CompiledConstraint {
    fn new(constraint: &Constraint) -> Self {
        CompiledConstraint {
            products: constraint.products.iter().map(|(l, r)| (l.compile(), r.compile())).collect(),
            linear: (constraint.linear != Affine::default()).then(|| constraint.linear.compile()),
        }
    }

    fn value(&self, f: &[Scalar], x: &Scalar) -> Scalar {
        let linear = self.linear.as_ref().map_or(Scalar::ZERO, |linear| x * linear.value(f, x));
        self.products.iter().fold(linear, |sum, (l, r)| sum + l.value(f, x) * r.value(f, x))
    }

    /// [`Self::value`] of public scalars, reduced once.
    fn public_value(&self, f: &[Scalar], x: &Scalar) -> MontgomeryReduced {
        let mut sum = Wide::ZERO;
        if let Some(linear) = &self.linear {
            sum.add_product(&linear.public_value(f, x), x);
        }
        for (left, right) in &self.products {
            sum.add_product(&left.public_value(f, x), &right.public_value(f, x));
        }
        sum.montgomery_reduce()
    }
}
