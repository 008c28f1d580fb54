//! The record as static files in a folder: what is missing there is written, the checkpoint after the files that it
//! calls for.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use veche_board::{LogFile, LogPublicKey, SignedCheckpoint, layout};
use veche_keeper::Keeper;
use veche_verify::source::{CHECKPOINT, MANIFEST, RESULT};

use super::line::{Fault, Refusal};
use crate::files;
use crate::folder::Folder;

/// For how long a tile stays, while people vote, that the newest checkpoint does not need: many read at any moment, and
/// some of them the checkpoint before.
const KEPT_SECONDS: u64 = 60;

/// Brings a folder up to date. Returns how many entries are published.
///
/// # Errors
/// [`Refusal`]: the folder is another board's, or has more of this one than the keeper, or cannot be written.
pub(super) async fn publish(
    keeper: &Keeper,
    (manifest, key): (&[u8], &LogPublicKey),
    to: &Path,
) -> Result<u64, Refusal> {
    let view = keeper.view();
    let log = view.log();
    let failed = |error: &dyn std::fmt::Display| {
        let why = format!("The record cannot be written into {}: {error}.", to.display());
        Refusal::new("not-published", Fault::Server, why)
    };
    let foreign = |what: &str| {
        let why = format!("{} holds {what}. Nothing was written; name another folder.", to.display());
        Refusal::new("not-published", Fault::Caller, why)
    };
    let note = log.note().ok_or_else(|| Refusal::new("busy", Fault::Server, "The board is empty."))?;
    fs::create_dir_all(to).map_err(|error| failed(&error))?;
    let folder = Folder::open(to).map_err(|error| failed(&error))?;
    let there = folder.files().map_err(|error| failed(&error))?;
    let read = |path: &str| folder.file(path).map_err(|error| failed(&error));

    // The keeper's own folder above all: what is published is handed out.
    if let Some(file) = there.iter().find(|path| !is_records(path)) {
        return Err(foreign(&format!("{file:?}, which no record has")));
    }
    match read(MANIFEST)? {
        Some(found) if found == manifest => {}
        Some(_) => return Err(foreign("the record of another vote")),
        None if there.is_empty() => {
            files::write_new(&to.join(MANIFEST), manifest).map_err(|error| failed(&error))?
        }
        None => return Err(foreign("files that are not a record's")),
    }
    if let Some(found) = read(CHECKPOINT)? {
        let found = String::from_utf8_lossy(&found);
        let published = SignedCheckpoint::open(found.as_ref(), key, log.origin());
        let published = published.map_err(|_| foreign("the record of another board"))?;
        if published.size > log.size() {
            let why = format!(
                "{} holds {} entries of this board, and the keeper has {}: its folder was put back to an older copy. \
                 Stop it, and bring back the newest copy: else the board would contradict receipts.",
                to.display(),
                published.size,
                log.size(),
            );
            return Err(Refusal::new("behind-published", Fault::Server, why));
        }
        if log.tree().root_at(published.size).ok() != Some(published.root) {
            let why = format!("{} holds a board that this one contradicts.", to.display());
            return Err(Refusal::new("behind-published", Fault::Server, why));
        }
    }

    let mut needed: BTreeSet<String> = [MANIFEST, CHECKPOINT, RESULT].map(str::to_owned).into();
    let there: BTreeSet<String> = there.into_iter().collect();
    for file in layout(log.size()).filter(|file| *file != LogFile::Checkpoint) {
        let path = file.to_string();
        if !there.contains(&path) {
            let bytes = veche_keeper::files::log_file(log, keeper.store(), file).await?;
            let bytes = bytes.ok_or_else(|| failed(&format!("{path} is missing on the board")))?;
            let file = to.join(&path);
            file.parent().map_or(Ok(()), fs::create_dir_all).map_err(|error| failed(&error))?;
            files::replace(&file, &bytes).map_err(|error| failed(&error))?;
        }
        needed.insert(path);
    }
    files::replace(&to.join(CHECKPOINT), note.as_bytes()).map_err(|error| failed(&error))?;
    if let Some(result) = veche_keeper::files::result_file(log, keeper.store()).await?
        && read(RESULT)?.as_ref() != Some(&result)
    {
        files::replace(&to.join(RESULT), &result).map_err(|error| failed(&error))?;
    }
    let superseded = there.iter().filter(|path| !needed.contains(*path) && path.starts_with("tile/"));
    let open = view.course() == veche_verify::Course::Open;
    for path in superseded.map(|path| to.join(path)).filter(|path| !open || is_old(path)) {
        fs::remove_file(&path).map_err(|error| failed(&error))?;
    }
    Ok(log.size())
}

/// Whether a file is one of a record, or was about to become one.
fn is_records(path: &str) -> bool {
    let path = path.strip_suffix(".new").unwrap_or(path);
    [MANIFEST, RESULT, "result"].contains(&path) || path.parse::<LogFile>().is_ok()
}

fn is_old(path: &Path) -> bool {
    let age = fs::metadata(path).and_then(|about| about.modified()).ok().and_then(|time| time.elapsed().ok());
    age.is_some_and(|age| age.as_secs() >= KEPT_SECONDS)
}
