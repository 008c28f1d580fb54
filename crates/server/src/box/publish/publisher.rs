//! One pass after the other, from one board to one destination.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime};

use futures_util::{StreamExt, TryStreamExt};
use veche_board::{Checkpoint, LogFile, LogPublicKey, Origin, SignedCheckpoint, layout};
use veche_keeper::files::{log_file, result_file};
use veche_keeper::{BoardStore, LogView, ReceiptError};
use veche_verify::source::{MANIFEST, RESULT};

use crate::ballot_box::publish::destination::Destination;
use crate::ballot_box::publish::error::PublishError;

/// For how long partial tiles stay after a checkpoint that does not need them, unless something else is said.
pub(crate) const KEEP_PARTIAL: Duration = Duration::from_secs(3_600);

/// Files written at once.
const AT_ONCE: usize = 8;

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
    destination: &'a Destination,
    keep: Duration,
    /// What is at the place, unless somebody else may have changed that.
    there: Option<PublishedFiles>,
}

#[derive(Default)]
struct PublishedFiles {
    files: BTreeSet<LogFile>,
    manifest: bool,
    result: Option<Vec<u8>>,
    checkpoint: Option<Vec<u8>>,
    /// Partial tiles that the checkpoint does not need, and since when.
    superseded: BTreeMap<LogFile, SystemTime>,
}

impl<'a> Publisher<'a> {
    pub(crate) const fn new(source: Source<'a>, destination: &'a Destination, keep: Duration) -> Self {
        Publisher { source, destination, keep, there: None }
    }

    /// Brings the place up to date with a log. Returns the size that is published.
    pub(crate) async fn pass(&mut self, log: &LogView) -> Result<u64, PublishError> {
        // Whatever goes wrong: the next pass looks again.
        let there = self.there.take();
        let note = log.note().ok_or(ReceiptError::NotWitnessed)?.to_owned();
        let newest = self.open(note.as_bytes())?;
        let found = self.destination.read(&LogFile::Checkpoint.to_string()).await?;
        if let Some(found) = &found {
            self.must_continue(log, &newest, &self.open(&found.bytes)?)?;
        }
        let mut there =
            match there.filter(|there| there.checkpoint == found.as_ref().map(|it| it.bytes.clone())) {
                Some(there) => there,
                None => self.look(found.as_ref().map(|found| found.since)).await?,
            };

        if !there.manifest {
            self.destination.write(MANIFEST, self.source.manifest.to_vec()).await?;
            there.manifest = true;
        }
        let needed = || layout(newest.size).filter(|file| *file != LogFile::Checkpoint);
        let missing: Vec<LogFile> = needed().filter(|file| !there.files.contains(file)).collect();
        let writing = futures_util::stream::iter(missing.clone());
        let writing = writing.map(|file| self.write(log, file)).buffer_unordered(AT_ONCE);
        writing.try_collect::<()>().await?;
        there.files.extend(missing);
        if there.checkpoint.as_deref() != Some(note.as_bytes()) {
            if !self.destination.replace(&LogFile::Checkpoint.to_string(), note.as_bytes(), found).await? {
                return Err(PublishError::Overtaken(self.destination.name().to_owned()));
            }
            there.checkpoint = Some(note.into_bytes());
        }
        if let Some(result) = result_file(log, self.source.store).await?
            && there.result.as_ref() != Some(&result)
        {
            self.destination.write(RESULT, result.clone()).await?;
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
        PublishError::Foreign { destination: self.destination.name().to_owned(), file }
    }

    /// The board must begin with what is published.
    fn must_continue(
        &self,
        log: &LogView,
        newest: &Checkpoint,
        published: &Checkpoint,
    ) -> Result<(), PublishError> {
        let (destination, size) = (self.destination.name().to_owned(), published.size);
        if size > newest.size {
            return Err(PublishError::Newer { destination, published: size, size: newest.size });
        }
        let damaged = |error: veche_board::TreeError| veche_keeper::StoreError::Damaged(error.to_string());
        let root = log.tree().root_at(size).map_err(damaged)?;
        if root != published.root {
            return Err(PublishError::Contradiction { destination, published: size });
        }
        Ok(())
    }

    /// Looks at everything that is there. `since` is how long the checkpoint has been there.
    async fn look(&self, since: Option<SystemTime>) -> Result<PublishedFiles, PublishError> {
        let mut there = PublishedFiles::default();
        let names = self.destination.list().await?;
        for name in &names {
            match name.as_str() {
                MANIFEST => {
                    let found = self.destination.read(MANIFEST).await?;
                    if found.is_some_and(|found| found.bytes != self.source.manifest) {
                        return Err(self.foreign(MANIFEST.to_owned()));
                    }
                    there.manifest = true;
                }
                RESULT => there.result = self.destination.read(RESULT).await?.map(|found| found.bytes),
                _ => match name.parse() {
                    Ok(LogFile::Checkpoint) => {
                        there.checkpoint = self.destination.read(name).await?.map(|found| found.bytes);
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
        self.destination.write(&file.to_string(), bytes).await
    }

    /// Removes the partial tiles that have not been needed for long.
    async fn tidy(&self, there: &mut PublishedFiles, needed: BTreeSet<LogFile>) -> Result<(), PublishError> {
        let now = SystemTime::now();
        for file in there.files.iter().filter(|file| is_partial(file) && !needed.contains(file)) {
            there.superseded.entry(*file).or_insert(now);
        }
        let old = |since: &SystemTime| now.duration_since(*since).is_ok_and(|age| age >= self.keep);
        let stale: Vec<_> =
            there.superseded.iter().filter(|(_, since)| old(since)).map(|(file, _)| *file).collect();
        for file in stale {
            self.destination.remove(&file.to_string()).await?;
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
