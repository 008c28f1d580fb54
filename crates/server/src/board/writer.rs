//! The writer: the one task that changes the board.

use std::sync::Arc;
use std::time::Duration;

use rayon::prelude::*;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;
use veche_board::Origin;
use veche_verify::Course;

use super::witnesses::Panel;
use super::{Appended, Asked, BoardError, Job, Shared, Standing, Turn};
use crate::clock::Clock;
use crate::http::problem::{Kind, Problem};
use crate::keys::Keys;
use crate::store::log::{Log, LogError, number};
use crate::store::sqlite::Sqlite;

/// Plans committed under one checkpoint at most.
const TOGETHER: usize = 256;

/// Time between two questions to witnesses who did not cosign, while nobody waits for the answer.
const PAUSE: Duration = Duration::from_secs(1);

/// Ballots added to the sums at once, while nobody else can read the state: some 30 milliseconds.
const SLICE: usize = 256;

/// Times the plans of one turn are tried again because another server appended first.
const TRIES: usize = 5;

pub(super) struct Writer {
    pub(super) shared: Arc<Shared>,
    pub(super) manifest: Vec<u8>,
    pub(super) origin: Origin,
    pub(super) keys: Arc<Keys>,
    pub(super) db: Sqlite,
    pub(super) clock: Clock,
    /// Time from the begin of one turn to that of the next, unless a turn is full before.
    pub(super) batch: Duration,
    /// The witnesses, where the manifest names some.
    pub(super) panel: Option<Panel>,
    /// When witnesses that did not cosign are asked again although nobody waits for it.
    pub(super) next_question: Instant,
    /// The state may be ahead of the database: nothing is planned before it was read again.
    pub(super) broken: bool,
}

/// What the plans of one turn want, before it is committed.
struct Wanted {
    leaves: Vec<Vec<u8>>,
    files: Vec<(String, Vec<u8>)>,
    /// The entry each job asked for and whether it is new, in the jobs' order.
    entries: Vec<(u64, bool)>,
}

impl Wanted {
    /// The leaf of an entry of this turn.
    fn leaf(&self, index: u64, before: u64) -> Option<&[u8]> {
        let position = usize::try_from(index.checked_sub(before)?).ok()?;
        self.leaves.get(position).map(Vec::as_slice)
    }
}

impl Writer {
    /// Takes turns until there is nobody left to ask, or the server stops.
    pub(super) async fn run(mut self, mut asked: mpsc::Receiver<Asked>, mut stop: watch::Receiver<bool>) {
        let mut soonest = Instant::now();
        loop {
            let first = tokio::select! {
                first = asked.recv() => first,
                () = told_to(&mut stop) => {
                    // Those who wait already are still served.
                    asked.close();
                    asked.recv().await
                }
            };
            match first {
                None => return,
                Some(Asked::BeCurrent(reader)) => self.show(reader).await,
                Some(Asked::Append(job)) => {
                    let jobs = self.gather(job, soonest, &mut asked).await;
                    soonest = Instant::now() + self.batch;
                    self.turn(jobs).await;
                }
            }
        }
    }

    /// The plans of one turn: all that wait, and those that come until it may begin. One commit, and one
    /// question to anybody outside, then serves all of them, however long it takes. A turn after a
    /// pause may begin at once, so that whoever comes alone does not wait.
    async fn gather(&mut self, first: Job, soonest: Instant, asked: &mut mpsc::Receiver<Asked>) -> Vec<Job> {
        let mut jobs = vec![first];
        while jobs.len() < TOGETHER {
            let next = match asked.try_recv() {
                Ok(next) => Some(next),
                Err(_) => tokio::time::timeout_at(soonest, asked.recv()).await.ok().flatten(),
            };
            match next {
                Some(Asked::Append(job)) => jobs.push(job),
                Some(Asked::BeCurrent(reader)) => self.show(reader).await,
                None => break,
            }
        }
        jobs
    }

    /// Lets a reader see what another server has appended.
    async fn show(&mut self, reader: oneshot::Sender<()>) {
        if let Err(error) = self.be_current().await {
            tracing::error!(%error, "the board cannot be read");
        } else if self.next_question <= Instant::now() {
            self.witness().await;
        }
        let _ = reader.send(());
        self.settle_some(SLICE, true).await;
    }

    async fn turn(&mut self, mut jobs: Vec<Job>) {
        for _ in 0..TRIES {
            if let Err(error) = self.be_current().await {
                tracing::error!(%error, "the board cannot be read");
                return refuse_all(jobs, &Problem::fault(&error));
            }
            let before = self.shared.log.read().await.committed();
            let wanted = self.plan(&mut jobs).await;
            if self.broken {
                continue;
            }
            if wanted.leaves.is_empty() {
                self.witness().await;
                return self.answer(jobs, &wanted, before).await;
            }
            let committed = {
                let mut log = self.shared.log.write().await;
                log.append(&self.db, &self.keys.log, &wanted.leaves, &wanted.files).await
            };
            match committed {
                Ok(()) => {
                    self.witness().await;
                    self.answer(jobs, &wanted, before).await;
                    return self.settle().await;
                }
                Err(LogError::Behind) => self.broken = true,
                Err(error) => {
                    // Whether this was committed is known only by reading again. Nobody was told
                    // that it was, and whoever sends the same again gets the truth.
                    self.broken = true;
                    return refuse_all(jobs, &Problem::fault(&error));
                }
            }
        }
        refuse_all(jobs, &Problem::new(Kind::Busy, "Another server was faster each time. Try again."));
    }

    /// Brings the newest checkpoint to the witnesses, if they have not seen it, and shows it once enough have. What is
    /// committed stays committed if they do not: it is shown with a later checkpoint.
    pub(super) async fn witness(&mut self) {
        let Some(panel) = &self.panel else { return };
        if !self.shared.log.read().await.is_unwitnessed() {
            return;
        }
        let Some((size, lines)) = panel.cosign(&self.shared).await else {
            self.next_question = Instant::now() + PAUSE;
            tracing::warn!(
                "too few witnesses have cosigned the newest checkpoint: it is shown to nobody yet"
            );
            return;
        };
        let mut log = self.shared.log.write().await;
        if let Err(error) = log.store_witnessed(&self.db, size, &lines).await {
            tracing::error!(%error, "cosignatures could not be stored");
        }
    }

    /// Takes over what another server appended; after trouble, reads everything again.
    async fn be_current(&mut self) -> Result<(), BoardError> {
        if self.broken {
            let (standing, log) = replay(&self.manifest, &self.origin, &self.db).await?;
            *self.shared.standing.write().await = standing;
            *self.shared.log.write().await = log;
            self.broken = false;
            return Ok(());
        }
        let stored: Option<(i64,)> = sqlx::query_as("SELECT size FROM head")
            .fetch_optional(self.db.read())
            .await
            .map_err(LogError::from)?;
        if stored == Some((number(self.shared.log.read().await.committed()),)) {
            if self.shared.log.read().await.is_unwitnessed() {
                self.shared.log.write().await.see_witnessed(&self.db).await?;
            }
            return Ok(());
        }
        // A failure in between leaves a state that was read in part.
        self.broken = true;
        let mut standing = self.shared.standing.write().await;
        let mut log = self.shared.log.write().await;
        catch_up(&mut standing, &mut log, &self.db).await?;
        self.broken = false;
        Ok(())
    }

    /// Lets each plan have its turn on the state. Plans that are refused are answered here and leave.
    async fn plan(&mut self, jobs: &mut Vec<Job>) -> Wanted {
        let mut standing = self.shared.standing.write().await;
        let mut wanted = Wanted { leaves: Vec::new(), files: Vec::new(), entries: Vec::new() };
        let mut kept = Vec::with_capacity(jobs.len());
        for mut job in jobs.drain(..) {
            if self.broken {
                kept.push(job);
                continue;
            }
            let mut turn = Turn {
                standing: &mut standing,
                keys: &self.keys,
                now: self.clock.unix(),
                leaves: Vec::new(),
                files: Vec::new(),
            };
            match (job.plan)(&mut turn) {
                Ok(entry) => {
                    wanted.entries.push((entry, !turn.leaves.is_empty()));
                    wanted.leaves.append(&mut turn.leaves);
                    wanted.files.append(&mut turn.files);
                    kept.push(job);
                }
                Err(problem) => {
                    // A plan that fails after its first entry has left that entry in the state.
                    self.broken = !turn.leaves.is_empty();
                    let _ = job.done.send(Err(problem));
                }
            }
        }
        *jobs = kept;
        wanted
    }

    async fn answer(&self, jobs: Vec<Job>, wanted: &Wanted, before: u64) {
        let log = self.shared.log.read().await;
        for (job, &(index, new)) in jobs.into_iter().zip(&wanted.entries) {
            let receipt = match wanted.leaf(index, before) {
                Some(leaf) => log.newest_receipt(index, leaf),
                None => log.receipt(&self.db, index).await,
            };
            let receipt = receipt.map_err(Problem::from);
            let _ = job.done.send(Ok(Appended { index, receipt, new }));
        }
    }

    /// Brings the sums up to date: takes replaced ballots out, and, once the vote is closed, adds all that
    /// are not in them yet.
    async fn settle(&mut self) {
        while self.settle_some(SLICE, false).await {}
    }

    /// Takes replaced ballots out of the sums and adds at most `most` that are not in them yet, before the
    /// closing only when there is time. Returns whether there is more to do at once.
    async fn settle_some(&mut self, most: usize, idle: bool) -> bool {
        let mut standing = self.shared.standing.write().await;
        let closed = standing.board.course() >= Course::Closed;
        if let Err(error) = settle(&mut standing, &self.db, if closed || idle { most } else { 0 }).await {
            tracing::error!(%error, "a ballot could not be read back");
            drop(standing);
            self.broken = true;
            return false;
        }
        closed && standing.board.unsummed().len() > 0
    }
}

async fn told_to(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

fn refuse_all(jobs: Vec<Job>, problem: &Problem) {
    for job in jobs {
        let _ = job.done.send(Err(problem.clone()));
    }
}

/// Reads the whole stored board.
pub(super) async fn replay(
    manifest: &[u8],
    origin: &Origin,
    db: &Sqlite,
) -> Result<(Standing, Log), BoardError> {
    let mut standing = Standing::new(manifest)?;
    let mut log = Log::new(origin.clone());
    catch_up(&mut standing, &mut log, db).await?;
    Ok((standing, log))
}

/// Reads what is stored and not yet in `log`.
async fn catch_up(standing: &mut Standing, log: &mut Log, db: &Sqlite) -> Result<(), BoardError> {
    loop {
        let stored = log.next(db).await?;
        // Hashes and points need no order: every core reads some. What must be read in order is little.
        let read: Vec<_> = stored.par_iter().map(|(_, leaf)| standing.read(leaf)).collect();
        for ((index, leaf), read) in stored.into_iter().zip(read) {
            log.take(read.hash);
            standing.restore(index, &leaf, read)?;
            // The sums must be right when the stored tally input is compared with them.
            let all = standing.board.course() >= Course::Closed;
            settle(standing, db, if all { usize::MAX } else { 0 }).await?;
        }
        if log.caught_up(db).await? {
            return Ok(());
        }
    }
}

/// Takes replaced ballots out of the sums, and adds at most `most` of those that are not in them yet.
async fn settle(standing: &mut Standing, db: &Sqlite, most: usize) -> Result<(), BoardError> {
    let board = &standing.board;
    let open: Vec<u64> = board.owed().chain(board.unsummed().take(most)).collect();
    for index in open {
        let (leaf,): (Vec<u8>,) = sqlx::query_as("SELECT leaf FROM entry WHERE position = ?")
            .bind(number(index))
            .fetch_one(db.read())
            .await
            .map_err(LogError::from)?;
        standing.board.settle(index, &leaf)?;
    }
    Ok(())
}
