//! `veche simulate`: a whole election from Pabulib files. Each file is a contest under its own rule and each row of VOTES a sealed ballot.
//!
//! Nothing is short-cut. Every ballot is sealed by the voter's code under a fresh credential, admitted by the ballot box's state machine, counted
//! from the sums that trustees decrypt in parts, and the record that comes out is verified as any record is. Nothing secret is ever written.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use serde::Serialize;
use thiserror::Error;
use veche_board::{Origin, OriginError};
use veche_crypto::group::GroupError;
use veche_record::entry::Partial;
use veche_record::manifest::{Registration, Timestamp, TrusteeCount};
use veche_record::{Manifest, ManifestError};
use veche_trustee::{DealError, DecryptError, deal_trusted, decrypt};
use veche_verify::report::Report;
use veche_verify::state::Stale;
use veche_verify::{Failure, Refusal, ResultFile, VerifiedTally};
use veche_voter::SealError;

use crate::Outcome;
use crate::error::Error;
use crate::folder::{Folder, RecordStore};
use crate::import::{self, ImportError, Settings, Source};
use crate::progress::Progress;
use crate::verify::audit_shown;
use crate::{random, report, results};

pub mod board;
mod rows;

use board::{Board, Keys};
use rows::RefusedRow;

/// Runs a whole election from Pabulib files (.pb): every row of VOTES is sealed, cast, counted and verified.
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
    /// How many trustees hold a share of the key.
    #[arg(long, default_value_t = 3, value_name = "N")]
    trustees: u8,
    /// How many trustees decrypt the totals; the others stay away.
    #[arg(long, default_value_t = 2, value_name = "T")]
    threshold: u8,
    /// Print one JSON document instead of the report.
    #[arg(long)]
    json: bool,
}

/// Why a simulation stopped. What was written by then is no record: it has no checkpoint.
#[derive(Debug, Error)]
pub enum SimulateError {
    /// The manifest that was just made is refused: the fault of this program.
    #[error("the simulated manifest is refused: {0}")]
    Manifest(#[from] ManifestError),
    /// An entry that was just made is refused: the fault of this program.
    #[error("the simulated board refuses an entry: {0}")]
    Entry(#[from] Failure),
    /// A ballot that was just sealed is refused: the fault of this program.
    #[error("the simulated board refuses a ballot: {0}")]
    Ballot(#[from] Refusal),
    /// The board was written by two at once: the fault of this program.
    #[error(transparent)]
    Stale(#[from] Stale),
    /// A legal choice could not be sealed.
    #[error("line {line}: {source}")]
    Seal {
        /// The row's line.
        line: u64,
        /// Why.
        source: SealError,
    },
    /// No key, with negligible probability.
    #[error(transparent)]
    Group(#[from] GroupError),
    /// No shares.
    #[error(transparent)]
    Deal(#[from] DealError),
    /// A trustee refuses: the fault of this program.
    #[error(transparent)]
    Decrypt(#[from] DecryptError),
    /// A name for the log: the fault of this program.
    #[error(transparent)]
    Origin(#[from] OriginError),
    /// The board has no election where it must have one: the fault of this program.
    #[error("the simulated board has no election")]
    NoElection,
    /// More rows than ballots can be counted.
    #[error("too many rows")]
    TooManyRows,
}

/// What a simulation did.
#[derive(Debug, Serialize)]
pub struct Simulation {
    /// How many shares of the key there were, and how many of them decrypted.
    pub trustees: (u8, u8),
    /// What became of each file.
    pub files: Vec<SimulatedFile>,
    /// How long each part took.
    pub seconds: Seconds,
    /// What the verifier says of the record.
    pub verification: Report,
    #[serde(skip)]
    table: String,
}

/// What became of one file.
#[derive(Debug, Serialize)]
pub struct SimulatedFile {
    /// The contest.
    pub contest: String,
    /// How many rows of VOTES were taken.
    pub rows: usize,
    /// How many of them were cast and counted.
    pub ballots: u32,
    /// The others.
    pub refused: Vec<RefusedRow>,
    /// How many projects the file publishes a total of, and how many of these totals came out again. Not there when only a part of the rows was taken.
    pub published: Option<Published>,
}

/// A comparison with the file's own `votes` column.
#[derive(Debug, Serialize)]
pub struct Published {
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

/// Runs the command.
///
/// # Errors
/// [`Error`] when there is no record to report on.
pub fn run(args: &SimulateArgs) -> Result<Outcome, Error> {
    // Files that make no election leave no empty folder behind.
    let plan = Plan::new(args)?;
    let folder = Folder::create(&args.out)?;
    let simulation = simulate(&plan, folder.clone())?;
    let code = simulation.verification.exit_code();
    let text = if args.json { report::json(&simulation)? } else { describe(&simulation, &folder) };
    Ok(Outcome { text, code })
}

fn simulate(plan: &Plan, folder: Folder) -> Result<Simulation, Error> {
    let began = Instant::now();
    let mut seconds = Seconds::default();
    let (mut board, shares) = plan.found(folder.clone())?;
    board.open(plan.hours.0.unix())?;
    let refused = plan.cast_all(&mut board)?;
    let tally = board.close(plan.hours.1.unix())?;
    seconds.ballots = began.elapsed().as_secs_f64();
    let began = Instant::now();
    let result = board.publish(plan.partials(&tally, &shares)?)?;
    board.finish(Some(&result.to_json()?))?;
    seconds.count = began.elapsed().as_secs_f64();
    let began = Instant::now();
    let verification = audit_shown(&folder, None)?.report;
    seconds.verification = began.elapsed().as_secs_f64();
    let trustees = (plan.manifest.trustees().count, plan.manifest.trustees().threshold);
    let table = results::table(&plan.manifest, &result);
    Ok(Simulation { trustees, files: plan.outcomes(refused, &result), seconds, verification, table })
}

/// An election that is about to be simulated.
pub struct Plan {
    sources: Vec<Source>,
    /// How many rows of each file are taken.
    taken: Vec<usize>,
    partly: bool,
    bytes: Vec<u8>,
    manifest: Manifest,
    hours: (Timestamp, Timestamp),
}

impl Plan {
    fn new(args: &SimulateArgs) -> Result<Self, Error> {
        let sources = Source::read_all(&args.files)?;
        let most = args.ballots.unwrap_or(usize::MAX);
        let taken: Vec<usize> = sources.iter().map(|source| source.file.votes.len().min(most)).collect();
        let partly = sources.iter().zip(&taken).any(|(source, taken)| *taken < source.file.votes.len());
        // A style has at least one voter, even where nobody came.
        let electorates = taken.iter().map(|taken| u32::try_from(*taken).map(|taken| taken.max(1)));
        let electorates = electorates.collect::<Result<_, _>>().map_err(|_| SimulateError::TooManyRows)?;
        let hours = hours(&sources)?;
        let settings = Settings {
            language: None,
            electorates,
            hours,
            trustees: TrusteeCount { count: args.trustees, threshold: args.threshold },
            minimum_group: 1,
            registration: Registration::Roll,
            notice: Some("A simulation from a published file: nobody voted here.".to_owned()),
        };
        let (bytes, manifest) = import::manifest(&sources, &settings)?;
        Ok(Self { sources, taken, partly, bytes, manifest, hours })
    }

    /// Founds the board and makes the key, as a trusted dealer does.
    fn found<S: RecordStore>(&self, store: S) -> Result<(Board<S>, Vec<veche_trustee::KeyShare>), Error> {
        let hash = hex::encode(self.manifest.hash().as_bytes());
        let name = format!("veche.invalid/simulation/{}", hash.get(..16).unwrap_or(&hash));
        let origin: Origin = name.parse().map_err(SimulateError::from)?;
        let mut board = Board::found(store, &self.bytes, &self.manifest, Keys::generate()?, origin)?;
        let seed = random::secret()?;
        let (ceremony, shares) = deal_trusted(&self.manifest, &seed).map_err(SimulateError::from)?;
        board.append(&ceremony.into())?;
        Ok((board, shares))
    }

    /// Seals and casts every row, file by file; the rows that were refused, by file.
    fn cast_all<S: RecordStore>(&self, board: &mut Board<S>) -> Result<Vec<Vec<RefusedRow>>, Error> {
        let rows: usize = self.taken.iter().sum();
        let progress = Progress::start("Sealing and casting", u64::try_from(rows).unwrap_or(u64::MAX));
        let mut refused = Vec::with_capacity(self.sources.len());
        for ((source, taken), style) in self.sources.iter().zip(&self.taken).zip(0u16..) {
            let votes = source.file.votes.get(..*taken).unwrap_or(&[]);
            refused.push(rows::cast(board, style, source.file.projects.len(), votes, &progress)?);
        }
        Ok(refused)
    }

    /// What the last t trustees decrypt. The first ones stay away, which they may.
    fn partials(
        &self,
        tally: &VerifiedTally,
        shares: &[veche_trustee::KeyShare],
    ) -> Result<Vec<Partial>, SimulateError> {
        let away = shares.len().saturating_sub(tally.partials_needed());
        shares.iter().skip(away).map(|share| Ok(decrypt(tally, share)?)).collect()
    }

    fn outcomes(&self, refused: Vec<Vec<RefusedRow>>, result: &ResultFile) -> Vec<SimulatedFile> {
        let files = self.sources.iter().zip(&self.taken).zip(refused).zip(&result.contests);
        files
            .map(|(((source, rows), refused), group)| {
                let published = source
                    .file
                    .projects
                    .iter()
                    .zip(&group.options)
                    .filter_map(|(project, option)| project.votes.map(|votes| votes == option.total));
                let published: Vec<bool> = published.collect();
                let equal = published.iter().filter(|equal| **equal).count();
                let compared = !self.partly && !published.is_empty();
                SimulatedFile {
                    contest: source.id.clone(),
                    rows: *rows,
                    ballots: group.ballots,
                    refused,
                    published: compared.then_some(Published { projects: published.len(), equal }),
                }
            })
            .collect()
    }
}

/// The files' own hours, or, where they name none, a day of no election.
fn hours(sources: &[Source]) -> Result<(Timestamp, Timestamp), ImportError> {
    let (opens, closes) = import::hours(sources)?;
    let opens = opens
        .or_else(|| Timestamp::parse("2000-01-01T00:00:00Z"))
        .ok_or(ImportError::Hours { which: "opens" })?;
    let day_later = Timestamp::from_unix(opens.unix().saturating_add(86_400));
    let closes = closes.or(day_later).ok_or(ImportError::Hours { which: "closes" })?;
    Ok((opens, closes))
}

fn describe(simulation: &Simulation, folder: &Folder) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = write(&mut text, simulation, folder);
    text
}

fn write(text: &mut String, simulation: &Simulation, folder: &Folder) -> std::fmt::Result {
    let (count, threshold) = simulation.trustees;
    writeln!(
        text,
        "A simulated election: {count} trustees held a share of the key, {threshold} of them decrypted the totals."
    )?;
    text.write_str(&simulation.table)?;
    for file in &simulation.files {
        writeln!(
            text,
            "{}: {} rows, {} counted, {} refused",
            file.contest,
            file.rows,
            file.ballots,
            file.refused.len()
        )?;
        for row in &file.refused {
            writeln!(text, "  refused: line {} (voter {}): {}", row.line, row.voter, row.reason)?;
        }
        if let Some(Published { projects, equal }) = file.published {
            writeln!(text, "  {equal} of {projects} totals equal the file's own \"votes\" column")?;
        }
    }
    let seconds = &simulation.seconds;
    writeln!(
        text,
        "\nSealing and casting took {:.1} s, the count {:.1} s, verification {:.1} s.\nThe record is in {}.\n\nVerification\n",
        seconds.ballots,
        seconds.count,
        seconds.verification,
        folder.root().display()
    )?;
    text.write_str(&report::text_without_totals(&simulation.verification))
}
