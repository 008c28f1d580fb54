//! Sums that the trustees are asked to decrypt: who has consented, who has decrypted.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use veche_record::entry::{ResultEntry, TallyKind};

use crate::tally::{CheckedPartial, Tally, TallyError, VerifiedTally};

/// A tally input on the board, and what the trustees have done about it.
#[derive(Debug, Clone)]
pub struct Count {
    tally: VerifiedTally,
    consents: BTreeSet<u8>,
    partials: Vec<CheckedPartial>,
    combined: OnceLock<Result<Tally, TallyError>>,
}

impl Count {
    pub(super) fn new(tally: VerifiedTally) -> Self {
        Count { tally, consents: BTreeSet::new(), partials: Vec::new(), combined: OnceLock::new() }
    }

    /// What is to be decrypted.
    pub fn input(&self) -> &VerifiedTally {
        &self.tally
    }

    /// The trustees who consented, from 1.
    pub fn consents(&self) -> &BTreeSet<u8> {
        &self.consents
    }

    /// Whether so many trustees have consented that no other tally input can find as many.
    pub fn has_quorum(&self) -> bool {
        self.consents.len() >= self.tally.quorum()
    }

    /// The partial decryptions on the board.
    pub fn partials(&self) -> &[CheckedPartial] {
        &self.partials
    }

    /// Whether a trustee has decrypted.
    pub fn has_decrypted(&self, trustee: u8) -> bool {
        self.partials.iter().any(|partial| partial.trustee() == trustee)
    }

    /// How many partial decryptions this count needs: t of the votes; of a rehearsal those of a
    /// quorum, so that as many trustees as the vote will need have shown that they can.
    pub fn partials_needed(&self) -> usize {
        let needed = self.tally.partials_needed();
        match self.tally.kind() {
            TallyKind::Vote => needed,
            TallyKind::Rehearsal => needed.max(self.tally.quorum()),
        }
    }

    /// Whether enough partial decryptions are on the board.
    pub fn is_decrypted(&self) -> bool {
        self.partials.len() >= self.partials_needed()
    }

    /// The totals, once enough partial decryptions are on the board.
    ///
    /// # Errors
    /// [`TallyError`].
    pub fn totals(&self) -> Result<&Tally, TallyError> {
        let (needed, found) = (self.partials_needed(), self.partials.len());
        if found < needed {
            return Err(TallyError::TooFewPartials { needed, found });
        }
        let combine = || Tally::combine(&self.tally, &self.partials);
        self.combined.get_or_init(combine).as_ref().map_err(Clone::clone)
    }

    /// Compares what a result states with the partial decryptions. Totals that hold are known from then on, without
    /// looking for them.
    ///
    /// # Errors
    /// [`TallyError`].
    pub(super) fn compare(&self, result: &ResultEntry) -> Result<(), TallyError> {
        let tally = Tally::confirm(&self.tally, &self.partials, result)?;
        let _ = self.combined.set(Ok(tally));
        Ok(())
    }

    pub(super) fn consent(&mut self, trustee: u8) {
        self.consents.insert(trustee);
    }

    pub(super) fn decrypt(&mut self, partial: CheckedPartial) {
        self.partials.push(partial);
    }
}
