//! The entries in order, through the board's state, with signatures and proofs in batches.

use std::sync::Arc;

use veche_board::{MerkleTree, leaf_hash};
use veche_crypto::hash::{Digest, digest};
use veche_record::{Ballot, Kind};

use super::bundles::Bundles;
use crate::check::Check;
use crate::claim::{self, BATCH_POINTS, Claim};
use crate::failure::{Cause, Culprit, Failure};
use crate::parallel;
use crate::report::Tracker;
use crate::source::RecordSource;
use crate::state::{Applied, BoardState};

/// Bytes of entries that are decoded together.
const WINDOW: usize = 4 << 20;

/// The domain of the random bytes of each batch, expanded from the caller's.
const FRESH: &str = "audit-fresh";

pub(super) struct Replay {
    state: BoardState,
    expected: Option<Digest>,
    fresh: [u8; 32],
    batches: u64,
    claims: Vec<Claim>,
    points: usize,
    stopped: bool,
}

/// Leaves with the number of the first.
struct Window {
    first: u64,
    leaves: Vec<Vec<u8>>,
    bytes: usize,
}

impl Replay {
    pub fn new(state: BoardState, expected: Option<Digest>, fresh: &[u8; 32]) -> Self {
        Replay { state, expected, fresh: *fresh, batches: 0, claims: Vec::new(), points: 0, stopped: false }
    }

    /// Whether an entry was false, so that the state is not the whole board's.
    pub fn has_stopped(&self) -> bool {
        self.stopped
    }

    pub fn into_state(self) -> BoardState {
        self.state
    }

    /// Replays every entry and hashes it into the tree. `false` when an entry could not be read, so
    /// that the tree is not the whole tree. A false entry stops the replay, not the hashing.
    pub fn run<S: RecordSource>(
        &mut self,
        bundles: &Bundles<'_, S>,
        tree: &mut MerkleTree,
        tracker: &mut Tracker,
        progress: &mut dyn FnMut(u64, u64),
    ) -> bool {
        let mut window = Window { first: 0, leaves: Vec::new(), bytes: 0 };
        for bundle in 0..bundles.count() {
            let leaves = match bundles.read(bundle) {
                Ok(leaves) => leaves,
                Err(failure) => {
                    self.take(window, bundles, tracker);
                    self.flush(tracker, true);
                    tracker.failed(failure);
                    return false;
                }
            };
            for leaf in leaves {
                tree.push(leaf_hash(&leaf));
                window.bytes += leaf.len();
                window.leaves.push(leaf);
            }
            if window.bytes >= WINDOW {
                let first = tree.size();
                let full = std::mem::replace(&mut window, Window { first, leaves: Vec::new(), bytes: 0 });
                self.take(full, bundles, tracker);
                progress(tree.size(), bundles.size());
            }
        }
        self.take(window, bundles, tracker);
        self.flush(tracker, true);
        progress(tree.size(), bundles.size());
        true
    }

    fn take<S: RecordSource>(&mut self, window: Window, bundles: &Bundles<'_, S>, tracker: &mut Tracker) {
        let mut leaves = window.leaves.as_slice();
        let mut index = window.first;
        // Ballots can be decoded, all at once, as soon as there is an election.
        while self.state.election().is_none() {
            let Some((leaf, rest)) = leaves.split_first() else { return };
            self.step(index, leaf, None, bundles, tracker);
            if self.stopped {
                return;
            }
            (leaves, index) = (rest, index + 1);
        }
        if self.stopped {
            return;
        }
        let Some(election) = self.state.election().cloned() else { return };
        let decoded = parallel::map(leaves, |leaf| {
            let ballot = leaf.strip_prefix(&[Kind::Ballot as u8])?;
            Ballot::parse(&election, ballot).ok().map(Arc::new)
        });
        for (leaf, ballot) in leaves.iter().zip(decoded) {
            self.step(index, leaf, ballot, bundles, tracker);
            if self.stopped {
                return;
            }
            index += 1;
        }
        self.flush(tracker, false);
    }

    fn step<S: RecordSource>(
        &mut self,
        index: u64,
        leaf: &[u8],
        ballot: Option<Arc<Ballot>>,
        bundles: &Bundles<'_, S>,
        tracker: &mut Tracker,
    ) {
        let examined = match ballot {
            Some(ballot) => self.state.examine_decoded(index, ballot),
            None => self.state.examine_leaf(index, leaf),
        };
        let mut examined = match examined {
            Ok(examined) => examined,
            Err(failure) => {
                self.stopped = true;
                // A false signature before this entry may be what it stumbles over.
                if self.flush(tracker, true) {
                    tracker.failed(failure);
                }
                return;
            }
        };
        let claims = std::mem::take(&mut examined.claims);
        self.points += claims.iter().map(Claim::points).sum::<usize>();
        self.claims.extend(claims);
        let applied = self.state.commit(examined);
        tracker.examined(checks_of(&applied));
        match applied {
            Applied::Ceremony => self.check_fingerprint(tracker),
            Applied::Close => self.settle(bundles, tracker),
            _ => {}
        }
    }

    fn check_fingerprint(&mut self, tracker: &mut Tracker) {
        let found = self.state.election().map(|election| election.fingerprint());
        let (Some(expected), Some(found)) = (self.expected, found) else { return };
        tracker.examined(&[Check::Fingerprint]);
        if expected != found {
            let cause = Cause::Fingerprint { expected, found };
            tracker.failed(Failure::new(Check::Fingerprint, Culprit::Publisher, cause));
        }
    }

    /// Reads replaced ballots back, in order, each bundle once.
    fn settle<S: RecordSource>(&mut self, bundles: &Bundles<'_, S>, tracker: &mut Tracker) {
        let owed: Vec<u64> = self.state.owed().collect();
        let mut current: Option<(u64, Vec<Vec<u8>>)> = None;
        for entry in owed {
            let (bundle, position) = Bundles::<S>::place(entry);
            if current.as_ref().is_none_or(|(at, _)| *at != bundle) {
                match bundles.read(bundle) {
                    Ok(leaves) => current = Some((bundle, leaves)),
                    Err(failure) => {
                        self.stopped = true;
                        return tracker.failed(failure);
                    }
                }
            }
            let leaf = current.as_ref().and_then(|(_, leaves)| leaves.get(position));
            if let Err(failure) = self.state.settle(entry, leaf.map_or(&[], Vec::as_slice)) {
                self.stopped = true;
                return tracker.failed(failure);
            }
        }
    }

    /// Verifies the claims that wait, in batches; without `all`, whole batches only. Whether all of
    /// them hold.
    fn flush(&mut self, tracker: &mut Tracker, all: bool) -> bool {
        let Some(election) = self.state.election().cloned() else { return true };
        if !all && self.points < BATCH_POINTS {
            return true;
        }
        let mut batches: Vec<([u8; 32], Vec<Claim>)> = Vec::new();
        let mut batch = Vec::new();
        let mut points = 0;
        for claim in std::mem::take(&mut self.claims) {
            points += claim.points();
            batch.push(claim);
            if points >= BATCH_POINTS {
                batches.push((self.fresh_bytes(), std::mem::take(&mut batch)));
                points = 0;
            }
        }
        if all && !batch.is_empty() {
            batches.push((self.fresh_bytes(), batch));
            points = 0;
        } else {
            self.claims = batch;
        }
        self.points = points;
        let failures = parallel::map(&batches, |(fresh, claims)| claim::verify(&election, claims, fresh));
        let mut hold = true;
        for failure in failures.into_iter().flatten() {
            hold = false;
            self.stopped = true;
            tracker.failed(failure);
        }
        hold
    }

    fn fresh_bytes(&mut self) -> [u8; 32] {
        self.batches += 1;
        *digest(FRESH, &[&self.fresh, &self.batches.to_le_bytes()]).as_bytes()
    }
}

/// The checks that an entry has gone through when it was taken over.
fn checks_of(applied: &Applied) -> &'static [Check] {
    match applied {
        Applied::Part => &[Check::Form],
        Applied::Genesis => &[Check::Form, Check::Course, Check::Genesis],
        Applied::Ceremony => &[Check::Form, Check::Course, Check::Ceremony],
        Applied::Open => &[Check::Form, Check::Course, Check::Open],
        Applied::Credential(_) => &[
            Check::Form,
            Check::Course,
            Check::CredentialSignature,
            Check::Possession,
            Check::CredentialKey,
            Check::CredentialHolder,
            Check::Electorate,
        ],
        Applied::Ballot { .. } => &[
            Check::Form,
            Check::BallotForm,
            Check::BallotHours,
            Check::BallotCredential,
            Check::BallotSequence,
            Check::BallotNonce,
            Check::BallotSignature,
            Check::BallotProof,
        ],
        Applied::Revocation(_) => &[Check::Form, Check::Course, Check::Revocation],
        Applied::Close => &[Check::Form, Check::Course, Check::Close],
        Applied::TallyInput => &[Check::Form, Check::Course, Check::TallyInput, Check::TallySums],
        Applied::Partial(_) => &[Check::Form, Check::Course, Check::PartialForm, Check::PartialProof],
        Applied::Result => &[Check::Form, Check::Course, Check::Result],
    }
}
