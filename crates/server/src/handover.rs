//! Where the two halves meet: the registrar, who knows a voter, hands the voter's key to the ballot box, which puts it
//! onto the board. Neither half imports anything else of the other.

use async_trait::async_trait;
use veche_crypto::hash::Digest;
use veche_crypto::signature::Signature;
use veche_record::entry::{CredentialTerms, Pseudonym};
use veche_verify::state::{CredentialStatus, VoterStatus};

use crate::http::problem::Problem;

/// A voter's key that is right in itself, for a voter who may have it.
#[derive(Clone)]
pub(crate) struct CredentialRequest {
    pub(crate) terms: CredentialTerms,
    /// The signature of the voter's other key, where it hands over.
    pub(crate) handover: Option<Signature>,
    /// The proof that the voter has the key.
    pub(crate) possession: Signature,
}

/// A credential that is on the board.
#[derive(Debug, Clone)]
pub(crate) struct IssuedCredential {
    /// The entry that holds it.
    pub(crate) index: u64,
    /// What the board says of it.
    pub(crate) status: CredentialStatus,
    /// Whether this request brought it there.
    pub(crate) new: bool,
}

/// What the board says of a voter.
pub(crate) struct VoterOnBoard {
    /// The election's fingerprint, once its keys are made.
    pub(crate) fingerprint: Option<Digest>,
    /// The voter's style and key, once there was one.
    pub(crate) status: Option<VoterStatus>,
}

/// What the registrar asks of the ballot box. The board is the one truth about keys.
#[async_trait]
pub(crate) trait CredentialDesk: Send + Sync {
    /// What the board says of a voter.
    async fn voter(&self, pseudonym: &Pseudonym) -> VoterOnBoard;

    /// The credential, if it is on the board already; a problem if it cannot come there.
    async fn issued(&self, request: &CredentialRequest) -> Result<Option<IssuedCredential>, Problem>;

    /// Puts a credential onto the board: as a handover, or after a revocation of the voter's other key if there is one.
    async fn issue(&self, request: CredentialRequest) -> Result<IssuedCredential, Problem>;
}
