//! The time, as the one thing tests must be able to move.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Where the ballot box reads the time.
#[derive(Debug, Clone, Default)]
pub struct Clock(Option<Arc<AtomicI64>>);

impl Clock {
    /// The clock of the machine.
    pub fn system() -> Self {
        Clock(None)
    }

    /// A clock that stands still at a Unix time until it is moved, for tests and rehearsals.
    pub fn standing_at(unix: i64) -> Self {
        Clock(Some(Arc::new(AtomicI64::new(unix))))
    }

    /// Moves a standing clock forward. The clock of the machine is left alone.
    pub fn advance(&self, by: Duration) {
        if let Some(at) = &self.0 {
            at.fetch_add(seconds(by), Ordering::SeqCst);
        }
    }

    /// Seconds since 1970, UTC.
    pub fn unix(&self) -> i64 {
        match &self.0 {
            Some(at) => at.load(Ordering::SeqCst),
            None => OffsetDateTime::now_utc().unix_timestamp(),
        }
    }
}

impl veche_keeper::Clock for Clock {
    fn unix(&self) -> i64 {
        Clock::unix(self)
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
