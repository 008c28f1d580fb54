//! `veche preview`: a vote as people will read it, before there is one.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;
use thiserror::Error;
use veche_record::manifest::{Manifest, ManifestError};
use veche_results::papers::{Preview, Screen};
use veche_results::words::LANGUAGES;
use veche_site::{Pictures, Previewed, SiteError};

use crate::Outcome;
use crate::error::Error;
use crate::files::read;
use crate::report::counted;
use crate::site::Built;

pub mod practice;

/// The folder of the ballots on the screen.
pub(crate) const SCREEN: &str = "pages";

/// Why no preview was written.
#[derive(Debug, Error)]
pub enum PreviewError {
    /// The file is no manifest.
    #[error("{}: {source}", .path.display())]
    Manifest {
        /// The file.
        path: PathBuf,
        /// What is wrong in it.
        source: ManifestError,
    },
    /// The folder holds the site of an election, which voters may be using.
    #[error(
        "{} holds the site of an election, which a preview would replace; nothing was written: name another folder",
        .0.display()
    )]
    SiteOfElection(PathBuf),
    /// A page could not be made.
    #[error(transparent)]
    Page(#[from] veche_results::ResultsError),
    /// The folder, the pictures or the site.
    #[error(transparent)]
    Site(#[from] SiteError),
}

/// Writes what people will read of a vote into a folder, before there is one.
///
/// The folder has a page to begin with (index.html); for each language the proof of everything that voters read, to be
/// signed (proof.html), a ballot on paper for each district (ballot-1.html and so on) and two hundred made-up ballots
/// counted by the funding rule (example-result.html); and the ballots on the screen (pages/), which are the voters' own
/// pages, marked as a preview. These last open from a web address only; a browser does not run them from a folder.
#[derive(Debug, Args)]
pub struct PreviewArgs {
    /// The manifest.
    #[arg(value_name = "FILE")]
    manifest: PathBuf,
    /// Where the preview goes: a new or an empty folder, or one that this command wrote.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// The folder with the pictures that the manifest names: pictures/park.jpg under that path, or as park.jpg.
    #[arg(long, value_name = "DIR")]
    pictures: Option<PathBuf>,
    /// A built site for the ballots on the screen, as `cargo xtask site --pack` makes it. Left out: the one that is
    /// built into this program.
    #[arg(long, value_name = "FILE|DIR")]
    site: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// [`enum@Error`] when no preview was written.
pub fn run(args: &PreviewArgs) -> Result<Outcome, Error> {
    let bytes = read(&args.manifest)?;
    let manifest = Manifest::parse(&bytes)
        .map_err(|source| PreviewError::Manifest { path: args.manifest.clone(), source })?;
    let site = args.site.as_deref().map_or_else(Built::in_program, |site| Built::at(site).map(Some))?;
    let pictures = args.pictures.as_deref().map(|folder| Pictures::find(&bytes, folder));
    let pictures = pictures.transpose().map_err(PreviewError::from)?;
    let site_folder = site.as_ref().map(Built::folder);
    let written = write(&bytes, &manifest, site_folder, pictures.as_ref(), &args.out)?;
    Ok(Outcome::passed(report(args, &manifest, site.is_some(), pictures.as_ref(), &written)))
}

/// Writes a preview into a folder, with the ballots on the screen of a built or a published site.
///
/// # Errors
/// [`PreviewError`], and then nothing was written.
pub(crate) fn write(
    bytes: &[u8],
    manifest: &Manifest,
    site: Option<&Path>,
    pictures: Option<&Pictures>,
    out: &Path,
) -> Result<veche_site::Published, PreviewError> {
    if out.join("election.json").exists() {
        return Err(PreviewError::SiteOfElection(out.to_owned()));
    }
    let address = format!("{SCREEN}/");
    let screen = site.map(|_| Screen { address: &address, languages: &LANGUAGES });
    let pages = Preview { manifest, version: env!("CARGO_PKG_VERSION"), screen }.pages()?;
    let previewed = Previewed::new(bytes)?;
    let published = veche_site::put(out, |whole| {
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |error| SiteError::File { path, error }
        };
        std::fs::create_dir(whole).map_err(failed(whole))?;
        for page in &pages {
            let file = whole.join(&page.name);
            if let Some(folder) = file.parent() {
                std::fs::create_dir_all(folder).map_err(failed(folder))?;
            }
            std::fs::write(&file, &page.html).map_err(failed(&file))?;
        }
        if let Some(site) = site {
            veche_site::preview(site, &previewed, pictures, &whole.join(SCREEN))?;
        }
        veche_site::list(whole)
    })?;
    Ok(published)
}

fn report(
    args: &PreviewArgs,
    manifest: &Manifest,
    has_screen: bool,
    pictures: Option<&Pictures>,
    written: &veche_site::Published,
) -> String {
    let document = manifest.document();
    let (out, first) = (args.out.display(), veche_results::language(manifest));
    let languages = document.languages.join(", ");
    let districts = counted(manifest.styles().len(), "ballot", "ballots");
    let mut text = format!("{out}: a preview in {languages}, {}\n", counted(written.files, "file", "files"));
    // Writing to a string does not fail.
    let _ = writeln!(text, "begin with       index.html");
    let _ = writeln!(text, "to be signed     {first}/proof.html");
    let _ = writeln!(text, "on paper         {first}/ballot-1.html: {districts} in each language");
    let _ = writeln!(text, "made-up ballots  {first}/example-result.html");
    if has_screen {
        let _ = writeln!(text, "on the screen    {SCREEN}/, from a web address only");
    } else {
        text.push_str(
            "note: without the ballots on the screen: this veche was built without the site. Take a released one, or name \
             a built site with --site\n",
        );
    }
    if let Some(pictures) = pictures {
        let _ = writeln!(text, "{} of the manifest", counted(pictures.count(), "picture", "pictures"));
        for note in &pictures.notes {
            let _ = writeln!(text, "note: pictures: {note}");
        }
    } else {
        let named = manifest.contests().iter().flat_map(|contest| &contest.options);
        let named = named.filter(|option| option.picture.is_some()).count();
        if named > 0 {
            let named =
                counted(named, "project has a picture, which is", "projects have pictures, which are");
            let _ = writeln!(text, "note: {named} not part of this preview: say --pictures");
        }
    }
    if !written.left.is_empty() {
        let left = counted(written.left.len(), "file is", "files are");
        let _ = writeln!(text, "note: {left} left as before, being nothing that this command wrote");
    }
    text
}
