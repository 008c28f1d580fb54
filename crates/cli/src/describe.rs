//! `veche describe`: a manifest from a clerk's spreadsheet, and the template of one.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;
use veche_desk::describe::{Asking, Finding};
use veche_desk::template::TemplateError;
use veche_desk::{Asked, Description, Language, describe, template};
use veche_sheet::{Encoding, FileError, Options, Place, Workbook};

use crate::error::Error;
use crate::report::counted;
use crate::{Outcome, files};

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
    #[error("{}: {source}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What it is.
        source: FileError,
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
        return write_template(path, args.language.as_deref().unwrap_or("en"), now);
    }
    let books = args.files.iter().map(|path| read(path, args.encoding)).collect::<Result<Vec<_>, _>>()?;
    let answers: BTreeMap<String, String> = args.answer.iter().cloned().collect();
    let description = describe(&books, &Asked { now, language: args.language.clone(), answers });
    let mut text = report(&description, args.columns);
    let (Some(document), Some(out)) = (&description.document, &args.out) else {
        let _ = writeln!(text, "no manifest was written");
        return Ok(Outcome::failed(text));
    };
    let mut bytes = serde_json::to_vec_pretty(document)?;
    bytes.push(b'\n');
    files::write_new(out, &bytes)?;
    let lists = counted(document.contests.len(), "list", "lists");
    let projects = document.contests.iter().map(|contest| contest.options.len()).sum::<usize>();
    let projects = counted(projects, "project", "projects");
    let ballots = counted(document.styles.len(), "kind of ballot", "kinds of ballot");
    let _ = writeln!(text, "{}: {lists}, {projects}, {ballots}, valid", out.display());
    Ok(Outcome::passed(text))
}

fn read(path: &Path, encoding: Option<Encoding>) -> Result<Workbook, Error> {
    let bytes = files::read(path)?;
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    let options = Options { encoding, ..Options::default() };
    let failed = |source| DescribeError::File { path: path.to_owned(), source };
    Ok(veche_sheet::read(&name, &bytes, &options).map_err(failed)?)
}

fn write_template(path: &Path, code: &str, now: u64) -> Result<Outcome, Error> {
    let language: Language = code.parse().map_err(|_| DescribeError::Language(code.to_owned()))?;
    // Next year, so that the example is not over when it is looked at.
    let year = 1_971 + now / 31_556_952;
    let bytes = template(language, u16::try_from(year).unwrap_or(2_100)).map_err(DescribeError::from)?;
    files::write_new(path, &bytes)?;
    Ok(Outcome::passed(format!(
        "{}: fill it in, and then: veche describe {} --out manifest.json\n",
        path.display(),
        path.display()
    )))
}

/// Everything that there is to say, errors first.
fn report(description: &Description, columns: bool) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = write(&mut text, description, columns);
    text
}

fn write(text: &mut String, description: &Description, columns: bool) -> std::fmt::Result {
    if !description.errors.is_empty() {
        writeln!(text, "{}", counted(description.errors.len(), "error", "errors"))?;
        for error in &description.errors {
            write_finding(text, error, &error.what.to_string())?;
        }
    }
    if !description.questions.is_empty() {
        writeln!(text, "{}", counted(description.questions.len(), "question", "questions"))?;
        for question in &description.questions {
            write_question(text, question)?;
        }
    }
    if !description.warnings.is_empty() {
        writeln!(text, "{}", counted(description.warnings.len(), "warning", "warnings"))?;
        for warning in &description.warnings {
            write_finding(text, warning, &warning.what.to_string())?;
        }
    }
    if columns {
        writeln!(text, "columns")?;
        for (place, shown, kind) in &description.columns {
            writeln!(text, "  {place}  \"{}\" is {kind}", line(shown))?;
        }
    }
    if !description.taken.is_empty() {
        writeln!(text, "not said, and taken as")?;
        for taken in &description.taken {
            writeln!(text, "  {}: {}", taken.setting, taken.value)?;
        }
    }
    Ok(())
}

fn write_finding<T>(text: &mut String, finding: &Finding<T>, said: &str) -> std::fmt::Result {
    let place = finding.place.as_ref().map(Place::to_string);
    let cell = (!finding.cell.is_empty()).then(|| format!("\"{}\"", line(&finding.cell)));
    let head: Vec<String> = place.into_iter().chain(cell).collect();
    if !head.is_empty() {
        writeln!(text, "  {}", head.join("  "))?;
    }
    writeln!(text, "    {said}")
}

fn write_question(text: &mut String, asked: &Finding<Asking>) -> std::fmt::Result {
    write_finding(text, asked, &asked.what.question.to_string())?;
    for (answer, means) in &asked.what.choices {
        let place = asked.place.as_ref().map(Place::to_string).unwrap_or_default();
        let means = if means.is_empty() { String::new() } else { format!("  ({means})") };
        writeln!(text, "    --answer '{place}={answer}'{means}")?;
    }
    Ok(())
}

/// A cell on one line, and not too long a one.
fn line(cell: &str) -> String {
    let cell = cell.replace(['\n', '\t'], " ");
    match cell.char_indices().nth(60) {
        Some((at, _)) => format!("{}…", cell.get(..at).unwrap_or_default()),
        None => cell,
    }
}
