//! `veche results`: the totals of a record, and who is funded, for people and for other software.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use thiserror::Error;
use veche_record::{BallotKind, Manifest, ManifestError};
use veche_results::papers::{DrawNote, DrawNotesError, Protocol};
use veche_results::{Drawn, Results, Standing, every_district, language};
use veche_verify::result::ResultFile;
use veche_verify::{Audit, KeyChanges, RouteTurnout};

use crate::Outcome;
use crate::error::Error;
use crate::files::write_new;
use crate::folder::{Folder, MANIFEST};
use crate::report;
use crate::verify::audit_shown;

mod table;
mod tongue;

pub(crate) use tongue::Tongue;

/// Prints the totals of a record that passes every check, and which options are funded.
///
/// Options stand in the order of their totals, the largest first. Who is funded is what the manifest's `funding` makes
/// of them: with which minimum, until when the money goes down the order, and which of equal totals comes first. Where
/// that is a draw that is not on the board, the table says what is to be drawn.
///
/// Files for people have their words in English, Russian, Polish, Spanish, French, German or Arabic: the workbook
/// (xlsx), the table for a spreadsheet program (csv with --for-excel), and the protocol of the count for printing and
/// signing.
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
    /// The language of names, and of the words in files for people: en, ru, pl, es, fr, de or ar. Left out: the
    /// manifest's first.
    #[arg(long, value_name = "LANGUAGE")]
    language: Option<String>,
    /// With --format csv: for a spreadsheet program in the reader's language, with its signs, translated headers and no
    /// cell that it would run as a formula. Without it the table is for other software and never changes.
    #[arg(long)]
    for_excel: bool,
    /// With --format protocol: when and in whose presence lots were drawn, which the board does not keep, in the file
    /// that `veche archive --draws` takes.
    #[arg(long, value_name = "FILE")]
    draws: Option<PathBuf>,
    /// Write into this new file, and not to the terminal.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
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
    /// A workbook for spreadsheet programs, into a file.
    Xlsx,
    /// The protocol of the count as a page to print and sign, into a file.
    Protocol,
}

impl Format {
    /// Whether a terminal cannot show it.
    fn is_file(self) -> bool {
        matches!(self, Self::Xlsx | Self::Protocol)
    }
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
    /// A language that the record has no names in.
    #[error("the record has no names in the language {language:?}; it has {}", .known.join(", "))]
    NoLanguage {
        /// What was asked for.
        language: String,
        /// What there is.
        known: Vec<String>,
    },
    /// What a terminal does not show.
    #[error("this is a file for another program: say with --out where to write it")]
    NeedsOut,
    /// A table that is for people and for software at once.
    #[error("--for-excel goes with --format csv")]
    ForExcel,
    /// Notes of draws for something that has no place for them.
    #[error("--draws goes with --format protocol")]
    DrawsElsewhere,
    /// A file of what was noted of draws.
    #[error("{}: {source}", .path.display())]
    Draws {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: DrawNotesError,
    },
    /// A protocol of a part of the vote.
    #[error("the protocol is that of the whole vote: leave out --contest")]
    PartOfProtocol,
    /// A protocol of what is not right.
    #[error("the record does not pass every check: there is no protocol of it")]
    NotPassed,
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
    args.check()?;
    let folder = Folder::open(&args.record)?;
    let audit = audit_shown(&folder, None)?;
    let report = &audit.report;
    let Some(totals) = report.tallies.as_ref().filter(|_| report.exit_code() == 0) else {
        return Ok(Outcome { text: report::text(report), code: report.exit_code().max(1) });
    };
    let manifest =
        Manifest::parse(&folder.file(MANIFEST)?.unwrap_or_default()).map_err(ResultsError::from)?;
    let tongue = args.tongue(&manifest)?;
    let draws = args.draws.as_deref().map(read_draws).transpose()?.unwrap_or_default();
    let bytes = match args.format {
        Format::Protocol => {
            protocol(&audit, &manifest, totals, &tongue, (&BTreeMap::new(), &draws))?.into_bytes()
        }
        _ => {
            let beside = Beside::of(args.contest.as_deref(), &manifest, &audit);
            format(args, &manifest, totals, &beside, &tongue)?
        }
    };
    Ok(Outcome::passed(match &args.out {
        None => String::from_utf8_lossy(&bytes).into_owned(),
        Some(path) => {
            write_new(path, &bytes)?;
            format!("Written: {}\n", path.display())
        }
    }))
}

impl ResultsArgs {
    /// Whether what is asked for goes together, before anything is read.
    fn check(&self) -> Result<(), ResultsError> {
        if self.for_excel && self.format != Format::Csv {
            return Err(ResultsError::ForExcel);
        }
        if self.draws.is_some() && self.format != Format::Protocol {
            return Err(ResultsError::DrawsElsewhere);
        }
        if self.format == Format::Protocol && self.contest.is_some() {
            return Err(ResultsError::PartOfProtocol);
        }
        if self.out.is_none() && (self.for_excel || self.format.is_file()) {
            return Err(ResultsError::NeedsOut);
        }
        Ok(())
    }

    fn tongue(&self, manifest: &Manifest) -> Result<Tongue, ResultsError> {
        let asked = self.language.as_deref();
        match self.for_excel || self.format.is_file() {
            true => Tongue::with_words(manifest, asked),
            false => Tongue::of_names(manifest, asked),
        }
    }
}

/// What the organiser has noted of draws.
pub(crate) fn read_draws(path: &Path) -> Result<Vec<DrawNote>, Error> {
    let notes = DrawNote::read(&crate::files::read(path)?);
    Ok(notes.map_err(|source| ResultsError::Draws { path: path.to_owned(), source })?)
}

/// The protocol of a record that passed every check, with what is known beside it: the names of key-holders, and what
/// was noted of draws.
pub(crate) fn protocol(
    audit: &Audit,
    manifest: &Manifest,
    totals: &ResultFile,
    tongue: &Tongue,
    (trustees, draws): (&BTreeMap<u8, String>, &[DrawNote]),
) -> Result<String, ResultsError> {
    let standings = Standing::all(manifest, totals, &audit.report.draws);
    let (board, note) = audit.board().zip(audit.note()).ok_or(ResultsError::NotPassed)?;
    let protocol = Protocol {
        manifest,
        standings: &standings,
        report: &audit.report,
        board,
        note,
        version: env!("CARGO_PKG_VERSION"),
        language: &tongue.words,
        names: &tongue.names,
        trustees,
        draws,
    };
    Ok(protocol.html()?)
}

/// What an audit finds beside the totals.
#[derive(Default)]
struct Beside<'a> {
    draws: &'a [Drawn],
    key_changes: Option<KeyChanges>,
    turnout: Vec<RouteTurnout>,
    words: String,
}

impl<'a> Beside<'a> {
    fn of(contest: Option<&str>, manifest: &Manifest, audit: &'a Audit) -> Self {
        let report = &audit.report;
        let everywhere = every_district(manifest, &report.turnout);
        let (key_changes, words, turnout) = match contest {
            None => {
                let words = report::voters(&everywhere) + &report::key_changes(report);
                (report.key_changes, words, everywhere)
            }
            // Keys change in the whole vote, and not in a contest.
            Some(contest) => {
                let turnout = of_contest(manifest, contest, &everywhere);
                (None, report::voters(&turnout) + &may_add(manifest, contest), turnout)
            }
        };
        Beside { draws: &report.draws, key_changes, turnout, words }
    }
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
    tongue: &Tongue,
) -> Result<Vec<u8>, Error> {
    let language = tongue.names.as_str();
    let mut standings = Standing::all(manifest, totals, beside.draws);
    let known: Vec<String> = standings.iter().map(|standing| standing.contest.id.clone()).collect();
    if let Some(contest) = &args.contest {
        standings.retain(|standing| standing.contest.id == *contest);
        if standings.is_empty() {
            return Err(ResultsError::NoContest { contest: contest.clone(), known }.into());
        }
    }
    Ok(match args.format {
        Format::Csv if args.for_excel => tongue.excel_csv(manifest, &standings, &beside.turnout)?,
        Format::Xlsx => tongue.xlsx(manifest, &standings, &beside.turnout)?,
        // The protocol is made of more.
        Format::Table | Format::Protocol => {
            (before(manifest, totals) + &table::table(&standings, language) + &beside.words).into_bytes()
        }
        Format::Csv => veche_results::csv(&standings, language).map_err(ResultsError::from)?.into_bytes(),
        Format::Json => Results::new(&standings, language)
            .counted(beside.key_changes, &beside.turnout)
            .of_kind(manifest.document().ballot_kind)
            .to_json()
            .map_err(ResultsError::from)?
            .into_bytes(),
        Format::Pb => match standings.as_slice() {
            [one] => {
                let text = veche_results::pb(one, manifest.document(), language);
                text.map_err(ResultsError::from)?.into_bytes()
            }
            _ => return Err(ResultsError::SeveralContests { known }.into()),
        },
    })
}

/// Totals and winners for people.
pub(crate) fn table(manifest: &Manifest, totals: &ResultFile, draws: &[Drawn]) -> String {
    before(manifest, totals) + &table::table(&Standing::all(manifest, totals, draws), language(manifest))
}

/// What is said before everything else: of a practice vote, and of a vote that has no result.
fn before(manifest: &Manifest, totals: &ResultFile) -> String {
    let mut text = String::new();
    if manifest.document().ballot_kind != BallotKind::Election {
        text.push_str("\n  This is a practice vote: it does not count.\n");
    }
    if totals.is_all_withheld() {
        text.push_str(
            "\n  There is no result: too few people voted in every contest, so that no totals are published.\n",
        );
    }
    text
}

#[cfg(test)]
mod tests;
