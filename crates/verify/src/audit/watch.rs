//! Who looks on while a record is verified, and how it is done.

use std::sync::Arc;

use veche_crypto::hash::Digest;
use veche_crypto::randomness::Randomness;
use veche_record::Election;

use super::Snapshot;
use crate::claim::BATCH_POINTS;
use crate::failure::Failure;

/// Entries that an assistant is given together: so many that their proofs make a good batch.
const ASSISTED: usize = 256;

/// How a record is verified.
#[derive(Debug, Clone)]
pub struct Options {
    /// The published fingerprint.
    pub expected: Option<Digest>,
    /// Randomness of the verifier's own, new for this call.
    pub fresh: Arc<Randomness>,
    /// What an interrupted run has verified already.
    pub resume: Option<Snapshot>,
    /// Sizes of the board whose roots are asked for afterwards: see [`crate::BoardState::root_at`].
    pub recalled: Vec<u64>,
    /// How many points of its own a batch has. What is chosen here changes the speed and nothing else.
    pub batch_points: usize,
    /// So many replaced ballots are read back together. A snapshot is of use only under the same number.
    pub replaced: usize,
    /// So many entries an assistant is given together. Changes the speed and nothing else.
    pub assisted: usize,
}

impl Options {
    /// Verifies all of it, at the best speed.
    pub fn new(expected: Option<Digest>, fresh: Randomness) -> Self {
        Options {
            expected,
            fresh: Arc::new(fresh),
            resume: None,
            recalled: Vec::new(),
            batch_points: BATCH_POINTS,
            replaced: 1 << 16,
            assisted: ASSISTED,
        }
    }
}

/// How far an audit has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Entries that are read and replayed. Proofs may lag behind by a few batches.
    pub entries: u64,
    /// How many entries there are.
    pub total: u64,
    /// Ballots among the entries so far.
    pub ballots: u64,
}

/// Looks on while a record is verified. It is called on the caller's own thread, many times a second.
pub trait Watch {
    /// So much is done.
    fn progress(&mut self, progress: Progress);

    /// How many things each check was done for so far, by the check's number from 0.
    fn examined(&mut self, counts: &[u64]) {
        let _ = counts;
    }

    /// A check has failed. The report has the failures in order; here they come as they are found.
    fn failed(&mut self, failure: &Failure) {
        let _ = failure;
    }

    /// The trustees' ceremony came to this election: from now on assistants can begin.
    fn election(&mut self, election: &Arc<Election>) {
        let _ = election;
    }

    /// Whether it is time for a snapshot. Each costs a batch that is not full.
    fn wants_snapshot(&mut self) -> bool {
        false
    }

    /// What an interrupted run can go on from: everything before it is verified. Comes some time after
    /// [`Self::wants_snapshot`], and only while the votes are read.
    fn snapshot(&mut self, snapshot: &Snapshot) {
        let _ = snapshot;
    }

    /// The record begins with what the snapshot says: verification goes on from this entry.
    fn resumed(&mut self, entry: u64) {
        let _ = entry;
    }

    /// The snapshot is not of this record: everything is verified anew.
    fn discarded(&mut self) {}
}

/// A function that is told how many entries of how many are done.
pub(super) struct Told<F>(pub F);

impl<F: FnMut(u64, u64)> Watch for Told<F> {
    fn progress(&mut self, progress: Progress) {
        (self.0)(progress.entries, progress.total);
    }
}
