//! What a ballot box asks before it writes: admitted, or refused with a reason the voter can use.

use std::sync::Arc;

use veche_board::{Hash, Leaf};
use veche_crypto::hash::Digest;
use veche_crypto::randomness::Randomness;
use veche_crypto::signature::Signature;
use veche_record::ballot::MAX_BALLOT_LEN;
use veche_record::code::ConfirmationCode;
use veche_record::entry::{CredentialEntry, Pseudonym, Revocation};
use veche_record::{Ballot, BallotError, BallotKind, BallotOutline, Election, Entry, EntryKind, Manifest};

use super::examine::Change;
use super::{Applied, BoardState, Examined, VoterStatus, leaves_of};
use crate::check::Check;
use crate::claim::{self, Claim};
use crate::failure::{Cause, Culprit, Failure};

/// Why a ballot is not admitted. Nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// Not a fault: these very bytes are the voter's last ballot on the board, and the same receipt is due.
    #[error("this ballot is entry {index} already")]
    AlreadyRecorded {
        /// Its entry.
        index: u64,
    },
    /// The ballot is on the board under another signature. The board itself says what else is wrong with such a
    /// ballot; who keeps all ballots by their codes can say this.
    #[error("this ballot is on the board under another signature")]
    OtherSignature,
    /// Voting has not opened.
    #[error("voting has not opened yet")]
    NotOpen,
    /// Voting has closed.
    #[error("voting is closed")]
    Closed,
    /// Nobody registered this key.
    #[error("this key is not registered")]
    CredentialUnknown,
    /// The key was replaced by another one.
    #[error("this key was revoked: the voter has signed in elsewhere")]
    CredentialRevoked,
    /// The voter was struck off the board.
    #[error("this voter was struck off: no ballot of theirs counts")]
    StruckOff,
    /// The voter has cast another ballot since this one was made.
    #[error("another ballot was cast since this one was made; the next one is number {sequence}")]
    SequenceBehind {
        /// The sequence that the next ballot must carry.
        sequence: u32,
        /// The previous hash that the next ballot must carry.
        previous: Digest,
    },
    /// The vote allows one ballot.
    #[error("this vote does not allow voting again")]
    NoRevote,
    /// More bytes than any ballot has.
    #[error("a ballot has at most {MAX_BALLOT_LEN} bytes")]
    TooLarge,
    /// The ballot itself is wrong.
    #[error(transparent)]
    Invalid(#[from] Failure),
}

/// The bytes of a ballot whose signature the caller has verified, with what was decoded for that.
#[derive(Debug, Clone)]
pub struct SignedBytes {
    /// The whole ballot.
    pub bytes: Vec<u8>,
    /// Its outline.
    pub outline: BallotOutline,
    /// The signature at its end.
    pub signature: Signature,
}

impl SignedBytes {
    /// Decodes what the signature is over, and the signature. Nothing is verified.
    ///
    /// # Errors
    /// [`BallotError`].
    pub fn read(election: &Election, bytes: Vec<u8>) -> Result<Self, BallotError> {
        let outline = BallotOutline::parse(election, &bytes)?;
        let signature = BallotOutline::signature(&bytes)?;
        Ok(SignedBytes { bytes, outline, signature })
    }
}

/// A ballot whose signature and proofs were verified, without a board. Verifying takes milliseconds
/// and needs no lock; admitting is quick and does.
#[derive(Debug, Clone)]
pub struct VerifiedBallot {
    ballot: Arc<Ballot>,
    leaf: Leaf,
}

impl VerifiedBallot {
    /// Decodes a ballot and verifies its signature and proofs.
    ///
    /// `fresh` is randomness of the verifier's own, new for this call.
    ///
    /// # Errors
    /// [`Refusal::TooLarge`] or [`Refusal::Invalid`].
    pub fn verify(election: &Election, bytes: &[u8], fresh: &Randomness) -> Result<Self, Refusal> {
        if bytes.len() > MAX_BALLOT_LEN {
            return Err(Refusal::TooLarge);
        }
        // Whose the key is only the board knows.
        let culprit = Culprit::Sender;
        let ballot = Ballot::parse(election, bytes)
            .map_err(|error| Failure::new(Check::BallotForm, culprit, error))?;
        Self::prove(election, Arc::new(ballot), culprit, bytes, fresh)
    }

    /// The same for a ballot of the rehearsal, which nothing admits as a vote: it is a message of its
    /// own.
    ///
    /// # Errors
    /// [`Refusal::TooLarge`] or [`Refusal::Invalid`].
    pub fn verify_rehearsal(election: &Election, bytes: &[u8], fresh: &Randomness) -> Result<Self, Refusal> {
        if bytes.len() > MAX_BALLOT_LEN {
            return Err(Refusal::TooLarge);
        }
        let culprit = Culprit::Organiser;
        let ballot = Ballot::parse_rehearsal(election, bytes)
            .map_err(|error| Failure::new(Check::RehearsalBallot, culprit, error))?;
        Self::prove(election, Arc::new(ballot), culprit, bytes, fresh)
    }

    fn prove(
        election: &Election,
        ballot: Arc<Ballot>,
        culprit: Culprit,
        bytes: &[u8],
        fresh: &Randomness,
    ) -> Result<Self, Refusal> {
        let claims = Claim::of_ballot(0, election.manifest(), &ballot, culprit);
        if let Some(mut failure) = claim::verify(election, &claims, fresh).into_iter().next() {
            failure.entry = None;
            return Err(failure.into());
        }
        Ok(VerifiedBallot { ballot, leaf: leaf(bytes) })
    }

    /// [`Self::verify`] for several ballots as one batch, which costs much less than one after the other.
    /// One result a ballot, in their order: a wrong ballot does not harm its neighbours.
    #[must_use]
    pub fn verify_all(
        election: &Election,
        ballots: &[Vec<u8>],
        fresh: &Randomness,
    ) -> Vec<Result<Self, Refusal>> {
        let read = ballots.iter().map(|bytes| (bytes.as_slice(), Ballot::parse(election, bytes)));
        Self::verify_batch(election, read, fresh, Claim::of_ballot)
    }

    /// [`Self::verify_all`] for ballots whose signatures the caller has verified: nothing of them is decoded twice.
    #[must_use]
    pub fn prove_all(
        election: &Election,
        ballots: &[SignedBytes],
        fresh: &Randomness,
    ) -> Vec<Result<Self, Refusal>> {
        let read = |signed: &SignedBytes| signed.outline.complete(election, &signed.bytes, &signed.signature);
        let ballots = ballots.iter().map(|signed| (signed.bytes.as_slice(), read(signed)));
        Self::verify_batch(election, ballots, fresh, Claim::of_proofs)
    }

    fn verify_batch<'a>(
        election: &Election,
        ballots: impl Iterator<Item = (&'a [u8], Result<Ballot, BallotError>)>,
        fresh: &Randomness,
        claims_of: fn(u64, &Manifest, &Arc<Ballot>, Culprit) -> Vec<Claim>,
    ) -> Vec<Result<Self, Refusal>> {
        let culprit = Culprit::Sender;
        let mut results: Vec<Result<Self, Refusal>> = Vec::new();
        let mut claims = Vec::new();
        for (position, (bytes, read)) in (0u64..).zip(ballots) {
            if bytes.len() > MAX_BALLOT_LEN {
                results.push(Err(Refusal::TooLarge));
                continue;
            }
            results.push(match read {
                Err(error) => Err(Failure::new(Check::BallotForm, culprit, error).into()),
                Ok(ballot) => {
                    let ballot = Arc::new(ballot);
                    claims.extend(claims_of(position, election.manifest(), &ballot, culprit));
                    Ok(VerifiedBallot { ballot, leaf: leaf(bytes) })
                }
            });
        }
        for mut failure in claim::verify(election, &claims, fresh) {
            let position = failure.entry.take().and_then(|position| usize::try_from(position).ok());
            // The first failure of a ballot is the one that stands.
            if let Some(result @ Ok(_)) = position.and_then(|position| results.get_mut(position)) {
                *result = Err(failure.into());
            }
        }
        results
    }

    /// The ballot.
    pub fn ballot(&self) -> &Ballot {
        &self.ballot
    }

    /// The hash of its entry in the board's tree.
    pub fn leaf_hash(&self) -> Hash {
        self.leaf.hash()
    }
}

/// The entry of a ballot.
fn leaf(ballot: &[u8]) -> Leaf {
    Leaf::new([&[EntryKind::Ballot as u8], ballot].concat())
}

/// The board has grown since something was admitted: ask again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the board has grown since this was admitted; ask again")]
pub struct Stale;

/// Something that may be appended next.
#[derive(Debug)]
pub struct Admitted {
    index: u64,
    leaves: Vec<Leaf>,
    examined: Examined,
    /// Whether signatures were verified by the caller and not here.
    trusted: bool,
}

impl Admitted {
    /// The entry it will be, the first one if it is several.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// The leaves to append, in order.
    pub fn leaves(&self) -> &[Leaf] {
        &self.leaves
    }

    /// The confirmation code, if it is a ballot that was verified.
    pub fn code(&self) -> Option<ConfirmationCode> {
        match &self.examined.change {
            Some(Change::Ballot { ballot, .. }) => Some(ballot.code()),
            _ => None,
        }
    }
}

/// A ballot that may be appended next: verified entirely, under an active key, in its place.
#[derive(Debug)]
pub struct AdmittedBallot {
    admitted: Admitted,
    pseudonym: Pseudonym,
    hash: Digest,
    replaces: Option<u64>,
}

impl AdmittedBallot {
    /// The entry it will be.
    pub fn index(&self) -> u64 {
        self.admitted.index
    }

    /// The leaf to append.
    pub fn leaf(&self) -> &[u8] {
        self.admitted.leaves.first().map_or(&[], Leaf::bytes)
    }

    /// Whose it is.
    pub fn pseudonym(&self) -> Pseudonym {
        self.pseudonym
    }

    /// Its hash.
    pub fn hash(&self) -> Digest {
        self.hash
    }

    /// The entry that it replaces, which must be read back and given to [`BoardState::settle`].
    pub fn replaces(&self) -> Option<u64> {
        self.replaces
    }
}

/// A message that was examined, as the entry `index`.
fn admitted(
    index: u64,
    message: Vec<u8>,
    (change, claims): (Change, Vec<Claim>),
) -> Result<Admitted, Failure> {
    let leaves = veche_record::entry::into_leaves(message)
        .map_err(|error| Failure::new(Check::Form, Culprit::Caller, error))?;
    let examined = Examined { leaves: leaves.len() as u64, part: None, change: Some(change), claims };
    let leaves = leaves.into_iter().map(Leaf::new).collect();
    Ok(Admitted { index, leaves, examined, trusted: false })
}

impl From<AdmittedBallot> for Admitted {
    fn from(ballot: AdmittedBallot) -> Self {
        ballot.admitted
    }
}

/// A message that may be appended next.
pub type AdmittedMessage = Admitted;

impl BoardState {
    /// Checks a ballot's bytes entirely. Nothing changes until [`Self::record`].
    ///
    /// `fresh` is randomness of the verifier's own, new for this call.
    ///
    /// # Errors
    /// [`Refusal`]; [`Refusal::AlreadyRecorded`] for the bytes of the voter's last ballot.
    pub fn admit(&self, ballot: &[u8], fresh: &Randomness) -> Result<AdmittedBallot, Refusal> {
        let election = self.election.as_ref().ok_or(Refusal::NotOpen)?;
        if ballot.len() > MAX_BALLOT_LEN {
            return Err(Refusal::TooLarge);
        }
        let parsed = Ballot::parse(election, ballot)
            .map_err(|error| Failure::new(Check::BallotForm, Culprit::Sender, error))?;
        let parsed = Arc::new(parsed);
        // What needs no arithmetic comes first: a replay costs the box nothing.
        let culprit = Culprit::Voter(self.check_place(Arc::clone(&parsed))?);
        self.admit_verified(VerifiedBallot::prove(election, parsed, culprit, ballot, fresh)?)
    }

    /// Checks the place on the board of a ballot that was verified already.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn admit_verified(&self, verified: VerifiedBallot) -> Result<AdmittedBallot, Refusal> {
        let VerifiedBallot { ballot, leaf } = verified;
        let hash = ballot.hash();
        let pseudonym = self.check_place(Arc::clone(&ballot))?;
        let replaces = self.voters.status(&pseudonym).and_then(|voter| voter.last);
        let change = Some(Change::Ballot { ballot, pseudonym, flawed: false });
        let examined = Examined { leaves: 1, part: None, change, claims: Vec::new() };
        let admitted = Admitted { index: self.size, leaves: vec![leaf], examined, trusted: false };
        Ok(AdmittedBallot { admitted, pseudonym, hash, replaces })
    }

    fn check_place(&self, ballot: Arc<Ballot>) -> Result<Pseudonym, Refusal> {
        // An older ballot of the voter is refused for its sequence: who wants its receipt looks for its entry.
        let credential = self.voters.credential(&ballot.header().credential);
        if let Some(VoterStatus { previous, last: Some(index), .. }) = credential.map(|known| known.voter)
            && previous == ballot.hash()
        {
            return Err(Refusal::AlreadyRecorded { index });
        }
        self.demand_whole_message()?;
        if ballot.header().kind == BallotKind::Rehearsal {
            let cause = BallotError::Kind(BallotKind::Rehearsal.byte());
            return Err(Failure::new(Check::BallotForm, Culprit::Sender, cause).into());
        }
        match self.examine_parsed(ballot) {
            Ok((Change::Ballot { pseudonym, .. }, _)) => Ok(pseudonym),
            Ok(_) => Err(Refusal::NotOpen),
            Err(failure) => Err(match (failure.cause.as_ref(), credential) {
                (Cause::NotOpenYet, _) => Refusal::NotOpen,
                (Cause::Closed, _) => Refusal::Closed,
                (Cause::StruckOff, _) => Refusal::StruckOff,
                (Cause::UnknownKey, _) => Refusal::CredentialUnknown,
                (Cause::Revoked, _) => Refusal::CredentialRevoked,
                (Cause::NoRevote, _) => Refusal::NoRevote,
                (Cause::Sequence { .. }, Some(credential)) => Refusal::SequenceBehind {
                    sequence: credential.voter.sequence,
                    previous: credential.voter.previous,
                },
                _ => Refusal::Invalid(failure),
            }),
        }
    }

    /// Checks any other message entirely, a long one as a whole. Nothing changes until
    /// [`Self::record`].
    ///
    /// `fresh` is randomness of the verifier's own, new for this call.
    ///
    /// # Errors
    /// [`Failure`].
    pub fn admit_message(&self, message: &[u8], fresh: &Randomness) -> Result<AdmittedMessage, Failure> {
        self.demand_whole_message()?;
        let (change, claims) = self.examine_message(message)?;
        if let Change::Result(Some(misstated)) = change {
            return Err(misstated);
        }
        let admitted = admitted(self.size, message.to_vec(), (change, claims))?;
        self.verify_claims(&admitted.examined, fresh)?;
        Ok(admitted)
    }

    /// Checks a Revocation and the Credential for the same voter's new key entirely, before either is on the board:
    /// both may be appended, in this order and with nothing between them, or neither.
    ///
    /// `fresh` is randomness of the verifier's own, new for this call.
    ///
    /// # Errors
    /// [`Failure`].
    pub fn admit_replacement(
        &self,
        revocation: &Revocation,
        credential: &CredentialEntry,
        fresh: &Randomness,
    ) -> Result<[AdmittedMessage; 2], Failure> {
        self.demand_whole_message()?;
        let [revoked, enrolled] = self.examine_replacement(revocation, credential);
        let next = self.size.saturating_add(1);
        let first = admitted(self.size, Entry::from(revocation.clone()).to_bytes(), revoked?)?;
        let second = admitted(next, Entry::from(credential.clone()).to_bytes(), enrolled?)?;
        self.verify_claims(&first.examined, fresh)?;
        self.verify_claims(&second.examined, fresh)?;
        Ok([first, second])
    }

    /// Checks everything of a Credential but its signatures, which the caller has verified: whoever registers many at
    /// once does that on every core.
    ///
    /// # Errors
    /// [`Failure`].
    pub fn admit_verified_credential(
        &self,
        credential: &CredentialEntry,
    ) -> Result<AdmittedMessage, Failure> {
        self.demand_whole_message()?;
        let (change, _) = self.examine_credential(credential)?;
        let leaf = Entry::from(credential.clone()).to_bytes();
        Ok(Admitted { trusted: true, ..admitted(self.size, leaf, (change, Vec::new()))? })
    }

    /// [`Self::admit_message`] for an entry that is still a value.
    ///
    /// # Errors
    /// [`Failure`].
    pub fn admit_entry(&self, entry: &Entry, fresh: &Randomness) -> Result<AdmittedMessage, Failure> {
        leaves_of(entry)?;
        self.admit_message(&entry.to_bytes(), fresh)
    }

    /// Takes over what was admitted, after its leaves were appended.
    ///
    /// # Errors
    /// [`Stale`] when the board has grown in between.
    pub fn record(&mut self, admitted: impl Into<Admitted>) -> Result<Applied, Stale> {
        let admitted = admitted.into();
        if admitted.index != self.size {
            return Err(Stale);
        }
        self.restored |= admitted.trusted;
        Ok(self.commit(admitted.examined, admitted.leaves.iter().map(Leaf::hash)))
    }
}
