//! Who is asking: a voter who has signed in, and what signing in answers.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::{FromRef, FromRequestParts, State};
use axum::http::request::Parts;
use serde::Serialize;
use utoipa::ToSchema;
use veche_record::Pseudonym;
use veche_record::manifest::Registration;

use crate::handover::KeyStanding;
use crate::http::client::bearer;
use crate::http::problem::{Kind, Problem};
use crate::registrar::context::Registrar;
use crate::store::registrar::SignedInVoter;

/// A signed-in voter, as registrar and board know them.
#[derive(Serialize, ToSchema)]
pub(crate) struct VoterNow {
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

impl VoterNow {
    /// The board is the one truth about keys: the style that the roll or the pass says counts only until the first key
    /// is there.
    async fn of(
        registrar: &Registrar,
        pseudonym: Pseudonym,
        (style, route): (Option<String>, u8),
    ) -> Result<Self, Problem> {
        let known = registrar.desk.voter(&pseudonym).await?.voter;
        if known.is_some_and(|voter| voter.standing == KeyStanding::StruckOff) {
            return Err(Problem::struck_off());
        }
        let route = registrar.manifest.routes().get(usize::from(route)).map(|route| route.id.clone());
        let style_on_board = known.and_then(|voter| registrar.manifest.ballot_style(voter.style));
        let active = known.filter(|voter| voter.standing == KeyStanding::Active);
        Ok(VoterNow {
            pseudonym: pseudonym.to_string(),
            style: style_on_board.map(|style| style.id.clone()).or(style),
            credential: active.map(|voter| hex::encode(voter.key.to_bytes())),
            route: route.unwrap_or_default(),
            number: known.map_or(0, |voter| voter.number),
        })
    }
}

/// A session that has begun.
#[derive(Serialize, ToSchema)]
pub(crate) struct SignedIn {
    /// To be sent as `Authorization: Bearer …`. Forget it when the voter leaves.
    token: String,
    /// Seconds for which it is good.
    expires_in: i64,
    #[serde(flatten)]
    voter: VoterNow,
}

impl SignedIn {
    /// What a voter is told whose session has begun.
    pub(crate) async fn new(
        registrar: &Registrar,
        pseudonym: Pseudonym,
        terms: (Option<String>, u8),
        (token, expires_in): (&str, i64),
    ) -> Result<Self, Problem> {
        let voter = VoterNow::of(registrar, pseudonym, terms).await?;
        Ok(SignedIn { token: token.to_owned(), expires_in, voter })
    }
}

/// Says who the voter of a session is, and which key the board has of them.
#[utoipa::path(
    get, path = "/v1/voter", tag = "voter", operation_id = "session_voter", security(("voter" = [])),
    responses(
        (status = 200, description = "The voter", body = VoterNow),
        (status = 401, description = "`sign-in-needed`"),
        (status = 409, description = "`struck-off`, `not-open`"),
        (status = 502, description = "`box-wrong`: the ballot box answers otherwise than it must"),
        (status = 503, description = "`box-unreachable`, `busy`"),
    )
)]
pub(crate) async fn voter_of_session(
    State(registrar): State<Arc<Registrar>>,
    voter: Voter,
) -> Result<Answer<VoterNow>, Problem> {
    let terms = (voter.style(&registrar).await?, voter.identified_by(&registrar)?);
    VoterNow::of(&registrar, voter.0.pseudonym, terms).await.map(Answer)
}

/// A voter who signed in within the last half hour.
#[derive(Debug)]
pub(crate) struct Voter(pub(crate) SignedInVoter);

impl Voter {
    /// The style of a voter who has no key on the board, where the voter does not choose it.
    pub(crate) async fn style(&self, registrar: &Registrar) -> Result<Option<String>, Problem> {
        match &self.0.pass {
            Some(pass) => Ok(pass.style.clone()),
            None if registrar.manifest.document().registration == Registration::Open => Ok(None),
            None => registrar.store.style_on_roll(&self.0.person).await?.map(Some).ok_or_else(|| {
                Problem::new(Kind::SignInNeeded, "The roll has changed since you signed in. Sign in again.")
            }),
        }
    }

    /// How the voter was identified.
    pub(crate) fn identified_by(&self, registrar: &Registrar) -> Result<u8, Problem> {
        match (&self.0.pass, self.0.printed) {
            (Some(pass), _) => Ok(pass.route),
            (None, Some(printed)) => Ok(printed),
            (None, None) => registrar.sign_in_route(),
        }
    }
}

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
