//! `veche import`: a manifest from Pabulib files, each a contest with a ballot style of its own.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use veche_record::Manifest;
use veche_record::manifest::{Registration, Timestamp, TrusteeCount};

use crate::Outcome;
use crate::error::Error;
use crate::pabulib::shown;
use crate::report::counted;

mod ballot;
mod document;
mod error;
mod funding;
mod rule;
mod source;

pub use ballot::RefusedRow;
pub(crate) use ballot::refusals;
pub use document::{Behind, Hours, Settings, hours, manifest};
pub use error::ImportError;
pub use source::Source;

/// What is said beside the files, where they are silent or have no words.
#[derive(Debug, Clone, Default)]
pub struct Choices {
    /// For a file that gives points and does not say how many: those of one ballot, or of one project where the vote
    /// type is scoring.
    pub points: Option<u32>,
    /// Whether the files' ways of funding are left out.
    pub no_funding: bool,
    /// Projects of which one at most is funded, as lists of ids.
    pub exclusive: Vec<Vec<String>>,
}

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
    /// The most points of one ballot, for a cumulative vote whose file does not say; for a scoring vote, of one
    /// project.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    points: Option<u32>,
    /// Leave out how projects are funded: the manifest then gives an order only.
    #[arg(long)]
    no_funding: bool,
    /// Projects of which one at most is funded, as 12,26. Can be said several times; for one file.
    #[arg(long, value_name = "ID,ID", conflicts_with = "no_funding")]
    exclusive: Vec<String>,
    /// The language of the files' texts, as "pl". Left out: the one that the files name.
    #[arg(long, value_name = "CODE")]
    language: Option<String>,
    /// When voting opens, as 2026-11-22T08:00:00Z. Left out: as the first day begins that the files name.
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    opens: Option<Timestamp>,
    /// When voting closes. Left out: as the last day ends that the files name.
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    closes: Option<Timestamp>,
    /// The latest hour to which the organiser may put the closing off. Left out: it is never put off.
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    closes_latest: Option<Timestamp>,
    /// The zone in whose time people are told the hours, as "Europe/Warsaw".
    #[arg(long, default_value = "UTC", value_name = "ZONE")]
    time_zone: String,
    /// Let the organiser close the vote before its hour.
    #[arg(long)]
    early_close: bool,
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
    #[command(flatten)]
    behind: Behind,
}

/// Who may register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Who {
    /// Those on the municipality's roll.
    Roll,
    /// Anyone who signs in, once.
    Open,
}

pub(crate) fn parse_time(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text).ok_or_else(|| "write UTC as 2026-11-22T08:00:00Z".to_owned())
}

/// Runs the command.
pub fn run(args: &ImportArgs) -> Result<Outcome, Error> {
    let list = |ids: &String| ids.split(',').map(|id| id.trim().to_owned()).collect();
    let choices = Choices {
        points: args.points,
        no_funding: args.no_funding,
        exclusive: args.exclusive.iter().map(list).collect(),
    };
    let sources = Source::read_all(&args.files, &choices)?;
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
        hours: Hours {
            opens,
            closes,
            closes_latest: args.closes_latest,
            time_zone: args.time_zone.clone(),
            early_close: args.early_close,
        },
        trustees: TrusteeCount { count: args.trustees, threshold: args.threshold },
        minimum_group: args.minimum_group,
        registration: match args.registration {
            Who::Roll => Registration::Roll,
            Who::Open => Registration::Open,
        },
        simulated: false,
        behind: args.behind.clone(),
    };
    let (bytes, manifest) = manifest(&sources, &settings)?;
    crate::files::write_new(&args.out, &bytes)?;
    let contests = counted(manifest.contests().len(), "contest", "contests");
    let mut report = format!("{}: {contests}, valid\n", args.out.display());
    for (contest, source) in manifest.contests().iter().zip(&sources) {
        let _ = writeln!(report, "{}: {}", contest.id, source.rule);
        let _ = writeln!(report, "  funded: {}", source.funding);
    }
    for note in notes(&sources, &manifest, args.electorate.is_none()) {
        let _ = writeln!(report, "note: {note}");
    }
    Ok(Outcome::passed(report))
}

/// What a person should know about a manifest that was made from files.
fn notes(sources: &[Source], manifest: &Manifest, electorate_is_votes: bool) -> Vec<String> {
    let mut notes = Vec::new();
    if electorate_is_votes {
        notes.push(
            "the electorate of each style is the number of votes in its file; check it before you publish"
                .to_owned(),
        );
    }
    for (source, contest) in sources.iter().zip(manifest.compiled()) {
        let name = source.path.display();
        if source.file.meta.amount("budget").ok().flatten().is_some_and(|amount| amount.fraction) {
            let became = if source.has_whole_costs() {
                "rounded down; no winner changes, because every cost is whole"
            } else {
                "left out"
            };
            notes.push(format!("{name}: the budget is not a whole number and was {became}"));
        }
        let odd = source.file.projects.iter().filter(|project| project.cost.fraction).count();
        if odd > 0 {
            let odd =
                counted(odd, "cost is not a whole number and was", "costs are not whole numbers and were");
            notes.push(format!("{name}: {odd} left out"));
        }
        if let Some(score) = source.default_score() {
            notes.push(format!(
                "{name}: a project that a row does not name has {} points by the file's default_score; a voter's \
                 own page begins with 0",
                shown(score)
            ));
        }
        if source.funding.greedy().is_none() {
            notes.push(format!(
                "{name}: the manifest does not say who is funded; if the vote decides that, write it into `funding`"
            ));
        }
        let broken = source.refused(contest);
        if !broken.is_empty() {
            let rows = counted(broken.len(), "row of VOTES is no ballot", "rows of VOTES are no ballots");
            let kinds = refusals(&broken, "");
            notes.push(format!("{name}: {rows} by the file's own rule\n{}", kinds.trim_end()));
        }
    }
    notes
}

#[cfg(test)]
mod tests;
