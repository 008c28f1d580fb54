//! Ballots that are challenged instead of cast, and papers that are counted by hand: what their entries may do, and
//! what a closing asks of the papers.

use std::collections::HashMap;

use veche_crypto::hash::Digest;
use veche_record::entry::{Challenged, Issued, MAX_CHALLENGED, PaperCount, Signed};
use veche_record::{BallotHeader, EntryKind};

use super::BoardState;
use super::examine::{Change, Examination};
use crate::check::Check;
use crate::claim::Claim;
use crate::course::Course;
use crate::failure::{Cause, Culprit, Failure, PaperFault};

/// The codes that were challenged, by the key that did. Few voters challenge, and none often.
#[derive(Debug, Default)]
pub(super) struct ChallengedCodes(HashMap<[u8; 32], Vec<Digest>>);

impl ChallengedCodes {
    pub fn has(&self, key: &[u8; 32], code: &Digest) -> bool {
        self.0.get(key).is_some_and(|codes| codes.contains(code))
    }

    /// Whether there are any of a key.
    pub fn any(&self, key: &[u8; 32]) -> bool {
        self.0.contains_key(key)
    }

    /// All of them, by key.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8; 32], &Vec<Digest>)> {
        self.0.iter()
    }

    pub fn push(&mut self, key: [u8; 32], code: Digest) {
        self.0.entry(key).or_default().push(code);
    }

    /// Bytes of memory that are held, about.
    pub fn bytes(&self) -> usize {
        self.0.values().map(|codes| 64 + codes.capacity() * 32).sum()
    }
}

impl From<HashMap<[u8; 32], Vec<Digest>>> for ChallengedCodes {
    fn from(codes: HashMap<[u8; 32], Vec<Digest>>) -> Self {
        ChallengedCodes(codes)
    }
}

/// What was counted by hand of the papers of a declared style.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Papers {
    /// How many counts there are.
    pub counts: u32,
    /// The last of them.
    pub last: Option<u32>,
}

impl BoardState {
    /// What stands against a closing of the vote by the organiser, style by style: papers that were not counted, or of
    /// which there are fewer than ballots typed from them, or fewer than voters struck off for having voted on paper.
    pub fn paper_faults(&self) -> Vec<PaperFault> {
        let mut faults = Vec::new();
        for (style, (papers, (entered, voters))) in (0..).zip(self.papers.iter().zip(self.voters.on_paper()))
        {
            match papers.last {
                None if entered + voters > 0 => faults.push(PaperFault::NotCounted { style }),
                Some(papers) if entered > papers => {
                    faults.push(PaperFault::Entered { style, entered, papers })
                }
                Some(papers) if voters > papers => {
                    faults.push(PaperFault::StruckOff { style, voters, papers })
                }
                _ => {}
            }
        }
        faults
    }

    /// How many papers of a declared style there are, by the last count, if there is one.
    pub fn papers(&self, style: u16) -> Option<u32> {
        self.papers.get(usize::from(style))?.last
    }

    /// The number that the next paper count of a declared style must carry.
    pub fn next_paper_count(&self, style: u16) -> Option<u16> {
        u16::try_from(self.papers.get(usize::from(style))?.counts).ok()
    }

    /// Whether the papers of every declared style were counted, and exactly as many ballots were typed: nothing is left
    /// to be entered.
    pub(super) fn papers_are_complete(&self) -> bool {
        let turnout = self.turnout();
        let typed = |id: &str| -> u32 {
            let rows = turnout.iter().filter(|row| row.style == id);
            let entered = |route: &str| self.manifest().routes().iter().any(|r| r.entered && r.id == route);
            rows.filter(|row| entered(&row.route)).map(|row| row.ballots).sum()
        };
        let styles = self.manifest().styles().iter().zip(&self.papers);
        styles.into_iter().all(|(style, papers)| papers.last == Some(typed(&style.id)))
    }

    pub(super) fn demand_papers(&self) -> Result<(), Failure> {
        match self.paper_faults().into_iter().next() {
            None => Ok(()),
            Some(fault) => Err(Failure::new(Check::PaperCount, Culprit::Organiser, fault)),
        }
    }

    pub(super) fn examine_paper_count(&self, entry: &Signed<PaperCount>) -> Examination {
        let election = self.running(EntryKind::PaperCount, &[Course::Open, Course::Ended])?;
        let refuse = |culprit, cause| Err(Failure::new(Check::PaperCount, culprit, cause));
        if entry.verify_signature(election.organiser(), &election.fingerprint()).is_err() {
            return refuse(Culprit::BallotBox, Cause::OrganiserSignature);
        }
        let Some(papers) = self.papers.get(usize::from(entry.style)) else {
            return refuse(Culprit::Organiser, Cause::UnknownStyle(entry.style));
        };
        if u32::from(entry.number) != papers.counts {
            let found = entry.number;
            return refuse(Culprit::BallotBox, Cause::PaperNumber { expected: papers.counts, found });
        }
        Ok((Change::PaperCount(**entry), Vec::new()))
    }

    /// Whatever is wrong with it, its voter has not signed that it stands here: who has put it there is to blame.
    pub(super) fn examine_challenged(&self, entry: &Signed<Challenged>) -> Examination {
        let election = self.running(EntryKind::Challenged, &[Course::Open])?;
        let misplaced = |check, cause| Failure::new(check, Culprit::BallotBox, cause);
        let unknown = || misplaced(Check::Challenged, Cause::UnknownKey);
        let credential = self.voters.credential(&entry.key).ok_or_else(unknown)?;
        let refuse = |check, cause| Err(misplaced(check, cause));
        if credential.voter.struck_off.is_some() {
            return refuse(Check::StruckOff, Cause::StruckOff);
        }
        if !credential.active {
            return refuse(Check::Challenged, Cause::Revoked);
        }
        let (expected, found) = (credential.voter.sequence, entry.sequence);
        if expected != found {
            return refuse(Check::Challenged, Cause::Sequence { expected, found });
        }
        if credential.voter.challenged >= MAX_CHALLENGED {
            return refuse(Check::Challenged, Cause::TooManyChallenged);
        }
        if self.challenged.has(&entry.key.to_bytes(), &entry.code) {
            return refuse(Check::Challenged, Cause::ChallengedBefore);
        }
        let change = Change::Challenged(credential.pseudonym, **entry);
        Ok((change, vec![Claim::of_challenged(self.size(), election, entry)]))
    }

    /// Whether a ballot was not challenged by its key before. `code` is asked for only where it matters.
    pub(super) fn demand_not_challenged(
        &self,
        header: &BallotHeader,
        code: impl FnOnce() -> Digest,
    ) -> Result<(), Failure> {
        let key = header.credential.to_bytes();
        if self.challenged.any(&key) && self.challenged.has(&key, &code()) {
            return Err(Failure::new(Check::Challenged, Culprit::BallotBox, Cause::ChallengedBallot));
        }
        Ok(())
    }
}
