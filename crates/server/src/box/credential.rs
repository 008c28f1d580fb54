//! A voter's key goes onto the board, under the voter's pseudonym.
//!
//! A voter has one key at a time. A browser that has the voter's key hands it over to another one, in one entry. On
//! another device, or after the browser lost the first, a Revocation of the old key and a Credential for the new one
//! are appended in one transaction: there is no moment without a key and none with two.

use std::sync::Arc;

use async_trait::async_trait;
use axum::Json as Answer;
use axum::extract::{Path, Request, State};
use serde::Serialize;
use utoipa::ToSchema;
use veche_crypto::group::GroupError;
use veche_crypto::signature::PublicKey;
use veche_keeper::Transaction;
use veche_record::Entry;
use veche_record::entry::{
    CredentialEntry, Issued, MAX_CREDENTIAL_NUMBER, Pseudonym, Revocation, RevocationReason,
};
use veche_verify::Check;
use veche_verify::state::CredentialStatus;

use crate::ballot_box::context::BallotBox;
use crate::ballot_box::organiser::{AppendAnswer, AppendedEntry, append as append_entry};
use crate::handover::{CredentialDesk, CredentialRequest, IssuedCredential, VoterOnBoard};
use crate::http::body::{self, from_hex};
use crate::http::limits::ClientNetwork;
use crate::http::problem::{Kind, Problem};

#[async_trait]
impl CredentialDesk for BallotBox {
    async fn voter(&self, pseudonym: &Pseudonym) -> VoterOnBoard {
        let board = self.board.view();
        let fingerprint = board.election().map(|election| election.fingerprint());
        VoterOnBoard { fingerprint, status: board.voter(pseudonym) }
    }

    async fn issued(&self, request: &CredentialRequest) -> Result<Option<IssuedCredential>, Problem> {
        issued(self.board.view().credential(&request.terms.key), request)
    }

    async fn issue(&self, request: CredentialRequest) -> Result<IssuedCredential, Problem> {
        let key = request.terms.key;
        let appended = self.board.append(move |turn| append(turn, &request)).await?;
        let (index, status) = self
            .board
            .view()
            .credential(&key)
            .ok_or_else(|| Problem::fault(&"a credential that was just appended is not on the board"))?;
        Ok(IssuedCredential { index, status, new: appended.new })
    }
}

/// The credential when it is on the board already, or the reason why it cannot come there.
fn issued(
    known: Option<(u64, CredentialStatus)>,
    request: &CredentialRequest,
) -> Result<Option<IssuedCredential>, Problem> {
    let Some((index, status)) = known else { return Ok(None) };
    if status.pseudonym != request.terms.pseudonym {
        return Err(Problem::new(Kind::KeyTaken, "This key belongs to another voter. Make a new one."));
    }
    if status.voter.struck_off.is_some() {
        return Err(Problem::struck_off());
    }
    if !status.active {
        return Err(Problem::new(
            Kind::CredentialRevoked,
            "This key was replaced when you signed in elsewhere. Make a new one.",
        ));
    }
    if status.voter.style != request.terms.style {
        return Err(Problem::new(
            Kind::KeyTaken,
            "This key is registered for another ballot style. Make a new one.",
        ));
    }
    Ok(Some(IssuedCredential { index, status, new: false }))
}

fn append(turn: &mut Transaction<'_>, request: &CredentialRequest) -> Result<u64, Problem> {
    let (_, closes) = turn.hours();
    if turn.now() >= closes {
        return Err(Problem::new(Kind::NotOpen, "Voting is over."));
    }
    // Asked again: another request of the same voter may have had its turn in between.
    if let Some(before) = issued(turn.credential(&request.terms.key), request)? {
        return Ok(before.index);
    }
    let election = turn
        .state()
        .election()
        .map(|election| election.fingerprint())
        .ok_or_else(|| Problem::new(Kind::NotOpen, "The keys of this election are not made yet."))?;
    let signing = |error: GroupError| Problem::fault(&error);
    let CredentialRequest { terms, handover, possession } = *request;
    let known = turn.state().voter(&terms.pseudonym);
    if known.is_some_and(|voter| voter.struck_off.is_some()) {
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
    let active = known.and_then(|voter| voter.key);
    let active = active.map(|key| PublicKey::from_bytes(&key)).transpose().map_err(signing)?;
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
            let revocation = Revocation::sign(turn.registrar()?, &election, terms.pseudonym, active, reason);
            turn.entry(revocation.map_err(signing)?)?;
        }
        (None, None) => {}
    }
    let credential = CredentialEntry::sign(turn.registrar()?, &election, terms, handover, possession);
    Ok(turn.entry(credential.map_err(signing)?)?)
}

/// The longest message of the registrar: a Credential with a handover has 247 bytes.
const MAX_REGISTERED_LEN: usize = 1_024;

/// Appends a Credential or a Revocation that the registrar has signed elsewhere. It needs no token, for the signature
/// says who it is from: whoever knows the people can be the registrar, and the ballot box need not know them.
#[utoipa::path(
    post, path = "/v1/credentials", tag = "voter",
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "One Credential or Revocation message with the registrar's signature, in its one encoding"),
    responses(
        (status = 201, description = "Appended", body = AppendedEntry),
        (status = 409, description = "`out-of-order`, `style-full`, `key-taken`"),
        (status = 413, description = "`too-large`"),
        (status = 422, description = "`entry-refused` or `key-refused`, with the failed `check` and the `culprit`"),
        (status = 429, description = "`too-many-requests`: too much from this address was refused"),
    )
)]
pub(crate) async fn registered(
    State(ballot_box): State<Arc<BallotBox>>,
    network: ClientNetwork,
    request: Request,
) -> AppendAnswer {
    let refused = &ballot_box.counters.refused_registrations;
    let now = ballot_box.clock.unix();
    refused.room(&network, now).map_err(|wait| {
        Problem::new(
            Kind::TooManyRequests,
            "Too much of what was posted from this network was refused. Nothing is read from it for a while.",
        )
        .retry_after(wait)
    })?;
    let answer = register(&ballot_box, request).await;
    if let Err(problem) = &answer
        && problem.is_refusal()
    {
        // How many there were is asked the next time.
        let _ = refused.count_from(network, now);
    }
    answer
}

async fn register(ballot_box: &BallotBox, request: Request) -> AppendAnswer {
    let message = body::octets(request, MAX_REGISTERED_LEN, ballot_box.limits.body_deadline).await?;
    let election = ballot_box.board.view().election().cloned();
    let election = election
        .ok_or_else(|| Problem::new(Kind::OutOfOrder, "The keys of this election are not made yet."))?;
    let (key, fingerprint) = (election.registrar(), election.fingerprint());
    // Before the writer is asked: strangers can send anything.
    let signed = match Entry::parse(&message) {
        Ok(Entry::Credential(entry)) => {
            entry.verify_signature(key, &fingerprint).map_err(|_| Check::CredentialSignature)
        }
        Ok(Entry::Revocation(entry)) => {
            entry.verify_signature(key, &fingerprint).map_err(|_| Check::Revocation)
        }
        _ => Err(Check::Form),
    };
    signed.map_err(|check| {
        let why =
            "Only a Credential or a Revocation that this election's registrar has signed is taken here.";
        Problem::new(Kind::EntryRefused, why).with("check", check.number())
    })?;
    append_entry(ballot_box, move |transaction| transaction.message(&message)).await
}

/// What the board says about a key.
#[derive(Serialize, ToSchema)]
pub(crate) struct KeyState {
    /// `active`, `revoked`, or `struck-off` where the voter was.
    #[schema(example = "active")]
    state: &'static str,
    /// The voter's name on the board.
    pseudonym: String,
    /// The ballot style's identifier.
    style: String,
    /// The sequence that the voter's next ballot must carry.
    sequence: u32,
    /// The hash of the voter's ballot before it, or zeros: 64 hexadecimal digits.
    previous: String,
}

/// Says whether a key is still active, so that a browser can tell that another took its place.
#[utoipa::path(
    get, path = "/v1/credentials/{key}", tag = "voter",
    params(("key" = String, Path, description = "The key: 64 lower-case hexadecimal digits")),
    responses(
        (status = 200, description = "What the board says", body = KeyState),
        (status = 404, description = "`credential-unknown`"),
    )
)]
pub(crate) async fn state(
    State(ballot_box): State<Arc<BallotBox>>,
    Path(key): Path<String>,
) -> Result<Answer<KeyState>, Problem> {
    let (_, credential) = from_hex::<32>(&key)
        .and_then(|key| ballot_box.board.view().credential(&PublicKey::from_bytes(&key).ok()?))
        .ok_or_else(|| Problem::new(Kind::CredentialUnknown, "No voter has registered this key."))?;
    Ok(Answer(KeyState {
        state: match (credential.active, credential.voter.struck_off) {
            (true, _) => "active",
            (false, None) => "revoked",
            (false, Some(_)) => "struck-off",
        },
        pseudonym: credential.pseudonym.to_string(),
        style: ballot_box.style_name(credential.voter.style),
        sequence: credential.voter.sequence,
        previous: credential.voter.previous.to_string(),
    }))
}
