//! What the board says of a key and of a voter, for everyone who asks.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::{Path, State};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use utoipa::ToSchema;
use veche_crypto::signature::PublicKey;
use veche_record::entry::Pseudonym;

use crate::ballot_box::context::BallotBox;
use crate::handover::{CredentialDesk, KeyStanding};
use crate::http::body::from_hex;
use crate::http::problem::{Kind, Problem};
use crate::http::reads::PublicRead;

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
    let board = ballot_box.board.newest().await;
    let (_, credential) = from_hex::<32>(&key)
        .and_then(|key| board.credential(&PublicKey::from_bytes(&key).ok()?))
        .ok_or_else(|| Problem::new(Kind::CredentialUnknown, "No voter has registered this key."))?;
    Ok(Answer(KeyState {
        state: credential.state(),
        pseudonym: credential.pseudonym.to_string(),
        style: ballot_box.style_name(credential.voter.style),
        sequence: credential.voter.sequence,
        previous: credential.voter.previous.to_string(),
    }))
}

/// What the board says about a voter.
#[derive(Serialize, ToSchema)]
pub(crate) struct VoterState {
    /// The election's fingerprint in hexadecimal, once its keys are on the board.
    fingerprint: Option<String>,
    /// The voter, once a key of theirs came onto the board.
    voter: Option<LastKey>,
}

/// The last key of a voter.
#[derive(Serialize, ToSchema)]
pub(crate) struct LastKey {
    /// `active`, `revoked`, or `struck-off` where the voter was.
    #[schema(example = "active")]
    state: &'static str,
    /// The entry of the board that holds the credential.
    index: u64,
    /// That entry in base64, a Credential message with the registrar's signature.
    credential: String,
    /// The sequence that the voter's next ballot must carry.
    sequence: u32,
    /// The hash of the voter's ballot before it, or zeros: 64 hexadecimal digits.
    previous: String,
}

/// Says which credential of a voter is the last one, for a registrar who signs the next.
#[utoipa::path(
    get, path = "/v1/voters/{pseudonym}", tag = "voter",
    params(("pseudonym" = String, Path, description = "The voter's name on the board: 32 lower-case hexadecimal digits", pattern = "^[0-9a-f]{32}$")),
    responses(
        (status = 200, description = "What the board says; no voter where none of their keys is on it", body = VoterState),
        (status = 400, description = "`malformed`"),
        (status = 503, description = "`busy`: very many read at this moment"),
    )
)]
pub(crate) async fn voter(
    State(ballot_box): State<Arc<BallotBox>>,
    _place: PublicRead,
    Path(pseudonym): Path<String>,
) -> Result<Answer<VoterState>, Problem> {
    let pseudonym = Pseudonym::from_hex(&pseudonym).ok_or_else(|| {
        Problem::new(Kind::Malformed, "A voter's name on the board is 32 lower-case hexadecimal digits.")
    })?;
    let known = ballot_box.voter(&pseudonym).await?;
    let fingerprint = known.fingerprint.map(|fingerprint| fingerprint.to_string());
    let Some(voter) = known.voter else { return Ok(Answer(VoterState { fingerprint, voter: None })) };
    let leaves = ballot_box.board.store().leaves(voter.index, 1).await?;
    let credential = leaves.first().ok_or_else(|| Problem::fault(&"an entry that was read is missing"))?;
    let voter = LastKey {
        state: match voter.standing {
            KeyStanding::Active => "active",
            KeyStanding::Replaced => "revoked",
            KeyStanding::StruckOff => "struck-off",
        },
        index: voter.index,
        credential: STANDARD.encode(credential),
        sequence: voter.sequence,
        previous: voter.previous.to_string(),
    };
    Ok(Answer(VoterState { fingerprint, voter: Some(voter) }))
}
