//! The machine's clock, and how times are written.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A machine's clock, as it is: a server compares it with what else it knows before it goes by it.
#[derive(Debug, Clone, Default)]
pub struct Clock(Option<Arc<Standing>>);

#[derive(Debug)]
struct Standing {
    wall: AtomicI64,
    elapsed: AtomicI64,
}

/// When this process began to measure.
static BEGIN: LazyLock<Instant> = LazyLock::new(Instant::now);

impl Clock {
    /// The clock of the machine.
    pub fn system() -> Self {
        Clock(None)
    }

    /// A clock that stands still at a Unix time until it is moved, for tests and rehearsals.
    pub fn standing_at(unix: i64) -> Self {
        Clock(Some(Arc::new(Standing { wall: AtomicI64::new(unix), elapsed: AtomicI64::new(0) })))
    }

    /// Lets time pass for a standing clock. The clock of the machine is left alone.
    pub fn advance(&self, by: Duration) {
        if let Some(at) = &self.0 {
            // In this order a reader in between sees a clock that is behind by what passes, never one that is ahead.
            at.elapsed.fetch_add(seconds(by), Ordering::SeqCst);
            at.wall.fetch_add(seconds(by), Ordering::SeqCst);
        }
    }

    /// Sets a standing clock forward or back while no time passes, as somebody does who sets a clock wrong or right.
    pub fn set_by(&self, seconds: i64) {
        if let Some(at) = &self.0 {
            at.wall.fetch_add(seconds, Ordering::SeqCst);
        }
    }

    /// What it shows: seconds since 1970, UTC.
    pub fn unix(&self) -> i64 {
        match &self.0 {
            Some(at) => at.wall.load(Ordering::SeqCst),
            None => OffsetDateTime::now_utc().unix_timestamp(),
        }
    }

    /// Seconds that have passed since some moment, whatever the clock was set to meanwhile.
    pub(super) fn elapsed(&self) -> i64 {
        match &self.0 {
            Some(at) => at.elapsed.load(Ordering::SeqCst),
            None => seconds(BEGIN.elapsed()),
        }
    }
}

/// A duration as seconds, to be added to a Unix time.
pub(crate) fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}

/// A Unix time as RFC 3339 in UTC. A time outside the calendar's range becomes the empty string.
pub(crate) fn rfc3339(unix: i64) -> String {
    OffsetDateTime::from_unix_timestamp(unix)
        .ok()
        .and_then(|time| time.format(&Rfc3339).ok())
        .unwrap_or_default()
}
