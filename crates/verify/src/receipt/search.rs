//! Looking a ballot up in a record that is fetched piece by piece: by a receipt, or by a confirmation code.
//!
//! The search says which files it needs and is given their bytes; each is verified against the record's signed
//! checkpoint before anything is read out of it. What has been said of the entries up to one is therefore true even
//! when the search is stopped there.

use thiserror::Error;
use veche_board::lookup::{bundle_of, needed};
use veche_board::{
    Bundle, Checkpoint, CheckpointError, Hash, Lookup, LookupError, LookupTarget, Tile, leaf_hash,
};
use veche_crypto::hash::Digest;
use veche_record::{ConfirmationCode, Election, EntryKind, RawBallot};

use super::file::Wrong;
use super::shown::{Held, Shown};
use super::standing::{Sighting, Standing};

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
    /// The later ballot that stands in its place.
    pub replaced_by: Option<u64>,
    /// The entries from here on were not looked at.
    pub checked_to: u64,
    /// The record's number of entries.
    pub size: u64,
    /// Whether nothing that follows could change this.
    pub settled: bool,
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
    /// The hash and code of the ballot, once it was seen on the board.
    ballot: Option<(Digest, ConfirmationCode)>,
    leaf: Option<Hash>,
    /// The next entry to be looked at; always the first of a bundle, or the end.
    next: u64,
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
        let size = checkpoint.size;
        let sighting =
            Sighting { size, root_then: None, places: Vec::new(), replaced_by: None, closed: false };
        Ok(Finder { election, checkpoint, sought, held, lookup: None, sighting, ballot: None, leaf, next: 0 })
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
        let start = match (&self.held, &self.sought) {
            (Some(held), _) => {
                self.sighting.root_then = match held.checkpoint.size <= self.checkpoint.size {
                    true => Some(lookup.root_of(held.checkpoint.size)?),
                    false => None,
                };
                // With one past the ballot is where the receipt says. Otherwise it may be anywhere, or nowhere.
                let one_past = self.sighting.root_then == Some(held.checkpoint.root);
                if one_past { held.receipt.index } else { 0 }
            }
            (None, Sought::Code { from: Some(from), .. }) => *from,
            (None, _) => 0,
        };
        self.next = bundle_of(start, self.checkpoint.size).map_or(0, |bundle| bundle.start());
        self.lookup = Some(lookup);
        Ok(())
    }

    /// The bundle that is needed next; nothing at the end.
    #[must_use]
    pub fn next(&self) -> Option<Bundle> {
        self.lookup.as_ref()?;
        if self.sighting.replaced_by.is_some() && self.one_past() {
            return None;
        }
        bundle_of(self.next, self.checkpoint.size)
    }

    /// The bundles that are needed next, so many of them: they can be fetched together, and are taken one by one.
    #[must_use]
    pub fn upcoming(&self, count: u64) -> Vec<Bundle> {
        let Some(first) = self.next() else { return Vec::new() };
        // Behind a place where somebody said that the ballot is, nothing is needed before it was found there.
        let count = if self.hinted_bundle() == Some(first) && self.ballot.is_none() { 1 } else { count };
        (0..count)
            .map_while(|ahead| {
                bundle_of(first.start() + ahead * u64::from(Tile::FULL_WIDTH), self.checkpoint.size)
            })
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
        let lookup = self.lookup.as_ref().ok_or(FindError::Order)?;
        let hinted = self.hinted_bundle() == Some(bundle);
        for (index, entry) in (bundle.start()..).zip(lookup.entries(bundle, bytes)?) {
            self.sighting.closed |= EntryKind::of(entry) == Some(EntryKind::Close);
            let Some(raw) = RawBallot::of_entry(&self.election, entry) else { continue };
            if self.is_sought(entry, &raw) {
                self.sighting.places.push(index);
                if self.ballot.is_none() {
                    self.ballot = raw.hash(&self.election).zip(raw.code(&self.election));
                }
            } else if let Some((hash, _)) = self.ballot
                && self.sighting.replaced_by.is_none()
                && raw.previous() == hash
            {
                self.sighting.replaced_by = Some(index);
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
        if hinted && self.ballot.is_none() {
            // Whoever said that it is here was wrong: from the beginning, then.
            if let Sought::Code { from, .. } = &mut self.sought {
                *from = None;
            }
            self.next = 0;
        }
        Ok(())
    }

    fn hinted_bundle(&self) -> Option<Bundle> {
        match &self.sought {
            Sought::Code { from: Some(from), .. } => bundle_of(*from, self.checkpoint.size),
            _ => None,
        }
    }

    fn is_sought(&self, entry: &[u8], raw: &RawBallot<'_>) -> bool {
        match (&self.sought, self.leaf) {
            (Sought::Receipt(_), Some(leaf)) => leaf_hash(entry) == leaf,
            (Sought::Code { typed, .. }, _) => {
                self.ballot.is_none() && raw.code(&self.election).is_some_and(|code| code.is_read_as(typed))
            }
            (Sought::Receipt(_), None) => false,
        }
    }

    /// What was found so far.
    #[must_use]
    pub fn finding(&self) -> Finding {
        let settled = self.lookup.is_some() && self.next().is_none();
        let known = settled || (self.one_past() && self.ballot.is_some());
        let (standing, index) = match &self.held {
            Some(held) => {
                let index = held.receipt.index;
                let standing = known.then(|| self.sighting.judge(index, &held.checkpoint));
                let elsewhere =
                    self.sighting.places.first().copied().filter(|_| standing == Some(Standing::Forked));
                (standing, Some(elsewhere.unwrap_or(index)))
            }
            None => {
                let replaced = self.sighting.replaced_by.is_some();
                let standing = if replaced { Standing::Replaced } else { Standing::Recorded };
                (self.ballot.map(|_| standing), self.sighting.places.first().copied())
            }
        };
        Finding {
            standing,
            index,
            code: self.ballot.map(|(_, code)| code),
            replaced_by: self.sighting.replaced_by,
            checked_to: self.next,
            size: self.checkpoint.size,
            settled,
        }
    }
}
