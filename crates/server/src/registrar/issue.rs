//! The registrar signs a voter's key and brings it onto the board.
//!
//! What is signed fits one place of the board only: a Credential carries how many the voter had before. So the board is
//! asked first, and again when it did not take what was signed: if another request of the same voter was faster, the
//! answer changes; if not, the refusal stands. What was signed and is not on the board is of no use to anybody but the
//! voter who asked for it.

use veche_crypto::group::GroupError;
use veche_crypto::hash::Digest;
use veche_crypto::signature::Signature;
use veche_record::Entry;
use veche_record::entry::{
    CredentialEntry, CredentialTerms, MAX_CREDENTIAL_NUMBER, Revocation, RevocationReason,
};

use crate::handover::{KeyStanding, KnownVoter, VoterOnBoard};
use crate::http::problem::{Kind, Problem};
use crate::registrar::context::Registrar;

/// So often another request of the same voter may be faster.
const TRIES: usize = 5;

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
    /// The sequence that the next ballot must carry.
    pub(crate) sequence: u32,
    /// The hash that the next ballot must carry.
    pub(crate) previous: Digest,
    /// The number that the voter's next credential must carry.
    pub(crate) number: u16,
    /// Whether this request brought it there.
    pub(crate) new: bool,
}

/// The credential, if it is on the board already; a problem if it cannot come there.
pub(crate) async fn issued(
    registrar: &Registrar,
    on_board: &VoterOnBoard,
    request: &CredentialRequest,
) -> Result<Option<IssuedCredential>, Problem> {
    let replaced = || {
        let why = "This key was replaced when you signed in elsewhere. Make a new one.";
        Problem::new(Kind::CredentialRevoked, why)
    };
    let known = on_board.voter.filter(|voter| voter.key == request.terms.key);
    let Some(KnownVoter { style, number, standing, index, sequence, previous, .. }) = known else {
        // Not the last key of this voter: an earlier one, or somebody else's, or new.
        return match registrar.desk.holder(&request.terms.key).await? {
            None => Ok(None),
            Some(holder) if holder == request.terms.pseudonym => Err(replaced()),
            Some(_) => {
                Err(Problem::new(Kind::KeyTaken, "This key belongs to another voter. Make a new one."))
            }
        };
    };
    match standing {
        KeyStanding::StruckOff => Err(Problem::struck_off()),
        KeyStanding::Replaced => Err(replaced()),
        KeyStanding::Active if style != request.terms.style => Err(Problem::new(
            Kind::KeyTaken,
            "This key is registered for another ballot style. Make a new one.",
        )),
        KeyStanding::Active => Ok(Some(IssuedCredential { index, sequence, previous, number, new: false })),
    }
}

/// Puts a credential onto the board: as a handover, or after a revocation of the voter's other key if there is one.
/// `on_board` is what the board said a moment ago.
pub(crate) async fn issue(
    registrar: &Registrar,
    mut on_board: VoterOnBoard,
    request: &CredentialRequest,
) -> Result<IssuedCredential, Problem> {
    let mut tries = 0;
    loop {
        tries += 1;
        let refused = match registrar.desk.put(sign(registrar, &on_board, request)?).await {
            Ok(index) => {
                let before = on_board.voter;
                return Ok(IssuedCredential {
                    index,
                    sequence: before.map_or(0, |voter| voter.sequence),
                    previous: before.map_or(Digest::ZERO, |voter| voter.previous),
                    number: request.terms.number.saturating_add(1),
                    new: true,
                });
            }
            Err(refused) => refused,
        };
        let now = registrar.desk.voter(&request.terms.pseudonym).await?;
        if now == on_board || tries == TRIES {
            return Err(refused);
        }
        on_board = now;
        if let Some(before) = issued(registrar, &on_board, request).await? {
            return Ok(before);
        }
    }
}

/// What the registrar signs for a key that is new to the board.
fn sign(
    registrar: &Registrar,
    on_board: &VoterOnBoard,
    request: &CredentialRequest,
) -> Result<Vec<Entry>, Problem> {
    let election = on_board
        .fingerprint
        .ok_or_else(|| Problem::new(Kind::NotOpen, "The keys of this election are not made yet."))?;
    let signing = |error: GroupError| Problem::fault(&error);
    let CredentialRequest { terms, handover, possession } = *request;
    let known = on_board.voter;
    if known.is_some_and(|voter| voter.standing == KeyStanding::StruckOff) {
        return Err(Problem::struck_off());
    }
    let number = known.map_or(0, |voter| voter.number);
    if number > MAX_CREDENTIAL_NUMBER {
        return Err(Problem::new(
            Kind::TooManyKeys,
            "This voter has had as many keys as a voter can have. Use the newest one, or ask the organiser.",
        ));
    }
    if terms.number != number {
        return Err(Problem::new(
            Kind::NumberBehind,
            "Another key of this voter came onto the board meanwhile. Prove having the key again, with `number`.",
        )
        .with("number", number));
    }
    let active = known.filter(|voter| voter.standing == KeyStanding::Active).map(|voter| voter.key);
    let mut signed = Vec::with_capacity(2);
    match (active, handover) {
        (Some(active), Some(handover)) => {
            terms.verify_handover(&election, &active, &handover).map_err(|_| {
                Problem::new(
                    Kind::KeyRefused,
                    "`handover` is not signed by the voter's active key, for this key, ballot style and number.",
                )
            })?;
        }
        (None, Some(_)) => {
            return Err(Problem::new(Kind::KeyRefused, "There is no active key that could hand over."));
        }
        (Some(active), None) => {
            let reason = RevocationReason::Replaced;
            let revocation = Revocation::sign(&registrar.key, &election, terms.pseudonym, active, reason);
            signed.push(revocation.map_err(signing)?.into());
        }
        (None, None) => {}
    }
    let credential = CredentialEntry::sign(&registrar.key, &election, terms, handover, possession);
    signed.push(credential.map_err(signing)?.into());
    Ok(signed)
}
