//! What a receipt that holds and a record signed by the same key say together.

use serde::Serialize;
use veche_board::{Checkpoint, Hash};

/// What became of a ballot that the board had signed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// The ballot is on the board and stands.
    Recorded,
    /// The ballot is on the board and a later one counts.
    Replaced,
    /// The record ends before the ballot, and the vote is open in it.
    RecordOlder,
    /// The board signed that it has the ballot, and has it no more.
    Missing,
    /// The ballot is there, and the board signed two pasts.
    Forked,
}

/// What is seen of one ballot in a record whose entries are those that its checkpoint signs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// The record's number of entries.
    pub size: u64,
    /// The root of its entries at the size of the receipt's checkpoint; nothing where it has fewer.
    pub root_then: Option<Hash>,
    /// Where the ballot is.
    pub places: Vec<u64>,
    /// The ballot that came after it.
    pub replaced_by: Option<u64>,
    /// Whether the vote is closed in this record.
    pub closed: bool,
}

impl Sighting {
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
            (true, true) if self.replaced_by.is_some() => Standing::Replaced,
            (true, true) => Standing::Recorded,
        }
    }
}
