//! What a voter chose in one contest: a secret.

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop};

/// A voter's choice in one contest. It is wiped when dropped and never printed.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Selection {
    /// One number for each option in manifest order: 0 or 1 where options are picked.
    pub values: Vec<u32>,
    /// "None of these", where the contest allows it.
    pub blank: bool,
}

impl Selection {
    /// A choice of one number for each option, or of none of them.
    pub fn new(values: Vec<u32>, blank: bool) -> Self {
        Selection { values, blank }
    }

    /// The blank ballot of a contest.
    pub fn blank(options: usize) -> Self {
        Selection { values: vec![0; options], blank: true }
    }
}

impl fmt::Debug for Selection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Selection of {} options", self.values.len())
    }
}
