//! What somebody does with the board in one step: check it as it is, and append one thing.

use veche_crypto::randomness::Randomness;
use veche_crypto::signature::{PublicKey, SecretKey};
use veche_record::Entry;
use veche_record::entry::{CredentialEntry, Revocation};
use veche_verify::state::{Admitted, CredentialStatus, Stale};
use veche_verify::{BoardState, Course, Refusal, VerifiedBallot};

use crate::error::{BallotError, EntryError};
use crate::keys::{BoxKeys, KeyElsewhere};
use crate::lookups::Noted;
use crate::store::Leaf;

/// What was planned and is not committed yet.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    pub(crate) leaves: Vec<Leaf>,
    /// What readers look up of it, where there are any.
    pub(crate) noted: Vec<Noted>,
    pub(crate) files: Vec<(String, Vec<u8>)>,
}

/// The board while nobody else can change it. What a transaction checks is still true when what it appends is.
///
/// It appends one thing: a message, a ballot, or a key that takes another's place. Nothing is taken over before it has
/// succeeded, so that one that fails leaves the board as it was.
pub struct Transaction<'a> {
    pub(crate) state: &'a BoardState,
    pub(crate) wanted: Wanted,
    pub(crate) keys: &'a BoxKeys,
    pub(crate) hours: (i64, i64),
    pub(crate) now: i64,
    /// The latest that it may be, by whatever clock.
    pub(crate) latest: i64,
}

/// What a transaction has checked and wants to have appended.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    pub(crate) admitted: Vec<Admitted>,
    pub(crate) files: Vec<(String, Vec<u8>)>,
}

impl Transaction<'_> {
    /// The state machine, with what was planned before this transaction.
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
        Some((self.state.registered(key)?, self.state.credential(key)?))
    }

    /// Appends a message after checking it entirely. Returns the index of its first leaf.
    ///
    /// # Errors
    /// [`EntryError`].
    pub fn message(&mut self, message: &[u8]) -> Result<u64, EntryError> {
        let fresh = Randomness::draw(getrandom::fill)?;
        let admitted = self.state.admit_message(message, &fresh)?;
        Ok(self.want([admitted])?)
    }

    /// Appends an entry after checking it entirely.
    ///
    /// # Errors
    /// [`EntryError`].
    pub fn entry(&mut self, entry: impl Into<Entry>) -> Result<u64, EntryError> {
        self.message(&entry.into().to_bytes())
    }

    /// Ends a voter's key and appends the Credential of the next one, both or neither: there is no moment without a
    /// key. Returns the index of the Credential.
    ///
    /// # Errors
    /// [`EntryError`].
    pub fn replacement(
        &mut self,
        revocation: &Revocation,
        credential: &CredentialEntry,
    ) -> Result<u64, EntryError> {
        let fresh = Randomness::draw(getrandom::fill)?;
        let [revoked, enrolled] = self.state.admit_replacement(revocation, credential, &fresh)?;
        let index = enrolled.index();
        self.want([revoked, enrolled])?;
        Ok(index)
    }

    /// Appends a credential whose two signatures the caller has verified: a box that is its own registrar and registers
    /// many at once verifies them on every core. Everything else is checked.
    ///
    /// # Errors
    /// [`EntryError`].
    pub fn verified_credential(&mut self, credential: &CredentialEntry) -> Result<u64, EntryError> {
        let admitted = self.state.admit_verified_credential(credential)?;
        Ok(self.want([admitted])?)
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
            Ok(admitted) => Ok(self.want([admitted.into()])?),
            Err(Refusal::AlreadyRecorded { index }) => Ok(index),
            Err(refusal) => Err(refusal.into()),
        }
    }

    /// Adds a file to the record, in the same commit.
    pub fn file(&mut self, path: &str, bytes: Vec<u8>) {
        self.wanted.files.push((path.to_owned(), bytes));
    }

    /// Notes what is to be appended, and returns its first entry.
    fn want<const N: usize>(&mut self, admitted: [Admitted; N]) -> Result<u64, Stale> {
        // A second thing would have been judged on a board without the first.
        if !self.wanted.admitted.is_empty() {
            return Err(Stale);
        }
        self.wanted.admitted.extend(admitted);
        Ok(self.state.size())
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
