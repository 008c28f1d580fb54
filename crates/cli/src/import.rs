//! `veche import`: a manifest from Pabulib files, each a contest with a ballot style of its own.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use thiserror::Error;
use time::{Date, Time};
use veche_record::manifest::{
    Contest, ContestOption, FORMAT, Manifest, ManifestDocument, ManifestError, Phase, Registration, ReportBy,
    Style, Text, Timestamp, TrusteeCount,
};
use veche_record::rules::{Approval, Rule};

use crate::Outcome;
use crate::error::Error;
use crate::pabulib::{Amount, PabulibError, PabulibFile};

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

/// Why a file does not become a contest. The fault is with the file, or with what was asked for.
#[derive(Debug, Error)]
pub enum ImportError {
    /// The file is broken.
    #[error("{}: {source}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong in it, and where.
        source: PabulibError,
    },
    /// The file's name gives no id.
    #[error("{}: a contest's id is its file's name, and this one has none that can be used", .path.display())]
    Stem {
        /// The file.
        path: PathBuf,
    },
    /// Two files with one name.
    #[error("{}: another file has this name, and a contest's id is its file's name", .path.display())]
    SameStem {
        /// The second file.
        path: PathBuf,
    },
    /// A vote type or limit that ballots cannot be made for.
    #[error("{}: line {line}: {rule} is not supported yet; supported is `vote_type;approval` with `min_length` and `max_length`", .path.display())]
    Unsupported {
        /// The file.
        path: PathBuf,
        /// The line of META.
        line: u64,
        /// What it asks for.
        rule: String,
    },
    /// A number too large for a ballot rule.
    #[error("{}: line {line}: {key} is too large", .path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The line of META.
        line: u64,
        /// The key.
        key: &'static str,
    },
    /// No way to say what language the texts are in.
    #[error("{}: the language {language:?} has no code here; say it with --language, as --language pl", .path.display())]
    Language {
        /// The file.
        path: PathBuf,
        /// What the file says.
        language: String,
    },
    /// Texts in several languages.
    #[error("the files are in several languages ({}): an election has every text in each of its languages; import them one by one, or say --language", .languages.join(", "))]
    Languages {
        /// Their codes.
        languages: Vec<String>,
    },
    /// Nobody could vote.
    #[error("{}: there are no votes to count the voters by; say how many there can be with --electorate", .path.display())]
    Electorate {
        /// The file.
        path: PathBuf,
    },
    /// No hours.
    #[error("no file says when voting {which}; say it with --{which}")]
    Hours {
        /// "opens" or "closes".
        which: &'static str,
    },
    /// The manifest that comes out is refused.
    #[error("the files make no valid manifest: {0}")]
    Manifest(#[from] ManifestError),
}

/// A file that was read, and what becomes of it.
#[derive(Debug)]
pub struct Source {
    /// Where it was read.
    pub path: PathBuf,
    /// The contest's id: the file's name without `.pb`.
    pub id: String,
    /// What is in it.
    pub file: PabulibFile,
}

impl Source {
    /// Reads one file.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let bytes = fs::read(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
        let stem = path.file_stem().and_then(|stem| stem.to_str());
        let id = stem.ok_or_else(|| ImportError::Stem { path: path.to_owned() })?.to_owned();
        let file = PabulibFile::parse(&bytes)
            .map_err(|source| ImportError::File { path: path.to_owned(), source })?;
        Ok(Self { path: path.to_owned(), id, file })
    }

    /// Reads several files, which must have different names.
    pub fn read_all(paths: &[PathBuf]) -> Result<Vec<Self>, Error> {
        let sources = paths.iter().map(|path| Self::read(path)).collect::<Result<Vec<_>, _>>()?;
        let mut seen = HashSet::new();
        match sources.iter().find(|source| !seen.insert(source.id.as_str())) {
            Some(again) => Err(ImportError::SameStem { path: again.path.clone() }.into()),
            None => Ok(sources),
        }
    }

    fn in_file(&self) -> impl Fn(PabulibError) -> ImportError {
        |source| ImportError::File { path: self.path.clone(), source }
    }

    fn unsupported(&self, key: &str, rule: String) -> ImportError {
        ImportError::Unsupported { path: self.path.clone(), line: self.file.meta.line(key), rule }
    }

    fn small_number(&self, key: &'static str) -> Result<Option<u32>, ImportError> {
        let number = self.file.meta.number(key).map_err(self.in_file())?;
        let too_large =
            |_| ImportError::TooLarge { path: self.path.clone(), line: self.file.meta.line(key), key };
        number.map(u32::try_from).transpose().map_err(too_large)
    }

    /// The ballot rule that META states.
    pub fn rule(&self) -> Result<Rule, ImportError> {
        let meta = &self.file.meta;
        match meta.get("vote_type") {
            Some("approval") => {}
            Some(other) => {
                return Err(self.unsupported(
                    "vote_type",
                    format!("the rule `vote_type;{}`", crate::pabulib::shown(other)),
                ));
            }
            None => return Err(self.unsupported("vote_type", "a file without `vote_type`".to_owned())),
        }
        // Whatever else limits a ballot would be lost in silence if it were passed over.
        for key in
            ["max_sum_cost", "min_sum_cost", "max_points", "min_points", "max_sum_points", "min_sum_points"]
        {
            if meta.get(key).is_some() {
                return Err(self.unsupported(key, format!("the rule `{key}`")));
            }
        }
        let projects = u32::try_from(self.file.projects.len()).unwrap_or(u32::MAX);
        let min = self.small_number("min_length")?.unwrap_or(1);
        let max = self.small_number("max_length")?.unwrap_or(projects);
        Ok(Rule::Approval(Approval { min, max, blank: false }))
    }

    /// The code of the language that META names; nothing where it names none.
    fn language(&self) -> Result<Option<&'static str>, ImportError> {
        let Some(name) = self.file.meta.get("language") else { return Ok(None) };
        let unknown =
            || ImportError::Language { path: self.path.clone(), language: crate::pabulib::shown(name) };
        language_code(name).map(Some).ok_or_else(unknown)
    }

    /// What the contest is called: the file's description, or its id.
    fn title(&self) -> &str {
        self.file.meta.get("description").unwrap_or(&self.id)
    }

    fn contest(&self, language: &str) -> Result<Contest, ImportError> {
        let text = |words: &str| Text::new(language, words);
        let whole = |amount: Amount| (!amount.fraction && amount.units > 0).then_some(amount.units);
        let meta = &self.file.meta;
        let budget = meta.amount("budget").map_err(self.in_file())?.and_then(whole);
        let options = self.file.projects.iter().map(|project| ContestOption {
            id: project.id.clone(),
            name: text(&project.name),
            text: project.description.as_deref().map(text),
            cost: whole(project.cost),
            picture: None,
            place: project.place.clone(),
        });
        Ok(Contest {
            id: self.id.clone(),
            title: text(self.title()),
            text: None,
            budget,
            currency: meta.get("currency").map(str::to_owned),
            rule: self.rule()?,
            options: options.collect(),
        })
    }

    fn style(&self, language: &str, electorate: u32) -> Style {
        let meta = &self.file.meta;
        let title = ["subunit", "district", "unit"].iter().find_map(|key| meta.get(key)).unwrap_or(&self.id);
        Style {
            id: self.id.clone(),
            title: Text::new(language, title),
            contests: vec![self.id.clone()],
            electorate,
        }
    }
}

/// ISO 639-1 codes of the languages that Pabulib's files name, in English, in their META.
fn language_code(name: &str) -> Option<&'static str> {
    const CODES: [(&str, &str); 23] = [
        ("bulgarian", "bg"),
        ("catalan", "ca"),
        ("croatian", "hr"),
        ("czech", "cs"),
        ("danish", "da"),
        ("dutch", "nl"),
        ("english", "en"),
        ("estonian", "et"),
        ("finnish", "fi"),
        ("french", "fr"),
        ("german", "de"),
        ("hungarian", "hu"),
        ("italian", "it"),
        ("latvian", "lv"),
        ("lithuanian", "lt"),
        ("norwegian", "no"),
        ("polish", "pl"),
        ("portuguese", "pt"),
        ("romanian", "ro"),
        ("russian", "ru"),
        ("spanish", "es"),
        ("swedish", "sv"),
        ("ukrainian", "uk"),
    ];
    let name = name.to_lowercase();
    CODES.iter().find(|(english, code)| *english == name || *code == name).map(|(_, code)| *code)
}

/// What a manifest needs beyond the files.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The language of all texts, where the files are not asked.
    pub language: Option<String>,
    /// The most voters of each contest, in the files' order.
    pub electorates: Vec<u32>,
    /// Opening and closing.
    pub hours: (Timestamp, Timestamp),
    /// The key holders.
    pub trustees: TrusteeCount,
    /// Totals of fewer ballots are withheld.
    pub minimum_group: u32,
    /// Who may register.
    pub registration: Registration,
    /// A text that every page shows.
    pub notice: Option<String>,
}

/// The manifest of an election over `sources`, as bytes to publish, and as it is read back.
pub fn manifest(sources: &[Source], settings: &Settings) -> Result<(Vec<u8>, Manifest), Error> {
    let language = match &settings.language {
        Some(language) => language.clone(),
        None => common_language(sources)?,
    };
    let text = |words: &str| Text::new(&language, words);
    let (title, about) = election_texts(sources);
    let styles = sources.iter().zip(&settings.electorates);
    let document = ManifestDocument {
        veche: FORMAT,
        phase: Phase::Election,
        languages: vec![language.clone()],
        title: text(&title),
        text: text(&about),
        opens: settings.hours.0,
        closes: settings.hours.1,
        contests: sources.iter().map(|source| source.contest(&language)).collect::<Result<_, _>>()?,
        styles: styles.map(|(source, electorate)| source.style(&language, *electorate)).collect(),
        trustees: settings.trustees,
        minimum_group: settings.minimum_group,
        report_by: ReportBy::Contest,
        revote: true,
        registration: settings.registration,
        notice: settings.notice.as_deref().map(text),
        endpoints: None,
    };
    let mut bytes = serde_json::to_vec_pretty(&document)?;
    bytes.push(b'\n');
    let manifest = Manifest::parse(&bytes).map_err(ImportError::from)?;
    Ok((bytes, manifest))
}

fn common_language(sources: &[Source]) -> Result<String, ImportError> {
    // `und` is the code for a language that nobody has named.
    let mut languages: Vec<String> = Vec::new();
    for source in sources {
        let code = source.language()?.unwrap_or("und");
        if !languages.iter().any(|known| known == code) {
            languages.push(code.to_owned());
        }
    }
    match languages.as_slice() {
        [one] => Ok(one.clone()),
        _ => Err(ImportError::Languages { languages }),
    }
}

/// Title and description: one file's own, or what several files have in common.
fn election_texts(sources: &[Source]) -> (String, String) {
    if let [one] = sources {
        return (one.title().to_owned(), one.title().to_owned());
    }
    let common = |key: &str| {
        let mut values = sources.iter().map(|source| source.file.meta.get(key));
        let first = values.next().flatten()?;
        values.all(|value| value == Some(first)).then_some(first)
    };
    let parts: Vec<&str> = ["unit", "instance"].iter().filter_map(|key| common(key)).collect();
    let ids: Vec<&str> = sources.iter().map(Source::title).collect();
    let about = ids.join("; ");
    let title = if parts.is_empty() { about.clone() } else { parts.join(" ") };
    (title, about)
}

/// The files' own hours: from the beginning of the first day to the end of the last.
pub fn hours(sources: &[Source]) -> Result<(Option<Timestamp>, Option<Timestamp>), ImportError> {
    let (mut first, mut last): (Option<Date>, Option<Date>) = (None, None);
    for source in sources {
        let begin = source.file.meta.first_day("date_begin").map_err(source.in_file())?;
        let end = source.file.meta.last_day("date_end").map_err(source.in_file())?;
        first = first.into_iter().chain(begin).min();
        last = last.into_iter().chain(end).max();
    }
    let at = |day: Date, time: Time| {
        let seconds = day.with_time(time).assume_utc().unix_timestamp();
        u64::try_from(seconds).ok().and_then(Timestamp::from_unix)
    };
    let end = Time::from_hms(23, 59, 59).unwrap_or(Time::MIDNIGHT);
    Ok((first.and_then(|day| at(day, Time::MIDNIGHT)), last.and_then(|day| at(day, end))))
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
        notice: None,
    };
    let (bytes, manifest) = manifest(&sources, &settings)?;
    crate::files::write_new(&args.out, &bytes)?;
    let mut report = format!("{}: {} contests, valid\n", args.out.display(), manifest.contests().len());
    for note in notes(&sources, args.electorate.is_none()) {
        let _ = writeln!(report, "note: {note}");
    }
    Ok(Outcome::passed(report))
}

/// What a person should know about a manifest that was made from files.
fn notes(sources: &[Source], counted: bool) -> Vec<String> {
    let mut notes = Vec::new();
    if counted {
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
            notes.push(format!("{name}: {odd} costs are not whole numbers and were left out"));
        }
        let broken = source.file.votes.iter().filter(|vote| vote.picks.is_err()).count();
        if broken > 0 {
            notes.push(format!("{name}: {broken} rows of VOTES are no ballots"));
        }
    }
    notes
}
