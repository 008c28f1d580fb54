//! One board and one writer: what is planned, and the store it is committed to.

use std::sync::Arc;

use rayon::prelude::*;
use veche_board::{Checkpoint, Hash, MerkleTree, Origin, leaf_hash};
use veche_record::entry::{Genesis, TallyKind};
use veche_record::{Entry, Manifest};
use veche_verify::state::{Admitted, StoredEntry};
use veche_verify::{BoardState, Course};

use crate::error::{LedgerError, OpenError};
use crate::keys::BoxKeys;
use crate::log::{LogView, next_leaves};
use crate::lookups::{Lookups, Noted, code_of, read_codes};
use crate::snapshot::{Snapshot, SnapshotError, SnapshotPlace};
use crate::store::{Append, BoardStore, Head, Leaf, StoreError};
use crate::transaction::{Pending, Transaction, Wanted};
use crate::view::BoardView;

/// What a transaction wants, once it is committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Planned {
    /// The entry whose receipt is wanted.
    pub index: u64,
    /// Whether the transaction appends something, or everything was there before.
    pub new: bool,
}

/// A board with the store that keeps it, for whoever writes it: transactions are planned on the state, then committed
/// together under one signed checkpoint.
///
/// [`Keeper`](crate::Keeper) runs one for many who ask at once. Whoever writes alone, as a simulation does, uses it as
/// it is.
pub struct Ledger {
    bytes: Vec<u8>,
    keys: Arc<BoxKeys>,
    store: Arc<dyn BoardStore>,
    state: BoardState,
    log: LogView,
    /// Kept only where somebody reads.
    lookups: Option<Lookups>,
    snapshots: Option<Arc<dyn SnapshotPlace>>,
    /// The size of the snapshot that the state was taken up from.
    snapshot: u64,
    pending: Pending,
    /// The state may be ahead of the store: nothing is planned before it was read again.
    broken: bool,
}

impl Ledger {
    /// Founds a board in an empty store: its first entry is Genesis. It keeps no maps for readers: [`Self::open`] does.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn found(
        manifest: &[u8],
        origin: Origin,
        keys: Arc<BoxKeys>,
        store: Arc<dyn BoardStore>,
    ) -> Result<Self, OpenError> {
        if store.head().await?.is_some() {
            return Err(OpenError::NotEmpty);
        }
        let mut ledger = Ledger::empty(manifest, origin.clone(), keys, store, None)?;
        let trustees = ledger.state.manifest().trustees();
        let genesis = Genesis {
            manifest: ledger.state.manifest().hash(),
            organiser: ledger.keys.organiser.public(),
            registrar: ledger.keys.registrar.public(),
            log_key: ledger.keys.log.public(),
            trustees: trustees.count,
            threshold: trustees.threshold,
            origin,
        };
        ledger.plan(0, |transaction| transaction.entry(genesis.clone()))?;
        ledger.commit().await?;
        Ok(ledger)
    }

    /// Replays the board in a store. Signatures and proofs are not verified again, for they were before they were
    /// stored: the order of the entries, their form and the signed root are.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn open(
        manifest: &[u8],
        keys: Arc<BoxKeys>,
        store: Arc<dyn BoardStore>,
    ) -> Result<Self, OpenError> {
        Ledger::open_from(None, manifest, keys, store).await
    }

    /// The same, and where there is a snapshot of the board, only what came after it is replayed: a box of 200,000
    /// voters is back at once. A snapshot that is of no use is logged and not used.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn open_from(
        snapshots: Option<Arc<dyn SnapshotPlace>>,
        manifest: &[u8],
        keys: Arc<BoxKeys>,
        store: Arc<dyn BoardStore>,
    ) -> Result<Self, OpenError> {
        let genesis = genesis(&*store).await?;
        let named = (genesis.organiser, genesis.registrar, genesis.log_key);
        if named != (keys.organiser.public(), keys.registrar.public(), keys.log.public()) {
            return Err(OpenError::OtherKeys);
        }
        let mut ledger = Ledger::empty(manifest, genesis.origin, keys, store, Some(Lookups::default()))?;
        ledger.snapshots = snapshots;
        ledger.take_up_snapshot().await;
        ledger.catch_up().await?;
        Ok(ledger)
    }

    fn empty(
        bytes: &[u8],
        origin: Origin,
        keys: Arc<BoxKeys>,
        store: Arc<dyn BoardStore>,
        lookups: Option<Lookups>,
    ) -> Result<Self, OpenError> {
        let manifest = Manifest::parse(bytes)?;
        Ok(Ledger {
            state: BoardState::new(bytes)?,
            log: LogView::new(origin, manifest.witnesses().is_some()),
            bytes: bytes.to_vec(),
            keys,
            store,
            lookups,
            snapshots: None,
            snapshot: 0,
            pending: Pending::default(),
            broken: false,
        })
    }

    /// The state machine, what is planned included.
    #[must_use]
    pub const fn state(&self) -> &BoardState {
        &self.state
    }

    /// The committed log.
    #[must_use]
    pub const fn log(&self) -> &LogView {
        &self.log
    }

    /// The keys.
    pub(crate) const fn keys(&self) -> &Arc<BoxKeys> {
        &self.keys
    }

    /// The store.
    pub(crate) fn store(&self) -> &Arc<dyn BoardStore> {
        &self.store
    }

    /// Whether entries are planned that are not committed.
    #[must_use]
    pub const fn has_pending(&self) -> bool {
        !self.pending.leaves.is_empty()
    }

    /// Whether the state may be ahead of the store, so that [`Self::catch_up`] must come before the next plan.
    #[must_use]
    pub const fn is_broken(&self) -> bool {
        self.broken
    }

    /// What readers may see now. Call it when nothing is pending.
    pub(crate) fn view(&self) -> BoardView {
        BoardView {
            log: self.log.clone(),
            lookups: self.lookups.clone().unwrap_or_default(),
            course: self.state.course(),
            election: self.state.election().cloned(),
            rehearsed: self.state.is_rehearsed(),
            count: self.state.count(TallyKind::Vote).cloned(),
            misstated: self.state.result_failure().is_some(),
            hours: hours_of(&self.state),
            newest_time: self.state.newest_time(),
            next_closing: self.state.next_closing(),
            abandoned: self.state.abandoned_hour(),
            statements: self.state.statements().map(|(index, entry)| (index, entry.to_bytes())).collect(),
        }
    }

    /// Lets a transaction check and append. What it appends is pending until [`Self::commit`], and visible to the
    /// transactions after it. `now` is the time as Unix seconds.
    ///
    /// # Errors
    /// Those of the transaction. Then everything is as before it.
    pub fn plan<E>(
        &mut self,
        now: i64,
        transaction: impl FnOnce(&mut Transaction<'_>) -> Result<u64, E>,
    ) -> Result<Planned, E> {
        self.plan_at(now, now, transaction)
    }

    /// The same where the clocks disagree: `latest` is the latest that it may be.
    pub(crate) fn plan_at<E>(
        &mut self,
        now: i64,
        latest: i64,
        transaction: impl FnOnce(&mut Transaction<'_>) -> Result<u64, E>,
    ) -> Result<Planned, E> {
        let mut turn = Transaction {
            state: &self.state,
            wanted: Wanted::default(),
            keys: &self.keys,
            hours: hours_of(&self.state),
            now,
            latest,
        };
        let index = transaction(&mut turn)?;
        let Wanted { admitted, files } = turn.wanted;
        let new = !admitted.is_empty();
        for admitted in admitted {
            self.take_over(admitted);
        }
        self.pending.files.extend(files);
        Ok(Planned { index, new })
    }

    /// Takes over what a transaction was admitted.
    fn take_over(&mut self, admitted: Admitted) {
        let (index, leaves) = (admitted.index(), admitted.leaves().to_vec());
        let code = admitted.code().map(|code| code.shown());
        let Ok(applied) = self.state.record(admitted) else {
            // It was admitted on this very state. Should that ever be false, nothing may be committed.
            self.broken = true;
            return;
        };
        if self.lookups.is_some() {
            self.pending.noted.push(Noted::new(&self.state, index, &applied, code));
        }
        self.pending.leaves.extend(leaves);
    }

    /// Commits what is pending under one signed checkpoint. When this returns `Ok`, all of it is durable.
    ///
    /// # Errors
    /// [`LedgerError`]. The ledger is then broken ([`Self::is_broken`]): what was pending is to be planned again after
    /// [`Self::catch_up`], which finds out whether the commit has happened.
    pub async fn commit(&mut self) -> Result<(), LedgerError> {
        if self.broken {
            return Err(LedgerError::Behind);
        }
        if !self.has_pending() {
            return Ok(());
        }
        let Pending { leaves, noted, files } = std::mem::take(&mut self.pending);
        let tree = self.log.tree_with(leaves.iter().map(Leaf::hash));
        let (origin, size, root) = (self.log.origin().clone(), tree.size(), tree.root());
        // Signed before it is stored, and shown to nobody unless the store has taken it.
        let note = Checkpoint { origin, size, root }.sign(&self.keys.log);
        let head = Head { size, root, note };
        self.broken = true;
        let append = Append { from: self.log.head(), to: &head, leaves: &leaves, files: &files };
        self.store.append(append).await?;
        self.log.commit(tree, head);
        if let Some(lookups) = &self.lookups {
            lookups.add(noted);
        }
        self.broken = false;
        Ok(())
    }

    /// Takes over what another keeper on the same store has appended or had witnessed. After trouble, everything is
    /// read again. What is pending is lost.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn catch_up(&mut self) -> Result<(), LedgerError> {
        if self.broken || self.has_pending() {
            self.state = BoardState::new(&self.bytes)
                .map_err(|error| StoreError::Damaged(format!("the manifest is not legal: {error}")))?;
            self.log = LogView::new(self.log.origin().clone(), self.log.needs_witnesses());
            self.lookups = self.lookups.as_ref().map(|_| Lookups::default());
            self.pending = Pending::default();
            self.take_up_snapshot().await;
        }
        let head = self.store.head().await?;
        if head.as_ref() != self.log.head() {
            // A failure in between leaves a state that was read in part.
            self.broken = true;
            let empty = || StoreError::Damaged("the newest checkpoint is missing".to_owned());
            self.read_to(head.ok_or_else(empty)?).await?;
        }
        self.broken = false;
        Ok(self.log.see_witnessed(&*self.store).await?)
    }

    /// The size of the snapshot that the state was taken up from; zero where it was replayed.
    pub(crate) const fn snapshot_size(&self) -> u64 {
        self.snapshot
    }

    /// Where snapshots are kept, if they are.
    pub(crate) const fn snapshots(&self) -> Option<&Arc<dyn SnapshotPlace>> {
        self.snapshots.as_ref()
    }

    /// The board as it can be kept now, if it can.
    pub(crate) fn snapshot(&self) -> Option<Snapshot> {
        if self.broken || self.has_pending() {
            return None;
        }
        Some(Snapshot {
            origin: self.log.origin().clone(),
            manifest: *self.state.manifest().hash().as_bytes(),
            root: self.log.head()?.root,
            state: self.state.save()?,
        })
    }

    /// Takes up the snapshot, if there is one that fits, on a ledger that has read nothing yet.
    async fn take_up_snapshot(&mut self) {
        self.snapshot = 0;
        match self.read_snapshot().await {
            Ok(None) => {}
            Ok(Some((state, tree))) => {
                self.snapshot = tree.size();
                if let Some(lookups) = &mut self.lookups {
                    *lookups = Lookups::of(&state, &tree);
                    if let Some(election) = state.election().cloned() {
                        tokio::spawn(read_codes(
                            Arc::clone(&self.store),
                            lookups.clone(),
                            election,
                            tree.clone(),
                        ));
                    }
                }
                self.log.begin_with(tree);
                self.state = state;
            }
            Err(error) => {
                tracing::warn!(%error, "the snapshot of the board is not used: all its entries are read");
            }
        }
    }

    async fn read_snapshot(&self) -> Result<Option<(BoardState, MerkleTree)>, SnapshotError> {
        let Some(place) = self.snapshots.clone() else { return Ok(None) };
        let read = tokio::task::spawn_blocking(move || place.read()).await;
        let Some(bytes) = read.map_err(std::io::Error::other)?? else { return Ok(None) };
        let manifest = *self.state.manifest().hash().as_bytes();
        let snapshot = Snapshot::open(&bytes, self.log.origin(), &self.keys.log.public(), manifest)?;
        let size = snapshot.state.size();
        let ours = self.store.head().await?.map_or(0, |head| head.size);
        if size > ours {
            return Err(SnapshotError::Ahead { theirs: size, ours });
        }
        let mut tree = MerkleTree::new();
        while tree.size() < size {
            let hashes = self.store.leaf_hashes(tree.size(), size - tree.size()).await?;
            if hashes.is_empty() {
                return Err(SnapshotError::Entries(size));
            }
            tree.extend(hashes);
        }
        if tree.size() != size || tree.root() != snapshot.root {
            return Err(SnapshotError::Entries(size));
        }
        let mut aside = Vec::new();
        for run in snapshot.state.aside().chunk_by(|one, next| one + 1 == *next) {
            let first = run.first().copied().unwrap_or_default();
            for (index, leaf) in (first..).zip(self.store.leaves(first, run.len() as u64).await?) {
                if tree.leaf(index) != Some(leaf_hash(&leaf)) {
                    return Err(SnapshotError::Entries(size));
                }
                aside.push(leaf);
            }
        }
        let state = snapshot.reopen(&self.bytes, &tree, &aside)?;
        Ok(Some((state, tree)))
    }

    /// Reads what is stored under a head and not yet here. While some entries are taken over, the store is asked for
    /// the next.
    async fn read_to(&mut self, head: Head) -> Result<(), LedgerError> {
        let (store, size) = (Arc::clone(&self.store), head.size);
        let ask = |first| {
            let store = Arc::clone(&store);
            (first < size).then(|| tokio::spawn(async move { next_leaves(&*store, first, size).await }))
        };
        let mut coming = ask(self.log.committed());
        while let Some(asked) = coming {
            let leaves = asked.await.map_err(|error| StoreError::Unavailable(error.into()))??;
            coming = ask(self.log.committed() + leaves.len() as u64);
            // Hashes and points need no order: every core reads some. What must be read in order is little.
            let election = self.state.election().map(Arc::as_ref);
            let read: Vec<_> =
                leaves.par_iter().map(|leaf| (leaf_hash(leaf), StoredEntry::read(election, leaf))).collect();
            for (leaf, (hash, read)) in leaves.into_iter().zip(read) {
                self.resume(&leaf, hash, read)?;
                // The sums must be right when the stored tally input fixes them.
                let all = self.state.course() >= Course::Closed;
                self.settle(if all { usize::MAX } else { 0 }).await?;
            }
        }
        Ok(self.log.reach(head)?)
    }

    fn resume(&mut self, leaf: &[u8], hash: Hash, read: Option<StoredEntry>) -> Result<(), LedgerError> {
        let index = self.log.committed();
        let code = read.as_ref().and_then(StoredEntry::code).map(|code| code.shown());
        let applied = self.state.resume(index, leaf, hash, read)?;
        self.log.push(hash);
        if let Some(lookups) = &self.lookups {
            // There was no election yet when the first leaves after the ceremony were read.
            let code = code.or_else(|| code_of(self.state.election()?, leaf));
            lookups.add([Noted::new(&self.state, index, &applied, code)]);
        }
        Ok(())
    }

    /// Takes replaced ballots out of the sums, and adds at most `most` of those that are not in them yet. Returns
    /// whether more are left.
    ///
    /// # Errors
    /// [`LedgerError`]; the ledger is then broken.
    pub async fn settle(&mut self, most: usize) -> Result<bool, LedgerError> {
        let open: Vec<u64> = self.state.owed().chain(self.state.unsummed().take(most)).collect();
        for index in open {
            let settled = match self.store.leaves(index, 1).await {
                Ok(leaves) => {
                    let leaf = leaves.first().map_or(&[][..], Vec::as_slice);
                    self.state.settle(index, leaf).map_err(LedgerError::from)
                }
                Err(error) => Err(error.into()),
            };
            self.broken |= settled.is_err();
            settled?;
        }
        Ok(self.state.unsummed().len() > 0)
    }

    /// Keeps the cosignature lines of a checkpoint that enough witnesses have cosigned, and then shows it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) async fn store_witnessed(&mut self, size: u64, lines: &str) -> Result<(), StoreError> {
        self.store.store_witnessed(size, lines).await?;
        self.log.see_witnessed(&*self.store).await
    }
}

/// Unix seconds between which people may vote: as the manifest says, and the extensions on the board.
fn hours_of(state: &BoardState) -> (i64, i64) {
    let unix = |time: u64| i64::try_from(time).unwrap_or(i64::MAX);
    (unix(state.manifest().document().opens.unix()), unix(state.closing_hour()))
}

/// The first entry of a stored board.
///
/// # Errors
/// [`OpenError::NoGenesis`], or the store's.
pub async fn genesis(store: &dyn BoardStore) -> Result<Genesis, OpenError> {
    let leaves = store.leaves(0, 1).await?;
    match leaves.first().map(|leaf| Entry::parse(leaf)) {
        Some(Ok(Entry::Genesis(genesis))) => Ok(genesis),
        _ => Err(OpenError::NoGenesis),
    }
}
