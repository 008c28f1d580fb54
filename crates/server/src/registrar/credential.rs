//! A signed-in voter registers the key of a browser: who the voter is, and which ballot style the voter has, is known
//! here; the key is signed and goes onto the board by [`issue`](crate::registrar::issue).

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use veche_crypto::signature::{PublicKey, Signature};
use veche_record::entry::CredentialTerms;

use crate::handover::VoterOnBoard;
use crate::http::body::{Json, from_hex};
use crate::http::problem::{Kind, Problem};
use crate::registrar::context::Registrar;
use crate::registrar::issue::{CredentialRequest, IssuedCredential, issue, issued};
use crate::registrar::session::Voter;

/// A key to be registered.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewKey {
    /// The ballot style's identifier: a style of the manifest, or `<style>+<contest>` where it lets the
    /// voter add one. With `registration: open` the first choice of a style stays.
    #[schema(example = "north")]
    style: String,
    /// The key: 64 lower-case hexadecimal digits.
    key: String,
    /// How many credentials the voter has had: the `number` of signing in or of the last registration.
    #[schema(maximum = 65535)]
    number: u16,
    /// A signature by the key over fingerprint, pseudonym, style, route, number and key: 128 lower-case hexadecimal
    /// digits.
    possession: String,
    /// A signature of the voter's active key over the same bytes, where the browser has it: the old key hands over.
    /// Without it, the old key is revoked and counted as replaced.
    handover: Option<String>,
}

/// A registered key.
#[derive(Serialize, ToSchema)]
pub(crate) struct Registered {
    /// The entry of the board that holds the credential.
    index: u64,
    /// The sequence that the next ballot must carry.
    sequence: u32,
    /// The hash of the ballot before it, or zeros: 64 hexadecimal digits.
    previous: String,
    /// The number that the voter's next credential must carry.
    number: u16,
}

/// Registers the key of a browser. Another key of the same voter hands over or is revoked; the same key again gives
/// the same answer.
#[utoipa::path(
    put, path = "/v1/credential", tag = "voter", request_body = NewKey, security(("voter" = [])),
    responses(
        (status = 201, description = "Registered; the key is on the board", body = Registered),
        (status = 200, description = "It was registered before", body = Registered),
        (status = 401, description = "`sign-in-needed`"),
        (status = 409, description = "`wrong-style`, `style-full`, `key-taken`, `credential-revoked`, `number-behind` (with `number`), `struck-off`, `not-open`"),
        (status = 422, description = "`style-unknown`, `key-refused`"),
        (status = 429, description = "`too-many-keys`"),
        (status = 502, description = "`box-wrong`: the ballot box answers otherwise than it must; nothing was signed"),
        (status = 503, description = "`box-unreachable`, `busy`: nothing is lost; send the same again"),
    )
)]
pub(crate) async fn register(
    State(registrar): State<Arc<Registrar>>,
    voter: Voter,
    Json(request): Json<NewKey>,
) -> Result<(StatusCode, Answer<Registered>), Problem> {
    let on_board = registrar.desk.voter(&voter.0.pseudonym).await?;
    let request = read(&registrar, &voter, &on_board, &request).await?;
    if let Some(before) = issued(&registrar, &on_board, &request).await? {
        return Ok(answer(&before));
    }
    registrar.counters.keys.count(request.terms.pseudonym.0, registrar.clock.unix()).map_err(|wait| {
        Problem::new(Kind::TooManyKeys, "This voter has registered too many keys today. Use the newest one.")
            .retry_after(wait)
    })?;
    Ok(answer(&issue(&registrar, on_board, &request).await?))
}

fn answer(issued: &IssuedCredential) -> (StatusCode, Answer<Registered>) {
    let IssuedCredential { index, sequence, ref previous, number, new } = *issued;
    let status = if new { StatusCode::CREATED } else { StatusCode::OK };
    (status, Answer(Registered { index, sequence, previous: previous.to_string(), number }))
}

/// Reads the request and checks whether this voter may have such a key.
async fn read(
    registrar: &Registrar,
    voter: &Voter,
    on_board: &VoterOnBoard,
    request: &NewKey,
) -> Result<CredentialRequest, Problem> {
    let manifest = &registrar.manifest;
    let style = manifest.style_index(&request.style).ok_or_else(|| {
        Problem::new(Kind::StyleUnknown, format!("The manifest has no ballot style {:?}.", request.style))
    })?;
    let pseudonym = voter.0.pseudonym;
    let fingerprint = on_board.fingerprint.ok_or_else(|| {
        Problem::new(
            Kind::NotOpen,
            "The keys of this election are not made yet. Come back when voting opens.",
        )
    })?;
    let fixed = match on_board.voter {
        Some(known) => manifest.declared_style(known.style).map(|declared| declared.id.clone()),
        None => voter.style(registrar).await?,
    };
    // A voter may change the contest that is added to the declared style, never the style.
    let declared = manifest.declared_style(style).map(|declared| &declared.id);
    if let Some(fixed) = fixed
        && Some(&fixed) != declared
    {
        return Err(Problem::new(
            Kind::WrongStyle,
            format!("This voter's ballot style is {fixed:?}. If that is wrong, ask the organiser."),
        )
        .with("style", fixed));
    }
    let refused = |what| Problem::new(Kind::KeyRefused, what);
    let key = from_hex::<32>(&request.key)
        .and_then(|bytes| PublicKey::from_bytes(&bytes).ok())
        .ok_or_else(|| refused("`key` is not 64 lower-case hexadecimal digits of a key."))?;
    let signature = |text: &str| from_hex::<64>(text).and_then(|bytes| Signature::from_bytes(&bytes).ok());
    let possession = signature(&request.possession)
        .ok_or_else(|| refused("`possession` is not 128 lower-case hexadecimal digits of a signature."))?;
    let handover =
        match &request.handover {
            None => None,
            Some(text) => Some(signature(text).ok_or_else(|| {
                refused("`handover` is not 128 lower-case hexadecimal digits of a signature.")
            })?),
        };
    let route = voter.identified_by(registrar)?;
    let terms = CredentialTerms { pseudonym, style, route, number: request.number, key };
    terms.verify_possession(&fingerprint, &possession).map_err(|_| {
        refused(
            "`possession` does not prove that this voter has the key, for this election, ballot style and number.",
        )
    })?;
    Ok(CredentialRequest { terms, handover, possession })
}
