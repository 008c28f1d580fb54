//! Our contests: at most five of so many options, encrypted and proved.

use std::hint::black_box;

use curve25519_dalek::constants::RISTRETTO_BASEPOINT_TABLE as TABLE;
use curve25519_dalek::ristretto::{CompressedRistretto, RistrettoPoint};
use curve25519_dalek::traits::{Identity, MultiscalarMul, VartimeMultiscalarMul};
use veche_crypto::ballot_proof::{Prepared, Section, Sections, Statement};
use veche_crypto::batch::Batch;
use veche_crypto::group::{Point, Scalar};
use veche_crypto::hash::{Digest, Hasher};
use veche_record::rules::{Approval, CompiledContest, Rule};
use veche_record::selection::Selection;

use crate::Failure;
use crate::primitives::scalars;
use crate::rounds::{Effort, Task};

/// What is measured: a name, a number of options, and the voters, who decide how many options share
/// a slot.
pub struct Shape {
    name: &'static str,
    options: u32,
    electorate: u64,
}

impl Shape {
    /// How its figures begin.
    pub fn name(&self) -> &str {
        self.name
    }
}

/// The measured contests. With 20,000 voters three options share a slot; with twenty million none do.
pub const CONTESTS: [Shape; 4] = [
    Shape { name: "10", options: 10, electorate: 20_000 },
    Shape { name: "40", options: 40, electorate: 20_000 },
    Shape { name: "160", options: 160, electorate: 20_000 },
    Shape { name: "40.unpacked", options: 40, electorate: 20_000_000 },
];

/// One contest, and sealed sections of it.
pub struct Contest {
    name: &'static str,
    compiled: CompiledContest,
    keys: Vec<Point>,
    bits: Vec<u8>,
    sections: Vec<Vec<u8>>,
    /// Scalars for the group operations: as many as a batch has own points.
    scalars: Vec<Scalar>,
    /// As many points, and their encodings.
    points: Vec<RistrettoPoint>,
    encodings: Vec<CompressedRistretto>,
}

impl Contest {
    /// Seals a batch.
    ///
    /// # Errors
    /// When a section cannot be made or does not verify.
    pub fn new(shape: &Shape, effort: &Effort) -> Result<Self, Failure> {
        let rule = Rule::Approval(Approval { min: 0, max: 5, blank: false });
        let compiled = CompiledContest::compile(&rule, shape.options, shape.electorate)?;
        let values = (0..shape.options).map(|option| u32::from(option % 3 == 0 && option < 15)).collect();
        let bits = compiled.bits(&Selection { values, blank: false })?;
        let own = compiled.program().slots() + 4;
        let key = |index: usize| -> Result<Point, Failure> {
            Ok(Point::new(TABLE * &Hasher::new("bench-key").with(&index.to_le_bytes()).scalar())?)
        };
        let keys = (0..compiled.program().slots()).map(key).collect::<Result<_, _>>()?;
        let count = effort.batch_points.div_ceil(own).max(effort.batch_sections);
        let mut contest = Contest {
            name: shape.name,
            compiled,
            keys,
            bits: bits.to_vec(),
            sections: Vec::new(),
            scalars: scalars(count * own),
            points: Vec::new(),
            encodings: Vec::new(),
        };
        contest.sections = (0..count)
            .map(|index| {
                let seed = *Hasher::new("bench").with(&index.to_le_bytes()).digest().as_bytes();
                let statement = contest.statement();
                let sealed =
                    Prepared::new(&statement, &seed)?.seal(&Digest::ZERO, &statement, &contest.bits)?;
                Ok(sealed.sections().iter().flat_map(Section::to_bytes).collect())
            })
            .collect::<Result<_, Failure>>()?;
        for bytes in &contest.sections {
            let section = Section::from_bytes(contest.compiled.program(), bytes)?;
            let own = [&section.alpha, &section.a, &section.b, &section.t];
            for point in own.into_iter().chain(&section.betas) {
                contest.points.push(*point.inner());
                contest.encodings.push(CompressedRistretto(point.to_bytes()));
            }
        }
        contest.verify()?;
        Ok(contest)
    }

    fn statement(&self) -> Statement<'_> {
        Statement { contest: b"bench", program: self.compiled.program(), keys: &self.keys }
    }

    /// Verifies the batch, from bytes.
    ///
    /// # Errors
    /// When it is false.
    pub fn verify(&self) -> Result<(), Failure> {
        let sections = self.decode()?;
        self.push(&sections)?
            .verify(&crate::fresh()?)
            .map_err(|_| "the measured sections do not verify".into())
    }

    fn decode(&self) -> Result<Vec<Sections>, Failure> {
        let program = self.compiled.program();
        let read = |bytes: &Vec<u8>| {
            Sections::read(&Digest::ZERO, &[(program, bytes)]).map_err(|(_, error)| error.into())
        };
        self.sections.iter().map(read).collect()
    }

    fn push(&self, sections: &[Sections]) -> Result<Batch, Failure> {
        let statement = self.statement();
        let mut batch = Batch::new(&self.keys);
        for section in sections {
            batch.push_section(section, 0, statement.contest, statement.program)?;
        }
        Ok(batch)
    }

    /// What our code does, each beside its own group operations alone.
    pub fn tasks(&self) -> Vec<Task<'_>> {
        let name = |what: &str| format!("{}.{what}", self.name);
        let prepare = || Prepared::new(&self.statement(), black_box(&[1; 32])).ok();
        let count = self.sections.len();
        vec![
            Task::new(name("prepare"), 1, move || {
                black_box(prepare());
            }),
            Task::new(name("prepare.group"), 1, || self.prepare_group()),
            Task::with_input(name("seal"), 1, prepare, |prepared| {
                black_box(
                    prepared.and_then(|prepared| {
                        prepared.seal(&Digest::ZERO, &self.statement(), &self.bits).ok()
                    }),
                );
            }),
            Task::new(name("seal.group"), 1, || self.seal_group()),
            Task::new(name("verify"), count, || {
                black_box(self.verify().is_ok());
            }),
            Task::new(name("verify.group"), count, || {
                self.encodings.iter().for_each(|bytes| {
                    black_box(bytes.decompress());
                });
                black_box(RistrettoPoint::vartime_multiscalar_mul(&self.scalars, &self.points));
            }),
            Task::new(name("verify.decode"), count, || {
                black_box(self.decode().is_ok());
            }),
        ]
    }

    /// α, the masks of the slots, s·U + r·H, Σ d_i·P_i + τ·H.
    fn prepare_group(&self) {
        let Some(scalar) = self.scalars.first() else { return };
        let mut masks = self.keys.iter().map(|key| key.inner() * scalar);
        masks.by_ref().for_each(|mask| {
            black_box(mask);
        });
        for _ in 0..4 {
            black_box(TABLE * black_box(scalar));
        }
        let generators: Vec<&RistrettoPoint> = self.generators();
        black_box(RistrettoPoint::multiscalar_mul(
            self.scalars.iter().cycle().take(generators.len()),
            generators,
        ));
        black_box(self.sum(2));
    }

    /// β and A, each by additions; Σ w^j·K_j and T; B; the encodings.
    fn seal_group(&self) {
        let Some(scalar) = self.scalars.first() else { return };
        let program = self.compiled.program();
        let terms: usize = program.outputs().iter().map(|output| output.parts().1.len()).sum();
        let slots = program.slots();
        // A bit, an output's term, a slot's mask, a doubling of what is encoded as its half.
        let additions = program.bits() + terms + slots + (slots + 3);
        black_box(self.sum(additions));
        let keys = self.keys.iter().map(Point::inner);
        let merged = RistrettoPoint::vartime_multiscalar_mul(self.scalars.iter().take(slots), keys);
        let t = merged * scalar + TABLE * scalar;
        let b = TABLE * black_box(scalar) + merged;
        black_box(RistrettoPoint::double_and_compress_batch(self.points.iter().take(slots + 1)));
        black_box(RistrettoPoint::double_and_compress_batch(&[b, t]));
        black_box(merged.compress());
    }

    /// As many points as the proof has generators.
    fn generators(&self) -> Vec<&RistrettoPoint> {
        self.points.iter().cycle().take(self.compiled.program().bits()).collect()
    }

    fn sum(&self, count: usize) -> RistrettoPoint {
        self.points.iter().cycle().take(count).fold(RistrettoPoint::identity(), |sum, point| sum + point)
    }

    /// Numbers of the contest that no clock says.
    pub fn sizes(&self) -> Vec<(String, f64)> {
        let program = self.compiled.program();
        let size = |what: &str, value: usize| (format!("{}.{what}", self.name), value as f64);
        vec![
            size("bytes", Section::encoded_len(program)),
            size("slots", program.slots()),
            size("bits", program.bits()),
            size("batch", self.sections.len()),
        ]
    }
}

/// What a voter's browser does first: tables, the contest's program, and prepare, once each. Sealing
/// follows. Returns what follows, ready to run.
///
/// # Errors
/// When nothing can be prepared.
pub fn first_ballot() -> Result<impl FnOnce() -> Result<(), Failure>, Failure> {
    let rule = Rule::Approval(Approval { min: 0, max: 5, blank: false });
    let compiled = CompiledContest::compile(&rule, 40, 20_000)?;
    let bits = compiled.bits(&Selection { values: vec![0; 40], blank: false })?;
    // Any points do for keys; these cost a browser nothing.
    let mut key = RistrettoPoint::identity();
    let keys = (0..compiled.program().slots())
        .map(|_| {
            key += curve25519_dalek::constants::RISTRETTO_BASEPOINT_POINT;
            Ok(Point::new(key)?)
        })
        .collect::<Result<Vec<_>, Failure>>()?;
    let statement = Statement { contest: b"bench", program: compiled.program(), keys: &keys };
    let prepared = Prepared::new(&statement, &[1; 32])?;
    Ok(move || {
        let statement = Statement { contest: b"bench", program: compiled.program(), keys: &keys };
        prepared.seal(&Digest::ZERO, &statement, &bits)?;
        Ok(())
    })
}
