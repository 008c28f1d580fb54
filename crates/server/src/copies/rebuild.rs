//! A board whose newest entries come from its published record.
//!
//! An older database has the people, as far as it goes, and misses what was recorded since. All of that is public: the
//! entries, and the checkpoint that this box's own key signed over them. What is not public is which hashed phone has
//! which pseudonym, so whoever signed in since the backup is unknown, and then nothing is brought back.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use veche_board::{Bundle, LogFile, SignedCheckpoint, TileStream, decode_bundle, layout};
use veche_keeper::store::{Append, Head, Leaf, SwapError};
use veche_keeper::{BoardStore, Ledger, MemoryStore};
use veche_record::Entry;
use veche_record::entry::Pseudonym;
use veche_verify::source::{CHECKPOINT, RESULT};

use super::error::CopyError;
use crate::ballot_box::publish::destination::Destination;
use crate::folder::Folder;
use crate::lock::FolderLock;
use crate::store::Database;
use crate::store::registrar::RegistrarStore;

/// Entries read at once.
const AT_ONCE: u64 = 1_024;

/// What was brought back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rebuilt {
    /// How many entries there were.
    pub before: u64,
    /// How many there are now.
    pub now: u64,
}

/// Brings the entries of a published record back that the database of a folder misses, in one transaction. Nobody may
/// serve the folder meanwhile. `record` is a folder or `s3://bucket/prefix`. All of the board is in memory meanwhile.
///
/// # Errors
/// [`CopyError`]; then nothing was changed.
pub async fn rebuild(data: &Path, record: &str) -> Result<Rebuilt, CopyError> {
    let _alone = FolderLock::take(data)?;
    let folder = Folder::open(data).await?;
    let done = bring_back(&folder, record).await;
    folder.db.close().await;
    done
}

async fn bring_back(folder: &Folder, record: &str) -> Result<Rebuilt, CopyError> {
    let Folder { manifest_bytes, manifest, keys, db } = folder;
    // What is here must be a board of these keys before anything is added to it.
    let ledger = Ledger::open(manifest_bytes, Arc::clone(&keys.board), Arc::new(db.clone())).await?;
    let origin = ledger.log().origin().clone();
    drop(ledger);
    let place = Destination::open(record)?;
    let read = async |file: &str| Ok::<_, CopyError>(place.read(file).await?.map(|found| found.bytes));
    let note = read(CHECKPOINT).await?.ok_or_else(|| CopyError::NoRecord(record.to_owned()))?;
    let own = keys.log_public();
    let refused = |source| CopyError::Checkpoint { place: record.to_owned(), source };
    let checkpoint = SignedCheckpoint::open(&note, &own, &origin).map_err(refused)?;
    let head = db.head().await?;
    let ours = head.as_ref().map_or(0, |head| head.size);
    let other = || CopyError::Other { place: record.to_owned(), size: checkpoint.size, ours };
    if checkpoint.size <= ours {
        return Ok(Rebuilt { before: ours, now: ours });
    }

    let ours_at = head.ok_or_else(other)?;
    let (mut tree, mut had) = (TileStream::new(), Vec::new());
    while tree.size() < ours {
        let most = AT_ONCE.min(ours - tree.size());
        for leaf in db.leaves(tree.size(), most).await? {
            let leaf = Leaf::new(leaf);
            drop(tree.push(leaf.hash()));
            had.push(leaf);
        }
    }
    if ours_at.root != tree.root() {
        return Err(other());
    }
    let mut leaves = Vec::new();
    for bundle in layout(checkpoint.size).filter_map(bundle) {
        let begin = bundle.index() * 256;
        let width = u64::from(bundle.width());
        if begin + width <= ours {
            continue;
        }
        let file = bundle.to_string();
        let missing = || CopyError::Incomplete {
            place: record.to_owned(),
            file: file.clone(),
            reason: "is missing".to_owned(),
        };
        let bytes = read(&file).await?.ok_or_else(missing)?;
        let entries = decode_bundle(&bytes, usize::from(bundle.width()))
            .map_err(|error| CopyError::bundle(record, &file, error))?;
        let known = usize::try_from(ours.saturating_sub(begin)).unwrap_or(usize::MAX);
        for entry in entries.into_iter().skip(known) {
            let leaf = Leaf::new(entry.to_vec());
            drop(tree.push(leaf.hash()));
            leaves.push(leaf);
        }
    }
    if tree.size() != checkpoint.size || tree.root() != checkpoint.root {
        return Err(other());
    }
    if keys.registrar().is_ok() {
        let unknown = unknown(&leaves, db).await?;
        if unknown > 0 {
            return Err(CopyError::Unknown { unknown, place: record.to_owned() });
        }
    }
    let has_result = db.file(RESULT).await?;
    let (signed, cosignatures) = split(&note);
    // The log's own line is the first, as this box wrote it.
    SignedCheckpoint::open(signed.as_bytes(), &own, &origin).map_err(refused)?;
    let to = Head { size: checkpoint.size, root: checkpoint.root, note: signed };
    let unswapped = |error| match error {
        SwapError::Behind => other(),
        SwapError::Store(error) => error.into(),
        error => veche_keeper::StoreError::Unavailable(Box::new(error)).into(),
    };
    // Played through as whoever serves it will, before any of it is stored. The totals' file is computed: nobody has
    // signed the one in the copy.
    let played = MemoryStore::new();
    let before = Append { from: None, to: &ours_at, leaves: &had, files: &[] };
    played.append(before).await.map_err(unswapped)?;
    let missing = Append { from: Some(&ours_at), to: &to, leaves: &leaves, files: &[] };
    played.append(missing).await.map_err(unswapped)?;
    let ledger = Ledger::open(manifest_bytes, Arc::clone(&keys.board), Arc::new(played)).await?;
    let result = ledger.state().result_file().filter(|_| has_result.is_none());
    let result = result.map(|file| file.to_json().map(|bytes| (RESULT.to_owned(), bytes))).transpose();
    let result = result.map_err(|error| veche_keeper::StoreError::Unavailable(Box::new(error)))?;
    let files: Vec<_> = result.into_iter().collect();
    db.append(Append { files: &files, ..missing }).await.map_err(unswapped)?;
    let witnessed = manifest.witnesses().is_some_and(|witnesses| witnesses.check(&note).is_ok());
    if witnessed {
        db.store_witnessed(to.size, &cosignatures).await?;
    }
    Ok(Rebuilt { before: ours, now: to.size })
}

fn bundle(file: LogFile) -> Option<Bundle> {
    if let LogFile::Bundle(bundle) = file { Some(bundle) } else { None }
}

/// How many voters have a key among these entries whom the database does not know.
async fn unknown(leaves: &[Leaf], db: &Database) -> Result<usize, CopyError> {
    let known: BTreeSet<Pseudonym> = db.voters().await?.into_iter().map(|(_, pseudonym)| pseudonym).collect();
    let holders = leaves.iter().filter_map(|leaf| match Entry::parse(leaf.bytes()) {
        Ok(Entry::Credential(credential)) => Some(credential.terms.pseudonym),
        _ => None,
    });
    Ok(holders.filter(|holder| !known.contains(holder)).collect::<BTreeSet<_>>().len())
}

/// A note as the log signed it, and the lines of others below.
fn split(note: &[u8]) -> (String, String) {
    let note = String::from_utf8_lossy(note);
    let Some((text, lines)) = note.rsplit_once("\n\n") else { return (note.into_owned(), String::new()) };
    let (own, others) = lines.split_once('\n').unwrap_or((lines, ""));
    (format!("{text}\n\n{own}\n"), others.to_owned())
}
