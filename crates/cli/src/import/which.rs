//! What a file is: one that can be imported, or what it is instead. Names lie, and so the bytes are asked.

use std::path::Path;

use veche_sheet::{FileError, Form, Options, Workbook, WrongFile, encoding_of, read};

use super::exports::{consul, decidim};
use super::{Found, ImportError, Platform};
use crate::pabulib::shown;

/// Says what a file is, and reads it where that is a table; `said` is what the caller says that it came from.
pub(super) fn look(path: &Path, bytes: &[u8], said: Option<Platform>) -> Result<Found, ImportError> {
    let found = match said {
        // Its own errors say more of a file that is meant to be one.
        Some(Platform::Pabulib) => Found::Pabulib,
        _ if is_pabulib(bytes) => Found::Pabulib,
        _ => table(path, bytes, said)?,
    };
    match said {
        Some(said) if said != found.platform() => {
            Err(ImportError::OtherPlatform { path: path.to_owned(), found: found.platform(), said })
        }
        _ => Ok(found),
    }
}

/// Why a file is no Pabulib file, where it is something else altogether; nothing where it is one, though broken.
pub(super) fn instead_of_pabulib(path: &Path, bytes: &[u8]) -> Option<ImportError> {
    let valid = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        // Letters before the first wrong byte are Unicode: it is the byte that is wrong.
        Err(error) => bytes.get(..error.valid_up_to()).and_then(|good| std::str::from_utf8(good).ok())?,
    };
    let is_unicode = valid.len() == bytes.len() || !valid.is_ascii();
    if is_unicode && begins(valid) {
        return None;
    }
    Some(match table(path, bytes, None) {
        Ok(found) => ImportError::OtherPlatform {
            path: path.to_owned(),
            found: found.platform(),
            said: Platform::Pabulib,
        },
        Err(error) => error,
    })
}

/// Whether a file begins as Pabulib's do, in whatever encoding.
fn is_pabulib(bytes: &[u8]) -> bool {
    begins(&String::from_utf8_lossy(bytes.get(..HEAD).unwrap_or(bytes)))
}

/// How far into a file its first words are looked for.
const HEAD: usize = 4_096;

fn begins(text: &str) -> bool {
    let line = text.trim_start_matches('\u{feff}').trim_start().lines().next().unwrap_or_default();
    line.trim_end().trim_end_matches([';', ',']).eq_ignore_ascii_case("META")
}

fn table(path: &Path, bytes: &[u8], said: Option<Platform>) -> Result<Found, ImportError> {
    let other = |what: String| ImportError::OtherFile { path: path.to_owned(), what };
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let workbook = match read(name, bytes, &Options::default()) {
        Ok(workbook) => workbook,
        Err(FileError::Wrong(WrongFile::Pabulib)) => return Err(encoded(path, bytes)),
        Err(FileError::Wrong(WrongFile::Json)) => return Err(other(json(bytes).to_owned())),
        Err(FileError::NoColumns) => {
            let text = String::from_utf8_lossy(bytes);
            let first = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
            return Err(other(format!("this is a text without columns, which begins {:?}", shown(first))));
        }
        Err(FileError::Wrong(wrong)) => return Err(other(what(wrong))),
        Err(FileError::Empty) => return Err(other("this file is empty".to_owned())),
        Err(source) => return Err(ImportError::Sheet { path: path.to_owned(), source }),
    };
    let Some(sheet) = workbook.sheets.iter().find(|sheet| !sheet.hidden && !sheet.rows.is_empty()) else {
        return Err(other(format!("this is {}, and nothing is in it", form(&workbook))));
    };
    let header = super::exports::header(sheet);
    if said != Some(Platform::Consul) && decidim::is_one(&header) {
        return Ok(Found::Decidim(sheet.clone()));
    }
    if said != Some(Platform::Decidim) && consul::is_one(&header) {
        return Ok(Found::Consul(sheet.clone()));
    }
    if let Some(said) = said {
        let missing = match said {
            Platform::Consul => consul::missing(&header),
            _ => decidim::missing(&header),
        };
        return Err(ImportError::MissingColumns { path: path.to_owned(), from: said, missing });
    }
    let columns: Vec<String> = header.iter().take(4).map(|(_, name)| format!("{:?}", shown(name))).collect();
    let more = if header.len() > columns.len() { " …" } else { "" };
    Err(other(format!("this is {}, whose columns are {}{more}", form(&workbook), columns.join(", "))))
}

fn form(workbook: &Workbook) -> &'static str {
    match workbook.form {
        Form::Excel => "an Excel file (.xlsx)",
        Form::OpenDocument => "an OpenDocument spreadsheet (.ods)",
        Form::Text { .. } => "a table as text (CSV)",
    }
}

/// What the reader of spreadsheets says that a file is, without what it would have done with one.
fn what(wrong: WrongFile) -> String {
    let said = wrong.to_string();
    said.split([';', ',']).next().unwrap_or(&said).to_owned()
}

/// A file of Pabulib whose letters are not Unicode.
fn encoded(path: &Path, bytes: &[u8]) -> ImportError {
    let (encoding, sample) = match encoding_of(bytes) {
        Ok((encoding, sample)) => (encoding.name().to_owned(), sample),
        Err(_) => ("in an encoding that is not known here".to_owned(), None),
    };
    let sample = sample.map(|sample| format!(", read as {:?}", shown(&sample))).unwrap_or_default();
    ImportError::Encoded { path: path.to_owned(), encoding, sample }
}

/// JSON, of ours or of others.
fn json(bytes: &[u8]) -> &'static str {
    let document: serde_json::Value = serde_json::from_slice(bytes).unwrap_or_default();
    match document {
        serde_json::Value::Object(members) if members.contains_key("veche") => {
            "this is a manifest already: `veche manifest check` says what is in it"
        }
        _ => "this is a JSON file",
    }
}
