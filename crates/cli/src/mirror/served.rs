//! What an address serves: its checkpoint, the log that signs it, and files one by one.

use std::time::Duration;

use veche_board::{Bundle, Checkpoint, LogFile, Origin, SignedCheckpoint, Tile, decode_bundle, entries_path};
use veche_record::Entry;
use veche_record::entry::Genesis;

use super::NoCopy;
use crate::folder::{CHECKPOINT, RESULT};
use crate::remote::{Remote, RemoteError, stated_size};

/// Pauses before a request that failed is sent again.
const PAUSES: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(3)];

/// A record behind an address, whose checkpoint is signed by the log that its first entry names. Of its other files
/// nothing is known yet.
#[derive(Debug)]
pub struct Served {
    remote: Remote,
    genesis: Genesis,
    note: String,
    checkpoint: Checkpoint,
    result: Option<Vec<u8>>,
}

impl Served {
    /// Asks an address for its newest checkpoint, and for the totals where they are published.
    ///
    /// # Errors
    /// [`NoCopy`]: nobody answers, there is no record, or its checkpoint is not signed by its log.
    pub fn find(remote: Remote) -> Result<Self, NoCopy> {
        let mut note = newest(&remote)?;
        let result = remote.get(RESULT)?;
        if result.is_some() {
            // The log may have grown by the entry that the totals belong to.
            note = newest(&remote)?;
        }
        let url = format!("{}/{CHECKPOINT}", remote.address());
        let size = stated_size(note.as_bytes()).ok_or(RemoteError::Size { url })?;
        let genesis = genesis(&remote, size)?;
        let checkpoint = SignedCheckpoint::open(&note, &genesis.log_key, &genesis.origin)
            .map_err(|error| NoCopy::NotSigned(format!("{CHECKPOINT}: {error}")))?;
        Ok(Self { remote, genesis, note, checkpoint, result })
    }

    /// The address, without its last slash.
    pub fn address(&self) -> &str {
        self.remote.address()
    }

    /// The first entry as it is served. Whether it is the one under the checkpoint is seen when its bundle is copied.
    pub fn genesis(&self) -> &Genesis {
        &self.genesis
    }

    /// The log's name.
    pub fn origin(&self) -> &Origin {
        &self.genesis.origin
    }

    /// The log's key as C2SP software takes it.
    pub fn log_key(&self) -> String {
        self.genesis.log_key.to_vkey(&self.genesis.origin)
    }

    /// The checkpoint that is copied.
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// Its signed note.
    pub fn note(&self) -> &str {
        &self.note
    }

    /// The totals, where they are published.
    pub fn result(&self) -> Option<&[u8]> {
        self.result.as_deref()
    }

    /// A file of the log; asked for again when the network stumbles. A server may drop partial tiles and bundles once
    /// the full ones exist (tlog-tiles, "Partial Tiles"), and then the full one is cut.
    pub(super) fn log_file(&self, file: LogFile) -> Result<Option<Vec<u8>>, RemoteError> {
        if let Some(bytes) = self.file(&file.to_string())? {
            return Ok(Some(bytes));
        }
        Ok(match file {
            LogFile::Tile(tile) if tile.width() < Tile::FULL_WIDTH => {
                let full = Tile::new(tile.level(), tile.index(), Tile::FULL_WIDTH).ok();
                let bytes = full.map_or(Ok(None), |full| self.file(&full.to_string()))?;
                bytes.and_then(|bytes| bytes.get(..32 * usize::from(tile.width())).map(<[u8]>::to_vec))
            }
            LogFile::Bundle(bundle) if bundle.width() < Tile::FULL_WIDTH => {
                let full = entries_path(bundle.index(), Tile::FULL_WIDTH).ok();
                let bytes = full.map_or(Ok(None), |full| self.file(&full))?;
                bytes.and_then(|bytes| first_entries(&bytes, bundle))
            }
            _ => None,
        })
    }

    /// Any file; asked for again when the network stumbles.
    pub(super) fn file(&self, path: &str) -> Result<Option<Vec<u8>>, RemoteError> {
        for pause in PAUSES {
            match self.remote.get(path) {
                Err(RemoteError::Transport { .. } | RemoteError::Refused { status: 429 | 500.., .. }) => {
                    std::thread::sleep(pause);
                }
                answer => return answer,
            }
        }
        self.remote.get(path)
    }
}

fn newest(remote: &Remote) -> Result<String, NoCopy> {
    let none = || RemoteError::NoRecord { url: remote.address().to_owned() };
    let note = remote.get(CHECKPOINT)?.ok_or_else(none)?;
    String::from_utf8(note).map_err(|_| NoCopy::NotSigned(format!("{CHECKPOINT}: not text")))
}

fn genesis(remote: &Remote, size: u64) -> Result<Genesis, NoCopy> {
    let width = u16::try_from(size.min(Tile::FULL_WIDTH.into())).unwrap_or(Tile::FULL_WIDTH);
    let wrong = |path: &str, why: String| NoCopy::NotSigned(format!("{path}: {why}"));
    let path = entries_path(0, width).map_err(|_| wrong(CHECKPOINT, "the board is empty".to_owned()))?;
    let mut bundle = remote.get(&path)?;
    if bundle.is_none() && width < Tile::FULL_WIDTH {
        let full = entries_path(0, Tile::FULL_WIDTH).unwrap_or_default();
        bundle = Bundle::new(0, width)
            .ok()
            .zip(remote.get(&full)?)
            .and_then(|(cut, full)| first_entries(&full, cut));
    }
    let bundle = bundle.ok_or_else(|| wrong(&path, "it is missing".to_owned()))?;
    let entries = decode_bundle(&bundle, width.into()).map_err(|error| wrong(&path, error.to_string()))?;
    match Entry::parse(entries.first().copied().unwrap_or_default()) {
        Ok(Entry::Genesis(genesis)) => Ok(genesis),
        Ok(_) => Err(wrong(&path, "the board does not begin with a genesis entry".to_owned())),
        Err(error) => Err(wrong(&path, error.to_string())),
    }
}

/// The bundle of the first entries of a full one.
fn first_entries(full: &[u8], bundle: Bundle) -> Option<Vec<u8>> {
    let entries = decode_bundle(full, Tile::FULL_WIDTH.into()).ok()?;
    veche_board::encode_bundle(entries.get(..bundle.width().into())?).ok()
}
