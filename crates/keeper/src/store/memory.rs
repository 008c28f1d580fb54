//! A store that forgets everything with the process: for tests and examples.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::{Acknowledgement, Append, BoardStore, Head, StoreError, SwapError};

/// A board in memory. Clones are the same board, as two connections to one database are.
#[derive(Debug, Clone, Default)]
pub struct MemoryStore(Arc<Mutex<Stored>>);

#[derive(Debug, Default)]
struct Stored {
    head: Option<Head>,
    leaves: Vec<Vec<u8>>,
    /// Notes by size.
    checkpoints: BTreeMap<u64, String>,
    /// Cosignature lines by size.
    witnessed: BTreeMap<u64, String>,
    files: BTreeMap<String, Vec<u8>>,
}

impl Stored {
    fn with_lines(&self, (size, lines): (&u64, &String)) -> Option<Acknowledgement> {
        let note = self.checkpoints.get(size)?;
        Some(Acknowledgement { size: *size, note: format!("{note}{lines}") })
    }
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        MemoryStore::default()
    }

    /// Every change below is one assignment after all checks, so a panic in between leaves nothing by halves.
    fn stored(&self) -> MutexGuard<'_, Stored> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl BoardStore for MemoryStore {
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
        stored.leaves.extend(append.leaves.iter().map(|leaf| leaf.bytes().to_vec()));
        stored.files.extend(append.files.iter().cloned());
        stored.checkpoints.insert(append.to.size, append.to.note.clone());
        stored.head = Some(append.to.clone());
        Ok(())
    }

    async fn leaves(&self, first: u64, most: u64) -> Result<Vec<Vec<u8>>, StoreError> {
        let (first, most) =
            (usize::try_from(first).unwrap_or(usize::MAX), usize::try_from(most).unwrap_or(usize::MAX));
        Ok(self.stored().leaves.iter().skip(first).take(most).cloned().collect())
    }

    async fn acknowledgement(
        &self,
        index: u64,
        witnessed: bool,
    ) -> Result<Option<Acknowledgement>, StoreError> {
        let stored = self.stored();
        let covering = index.saturating_add(1)..;
        if witnessed {
            return Ok(stored.witnessed.range(covering).next().and_then(|it| stored.with_lines(it)));
        }
        let first = stored.checkpoints.range(covering).next();
        Ok(first.map(|(size, note)| Acknowledgement { size: *size, note: note.clone() }))
    }

    async fn store_witnessed(&self, size: u64, lines: &str) -> Result<(), StoreError> {
        let mut stored = self.stored();
        if !stored.checkpoints.contains_key(&size) {
            return Err(StoreError::Unavailable("no checkpoint has this size".into()));
        }
        if stored.witnessed.range(size..).next().is_none() {
            stored.witnessed.insert(size, lines.to_owned());
        }
        Ok(())
    }

    async fn witnessed(&self, size: u64) -> Result<Option<Acknowledgement>, StoreError> {
        let stored = self.stored();
        Ok(stored.witnessed.range(..=size).next_back().and_then(|it| stored.with_lines(it)))
    }

    async fn file(&self, path: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.stored().files.get(path).cloned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Fixture, store_conformance};

    #[async_trait]
    impl Fixture for MemoryStore {
        async fn new() -> Self {
            MemoryStore::new()
        }

        async fn open(&self) -> Arc<dyn BoardStore> {
            Arc::new(self.clone())
        }
    }

    #[tokio::test]
    async fn a_store_in_memory_keeps_every_promise() {
        store_conformance::<MemoryStore>().await;
    }
}
