//! What somebody does with the board in one step: check it as it is, and append.

use veche_crypto::randomness::Randomness;
use veche_crypto::signature::{PublicKey, SecretKey};
use veche_record::Entry;
use veche_record::entry::CredentialEntry;
use veche_verify::state::{Admitted, CredentialStatus, Stale};
use veche_verify::{BoardState, Course, Refusal, VerifiedBallot};

use crate::error::{BallotError, EntryError};
use crate::keys::{BoxKeys, KeyElsewhere};
use crate::lookups::{Lookups, code_of};
use crate::store::Leaf;

/// What was planned and is not committed yet.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    pub(crate) leaves: Vec<Leaf>,
    pub(crate) files: Vec<(String, Vec<u8>)>,
}

/// The board while nobody else can change it. What a transaction checks is still true when what it appends is.
pub struct Transaction<'a> {
    pub(crate) state: &'a mut BoardState,
    pub(crate) lookups: Option<&'a mut Lookups>,
    pub(crate) pending: &'a mut Pending,
    pub(crate) keys: &'a BoxKeys,
    pub(crate) hours: (i64, i64),
    pub(crate) now: i64,
}

impl Transaction<'_> {
    /// The state machine, with what was planned before and in this transaction.
    #[must_use]
    pub const fn state(&self) -> &BoardState {
        self.state
    }

    /// The time, as Unix seconds.
    #[must_use]
    pub const fn now(&self) -> i64 {
        self.now
    }

    /// When voting may begin and ends, as Unix seconds: as the manifest says, and the extensions on the board.
    #[must_use]
    pub const fn hours(&self) -> (i64, i64) {
        self.hours
    }

    /// The key that signs how the vote goes.
    ///
    /// # Errors
    /// [`KeyElsewhere`].
    pub fn organiser(&self) -> Result<&SecretKey, KeyElsewhere> {
        self.keys.organiser()
    }

    /// The key that signs who votes.
    ///
    /// # Errors
    /// [`KeyElsewhere`].
    pub fn registrar(&self) -> Result<&SecretKey, KeyElsewhere> {
        self.keys.registrar()
    }

    /// What is known of a key, and the entry that registered it.
    #[must_use]
    pub fn credential(&self, key: &PublicKey) -> Option<(u64, CredentialStatus)> {
        self.lookups.as_deref()?.credential(key)
    }

    /// Appends a message after checking it entirely. Returns the index of its first leaf.
    ///
    /// # Errors
    /// [`EntryError`].
    pub fn message(&mut self, message: &[u8]) -> Result<u64, EntryError> {
        let fresh = Randomness::draw(getrandom::fill)?;
        let admitted = self.state.admit_message(message, &fresh)?;
        Ok(self.record(admitted)?)
    }

    /// Appends an entry after checking it entirely.
    ///
    /// # Errors
    /// [`EntryError`].
    pub fn entry(&mut self, entry: impl Into<Entry>) -> Result<u64, EntryError> {
        self.message(&entry.into().to_bytes())
    }

    /// Appends a credential whose two signatures the caller has verified: a box that is its own registrar and registers
    /// many at once verifies them on every core. Everything else is checked.
    ///
    /// # Errors
    /// [`EntryError::Refused`].
    pub fn verified_credential(&mut self, credential: &CredentialEntry) -> Result<u64, EntryError> {
        let (index, leaf) = (self.state.size(), Entry::from(credential.clone()).to_bytes());
        let applied = self.state.restore(index, &leaf)?;
        if let Some(lookups) = &mut self.lookups {
            lookups.note(self.state, index, &applied, None);
        }
        self.pending.leaves.push(Leaf::new(leaf));
        Ok(index)
    }

    /// Appends a verified ballot, if voting is open by the manifest and on the board, and its place is right. A ballot
    /// that is there already gives its entry.
    ///
    /// # Errors
    /// [`BallotError`].
    pub fn ballot(&mut self, ballot: VerifiedBallot) -> Result<u64, BallotError> {
        // What is typed in from paper comes after the voting; what may, the board says.
        if self.state.course() != Course::Ended {
            demand_open(self.hours, self.now)?;
        }
        match self.state.admit_verified(ballot) {
            Ok(admitted) => Ok(self.record(admitted)?),
            Err(Refusal::AlreadyRecorded { index }) => Ok(index),
            Err(refusal) => Err(refusal.into()),
        }
    }

    /// Adds a file to the record, in the same commit.
    pub fn file(&mut self, path: &str, bytes: Vec<u8>) {
        self.pending.files.push((path.to_owned(), bytes));
    }

    fn record(&mut self, admitted: impl Into<Admitted>) -> Result<u64, Stale> {
        let admitted = admitted.into();
        let (index, leaves) = (admitted.index(), admitted.leaves().to_vec());
        let applied = self.state.record(admitted)?;
        if let Some(lookups) = &mut self.lookups {
            let code = self.state.election().and_then(|election| code_of(election, leaves.first()?));
            lookups.note(self.state, index, &applied, code);
        }
        self.pending.leaves.extend(leaves.into_iter().map(Leaf::new));
        Ok(index)
    }
}

/// Holds the hours of the manifest, whatever the board says.
pub(crate) fn demand_open((opens, closes): (i64, i64), now: i64) -> Result<(), Refusal> {
    if now < opens {
        return Err(Refusal::NotOpen);
    }
    if now >= closes {
        return Err(Refusal::Closed);
    }
    Ok(())
}
