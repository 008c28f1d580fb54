//! `veche audit-sample`: whom an auditor asks "did you take part?".

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use thiserror::Error;
use veche_record::Manifest;
use veche_verify::sample::{Dice, Sample, SampleError, Strength, draw};

use crate::Outcome;
use crate::error::Error;
use crate::report;
use crate::verify::{FoundRecord, Record, contradicted, find};

/// So many failed answers are reckoned with where nobody says how many failed.
const FAILED: [u64; 5] = [0, 1, 2, 5, 10];

/// Draws the voters whom an auditor asks whether they took part.
///
/// The draw needs the record up to its closing and dice that were thrown in public after that closing was witnessed, so
/// that nobody could choose whom to ask. Everybody who types the same throws draws the same voters: their names on the
/// board, never more. Below them stands what the answers say of all voters. No answer counts as a failure.
///
/// Exit code 0: drawn; 1: the record fails a check; 2: there is nothing to draw from.
#[derive(Debug, Args)]
pub struct AuditSampleArgs {
    /// The record: a folder, or an address, which is copied first as `veche verify` does.
    #[arg(value_name = "DIR|URL")]
    record: String,
    /// The throws of a die in their order, at least twenty, such as "3 1 6 6 2 …".
    #[arg(long, value_name = "THROWS")]
    dice: Dice,
    /// How many voters are asked.
    #[arg(long, value_name = "N", default_value_t = 300, value_parser = clap::value_parser!(u32).range(1..))]
    sample: u32,
    /// How many answers failed, voters who did not answer included.
    #[arg(long, value_name = "N")]
    failed: Option<u64>,
    /// Keep the copy of a record behind an address in this folder, and not in the cache folder.
    #[arg(long, value_name = "DIR")]
    mirror: Option<PathBuf>,
    /// Print one JSON document.
    #[arg(long)]
    json: bool,
}

/// Why nobody is drawn.
#[derive(Debug, Error)]
pub enum AuditSampleError {
    /// The record does not say who counts.
    #[error(transparent)]
    Sample(#[from] SampleError),
    /// More failures than answers.
    #[error("{failed} answers cannot fail where {asked} voters are asked")]
    Failed {
        /// What was said.
        failed: u64,
        /// How many are asked.
        asked: u64,
    },
}

#[derive(Serialize)]
struct Document<'a> {
    entries: u64,
    root: String,
    dice: String,
    seed: String,
    counted: u64,
    drawn: Vec<Row<'a>>,
    /// How many invented voters the answers would have found, by how many of these fail.
    finds: Vec<Finds>,
}

#[derive(Serialize)]
struct Row<'a> {
    pseudonym: String,
    style: &'a str,
    entry: u64,
}

#[derive(Serialize)]
struct Finds {
    failed: u64,
    invented: Option<u64>,
}

/// Runs the command.
///
/// # Errors
/// [`enum@Error`] when nobody can be drawn.
pub fn run(args: &AuditSampleArgs) -> Result<Outcome, Error> {
    let record = match find(&args.record, args.mirror.as_deref())? {
        FoundRecord::Record(record) => record,
        FoundRecord::Contradiction(found) => return contradicted(&found, args.json),
    };
    // A folder that is being published has files of older checkpoints, too.
    let audit = record.live(&args.record)?.map_or(record, Record::Live).audit(None)?;
    let Some(board) = audit.board() else {
        return Ok(Outcome { text: report::text(&audit.report), code: audit.report.exit_code().max(1) });
    };
    let sample = draw(board, &args.dice, args.sample).map_err(AuditSampleError::from)?;
    let asked = sample.drawn.len() as u64;
    if let Some(failed) = args.failed.filter(|failed| *failed > asked) {
        return Err(AuditSampleError::Failed { failed, asked }.into());
    }
    let failed = args.failed.map_or(FAILED.to_vec(), |failed| vec![failed]);
    let strengths = failed.into_iter().filter(|failed| *failed <= asked);
    let strengths: Vec<Strength> =
        strengths.map(|failed| Strength { counted: sample.counted, asked, failed }).collect();
    let document = Document {
        entries: sample.size,
        root: sample.root.to_string(),
        dice: args.dice.to_string(),
        seed: sample.seed.to_string(),
        counted: sample.counted,
        drawn: rows(board.manifest(), &sample),
        finds: strengths.iter().map(|one| Finds { failed: one.failed, invented: one.finds() }).collect(),
    };
    Ok(Outcome::passed(if args.json { report::json(&document)? } else { text(&document, &strengths) }))
}

fn rows<'a>(manifest: &'a Manifest, sample: &Sample) -> Vec<Row<'a>> {
    let style = |style| manifest.ballot_style(style).map_or("", |style| style.id.as_str());
    let row = |voter: &veche_verify::CountedVoter| Row {
        pseudonym: voter.pseudonym.to_string(),
        style: style(voter.style),
        entry: voter.entry,
    };
    sample.drawn.iter().map(row).collect()
}

fn text(document: &Document<'_>, strengths: &[Strength]) -> String {
    let Document { entries, root, dice, seed, counted, drawn, .. } = document;
    let mut text = String::new();
    let voters = report::counted(*counted, "voter", "voters");
    // Writing to a string does not fail.
    let _ = writeln!(text, "{} of {voters} whose ballots count and who voted themselves", drawn.len());
    let _ = writeln!(text, "  the board with its closing: {entries} entries, root {root}");
    let _ = writeln!(text, "  dice: {dice}\n  seed: {seed}\n");
    for Row { pseudonym, style, entry } in drawn {
        let _ = writeln!(text, "{pseudonym}  entry {entry}  {style}");
    }
    let _ = writeln!(text, "\nWhat the answers say. No answer counts as a failure.");
    for strength in strengths {
        let _ = writeln!(text, "  {strength}");
    }
    text
}
