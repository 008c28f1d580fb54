//! One Pabulib file, and the contest and the ballot style that it becomes.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use veche_record::manifest::{Contest, ContestOption, Funding, MAX_ID_LEN, ReportBy, Style, Text};
use veche_record::rules::Rule;

use super::rule::Reader;
use super::{Choices, ImportError, which};
use crate::error::Error;
use crate::pabulib::{Amount, PabulibError, PabulibFile};

/// A file that was read, and what becomes of it.
#[derive(Debug)]
pub struct Source {
    /// Where it was read.
    pub path: PathBuf,
    /// The contest's id: the file's name without `.pb`, shortened where it is too long for one.
    pub id: String,
    /// What is in it.
    pub file: PabulibFile,
    /// The ballot rule that its META states.
    pub rule: Rule,
    /// Who is funded, as its META states it.
    pub funding: Funding,
    /// The value of a project that a row does not name.
    pub(super) unnamed: u32,
}

impl Source {
    /// Reads one file.
    pub fn read(path: &Path, choices: &Choices) -> Result<Self, Error> {
        let bytes = crate::files::read(path)?;
        let stem = path.file_stem().and_then(|stem| stem.to_str());
        let id = stem.and_then(contest_id).ok_or_else(|| ImportError::Stem { path: path.to_owned() })?;
        let broken = |source| {
            let other = which::instead_of_pabulib(path, &bytes);
            other.unwrap_or_else(|| ImportError::File { path: path.to_owned(), source })
        };
        let file = PabulibFile::parse(&bytes).map_err(broken)?;
        let reader = Reader { path, file: &file, choices };
        let rule = reader.rule()?;
        let funding = reader.funding()?;
        let unnamed = reader.unnamed(file.meta.get("vote_type") == Some("scoring"))?;
        Ok(Self { path: path.to_owned(), id, file, rule, funding, unnamed })
    }

    /// Whether the file has one project: a question of yes or blank.
    pub fn is_one_project(&self) -> bool {
        self.file.projects.len() == 1
    }

    /// Reads several files, which must have different names.
    pub fn read_all(paths: &[PathBuf], choices: &Choices) -> Result<Vec<Self>, Error> {
        if let [_, second, ..] = paths
            && !choices.exclusive.is_empty()
        {
            return Err(ImportError::ExclusiveOfMany { path: second.clone() }.into());
        }
        let sources = paths.iter().map(|path| Self::read(path, choices)).collect::<Result<Vec<_>, _>>()?;
        let mut seen = HashSet::new();
        match sources.iter().find(|source| !seen.insert(source.id.as_str())) {
            Some(again) => Err(ImportError::SameStem { path: again.path.clone() }.into()),
            None => Ok(sources),
        }
    }

    pub(super) fn in_file(&self) -> impl Fn(PabulibError) -> ImportError {
        |source| ImportError::File { path: self.path.clone(), source }
    }

    /// The code of the language that META names; nothing where it names none.
    pub(super) fn language(&self) -> Result<Option<&'static str>, ImportError> {
        let Some(name) = self.file.meta.get("language") else { return Ok(None) };
        let unknown =
            || ImportError::Language { path: self.path.clone(), language: crate::pabulib::shown(name) };
        language_code(name).map(Some).ok_or_else(unknown)
    }

    /// What the contest is called: the file's description, or its id.
    pub(super) fn title(&self) -> &str {
        self.file.meta.get("description").unwrap_or(&self.id)
    }

    pub(super) fn contest(&self, language: &str) -> Result<Contest, ImportError> {
        let text = |words: &str| Text::new(language, words);
        let whole = |amount: Amount| (!amount.fraction).then_some(amount.units);
        let meta = &self.file.meta;
        let budget = self.budget()?;
        let options = self.file.projects.iter().map(|project| ContestOption {
            id: project.id.clone(),
            name: text(&project.name),
            text: project.description.as_deref().map(text),
            cost: whole(project.cost),
            picture: None,
            place: project.place.clone(),
            number: project.number.clone(),
            category: project.category.as_deref().map(text),
            coordinates: project.coordinates.clone(),
        });
        Ok(Contest {
            id: self.id.clone(),
            title: text(self.title()),
            text: None,
            budget,
            currency: meta.get("currency").map(str::to_owned),
            report_by: ReportBy::Contest,
            rule: self.rule.clone(),
            funding: self.funding.clone(),
            options: options.collect(),
        })
    }

    /// The budget in whole units. A fraction is dropped where every cost is whole: it changes nothing then.
    fn budget(&self) -> Result<Option<u64>, ImportError> {
        let budget = self.file.meta.amount("budget").map_err(self.in_file())?;
        let exact = |amount: &Amount| !amount.fraction || self.has_whole_costs();
        Ok(budget.filter(exact).map(|amount| amount.units).filter(|units| *units > 0))
    }

    /// Whether no cost has a fraction.
    pub(super) fn has_whole_costs(&self) -> bool {
        self.file.projects.iter().all(|project| !project.cost.fraction)
    }

    pub(super) fn style(&self, language: &str, electorate: u32) -> Style {
        let meta = &self.file.meta;
        let title = ["subunit", "district", "unit"].iter().find_map(|key| meta.get(key)).unwrap_or(&self.id);
        Style {
            id: self.id.clone(),
            title: Text::new(language, title),
            contests: vec![self.id.clone()],
            plus_one_of: Vec::new(),
            electorate,
            // A file of Pabulib does not say.
            inhabitants: None,
        }
    }
}

/// What of a shortened name tells it from others that begin as it does: a sign between, and these hexadecimal digits of
/// the hash of the whole name.
const MARK_DIGITS: usize = 12;

/// A contest's id from a file's name; nothing for a name that no id can be made of.
pub(super) fn contest_id(stem: &str) -> Option<String> {
    let stem = stem.trim();
    if stem.is_empty() || stem.chars().any(char::is_control) {
        return None;
    }
    if stem.len() <= MAX_ID_LEN {
        return Some(stem.to_owned());
    }
    let hash = hex::encode(Sha256::digest(stem.as_bytes()));
    let kept = stem.get(..stem.floor_char_boundary(MAX_ID_LEN - MARK_DIGITS - 1))?.trim_end();
    Some(format!("{kept}~{}", hash.get(..MARK_DIGITS)?))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_is_shortened_and_stays_apart_from_others() {
        let name = |end: &str| format!("poland_mirogród_2026_{}{end}", "ó".repeat(60));
        let (first, second) = (contest_id(&name("a")).unwrap(), contest_id(&name("b")).unwrap());
        assert!(first.len() <= MAX_ID_LEN && second.len() <= MAX_ID_LEN, "{first}, {second}");
        assert!(first.starts_with("poland_mirogród_2026_óó"), "{first}");
        assert_ne!(first, second);
        assert_eq!(contest_id(&name("a")).unwrap(), first, "the same on every machine");
        let longest = "x".repeat(MAX_ID_LEN);
        assert_eq!(contest_id(&longest), Some(longest.clone()));
        assert_ne!(contest_id(&format!("{longest}y")), Some(longest));
        assert_eq!(contest_id(" town ").as_deref(), Some("town"));
        assert_eq!((contest_id("  "), contest_id("to\u{1}wn")), (None, None));
    }
}
