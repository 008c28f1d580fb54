//! What a simulation did, for people and for software.

use std::path::Path;

use serde::Serialize;
use veche_record::manifest::TrusteeCount;
use veche_verify::report::Report;

use crate::import::{RefusedRow, refusals};
use crate::report;

/// What a simulation did.
#[derive(Debug, Serialize)]
pub struct Simulation {
    /// How many shares of the key there were, and how many of them decrypted.
    pub trustees: TrusteeCount,
    /// What became of each file.
    pub files: Vec<SimulatedFile>,
    /// How long each part took.
    pub seconds: Seconds,
    /// What the verifier says of the record.
    pub verification: Report,
    /// The totals as a table.
    #[serde(skip)]
    pub table: String,
}

/// What became of one file.
#[derive(Debug, Serialize)]
pub struct SimulatedFile {
    /// The contest.
    pub contest: String,
    /// Its rule, in words.
    pub rule: String,
    /// How many rows of VOTES were taken.
    pub rows: usize,
    /// How many of them were cast and counted.
    pub ballots: u32,
    /// The others.
    pub refused: Vec<RefusedRow>,
    /// How many projects the file publishes a total of, and how many of these totals came out again. Not
    /// there when only a part of the rows was taken.
    pub published: Option<Published>,
}

/// A comparison with the file's own totals.
#[derive(Debug, Serialize)]
pub struct Published {
    /// The column that has them.
    pub column: &'static str,
    /// Projects with a published total.
    pub projects: usize,
    /// Those whose total came out.
    pub equal: usize,
}

/// How long each part of a simulation took.
#[derive(Debug, Default, Serialize)]
pub struct Seconds {
    /// Sealing and casting.
    pub ballots: f64,
    /// Decrypting and writing the result.
    pub count: f64,
    /// Verifying the record.
    pub verification: f64,
}

impl Simulation {
    /// The report in words. `record` is where the record was written.
    pub fn describe(&self, record: &Path) -> String {
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = write(&mut text, self, record);
        text
    }
}

/// Where the refused rows are that a page has no room for.
const ALL_ROWS: &str = "; --json and --report list them all";

fn write(text: &mut impl std::fmt::Write, simulation: &Simulation, record: &Path) -> std::fmt::Result {
    let TrusteeCount { count, threshold } = simulation.trustees;
    writeln!(
        text,
        "A simulated election: {count} trustees held a share of the key, {threshold} of them decrypted the totals."
    )?;
    text.write_str(&simulation.table)?;
    for file in &simulation.files {
        let refused = file.refused.len();
        writeln!(text, "{}: {}", file.contest, file.rule)?;
        writeln!(text, "  {} rows, {} counted, {refused} refused", file.rows, file.ballots)?;
        text.write_str(&refusals(&file.refused, ALL_ROWS))?;
        if let Some(Published { column, projects, equal }) = file.published {
            write!(text, "  {equal} of {projects} totals equal the file's own \"{column}\" column")?;
            let counted = equal < projects && refused > 0;
            writeln!(text, "{}", if counted { ", which may have the refused rows in it" } else { "" })?;
        }
    }
    let seconds = &simulation.seconds;
    writeln!(
        text,
        "\nSealing and casting took {:.1} s, the count {:.1} s, verification {:.1} s.\nThe record is in {}.\n\nVerification\n",
        seconds.ballots,
        seconds.count,
        seconds.verification,
        record.display()
    )?;
    text.write_str(&report::text_without_totals(&simulation.verification))
}
