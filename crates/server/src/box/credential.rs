//! A voter's key goes onto the board, under the voter's pseudonym, once the registrar has signed it.
//!
//! A voter has one key at a time. A browser that has the voter's key hands it over to another one, in one entry. On
//! another device, or after the browser lost the first, a Revocation of the old key and a Credential for the new one
//! are appended in one transaction: there is no moment without a key and none with two.

use std::sync::Arc;

use async_trait::async_trait;
use axum::Json as Answer;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use veche_crypto::hash::Digest;
use veche_crypto::signature::PublicKey;
use veche_keeper::{EntryError, Transaction};
use veche_record::entry::{Issued, Pseudonym, Revocation};
use veche_record::{Election, Entry, EntryKind};
use veche_verify::state::VoterStatus;
use veche_verify::{Check, Course};

use crate::ballot_box::context::BallotBox;
use crate::ballot_box::organiser::{AppendAnswer, AppendedEntry};
use crate::handover::{CredentialDesk, KeyStanding, KnownVoter, VoterOnBoard};
use crate::http::body::{self, Octets};
use crate::http::counters::ClientNetwork;
use crate::http::problem::{Kind, Problem};

#[async_trait]
impl CredentialDesk for BallotBox {
    async fn ready(&self) -> Result<Option<Digest>, Problem> {
        Ok(self.board.newest().await.election().map(|election| election.fingerprint()))
    }

    async fn is_over(&self, now: i64) -> Result<bool, Problem> {
        let board = self.board.newest().await;
        Ok(now >= board.hours().1 || board.course() > Course::Open)
    }

    async fn voter(&self, pseudonym: &Pseudonym) -> Result<VoterOnBoard, Problem> {
        let board = self.board.newest().await;
        let fingerprint = board.election().map(|election| election.fingerprint());
        let Some(voter) = board.voter(pseudonym) else {
            return Ok(VoterOnBoard { fingerprint, voter: None });
        };
        let fault = || Problem::fault(&"a voter on the board without a key there");
        let key = PublicKey::from_bytes(&voter.last_key).map_err(|_| fault())?;
        let (index, _) = board.credential(&key).ok_or_else(fault)?;
        let standing = match (voter.key(), voter.struck_off) {
            (_, Some(_)) => KeyStanding::StruckOff,
            (Some(_), None) => KeyStanding::Active,
            (None, None) => KeyStanding::Replaced,
        };
        let VoterStatus { style, number, sequence, previous, .. } = voter;
        let voter = KnownVoter { style, number, key, standing, index, sequence, previous };
        Ok(VoterOnBoard { fingerprint, voter: Some(voter) })
    }

    async fn holder(&self, key: &PublicKey) -> Result<Option<Pseudonym>, Problem> {
        Ok(self.board.newest().await.credential(key).map(|(_, status)| status.pseudonym))
    }

    async fn put(&self, signed: Vec<Entry>) -> Result<u64, Problem> {
        Ok(self.board.append(move |turn| append(turn, &signed)).await?.index)
    }
}

/// Appends what the registrar has signed, all of it or nothing.
fn append(turn: &mut Transaction<'_>, signed: &[Entry]) -> Result<u64, Problem> {
    for entry in signed {
        if let Entry::Credential(credential) = entry
            && !turn.state().manifest().is_entered(credential.route)
            && turn.now() >= turn.hours().1
        {
            return Err(Problem::new(Kind::NotOpen, "Voting is over."));
        }
    }
    match signed {
        [Entry::Revocation(revocation), Entry::Credential(credential)] => {
            turn.replacement(revocation, credential).map_err(not_its_successor)
        }
        [entry] => Ok(turn.message(&entry.to_bytes())?),
        _ => Err(Problem::fault(&"neither an entry nor a replacement was to be appended")),
    }
}

/// Why a Credential cannot follow the Revocation before it.
fn not_its_successor(error: EntryError) -> Problem {
    match &error {
        EntryError::Refused(failure)
            if matches!(
                failure.check,
                Check::CredentialNumber | Check::CredentialHolder | Check::StruckOff
            ) =>
        {
            let why =
                "The Credential is not the one that can follow this Revocation on the board as it is now.";
            Problem::new(Kind::OutOfOrder, why)
        }
        _ => error.into(),
    }
}

/// The longest message of the registrar: a Revocation has 114 bytes, and a Credential with a handover 247.
const MAX_REGISTERED_LEN: usize = 1_024;

/// Appends what the registrar has signed elsewhere: a Credential, a Revocation, or both at once, so that there is no
/// moment in which the voter has no key. It needs no token, for the signature says who it is from: whoever knows the
/// people can be the registrar, and the ballot box need not know them.
#[utoipa::path(
    post, path = "/v1/credentials", tag = "voter",
    request_body(content = inline(Octets), content_type = "application/octet-stream", description = "One Credential or Revocation message with the registrar's signature, in its one encoding; or a Revocation and, directly behind it, the Credential of the same voter: then both are appended, or neither"),
    responses(
        (status = 201, description = "Appended; the index is that of the last", body = AppendedEntry),
        (status = 409, description = "`out-of-order`, `style-full`, `key-taken`, `not-open`"),
        (status = 422, description = "`entry-refused` or `key-refused`, with the failed `check` and the `culprit`"),
        (status = 429, description = "`too-many-requests`: too much from this address was not the registrar's"),
    )
)]
pub(crate) async fn registered(
    State(ballot_box): State<Arc<BallotBox>>,
    network: ClientNetwork,
    request: Request,
) -> AppendAnswer {
    let refused = &ballot_box.counters.refused_registrations;
    let now = ballot_box.clock.unix();
    refused.room(network, now).map_err(|wait| {
        Problem::new(
            Kind::TooManyRequests,
            "Too much of what was posted from this network was refused. Nothing is read from it for a while.",
        )
        .retry_after(wait)
    })?;
    let message = body::octets(request, MAX_REGISTERED_LEN, ballot_box.limits.get().body_deadline).await?;
    let election = ballot_box.board.newest().await.election().cloned();
    let election = election
        .ok_or_else(|| Problem::new(Kind::OutOfOrder, "The keys of this election are not made yet."))?;
    // Before the writer is asked: strangers can send anything. What the registrar has signed is not counted whatever
    // becomes of it, or voters who are refused would stop the registrar of a whole town.
    let signed = read(&message, &election).map_err(|check| {
        // How many there were is asked the next time.
        let _ = refused.count(network, now);
        let why = match check {
            Check::Possession => "The Credential's proof of having the key is not one.",
            _ => {
                "Only a Credential or a Revocation that this election's registrar has signed is taken here, or a \
                 Revocation and the Credential that follows it."
            }
        };
        let kind = if check == Check::Possession { Kind::KeyRefused } else { Kind::EntryRefused };
        Problem::new(kind, why).with("check", check.number())
    })?;
    // Anybody can post again what is on the board: that needs no turn of the writer.
    let board = ballot_box.board.view();
    let known =
        |entry: &Entry| matches!(entry, Entry::Credential(entry) if board.credential(&entry.key).is_some());
    if signed.iter().any(known) {
        return Err(Problem::new(Kind::KeyTaken, "The key is on the board already."));
    }
    let index = ballot_box.put(signed).await?;
    Ok((StatusCode::CREATED, Answer(AppendedEntry { index })))
}

/// The entries of a request, each of them signed.
fn read(message: &[u8], election: &Election) -> Result<Vec<Entry>, Check> {
    let pair = (EntryKind::of(message) == Some(EntryKind::Revocation))
        .then(|| message.split_at_checked(Revocation::MESSAGE_LEN))
        .flatten()
        .filter(|(_, behind)| !behind.is_empty());
    let messages = match pair {
        Some((revocation, behind)) if EntryKind::of(behind) == Some(EntryKind::Credential) => {
            vec![revocation, behind]
        }
        _ => vec![message],
    };
    let (key, fingerprint) = (election.registrar(), election.fingerprint());
    let signed = |message| {
        let entry = Entry::parse(message).map_err(|_| Check::Form)?;
        match &entry {
            Entry::Credential(entry) => {
                entry.verify_signature(key, &fingerprint).map_err(|_| Check::CredentialSignature)?;
                entry.verify_possession(&fingerprint, &entry.possession).map_err(|_| Check::Possession)?;
            }
            Entry::Revocation(entry) => {
                entry.verify_signature(key, &fingerprint).map_err(|_| Check::Revocation)?;
            }
            _ => return Err(Check::Form),
        }
        Ok(entry)
    };
    messages.into_iter().map(signed).collect()
}
