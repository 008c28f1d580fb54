//! The board of a running box: many ask, one writes, everybody reads.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex as AsyncMutex, mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};
use veche_board::{Hash, LogFile, Receipt, leaf_hash};
use veche_record::EntryKind;
use veche_record::code::CHARACTERS;
use veche_verify::{Refusal, VerifiedBallot};

use crate::error::{AppendError, CastError, OpenError, ReceiptError};
use crate::keys::BoxKeys;
use crate::ledger::Ledger;
use crate::log::LogView;
use crate::lookups::code_of;
use crate::receipt::{Appended, receipt};
use crate::store::{BoardStore, StoreError};
use crate::together::Terms;
use crate::transaction::Transaction;
use crate::verifier::{self, Allow, Verifier};
use crate::view::BoardView;
use crate::witnesses::WitnessClients;
use crate::writer::{Job, Refused, Writer, WriterCommand};
use crate::{Clock, files};

/// Appends that wait for their turn at most. Beyond that the box says that it is busy.
const WAITING: usize = 4_096;

/// Of the time between two checkpoints, the part between two batches of ballots that are verified: with one for each
/// checkpoint fewer were verified a second, and with five a ballot cost more.
const BATCHES_A_CHECKPOINT: u32 = 2;

/// Time a reader waits for this keeper to read what another one on the same store has appended.
const CATCHING_UP: Duration = Duration::from_secs(2);

/// What a keeper is opened with.
pub struct Settings {
    /// Time between two checkpoints at least. What arrives in between is committed together, and verified in two
    /// batches or, where more come than one can hold, in more.
    pub batch: Duration,
    /// The witnesses, where the manifest names some.
    pub witnesses: Option<WitnessClients>,
    /// Batches of ballots verified at once; zero means one for each processor.
    pub verify_at_once: usize,
    /// Time a ballot may wait to be verified.
    pub verify_wait: Duration,
    /// Whether the proofs of one more ballot of a key are verified; else how long to wait. Called for each ballot that
    /// its key has signed and that is not recorded: nobody else can cost so much.
    pub allow: Allow,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// What waits in a running box, for whoever watches it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Waiting {
    /// Ballots that wait to be verified.
    pub ballots: usize,
    /// Appends that wait for the writer's turn.
    pub appends: usize,
}

/// The board of a running box. See the crate's page for the life of a ballot in it.
pub struct Keeper {
    views: watch::Receiver<Arc<BoardView>>,
    writer: mpsc::Sender<WriterCommand>,
    beat: watch::Receiver<Instant>,
    store: Arc<dyn BoardStore>,
    pub(crate) keys: Arc<BoxKeys>,
    verifier: Verifier,
    /// When somebody last began to look for what others have appended, and came to an end with it.
    looked: AsyncMutex<Instant>,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Keeper {
    /// Replays the stored board and starts its writer, which ends with `stop`.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn open(
        manifest: &[u8],
        keys: Arc<BoxKeys>,
        store: Arc<dyn BoardStore>,
        settings: Settings,
        stop: watch::Receiver<bool>,
    ) -> Result<(Self, JoinHandle<()>), OpenError> {
        Ok(Keeper::start(Ledger::open(manifest, keys, store).await?, settings, stop).await)
    }

    /// Starts the writer of a board that was replayed already.
    pub async fn start(
        ledger: Ledger,
        settings: Settings,
        stop: watch::Receiver<bool>,
    ) -> (Self, JoinHandle<()>) {
        let (keys, store) = (Arc::clone(ledger.keys()), Arc::clone(ledger.store()));
        let (publishing, views) = watch::channel(Arc::new(ledger.view()));
        let (asking, asked) = mpsc::channel(WAITING);
        let (beat, beaten) = watch::channel(Instant::now());
        let snapshot = ledger.snapshot_size();
        let mut writer = Writer {
            ledger,
            views: publishing,
            clock: Arc::clone(&settings.clock),
            batch: settings.batch,
            witnesses: settings.witnesses,
            next_question: Instant::now(),
            snapshot,
            beat,
        };
        // Before anyone is served: what was committed and not shown when the box stopped.
        writer.witness().await;
        let task = tokio::spawn(writer.run(asked, stop));
        let all = std::thread::available_parallelism().map_or(1, usize::from);
        let places = if settings.verify_at_once == 0 { all } else { settings.verify_at_once };
        let terms = Terms {
            room: verifier::WAITING,
            most: verifier::TOGETHER,
            at_once: places,
            pause: settings.batch / BATCHES_A_CHECKPOINT,
            patience: settings.verify_wait,
        };
        let allow = settings.allow;
        let keeper = Keeper {
            views,
            writer: asking,
            beat: beaten,
            store,
            keys,
            verifier: Verifier::start(terms, move |ballots| verifier::verify(ballots, &allow)),
            looked: AsyncMutex::new(Instant::now()),
            clock: settings.clock,
        };
        (keeper, task)
    }

    /// The board as it is now. The writer is not asked, and not waited for.
    #[must_use]
    pub fn view(&self) -> Arc<BoardView> {
        Arc::clone(&self.views.borrow())
    }

    /// The board with all that is committed and shown, by whichever keeper: a view in which nothing is unknown, and no
    /// checkpoint older, only because another one on the same store has appended. Where no other can, that is
    /// [`Self::view`], and the store is not asked. However many ask at once, the store is asked by one of them.
    pub async fn newest(&self) -> Arc<BoardView> {
        if self.store.is_shared() {
            let asked = Instant::now();
            // Where the store is gone, what is known here is what can be said.
            let _ = timeout(CATCHING_UP, self.look_again(asked)).await;
        }
        self.view()
    }

    /// Takes over all that was stored when this was asked.
    async fn look_again(&self, asked: Instant) -> Result<(), StoreError> {
        let mut looked = self.looked.lock().await;
        if *looked >= asked {
            // Somebody has begun to look since, and has seen it all.
            return Ok(());
        }
        let begun = Instant::now();
        let Some(head) = self.store.head().await? else { return Ok(()) };
        let shown = if self.view().log().needs_witnesses() {
            self.store.witnessed(head.size).await?.map_or(0, |shown| shown.size)
        } else {
            head.size
        };
        self.reach(|log| log.committed() >= head.size && log.size() >= shown).await;
        *looked = begun;
        Ok(())
    }

    /// For how long the writer has begun nothing, neither a turn nor waiting for one. More than a few seconds mean that
    /// the store or a witness does not answer, or that what is asked of the writer keeps it from its turns.
    #[must_use]
    pub fn writer_silence(&self) -> Duration {
        self.beat.borrow().elapsed()
    }

    /// What waits at this moment.
    #[must_use]
    pub fn waiting(&self) -> Waiting {
        Waiting {
            ballots: self.verifier.waiting(),
            appends: self.writer.max_capacity().saturating_sub(self.writer.capacity()),
        }
    }

    /// The store, for who reads the record's files from it.
    #[must_use]
    pub fn store(&self) -> &dyn BoardStore {
        &*self.store
    }

    /// Hands a transaction to the writer and waits until its entries are durable. The transaction returns the entry
    /// whose receipt is wanted. It may be called again when another keeper on the same store was faster.
    ///
    /// # Errors
    /// [`AppendError`].
    pub async fn append<E: Send + 'static>(
        &self,
        mut transaction: impl FnMut(&mut Transaction<'_>) -> Result<u64, E> + Send + 'static,
    ) -> Result<Appended, AppendError<E>> {
        let reason = Arc::new(Mutex::new(None));
        let told = Arc::clone(&reason);
        let append = move |turn: &mut Transaction<'_>| {
            transaction(turn).map_err(|error| {
                *told.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                Refused
            })
        };
        let (done, answer) = oneshot::channel();
        let job = Job { append: Box::new(append), done };
        self.writer.try_send(WriterCommand::Append(job)).map_err(|_| AppendError::Busy)?;
        // A writer that is told to stop answers everyone before: this one panicked, perhaps after the commit.
        answer.await.map_err(|_| AppendError::Interrupted)?.map_err(|error| match error {
            AppendError::Refused(Refused) => {
                let reason = reason.lock().unwrap_or_else(PoisonError::into_inner).take();
                reason.map_or(AppendError::Busy, AppendError::Refused)
            }
            AppendError::Busy => AppendError::Busy,
            AppendError::Overtaken => AppendError::Overtaken,
            AppendError::NotRecorded(error) => AppendError::NotRecorded(error),
            AppendError::Ledger(error) => AppendError::Ledger(error),
            AppendError::Interrupted => AppendError::Interrupted,
        })
    }

    /// Takes a ballot in. First comes what costs little: the hours, its length and header, an active key, whether it is
    /// recorded already. Then its signature and its proofs are verified, together with whatever else waits, and it is
    /// appended. The same bytes again get the same receipt, whatever else is to be said against them. `now` is the time
    /// as Unix seconds.
    ///
    /// # Errors
    /// [`CastError`].
    pub async fn cast(&self, ballot: &[u8], now: i64) -> Result<Appended, CastError> {
        let refusal = match self.verify(ballot, now).await {
            Ok(verified) => return self.append_ballot(verified).await,
            Err(CastError::Refused(refusal)) => refusal,
            Err(error) => return Err(error),
        };
        match (self.recorded(ballot).await?, refusal) {
            (Some(receipt), _) => Ok(Appended { index: receipt.index, receipt: Ok(receipt), new: false }),
            (None, Refusal::AlreadyRecorded { .. }) => Err(Refusal::OtherSignature.into()),
            (None, refusal) => Err(refusal.into()),
        }
    }

    async fn verify(&self, ballot: &[u8], now: i64) -> Result<VerifiedBallot, CastError> {
        let mut screened = self.view().screen(ballot.to_vec(), now);
        if screened.is_err() && self.store.is_shared() {
            screened = self.newest().await.screen(ballot.to_vec(), now);
        }
        self.verifier.take(screened?).await?
    }

    async fn append_ballot(&self, verified: VerifiedBallot) -> Result<Appended, CastError> {
        let (code, leaf) = (verified.ballot().code().shown(), verified.leaf_hash());
        let refused = match self.append(move |transaction| transaction.ballot(verified.clone())).await {
            Err(refused @ AppendError::Refused(_)) => refused,
            appended => return Ok(appended?),
        };
        // It may have come twice at once, and a later one of the same voter in between.
        let (index, view) = self.find(&code, &leaf).await.ok_or(refused)?;
        Ok(Appended { index, receipt: receipt(&*self.store, view.log(), index).await, new: false })
    }

    /// The entry of the ballot with a confirmation code and a leaf hash, whichever keeper recorded it, and a view that
    /// has it.
    async fn find(&self, code: &[u8; CHARACTERS], leaf: &Hash) -> Option<(u64, Arc<BoardView>)> {
        let view = self.view();
        if let Some(index) = view.recorded(code, leaf) {
            return Some((index, view));
        }
        if !self.store.is_shared() {
            return None;
        }
        let view = self.newest().await;
        view.recorded(code, leaf).map(|index| (index, view))
    }

    /// The receipt of a ballot with these very bytes, if it is recorded: the one that was given when it was
    /// acknowledged.
    ///
    /// # Errors
    /// [`ReceiptError`].
    pub async fn recorded(&self, ballot: &[u8]) -> Result<Option<Receipt>, ReceiptError> {
        let leaf = [&[EntryKind::Ballot as u8], ballot].concat();
        let code = self.view().election().and_then(|election| code_of(election, &leaf));
        let Some(code) = code else { return Ok(None) };
        let Some((index, view)) = self.find(&code, &leaf_hash(&leaf)).await else { return Ok(None) };
        receipt(&*self.store, view.log(), index).await.map(Some)
    }

    /// Proves that the board at size `to` begins with the board at size `from`; nothing where the board never had two
    /// such sizes, the older one first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn consistency(&self, from: u64, to: u64) -> Result<Option<Vec<Hash>>, StoreError> {
        Ok(self.view_of(to).await?.log().tree().consistency_proof(from, to).ok())
    }

    /// One file of the log as readers may see it now, or nothing while it has too few entries for it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn log_file(&self, file: LogFile) -> Result<Option<Vec<u8>>, StoreError> {
        let found = files::log_file(self.view().log(), &*self.store, file).await?;
        if found.is_some() || !self.store.is_shared() {
            return Ok(found);
        }
        files::log_file(self.newest().await.log(), &*self.store, file).await
    }

    /// The published totals, if there are any and their entry may be shown.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn result_file(&self) -> Result<Option<Vec<u8>>, StoreError> {
        files::result_file(self.newest().await.log(), &*self.store).await
    }

    /// A checkpoint of all entries as they are now, to sign the end of the vote over: fresh cosignatures are on it
    /// where the manifest names witnesses. Nothing when too few of those answer.
    pub async fn closing_note(&self) -> Option<String> {
        let (done, answer) = oneshot::channel();
        self.writer.try_send(WriterCommand::Note(done)).ok()?;
        answer.await.ok().flatten()
    }

    /// Takes over what another keeper on the same store has appended, so that readers here see it. To be called now and
    /// then; the writer does it at the begin of every turn anyway.
    pub async fn catch_up(&self) {
        let (done, answer) = oneshot::channel();
        if self.writer.try_send(WriterCommand::CatchUp(done)).is_ok() {
            let _ = answer.await;
        }
    }

    /// The board with at least `size` entries, if it has them already or another keeper on the same store has just
    /// appended them; else as it is now.
    async fn view_of(&self, size: u64) -> Result<Arc<BoardView>, StoreError> {
        let now = self.view();
        if now.log().committed() >= size || self.store.head().await?.is_none_or(|head| head.size < size) {
            return Ok(now);
        }
        Ok(self.reach(|log| log.committed() >= size).await)
    }

    /// The board once the writer has read what the store has.
    async fn reach(&self, has_it: impl Fn(&LogView) -> bool) -> Arc<BoardView> {
        let now = self.view();
        if has_it(now.log()) {
            return now;
        }
        // Where the writer has too much to do, one of its turns reads it.
        drop(self.writer.try_send(WriterCommand::CatchUp(oneshot::channel().0)));
        let mut views = self.views.clone();
        match timeout(CATCHING_UP, views.wait_for(|view| has_it(view.log()))).await {
            Ok(Ok(view)) => Arc::clone(&view),
            _ => now,
        }
    }
}
