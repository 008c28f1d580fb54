//! The entries in order: read, decoded beside, replayed through the board's state, and their
//! signatures and proofs handed to the batches.
//!
//! One thread, the caller's, does what has an order: it reads the files, hashes tiles, replays. The
//! rest (decoding, most of the hashing, the batches) goes to the other cores, and the caller waits for
//! it only when it is too far ahead, so that memory stays bounded.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use veche_board::TileStream;
use veche_record::{Ballot, BallotOutline, Election, EntryKind};

use super::batches::Batches;
use super::bundles::Bundles;
use super::decode::{self, Leaf, Read};
use super::{Options, Progress, Snapshot, Watch, tiles};
use crate::assist::{Assistants, Assisted};
use crate::ceremony::Step;
use crate::check::Check;
use crate::claim::{self, Claim};
use crate::course::Course;
use crate::failure::{Cause, Culprit, Failure};
use crate::parallel::{Task, workers};
use crate::report::Tracker;
use crate::source::RemoteSource;
use crate::state::{Applied, BoardState, Examined};

/// Entries that are decoded together, at most.
const WINDOW: usize = 64;
/// Bytes of entries that are decoded together; one more entry may come on top.
const WINDOW_BYTES: usize = 1 << 18;
/// Bytes of entries that are decoded ahead of the replay, for each core.
const AHEAD_BYTES: usize = 1 << 20;
/// Bytes of entries that an assistant is given together; one more entry may come on top.
const ASSISTED_BYTES: usize = 1 << 19;

/// The domain of the random bytes of what is verified at once, expanded from the caller's.
const FRESH: &str = "audit-fresh-entry";

/// How a replay ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// Every entry was read.
    Complete,
    /// An entry could not be read, so that the tree is not the whole tree.
    Unreadable,
    /// The snapshot is not of this record.
    Stale,
}

/// What a replay reads, and whom it tells.
pub(super) struct Replay<'a, S, A> {
    pub bundles: &'a Bundles<'a, S>,
    pub assistants: Option<&'a A>,
    pub options: &'a Options,
    pub tracker: &'a mut Tracker,
    pub watch: &'a mut dyn Watch,
    /// What an interrupted run has done.
    pub before: Option<Arc<Snapshot>>,
}

/// What a replay has come to.
pub(super) struct Replayed {
    pub end: End,
    /// Whether an entry was false, so that the state is not the whole board's.
    pub stopped: bool,
    pub state: BoardState,
    /// The tree of all entries that were read.
    pub stream: TileStream,
}

/// The snapshot is not of this record.
struct Stale;

impl<S: RemoteSource, A: Assistants> Replay<'_, S, A> {
    /// Replays every entry and hashes it into the tree. A false entry stops the replay, not the hashing.
    ///
    /// `first` is the first bundle, which was read already: nothing is read twice that could be another
    /// thing the second time.
    pub async fn run(self, state: BoardState, first: Vec<Vec<u8>>) -> Replayed {
        let batches = Batches::new(self.options);
        let mut run = Run {
            replay: self,
            state,
            batches,
            stream: TileStream::new(),
            windows: VecDeque::new(),
            begun: 0,
            bytes: 0,
            forgotten: BTreeSet::new(),
            told: 0,
            confirmed: false,
            stopped: false,
        };
        let end = run.all(first).await.unwrap_or(End::Stale);
        Replayed { end, stopped: run.stopped, state: run.state, stream: run.stream }
    }
}

/// Entries that are being read beside.
enum Window<A: Assistants> {
    /// Decoded on another core.
    Decoding(Task<Vec<Leaf>>),
    /// Verified by an assistant.
    Asked { first: u64, leaves: Vec<Vec<u8>>, answer: A::Answer },
}

struct Run<'a, S, A: Assistants> {
    replay: Replay<'a, S, A>,
    state: BoardState,
    batches: Batches,
    stream: TileStream,
    /// Decoded beside, in order, with the bytes that each window holds.
    windows: VecDeque<(Window<A>, usize)>,
    /// How many entries were given to windows, and the bytes of those not taken back yet.
    begun: u64,
    bytes: usize,
    /// False ballots whose nonces were forgotten.
    forgotten: BTreeSet<u64>,
    /// How many failures the watcher was told of.
    told: usize,
    /// The tree has had the snapshot's root.
    confirmed: bool,
    stopped: bool,
}

impl<S: RemoteSource, A: Assistants> Run<'_, S, A> {
    async fn all(&mut self, first: Vec<Vec<u8>>) -> Result<End, Stale> {
        let bundles = self.replay.bundles;
        if let Some(before) = &self.replay.before
            && (before.size > bundles.size() || !self.state.restore_sums(&before.sums))
        {
            return Err(Stale);
        }
        let mut first = Some(first);
        for bundle in 0..bundles.count() {
            let read = match first.take() {
                Some(leaves) => Ok(leaves),
                None => bundles.read(bundle).await,
            };
            let leaves = match read {
                Ok(leaves) => leaves,
                Err(failure) => {
                    self.finish().await?;
                    self.replay.tracker.failed(failure);
                    return Ok(End::Unreadable);
                }
            };
            let mut leaves = leaves.into_iter();
            while let Some(window) = self.next_window(&mut leaves) {
                self.begin(window).await?;
                while self.bytes > self.ahead() {
                    self.take().await?;
                }
            }
        }
        self.finish().await?;
        // Only the last result holds.
        if let Some(misstated) = self.state.result_failure().filter(|_| !self.stopped).cloned() {
            self.replay.tracker.failed(misstated);
            self.tell();
        }
        for (tile, expected) in self.stream.partial_tiles() {
            tiles::compare(bundles.source(), &tile, &expected, self.replay.tracker).await;
        }
        Ok(End::Complete)
    }

    /// So many bytes of entries are read ahead of the replay.
    fn ahead(&self) -> usize {
        match self.replay.assistants {
            // Each has one window in hand and one waiting.
            Some(assistants) => 2 * ASSISTED_BYTES * assistants.count(),
            None => AHEAD_BYTES * workers(),
        }
    }

    /// The next entries that are read together.
    fn next_window(&self, leaves: &mut impl Iterator<Item = Vec<u8>>) -> Option<Vec<Vec<u8>>> {
        let (most, most_bytes) = match self.replay.assistants {
            Some(_) => (self.replay.options.assisted, ASSISTED_BYTES),
            None => (WINDOW, WINDOW_BYTES),
        };
        let mut window = Vec::new();
        let mut bytes = 0;
        while window.len() < most && bytes < most_bytes {
            let Some(leaf) = leaves.next() else { break };
            bytes += leaf.len();
            window.push(leaf);
        }
        (!window.is_empty()).then_some(window)
    }

    /// Has a window read beside, where that can be.
    async fn begin(&mut self, window: Vec<Vec<u8>>) -> Result<(), Stale> {
        let first = self.begun;
        self.begun += window.len() as u64;
        let before = self.replay.before.clone();
        let Some(election) = self.state.election().filter(|_| !self.stopped).cloned() else {
            // Ballots can be decoded as soon as there is an election, which any of these may make; after
            // a false entry there is nothing to decode.
            while !self.windows.is_empty() {
                self.take().await?;
            }
            for (index, bytes) in (first..).zip(window) {
                let election = self.state.election().filter(|_| !self.stopped).cloned();
                self.step(index, decode::leaf(index, bytes, election.as_deref(), before.as_deref())).await?;
            }
            self.look();
            return Ok(());
        };
        let bytes = window.iter().map(Vec::len).sum();
        self.bytes += bytes;
        // What an interrupted run has verified needs no assistant.
        let new = before.as_ref().is_none_or(|before| before.size <= first);
        let window = match self.replay.assistants.filter(|_| new) {
            Some(assistants) => {
                let answer = assistants.begin(first, &window);
                Window::Asked { first, leaves: window, answer }
            }
            None => Window::Decoding(Task::begin(move || {
                let decode = |(index, leaf)| decode::leaf(index, leaf, Some(&election), before.as_deref());
                (first..).zip(window).map(decode).collect()
            })),
        };
        self.windows.push_back((window, bytes));
        Ok(())
    }

    /// Replays the oldest window.
    async fn take(&mut self) -> Result<(), Stale> {
        let Some((window, bytes)) = self.windows.pop_front() else { return Ok(()) };
        let leaves = match window {
            Window::Decoding(task) => task.result(),
            Window::Asked { first, leaves, answer } => {
                let answer = answer.await;
                self.assisted(first, leaves, answer)
            }
        };
        self.bytes -= bytes;
        for leaf in leaves {
            self.step(self.stream.size(), leaf).await?;
        }
        self.look();
        Ok(())
    }

    /// Entries with what an assistant has found of them. Its sums are taken over before the entries are: a tally
    /// input may be among them.
    fn assisted(&mut self, first: u64, leaves: Vec<Vec<u8>>, answer: Option<Assisted>) -> Vec<Leaf> {
        let election = self.state.election().cloned();
        let answer = answer.filter(|answer| self.state.absorb_sums(&answer.sums));
        let read = |(index, leaf)| match &answer {
            Some(answer) => decode::assisted(index, leaf, election.as_deref(), answer),
            None => decode::leaf(index, leaf, election.as_deref(), None),
        };
        (first..).zip(leaves).map(read).collect()
    }

    /// Replays what is decoded and waits for every answer.
    async fn finish(&mut self) -> Result<(), Stale> {
        while !self.windows.is_empty() {
            self.take().await?;
        }
        self.confirm()?;
        if self.replay.before.is_some() && !self.confirmed {
            return Err(Stale);
        }
        self.settle_claims();
        self.tell();
        Ok(())
    }

    /// Tells what was examined and what has failed since it was told last.
    fn tell(&mut self) {
        let Tracker { examined, failures, .. } = &*self.replay.tracker;
        self.replay.watch.examined(examined);
        for failure in failures.get(self.told..).unwrap_or_default() {
            self.replay.watch.failed(failure);
        }
        self.told = failures.len();
    }

    /// Takes answers, tells how far it is, and notes a snapshot when one is wanted.
    fn look(&mut self) {
        self.collect(false);
        let (entries, total) = (self.stream.size(), self.replay.bundles.size());
        self.replay.watch.progress(Progress { entries, total, ballots: self.state.ballots() });
        self.tell();
        let replayed = self.confirmed || self.replay.before.is_none();
        let voting = self.state.course() == Course::Open && !self.stopped;
        if let Some(election) = self.state.election().filter(|_| voting && replayed).cloned()
            && self.replay.watch.wants_snapshot()
        {
            let (root, sums) = (self.stream.root().0, self.state.save_sums());
            self.batches.mark(&election, Snapshot { size: entries, root, bad: BTreeSet::new(), sums });
        }
    }

    fn collect(&mut self, all: bool) {
        let watch = &mut *self.replay.watch;
        for failure in self.batches.collect(all, &mut |snapshot| watch.snapshot(snapshot)) {
            self.replay.tracker.failed(failure);
        }
    }

    /// Where a snapshot ends, the tree must have had its root.
    fn confirm(&mut self) -> Result<(), Stale> {
        let Some(before) = &self.replay.before else { return Ok(()) };
        if self.confirmed || self.stream.size() != before.size {
            return Ok(());
        }
        if self.stopped || self.stream.root().0 != before.root {
            return Err(Stale);
        }
        self.confirmed = true;
        self.replay.watch.resumed(before.size);
        Ok(())
    }

    /// Whether an interrupted run has replayed this entry.
    fn is_before(&self, index: u64) -> bool {
        self.replay.before.as_ref().is_some_and(|before| index < before.size)
    }

    async fn step(&mut self, index: u64, leaf: Leaf) -> Result<(), Stale> {
        self.confirm()?;
        for (tile, expected) in self.stream.push(leaf.hash) {
            tiles::compare(self.replay.bundles.source(), &tile, &expected, self.replay.tracker).await;
        }
        if self.stopped {
            return Ok(());
        }
        let mut examined = self.examine(index, &leaf.read);
        if matches!(&examined, Ok((_, Some(_)))) {
            self.forget_false_nonces().await;
            examined = self.examine(index, &leaf.read);
        }
        let (mut examined, flaw) = match examined {
            Ok(examined) => examined,
            Err(failure) => {
                self.stop(failure);
                return Ok(());
            }
        };
        let (claims, at_once): (Vec<Claim>, Vec<Claim>) =
            std::mem::take(&mut examined.claims).into_iter().partition(Claim::can_wait);
        if let Some(election) = self.state.election().filter(|_| !at_once.is_empty()) {
            let fresh = self.replay.options.fresh.derive(FRESH, index);
            if let Some(failure) = claim::verify(election, &at_once, &fresh).into_iter().next() {
                self.stop(failure);
                return Ok(());
            }
        }
        self.replay.tracker.failures.extend(flaw);
        let applied = self.state.commit(examined, [leaf.hash]);
        if let Some(election) = self.state.election().cloned() {
            self.batches.push(&election, claims);
        }
        self.replay.tracker.examined(checks_of(&applied));
        match applied {
            Applied::Ceremony { complete: true, .. } => {
                if let Some(election) = self.state.election() {
                    self.replay.watch.election(election);
                }
                self.check_fingerprint();
            }
            Applied::Close => self.settle().await,
            Applied::Ballot { .. } | Applied::Revocation { .. }
                if self.state.owed().len() >= self.replay.options.replaced =>
            {
                // The sums of a snapshot are without them, as they were settled then.
                if self.is_before(index) {
                    self.state.forget_owed();
                } else {
                    self.settle().await;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn examine(&self, index: u64, read: &Read) -> Result<(Examined, Option<Failure>), Failure> {
        match read {
            Read::Ballot(ballot) => self.state.examine_decoded(index, ballot),
            Read::Outline(outline, again) => self.state.examine_outline(index, outline, again.as_ref()),
            Read::Entry(entry, verified) => {
                let mut examined = self.state.examine_read(index, entry.as_ref().clone())?;
                if *verified {
                    examined.claims.clear();
                }
                Ok((examined, None))
            }
            Read::Raw(bytes) => self.state.examine_raw(index, bytes),
        }
    }

    /// Waits for every answer about the entries so far.
    fn settle_claims(&mut self) {
        if let Some(election) = self.state.election().cloned() {
            self.batches.begin(&election);
        }
        self.collect(true);
    }

    /// A nonce appears twice. If the first ballot that had it is false, it is a thief's, and the second
    /// is not to blame: the nonces of false ballots are none.
    async fn forget_false_nonces(&mut self) {
        self.settle_claims();
        let Some(election) = self.state.election().cloned() else { return };
        for &entry in self.batches.bad().difference(&self.forgotten).collect::<Vec<_>>() {
            let (bundle, position) = Bundles::<S>::place(entry);
            // A bundle that cannot be read again forgets nothing, and the failure stands.
            let Ok(leaves) = self.replay.bundles.read(bundle).await else { continue };
            if let Some(outline) = leaves.get(position).and_then(|leaf| outline(&election, leaf)) {
                self.state.forget_nonces(&outline);
            }
        }
        self.forgotten.clone_from(self.batches.bad());
    }

    /// An entry is false in a way that leaves unknown what comes after it.
    fn stop(&mut self, failure: Failure) {
        self.stopped = true;
        self.replay.tracker.failed(failure);
    }

    fn check_fingerprint(&mut self) {
        let found = self.state.election().map(|election| election.fingerprint());
        let (Some(expected), Some(found)) = (self.replay.options.expected, found) else { return };
        self.replay.tracker.examined(&[Check::Fingerprint]);
        if expected != found {
            let cause = Cause::Fingerprint { expected, found };
            self.replay.tracker.failed(Failure::new(Check::Fingerprint, Culprit::Publisher, cause));
        }
    }

    /// Reads replaced ballots back, in order, each bundle once.
    async fn settle(&mut self) {
        let owed: Vec<u64> = self.state.owed().collect();
        let mut current: Option<(u64, Vec<Vec<u8>>)> = None;
        for entry in owed {
            let (bundle, position) = Bundles::<S>::place(entry);
            if current.as_ref().is_none_or(|(at, _)| *at != bundle) {
                match self.replay.bundles.read(bundle).await {
                    Ok(leaves) => current = Some((bundle, leaves)),
                    Err(failure) => {
                        self.stopped = true;
                        return self.replay.tracker.failed(failure);
                    }
                }
            }
            let leaf = current.as_ref().and_then(|(_, leaves)| leaves.get(position));
            if let Err(failure) = self.state.settle(entry, leaf.map_or(&[], Vec::as_slice)) {
                self.stopped = true;
                return self.replay.tracker.failed(failure);
            }
        }
    }
}

/// The checks of a credential that hands over.
const HANDOVER: &[Check] = &[
    Check::Form,
    Check::Course,
    Check::CredentialSignature,
    Check::Possession,
    Check::CredentialKey,
    Check::CredentialHolder,
    Check::Electorate,
    Check::CredentialNumber,
    Check::StruckOff,
    Check::Handover,
];
/// The checks of any other credential: all but the last of those.
const CREDENTIAL: &[Check] = HANDOVER.split_at(HANDOVER.len() - 1).0;

/// The nonces of a leaf, where it is a ballot, of the rehearsal or not.
fn outline(election: &Election, leaf: &[u8]) -> Option<BallotOutline> {
    if let Some(ballot) = leaf.strip_prefix(&[EntryKind::Ballot as u8]) {
        return BallotOutline::parse(election, ballot).ok();
    }
    let ballot = leaf.strip_prefix(&[EntryKind::RehearsalBallot as u8])?;
    Ballot::parse_rehearsal(election, ballot).ok().map(|ballot| BallotOutline::from(&ballot))
}

/// The checks that an entry has gone through when it was taken over.
fn checks_of(applied: &Applied) -> &'static [Check] {
    match applied {
        Applied::Part => &[Check::Form],
        Applied::Genesis => &[Check::Form, Check::Course, Check::Genesis],
        Applied::Ceremony { step, .. } => match step {
            Step::Commitments => &[
                Check::Form,
                Check::Course,
                Check::Ceremony,
                Check::TrusteePossession,
                Check::TrusteeSignature,
            ],
            Step::Shares => {
                &[Check::Form, Check::Course, Check::Ceremony, Check::TrusteeSignature, Check::Transcript]
            }
            Step::Complaint => {
                &[Check::Form, Check::Course, Check::TrusteeSignature, Check::Transcript, Check::Complaint]
            }
            Step::Confirm => &[Check::Form, Check::Course, Check::TrusteeSignature, Check::Transcript],
            Step::Restart => &[Check::Form, Check::Course, Check::Restart],
        },
        Applied::RehearsalBallot => &[
            Check::Form,
            Check::Course,
            Check::RehearsalBallot,
            Check::BallotNonce,
            Check::BallotSignature,
            Check::BallotProof,
        ],
        Applied::RehearsalInput => &[Check::Form, Check::Course, Check::RehearsalInput],
        Applied::Consent(_) => &[Check::Form, Check::Course, Check::Consent],
        Applied::Open => &[Check::Form, Check::Course, Check::Open, Check::Rehearsal],
        Applied::Credential { handover: false, .. } => CREDENTIAL,
        Applied::Credential { handover: true, .. } => HANDOVER,
        Applied::Ballot { .. } => &[
            Check::Form,
            Check::BallotForm,
            Check::BallotHours,
            Check::StruckOff,
            Check::BallotCredential,
            Check::BallotSequence,
            Check::BallotNonce,
            Check::BallotSignature,
            Check::BallotProof,
        ],
        Applied::Challenged(_) => &[Check::Form, Check::Course, Check::StruckOff, Check::Challenged],
        Applied::PaperCount(_) => &[Check::Form, Check::Course, Check::PaperCount],
        Applied::Revocation { .. } => &[Check::Form, Check::Course, Check::StruckOff, Check::Revocation],
        Applied::Ended => &[Check::Form, Check::Course, Check::Ended, Check::ClosingHour],
        Applied::Close => &[Check::Form, Check::Course, Check::Close, Check::ClosingHour],
        Applied::Extension => &[Check::Form, Check::Course, Check::Extension],
        Applied::Notice { .. } => &[Check::Form, Check::Course, Check::Notice],
        Applied::TallyInput => &[Check::Form, Check::Course],
        Applied::Partial(_) => &[
            Check::Form,
            Check::Course,
            Check::PartialSignature,
            Check::Quorum,
            Check::PartialForm,
            Check::PartialProof,
        ],
        // Only the last one is judged, once it is known to be that.
        Applied::Result => &[Check::Form, Check::Course],
        Applied::Draw => &[Check::Form, Check::Course, Check::Draw],
    }
}
