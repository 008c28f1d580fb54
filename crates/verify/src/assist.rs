//! Signatures and proofs verified by others on the audit's behalf: in a browser, by workers that share no memory.
//!
//! What is costly about an entry, its points, signatures and proofs, hangs on the election and the entry's bytes
//! alone; only its place on the board needs an order. So an assistant, who has the election and nothing else, is given
//! some entries and answers which of them are not right and what the ballots among the others add up to. The audit
//! then replays those by their outlines. An entry that an assistant finds wrong is examined again by the audit
//! itself, from its bytes, so that the report names it as it always does; what an assistant calls right is believed.
//! An assistant is the same program on the same machine.

use std::collections::BTreeSet;
use std::future::Future;
use std::sync::Arc;

use veche_crypto::randomness::Randomness;
use veche_record::{Ballot, Election, Entry, EntryKind};

use crate::check::Check;
use crate::claim::{self, Claim};
use crate::failure::Culprit;
use crate::state::{SavedSum, Sums};

/// Those who verify on the audit's behalf.
pub trait Assistants {
    /// The answer to one question; `None` when there will be none. Then the audit verifies these entries itself.
    type Answer: Future<Output = Option<Assisted>>;

    /// Has entries verified, of which `first` is the index of the first. The work begins now.
    fn begin(&self, first: u64, leaves: &[Vec<u8>]) -> Self::Answer;

    /// How many work at the same time.
    fn count(&self) -> usize;
}

/// Nobody assists.
#[derive(Debug, Clone, Copy)]
pub enum Nobody {}

impl Assistants for Nobody {
    type Answer = std::future::Ready<Option<Assisted>>;

    fn begin(&self, _: u64, _: &[Vec<u8>]) -> Self::Answer {
        match *self {}
    }

    fn count(&self) -> usize {
        match *self {}
    }
}

/// What an assistant has found.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Assisted {
    /// The entries that are not right, or that only the audit can judge.
    pub(crate) unsettled: BTreeSet<u64>,
    /// The sums of all other ballots.
    pub(crate) sums: Vec<SavedSum>,
}

/// Verifies what an entry stands on by itself. `fresh` is randomness of the verifier's own, new for this call.
pub fn assist(election: &Election, first: u64, leaves: &[Vec<u8>], fresh: &Randomness) -> Assisted {
    let mut unsettled = BTreeSet::new();
    let mut claims = Vec::new();
    let mut ballots = Vec::new();
    // The sums are taken over before the first of these entries is replayed. A tally input among them must not find
    // a ballot in the sums that comes after it: what follows anything but votes is left to the audit.
    let mut votes = true;
    for (index, leaf) in (first..).zip(leaves) {
        votes &= matches!(
            EntryKind::of(leaf),
            Some(EntryKind::Ballot | EntryKind::Challenged | EntryKind::Credential | EntryKind::Revocation)
        );
        match read(election, index, leaf).filter(|_| votes) {
            Some(Read::Ballot(ballot)) => {
                // Whose it is only the board knows; the audit will say.
                claims.extend(Claim::of_ballot(index, election.manifest(), &ballot, Culprit::Sender));
                ballots.push((index, ballot));
            }
            Some(Read::Signed(signed)) => claims.extend(signed),
            None => {
                unsettled.insert(index);
            }
        }
    }
    unsettled.extend(claim::verify(election, &claims, fresh).iter().filter_map(|failure| failure.entry));
    let mut sums = Sums::new(election.manifest());
    for (_, ballot) in ballots.iter().filter(|(index, _)| !unsettled.contains(index)) {
        sums.add(election.manifest(), ballot);
    }
    Assisted { unsettled, sums: sums.save() }
}

enum Read {
    Ballot(Arc<Ballot>),
    Signed(Vec<Claim>),
}

fn read(election: &Election, index: u64, leaf: &[u8]) -> Option<Read> {
    match EntryKind::of(leaf)? {
        EntryKind::Ballot => Ballot::parse(election, leaf.get(1..)?).ok().map(Arc::new).map(Read::Ballot),
        EntryKind::Challenged | EntryKind::Credential | EntryKind::Revocation => {
            match Entry::parse(leaf).ok()? {
                Entry::Challenged(entry) => {
                    Some(Read::Signed(vec![Claim::of_challenged(index, election, &entry)]))
                }
                // Which key has handed over only the board knows.
                Entry::Credential(entry) if entry.handover.is_some() => None,
                Entry::Credential(entry) => {
                    Some(Read::Signed(Claim::of_credential(index, election, &entry, None)))
                }
                Entry::Revocation(entry) => {
                    Some(Read::Signed(vec![Claim::by_registrar(index, election, Check::Revocation, &entry)]))
                }
                _ => None,
            }
        }
        _ => None,
    }
}

impl Assisted {
    /// As bytes, to be sent to the audit: the number of unsettled entries (`u32`) and each (`u64`); the number of
    /// sums (`u32`) and for each its ballots (`u32`), its number of points (`u32`) and the points. Little-endian.
    pub fn to_bytes(&self) -> Vec<u8> {
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes();
        let mut bytes = count(self.unsettled.len()).to_vec();
        self.unsettled.iter().for_each(|entry| bytes.extend(entry.to_le_bytes()));
        bytes.extend(count(self.sums.len()));
        for (ballots, points) in &self.sums {
            bytes.extend(ballots.to_le_bytes());
            bytes.extend(count(points.len()));
            bytes.extend(points.iter().flatten());
        }
        bytes
    }

    /// Reads what [`Self::to_bytes`] wrote; `None` for anything else.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes;
        let count = take(&mut rest).map(u32::from_le_bytes)?;
        let mut unsettled = BTreeSet::new();
        for _ in 0..count {
            unsettled.insert(take(&mut rest).map(u64::from_le_bytes)?);
        }
        let count = take(&mut rest).map(u32::from_le_bytes)?;
        let mut sums = Vec::new();
        for _ in 0..count {
            let ballots = take(&mut rest).map(u32::from_le_bytes)?;
            let mut points = Vec::new();
            for _ in 0..take(&mut rest).map(u32::from_le_bytes)? {
                points.push(take(&mut rest)?);
            }
            sums.push((ballots, points));
        }
        rest.is_empty().then_some(Assisted { unsettled, sums })
    }
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, left) = rest.split_first_chunk()?;
    *rest = left;
    Some(*taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_back_and_a_damaged_one_is_none() {
        let answer = Assisted {
            unsettled: BTreeSet::from([3, 1 << 40]),
            sums: vec![(0, Vec::new()), (7, vec![[1; 32], [2; 32]])],
        };
        let bytes = answer.to_bytes();
        assert_eq!(Assisted::from_bytes(&bytes).as_ref(), Some(&answer));
        for length in 0..bytes.len() {
            assert_eq!(Assisted::from_bytes(&bytes[..length]), None, "{length}");
        }
        assert_eq!(Assisted::from_bytes(&[&bytes[..], &[0]].concat()), None);
    }
}
