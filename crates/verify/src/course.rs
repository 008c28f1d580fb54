//! How far a vote has come: as the board's rules need it, and as everyone is told.

use serde::Serialize;

/// How far a vote has come, step by step: which entries the board has a place for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Course {
    /// The board is empty.
    Empty,
    /// The board has its genesis entry, and the trustees have not made the keys yet.
    Founded,
    /// The election is complete, and voting has not opened.
    Setup,
    /// Voting is open.
    Open,
    /// Voting has ended, and ballots on paper are still typed in.
    Ended,
    /// Voting is closed, and the sums are not on the board yet.
    Closed,
    /// The trustees are decrypting.
    Counting,
    /// The result is on the board.
    Published,
    /// The organiser has cancelled the vote: nothing is counted.
    Cancelled,
}

impl Course {
    /// What the public is told.
    pub const fn phase(self) -> Phase {
        match self {
            Course::Empty | Course::Founded | Course::Setup => Phase::Setup,
            Course::Open => Phase::Open,
            Course::Ended | Course::Closed | Course::Counting => Phase::Closed,
            Course::Published => Phase::Published,
            Course::Cancelled => Phase::Cancelled,
        }
    }
}

/// How far a vote has come, as the public is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Keys are being made; voting has not opened.
    Setup,
    /// Ballots are accepted.
    Open,
    /// Voting is over, the totals are not published.
    Closed,
    /// The totals are published.
    Published,
    /// The vote is cancelled.
    Cancelled,
}
