//! Signatures and proofs on their way: collected, verified in batches beside the replay, and answered
//! in order.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use veche_crypto::randomness::Randomness;
use veche_record::Election;

use super::{Options, Snapshot};
use crate::claim::{self, Claim};
use crate::failure::Failure;
use crate::parallel::{Task, workers};

/// The domain of the random bytes of each batch, expanded from the caller's.
const FRESH: &str = "audit-fresh";

/// Batches that wait or are being verified, for each core.
const AHEAD: usize = 2;

enum Waiting {
    Batch(Task<Vec<Failure>>),
    /// Everything before it must be answered first.
    Snapshot(Snapshot),
}

/// What is collected and what is under way.
pub(super) struct Batches {
    fresh: Arc<Randomness>,
    size: usize,
    begun: u64,
    claims: Vec<Claim>,
    points: usize,
    waiting: VecDeque<Waiting>,
    bad: BTreeSet<u64>,
}

impl Batches {
    pub fn new(options: &Options) -> Self {
        Batches {
            fresh: Arc::clone(&options.fresh),
            size: options.batch_points,
            begun: 0,
            claims: Vec::new(),
            points: 0,
            waiting: VecDeque::new(),
            bad: BTreeSet::new(),
        }
    }

    /// Collects claims, and begins a batch when there are enough.
    pub fn push(&mut self, election: &Arc<Election>, claims: Vec<Claim>) {
        self.points += claims.iter().map(Claim::points).sum::<usize>();
        self.claims.extend(claims);
        if self.points >= self.size {
            self.begin(election);
        }
    }

    /// Begins a batch of what is collected.
    pub fn begin(&mut self, election: &Arc<Election>) {
        if self.claims.is_empty() {
            return;
        }
        self.begun += 1;
        self.points = 0;
        let fresh = self.fresh.derive(FRESH, self.begun);
        let (claims, election) = (std::mem::take(&mut self.claims), Arc::clone(election));
        let task = Task::begin(move || claim::verify(&election, &claims, &fresh));
        self.waiting.push_back(Waiting::Batch(task));
    }

    /// The entries that were found false so far.
    pub fn bad(&self) -> &BTreeSet<u64> {
        &self.bad
    }

    /// Notes a snapshot, to be given out when everything before it is answered.
    pub fn mark(&mut self, election: &Arc<Election>, snapshot: Snapshot) {
        self.begin(election);
        self.waiting.push_back(Waiting::Snapshot(snapshot));
    }

    /// Takes the answers that are there, and with `all` waits for every one. Otherwise waits only when
    /// the replay is too far ahead.
    pub fn collect(&mut self, all: bool, snapshot: &mut dyn FnMut(&Snapshot)) -> Vec<Failure> {
        let ahead = if all { 0 } else { AHEAD * workers() };
        let mut failures = Vec::new();
        while let Some(mut first) = self.waiting.pop_front() {
            if let Waiting::Batch(task) = &mut first
                && self.waiting.len() < ahead
                && !task.is_done()
            {
                self.waiting.push_front(first);
                break;
            }
            match first {
                Waiting::Batch(task) => {
                    let answer = task.result();
                    self.bad.extend(answer.iter().filter_map(|failure| failure.entry));
                    failures.extend(answer);
                }
                Waiting::Snapshot(mut noted) => {
                    noted.bad = self.bad.clone();
                    snapshot(&noted);
                }
            }
        }
        failures
    }
}
