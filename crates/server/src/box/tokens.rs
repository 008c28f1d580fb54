//! Who is asking: the organiser, or a trustee, by the tokens that `init` wrote.

use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;

use crate::ballot_box::context::BallotBox;
use crate::http::client::bearer;
use crate::http::problem::{Kind, Problem};

/// The organiser, who holds the token that `init` wrote.
#[derive(Debug)]
pub(crate) struct Organiser;

impl<S: Sync> FromRequestParts<S> for Organiser
where
    Arc<BallotBox>: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let ballot_box = Arc::<BallotBox>::from_ref(state);
        match bearer(&parts.headers) {
            Some(token) if ballot_box.keys.is_organiser(token) => Ok(Organiser),
            _ => Err(Problem::new(
                Kind::OrganiserOnly,
                "Send the token of the file `organiser-token` as `Authorization: Bearer …`.",
            )),
        }
    }
}

/// Who posts an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Author {
    /// The organiser, who may pass on what a trustee has made.
    Organiser,
    /// A trustee, counted from 1, with a token of the file that `init` wrote.
    Trustee(u8),
}

impl<S: Sync> FromRequestParts<S> for Author
where
    Arc<BallotBox>: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let ballot_box = Arc::<BallotBox>::from_ref(state);
        let refused = || {
            Problem::new(
                Kind::TrusteeOnly,
                "Send your trustee's token (or the organiser's) as `Authorization: Bearer …`.",
            )
        };
        let token = bearer(&parts.headers).ok_or_else(refused)?;
        if ballot_box.keys.is_organiser(token) {
            return Ok(Author::Organiser);
        }
        ballot_box
            .keys
            .trustee(token, ballot_box.manifest.trustees().count)
            .map(Author::Trustee)
            .ok_or_else(refused)
    }
}
