//! What the ballots of the board come to: the sums a tally input fixes, and the result that states the totals.

use std::sync::Arc;

use veche_record::EntryKind;
use veche_record::entry::{GroupInput, ResultEntry, TallyInput, TallyKind};

use super::BoardState;
use crate::check::Check;
use crate::course::Course;
use crate::failure::{Cause, Culprit, Failure};
use crate::result::ResultFile;
use crate::tally::{VerifiedTally, blinded};

impl BoardState {
    /// What a tally input, were it the next entry, would have the trustees decrypt.
    ///
    /// # Errors
    /// [`Failure`] when it has no place there, when replaced ballots were not settled, or when the ballots of a
    /// rehearsal do not use every slot key.
    pub fn compute(&self, kind: TallyKind) -> Result<VerifiedTally, Failure> {
        let course = match kind {
            TallyKind::Vote => Course::Closed,
            TallyKind::Rehearsal => Course::Setup,
        };
        let election = self.running(kind.message(), &[course])?;
        if kind == TallyKind::Rehearsal && self.rehearsal.is_some() {
            return Err(Failure::new(Check::Course, Culprit::BallotBox, Cause::RehearsalFixed));
        }
        self.demand_settled()?;
        let groups = self.groups(kind);
        if kind == TallyKind::Rehearsal {
            self.demand_every_key(&groups)?;
        }
        Ok(VerifiedTally::new(Arc::clone(election), TallyInput { kind, size: self.size, groups }))
    }

    /// The sums of the ballots that count.
    pub(super) fn groups(&self, kind: TallyKind) -> Vec<GroupInput> {
        match kind {
            TallyKind::Vote => {
                let typed = self.voters.typed(&self.manifest);
                self.sums.joined(self.manifest.document().minimum_group, &typed)
            }
            // The choices of a rehearsal are made up: there is nothing to hide.
            TallyKind::Rehearsal => self.rehearsal_sums.inputs(),
        }
    }

    /// A rehearsal that is not blinded, or of smaller contests only, would show nothing of some keys.
    pub(super) fn demand_every_key(&self, groups: &[GroupInput]) -> Result<(), Failure> {
        let slots = self.manifest.slots();
        if groups.iter().any(|group| group.betas.len() == slots && blinded(group).is_some()) {
            return Ok(());
        }
        Err(Failure::new(Check::RehearsalInput, Culprit::BallotBox, Cause::RehearsalKeys))
    }

    /// Makes the result of this board, to be appended next.
    ///
    /// # Errors
    /// [`Failure`] before there are enough partial decryptions.
    pub fn make_result(&self) -> Result<ResultEntry, Failure> {
        Ok(self.result_and_file()?.0)
    }

    /// The result of this board, to be appended next, and the published form of its totals.
    ///
    /// # Errors
    /// [`Failure`] before there are enough partial decryptions.
    pub fn result_and_file(&self) -> Result<(ResultEntry, ResultFile), Failure> {
        let running = self.running(EntryKind::Result, &[Course::Counting, Course::Published]);
        let manifest = running?.manifest();
        let tally = self.tally().map_err(|error| Failure::new(Check::Result, Culprit::Caller, error))?;
        let entry = ResultEntry { tally: tally.input_hash(), groups: tally.stated() };
        Ok((entry, ResultFile::new(manifest, tally)))
    }
}
