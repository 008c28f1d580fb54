//! The end of a vote, as a test signs it: over a checkpoint of exactly the entries before it.

use anyhow::Result;
use veche_board::{Checkpoint, LogKey, MerkleTree, Origin, WitnessKey, Witnesses, cosign, leaf_hash};
use veche_crypto::hash::Digest;
use veche_crypto::signature::SecretKey;
use veche_record::Entry;
use veche_record::entry::{Closing, ClosingKind, ClosingSignatures};

use crate::small::bytes32;

/// The name of a test's witness.
///
/// # Errors
/// Never.
pub fn witness_name(number: u64) -> Result<Origin> {
    Ok(format!("witness.example/w{number}").parse()?)
}

/// The key of a test's witness.
pub fn witness_key(number: u64) -> LogKey {
    LogKey::from_seed(&bytes32("witness", number))
}

/// Whoever holds all keys of a board, and so can end its vote anywhere.
pub struct Sealer<'a> {
    /// The log's name.
    pub origin: &'a Origin,
    /// The log's key.
    pub log_key: &'a LogKey,
    /// The organiser's key.
    pub organiser: &'a SecretKey,
    /// The election.
    pub election: Digest,
    /// The witnesses whose cosignatures a note has: those of [`witness_key`].
    pub witnesses: Option<&'a Witnesses>,
}

impl Sealer<'_> {
    /// The checkpoint of these leaves, as the log and, at that time, all of its witnesses that a test has sign it.
    ///
    /// # Errors
    /// Never.
    pub fn note(&self, leaves: &[Vec<u8>], time: u64) -> Result<Vec<u8>> {
        self.note_at(leaves, &[time; 15])
    }

    /// The same, with a time for each witness.
    ///
    /// # Errors
    /// Never.
    pub fn note_at(&self, leaves: &[Vec<u8>], times: &[u64]) -> Result<Vec<u8>> {
        let mut tree = MerkleTree::new();
        tree.extend(leaves.iter().map(|leaf| leaf_hash(leaf)));
        let checkpoint = Checkpoint { origin: self.origin.clone(), size: tree.size(), root: tree.root() };
        let mut note = checkpoint.sign(self.log_key);
        for (number, time) in (1..).zip(times) {
            let (name, key) = (witness_name(number)?, witness_key(number));
            let named = WitnessKey::new(name.clone(), key.public());
            if self.witnesses.is_some_and(|witnesses| witnesses.keys().contains(&named)) {
                note.push_str(&cosign(&checkpoint, &name, &key, *time));
            }
        }
        Ok(note.into_bytes())
    }

    /// The end of a vote after these leaves.
    ///
    /// # Errors
    /// Never.
    pub fn close(&self, kind: ClosingKind, leaves: &[Vec<u8>], time: u64) -> Result<Closing> {
        let note = self.note(leaves, time)?;
        Ok(Closing::by_organiser(kind, self.organiser, &self.election, time, note)?)
    }

    /// Signs every end of the vote again that the organiser has signed and that stands in another place than it was
    /// signed for: what whoever holds all keys does after an entry before it was altered.
    ///
    /// # Errors
    /// Never.
    pub fn reseal(&self, leaves: &mut [Vec<u8>]) -> Result<()> {
        for at in 0..leaves.len() {
            let (before, rest) = leaves.split_at_mut(at);
            let Some(leaf) = rest.first_mut() else { continue };
            let Ok(Entry::Close(closing) | Entry::Ended(closing)) = Entry::parse(leaf) else { continue };
            let ClosingSignatures::Organiser(signature) = closing.signatures() else { continue };
            let terms = closing.terms();
            if terms.verify(&self.organiser.public(), &self.election, signature).is_ok() {
                *leaf = Entry::from(self.close(terms.kind, before, terms.time)?).to_bytes();
            }
        }
        Ok(())
    }
}
