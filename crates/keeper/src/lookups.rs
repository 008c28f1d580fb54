//! What is looked up by key, pseudonym and code: maps of which a clone costs nothing and stands still.

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
    credentials: HashTrieMapSync<[u8; 32], (u64, Pseudonym)>,
    voters: HashTrieMapSync<Pseudonym, VoterStatus>,
    /// By confirmation code: the entry of the ballot.
    codes: HashTrieMapSync<[u8; CHARACTERS], u64>,
}

impl Lookups {
    pub(crate) fn new() -> Self {
        Lookups {
            credentials: HashTrieMapSync::new_sync(),
            voters: HashTrieMapSync::new_sync(),
            codes: HashTrieMapSync::new_sync(),
        }
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
            self.codes.insert_mut(code, index);
        }
        let (Applied::Credential(pseudonym)
        | Applied::Revocation(pseudonym)
        | Applied::Ballot { pseudonym, .. }) = applied
        else {
            return;
        };
        let Some(voter) = state.voter(pseudonym) else { return };
        if let (Applied::Credential(_), Some(key)) = (applied, voter.key) {
            self.credentials.insert_mut(key, (index, *pseudonym));
        }
        self.voters.insert_mut(*pseudonym, voter);
    }
}

/// The confirmation code of a ballot; nothing for any other leaf.
pub(crate) fn code_of(election: &Election, leaf: &[u8]) -> Option<[u8; CHARACTERS]> {
    Some(RawBallot::of_entry(election, leaf)?.code(election)?.shown())
}
