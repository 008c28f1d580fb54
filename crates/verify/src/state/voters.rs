//! Who may vote, and what each has cast.

use veche_crypto::hash::Digest;
use veche_crypto::signature::PublicKey;
use veche_record::entry::Pseudonym;

use super::register::{Keyed, Register};

/// A ballot on the board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Last {
    pub index: u64,
    pub hash: Digest,
}

/// The number of no key.
const NO_KEY: u32 = u32::MAX;

/// 72 bytes: there is one for every voter.
#[derive(Debug)]
struct Voter {
    pseudonym: Pseudonym,
    style: u16,
    /// The number of the active key, or [`NO_KEY`].
    active: u32,
    cast: u32,
    /// The last ballot, once there is one.
    last: Last,
}

impl Keyed for Voter {
    fn key(&self) -> &[u8] {
        &self.pseudonym.0
    }
}

impl Voter {
    fn last(&self) -> Option<Last> {
        (self.cast > 0).then_some(self.last)
    }
}

/// 36 bytes: there is one for every credential.
#[derive(Debug)]
struct Key {
    bytes: [u8; 32],
    voter: u32,
}

impl Keyed for Key {
    fn key(&self) -> &[u8] {
        &self.bytes
    }
}

/// What is known of a voter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VoterStatus {
    /// The ballot style, as of the last credential.
    pub style: u16,
    /// The key that is active, if one is.
    pub key: Option<[u8; 32]>,
    /// The sequence that the next ballot must carry.
    pub sequence: u32,
    /// The previous hash that the next ballot must carry.
    pub previous: Digest,
    /// The entry of the last ballot.
    pub last: Option<u64>,
}

/// What is known of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CredentialStatus {
    /// Whose it is.
    pub pseudonym: Pseudonym,
    /// Whether it may still cast.
    pub active: bool,
    /// The voter's state.
    pub voter: VoterStatus,
}

/// All voters.
#[derive(Debug)]
pub(super) struct Voters {
    voters: Register<Voter>,
    keys: Register<Key>,
    /// How many there are of each declared style.
    by_style: Vec<u32>,
}

impl Voters {
    pub fn new(styles: usize) -> Self {
        Voters { voters: Register::new(), keys: Register::new(), by_style: vec![0; styles] }
    }

    pub fn by_style(&self) -> &[u32] {
        &self.by_style
    }

    pub fn count(&self, declared: u16) -> Option<u32> {
        self.by_style.get(usize::from(declared)).copied()
    }

    pub fn holder(&self, key: &[u8; 32]) -> Option<Pseudonym> {
        let key = self.keys.at(self.keys.find(key)?)?;
        self.voters.at(key.voter).map(|voter| voter.pseudonym)
    }

    pub fn status(&self, pseudonym: &Pseudonym) -> Option<VoterStatus> {
        let voter = self.voters.at(self.voters.find(&pseudonym.0)?)?;
        Some(VoterStatus {
            style: voter.style,
            key: self.keys.at(voter.active).map(|key| key.bytes),
            sequence: voter.cast,
            previous: voter.last().map_or(Digest::ZERO, |last| last.hash),
            last: voter.last().map(|last| last.index),
        })
    }

    pub fn credential(&self, key: &PublicKey) -> Option<CredentialStatus> {
        let key = key.to_bytes();
        let pseudonym = self.holder(&key)?;
        let voter = self.status(&pseudonym)?;
        Some(CredentialStatus { pseudonym, active: voter.key == Some(key), voter })
    }

    /// Adds a key, and the voter if new. The caller has checked that this is legal.
    /// `declared` is the declared style of the ballot style `style`.
    pub fn register(&mut self, pseudonym: Pseudonym, style: u16, declared: u16, key: [u8; 32]) {
        let known = self.voters.find(&pseudonym.0);
        let last = Last { index: 0, hash: Digest::ZERO };
        let new = || Voter { pseudonym, style, active: NO_KEY, cast: 0, last };
        let Some(number) = known.or_else(|| self.voters.push(new())) else { return };
        if known.is_none()
            && let Some(count) = self.by_style.get_mut(usize::from(declared))
        {
            *count += 1;
        }
        let active = self.keys.push(Key { bytes: key, voter: number });
        if let Some(voter) = self.voters.at_mut(number) {
            voter.style = style;
            voter.active = active.unwrap_or(NO_KEY);
        }
    }

    pub fn revoke(&mut self, pseudonym: &Pseudonym) {
        if let Some(voter) = self.find_mut(pseudonym) {
            voter.active = NO_KEY;
        }
    }

    /// Notes a ballot, and gives the one it replaces.
    pub fn cast(&mut self, pseudonym: &Pseudonym, index: u64, hash: Digest) -> Option<Last> {
        let voter = self.find_mut(pseudonym)?;
        let replaced = voter.last();
        voter.cast += 1;
        voter.last = Last { index, hash };
        replaced
    }

    fn find_mut(&mut self, pseudonym: &Pseudonym) -> Option<&mut Voter> {
        self.voters.at_mut(self.voters.find(&pseudonym.0)?)
    }

    /// Bytes of memory that are held.
    pub fn bytes(&self) -> usize {
        self.voters.bytes() + self.keys.bytes()
    }
}
