//! The making of the keys, as the board shows it: who has committed, dealt, complained and confirmed.
//!
//! ```text
//! round 1   all n commit          → round hash
//! round 2   all n deal            → transcript hash; who was dealt a false share complains
//! round 3   all n confirm         → the election
//! ```
//!
//! Inside a round everyone acts when they like. A complaint that holds ends the attempt, and one that
//! does not leaves its author named. The organiser may begin the next attempt until all have
//! confirmed; everything of a trustee is bound to its attempt.

use veche_crypto::VerifyError;
use veche_crypto::chaum_pedersen;
use veche_crypto::feldman::verify_shares;
use veche_crypto::group::{GroupError, Point, Scalar};
use veche_crypto::hash::{Digest, digest, scalar};
use veche_crypto::signature::PublicKey;
use veche_record::election::{JointKeys, check_commitments, public_shares};
use veche_record::entry::ceremony::{
    Ceremony as Message, Commitments, Complaint, Confirm, Restart, Shares, round_hash, transcript_hash,
};
use veche_record::entry::{Genesis, Issued, Signed};
use veche_record::{Election, EntryKind, Manifest, tag};

use crate::check::Check;
use crate::failure::{Cause, Culprit, Failure};

/// What is wrong with a message of the ceremony.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CeremonyError {
    /// A message of another attempt.
    #[error("this is of attempt {found}, and attempt {running} is running")]
    Attempt {
        /// What is running.
        running: u8,
        /// What it says.
        found: u8,
    },
    /// The same kind of message a second time.
    #[error("this trustee has done that already")]
    Repeated,
    /// A false signature.
    #[error("the trustee's signature is false")]
    Signature,
    /// A false proof of possession.
    #[error("the proof of having the secrets behind the commitments is false")]
    Possession,
    /// Shares for other commitments.
    #[error("the shares were dealt for other commitments than those on the board")]
    OtherRound,
    /// Not one share for every other trustee and slot.
    #[error("there must be one share for each of {recipients} trustees and {slots} slots")]
    Shape {
        /// n - 1.
        recipients: usize,
        /// μ.
        slots: usize,
    },
    /// A confirmation of another transcript.
    #[error("the trustee confirms another transcript than the one on the board")]
    OtherTranscript,
    /// A complaint about oneself, or about nobody.
    #[error("a complaint is about the shares of another trustee")]
    Dealer,
    /// A complaint that does not prove its Diffie–Hellman value.
    #[error("the complaint does not prove what it shows")]
    ComplaintProof,
    /// Commitments of different trustees that cancel, with negligible probability.
    #[error("the commitments of all trustees cancel out")]
    Cancelled,
}

/// A complaint and what anyone finds by looking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// In which attempt.
    pub attempt: u8,
    /// Who complained.
    pub complainer: u8,
    /// About whose shares.
    pub dealer: u8,
    /// Whether a share was false: then the dealer is to blame, otherwise the complainer.
    pub upheld: bool,
}

impl Verdict {
    /// The trustee to blame.
    pub fn culprit(&self) -> u8 {
        if self.upheld { self.dealer } else { self.complainer }
    }
}

/// Where the ceremony is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Round {
    /// Not all have committed.
    Commit,
    /// Not all have dealt.
    Deal,
    /// Not all have confirmed.
    Confirm,
    /// This trustee dealt a false share: the attempt is over, and the organiser begins anew.
    Failed(u8),
    /// The keys are made.
    Complete,
}

/// A place for each trustee, from 1.
#[derive(Debug, Clone)]
struct Places<T>(Vec<Option<T>>);

impl<T> Places<T> {
    fn new(count: u8) -> Self {
        Places((0..count).map(|_| None).collect())
    }

    fn get(&self, trustee: u8) -> Option<&T> {
        self.0.get(usize::from(trustee.checked_sub(1)?))?.as_ref()
    }

    fn set(&mut self, trustee: u8, value: T) {
        if let Some(place) = trustee.checked_sub(1).and_then(|at| self.0.get_mut(usize::from(at))) {
            *place = Some(value);
        }
    }

    fn missing(&self) -> Vec<u8> {
        (1..).zip(&self.0).filter(|(_, place)| place.is_none()).map(|(trustee, _)| trustee).collect()
    }

    fn all(&self) -> impl Iterator<Item = &T> {
        self.0.iter().flatten()
    }
}

/// The ceremony on a board.
#[derive(Debug, Clone)]
pub struct Ceremony {
    genesis: Digest,
    organiser: PublicKey,
    trustees: u8,
    threshold: u8,
    slots: usize,
    attempt: u8,
    commitments: Places<(Digest, Commitments)>,
    shares: Places<(Digest, Shares)>,
    confirmed: Places<()>,
    /// The sums of all commitments, once all have committed.
    sums: Option<Vec<Vec<Point>>>,
    verdicts: Vec<Verdict>,
}

/// The steps of a ceremony.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A trustee committed.
    Commitments,
    /// A trustee dealt.
    Shares,
    /// A trustee complained.
    Complaint,
    /// A trustee confirmed.
    Confirm,
    /// The organiser began anew.
    Restart,
}

/// What a message of the ceremony changes.
#[derive(Debug)]
pub(crate) enum Change {
    Commitments(Digest, Box<Commitments>, Option<Vec<Vec<Point>>>),
    Shares(Digest, Shares),
    Complaint(Verdict),
    Confirm(u8),
    Restart(u8),
}

impl Change {
    pub fn step(&self) -> Step {
        match self {
            Change::Commitments(..) => Step::Commitments,
            Change::Shares(..) => Step::Shares,
            Change::Complaint(_) => Step::Complaint,
            Change::Confirm(_) => Step::Confirm,
            Change::Restart(_) => Step::Restart,
        }
    }
}

fn fail(check: Check, trustee: u8, error: CeremonyError) -> Failure {
    Failure::new(check, Culprit::Trustee(trustee), error)
}

/// What no trustee has signed for this place is the fault of who has put it there.
fn unsigned(check: Check, error: CeremonyError) -> Failure {
    Failure::new(check, Culprit::BallotBox, error)
}

fn misplaced(cause: impl Into<Cause>) -> Failure {
    Failure::new(Check::Course, Culprit::BallotBox, cause)
}

fn too_early(why: &'static str) -> Failure {
    misplaced(Cause::Course(EntryKind::Ceremony, why))
}

impl Ceremony {
    pub(crate) fn new(genesis: &Genesis, manifest: &Manifest) -> Self {
        let n = genesis.trustees;
        Ceremony {
            genesis: genesis.hash(),
            organiser: genesis.organiser,
            trustees: n,
            threshold: genesis.threshold,
            slots: manifest.slots(),
            attempt: 1,
            commitments: Places::new(n),
            shares: Places::new(n),
            confirmed: Places::new(n),
            sums: None,
            verdicts: Vec::new(),
        }
    }

    /// The hash of the genesis entry, which everything here is bound to.
    pub fn genesis(&self) -> Digest {
        self.genesis
    }

    /// n.
    pub fn trustees(&self) -> u8 {
        self.trustees
    }

    /// t.
    pub fn threshold(&self) -> u8 {
        self.threshold
    }

    /// μ.
    pub fn slots(&self) -> usize {
        self.slots
    }

    /// The attempt that is running, from 1.
    pub fn attempt(&self) -> u8 {
        self.attempt
    }

    /// Where the attempt is.
    pub fn round(&self) -> Round {
        let failed = self.verdicts.iter().find(|verdict| verdict.attempt == self.attempt && verdict.upheld);
        match failed {
            Some(verdict) => Round::Failed(verdict.dealer),
            None if self.sums.is_none() => Round::Commit,
            None if !self.shares.missing().is_empty() => Round::Deal,
            None if !self.confirmed.missing().is_empty() => Round::Confirm,
            None => Round::Complete,
        }
    }

    /// The trustees who have not done yet what the round is about, from 1. Nobody in an attempt that
    /// has failed: there it is the organiser's turn.
    pub fn waiting_for(&self) -> Vec<u8> {
        match self.round() {
            Round::Commit => self.commitments.missing(),
            Round::Deal => self.shares.missing(),
            Round::Confirm => self.confirmed.missing(),
            Round::Failed(_) | Round::Complete => Vec::new(),
        }
    }

    /// What a trustee has committed to in this attempt.
    pub fn commitments(&self, trustee: u8) -> Option<&Commitments> {
        self.commitments.get(trustee).map(|(_, commitments)| commitments)
    }

    /// What a trustee has dealt in this attempt.
    pub fn shares(&self, dealer: u8) -> Option<&Shares> {
        self.shares.get(dealer).map(|(_, shares)| shares)
    }

    /// Whether a trustee has confirmed the transcript.
    pub fn has_confirmed(&self, trustee: u8) -> bool {
        self.confirmed.get(trustee).is_some()
    }

    /// Every complaint of every attempt, judged.
    pub fn verdicts(&self) -> &[Verdict] {
        &self.verdicts
    }

    /// The hash of all commitments, once all trustees have committed.
    pub fn round_hash(&self) -> Option<Digest> {
        self.sums.as_ref()?;
        Some(round_hash(self.attempt, &self.commitments.all().map(|(hash, _)| *hash).collect::<Vec<_>>()))
    }

    /// The transcript hash, once all trustees have dealt.
    pub fn transcript(&self) -> Option<Digest> {
        if self.sums.is_none() || !self.shares.missing().is_empty() {
            return None;
        }
        let commitments: Vec<Digest> = self.commitments.all().map(|(hash, _)| *hash).collect();
        let shares: Vec<Digest> = self.shares.all().map(|(hash, _)| *hash).collect();
        Some(transcript_hash(self.attempt, &commitments, &shares))
    }

    /// What all commitments and shares come to, once all trustees have dealt: with this and its other
    /// parts the election has its fingerprint, which a trustee may compare before it confirms.
    pub fn joint_keys(&self) -> Option<JointKeys> {
        Some(JointKeys {
            transcript: self.transcript()?,
            communication: self.commitments.all().map(|(_, commitments)| commitments.communication).collect(),
            commitments: self.sums.clone()?,
        })
    }

    /// The shares that a dealer encrypted to a recipient, with the Diffie–Hellman value of both.
    pub fn decrypt_shares(&self, dealer: u8, recipient: u8, shared: &Point) -> Option<Vec<Scalar>> {
        let row = row(dealer, recipient)?;
        let encrypted = self.shares(dealer)?.encrypted.get(row)?;
        let pads = self.pads(dealer, recipient, shared)?;
        Some(encrypted.iter().zip(pads).map(|(share, pad)| share - pad).collect())
    }

    /// The pads under which a dealer encrypts a recipient's shares, one for each slot:
    /// `H("share-pad"; genesis hash, attempt, round hash, dealer, recipient, D, slot)`, the slot from 0
    /// as u16.
    pub fn pads(&self, dealer: u8, recipient: u8, shared: &Point) -> Option<Vec<Scalar>> {
        let round = self.round_hash()?;
        let pad = |slot: u16| {
            let fields: [&[u8]; 7] = [
                self.genesis.as_bytes(),
                &[self.attempt],
                round.as_bytes(),
                &[dealer],
                &[recipient],
                shared.as_bytes(),
                &slot.to_le_bytes(),
            ];
            scalar(tag::SHARE_PAD, &fields)
        };
        Some((0_u16..).take(self.slots).map(pad).collect())
    }

    /// Verifies that shares are the ones that a dealer's commitments promise a recipient.
    ///
    /// # Errors
    /// [`VerifyError`], for which the dealer is to blame; before all have committed, the caller.
    pub fn verify_shares(&self, dealer: u8, recipient: u8, shares: &[Scalar]) -> Result<(), VerifyError> {
        let (commitments, round) =
            self.commitments(dealer).zip(self.round_hash()).ok_or(VerifyError::Shape)?;
        let context = digest(tag::SHARES, &[round.as_bytes(), &[dealer]]);
        verify_shares(&context, &commitments.commitments, recipient, shares)
    }

    /// What a complaint proves: that D belongs to the communication keys of complainer and dealer.
    /// The context is `H("complaint"; genesis hash, attempt, round hash, complainer, dealer)`.
    pub fn complaint_context(&self, complainer: u8, dealer: u8) -> Option<Digest> {
        let round = self.round_hash()?;
        let fields: [&[u8]; 5] =
            [self.genesis.as_bytes(), &[self.attempt], round.as_bytes(), &[complainer], &[dealer]];
        Some(digest(tag::COMPLAINT, &fields))
    }

    fn possession_context(&self, entry: &Commitments) -> Digest {
        Commitments::possession_context(
            &self.genesis,
            entry.attempt,
            (self.trustees, self.threshold),
            self.slots as u16,
            entry.trustee,
            &entry.communication,
        )
    }

    /// Examines a message entirely, its signature and proof too. Changes nothing.
    pub(crate) fn examine(&self, message: Message, manifest: &Manifest) -> Result<Change, Failure> {
        if self.round() == Round::Complete {
            return Err(too_early("the keys are made already"));
        }
        if let Message::Restart(restart) = &message {
            return self.examine_restart(restart);
        }
        let author = message.author().unwrap_or_default();
        if author == 0 || author > self.trustees {
            return Err(misplaced(Cause::UnknownTrustee(author)));
        }
        if message.attempt() != self.attempt {
            let error = CeremonyError::Attempt { running: self.attempt, found: message.attempt() };
            return Err(misplaced(error));
        }
        if matches!(self.round(), Round::Failed(_)) {
            return Err(too_early("a trustee has dealt a false share; the ceremony must begin anew"));
        }
        let hash = message.hash();
        match message {
            Message::Commitments(entry) => self.examine_commitments(hash, entry, manifest),
            Message::Shares(entry) => self.examine_shares(hash, entry),
            Message::Complaint(entry) => self.examine_complaint(&entry),
            Message::Confirm(entry) => self.examine_confirm(&entry),
            Message::Restart(entry) => self.examine_restart(&entry),
        }
    }

    fn examine_commitments(
        &self,
        hash: Digest,
        entry: Signed<Commitments>,
        manifest: &Manifest,
    ) -> Result<Change, Failure> {
        let trustee = entry.trustee;
        if self.commitments(trustee).is_some() {
            return Err(misplaced(CeremonyError::Repeated));
        }
        check_commitments(manifest, &entry.commitments)
            .map_err(|error| Failure::new(Check::Ceremony, Culprit::Trustee(trustee), error))?;
        entry
            .verify_signature(&entry.communication, &self.genesis)
            .map_err(|_| unsigned(Check::TrusteeSignature, CeremonyError::Signature))?;
        let points: Vec<Point> = entry.commitments.iter().flatten().copied().collect();
        entry
            .possession
            .verify(&self.possession_context(&entry), &points)
            .map_err(|_| fail(Check::TrusteePossession, trustee, CeremonyError::Possession))?;
        // Whoever commits last could make keys cancel, if anyone could.
        let entry = entry.into_content();
        let last = self.commitments.missing() == [trustee];
        let sums = last
            .then(|| self.add_up(&entry))
            .transpose()
            .map_err(|_| fail(Check::Ceremony, trustee, CeremonyError::Cancelled))?;
        if let Some(sums) = &sums {
            public_shares(manifest, sums)
                .map_err(|error| Failure::new(Check::Ceremony, Culprit::Trustee(trustee), error))?;
        }
        Ok(Change::Commitments(hash, Box::new(entry), sums))
    }

    fn add_up(&self, last: &Commitments) -> Result<Vec<Vec<Point>>, GroupError> {
        let of = |slot: usize, k: usize| {
            let others = self.commitments.all().map(|(_, commitments)| commitments);
            let points = others
                .chain([last])
                .filter_map(move |all| all.commitments.get(slot)?.get(k).map(Point::inner));
            Point::new(points.sum())
        };
        let threshold = usize::from(self.threshold);
        (0..self.slots).map(|slot| (0..threshold).map(|k| of(slot, k)).collect()).collect()
    }

    /// The key of an author, once all have committed.
    fn key_of(&self, trustee: u8) -> Result<&PublicKey, Failure> {
        let all = self.sums.is_some();
        let key = self.commitments(trustee).filter(|_| all).map(|commitments| &commitments.communication);
        key.ok_or_else(|| too_early("not every trustee has committed"))
    }

    fn demand_signed<T>(&self, entry: &Signed<T>, trustee: u8) -> Result<(), Failure>
    where
        Signed<T>: Issued,
    {
        entry
            .verify_signature(self.key_of(trustee)?, &self.genesis)
            .map_err(|_| unsigned(Check::TrusteeSignature, CeremonyError::Signature))
    }

    fn examine_shares(&self, hash: Digest, entry: Signed<Shares>) -> Result<Change, Failure> {
        let dealer = entry.dealer;
        self.key_of(dealer)?;
        if self.shares(dealer).is_some() {
            return Err(misplaced(CeremonyError::Repeated));
        }
        self.demand_signed(&entry, dealer)?;
        if Some(entry.round) != self.round_hash() {
            return Err(unsigned(Check::Transcript, CeremonyError::OtherRound));
        }
        let recipients = usize::from(self.trustees) - 1;
        if entry.encrypted.len() != recipients || entry.encrypted.iter().any(|row| row.len() != self.slots) {
            let error = CeremonyError::Shape { recipients, slots: self.slots };
            return Err(fail(Check::Ceremony, dealer, error));
        }
        Ok(Change::Shares(hash, entry.into_content()))
    }

    fn examine_complaint(&self, entry: &Signed<Complaint>) -> Result<Change, Failure> {
        let (complainer, dealer) = (entry.complainer, entry.dealer);
        self.demand_signed(entry, complainer)?;
        let false_complaint = |error| fail(Check::Complaint, complainer, error);
        if dealer == complainer || dealer == 0 || dealer > self.trustees {
            return Err(false_complaint(CeremonyError::Dealer));
        }
        if self.shares(dealer).is_none() {
            return Err(too_early("the dealer has not dealt yet"));
        }
        let same = |verdict: &Verdict| {
            (verdict.attempt, verdict.complainer, verdict.dealer) == (self.attempt, complainer, dealer)
        };
        if self.has_confirmed(complainer) || self.verdicts.iter().any(same) {
            return Err(misplaced(CeremonyError::Repeated));
        }
        let keys = self.commitments(complainer).zip(self.commitments(dealer));
        let proved =
            keys.zip(self.complaint_context(complainer, dealer)).is_some_and(|((own, other), context)| {
                let statement = chaum_pedersen::Statement {
                    context: &context,
                    alpha: other.communication.point(),
                    betas: &[],
                    shares: &[*own.communication.point()],
                };
                entry.proof.verify(&statement, &[entry.shared]).is_ok()
            });
        if !proved {
            return Err(false_complaint(CeremonyError::ComplaintProof));
        }
        let shares = self.decrypt_shares(dealer, complainer, &entry.shared).unwrap_or_default();
        let upheld = self.verify_shares(dealer, complainer, &shares).is_err();
        Ok(Change::Complaint(Verdict { attempt: self.attempt, complainer, dealer, upheld }))
    }

    fn examine_confirm(&self, entry: &Signed<Confirm>) -> Result<Change, Failure> {
        let trustee = entry.trustee;
        self.key_of(trustee)?;
        let Some(transcript) = self.transcript() else {
            return Err(too_early("not every trustee has dealt"));
        };
        if self.has_confirmed(trustee) {
            return Err(misplaced(CeremonyError::Repeated));
        }
        self.demand_signed(entry, trustee)?;
        if entry.transcript != transcript {
            return Err(unsigned(Check::Transcript, CeremonyError::OtherTranscript));
        }
        Ok(Change::Confirm(trustee))
    }

    fn examine_restart(&self, entry: &Signed<Restart>) -> Result<Change, Failure> {
        if Some(entry.attempt) != self.attempt.checked_add(1) {
            let error = CeremonyError::Attempt { running: self.attempt, found: entry.attempt };
            return Err(Failure::new(Check::Restart, Culprit::Organiser, error));
        }
        entry
            .verify_signature(&self.organiser, &self.genesis)
            .map_err(|_| Failure::new(Check::Restart, Culprit::BallotBox, Cause::OrganiserSignature))?;
        Ok(Change::Restart(entry.attempt))
    }

    /// The election that the last confirmation completes.
    pub(crate) fn completed_by(
        &self,
        change: &Change,
        manifest: &Manifest,
        genesis: &Genesis,
    ) -> Result<Option<Election>, Failure> {
        let Change::Confirm(trustee) = change else { return Ok(None) };
        if self.confirmed.missing() != [*trustee] {
            return Ok(None);
        }
        let Some(keys) = self.joint_keys() else { return Ok(None) };
        let election = Election::from_manifest(manifest.clone(), genesis, &keys)
            .map_err(|error| Failure::new(Check::Ceremony, Culprit::Trustee(*trustee), error))?;
        Ok(Some(election))
    }

    pub(crate) fn commit(&mut self, change: Change) {
        match change {
            Change::Commitments(hash, entry, sums) => {
                self.commitments.set(entry.trustee, (hash, *entry));
                self.sums = sums;
            }
            Change::Shares(hash, entry) => self.shares.set(entry.dealer, (hash, entry)),
            Change::Complaint(verdict) => self.verdicts.push(verdict),
            Change::Confirm(trustee) => self.confirmed.set(trustee, ()),
            Change::Restart(attempt) => {
                let n = self.trustees;
                self.attempt = attempt;
                self.commitments = Places::new(n);
                self.shares = Places::new(n);
                self.confirmed = Places::new(n);
                self.sums = None;
            }
        }
    }
}

/// Where in a dealer's message a recipient's shares are.
fn row(dealer: u8, recipient: u8) -> Option<usize> {
    match recipient.cmp(&dealer) {
        std::cmp::Ordering::Less => Some(usize::from(recipient.checked_sub(1)?)),
        std::cmp::Ordering::Equal => None,
        std::cmp::Ordering::Greater => Some(usize::from(recipient) - 2),
    }
}
