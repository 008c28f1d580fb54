//! What waits to be sent: so much at most, everyone in turn, tried again while the code is good.
//!
//! A gateway that fails many times in a row is left in peace: one message at a time asks whether it works again, and
//! everybody is told that messages are delayed, whoever they are.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, oneshot, watch};
use tokio::task::JoinSet;

use super::budget::Budget;
use super::queue::FairQueue;
use super::{SmsError, SmsGateway, SmsMessage};
use crate::checks::{CheckName, HealthChecks};
use crate::clock::GuardedClock;
use crate::http::limits::CurrentLimits;

/// Messages on their way to a gateway at once.
const AT_ONCE: usize = 16;

/// Failures in a row after which a gateway is left in peace.
const TRIP: u32 = 5;

/// Time between two looks at what waits for its time.
const TICK: Duration = Duration::from_millis(100);

/// The longest rest between two tries.
const LONGEST_REST: Duration = Duration::from_secs(30);

/// What is wrong then, for whoever watches the server.
const LATE: &str = "Codes by SMS leave late or not at all: the gateway fails, hangs, or is too slow for so many. Try the \
    SMS program by hand, and ask the provider. What waits leaves by itself once it works, while the codes are good.";

/// The longest that somebody waits for one that is tried once: longer than a gateway is given.
const AT_MOST: Duration = Duration::from_secs(40);

/// Time in which a message leaves when nothing is wrong.
const PROMPT: Duration = Duration::from_secs(15);

/// One message that waits.
struct Job {
    message: SmsMessage,
    /// Whether the number is of another country than the election.
    abroad: bool,
    /// When its code ends, as a Unix time.
    until: i64,
    since: Instant,
    tries: u32,
    /// When it may be tried.
    ready: Instant,
    /// Whether it is tried once, and forgotten when nobody waits for it any more.
    once: bool,
    /// Whoever waits for it hears how it went, or that nobody holds this any more.
    ended: oneshot::Sender<Result<(), SmsError>>,
}

/// The messages that wait, and how the gateway is.
struct State {
    queue: FairQueue<IpAddr, Job>,
    budget: Budget,
    /// Failures in a row.
    failures: u32,
    /// Until when the gateway is left in peace, and for the how many-th time.
    rest: Option<Instant>,
    rests: u32,
}

/// What became of messages since the start.
#[derive(Debug, Default)]
struct Counts {
    sent: AtomicU64,
    failed: AtomicU64,
    no_number: AtomicU64,
    given_up: AtomicU64,
}

/// What became of messages since the start, and how many wait.
#[derive(Debug)]
pub(crate) struct Counted {
    /// Wait in the queue.
    pub(crate) waiting: usize,
    /// The gateway took them.
    pub(crate) sent: u64,
    /// Tries at which the gateway failed.
    pub(crate) failed: u64,
    /// The gateway says that the number can get none.
    pub(crate) no_number: u64,
    /// There was no room for them.
    pub(crate) given_up: u64,
}

/// Sends in the background.
pub(crate) struct Outbox {
    gateway: Arc<dyn SmsGateway>,
    limits: CurrentLimits,
    /// Whether anyone's number gets a message, so that all of them have one budget.
    is_open: bool,
    clock: GuardedClock,
    state: Mutex<State>,
    delayed: AtomicBool,
    counts: Counts,
    wake: Notify,
}

impl Outbox {
    pub(crate) fn new(
        gateway: Arc<dyn SmsGateway>,
        limits: CurrentLimits,
        is_open: bool,
        clock: GuardedClock,
    ) -> Self {
        let state = State {
            queue: FairQueue::new(limits.get().sms_queue),
            budget: Budget::default(),
            failures: 0,
            rest: None,
            rests: 0,
        };
        Outbox {
            gateway,
            limits,
            is_open,
            clock,
            state: Mutex::new(state),
            delayed: AtomicBool::new(false),
            counts: Counts::default(),
            wake: Notify::new(),
        }
    }

    /// Sends one message for somebody at a place, until its code ends. Returns whether it left.
    pub(crate) async fn send(&self, place: IpAddr, message: SmsMessage, abroad: bool, until: i64) -> bool {
        matches!(self.push(place, message, abroad, until, false).await, Ok(Ok(())))
    }

    /// Sends one message in turn with the others, tried once. Nothing is said where it still waits after a while, or
    /// found no place.
    pub(crate) async fn try_once(&self, message: SmsMessage, abroad: bool) -> Option<Result<(), SmsError>> {
        // A place of its own, so that it waits for no one network's messages.
        let ended = self.push(Ipv4Addr::UNSPECIFIED.into(), message, abroad, i64::MAX, true);
        tokio::time::timeout(AT_MOST, ended).await.ok()?.ok()
    }

    fn push(
        &self,
        place: IpAddr,
        message: SmsMessage,
        abroad: bool,
        until: i64,
        once: bool,
    ) -> oneshot::Receiver<Result<(), SmsError>> {
        let (ended, answer) = oneshot::channel();
        let now = Instant::now();
        let job = Job { message, abroad, until, since: now, tries: 0, ready: now, once, ended };
        // Whoever is crowded out hears of it by losing the sender.
        self.queue(&mut self.state(), place, job);
        self.wake.notify_one();
        answer
    }

    fn queue(&self, state: &mut State, place: IpAddr, job: Job) {
        if state.queue.push(place, job).is_some() {
            self.counts.given_up.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// What became of messages.
    pub(crate) fn counted(&self) -> Counted {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let Counts { sent, failed, no_number, given_up } = &self.counts;
        Counted {
            waiting: self.state().queue.len(),
            sent: count(sent),
            failed: count(failed),
            no_number: count(no_number),
            given_up: count(given_up),
        }
    }

    /// Whether messages leave late. It says nothing of any one of them.
    pub(crate) fn is_delayed(&self) -> bool {
        self.delayed.load(Ordering::Relaxed)
    }

    /// Sends until the server stops. What is under way then is given up.
    pub(crate) async fn run(self: Arc<Self>, checks: Arc<HealthChecks>, mut stop: watch::Receiver<bool>) {
        let mut under_way = JoinSet::new();
        loop {
            while let Some((place, mut job)) = self.next(under_way.len()) {
                let (gateway, patience) = (Arc::clone(&self.gateway), self.limits.get().sms_patience);
                under_way.spawn(async move {
                    let sent = tokio::time::timeout(patience, gateway.send(&job.message)).await;
                    job.tries += 1;
                    (place, job, sent.unwrap_or(Err(SmsError::TooSlow(patience))))
                });
            }
            let waiting = self.look();
            if self.is_delayed() {
                checks.fail(CheckName::Gateway, LATE);
            } else {
                checks.pass(CheckName::Gateway);
            }
            tokio::select! {
                Some(done) = under_way.join_next() => match done {
                    Ok((place, job, sent)) => self.done(place, job, sent),
                    Err(error) => tracing::error!(%error, "the SMS gateway broke off"),
                },
                () = self.wake.notified() => {}
                () = tokio::time::sleep(TICK), if waiting => {}
                _ = stop.wait_for(|stop| *stop) => return,
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic while holding the lock leaves messages behind, which are still messages.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next message that may be tried now.
    fn next(&self, under_way: usize) -> Option<(IpAddr, Job)> {
        let (now, unix) = (Instant::now(), self.clock.unix());
        let mut guard = self.state();
        let state = &mut *guard;
        let rests = state.failures >= TRIP && (under_way > 0 || state.rest.is_some_and(|rest| rest > now));
        if under_way >= AT_ONCE || rests {
            return None;
        }
        state.queue.retain(|job| job.until > unix && !(job.once && job.ended.is_closed()));
        let State { queue, budget, .. } = state;
        let an_hour = self.is_open.then(|| self.limits.get().open_codes_an_hour);
        let mut room = |abroad| an_hour.is_none_or(|most| budget.has_room(most, unix, abroad));
        let (home, abroad) = (room(false), room(true));
        // A message that is tried again was counted.
        let may = |job: &Job| job.tries > 0 || if job.abroad { abroad } else { home };
        let next = queue.pop(|job| job.ready <= now && may(job));
        if let Some((_, job)) = next.as_ref().filter(|(_, job)| job.tries == 0) {
            budget.spend(job.abroad);
        }
        next
    }

    /// Notes whether messages are late. Returns whether any wait.
    fn look(&self) -> bool {
        let state = self.state();
        let late = state.queue.iter().any(|job| job.since.elapsed() > PROMPT);
        // A full queue is full again a moment after a message has left: it is well when half of it is free.
        let crowded = state.queue.is_full() || (self.is_delayed() && state.queue.is_crowded());
        self.delayed.store(late || state.failures >= TRIP || crowded, Ordering::Relaxed);
        state.queue.len() > 0
    }

    /// Takes note of how one went, and puts it back if it did not leave.
    fn done(&self, place: IpAddr, mut job: Job, sent: Result<(), SmsError>) {
        let outcome = match &sent {
            Ok(()) => &self.counts.sent,
            Err(SmsError::Number) => &self.counts.no_number,
            Err(_) => &self.counts.failed,
        };
        outcome.fetch_add(1, Ordering::Relaxed);
        let mut state = self.state();
        match sent {
            Ok(()) => {
                if state.failures >= TRIP {
                    tracing::warn!("the SMS gateway works again: {} messages wait", state.queue.len());
                }
                (state.failures, state.rest, state.rests) = (0, None, 0);
                // Nobody may be waiting any more.
                let _ = job.ended.send(Ok(()));
            }
            Err(SmsError::Number) => {
                tracing::info!("a message was not sent: {}", SmsError::Number);
                let _ = job.ended.send(Err(SmsError::Number));
            }
            Err(error) => {
                state.failures = state.failures.saturating_add(1);
                let now = Instant::now();
                // Those that were under way together fail together, and are one reason to rest.
                if state.failures >= TRIP && state.rest.is_none_or(|rest| rest <= now) {
                    state.rest = Some(now + self.rest(state.rests));
                    state.rests = state.rests.saturating_add(1);
                }
                if state.failures == TRIP {
                    tracing::error!(
                        %error,
                        "the SMS gateway fails: messages are held back, and one at a time is tried. {} wait",
                        state.queue.len() + 1
                    );
                } else {
                    tracing::warn!(%error, "a message was not sent; a code is tried again while it is good");
                }
                if job.once {
                    let _ = job.ended.send(Err(error));
                    return;
                }
                job.ready = now + self.rest(job.tries.saturating_sub(1));
                self.queue(&mut state, place, job);
            }
        }
    }

    /// The rest after so many failures before this one.
    fn rest(&self, failures: u32) -> Duration {
        self.limits.get().sms_retry.saturating_mul(1 << failures.min(16)).min(LONGEST_REST)
    }
}
