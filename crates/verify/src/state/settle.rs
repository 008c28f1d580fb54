//! Where sums and ballots disagree for a while: replaced ballots that are still in the sums, and ballots
//! that were read back after a restart and are not in them yet. Both are settled before the tally input.

use veche_board::Hash;
use veche_record::code::ConfirmationCode;
use veche_record::{Ballot, BallotOutline, Election, Entry, EntryKind};

use super::{Applied, BoardState};
use crate::check::Check;
use crate::failure::{Cause, Culprit, Failure};

/// An entry of one's own log as far as it can be read by itself, in any order and on any core: the costly half of
/// [`BoardState::resume`].
#[derive(Debug)]
pub struct StoredEntry(Read);

#[derive(Debug)]
enum Read {
    Ballot(Box<BallotOutline>),
    Other(Box<Entry>),
}

impl StoredEntry {
    /// Reads a leaf; `None` for one that cannot be read by itself, of which [`BoardState::resume`] says what it is: a
    /// piece of a long message, a ballot where no election is given, and what is malformed.
    pub fn read(election: Option<&Election>, leaf: &[u8]) -> Option<Self> {
        match EntryKind::of(leaf)? {
            EntryKind::Ballot => {
                let ballot = BallotOutline::parse(election?, leaf.get(1..)?).ok()?;
                Some(StoredEntry(Read::Ballot(Box::new(ballot))))
            }
            EntryKind::Part => None,
            _ => Entry::parse(leaf).ok().map(|entry| StoredEntry(Read::Other(Box::new(entry)))),
        }
    }

    /// The confirmation code of a ballot.
    pub fn code(&self) -> Option<ConfirmationCode> {
        match &self.0 {
            Read::Ballot(ballot) => Some(ConfirmationCode::from_digest(ballot.code())),
            Read::Other(_) => None,
        }
    }
}

impl BoardState {
    /// [`Self::restore`] for a ballot box that must be back at once: of a ballot only the outline is read,
    /// which decodes no ciphertext. Its entry is then one of [`Self::unsummed`]. `hash` is this very leaf's in the
    /// tree, and `read` what it says, where it was read before.
    ///
    /// # Errors
    /// [`Failure`].
    pub fn resume(
        &mut self,
        index: u64,
        leaf: &[u8],
        hash: Hash,
        read: Option<StoredEntry>,
    ) -> Result<Applied, Failure> {
        let outline = match read.or_else(|| StoredEntry::read(self.election.as_deref(), leaf)) {
            Some(StoredEntry(Read::Ballot(outline))) => outline,
            Some(StoredEntry(Read::Other(entry))) => {
                let examined = self.examine_read(index, *entry)?;
                self.restored = true;
                return Ok(self.commit(examined, [hash]));
            }
            // What it is, or what is wrong with it.
            None => return self.restore(index, leaf),
        };
        let (examined, flaw) = self.examine_outline(index, &outline, None)?;
        if let Some(flaw) = flaw {
            return Err(flaw);
        }
        self.restored = true;
        let whole = outline.hash();
        let applied = self.commit(examined, [hash]);
        self.unsummed.insert(index, whole);
        Ok(applied)
    }

    /// The entries of replaced ballots that must still be read back and given to [`Self::settle`].
    pub fn owed(&self) -> impl ExactSizeIterator<Item = u64> {
        self.owed.keys().copied()
    }

    /// The entries of ballots that count and must still be read back and given to [`Self::settle`]. One
    /// that is replaced before that is no longer among them.
    pub fn unsummed(&self) -> impl ExactSizeIterator<Item = u64> {
        self.unsummed.keys().copied()
    }

    /// Takes a replaced ballot out of the sums, or adds one that is not in them yet. Does nothing for any
    /// other entry.
    ///
    /// # Errors
    /// [`Cause::NotTheBallot`] when the leaf is not the one that is on the board.
    pub fn settle(&mut self, index: u64, leaf: &[u8]) -> Result<(), Failure> {
        let missing = self.unsummed.get(&index);
        let Some(hash) = missing.or_else(|| self.owed.get(&index)) else { return Ok(()) };
        let bytes = leaf.strip_prefix(&[EntryKind::Ballot as u8]);
        let ballot = bytes
            .zip(self.election.as_ref())
            .and_then(|(bytes, election)| Ballot::parse(election, bytes).ok());
        let Some(ballot) = ballot.filter(|ballot| ballot.hash() == *hash) else {
            return Err(Failure::new(Check::Tree, Culprit::Caller, Cause::NotTheBallot).at(index));
        };
        if missing.is_some() {
            self.sums.add(&self.manifest, &ballot);
            self.unsummed.remove(&index);
        } else {
            self.sums.subtract(&self.manifest, &ballot);
            self.owed.remove(&index);
        }
        Ok(())
    }

    pub(super) fn demand_settled(&self) -> Result<(), Failure> {
        match self.owed.len() + self.unsummed.len() {
            0 => Ok(()),
            owed => Err(Failure::new(Check::Form, Culprit::Caller, Cause::Unsettled(owed))),
        }
    }
}
