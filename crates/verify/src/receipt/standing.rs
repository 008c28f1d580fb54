//! What is seen of one ballot in a record, and what that says together with a receipt that holds.

use serde::{Deserialize, Serialize};
use veche_board::{Checkpoint, Hash, leaf_hash};
use veche_crypto::hash::Digest;
use veche_record::entry::{Issued, NoticeForm};
use veche_record::{ConfirmationCode, Election, Entry, EntryKind, RawBallot};

use super::follow::{Followed, Follower, Trail};

/// What became of a ballot that the board had signed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Standing {
    /// The ballot is on the board and stands.
    Recorded,
    /// The ballot is on the board and a later one counts.
    Replaced,
    /// The ballot is on the board, and its voter was struck off: it does not count.
    StruckOff,
    /// The ballot is on the board, and so is an entry about its voter that nobody with the right to it has signed.
    FalseEntry,
    /// The record ends before the ballot, and the vote is open in it.
    RecordOlder,
    /// The board signed that it has the ballot, and has it no more.
    Missing,
    /// The ballot is there, and the board signed two pasts.
    Forked,
}

/// What a ballot is recognised by.
#[derive(Debug, Clone, Copy)]
pub enum Mark<'a> {
    /// The hash of its entry.
    Leaf(Hash),
    /// Its confirmation code, as somebody typed it.
    Code(&'a str),
}

/// What is seen of one ballot in a record whose entries are those that its checkpoint signs.
#[derive(Debug, Clone)]
pub struct Sighting {
    /// The record's number of entries.
    pub size: u64,
    /// The root of its entries at the size of the receipt's checkpoint; nothing where it has fewer.
    pub root_then: Option<Hash>,
    /// Where the ballot is: for a code, the first that was seen.
    pub places: Vec<u64>,
    /// Other ballots with the same confirmation code.
    pub same_code: Vec<u64>,
    /// Whether the vote is closed in this record.
    pub closed: bool,
    /// Where the organiser has cancelled the vote.
    pub cancelled: Option<u64>,
    ballot: Option<(Digest, ConfirmationCode)>,
    follower: Option<Follower>,
    unreadable: Option<u64>,
}

/// A sighting's memory, to go on from.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Seen {
    places: Vec<u64>,
    same_code: Vec<u64>,
    closed: bool,
    cancelled: Option<u64>,
    ballot: ([u8; 32], [u8; 32]),
    follower: Followed,
}

impl Sighting {
    /// Nothing seen yet of a record of so many entries.
    #[must_use]
    pub fn new(size: u64) -> Self {
        Sighting {
            size,
            root_then: None,
            places: Vec::new(),
            same_code: Vec::new(),
            closed: false,
            cancelled: None,
            ballot: None,
            follower: None,
            unreadable: None,
        }
    }

    /// Looks at the next entry.
    pub fn see(&mut self, election: &Election, index: u64, entry: &[u8], mark: Mark<'_>) {
        match EntryKind::of(entry) {
            Some(EntryKind::Close) => self.closed = true,
            Some(EntryKind::Notice) if cancels(election, entry) => {
                self.cancelled.get_or_insert(index);
            }
            _ => {}
        }
        let raw = RawBallot::of_entry(election, entry);
        let marked = raw.as_ref().is_some_and(|raw| match mark {
            Mark::Leaf(leaf) => leaf_hash(entry) == leaf,
            Mark::Code(typed) => raw.code(election).is_some_and(|code| code.is_read_as(typed)),
        });
        match (&mut self.follower, &raw) {
            (None, Some(raw)) if marked && self.places.is_empty() => {
                self.places.push(index);
                self.ballot = raw.hash(election).zip(raw.code(election));
                self.follower = Follower::of(election, raw);
                self.unreadable = self.follower.is_none().then_some(index);
            }
            (Some(follower), raw) => {
                follower.see(election, index, entry);
                self.see_code(election, index, raw.as_ref(), marked, mark);
            }
            _ => {}
        }
    }

    /// Looks at an entry of before the ballot, which can be nothing but another one with its code.
    pub fn see_earlier(&mut self, election: &Election, index: u64, entry: &[u8], mark: Mark<'_>) {
        let raw = RawBallot::of_entry(election, entry);
        self.see_code(election, index, raw.as_ref(), false, mark);
    }

    fn see_code(
        &mut self,
        election: &Election,
        index: u64,
        raw: Option<&RawBallot<'_>>,
        marked: bool,
        mark: Mark<'_>,
    ) {
        let Some((raw, (_, ours))) = raw.zip(self.ballot) else { return };
        if raw.code(election).is_some_and(|code| code.shown() == ours.shown()) {
            self.same_code.push(index);
            if marked && matches!(mark, Mark::Leaf(_)) {
                self.places.push(index);
            }
        }
    }

    /// The hash and the code of the ballot, once it was seen.
    #[must_use]
    pub fn ballot(&self) -> Option<(Digest, ConfirmationCode)> {
        self.ballot
    }

    /// What the entries after the ballot say of its voter.
    #[must_use]
    pub fn trail(&self) -> Trail {
        let trail = self.follower.as_ref().map_or_else(Trail::default, |follower| *follower.trail());
        Trail { false_entry: self.unreadable.or(trail.false_entry), ..trail }
    }

    /// What it says of a ballot that was found, whose past is the receipt's if there is one.
    #[must_use]
    pub fn of_found(&self) -> Standing {
        match self.trail() {
            Trail { false_entry: Some(_), .. } => Standing::FalseEntry,
            Trail { struck_off: Some(_), .. } => Standing::StruckOff,
            Trail { replaced_by: Some(_), .. } => Standing::Replaced,
            _ => Standing::Recorded,
        }
    }

    /// What it says of the ballot with this number, under the checkpoint that the receipt proved.
    #[must_use]
    pub fn judge(&self, index: u64, seen: &Checkpoint) -> Standing {
        let here = self.places.contains(&index);
        // A record of fewer entries than the receipt's checkpoint can agree with it as far as it goes.
        let one_past = match self.root_then {
            Some(root) => root == seen.root,
            None => here || (index >= self.size && !self.closed),
        };
        match (one_past, here) {
            (false, _) if self.places.is_empty() => Standing::Missing,
            (false, _) => Standing::Forked,
            (true, false) => Standing::RecordOlder,
            (true, true) => self.of_found(),
        }
    }

    pub(super) fn seen(&self) -> Option<Seen> {
        let (hash, code) = self.ballot?;
        Some(Seen {
            places: self.places.clone(),
            same_code: self.same_code.clone(),
            closed: self.closed,
            cancelled: self.cancelled,
            ballot: (*hash.as_bytes(), *code.digest().as_bytes()),
            follower: self.follower.as_ref()?.followed(),
        })
    }

    /// Takes up what was seen before. Says whether it could be.
    pub(super) fn go_on(&mut self, seen: Seen) -> bool {
        let Some(follower) = Follower::go_on(&seen.follower) else { return false };
        self.follower = Some(follower);
        let (hash, code) = seen.ballot;
        let code = ConfirmationCode::from_digest(Digest::from_bytes(code));
        self.ballot = Some((Digest::from_bytes(hash), code));
        (self.places, self.same_code) = (seen.places, seen.same_code);
        (self.closed, self.cancelled) = (seen.closed, seen.cancelled);
        true
    }
}

/// Whether an entry is the organiser's cancellation of the vote, with the organiser's signature.
fn cancels(election: &Election, entry: &[u8]) -> bool {
    match Entry::parse(entry) {
        Ok(Entry::Notice(notice)) => {
            notice.form == NoticeForm::Cancellation
                && notice.verify_signature(election.organiser(), &election.fingerprint()).is_ok()
        }
        _ => false,
    }
}
