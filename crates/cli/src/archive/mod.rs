//! `veche archive`: everything that is public of a vote in one file, for whoever asks in ten years.

use std::fs::File;
use std::io::{self, Seek, Write};
use std::path::PathBuf;

use clap::Args;
use sha2::{Digest as _, Sha256};
use thiserror::Error;
use veche_record::{Manifest, ManifestError};
use veche_results::papers::{Files, Readme, deletion, readme};
use veche_results::{Results, Standing, csv, pb};
use veche_verify::Audit;
use veche_verify::result::ResultFile;
use zip::write::{SimpleFileOptions, ZipWriter};
use zip::{CompressionMethod, DateTime};

use crate::Outcome;
use crate::error::Error;
use crate::folder::{Folder, MANIFEST};
use crate::report;
use crate::results::{ResultsError, Tongue, protocol};
use crate::verify::audit_shown;

/// The description of every file and check, as it was when this program was made.
const DESCRIPTION: &str = include_str!("../../../../docs/protocol.md");

/// The names within the archive.
const FILES: Files<'static> = Files {
    record: "record",
    reports: ["report.txt", "report.json"],
    protocol: "protocol.html",
    description: "protocol.md",
    deletion: "after-the-vote.html",
    sums: "SHA256SUMS",
};
const README: &str = "README.html";

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
    let audit = audit_shown(&folder, None)?;
    if audit.report.exit_code() != 0 {
        return Ok(Outcome { text: report::text(&audit.report), code: audit.report.exit_code() });
    }
    let totals = audit.report.tallies.as_ref().ok_or(ArchiveError::NotFinished)?;
    let manifest =
        Manifest::parse(&folder.file(MANIFEST)?.unwrap_or_default()).map_err(ArchiveError::from)?;
    let tongue = Tongue::with_words(&manifest, args.language.as_deref())?;
    let failed = |source| Error::Write { path: args.out.clone(), source };
    let file = File::options().read(true).write(true).create_new(true).open(&args.out).map_err(failed)?;
    let written =
        fill(Archive::new(file), &folder, &audit, &manifest, totals, &tongue, args.source.as_deref());
    let (made, sum) = written.inspect_err(|_| {
        // Half an archive is none. What it was is said by the error.
        let _ = std::fs::remove_file(&args.out);
    })?;
    Ok(Outcome::passed(format!(
        "Written: {}\n{made} files beside the record. SHA-256 of the archive, for the minutes:\n{sum}\n",
        args.out.display(),
    )))
}

/// Writes everything; how many files are beside the record, and the archive's sum.
fn fill(
    mut archive: Archive<File>,
    folder: &Folder,
    audit: &Audit,
    manifest: &Manifest,
    totals: &ResultFile,
    tongue: &Tongue,
    source: Option<&str>,
) -> Result<(usize, String), Error> {
    for path in folder.files()? {
        // Listed a moment ago; a file that has gone since fails the checks of whoever opens the archive.
        let bytes = folder.file(&path)?.unwrap_or_default();
        archive.put(&format!("{}/{path}", FILES.record), &bytes)?;
    }
    let made = add_papers(&mut archive, audit, manifest, totals, tongue, source)?;
    let mut file = archive.finish()?;
    let mut sum = Sha256::new();
    file.rewind()
        .and_then(|()| io::copy(&mut file, &mut HashedWriter(&mut sum)))
        .map_err(ArchiveError::from)?;
    file.sync_all().map_err(ArchiveError::from)?;
    Ok((made, hex::encode(sum.finalize())))
}

/// Hashes what is written.
struct HashedWriter<'a>(&'a mut Sha256);

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
fn add_papers(
    archive: &mut Archive<File>,
    audit: &Audit,
    manifest: &Manifest,
    totals: &ResultFile,
    tongue: &Tongue,
    source: Option<&str>,
) -> Result<usize, Error> {
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
    archive.put(FILES.protocol, protocol(audit, manifest, totals, tongue)?.as_bytes())?;
    archive.put(FILES.description, DESCRIPTION.as_bytes())?;
    let title = manifest.document().title.get(&tongue.names).unwrap_or_default();
    archive.put(FILES.deletion, deletion(title, &tongue.words).map_err(ArchiveError::from)?.as_bytes())?;
    let about = Readme {
        title,
        fingerprint: report.fingerprint.as_deref().unwrap_or_default(),
        version: env!("CARGO_PKG_VERSION"),
        source,
        results: &results,
        files: FILES,
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
    let json = Results::new(standings, names)
        .counted(report.key_changes, &report.turnout)
        .of_kind(manifest.document().ballot_kind);
    let mut files = vec![
        ("results.xlsx".to_owned(), tongue.xlsx(manifest, standings, &report.turnout)?),
        ("results-spreadsheet.csv".to_owned(), tongue.excel_csv(manifest, standings, &report.turnout)?),
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
