//! The writer: the one task that changes the board.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;
use veche_verify::Course;

use crate::Clock;
use crate::error::{AppendError, LedgerError};
use crate::ledger::{Ledger, Planned};
use crate::receipt::{Appended, receipt};
use crate::transaction::Transaction;
use crate::view::BoardView;
use crate::witnesses::WitnessClients;

/// Appends committed under one checkpoint at most.
const TOGETHER: usize = 256;

/// Time between two questions to witnesses who did not cosign, while nobody waits for the answer.
const PAUSE: Duration = Duration::from_secs(1);

/// Time after which a writer that nobody asks says that it is there.
const BEAT: Duration = Duration::from_secs(1);

/// Ballots added to the sums between two looks at the queue: some 30 milliseconds.
const SLICE: usize = 256;

/// Times the appends of one turn are tried again because another keeper appended first.
const TRIES: usize = 5;

/// Entries from one snapshot to the next at least, and of a larger board an eighth of it: what a start has to replay.
const SNAPSHOT_EVERY: u64 = 5_000;

/// The function of an append has refused; it keeps the reason for whoever asked.
pub(crate) struct Refused;

/// What a request wants to do when its turn comes. It may be called again when another keeper on the same store was
/// faster. Returns the entry whose receipt is wanted.
pub(crate) type AppendFn = Box<dyn FnMut(&mut Transaction<'_>) -> Result<u64, Refused> + Send>;

/// An append and who waits for it.
pub(crate) struct Job {
    pub(crate) append: AppendFn,
    pub(crate) done: oneshot::Sender<Result<Appended, AppendError<Refused>>>,
}

/// What the writer is asked.
pub(crate) enum WriterCommand {
    /// To give a transaction its turn.
    Append(Job),
    /// For a checkpoint of all entries, cosigned where the manifest names witnesses.
    Note(oneshot::Sender<Option<String>>),
    /// To take over what another keeper on the same store has appended.
    CatchUp(oneshot::Sender<()>),
}

pub(crate) struct Writer {
    pub(crate) ledger: Ledger,
    pub(crate) views: watch::Sender<Arc<BoardView>>,
    pub(crate) clock: Arc<dyn Clock>,
    /// Time from the begin of one turn to that of the next, unless a turn is full before.
    pub(crate) batch: Duration,
    /// The witnesses, where the manifest names some.
    pub(crate) witnesses: Option<WitnessClients>,
    /// When witnesses that did not cosign are asked again although nobody waits for it.
    pub(crate) next_question: Instant,
    /// How many entries the newest snapshot has.
    pub(crate) snapshot: u64,
    /// When the writer last began something: a turn, or waiting for one.
    pub(crate) beat: watch::Sender<Instant>,
}

impl Writer {
    /// Takes turns until there is nobody left to ask, or the keeper stops.
    pub(crate) async fn run(
        mut self,
        mut commands: mpsc::Receiver<WriterCommand>,
        mut stop: watch::Receiver<bool>,
    ) {
        let mut soonest = Instant::now();
        loop {
            self.beat.send_replace(Instant::now());
            let first = tokio::select! {
                first = commands.recv() => first,
                () = tokio::time::sleep(BEAT) => continue,
                () = told_to(&mut stop) => {
                    // Those who wait already are still served.
                    commands.close();
                    commands.recv().await
                }
            };
            match first {
                None => return self.keep_snapshot(0).await,
                Some(WriterCommand::CatchUp(asker)) => self.catch_up(asker).await,
                Some(WriterCommand::Note(asker)) => self.note(asker).await,
                Some(WriterCommand::Append(job)) => {
                    let jobs = self.gather(job, soonest, &mut commands).await;
                    self.beat.send_replace(Instant::now());
                    soonest = Instant::now() + self.batch;
                    self.turn(jobs).await;
                }
            }
        }
    }

    /// The appends of one turn: all that wait, and those that come until it may begin. One commit, and one
    /// question to anybody outside, then serves all of them, however long it takes. A turn after a
    /// pause may begin at once, so that whoever comes alone does not wait.
    async fn gather(
        &mut self,
        first: Job,
        soonest: Instant,
        commands: &mut mpsc::Receiver<WriterCommand>,
    ) -> Vec<Job> {
        let mut jobs = vec![first];
        while jobs.len() < TOGETHER {
            let next = match commands.try_recv() {
                Ok(next) => Some(next),
                Err(_) => tokio::time::timeout_at(soonest, commands.recv()).await.ok().flatten(),
            };
            match next {
                Some(WriterCommand::Append(job)) => jobs.push(job),
                Some(WriterCommand::CatchUp(asker)) => self.catch_up(asker).await,
                Some(WriterCommand::Note(asker)) => self.note(asker).await,
                None => break,
            }
        }
        jobs
    }

    /// Publishes what another keeper has appended, and uses the time nobody else needs.
    async fn catch_up(&mut self, asker: oneshot::Sender<()>) {
        if self.read_again().await.is_ok() {
            self.publish();
            if self.next_question <= Instant::now() {
                self.witness().await;
            }
        }
        let _ = asker.send(());
        if !self.ledger.is_broken() {
            self.settle_some(true).await;
        }
    }

    /// Takes over what another keeper has appended. After an append that failed, all of the board is read, which is
    /// not worth while before something can be written again: a full disk would cost a whole board a turn.
    async fn read_again(&mut self) -> Result<(), LedgerError> {
        if self.ledger.is_broken() {
            self.ledger.store().test_write().await?;
        }
        let read = self.ledger.catch_up().await;
        read.inspect_err(|error| tracing::error!(%error, "the board cannot be read"))
    }

    /// Gives out a checkpoint of everything that is committed. Witnesses are asked again also where they have cosigned
    /// it before: what counts at the end of a vote is that they saw it unfinished at its hour.
    async fn note(&mut self, asker: oneshot::Sender<Option<String>>) {
        let note = match self.read_again().await {
            Ok(()) => self.cosigned_note().await,
            Err(_) => None,
        };
        let _ = asker.send(note);
    }

    async fn cosigned_note(&self) -> Option<String> {
        let log = self.ledger.log();
        let note = log.head()?.note.clone();
        match &self.witnesses {
            Some(witnesses) => {
                let (_, lines) = witnesses.cosign(log).await?;
                let note = note + &lines;
                self.tell_times(&note);
                Some(note)
            }
            None => (!log.needs_witnesses()).then_some(note),
        }
    }

    async fn turn(&mut self, mut jobs: Vec<Job>) {
        let alone = match self.ledger.store().turn().await {
            Ok(alone) => alone,
            Err(error) => {
                tracing::error!(%error, "the board could not be had for a turn");
                return refuse_all(jobs, AppendError::NotRecorded, error.into());
            }
        };
        for _ in 0..TRIES {
            if let Err(error) = self.read_again().await {
                return refuse_all(jobs, AppendError::NotRecorded, error);
            }
            let planned = self.plan(&mut jobs);
            match self.ledger.commit().await {
                Ok(()) => {
                    // Others need not wait for witnesses.
                    if let Some(alone) = alone {
                        alone.end().await;
                    }
                    self.publish();
                    let accepted = refuse(jobs, planned);
                    self.witness().await;
                    self.answer(accepted).await;
                    while self.settle_some(false).await {}
                    self.keep_snapshot(SNAPSHOT_EVERY).await;
                    return;
                }
                Err(LedgerError::Behind) => {}
                // Whether this was committed is known only by reading again. Nobody was told that it was, and where
                // nobody can read, whoever sends the same again gets the truth.
                Err(error) => {
                    tracing::error!(%error, "the board could not be written");
                    let stored = self.ledger.store().head().await;
                    let unchanged = stored.is_ok_and(|stored| stored.as_ref() == self.ledger.log().head());
                    let told = if unchanged { AppendError::NotRecorded } else { AppendError::Ledger };
                    return refuse_all(jobs, told, error);
                }
            }
        }
        for job in jobs {
            let _ = job.done.send(Err(AppendError::Overtaken));
        }
    }

    /// Keeps a snapshot, if the board has grown by so many entries since the last one and by an eighth. Without one, a
    /// start takes longer.
    async fn keep_snapshot(&mut self, least: u64) {
        let size = self.ledger.log().committed();
        if size < self.snapshot.saturating_add(least.max(self.snapshot / 8)) || size == self.snapshot {
            return;
        }
        let Some((place, snapshot)) = self.ledger.snapshots().cloned().zip(self.ledger.snapshot()) else {
            return;
        };
        self.snapshot = size;
        let keys = Arc::clone(self.ledger.keys());
        let keep = move || snapshot.into_bytes(&keys).and_then(|bytes| Ok(place.write(&bytes)?));
        let kept = tokio::task::spawn_blocking(move || {
            keep().unwrap_or_else(|error| tracing::warn!(%error, "no snapshot of the board was kept"));
        });
        if least == 0 {
            let _ = kept.await;
        }
    }

    /// Lets each append have its turn on the state.
    fn plan(&mut self, jobs: &mut [Job]) -> Vec<Result<Planned, Refused>> {
        let (now, latest) = (self.clock.unix(), self.clock.bounds().latest);
        jobs.iter_mut().map(|job| self.ledger.plan_at(now, latest, &mut job.append)).collect()
    }

    /// Shows readers what is committed. Whoever reads keeps what it has: nobody waits.
    fn publish(&self) {
        self.views.send_replace(Arc::new(self.ledger.view()));
    }

    /// Brings the newest checkpoint to the witnesses, if they have not seen it, and shows it once enough have. What is
    /// committed stays committed if they do not: it is shown with a later checkpoint.
    pub(crate) async fn witness(&mut self) {
        let Some(witnesses) = &self.witnesses else { return };
        if !self.ledger.log().is_unwitnessed() {
            return;
        }
        let Some((size, lines)) = witnesses.cosign(self.ledger.log()).await else {
            self.next_question = Instant::now() + PAUSE;
            tracing::warn!(
                "too few witnesses have cosigned the newest checkpoint: it is shown to nobody yet"
            );
            return;
        };
        if let Some(head) = self.ledger.log().head() {
            self.tell_times(&format!("{}{lines}", head.note));
        }
        if let Err(error) = self.ledger.store_witnessed(size, &lines).await {
            tracing::error!(%error, "cosignatures could not be stored");
        }
        self.publish();
    }

    /// Tells the clock when a checkpoint was cosigned.
    fn tell_times(&self, note: &str) {
        let witnesses = self.ledger.state().manifest().witnesses();
        if let Some(Ok(times)) = witnesses.map(|witnesses| witnesses.times(note.as_bytes())) {
            self.clock.witnessed(&times);
        }
    }

    async fn answer(&self, accepted: Vec<(Job, Planned)>) {
        let log = self.ledger.log();
        for (job, Planned { index, new }) in accepted {
            let receipt = if new {
                log.newest_receipt(index)
            } else {
                receipt(&**self.ledger.store(), log, index).await
            };
            let _ = job.done.send(Ok(Appended { index, receipt, new }));
        }
    }

    /// Takes replaced ballots out of the sums and adds some that are not in them yet, before the closing only when
    /// there is time. Returns whether there is more to do at once.
    async fn settle_some(&mut self, idle: bool) -> bool {
        self.beat.send_replace(Instant::now());
        let closed = self.ledger.state().course() >= Course::Closed;
        match self.ledger.settle(if closed || idle { SLICE } else { 0 }).await {
            Ok(more) => closed && more,
            Err(error) => {
                tracing::error!(%error, "a ballot could not be read back");
                false
            }
        }
    }
}

async fn told_to(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

/// Answers the appends that were refused. What they were refused for may be an entry of the same turn, so they hear of
/// it no sooner than it is durable and shown.
fn refuse(jobs: Vec<Job>, planned: Vec<Result<Planned, Refused>>) -> Vec<(Job, Planned)> {
    let answer = |(job, planned): (Job, _)| match planned {
        Ok(planned) => Some((job, planned)),
        Err(refused) => {
            let _ = job.done.send(Err(AppendError::Refused(refused)));
            None
        }
    };
    jobs.into_iter().zip(planned).filter_map(answer).collect()
}

fn refuse_all(jobs: Vec<Job>, told: fn(Arc<LedgerError>) -> AppendError<Refused>, error: LedgerError) {
    let error = Arc::new(error);
    for job in jobs {
        let _ = job.done.send(Err(told(Arc::clone(&error))));
    }
}
