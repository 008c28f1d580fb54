//! Whether a message of the ceremony may follow, and whose fault it is when it may not.

use veche_crypto::chaum_pedersen;
use veche_crypto::group::{GroupError, Point};
use veche_crypto::hash::Digest;
use veche_crypto::signature::PublicKey;
use veche_record::election::{check_commitments, public_shares};
use veche_record::entry::ceremony::{Ceremony as Message, Commitments, Complaint, Confirm, Restart, Shares};
use veche_record::entry::{Issued, Signed};
use veche_record::{EntryKind, Manifest};

use super::{Ceremony, CeremonyError, Change, Round, Verdict};
use crate::check::Check;
use crate::failure::{Cause, Culprit, Failure};

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
        // The key that signs comes with the message: whose it is nobody knows, until all have gone on with it.
        let refuse = |check, cause: Cause| Failure::new(check, Culprit::BallotBox, cause);
        check_commitments(manifest, &entry.commitments)
            .map_err(|error| refuse(Check::Ceremony, error.into()))?;
        entry
            .verify_signature(&entry.communication, &self.genesis)
            .map_err(|_| refuse(Check::TrusteeSignature, CeremonyError::Signature.into()))?;
        let points: Vec<Point> = entry.commitments.iter().flatten().copied().collect();
        entry
            .possession
            .verify(&self.possession_context(&entry), &points)
            .map_err(|_| refuse(Check::TrusteePossession, CeremonyError::Possession.into()))?;
        let entry = entry.into_content();
        let last = self.commitments.missing() == [trustee];
        let sums = last
            .then(|| self.add_up(&entry))
            .transpose()
            .map_err(|_| refuse(Check::Ceremony, CeremonyError::Cancelled.into()))?;
        if let Some(sums) = &sums {
            public_shares(manifest, sums).map_err(|error| refuse(Check::Ceremony, error.into()))?;
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
        let Some(shares) = self.shares_hash(dealer) else {
            return Err(too_early("the dealer has not dealt yet"));
        };
        let same = |verdict: &Verdict| {
            (verdict.attempt, verdict.complainer, verdict.dealer) == (self.attempt, complainer, dealer)
        };
        if self.has_confirmed(complainer) || self.verdicts.iter().any(same) {
            return Err(misplaced(CeremonyError::Repeated));
        }
        // What the complainer was shown on another board says nothing of the shares on this one.
        if entry.shares != shares {
            return Err(unsigned(Check::Transcript, CeremonyError::OtherShares));
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
        let refuse = |cause: Cause| Failure::new(Check::Restart, Culprit::BallotBox, cause);
        if Some(entry.attempt) != self.attempt.checked_add(1) {
            let error = CeremonyError::Attempt { running: self.attempt, found: entry.attempt };
            return Err(refuse(error.into()));
        }
        entry
            .verify_signature(&self.organiser, &self.genesis)
            .map_err(|_| refuse(Cause::OrganiserSignature))?;
        Ok(Change::Restart(entry.attempt))
    }
}
