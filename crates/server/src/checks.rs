//! What is checked while a server runs, told by whoever knows and read by `/v1/health`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::Serialize;
use utoipa::ToSchema;

use crate::clock::{Clock, rfc3339};

/// What is checked. The names are part of the HTTP contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum CheckName {
    /// A real write to the database.
    Write,
    /// Free space where the database is.
    Disk,
    /// Whether the time is beyond doubt.
    Clock,
    /// Registrar: whether the SMS gateway takes messages.
    Gateway,
    /// Registrar: whether codes are guessed at, over all numbers.
    Guesses,
    /// Whether enough witnesses cosign.
    Witnesses,
    /// The published copy of the record.
    Copy,
    /// Whether every mirror that was named has said what it has seen of the board.
    Mirrors,
    /// Whether the board's writer takes its turns.
    Writer,
    /// Registrar apart from the box: whether the box answers.
    Box,
    /// Whether lines of the log are lost.
    Log,
    /// Whether the configuration could be taken when it was read again.
    Configuration,
    /// Whether the file of limits could be read when it changed.
    Limits,
    /// Whether the proxy in front says where visitors are.
    Proxy,
}

/// One check of `/v1/health`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Check {
    name: CheckName,
    /// Whether all is well.
    ok: bool,
    /// Since when it is as it is.
    #[schema(example = "2026-05-02T08:00:00Z")]
    since: String,
    /// What is wrong and what to do; nothing while all is well.
    sentence: Option<Cow<'static, str>>,
}

/// The checks of a running server. Whoever knows something of one says [`pass`](Self::pass) or [`fail`](Self::fail), as
/// often as it likes; nobody is asked when somebody reads them. They are public: a sentence names no person, no path
/// and no address.
#[derive(Debug)]
pub(crate) struct HealthChecks {
    clock: Clock,
    checks: Mutex<BTreeMap<CheckName, State>>,
}

#[derive(Debug)]
struct State {
    /// What is wrong.
    trouble: Option<Cow<'static, str>>,
    since: i64,
    /// When somebody last said something, and within which time something must be said again.
    told: Instant,
    within: Option<Duration>,
}

impl State {
    /// What is wrong: also that whoever should look has not looked.
    fn trouble(&self) -> Option<Cow<'static, str>> {
        let silent = || self.within.is_some_and(|within| self.told.elapsed() > within);
        self.trouble.clone().or_else(|| silent().then_some(Cow::Borrowed(SILENT)))
    }
}

const SILENT: &str = "This has not been looked at in time, although it should have been: the machine is overloaded, its \
    disk does not answer, or this program hangs. Look at the log; start the program again if it does not recover.";

impl HealthChecks {
    pub(crate) fn new(clock: Clock) -> Self {
        HealthChecks { clock, checks: Mutex::default() }
    }

    /// Announces a check of which something must be said within each such time, or it fails by itself.
    pub(crate) fn expect(&self, name: CheckName, within: Duration) {
        self.tell(name, None, Some(within));
    }

    /// Says that all is well.
    pub(crate) fn pass(&self, name: CheckName) {
        self.tell(name, None, None);
    }

    /// Says what is wrong and what to do about it. The sentence is public.
    pub(crate) fn fail(&self, name: CheckName, sentence: impl Into<Cow<'static, str>>) {
        self.tell(name, Some(sentence.into()), None);
    }

    fn tell(&self, name: CheckName, trouble: Option<Cow<'static, str>>, within: Option<Duration>) {
        let (since, told) = (self.clock.unix(), Instant::now());
        let mut checks = self.checks.lock().unwrap_or_else(PoisonError::into_inner);
        let state = checks.entry(name).or_insert_with(|| State { trouble: None, since, told, within });
        match (&state.trouble, &trouble) {
            (None, Some(sentence)) => tracing::error!(check = ?name, "{sentence}"),
            (Some(_), None) => tracing::info!(check = ?name, "all is well again"),
            _ => {}
        }
        if state.trouble.is_some() != trouble.is_some() {
            state.since = since;
        }
        state.trouble = trouble;
        state.told = told;
        state.within = within.or(state.within);
    }

    /// All checks of this server, in the order of their names' list.
    pub(crate) fn all(&self) -> Vec<Check> {
        let checks = self.checks.lock().unwrap_or_else(PoisonError::into_inner);
        let check = |(name, state): (&CheckName, &State)| {
            let trouble = state.trouble();
            Check { name: *name, ok: trouble.is_none(), since: rfc3339(state.since), sentence: trouble }
        };
        checks.iter().map(check).collect()
    }
}

impl Check {
    pub(crate) const fn is_ok(&self) -> bool {
        self.ok
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checks() -> (HealthChecks, Clock) {
        let clock = Clock::standing_at(1_777_680_000);
        (HealthChecks::new(clock.clone()), clock)
    }

    #[test]
    fn a_check_says_since_when_it_is_as_it_is() {
        let (checks, clock) = checks();
        let at = |ok, since: &str, sentence: Option<&'static str>| {
            vec![Check {
                name: CheckName::Disk,
                ok,
                since: since.to_owned(),
                sentence: sentence.map(Cow::Borrowed),
            }]
        };
        checks.pass(CheckName::Disk);
        clock.advance(Duration::from_secs(60));
        checks.pass(CheckName::Disk);
        assert_eq!(checks.all(), at(true, "2026-05-02T00:00:00Z", None));
        checks.fail(CheckName::Disk, "full");
        clock.advance(Duration::from_secs(60));
        checks.fail(CheckName::Disk, "fuller");
        assert_eq!(checks.all(), at(false, "2026-05-02T00:01:00Z", Some("fuller")));
        checks.pass(CheckName::Disk);
        assert_eq!(checks.all(), at(true, "2026-05-02T00:02:00Z", None));
    }

    #[test]
    fn who_should_look_and_does_not_is_no_good_news() {
        let (checks, _) = checks();
        checks.expect(CheckName::Write, Duration::ZERO);
        checks.expect(CheckName::Disk, Duration::from_secs(3_600));
        std::thread::sleep(Duration::from_millis(2));
        let ok = |checks: &HealthChecks| checks.all().iter().map(Check::is_ok).collect::<Vec<_>>();
        assert_eq!(ok(&checks), [false, true]);
        checks.pass(CheckName::Write);
        std::thread::sleep(Duration::from_millis(2));
        assert_eq!(ok(&checks), [false, true], "the time goes on with every word");
    }
}
