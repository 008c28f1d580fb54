//! The state of a running board, to be kept between two runs of a ballot box: what grows with the voters, and which
//! entries say the rest. Whoever takes it up again replays those few, and none of the voters'.
//!
//! A voter with one key and one ballot of one contest takes less than 100 bytes of it: 16 of the pseudonym, 32 of the
//! key, 32 of the ballot's hash, 8 of its nonce, and small numbers.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::{Deserialize, Serialize};
use veche_board::TileStream;
use veche_crypto::hash::Digest;
use veche_record::ManifestError;

use super::voters::SavedVoters;
use super::{BoardState, SavedSum};
use crate::course::Course;
use crate::failure::Failure;

/// See the module's documentation. Nothing makes it true but whoever has kept it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedState {
    size: u64,
    aside: Vec<u64>,
    ballots: u64,
    voters: SavedVoters,
    challenged: BTreeMap<[u8; 32], Vec<[u8; 32]>>,
    nonces: Vec<NoncePart>,
    sums: Vec<SavedSum>,
    /// The entries of ballots that are not in the sums.
    unsummed: Vec<u64>,
}

impl SavedState {
    /// How many entries the board had.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The entries that [`BoardState::reopen`] needs, in order: all that are no voter's.
    #[must_use]
    pub fn aside(&self) -> &[u64] {
        &self.aside
    }
}

/// Why a state is not taken up again. Then the board is replayed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReopenError {
    /// The manifest.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// An entry that it names.
    #[error(transparent)]
    Entry(#[from] Failure),
    /// It is not of this vote, or contradicts itself.
    #[error("it does not fit the entries of this board")]
    Unfit,
}

/// Bytes of a nonce by which it is known again: from the middle of its encoding, where all of them differ.
pub(super) type NoncePart = [u8; 8];

fn part(nonce: &[u8; 32]) -> NoncePart {
    let [_, _, _, _, _, _, _, _, a, b, c, d, e, f, g, h, ..] = *nonce;
    [a, b, c, d, e, f, g, h]
}

/// The nonces of all ballots. Those from before a board was taken up again are known by a part only: a ballot that
/// repeats one is always refused, and an honest one beside 200,000 others with a probability of 10⁻¹⁴. Its voter seals
/// another.
#[derive(Debug, Default)]
pub(super) struct Nonces {
    whole: super::Register<[u8; 32]>,
    parts: HashSet<NoncePart>,
}

impl Nonces {
    pub fn has(&self, nonce: &[u8; 32]) -> bool {
        self.whole.find(nonce).is_some() || (!self.parts.is_empty() && self.parts.contains(&part(nonce)))
    }

    pub fn push(&mut self, nonce: [u8; 32]) {
        self.whole.push(nonce);
    }

    /// Makes as if this one, which was known whole, had never been added.
    pub fn forget(&mut self, nonce: &[u8; 32]) {
        self.whole.forget(nonce);
    }

    /// Bytes of memory that are held.
    pub fn bytes(&self) -> usize {
        self.whole.bytes() + self.parts.capacity() * (size_of::<NoncePart>() + 1)
    }

    fn save(&self) -> Vec<NoncePart> {
        let mut all: Vec<NoncePart> = self.parts.iter().copied().chain(self.whole.iter().map(part)).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

impl BoardState {
    /// The state as it is now; nothing where it cannot be taken up from here: before there are keys, after the voting,
    /// inside a long message, and while replaced ballots are owed to [`Self::settle`].
    #[must_use]
    pub fn save(&self) -> Option<SavedState> {
        let running = matches!(self.course, Course::Setup | Course::Open);
        if !running || self.parts.is_waiting() || !self.owed.is_empty() {
            return None;
        }
        let digests = |codes: &Vec<Digest>| codes.iter().map(|code| *code.as_bytes()).collect();
        Some(SavedState {
            size: self.size,
            aside: self.aside.clone(),
            ballots: self.ballots,
            voters: self.voters.save(),
            challenged: self.challenged.iter().map(|(key, codes)| (*key, digests(codes))).collect(),
            nonces: self.nonces.save(),
            sums: self.sums.save(),
            unsummed: self.unsummed.keys().copied().collect(),
        })
    }

    /// Takes a state up again, for a ballot box that must be back at once. `aside` are the leaves of
    /// [`SavedState::aside`], and `tree` is the tree of all the entries before [`SavedState::size`]: that both are of
    /// this board is for the caller to see. Signatures and proofs are not verified again.
    ///
    /// # Errors
    /// [`ReopenError`].
    pub fn reopen(
        manifest: &[u8],
        saved: SavedState,
        aside: &[Vec<u8>],
        tree: TileStream,
    ) -> Result<Self, ReopenError> {
        let mut state = BoardState::new(manifest)?;
        if tree.size() != saved.size || aside.len() != saved.aside.len() {
            return Err(ReopenError::Unfit);
        }
        for (&index, leaf) in saved.aside.iter().zip(aside) {
            if index < state.size {
                return Err(ReopenError::Unfit);
            }
            // What stands between is the voters', of whom these entries say nothing.
            state.size = index;
            state.restore(index, leaf)?;
        }
        let running = matches!(state.course, Course::Setup | Course::Open);
        if !running || state.parts.is_waiting() || state.size > saved.size {
            return Err(ReopenError::Unfit);
        }
        state.voters = saved.voters.load(state.manifest.styles().len()).ok_or(ReopenError::Unfit)?;
        if !state.sums.restore(&saved.sums) {
            return Err(ReopenError::Unfit);
        }
        let codes = |codes: Vec<[u8; 32]>| codes.into_iter().map(Digest::from_bytes).collect();
        let challenged = saved.challenged.into_iter().map(|(key, found)| (key, codes(found)));
        state.challenged = challenged.collect::<HashMap<_, _>>().into();
        if !saved.unsummed.is_empty() {
            let open: HashSet<u64> = saved.unsummed.iter().copied().collect();
            let last = state.voters.last_ballots().filter(|last| open.contains(&last.index));
            state.unsummed = last.map(|last| (last.index, last.hash)).collect();
        }
        if state.unsummed.len() != saved.unsummed.len() {
            return Err(ReopenError::Unfit);
        }
        state.nonces.parts = saved.nonces.into_iter().collect();
        state.size = saved.size;
        state.ballots = saved.ballots;
        state.tree = tree;
        state.restored = true;
        Ok(state)
    }
}
