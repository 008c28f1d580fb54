//! The archives that a desk has made, one for each language of the papers, and what is in them.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use veche_results::words::LANGUAGES;
use zip::ZipArchive;

use crate::archive::HashedWriter;
use crate::desk::problem::{Kind, Problem};
use crate::error::Error;
use crate::folder::{CHECKPOINT, MANIFEST};
use crate::remote::stated_size;

/// The longest file of an archive that is handed out alone.
const LONGEST: u64 = 64 << 20;

/// One archive.
#[derive(Debug, Serialize)]
pub(super) struct Made {
    /// That of the papers.
    language: &'static str,
    /// Its SHA-256 sum, of the file as it lies there.
    sum: String,
    /// How many entries the board had that it was made of.
    entries: Option<u64>,
    /// The files beside the record.
    files: Vec<String>,
    /// The lists of the vote, in its order.
    lists: Vec<List>,
}

/// A list of the vote, as Pabulib has it.
#[derive(Debug, Serialize)]
struct List {
    title: Value,
    /// Its file; nothing where Pabulib has no place for it.
    file: Option<String>,
    /// Why there is none, by the name of the page's sentence for it.
    why: Option<&'static str>,
}

/// The name of the archive of a language; nothing where there are no papers in it.
pub(super) fn name(language: &str) -> Option<String> {
    LANGUAGES.contains(&language).then(|| format!("archive-{language}.zip"))
}

/// Those that are there.
pub(super) fn archives(folder: &Path) -> Result<Vec<Made>, Problem> {
    let there = LANGUAGES.iter().filter_map(|language| {
        let path = folder.join(name(language)?);
        path.is_file().then_some((*language, path))
    });
    there.map(|(language, path)| made(language, &path)).collect()
}

fn made(language: &'static str, path: &Path) -> Result<Made, Problem> {
    let mut file = File::open(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
    let mut sum = Sha256::new();
    io::copy(&mut file, &mut HashedWriter(&mut sum))
        .map_err(|source| Error::Read { path: path.to_owned(), source })?;
    let mut archive = opened(path)?;
    let names = archive.file_names().filter_map(Result::ok);
    let mut files: Vec<String> =
        names.filter(|name| !name.contains('/')).map(|name| name.into_owned()).collect();
    files.sort_unstable();
    let note = inside(&mut archive, path, &format!("record/{CHECKPOINT}"))?;
    let lists = lists(
        &inside(&mut archive, path, &format!("record/{MANIFEST}"))?,
        &inside(&mut archive, path, "results.json")?,
        &files,
    );
    Ok(Made { language, sum: hex::encode(sum.finalize()), entries: stated_size(&note), files, lists })
}

/// The lists of a manifest, each with its file.
fn lists(manifest: &[u8], results: &[u8], files: &[String]) -> Vec<List> {
    let read = |bytes| serde_json::from_slice::<Value>(bytes).unwrap_or_default();
    let (manifest, results) = (read(manifest), read(results));
    let contests = manifest.get("contests").and_then(Value::as_array);
    let results = results.get("contests").and_then(Value::as_array);
    let list = |(number, contest): (usize, &Value)| {
        let name = format!("results-{}.pb", number + 1);
        let result = results.and_then(|results| results.get(number));
        let said = |key: &str| result.and_then(|result| result.get(key));
        let file = files.contains(&name).then_some(name);
        let why = match (&file, said("withheld"), said("to_be_drawn")) {
            (Some(_), ..) => None,
            (None, Some(_), _) => Some("few"),
            (None, _, Some(_)) => Some("draw"),
            _ => Some("none"),
        };
        List { title: contest.get("title").cloned().unwrap_or_default(), file, why }
    };
    contests.into_iter().flatten().enumerate().map(list).collect()
}

/// A file of an archive.
pub(super) fn file(path: &Path, name: &str) -> Result<Vec<u8>, Problem> {
    inside(&mut opened(path)?, path, name)
}

fn opened(path: &Path) -> Result<ZipArchive<File>, Problem> {
    let failed = |source| Error::Read { path: path.to_owned(), source };
    let file = File::open(path).map_err(failed)?;
    ZipArchive::new(file).map_err(|error| Problem::new(Kind::DeskArchive, error.to_string()))
}

fn inside(archive: &mut ZipArchive<File>, path: &Path, name: &str) -> Result<Vec<u8>, Problem> {
    let missing = |error: zip::result::ZipError| Problem::new(Kind::DeskArchive, error.to_string());
    let entry = archive.by_name(name).map_err(missing)?;
    let mut bytes = Vec::new();
    let failed = |source| Error::Read { path: path.to_owned(), source };
    entry.take(LONGEST).read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use serde_json::json;
    use veche_board::{Checkpoint, Hash, LogKey};
    use zip::write::{SimpleFileOptions, ZipWriter};

    use super::*;

    #[test]
    fn an_archive_is_told_by_its_language_with_the_sum_of_the_file_and_the_size_of_its_board() {
        let folder = tempfile::tempdir().unwrap();
        let contests =
            ["park", "green", "square", "mill"].map(|id| json!({ "id": id, "title": { "en": id } }));
        let results = json!({ "contests": [{}, { "withheld": true }, { "to_be_drawn": ["a", "b"] }, {}] });
        let origin = "board.example/2027".parse().unwrap();
        let checkpoint = Checkpoint { origin, size: 17, root: Hash([1; Hash::LEN]) };
        let path = folder.path().join("archive-pl.zip");
        let mut zip = ZipWriter::new(File::create(&path).unwrap());
        for (name, bytes) in [
            ("record/checkpoint", checkpoint.sign(&LogKey::from_seed(&[7; 32]))),
            ("record/manifest.json", json!({ "contests": contests }).to_string()),
            ("results.json", results.to_string()),
            ("results-1.pb", String::new()),
        ] {
            zip.start_file(name, SimpleFileOptions::default()).unwrap();
            zip.write_all(bytes.as_bytes()).unwrap();
        }
        zip.finish().unwrap();
        // One of a time before, and a file of somebody else's.
        std::fs::write(folder.path().join("archive-xx.zip"), "none").unwrap();
        let archives = archives(folder.path()).unwrap();
        let [made] = archives.as_slice() else { panic!("{archives:?}") };
        let sum = hex::encode(Sha256::digest(std::fs::read(&path).unwrap()));
        assert_eq!((made.language, made.entries, &made.sum), ("pl", Some(17), &sum));
        let lists: Vec<_> = made.lists.iter().map(|list| (list.file.as_deref(), list.why)).collect();
        let wanted =
            [(Some("results-1.pb"), None), (None, Some("few")), (None, Some("draw")), (None, Some("none"))];
        assert_eq!(lists, wanted);
        assert_eq!(made.lists[1].title, json!({ "en": "green" }));
        assert_eq!(name("../pl"), None, "no way out of the folder");
    }
}
