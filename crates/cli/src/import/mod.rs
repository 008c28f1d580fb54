//! `veche import`: a manifest from Pabulib files, each a contest with a ballot style of its own.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use veche_record::manifest::{Registration, Timestamp, TrusteeCount};

use crate::Outcome;
use crate::error::Error;
use crate::report::counted;

mod document;
mod error;
mod source;

pub use document::{Settings, hours, manifest};
pub use error::ImportError;
pub use source::Source;

/// Makes a manifest from Pabulib files (.pb), a contest from each.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// The files. Each becomes a contest, and a ballot style whose voters vote in it.
    #[arg(required = true, value_name = "FILE.pb")]
    files: Vec<PathBuf>,
    /// Where to write the manifest. An existing file is not overwritten.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The most voters that each contest can have. Left out: as many as the file has votes.
    #[arg(long, value_name = "VOTERS")]
    electorate: Option<u32>,
    /// The language of the files' texts, as "pl". Left out: the one that the files name.
    #[arg(long, value_name = "CODE")]
    language: Option<String>,
    /// When voting opens, as 2026-11-22T08:00:00Z. Left out: as the first day begins that the files name.
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    opens: Option<Timestamp>,
    /// When voting closes. Left out: as the last day ends that the files name.
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    closes: Option<Timestamp>,
    /// How many trustees hold a share of the key.
    #[arg(long, default_value_t = 3, value_name = "N")]
    trustees: u8,
    /// How many trustees decrypt the totals.
    #[arg(long, default_value_t = 2, value_name = "T")]
    threshold: u8,
    /// Totals of fewer ballots than this are not decrypted.
    #[arg(long, default_value_t = 10, value_name = "BALLOTS")]
    minimum_group: u32,
    /// Who may register: those on a roll, or anyone who signs in.
    #[arg(long, value_enum, default_value_t = Who::Roll)]
    registration: Who,
}

/// Who may register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Who {
    /// Those on the municipality's roll.
    Roll,
    /// Anyone who signs in, once.
    Open,
}

fn parse_time(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text).ok_or_else(|| "write UTC as 2026-11-22T08:00:00Z".to_owned())
}

/// Runs the command.
pub fn run(args: &ImportArgs) -> Result<Outcome, Error> {
    let sources = Source::read_all(&args.files)?;
    let (opens, closes) = hours(&sources)?;
    let opens = args.opens.or(opens).ok_or(ImportError::Hours { which: "opens" })?;
    let closes = args.closes.or(closes).ok_or(ImportError::Hours { which: "closes" })?;
    let electorate = |source: &Source| match (args.electorate, u32::try_from(source.file.votes.len())) {
        (Some(voters), _) => Ok(voters),
        (None, Ok(voters @ 1..)) => Ok(voters),
        (None, _) => Err(ImportError::Electorate { path: source.path.clone() }),
    };
    let settings = Settings {
        language: args.language.clone(),
        electorates: sources.iter().map(electorate).collect::<Result<_, _>>()?,
        hours: (opens, closes),
        trustees: TrusteeCount { count: args.trustees, threshold: args.threshold },
        minimum_group: args.minimum_group,
        registration: match args.registration {
            Who::Roll => Registration::Roll,
            Who::Open => Registration::Open,
        },
        simulated: false,
    };
    let (bytes, manifest) = manifest(&sources, &settings)?;
    crate::files::write_new(&args.out, &bytes)?;
    let contests = counted(manifest.contests().len(), "contest", "contests");
    let mut report = format!("{}: {contests}, valid\n", args.out.display());
    for note in notes(&sources, args.electorate.is_none()) {
        let _ = writeln!(report, "note: {note}");
    }
    Ok(Outcome::passed(report))
}

/// What a person should know about a manifest that was made from files.
fn notes(sources: &[Source], electorate_is_votes: bool) -> Vec<String> {
    let mut notes = Vec::new();
    if electorate_is_votes {
        notes.push(
            "the electorate of each style is the number of votes in its file; check it before you publish"
                .to_owned(),
        );
    }
    for source in sources {
        let name = source.path.display();
        if source.file.meta.amount("budget").ok().flatten().is_some_and(|amount| amount.fraction) {
            notes.push(format!("{name}: the budget is not a whole number and was left out"));
        }
        let odd = source.file.projects.iter().filter(|project| project.cost.fraction).count();
        if odd > 0 {
            let odd =
                counted(odd, "cost is not a whole number and was", "costs are not whole numbers and were");
            notes.push(format!("{name}: {odd} left out"));
        }
        let broken = source.file.votes.iter().filter(|vote| vote.picks.is_err()).count();
        if broken > 0 {
            let broken = counted(broken, "row of VOTES is no ballot", "rows of VOTES are no ballots");
            notes.push(format!("{name}: {broken}"));
        }
    }
    notes
}
