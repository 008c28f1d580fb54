//! A whole record, verified: its files, its entries, its result.
//!
//! The record is read once, bundle by bundle, and every entry goes through the same
//! [`crate::BoardState`] that a ballot box uses. Signatures and proofs are verified in
//! batches; a batch that fails is bisected, so that each false item is named, and the replay goes on.
//! Ballots that were replaced are read a second time, to take them out of the sums.
//!
//! # Memory
//!
//! Nothing of an entry stays but what later entries are compared with: see
//! [`BoardState::retained_bytes`]. The tree is a few hashes; what is decoded ahead and the batches
//! under way are bounded for each core. Every false entry is kept by name.

use std::collections::BTreeSet;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use veche_board::{Checkpoint, SignedCheckpoint, TileStream, Witnesses, layout};
use veche_crypto::hash::Digest;
use veche_crypto::randomness::Randomness;
use veche_record::Entry;
use veche_record::entry::Genesis;

use crate::assist::{Assistants, Nobody};
use crate::check::Check;
use crate::course::Course;
use crate::failure::{Cause, Culprit, Failure};
use crate::funding::ContestFunding;
use crate::report::{Outcome, Report, Tracker};
use crate::source::{CHECKPOINT, MANIFEST, RESULT, RecordSource, RemoteSource};
use crate::state::BoardState;
use crate::tally::VerifiedTally;

mod batches;
mod bundles;
mod decode;
mod notices;
mod replay;
mod snapshot;
mod tiles;
mod watch;

pub use snapshot::{Snapshot, SnapshotError};
pub use watch::{Options, Progress, Watch};

use bundles::Bundles;
use replay::{End, Replay};

/// So many missing or unknown files are named; a record that lacks more is not looked at further.
const MAX_FILES_NAMED: usize = 100;

/// What an audit gives: the report, and, when nothing failed, what the trustees may decrypt.
#[derive(Debug)]
#[must_use]
pub struct Audit {
    /// What was found.
    pub report: Report,
    board: Option<BoardState>,
    note: Vec<u8>,
}

impl Audit {
    /// What the trustees may decrypt: there only when every check passed and the tally input is on
    /// the board.
    pub fn verified_tally(&self) -> Option<&VerifiedTally> {
        self.board().and_then(BoardState::verified_tally)
    }

    /// The board, there only when every check passed: what a trustee acts on.
    pub fn board(&self) -> Option<&BoardState> {
        self.board.as_ref()
    }

    /// The checkpoint that the board was compared with, there only when every check passed.
    pub fn note(&self) -> Option<&[u8]> {
        self.board.as_ref().map(|_| self.note.as_slice())
    }
}

/// Verifies a record.
///
/// `expected` is the published fingerprint, `fresh` is randomness of the verifier's own, new for
/// this call, and `progress` is told how many entries of how many are done.
pub fn audit(
    source: &impl RecordSource,
    expected: Option<Digest>,
    fresh: Randomness,
    progress: impl FnMut(u64, u64),
) -> Audit {
    audit_watched(source, &Options::new(expected, fresh), &mut watch::Told(progress))
}

/// Verifies a record while someone looks on, and goes on where an interrupted run stopped.
///
/// The report is the same as that of a run without interruption. A snapshot of another record is
/// discarded, which the watcher is told, and everything is verified.
pub fn audit_watched(source: &impl RecordSource, options: &Options, watch: &mut dyn Watch) -> Audit {
    at_once(audit_assisted(source, options, watch, None::<&Nobody>))
}

/// Verifies a record whose files take time to come, with others who verify signatures and proofs beside.
///
/// The report is the same as that of [`audit_watched`].
pub async fn audit_assisted(
    source: &impl RemoteSource,
    options: &Options,
    watch: &mut dyn Watch,
    assistants: Option<&impl Assistants>,
) -> Audit {
    if let Some(snapshot) = &options.resume {
        let mut auditor = Auditor::new(source, assistants, options.expected);
        if auditor.run(options, Some(Arc::new(snapshot.clone())), watch).await {
            return auditor.finish();
        }
        watch.discarded();
    }
    let mut auditor = Auditor::new(source, assistants, options.expected);
    auditor.run(options, None, watch).await;
    auditor.finish()
}

/// The value of a future that waits for nothing: every file is there at once, and nobody assists.
fn at_once<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
        std::thread::yield_now();
    }
}

struct Auditor<'a, S, A> {
    source: &'a S,
    assistants: Option<&'a A>,
    expected: Option<Digest>,
    tracker: Tracker,
    size: u64,
    note: Vec<u8>,
    state: Option<BoardState>,
    unreadable: bool,
    /// Every entry was read and replayed.
    whole: bool,
}

impl<'a, S: RemoteSource, A: Assistants> Auditor<'a, S, A> {
    fn new(source: &'a S, assistants: Option<&'a A>, expected: Option<Digest>) -> Self {
        Auditor {
            source,
            assistants,
            expected,
            tracker: Tracker::new(),
            size: 0,
            note: Vec::new(),
            state: None,
            unreadable: false,
            whole: false,
        }
    }

    /// Does all checks. `false` when the snapshot is not of this record, so that nothing was found out.
    async fn run(&mut self, options: &Options, before: Option<Arc<Snapshot>>, watch: &mut dyn Watch) -> bool {
        let (manifest, note) = (self.read(MANIFEST).await, self.read(CHECKPOINT).await);
        self.unreadable = manifest.is_none() && note.is_none();
        let (Some(manifest), Some(note)) = (manifest, note) else { return before.is_none() };
        let mut state = match BoardState::new(&manifest) {
            Ok(state) => state,
            Err(error) => {
                self.tracker.failed(Failure::new(Check::Manifest, Culprit::Publisher, error));
                return before.is_none();
            }
        };
        self.tracker.examined(&[Check::Manifest]);
        if state.manifest().witnesses().is_none() {
            self.tracker.undemanded(Check::Witnesses);
        }
        let size = match SignedCheckpoint::parse(&note).and_then(|note| note.stated_size()) {
            Ok(size) => size,
            Err(error) => {
                self.tracker.examined(&[Check::Checkpoint]);
                let cause = Cause::Checkpoint(error.to_string());
                self.tracker.failed(Failure::new(Check::Checkpoint, Culprit::Publisher, cause));
                return before.is_none();
            }
        };
        let bundles = Bundles::new(self.source, size);
        let first = self.first_bundle(&bundles).await;
        let genesis = first.as_ref().and_then(|leaves| self.genesis(leaves));
        let checkpoint = genesis.and_then(|genesis| self.checkpoint(&note, &genesis));
        if let Some(witnesses) = state.manifest().witnesses().filter(|_| checkpoint.is_some()) {
            self.check_witnesses(&note, witnesses);
        }
        let (Some(first), Some(checkpoint)) = (first, checkpoint) else { return before.is_none() };
        self.size = checkpoint.size;
        self.note = note;
        options.recalled.iter().for_each(|size| state.recall(*size));

        let (tracker, assistants) = (&mut self.tracker, self.assistants);
        let replay = Replay { bundles: &bundles, assistants, options, tracker, watch, before };
        let replayed = replay.run(state, first).await;
        match replayed.end {
            End::Stale => return false,
            End::Unreadable => self.tracker.cut_short(true),
            End::Complete => {
                self.check_tree(&replayed.stream, &checkpoint);
                if replayed.stopped {
                    self.tracker.cut_short(false);
                }
            }
        }
        // Where the replay ends early nobody knows whether there is a result.
        let whole = replayed.end == End::Complete && !replayed.stopped;
        let published = whole.then_some(replayed.state.course() == Course::Published);
        if published == Some(true) {
            self.check_result(&replayed.state).await;
        }
        self.whole = replayed.end == End::Complete && !replayed.stopped;
        self.state = Some(replayed.state);
        self.check_files(published).await;
        true
    }

    /// A file that must be there.
    async fn read(&mut self, path: &str) -> Option<Vec<u8>> {
        match self.source.fetch(path).await {
            Ok(Some(bytes)) => return Some(bytes),
            Ok(None) => self.tracker.failed(bundles::missing(path)),
            Err(error) => self.tracker.failed(bundles::unreadable(path, &error)),
        }
        None
    }

    async fn first_bundle(&mut self, bundles: &Bundles<'_, S>) -> Option<Vec<Vec<u8>>> {
        if bundles.count() == 0 {
            let failure = Failure::new(Check::Genesis, Culprit::Publisher, Cause::EmptyBoard);
            self.tracker.failed(failure);
            return None;
        }
        bundles.read(0).await.map_err(|failure| self.tracker.failed(failure)).ok()
    }

    /// The first entry, which says whose signatures to ask for.
    fn genesis(&mut self, leaves: &[Vec<u8>]) -> Option<Genesis> {
        let first = leaves.first().map_or(&[][..], Vec::as_slice);
        let cause = match Entry::parse(first) {
            Ok(Entry::Genesis(genesis)) => return Some(genesis),
            Ok(other) => Cause::Course(other.kind(), "the board begins with a genesis entry"),
            Err(error) => error.into(),
        };
        self.tracker.failed(Failure::new(Check::Genesis, Culprit::Publisher, cause).at(0));
        None
    }

    fn checkpoint(&mut self, note: &[u8], genesis: &Genesis) -> Option<Checkpoint> {
        self.tracker.examined(&[Check::Checkpoint]);
        SignedCheckpoint::open(note, &genesis.log_key, &genesis.origin)
            .map_err(|error| {
                let cause = Cause::Checkpoint(error.to_string());
                self.tracker.failed(Failure::new(Check::Checkpoint, Culprit::Publisher, cause));
            })
            .ok()
    }

    fn check_witnesses(&mut self, note: &[u8], witnesses: &Witnesses) {
        self.tracker.examined(&[Check::Witnesses]);
        if let Err(error) = witnesses.check(note) {
            let cause = Cause::Checkpoint(error.to_string());
            self.tracker.failed(Failure::new(Check::Witnesses, Culprit::Publisher, cause));
        }
    }

    fn check_tree(&mut self, tree: &TileStream, checkpoint: &Checkpoint) {
        self.tracker.examined(&[Check::Tree]);
        if (tree.size(), tree.root()) != (checkpoint.size, checkpoint.root) {
            self.tracker.failed(Failure::new(Check::Tree, Culprit::Publisher, Cause::Root));
        }
    }

    /// The last result, and the file that must state the same.
    async fn check_result(&mut self, state: &BoardState) {
        self.tracker.examined(&[Check::Result]);
        // While it is false there is nothing that the file must state. (Its totals would have to be looked for, which
        // is work that whoever made it chooses.)
        if state.result_failure().is_some() {
            return;
        }
        let (Some(published), Some(computed)) = (self.read(RESULT).await, state.result_file()) else {
            return;
        };
        self.tracker.examined(&[Check::ResultFile]);
        if let Err(cause) = computed.compare(&published) {
            self.tracker.failed(Failure::new(Check::ResultFile, Culprit::Publisher, cause));
        }
    }

    /// Every file is accounted for: those of the log at this size, the manifest, and the result once
    /// there is one.
    async fn check_files(&mut self, published: Option<bool>) {
        self.tracker.examined(&[Check::Files]);
        let mut present: BTreeSet<String> = match self.source.list().await {
            Ok(files) => files.into_iter().collect(),
            Err(error) => return self.tracker.failed(bundles::unreadable(".", &error)),
        };
        if published.is_none() {
            present.remove(RESULT);
        }
        let result = (published == Some(true)).then_some(RESULT);
        let fixed = [Some(MANIFEST), result].into_iter().flatten().map(str::to_owned);
        let needed = layout(self.size).map(|file| file.to_string()).chain(fixed);
        let missing: Vec<String> =
            needed.filter(|path| !present.remove(path)).take(MAX_FILES_NAMED).collect();
        // What could not be read was named when it was read.
        let named: BTreeSet<String> = self
            .tracker
            .failures
            .iter()
            .filter_map(|failure| match failure.cause.as_ref() {
                Cause::MissingFile(path) => Some(path.clone()),
                _ => None,
            })
            .collect();
        for path in missing.iter().filter(|path| !named.contains(*path)) {
            self.tracker.failed(bundles::missing(path));
        }
        if missing.len() < MAX_FILES_NAMED {
            for path in present.into_iter().take(MAX_FILES_NAMED) {
                let cause = Cause::UnknownFile(path);
                self.tracker.failed(Failure::new(Check::Files, Culprit::Publisher, cause));
            }
        }
    }

    fn finish(mut self) -> Audit {
        let course = self.state.as_ref().map_or(Course::Empty, BoardState::course);
        let election = self.state.as_ref().and_then(|state| state.election());
        if let (Some(state), None, Some(expected)) = (&self.state, election, self.expected)
            && self.tracker.failures.is_empty()
            && state.course() <= Course::Founded
        {
            let cause = Cause::NoElection(expected);
            self.tracker.failed(Failure::new(Check::Fingerprint, Culprit::Caller, cause));
        }
        let clean = self.tracker.failures.is_empty();
        let outcome = match (clean, course == Course::Published, self.expected) {
            _ if self.unreadable => Outcome::Unreadable,
            (false, _, _) => Outcome::Failed,
            (true, false, _) if course == Course::Cancelled => Outcome::Cancelled,
            (true, false, _) => Outcome::NotFinished,
            (true, true, Some(_)) => Outcome::Verified,
            (true, true, None) => Outcome::Consistent,
        };
        let finished = self.whole && matches!(course, Course::Published | Course::Cancelled);
        let state = self.state.as_ref();
        let tallies = state.and_then(BoardState::result_file);
        let draws = state.map_or_else(Vec::new, |state| state.draws().to_vec());
        let funding = state
            .zip(tallies.as_ref())
            .map_or_else(Vec::new, |(state, totals)| ContestFunding::all(state.manifest(), totals, &draws));
        let report = Report {
            outcome,
            fingerprint: election.map(|election| election.fingerprint().to_string()),
            expected: self.expected.map(|expected| expected.to_string()),
            entries: self.size,
            ballots: state.map_or(0, BoardState::ballots),
            key_changes: election.and(state).map(|state| *state.key_changes()),
            turnout: state.map_or_else(Vec::new, BoardState::turnout),
            checks: self.tracker.checks(finished, self.expected),
            tallies,
            funding,
            draws,
            notices: state.map_or_else(Vec::new, |state| notices::of(state, outcome)),
        };
        Audit { report, board: self.state.filter(|_| clean), note: self.note }
    }
}
