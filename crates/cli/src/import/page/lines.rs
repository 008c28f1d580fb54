//! What an importer refuses, with its place, in the reader's language.

use std::path::Path;

use veche_desk::describe::Problem;
use veche_desk::report::{Found as Finding, Severity};
use veche_phrases::{Language, Said as _};
use veche_record::manifest::{self, MAX_TRUSTEES};

use crate::import::{ImportError, Remark, Ungrouped};
use crate::pabulib::{PabulibError, PabulibErrorKind, shown};

/// Something to say, and where.
pub(crate) struct Line {
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
    /// Without a place of its own.
    pub(crate) fn of(remark: Remark) -> Self {
        Line { file: None, row: None, cell: String::new(), what: What::Import(remark) }
    }

    /// As a terminal has it, with its place and what stands there.
    pub(crate) fn at_terminal(self, language: Language) -> String {
        let (sentence, place, cell) = match self.what {
            What::Import(remark) => {
                let place = remark.place.as_ref().map(ToString::to_string);
                let cell = if self.cell.is_empty() { remark.cell.clone() } else { self.cell };
                (remark.at_terminal(language), place, cell)
            }
            What::Words { sentence, .. } => (sentence, None, self.cell),
        };
        let head = [self.file, place.or(self.row.map(|row| row.to_string()))].into_iter().flatten();
        let cell = Some(cell).filter(|cell| !cell.is_empty()).map(|cell| format!("\"{cell}\""));
        let parts: Vec<String> = head.chain(cell).chain([sentence]).collect();
        parts.join(": ")
    }

    /// As a page shows it.
    pub(super) fn found(self, severity: Severity, language: Language) -> Finding {
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
pub(crate) fn lines(error: &ImportError, language: Language) -> Vec<Line> {
    let in_file = |path: &Path, row: Option<u64>, remark: Remark| {
        vec![Line { file: file_of(path), row, ..Line::of(remark) }]
    };
    let say = |code| Remark::new(code, "");
    match error {
        ImportError::File { path, source } => in_file(path, Some(source.line), pabulib(source)),
        ImportError::Sheet { path, source } => vec![Line {
            file: file_of(path),
            row: None,
            cell: String::new(),
            what: What::Words { code: source.code(), sentence: source.said(language) },
        }],
        ImportError::Encoded { path, encoding, .. } => {
            in_file(path, None, say("import.encoded").with("encoding", encoding))
        }
        ImportError::Mixed { path } => in_file(path, None, say("import.mixed")),
        ImportError::Stem { path } => in_file(path, None, say("import.stem")),
        ImportError::OtherFile { path, .. } => in_file(path, None, say("import.other_file")),
        ImportError::SameStem { path } => in_file(path, None, say("import.same_name")),
        ImportError::MissingColumns { path, missing, .. } => {
            let remark = say("import.missing_columns").with("columns", missing.join(", "));
            in_file(path, None, remark)
        }
        ImportError::Rows { path, problems } => {
            problems.iter().map(|problem| Line { file: file_of(path), ..Line::of(problem.clone()) }).collect()
        }
        ImportError::NoProjects { path, what } => in_file(path, None, (**what).clone()),
        ImportError::Unsupported { path, line, what } => in_file(path, Some(*line), (**what).clone()),
        ImportError::TooLarge { path, line, key } => {
            in_file(path, Some(*line), say("import.too_large").with("key", key))
        }
        ImportError::WhichLanguage { path, languages } if !languages.is_empty() => {
            let remark = say("import.which_language").with("languages", languages.join(", "));
            in_file(path, None, remark)
        }
        ImportError::Languages { languages } => {
            let remark = say("import.which_language").with("languages", languages.join(", "));
            vec![Line::of(remark)]
        }
        ImportError::Language { path, language } => {
            in_file(path, None, say("import.language").with("value", shown(language)))
        }
        ImportError::Manifest(error) if matches!(error.problem, manifest::Problem::Trustees) => {
            vec![Line::of(say("import.trustees").with("most", MAX_TRUSTEES))]
        }
        ImportError::Manifest(error) if matches!(error.problem, manifest::Problem::TimeZone) => {
            vec![Line::of(say("import.zone"))]
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
        ImportError::OtherPlatform { path, found, said } => {
            let remark = say("import.other_platform").with("found", found.name()).with("said", said.name());
            in_file(path, None, remark)
        }
        ImportError::BudgetOf { path, name, there } => {
            in_file(path, None, say("import.budget_of").with("name", name).with("there", there))
        }
        ImportError::OptionOfOthers { option, from, .. } => {
            vec![Line::of(say("import.option").with("option", option).with("from", from.name()))]
        }
        ImportError::Exclusive { path, id, why } => {
            let code = match why {
                Ungrouped::Unknown => "import.exclusive_unknown",
                Ungrouped::Twice => "import.exclusive_twice",
                Ungrouped::Alone => "import.exclusive_alone",
                Ungrouped::Unclear => "import.exclusive_unclear",
            };
            in_file(path, None, say(code).about(id).with("id", id))
        }
        ImportError::ExclusiveUnfunded { path } => in_file(path, None, say("import.exclusive_unfunded")),
        ImportError::ExclusiveOfMany { path } => in_file(path, None, say("import.exclusive_of_many")),
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

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use veche_record::ManifestError;

    use super::*;
    use crate::import::Platform;

    /// What an importer can refuse in a file, or in what was said beside it.
    fn refused() -> Vec<ImportError> {
        use PabulibErrorKind as K;
        let path = || PathBuf::from("town.pb");
        let what = |code: &'static str, values: &[&'static str]| {
            Box::new(values.iter().fold(Remark::new(code, ""), |remark, name| remark.with(name, "7")))
        };
        let unsupported = |what| ImportError::Unsupported { path: path(), line: 4, what };
        let exclusive = |why| ImportError::Exclusive { path: path(), id: "7".into(), why };
        let broken = [
            K::NotUtf8,
            K::NotPabulib { found: "PK".into() },
            K::MissingSection { section: "VOTES" },
            K::DuplicateKey { key: "budget".into() },
            K::BadValue { key: "budget".into(), value: "7 mln".into(), expected: "a whole number" },
            K::MissingColumn { section: "PROJECTS", column: "cost" },
            K::DuplicateColumn { section: "PROJECTS", column: "cost".into() },
            K::FieldCount { expected: 3, found: 4 },
            K::EmptyProjectId,
            K::DuplicateProject { id: "7".into() },
            K::NoProjects,
            K::Csv { reason: "unequal lengths".into() },
        ];
        let file = |kind| ImportError::File { path: path(), source: PabulibError { line: 7, kind } };
        let mut all: Vec<ImportError> = broken.into_iter().map(file).collect();
        all.extend([
            ImportError::OtherFile { path: path(), what: "this is a text without columns".into() },
            ImportError::Encoded { path: path(), encoding: "CP1250".into(), sample: String::new() },
            ImportError::OtherPlatform { path: path(), found: Platform::Consul, said: Platform::Decidim },
            ImportError::Mixed { path: path() },
            ImportError::MissingColumns { path: path(), from: Platform::Consul, missing: vec!["ID".into()] },
            ImportError::Rows { path: path(), problems: vec![*what("import.selected", &[])] },
            ImportError::NoProjects { path: path(), what: what("import.none_selected", &[]) },
            ImportError::WhichLanguage { path: path(), languages: vec!["ca".into(), "es".into()] },
            ImportError::BudgetOf { path: path(), name: "South".into(), there: "\"North\"".into() },
            ImportError::OptionOfOthers {
                option: "--pick",
                from: Platform::Pabulib,
                instead: "its META says that",
            },
            ImportError::Stem { path: path() },
            ImportError::SameStem { path: path() },
            unsupported(what("import.vote_type", &[])),
            unsupported(what("import.limit", &["key"])),
            unsupported(what("import.scoring", &[])),
            unsupported(what("import.negative", &["key"])),
            unsupported(what("import.too_many_projects", &["most"])),
            unsupported(what("import.odd_cost", &[])),
            unsupported(what("import.funding", &["key"])),
            unsupported(what("import.no_budget", &[])),
            exclusive(Ungrouped::Unknown),
            exclusive(Ungrouped::Twice),
            exclusive(Ungrouped::Alone),
            exclusive(Ungrouped::Unclear),
            ImportError::ExclusiveUnfunded { path: path() },
            ImportError::ExclusiveOfMany { path: path() },
            ImportError::TooLarge { path: path(), line: 4, key: "max_points" },
            ImportError::Language { path: path(), language: "klingon".into() },
            ImportError::Languages { languages: vec!["pl".into(), "es".into()] },
        ]);
        let manifest = |path: &str, problem| ManifestError { path: path.to_owned(), problem }.into();
        all.extend([
            manifest("trustees", manifest::Problem::Trustees),
            manifest("time_zone", manifest::Problem::TimeZone),
            manifest("closes", manifest::Problem::Hours),
        ]);
        all
    }

    #[test]
    fn whatever_an_importer_refuses_is_said_in_every_language() {
        for error in refused() {
            let mut said = std::collections::BTreeSet::new();
            for language in Language::ALL {
                let lines = lines(&error, language);
                assert_eq!(lines.len(), 1, "{error}");
                for line in lines {
                    if let What::Import(remark) = &line.what {
                        assert_eq!(remark.mistakes(), Vec::<String>::new(), "{error}");
                    }
                    said.insert(line.found(Severity::Error, language).sentence);
                }
            }
            assert_eq!(said.len(), Language::ALL.len(), "not in every language: {said:?}");
            // A terminal has options where a page has fields.
            for language in Language::ALL {
                let form = Remark::phrases().sentence(language, "import.where.form");
                let field = Remark::phrases().sentence(language, "import.where.exclusive");
                let on_page = lines(&error, language).remove(0).found(Severity::Error, language).sentence;
                let said = lines(&error, language).remove(0).at_terminal(language);
                assert!(!said.contains(form) && !said.contains(field), "{said}");
                assert!(!said.contains(['{', '\u{2068}']), "{said}");
                let asks = on_page.contains(form) || on_page.contains(field);
                assert!(!asks || said.contains(" --"), "{said}");
            }
        }
    }

    /// A field of the page asks for these, so that no sentence does.
    #[test]
    fn what_is_only_to_be_said_beside_a_file_is_asked_for_by_its_field() {
        let path = PathBuf::from("town.pb");
        for error in [
            ImportError::Unsaid { path: path.clone(), from: Platform::Consul, missing: Vec::new() },
            ImportError::WhichLanguage { path: path.clone(), languages: Vec::new() },
            ImportError::Points { path: path.clone(), line: 3, needed: "max_points", whose: "one project" },
            ImportError::Electorate { path },
            ImportError::Hours { which: "opens" },
        ] {
            assert!(lines(&error, Language::De).is_empty(), "{error}");
        }
    }
}
