//! The beginning of a board, up to its keys: all that a page needs to believe in an election.
//!
//! It does what [`crate::state`] does with the same entries, and knows nothing of those that come after.

use veche_record::entry::{Genesis, Part, PartAssembler};
use veche_record::{Election, Entry, EntryKind, Manifest, ManifestError};

use crate::ceremony::Ceremony;
use crate::check::Check;
use crate::failure::{Cause, Culprit, Failure};

/// A board whose keys are being made.
#[derive(Debug)]
pub struct Opening {
    manifest: Manifest,
    size: u64,
    parts: PartAssembler,
    founded: Option<(Genesis, Ceremony)>,
}

impl Opening {
    /// An empty board for a manifest.
    ///
    /// # Errors
    /// [`ManifestError`].
    pub fn new(manifest: &[u8]) -> Result<Self, ManifestError> {
        let manifest = Manifest::parse(manifest)?;
        Ok(Opening { manifest, size: 0, parts: PartAssembler::default(), founded: None })
    }

    /// Checks the next leaf entirely, and takes it over: the election, when the keys are made with it.
    ///
    /// # Errors
    /// [`Failure`], also for an entry that comes only after the keys.
    pub fn apply(&mut self, leaf: &[u8]) -> Result<Option<Election>, Failure> {
        let election = self.take(leaf).map_err(|failure| failure.at(self.size))?;
        self.size += 1;
        Ok(election)
    }

    fn take(&mut self, leaf: &[u8]) -> Result<Option<Election>, Failure> {
        if self.parts.is_waiting() && EntryKind::of(leaf) != Some(EntryKind::Part) {
            return Err(malformed(Cause::UnfinishedMessage));
        }
        match founding(leaf)? {
            Entry::Part(part) => self.take_part(part),
            entry => self.take_entry(entry),
        }
    }

    fn take_part(&mut self, part: Part) -> Result<Option<Election>, Failure> {
        let whole = self.parts.check(&part).map_err(|error| malformed(error.into()))?;
        let election = match whole {
            Some(message) => self.take_entry(founding(&message)?)?,
            None => None,
        };
        self.parts.advance(part);
        Ok(election)
    }

    fn take_entry(&mut self, entry: Entry) -> Result<Option<Election>, Failure> {
        match (entry, &mut self.founded) {
            (Entry::Genesis(genesis), None) => {
                veche_record::election::check_genesis(&self.manifest, &genesis)
                    .map_err(Failure::of_genesis)?;
                let ceremony = Ceremony::new(&genesis, &self.manifest);
                self.founded = Some((genesis, ceremony));
                Ok(None)
            }
            (Entry::Genesis(_), Some(_)) => {
                let cause = Cause::Course(EntryKind::Genesis, "the board has begun already");
                Err(Failure::new(Check::Genesis, Culprit::BallotBox, cause))
            }
            (Entry::Ceremony(message), Some((genesis, ceremony))) => {
                let change = ceremony.examine(message, &self.manifest)?;
                let election = ceremony.completed_by(&change, &self.manifest, genesis)?;
                ceremony.commit(change);
                Ok(election)
            }
            (Entry::Ceremony(_), None) => {
                Err(misplaced(EntryKind::Ceremony, "the board begins with a genesis entry"))
            }
            // A part inside a part.
            _ => Err(malformed(Cause::UnfinishedMessage)),
        }
    }
}

fn founding(message: &[u8]) -> Result<Entry, Failure> {
    let entry = Entry::parse_founding(message).map_err(|error| malformed(error.into()))?;
    entry.ok_or_else(|| {
        let kind = EntryKind::of(message).unwrap_or(EntryKind::Part);
        misplaced(kind, "the election has no keys yet")
    })
}

fn malformed(cause: Cause) -> Failure {
    Failure::new(Check::Form, Culprit::BallotBox, cause)
}

fn misplaced(kind: EntryKind, why: &'static str) -> Failure {
    Failure::new(Check::Course, Culprit::BallotBox, Cause::Course(kind, why))
}
