//! Who is asking: a voter who has signed in, and what signing in answers.

use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use serde::Serialize;
use utoipa::ToSchema;
use veche_record::Pseudonym;

use crate::handover::KeyStanding;
use crate::http::client::bearer;
use crate::http::problem::{Kind, Problem};
use crate::registrar::context::Registrar;
use crate::store::registrar::SignedInVoter;

/// A signed-in voter.
#[derive(Serialize, ToSchema)]
pub(crate) struct SignedIn {
    /// To be sent as `Authorization: Bearer …`. Forget it when the voter leaves.
    token: String,
    /// Seconds for which it is good.
    expires_in: i64,
    /// The voter's name on the board: 16 random bytes, in hexadecimal.
    pseudonym: String,
    /// The voter's ballot style, when it is known already.
    style: Option<String>,
    /// The key of the voter's active credential in hexadecimal, if one is registered.
    credential: Option<String>,
    /// The identifier of the route by which the voter was identified, which the voter's key is proved for.
    #[schema(example = "sms")]
    route: String,
    /// The number that the voter's next credential must carry: how many there were.
    number: u16,
}

impl SignedIn {
    /// What a voter is told whose session has begun. The board is the one truth about keys: the style that the roll or
    /// the pass says counts only until the first key is there.
    pub(crate) async fn new(
        registrar: &Registrar,
        pseudonym: Pseudonym,
        (style, route): (Option<String>, u8),
        (token, expires_in): (&str, i64),
    ) -> Result<Self, Problem> {
        let known = registrar.desk.voter(&pseudonym).await?.voter;
        if known.is_some_and(|voter| voter.standing == KeyStanding::StruckOff) {
            return Err(Problem::struck_off());
        }
        let route = registrar.manifest.route(route).map(|route| route.id.clone());
        let style_on_board = known.and_then(|voter| registrar.manifest.ballot_style(voter.style));
        let active = known.filter(|voter| voter.standing == KeyStanding::Active);
        Ok(SignedIn {
            token: token.to_owned(),
            expires_in,
            pseudonym: pseudonym.to_string(),
            style: style_on_board.map(|style| style.id.clone()).or(style),
            credential: active.map(|voter| hex::encode(voter.key.to_bytes())),
            route: route.unwrap_or_default(),
            number: known.map_or(0, |voter| voter.number),
        })
    }
}

/// A voter who signed in within the last half hour.
#[derive(Debug)]
pub(crate) struct Voter(pub(crate) SignedInVoter);

impl<S: Sync> FromRequestParts<S> for Voter
where
    Arc<Registrar>: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let registrar = Arc::<Registrar>::from_ref(state);
        let refused =
            || Problem::new(Kind::SignInNeeded, "The sign-in is missing or has run out. Sign in again.");
        let token = bearer(&parts.headers).ok_or_else(refused)?;
        // The look-up is by a keyed hash: nothing can be learnt from its time about other tokens.
        let voter = registrar.store.voter(&registrar.hashes.token(token), registrar.clock.unix()).await?;
        voter.map(Voter).ok_or_else(refused)
    }
}
