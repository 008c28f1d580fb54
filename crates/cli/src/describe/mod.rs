//! `veche describe`: a manifest from a clerk's spreadsheet, and the template of one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;
use veche_desk::template::TemplateError;
use veche_desk::{Asked, Language, describe, phrases, template};
use veche_phrases::Said;
use veche_sheet::{Encoding, FileError, Options, Workbook};

use crate::error::Error;
use crate::{Outcome, files};

mod report;

/// Makes a manifest from a spreadsheet with the sheets vote, districts and projects, or writes the template of one.
#[derive(Debug, Args)]
pub struct DescribeArgs {
    /// The spreadsheet: .xlsx, .ods, or a CSV file for each sheet, named as the sheet is.
    #[arg(required_unless_present = "template", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Where to write the manifest. An existing file is not overwritten.
    #[arg(long, required_unless_present = "template", value_name = "FILE")]
    out: Option<PathBuf>,
    /// An answer to a question, as "projects!D7=15000". For a whole column: "projects!D=thousands" or
    /// "projects!D=decimals". Can be said several times.
    #[arg(long, value_name = "CELL=CHOICE", value_parser = parse_answer)]
    answer: Vec<(String, String)>,
    /// The language of texts whose columns name none, as "pl"; of the template, where one is written.
    #[arg(long, value_name = "CODE")]
    language: Option<String>,
    /// The language in which this command answers.
    #[arg(long, default_value_t = Language::En, value_name = "CODE")]
    tongue: Language,
    /// The encoding of a CSV file, as CP1250. Left out: it is found out.
    #[arg(long, value_name = "NAME", value_parser = parse_encoding)]
    encoding: Option<Encoding>,
    /// Say how every column was understood.
    #[arg(long)]
    columns: bool,
    /// Write the template here instead: an .xlsx to fill in.
    #[arg(long, value_name = "FILE.xlsx", conflicts_with_all = ["files", "out", "answer", "encoding", "columns"])]
    template: Option<PathBuf>,
}

/// Why a spreadsheet cannot be read, or its template not written.
#[derive(Debug, thiserror::Error)]
pub enum DescribeError {
    /// The file is no spreadsheet, or a damaged one.
    #[error("{}: {}", .path.display(), .source.said(.tongue.to_owned()))]
    File {
        /// The file.
        path: PathBuf,
        /// What it is.
        source: FileError,
        /// The language in which that is said.
        tongue: Language,
    },
    /// The template has no such language.
    #[error("there is no template in {0:?}; write one of en, ru, pl, es, fr, de, ar")]
    Language(String),
    /// The template cannot be written.
    #[error(transparent)]
    Template(#[from] TemplateError),
}

fn parse_answer(text: &str) -> Result<(String, String), String> {
    let (cell, answer) =
        text.split_once('=').ok_or("write the cell, = and the answer, as \"projects!D7=15000\"")?;
    Ok((cell.trim().to_owned(), answer.trim().to_owned()))
}

fn parse_encoding(text: &str) -> Result<Encoding, String> {
    text.parse()
        .map_err(|()| "write UTF-8, CP1250, CP1251, CP1252, CP1256, ISO-8859-2, KOI8-U or CP866".to_owned())
}

/// Runs the command.
pub fn run(args: &DescribeArgs) -> Result<Outcome, Error> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    if let Some(path) = &args.template {
        return write_template(path, args.language.as_deref().unwrap_or("en"), args.tongue, now);
    }
    let books = args.files.iter().map(|path| read(path, args)).collect::<Result<Vec<_>, _>>()?;
    let answers: BTreeMap<String, String> = args.answer.iter().cloned().collect();
    let description = describe(&books, &Asked { now, language: args.language.clone(), answers });
    let report = report::Report { tongue: args.tongue, columns: args.columns };
    let mut text = report.text(&description);
    let (Some(document), Some(out)) = (&description.document, &args.out) else {
        text.push_str(&phrases().say(args.tongue, "report.no_manifest", &[]));
        text.push('\n');
        return Ok(Outcome::failed(report::plain(text)));
    };
    let mut bytes = serde_json::to_vec_pretty(document)?;
    bytes.push(b'\n');
    files::write_new(out, &bytes)?;
    text.push_str(&report.valid(&out.display().to_string(), document));
    Ok(Outcome::passed(report::plain(text)))
}

fn read(path: &Path, args: &DescribeArgs) -> Result<Workbook, Error> {
    let bytes = files::read(path)?;
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    let options = Options { encoding: args.encoding, ..Options::default() };
    let failed = |source| DescribeError::File { path: path.to_owned(), source, tongue: args.tongue };
    Ok(veche_sheet::read(&name, &bytes, &options).map_err(failed)?)
}

fn write_template(path: &Path, code: &str, tongue: Language, now: u64) -> Result<Outcome, Error> {
    let language: Language = code.parse().map_err(|_| DescribeError::Language(code.to_owned()))?;
    let bytes = template(language, next_year(now)).map_err(DescribeError::from)?;
    files::write_new(path, &bytes)?;
    let file = path.display().to_string();
    let command = format!("veche describe {file} --out manifest.json");
    let said = phrases().say(tongue, "report.template", &[("file", file), ("command", command)]);
    Ok(Outcome::passed(report::plain(format!("{said}\n"))))
}

/// The year of a template's example: the next one, so that it is not over when it is looked at.
pub(crate) fn next_year(now: u64) -> u16 {
    u16::try_from(1_971 + now / 31_556_952).unwrap_or(2_100)
}
