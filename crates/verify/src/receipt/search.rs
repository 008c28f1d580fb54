//! Looking a ballot up in a record that is fetched piece by piece: by a receipt, or by a confirmation code.
//!
//! The search says which files it needs and is given their bytes; each is verified against the record's signed
//! checkpoint before anything is read out of it. What has been said of the entries up to one is therefore true even
//! when the search is stopped there.

use serde::{Deserialize, Serialize};
use thiserror::Error;
use veche_board::lookup::{bundle_of, needed};
use veche_board::{Bundle, Checkpoint, CheckpointError, Hash, Lookup, LookupError, LookupTarget, Tile};
use veche_record::{ConfirmationCode, Election};

use super::file::Wrong;
use super::follow::Trail;
use super::shown::{Held, Shown};
use super::standing::{Mark, Seen, Sighting, Standing};

/// What is looked for.
#[derive(Debug, Clone)]
pub enum Sought {
    /// The ballot of a receipt.
    Receipt(Box<Shown>),
    /// The ballot with a code, as somebody typed it. `from` is where another says that it is: only a place to look
    /// first.
    Code {
        /// The code.
        typed: String,
        /// Where to look first.
        from: Option<u64>,
    },
}

/// Why nothing can be looked up. Names whose fault it is.
#[derive(Debug, Error)]
pub enum FindError {
    /// The fault of whoever serves the record.
    #[error("the record's checkpoint: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// The fault of whoever serves the record.
    #[error("{0}")]
    Record(#[from] LookupError),
    /// The receipt is of another election: nobody's fault, or that of whoever gave it.
    #[error("the receipt is of another election")]
    OtherElection,
    /// The receipt does not hold: the fault of whoever changed it, or of the box.
    #[error("{0}")]
    Receipt(#[from] Wrong),
    /// The caller's fault: files are given before they are asked for.
    #[error("this file was not asked for")]
    Order,
}

/// What was found so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What became of the ballot; nothing for a code that is not there, and while that is still open.
    pub standing: Option<Standing>,
    /// Where it is, or, for a receipt, should be.
    pub index: Option<u64>,
    /// Its confirmation code, once its bytes have been seen on the board.
    pub code: Option<ConfirmationCode>,
    /// What the entries after it say of its voter.
    pub trail: Trail,
    /// Other ballots with the same code.
    pub same_code: Vec<u64>,
    /// Whether the vote is closed in this record.
    pub closed: bool,
    /// Where the organiser has cancelled the vote.
    pub cancelled: Option<u64>,
    /// So many entries need not be looked at any more.
    pub checked_to: u64,
    /// The record's number of entries.
    pub size: u64,
    /// Whether nothing that follows could change this.
    pub settled: bool,
}

/// What a search has seen, to go on from.
///
/// Going on means: the record must have the same first entries as far as they were looked at, and what follows is
/// looked at. Nothing makes it true: whoever can write the place where it is kept can lie to the one who reads it.
#[derive(Debug, Serialize, Deserialize)]
struct Saved {
    leaf: [u8; 32],
    next: u64,
    root: [u8; 32],
    seen: Seen,
}

/// A search under way.
#[derive(Debug)]
pub struct Finder {
    election: Election,
    checkpoint: Checkpoint,
    sought: Sought,
    held: Option<Held>,
    lookup: Option<Lookup>,
    sighting: Sighting,
    leaf: Option<Hash>,
    /// The next entry to be looked at; always the first of a bundle, or the end.
    next: u64,
    /// Where the search began. By a code it goes on with what stands before it, which may hold another ballot with it.
    start: u64,
    /// Whether the end was reached, and what stands before the beginning is looked through.
    before: bool,
    saved: Option<Saved>,
}

impl Finder {
    /// Begins a search in the record with this signed checkpoint.
    ///
    /// # Errors
    /// [`FindError::Checkpoint`], [`FindError::OtherElection`], [`FindError::Receipt`].
    pub fn new(election: Election, note: &str, sought: Sought) -> Result<Finder, FindError> {
        let checkpoint = election.open_checkpoint(note)?;
        let mut held = None;
        let mut leaf = None;
        if let Sought::Receipt(shown) = &sought {
            if !shown.is_of(&election.fingerprint()) {
                return Err(FindError::OtherElection);
            }
            held =
                Some(shown.check(election.origin(), election.log_key(), election.manifest().witnesses())?);
            shown.check_ballot(&election)?;
            leaf = Some(shown.leaf_hash());
        }
        let sighting = Sighting::new(checkpoint.size);
        Ok(Finder {
            election,
            checkpoint,
            sought,
            held,
            lookup: None,
            sighting,
            leaf,
            next: 0,
            start: 0,
            before: false,
            saved: None,
        })
    }

    /// Has a search by a receipt go on from what an earlier one has [saved](Self::saved). What is not of this receipt,
    /// or of another past, is passed over, and the search begins with the ballot.
    pub fn go_on_from(&mut self, saved: &[u8]) {
        let saved = serde_json::from_slice::<Saved>(saved).ok();
        self.saved = saved.filter(|saved| self.leaf.is_some_and(|leaf| leaf.0 == saved.leaf));
    }

    /// What was seen so far, to go on from; nothing before a whole bundle was looked through.
    #[must_use]
    pub fn saved(&self) -> Option<Vec<u8>> {
        serde_json::to_vec(self.saved.as_ref()?).ok()
    }

    /// The record's checkpoint.
    #[must_use]
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The receipt that holds, where one is looked for.
    #[must_use]
    pub fn held(&self) -> Option<&Held> {
        self.held.as_ref()
    }

    fn wanted(&self) -> Vec<LookupTarget> {
        let then = self.held.as_ref().map(|held| LookupTarget::RootOf(held.checkpoint.size));
        then.into_iter().chain([LookupTarget::BundlesFrom(0)]).collect()
    }

    /// The tiles that are needed first.
    #[must_use]
    pub fn tiles(&self) -> Vec<Tile> {
        needed(self.checkpoint.size, &self.wanted())
    }

    /// Takes the tiles, and compares the record's past with the receipt's.
    ///
    /// # Errors
    /// [`FindError::Record`]: they are not what the checkpoint signs.
    pub fn open(&mut self, tiles: &[(Tile, Vec<u8>)]) -> Result<(), FindError> {
        let lookup = Lookup::open(&self.checkpoint, tiles)?;
        let from = match (&self.held, &self.sought) {
            (Some(held), _) => {
                self.sighting.root_then = match held.checkpoint.size <= self.checkpoint.size {
                    true => Some(lookup.root_of(held.checkpoint.size)?),
                    false => None,
                };
                // With one past the ballot is where the receipt says. Otherwise it may be anywhere, or nowhere.
                if self.one_past() { held.receipt.index } else { 0 }
            }
            (None, Sought::Code { from: Some(from), .. }) => *from,
            (None, _) => 0,
        };
        self.start = bundle_of(from, self.checkpoint.size).map_or(0, |bundle| bundle.start());
        self.next = self.start;
        if let Some(saved) = self.saved.take()
            && self.one_past()
            && lookup.root_of(saved.next).is_ok_and(|root| root.0 == saved.root)
        {
            let next = saved.next;
            if self.sighting.go_on(saved.seen) {
                self.next = next;
                self.save(&lookup);
            }
        }
        self.lookup = Some(lookup);
        Ok(())
    }

    /// Notes what was seen, where that ends with a whole bundle.
    fn save(&mut self, lookup: &Lookup) {
        let root = lookup.root_of(self.next).ok();
        if let (Some(leaf), Some(root), Some(seen)) = (self.leaf, root, self.sighting.seen()) {
            self.saved = Some(Saved { leaf: leaf.0, next: self.next, root: root.0, seen });
        }
    }

    /// The bundle that is needed next; nothing at the end.
    #[must_use]
    pub fn next(&self) -> Option<Bundle> {
        self.lookup.as_ref()?;
        if self.decided() || (self.before && self.next >= self.start) {
            return None;
        }
        bundle_of(self.next, self.checkpoint.size)
    }

    /// Whether a receipt's ballot cannot come to stand again, whatever follows. (By a code all is looked through:
    /// another ballot may have it.)
    fn decided(&self) -> bool {
        self.held.is_some() && self.one_past() && {
            let Trail { replaced_by, struck_off, false_entry, .. } = self.sighting.trail();
            replaced_by.or(struck_off).or(false_entry).is_some()
        }
    }

    /// The bundles that are needed next, so many of them: they can be fetched together, and are taken one by one.
    #[must_use]
    pub fn upcoming(&self, count: u64) -> Vec<Bundle> {
        let Some(first) = self.next() else { return Vec::new() };
        // Behind a place where somebody said that the ballot is, nothing is needed before it was found there.
        let count = if self.hinted() && self.sighting.ballot().is_none() { 1 } else { count };
        let end = if self.before { self.start } else { self.checkpoint.size };
        (0..count)
            .map(|ahead| first.start() + ahead * u64::from(Tile::FULL_WIDTH))
            .map_while(|entry| bundle_of(entry, self.checkpoint.size).filter(|_| entry < end))
            .collect()
    }

    /// Whether the record has the receipt's past; of a code nothing else is known.
    fn one_past(&self) -> bool {
        self.held.as_ref().is_none_or(|held| self.sighting.root_then == Some(held.checkpoint.root))
    }

    /// Takes the bundle that was asked for, and looks through it.
    ///
    /// # Errors
    /// [`FindError::Record`]: it is not what the checkpoint signs.
    pub fn add(&mut self, bytes: &[u8]) -> Result<(), FindError> {
        let bundle = self.next().ok_or(FindError::Order)?;
        let lookup = self.lookup.take().ok_or(FindError::Order)?;
        let looked = self.look(&lookup, bundle, bytes);
        self.lookup = Some(lookup);
        looked
    }

    fn look(&mut self, lookup: &Lookup, bundle: Bundle, bytes: &[u8]) -> Result<(), FindError> {
        let hinted = self.hinted();
        let mark = match (&self.sought, self.leaf) {
            (Sought::Code { typed, .. }, _) => Mark::Code(typed),
            (Sought::Receipt(_), leaf) => Mark::Leaf(leaf.ok_or(FindError::Order)?),
        };
        for (index, entry) in (bundle.start()..).zip(lookup.entries(bundle, bytes)?) {
            if self.before {
                self.sighting.see_earlier(&self.election, index, entry, mark);
            } else {
                self.sighting.see(&self.election, index, entry, mark);
            }
        }
        self.next = bundle.start() + u64::from(bundle.width());
        if let Some(held) = &self.held
            && self.one_past()
            && (bundle.start()..self.next).contains(&held.receipt.index)
            && self.sighting.places.is_empty()
        {
            return Err(Wrong::NotABallot.into());
        }
        if bundle.width() == Tile::FULL_WIDTH && self.one_past() {
            self.save(lookup);
        }
        if hinted && self.sighting.ballot().is_none() {
            // Whoever said that it is here was wrong: from the beginning, then.
            (self.start, self.next) = (0, 0);
        } else if self.held.is_none() && self.next >= self.checkpoint.size && !self.before {
            (self.before, self.next) = (true, 0);
        }
        Ok(())
    }

    /// Whether the next bundle is where somebody said that the ballot is.
    fn hinted(&self) -> bool {
        self.held.is_none() && self.start > 0 && !self.before && self.next == self.start
    }

    /// How many entries were looked through, or for a receipt stand before what is not.
    fn checked_to(&self) -> u64 {
        match (self.held.is_some(), self.before) {
            (true, _) => self.next,
            (false, false) => self.next - self.start,
            (false, true) => self.checkpoint.size - self.start + self.next,
        }
    }

    /// What was found so far.
    #[must_use]
    pub fn finding(&self) -> Finding {
        let settled = self.lookup.is_some() && self.next().is_none();
        let ballot = self.sighting.ballot();
        let (standing, index) = match &self.held {
            Some(held) => {
                let index = held.receipt.index;
                let known = settled || (self.one_past() && ballot.is_some());
                let standing = known.then(|| self.sighting.judge(index, &held.checkpoint));
                let elsewhere =
                    self.sighting.places.first().copied().filter(|_| standing == Some(Standing::Forked));
                (standing, Some(elsewhere.unwrap_or(index)))
            }
            None => (ballot.map(|_| self.sighting.of_found()), self.sighting.places.first().copied()),
        };
        Finding {
            standing,
            index,
            code: ballot.map(|(_, code)| code),
            trail: self.sighting.trail(),
            same_code: self.sighting.same_code.clone(),
            closed: self.sighting.closed,
            cancelled: self.sighting.cancelled,
            checked_to: self.checked_to(),
            size: self.checkpoint.size,
            settled,
        }
    }
}
