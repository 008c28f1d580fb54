//! The board as readers see it: one moment of it, which stands still.

use std::sync::Arc;

use veche_board::{Hash, Receipt};
use veche_crypto::batch::Batch;
use veche_crypto::signature::PublicKey;
use veche_record::code::{CHARACTERS, ConfirmationCode};
use veche_record::entry::{Challenged, ClosingKind, Issued as _, Pseudonym, Signed};
use veche_record::tag::domain;
use veche_record::{BallotError, Election};
use veche_verify::state::{CredentialStatus, SignedBytes, VoterStatus};
use veche_verify::{Cause, Check, Count, Course, Culprit, Failure, Refusal};

use crate::log::LogView;
use crate::lookups::Lookups;
use crate::store::Acknowledgement;
use crate::transaction::demand_open;

/// What is committed of a board at one moment. The keeper publishes a new one after each commit; whoever holds an
/// older one keeps it as it is, and nobody waits. Only what is known of a voter is as it is now: committed, perhaps
/// after this view.
#[derive(Debug, Clone)]
pub struct BoardView {
    pub(crate) log: LogView,
    pub(crate) lookups: Lookups,
    pub(crate) course: Course,
    pub(crate) election: Option<Arc<Election>>,
    pub(crate) rehearsed: bool,
    pub(crate) count: Option<Arc<Count>>,
    pub(crate) misstated: bool,
    pub(crate) hours: (i64, i64),
    pub(crate) newest_time: Option<u64>,
    pub(crate) statements: Vec<(u64, Vec<u8>)>,
    pub(crate) next_closing: Option<ClosingKind>,
    pub(crate) abandoned: u64,
}

/// A ballot under an active key, of which only the signature and the proofs are still to be verified.
#[derive(Debug)]
pub(crate) struct ScreenedBallot {
    election: Arc<Election>,
    ballot: Box<SignedBytes>,
}

impl ScreenedBallot {
    /// Adds its signature to what is verified together.
    pub(crate) fn push(&self, batch: &mut Batch) {
        let SignedBytes { outline, signature, .. } = &*self.ballot;
        batch.push_signature(
            domain::BALLOT,
            &outline.header().credential,
            outline.body().as_bytes(),
            signature,
        );
    }

    /// Verifies its signature alone.
    pub(crate) fn verify(self) -> Result<SignedBytes, Refusal> {
        let SignedBytes { outline, signature, .. } = &*self.ballot;
        let key = &outline.header().credential;
        match key.verify(domain::BALLOT, outline.body().as_bytes(), signature) {
            Ok(()) => Ok(self.signed()),
            Err(_) => Err(invalid(Check::BallotSignature, Cause::BallotSignature)),
        }
    }

    /// Takes its signature for verified, as [`Self::push`] lets it be.
    pub(crate) fn signed(self) -> SignedBytes {
        *self.ballot
    }

    /// The election that it is a ballot of.
    pub(crate) fn election(&self) -> Arc<Election> {
        Arc::clone(&self.election)
    }
}

/// Whose a ballot is that cannot be read, or that its key has not signed, nobody knows.
fn invalid(check: Check, cause: Cause) -> Refusal {
    Refusal::Invalid(Failure { check, entry: None, culprit: Culprit::Sender, cause: Box::new(cause) })
}

impl BoardView {
    /// The log.
    #[must_use]
    pub const fn log(&self) -> &LogView {
        &self.log
    }

    /// How far the vote has come.
    #[must_use]
    pub const fn course(&self) -> Course {
        self.course
    }

    /// The election, once the keys were made.
    #[must_use]
    pub const fn election(&self) -> Option<&Arc<Election>> {
        self.election.as_ref()
    }

    /// The count of the votes, once their sums are on the board.
    #[must_use]
    pub const fn count(&self) -> Option<&Arc<Count>> {
        self.count.as_ref()
    }

    /// Whether the last result on the board is false, so that the right one must be stated after it.
    #[must_use]
    pub const fn is_misstated(&self) -> bool {
        self.misstated
    }

    /// When voting may begin and ends, as Unix seconds: as the manifest says, and the extensions on the board.
    #[must_use]
    pub const fn hours(&self) -> (i64, i64) {
        self.hours
    }

    /// When the next part of the vote ends by itself, as Unix seconds: the voting, and after it the typing in of
    /// papers.
    #[must_use]
    pub fn next_end(&self) -> Option<i64> {
        match self.course {
            Course::Open => Some(self.hours.1),
            Course::Ended => {
                let until = self.election.as_ref()?.manifest().document().paper_until?;
                i64::try_from(until.unix()).ok()
            }
            _ => None,
        }
    }

    /// The newest time that stands on the board, in seconds since 1970, as whoever signed it says.
    #[must_use]
    pub const fn newest_time(&self) -> Option<u64> {
        self.newest_time
    }

    /// The entries in which the organiser speaks to everybody, as bytes: every notice, and the last extension. Each
    /// with a receipt under [`LogView::note`]; those that are not under it are not shown yet.
    pub fn statements(&self) -> impl Iterator<Item = (&[u8], Receipt)> {
        let shown = self.log.note().map(|note| (self.log.size(), note));
        self.statements.iter().filter_map(move |(index, entry)| {
            let (size, note) = shown?;
            let acknowledged = Acknowledgement { size, note: note.to_owned() };
            Some((entry.as_slice(), self.log.receipt(*index, acknowledged).ok()?))
        })
    }

    /// What would end the vote further, by whoever signs it.
    #[must_use]
    pub const fn next_closing(&self) -> Option<ClosingKind> {
        self.next_closing
    }

    /// The hour, in seconds since 1970, from which on trustees may end the vote in the organiser's place.
    #[must_use]
    pub const fn abandoned_hour(&self) -> u64 {
        self.abandoned
    }

    /// What is known of a key that this view has, and the entry that registered it.
    #[must_use]
    pub fn credential(&self, key: &PublicKey) -> Option<(u64, CredentialStatus)> {
        self.lookups.credential(key).filter(|(entry, _)| *entry < self.log.committed())
    }

    /// What is known of a voter.
    #[must_use]
    pub fn voter(&self, pseudonym: &Pseudonym) -> Option<VoterStatus> {
        self.lookups.voter(pseudonym)
    }

    /// The entry of the ballot with a confirmation code.
    #[must_use]
    pub fn ballot_with(&self, code: &[u8; CHARACTERS]) -> Option<u64> {
        self.lookups.ballot_with(code).filter(|entry| *entry < self.log.committed())
    }

    /// The entry of the ballot with a confirmation code, where it has this leaf hash.
    pub(crate) fn recorded(&self, code: &[u8; CHARACTERS], leaf: &Hash) -> Option<u64> {
        match self.ballot_with(code) {
            Some(index) => (self.log.tree().leaf(index).as_ref() == Some(leaf)).then_some(index),
            None => self.lookups.older(leaf),
        }
    }

    /// Whether a ballot that [`Self::ballot_with`] does not find is not on the board. For some seconds after a start
    /// the codes of older ballots are still being read.
    #[must_use]
    pub fn knows_codes(&self) -> bool {
        self.lookups.knows_codes()
    }

    /// Asks of a ballot all that costs little: the hours, its length and header, an active key, whether it is on the
    /// board already. No ciphertext is decoded. `now` is the time as Unix seconds.
    ///
    /// # Errors
    /// [`Refusal`]; [`Refusal::AlreadyRecorded`] also for another signature or other proofs under the same code.
    pub(crate) fn screen(&self, bytes: Vec<u8>, now: i64) -> Result<ScreenedBallot, Refusal> {
        if self.course != Course::Ended {
            demand_open(self.hours, now)?;
        }
        let election = Arc::clone(self.election.as_ref().ok_or(Refusal::NotOpen)?);
        let malformed = |error: BallotError| invalid(Check::BallotForm, Cause::from(error));
        let ballot = SignedBytes::read(&election, bytes).map_err(malformed)?;
        self.demand_active(&ballot.outline.header().credential)?;
        if let Some(index) = self.ballot_with(&ConfirmationCode::from_digest(ballot.outline.code()).shown()) {
            return Err(Refusal::AlreadyRecorded { index });
        }
        Ok(ScreenedBallot { election, ballot: Box::new(ballot) })
    }

    /// Asks of a challenged ballot all that costs little: the hours, an active key, its next sequence, the key's
    /// signature. `now` is the time as Unix seconds.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn screen_challenge(&self, entry: &Signed<Challenged>, now: i64) -> Result<(), Refusal> {
        demand_open(self.hours, now)?;
        let election = self.election.as_ref().ok_or(Refusal::NotOpen)?;
        let VoterStatus { sequence, previous, .. } = self.demand_active(&entry.key)?.voter;
        entry.verify_signature(&entry.key, &election.fingerprint()).map_err(|_| {
            let cause = Box::new(Cause::ChallengedSignature);
            Failure { check: Check::Challenged, entry: None, culprit: Culprit::Sender, cause }
        })?;
        if entry.sequence == sequence { Ok(()) } else { Err(Refusal::SequenceBehind { sequence, previous }) }
    }

    fn demand_active(&self, key: &PublicKey) -> Result<CredentialStatus, Refusal> {
        match self.credential(key) {
            None => Err(Refusal::CredentialUnknown),
            Some((_, credential)) if credential.voter.struck_off.is_some() => Err(Refusal::StruckOff),
            Some((_, credential)) if !credential.active => Err(Refusal::CredentialRevoked),
            Some((_, credential)) => Ok(credential),
        }
    }
}

#[cfg(test)]
mod tests {
    use veche_board::{Origin, leaf_hash};

    use super::*;
    use crate::lookups::testing::noted;

    #[test]
    fn what_was_committed_after_a_view_is_not_in_it() {
        let lookups = Lookups::default();
        let view = |entries: u8| {
            let mut log = LogView::new("box.example/test".parse::<Origin>().unwrap(), false);
            (0..entries).for_each(|entry| log.push(leaf_hash(&[entry])));
            BoardView {
                log,
                lookups: lookups.clone(),
                course: Course::Open,
                election: None,
                rehearsed: true,
                count: None,
                misstated: false,
                hours: (0, 0),
                newest_time: None,
                statements: Vec::new(),
                next_closing: None,
                abandoned: 0,
            }
        };
        let (older, newer) = (view(5), view(6));
        let (noted, key, code) = noted(5);
        assert!(
            newer.credential(&key).is_none() && newer.ballot_with(&code).is_none(),
            "nothing is committed"
        );
        lookups.add([noted]);
        assert_eq!((older.credential(&key), older.ballot_with(&code)), (None, None));
        let (entry, credential) = newer.credential(&key).unwrap();
        assert_eq!((entry, credential.active, newer.ballot_with(&code)), (5, true, Some(5)));
    }
}
