//! Who is asking: a voter who has signed in.

use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;

use crate::http::client::bearer;
use crate::http::problem::{Kind, Problem};
use crate::registrar::context::Registrar;
use crate::store::registrar::SignedInVoter;

/// A voter who gave the right code within the last half hour.
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
