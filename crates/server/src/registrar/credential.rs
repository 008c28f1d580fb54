//! A voter's key goes onto the board, under the voter's pseudonym.
//!
//! A voter has one key at a time. Registering another one, on another device or after the browser
//! lost the first, appends a Revocation of the old key and a Credential for the new one in one
//! transaction: there is no moment without a key and none with two.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use veche_crypto::signature::{PublicKey, Signature};
use veche_record::entry::{CredentialEntry, Pseudonym, Revocation};
use veche_record::manifest::Registration;
use veche_verify::state::CredentialStatus;

use crate::app::App;
use crate::board::{Standing, Turn};
use crate::http::body::Json;
use crate::http::problem::{Document, Kind, Problem};
use crate::registrar::session::Voter;
use crate::registrar::sign_in::pseudonym_of;

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
    /// A signature by the key over fingerprint, pseudonym and style: 128 lower-case hexadecimal digits.
    possession: String,
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
}

/// What the board says about a key.
#[derive(Serialize, ToSchema)]
pub(crate) struct KeyState {
    /// `active` or `revoked`.
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

/// A request that was read and is right in itself.
struct Wanted {
    pseudonym: Pseudonym,
    style: u16,
    key: PublicKey,
    possession: Signature,
}

/// Registers the key of a browser. Another key of the same voter is revoked; the same key again gives
/// the same answer.
#[utoipa::path(
    post, path = "/v1/credential", tag = "voter", request_body = NewKey, security(("voter" = [])),
    responses(
        (status = 201, description = "Registered; the key is on the board", body = Registered),
        (status = 200, description = "It was registered before", body = Registered),
        (status = 401, description = "`sign-in-needed`", body = Document, content_type = "application/problem+json"),
        (status = 409, description = "`wrong-style`, `style-full`, `key-taken`, `credential-revoked`, `not-open`",
            body = Document, content_type = "application/problem+json"),
        (status = 422, description = "`style-unknown`, `key-refused`", body = Document, content_type = "application/problem+json"),
        (status = 429, description = "`too-many-keys`", body = Document, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn register(
    State(app): State<Arc<App>>,
    voter: Voter,
    Json(request): Json<NewKey>,
) -> Result<(StatusCode, Answer<Registered>), Problem> {
    let wanted = read(&app, &voter, &request).await?;
    let key = wanted.key.to_bytes();
    if let Some(answer) = answer(&*app.board.standing().await, &wanted)? {
        return Ok((StatusCode::OK, Answer(answer)));
    }
    app.counters.keys.count(wanted.pseudonym.0, app.clock.unix()).map_err(|wait| {
        Problem::new(Kind::TooManyKeys, "This voter has registered too many keys today. Use the newest one.")
            .retry_after(wait)
    })?;
    let closes = app.closes();
    let appended = app.board.append(move |turn| append(turn, &wanted, closes)).await?;
    let standing = app.board.standing().await;
    let (index, credential) = standing
        .credential(&key)
        .ok_or_else(|| Problem::fault(&"a credential that was just appended is not on the board"))?;
    let status = if appended.new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Answer(registered(index, &credential))))
}

/// Reads the request and checks all that needs no turn of the writer.
async fn read(app: &App, voter: &Voter, request: &NewKey) -> Result<Wanted, Problem> {
    let style = app.manifest.style_index(&request.style).ok_or_else(|| {
        Problem::new(Kind::StyleUnknown, format!("The manifest has no ballot style {:?}.", request.style))
    })?;
    let (pseudonym,): (Vec<u8>,) = sqlx::query_as("SELECT pseudonym FROM voter WHERE phone = ?")
        .bind(voter.phone.as_slice())
        .fetch_one(app.db.read())
        .await?;
    let pseudonym = pseudonym_of(&pseudonym)?;
    let (known, fingerprint) = {
        let standing = app.board.standing().await;
        let fingerprint = standing.board().election().map(|election| election.fingerprint());
        (standing.voter(&pseudonym), fingerprint)
    };
    let fingerprint = fingerprint.ok_or_else(|| {
        Problem::new(
            Kind::NotOpen,
            "The keys of this election are not made yet. Come back when voting opens.",
        )
    })?;
    let fixed = match known {
        Some(known) => app.manifest.declared_style(known.style).map(|declared| declared.id.clone()),
        None if app.manifest.document().registration == Registration::Open => None,
        None => Some(style_on_roll(app, voter).await?),
    };
    // A voter may change the contest that is added to the declared style, never the style.
    let wanted = app.manifest.declared_style(style).map(|declared| &declared.id);
    if let Some(fixed) = fixed
        && Some(&fixed) != wanted
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
    let possession = from_hex::<64>(&request.possession)
        .and_then(|bytes| Signature::from_bytes(&bytes).ok())
        .ok_or_else(|| refused("`possession` is not 128 lower-case hexadecimal digits of a signature."))?;
    let message = CredentialEntry::possession_message(&fingerprint, &pseudonym, style);
    if !key.verify(veche_record::tag::domain::POSSESSION, &message, &possession) {
        return Err(refused(
            "`possession` does not prove that this voter has the key, for this election and ballot style.",
        ));
    }
    Ok(Wanted { pseudonym, style, key, possession })
}

async fn style_on_roll(app: &App, voter: &Voter) -> Result<String, Problem> {
    let row: Option<(String,)> = sqlx::query_as("SELECT style FROM roll WHERE phone = ?")
        .bind(voter.phone.as_slice())
        .fetch_optional(app.db.read())
        .await?;
    row.map(|(style,)| style).ok_or_else(|| {
        Problem::new(Kind::SignInNeeded, "The roll has changed since you signed in. Sign in again.")
    })
}

/// The answer when the key is on the board already, or the reason why it cannot come there.
fn answer(standing: &Standing, wanted: &Wanted) -> Result<Option<Registered>, Problem> {
    let Some((index, credential)) = standing.credential(&wanted.key.to_bytes()) else { return Ok(None) };
    if credential.pseudonym != wanted.pseudonym {
        return Err(Problem::new(Kind::KeyTaken, "This key belongs to another voter. Make a new one."));
    }
    if !credential.active {
        return Err(Problem::new(
            Kind::CredentialRevoked,
            "This key was replaced when you signed in elsewhere. Make a new one.",
        ));
    }
    if credential.voter.style != wanted.style {
        return Err(Problem::new(
            Kind::KeyTaken,
            "This key is registered for another ballot style. Make a new one.",
        ));
    }
    Ok(Some(registered(index, &credential)))
}

fn registered(index: u64, credential: &CredentialStatus) -> Registered {
    Registered { index, sequence: credential.voter.sequence, previous: credential.voter.previous.to_string() }
}

/// Appends the credential, after a revocation of the voter's other key if there is one.
fn append(turn: &mut Turn<'_>, wanted: &Wanted, closes: i64) -> Result<u64, Problem> {
    if turn.now() >= closes {
        return Err(Problem::new(Kind::NotOpen, "Voting is over."));
    }
    // Asked again: another request of the same voter may have had its turn in between.
    if let Some(before) = answer(turn.standing(), wanted)? {
        return Ok(before.index);
    }
    let election = turn
        .board()
        .election()
        .map(|election| election.fingerprint())
        .ok_or_else(|| Problem::new(Kind::NotOpen, "The keys of this election are not made yet."))?;
    let issuer = &turn.keys().issuer;
    let signing = |error: veche_crypto::group::GroupError| Problem::fault(&error);
    let credential = CredentialEntry::sign(
        issuer,
        &election,
        wanted.pseudonym,
        wanted.style,
        wanted.key,
        wanted.possession,
    )
    .map_err(signing)?;
    let other = turn.standing().voter(&wanted.pseudonym).and_then(|voter| voter.key);
    if let Some(other) = other {
        let other = PublicKey::from_bytes(&other).map_err(signing)?;
        let revocation =
            Revocation::sign(&turn.keys().issuer, &election, wanted.pseudonym, other).map_err(signing)?;
        turn.entry(revocation)?;
    }
    turn.entry(credential)
}

/// Says whether a key is still active, so that a browser can tell that another took its place.
#[utoipa::path(
    get, path = "/v1/credentials/{key}", tag = "voter",
    params(("key" = String, Path, description = "The key: 64 lower-case hexadecimal digits")),
    responses(
        (status = 200, description = "What the board says", body = KeyState),
        (status = 404, description = "`credential-unknown`", body = Document, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn state(
    State(app): State<Arc<App>>,
    Path(key): Path<String>,
) -> Result<Answer<KeyState>, Problem> {
    let standing = app.board.standing().await;
    let (_, credential) = from_hex::<32>(&key)
        .and_then(|key| standing.credential(&key))
        .ok_or_else(|| Problem::new(Kind::CredentialUnknown, "No voter has registered this key."))?;
    Ok(Answer(KeyState {
        state: if credential.active { "active" } else { "revoked" },
        pseudonym: credential.pseudonym.to_string(),
        style: standing.style_name(credential.voter.style),
        sequence: credential.voter.sequence,
        previous: credential.voter.previous.to_string(),
    }))
}

/// Reads lower-case hexadecimal digits, and no other spelling.
fn from_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    hex::decode_to_slice(text, &mut bytes).ok()?;
    (hex::encode(bytes) == text).then_some(bytes)
}
