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
use veche_crypto::feldman::verify_shares;
use veche_crypto::group::{Point, Scalar};
use veche_crypto::hash::{Digest, digest, scalar};
use veche_crypto::signature::PublicKey;
use veche_record::election::JointKeys;
use veche_record::entry::Genesis;
use veche_record::entry::ceremony::{Commitments, Shares, round_hash, transcript_hash};
use veche_record::{Election, Manifest, tag};

use crate::check::Check;
use crate::failure::{Culprit, Failure};

mod examine;

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
    /// A complaint about other shares.
    #[error("the complaint is about other shares than those on the board")]
    OtherShares,
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
    /// Who had confirmed what in attempts that were begun anew: attempt, transcript, trustee.
    left: Vec<(u8, Digest, u8)>,
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
            left: Vec::new(),
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

    /// The hash of the message by which a trustee has dealt in this attempt, which a complaint names.
    pub fn shares_hash(&self, dealer: u8) -> Option<Digest> {
        self.shares.get(dealer).map(|(hash, _)| *hash)
    }

    /// Whether a trustee has confirmed the transcript.
    pub fn has_confirmed(&self, trustee: u8) -> bool {
        self.confirmed.get(trustee).is_some()
    }

    /// The transcript that a trustee had confirmed in an attempt before the organiser began anew.
    pub fn confirmed_before(&self, attempt: u8, trustee: u8) -> Option<Digest> {
        let of = |(left, _, who): &&(u8, Digest, u8)| (*left, *who) == (attempt, trustee);
        self.left.iter().find(of).map(|(_, transcript, _)| *transcript)
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
                if let Some(transcript) = self.transcript() {
                    let confirmed = (1..=n).filter(|trustee| self.has_confirmed(*trustee));
                    let left: Vec<_> = confirmed.map(|who| (self.attempt, transcript, who)).collect();
                    self.left.extend(left);
                }
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
