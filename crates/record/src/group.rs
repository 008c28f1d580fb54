//! The ballots that one total is made of.

/// The number that stands for a style where a contest's totals are published by style: the voters of other districts,
/// who added the contest to their ballots.
pub const OTHER_DISTRICTS: u16 = 65_534;

/// The ballots that are added up together: those of a contest, or of a contest and a declared style.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Group {
    /// The contest, counted from 0 in manifest order.
    pub contest: u16,
    /// The declared style, counted from 0 in manifest order, or [`OTHER_DISTRICTS`], when totals are published by
    /// style.
    pub style: Option<u16>,
}

/// The ballots that one total is made of: those of a contest, or of a contest and of one or more groups by style. Small
/// groups are joined, so that no total is of a few people's ballots.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct JoinedGroup {
    /// The contest, counted from 0 in manifest order.
    pub contest: u16,
    /// The styles of its groups, ascending; none when the totals of the contest are not published by style.
    pub styles: Vec<u16>,
}

impl From<Group> for JoinedGroup {
    fn from(group: Group) -> Self {
        JoinedGroup { contest: group.contest, styles: group.style.into_iter().collect() }
    }
}

impl JoinedGroup {
    /// The styles, two little-endian bytes each.
    pub(crate) fn styles_bytes(&self) -> Vec<u8> {
        self.styles.iter().flat_map(|style| style.to_le_bytes()).collect()
    }
}
