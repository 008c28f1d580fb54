//! Files that are imported on a page: what the importer makes of them, what it has to be told, and every finding with
//! its place in the reader's language.

use std::path::{Path, PathBuf};

use jiff::civil::DateTime;
use jiff::tz::TimeZoneDatabase;
use serde::{Deserialize, Serialize};
use veche_desk::describe::Problem;
use veche_desk::report::{Found as Finding, Severity};
use veche_phrases::{Language, Said as _};
use veche_record::Manifest;
use veche_record::manifest::Timestamp;

use super::{Behind, Found, ImportArgs, ImportError, Platform, Remark, Who, made, which};
use crate::error::Error;
use crate::pabulib::{PabulibError, PabulibErrorKind, shown};

/// What somebody says that the files do not. Hours are those of the town's clock.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Said {
    title: Option<String>,
    language: Option<String>,
    currency: Option<String>,
    budget: Option<u64>,
    pick: Option<u32>,
    points: Option<u32>,
    electorate: Option<u32>,
    opens: Option<String>,
    closes: Option<String>,
    time_zone: Option<String>,
    no_funding: bool,
}

/// What became of files.
#[derive(Debug)]
pub(crate) struct Imported {
    /// What has to be said yet, by the names of [`Said`].
    pub(crate) needed: Vec<&'static str>,
    /// What must be changed in the files, and what should be looked at.
    pub(crate) findings: Vec<Finding>,
    /// The manifest, where nothing stands in its way: its bytes, and as it is read back.
    pub(crate) manifest: Option<(Vec<u8>, Manifest)>,
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

    fn zone(&self) -> &str {
        self.time_zone.as_deref().unwrap_or("UTC")
    }

    /// The importer's own options. What the kind of file has no use for is left out.
    fn arguments(&self, files: Vec<PathBuf>, platform: Platform) -> ImportArgs {
        let export = platform != Platform::Pabulib;
        let said = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        let at = |local: &Option<String>| local.as_deref().and_then(|local| hour(local, self.zone()));
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
            // As where a spreadsheet says nothing: one may be missing at the count.
            trustees: 5,
            threshold: 3,
            minimum_group: 10,
            registration: Who::Roll,
            behind: Behind::default(),
        }
    }

    /// The options of the command that makes the same of the same files.
    pub(crate) fn options(&self, platform: Platform) -> Vec<(&'static str, String)> {
        let arguments = self.arguments(Vec::new(), platform);
        let number = |number: Option<u32>| number.map(|number| number.to_string());
        let all = [
            ("--title", arguments.title),
            ("--language", arguments.language),
            ("--currency", arguments.currency),
            ("--budget", arguments.budgets.first().map(|(_, budget)| budget.to_string())),
            ("--pick", number(arguments.pick)),
            ("--points", number(arguments.points)),
            ("--electorate", number(arguments.electorate)),
            ("--opens", arguments.opens.map(|hour| hour.to_string())),
            ("--closes", arguments.closes.map(|hour| hour.to_string())),
            ("--time-zone", self.time_zone.clone()),
            ("--trustees", Some(arguments.trustees.to_string())),
            ("--threshold", Some(arguments.threshold.to_string())),
            ("--no-funding", arguments.no_funding.then(String::new)),
        ];
        all.into_iter().filter_map(|(option, value)| Some((option, value?))).collect()
    }
}

/// Imports files of one kind, with what somebody says of them.
///
/// # Errors
/// [`enum@Error`] of this machine, never of the files: those are findings.
pub(crate) fn import(paths: Vec<PathBuf>, said: &Said, language: Language) -> Result<Imported, Error> {
    let mut files: Vec<(PathBuf, Found)> = Vec::with_capacity(paths.len());
    let mut platform = Platform::Pabulib;
    let mut failed = None;
    for path in &paths {
        match which::look(path, &crate::files::read(path)?, None) {
            Ok(found) => {
                platform = found.platform();
                files.push((path.clone(), found));
            }
            Err(error) => failed = Some(error),
        }
    }
    let arguments = said.arguments(paths, platform);
    let made = match failed {
        Some(error) => Err(error.into()),
        None => made(&arguments, files),
    };
    let unread = |local: &Option<String>| {
        local.as_deref().is_some_and(|local| !local.is_empty() && hour(local, said.zone()).is_none())
    };
    let mut needed: Vec<&'static str> = Vec::new();
    needed.extend(unread(&said.opens).then_some("opens"));
    needed.extend(unread(&said.closes).then_some("closes"));
    let mut imported = Imported { needed, findings: Vec::new(), manifest: None };
    match made {
        Ok(made) => {
            let note = |note: &Remark| Line { cell: note.cell.clone(), ..Line::of(note.clone()) };
            let notes = made.notes.iter().map(note);
            imported.findings = notes.map(|line| line.found(Severity::Warning, language)).collect();
            imported.manifest = imported.needed.is_empty().then_some((made.bytes, made.manifest));
        }
        Err(Error::Import(error)) => {
            for name in missing(&error, &arguments) {
                if !imported.needed.contains(&name) {
                    imported.needed.push(name);
                }
            }
            let lines = lines(&error, language);
            imported.findings = lines.into_iter().map(|line| line.found(Severity::Error, language)).collect();
        }
        Err(other) => return Err(other),
    }
    Ok(imported)
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

/// Something to say, and where.
struct Line {
    file: Option<String>,
    row: Option<u64>,
    cell: String,
    what: What,
}

/// Who says it.
enum What {
    Import(Remark),
    Words { code: &'static str, sentence: String },
}

impl Line {
    fn of(remark: Remark) -> Self {
        Line { file: None, row: None, cell: String::new(), what: What::Import(remark) }
    }

    fn found(self, severity: Severity, language: Language) -> Finding {
        let (code, sentence, place, cell) = match self.what {
            What::Import(remark) => {
                let cell = if self.cell.is_empty() { remark.cell.clone() } else { self.cell };
                (remark.code(), remark.said(language), remark.place, cell)
            }
            What::Words { code, sentence } => (code, sentence, None, self.cell),
        };
        let row = self.row.and_then(|row| u32::try_from(row).ok());
        Finding {
            severity,
            code,
            sheet: place.as_ref().map(|place| place.sheet.clone()).or(self.file),
            row: place.as_ref().and_then(|place| place.row).or(row),
            column: place.as_ref().and_then(|place| place.column).map(|column| column.to_string()),
            place: place.as_ref().map(ToString::to_string),
            cell,
            sentence,
            choices: Vec::new(),
        }
    }
}

fn file_of(path: &Path) -> Option<String> {
    path.file_name().map(|name| name.to_string_lossy().into_owned())
}

/// What is wrong with the files themselves; nothing where something is only to be said beside them.
fn lines(error: &ImportError, language: Language) -> Vec<Line> {
    let in_file = |path: &Path, row: Option<u64>, remark: Remark| {
        vec![Line { file: file_of(path), row, ..Line::of(remark) }]
    };
    match error {
        ImportError::File { path, source } => in_file(path, Some(source.line), pabulib(source)),
        ImportError::Sheet { path, source } => vec![Line {
            file: file_of(path),
            row: None,
            cell: String::new(),
            what: What::Words { code: source.code(), sentence: source.said(language) },
        }],
        ImportError::Encoded { path, encoding, .. } => {
            in_file(path, None, Remark::new("import.encoded", "").with("encoding", encoding))
        }
        ImportError::Mixed { path } => in_file(path, None, Remark::new("import.mixed", "")),
        ImportError::Stem { path } => in_file(path, None, Remark::new("import.stem", "")),
        ImportError::OtherFile { path, .. } => in_file(path, None, Remark::new("import.other_file", "")),
        ImportError::SameStem { path } => in_file(path, None, Remark::new("import.same_name", "")),
        ImportError::MissingColumns { path, missing, .. } => {
            let remark = Remark::new("import.missing_columns", "").with("columns", missing.join(", "));
            in_file(path, None, remark)
        }
        ImportError::Rows { path, problems } => {
            problems.iter().map(|problem| Line { file: file_of(path), ..Line::of(problem.clone()) }).collect()
        }
        ImportError::NoProjects { path, what } => in_file(path, None, (**what).clone()),
        ImportError::Unsupported { path, line, what } => in_file(path, Some(*line), (**what).clone()),
        ImportError::TooLarge { path, line, key } => {
            in_file(path, Some(*line), Remark::new("import.too_large", "").with("key", key))
        }
        ImportError::WhichLanguage { path, languages } if !languages.is_empty() => {
            let remark = Remark::new("import.which_language", "").with("languages", languages.join(", "));
            in_file(path, None, remark)
        }
        ImportError::Languages { languages } => {
            let remark = Remark::new("import.which_language", "").with("languages", languages.join(", "));
            vec![Line::of(remark)]
        }
        ImportError::Language { path, language } => {
            in_file(path, None, Remark::new("import.language", "").with("value", shown(language)))
        }
        ImportError::Manifest(error) => {
            let problem = Problem::Manifest(Box::new(error.problem.clone()));
            let what = What::Words { code: problem.code(), sentence: problem.said(language) };
            vec![Line { file: None, row: None, cell: error.path.clone(), what }]
        }
        ImportError::Unsaid { .. }
        | ImportError::WhichLanguage { .. }
        | ImportError::Points { .. }
        | ImportError::Electorate { .. }
        | ImportError::Hours { .. } => Vec::new(),
        other => vec![Line::of(Remark::new("import.other", "").with("text", other))],
    }
}

/// What is wrong in a file of Pabulib.
fn pabulib(error: &PabulibError) -> Remark {
    use PabulibErrorKind as K;
    let say = |code| Remark::new(code, "");
    match &error.kind {
        K::NotUtf8 => say("import.not_utf8"),
        K::MissingSection { section } => say("import.missing_section").with("section", section),
        K::DuplicateKey { key } => say("import.key_twice").with("key", shown(key)),
        K::BadValue { key, value, .. } => {
            say("import.value").with("key", shown(key)).with("value", shown(value))
        }
        K::MissingColumn { section, column } => {
            say("import.missing_column").with("section", section).with("column", column)
        }
        K::DuplicateColumn { section, column } => {
            say("import.column_twice").with("section", section).with("column", shown(column))
        }
        K::FieldCount { expected, found } => {
            say("import.field_count").with("found", found).with("expected", expected)
        }
        K::EmptyProjectId => say("import.no_project_id"),
        K::DuplicateProject { id } => say("import.project_twice").with("id", shown(id)),
        K::NoProjects => say("import.no_rows"),
        K::Csv { .. } => say("import.csv"),
        K::NotPabulib { found } => say("import.not_pabulib").with("found", shown(found)),
    }
}
