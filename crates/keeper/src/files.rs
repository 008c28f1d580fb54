//! The record's files, exactly as C2SP tlog-tiles lays them out, derived from the log and the stored entries.

use veche_board::{Bundle, LogFile, encode_bundle};
use veche_verify::source::RESULT;

use crate::log::LogView;
use crate::store::{BoardStore, StoreError};

/// One file of a log, or nothing while the log has too few entries for it.
///
/// # Errors
/// [`StoreError`].
pub async fn log_file(
    log: &LogView,
    store: &dyn BoardStore,
    file: LogFile,
) -> Result<Option<Vec<u8>>, StoreError> {
    match file {
        LogFile::Checkpoint => Ok(log.note().map(|note| note.as_bytes().to_vec())),
        LogFile::Tile(tile) if tile.end() <= log.size() => {
            let bytes = log.tree().tile(tile.level(), tile.index(), tile.width());
            bytes.map(Some).map_err(|error| StoreError::Damaged(error.to_string()))
        }
        LogFile::Bundle(wanted) if wanted.start() + u64::from(wanted.width()) <= log.size() => {
            bundle(store, wanted).await.map(Some)
        }
        LogFile::Tile(_) | LogFile::Bundle(_) => Ok(None),
    }
}

async fn bundle(store: &dyn BoardStore, bundle: Bundle) -> Result<Vec<u8>, StoreError> {
    let leaves = store.leaves(bundle.start(), bundle.width().into()).await?;
    if leaves.len() != usize::from(bundle.width()) {
        return Err(StoreError::Damaged(format!("entries of bundle {} are missing", bundle.index())));
    }
    encode_bundle(&leaves).map_err(|error| StoreError::Damaged(error.to_string()))
}

/// The published totals, if there are any and their entry, the board's last, is among those that this log shows.
///
/// # Errors
/// [`StoreError`].
pub async fn result_file(log: &LogView, store: &dyn BoardStore) -> Result<Option<Vec<u8>>, StoreError> {
    let Some(result) = store.file(RESULT).await? else { return Ok(None) };
    let head = store.head().await?;
    Ok(head.is_some_and(|head| head.size == log.size()).then_some(result))
}
