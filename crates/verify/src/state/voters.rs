//! Who may vote, and what each has cast.

use std::collections::HashMap;

use veche_crypto::hash::Digest;
use veche_crypto::signature::PublicKey;
use veche_record::entry::Pseudonym;

/// A ballot on the board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Last {
    pub index: u64,
    pub hash: Digest,
}

#[derive(Debug, Clone)]
struct Voter {
    style: u16,
    active: Option<[u8; 32]>,
    cast: u32,
    last: Option<Last>,
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
    by_pseudonym: HashMap<Pseudonym, Voter>,
    by_key: HashMap<[u8; 32], Pseudonym>,
    /// How many there are of each declared style.
    by_style: Vec<u32>,
}

impl Voters {
    pub fn new(styles: usize) -> Self {
        Voters { by_pseudonym: HashMap::new(), by_key: HashMap::new(), by_style: vec![0; styles] }
    }

    pub fn by_style(&self) -> &[u32] {
        &self.by_style
    }

    pub fn count(&self, declared: u16) -> Option<u32> {
        self.by_style.get(usize::from(declared)).copied()
    }

    pub fn holder(&self, key: &[u8; 32]) -> Option<Pseudonym> {
        self.by_key.get(key).copied()
    }

    pub fn status(&self, pseudonym: &Pseudonym) -> Option<VoterStatus> {
        self.by_pseudonym.get(pseudonym).map(|voter| VoterStatus {
            style: voter.style,
            key: voter.active,
            sequence: voter.cast,
            previous: voter.last.map_or(Digest::ZERO, |last| last.hash),
            last: voter.last.map(|last| last.index),
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
        self.by_key.insert(key, pseudonym);
        let by_style = &mut self.by_style;
        let voter = self.by_pseudonym.entry(pseudonym).or_insert_with(|| {
            if let Some(count) = by_style.get_mut(usize::from(declared)) {
                *count += 1;
            }
            Voter { style, active: None, cast: 0, last: None }
        });
        voter.active = Some(key);
        voter.style = style;
    }

    pub fn revoke(&mut self, pseudonym: &Pseudonym) {
        if let Some(voter) = self.by_pseudonym.get_mut(pseudonym) {
            voter.active = None;
        }
    }

    /// Notes a ballot, and gives the one it replaces.
    pub fn cast(&mut self, pseudonym: &Pseudonym, index: u64, hash: Digest) -> Option<Last> {
        let voter = self.by_pseudonym.get_mut(pseudonym)?;
        voter.cast += 1;
        voter.last.replace(Last { index, hash })
    }
}
