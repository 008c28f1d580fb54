//! The time that a server goes by.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use veche_keeper::TimeBounds;

use super::machine::Clock;
use super::opinion::{Opinion, Reading};

/// The machine's clock, compared with the time that has passed by the monotonic clock, with what was seen before the
/// start, with the board and with the witnesses. Clones share what they know.
///
/// While all agree, it is the machine's clock. A clock that jumps while the server runs changes nothing: the server
/// measures on from the last time that was beyond doubt. Nothing that cannot be taken back happens before the earliest
/// of all these times has come; a person who closes the vote goes by the latest.
#[derive(Debug, Clone)]
pub(crate) struct GuardedClock {
    machine: Clock,
    opinion: Arc<Mutex<Opinion>>,
}

impl GuardedClock {
    /// Begins, for a server that was seen alive last at a time, if it ever was.
    pub(crate) fn new(machine: Clock, seen: Option<i64>) -> Self {
        let opinion = Opinion::new(machine.unix(), machine.elapsed(), seen);
        GuardedClock { machine, opinion: Arc::new(Mutex::new(opinion)) }
    }

    /// Seconds since 1970, UTC, as well as they are known.
    pub(crate) fn unix(&self) -> i64 {
        self.read().unix
    }

    /// The least that it is by what is known: what a later start compares the machine's clock with.
    pub(crate) fn seen(&self) -> i64 {
        self.read().measured
    }

    /// Looks how the machine's clock goes, and takes it up again when it has proved itself. `closing` is the hour at
    /// which something ends that cannot be begun again, `board` the newest time on the board.
    pub(crate) fn look(&self, closing: Option<i64>, board: Option<i64>) {
        let mut opinion = self.opinion();
        opinion.look(self.machine.unix(), self.machine.elapsed(), closing, board);
    }

    /// What is to be said to a person, if the times do not agree.
    pub(crate) fn doubt(&self, closing: Option<i64>) -> Option<String> {
        self.read().doubt(closing)
    }

    fn read(&self) -> Reading {
        // Both under the lock: a thread that waits for it must not hold an old time against a new base.
        let opinion = self.opinion();
        opinion.read(self.machine.unix(), self.machine.elapsed())
    }

    fn opinion(&self) -> MutexGuard<'_, Opinion> {
        self.opinion.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl veche_keeper::Clock for GuardedClock {
    fn unix(&self) -> i64 {
        self.read().unix
    }

    fn bounds(&self) -> TimeBounds {
        let Reading { earliest, latest, .. } = self.read();
        TimeBounds { earliest, latest }
    }

    fn witnessed(&self, times: &[u64]) {
        let times = times.iter().map(|time| i64::try_from(*time).unwrap_or(i64::MAX));
        if let (Some(first), Some(last)) = (times.clone().min(), times.max()) {
            self.opinion().witnessed(self.machine.unix(), self.machine.elapsed(), first, last);
        }
    }
}
