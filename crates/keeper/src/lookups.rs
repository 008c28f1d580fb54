//! What is looked up by key, pseudonym and code: maps of which a clone costs nothing and stands still.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use rpds::HashTrieMapSync;
use veche_crypto::signature::PublicKey;
use veche_record::code::CHARACTERS;
use veche_record::entry::Pseudonym;
use veche_record::{Election, RawBallot};
use veche_verify::state::{CredentialStatus, VoterStatus};
use veche_verify::{Applied, BoardState};

/// Where the board has something.
#[derive(Debug, Clone)]
pub(crate) struct Lookups {
    /// By key: the entry that registered it, and whose it is.
    credentials: SharedMap<[u8; 32], (u64, Pseudonym)>,
    voters: SharedMap<Pseudonym, VoterStatus>,
    /// By confirmation code: the entry of the ballot.
    codes: SharedMap<[u8; CHARACTERS], u64>,
}

/// A map of which a clone costs nothing and stands still. What a box reads at its start goes into a plain map, which is
/// compact and quick to fill; what comes once there are clones, into a persistent one that lies over it.
#[derive(Debug, Clone)]
struct SharedMap<K: Eq + Hash, V> {
    base: Arc<HashMap<K, V>>,
    recent: HashTrieMapSync<K, V>,
}

impl<K: Eq + Hash, V> SharedMap<K, V> {
    fn new() -> Self {
        SharedMap { base: Arc::new(HashMap::new()), recent: HashTrieMapSync::new_sync() }
    }

    fn get(&self, key: &K) -> Option<&V> {
        self.recent.get(key).or_else(|| self.base.get(key))
    }

    fn insert(&mut self, key: K, value: V) {
        match Arc::get_mut(&mut self.base) {
            // Once something lies over it, the base is never filled again: it could be older than that.
            Some(base) if self.recent.is_empty() => drop(base.insert(key, value)),
            _ => self.recent.insert_mut(key, value),
        }
    }
}

impl Lookups {
    pub(crate) fn new() -> Self {
        Lookups { credentials: SharedMap::new(), voters: SharedMap::new(), codes: SharedMap::new() }
    }

    /// What is known of a key, and the entry that registered it.
    pub(crate) fn credential(&self, key: &PublicKey) -> Option<(u64, CredentialStatus)> {
        let key = key.to_bytes();
        let (index, pseudonym) = *self.credentials.get(&key)?;
        let voter = *self.voters.get(&pseudonym)?;
        Some((index, CredentialStatus { pseudonym, active: voter.key == Some(key), voter }))
    }

    pub(crate) fn voter(&self, pseudonym: &Pseudonym) -> Option<VoterStatus> {
        self.voters.get(pseudonym).copied()
    }

    pub(crate) fn ballot_with(&self, code: &[u8; CHARACTERS]) -> Option<u64> {
        self.codes.get(code).copied()
    }

    /// Notes what an entry did to the state, and the code of a ballot.
    pub(crate) fn note(
        &mut self,
        state: &BoardState,
        index: u64,
        applied: &Applied,
        code: Option<[u8; CHARACTERS]>,
    ) {
        if let Some(code) = code {
            self.codes.insert(code, index);
        }
        let (Applied::Credential { pseudonym, .. }
        | Applied::Revocation { pseudonym, .. }
        | Applied::Challenged(pseudonym)
        | Applied::Ballot { pseudonym, .. }) = applied
        else {
            return;
        };
        let Some(voter) = state.voter(pseudonym) else { return };
        if let (Applied::Credential { .. }, Some(key)) = (applied, voter.key) {
            self.credentials.insert(key, (index, *pseudonym));
        }
        self.voters.insert(*pseudonym, voter);
    }
}

/// The confirmation code of a ballot; nothing for any other leaf.
pub(crate) fn code_of(election: &Election, leaf: &[u8]) -> Option<[u8; CHARACTERS]> {
    Some(RawBallot::of_entry(election, leaf)?.code(election)?.shown())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clone_of_a_shared_map_stands_still_and_the_newest_value_stands() {
        let mut map = SharedMap::new();
        map.insert(1, "first");
        map.insert(1, "second");
        assert_eq!((map.base.len(), map.recent.size()), (1, 0), "nobody has a clone yet");
        let before = map.clone();
        map.insert(1, "third");
        map.insert(2, "new");
        assert_eq!((before.get(&1), before.get(&2)), (Some(&"second"), None));
        assert_eq!((map.get(&1), map.get(&2)), (Some(&"third"), Some(&"new")));
        // Also when the clone is gone.
        drop(before);
        map.insert(1, "fourth");
        assert_eq!(map.get(&1), Some(&"fourth"));
    }
}
