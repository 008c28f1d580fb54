//! The record as static files somewhere else: a folder that any web server serves, or a bucket behind a CDN.
//!
//! A pass brings a place up to date: the manifest, the tiles and bundles that are missing, then the
//! checkpoint, then the totals once there are any. So whoever reads the checkpoint finds everything it
//! covers. A pass begins by looking at the checkpoint that is there: it must be one of this very board, and
//! is never replaced by an older one. Where the store can compare before it writes, two publishers cannot
//! overtake each other in between either.
//!
//! Partial tiles that a new checkpoint no longer needs stay for a while, for readers who still have the
//! checkpoint before. Then they are removed: in the end the place holds the files of the record and no other.

mod place;
mod task;
mod transport;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::{Duration, SystemTime};

use futures_util::{StreamExt, TryStreamExt};
use veche_board::{Checkpoint, LogFile, LogPublicKey, Origin, SignedCheckpoint, layout};
use veche_keeper::files::{log_file, result_file};
use veche_keeper::{BoardStore, LogView, OpenError, ReceiptError};
use veche_record::Manifest;
use veche_verify::source::{MANIFEST, RESULT};

pub(crate) use place::Place;
pub(crate) use task::keep_published;

use crate::folder::Files;
use crate::store::error::StoreError;
use crate::store::sqlite::Sqlite;

/// For how long partial tiles stay after a checkpoint that does not need them, unless something else is said.
pub(crate) const KEEP_PARTIAL: Duration = Duration::from_secs(3_600);

/// Files written at once.
const AT_ONCE: usize = 8;

/// Why a record was not published, in a sentence that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The place cannot be one.
    #[error("nothing can be published to {place:?}: {cause}")]
    Place {
        /// As it was named.
        place: String,
        /// What is wrong with it.
        cause: String,
    },
    /// The store, the network or the disk.
    #[error("{place} {file}: {source}")]
    Store {
        /// As it was named.
        place: String,
        /// The file.
        file: String,
        /// What went wrong.
        source: Box<object_store::Error>,
    },
    /// Something else is there.
    #[error(
        "{place} holds {file}, which is not of this record: name an empty folder or prefix, for files that do not belong to a record make it fail its checks"
    )]
    Foreign {
        /// As it was named.
        place: String,
        /// A file that does not belong there.
        file: String,
    },
    /// The board there is larger.
    #[error(
        "{place} has a checkpoint of {published} entries, this board has {size}: if it was restored from a backup, it has lost what was acknowledged since"
    )]
    Newer {
        /// As it was named.
        place: String,
        /// The size of the board there.
        published: u64,
        /// The size of this board.
        size: u64,
    },
    /// The board there is another one.
    #[error(
        "{place} has a checkpoint of {published} entries with which this board does not begin: never run two boxes on copies of one folder"
    )]
    Contradiction {
        /// As it was named.
        place: String,
        /// The size of the board there.
        published: u64,
    },
    /// Another publisher was faster.
    #[error("another publisher writes to {0} at the same time")]
    Overtaken(String),
    /// The manifest beside the database.
    #[error("{0}")]
    Manifest(std::io::Error),
    /// The database.
    #[error(transparent)]
    Database(#[from] StoreError),
    /// The stored board.
    #[error(transparent)]
    Board(#[from] OpenError),
    /// Nothing may be shown yet.
    #[error(transparent)]
    Unwitnessed(#[from] ReceiptError),
}

impl From<veche_keeper::StoreError> for PublishError {
    fn from(error: veche_keeper::StoreError) -> Self {
        PublishError::Board(error.into())
    }
}

/// The record that is to be published.
pub(crate) struct Source<'a> {
    pub(crate) manifest: &'a [u8],
    pub(crate) store: &'a dyn BoardStore,
    pub(crate) key: LogPublicKey,
    pub(crate) origin: Origin,
}

/// Publishes one record to one place, pass after pass.
pub(crate) struct Publisher<'a> {
    source: Source<'a>,
    place: &'a Place,
    keep: Duration,
    /// What is at the place, unless somebody else may have changed that.
    there: Option<There>,
}

#[derive(Default)]
struct There {
    files: BTreeSet<LogFile>,
    manifest: bool,
    result: Option<Vec<u8>>,
    checkpoint: Option<Vec<u8>>,
    /// Partial tiles that the checkpoint does not need, and since when.
    superseded: BTreeMap<LogFile, SystemTime>,
}

impl<'a> Publisher<'a> {
    pub(crate) const fn new(source: Source<'a>, place: &'a Place, keep: Duration) -> Self {
        Publisher { source, place, keep, there: None }
    }

    /// Brings the place up to date with a log. Returns the size that is published.
    pub(crate) async fn pass(&mut self, log: &LogView) -> Result<u64, PublishError> {
        // Whatever goes wrong: the next pass looks again.
        let there = self.there.take();
        let note = log.note().ok_or(ReceiptError::NotWitnessed)?.to_owned();
        let newest = self.open(note.as_bytes())?;
        let found = self.place.read(&LogFile::Checkpoint.to_string()).await?;
        if let Some(found) = &found {
            self.must_continue(log, &newest, &self.open(&found.bytes)?)?;
        }
        let mut there =
            match there.filter(|there| there.checkpoint == found.as_ref().map(|it| it.bytes.clone())) {
                Some(there) => there,
                None => self.look(found.as_ref().map(|found| found.since)).await?,
            };

        if !there.manifest {
            self.place.write(MANIFEST, self.source.manifest.to_vec()).await?;
            there.manifest = true;
        }
        let needed = || layout(newest.size).filter(|file| *file != LogFile::Checkpoint);
        let missing: Vec<LogFile> = needed().filter(|file| !there.files.contains(file)).collect();
        let writing = futures_util::stream::iter(missing.clone());
        let writing = writing.map(|file| self.write(log, file)).buffer_unordered(AT_ONCE);
        writing.try_collect::<()>().await?;
        there.files.extend(missing);
        if there.checkpoint.as_deref() != Some(note.as_bytes()) {
            if !self.place.replace(&LogFile::Checkpoint.to_string(), note.as_bytes(), found).await? {
                return Err(PublishError::Overtaken(self.place.name().to_owned()));
            }
            there.checkpoint = Some(note.into_bytes());
        }
        if let Some(result) = result_file(log, self.source.store).await?
            && there.result.as_ref() != Some(&result)
        {
            self.place.write(RESULT, result.clone()).await?;
            there.result = Some(result);
        }
        self.tidy(&mut there, needed().filter(is_partial).collect()).await?;
        self.there = Some(there);
        Ok(newest.size)
    }

    fn open(&self, note: &[u8]) -> Result<Checkpoint, PublishError> {
        let foreign = |_| self.foreign(LogFile::Checkpoint.to_string());
        SignedCheckpoint::open(note, &self.source.key, &self.source.origin).map_err(foreign)
    }

    fn foreign(&self, file: String) -> PublishError {
        PublishError::Foreign { place: self.place.name().to_owned(), file }
    }

    /// The board must begin with what is published.
    fn must_continue(
        &self,
        log: &LogView,
        newest: &Checkpoint,
        published: &Checkpoint,
    ) -> Result<(), PublishError> {
        let (place, size) = (self.place.name().to_owned(), published.size);
        if size > newest.size {
            return Err(PublishError::Newer { place, published: size, size: newest.size });
        }
        let damaged = |error: veche_board::TreeError| veche_keeper::StoreError::Damaged(error.to_string());
        let root = log.tree().root_at(size).map_err(damaged)?;
        if root != published.root {
            return Err(PublishError::Contradiction { place, published: size });
        }
        Ok(())
    }

    /// Looks at everything that is there. `since` is how long the checkpoint has been there.
    async fn look(&self, since: Option<SystemTime>) -> Result<There, PublishError> {
        let mut there = There::default();
        let names = self.place.list().await?;
        for name in &names {
            match name.as_str() {
                MANIFEST => {
                    let found = self.place.read(MANIFEST).await?;
                    if found.is_some_and(|found| found.bytes != self.source.manifest) {
                        return Err(self.foreign(MANIFEST.to_owned()));
                    }
                    there.manifest = true;
                }
                RESULT => there.result = self.place.read(RESULT).await?.map(|found| found.bytes),
                _ => match name.parse() {
                    Ok(LogFile::Checkpoint) => {
                        there.checkpoint = self.place.read(name).await?.map(|found| found.bytes);
                    }
                    Ok(file) => drop(there.files.insert(file)),
                    Err(_) => return Err(self.foreign(name.clone())),
                },
            }
        }
        // The manifest is written first: tiles without it are of something else.
        if let Some(file) = names.first()
            && !there.manifest
        {
            return Err(self.foreign(file.clone()));
        }
        if let (Some(since), Some(note)) = (since, &there.checkpoint) {
            let needed: BTreeSet<_> = layout(self.open(note)?.size).filter(is_partial).collect();
            let superseded = there.files.iter().filter(|file| is_partial(file) && !needed.contains(file));
            there.superseded = superseded.map(|file| (*file, since)).collect();
        }
        Ok(there)
    }

    async fn write(&self, log: &LogView, file: LogFile) -> Result<(), PublishError> {
        let missing = || veche_keeper::StoreError::Damaged(format!("{file} is missing"));
        let bytes = log_file(log, self.source.store, file).await?.ok_or_else(missing)?;
        self.place.write(&file.to_string(), bytes).await
    }

    /// Removes the partial tiles that have not been needed for long.
    async fn tidy(&self, there: &mut There, needed: BTreeSet<LogFile>) -> Result<(), PublishError> {
        let now = SystemTime::now();
        for file in there.files.iter().filter(|file| is_partial(file) && !needed.contains(file)) {
            there.superseded.entry(*file).or_insert(now);
        }
        let old = |since: &SystemTime| now.duration_since(*since).is_ok_and(|age| age >= self.keep);
        let stale: Vec<_> =
            there.superseded.iter().filter(|(_, since)| old(since)).map(|(file, _)| *file).collect();
        for file in stale {
            self.place.remove(&file.to_string()).await?;
            there.superseded.remove(&file);
            there.files.remove(&file);
        }
        Ok(())
    }
}

/// Whether it is replaced by a wider one when the board grows.
fn is_partial(file: &LogFile) -> bool {
    match file {
        LogFile::Checkpoint => false,
        LogFile::Tile(tile) => tile.width() < veche_board::Tile::FULL_WIDTH,
        LogFile::Bundle(bundle) => bundle.width() < veche_board::Tile::FULL_WIDTH,
    }
}

/// Publishes the record of a ballot box, running or not, to a folder or to `s3://bucket/prefix`: what is
/// missing there is written. Holds no secret. Returns the size of the board.
///
/// # Errors
/// [`PublishError`].
pub async fn publish(data: &Path, to: &str) -> Result<u64, PublishError> {
    let manifest = std::fs::read(Files::manifest(data)).map_err(PublishError::Manifest)?;
    let db = Sqlite::open(&Files::database(data), false).await?;
    let genesis = veche_keeper::genesis(&db).await?;
    let parsed = Manifest::parse(&manifest).map_err(OpenError::from)?;
    if parsed.hash() != genesis.manifest {
        return Err(OpenError::OtherManifest.into());
    }
    let log = LogView::read(genesis.origin.clone(), parsed.witnesses().is_some(), &db).await?;
    let place = Place::open(to)?;
    let source = Source { manifest: &manifest, store: &db, key: genesis.log_key, origin: genesis.origin };
    let size = Publisher::new(source, &place, KEEP_PARTIAL).pass(&log).await?;
    db.close().await;
    Ok(size)
}
