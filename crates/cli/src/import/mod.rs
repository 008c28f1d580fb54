//! `veche import`: a manifest from Pabulib files, each a contest with a ballot style of its own, or from the projects
//! that Decidim or Consul export.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};
use veche_desk::report::{Unreachable, unreachable};
use veche_phrases::Language;
use veche_record::Manifest;
use veche_record::manifest::{MAX_TRUSTEES, Registration, Timestamp, TrusteeCount};
use veche_sheet::{Sheet, Zone};

use crate::Outcome;
use crate::error::Error;
use crate::pabulib::shown;
use crate::report::counted;

mod ballot;
mod document;
mod error;
mod exports;
mod funding;
pub(crate) mod page;
mod remark;
mod rule;
mod source;
mod terminal;
mod which;

pub use ballot::RefusedRow;
pub(crate) use ballot::refusals;
pub use document::{Behind, Hours, Settings, hours, manifest};
pub use error::{ImportError, Ungrouped};
pub use remark::Remark;
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

/// Where files come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Platform {
    /// Files of Pabulib (.pb).
    Pabulib,
    /// Projects of a budget, exported from Decidim as CSV or Excel.
    Decidim,
    /// Investments of a budget, exported from Consul as CSV.
    Consul,
}

/// What can be imported.
enum Found {
    /// A file of Pabulib.
    Pabulib,
    /// Decidim's export of a budget's projects.
    Decidim(Sheet),
    /// Consul's export of a budget's investments.
    Consul(Sheet),
}

impl Found {
    /// What it came from.
    fn platform(&self) -> Platform {
        match self {
            Found::Pabulib => Platform::Pabulib,
            Found::Decidim(_) => Platform::Decidim,
            Found::Consul(_) => Platform::Consul,
        }
    }
}

impl Platform {
    /// How the option names it.
    fn word(self) -> &'static str {
        match self {
            Platform::Pabulib => "pabulib",
            Platform::Decidim => "decidim",
            Platform::Consul => "consul",
        }
    }
}

impl Platform {
    /// What it calls itself, in every language.
    fn name(self) -> &'static str {
        match self {
            Platform::Pabulib => "Pabulib",
            Platform::Decidim => "Decidim",
            Platform::Consul => "Consul",
        }
    }
}

impl std::fmt::Display for Platform {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Platform::Pabulib => "a Pabulib file",
            Platform::Decidim => "an export of a budget's projects from Decidim",
            Platform::Consul => "an export of a budget's investments from Consul",
        })
    }
}

/// Makes a manifest from Pabulib files (.pb), or from the projects that Decidim or Consul export.
///
/// Of Pabulib each file becomes a contest, and a ballot style whose voters vote in it. Of an export each budget or
/// heading does; what an export does not hold is said with --title, --budget, --pick, --currency, --electorate, --opens
/// and --closes.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// The files, all from one platform.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Where the files come from. Left out: what is in them says it.
    #[arg(long, value_enum, value_name = "PLATFORM")]
    from: Option<Platform>,
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
    /// The language in which this command answers.
    #[arg(long, default_value_t = Language::En, value_name = "CODE")]
    tongue: Language,
    /// What the vote is called. Left out: as the files call it; an export does not.
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// For an export: the most projects that a voter can choose. Left out: as many as the budget pays for.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pick: Option<u32>,
    /// For an export: the money of each contest in whole units, as 100000, or of one, as North=100000.
    #[arg(long = "budget", value_name = "[NAME=]AMOUNT", value_parser = parse_budget)]
    budgets: Vec<Money>,
    /// For an export: what money is counted in, as "€".
    #[arg(long, value_name = "SIGN")]
    currency: Option<String>,
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
    /// How many trustees hold a share of the key. Left out: 3.
    #[arg(long, value_name = "N", value_parser = trustees())]
    trustees: Option<u8>,
    /// How many trustees together can open the totals; a few more must take part in the count. Left out: 2.
    #[arg(long, value_name = "K", value_parser = trustees())]
    threshold: Option<u8>,
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

/// So many as a manifest can have.
fn trustees() -> clap::builder::RangedI64ValueParser<u8> {
    clap::value_parser!(u8).range(1..=i64::from(MAX_TRUSTEES))
}

pub(crate) fn parse_time(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text).ok_or_else(|| "write UTC as 2026-11-22T08:00:00Z".to_owned())
}

/// Money of one contest, or of each.
type Money = (Option<String>, u64);

fn parse_budget(text: &str) -> Result<Money, String> {
    let (name, amount) = match text.rsplit_once('=') {
        Some((name, amount)) => (Some(name.trim().to_owned()), amount),
        None => (None, text),
    };
    let amount = amount.trim().parse().ok().filter(|amount| *amount > 0);
    amount
        .map(|amount| (name, amount))
        .ok_or_else(|| "write whole units, as 100000 or North=100000".to_owned())
}

/// What becomes of files: the manifest, as bytes to publish and as it is read back, and what should be known of it.
struct Made {
    bytes: Vec<u8>,
    manifest: Manifest,
    notes: Vec<Remark>,
}

/// Runs the command.
pub fn run(args: &ImportArgs) -> Result<Outcome, Error> {
    attempt(args).map_err(|error| terminal::refusal(error, args.tongue))
}

fn attempt(args: &ImportArgs) -> Result<Outcome, Error> {
    let mut files = Vec::with_capacity(args.files.len());
    for path in &args.files {
        files.push((path.clone(), which::look(path, &crate::files::read(path)?, args.from)?));
    }
    let mut made = made(args, &files)?;
    made.notes.extend(past(&made.manifest, crate::election::now(), args.tongue));
    crate::files::write_new(&args.out, &made.bytes)?;
    let file = args.out.display().to_string();
    Ok(Outcome::passed(match args.tongue {
        Language::En => in_english(&file, &made),
        other => terminal::report(&file, &made, other)?,
    }))
}

/// What became of the files, beginning with the contests.
fn in_english(file: &str, made: &Made) -> String {
    let contests = counted(made.manifest.contests().len(), "contest", "contests");
    let mut report = format!("{file}: {contests}, valid\n");
    // Writing to a string does not fail.
    for contest in made.manifest.contests() {
        let _ = writeln!(report, "{}: {}", contest.id, contest.rule);
        let _ = writeln!(report, "  funded: {}", contest.funding);
    }
    for note in &made.notes {
        let _ = writeln!(report, "note: {note}");
    }
    report
}

/// Makes a manifest of files that were looked at.
fn made(args: &ImportArgs, files: &[(PathBuf, Found)]) -> Result<Made, Error> {
    let mut others = files.iter().zip(files.iter().skip(1));
    if let Some((_, (path, _))) = others.find(|((_, one), (_, next))| one.platform() != next.platform()) {
        return Err(ImportError::Mixed { path: path.clone() }.into());
    }
    let mut made = match files.first().map(|(_, file)| file.platform()) {
        Some(Platform::Pabulib) | None => from_pabulib(args),
        Some(platform) => from_exports(args, platform, files),
    }?;
    if args.trustees.is_none() || args.threshold.is_none() {
        made.notes.push(key_holders(made.manifest.document().trustees));
    }
    for Unreachable { title, threshold, most } in unreachable(made.manifest.document()) {
        let english =
            format!("a project needs {threshold} votes or points, and all voters have {most} at most");
        let remark = Remark::new("import.note.threshold", english);
        let title = title.iter().next().map(|(_, words)| shown(words)).unwrap_or_default();
        made.notes.push(remark.with("threshold", threshold).with("most", most).about(&title));
    }
    Ok(made)
}

/// Who holds the key, where nobody has decided it.
fn key_holders(trustees: TrusteeCount) -> Remark {
    let (quorum, TrusteeCount { count, threshold }) = (trustees.quorum(), trustees);
    let counted = counted(usize::from(count), "trustee", "trustees");
    let english = format!(
        "{counted}, of whom {quorum} must take part in the count; fewer than {threshold} can open nothing; change \
         this by --trustees N --threshold K"
    );
    let remark = Remark::new("import.note.trustees", english).with("count", count);
    remark.with("threshold", threshold).with("quorum", quorum)
}

/// The hours of a vote that are over.
fn past(manifest: &Manifest, now: u64, language: Language) -> Vec<Remark> {
    let document = manifest.document();
    let zone = Zone::find(&document.time_zone).ok();
    let over = |(code, verb, hour): (&'static str, &str, Timestamp)| {
        let at = (hour.unix() < now).then(|| zone.as_ref()?.at(hour.unix())).flatten()?;
        let hour = at.said(language);
        let english = format!("voting would {verb} on {hour}: this is in the past");
        Some(Remark::new(code, english).with("hour", hour))
    };
    let opens = ("import.note.opens_past", "open", document.opens);
    let closes = ("import.note.closes_past", "close", document.closes);
    [opens, closes].into_iter().filter_map(over).collect()
}

impl ImportArgs {
    /// What files do not say of a vote, with the hours that they say, if they do.
    fn settings(
        &self,
        electorates: Vec<u32>,
        (opens, closes): (Option<Timestamp>, Option<Timestamp>),
    ) -> Result<Settings, ImportError> {
        Ok(Settings {
            language: self.language.clone(),
            title: self.title.clone(),
            electorates,
            hours: Hours {
                opens: self.opens.or(opens).ok_or(ImportError::Hours { which: "opens" })?,
                closes: self.closes.or(closes).ok_or(ImportError::Hours { which: "closes" })?,
                closes_latest: self.closes_latest,
                time_zone: self.time_zone.clone(),
                early_close: self.early_close,
            },
            trustees: TrusteeCount {
                count: self.trustees.unwrap_or(3),
                threshold: self.threshold.unwrap_or(2),
            },
            minimum_group: self.minimum_group,
            registration: match self.registration {
                Who::Roll => Registration::Roll,
                Who::Open => Registration::Open,
            },
            simulated: false,
            behind: self.behind.clone(),
        })
    }

    /// The language in which the command answers.
    pub(crate) fn tongue(&self) -> Language {
        self.tongue
    }
}

fn from_exports(args: &ImportArgs, from: Platform, files: &[(PathBuf, Found)]) -> Result<Made, Error> {
    let instead = "say --pick or --budget; who is funded is written into the manifest";
    for (given, option) in [
        (args.points.is_some(), "--points"),
        (args.no_funding, "--no-funding"),
        (!args.exclusive.is_empty(), "--exclusive"),
    ] {
        if given {
            return Err(ImportError::OptionOfOthers { option, from, instead }.into());
        }
    }
    let said = exports::Said {
        title: args.title.clone(),
        language: args.language.clone(),
        currency: args.currency.clone(),
        budgets: args.budgets.clone(),
        pick: args.pick,
        electorate: args.electorate,
        opens: args.opens.is_some(),
        closes: args.closes.is_some(),
    };
    let questions = exports::questions(files, &said)?;
    let title = veche_record::manifest::Text::new(&questions.language, &questions.title);
    let draft = document::Draft {
        text: title.clone(),
        title,
        language: questions.language,
        contests: questions.contests,
        styles: questions.styles,
    };
    let (bytes, manifest) = document::complete(draft, &args.settings(Vec::new(), (None, None))?)?;
    Ok(Made { bytes, manifest, notes: questions.notes })
}

fn from_pabulib(args: &ImportArgs) -> Result<Made, Error> {
    let instead = "its META says that";
    for (given, option) in [
        (args.pick.is_some(), "--pick"),
        (!args.budgets.is_empty(), "--budget"),
        (args.currency.is_some(), "--currency"),
    ] {
        if given {
            return Err(ImportError::OptionOfOthers { option, from: Platform::Pabulib, instead }.into());
        }
    }
    let list = |ids: &String| ids.split(',').map(|id| id.trim().to_owned()).collect();
    let choices = Choices {
        points: args.points,
        no_funding: args.no_funding,
        exclusive: args.exclusive.iter().map(list).collect(),
    };
    let sources = Source::read_all(&args.files, &choices)?;
    let hours = hours(&sources)?;
    let electorate = |source: &Source| match (args.electorate, u32::try_from(source.file.votes.len())) {
        (Some(voters), _) => Ok(voters),
        (None, Ok(voters @ 1..)) => Ok(voters),
        (None, _) => Err(ImportError::Electorate { path: source.path.clone() }),
    };
    let electorates = sources.iter().map(electorate).collect::<Result<_, _>>()?;
    let (bytes, manifest) = manifest(&sources, &args.settings(electorates, hours)?)?;
    let notes = notes(&sources, &manifest, args.electorate.is_none());
    Ok(Made { bytes, manifest, notes })
}

/// What a person should know about a manifest that was made from files.
fn notes(sources: &[Source], manifest: &Manifest, electorate_is_votes: bool) -> Vec<Remark> {
    let mut notes = Vec::new();
    if electorate_is_votes {
        notes.push(Remark::new(
            "import.note.electorate",
            "the electorate of each style is the number of votes in its file; check it before you publish",
        ));
    }
    for (source, contest) in sources.iter().zip(manifest.compiled()) {
        let mut note = |code: &'static str, english: String, value: Option<(&'static str, String)>| {
            let note = Remark::new(code, format!("{}: {english}", source.path.display())).about(&source.id);
            notes.push(match value {
                Some((name, value)) => note.with(name, value),
                None => note,
            });
        };
        if source.file.meta.amount("budget").ok().flatten().is_some_and(|amount| amount.fraction) {
            let became = if source.has_whole_costs() {
                "rounded down; no winner changes, because every cost is whole"
            } else {
                "left out"
            };
            note("import.note.budget", format!("the budget is not a whole number and was {became}"), None);
        }
        let odd = source.file.projects.iter().filter(|project| project.cost.fraction).count();
        if odd > 0 {
            let left =
                counted(odd, "cost is not a whole number and was", "costs are not whole numbers and were");
            note("import.note.costs", format!("{left} left out"), Some(("n", odd.to_string())));
        }
        if source.is_one_project() && contest.has_blank() {
            let yes = "one project, so that voters say yes to it or cast a blank ballot; blank ballots are counted apart";
            note("import.note.one_project", yes.to_owned(), None);
        }
        if let Some(score) = source.default_score() {
            let score = shown(score);
            let english = format!(
                "a project that a row does not name has {score} points by the file's default_score; a voter's own page \
                 begins with 0"
            );
            note("import.note.default_score", english, Some(("value", score)));
        }
        if source.funding.greedy().is_none() {
            let english =
                "the manifest does not say who is funded; if the vote decides that, write it into `funding`";
            note("import.note.no_funding", english.to_owned(), None);
        }
        let broken = source.refused(contest);
        if !broken.is_empty() {
            let rows = counted(broken.len(), "row of VOTES is no ballot", "rows of VOTES are no ballots");
            let kinds = refusals(&broken, "");
            let english = format!("{rows} by the file's own rule\n{}", kinds.trim_end());
            note("import.note.refused", english, Some(("n", broken.len().to_string())));
        }
    }
    notes
}

#[cfg(test)]
mod tests;
