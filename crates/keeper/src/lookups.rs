//! What is looked up by key, pseudonym and code, of all that is committed.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use rayon::prelude::*;
use veche_board::{Hash, MerkleTree, leaf_hash};
use veche_crypto::hash::Digest;
use veche_crypto::signature::PublicKey;
use veche_record::code::CHARACTERS;
use veche_record::entry::{Pseudonym, RevocationReason};
use veche_record::{Election, RawBallot};
use veche_verify::state::register::{Keyed, Register};
use veche_verify::state::{CredentialStatus, VoterStatus};
use veche_verify::{Applied, BoardState};

use crate::log::next_leaves;
use crate::store::BoardStore;

/// Where the board has something. Clones are the same: the writer adds what it has committed, and every reader finds
/// it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lookups(Arc<RwLock<Found>>);

#[derive(Debug, Default)]
struct Found {
    keys: Register<Key>,
    voters: Register<Voter>,
    codes: Register<Code>,
    /// While the codes of older ballots are still being read: the leaf hashes of all older entries, in their order.
    older: Option<Register<[u8; 32]>>,
}

/// The number of an entry: a board has fewer than 2³², and there is one of these for every voter, key and ballot.
fn small(entry: u64) -> u32 {
    u32::try_from(entry).unwrap_or(u32::MAX)
}

#[derive(Debug)]
struct Key {
    bytes: [u8; 32],
    /// The number of its voter.
    voter: u32,
    /// The entry that registered it.
    entry: u32,
}

impl Keyed for Key {
    fn key(&self) -> &[u8] {
        &self.bytes
    }
}

/// A voter and a [`VoterStatus`] in 68 bytes.
#[derive(Debug)]
struct Voter {
    pseudonym: Pseudonym,
    /// The number of the last key.
    key: u32,
    sequence: u32,
    previous: Digest,
    /// The entry of the last ballot, where the sequence says that there is one.
    last: u32,
    style: u16,
    number: u16,
    route: u8,
    challenged: u8,
    active: bool,
    struck_off: Option<RevocationReason>,
}

impl Voter {
    fn new(pseudonym: Pseudonym, key: u32, status: &VoterStatus) -> Self {
        Voter {
            pseudonym,
            key,
            sequence: status.sequence,
            previous: status.previous,
            last: small(status.last.unwrap_or_default()),
            style: status.style,
            number: status.number,
            route: status.route,
            challenged: status.challenged,
            active: status.active,
            struck_off: status.struck_off,
        }
    }
}

impl Keyed for Voter {
    fn key(&self) -> &[u8] {
        &self.pseudonym.0
    }
}

#[derive(Debug)]
struct Code {
    shown: [u8; CHARACTERS],
    /// The entry of the ballot.
    entry: u32,
}

impl Keyed for Code {
    fn key(&self) -> &[u8] {
        &self.shown
    }
}

/// What an entry is looked up by that the state has taken over.
#[derive(Debug)]
pub(crate) struct Noted {
    entry: u64,
    /// The code of a ballot.
    code: Option<[u8; CHARACTERS]>,
    /// The key of a credential.
    key: Option<[u8; 32]>,
    /// Whose it is, and what is known of that voter with it.
    voter: Option<(Pseudonym, VoterStatus)>,
}

impl Noted {
    /// Of the last entry that the state has taken over.
    pub(crate) fn new(
        state: &BoardState,
        entry: u64,
        applied: &Applied,
        code: Option<[u8; CHARACTERS]>,
    ) -> Self {
        let (Applied::Credential { pseudonym, .. }
        | Applied::Revocation { pseudonym, .. }
        | Applied::Challenged(pseudonym)
        | Applied::Ballot { pseudonym, .. }) = applied
        else {
            return Noted { entry, code, key: None, voter: None };
        };
        let voter = state.voter(pseudonym).map(|voter| (*pseudonym, voter));
        let key = voter.filter(|_| matches!(applied, Applied::Credential { .. }));
        Noted { entry, code, key: key.map(|(_, voter)| voter.last_key), voter }
    }
}

impl Lookups {
    /// All of a state with the tree of its entries, but no codes: [`read_codes`] adds those.
    pub(crate) fn of(state: &BoardState, tree: &MerkleTree) -> Self {
        let mut older = Register::new();
        for leaf in (0..tree.size()).filter_map(|index| tree.leaf(index)) {
            older.push(*leaf.as_bytes());
        }
        let mut found = Found { older: Some(older), ..Found::default() };
        for (bytes, pseudonym, entry) in state.all_keys() {
            if let Some(status) = state.voter(&pseudonym) {
                found.set_voter(pseudonym, &status, bytes, entry);
            }
        }
        Lookups(Arc::new(RwLock::new(found)))
    }

    /// Whether a ballot that [`Self::ballot_with`] does not find is on the board nowhere.
    pub(crate) fn knows_codes(&self) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).older.is_none()
    }

    /// The entry with this leaf hash, of those whose codes may still be unknown.
    pub(crate) fn older(&self, leaf: &Hash) -> Option<u64> {
        let found = self.0.read().unwrap_or_else(PoisonError::into_inner);
        found.older.as_ref()?.find(leaf.as_bytes()).map(u64::from)
    }

    /// What is known of a key, and the entry that registered it.
    pub(crate) fn credential(&self, key: &PublicKey) -> Option<(u64, CredentialStatus)> {
        let found = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let &Key { bytes, voter, entry } = found.keys.at(found.keys.find(&key.to_bytes())?)?;
        let voter = found.voters.at(voter)?;
        let (pseudonym, voter) = (voter.pseudonym, found.status(voter)?);
        Some((entry.into(), CredentialStatus { pseudonym, active: voter.key() == Some(bytes), voter }))
    }

    pub(crate) fn voter(&self, pseudonym: &Pseudonym) -> Option<VoterStatus> {
        let found = self.0.read().unwrap_or_else(PoisonError::into_inner);
        found.status(found.voters.at(found.voters.find(&pseudonym.0)?)?)
    }

    pub(crate) fn ballot_with(&self, code: &[u8; CHARACTERS]) -> Option<u64> {
        let found = self.0.read().unwrap_or_else(PoisonError::into_inner);
        found.codes.at(found.codes.find(code)?).map(|code| code.entry.into())
    }

    /// Adds what was noted of entries, in their order.
    pub(crate) fn add(&self, noted: impl IntoIterator<Item = Noted>) {
        let mut found = self.0.write().unwrap_or_else(PoisonError::into_inner);
        noted.into_iter().for_each(|noted| found.add(noted));
    }
}

impl Found {
    fn status(&self, voter: &Voter) -> Option<VoterStatus> {
        Some(VoterStatus {
            style: voter.style,
            route: voter.route,
            number: voter.number,
            last_key: self.keys.at(voter.key)?.bytes,
            active: voter.active,
            struck_off: voter.struck_off,
            challenged: voter.challenged,
            sequence: voter.sequence,
            previous: voter.previous,
            last: (voter.sequence > 0).then_some(voter.last.into()),
        })
    }

    /// A voter with the key of an entry.
    fn set_voter(&mut self, pseudonym: Pseudonym, status: &VoterStatus, key: [u8; 32], entry: u64) {
        let known = self.voters.find(&pseudonym.0);
        // A new voter's number is needed before there is a key, and the key's before there is a voter.
        let voter = known.or_else(|| self.voters.push(Voter::new(pseudonym, u32::MAX, status)));
        let Some(voter) = voter else { return };
        let key = self.keys.push(Key { bytes: key, voter, entry: small(entry) });
        if let Some((place, key)) = self.voters.at_mut(voter).zip(key) {
            *place = Voter::new(pseudonym, key, status);
        }
    }

    fn add(&mut self, Noted { entry, code, key, voter }: Noted) {
        if let Some(shown) = code
            && self.codes.find(&shown).is_none()
        {
            self.codes.push(Code { shown, entry: small(entry) });
        }
        let Some((pseudonym, status)) = voter else { return };
        if let Some(key) = key {
            return self.set_voter(pseudonym, &status, key, entry);
        }
        if let Some(place) = self.voters.find(&pseudonym.0).and_then(|number| self.voters.at_mut(number)) {
            *place = Voter::new(pseudonym, place.key, &status);
        }
    }
}

/// Time until a store that gave nothing is asked again.
const PAUSE: Duration = Duration::from_secs(1);

/// Reads the codes of all ballots of a tree, and looks at every entry whether it is the one that was signed, after a
/// board was taken up from a snapshot.
pub(crate) async fn read_codes(
    store: Arc<dyn BoardStore>,
    lookups: Lookups,
    election: Arc<Election>,
    tree: MerkleTree,
) {
    let (mut first, tree) = (0, Arc::new(tree));
    while first < tree.size() {
        let leaves = match next_leaves(&*store, first, tree.size()).await {
            Ok(leaves) => leaves,
            Err(error) => {
                tracing::error!(%error, "the board's entries cannot be read");
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        let next = first + leaves.len() as u64;
        let (election, signed) = (Arc::clone(&election), Arc::clone(&tree));
        let read = move || -> Option<Vec<Noted>> {
            let read = leaves.into_par_iter().enumerate().map(|(place, leaf)| {
                let entry = first + place as u64;
                let same = signed.leaf(entry) == Some(leaf_hash(&leaf));
                same.then(|| Noted { entry, code: code_of(&election, &leaf), key: None, voter: None })
            });
            read.collect()
        };
        match tokio::task::spawn_blocking(read).await {
            Ok(Some(read)) => lookups.add(read),
            // A box that is stopping.
            Err(_) => return,
            Ok(None) => {
                tracing::error!(
                    first,
                    next,
                    "stored entries are not the ones that were signed: the database is damaged, restore it from a backup"
                );
                return;
            }
        }
        first = next;
    }
    lookups.0.write().unwrap_or_else(PoisonError::into_inner).older = None;
}

/// The confirmation code of a ballot; nothing for any other leaf.
pub(crate) fn code_of(election: &Election, leaf: &[u8]) -> Option<[u8; CHARACTERS]> {
    Some(RawBallot::of_entry(election, leaf)?.code(election)?.shown())
}

#[cfg(test)]
pub(crate) mod testing {
    use veche_crypto::signature::SecretKey;

    use super::*;

    /// A credential and a ballot's code, both of one entry; the key and the code.
    pub(crate) fn noted(entry: u8) -> (Noted, PublicKey, [u8; CHARACTERS]) {
        let key = SecretKey::from_bytes(&[entry; 32]).unwrap().public();
        let (last_key, shown) = (key.to_bytes(), [entry; CHARACTERS]);
        let status = VoterStatus {
            style: 0,
            route: 0,
            number: 1,
            last_key,
            active: true,
            struck_off: None,
            challenged: 0,
            sequence: 0,
            previous: Digest::ZERO,
            last: None,
        };
        let voter = Some((Pseudonym([entry; 16]), status));
        (Noted { entry: entry.into(), code: Some(shown), key: Some(last_key), voter }, key, shown)
    }
}

#[cfg(test)]
mod tests {
    use super::testing::noted;
    use super::*;

    #[test]
    fn the_newest_of_a_voter_stands_and_the_keys_before_it_are_found() {
        let lookups = Lookups::default();
        let (first, old, code) = noted(1);
        let (mut second, new, _) = noted(2);
        let anna = first.voter.unwrap().0;
        lookups.add([first]);
        assert!(lookups.credential(&old).unwrap().1.active && lookups.credential(&new).is_none());
        // The voter comes with another device.
        second.voter = second.voter.map(|(_, status)| (anna, VoterStatus { number: 2, ..status }));
        lookups.add([second]);
        assert_eq!(lookups.voter(&anna).unwrap().number, 2);
        let active = |key| lookups.credential(key).map(|(entry, credential)| (entry, credential.active));
        assert_eq!((active(&old), active(&new)), (Some((1, false)), Some((2, true))));
        assert_eq!((lookups.ballot_with(&code), lookups.ballot_with(&[9; CHARACTERS])), (Some(1), None));
    }
}
