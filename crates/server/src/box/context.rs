//! What the requests of the ballot box's half can reach.

use std::sync::Arc;

use tokio::sync::watch;
use veche_keeper::{Allow, Keeper};
use veche_record::Manifest;

use crate::backup::Backup;
use crate::ballot_box::gathering::Gathering;
use crate::clock::GuardedClock;
use crate::http::counters::{Counter, HOUR, NetworkCounter, TEN_MINUTES};
use crate::http::limits::CurrentLimits;
use crate::keys::Keys;

/// The ballot box's half of a running server.
pub(crate) struct BallotBox {
    pub(crate) manifest: Arc<Manifest>,
    pub(crate) manifest_bytes: Vec<u8>,
    pub(crate) keys: Arc<Keys>,
    /// Whether the organiser's key is on paper.
    pub(crate) backup: Backup,
    pub(crate) board: Keeper,
    /// Whether the vote opens by itself at its hour.
    pub(crate) opens_by_the_hour: bool,
    pub(crate) clock: GuardedClock,
    pub(crate) limits: CurrentLimits,
    pub(crate) counters: Counters,
    /// The end of the vote that trustees are signing.
    pub(crate) closing: Gathering,
    /// Bytes of the longest ballot of any style.
    pub(crate) longest_ballot: usize,
    /// How far the published copy is, if there is one.
    pub(crate) published: Option<watch::Receiver<Published>>,
}

impl BallotBox {
    /// Takes the steps whose time has come. Returns whether every one could be taken.
    pub(crate) async fn advance(&self) -> bool {
        self.board.advance(self.opens_by_the_hour && !self.backup.is_missing()).await
    }

    /// The identifier of a ballot style by its position.
    pub(crate) fn style_name(&self, style: u16) -> String {
        self.manifest.ballot_style(style).map(|style| style.id.clone()).unwrap_or_default()
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

/// What the ballot box counts in memory.
#[derive(Debug)]
pub(crate) struct Counters {
    pub(crate) lookups: NetworkCounter,
    /// Credentials and revocations that were posted and refused.
    pub(crate) refused_registrations: NetworkCounter,
    /// Ballots of a credential key.
    pub(crate) ballots: Arc<Counter<[u8; 32]>>,
}

impl Counters {
    pub(crate) fn new(limits: &CurrentLimits) -> Self {
        Counters {
            lookups: NetworkCounter::new(limits, |limits| limits.lookups_an_address_an_hour, HOUR),
            refused_registrations: NetworkCounter::new(
                limits,
                |limits| limits.refused_registrations_an_address_an_hour,
                HOUR,
            ),
            ballots: Arc::new(Counter::new(
                limits,
                |limits| limits.ballots_a_voter_in_ten_minutes,
                TEN_MINUTES,
            )),
        }
    }

    /// Counts each ballot of a key that a box is to verify.
    pub(crate) fn allow(&self, clock: GuardedClock) -> Allow {
        let ballots = Arc::clone(&self.ballots);
        Arc::new(move |key| ballots.count(key.to_bytes(), clock.unix()))
    }
}
