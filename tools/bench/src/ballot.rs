use std::hint::black_box;

use veche_crypto::ballot_proof::{Prepared, Section, Statement};
use veche_crypto::batch::Batch;
use veche_crypto::group::Point;
use veche_crypto::hash::{Digest, Hasher};
use veche_record::rules::{Approval, CompiledContest, Rule};
use veche_record::selection::Selection;

use crate::{Clock, Primitives, microseconds, microseconds_of};

/// The numbers of options that are measured; at most 5 may be chosen.
pub const SIZES: [u32; 3] = [10, 40, 160];

/// Voters of the measured election, which sets how options are packed into slots.
const ELECTORATE: u64 = 100_000;

/// Points of a batch.
const BATCH_POINTS: usize = 10_000;

/// What one contest's section costs here.
pub struct BallotCosts {
    options: u32,
    slots: usize,
    bits: usize,
    output_terms: usize,
    bytes: usize,
    prepare: f64,
    seal: f64,
    verify_one: f64,
    verify_batch: f64,
}

type Failure = Box<dyn std::error::Error>;

impl BallotCosts {
    /// Measures one size, in microseconds a section.
    ///
    /// # Errors
    /// When a section cannot be made or does not verify: then there is nothing to measure.
    pub fn measure(clock: Clock<'_>, options: u32) -> Result<Self, Failure> {
        let rule = Rule::Approval(Approval { min: 0, max: 5, blank: false });
        let contest = CompiledContest::compile(&rule, options, ELECTORATE)?;
        let program = contest.program();
        let keys = slot_keys(program.slots())?;
        let header = Digest::ZERO;
        let statement = Statement { header: &header, contest: b"bench", program, keys: &keys };
        let values = (0..options).map(|option| u32::from(option % 3 == 0 && option < 15)).collect();
        let bits = contest.bits(&Selection { values, blank: false })?;

        let prepare = microseconds(clock, || {
            black_box(Prepared::new(&statement, black_box(&[1; 32])).ok());
        });
        let seal = microseconds_of(
            clock,
            || Prepared::new(&statement, &[1; 32]).ok(),
            |prepared| {
                black_box(prepared.and_then(|prepared| prepared.seal(&statement, black_box(&bits)).ok()));
            },
        );
        let count = BATCH_POINTS.div_ceil(program.slots() + 4).max(100);
        let sections = (0..count)
            .map(|index| {
                let seed = *Hasher::new("bench").with(&index.to_le_bytes()).digest().as_bytes();
                Ok(Prepared::new(&statement, &seed)?.seal(&statement, &bits)?.to_bytes())
            })
            .collect::<Result<Vec<_>, Failure>>()?;
        let verify = |sections: &[Vec<u8>]| -> Result<bool, Failure> {
            let mut batch = Batch::new(&keys);
            for bytes in sections {
                let section = Section::from_bytes(program, bytes)?;
                batch.push_section(&header, b"bench", program, &section)?;
            }
            Ok(batch.verify(&[7; 32]).is_ok())
        };
        if !verify(&sections)? {
            return Err("the measured sections do not verify".into());
        }
        let one = sections.get(..1).unwrap_or_default();
        Ok(BallotCosts {
            options,
            slots: program.slots(),
            bits: program.bits(),
            output_terms: program.outputs().iter().map(|output| output.parts().1.len()).sum(),
            bytes: Section::encoded_len(program),
            prepare,
            seal,
            verify_one: microseconds(clock, || {
                black_box(verify(one).ok());
            }),
            verify_batch: microseconds(clock, || {
                black_box(verify(&sections).ok());
            }) / count as f64,
        })
    }

    /// One row of the table, with each time as a ratio to its own group operations.
    pub fn row(&self, p: &Primitives) -> String {
        let (n, slots) = (self.bits as f64, self.slots as f64);
        let prepare = n * p.constant_multiscalar + slots * p.variable_base + 4.0 * p.fixed_base + p.compress;
        let seal = (n + self.output_terms as f64 + slots) * p.addition
            + slots * p.small_multiscalar
            + p.variable_base
            + 2.0 * p.fixed_base
            + (slots + 3.0) * p.compress;
        let verify = (slots + 4.0) * (p.decompress + p.variable_multiscalar);
        format!(
            "{:7} {:6}  {:10.1} ({:4.2})  {:8.1} ({:4.2})  {:13.1}  {:18.1} ({:4.2})\n",
            self.options,
            self.bytes,
            self.prepare,
            self.prepare / prepare,
            self.seal,
            self.seal / seal,
            self.verify_one,
            self.verify_batch,
            self.verify_batch / verify,
        )
    }
}

fn slot_keys(count: usize) -> Result<Vec<Point>, Failure> {
    let key = |index: usize| {
        let secret = Hasher::new("bench-key").with(&index.to_le_bytes()).scalar();
        Ok(Point::new(curve25519_dalek::constants::RISTRETTO_BASEPOINT_TABLE * &secret)?)
    };
    (0..count).map(key).collect()
}
