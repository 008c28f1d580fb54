//! Copying: what is there and right is kept, what is missing is fetched, the checkpoint comes last.

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use veche_board::{
    Bundle, Checkpoint, Hash, LogFile, SignedCheckpoint, Tile, decode_bundle, layout, leaf_hash,
};
use veche_crypto::hash::digest;
use veche_record::{Entry, Manifest, tag};

use super::contradiction::{Contradiction, How, Seen};
use super::store::Store;
use super::tree::{Tiles, Unvouched, Vouched, hashes, is_full};
use super::{NoCopy, Served};
use crate::folder::{CHECKPOINT, MANIFEST, RESULT};
use crate::progress::Progress;

/// So many files are asked for at a time: enough to fill a line, and no burden for a small server.
const AT_ONCE: usize = 8;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Copied {
    /// How many entries the copy has.
    pub size: u64,
    /// How many files were fetched.
    pub fetched: u64,
    /// How many were there already, and right.
    pub kept: u64,
}

/// Makes a folder the copy of what is served.
pub(super) fn copy(served: &Served, folder: &Path) -> Result<Copied, NoCopy> {
    copy_into(served, folder).map_err(|error| match error {
        NoCopy::Contradiction(mut found) => {
            found.save(folder);
            NoCopy::Contradiction(found)
        }
        other => other,
    })
}

fn copy_into(served: &Served, folder: &Path) -> Result<Copied, NoCopy> {
    let store = Store::open(folder)?;
    let (fetched, kept) = (AtomicU64::new(0), AtomicU64::new(0));
    let source = Source { served, store: &store, fetched: &fetched, kept: &kept };
    let before = before(&store, served)?;

    let vouched = Vouched::read(served.checkpoint(), &mut &source).map_err(|error| match error {
        Unvouched::Source(error) => error,
        Unvouched::Root => {
            NoCopy::NotSigned("its tiles do not have the root that its checkpoint signs".to_owned())
        }
    })?;
    if let Some(before) = before {
        compare(&before, &source, &vouched)?;
    }
    store.release()?;
    let manifest = manifest(&source)?;
    witnessed(&manifest, served)?;
    copy_entries(&source, &vouched)?;
    if let Some(result) = served.result() {
        match store.file(RESULT).as_deref() == Some(result) {
            true => kept.fetch_add(1, Ordering::Relaxed),
            false => {
                store.put(RESULT, result)?;
                fetched.fetch_add(1, Ordering::Relaxed)
            }
        };
    }
    let (size, note) = (served.checkpoint().size, served.note());
    if store.file(CHECKPOINT).as_deref() != Some(note.as_bytes()) {
        store.put(CHECKPOINT, note.as_bytes())?;
    }
    fetched.fetch_add(1, Ordering::Relaxed);
    store.tidy(size, served.result().is_some())?;
    Ok(Copied { size, fetched: fetched.into_inner(), kept: kept.into_inner() })
}

/// Files of the copy, or else of the server.
struct Source<'a> {
    served: &'a Served,
    store: &'a Store,
    fetched: &'a AtomicU64,
    kept: &'a AtomicU64,
}

impl Source<'_> {
    /// The file, from the folder where it is right there, or else fetched and written. `read` says what is in it, and
    /// nothing where it is not the right one.
    fn file<T>(&self, file: LogFile, again: bool, read: impl Fn(&[u8]) -> Option<T>) -> Result<T, NoCopy> {
        let path = file.to_string();
        if !again && let Some(right) = self.store.file(&path).as_deref().and_then(&read) {
            self.kept.fetch_add(1, Ordering::Relaxed);
            return Ok(right);
        }
        let Some(bytes) = self.served.log_file(file)? else {
            return Err(NoCopy::NotSigned(format!("{path} is missing")));
        };
        let Some(right) = read(&bytes) else {
            return Err(NoCopy::NotSigned(format!("{path} is not the one under the checkpoint")));
        };
        self.store.put(&path, &bytes)?;
        self.fetched.fetch_add(1, Ordering::Relaxed);
        Ok(right)
    }

    fn full_tile(&self, tile: Tile, root: Hash) -> Result<Vec<Hash>, NoCopy> {
        self.file(LogFile::Tile(tile), false, |bytes| hashes(bytes).filter(|hashes| is_full(hashes, root)))
    }

    fn bundle(&self, index: u64, leaves: &[Hash]) -> Result<(), NoCopy> {
        let width = u16::try_from(leaves.len()).unwrap_or(u16::MAX);
        let bundle = Bundle::new(index, width)
            .map_err(|error| NoCopy::NotSigned(format!("bundle {index} of entries: {error}")))?;
        self.file(LogFile::Bundle(bundle), false, |bytes| {
            let entries = decode_bundle(bytes, leaves.len()).ok()?;
            entries.iter().zip(leaves).all(|(entry, leaf)| leaf_hash(entry) == *leaf).then_some(())
        })
    }
}

impl Tiles for &Source<'_> {
    type Error = NoCopy;

    fn edge(&mut self, tile: Tile, again: bool) -> Result<Vec<Hash>, NoCopy> {
        self.file(LogFile::Tile(tile), again, |bytes| {
            hashes(bytes).filter(|hashes| hashes.len() == usize::from(tile.width()))
        })
    }

    fn full(&mut self, tile: Tile, root: Hash) -> Result<Vec<Hash>, NoCopy> {
        self.full_tile(tile, root)
    }
}

/// The checkpoint that was copied before, and its note. A damaged one is no witness.
fn before(store: &Store, served: &Served) -> Result<Option<(Checkpoint, String)>, NoCopy> {
    let Some(note) = store.file(CHECKPOINT).and_then(|note| String::from_utf8(note).ok()) else {
        return Ok(None);
    };
    let genesis = served.genesis();
    if let Ok(checkpoint) = SignedCheckpoint::open(&note, &genesis.log_key, &genesis.origin) {
        return Ok(Some((checkpoint, note)));
    }
    let copied = layout_bundles(&note).find_map(|bundle| {
        let bytes = store.file(&LogFile::Bundle(bundle).to_string())?;
        let entries = decode_bundle(&bytes, bundle.width().into()).ok()?;
        match Entry::parse(entries.first()?) {
            Ok(Entry::Genesis(genesis)) => {
                SignedCheckpoint::open(&note, &genesis.log_key, &genesis.origin).ok()
            }
            _ => None,
        }
    });
    let Some(checkpoint) = copied else { return Ok(None) };
    Err(contradiction(How::AnotherLog, served, &checkpoint, note))
}

/// The first bundle of the log of an unverified note.
fn layout_bundles(note: &str) -> impl Iterator<Item = Bundle> {
    let size = crate::remote::stated_size(note.as_bytes()).unwrap_or(0);
    let width = u16::try_from(size.min(Tile::FULL_WIDTH.into())).unwrap_or(Tile::FULL_WIDTH);
    Bundle::new(0, width).into_iter()
}

fn contradiction(how: How, served: &Served, kept: &Checkpoint, note: String) -> NoCopy {
    NoCopy::Contradiction(Box::new(Contradiction {
        address: served.address().to_owned(),
        how,
        kept: Seen::new(kept, note),
        served: Seen::new(served.checkpoint(), served.note()),
        saved: None,
    }))
}

/// Whether what is served goes on from what was copied.
fn compare((kept, note): &(Checkpoint, String), source: &Source<'_>, now: &Vouched) -> Result<(), NoCopy> {
    let served = source.served;
    let found = |how| Err(contradiction(how, served, kept, note.clone()));
    if kept.size <= served.checkpoint().size {
        let root = now.root_at(kept.size, |tile, root| source.full_tile(tile, root))?;
        return if root == Some(kept.root) { Ok(()) } else { found(How::Forked) };
    }
    let mut copy = Copy(source.store);
    let Ok(then) = Vouched::read(kept, &mut copy) else { return found(How::ShrunkUnread) };
    match then.root_at(served.checkpoint().size, |tile, root| copy.full(tile, root)) {
        Ok(Some(root)) if root == served.checkpoint().root => found(How::Shrunk),
        Ok(_) => found(How::Forked),
        Err(Damaged) => found(How::ShrunkUnread),
    }
}

/// The tiles of the earlier copy alone.
struct Copy<'a>(&'a Store);

/// A tile of the earlier copy is missing or wrong.
struct Damaged;

impl Tiles for Copy<'_> {
    type Error = Damaged;

    fn edge(&mut self, tile: Tile, _: bool) -> Result<Vec<Hash>, Damaged> {
        self.0.file(&tile.to_string()).and_then(|bytes| hashes(&bytes)).ok_or(Damaged)
    }

    fn full(&mut self, tile: Tile, root: Hash) -> Result<Vec<Hash>, Damaged> {
        self.edge(tile, false).ok().filter(|hashes| is_full(hashes, root)).ok_or(Damaged)
    }
}

/// The manifest that the first entry names.
fn manifest(source: &Source<'_>) -> Result<Vec<u8>, NoCopy> {
    let right = |bytes: &[u8]| digest(tag::MANIFEST, &[bytes]) == source.served.genesis().manifest;
    if let Some(bytes) = source.store.file(MANIFEST).filter(|bytes| right(bytes)) {
        source.kept.fetch_add(1, Ordering::Relaxed);
        return Ok(bytes);
    }
    match source.served.file(MANIFEST)? {
        Some(bytes) if right(&bytes) => {
            source.store.put(MANIFEST, &bytes)?;
            source.fetched.fetch_add(1, Ordering::Relaxed);
            Ok(bytes)
        }
        Some(_) => Err(NoCopy::NotSigned(format!("{MANIFEST} is not the one that the first entry names"))),
        None => Err(NoCopy::NotSigned(format!("{MANIFEST} is missing"))),
    }
}

/// Demands the cosignatures that the manifest demands. A manifest that cannot be read demands nothing: the verifier
/// says what is wrong with it.
fn witnessed(manifest: &[u8], served: &Served) -> Result<(), NoCopy> {
    let Ok(manifest) = Manifest::parse(manifest) else { return Ok(()) };
    let opened = manifest.open_checkpoint(served.note(), served.genesis());
    opened.map(drop).map_err(|error| NoCopy::NotSigned(format!("{CHECKPOINT}: {error}")))
}

/// The lowest tiles and the bundles under them, some at a time.
fn copy_entries(source: &Source<'_>, vouched: &Vouched) -> Result<(), NoCopy> {
    let full = vouched.full_leaf_tiles();
    let total =
        layout(source.served.checkpoint().size).filter(|file| matches!(file, LogFile::Bundle(_))).count();
    let progress = Progress::start("Mirroring", total as u64);
    let (next, stopped, failure) = (AtomicU64::new(0), AtomicBool::new(false), Mutex::new(None));
    let work = || {
        while !stopped.load(Ordering::Relaxed) {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if index >= full {
                return;
            }
            match copy_row(source, vouched, index) {
                Ok(()) => progress.one(),
                Err(error) => {
                    stopped.store(true, Ordering::Relaxed);
                    if let Ok(mut failure) = failure.lock() {
                        failure.get_or_insert(error);
                    }
                }
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE.min(usize::try_from(full).unwrap_or(AT_ONCE)) {
            scope.spawn(work);
        }
    });
    if let Ok(Some(error)) = failure.into_inner() {
        return Err(error);
    }
    if let Some((index, leaves)) = vouched.last_leaves() {
        source.bundle(index, leaves)?;
        progress.one();
    }
    progress.done("bundles", total as u64);
    Ok(())
}

/// A full tile of leaf hashes and the bundle of their entries.
fn copy_row(source: &Source<'_>, vouched: &Vouched, index: u64) -> Result<(), NoCopy> {
    let wrong =
        || NoCopy::NotSigned(format!("tile {index} of leaf hashes has no place under the checkpoint"));
    let root = vouched.root_of(0, index).ok_or_else(wrong)?;
    let tile = Tile::new(0, index, Tile::FULL_WIDTH).map_err(|_| wrong())?;
    let leaves = source.full_tile(tile, root)?;
    source.bundle(index, &leaves)
}
