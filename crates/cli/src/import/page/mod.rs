//! Files that are imported on a page: what the importer makes of them, what it has to be told, and every finding with
//! its place in the reader's language.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::civil::DateTime;
use jiff::tz::TimeZoneDatabase;
use serde::{Deserialize, Serialize};
use veche_desk::report::{Answered, Found as Finding, Severity};
use veche_phrases::{Language, Said as _};
use veche_record::Manifest;
use veche_record::manifest::Timestamp;

use super::{Behind, Found, ImportArgs, ImportError, Platform, Remark, Who, funding, made, which};
use crate::error::Error;
use crate::pabulib::PabulibFile;

pub(super) mod lines;
mod money;

use lines::Line;
pub(crate) use money::List;

/// Trustees, and how many of them can open the totals, where nobody says it: as where a spreadsheet says nothing. One
/// of them may be missing at the count.
const TRUSTEES: (u32, u32) = (5, 3);

/// What somebody says that the files do not. Hours are those of the town's clock.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Said {
    title: Option<String>,
    language: Option<String>,
    currency: Option<String>,
    /// The money of each list that has none of its own in `budgets`.
    budget: Option<u64>,
    /// The money of lists, as it was typed.
    budgets: BTreeMap<String, String>,
    pick: Option<u32>,
    points: Option<u32>,
    /// Projects of which one at most wins: a group a line, by their ids or numbers.
    exclusive: Option<String>,
    electorate: Option<u32>,
    opens: Option<String>,
    closes: Option<String>,
    time_zone: Option<String>,
    no_funding: bool,
    trustees: Option<u32>,
    threshold: Option<u32>,
    /// What was typed for the money of lists, where a question about it is answered: the answer is in `budgets`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    answered: BTreeMap<String, String>,
}

/// What became of files.
#[derive(Debug)]
pub(crate) struct Imported {
    /// What has to be said yet, by the names of [`Said`].
    pub(crate) needed: Vec<&'static str>,
    /// The lists of their projects.
    pub(crate) lists: Vec<List>,
    /// What must be changed in the files, what must be answered, and what should be looked at.
    pub(crate) findings: Vec<Finding>,
    /// What was asked of the money of lists and is answered.
    pub(crate) answered: Vec<Answered>,
    /// The manifest, where nothing stands in its way: its bytes, and as it is read back.
    pub(crate) manifest: Option<(Vec<u8>, Manifest)>,
    /// The options of the command that makes the same of the same files.
    pub(crate) options: Vec<(&'static str, String)>,
}

/// Where a file comes from; nothing where it is none to import.
///
/// # Errors
/// In the reader's language, when it is one in a form that cannot be read.
pub(crate) fn platform(name: &str, bytes: &[u8], language: Language) -> Result<Option<Platform>, String> {
    match which::look(Path::new(name), bytes, None) {
        Ok(found) => Ok(Some(found.platform())),
        Err(ImportError::Encoded { encoding, .. }) => {
            Err(Remark::new("import.encoded", "").with("encoding", encoding).said(language))
        }
        Err(_) => Ok(None),
    }
}

/// That a file comes from elsewhere than those before it.
pub(crate) fn mixed(language: Language) -> String {
    Remark::new("import.mixed", "").said(language)
}

/// An hour of the town's clock. One that the clock has twice or never is none.
fn hour(local: &str, zone: &str) -> Option<Timestamp> {
    let hour: DateTime = local.contains('T').then(|| local.parse().ok()).flatten()?;
    let zone = TimeZoneDatabase::bundled().get(zone).ok()?;
    let instant = zone.to_ambiguous_timestamp(hour).unambiguous().ok()?;
    u64::try_from(instant.as_second()).ok().and_then(Timestamp::from_unix)
}

impl Said {
    /// Whether nothing is said.
    pub(crate) fn is_nothing(&self) -> bool {
        *self == Said::default()
    }

    /// With what is taken where nothing was said, as a form shows it.
    pub(crate) fn shown(&self) -> Self {
        Said {
            trustees: self.trustees.or(Some(TRUSTEES.0)),
            threshold: self.threshold.or(Some(TRUSTEES.1)),
            ..self.clone()
        }
    }

    /// Answers the question that a finding has asked at its place. Nothing where it asks nothing here.
    pub(crate) fn answer(&mut self, place: &str, answer: Option<String>) -> Option<()> {
        let list = money::list_of(place)?;
        // Money may have been typed under another of the list's names.
        let known = self.budgets.keys().find(|name| crate::import::exports::is_called(list, name)).cloned();
        let before = known.and_then(|name| self.budgets.remove(&name));
        match answer {
            Some(answer) => {
                let typed = before.unwrap_or_else(|| answer.clone());
                self.answered.insert(list.to_owned(), typed);
                self.budgets.insert(list.to_owned(), answer);
            }
            // What was typed is asked about again.
            None => {
                if let Some(typed) = self.answered.remove(list) {
                    self.budgets.insert(list.to_owned(), typed);
                }
            }
        }
        Some(())
    }

    fn zone(&self) -> &str {
        self.time_zone.as_deref().unwrap_or("UTC")
    }

    /// Groups of projects as they were typed.
    fn groups(&self) -> Vec<Vec<String>> {
        let names = |line: &str| -> Vec<String> {
            let names = line.split([',', ';', '،']).map(|name| name.trim().to_owned());
            names.filter(|name| !name.is_empty()).collect()
        };
        let lines = self.exclusive.iter().flat_map(|lines| lines.lines());
        lines.map(names).filter(|names| !names.is_empty()).collect()
    }

    /// The importer's own options, without those for lists and projects. What the kind of file has no use for is left
    /// out.
    fn arguments(&self, files: Vec<PathBuf>, platform: Platform) -> ImportArgs {
        let export = platform != Platform::Pabulib;
        let said = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        let at = |local: &Option<String>| local.as_deref().and_then(|local| hour(local, self.zone()));
        // More than there can be is refused with the manifest's own words.
        let few = |number: Option<u32>, else_so: u32| {
            Some(u8::try_from(number.unwrap_or(else_so)).unwrap_or(u8::MAX))
        };
        ImportArgs {
            files,
            from: None,
            out: PathBuf::new(),
            electorate: self.electorate,
            points: self.points.filter(|_| !export),
            no_funding: self.no_funding && !export,
            exclusive: Vec::new(),
            language: said(&self.language),
            title: said(&self.title),
            pick: self.pick.filter(|_| export),
            budgets: self.budget.filter(|_| export).map(|budget| (None, budget)).into_iter().collect(),
            currency: said(&self.currency).filter(|_| export),
            opens: at(&self.opens),
            closes: at(&self.closes),
            closes_latest: None,
            time_zone: self.zone().to_owned(),
            early_close: false,
            trustees: few(self.trustees, TRUSTEES.0),
            threshold: few(self.threshold, TRUSTEES.1),
            minimum_group: 10,
            registration: Who::Roll,
            behind: Behind::default(),
            tongue: Language::En,
        }
    }

    /// The options of the command that makes the same of the same files.
    fn options(&self, arguments: &ImportArgs) -> Vec<(&'static str, String)> {
        fn text(value: impl ToString) -> String {
            value.to_string()
        }
        let mut all = vec![
            ("--title", arguments.title.clone()),
            ("--language", arguments.language.clone()),
            ("--currency", arguments.currency.clone()),
        ];
        all.extend(arguments.budgets.iter().map(|(list, budget)| match list {
            Some(list) => ("--budget", Some(format!("{list}={budget}"))),
            None => ("--budget", Some(text(budget))),
        }));
        all.extend(arguments.exclusive.iter().map(|group| ("--exclusive", Some(group.clone()))));
        all.extend([
            ("--pick", arguments.pick.map(text)),
            ("--points", arguments.points.map(text)),
            ("--electorate", arguments.electorate.map(text)),
            ("--opens", arguments.opens.map(text)),
            ("--closes", arguments.closes.map(text)),
            ("--time-zone", self.time_zone.clone()),
            ("--trustees", arguments.trustees.map(text)),
            ("--threshold", arguments.threshold.map(text)),
            ("--no-funding", arguments.no_funding.then(String::new)),
        ]);
        all.into_iter().filter_map(|(option, value)| Some((option, value?))).collect()
    }
}

/// Imports files of one kind, with what somebody says of them.
///
/// # Errors
/// [`enum@Error`] of this machine, never of the files: those are findings.
pub(crate) fn import(
    paths: Vec<PathBuf>,
    said: &Said,
    language: Language,
    now: u64,
) -> Result<Imported, Error> {
    let mut files: Vec<(PathBuf, Found)> = Vec::with_capacity(paths.len());
    let mut pabulib: Vec<(PathBuf, PabulibFile)> = Vec::new();
    let mut platform = Platform::Pabulib;
    let mut failed = None;
    for path in &paths {
        let bytes = crate::files::read(path)?;
        match which::look(path, &bytes, None) {
            Ok(found) => {
                platform = found.platform();
                if platform == Platform::Pabulib {
                    pabulib.extend(PabulibFile::parse(&bytes).ok().map(|file| (path.clone(), file)));
                }
                files.push((path.clone(), found));
            }
            Err(error) => failed = Some(error),
        }
    }
    let mut arguments = said.arguments(paths, platform);
    let money = money::of(&files, &pabulib, said, language);
    arguments.budgets.extend(money.budgets);
    if platform == Platform::Pabulib {
        match groups(said, &pabulib) {
            Ok(groups) => arguments.exclusive = groups.iter().map(|ids| ids.join(",")).collect(),
            Err(error) => failed = failed.or(Some(error)),
        }
    }
    let made = match failed {
        Some(error) => Err(error.into()),
        None => made(&arguments, &files),
    };
    let unread = |local: &Option<String>| {
        local.as_deref().is_some_and(|local| !local.is_empty() && hour(local, said.zone()).is_none())
    };
    let mut needed: Vec<&'static str> = Vec::new();
    needed.extend(unread(&said.opens).then_some("opens"));
    needed.extend(unread(&said.closes).then_some("closes"));
    let options = said.options(&arguments);
    let undecided = !money.findings.is_empty();
    let (lists, findings, answered) = (money.lists, money.findings, money.answered);
    let mut imported = Imported { needed, lists, findings, answered, manifest: None, options };
    match made {
        Ok(made) => {
            let mut notes = made.notes;
            if said.trustees.is_none() || said.threshold.is_none() {
                notes.push(super::key_holders(made.manifest.document().trustees));
            }
            notes.extend(super::past(&made.manifest, now, language));
            let note = |note: Remark| Line::of(note).found(Severity::Warning, language);
            imported.findings.extend(notes.into_iter().map(note));
            let complete = imported.needed.is_empty() && !undecided;
            imported.manifest = complete.then_some((made.bytes, made.manifest));
        }
        Err(Error::Import(error)) => {
            // Money that is only to be corrected or answered is in place of how many projects a ballot may have.
            let answered =
                |name: &&str| *name != "pick" || !undecided || imported.lists.iter().any(List::is_silent);
            for name in missing(&error, &arguments).into_iter().filter(answered) {
                if !imported.needed.contains(&name) {
                    imported.needed.push(name);
                }
            }
            let lines = lines::lines(&error, language);
            imported.findings.extend(lines.into_iter().map(|line| line.found(Severity::Error, language)));
        }
        Err(other) => return Err(other),
    }
    Ok(imported)
}

/// Groups of projects by their ids. Of several files the importer says what is wrong with groups.
fn groups(said: &Said, files: &[(PathBuf, PabulibFile)]) -> Result<Vec<Vec<String>>, ImportError> {
    let groups = said.groups();
    match files {
        [(path, file)] => groups.iter().map(|names| funding::ids_of(path, file, names)).collect(),
        _ => Ok(groups),
    }
}

/// What an error asks for that somebody can say beside the files.
fn missing(error: &ImportError, arguments: &ImportArgs) -> Vec<&'static str> {
    match error {
        ImportError::Unsaid { missing, .. } => missing.iter().map(|(name, _)| *name).collect(),
        ImportError::WhichLanguage { .. } | ImportError::Language { .. } | ImportError::Languages { .. } => {
            vec!["language"]
        }
        ImportError::Points { .. } => vec!["points"],
        ImportError::Electorate { .. } => vec!["electorate"],
        // Whoever lacks one most often lacks both.
        ImportError::Hours { .. } => {
            let opens = arguments.opens.is_none().then_some("opens");
            opens.into_iter().chain(arguments.closes.is_none().then_some("closes")).collect()
        }
        _ => Vec::new(),
    }
}
