//! `veche archive`: everything that is public of a vote in one file, for whoever asks in ten years.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Seek, Write};
use std::path::PathBuf;

use clap::Args;
use sha2::{Digest as _, Sha256};
use thiserror::Error;
use veche_crypto::hash::Digest;
use veche_record::{Manifest, ManifestError};
use veche_results::papers::{Deletion, DrawNote, Files, Readme, deletion, readme};
use veche_results::{Results, Standing, csv, every_district, pb};
use veche_verify::Audit;
use veche_verify::result::ResultFile;
use zip::write::{SimpleFileOptions, ZipWriter};
use zip::{CompressionMethod, DateTime};

use crate::Outcome;
use crate::error::Error;
use crate::folder::{Folder, MANIFEST};
use crate::report;
use crate::results::{ResultsError, Tongue, protocol, read_draws};
use crate::verify::{audit_shown, parse_fingerprint};

/// The description of every file and check, as it was when this program was made.
const DESCRIPTION: &str = include_str!("../../../../docs/protocol.md");

/// The names within the archive.
const FILES: Files<'static> = Files {
    record: "record",
    reports: ["report.txt", "report.json"],
    protocol: "protocol.html",
    description: "protocol.md",
    draws: None,
    deletion: "after-the-vote.html",
    sums: "SHA256SUMS",
};
const README: &str = "README.html";
const DRAWS: &str = "draws.json";

/// Puts everything that is public of a finished vote into one file.
///
/// The record, which must pass every check; what the verifier found; the result for spreadsheets and programs; the
/// protocol of the count; the description of all files; and a page that says how to check it all in ten years, without
/// this program too. With it comes the list of what the town deletes after the vote. The command prints the SHA-256 sum
/// of the archive, for the minutes.
#[derive(Debug, Args)]
pub struct ArchiveArgs {
    /// The record.
    #[arg(value_name = "DIR")]
    record: PathBuf,
    /// The archive, a new file.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The town's language: en, ru, pl, es, fr, de or ar. Left out: the manifest's first.
    #[arg(long, value_name = "LANGUAGE")]
    language: Option<String>,
    /// Where the source of this program is kept: the page for a stranger names it.
    #[arg(long, value_name = "URL")]
    source: Option<String>,
    /// The published fingerprint that the election must have (64 hexadecimal digits).
    #[arg(long, value_name = "HASH", value_parser = parse_fingerprint)]
    election: Option<Digest>,
    /// A key-holder's name, for the lines to be signed, as 1="Anna Nowak". Once for each that is known.
    #[arg(long = "trustee", value_name = "NUMBER=NAME", value_parser = parse_name)]
    trustees: Vec<(u8, String)>,
    /// People signed in at the ballot box itself: the list of what is deleted names no other machine for it.
    #[arg(long)]
    one_server: bool,
    /// When and in whose presence lots were drawn, which the board does not keep: a list in JSON, as the desk writes
    /// it, `[{"contest": "north", "options": ["c", "a"], "held": "15 June, 12:00, town hall", "present": "Anna
    /// Nowak"}]`. It stands in the protocol of the count and in the archive.
    #[arg(long, value_name = "FILE")]
    draws: Option<PathBuf>,
}

fn parse_name(text: &str) -> Result<(u8, String), String> {
    let wrong = || "write the key-holder's number, =, and the name".to_owned();
    let (number, name) = text.split_once('=').ok_or_else(wrong)?;
    Ok((number.trim().parse().map_err(|_| wrong())?, name.trim().to_owned()))
}

/// Why there is no archive.
#[derive(Debug, Error)]
pub enum ArchiveError {
    /// The manifest.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// A vote without totals.
    #[error("the vote is not finished: it has no totals yet")]
    NotFinished,
    /// A page of it.
    #[error(transparent)]
    Page(#[from] veche_results::ResultsError),
    /// The archive cannot be made.
    #[error("the archive cannot be made: {0}")]
    Zip(#[from] zip::result::ZipError),
    /// The archive cannot be made.
    #[error("the archive cannot be made: {0}")]
    Io(#[from] io::Error),
}

/// Runs the command. What does not pass is not archived.
///
/// # Errors
/// [`enum@Error`] when there is no record, or no totals, or the file cannot be written.
pub fn run(args: &ArchiveArgs) -> Result<Outcome, Error> {
    let folder = Folder::open(&args.record)?;
    let audit = audit_shown(&folder, args.election)?;
    if audit.report.exit_code() != 0 {
        return Ok(Outcome { text: report::text(&audit.report), code: audit.report.exit_code() });
    }
    let totals = audit.report.tallies.as_ref().ok_or(ArchiveError::NotFinished)?;
    let manifest =
        Manifest::parse(&folder.file(MANIFEST)?.unwrap_or_default()).map_err(ArchiveError::from)?;
    let tongue = Tongue::with_words(&manifest, args.language.as_deref())?;
    let draws = args.draws.as_deref().map(read_draws).transpose()?.unwrap_or_default();
    let failed = |source| Error::Write { path: args.out.clone(), source };
    let file = File::options().read(true).write(true).create_new(true).open(&args.out).map_err(failed)?;
    let count = Count { audit: &audit, manifest: &manifest, totals, tongue: &tongue, draws: &draws };
    let written = fill(Archive::new(file), &folder, &count, args);
    let (made, sum) = written.inspect_err(|_| {
        // Half an archive is none. What it was is said by the error.
        let _ = std::fs::remove_file(&args.out);
    })?;
    Ok(Outcome::passed(format!(
        "Written: {}\n{made} files beside the record. SHA-256 of the archive, for the minutes:\n{sum}\n",
        args.out.display(),
    )))
}

/// What the papers are made of.
struct Count<'a> {
    audit: &'a Audit,
    manifest: &'a Manifest,
    totals: &'a ResultFile,
    tongue: &'a Tongue,
    draws: &'a [DrawNote],
}

/// Writes everything; how many files are beside the record, and the archive's sum.
fn fill(
    mut archive: Archive<File>,
    folder: &Folder,
    count: &Count<'_>,
    args: &ArchiveArgs,
) -> Result<(usize, String), Error> {
    for path in folder.files()? {
        // Listed a moment ago; a file that has gone since fails the checks of whoever opens the archive.
        let bytes = folder.file(&path)?.unwrap_or_default();
        archive.put(&format!("{}/{path}", FILES.record), &bytes)?;
    }
    let made = add_papers(&mut archive, count, args)?;
    let mut file = archive.finish()?;
    let mut sum = Sha256::new();
    file.rewind()
        .and_then(|()| io::copy(&mut file, &mut HashedWriter(&mut sum)))
        .map_err(ArchiveError::from)?;
    file.sync_all().map_err(ArchiveError::from)?;
    Ok((made, hex::encode(sum.finalize())))
}

/// Hashes what is written.
pub(crate) struct HashedWriter<'a>(pub(crate) &'a mut Sha256);

impl Write for HashedWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Everything beside the record; how many files that is.
fn add_papers(archive: &mut Archive<File>, count: &Count<'_>, args: &ArchiveArgs) -> Result<usize, Error> {
    let Count { audit, manifest, totals, tongue, draws } = *count;
    let before = archive.sums.len();
    let report = &audit.report;
    archive.put(FILES.reports[0], report::text(report).as_bytes())?;
    archive.put(FILES.reports[1], report::json(report)?.as_bytes())?;
    let standings = Standing::all(manifest, totals, &report.draws);
    let mut results = Vec::new();
    for (name, bytes) in result_files(manifest, &standings, audit, tongue)? {
        archive.put(&name, &bytes)?;
        results.push(name);
    }
    let names: BTreeMap<u8, String> = args.trustees.iter().cloned().collect();
    archive.put(FILES.protocol, protocol(audit, manifest, totals, tongue, (&names, draws))?.as_bytes())?;
    let draws = DrawNote::on_board(draws, &standings);
    if !draws.is_empty() {
        archive.put(DRAWS, report::json(&draws)?.as_bytes())?;
    }
    archive.put(FILES.description, DESCRIPTION.as_bytes())?;
    let title = manifest.document().title.get(&tongue.names).unwrap_or_default();
    let list = Deletion::of(manifest, &tongue.names, &tongue.words, !args.one_server);
    archive.put(FILES.deletion, deletion(&list).map_err(ArchiveError::from)?.as_bytes())?;
    let about = Readme {
        title,
        fingerprint: report.fingerprint.as_deref().unwrap_or_default(),
        version: env!("CARGO_PKG_VERSION"),
        source: args.source.as_deref(),
        results: &results,
        files: Files { draws: (!draws.is_empty()).then_some(DRAWS), ..FILES },
    };
    archive.put(README, readme(&about, &tongue.words).map_err(ArchiveError::from)?.as_bytes())?;
    // The sums themselves are one more.
    Ok(archive.sums.len() - before + 1)
}

/// The result for spreadsheets and programs, by the names of the files.
fn result_files(
    manifest: &Manifest,
    standings: &[Standing<'_>],
    audit: &Audit,
    tongue: &Tongue,
) -> Result<Vec<(String, Vec<u8>)>, Error> {
    let (report, names) = (&audit.report, tongue.names.as_str());
    let failed = ResultsError::from;
    let turnout = every_district(manifest, &report.turnout);
    let json = Results::new(standings, names)
        .counted(report.key_changes, &turnout)
        .of_kind(manifest.document().ballot_kind);
    let mut files = vec![
        ("results.xlsx".to_owned(), tongue.xlsx(manifest, standings, &turnout)?),
        ("results-spreadsheet.csv".to_owned(), tongue.excel_csv(manifest, standings, &turnout)?),
        ("results.csv".to_owned(), csv(standings, names).map_err(failed)?.into_bytes()),
        ("results.json".to_owned(), json.to_json().map_err(failed)?.into_bytes()),
    ];
    for (standing, number) in standings.iter().zip(1..) {
        // Pabulib has no place for some contests, which the other files have.
        if let Ok(text) = pb(standing, manifest.document(), names) {
            files.push((format!("results-{number}.pb"), text.into_bytes()));
        }
    }
    Ok(files)
}

/// An archive that is being made. The same record gives the same bytes: no file has an hour.
struct Archive<W: Write + Seek> {
    zip: ZipWriter<W>,
    /// As `sha256sum` writes them.
    sums: Vec<String>,
}

impl<W: Write + Seek> Archive<W> {
    fn new(inside: W) -> Self {
        Archive { zip: ZipWriter::new(inside), sums: Vec::new() }
    }

    fn write(&mut self, path: &str, bytes: &[u8]) -> Result<(), ArchiveError> {
        // Ciphertexts and hashes get no smaller.
        let sealed = path.starts_with("record/tile/");
        let method = if sealed { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        let options = SimpleFileOptions::default()
            .compression_method(method)
            .last_modified_time(DateTime::default())
            .unix_permissions(0o644);
        self.zip.start_file(path, options)?;
        Ok(self.zip.write_all(bytes)?)
    }

    fn put(&mut self, path: &str, bytes: &[u8]) -> Result<(), ArchiveError> {
        self.sums.push(format!("{}  {path}\n", hex::encode(Sha256::digest(bytes))));
        self.write(path, bytes)
    }

    fn finish(mut self) -> Result<W, ArchiveError> {
        let sums = self.sums.concat();
        self.write(FILES.sums, sums.as_bytes())?;
        Ok(self.zip.finish()?)
    }
}
