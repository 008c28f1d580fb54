//! The ballots that one total is made of.

/// The ballots that one total is made of: those of a contest, or of a contest and a declared style.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Group {
    /// The contest, counted from 0 in manifest order.
    pub contest: u16,
    /// The declared style, counted from 0 in manifest order, when totals are published by style.
    pub style: Option<u16>,
}
