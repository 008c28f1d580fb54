//! What a request says of its sender: an address, a bearer token.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Once};
use std::time::Duration;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

use crate::http::limits::ClientNetwork;
use crate::http::problem::Problem;

/// How requests are read, whichever half answers them.
#[derive(Debug)]
pub(crate) struct RequestRules {
    /// Whether a proxy of our own stands in front and writes `X-Forwarded-For`.
    behind_proxy: bool,
    /// That a proxy seems to stand in front unannounced is said once.
    forwarded_without_proxy: Once,
    /// Time for a whole request body to arrive.
    pub(crate) body_deadline: Duration,
}

impl RequestRules {
    /// The rules of a server that has just started.
    pub(crate) const fn new(behind_proxy: bool, body_deadline: Duration) -> Self {
        RequestRules { behind_proxy, forwarded_without_proxy: Once::new(), body_deadline }
    }
}

/// The other end of the connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) SocketAddr);

impl<S: Sync> FromRequestParts<S> for ClientNetwork
where
    Arc<RequestRules>: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let rules = Arc::<RequestRules>::from_ref(state);
        let peer = parts
            .extensions
            .get::<Peer>()
            .ok_or_else(|| Problem::fault(&"a request came without the address of its sender"))?;
        let forwarded = forwarded_for(&parts.headers);
        if forwarded.is_some() && !rules.behind_proxy {
            rules.forwarded_without_proxy.call_once(|| {
                tracing::warn!(
                    "requests come with X-Forwarded-For: if a proxy of yours stands in front, say --behind-proxy, \
                     or all its visitors count as one address"
                );
            });
        }
        let address = forwarded.filter(|_| rules.behind_proxy).unwrap_or(peer.0.ip());
        Ok(ClientNetwork::from(address))
    }
}

/// The last address of `X-Forwarded-For`: the one that our own proxy added. Those before it are
/// whatever the client claimed.
fn forwarded_for(headers: &HeaderMap) -> Option<IpAddr> {
    let last = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
    last.rsplit(',').next()?.trim().parse().ok()
}

/// The token of `Authorization: Bearer …`.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
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
