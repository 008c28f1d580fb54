//! The draft in the desk's folder: the files as they were handed in, the answers, and the manifest that comes of them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use veche_desk::describe::Problem as Wrong;
use veche_desk::report::{Report, Small, Summary, small, summary};
use veche_desk::{Asked, Description, Language, describe};
use veche_phrases::Said as _;
use veche_record::Manifest;
use veche_record::manifest::Text;
use veche_results::papers::{Rules, rules};
use veche_sheet::{Encoding, FileError, Options, Workbook};

use super::super::folder::Folder;
use super::super::problem::{Kind, Problem};
use crate::error::Error;
use crate::files;
use crate::import::Platform;
use crate::import::page::{self, List, Said};
use crate::preview::PreviewError;

/// Files that one draft is made of: a spreadsheet, or a CSV file for each of its sheets.
const MOST_FILES: usize = 10;

/// A file as it was handed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Source {
    /// Its name, in the folder `sources`.
    pub(crate) name: String,
    /// The encoding that somebody chose for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) encoding: Option<String>,
}

/// What is remembered of the draft: the file `describe.json`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Draft {
    pub(crate) files: Vec<Source>,
    /// What was answered, by cell or column.
    #[serde(default)]
    pub(crate) answers: BTreeMap<String, String>,
    /// Whether somebody has looked at how the columns were understood.
    #[serde(default)]
    pub(crate) confirmed: bool,
    /// Where files come from that are imported; nothing of a spreadsheet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) from: Option<Platform>,
    /// What was said beside such files.
    #[serde(default, skip_serializing_if = "Said::is_nothing")]
    pub(crate) said: Said,
    /// The SHA-256 of the manifest that was written from this, in hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) manifest: Option<String>,
}

/// What became of the draft.
#[derive(Debug, Serialize)]
pub(crate) struct View {
    pub(crate) frozen: bool,
    pub(crate) files: Vec<Source>,
    pub(crate) confirmed: bool,
    /// What is to be said of the files; nothing without any.
    pub(crate) report: Option<Report>,
    /// The name of the town, in every language, where the description gives it: it is typed when the vote is frozen.
    pub(crate) town: Option<Text>,
    /// What the manifest of the folder says, wherever it came from.
    pub(crate) summary: Option<Summary>,
    /// Districts that may have too few ballots; of a spreadsheet the report says it, with the rows.
    pub(crate) small: Vec<Small>,
    /// Its rules in sentences.
    pub(crate) rules: Vec<Rules>,
    /// Of files that are imported, what goes with them.
    pub(crate) import: Option<ImportView>,
    /// The command that makes the same manifest.
    pub(crate) command: String,
}

/// Files that are imported.
#[derive(Debug, Serialize)]
pub(crate) struct ImportView {
    /// Where they come from.
    from: Platform,
    /// What was said beside them, and what is taken where nothing was said.
    said: Said,
    /// What has to be said yet.
    needed: Vec<&'static str>,
    /// The lists of their projects, with the money that is known.
    lists: Vec<List>,
}

/// Where sources lie.
pub(crate) fn sources(folder: &Folder) -> PathBuf {
    folder.path().join("sources")
}

/// The SHA-256 of a file, in hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// A name that a file can have in every folder.
fn plain(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let fits = |sign: char| !sign.is_control() && !"<>:\"|?*".contains(sign);
    let name: String = last.chars().map(|sign| if fits(sign) { sign } else { '_' }).take(100).collect();
    let name = name.trim().trim_start_matches('.');
    if name.is_empty() { "file".to_owned() } else { name.to_owned() }
}

fn refused(error: &FileError, name: &str, language: Language) -> Problem {
    Problem::new(Kind::DeskFile, format!("{name}: {}", error.said(language)))
}

impl Draft {
    /// The draft of a folder; an empty one where nothing was handed in.
    pub(crate) fn of(folder: &Folder) -> Result<Self, Error> {
        let path = folder.path().join("describe.json");
        if !path.is_file() {
            return Ok(Draft::default());
        }
        Ok(serde_json::from_slice(&files::read(&path)?)?)
    }

    fn keep(&self, folder: &Folder) -> Result<(), Error> {
        let mut bytes = serde_json::to_vec_pretty(self)?;
        bytes.push(b'\n');
        files::replace(&folder.path().join("describe.json"), &bytes)
    }

    /// Takes a file: in the place of all that were there, or beside them. One that cannot be read changes nothing.
    pub(crate) fn take(
        &mut self,
        folder: &Folder,
        name: &str,
        bytes: &[u8],
        beside: bool,
        language: Language,
    ) -> Result<(), Problem> {
        let name = plain(name);
        let refuse = |why: String| Problem::new(Kind::DeskFile, format!("{name}: {why}"));
        let from = page::platform(&name, bytes, language).map_err(refuse)?;
        if from.is_none() {
            veche_sheet::read(&name, bytes, &Options::default())
                .map_err(|error| refused(&error, &name, language))?;
        }
        if beside && !self.files.is_empty() && from != self.from {
            return Err(refuse(page::mixed(language)));
        }
        if beside && self.files.len() >= MOST_FILES {
            let detail = format!("at most {MOST_FILES} files make one vote");
            return Err(Problem::new(Kind::DeskManyFiles, detail));
        }
        let place = sources(folder);
        let failed = |source| Error::Write { path: place.clone(), source };
        std::fs::create_dir_all(&place).map_err(failed)?;
        files::replace(&place.join(&name), bytes)?;
        let mut changed = self.clone();
        if !beside {
            changed.files.clear();
        }
        changed.files.retain(|file| file.name != name);
        changed.files.push(Source { name, encoding: None });
        // There is nothing to confirm of columns that a program has written.
        changed.confirmed = from.is_some();
        changed.from = from;
        changed.keep(folder)?;
        for old in self.files.iter().filter(|old| !changed.files.iter().any(|new| new.name == old.name)) {
            // What stays behind is read by nobody.
            let _ = std::fs::remove_file(place.join(&old.name));
        }
        *self = changed;
        Ok(())
    }

    fn books(&self, folder: &Folder, language: Language) -> Result<Vec<Workbook>, Problem> {
        let read = |file: &Source| {
            let bytes = files::read(&sources(folder).join(&file.name))?;
            let encoding = file.encoding.as_ref().and_then(|name| name.parse::<Encoding>().ok());
            let options = Options { encoding, ..Options::default() };
            veche_sheet::read(&file.name, &bytes, &options)
                .map_err(|error| refused(&error, &file.name, language))
        };
        self.files.iter().map(read).collect()
    }

    /// Describes the vote. Answers whose question a corrected file no longer asks are forgotten.
    fn described(&mut self, books: &[Workbook], now: u64) -> Description {
        loop {
            let asked = Asked { now, language: None, answers: self.answers.clone() };
            let description = describe(books, &asked);
            let before = self.answers.len();
            for error in &description.errors {
                match (&error.what, &error.place) {
                    (Wrong::Unasked, _) => {
                        if let Some((place, _)) = error.cell.rsplit_once('=') {
                            self.answers.remove(place);
                        }
                    }
                    (Wrong::Answer { .. }, Some(place)) => {
                        let column = veche_sheet::Place { row: None, ..place.clone() };
                        self.answers.remove(&place.to_string());
                        self.answers.remove(&column.to_string());
                    }
                    _ => {}
                }
            }
            if self.answers.len() == before {
                return description;
            }
        }
    }

    /// Takes the answer to a question at a place, or takes it back.
    pub(crate) fn answer(&mut self, place: String, answer: Option<String>) -> Result<(), Problem> {
        if self.from.is_some() {
            let asked = self.said.answer(&place, answer);
            return asked.ok_or_else(|| Problem::new(Kind::DeskMalformed, "nothing is asked at this place"));
        }
        match answer {
            Some(answer) => self.answers.insert(place, answer),
            None => self.answers.remove(&place),
        };
        Ok(())
    }

    /// What became of the draft. The manifest is written, or the one that was written from older files taken away.
    pub(crate) fn view(&mut self, folder: &Folder, language: Language, now: u64) -> Result<View, Problem> {
        let frozen = folder.notes().frozen;
        let (mut report, mut import, mut town) = (None, None, None);
        let mut options = Vec::new();
        if let Some(from) = self.from.filter(|_| !self.files.is_empty()) {
            let place = sources(folder);
            let paths = self.files.iter().map(|file| place.join(&file.name)).collect();
            let imported = page::import(paths, &self.said, language, now)?;
            if !frozen {
                self.write(folder, imported.manifest.as_ref().map(|(bytes, _)| bytes.as_slice()))?;
                self.keep(folder)?;
            }
            report = Some(Report {
                language: language.code(),
                findings: imported.findings,
                answered: imported.answered,
                columns: Vec::new(),
                taken: Vec::new(),
                summary: imported.manifest.as_ref().map(|(_, manifest)| summary(manifest.document())),
            });
            let (said, needed, lists) = (self.said.shown(), imported.needed, imported.lists);
            import = Some(ImportView { from, said, needed, lists });
            options = imported.options;
        } else if !self.files.is_empty() {
            let books = self.books(folder, language)?;
            let description = self.described(&books, now);
            if !frozen {
                let bytes = description.document.as_ref().map(serde_json::to_vec_pretty).transpose();
                let bytes = bytes.map_err(Error::from)?.map(|mut bytes| {
                    bytes.push(b'\n');
                    bytes
                });
                self.write(folder, bytes.as_deref())?;
                self.keep(folder)?;
            }
            report = Some(description.report(language));
            town = description.town;
        }
        let path = folder.manifest();
        let manifest = match path.is_file() {
            true => Manifest::parse(&files::read(&path)?).ok(),
            false => None,
        };
        let rules = manifest.as_ref().map(|manifest| rules(manifest, language.code())).transpose();
        let rules = rules.map_err(|error| Error::from(PreviewError::from(error)))?.unwrap_or_default();
        let by_sheet = self.from.is_none() && !self.files.is_empty();
        let told = manifest.as_ref().filter(|_| !by_sheet);
        let small = told.map(|manifest| small(manifest.document(), language)).unwrap_or_default();
        let summary = manifest.map(|manifest| summary(manifest.document()));
        Ok(View {
            frozen,
            files: self.files.clone(),
            confirmed: self.confirmed,
            report,
            town,
            summary,
            small,
            rules,
            import,
            command: self.command(options),
        })
    }

    fn write(&mut self, folder: &Folder, made: Option<&[u8]>) -> Result<(), Problem> {
        let path = folder.manifest();
        let kept = if path.is_file() { Some(sha256(&files::read(&path)?)) } else { None };
        // Nothing is written over that this page did not write.
        if kept.is_some() && kept != self.manifest {
            let detail = format!("{} was changed, and not by this page: move it away", path.display());
            return Err(Problem::new(Kind::DeskChanged, detail));
        }
        match made {
            Some(bytes) => {
                let hash = sha256(bytes);
                if kept.as_ref() != Some(&hash) {
                    // Noted first: a desk that is stopped in between finds its own manifest.
                    self.manifest = Some(hash);
                    self.keep(folder)?;
                    files::replace(&path, bytes)?;
                }
            }
            None => {
                if kept.is_some() {
                    let failed = |source| Error::Write { path: path.clone(), source };
                    std::fs::remove_file(&path).map_err(failed)?;
                }
                self.manifest = None;
            }
        }
        Ok(())
    }

    /// The command that makes the same manifest of the same files; of files that are imported, with these options.
    fn command(&self, options: Vec<(&'static str, String)>) -> String {
        let quoted = |text: &str| {
            let plain = |sign: char| sign.is_ascii_alphanumeric() || "._-/=".contains(sign);
            if text.chars().all(plain) {
                text.to_owned()
            } else {
                format!("'{}'", text.replace('\'', "'\\''"))
            }
        };
        let command = if self.from.is_some() { "veche import" } else { "veche describe" };
        let mut words = vec![command.to_owned()];
        words.extend(options.into_iter().map(|(option, value)| match value.is_empty() {
            true => option.to_owned(),
            false => format!("{option} {}", quoted(&value)),
        }));
        words.extend(self.files.iter().map(|file| quoted(&format!("sources/{}", file.name))));
        for (place, answer) in self.answers.iter().filter(|_| self.from.is_none()) {
            words.push(format!("--answer {}", quoted(&format!("{place}={answer}"))));
        }
        if let Some(encoding) = self.files.iter().find_map(|file| file.encoding.as_ref()) {
            words.push(format!("--encoding {encoding}"));
        }
        words.push("--out manifest.json".to_owned());
        words.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_nowhere_else() {
        assert_eq!(plain("../../etc/passwd"), "passwd");
        assert_eq!(plain("C:\\Users\\me\\głosy 2027.xlsx"), "głosy 2027.xlsx");
        assert_eq!(plain(".."), "file");
        assert_eq!(plain("a\nb?.csv"), "a_b_.csv");
    }
}
