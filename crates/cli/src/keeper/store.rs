//! A board in one file, for one process: every append is a frame at its end, on disk before it is acknowledged.
//!
//! The file begins with `MAGIC`. A frame is a header, a body, and SHA-256 over the sum of the frame before it and the
//! body: frames cannot be left out or moved. The header is the body's length (u32, little-endian) and four bytes of
//! SHA-256 over the sum of the frame before it and the length. A body is one append (head, entries, files) or the
//! cosignatures of one checkpoint.
//!
//! Only the last frame can be in the middle of being written when the power fails, and it was acknowledged to nobody:
//! it is cut off when the file is opened, where the file ends within it or it goes on with zeros only. Anything else
//! that is wrong is damage, and nothing is cut: also a last frame of which the disk has kept a later part and not the
//! beginning, for it cannot be told from damage to frames that were acknowledged. As with every
//! write-ahead log, a last frame that the disk itself has lost looks as one that was never finished: what was
//! published knows better, and publishing refuses to go back behind it.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use veche_board::{Hash, leaf_hash};
use veche_keeper::store::{Acknowledgement, Append, BoardStore, Head, StoreError, SwapError};

/// What the file begins with.
const MAGIC: &[u8] = b"veche board 1\n";

/// The kinds of a body.
const APPEND: u8 = 0;
const WITNESSED: u8 = 1;

/// Bytes before a body, and of a frame beside its body.
const HEADER: usize = 8;
const FRAME: u64 = (HEADER + Hash::LEN) as u64;

/// A board in a file. Clones are the same board.
#[derive(Clone)]
pub struct FileStore(Arc<Mutex<Stored>>);

/// Where bytes are in the file.
#[derive(Debug, Clone, Copy)]
struct Span {
    at: u64,
    len: usize,
}

struct Stored {
    file: File,
    /// Where the next frame begins.
    end: u64,
    /// The sum of the last frame.
    sum: Hash,
    /// What the disk holds is not known any more: nothing is written until the file is opened again.
    lost: bool,
    head: Option<Head>,
    leaves: Vec<Span>,
    /// Notes by size.
    checkpoints: BTreeMap<u64, Span>,
    /// Cosignature lines by size.
    witnessed: BTreeMap<u64, Span>,
    files: BTreeMap<String, Span>,
}

fn unavailable(error: io::Error) -> StoreError {
    StoreError::Unavailable(Box::new(error))
}

fn damaged(what: &str) -> StoreError {
    StoreError::Damaged(what.to_owned())
}

impl FileStore {
    /// Makes an empty board in a file that must not exist yet.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn create(path: &Path) -> Result<Self, StoreError> {
        crate::files::write_secret(path, MAGIC)
            .map_err(|error| StoreError::Unavailable(error.to_string().into()))?;
        #[cfg(unix)]
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            File::open(folder).and_then(|folder| folder.sync_all()).map_err(unavailable)?;
        }
        Self::open(path).map(|(store, _)| store)
    }

    /// Opens a board. Returns how many bytes of an append that was never finished were cut off.
    ///
    /// # Errors
    /// [`StoreError`]; [`StoreError::Damaged`] where anything else is wrong with the file.
    pub fn open(path: &Path) -> Result<(Self, u64), StoreError> {
        let file = OpenOptions::new().read(true).write(true).open(path).map_err(unavailable)?;
        let length = file.metadata().map_err(unavailable)?.len();
        let mut stored = Stored {
            file,
            end: MAGIC.len() as u64,
            sum: leaf_hash(MAGIC),
            lost: false,
            head: None,
            leaves: Vec::new(),
            checkpoints: BTreeMap::new(),
            witnessed: BTreeMap::new(),
            files: BTreeMap::new(),
        };
        stored.read_all(length)?;
        let cut = length.saturating_sub(stored.end);
        if cut > 0 {
            stored.file.set_len(stored.end).and_then(|()| stored.file.sync_all()).map_err(unavailable)?;
        }
        Ok((FileStore(Arc::new(Mutex::new(stored))), cut))
    }

    fn stored(&self) -> MutexGuard<'_, Stored> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The sum of a frame.
fn sum(before: &Hash, body: &[u8]) -> Hash {
    leaf_hash(&[before.as_bytes(), body].concat())
}

/// The header of a frame.
fn header(before: &Hash, length: u32) -> [u8; HEADER] {
    let length = length.to_le_bytes();
    let check = sum(before, &length);
    let mut header = [0; HEADER];
    header.iter_mut().zip(length.iter().chain(check.as_bytes())).for_each(|(to, from)| *to = *from);
    header
}

impl Stored {
    /// Reads every frame; [`Self::end`] is then where the last whole one ends.
    fn read_all(&mut self, length: u64) -> Result<(), StoreError> {
        let mut reader = BufReader::with_capacity(1 << 20, self.file.try_clone().map_err(unavailable)?);
        let mut magic = [0; MAGIC.len()];
        if reader.read_exact(&mut magic).is_err() || magic != MAGIC {
            return Err(damaged("the file does not begin as a board does"));
        }
        loop {
            let left = length.saturating_sub(self.end);
            if left < HEADER as u64 {
                return Ok(());
            }
            let mut found = [0; HEADER];
            reader.read_exact(&mut found).map_err(unavailable)?;
            let [a, b, c, d, ..] = found;
            let size = u32::from_le_bytes([a, b, c, d]);
            if header(&self.sum, size) != found {
                // Bytes that were never written read as zeros; no frame ends in so many.
                let unwritten = reader.bytes().all(|byte| matches!(byte, Ok(0)));
                return if unwritten { Ok(()) } else { Err(damaged("a frame's header is wrong")) };
            }
            let whole = FRAME + u64::from(size);
            if left < whole {
                return Ok(());
            }
            let mut body = vec![0; usize::try_from(size).unwrap_or(usize::MAX)];
            let mut found = [0; Hash::LEN];
            reader.read_exact(&mut body).and_then(|()| reader.read_exact(&mut found)).map_err(unavailable)?;
            let sum = sum(&self.sum, &body);
            if sum != Hash::from_bytes(found) {
                return if left == whole { Ok(()) } else { Err(damaged("a frame in the middle is wrong")) };
            }
            let at = self.end + HEADER as u64;
            self.apply(at, &body).ok_or_else(|| damaged("a frame has another form"))?;
            self.end += whole;
            self.sum = sum;
        }
    }

    /// Takes over a body that is on disk.
    fn apply(&mut self, at: u64, body: &[u8]) -> Option<()> {
        let mut reader = Body { bytes: body, at };
        match reader.take(1)?.1 {
            [APPEND] => {
                let (size, root) =
                    (reader.u64()?, <[u8; Hash::LEN]>::try_from(reader.take(Hash::LEN)?.1).ok()?);
                let (note_span, note) = reader.field()?;
                let note = String::from_utf8(note.to_vec()).ok()?;
                for _ in 0..reader.u64()? {
                    self.leaves.push(reader.field()?.0);
                }
                for _ in 0..reader.u64()? {
                    let path = String::from_utf8(reader.field()?.1.to_vec()).ok()?;
                    self.files.insert(path, reader.field()?.0);
                }
                self.checkpoints.insert(size, note_span);
                self.head = Some(Head { size, root: Hash::from_bytes(root), note });
            }
            [WITNESSED] => {
                let size = reader.u64()?;
                self.witnessed.insert(size, reader.field()?.0);
            }
            _ => return None,
        }
        reader.bytes.is_empty().then_some(())
    }

    /// Writes a frame. When this returns `Ok`, it is on disk and taken over.
    fn write(&mut self, body: &[u8]) -> Result<(), StoreError> {
        if self.lost {
            let why =
                "an earlier write failed, and what the disk holds is not known: start the program again";
            return Err(StoreError::Unavailable(why.into()));
        }
        let too_long = || StoreError::Unavailable("more than 4 GB in one append".into());
        let header = header(&self.sum, u32::try_from(body.len()).map_err(|_| too_long())?);
        let sum = sum(&self.sum, body);
        let frame = [&header, body, sum.as_bytes()].concat();
        let written = self.file.seek(SeekFrom::Start(self.end)).and_then(|_| self.file.write_all(&frame));
        if let Err(error) = written {
            // Nothing was synced: without these bytes the file is as it was.
            let back = self.file.set_len(self.end).and_then(|()| self.file.sync_data());
            self.lost = back.is_err();
            return Err(unavailable(error));
        }
        if let Err(error) = self.file.sync_data() {
            // After a failed sync, another that succeeds says nothing of these bytes.
            self.lost = true;
            return Err(unavailable(error));
        }
        let at = self.end + HEADER as u64;
        self.end += frame.len() as u64;
        self.sum = sum;
        self.apply(at, body).ok_or_else(|| damaged("what was written has another form"))
    }

    fn read(&mut self, Span { at, len }: Span) -> Result<Vec<u8>, StoreError> {
        let mut bytes = vec![0; len];
        let read = self.file.seek(SeekFrom::Start(at)).and_then(|_| self.file.read_exact(&mut bytes));
        read.map_err(unavailable)?;
        Ok(bytes)
    }

    fn text(&mut self, span: Span) -> Result<String, StoreError> {
        String::from_utf8(self.read(span)?).map_err(|_| damaged("a note is not text"))
    }

    fn with_lines(&mut self, found: Option<(u64, Span)>) -> Result<Option<Acknowledgement>, StoreError> {
        let Some((size, lines)) = found else { return Ok(None) };
        let note = self.checkpoints.get(&size).copied().ok_or_else(|| damaged("a checkpoint is missing"))?;
        let note = self.text(note)? + &self.text(lines)?;
        Ok(Some(Acknowledgement { size, note }))
    }
}

/// Reads a body, and knows where in the file it is.
struct Body<'a> {
    bytes: &'a [u8],
    at: u64,
}

impl<'a> Body<'a> {
    fn take(&mut self, len: usize) -> Option<(Span, &'a [u8])> {
        let (taken, rest) = self.bytes.split_at_checked(len)?;
        let span = Span { at: self.at, len };
        self.bytes = rest;
        self.at += len as u64;
        Some((span, taken))
    }

    fn u64(&mut self) -> Option<u64> {
        Some(u64::from_le_bytes(self.take(8)?.1.try_into().ok()?))
    }

    fn field(&mut self) -> Option<(Span, &'a [u8])> {
        let len = usize::try_from(self.u64()?).ok()?;
        self.take(len)
    }
}

fn field(body: &mut Vec<u8>, bytes: &[u8]) {
    body.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
    body.extend_from_slice(bytes);
}

fn body_of(append: &Append<'_>) -> Vec<u8> {
    let mut body = vec![APPEND];
    body.extend_from_slice(&append.to.size.to_le_bytes());
    body.extend_from_slice(append.to.root.as_bytes());
    field(&mut body, append.to.note.as_bytes());
    body.extend_from_slice(&(append.leaves.len() as u64).to_le_bytes());
    append.leaves.iter().for_each(|leaf| field(&mut body, leaf.bytes()));
    body.extend_from_slice(&(append.files.len() as u64).to_le_bytes());
    for (path, bytes) in append.files {
        field(&mut body, path.as_bytes());
        field(&mut body, bytes);
    }
    body
}

#[async_trait]
impl BoardStore for FileStore {
    async fn head(&self) -> Result<Option<Head>, StoreError> {
        Ok(self.stored().head.clone())
    }

    async fn append(&self, append: Append<'_>) -> Result<(), SwapError> {
        let mut stored = self.stored();
        if stored.head.as_ref() != append.from {
            return Err(SwapError::Behind);
        }
        if append.files.iter().any(|(path, _)| stored.files.contains_key(path)) {
            return Err(StoreError::Unavailable("a file is stored already".into()).into());
        }
        Ok(stored.write(&body_of(&append))?)
    }

    /// Writes as much as an append of some ballots does, and takes it back.
    async fn test_write(&self) -> Result<(), StoreError> {
        let mut stored = self.stored();
        if stored.lost {
            return stored.write(&[]);
        }
        let end = stored.end;
        let file = &mut stored.file;
        let written = file.seek(SeekFrom::Start(end)).and_then(|_| file.write_all(&[0; 1 << 16]));
        let written = written.and_then(|()| file.sync_data());
        let back = file.set_len(end).and_then(|()| file.sync_data());
        stored.lost = back.is_err();
        written.and(back).map_err(unavailable)
    }

    async fn leaves(&self, first: u64, most: u64) -> Result<Vec<Vec<u8>>, StoreError> {
        let (first, most) =
            (usize::try_from(first).unwrap_or(usize::MAX), usize::try_from(most).unwrap_or(usize::MAX));
        let mut stored = self.stored();
        let spans: Vec<Span> = stored.leaves.iter().skip(first).take(most).copied().collect();
        spans.into_iter().map(|span| stored.read(span)).collect()
    }

    async fn acknowledgement(
        &self,
        index: u64,
        witnessed: bool,
    ) -> Result<Option<Acknowledgement>, StoreError> {
        let mut stored = self.stored();
        let covering = index.saturating_add(1)..;
        let first =
            |spans: &BTreeMap<u64, Span>| spans.range(covering).next().map(|(size, span)| (*size, *span));
        if witnessed {
            let found = first(&stored.witnessed);
            return stored.with_lines(found);
        }
        let Some((size, span)) = first(&stored.checkpoints) else { return Ok(None) };
        Ok(Some(Acknowledgement { size, note: stored.text(span)? }))
    }

    async fn store_witnessed(&self, size: u64, lines: &str) -> Result<(), StoreError> {
        let mut stored = self.stored();
        if !stored.checkpoints.contains_key(&size) {
            return Err(StoreError::Unavailable("no checkpoint has this size".into()));
        }
        if stored.witnessed.range(size..).next().is_some() {
            return Ok(());
        }
        let mut body = vec![WITNESSED];
        body.extend_from_slice(&size.to_le_bytes());
        field(&mut body, lines.as_bytes());
        stored.write(&body)
    }

    async fn witnessed(&self, size: u64) -> Result<Option<Acknowledgement>, StoreError> {
        let mut stored = self.stored();
        let found = stored.witnessed.range(..=size).next_back().map(|(size, span)| (*size, *span));
        stored.with_lines(found)
    }

    async fn file(&self, path: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let mut stored = self.stored();
        let span = stored.files.get(path).copied();
        span.map(|span| stored.read(span)).transpose()
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use veche_keeper::testing::{Appender, Fixture, assert_one_history, store_conformance};

    use super::*;

    /// One process has a board, so whoever opens it again has the same handle.
    struct InFolder(tempfile::TempDir, FileStore);

    impl InFolder {
        fn path(&self) -> PathBuf {
            self.0.path().join("board")
        }

        fn opened_again(&self) -> (FileStore, u64) {
            FileStore::open(&self.path()).unwrap()
        }
    }

    #[async_trait]
    impl Fixture for InFolder {
        async fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let store = FileStore::create(&folder.path().join("board")).unwrap();
            InFolder(folder, store)
        }

        async fn open(&self) -> Arc<dyn BoardStore> {
            Arc::new(self.1.clone())
        }
    }

    /// The same where nobody keeps anything in memory: every handle has read the file.
    struct ReadAgain(InFolder);

    #[async_trait]
    impl Fixture for ReadAgain {
        async fn new() -> Self {
            ReadAgain(InFolder::new().await)
        }

        async fn open(&self) -> Arc<dyn BoardStore> {
            let (again, cut) = self.0.opened_again();
            assert_eq!(cut, 0);
            // What was read takes the place of what was known.
            let read = Arc::into_inner(again.0).unwrap().into_inner().unwrap();
            *self.0.1.stored() = read;
            Arc::new(self.0.1.clone())
        }
    }

    #[tokio::test]
    async fn a_store_in_a_file_keeps_every_promise() {
        store_conformance::<InFolder>().await;
        store_conformance::<ReadAgain>().await;
    }

    async fn three_appends() -> (InFolder, Vec<u64>) {
        let board = InFolder::new().await;
        let mut one = Appender::on(board.open().await).await;
        let mut ends = vec![MAGIC.len() as u64];
        for leaf in [b"first", b"other", b"third"] {
            one.append(&[leaf], &[(String::from_utf8_lossy(leaf).into_owned(), leaf.to_vec())])
                .await
                .unwrap();
            ends.push(board.1.stored().end);
        }
        (board, ends)
    }

    #[tokio::test]
    async fn wherever_the_last_append_was_torn_it_is_cut_off_and_the_rest_stays() {
        let (board, ends) = three_appends().await;
        let whole = std::fs::read(board.path()).unwrap();
        for length in ends[2]..ends[3] {
            let short = &whole[..usize::try_from(length).unwrap()];
            // The file ends there, or the rest of it was never written.
            let mut unwritten = short.to_vec();
            unwritten.resize(whole.len(), 0);
            for torn in [short, &unwritten] {
                std::fs::write(board.path(), torn).unwrap();
                let (store, cut) = board.opened_again();
                assert_eq!(cut, torn.len() as u64 - ends[2], "{length}");
                assert_eq!(std::fs::metadata(board.path()).unwrap().len(), ends[2]);
                assert_eq!(store.head().await.unwrap().unwrap().size, 2);
                assert_eq!(store.file("third").await.unwrap(), None);
                // It goes on from there.
                Appender::on(Arc::new(store.clone())).await.append(&[b"again"], &[]).await.unwrap();
                assert_one_history(&store).await;
            }
        }
    }

    #[tokio::test]
    async fn damage_before_the_last_append_is_never_cut_off() {
        let (board, ends) = three_appends().await;
        let whole = std::fs::read(board.path()).unwrap();
        for at in 0..usize::try_from(ends[2]).unwrap() {
            let mut other = whole.clone();
            other[at] ^= 1;
            std::fs::write(board.path(), &other).unwrap();
            let opened = FileStore::open(&board.path()).map(drop);
            assert!(matches!(opened, Err(StoreError::Damaged(_))), "byte {at}: {opened:?}");
            assert_eq!(std::fs::read(board.path()).unwrap(), other, "nothing is cut");
        }
    }
}
