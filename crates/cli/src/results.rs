//! `veche results`: the published totals of a record, for people and for spreadsheets.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use thiserror::Error;
use veche_record::{Manifest, ManifestError};
use veche_verify::result::{GroupResult, ResultFile};

use crate::Outcome;
use crate::error::Error;
use crate::folder::{Folder, MANIFEST};
use crate::report;
use crate::verify::audit_shown;

/// Prints the totals of a record that passes every check.
#[derive(Debug, Args)]
pub struct ResultsArgs {
    /// The record.
    #[arg(value_name = "DIR")]
    record: PathBuf,
    /// How to print the totals.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

/// How totals are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// With names, the most votes first.
    Table,
    /// One line an option, in the manifest's order.
    Csv,
    /// As result.json has them.
    Json,
}

/// Why there are no totals to print.
#[derive(Debug, Error)]
pub enum ResultsError {
    /// The manifest.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// The table could not be written.
    #[error("the table cannot be written: {0}")]
    Csv(#[from] csv::Error),
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
    let text = match args.format {
        Format::Table => table(&manifest, totals),
        Format::Csv => table_as_csv(&manifest, totals).map_err(ResultsError::from)?,
        Format::Json => report::json(totals)?,
    };
    Ok(Outcome::passed(text))
}

/// An option's name in the manifest's first language.
fn name(manifest: &Manifest, group: &GroupResult, option: &str) -> Option<String> {
    let language = manifest.document().languages.first()?;
    let contest = manifest.contests().iter().find(|contest| contest.id == group.id)?;
    let option = contest.options.iter().find(|candidate| candidate.id == option)?;
    option.name.get(language).map(str::to_owned)
}

pub(crate) fn table(manifest: &Manifest, totals: &ResultFile) -> String {
    let mut sorted = totals.clone();
    for group in &mut sorted.contests {
        group.options.sort_by_key(|option| std::cmp::Reverse(option.total));
    }
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = report::write_totals(&mut text, &sorted, |group, option| name(manifest, group, option));
    let _ = writeln!(text);
    text
}

fn table_as_csv(manifest: &Manifest, totals: &ResultFile) -> Result<String, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["contest", "style", "option", "name", "total"])?;
    for group in &totals.contests {
        let style = group.style.as_deref().unwrap_or_default();
        for option in &group.options {
            let name = name(manifest, group, &option.id).unwrap_or_default();
            writer.write_record([&group.id, style, &option.id, &name, &option.total.to_string()])?;
        }
        if let Some(blank) = group.blank {
            writer.write_record([&group.id, style, "", "blank", &blank.to_string()])?;
        }
    }
    let bytes = writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
