//! Leaves decoded: the half of the work that needs no order, done on every core.

use std::sync::Arc;

use veche_board::{Hash, leaf_hash};
use veche_record::{Ballot, BallotOutline, Election, Entry, EntryKind};

use super::Snapshot;
use crate::assist::Assisted;

/// A leaf with its hash in the tree.
pub(super) struct Leaf {
    pub hash: Hash,
    pub read: Read,
}

/// A leaf, as far as it can be decoded by itself.
pub(super) enum Read {
    /// What the state must decode.
    Raw(Vec<u8>),
    Ballot(Arc<Ballot>),
    /// A ballot that an interrupted run or an assistant has verified, and the whole of it where that run found it
    /// false.
    Outline(Box<BallotOutline>, Option<Arc<Ballot>>),
    /// A credential, a revocation or a challenged ballot, and whether an interrupted run or an assistant has verified
    /// it.
    Entry(Box<Entry>, bool),
}

/// Decodes the leaf of an entry. Before there is an election no ballot can be decoded.
pub(super) fn leaf(
    index: u64,
    bytes: Vec<u8>,
    election: Option<&Election>,
    before: Option<&Snapshot>,
) -> Leaf {
    let hash = leaf_hash(&bytes);
    let read = election.and_then(|election| read(index, &bytes, election, before));
    Leaf { hash, read: read.unwrap_or(Read::Raw(bytes)) }
}

/// Takes over what an assistant has verified, and decodes the rest for the audit to verify.
pub(super) fn assisted(index: u64, bytes: Vec<u8>, election: Option<&Election>, found: &Assisted) -> Leaf {
    if found.unsettled.contains(&index) {
        return leaf(index, bytes, election, None);
    }
    let hash = leaf_hash(&bytes);
    let read = election.and_then(|election| match EntryKind::of(&bytes)? {
        EntryKind::Ballot => {
            let outline = BallotOutline::parse(election, bytes.get(1..)?).ok()?;
            Some(Read::Outline(Box::new(outline), None))
        }
        EntryKind::Challenged | EntryKind::Credential | EntryKind::Revocation => {
            Some(Read::Entry(Box::new(Entry::parse(&bytes).ok()?), true))
        }
        _ => None,
    });
    Leaf { hash, read: read.unwrap_or(Read::Raw(bytes)) }
}

fn read(index: u64, bytes: &[u8], election: &Election, before: Option<&Snapshot>) -> Option<Read> {
    let verified = before.filter(|before| index < before.size);
    let bad = verified.is_some_and(|before| before.bad.contains(&index));
    match EntryKind::of(bytes)? {
        EntryKind::Ballot => {
            let bytes = bytes.get(1..)?;
            let whole = || Ballot::parse(election, bytes).ok().map(Arc::new);
            if verified.is_none() {
                return whole().map(Read::Ballot);
            }
            let outline = BallotOutline::parse(election, bytes).ok()?;
            Some(Read::Outline(Box::new(outline), if bad { Some(whole()?) } else { None }))
        }
        EntryKind::Challenged | EntryKind::Credential | EntryKind::Revocation => {
            let entry = Entry::parse(bytes).ok()?;
            Some(Read::Entry(Box::new(entry), verified.is_some() && !bad))
        }
        _ => None,
    }
}
