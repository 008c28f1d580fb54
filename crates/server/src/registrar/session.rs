//! Who is asking: a signed-in voter, the organiser, or an address.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

use crate::app::App;
use crate::http::limits::Place;
use crate::http::problem::{Kind, Problem};

/// A voter who gave the right code within the last half hour.
#[derive(Debug)]
pub(crate) struct Voter {
    pub(crate) phone: Vec<u8>,
}

impl FromRequestParts<Arc<App>> for Voter {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let refused =
            || Problem::new(Kind::SignInNeeded, "The sign-in is missing or has run out. Sign in again.");
        let token = bearer(&parts.headers).ok_or_else(refused)?;
        // The look-up is by a keyed hash: nothing can be learnt from its time about other tokens.
        let row: Option<(Vec<u8>,)> =
            sqlx::query_as("SELECT phone FROM session WHERE token = ? AND expires > ?")
                .bind(app.keys.token(token).as_slice())
                .bind(app.clock.unix())
                .fetch_optional(app.db.read())
                .await?;
        row.map(|(phone,)| Voter { phone }).ok_or_else(refused)
    }
}

/// The organiser, who holds the token that `init` wrote.
#[derive(Debug)]
pub(crate) struct Organiser;

impl FromRequestParts<Arc<App>> for Organiser {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        match bearer(&parts.headers) {
            Some(token) if app.keys.is_organiser(token) => Ok(Organiser),
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

impl FromRequestParts<Arc<App>> for Author {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let refused = || {
            Problem::new(
                Kind::TrusteeOnly,
                "Send your trustee's token (or the organiser's) as `Authorization: Bearer …`.",
            )
        };
        let token = bearer(&parts.headers).ok_or_else(refused)?;
        if app.keys.is_organiser(token) {
            return Ok(Author::Organiser);
        }
        app.keys.trustee(token, app.manifest.trustees().count).map(Author::Trustee).ok_or_else(refused)
    }
}

impl FromRequestParts<Arc<App>> for Place {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let peer = parts
            .extensions
            .get::<Peer>()
            .ok_or_else(|| Problem::fault(&"a request came without the address of its sender"))?;
        let forwarded = forwarded_for(&parts.headers);
        if forwarded.is_some() && !app.behind_proxy {
            app.forwarded_without_proxy.call_once(|| {
                tracing::warn!(
                    "requests come with X-Forwarded-For: if a proxy of yours stands in front, say --behind-proxy, \
                     or all its visitors count as one address"
                );
            });
        }
        let address = forwarded.filter(|_| app.behind_proxy).unwrap_or(peer.0.ip());
        Ok(Place::from(address))
    }
}

/// The other end of the connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// The last address of `X-Forwarded-For`: the one that our own proxy added. Those before it are
/// whatever the client claimed.
fn forwarded_for(headers: &HeaderMap) -> Option<IpAddr> {
    let last = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
    last.rsplit(',').next()?.trim().parse().ok()
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_address_that_our_proxy_added_is_believed() {
        let mut headers = HeaderMap::new();
        headers.append("x-forwarded-for", "198.51.100.1, 203.0.113.9".parse().unwrap());
        assert_eq!(forwarded_for(&headers), Some("203.0.113.9".parse().unwrap()));
        headers.append("x-forwarded-for", "203.0.113.10".parse().unwrap());
        assert_eq!(forwarded_for(&headers), Some("203.0.113.10".parse().unwrap()));
        headers.append("x-forwarded-for", "unknown".parse().unwrap());
        assert_eq!(forwarded_for(&headers), None);
    }
}
