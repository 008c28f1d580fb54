//! Where a simulated board is kept: straight in the files of its record, bundle by bundle.

use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use veche_board::MerkleTree;
use veche_keeper::store::{Acknowledgement, Append, BoardStore, Head, StoreError, SwapError};

use crate::folder::{BundleWriter, FolderError, RecordStore};

/// A board that is written once and never read back. A simulation that stops leaves no record, for its checkpoint is
/// written last: here durable means written, not synced.
pub struct RecordFiles<S>(Mutex<Written<S>>);

struct Written<S> {
    bundles: BundleWriter<S>,
    head: Option<Head>,
}

/// What nobody asks of a simulation.
fn never_read() -> StoreError {
    StoreError::Unavailable("a simulated board is written and never read back".into())
}

fn refused(error: FolderError) -> StoreError {
    StoreError::Unavailable(Box::new(error))
}

impl<S: RecordStore> RecordFiles<S> {
    /// Begins a record with its manifest.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn new(store: S, manifest: &[u8]) -> Result<Self, FolderError> {
        Ok(Self(Mutex::new(Written { bundles: BundleWriter::new(store, manifest)?, head: None })))
    }

    fn written(&self) -> MutexGuard<'_, Written<S>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes the tiles, and last the newest checkpoint.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn finish(self, tree: &MerkleTree) -> Result<S, FolderError> {
        let Written { bundles, head } = self.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        bundles.finish(tree, &head.map(|head| head.note).unwrap_or_default())
    }
}

#[async_trait]
impl<S: RecordStore + Send> BoardStore for RecordFiles<S> {
    async fn head(&self) -> Result<Option<Head>, StoreError> {
        Ok(self.written().head.clone())
    }

    async fn append(&self, append: Append<'_>) -> Result<(), SwapError> {
        let mut written = self.written();
        if written.head.as_ref() != append.from {
            return Err(SwapError::Behind);
        }
        for leaf in append.leaves {
            written.bundles.push(leaf.bytes().to_vec()).map_err(refused)?;
        }
        for (path, bytes) in append.files {
            written.bundles.put(path, bytes).map_err(refused)?;
        }
        written.head = Some(append.to.clone());
        Ok(())
    }

    async fn leaves(&self, _first: u64, _most: u64) -> Result<Vec<Vec<u8>>, StoreError> {
        Err(never_read())
    }

    async fn acknowledgement(
        &self,
        _index: u64,
        _witnessed: bool,
    ) -> Result<Option<Acknowledgement>, StoreError> {
        Err(never_read())
    }

    async fn store_witnessed(&self, _size: u64, _lines: &str) -> Result<(), StoreError> {
        Err(never_read())
    }

    async fn witnessed(&self, _size: u64) -> Result<Option<Acknowledgement>, StoreError> {
        Err(never_read())
    }

    async fn file(&self, _path: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Err(never_read())
    }
}
