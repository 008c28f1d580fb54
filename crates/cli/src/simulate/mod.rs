//! `veche simulate`: a whole election from Pabulib files. Each file is a contest under its own rule, each row
//! of VOTES a sealed ballot.
//!
//! Nothing is short-cut. Every ballot is sealed by the voter's code under a fresh credential, admitted by the
//! ballot box's state machine and counted from sums that trustees decrypt in parts; the record that comes out
//! is verified as any record is. Nothing secret is ever written.

use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use veche_record::manifest::TrusteeCount;

use crate::error::Error;
use crate::folder::Folder;
use crate::import::Choices;
use crate::verify::audit_shown;
use crate::{Outcome, report, results};

pub mod board;
mod error;
mod outcome;
mod plan;
mod rows;
mod store;

pub use error::SimulateError;
pub use outcome::{Published, Seconds, SimulatedFile, Simulation};
pub use plan::{Held, Options, Plan};

/// Runs a whole election from Pabulib files (.pb).
///
/// Every row of VOTES is sealed, cast, counted and verified. The record that is written holds no secret.
#[derive(Debug, Args)]
pub struct SimulateArgs {
    /// The files. Each becomes a contest.
    #[arg(required = true, value_name = "FILE.pb")]
    files: Vec<PathBuf>,
    /// Where to write the record: a new or an empty folder.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Only the first N rows of each file.
    #[arg(long, value_name = "N")]
    ballots: Option<usize>,
    /// The language of the files' texts, as "pl". Left out: the one that the files name.
    #[arg(long, value_name = "CODE")]
    language: Option<String>,
    /// The most points of one ballot, for a cumulative vote whose file does not say; for a scoring vote, of one
    /// project.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    points: Option<u32>,
    /// Leave out how projects are funded: the totals then give an order only.
    #[arg(long)]
    no_funding: bool,
    /// How many trustees hold a share of the key.
    #[arg(long, default_value_t = 3, value_name = "N")]
    trustees: u8,
    /// How many trustees decrypt the totals; the others stay away.
    #[arg(long, default_value_t = 2, value_name = "T")]
    threshold: u8,
    /// Print one JSON document instead of the report.
    #[arg(long)]
    json: bool,
    /// Write the JSON document into this file as well, with every refused row.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// [`enum@Error`] when there is no record to report on.
pub fn run(args: &SimulateArgs) -> Result<Outcome, Error> {
    // Files that make no election leave no empty folder behind.
    let options = Options {
        ballots: args.ballots,
        language: args.language.clone(),
        choices: Choices { points: args.points, no_funding: args.no_funding, exclusive: Vec::new() },
        trustees: TrusteeCount { count: args.trustees, threshold: args.threshold },
    };
    // Found out before the work, not after it.
    if let Some(path) = args.report.as_ref().filter(|path| path.exists()) {
        let source = std::io::ErrorKind::AlreadyExists.into();
        return Err(Error::Write { path: path.clone(), source });
    }
    let plan = Plan::new(&args.files, &options)?;
    let folder = Folder::create(&args.out)?;
    let held = plan.hold(folder.clone())?;
    let began = Instant::now();
    let verification = audit_shown(&folder, None)?.report;
    let seconds = Seconds {
        ballots: held.seconds.0,
        count: held.seconds.1,
        verification: began.elapsed().as_secs_f64(),
    };
    let code = verification.exit_code();
    let files = plan.outcomes(held.refused, &held.result);
    let table = results::table(plan.manifest(), &held.result, &[]);
    let simulation = Simulation { trustees: options.trustees, files, seconds, verification, table };
    if let Some(path) = &args.report {
        crate::files::write_new(path, report::json(&simulation)?.as_bytes())?;
    }
    let text = if args.json { report::json(&simulation)? } else { simulation.describe(folder.root()) };
    Ok(Outcome { text, code })
}
