//! Who is asking: somebody at the desk, by a pass that `veche-server desk-pass give` printed, or the organiser.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::{FromRef, FromRequestParts, State};
use axum::http::request::Parts;
use serde::Serialize;
use utoipa::ToSchema;
use veche_record::manifest::Registration;

use crate::clock::rfc3339;
use crate::http::client::{RequestRules, bearer};
use crate::http::counters::ClientNetwork;
use crate::http::problem::{Kind, Problem};
use crate::people::operator::{Operator, OperatorError};
use crate::registrar::context::Registrar;
use crate::store::error::StoreError;
use crate::store::registrar::{DeedKind, DeskPassKind};

/// What the journal calls whoever comes with the organiser's token.
const ORGANISER: &str = "organiser";

/// Somebody at the desk, who may help one person after another.
#[derive(Debug, Clone)]
pub(crate) struct Clerk {
    name: String,
    kind: DeskPassKind,
    /// When the pass ends; the organiser's token does not.
    ends: Option<i64>,
}

impl Clerk {
    /// Who does something, and why.
    pub(super) fn because(&self, reason: &str) -> Result<Operator, Problem> {
        Operator::new(&self.name, reason).map_err(|error| {
            let sentence = match error {
                OperatorError::Empty => "Nothing was done: say why, for the journal.".to_owned(),
                OperatorError::Long => {
                    "Nothing was done: a reason has 200 characters at most, in one line.".to_owned()
                }
                OperatorError::Number => {
                    "Nothing was done: the reason seems to hold a phone number or another number of a person, and the \
                     journal holds none. Say it without."
                        .to_owned()
                }
            };
            Problem::new(Kind::ReasonRefused, sentence).with(
                "why",
                match error {
                    OperatorError::Empty => "empty",
                    OperatorError::Long => "long",
                    OperatorError::Number => "number",
                },
            )
        })
    }
}

impl<S: Sync> FromRequestParts<S> for Clerk
where
    Arc<Registrar>: FromRef<S>,
    Arc<RequestRules>: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let registrar = Arc::<Registrar>::from_ref(state);
        let now = registrar.clock.unix();
        let refused = || {
            Problem::new(
                Kind::DeskPassNeeded,
                "Send a pass of the desk as `Authorization: Bearer …`. Whoever runs the registrar gives one with \
                 `veche-server desk-pass give`; one that has ended or was revoked is not taken.",
            )
        };
        let token = bearer(&parts.headers).ok_or_else(refused)?;
        let token = registrar.hashes.desk_pass(token);
        if registrar.clerks.is_organiser(&token) {
            return Ok(Clerk { name: ORGANISER.to_owned(), kind: DeskPassKind::Roll, ends: None });
        }
        let passes = registrar.store.desk_passes().await?;
        if let Some(pass) = passes.into_iter().find(|pass| pass.is_good(&token, now)) {
            return Ok(Clerk { name: pass.operator, kind: pass.kind, ends: Some(pass.ends) });
        }
        let network = ClientNetwork::from_request_parts(parts, state).await?;
        registrar.counters.wrong_desk_passes.count(network, now).map_err(|wait| {
            Problem::new(
                Kind::TooManyRequests,
                "Too many wrong passes came from this address. A right one is taken all the same.",
            )
            .retry_after(wait)
        })?;
        Err(refused())
    }
}

/// Somebody at the desk who may also put a whole roll in the place of the one before.
#[derive(Debug, Clone)]
pub(crate) struct RollClerk(pub(super) Clerk);

impl<S: Sync> FromRequestParts<S> for RollClerk
where
    Arc<Registrar>: FromRef<S>,
    Arc<RequestRules>: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let clerk = Clerk::from_request_parts(parts, state).await?;
        match clerk.kind {
            DeskPassKind::Roll => Ok(RollClerk(clerk)),
            DeskPassKind::Help => Err(Problem::new(
                Kind::DeskPassOther,
                "This pass is for helping one person after another. A whole roll needs a pass of the kind `roll`, or the \
                 organiser's token.",
            )),
        }
    }
}

/// A pass, as the one who has it may know it.
#[derive(Serialize, ToSchema)]
pub(crate) struct DeskPassShown {
    /// Whose it is; the journal names the operator with every deed.
    operator: String,
    /// What it is for: `help`, or `roll`, which is for both.
    #[schema(example = "help")]
    kind: &'static str,
    /// When it ends; the organiser's token does not.
    #[schema(example = "2026-05-02T00:00:00Z")]
    ends: Option<String>,
    /// The roll that is in force; none where anyone registers.
    roll: Option<RollInForce>,
}

/// The roll that is in force.
#[derive(Serialize, ToSchema)]
pub(crate) struct RollInForce {
    /// How many people are on it.
    people: u64,
    /// When a whole roll was read last, if one was.
    #[schema(example = "2026-05-02T00:00:00Z")]
    since: Option<String>,
}

impl RollInForce {
    async fn of(registrar: &Registrar) -> Result<Option<Self>, StoreError> {
        if registrar.manifest.document().registration != Registration::Roll {
            return Ok(None);
        }
        let deeds = registrar.store.deeds(None).await?;
        let read = deeds.iter().rfind(|deed| deed.what == DeedKind::RollReplaced);
        let people = registrar.store.roll_len().await?;
        Ok(Some(RollInForce { people, since: read.map(|deed| rfc3339(deed.at)) }))
    }
}

/// Says whose pass this is and what it is for, and which roll is in force.
#[utoipa::path(
    get, path = "/v1/desk", tag = "desk", operation_id = "desk_pass", security(("desk" = []), ("organiser" = [])),
    responses(
        (status = 200, description = "The pass is good", body = DeskPassShown),
        (status = 401, description = "`desk-pass-needed`"),
        (status = 429, description = "`too-many-requests`: too many wrong passes from this address"),
    )
)]
pub(crate) async fn shown(
    State(registrar): State<Arc<Registrar>>,
    clerk: Clerk,
) -> Result<Answer<DeskPassShown>, Problem> {
    let Clerk { name, kind, ends } = clerk;
    let roll = RollInForce::of(&registrar).await?;
    Ok(Answer(DeskPassShown { operator: name, kind: kind.name(), ends: ends.map(rfc3339), roll }))
}
