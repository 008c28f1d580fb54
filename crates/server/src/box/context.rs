//! What the requests of the ballot box's half can reach.

use std::sync::Arc;

use tokio::sync::{Semaphore, watch};
use veche_record::Manifest;

use crate::board::Board;
use crate::clock::Clock;
use crate::http::limits::{ClientNetwork, Counter, HOUR, Limits, TEN_MINUTES};
use crate::keys::Keys;
use crate::store::sqlite::Sqlite;

/// The ballot box's half of a running server.
pub(crate) struct BallotBox {
    pub(crate) manifest: Arc<Manifest>,
    pub(crate) manifest_bytes: Vec<u8>,
    pub(crate) keys: Arc<Keys>,
    pub(crate) db: Sqlite,
    pub(crate) board: Board,
    pub(crate) clock: Clock,
    pub(crate) limits: Limits,
    pub(crate) counters: Counters,
    pub(crate) verifiers: Verifiers,
    /// Bytes of the longest ballot of any style.
    pub(crate) longest_ballot: usize,
    /// How far the published copy is, if there is one.
    pub(crate) published: Option<watch::Receiver<Published>>,
}

impl BallotBox {
    /// When the manifest lets voting open, as Unix seconds.
    pub(crate) fn opens(&self) -> i64 {
        i64::try_from(self.manifest.document().opens.unix()).unwrap_or(i64::MAX)
    }

    /// When the manifest ends voting, as Unix seconds.
    pub(crate) fn closes(&self) -> i64 {
        i64::try_from(self.manifest.document().closes.unix()).unwrap_or(i64::MAX)
    }
}

/// How far the published copy is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Published {
    /// Entries of the last checkpoint that was published.
    pub(crate) size: Option<u64>,
    /// Whether the last pass failed. Why is in the log.
    pub(crate) failing: bool,
}

/// The places of ballots that are being verified.
pub(crate) struct Verifiers(pub(crate) Arc<Semaphore>);

impl Verifiers {
    pub(crate) fn new(limits: &Limits) -> Self {
        let all = std::thread::available_parallelism().map_or(1, usize::from);
        let places = if limits.verify_at_once == 0 { all } else { limits.verify_at_once };
        Verifiers(Arc::new(Semaphore::new(places)))
    }
}

/// What the ballot box counts in memory.
#[derive(Debug)]
pub(crate) struct Counters {
    pub(crate) lookups: Counter<ClientNetwork>,
    /// Ballots of a credential key.
    pub(crate) ballots: Counter<[u8; 32]>,
}

impl Counters {
    pub(crate) fn new(limits: &Limits) -> Self {
        Counters {
            lookups: Counter::new(limits.lookups_an_address_an_hour, HOUR),
            ballots: Counter::new(limits.ballots_a_voter_in_ten_minutes, TEN_MINUTES),
        }
    }
}
