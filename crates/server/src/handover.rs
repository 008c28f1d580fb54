//! Where the two halves meet: the registrar, who knows a voter, signs the voter's key and hands it to the ballot box,
//! which puts it onto the board. Neither half imports anything else of the other, so that they can be two processes:
//! the one implementation is the ballot box itself, the other asks one over HTTP.

use async_trait::async_trait;
use veche_crypto::hash::Digest;
use veche_crypto::signature::PublicKey;
use veche_record::Entry;
use veche_record::entry::Pseudonym;

use crate::http::problem::Problem;

/// What the board says of a voter's last key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyStanding {
    /// It may cast.
    Active,
    /// It was replaced, and no other has come yet.
    Replaced,
    /// The voter was struck off.
    StruckOff,
}

/// A voter whose key is on the board, or was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KnownVoter {
    /// The ballot style, as of the last credential.
    pub(crate) style: u16,
    /// The number that the next credential must carry: how many there were.
    pub(crate) number: u16,
    /// The key of the last credential.
    pub(crate) key: PublicKey,
    /// What has become of it.
    pub(crate) standing: KeyStanding,
    /// The entry that holds the last credential.
    pub(crate) index: u64,
    /// The sequence that the next ballot must carry.
    pub(crate) sequence: u32,
    /// The hash that the next ballot must carry.
    pub(crate) previous: Digest,
}

/// What the board says of a voter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct VoterOnBoard {
    /// The election's fingerprint, once its keys are made.
    pub(crate) fingerprint: Option<Digest>,
    /// The voter, once there was a key.
    pub(crate) voter: Option<KnownVoter>,
}

/// What the registrar asks of the ballot box. The board is the one truth about keys.
#[async_trait]
pub(crate) trait CredentialDesk: Send + Sync {
    /// Whether the board can be asked at this moment: asked before something is used up that a voter has once. Gives
    /// the election's fingerprint, once its keys are made.
    async fn ready(&self) -> Result<Option<Digest>, Problem>;

    /// Whether nobody votes online any more at a Unix time: the hour that holds has passed, or the vote was ended
    /// before it, or cancelled.
    async fn is_over(&self, now: i64) -> Result<bool, Problem>;

    /// What the board says of a voter.
    async fn voter(&self, pseudonym: &Pseudonym) -> Result<VoterOnBoard, Problem>;

    /// Whose key this is, if it is on the board, active or not.
    async fn holder(&self, key: &PublicKey) -> Result<Option<Pseudonym>, Problem>;

    /// Puts what the registrar has signed onto the board, all of it or nothing: a Credential, a Revocation, or a
    /// Revocation and the Credential that follows it. Returns the last entry.
    async fn put(&self, signed: Vec<Entry>) -> Result<u64, Problem>;
}
