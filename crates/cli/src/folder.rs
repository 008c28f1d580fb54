//! A record as files: `manifest.json`, `checkpoint`, `tile/…` as C2SP tlog-tiles lays them out, and
//! `result.json`.
//!
//! [`Folder`] is a record on disk, [`MemoryRecord`] one that was fetched or that a test has in hand;
//! [`BundleWriter`] and [`RecordWriter`] make either from entries, bundle by bundle, so that a city's record never has
//! to fit into memory.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use thiserror::Error;
use veche_board::{
    BundleError, Checkpoint, LogFile, LogKey, MerkleTree, Origin, Tile, TreeError, encode_bundle,
    entries_path, layout, leaf_hash,
};
use veche_verify::{RecordSource, SourceError};

pub use veche_verify::source::{CHECKPOINT, MANIFEST, RESULT};

/// No file of a record is longer. A longer one is refused unread.
pub const MAX_FILE_BYTES: u64 = veche_verify::source::MAX_FILE_LEN as u64;

/// Why a record's files cannot be read or written.
#[derive(Debug, Error)]
pub enum FolderError {
    /// The folder to be written exists and has something in it.
    #[error("{} is not empty: a record is written into a new or an empty folder only", .path.display())]
    NotEmpty {
        /// The folder.
        path: PathBuf,
    },
    /// The record to be read is not a folder.
    #[error("{} is not a folder", .path.display())]
    NotAFolder {
        /// What was named.
        path: PathBuf,
    },
    /// A copy is to be written beside files that are not of a record.
    #[error("{} has files that no record has, such as {file}: a copy is written into a new folder, or over an earlier copy", .path.display())]
    Foreign {
        /// The folder.
        path: PathBuf,
        /// One of them.
        file: String,
    },
    /// The operating system refused.
    #[error("{}: {source}", .path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
    /// A file longer than any that a record has.
    #[error("{}: longer than {MAX_FILE_BYTES} bytes, which no file of a record is", .path.display())]
    TooLong {
        /// The file.
        path: PathBuf,
    },
    /// An entry that cannot be put into a bundle: the fault of this program.
    #[error("an entry cannot be written: {0}")]
    Bundle(#[from] BundleError),
    /// A tile of entries that were not written: the fault of this program.
    #[error("a tile cannot be written: {0}")]
    Tree(#[from] TreeError),
}

fn io_error(path: &Path) -> impl FnOnce(io::Error) -> FolderError {
    let path = path.to_owned();
    move |source| FolderError::Io { path, source }
}

/// Where a record's files are put.
pub trait RecordStore {
    /// Puts one file. No file is put twice.
    fn put(&mut self, path: &str, bytes: &[u8]) -> Result<(), FolderError>;
}

/// A record in a folder.
#[derive(Debug, Clone)]
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// A new record's folder, which must be empty where it exists.
    pub fn create(root: &Path) -> Result<Self, FolderError> {
        match fs::read_dir(root) {
            Ok(mut inside) => match inside.next() {
                None => {}
                Some(_) => return Err(FolderError::NotEmpty { path: root.to_owned() }),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                fs::create_dir_all(root).map_err(io_error(root))?;
            }
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
                return Err(FolderError::NotAFolder { path: root.to_owned() });
            }
            Err(error) => return Err(io_error(root)(error)),
        }
        Ok(Self { root: root.to_owned() })
    }

    /// An existing record's folder.
    pub fn open(root: &Path) -> Result<Self, FolderError> {
        let metadata = fs::metadata(root).map_err(io_error(root))?;
        if !metadata.is_dir() {
            return Err(FolderError::NotAFolder { path: root.to_owned() });
        }
        Ok(Self { root: root.to_owned() })
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// One file's bytes; nothing where there is no such file. What is not a plain file (a pipe, a device) is
    /// not opened.
    pub fn file(&self, path: &str) -> Result<Option<Vec<u8>>, FolderError> {
        let path = self.root.join(path);
        match fs::metadata(&path) {
            Ok(metadata) if metadata.is_file() => {}
            Ok(_) => return Ok(None),
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                return Ok(None);
            }
            Err(error) => return Err(io_error(&path)(error)),
        }
        let file = File::open(&path).map_err(io_error(&path))?;
        read_limited(file).map_err(io_error(&path))?.map(Some).ok_or(FolderError::TooLong { path })
    }

    /// The paths of all files below the folder, with `/` between their parts, sorted.
    pub fn files(&self) -> Result<Vec<String>, FolderError> {
        let mut found = Vec::new();
        walk(&self.root, "", &mut found)?;
        found.sort_unstable();
        Ok(found)
    }
}

/// Lists files below `folder`. A link to a folder counts as a file, so that no walk can go round in a circle.
fn walk(folder: &Path, prefix: &str, found: &mut Vec<String>) -> Result<(), FolderError> {
    for inside in fs::read_dir(folder).map_err(io_error(folder))? {
        let inside = inside.map_err(io_error(folder))?;
        let name = format!("{prefix}{}", inside.file_name().to_string_lossy());
        let kind = inside.file_type().map_err(io_error(&inside.path()))?;
        if kind.is_dir() {
            walk(&inside.path(), &format!("{name}/"), found)?;
        } else {
            found.push(name);
        }
    }
    Ok(())
}

impl RecordSource for Folder {
    fn files(&self) -> Result<Vec<String>, SourceError> {
        Folder::files(self).map_err(|error| SourceError(error.to_string()))
    }

    fn file(&self, path: &str) -> Result<Option<Vec<u8>>, SourceError> {
        Folder::file(self, path).map_err(|error| SourceError(error.to_string()))
    }
}

/// Everything `source` has; nothing where it has more than a record's file ever does.
pub(crate) fn read_limited(source: impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    source.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)?;
    let fits = u64::try_from(bytes.len()).is_ok_and(|length| length <= MAX_FILE_BYTES);
    Ok(fits.then_some(bytes))
}

impl RecordStore for Folder {
    fn put(&mut self, path: &str, bytes: &[u8]) -> Result<(), FolderError> {
        let path = self.root.join(path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(io_error(folder))?;
        }
        let mut file =
            OpenOptions::new().write(true).create_new(true).open(&path).map_err(io_error(&path))?;
        file.write_all(bytes).map_err(io_error(&path))
    }
}

/// A record in memory.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MemoryRecord {
    /// Files by path.
    pub files: BTreeMap<String, Vec<u8>>,
}

impl RecordStore for MemoryRecord {
    fn put(&mut self, path: &str, bytes: &[u8]) -> Result<(), FolderError> {
        self.files.insert(path.to_owned(), bytes.to_owned());
        Ok(())
    }
}

impl RecordSource for MemoryRecord {
    fn files(&self) -> Result<Vec<String>, SourceError> {
        RecordSource::files(&self.files)
    }

    fn file(&self, path: &str) -> Result<Option<Vec<u8>>, SourceError> {
        RecordSource::file(&self.files, path)
    }
}

/// Lays a log's entries out as bundles, in the order in which they come. Only those that don't fill one yet are held.
#[derive(Debug)]
pub struct BundleWriter<S> {
    store: S,
    size: u64,
    /// Entries that don't fill a bundle yet.
    waiting: Vec<Vec<u8>>,
}

impl<S: RecordStore> BundleWriter<S> {
    /// Begins a record with its manifest.
    pub fn new(mut store: S, manifest: &[u8]) -> Result<Self, FolderError> {
        store.put(MANIFEST, manifest)?;
        Ok(Self { store, size: 0, waiting: Vec::new() })
    }

    /// Appends one entry.
    pub fn push(&mut self, entry: Vec<u8>) -> Result<(), FolderError> {
        self.size += 1;
        self.waiting.push(entry);
        if self.waiting.len() == usize::from(Tile::FULL_WIDTH) {
            self.put_bundle(Tile::FULL_WIDTH)?;
        }
        Ok(())
    }

    /// Adds a file that does not follow from the entries.
    pub fn put(&mut self, path: &str, bytes: &[u8]) -> Result<(), FolderError> {
        self.store.put(path, bytes)
    }

    fn put_bundle(&mut self, width: u16) -> Result<(), FolderError> {
        let full = u64::from(Tile::FULL_WIDTH);
        let index = self.size.saturating_sub(1) / full;
        let path = entries_path(index, width).map_err(TreeError::from)?;
        self.store.put(&path, &encode_bundle(&self.waiting)?)?;
        self.waiting.clear();
        Ok(())
    }

    /// Writes the tiles of the entries' tree, and last the signed checkpoint: a folder without it is no record yet.
    pub fn finish(mut self, tree: &MerkleTree, checkpoint: &str) -> Result<S, FolderError> {
        if let Ok(width @ 1..) = u16::try_from(self.waiting.len()) {
            self.put_bundle(width)?;
        }
        for file in layout(self.size) {
            if let LogFile::Tile(tile) = file {
                let hashes = tree.tile(tile.level(), tile.index(), tile.width())?;
                self.store.put(&file.to_string(), &hashes)?;
            }
        }
        self.store.put(CHECKPOINT, checkpoint.as_bytes())?;
        Ok(self.store)
    }
}

/// Lays a log's entries out as files, and signs them as a whole.
#[derive(Debug)]
pub struct RecordWriter<S> {
    bundles: BundleWriter<S>,
    tree: MerkleTree,
}

impl<S: RecordStore> RecordWriter<S> {
    /// Begins a record with its manifest.
    pub fn new(store: S, manifest: &[u8]) -> Result<Self, FolderError> {
        Ok(Self { bundles: BundleWriter::new(store, manifest)?, tree: MerkleTree::new() })
    }

    /// The number of entries so far.
    pub fn size(&self) -> u64 {
        self.tree.size()
    }

    /// Appends one entry; its index.
    pub fn push(&mut self, entry: Vec<u8>) -> Result<u64, FolderError> {
        let index = self.tree.push(leaf_hash(&entry));
        self.bundles.push(entry)?;
        Ok(index)
    }

    /// Writes `result.json` where there is one, the tiles, and last the signed checkpoint.
    pub fn finish(mut self, origin: Origin, key: &LogKey, result: Option<&[u8]>) -> Result<S, FolderError> {
        if let Some(result) = result {
            self.bundles.put(RESULT, result)?;
        }
        let checkpoint = Checkpoint { origin, size: self.tree.size(), root: self.tree.root() };
        self.bundles.finish(&self.tree, &checkpoint.sign(key))
    }
}

#[cfg(test)]
mod tests {
    use veche_board::{SignedCheckpoint, decode_bundle};

    use super::*;

    #[test]
    fn the_layout_is_exactly_the_boards() {
        for count in [0u16, 1, 255, 256, 257, 600] {
            let key = LogKey::from_seed(&[9; 32]);
            let origin: Origin = "town.example/vote".parse().unwrap();
            let mut writer = RecordWriter::new(MemoryRecord::default(), b"{}").unwrap();
            for number in 0..count {
                assert_eq!(writer.push(number.to_le_bytes().to_vec()).unwrap(), u64::from(number));
            }
            let record = writer.finish(origin.clone(), &key, None).unwrap();
            let mut expected: Vec<String> = layout(count.into()).map(|file| file.to_string()).collect();
            expected.push(MANIFEST.to_owned());
            expected.sort_unstable();
            assert_eq!(record.files.keys().cloned().collect::<Vec<_>>(), expected);
            let checkpoint =
                SignedCheckpoint::open(&record.files[CHECKPOINT], &key.public(), &origin).unwrap();
            assert_eq!(checkpoint.size, u64::from(count));
            let mut tree = MerkleTree::new();
            for file in layout(count.into()) {
                if let LogFile::Bundle(bundle) = file {
                    for entry in
                        decode_bundle(&record.files[&file.to_string()], bundle.width().into()).unwrap()
                    {
                        tree.push(leaf_hash(entry));
                    }
                }
            }
            assert_eq!(checkpoint.root, tree.root());
        }
    }

    #[test]
    fn a_folder_is_written_once_and_read_back() {
        let scratch = tempfile::tempdir().unwrap();
        let root = scratch.path().join("a/b");
        let mut folder = Folder::create(&root).unwrap();
        folder.put("tile/0/000", b"x").unwrap();
        assert!(matches!(Folder::create(&root), Err(FolderError::NotEmpty { .. })));
        assert!(folder.put("tile/0/000", b"y").is_err(), "no file is put twice");
        let folder = Folder::open(&root).unwrap();
        assert_eq!(folder.files().unwrap(), ["tile/0/000"]);
        assert_eq!(folder.file("tile/0/000").unwrap().as_deref(), Some(&b"x"[..]));
        assert_eq!(folder.file("tile/0").unwrap(), None);
        assert_eq!(folder.file("tile/0/000/x").unwrap(), None);
        assert_eq!(folder.file("nothing").unwrap(), None);
        assert!(matches!(Folder::open(&root.join("tile/0/000")), Err(FolderError::NotAFolder { .. })));
        assert!(matches!(Folder::create(&root.join("tile/0/000")), Err(FolderError::NotAFolder { .. })));
    }

    #[test]
    fn an_endless_file_is_refused() {
        assert_eq!(read_limited(io::repeat(0)).unwrap(), None);
        assert_eq!(read_limited(&b"abc"[..]).unwrap().as_deref(), Some(&b"abc"[..]));
    }
}
