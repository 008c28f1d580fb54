//! Which lists need more votes than all their voters together have.

use veche_record::manifest::{ManifestDocument, Text};

use crate::describe;

/// A list of which no project can be funded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreachable {
    /// Its title.
    pub title: Text,
    /// What a project needs.
    pub threshold: u64,
    /// What all voters together can give it.
    pub most: u64,
}

/// The lists of a manifest of which no project can be funded, because none can have so many votes.
pub fn unreachable(document: &ManifestDocument) -> Vec<Unreachable> {
    let found = document.contests.iter().filter_map(|contest| {
        let (threshold, most) = describe::unreachable(contest, &document.styles)?;
        Some(Unreachable { title: contest.title.clone(), threshold, most })
    });
    found.collect()
}
