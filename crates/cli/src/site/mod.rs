//! `veche site`: the pages of one election, from the site that is built into the program.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;
use thiserror::Error;
use veche_phrases::Language;
use veche_site::{PictureNote, Pictures, Pin, PinnedCard, Published, SiteError};

use crate::Outcome;
use crate::error::Error;
use crate::remote::{Remote, is_address};

pub(crate) mod said;

use said::{counted, say, some_of};

/// The packed site, where one was built in.
#[cfg(packed_site)]
const PACKED: Option<&[u8]> = Some(include_bytes!(env!("VECHE_PACKED_SITE")));
/// The packed site, where one was built in.
#[cfg(not(packed_site))]
const PACKED: Option<&[u8]> = None;

/// How the site is put into one file.
const PACK: &str = "cargo xtask site --pack target/site.tar";
/// How that file is built into this program.
const BUILD: &str = "VECHE_SITE=$PWD/target/site.tar cargo build --release --package veche-cli";

/// Why no site was written.
#[derive(Debug, Error)]
pub enum SiteCommandError {
    /// A program that was built without the site.
    #[error(
        "this veche has no pages in it, so it can neither publish the site of a vote nor open the desk. Take a released \
         veche, which has them, or ask whoever gave you this one. Whoever builds it from the source puts them in with \
         `{PACK}` and then `{BUILD}`"
    )]
    NotPacked,
    /// A ballot box that has no election to open yet.
    #[error("{place} hands out no card of an election: is it the ballot box, and are the keys made?")]
    NoCard {
        /// Its address.
        place: String,
    },
    /// Pictures, and no manifest that names them.
    #[error(
        "which pictures there are is in the manifest, and that was not asked for: say --card-from, where the ballot \
         box answers now"
    )]
    PicturesOfNone,
    /// The settings, the folder, or the site itself.
    #[error(transparent)]
    Site(#[from] SiteError),
}

/// Writes the site of an election, which is built into this program, into a folder for a web host.
///
/// Files in the folder that an earlier call wrote are replaced; no other file is touched.
#[derive(Debug, Args)]
pub struct SiteArgs {
    /// The election's fingerprint: 64 hexadecimal digits. Without it the site serves the trustees, who make the keys.
    #[arg(long, value_name = "FINGERPRINT")]
    election: Option<String>,
    /// The ballot box's address, ending in a slash; `./` when the box serves the site itself.
    #[arg(long = "box", default_value = "./", value_name = "URL")]
    ballot_box: String,
    /// Where the ballot box answers now, where --box is not that: the election's card is taken from there and put
    /// beside the fingerprint.
    #[arg(long, value_name = "URL", requires = "election")]
    card_from: Option<String>,
    /// The registrar's address, ending in a slash, where voters sign in. Left out: the ballot box is its own.
    #[arg(long, value_name = "URL")]
    registrar: Option<String>,
    /// The published record's address, ending in a slash. Left out: it is the ballot box's own.
    #[arg(long, value_name = "URL")]
    record: Option<String>,
    /// The town's colour, as '#20639b'.
    #[arg(long, value_name = "COLOUR")]
    accent: Option<String>,
    /// A portal whose pages may show the voters' page inside them, as https://portal.example; once for each. Left out:
    /// none may.
    #[arg(long = "embed-origin", value_name = "ORIGIN", requires = "election")]
    embed_origins: Vec<String>,
    /// The folder with the pictures that the manifest names: pictures/park.jpg under that path, or as park.jpg.
    #[arg(long, value_name = "DIR", requires = "election")]
    pictures: Option<PathBuf>,
    /// The language in which this command answers; the site speaks those of the vote.
    #[arg(long, default_value_t = Language::En, value_name = "CODE")]
    language: Language,
    /// Where the site goes: a new or an empty folder, or one that this command wrote.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

/// The built site: the one that is in this program, or another in a folder or a file; nothing where there is none.
pub(crate) struct Built {
    folder: PathBuf,
    /// Where it was unpacked.
    _scratch: Option<tempfile::TempDir>,
}

impl Built {
    /// Takes the site in this program.
    ///
    /// # Errors
    /// When it cannot be unpacked.
    pub(crate) fn in_program() -> Result<Option<Self>, Error> {
        PACKED.map(Self::unpacked).transpose()
    }

    /// Takes a site that `cargo xtask site` has built: the folder, or the file that `--pack` has made of it.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(crate) fn at(place: &Path) -> Result<Self, Error> {
        if place.is_dir() {
            return Ok(Built { folder: place.to_owned(), _scratch: None });
        }
        Self::unpacked(&crate::files::read(place)?)
    }

    fn unpacked(packed: &[u8]) -> Result<Self, Error> {
        let scratch =
            tempfile::tempdir().map_err(|source| Error::Write { path: std::env::temp_dir(), source })?;
        veche_site::unpack(packed, scratch.path()).map_err(SiteCommandError::from)?;
        Ok(Built { folder: scratch.path().to_owned(), _scratch: Some(scratch) })
    }

    /// Where it is.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }
}

impl SiteArgs {
    /// The language in which the command answers.
    pub(crate) fn language(&self) -> Language {
        self.language
    }
}

/// Runs the command.
///
/// # Errors
/// [`enum@Error`] when no site was written; in the language that was asked for where no other command has it.
pub fn run(args: &SiteArgs) -> Result<Outcome, Error> {
    write(args, PACKED).map_err(|error| said::refusal(error, args.language))
}

/// Writes the built site into an empty folder, as it is before it is of any election.
pub(crate) fn unpack(to: &Path) -> Result<(), Error> {
    let packed = PACKED.ok_or(SiteCommandError::NotPacked)?;
    Ok(veche_site::unpack(packed, to).map_err(SiteCommandError::from)?)
}

fn write(args: &SiteArgs, packed: Option<&[u8]>) -> Result<Outcome, Error> {
    let packed = packed.ok_or(SiteCommandError::NotPacked)?;
    let say = |code: &str, values: &[(&str, String)]| say(args.language, code, values);
    let mut notes = Vec::new();
    let card = card(args)?;
    if args.election.is_some() && card.is_none() {
        notes.push(say("note.no_card", &[]));
    }
    let pictures = match (&args.pictures, &card) {
        (None, None) => None,
        (None, Some(card)) => {
            let named = Pictures::named(card.manifest()).map_err(SiteCommandError::from)?.len();
            if named > 0 {
                let codes = ("note.picture_left_out", "note.pictures_left_out");
                notes.push(counted(args.language, codes, named));
            }
            None
        }
        (Some(_), None) => return Err(SiteCommandError::PicturesOfNone.into()),
        (Some(folder), Some(card)) => {
            Some(Pictures::find(card.manifest(), folder).map_err(SiteCommandError::from)?)
        }
    };
    let pin = Pin {
        fingerprint: args.election.clone(),
        card,
        ballot_box: args.ballot_box.clone(),
        registrar: args.registrar.clone(),
        record: args.record.clone(),
        accent: args.accent.clone(),
        embed_origins: args.embed_origins.clone(),
    };
    let built = Built::unpacked(packed)?;
    let published = veche_site::publish(built.folder(), &pin, pictures.as_ref(), &args.out)
        .map_err(SiteCommandError::from)?;

    let pictures = pictures.map(|pictures| (pictures.count(), pictures.notes));
    Ok(Outcome::passed(report(args, &published, pictures, notes)))
}

/// What was written, and what should be known of it.
fn report(
    args: &SiteArgs,
    published: &Published,
    pictures: Option<(usize, Vec<PictureNote>)>,
    mut notes: Vec<String>,
) -> String {
    let say = |code: &str, values: &[(&str, String)]| say(args.language, code, values);
    let files = counted(args.language, ("site.file", "site.files"), published.files);
    let folder = args.out.display().to_string();
    let mut report = say("site.written", &[("folder", folder), ("files", files)]) + "\n";
    if let Some((count, known)) = pictures {
        let count = counted(args.language, ("site.picture_one", "site.picture_many"), count);
        // Writing to a string does not fail.
        let _ = writeln!(report, "{}", say("site.pictures", &[("pictures", count)]));
        let known = known.iter().map(|note| said::note(args.language, note));
        notes.extend(known.map(|note| say("note.pictures", &[("note", note)])));
    }
    if !published.left.is_empty() {
        notes.push(say("note.left", &[("names", some_of(args.language, &published.left))]));
    }
    for note in notes {
        let _ = writeln!(report, "{}", say("site.note", &[("note", note)]));
    }
    let _ = writeln!(report, "{}", say("site.upload", &[]));
    report
}

/// The election's card, from where the box answers.
fn card(args: &SiteArgs) -> Result<Option<PinnedCard>, Error> {
    let Some(fingerprint) = &args.election else { return Ok(None) };
    let here = is_address(&args.ballot_box).then_some(&args.ballot_box);
    let Some(place) = args.card_from.as_ref().or(here) else { return Ok(None) };
    let remote = Remote::new(place)?;
    let missing = || SiteCommandError::NoCard { place: place.clone() };
    let card = remote.get("v1/card")?.ok_or_else(missing)?;
    let manifest = remote.get("record/manifest.json")?.ok_or_else(missing)?;
    Ok(Some(PinnedCard::check(fingerprint, &manifest, card).map_err(SiteCommandError::from)?))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Site {
        #[command(flatten)]
        args: SiteArgs,
    }

    /// Whoever met it was given a program, and has no compiler: what they can do comes first.
    #[test]
    fn a_program_without_pages_says_what_to_do_and_writes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("site");
        let site = Site::parse_from(["site", "--out", out.to_str().unwrap()]);
        let refused = write(&site.args, None).unwrap_err().to_string();
        let (first, second) = (refused.find("Take a released veche"), refused.find("cargo"));
        assert!(first.is_some() && first < second, "{refused}");
        assert!(!out.exists());
    }

    /// Each language has the numbers and the names, and no other's words.
    #[test]
    fn the_report_is_in_the_language_that_was_asked_for() {
        let published = Published { files: 40, left: vec!["robots.txt".into(); 7] };
        let known = || {
            let heavy = PictureNote::Heavy { kilobytes: 500, names: vec!["pictures/park.jpg".into()] };
            vec![heavy, PictureNote::Unused(vec!["c.png".into()])]
        };
        let said = |language: &str| {
            let site = Site::parse_from(["site", "--out", "site", "--language", language]);
            let left_out =
                counted(site.args.language, ("note.picture_left_out", "note.pictures_left_out"), 2);
            report(&site.args, &published, Some((1, known())), vec![left_out])
        };
        assert_eq!(
            said("en"),
            "site: the site, 40 files\n\
             1 picture of the manifest\n\
             note: the manifest names 2 pictures, which are not part of this site: say --pictures\n\
             note: pictures: more than 500 kB, which is long on a phone: pictures/park.jpg\n\
             note: pictures: not named by the manifest, and left out: c.png\n\
             note: left as they were, for they are not the site's: robots.txt, robots.txt, robots.txt, robots.txt, \
             robots.txt, 2 more\n\
             Upload the whole folder, index.html last. Change nothing in it by hand: pages refuse what was changed.\n"
        );
        for language in Language::ALL.into_iter().filter(|language| *language != Language::En) {
            let said = said(language.code());
            assert_eq!(said.lines().count(), 7, "{said}");
            for part in ["40", "500", "pictures/park.jpg", "c.png", "robots.txt", "index.html", "--pictures"]
            {
                assert!(said.contains(part), "{said}");
            }
            for word in ["note:", "the ", "Upload", " of ", "{", "\u{2068}"] {
                assert!(!said.contains(word), "{said}");
            }
        }
        assert!(said("de").starts_with("site: die Website, Dateien: 40\n"), "{}", said("de"));
    }

    /// A folder that holds somebody's file is refused in the language that was asked for; English stays the default.
    #[test]
    fn what_it_says_is_in_the_language_that_was_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let built = folder.path().join("built");
        std::fs::create_dir(&built).unwrap();
        std::fs::write(built.join("index.html"), "no page of a site").unwrap();
        veche_site::list(&built).unwrap();
        let (out, packed) = (folder.path().join("site"), veche_site::pack(&built).unwrap());
        std::fs::create_dir(&out).unwrap();
        std::fs::write(out.join("letter.txt"), "mine").unwrap();
        let refused = |options: &[&str]| {
            let mut line = vec!["site", "--out", out.to_str().unwrap()];
            line.extend(options);
            let site = Site::parse_from(line);
            let error = write(&site.args, Some(&packed)).unwrap_err();
            said::refusal(error, site.args.language).to_string()
        };
        let said = refused(&[]);
        assert!(said.contains("holds files, and no site that this command wrote"), "{said}");
        let said = refused(&["--language", "pl"]);
        assert!(said.contains("niczego nie zapisano: proszę podać nowy lub pusty folder"), "{said}");
        let said = refused(&["--language", "ar"]);
        assert!(said.contains("لم يُكتب شيء") && !said.contains("nothing was written"), "{said}");
        assert!(Site::try_parse_from(["site", "--out", "site", "--language", "eo"]).is_err());
    }
}
