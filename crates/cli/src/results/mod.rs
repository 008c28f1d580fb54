//! `veche results`: the totals of a record, and who is funded, for people and for other software.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use thiserror::Error;
use veche_record::{Manifest, ManifestError};
use veche_results::{Drawn, Results, Standing, language};
use veche_verify::result::ResultFile;
use veche_verify::{KeyChanges, RouteTurnout};

use crate::Outcome;
use crate::error::Error;
use crate::folder::{Folder, MANIFEST};
use crate::report;
use crate::verify::audit_shown;

mod table;

/// Prints the totals of a record that passes every check, and which options are funded.
///
/// Options stand in the order of their totals, the largest first. Who is funded is what the manifest's `funding` makes
/// of them: with which minimum, until when the money goes down the order, and which of equal totals comes first. Where
/// that is a draw that is not on the board, the table says what is to be drawn.
#[derive(Debug, Args)]
pub struct ResultsArgs {
    /// The record.
    #[arg(value_name = "DIR")]
    record: PathBuf,
    /// How to print the totals.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Only this contest.
    #[arg(long, value_name = "ID")]
    contest: Option<String>,
}

/// How totals are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people: the largest total first.
    Table,
    /// One line an option, in the manifest's order.
    Csv,
    /// A file of Pabulib for one contest, without votes: single votes are what nobody learns.
    Pb,
    /// Everything that the table says.
    Json,
}

/// Why there are no totals to print.
#[derive(Debug, Error)]
pub enum ResultsError {
    /// The manifest.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// No such contest.
    #[error("the record has no contest {contest:?}; it has {}", .known.join(", "))]
    NoContest {
        /// What was asked for.
        contest: String,
        /// What there is.
        known: Vec<String>,
    },
    /// A Pabulib file is about one contest.
    #[error("a Pabulib file has one contest, and this record has several: say which with --contest, one of {}", .known.join(", "))]
    SeveralContests {
        /// What there is.
        known: Vec<String>,
    },
    /// A file could not be made of them.
    #[error(transparent)]
    File(#[from] veche_results::ResultsError),
}

/// Runs the command. Totals of a record that does not pass are not printed: a wrong total with a warning
/// below is still a wrong total.
///
/// # Errors
/// [`enum@Error`] when there is no record.
pub fn run(args: &ResultsArgs) -> Result<Outcome, Error> {
    let folder = Folder::open(&args.record)?;
    let report = audit_shown(&folder, None)?.report;
    let Some(totals) = report.tallies.as_ref().filter(|_| report.exit_code() == 0) else {
        return Ok(Outcome { text: report::text(&report), code: report.exit_code().max(1) });
    };
    let manifest =
        Manifest::parse(&folder.file(MANIFEST)?.unwrap_or_default()).map_err(ResultsError::from)?;
    let beside = match &args.contest {
        None => Beside {
            draws: &report.draws,
            key_changes: report.key_changes,
            words: report::voters(&report.turnout) + &report::key_changes(&report),
            turnout: report.turnout.clone(),
        },
        // Keys change in the whole vote, and not in a contest.
        Some(contest) => {
            let turnout = of_contest(&manifest, contest, &report.turnout);
            let words = report::voters(&turnout) + &may_add(&manifest, contest);
            Beside { draws: &report.draws, key_changes: None, words, turnout }
        }
    };
    let text = format(args, &manifest, totals, &beside)?;
    Ok(Outcome::passed(text))
}

/// What an audit finds beside the totals.
#[derive(Default)]
struct Beside<'a> {
    draws: &'a [Drawn],
    key_changes: Option<KeyChanges>,
    turnout: Vec<RouteTurnout>,
    words: String,
}

/// Those districts whose every voter finds the contest on the ballot.
fn of_contest(manifest: &Manifest, contest: &str, turnout: &[RouteTurnout]) -> Vec<RouteTurnout> {
    let has = |id: &str| {
        let mut styles = manifest.styles().iter();
        styles.any(|style| style.id == id && style.contests.iter().any(|own| own == contest))
    };
    turnout.iter().filter(|one| has(&one.style)).cloned().collect()
}

/// Who else may have voted in a contest.
fn may_add(manifest: &Manifest, contest: &str) -> String {
    let may = manifest.styles().iter().filter(|style| style.plus_one_of.iter().any(|one| one == contest));
    let may: Vec<&str> = may.map(|style| style.id.as_str()).collect();
    match may.is_empty() {
        true => String::new(),
        false => format!("  Voters of {} could add this contest to their ballots.\n", may.join(", ")),
    }
}

fn format(
    args: &ResultsArgs,
    manifest: &Manifest,
    totals: &ResultFile,
    beside: &Beside<'_>,
) -> Result<String, Error> {
    let language = language(manifest);
    let mut standings = Standing::all(manifest, totals, beside.draws);
    let known: Vec<String> = standings.iter().map(|standing| standing.contest.id.clone()).collect();
    if let Some(contest) = &args.contest {
        standings.retain(|standing| standing.contest.id == *contest);
        if standings.is_empty() {
            return Err(ResultsError::NoContest { contest: contest.clone(), known }.into());
        }
    }
    Ok(match args.format {
        Format::Table => no_result(totals) + &table::table(&standings, language) + &beside.words,
        Format::Csv => veche_results::csv(&standings, language).map_err(ResultsError::from)?,
        Format::Json => Results::new(&standings, language)
            .counted(beside.key_changes, &beside.turnout)
            .to_json()
            .map_err(ResultsError::from)?,
        Format::Pb => match standings.as_slice() {
            [one] => veche_results::pb(one, manifest.document(), language).map_err(ResultsError::from)?,
            _ => return Err(ResultsError::SeveralContests { known }.into()),
        },
    })
}

/// Totals and winners for people.
pub(crate) fn table(manifest: &Manifest, totals: &ResultFile, draws: &[Drawn]) -> String {
    no_result(totals) + &table::table(&Standing::all(manifest, totals, draws), language(manifest))
}

/// What is said before everything else of a vote that has no result.
fn no_result(totals: &ResultFile) -> String {
    match totals.is_all_withheld() {
        true => {
            "\n  There is no result: too few people voted in every contest, so that no totals are published.\n".into()
        }
        false => String::new(),
    }
}

#[cfg(test)]
mod tests;
