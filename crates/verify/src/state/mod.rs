//! The board as a state machine: one for the ballot box that admits entries and for the auditor who
//! replays them, so that the two cannot disagree about what a valid board is.
//!
//! # How it is used
//!
//! An **auditor** gives every leaf in order to [`BoardState::apply`]. (The [`crate::audit()`] does the
//! same, with signatures and proofs verified in large batches.)
//!
//! A **ballot box** first asks, then writes, then records: [`BoardState::admit`] (a ballot) or
//! [`BoardState::admit_message`] (anything else) checks everything and changes nothing; the caller
//! appends the leaves of what was admitted to the log; [`BoardState::record`] takes it over. After a
//! restart it reads its own log back through [`BoardState::resume`], which does not verify again
//! what it verified before admitting, and adds the ballots up later.
//!
//! # Replaced ballots
//!
//! The state keeps running sums and, for each pseudonym, only the last ballot's position and hash.
//! A ballot that replaces another one leaves a debt, and so does a voter who is struck off: the old ballot has to be
//! read back and given to [`BoardState::settle`], which takes it out of the sums, any time before the tally input.

use std::collections::BTreeMap;
use std::sync::Arc;

use veche_board::{Hash, TileStream, leaf_hash};
use veche_crypto::hash::Digest;
use veche_crypto::randomness::Randomness;
use veche_record::entry::{
    ClosingKind, Extension, Genesis, NoticeForm, PartAssembler, Pseudonym, Signed, TallyKind,
};
use veche_record::{Ballot, BallotOutline, Election, Entry, Manifest, ManifestError};

use crate::ceremony::{Ceremony, Step};
use crate::check::Check;
use crate::claim;
use crate::course::Course;
use crate::failure::{Culprit, Failure};
use crate::funding::Drawn;

mod admit;
mod closing;
mod count;
mod draw;
mod enrolment;
mod examine;
mod papers;
mod reading;
pub mod register;
mod saved;
mod settle;
mod sums;
mod tallying;
mod voters;

pub use admit::{Admitted, AdmittedBallot, AdmittedMessage, Refusal, SignedBytes, Stale, VerifiedBallot};
pub use closing::{Ending, ORGANISER_GONE, PostedNotice};
pub use count::Count;
pub use saved::{ReopenError, SavedState};
pub use settle::StoredEntry;
pub use voters::{CountedVoter, CredentialStatus, KeyChange, KeyChanges, RouteTurnout, VoterStatus};

use examine::Change;
pub(crate) use examine::Examined;
use papers::{ChallengedCodes, Papers};
use register::Register;
use saved::Nonces;
pub(crate) use sums::{SavedSum, Sums};
use voters::{Last, Voters};

/// What an entry did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Applied {
    /// A piece of a long message; the message is not complete.
    Part,
    /// The board was founded.
    Genesis,
    /// A trustee, or the organiser, took a step of the ceremony.
    Ceremony {
        /// Which.
        step: Step,
        /// Whether it was the last: from now on there is an election.
        complete: bool,
    },
    /// A ballot of the rehearsal was added up.
    RehearsalBallot,
    /// The sums of the rehearsal were fixed.
    RehearsalInput,
    /// A trustee consented to decrypt.
    Consent(u8),
    /// Voting opened.
    Open,
    /// A voter's key was registered.
    Credential {
        /// Whose.
        pseudonym: Pseudonym,
        /// Whether the key before it has handed over.
        handover: bool,
    },
    /// A ballot was counted.
    Ballot {
        /// Whose.
        pseudonym: Pseudonym,
        /// The entry of the ballot that it replaces, which must be given to [`BoardState::settle`].
        replaces: Option<u64>,
    },
    /// A voter's key ended, or the voter was struck off.
    Revocation {
        /// Whose.
        pseudonym: Pseudonym,
        /// The entry of the ballot that no longer counts, which must be given to [`BoardState::settle`].
        removes: Option<u64>,
    },
    /// A voter had a sealed ballot opened instead of casting it.
    Challenged(Pseudonym),
    /// Papers of this declared style were counted by hand.
    PaperCount(u16),
    /// Voting ended; ballots on paper are still typed in.
    Ended,
    /// Voting closed.
    Close,
    /// The closing was put off.
    Extension,
    /// The organiser has said something to everybody.
    Notice {
        /// Whether it cancelled the vote.
        cancelled: bool,
    },
    /// The sums were fixed.
    TallyInput,
    /// A trustee gave a partial decryption.
    Partial(u8),
    /// The totals were stated, rightly or not: see [`BoardState::result_failure`].
    Result,
    /// Options of one total were put in order.
    Draw,
}

/// The board, replayed up to some size. See the module's documentation.
#[derive(Debug)]
pub struct BoardState {
    manifest: Manifest,
    size: u64,
    /// Whether an entry was taken over without verifying its signatures and proofs.
    restored: bool,
    parts: PartAssembler,
    /// Where the message that is being put together began.
    message_start: u64,
    genesis: Option<Genesis>,
    ceremony: Option<Ceremony>,
    election: Option<Arc<Election>>,
    course: Course,
    opened: Option<u64>,
    /// The last extension: when voting closes, where it was put off.
    /// The last extension and its entry.
    extended: Option<(u64, Signed<Extension>)>,
    extensions: u16,
    /// How the voting ended.
    ending: Option<Ending>,
    /// How the board was closed: the same, where nothing is typed in from paper.
    closed: Option<Ending>,
    /// Size and root of the board with its closing.
    closing_tree: Option<(u64, Hash)>,
    notices: Vec<PostedNotice>,
    /// The tree of the entries so far.
    tree: TileStream,
    /// The roots that somebody asks for, by size.
    recalled: BTreeMap<u64, Option<Hash>>,
    voters: Voters,
    challenged: ChallengedCodes,
    /// By declared style.
    papers: Vec<Papers>,
    nonces: Nonces,
    ballots: u64,
    /// The entries that are no voter's, piece by piece.
    aside: Vec<u64>,
    sums: Sums,
    /// Replaced ballots that are still in the sums: their entries and whole hashes.
    owed: BTreeMap<u64, Digest>,
    /// Ballots that are not in the sums yet: their entries and whole hashes.
    unsummed: BTreeMap<u64, Digest>,
    rehearsal_sums: Sums,
    rehearsal: Option<Arc<Count>>,
    count: Option<Arc<Count>>,
    /// What is wrong with the last result on the board.
    misstated: Option<Failure>,
    draws: Vec<Drawn>,
}

impl BoardState {
    /// An empty board for a manifest.
    ///
    /// # Errors
    /// [`ManifestError`].
    pub fn new(manifest: &[u8]) -> Result<Self, ManifestError> {
        let manifest = Manifest::parse(manifest)?;
        Ok(BoardState {
            sums: Sums::new(&manifest),
            rehearsal_sums: Sums::new(&manifest),
            voters: Voters::new(manifest.styles().len()),
            challenged: ChallengedCodes::default(),
            papers: vec![Papers::default(); manifest.styles().len()],
            manifest,
            size: 0,
            restored: false,
            parts: PartAssembler::default(),
            message_start: 0,
            genesis: None,
            ceremony: None,
            election: None,
            course: Course::Empty,
            opened: None,
            extended: None,
            extensions: 0,
            ending: None,
            closed: None,
            closing_tree: None,
            notices: Vec::new(),
            tree: TileStream::new(),
            recalled: BTreeMap::new(),
            nonces: Nonces::default(),
            ballots: 0,
            aside: Vec::new(),
            owed: BTreeMap::new(),
            unsummed: BTreeMap::new(),
            rehearsal: None,
            count: None,
            misstated: None,
            draws: Vec::new(),
        })
    }

    /// Bytes of memory that grow with the number of entries: 72 for each voter, 40 for each credential and 32 for
    /// each section of each ballot, every one with 6 to 12 for its index, and what is allocated ahead.
    pub fn retained_bytes(&self) -> usize {
        self.voters.bytes()
            + self.nonces.bytes()
            + self.challenged.bytes()
            + (self.owed.len() + self.unsummed.len()) * size_of::<(u64, Digest)>()
    }

    /// Checks the next leaf entirely, and takes it over. A leaf that is refused changes nothing.
    ///
    /// `fresh` is randomness of the verifier's own, new for this call.
    ///
    /// # Errors
    /// [`Failure`].
    pub fn apply(&mut self, index: u64, leaf: &[u8], fresh: &Randomness) -> Result<Applied, Failure> {
        let examined = self.examine_leaf(index, leaf)?;
        self.verify_claims(&examined, fresh)?;
        Ok(self.commit(examined, [leaf_hash(leaf)]))
    }

    /// Takes over the next leaf of one's own log, whose signatures and proofs were verified before it
    /// was written there. Everything else is checked.
    ///
    /// # Errors
    /// [`Failure`].
    pub fn restore(&mut self, index: u64, leaf: &[u8]) -> Result<Applied, Failure> {
        let examined = self.examine_leaf(index, leaf)?;
        self.restored = true;
        Ok(self.commit(examined, [leaf_hash(leaf)]))
    }

    /// Whether every signature and proof of the board was verified on its way in: false as soon as an
    /// entry was taken over by [`Self::restore`].
    pub fn is_verified(&self) -> bool {
        !self.restored
    }

    fn verify_claims(&self, examined: &Examined, fresh: &Randomness) -> Result<(), Failure> {
        let Some(election) = &self.election else { return Ok(()) };
        match claim::verify(election, &examined.claims, fresh).into_iter().next() {
            Some(failure) => Err(failure),
            None => Ok(()),
        }
    }

    /// Takes over what was examined and found right, with the hashes of its leaves.
    pub(crate) fn commit(&mut self, examined: Examined, leaves: impl IntoIterator<Item = Hash>) -> Applied {
        for leaf in leaves {
            self.tree.push(leaf);
            if let Some(root) = self.recalled.get_mut(&self.tree.size()) {
                *root = Some(self.tree.root());
            }
        }
        let index = self.size;
        self.size += examined.leaves;
        if !examined.change.as_ref().is_some_and(Change::is_voters) {
            self.aside.extend(index..self.size);
        }
        if let Some(part) = examined.part {
            if !self.parts.is_waiting() {
                self.message_start = index;
            }
            self.parts.advance(part);
        }
        let Some(change) = examined.change else { return Applied::Part };
        match change {
            Change::Genesis(genesis) => {
                self.ceremony = Some(Ceremony::new(&genesis, &self.manifest));
                self.genesis = Some(*genesis);
                self.course = Course::Founded;
                Applied::Genesis
            }
            Change::Ceremony(change, election) => {
                let step = change.step();
                if let Some(ceremony) = &mut self.ceremony {
                    ceremony.commit(*change);
                }
                let complete = election.is_some();
                if complete {
                    self.election = election;
                    self.course = Course::Setup;
                }
                Applied::Ceremony { step, complete }
            }
            Change::RehearsalBallot { ballot, flawed } => {
                for section in ballot.sections().iter().filter(|_| !flawed) {
                    self.nonces.push(section.alpha.to_bytes());
                }
                self.rehearsal_sums.add(&self.manifest, &ballot);
                Applied::RehearsalBallot
            }
            Change::Consent(kind, trustee) => {
                if let Some(count) = self.count_mut(kind) {
                    count.consent(trustee);
                }
                Applied::Consent(trustee)
            }
            Change::Open(time) => {
                self.opened = Some(time);
                self.course = Course::Open;
                Applied::Open
            }
            Change::Closing(kind, ending) => {
                self.ending.get_or_insert(ending);
                match kind {
                    ClosingKind::Ended => {
                        self.course = Course::Ended;
                        Applied::Ended
                    }
                    ClosingKind::Close => {
                        self.closed = Some(ending);
                        self.closing_tree = Some((self.size, self.tree.root()));
                        self.course = Course::Closed;
                        Applied::Close
                    }
                }
            }
            Change::Extension(extension) => {
                self.extended = Some((index, extension));
                self.extensions += 1;
                Applied::Extension
            }
            Change::Notice(notice) => {
                let cancelled = notice.form == NoticeForm::Cancellation;
                if cancelled {
                    self.course = Course::Cancelled;
                }
                self.notices.push(PostedNotice { entry: index, notice });
                Applied::Notice { cancelled }
            }
            Change::Credential(enrolled) => {
                let (pseudonym, handover) = (enrolled.pseudonym, enrolled.handover);
                self.voters.register(index, *enrolled);
                Applied::Credential { pseudonym, handover }
            }
            Change::Revocation(pseudonym, reason) => {
                let voter = self.voters.status(&pseudonym);
                let declared = voter.and_then(|voter| self.declared(voter.style));
                let entered = voter.is_some_and(|voter| self.manifest.is_entered(voter.route));
                let removed = self.voters.revoke(&pseudonym, reason, declared, entered);
                if let Some(last) = removed {
                    self.owe(last);
                }
                Applied::Revocation { pseudonym, removes: removed.map(|last| last.index) }
            }
            Change::Challenged(pseudonym, challenged) => {
                self.challenged.push(challenged.key.to_bytes(), challenged.code);
                self.voters.challenge(&pseudonym);
                Applied::Challenged(pseudonym)
            }
            Change::PaperCount(count) => {
                if let Some(papers) = self.papers.get_mut(usize::from(count.style)) {
                    *papers = Papers { counts: papers.counts + 1, last: Some(count.count) };
                }
                Applied::PaperCount(count.style)
            }
            Change::Ballot { ballot, pseudonym, flawed } => {
                self.commit_ballot(index, &ballot, pseudonym, flawed)
            }
            Change::Outline { outline, pseudonym, flawed } => {
                self.commit_outline(index, &outline, pseudonym, flawed)
            }
            Change::TallyInput(tally) => match tally.kind() {
                TallyKind::Vote => {
                    self.count = Some(Arc::new(Count::new(tally)));
                    self.course = Course::Counting;
                    Applied::TallyInput
                }
                TallyKind::Rehearsal => {
                    self.rehearsal = Some(Arc::new(Count::new(tally)));
                    Applied::RehearsalInput
                }
            },
            Change::Partial(kind, partial) => {
                let trustee = partial.trustee();
                if let Some(count) = self.count_mut(kind) {
                    count.decrypt(partial);
                }
                Applied::Partial(trustee)
            }
            Change::Result(misstated) => {
                self.misstated = misstated;
                self.course = Course::Published;
                Applied::Result
            }
            Change::Draw(drawn) => {
                self.draws.push(drawn);
                Applied::Draw
            }
        }
    }

    /// Whoever shares the count keeps it as it was.
    fn count_mut(&mut self, kind: TallyKind) -> Option<&mut Count> {
        let count = match kind {
            TallyKind::Vote => &mut self.count,
            TallyKind::Rehearsal => &mut self.rehearsal,
        };
        count.as_mut().map(Arc::make_mut)
    }

    fn commit_ballot(&mut self, index: u64, ballot: &Ballot, pseudonym: Pseudonym, flawed: bool) -> Applied {
        self.sums.add(&self.manifest, ballot);
        self.commit_outline(index, &ballot.into(), pseudonym, flawed)
    }

    /// Takes over a ballot that is in the sums already.
    fn commit_outline(
        &mut self,
        index: u64,
        ballot: &BallotOutline,
        pseudonym: Pseudonym,
        flawed: bool,
    ) -> Applied {
        if !flawed {
            ballot.nonces().iter().for_each(|nonce| {
                self.nonces.push(*nonce);
            });
        }
        self.ballots += 1;
        let replaced = self.voters.cast(&pseudonym, index, ballot.hash());
        if let Some(last) = replaced {
            self.owe(last);
        }
        Applied::Ballot { pseudonym, replaces: replaced.map(|last| last.index) }
    }

    /// A ballot counts no longer: it must be taken out of the sums, where it is in them already.
    fn owe(&mut self, last: Last) {
        if self.unsummed.remove(&last.index).is_none() {
            self.owed.insert(last.index, last.hash);
        }
    }

    /// The declared style of a ballot style.
    fn declared(&self, style: u16) -> Option<u16> {
        self.manifest.ballot_style(style).map(|style| style.declared)
    }

    /// The sums as they are now.
    pub(crate) fn save_sums(&self) -> Vec<SavedSum> {
        self.sums.save()
    }

    /// Begins with sums that were saved. `false`, and nothing changes, when they do not fit the manifest.
    #[must_use]
    pub(crate) fn restore_sums(&mut self, saved: &[SavedSum]) -> bool {
        self.sums.restore(saved)
    }

    /// Adds the sums of ballots that are taken over as outlines. `false`, and nothing changes, when they do not fit
    /// the manifest.
    #[must_use]
    pub(crate) fn absorb_sums(&mut self, saved: &[SavedSum]) -> bool {
        self.sums.absorb(saved)
    }

    /// Forgets the nonces of a ballot that turned out to be false: it may have copied them from one that
    /// comes after it.
    pub(crate) fn forget_nonces(&mut self, ballot: &BallotOutline) {
        ballot.nonces().iter().for_each(|nonce| self.nonces.forget(nonce));
    }

    /// Forgets the replaced ballots: the sums that were restored are without them.
    pub(crate) fn forget_owed(&mut self) {
        self.owed.clear();
    }
}

/// The leaves of an entry as the board carries it.
pub(crate) fn leaves_of(entry: &Entry) -> Result<Vec<Vec<u8>>, Failure> {
    entry.to_leaves().map_err(|error| Failure::new(Check::Form, Culprit::Caller, error))
}

#[cfg(test)]
mod tests;
